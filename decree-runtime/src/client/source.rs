//! A tenant as the watch sees it, over gRPC.

use std::{fmt, future::Future, time::Duration};

use decree_proto::v1;
use tonic::{
    Code, Request, Response, Status,
    metadata::{Ascii, MetadataValue},
};

use super::{Client, identity, wire};
use crate::{
    error::Error,
    reading::Reading,
    watch::{self, Cause, Failure, Hints, Row, Source},
};

/// How many versions a probe lists: enough to see that history was rewritten, and who wrote what
/// was skipped; the server reads them from one index.
const LISTED: i32 = 20;

/// One tenant of one server.
#[derive(Debug, Clone)]
pub(crate) struct TenantSource {
    client: Client,
    /// As the user typed it: a name stays a name, also when its tenant is replaced.
    tenant: String,
    header: MetadataValue<Ascii>,
}

/// A call without an answer that can be used.
pub(crate) enum Failed {
    Status(Status),
    Timeout(Duration),
}

impl TenantSource {
    pub(crate) fn new(client: Client, tenant: String) -> Result<Self, Error> {
        let header = identity::tenant_header(&tenant)?;
        Ok(Self {
            client,
            tenant,
            header,
        })
    }

    /// The tenant and its server, for messages.
    pub(crate) fn place(&self) -> impl fmt::Display + '_ {
        struct Place<'a>(&'a TenantSource);
        impl fmt::Display for Place<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let address = self.0.client.shared.connection.address();
                write!(f, "tenant `{}` on {address}", self.0.tenant)
            }
        }
        Place(self)
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        self.client
            .shared
            .identity
            .sign(request.metadata_mut(), &self.header);
        request
    }

    /// Reads every value, by the one call that shows version, nulls and true checksums together
    /// and that no cache answers.
    pub(crate) async fn read_all(&self, timeout: Duration) -> Result<Reading, Failed> {
        let request = self.request(v1::GetConfigRequest {
            tenant_id: self.tenant.clone(),
            version: None,
            include_descriptions: true,
        });
        let mut stub = self.client.shared.connection.calls();
        let answer = limited(timeout, stub.get_config(request)).await?;
        let empty = || Failed::Status(Status::internal("the answer holds no configuration"));
        answer.config.map(wire::reading).ok_or_else(empty)
    }

    async fn list(&self, timeout: Duration) -> Result<Vec<Row>, Failed> {
        let request = self.request(v1::ListVersionsRequest {
            tenant_id: self.tenant.clone(),
            page_size: LISTED,
            page_token: String::new(),
        });
        let mut stub = self.client.shared.connection.calls();
        let answer = limited(timeout, stub.list_versions(request)).await?;
        Ok(answer.versions.into_iter().map(wire::row).collect())
    }

    /// Follows a stream to its end, which is always an error here: a clean end is one, too.
    async fn subscribe(&self, paths: &[&'static str], hints: &Hints) -> Status {
        let mut request = self.request(v1::SubscribeRequest {
            tenant_id: self.tenant.clone(),
            field_paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            start_version: None,
        });
        // A deadline of our own keeps the server from setting a short one, and a new stream every
        // hour learns the types of a schema that changed.
        request.set_timeout(Duration::from_secs(fastrand::u64(45 * 60..75 * 60)));
        let mut stub = self.client.shared.connection.streams();
        // The server answers with the first event, however late that is: never a timeout here.
        let mut stream = match stub.subscribe(request).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return status,
        };
        loop {
            match stream.message().await {
                Ok(Some(message)) => {
                    if let Some(change) = message.change {
                        watch::tell(hints, wire::hint(change));
                    }
                }
                Ok(None) => return Status::new(Code::Ok, "the server ended the stream"),
                Err(status) => return status,
            }
        }
    }

    pub(crate) fn failure(&self, what: &str, failed: &Failed) -> Failure {
        let place = self.place();
        match failed {
            Failed::Status(status) => Failure {
                cause: wire::cause(status),
                message: format!("{what} {place}: {}", wire::words(status)),
            },
            Failed::Timeout(limit) => Failure {
                cause: Cause::Timeout,
                message: format!("{what} {place}: no answer within {limit:?}"),
            },
        }
    }
}

/// A call within `timeout`, the time to connect included: a timeout of the channel leaves that out.
async fn limited<T>(
    timeout: Duration,
    call: impl Future<Output = Result<Response<T>, Status>>,
) -> Result<T, Failed> {
    match tokio::time::timeout(timeout, call).await {
        Ok(Ok(answer)) => Ok(answer.into_inner()),
        Ok(Err(status)) => Err(Failed::Status(status)),
        Err(_) => Err(Failed::Timeout(timeout)),
    }
}

impl Source for TenantSource {
    async fn read(&self, timeout: Duration) -> Result<Reading, Failure> {
        let read = self.read_all(timeout).await;
        read.map_err(|failed| self.failure("reading", &failed))
    }

    async fn probe(&self, timeout: Duration) -> Result<Vec<Row>, Failure> {
        let list = self.list(timeout).await;
        list.map_err(|failed| self.failure("listing versions of", &failed))
    }

    async fn follow(&self, paths: &[&'static str], hints: &Hints) -> Failure {
        let status = self.subscribe(paths, hints).await;
        self.failure("following", &Failed::Status(status))
    }

    fn redial(&self) {
        self.client.shared.connection.redial();
    }
}
