//! Who may pass: the keys are settings, of the version that the request is pinned to.

use axum::{extract::Request, http::StatusCode, middleware::Next, response::Response};
use decree_runtime::{Secret, Snapshot};

use crate::settings::Access;

pub(crate) async fn customers(
    access: Snapshot<Access>,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let keys = [Some(&access.key), access.previous_key.as_ref()];
    admit(keys.into_iter().flatten(), request, next).await
}

pub(crate) async fn staff(
    access: Snapshot<Access>,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    admit([&access.staff_key], request, next).await
}

async fn admit(
    keys: impl IntoIterator<Item = &Secret<String>>,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let shown = request.headers().get("x-api-key");
    let shown = shown.ok_or(StatusCode::UNAUTHORIZED)?.as_bytes();
    let mut keys = keys.into_iter();
    if keys.any(|key| is_same(key.expose().as_bytes(), shown)) {
        Ok(next.run(request).await)
    } else {
        Err(StatusCode::UNAUTHORIZED)
    }
}

/// Takes as long for the first byte that differs as for the last, so that nobody guesses byte by
/// byte.
fn is_same(key: &[u8], shown: &[u8]) -> bool {
    let differs = key.iter().zip(shown).fold(0, |all, (a, b)| all | (a ^ b));
    key.len() == shown.len() && differs == 0
}
