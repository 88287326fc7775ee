//! A tenant as the watch sees it, over gRPC.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use decree_proto::v1::{self, config_service_client::ConfigServiceClient};
use http::HeaderValue;
use tonic::{Code, Status};

use super::{
    Client,
    call::{About, Failed, closed},
    connection::Channels,
    explain::{self, Place},
    name,
    read::whole,
    token::TokenRequest,
    transport::Stub,
    types::Types,
    wire,
};
use crate::{
    error::Error,
    reading::Reading,
    watch::{self, Cause, Described, Dials, Failure, Hints, Listing, Path, Scope, Source},
};

/// How many versions a probe lists: enough to see that history was rewritten, and who wrote what
/// was skipped; the server reads them from one index.
const LISTED: i32 = 20;

/// One tenant of one server.
#[derive(Debug, Clone)]
pub(super) struct TenantSource {
    client: Client,
    /// As the user typed it: a name stays a name, also when its tenant is replaced.
    tenant: String,
    header: HeaderValue,
    /// What its schema declares, once that is known.
    pub(super) types: Arc<ArcSwapOption<Types>>,
    /// The channel of the stream that was opened last.
    channel: Arc<AtomicU64>,
    /// What the last probe went by.
    probed: Arc<Mutex<Weak<Channels>>>,
}

impl TenantSource {
    pub(super) fn new(client: Client, tenant: String) -> Result<Self, Error> {
        let header = name::tenant(&tenant)?;
        Ok(Self {
            client,
            tenant,
            header,
            types: Arc::default(),
            channel: Arc::default(),
            probed: Arc::default(),
        })
    }

