//! A tower layer that says on each response which version it was made with.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{HeaderName, HeaderValue};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::live::Live;

/// Stamps the version of the settings on each response, as the header `config-version`, and on the
/// span of the request, so that a report of a defect names what it ran with.
///
/// The version is the one that the request is [pinned](Live::pin) to, which this layer does too:
/// next to it no [`SnapshotLayer`](crate::SnapshotLayer) is needed. The span is the current one; it
/// takes the version if it was made with an empty field `config.version`, and if this layer is
/// inside of what made it, such as the `TraceLayer` of tower-http.
///
/// ```
/// use decree_runtime::{Live, StampLayer};
/// use http::HeaderName;
///
/// let (fees, limits) = (Live::fixed(0.01), Live::fixed(3));
/// let layers = (
///     StampLayer::new(fees),
///     StampLayer::new(limits).header(HeaderName::from_static("limits-version")).field("limits"),
/// );
/// # let _ = layers;
/// ```
pub struct StampLayer<C> {
    live: Live<C>,
    stamp: Stamp,
}

/// Where the version is said.
#[derive(Debug, Clone)]
struct Stamp {
    header: HeaderName,
    field: &'static str,
}

impl<C> StampLayer<C> {
    /// A layer that stamps the version of `live` that a request sees.
    #[must_use]
    pub fn new(live: Live<C>) -> Self {
        let stamp = Stamp {
            header: HeaderName::from_static("config-version"),
            field: "config.version",
        };
        Self { live, stamp }
    }

    /// Another header, where a program has more than one `Live`.
    #[must_use]
    pub fn header(mut self, header: HeaderName) -> Self {
        self.stamp.header = header;
        self
    }

    /// Another field of the span.
    #[must_use]
    pub fn field(mut self, field: &'static str) -> Self {
        self.stamp.field = field;
        self
    }
}

impl<C, S> Layer<S> for StampLayer<C> {
    type Service = StampService<C, S>;

    fn layer(&self, inner: S) -> Self::Service {
        StampService {
            live: self.live.clone(),
            stamp: self.stamp.clone(),
            inner,
        }
    }
}

/// What [`StampLayer`] makes of a service.
pub struct StampService<C, S> {
    live: Live<C>,
    stamp: Stamp,
    inner: S,
}

impl<C, S, B, R> Service<http::Request<B>> for StampService<C, S>
where
    C: Send + Sync + 'static,
    S: Service<http::Request<B>, Response = http::Response<R>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = StampFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<B>) -> Self::Future {
        let version = self.live.pin(request.extensions_mut()).version();
        tracing::Span::current().record(self.stamp.field, version);
        StampFuture {
            inner: self.inner.call(request),
            stamp: Some((self.stamp.header.clone(), version.into())),
        }
    }
}

pin_project! {
    /// What a [`StampService`] answers with.
    pub struct StampFuture<F> {
        #[pin]
        inner: F,
        stamp: Option<(HeaderName, HeaderValue)>,
    }
}

impl<F, R, E> Future for StampFuture<F>
where
    F: Future<Output = Result<http::Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut answer = ready!(this.inner.poll(context));
        if let (Ok(response), Some((header, version))) = (&mut answer, this.stamp.take()) {
            response.headers_mut().insert(header, version);
        }
        Poll::Ready(answer)
    }
}

// By hand: deriving would ask for `C: Clone` and `C: Debug`.
impl<C> Clone for StampLayer<C> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            stamp: self.stamp.clone(),
        }
    }
}

impl<C, S: Clone> Clone for StampService<C, S> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            stamp: self.stamp.clone(),
            inner: self.inner.clone(),
        }
    }
}

impl<C> fmt::Debug for StampLayer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StampLayer")
            .field("stamp", &self.stamp)
            .finish_non_exhaustive()
    }
}

impl<C, S: fmt::Debug> fmt::Debug for StampService<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StampService")
            .field("stamp", &self.stamp)
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for StampFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StampFuture")
            .field("stamp", &self.stamp)
            .finish_non_exhaustive()
    }
}
