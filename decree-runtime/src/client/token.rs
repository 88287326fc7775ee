//! Bearer tokens: one for all calls, or a new one whenever the provider says so.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use http::HeaderValue;

use crate::error::{Error, ErrorKind};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Providing = Pin<Box<dyn Future<Output = Result<String, BoxError>> + Send>>;

/// Why a token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TokenRequest {
    /// The server refused the last one: a token that is kept somewhere should be renewed.
    pub rejected: bool,
}

/// Where the token of a call comes from.
pub(super) enum Token {
    Fixed(HeaderValue),
    Provided(Arc<dyn Fn(TokenRequest) -> Providing + Send + Sync>),
}

impl Token {
    pub(super) fn fixed(token: &str) -> Result<Self, Error> {
        let bearer = bearer(token).ok_or_else(|| unusable(ErrorKind::InvalidOption))?;
        Ok(Self::Fixed(bearer))
    }

    pub(super) fn provided<F, Fut, E>(provide: F) -> Self
    where
        F: Fn(TokenRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self::Provided(Arc::new(move |request| {
            let providing = provide(request);
            Box::pin(async move { providing.await.map_err(Into::into) })
        }))
    }

    pub(super) async fn bearer(&self, request: TokenRequest) -> Result<HeaderValue, Error> {
        match self {
            Self::Fixed(bearer) => Ok(bearer.clone()),
            Self::Provided(provide) => {
                let token = provide(request).await.map_err(|error| {
                    let message = "the token provider failed, so the call was not sent";
                    Error::new(ErrorKind::Unauthenticated, message).with_source(error)
                })?;
                bearer(&token).ok_or_else(|| unusable(ErrorKind::Unauthenticated))
            }
        }
    }
}

fn bearer(token: &str) -> Option<HeaderValue> {
    if token.is_empty() {
        return None;
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The text of a token is a secret: the message must not repeat it.
fn unusable(kind: ErrorKind) -> Error {
    let message = "the token is empty or has characters that no HTTP header may have; \
                   is there a line break at its end?";
    Error::new(kind, message)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed(…)",
            Self::Provided(_) => "Provided",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_in_no_message() {
        for bad in ["s3cret\n", ""] {
            let error = Token::fixed(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidOption);
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
        let good = Token::fixed("s3cret").unwrap();
        assert!(!format!("{good:?}").contains("s3cret"));
    }

    #[tokio::test]
    async fn a_provider_is_told_of_the_refusal_and_its_failure_is_a_cause() {
        let provider = Token::provided(|request| async move {
            if request.rejected {
                Err("the vault is sealed")
            } else {
                Ok("first".to_owned())
            }
        });
        let first = provider.bearer(TokenRequest::default()).await.unwrap();
        assert_eq!(first, "Bearer first");
        assert!(first.is_sensitive());
        let error = provider
            .bearer(TokenRequest { rejected: true })
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        assert!(format!("{error:?}").contains("the vault is sealed"));
    }
}
