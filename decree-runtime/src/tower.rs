//! A tower layer that pins the settings of a request before anybody reads them.

#[cfg(feature = "client")]
mod interceptor;
mod stamp;

use std::{
    fmt,
    task::{Context, Poll},
};

use tower_layer::Layer;
use tower_service::Service;

pub use self::stamp::{StampFuture, StampLayer, StampService};
use crate::live::Live;

/// Pins one version of the settings for each request that passes.
///
/// The extractor `Snapshot<C>` pins by itself when it is first used. The layer pins earlier, so
/// that middleware, nested services and tonic handlers see that same version, too.
///
/// It works on any `http::Request`, adds no future of its own and never fails. Put it outside of
/// whatever reads the settings: in axum, `.layer(…)` called last runs first; in a `ServiceBuilder`,
/// the one named first does. [`one_request_one_version`](crate::one_request_one_version) shows both.
///
/// ```
/// use decree_runtime::{Live, SnapshotLayer};
/// use tower_layer::Layer;
///
/// let live = Live::fixed(0.01);
/// let service = SnapshotLayer::new(live).layer("any tower service");
/// # let _ = service;
/// ```
pub struct SnapshotLayer<C> {
    live: Live<C>,
}

impl<C> SnapshotLayer<C> {
    /// A layer that pins what `live` shows when a request comes in.
    #[must_use]
    pub fn new(live: Live<C>) -> Self {
        Self { live }
    }
}

impl<C, S> Layer<S> for SnapshotLayer<C> {
    type Service = SnapshotService<C, S>;

    fn layer(&self, inner: S) -> Self::Service {
        SnapshotService {
            live: self.live.clone(),
            inner,
        }
    }
}

/// What [`SnapshotLayer`] makes of a service.
pub struct SnapshotService<C, S> {
    live: Live<C>,
    inner: S,
}

impl<C, S, B> Service<http::Request<B>> for SnapshotService<C, S>
where
    C: Send + Sync + 'static,
    S: Service<http::Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<B>) -> Self::Future {
        self.live.pin_in(request.extensions_mut());
        self.inner.call(request)
    }
}

// By hand: deriving would ask for `C: Clone` and `C: Debug`.
impl<C> Clone for SnapshotLayer<C> {
    fn clone(&self) -> Self {
        Self::new(self.live.clone())
    }
}

impl<C, S: Clone> Clone for SnapshotService<C, S> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            inner: self.inner.clone(),
        }
    }
}

impl<C> fmt::Debug for SnapshotLayer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotLayer")
            .field("version", &self.live.version())
            .finish_non_exhaustive()
    }
}

impl<C, S: fmt::Debug> fmt::Debug for SnapshotService<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotService")
            .field("version", &self.live.version())
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
