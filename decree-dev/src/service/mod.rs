//! The gRPC services: each call is one question to the engine.

mod config;
mod info;
mod schema;
mod subscribe;

use tonic::{Code, Request, Status};

pub(crate) use self::{config::ConfigRpc, info::ServerRpc, schema::SchemaRpc};
use crate::auth::Claims;

/// The longest message that goes in or out.
pub(crate) const LONGEST_MESSAGE: usize = 20 * 1024 * 1024;

/// # Errors
///
/// The message is longer than the real server sends.
pub(crate) fn sendable(message: &impl prost::Message) -> Result<(), Status> {
    let len = message.encoded_len();
    if len <= LONGEST_MESSAGE {
        Ok(())
    } else {
        Err(too_large(len))
    }
}

/// The refusal of an answer of so many bytes, more than the 20 MiB that the server sends:
/// `RESOURCE_EXHAUSTED` as well, and without a `RetryInfo`.
#[must_use]
pub fn too_large(bytes: usize) -> Status {
    let message =
        format!("grpc: trying to send message larger than max ({bytes} vs. {LONGEST_MESSAGE})");
    Status::new(Code::ResourceExhausted, message)
}

fn claims<T>(request: &Request<T>) -> Result<Claims, Status> {
    let claims = request.extensions().get::<Claims>().cloned();
    claims.ok_or_else(|| Status::unauthenticated("authentication required"))
}

/// Calls of the contract that this server answers with UNIMPLEMENTED, by name. Spelled the way
/// `#[async_trait]` spells a method, because it does not see into macros.
macro_rules! missing {
    ($service:literal: $($method:ident($request:ident) -> $response:ident as $name:literal;)*) => {
        $(
            fn $method<'a, 'async_trait>(
                &'a self,
                _request: tonic::Request<decree_proto::v1::$request>,
            ) -> std::pin::Pin<Box<
                dyn Future<Output = Result<tonic::Response<decree_proto::v1::$response>, tonic::Status>>
                    + Send
                    + 'async_trait,
            >>
            where
                'a: 'async_trait,
                Self: 'async_trait,
            {
                let message = concat!(
                    "decree-dev does not have centralconfig.v1.", $service, "/", $name, " yet"
                );
                Box::pin(std::future::ready(Err(tonic::Status::unimplemented(message))))
            }
        )*
    };
}
use missing;
