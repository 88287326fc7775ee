//! Any schedule of faults, and then sunshine: the decisions against a server that is a model.
//!
//! A schedule that fails shrinks to the shortest that does, and is printed as the test to add here.

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{TestError, TestRunner},
};

use super::*;
use crate::watch::{
    history::{Row, row},
    source::{Cause, Described, Failure, Listing},
};

/// What one run of the tests has time for; `PROPTEST_CASES` can be more.
const CASES: u32 = 3_000;

/// What happens. A fault says how often it strikes; 0 is until [`Calm`](Self::Calm).
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    Write,
    /// Something that readers refuse.
    WriteBad,
    /// An event of the newest version and so many more.
    Tell(i32),
    /// A write of our own.
    Announce,
    Fail(Work, u8, Cause),
    Hang(Work, u8),
    /// Answers are so many versions behind.
    Late(u8),
    /// The number is new.
    Mislabelled(u8),
    /// Every other answer is behind.
    Alternating(u8),
    EndStream(Cause),
    /// Calls have another connection.
    Dial,
    Lose(u8),
    Rewrite(u8),
    /// The types change.
    Reshape,
    /// Another tenant has the name; the one before is gone, or is not.
    Replace(bool),
    /// The one before has its name again.
    Return,
    Listen(u8),
    /// Somebody begins to read, who asked so many milliseconds ago.
    Join(u16),
    Calm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Read,
    Probe,
    Describe,
    Subscribe,
}

/// How many milliseconds after the one before each happens.
type Schedule = Vec<(u32, Act)>;

fn schedules() -> impl Strategy<Value = Schedule> {
    vec((gap(), prop_oneof![1 => write(), 2 => fault()]), 1..40)
}

fn gap() -> impl Strategy<Value = u32> {
    prop_oneof![
        2 => 0..20_u32,
        3 => 20..500_u32,
        4 => 500..8_000_u32,
        1 => 8_000..60_000_u32,
    ]
}

fn write() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Write),
        1 => Just(Act::WriteBad),
        1 => Just(Act::Announce),
        2 => (-2..=0).prop_map(Act::Tell),
    ]
}

fn work() -> impl Strategy<Value = Work> {
    use Work::{Describe, Probe, Read, Subscribe};
    proptest::sample::select(vec![Read, Probe, Describe, Subscribe])
}

/// Of an answer: what hangs is another thing.
fn cause() -> impl Strategy<Value = Cause> {
    use Cause::{Connection, NoTenant, RateLimited, Server, TooLarge, TooManyPaths, Unsupported};
    proptest::sample::select(vec![
        RateLimited,
        Connection,
        TooManyPaths,
        TooLarge,
        NoTenant,
        Unsupported,
        Server,
    ])
}

fn times() -> impl Strategy<Value = u8> {
    prop_oneof![3 => 1..4_u8, 1 => Just(0_u8)]
}

fn fault() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (work(), times(), cause()).prop_map(|(work, times, cause)| Act::Fail(work, times, cause)),
        2 => (work(), times()).prop_map(|(work, times)| Act::Hang(work, times)),
        1 => (1..=1_000_000).prop_map(Act::Tell),
        1 => (1..4_u8).prop_map(Act::Late),
        1 => (1..4_u8).prop_map(Act::Mislabelled),
        1 => (1..4_u8).prop_map(Act::Alternating),
        1 => cause().prop_map(Act::EndStream),
        1 => Just(Act::Dial),
        1 => (1..4_u8).prop_map(Act::Lose),
        1 => (1..4_u8).prop_map(Act::Rewrite),
        1 => Just(Act::Reshape),
        1 => any::<bool>().prop_map(Act::Replace),
        1 => Just(Act::Return),
        1 => (0..4_u8).prop_map(Act::Listen),
        1 => (0..3_000_u16).prop_map(Act::Join),
        2 => Just(Act::Calm),
    ]
}

/// A version: what tells it from others of its number, and whether readers take it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Version {
    id: u64,
    fits: bool,
}

struct Tenant {
    id: Arc<str>,
    alive: bool,
    /// Of numbers 1, 2, 3.
    versions: Vec<Version>,
    shape: u64,
}

impl Tenant {
    fn head(&self) -> usize {
        self.versions.len()
    }
}

#[derive(Clone, Copy)]
enum Lag {
    Late,
    Mislabelled,
    Alternating,
}

