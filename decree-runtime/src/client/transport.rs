//! The service that carries calls: a channel, and the layers of the caller around it.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::Frame;
use tower::{ServiceExt as _, util::BoxCloneSyncService};
use tower_layer::Layer;
use tower_service::Service;

use super::connector::Users;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What carries the calls of a client: the service that the layers of
/// [`ClientBuilder::layer`](crate::ClientBuilder::layer) are put around.
#[derive(Debug, Clone)]
pub struct Transport(BoxCloneSyncService<http::Request<Body>, http::Response<Body>, BoxError>);

/// The body of a request or response on its way through a [`Transport`].
#[derive(Debug)]
pub struct Body(tonic::body::Body);

impl Transport {
    /// `channel` speaks the bodies of tonic, which stay inside. Every clone is one of its users.
    pub(super) fn new(channel: tonic::transport::Channel, users: Users) -> Self {
        let service = channel
            .map_request(move |request: http::Request<Body>| {
                let _user = &users;
                request.map(|Body(body)| body)
            })
            .map_response(|response: http::Response<tonic::body::Body>| response.map(Body))
            .map_err(BoxError::from);
        Self(BoxCloneSyncService::new(service))
    }

    fn layered<L, B>(self, layer: &L) -> Self
    where
        L: Layer<Self>,
        L::Service: Service<http::Request<Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        <L::Service as Service<http::Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<http::Request<Body>>>::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let service = layer
            .layer(self)
            .map_response(|response: http::Response<B>| {
                response.map(|body| Body(tonic::body::Body::new(body)))
            })
            .map_err(Into::into);
        Self(BoxCloneSyncService::new(service))
    }
}

impl Service<http::Request<Body>> for Transport {
    type Response = http::Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        self.0.call(request)
    }
}

/// An empty one, which is what layers answer with who answer for the server.
impl Default for Body {
    fn default() -> Self {
        Self(tonic::body::Body::empty())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.0)
            .poll_frame(context)
            .map_err(BoxError::from)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.size_hint()
    }
}

/// What the stubs of tonic call.
#[derive(Debug, Clone)]
pub(super) struct Stub(pub(super) Transport);

impl Service<http::Request<tonic::body::Body>> for Stub {
    type Response = http::Response<Body>;
    type Error = BoxError;
    type Future = <Transport as Service<http::Request<Body>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        self.0.call(request.map(Body))
    }
}

/// The layers around every channel, the one named last outermost.
pub(super) type Wrap = Arc<dyn Fn(Transport) -> Transport + Send + Sync>;

/// `layer` around whatever `inside` makes.
pub(super) fn wrap<L, B>(inside: Option<Wrap>, layer: L) -> Wrap
where
    L: Layer<Transport> + Send + Sync + 'static,
    L::Service:
        Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    <L::Service as Service<http::Request<Body>>>::Error: Into<BoxError>,
    <L::Service as Service<http::Request<Body>>>::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    Arc::new(move |channel| {
        let inner = match &inside {
            Some(inside) => inside(channel),
            None => channel,
        };
        inner.layered(&layer)
    })
}
