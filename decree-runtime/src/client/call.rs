//! One call: signed, limited in time, tried again where that is safe, and its failure explained.

use std::{future::Future, sync::Arc, time::Duration};

use decree_proto::v1::{
    config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
    server_service_client::ServerServiceClient,
};
use http::HeaderValue;
use tokio::time::Instant;
use tonic::{Code, Request, Response, Status, metadata::MetadataMap};

use super::{
    Client, connection::Channels, explain, name, token::TokenRequest, transport::Stub, wire,
};
use crate::error::{Error, ErrorKind};

/// What a call is about: for the header that signs it, and for the words of its failure.
#[derive(Debug, Clone)]
pub(super) struct About<'a> {
    pub(super) doing: &'static str,
    pub(super) tenant: Option<&'a str>,
    pub(super) path: Option<&'a str>,
    header: Option<HeaderValue>,
    /// Whatever tenants the caller belongs to.
    for_it_alone: bool,
}

impl<'a> About<'a> {
    /// A call for one tenant, or [`ErrorKind::InvalidOption`] when there can be none of that name.
    pub(super) fn tenant(doing: &'static str, tenant: &'a str) -> Result<Self, Error> {
        let header = name::tenant(tenant)?;
        Ok(Self::checked_tenant(doing, tenant, header))
    }

    /// The same with the header that was made of the name before.
    pub(super) fn checked_tenant(
        doing: &'static str,
        tenant: &'a str,
        header: HeaderValue,
    ) -> Self {
        Self {
            doing,
            tenant: Some(tenant),
            path: None,
            header: Some(header),
            for_it_alone: false,
        }
    }

    /// A call for the server itself.
    pub(super) fn server(doing: &'static str) -> Self {
        Self {
            doing,
            tenant: None,
            path: None,
            header: None,
            for_it_alone: false,
        }
    }

    /// Signed for this tenant alone: for a caller of several, an answer is the same when the tenant
    /// does not exist and when it is another's.
    pub(super) fn alone(self) -> Self {
        let for_it_alone = true;
        Self {
            for_it_alone,
            ..self
        }
    }

    pub(super) fn path(self, path: &'a str) -> Self {
        let path = Some(path);
        Self { path, ..self }
    }

    pub(super) fn doing(&self, doing: &'static str) -> Self {
        Self {
            doing,
            ..self.clone()
        }
    }
}

/// A call without an answer that can be used.
#[derive(Debug)]
pub(super) enum Failed {
    Status(Status),
    Timeout(Duration),
    /// It was not sent, and says why.
    Unsent(Error),
}

impl Failed {
    /// Whether the same call may succeed a moment later.
    fn is_transient(&self) -> bool {
        match self {
            Self::Timeout(_) => true,
            Self::Unsent(_) => false,
            Self::Status(status) => {
                wire::is_from_connection(status)
                    || wire::retry_after(status).is_some()
                    || matches!(
                        status.code(),
                        Code::Unavailable | Code::Internal | Code::DeadlineExceeded
                    )
            }
        }
    }

    /// How long the server asks to wait before the next call.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status(status) => wire::retry_after(status),
            Self::Timeout(_) | Self::Unsent(_) => None,
        }
    }
}

/// The stubs of one attempt.
pub(super) struct Stubs(Arc<Channels>);

impl Stubs {
    pub(super) fn config(&self) -> ConfigServiceClient<Stub> {
        self.0.config()
    }

    pub(super) fn schema(&self) -> SchemaServiceClient<Stub> {
        self.0.schema()
    }

    pub(super) fn server(&self) -> ServerServiceClient<Stub> {
        self.0.server()
    }
}

