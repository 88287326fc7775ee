//! What a watch keeps on disk, over the real gRPC stack and a pipe, under a paused clock.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod support;
#[path = "watch/warnings.rs"]
mod warnings;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use decree_dev::DevServer;
use decree_runtime::{CacheStatus, Client, DecreeConfig, Live, Secret};
use serde_json::Value;
use support::{server, settle, soon, until};
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};
use warnings::Warnings;

/// The longest time between two stores of news, and a little for the store.
const STORED: Duration = Duration::from_secs(6);

/// A folder that is not there yet, for one test, gone with it.
struct Folder {
    path: PathBuf,
    _home: TempDir,
}

impl Folder {
    fn new() -> Self {
        let home = TempDir::new().expect("a folder");
        Self {
            path: home.path().join("cache"),
            _home: home,
        }
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }

    /// The only one, apart from one that is being written.
    fn file(&self) -> Option<PathBuf> {
        let kept = |file: &PathBuf| file.extension().is_some_and(|it| it == "decree");
        let files: Vec<PathBuf> = self.files().into_iter().filter(kept).collect();
        assert!(files.len() <= 1, "{files:?}");
        files.into_iter().next()
    }

    /// What is kept.
    fn record(&self) -> Option<Value> {
        let text = fs::read_to_string(self.file()?).ok()?;
        let (_, body) = text.split_once('\n')?;
        Some(serde_json::from_str(body).expect("whole"))
    }

    fn version(&self) -> i32 {
        let record = self.record().unwrap_or_default();
        let version = record["version"].as_i64().unwrap_or_default();
        i32::try_from(version).expect("a version")
    }

    fn paths(&self) -> BTreeSet<String> {
        let record = self.record().unwrap_or_default();
        let fields = record["fields"].as_array().cloned().unwrap_or_default();
        let path = |field: &Value| field["path"].as_str().expect("a text").to_owned();
        fields.iter().map(path).collect()
    }

    /// Waits for a version that the disk has within its time.
    async fn shows(&self, version: i32) {
        let shown = timeout(STORED, until_forever(|| self.version() == version));
        assert!(shown.await.is_ok(), "{:?}", self.record());
    }
}

async fn until_forever(holds: impl Fn() -> bool) {
    while !holds() {
        sleep(Duration::from_millis(100)).await;
    }
}

fn client(server: &DevServer, folder: &Path) -> Client {
    let pipe = server.pipe();
    let connect = move || {
        let pipe = pipe.clone();
        async move { pipe.connect().await }
    };
    let client = Client::builder("localhost:9090").subject("app");
    let client = client.connector(connect).cache_dir(folder);
    client.build().expect("sound options")
}

async fn live<C: DecreeConfig>(client: &Client) -> Live<C> {
    client.live("acme").await.expect("readable")
}

fn set(server: &DevServer, path: &str, value: &str) -> i32 {
    server.set("acme", path, value).expect("written")
}

fn cache<C>(live: &Live<C>) -> CacheStatus {
    live.status().cache.expect("there is a folder")
}

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
struct Pay {
    #[decree(default = 0)]
    fee: i64,
    retries: Option<i64>,
}

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
struct Login {
    limit: Option<i64>,
    banner: Option<Secret<String>>,
}

