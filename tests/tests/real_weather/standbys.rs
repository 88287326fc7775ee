//! The server reads from an endpoint over two hot standbys of the database, of which one lags
//! behind: each connection leads to either. Version n of the tenant holds the pair (n, n), so every
//! answer tells how true its number is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use decree_proto::v1::{GetConfigRequest, typed_value::Kind};
use decree_runtime::Live;
use decree_tests::{
    admin::Admin,
    balancer::Balancer,
    fleet::{self, Fleet, PAIR, Pair},
    real::Own,
    scale,
    wire::Caller,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{APPS, admin};

pub(crate) const TENANT: &str = "replicated";

/// A look at the interval, the second look that other content under a known number takes, and reads
/// on a busy machine.
const RIGHT: Duration = Duration::from_secs(33 + 7);

/// Bare loops of reads.
const READERS: usize = 2;

/// How long the server keeps a connection: so briefly that the queries of one answer often go to
/// different standbys, as they do behind a pooler that balances queries.
const CONNECTION: &str = "DB_MAX_CONN_LIFETIME=1ms";

/// What the bare loops are answered.
#[derive(Debug, Default)]
struct Answers {
    all: u64,
    /// Content of an older version than the number says.
    mislabelled: u64,
    /// By how many versions at most.
    behind: i64,
    /// The two halves of the pair from two versions.
    mixed: u64,
    /// A number below the one before.
    back: u64,
    failed: u64,
}

impl Answers {
    fn and(self, other: &Self) -> Self {
        Self {
            all: self.all + other.all,
            mislabelled: self.mislabelled + other.mislabelled,
            behind: self.behind.max(other.behind),
            mixed: self.mixed + other.mixed,
            back: self.back + other.back,
            failed: self.failed + other.failed,
        }
    }
}

async fn read(caller: Caller, stop: Arc<AtomicBool>) -> Answers {
    let mut answers = Answers::default();
    let mut last = 0;
    while !stop.load(Ordering::Relaxed) {
        let get = GetConfigRequest {
            tenant_id: TENANT.to_owned(),
            version: None,
            include_descriptions: true,
        };
        let answer = caller.config().get_config(caller.request(get)).await;
        let Ok(config) = answer.map(|answer| answer.into_inner().config.unwrap_or_default()) else {
            answers.failed += 1;
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let value = |path: &str| {
            let value = config.values.iter().find(|value| value.field_path == path);
            match value.and_then(|value| value.value.as_ref()?.kind.as_ref()) {
                Some(Kind::IntegerValue(value)) => *value,
                _ => 0,
            }
        };
        let (left, right) = (value("pair.left"), value("pair.right"));
        let version = i64::from(config.version);
        answers.all += 1;
        answers.mislabelled += u64::from(left < version);
        answers.behind = answers.behind.max(version - left);
        answers.mixed += u64::from(left != right);
        answers.back += u64::from(version < last);
        last = version;
        sleep(Duration::from_millis(20)).await;
    }
    answers
}

/// What the readers of one app see.
#[derive(Debug, Default)]
struct Shown {
    versions: u64,
    /// Versions that showed the content of an older one.
    mislabelled: u64,
    /// Until they showed their own.
    longest: Duration,
    /// What must never be.
    violations: Vec<String>,
}

/// Follows every change of what an app shows.
async fn follow(mut live: Live<Pair>, stop: Arc<AtomicBool>) -> Shown {
    let mut shown = Shown::default();
    let (mut version, mut right) = (-1, false);
    let mut wrong_since = None;
    while !stop.load(Ordering::Relaxed) {
        let pair = live.load();
        let what = format!("{:?} under {}", *pair, pair.version());
        if pair.left != pair.right {
            shown.violations.push(format!("mixed: {what}"));
        }
        if pair.version() < version {
            shown
                .violations
                .push(format!("back from {version}: {what}"));
        }
        if pair.version() != version {
            (version, right) = (pair.version(), false);
            shown.versions += 1;
            wrong_since = None;
        }
        if pair.left == i64::from(version) {
            let wrong = wrong_since.take().map(|since: Instant| since.elapsed());
            shown.longest = shown.longest.max(wrong.unwrap_or_default());
            right = true;
        } else if right {
            shown.violations.push(format!("flipped back: {what}"));
        } else if wrong_since.is_none() {
            shown.mislabelled += 1;
            wrong_since = Some(Instant::now());
        }
        // Woken now and then to look at `stop`.
        let _unchanged = timeout(Duration::from_millis(100), live.changed()).await;
    }
    shown
}

/// A server over both standbys, and what writes to it and reads from it.
pub(crate) struct Replicated {
    _balancer: Balancer,
    fleet: Fleet,
    admin: Admin,
    pub(crate) address: String,
    /// The newest version, and its content.
    pub(crate) written: i64,
    _own: Own,
}

impl Replicated {
    pub(crate) async fn start(name: &str, delay: &str, apps: usize) -> Self {
        let own = Own::up(name, "");
        let admin = admin(&own.address);
        admin.create(TENANT, PAIR).await.expect("a tenant");
        let (prompt, late) = (own.standby("0"), own.standby(delay));
        let balancer = Balancer::start(&[&prompt, &late]).await;
        let address = balancer.address;
        let url = format!("postgres://postgres@{address}/postgres?sslmode=disable");
        own.restart_with(&format!("DB_READ_URL={url} {CONNECTION}"));
        let fleet = Fleet::start(&own.address, TENANT, apps).await;
        Self {
            _balancer: balancer,
            fleet,
            admin,
            address: own.address.clone(),
            written: 0,
            _own: own,
        }
    }

    pub(crate) async fn write(&mut self) {
        let value = self.written + 1;
        let version = fleet::write(&self.admin, TENANT, value).await;
        assert_eq!(
            version.expect("written"),
            i32::try_from(value).expect("few")
        );
        self.written = value;
    }

    /// Writes at a pace, and then nothing; says how long the last version took to be shown right by
    /// all.
    async fn writes(&mut self, pace: Duration, how_long: Duration) -> Duration {
        let begin = Instant::now();
        while begin.elapsed() < how_long {
            sleep(pace).await;
            self.write().await;
        }
        let last = i32::try_from(self.written).expect("few");
        self.fleet.show(last, self.written, RIGHT).await.last()
    }
}

/// Busy and quiet writers, then silence for `still`.
async fn never_mixed_never_back(name: &str, delay: &str, still: Duration) {
    let mut replicated = Replicated::start(name, delay, APPS).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut reading = JoinSet::new();
    for _ in 0..READERS {
        let caller = Caller::superadmin(&replicated.address);
        reading.spawn(read(caller, Arc::clone(&stop)));
    }
    let mut following = JoinSet::new();
    for live in &replicated.fleet.apps {
        following.spawn(follow(live.clone(), Arc::clone(&stop)));
    }

    let scale = u32::try_from(scale()).expect("small");
    let busy = Duration::from_secs(8) * scale;
    let took = replicated.writes(Duration::from_millis(100), busy).await;
    println!("{name}: the last of many writes was right everywhere after {took:.2?}");
    let quiet = Duration::from_secs(18) * scale;
    let took = replicated.writes(Duration::from_secs(6), quiet).await;
    println!("{name}: the last of few writes was right everywhere after {took:.2?}");
    println!("{name}: {} versions were written", replicated.written);
    sleep(still).await;

    stop.store(true, Ordering::Relaxed);
    judge_answers(name, &reading.join_all().await);
    let shown = following.join_all().await;
    judge_shown(name, &shown);
    for live in &replicated.fleet.apps {
        assert_eq!(live.status().history_restarts, 0, "a standby is no restore");
    }
}

fn judge_answers(name: &str, answers: &[Answers]) {
    let answers = answers.iter().fold(Answers::default(), Answers::and);
    println!("{name}: bare readers got {answers:?}");
    // On a slow machine few versions are written, and few answers are of the late one.
    let late = answers.back + answers.mislabelled > 0 || answers.behind > 0;
    assert!(late, "the server reads from both standbys");
    assert_eq!(answers.mixed, 0, "half a version");
}

fn judge_shown(name: &str, shown: &[Shown]) {
    let versions: u64 = shown.iter().map(|shown| shown.versions).sum();
    let mislabelled: u64 = shown.iter().map(|shown| shown.mislabelled).sum();
    let longest = shown.iter().map(|shown| shown.longest).max();
    let longest = longest.unwrap_or_default();
    println!(
        "{name}: {} apps showed {versions} versions, {mislabelled} of them first with older \
         content, for {longest:.2?} at most",
        shown.len()
    );
    assert!(longest < RIGHT, "{longest:?}");
    let violations: Vec<_> = shown.iter().flat_map(|shown| &shown.violations).collect();
    let count = violations.len();
    assert!(violations.is_empty(), "{count}: {violations:#?}");
}

/// In the long form, the silence is longer than two looks.
fn still() -> Duration {
    Duration::from_secs(if scale() > 1 { 75 } else { 5 })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_lags_by_200_ms() {
    never_mixed_never_back("lag-200ms", "200ms", still()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_lags_by_5_s() {
    never_mixed_never_back("lag-5s", "5s", still()).await;
}
