//! `Snapshot<C>` and `Live<C>` as arguments of an axum handler.

use std::{any::Any, convert::Infallible};

use axum_core::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use crate::{live::Live, snapshot::Snapshot};

/// The settings of this request: one version, however often and wherever it is extracted.
///
/// The state must hold a `Live<C>`, as itself or through `FromRef`; forgetting it does not compile,
/// so there is nothing to reject at run time.
impl<C, S> FromRequestParts<S> for Snapshot<C>
where
    C: Send + Sync + 'static,
    S: Send + Sync + 'static,
    Live<C>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let extensions = &mut parts.extensions;
        // A state that is the handle itself is not cloned, which would be two atomic operations more.
        match (state as &dyn Any).downcast_ref::<Live<C>>() {
            Some(live) => Ok(live.pin(extensions)),
            None => Ok(Live::from_ref(state).pin(extensions)),
        }
    }
}

/// The handle itself, for responses that outlive the settings they began with: server-sent events,
/// `WebSocket`s. It follows [`changes`](Live::changes) where a [`Snapshot`] would stand still.
///
/// The same as `State<Live<C>>` of axum, next to a state that holds more than one.
impl<C, S> FromRequestParts<S> for Live<C>
where
    C: Send + Sync + 'static,
    S: Send + Sync,
    Live<C>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Live::from_ref(state))
    }
}