impl Client {
    /// A call that changes nothing, tried again as the policy says.
    pub(super) async fn ask<M, R, F>(
        &self,
        about: &About<'_>,
        message: M,
        send: impl Fn(Stubs, Request<M>) -> F,
    ) -> Result<R, Error>
    where
        M: Clone,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        self.check_server().await?;
        self.ask_unchecked(about, message, send).await
    }

    /// As [`ask`](Self::ask), of a server that may be of any version.
    pub(super) async fn ask_unchecked<M, R, F>(
        &self,
        about: &About<'_>,
        message: M,
        send: impl Fn(Stubs, Request<M>) -> F,
    ) -> Result<R, Error>
    where
        M: Clone,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let answer = self
            .repeat(about, message, Failed::is_transient, send)
            .await;
        answer.map_err(|(failed, tried)| self.explain(about, failed, tried))
    }

    /// A call that is tried again after failures that `passes` names, as the policy says. With the
    /// last failure comes how often it was tried.
    pub(super) async fn repeat<M, R, F>(
        &self,
        about: &About<'_>,
        message: M,
        passes: impl Fn(&Failed) -> bool,
        send: impl Fn(Stubs, Request<M>) -> F,
    ) -> Result<R, (Failed, u32)>
    where
        M: Clone,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let mut patience = Patience::new(self);
        loop {
            let limit = patience.limit(self.timeout);
            let failed = match self.attempt(about, limit, message.clone(), &send).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if !(passes(&failed) && patience.wait(failed.retry_after()).await) {
                return Err((failed, patience.tried));
            }
        }
    }

    /// One attempt: never longer than `limit`, connecting included, which a timeout of the channel
    /// leaves out.
    pub(super) async fn attempt<M, R, F>(
        &self,
        about: &About<'_>,
        limit: Duration,
        message: M,
        send: impl Fn(Stubs, Request<M>) -> F,
    ) -> Result<R, Failed>
    where
        M: Clone,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let channels = self.shared.connection.channels();
        let asked = Instant::now();
        let signed = async {
            let mut token = TokenRequest::default();
            loop {
                let request = self.sign(about, message.clone(), token).await;
                let request = request.map_err(Failed::Unsent)?;
                match send(Stubs(Arc::clone(&channels)), request).await {
                    Ok(answer) => return Ok(answer.into_inner()),
                    Err(status) if self.is_worth_another_token(&status, token) => {
                        token.rejected = true;
                    }
                    Err(status) => return Err(Failed::Status(status)),
                }
            }
        };
        tokio::select! {
            biased;
            () = self.shared.closing.closed() => Err(Failed::Unsent(closed())),
            result = tokio::time::timeout(limit, signed) => {
                if result.is_ok() {
                    channels.silence.answered();
                } else if channels.silence.is_hanging(asked) {
                    // A channel never leaves a connection that hangs by itself.
                    self.shared.connection.leave(&channels);
                }
                result.unwrap_or(Err(Failed::Timeout(limit)))
            }
        }
    }

    pub(super) async fn sign<M>(
        &self,
        about: &About<'_>,
        message: M,
        token: TokenRequest,
    ) -> Result<Request<M>, Error> {
        let mut headers = http::HeaderMap::new();
        if let Some(decorate) = &self.shared.decorate {
            decorate(&mut headers);
        }
        let identity = &self.shared.identity;
        identity
            .sign(
                &mut headers,
                about.header.as_ref(),
                about.for_it_alone,
                token,
            )
            .await?;
        let mut request = Request::new(message);
        *request.metadata_mut() = MetadataMap::from_headers(headers);
        Ok(request)
    }

    /// Whether the server refused a token that can be had anew, and was not yet.
    pub(super) fn is_worth_another_token(&self, status: &Status, token: TokenRequest) -> bool {
        status.code() == Code::Unauthenticated
            && !token.rejected
            && self.shared.identity.can_refresh()
    }

    pub(super) fn explain(&self, about: &About<'_>, failed: Failed, tried: u32) -> Error {
        explain::error(about, self.shared.connection.address(), failed, tried)
    }
}

pub(super) fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the client was closed")
}

/// What a clock can still add to its time.
pub(super) const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Less than this is no time for another attempt.
const LEAST: Duration = Duration::from_millis(50);

/// How often a call was tried, and how much of its time is left.
pub(super) struct Patience<'a> {
    client: &'a Client,
    deadline: Instant,
    pub(super) tried: u32,
}

impl<'a> Patience<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        let budget = client.shared.retry.whole_budget().min(FOREVER);
        Self {
            client,
            deadline: Instant::now() + budget,
            tried: 0,
        }
    }

    /// Starts an attempt; says how long it may take.
    pub(super) fn limit(&mut self, timeout: Duration) -> Duration {
        self.tried += 1;
        timeout.min(self.deadline.saturating_duration_since(Instant::now()))
    }

    /// Waits for the next attempt, if there is to be one.
    pub(super) async fn wait(&self, asked: Option<Duration>) -> bool {
        let policy = &self.client.shared.retry;
        let wait = policy.wait(self.tried, asked, &mut fastrand::Rng::new());
        let left = self.deadline.saturating_duration_since(Instant::now());
        // An attempt without time would only hide why the others failed.
        let Some(wait) = wait.filter(|wait| wait.saturating_add(LEAST) < left) else {
            return false;
        };
        tokio::select! {
            biased;
            // The next attempt says so.
            () = self.client.shared.closing.closed() => {}
            () = tokio::time::sleep(wait) => {}
        }
        true
    }
}
