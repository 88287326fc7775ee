//! Writers at full speed, and readers on every core.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use decree_runtime::{Client, DecreeConfig, Live, Role};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{level::Levels, server::TENANT};

/// Writes that are under way at the same time: enough to keep the server busy.
const WRITERS: usize = 16;

/// Both halves of every version sum to 100.
#[derive(Debug, DecreeConfig)]
#[decree(prefix = "split")]
struct Split {
    #[decree(default = 50)]
    left: i64,
    #[decree(default = 50)]
    right: i64,
}

#[derive(Debug)]
pub(crate) struct Load {
    client: Client,
    live: Live<Split>,
    updates: u64,
    begun: Arc<AtomicU64>,
}

impl Load {
    pub(crate) async fn start(address: &str, updates: u64) -> Self {
        let program = Client::builder(address).subject("soak").build();
        let live = program.expect("sound options").live(TENANT).await;
        let writer = Client::builder(address)
            .subject("writer")
            .role(Role::Superadmin)
            .build();
        Self {
            client: writer.expect("sound options"),
            live: live.expect("the tenant is readable"),
            updates,
            begun: Arc::default(),
        }
    }

    /// How long a whole read takes: the middle one of a hundred.
    pub(crate) async fn time_a_read(&self) -> Duration {
        let mut times = Vec::new();
        for _ in 0..100 {
            let begun = Instant::now();
            self.client.read(TENANT).await.expect("read");
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        times[50]
    }

    /// Makes all updates while readers read, and waits until the last of them shows.
    pub(crate) async fn run(&self, levels: &mut Levels) -> Figures {
        let stop = Arc::new(AtomicBool::new(false));
        let cores = thread::available_parallelism().map_or(2, usize::from);
        let readers: Vec<_> = (0..cores)
            .map(|_| {
                let (live, stop) = (self.live.clone(), Arc::clone(&stop));
                thread::spawn(move || read(&live, &stop))
            })
            .collect();
        let begun = Instant::now();
        let mut writers: JoinSet<i32> = (0..WRITERS).map(|_| self.write()).collect();
        let mut last = 0;
        while !writers.is_empty() {
            tokio::select! {
                Some(version) = writers.join_next() => {
                    last = last.max(version.expect("every update is written"));
                }
                () = sleep(Duration::from_millis(100)) => {
                    levels.take(self.begun.load(Relaxed), self.updates);
                }
            }
        }
        let (took, written) = (begun.elapsed(), Instant::now());
        let mut live = self.live.clone();
        let shown = timeout(Duration::from_secs(60), async {
            while live.version() < last {
                live.changed().await.expect("the watch goes on");
            }
        });
        let converged = shown.await.is_ok();
        let late = written.elapsed();
        stop.store(true, Relaxed);
        let seen = readers.into_iter().map(thread::JoinHandle::join);
        Figures {
            updates: self.updates,
            took,
            late,
            last,
            converged,
            reconnects: self.live.status().reconnects,
            readers: seen.collect::<Result<_, _>>().unwrap_or_default(),
        }
    }

    /// One of the writers, until all updates are made; the last version that it wrote.
    fn write(&self) -> impl Future<Output = i32> + Send + use<> {
        let (client, begun, updates) = (self.client.clone(), Arc::clone(&self.begun), self.updates);
        async move {
            let mut last = 0;
            loop {
                let nth = begun.fetch_add(1, Relaxed);
                if nth >= updates {
                    return last;
                }
                let left = i64::try_from(nth % 101).expect("small");
                let halves = [("split.left", left), ("split.right", 100 - left)];
                let version = client.set_many(TENANT, halves).await;
                last = version.expect("written");
            }
        }
    }
}

/// What one reader saw.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    reads: u64,
    versions: u64,
}

/// Reads as fast as it can. Panics at what is torn or goes back.
fn read(live: &Live<Split>, stop: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    let mut last = -1;
    while !stop.load(Relaxed) {
        let split = live.load();
        let version = split.version();
        assert_eq!(split.left + split.right, 100, "torn: {split:?}");
        assert!(version >= last, "back from {last} to {version}");
        seen.versions += u64::from(version != last);
        seen.reads += 1;
        last = version;
    }
    seen
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Figures {
    updates: u64,
    took: Duration,
    late: Duration,
    last: i32,
    converged: bool,
    reconnects: u32,
    /// None if one of them saw what must not be.
    readers: Vec<Seen>,
}

impl Figures {
    /// The bars that were missed.
    pub(crate) fn judge(&self) -> Vec<String> {
        let mut missed = Vec::new();
        if self.readers.is_empty() {
            missed.push("a reader saw what is torn or went back".to_owned());
        }
        if self.readers.iter().any(|seen| seen.versions < 5) {
            missed.push("a reader saw hardly any version".to_owned());
        }
        if u64::try_from(self.last) != Ok(self.updates) {
            missed.push("not every update is a version".to_owned());
        }
        if !self.converged {
            missed.push("the last update does not show".to_owned());
        }
        missed
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "to be read")]
        let rate = self.updates as f64 / self.took.as_secs_f64();
        writeln!(
            f,
            "{} updates in {:.1?}, {rate:.0} a second; the last is version {} and showed {:.0?} later",
            self.updates, self.took, self.last, self.late
        )?;
        for (nth, seen) in self.readers.iter().enumerate() {
            let Seen { reads, versions } = seen;
            writeln!(f, "reader {}: {reads} reads, {versions} versions", nth + 1)?;
        }
        write!(f, "the stream was opened again {} times", self.reconnects)
    }
}
