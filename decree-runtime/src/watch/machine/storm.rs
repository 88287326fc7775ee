//! Any schedule of faults, and then sunshine: the decisions against a server that is a model.
//!
//! A schedule that fails shrinks to the shortest that does, and is printed as the test to add here.

mod act;
mod server;

use proptest::test_runner::{Config, TestError, TestRunner};

use self::{
    act::{Act, Work, schedules},
    server::{Server, Trouble},
};
use super::*;
use crate::watch::source::{Cause, Described, Dials, Failure, Listing};

/// What one run of the tests has time for; `PROPTEST_CASES` can be more.
const CASES: u32 = 3_000;

/// What came of a call.
enum Came {
    Read(Result<(Answer, bool), Cause>),
    Probe(Result<Listing, Cause>),
    Described(Result<Described, Cause>),
    StreamEnded(Cause),
}

struct Coming {
    work: Work,
    at: Instant,
    came: Came,
    /// What comes instead when what hangs is let go.
    held: Option<Came>,
}

/// The machine, the server, and what is on its way between them.
struct Storm {
    machine: Machine,
    now: Instant,
    server: Server,
    coming: Vec<Coming>,
    open: bool,
    dials: Dials,
    /// What readers have looked at, and the restarts that were told of.
    shown: Answer,
    restarts: u32,
    bound: Duration,
    actions: usize,
    reads: usize,
}

/// Seconds until the whole is read though nothing says that it moved: 6 minutes, the tick after, and
/// the second look.
const WHOLE: u64 = 410;

/// Seconds until a version that is gone is given up: a tick notices it, for 10 minutes it may be lag,
/// and the tick after that tells.
const LOST: u64 = 690;

const LATENCY: Duration = Duration::from_millis(5);

impl Storm {
    fn new() -> Self {
        let now = Instant::now();
        let mut server = Server::new();
        let (shown, _) = server.answer();
        let mut machine = Machine::new(shown.clone(), WatchTiming::default(), 7, now);
        machine.listen(paths(2), now);
        Self {
            machine,
            now,
            server,
            coming: Vec::new(),
            open: false,
            dials: Dials::default(),
            shown,
            restarts: 0,
            bound: Duration::from_secs(45),
            actions: 0,
            reads: 0,
        }
    }

    fn takes(&mut self, seconds: u64) {
        self.bound = self.bound.max(Duration::from_secs(seconds));
    }

    fn act(&mut self, act: Act) {
        self.server.act(act);
        match act {
            Act::Tell(more) if self.open => {
                let version = self.server.head() + more;
                self.machine.heard(version, self.now);
            }
            Act::Announce => {
                let version = self.server.head();
                self.machine.announced(version, self.now);
            }
            // Then only the whole tells that types are others.
            // A lie that lasts is confirmed, and found out by the next whole read.
            Act::Fail(Work::Describe, _, Cause::Unsupported) | Act::Mislabelled(_) => {
                self.takes(WHOLE);
            }
            Act::Lose(_) => self.takes(LOST),
            Act::EndStream(cause) => self.end_stream(cause),
            Act::Dial => {
                self.dials.opened += 1;
                self.dials.closed += 1;
                self.machine.dialed(self.dials, self.now);
            }
            Act::Listen(count) => self.machine.listen(paths(count), self.now),
            Act::Join(ago) => self.join(Duration::from_millis(ago.into())),
            Act::Calm => self.let_go(),
            _ => {}
        }
    }

    /// What hangs is answered.
    fn let_go(&mut self) {
        for coming in &mut self.coming {
            if let Some(held) = coming.held.take() {
                (coming.came, coming.at) = (held, self.now);
            }
        }
    }

    fn end_stream(&mut self, cause: Cause) {
        if self.open {
            self.open = false;
            self.machine.stream_ended(&failure(cause), self.now);
        }
    }

    /// Somebody who asked the server himself.
    fn join(&mut self, ago: Duration) {
        let (answer, _) = self.server.answer();
        let brought = self
            .machine
            .brought(&answer, true, self.now - ago, self.now);
        if brought == Brought::News {
            self.show(answer);
        }
    }

