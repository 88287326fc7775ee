//! Publish, observe, let go and end in any order: nobody misses the last change.

use std::{sync::LazyLock, task::Poll};

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use tokio::{runtime, sync::watch, time::timeout};
use tokio_test::task::{self, Spawn};

use super::live;
use crate::{
    live::{Live, Publisher},
    observe::{CallbackGuard, Change, Observer, observer::Whole},
    snapshot::Versioned,
    status::StopReason,
};

const CASES: u32 = 10_000;

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// `Live::changed`, and a projection's.
    Changed,
    MappedChanged,
    /// `Live::changes`, and a projection's.
    Changes,
    MappedChanges,
    /// Waits until the value is at least that.
    WaitFor(i32),
    Callback,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Publish(i32),
    Make(Kind),
    /// The one of that number, counted around.
    Poll(usize),
    Drop(usize),
    /// Lets callbacks run for a turn.
    Turn,
    /// Drops the first handle.
    LetGo,
    Stop,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let kind = prop_oneof![
        4 => Just(Kind::Changed),
        4 => Just(Kind::MappedChanged),
        4 => Just(Kind::Changes),
        4 => Just(Kind::MappedChanges),
        4 => (0..4).prop_map(Kind::WaitFor),
        1 => Just(Kind::Callback),
    ];
    let act = prop_oneof![
        8 => (0..4).prop_map(Act::Publish),
        6 => kind.prop_map(Act::Make),
        8 => (0..100_usize).prop_map(Act::Poll),
        2 => (0..100_usize).prop_map(Act::Drop),
        2 => Just(Act::Turn),
        1 => Just(Act::LetGo),
        1 => Just(Act::Stop),
    ];
    vec(act, 1..30)
}

/// What an observer was told: what it says was before, where it says so, and the swaps.
struct Told {
    old: Option<i32>,
    new: i32,
    version: i32,
    swaps: Option<u64>,
}

impl Told {
    fn of(change: &Change<i32>) -> Self {
        Self {
            old: Some(*change.old),
            swaps: Some(change.swaps),
            new: *change.new,
            version: change.new.version(),
        }
    }
}

struct Polled {
    kind: Kind,
    task: Spawn<BoxStream<'static, Told>>,
    /// It was told of this swap last, and has looked at that one.
    told: usize,
    /// It was not polled since it was made or told something.
    is_due: bool,
    has_ended: bool,
}

struct Called {
    _guard: CallbackGuard,
    told: watch::Receiver<i32>,
}

enum Seat {
    Polled(Box<Polled>),
    Called(Called),
}

/// Callbacks have a runtime of their own, which runs when it is told to.
static RUNTIME: LazyLock<runtime::Runtime> = LazyLock::new(|| {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime")
});

struct World {
    publisher: Publisher<i32>,
    /// The value of each swap; its version is one more than its index.
    shown: Vec<i32>,
    live: Option<Live<i32>>,
    stopped: bool,
    seats: Vec<Seat>,
}

fn part(value: i32) -> i32 {
    value / 2
}

impl World {
    fn act(&mut self, act: Act) {
        match act {
            Act::Publish(value) => {
                let number = i32::try_from(self.shown.len()).expect("few") + 1;
                self.publisher.publish(Versioned::numbered(number, value));
                if !self.stopped && !self.publisher.is_abandoned() {
                    self.shown.push(value);
                }
            }
            Act::Make(kind) => {
                if let Some(live) = &self.live {
                    let seat = self.make(live, kind);
                    self.seats.push(seat);
                }
            }
            Act::Poll(at) if !self.seats.is_empty() => {
                let at = at % self.seats.len();
                if let Seat::Polled(polled) = &mut self.seats[at] {
                    polled.poll(&self.shown, self.stopped);
                }
            }
            Act::Drop(at) if !self.seats.is_empty() => {
                drop(self.seats.swap_remove(at % self.seats.len()));
            }
            Act::Turn => RUNTIME.block_on(tokio::task::yield_now()),
            Act::LetGo => self.live = None,
            Act::Stop => {
                self.publisher.stop(StopReason::Ended);
                self.stopped = true;
            }
            Act::Poll(_) | Act::Drop(_) => {}
        }
    }