#[tokio::test(start_paused = true)]
async fn what_the_program_reads_is_kept_for_its_owner_alone() {
    let server = server().await;
    set(&server, "pay.fee", "31337");
    let version = set(&server, "pay.banner", "a banner that nobody reads");
    let folder = Folder::new();
    let live = live::<Pay>(&client(&server, &folder.path)).await;
    folder.shows(version).await;
    assert_eq!(
        folder.paths(),
        ["pay.fee", "pay.retries"].map(str::to_owned).into()
    );
    let file = folder.file().expect("it is kept");
    let text = fs::read_to_string(&file).expect("text");
    assert!(
        text.contains("31337") && !text.contains("nobody reads"),
        "{text}"
    );
    #[cfg(unix)]
    for (path, right) in [(&file, 0o600), (&folder.path, 0o700)] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, right);
    }
    until(|| cache(&live).version == Some(version)).await;
    assert_eq!(cache(&live).trouble, None);
    assert!(cache(&live).stored_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn who_comes_later_learns_how_the_disk_fares() {
    let server = server().await;
    let folder = Folder::new();
    let client = client(&server, &folder.path);
    let first = live::<Pay>(&client).await;
    settle().await;
    let later = live::<Pay>(&client).await;
    until(|| later.status().cache.is_some()).await;
    assert_eq!(cache(&later), cache(&first));
    assert_eq!(cache(&later).version, Some(later.version()));
}

#[tokio::test(start_paused = true)]
async fn without_a_folder_nothing_is_said_of_one() {
    let server = server().await;
    let live = live::<Pay>(&support::client(&server)).await;
    settle().await;
    assert_eq!(live.status().cache, None);
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_not_kept_whoever_else_reads_its_field() {
    let server = server().await;
    set(&server, "pay.limit", "9");
    let version = set(&server, "pay.banner", "hunter2");
    let folder = Folder::new();
    let client = client(&server, &folder.path);
    let secret = live::<Login>(&client).await;
    folder.shows(version).await;
    assert_eq!(folder.paths(), ["pay.limit"].map(str::to_owned).into());
    let watcher = client.watch("acme").expect("a name");
    let open = watcher.field("pay.banner", String::new());
    let fee = watcher.field("pay.fee", 0_i64);
    let hidden = watcher.field("pay.retries", Secret::from(0_i64));
    watcher.start().await.expect("readable");
    assert_eq!(open.get(), "hunter2");
    let right = ["pay.fee", "pay.limit"].map(str::to_owned);
    let kept = timeout(
        STORED,
        until_forever(|| folder.paths() == right.clone().into()),
    );
    assert!(kept.await.is_ok(), "{:?}", folder.paths());
    let text = fs::read_to_string(folder.file().expect("it is kept")).expect("text");
    assert!(!text.contains("hunter2"), "{text}");
    drop((secret, fee, hidden));
}

#[tokio::test(start_paused = true)]
async fn a_version_that_anybody_refuses_is_not_the_last_good_one() {
    #[derive(Debug, DecreeConfig)]
    #[decree(prefix = "pay")]
    struct Strict {
        fee: i64,
    }

    let server = server().await;
    let good = set(&server, "pay.fee", "1");
    let folder = Folder::new();
    let client = client(&server, &folder.path);
    let lenient = live::<Pay>(&client).await;
    let strict = live::<Strict>(&client).await;
    settle().await;
    folder.shows(good).await;
    let bad = server.set_null("acme", "pay.fee").expect("written");
    until(|| strict.status().rejection.is_some() && lenient.version() == bad).await;
    sleep(Duration::from_secs(20 * 60)).await;
    assert_eq!(folder.version(), good);
    let next = set(&server, "pay.fee", "2");
    folder.shows(next).await;
}

#[tokio::test(start_paused = true)]
async fn under_a_storm_of_writes_the_disk_is_written_now_and_then_and_ends_with_the_last() {
    let server = server().await;
    let folder = Folder::new();
    let live = live::<Pay>(&client(&server, &folder.path)).await;
    settle().await;
    let (start, mut seen, mut last) = (Instant::now(), BTreeSet::new(), 0);
    for fee in 0..300 {
        last = set(&server, "pay.fee", &fee.to_string());
        sleep(Duration::from_millis(100)).await;
        seen.insert(folder.version());
    }
    let took = start.elapsed();
    let most = took.as_secs() / 5 + 2;
    assert!(
        seen.len() as u64 <= most && seen.len() >= 4,
        "{seen:?} in {took:?}"
    );
    folder.shows(last).await;
    assert_eq!(live.version(), last);
}

#[tokio::test(start_paused = true)]
async fn what_stays_is_confirmed_on_disk_every_ten_minutes() {
    let server = server().await;
    let version = set(&server, "pay.fee", "1");
    let folder = Folder::new();
    let live = live::<Pay>(&client(&server, &folder.path)).await;
    settle().await;
    folder.shows(version).await;
    // The author of the version, which a probe tells.
    sleep(Duration::from_secs(60)).await;
    let stored = |live: &Live<Pay>| cache(live).stored_at.expect("stored");
    let first = stored(&live);
    sleep(Duration::from_secs(8 * 60)).await;
    assert_eq!(stored(&live), first);
    sleep(Duration::from_secs(4 * 60)).await;
    assert!(stored(&live) > first);
    assert_eq!(
        folder.record().expect("it is there")["written"]["by"],
        "decree-dev"
    );
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_watch_stores_what_is_left() {
    let server = server().await;
    let folder = Folder::new();
    let live = live::<Pay>(&client(&server, &folder.path)).await;
    settle().await;
    set(&server, "pay.fee", "1");
    until(|| live.with(|pay| pay.fee) == 1).await;
    let last = set(&server, "pay.fee", "2");
    until(|| live.with(|pay| pay.fee) == 2).await;
    live.shutdown().await;
    assert_eq!(folder.version(), last);
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_cannot_be_is_a_status_until_it_can_and_settings_go_on() {
    let warnings = Warnings::keep();
    let server = server().await;
    let folder = Folder::new();
    fs::write(&folder.path, "in the way").expect("a file");
    let mut live = live::<Pay>(&client(&server, &folder.path)).await;
    settle().await;
    let trouble = cache(&live).trouble.expect("a file is in the way");
    assert!(
        trouble.contains(folder.path.to_str().expect("a text")),
        "{trouble}"
    );
    for fee in 1..=5 {
        set(&server, "pay.fee", &fee.to_string());
        soon(live.changed()).await.expect("it goes on");
        assert_eq!(live.load().fee, fee);
        sleep(Duration::from_secs(70)).await;
    }
    let told = warnings.all();
    let told = told
        .iter()
        .filter(|line| line.contains("in the way") || line.contains("stored"));
    assert_eq!(told.count(), 1, "{:?}", warnings.all());

    fs::remove_file(&folder.path).expect("out of the way");
    let heals = timeout(
        Duration::from_secs(70),
        until_forever(|| cache(&live).trouble.is_none()),
    );
    heals.await.expect("within a minute");
    assert_eq!(cache(&live).version, Some(live.version()));
    assert_eq!(folder.version(), live.version());
}

/// Where the child keeps its settings; it is this test program.
#[cfg(unix)]
const FULL: &str = "DECREE_TEST_FULL_DISK";

/// Not a test: it runs where no file may grow.
#[cfg(unix)]
#[tokio::test(start_paused = true)]
#[ignore = "the next test runs it as a program of its own"]
async fn goes_on_without_room() {
    let Some(folder) = std::env::var_os(FULL) else {
        return;
    };
    let server = server().await;
    let mut live = live::<Pay>(&client(&server, Path::new(&folder))).await;
    settle().await;
    let trouble = cache(&live).trouble.expect("no room");
    for fee in 1..=5 {
        set(&server, "pay.fee", &fee.to_string());
        soon(live.changed()).await.expect("it goes on");
        assert_eq!(live.load().fee, fee);
        sleep(STORED).await;
    }
    live.shutdown().await;
    println!("trouble: {trouble}");
}

/// A file that may not grow fails as on a full disk: the write does, after the file was made.
#[cfg(unix)]
#[test]
fn a_full_disk_is_a_status_and_settings_go_on() {
    let folder = Folder::new();
    let program = std::env::current_exe().expect("this program");
    let mut child = std::process::Command::new("sh");
    child.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""]);
    child.arg(program).args([
        "--exact",
        "goes_on_without_room",
        "--ignored",
        "--nocapture",
    ]);
    let child = child.env(FULL, &folder.path).output().expect("it runs");
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&child.stderr)
    );
    assert!(said.contains("File too large"), "{said}");
    assert!(folder.files().is_empty(), "nothing is left of the tries");
}

/// The watch looks at nothing that is on disk: whatever lies there, what is shown is the server's.
#[tokio::test(start_paused = true)]
async fn what_is_on_disk_decides_nothing_while_the_server_answers() {
    let server = server().await;
    let version = set(&server, "pay.fee", "1");
    let folder = Folder::new();
    let live = live::<Pay>(&client(&server, &folder.path)).await;
    settle().await;
    folder.shows(version).await;
    // Until then the version is proven by reads.
    sleep(Duration::from_secs(60)).await;
    let (reads, probes) = (server.calls("GetConfig"), server.calls("ListVersions"));
    let file = folder.file().expect("it is kept");
    for _ in 0..10 {
        fs::write(&file, "decree-cache 9 something newer").expect("written");
        sleep(Duration::from_secs(30)).await;
        assert_eq!((live.version(), live.with(|pay| pay.fee)), (version, 1));
    }
    // In 5 min one full read, and a probe every half minute.
    assert!(server.calls("GetConfig") - reads <= 2);
    assert!(server.calls("ListVersions") - probes <= 12);
    assert!(SystemTime::now() > cache(&live).stored_at.expect("stored"));
}