    /// Sends a call. It is answered with what is there when it is sent.
    fn send(&mut self, work: Work, timeout: Duration, came: Came, failed: fn(Cause) -> Came) {
        let (at, came, held) = match self.server.trouble(work) {
            None => (self.now + LATENCY, came, None),
            Some(Trouble::Fails(cause)) => (self.now + LATENCY, failed(cause), None),
            Some(Trouble::Hangs) => (self.now + timeout, failed(Cause::Timeout), Some(came)),
        };
        let coming = Coming {
            work,
            at,
            came,
            held,
        };
        self.coming.push(coming);
    }

    fn do_next(&mut self) -> bool {
        let Some(action) = self.machine.next(self.now) else {
            return false;
        };
        self.actions += 1;
        match action {
            Action::Read { timeout, .. } => {
                self.reads += 1;
                let came = Came::Read(Ok(self.server.answer()));
                self.send(Work::Read, timeout, came, |cause| Came::Read(Err(cause)));
            }
            Action::Probe { timeout } => {
                let came = Came::Probe(Ok(self.server.listing()));
                self.send(Work::Probe, timeout, came, |cause| Came::Probe(Err(cause)));
            }
            Action::Describe { tenant_id, timeout } => {
                let came = Came::Described(self.server.described(tenant_id.as_ref()));
                let failed = |cause| Came::Described(Err(cause));
                self.send(Work::Describe, timeout, came, failed);
            }
            Action::Subscribe { .. } => {
                self.coming.retain(|it| it.work != Work::Subscribe);
                self.open = true;
                // One that hangs is open, as far as anybody knows, and deaf.
                if let Some(Trouble::Fails(cause)) = self.server.trouble(Work::Subscribe) {
                    self.coming.push(Coming {
                        work: Work::Subscribe,
                        at: self.now + LATENCY,
                        came: Came::StreamEnded(cause),
                        held: None,
                    });
                }
            }
            Action::Redial => {
                self.coming.retain(|it| it.work == Work::Probe);
                self.open = false;
            }
        }
        true
    }

    /// What comes next, and when.
    fn next_coming(&self) -> Option<(usize, Instant)> {
        let coming = self.coming.iter().enumerate();
        coming
            .map(|(index, coming)| (index, coming.at))
            .min_by_key(|(_, at)| *at)
    }

    fn arrive(&mut self, index: usize) {
        let came = self.coming.remove(index).came;
        let now = self.now;
        let machine = &mut self.machine;
        match came {
            Came::Read(Ok((answer, fits))) => match machine.answered(answer.clone(), now) {
                Verdict::Adopt => {
                    machine.touched(self.shown.version, answer.version, now);
                    self.show(answer);
                    self.decode(fits);
                }
                Verdict::AdoptRestarted => {
                    self.restarts += 1;
                    self.shown = answer;
                    self.decode(fits);
                }
                Verdict::Verified | Verdict::Keep => {}
            },
            Came::Read(Err(cause)) => machine.read_failed(&failure(cause), now),
            Came::Probe(Ok(listing)) => machine.probed(listing, now),
            Came::Probe(Err(cause)) => machine.probe_failed(&failure(cause), now),
            Came::Described(Ok(described)) => machine.described(described, now),
            Came::Described(Err(cause)) => machine.description_failed(&failure(cause), now),
            Came::StreamEnded(cause) => self.end_stream(cause),
        }
    }

    /// Nothing is shown that is older than what was, or another tenant's, without a restart.
    fn show(&mut self, answer: Answer) {
        assert!(
            answer.tenant_id == self.shown.tenant_id && answer.version >= self.shown.version,
            "from {:?} to {answer:?} without a word",
            self.shown
        );
        self.shown = answer;
    }

    fn decode(&mut self, fits: bool) {
        let fit = if fits { Fit::Fits } else { Fit::Rejected };
        self.machine.decoded(fit, self.now);
        assert_eq!(self.machine.report().history_restarts, self.restarts);
    }