    fn make(&self, live: &Live<i32>, kind: Kind) -> Seat {
        let mapped = || live.map(|value| part(*value));
        let task: BoxStream<'static, Told> = match kind {
            Kind::Changed => stream::unfold(live.clone(), |mut live| async {
                let new = live.changed().await.ok()?;
                Some((Told::without_old(*new, new.version()), live))
            })
            .boxed(),
            Kind::MappedChanged => stream::unfold(mapped(), |mut mapped| async {
                let new = mapped.changed().await.ok()?;
                Some((Told::without_old(*new, new.version()), mapped))
            })
            .boxed(),
            Kind::Changes => live.changes().map(|it| Told::of(&it)).boxed(),
            Kind::MappedChanges => mapped().changes().map(|it| Told::of(&it)).boxed(),
            Kind::WaitFor(least) => {
                let live = live.clone();
                let waits = async move { live.wait_for(|value| *value >= least).await.ok() };
                let told = stream::once(waits).filter_map(std::future::ready);
                told.map(|new| Told::without_old(*new, new.version()))
                    .boxed()
            }
            Kind::Callback => return self.make_callback(live),
        };
        Seat::Polled(Box::new(Polled {
            kind,
            task: task::spawn(task),
            told: self.shown.len() - 1,
            is_due: true,
            has_ended: false,
        }))
    }

    fn make_callback(&self, live: &Live<i32>) -> Seat {
        let base = self.shown[self.shown.len() - 1];
        let (tell, told) = watch::channel(base);
        let observer = Observer::new(live, Whole);
        let on_change = move |change: &Change<i32>| {
            tell.send_modify(|last| {
                assert_eq!(*last, *change.old);
                *last = *change.new;
            });
        };
        let runtime = Some(RUNTIME.handle());
        let guard = CallbackGuard::on_change(runtime, "a test", observer, on_change);
        Seat::Called(Called {
            _guard: guard,
            told,
        })
    }

    /// Everybody who was woken looks; then all know of the last.
    fn settle(&mut self) {
        let last = *self.shown.last().expect("the first");
        for seat in &mut self.seats {
            match seat {
                Seat::Polled(polled) => {
                    while polled.is_due || polled.task.is_woken() && !polled.has_ended {
                        polled.poll(&self.shown, self.stopped);
                    }
                    assert!(polled.has_ended || !self.stopped, "it goes on for ever");
                    polled.knows_all(&self.shown);
                }
                Seat::Called(called) => RUNTIME.block_on(async {
                    let knows = called.told.wait_for(|told| *told == last);
                    let knows = timeout(std::time::Duration::from_secs(60), knows).await;
                    let _knows = knows.expect("it misses the last").expect("it is kept");
                }),
            }
        }
    }
}

impl Told {
    fn without_old(new: i32, version: i32) -> Self {
        Self {
            old: None,
            swaps: None,
            new,
            version,
        }
    }
}

impl Polled {
    fn poll(&mut self, shown: &[i32], stopped: bool) {
        if self.has_ended || !(self.is_due || self.task.is_woken()) {
            return;
        }
        let newest = shown.len() - 1;
        match self.task.poll_next() {
            Poll::Ready(Some(told)) => {
                self.is_due = true;
                self.is_right(&told, shown);
                self.told = newest;
            }
            Poll::Ready(None) => {
                self.is_due = false;
                self.has_ended = true;
                assert!(stopped || matches!(self.kind, Kind::WaitFor(_)));
                self.knows_all(shown);
            }
            Poll::Pending => {
                self.is_due = false;
                self.knows_all(shown);
            }
        }
    }

    fn is_right(&self, told: &Told, shown: &[i32]) {
        let newest = shown.len() - 1;
        assert_eq!(usize::try_from(told.version), Ok(newest + 1));
        let [before, now] = [self.told, newest].map(|at| shown[at]);
        let (before, now) = match self.kind {
            Kind::WaitFor(least) => {
                assert!(now >= least);
                (before, now)
            }
            Kind::Changed | Kind::Changes | Kind::Callback => {
                assert!(newest > self.told, "nothing is told twice");
                (before, now)
            }
            Kind::MappedChanged | Kind::MappedChanges => {
                assert_ne!(part(before), part(now));
                (part(before), part(now))
            }
        };
        assert_eq!(told.new, now);
        assert!(told.old.is_none_or(|old| old == before));
        if let (Kind::Changes, Some(swaps)) = (self.kind, told.swaps) {
            assert_eq!(usize::try_from(swaps), Ok(newest - self.told));
        }
    }

    /// There is nothing that it would have to be told.
    fn knows_all(&self, shown: &[i32]) {
        let newest = shown.len() - 1;
        match self.kind {
            Kind::Changed | Kind::Changes | Kind::Callback => assert_eq!(self.told, newest),
            Kind::MappedChanged | Kind::MappedChanges => {
                assert_eq!(part(shown[self.told]), part(shown[newest]));
            }
            Kind::WaitFor(least) => assert!(self.has_ended || shown[newest] < least),
        }
    }
}

fn run(acts: &[Act]) {
    let (publisher, first) = live(0);
    let mut world = World {
        publisher,
        shown: vec![0],
        live: Some(first),
        stopped: false,
        seats: Vec::new(),
    };
    for act in acts {
        world.act(*act);
    }
    world.settle();
    world.live = None;
    world.seats.clear();
    RUNTIME.block_on(async {
        while !world.publisher.is_abandoned() {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn nobody_misses_the_last_change() {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let result = TestRunner::new_with_rng(config, rng).run(&acts(), |acts| {
        run(&acts);
        Ok(())
    });
    result.expect("every order");
}
