//! Many copies of one program, each with a client of its own.

use std::{fmt, time::Duration};

use decree_proto::v1::typed_value::Kind;
use decree_runtime::{Client, DecreeConfig, Live};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::admin::Admin;

/// Two fields that are always written together and with the same value.
#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pair")]
pub struct Pair {
    /// The one.
    #[decree(default = 0)]
    pub left: i64,
    /// The other.
    #[decree(default = 0)]
    pub right: i64,
}

/// The schema of [`Pair`].
pub const PAIR: &str = "
  pair.left: { type: integer }
  pair.right: { type: integer }
";

/// Writes a pair; the answer is the new version.
///
/// # Errors
///
/// What the server says.
pub async fn write(admin: &Admin, tenant: &str, value: i64) -> Result<i32, tonic::Status> {
    let both = ["pair.left", "pair.right"].map(|path| (path.to_owned(), Kind::IntegerValue(value)));
    admin.set_many(tenant, both.into()).await
}

/// The copies.
#[derive(Debug)]
pub struct Fleet {
    /// What each of them shows.
    pub apps: Vec<Live<Pair>>,
}

impl Fleet {
    /// Starts them all at once, as role `user` of a tenant that they know by name.
    pub async fn start(address: &str, tenant: &str, count: usize) -> Self {
        let mut starting = JoinSet::new();
        for app in 0..count {
            let client = Client::builder(address)
                .subject(format!("app-{app}"))
                .build();
            let client = client.expect("sound options");
            starting.spawn(client.live(tenant).into_future());
        }
        let started = starting.join_all().await.into_iter();
        Self {
            apps: started.map(|live| live.expect("readable")).collect(),
        }
    }

    /// Waits until all show this value under this version, or a later version.
    pub async fn show(&self, version: i32, value: i64, within: Duration) -> Reached {
        let begin = Instant::now();
        let mut waiting = JoinSet::new();
        for live in &self.apps {
            let mut live = live.clone();
            waiting.spawn(async move {
                let shown = timeout(within, async {
                    loop {
                        let pair = live.load();
                        if pair.version() > version
                            || (pair.version() == version && pair.left == value)
                        {
                            break;
                        }
                        live.changed().await.expect("the watch goes on");
                    }
                });
                let shown = shown.await.is_ok();
                let late = (!shown).then(|| format!("{:?} {:?}", *live.load(), live.status()));
                (begin.elapsed(), late)
            });
        }
        let (mut took, late): (Vec<_>, Vec<_>) = waiting.join_all().await.into_iter().unzip();
        let late: Vec<_> = late.into_iter().flatten().collect();
        assert!(
            late.is_empty(),
            "{} of {} do not show {value} of version {version} within {within:?}: {late:#?}",
            late.len(),
            self.apps.len()
        );
        took.sort();
        Reached(took)
    }
}

/// How long it took until each of them showed a change, the quickest first.
#[derive(Debug, Clone)]
pub struct Reached(Vec<Duration>);

impl Reached {
    /// Until the last of them.
    #[must_use]
    pub fn last(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |share: usize| {
            self.0
                .get((self.0.len() * share / 100).min(self.0.len() - 1))
        };
        let seconds = |took: Option<&Duration>| took.copied().unwrap_or_default().as_secs_f64();
        write!(
            f,
            "first {:.2} s, half {:.2} s, last {:.2} s",
            seconds(self.0.first()),
            seconds(at(50)),
            seconds(self.0.last())
        )
    }
}
