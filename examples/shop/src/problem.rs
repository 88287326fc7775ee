//! What a customer did wrong.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

#[derive(Debug)]
pub(crate) enum Problem {
    /// There is no such thing.
    Unknown(&'static str),
    /// A cart takes so many at most.
    TooMany(u32),
    /// Nobody orders now.
    Closed,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown(what) => (StatusCode::NOT_FOUND, format!("no such {what}\n")),
            Self::TooMany(most) => {
                let text = format!("a cart takes at most {most} of a product\n");
                (StatusCode::UNPROCESSABLE_ENTITY, text)
            }
            Self::Closed => {
                let text = "the shop is closed\n".to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, text)
            }
        }
        .into_response()
    }
}