    /// Lets time pass.
    fn pass(&mut self, until: Instant) {
        while self.step(until) {}
        self.now = until;
    }

    /// Does what is next, if it comes by then.
    fn step(&mut self, by: Instant) -> bool {
        while self.do_next() {}
        let coming = self.next_coming();
        let wake = self.machine.wake().into_iter();
        let next = wake.chain(coming.map(|(_, at)| at)).min();
        let Some(next) = next.filter(|next| *next <= by) else {
            return false;
        };
        self.now = self.now.max(next);
        if let Some((index, _)) = coming.filter(|(_, at)| *at <= self.now) {
            self.arrive(index);
        }
        true
    }

    /// Whether the last word is that of the server.
    fn is_current(&mut self, since: Instant) -> bool {
        let (truth, _) = self.server.answer();
        let report = self.machine.report();
        self.shown == truth
            && report.verified.is_some_and(|at| at > since)
            && report.phase == Phase::Following
    }
}

fn paths(count: u8) -> BTreeSet<Path> {
    (0..=count).map(|index| index.to_string().into()).collect()
}

fn failure(cause: Cause) -> Failure {
    Failure {
        cause,
        code: None,
        message: "no".to_owned(),
    }
}

fn weather(schedule: &[(u32, Act)]) {
    let mut storm = Storm::new();
    let start = storm.now;
    for (gap, act) in schedule {
        storm.pass(storm.now + Duration::from_millis((*gap).into()));
        storm.act(*act);
    }
    storm.act(Act::Calm);
    let calm = storm.now;
    let (lasted, acts) = ((calm - start).as_secs(), schedule.len());
    let most = 50 + 40 * acts + 4 * usize::try_from(lasted).expect("a storm is short");
    let actions = storm.actions;
    assert!(
        actions <= most,
        "{actions} actions in {lasted} s of {acts} acts"
    );

    while !storm.is_current(calm) {
        let in_time = storm.step(calm + storm.bound);
        let (shown, report) = (storm.shown.clone(), storm.machine.report());
        let (truth, _) = storm.server.answer();
        let bound = storm.bound;
        assert!(
            in_time,
            "{shown:?} and not {truth:?} after {bound:?}: {report:?}"
        );
    }

    // From then on it is quiet, also while a version stands rejected: one read a tick, and a few for
    // a version that was told of in the storm and never was.
    let reads = storm.reads;
    storm.pass(storm.now + Duration::from_secs(1_200));
    let reads = storm.reads - reads;
    assert!(
        reads <= 1_200 / 27 + 25,
        "{reads} reads in 20 quiet minutes"
    );
    assert!(storm.is_current(calm), "and it stays");
}

#[test]
fn a_number_is_used_again_before_any_list_has_shown_it() {
    weather(&[
        (0, Act::Write),
        (27_676, Act::Alternating(2)),
        (8, Act::Write),
        (445, Act::Announce),
        (40_000, Act::Write),
        (25_580, Act::Rewrite(1)),
    ]);
}

#[test]
fn after_any_storm_the_last_word_is_that_of_the_server() {
    let default = Config::default();
    let config = Config {
        cases: default.cases.max(CASES),
        failure_persistence: None,
        ..default
    };
    let result = TestRunner::new_with_rng(config, rng()).run(&schedules(), |schedule| {
        weather(&schedule);
        Ok(())
    });
    if let Err(TestError::Fail(reason, schedule)) = &result {
        panic!("{reason}\n\nweather(&{schedule:?});");
    }
    result.expect("every storm was run");
}

/// The same schedules in each run, but others in those that are to find something.
fn rng() -> proptest::test_runner::TestRng {
    use proptest::test_runner::{RngAlgorithm, TestRng};

    if std::env::var_os("PROPTEST_CASES").is_some() {
        TestRng::from_seed(
            RngAlgorithm::ChaCha,
            &std::array::from_fn::<u8, 32, _>(|_| fastrand::u8(..)),
        )
    } else {
        TestRng::deterministic_rng(RngAlgorithm::ChaCha)
    }
}
