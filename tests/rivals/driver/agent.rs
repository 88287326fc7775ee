//! A client under test: a process that follows fields and prints what it sees.

use std::{
    path::Path,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use decree_tests::rivals::{Said, View};
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

/// How long a client may take to start, on a busy machine.
const START: Duration = Duration::from_secs(45);

/// How long it may take to answer or to stop.
const ANSWER: Duration = Duration::from_secs(8);

/// One line of its stdout; the protocol is told in the agents.
#[derive(Debug, Default, Deserialize)]
struct Line {
    ready: Option<String>,
    #[serde(default)]
    whole: bool,
    values: Option<View>,
    said: Option<String>,
    #[serde(default)]
    text: String,
    got: Option<View>,
}

#[derive(Debug, Default)]
struct Heard {
    ready: Option<String>,
    is_whole: bool,
    readings: Vec<(Instant, View)>,
    said: Vec<(Instant, Said, String)>,
    got: Option<View>,
    errors: Vec<String>,
}

/// A running client. Dropped, its process is killed.
#[derive(Debug)]
pub(crate) struct Agent {
    child: Child,
    stdin: ChildStdin,
    heard: Arc<Mutex<Heard>>,
    readers: JoinSet<()>,
}

impl Agent {
    pub(crate) async fn start(executable: &Path, args: &[String]) -> Result<Self, String> {
        let mut child = Command::new(executable)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        let heard = Arc::<Mutex<Heard>>::default();
        let mut readers = JoinSet::new();
        let stdout = child.stdout.take().expect("it is piped");
        readers.spawn(each_line(stdout, Arc::clone(&heard), hear));
        let stderr = child.stderr.take().expect("it is piped");
        readers.spawn(each_line(stderr, Arc::clone(&heard), |heard, line| {
            heard.errors.push(line);
        }));
        let mut agent = Self {
            stdin: child.stdin.take().expect("it is piped"),
            child,
            heard,
            readers,
        };
        let start = Instant::now();
        while agent.versions().is_none() {
            if let Some(why) = agent.died() {
                return Err(format!("the client does not start: {why}"));
            }
            if start.elapsed() > START {
                return Err("the client does not start".to_owned());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(agent)
    }

    /// What it was built of; nothing before it has started.
    pub(crate) fn versions(&self) -> Option<String> {
        self.with(|heard| heard.ready.clone())
    }

    /// The last reading, and since when it shows it.
    pub(crate) fn reading(&self) -> Option<(Instant, View)> {
        self.with(|heard| heard.readings.last().cloned())
    }

    pub(crate) fn readings(&self) -> Vec<View> {
        self.with(|heard| {
            heard
                .readings
                .iter()
                .map(|(_, view)| view.clone())
                .collect()
        })
    }

    /// Whether it promises that all it shows is of one version.
    pub(crate) fn is_whole(&self) -> bool {
        self.with(|heard| heard.is_whole)
    }

    /// What it said since then, and how loud.
    pub(crate) fn said_since(&self, start: Instant) -> Vec<(Said, String)> {
        self.with(|heard| {
            let said = heard.said.iter().filter(|(at, ..)| *at >= start);
            said.map(|(_, said, text)| (*said, text.clone())).collect()
        })
    }

    /// Why its process has ended, if it has.
    pub(crate) fn died(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(self.with(|heard| last_words(status, &heard.errors)))
    }

    /// Asks for the values of this moment.
    pub(crate) async fn ask(&mut self) -> Option<View> {
        self.with(|heard| heard.got = None);
        self.stdin.write_all(b"get\n").await.ok()?;
        let answer = async {
            loop {
                if let Some(got) = self.with(|heard| heard.got.take()) {
                    return got;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(ANSWER, answer).await.ok()
    }

    /// Lets it end by itself, if it will.
    pub(crate) async fn stop(mut self) {
        drop(self.stdin);
        if timeout(ANSWER, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await; // gone already is fine, too
        }
        self.readers.join_all().await;
    }

    fn with<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn each_line(
    from: impl AsyncRead + Unpin,
    heard: Arc<Mutex<Heard>>,
    note: fn(&mut Heard, String),
) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        note(
            &mut heard.lock().unwrap_or_else(PoisonError::into_inner),
            line,
        );
    }
}

fn hear(heard: &mut Heard, line: String) {
    let now = Instant::now();
    let Ok(line) = serde_json::from_str::<Line>(&line) else {
        heard.errors.push(line);
        return;
    };
    if let Some(versions) = line.ready {
        heard.ready = Some(versions);
        heard.is_whole = line.whole;
    }
    if let Some(view) = line.values {
        heard.readings.push((now, view));
    }
    if let Some(level) = line.said {
        heard.said.push((now, Said::of(&level), line.text));
    }
    if line.got.is_some() {
        heard.got = line.got;
    }
}

/// A panic of Go comes first, an exception of Python last.
fn last_words(status: ExitStatus, errors: &[String]) -> String {
    let panic = errors.iter().find(|line| line.starts_with("panic: "));
    match panic.or(errors.iter().rfind(|line| !line.is_empty())) {
        Some(line) => line.clone(),
        None => status.to_string(),
    }
}
