//! What a process holds: memory, file descriptors, tasks.

use std::{fmt, fs, time::Duration};

/// Resident memory of a process, `self` included, in bytes.
pub(crate) fn memory(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|line| line.split_whitespace().next());
    kib.and_then(|kib| kib.parse::<u64>().ok())
        .expect("a number")
        * 1_024
}

#[expect(clippy::cast_precision_loss, reason = "to be read")]
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// What this process holds at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    memory: u64,
    files: usize,
    tasks: usize,
}

impl Level {
    pub(crate) fn now() -> Self {
        let runtime = tokio::runtime::Handle::current();
        Self {
            memory: memory("self"),
            files: fs::read_dir("/proc/self/fd").expect("Linux").count(),
            tasks: runtime.metrics().num_alive_tasks(),
        }
    }

    /// The level when it has not moved for half a second: calls that have ended leave tasks that end
    /// soon.
    pub(crate) async fn at_rest() -> Self {
        let (mut level, mut same) = (Self::now(), 0);
        while same < 10 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = Self::now();
            let moved = (now.files, now.tasks) != (level.files, level.tasks);
            same = if moved { 0 } else { same + 1 };
            level = now;
        }
        level
    }
}

/// What this process held all along. The first fifth of a run is its warm-up; the second is compared
/// with the last. Tasks and file descriptors are compared at rest: each call that is under way has
/// tasks.
#[derive(Debug)]
pub(crate) struct Levels {
    before: Level,
    fifths: [Vec<Level>; 5],
}

impl Levels {
    pub(crate) fn new(before: Level) -> Self {
        let fifths = Default::default();
        Self { before, fifths }
    }

    /// Takes the level when `done` of `all` is done.
    pub(crate) fn take(&mut self, done: u64, all: u64) {
        let fifth = usize::try_from(done * 5 / all.max(1)).unwrap_or(usize::MAX);
        self.fifths[fifth.min(4)].push(Level::now());
    }

    /// Prints them and the level at rest after all; returns the bars that were missed.
    pub(crate) async fn judge(&self) -> Vec<String> {
        let after = Level::at_rest().await;
        println!("at rest before: {}", self.before);
        for (nth, fifth) in self.fifths.iter().enumerate() {
            let middle = Level {
                memory: median(fifth, |level| level.memory),
                files: median(fifth, |level| level.files),
                tasks: median(fifth, |level| level.tasks),
            };
            println!("fifth {}: {middle} ({} samples)", nth + 1, fifth.len());
        }
        println!("at rest after: {after}");

        let mut missed = Vec::new();
        let [_, warm, .., end] = &self.fifths;
        if warm.is_empty() || end.is_empty() {
            missed.push("too short to compare anything".to_owned());
        }
        let [warm, end] = [warm, end].map(|fifth| median(fifth, |level| level.memory));
        if end > warm + warm / 20 {
            missed.push("memory grew by more than 5 %".to_owned());
        }
        if after.files > self.before.files {
            missed.push("there are more file descriptors after than before".to_owned());
        }
        if after.tasks > self.before.tasks {
            missed.push("there are more tasks after than before".to_owned());
        }
        missed
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (memory, files, tasks) = (mib(self.memory), self.files, self.tasks);
        write!(
            f,
            "{memory:.2} MiB, {files} file descriptors, {tasks} tasks"
        )
    }
}

fn median<T: Copy + Default + Ord>(levels: &[Level], of: impl Fn(&Level) -> T) -> T {
    let mut all: Vec<_> = levels.iter().map(of).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}