#[derive(Clone, Copy)]
enum Trouble {
    Fails(Cause),
    Hangs,
}

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
    tenants: Vec<Tenant>,
    named: usize,
    ids: u64,
    lag: Option<(Lag, u8)>,
    turn: bool,
    troubles: Vec<(Work, u8, Trouble)>,
    coming: Vec<Coming>,
    open: bool,
    dials: u64,
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
        let first = Version { id: 1, fits: true };
        let tenant = Tenant {
            id: "0".into(),
            alive: true,
            versions: vec![first],
            shape: 0,
        };
        let shown = answer(&tenant, 1, 1);
        let mut machine = Machine::new(shown.clone(), Timing::default(), 7, now);
        machine.listen(paths(2), now);
        Self {
            machine,
            now,
            tenants: vec![tenant],
            named: 0,
            ids: 1,
            lag: None,
            turn: false,
            troubles: Vec::new(),
            coming: Vec::new(),
            open: false,
            dials: 0,
            shown,
            restarts: 0,
            bound: Duration::from_secs(45),
            actions: 0,
            reads: 0,
        }
    }

    fn tenant(&mut self) -> &mut Tenant {
        &mut self.tenants[self.named]
    }

    fn version(&mut self, fits: bool) -> Version {
        self.ids += 1;
        Version { id: self.ids, fits }
    }

    fn takes(&mut self, seconds: u64) {
        self.bound = self.bound.max(Duration::from_secs(seconds));
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Write | Act::WriteBad => {
                let version = self.version(act == Act::Write);
                self.tenant().versions.push(version);
            }
            Act::Tell(more) => {
                if self.open {
                    let version = number(self.tenant().head()) + more;
                    self.machine.heard(version, self.now);
                }
            }
            Act::Announce => {
                let version = self.version(true);
                self.tenant().versions.push(version);
                let version = number(self.tenant().head());
                self.machine.announced(version, self.now);
            }
            Act::Fail(work, times, cause) => {
                if (work, cause) == (Work::Describe, Cause::Unsupported) {
                    // Then only the whole tells that types are others.
                    self.takes(WHOLE);
                }
                self.troubles.push((work, times, Trouble::Fails(cause)));
            }
            Act::Hang(work, times) => self.troubles.push((work, times, Trouble::Hangs)),
            Act::Late(back) => self.lag = Some((Lag::Late, back)),
            Act::Mislabelled(back) => {
                // A lie that lasts is confirmed, and found out by the next whole read.
                self.takes(WHOLE);
                self.lag = Some((Lag::Mislabelled, back));
            }
            Act::Alternating(back) => self.lag = Some((Lag::Alternating, back)),
            Act::EndStream(cause) => self.end_stream(cause),
            Act::Dial => {
                self.dials += 1;
                self.machine.dialed(self.dials, self.now);
            }
            Act::Lose(count) => {
                self.takes(LOST);
                let tenant = self.tenant();
                let kept = tenant.head().saturating_sub(count.into()).max(1);
                tenant.versions.truncate(kept);
            }
            Act::Rewrite(count) => {
                let count = usize::from(count).min(self.tenant().head());
                let kept = self.tenant().head() - count;
                self.tenant().versions.truncate(kept);
                for _ in 0..count {
                    let version = self.version(true);
                    self.tenant().versions.push(version);
                }
            }
            Act::Reshape => self.tenant().shape += 1,
            Act::Replace(gone) => self.replace(gone),
            Act::Return => self.give_back(),
            Act::Listen(count) => self.machine.listen(paths(count), self.now),
            Act::Join(ago) => self.join(Duration::from_millis(ago.into())),
            Act::Calm => self.calm(),
        }
    }

    fn replace(&mut self, gone: bool) {
        let alive = self.tenants.iter().filter(|tenant| tenant.alive);
        if alive.count() > 1 {
            return; // one is displaced already
        }
        let version = self.version(true);
        let id = self.tenants.len().to_string();
        self.tenant().alive = !gone;
        self.tenants.push(Tenant {
            id: id.as_str().into(),
            alive: true,
            versions: vec![version],
            shape: 0,
        });
        self.named = self.tenants.len() - 1;
    }

    fn give_back(&mut self) {
        let before = self.tenants[..self.named].iter();
        if let Some(owner) = before.clone().rposition(|tenant| tenant.alive) {
            self.tenant().alive = false;
            self.named = owner;
        }
    }

    fn calm(&mut self) {
        self.lag = None;
        self.troubles.clear();
        self.give_back();
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
        let (answer, _) = self.answer();
        let brought = self.machine.brought(&answer, self.now - ago, self.now);
        if brought == Brought::News {
            self.show(answer);
        }
    }

    /// How much of the newest tenant an answer sees: the number and the content.
    fn sight(&mut self) -> (usize, usize) {
        let head = self.tenant().head();
        let Some((lag, back)) = self.lag else {
            return (head, head);
        };
        let old = head.saturating_sub(back.into()).max(1);
        match lag {
            Lag::Late => (old, old),
            Lag::Mislabelled => (head, old),
            Lag::Alternating => {
                self.turn = !self.turn;
                if self.turn { (old, old) } else { (head, head) }
            }
        }
    }

    fn answer(&mut self) -> (Answer, bool) {
        let (number, content) = self.sight();
        let tenant = self.tenant();
        let fits = tenant.versions[content - 1].fits;
        (answer(tenant, number, content), fits)
    }

    fn listing(&mut self) -> Listing {
        let (newest, _) = self.sight();
        let tenant = self.tenant();
        let rows = (1..=newest).rev().take(20).map(|version| {
            let id = tenant.versions[version - 1].id;
            row(number(version), &id.to_string())
        });
        let rows: Vec<Row> = rows.collect();
        Listing {
            tenant_id: Some(Arc::clone(&tenant.id)),
            rows,
        }
    }

    fn described(&mut self, id: Option<&Arc<str>>) -> Result<Described, Cause> {
        let index = match id {
            None => self.named,
            Some(id) => {
                let asked = |tenant: &Tenant| tenant.id == *id && tenant.alive;
                self.tenants.iter().position(asked).ok_or(Cause::NoTenant)?
            }
        };
        let tenant = &self.tenants[index];
        Ok(Described {
            tenant_id: Arc::clone(&tenant.id),
            state: tenant.shape.to_string(),
        })
    }

    /// What a call fares, if not well.
    fn trouble(&mut self, work: Work) -> Option<Trouble> {
        let index = self.troubles.iter().position(|(it, ..)| *it == work)?;
        let (_, times, trouble) = &mut self.troubles[index];
        let trouble = *trouble;
        match times {
            0 => {}
            1 => drop(self.troubles.remove(index)),
            more => *more -= 1,
        }
        Some(trouble)
    }

    /// Sends a call. It is answered with what is there when it is sent.
    fn send(&mut self, work: Work, timeout: Duration, came: Came, failed: fn(Cause) -> Came) {
        let (at, came, held) = match self.trouble(work) {
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
                let came = Came::Read(Ok(self.answer()));
                self.send(Work::Read, timeout, came, |cause| Came::Read(Err(cause)));
            }
            Action::Probe { timeout } => {
                let came = Came::Probe(Ok(self.listing()));
                self.send(Work::Probe, timeout, came, |cause| Came::Probe(Err(cause)));
            }
            Action::Describe { tenant_id, timeout } => {
                let came = Came::Described(self.described(tenant_id.as_ref()));
                let failed = |cause| Came::Described(Err(cause));
                self.send(Work::Describe, timeout, came, failed);
            }
            Action::Subscribe { .. } => {
                self.coming.retain(|it| it.work != Work::Subscribe);
                self.open = true;
                // One that hangs is open, as far as anybody knows, and deaf.
                if let Some(Trouble::Fails(cause)) = self.trouble(Work::Subscribe) {
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
                    machine.touched(answer.version, now);
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
        let (truth, _) = self.answer();
        let report = self.machine.report();
        self.shown == truth && report.verified > since && report.phase == Phase::Following
    }
}

fn paths(count: u8) -> BTreeSet<Path> {
    (0..=count).map(|index| index.to_string().into()).collect()
}

fn number(version: usize) -> i32 {
    version.try_into().expect("a storm is short")
}

fn answer(tenant: &Tenant, number: usize, content: usize) -> Answer {
    let id = tenant.versions[content - 1].id;
    Answer {
        tenant_id: Arc::clone(&tenant.id),
        version: self::number(number),
        digest: id << 32 | tenant.shape,
    }
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
    storm.calm();
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
        let (truth, _) = storm.answer();
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
fn after_any_storm_the_last_word_is_that_of_the_server() {
    let default = ProptestConfig::default();
    let config = ProptestConfig {
        cases: default.cases.max(CASES),
        failure_persistence: None,
        ..default
    };
    let result = TestRunner::new(config).run(&schedules(), |schedule| {
        weather(&schedule);
        Ok(())
    });
    if let Err(TestError::Fail(reason, schedule)) = &result {
        panic!("{reason}\n\nweather(&{schedule:?});");
    }
    result.expect("every storm was run");
}