    pub(super) fn tenant(&self) -> &str {
        &self.tenant
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn about(&self, doing: &'static str) -> About<'_> {
        About::checked_tenant(doing, &self.tenant, self.header.clone())
    }

    /// Reads the newest version, and sets right what its schema knows better.
    pub(super) async fn read_scope(
        &self,
        scope: &Scope,
        limit: Duration,
    ) -> Result<Reading, Failed> {
        let mut reading = match scope {
            Scope::Whole => self.read_whole(limit).await?,
            Scope::Parts(paths) => self.read_parts(paths, limit).await?,
        };
        self.mend(&mut reading);
        Ok(reading)
    }

    pub(super) fn mend(&self, reading: &mut Reading) {
        if let Some(types) = &*self.types.load() {
            types.mend(reading);
        }
    }

    /// Reads every value, by the one call that shows version, nulls and true checksums together
    /// and that no cache answers.
    async fn read_whole(&self, limit: Duration) -> Result<Reading, Failed> {
        let about = self.about("reading");
        let message = whole(&self.tenant, None);
        let answer = self
            .client
            .attempt(&about, limit, message, |stubs, request| async move {
                stubs.config().get_config(request).await
            });
        let empty = || Failed::Status(Status::internal("the answer holds no configuration"));
        let config = answer.await?.config.ok_or_else(empty)?;
        sound(&config.tenant_id, config.version)?;
        Ok(wire::reading(&self.tenant, config))
    }

    pub(super) async fn list(&self, limit: Duration) -> Result<Listing, Failed> {
        let about = self.about("listing versions of");
        let message = v1::ListVersionsRequest {
            tenant_id: self.tenant.clone(),
            page_size: LISTED,
            page_token: String::new(),
        };
        let answer = self
            .client
            .attempt(&about, limit, message, |stubs, request| async move {
                stubs.config().list_versions(request).await
            });
        let versions = answer.await?.versions;
        for listed in &versions {
            sound(&listed.tenant_id, listed.version)?;
        }
        Ok(wire::listing(versions))
    }

    /// Follows a stream to its end, which is always an error here: a clean end is one, too.
    async fn subscribe(&self, paths: &[Path], elsewhere: bool, hints: &Hints) -> Failed {
        let message = v1::SubscribeRequest {
            tenant_id: self.tenant.clone(),
            field_paths: paths.iter().map(ToString::to_string).collect(),
            start_version: None,
        };
        let channels = self.client.shared.connection.channels();
        let before = self.channel.load(Ordering::Relaxed);
        let (stub, place) = channels.stream(elsewhere.then_some(before));
        self.channel.store(place.number(), Ordering::Relaxed);
        // A new stream every hour learns the types of a schema that changed.
        let limit = Duration::from_secs(fastrand::u64(45 * 60..75 * 60));
        let following = async {
            let about = self.about("following");
            let mut token = TokenRequest::default();
            loop {
                let request = self.client.sign(&about, message.clone(), token).await;
                let mut request = match request {
                    Ok(request) => request,
                    Err(error) => return Failed::Unsent(error),
                };
                // A deadline of our own keeps the server from setting a short one. It is later than
                // the end that we make, which is known for ours.
                request.set_timeout(2 * limit);
                let end = drain(stub.clone(), request, hints).await;
                if !self.client.is_worth_another_token(&end, token) {
                    return Failed::Status(end);
                }
                token.rejected = true;
            }
        };
        tokio::select! {
            biased;
            () = self.client.shared.closing.closed() => Failed::Unsent(closed()),
            end = tokio::time::timeout(limit, following) => end.unwrap_or(Failed::Timeout(limit)),
        }
    }

    fn probed(&self) -> MutexGuard<'_, Weak<Channels>> {
        self.probed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A failed call as the watch sees it.
    pub(super) fn failure(&self, doing: &'static str, failed: &Failed) -> Failure {
        let (cause, code, found) = match failed {
            Failed::Status(status) => {
                let cause = wire::cause(status);
                let said = cause != Cause::Connection;
                let code = said.then(|| wire::code_name(status.code()));
                (cause, code, wire::words(status))
            }
            Failed::Timeout(limit) => (Cause::Timeout, None, explain::no_answer(*limit)),
            Failed::Unsent(error) => (Cause::Server, None, error.to_string()),
        };
        let about = self.about(doing);
        let place = Place(&about, self.client.shared.connection.address());
        Failure {
            cause,
            code,
            message: format!("{place}: {found}"),
        }
    }

    /// A failed call as the caller sees it.
    pub(super) fn error(&self, doing: &'static str, failed: Failed, tried: u32) -> Error {
        self.client.explain(&self.about(doing), failed, tried)
    }

    /// The tenant and its server, for messages.
    pub(super) fn place(&self) -> String {
        let address = self.client.shared.connection.address();
        format!("tenant `{}` on {address}", self.tenant)
    }
}

impl Source for TenantSource {
    async fn read(&self, scope: Scope, timeout: Duration) -> Result<Reading, Failure> {
        let read = self.read_scope(&scope, timeout).await;
        read.map_err(|failed| self.failure("reading", &failed))
    }

    fn knows_types(&self) -> bool {
        self.types.load().is_some()
    }

    async fn probe(&self, timeout: Duration) -> Result<Listing, Failure> {
        *self.probed() = Arc::downgrade(&self.client.shared.connection.channels());
        let list = self.list(timeout).await;
        list.map_err(|failed| self.failure("listing versions of", &failed))
    }

    async fn describe(
        &self,
        tenant_id: Option<Arc<str>>,
        timeout: Duration,
    ) -> Result<Described, Failure> {
        let described = match tenant_id {
            None => self.describe_named(timeout).await,
            Some(id) => self.describe_id(&id, timeout).await,
        };
        described.map_err(|failed| self.failure("looking at", &failed))
    }

    async fn follow(&self, paths: &[Path], elsewhere: bool, hints: &Hints) -> Failure {
        let end = self.subscribe(paths, elsewhere, hints).await;
        self.failure("following", &end)
    }

    fn redial(&self) {
        // Other watches of the client are on the same, and one that leaves is enough.
        let probed = self.probed().upgrade();
        if let Some(channels) = probed {
            self.client.shared.connection.leave(&channels);
        }
    }

    fn dials(&self) -> tokio::sync::watch::Receiver<Dials> {
        self.client.shared.connection.dials()
    }

    #[cfg(feature = "cache")]
    fn disk(&self) -> Option<Arc<dyn watch::Disk>> {
        let cache = self.client.shared.cache.clone()?;
        Some(Arc::new(cache))
    }
}

#[cfg(feature = "cache")]
impl watch::Disk for crate::cache::Cache {
    fn store(&self, kept: &watch::Kept, confirmed: std::time::SystemTime) -> std::io::Result<()> {
        self.store(&crate::cache::Keep {
            reading: &kept.look.reading,
            paths: &kept.paths,
            secret: &kept.secret,
            confirmed,
            written: kept.written.clone(),
        })
    }
}

/// No server answers otherwise. What stands between may, and then nothing of it is a value.
pub(super) fn sound(tenant_id: &str, version: i32) -> Result<(), Failed> {
    let found = if tenant_id.is_empty() {
        "the answer is of no tenant: its id is empty".to_owned()
    } else if version < 0 {
        format!("the answer is of version {version}, and there is none below 0")
    } else {
        return Ok(());
    };
    Err(Failed::Status(Status::internal(found)))
}

async fn drain(
    mut stub: ConfigServiceClient<Stub>,
    request: tonic::Request<v1::SubscribeRequest>,
    hints: &Hints,
) -> Status {
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
