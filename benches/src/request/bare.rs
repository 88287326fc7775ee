//! A service that only takes the settings out.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::Arc,
    task::{Context, Poll},
};

use arc_swap::ArcSwap;
use axum::Extension;
use axum_core::extract::FromRequestParts;
use decree_runtime::{Snapshot, SnapshotLayer};
use dynamic_config_axum::{Config, SnapshotLayer as RivalLayer};
use http::{Request, request::Parts};
use tower_layer::Layer;
use tower_service::Service;

use super::{Held, Settings, at_once, called};
use crate::read::Reader;

pub fn all(held: Held, rival: RivalLayer) -> Vec<(&'static str, Reader)> {
    let Held { shared, live } = held;
    let swapped = Swapped {
        settings: Arc::new(ArcSwap::new(Arc::clone(&shared))),
        inner: taking((), |Extension(it): Extension<Arc<Settings>>| it.fee),
    };
    let layer = SnapshotLayer::new(live.clone());
    let extension = taking((), |Extension(it): Extension<Arc<Settings>>| it.fee);
    let snapshot = taking(live.clone(), |it: Snapshot<Settings>| it.fee);
    let config = taking((), |it: Config<Settings>| it.fee);
    vec![
        ("empty", called::<_, ()>(taking((), |_: Nothing| 0.0))),
        (
            "Extension<Arc<T>>",
            called(Extension(shared).layer(extension)),
        ),
        (
            "Snapshot<T>, with layer",
            called(layer.layer(snapshot.clone())),
        ),
        ("Snapshot<T>, no layer", called(snapshot)),
        ("ArcSwap, then Extension", called(swapped)),
        ("dynamic-config-axum", called(rival.layer(config))),
    ]
}

/// A service that hands one extractor to `read`.
struct Taking<E, S> {
    state: S,
    read: fn(E) -> f64,
}

fn taking<E, S>(state: S, read: fn(E) -> f64) -> Taking<E, S> {
    Taking { state, read }
}

impl<E, S: Clone> Clone for Taking<E, S> {
    fn clone(&self) -> Self {
        taking(self.state.clone(), self.read)
    }
}

impl<E: FromRequestParts<S>, S> Service<Request<()>> for Taking<E, S> {
    type Response = f64;
    type Error = Infallible;
    type Future = Ready<Result<f64, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let (mut parts, ()) = request.into_parts();
        let taken = at_once(E::from_request_parts(&mut parts, &self.state));
        ready(Ok(taken.map_or(f64::NAN, self.read)))
    }
}

struct Nothing;

impl<S: Sync> FromRequestParts<S> for Nothing {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// What a program does by hand that wants settings to change.
#[derive(Clone)]
struct Swapped<S> {
    settings: Arc<ArcSwap<Settings>>,
    inner: S,
}

impl<S: Service<Request<()>>> Service<Request<()>> for Swapped<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<()>) -> Self::Future {
        request.extensions_mut().insert(self.settings.load_full());
        self.inner.call(request)
    }
}
