//! The decisions, as tables.

mod contents;
mod failures;
mod histories;
mod newcomers;
mod reads;
mod streams;
mod tenants;

use super::*;
use crate::watch::{
    history::{Row, row},
    source::{Cause, Described, Dials, Failure, Listing},
};

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn answer(version: i32, digest: u64) -> Answer {
    Answer {
        tenant_id: "t".into(),
        version,
        digest,
    }
}

fn listed(rows: Vec<Row>) -> Listing {
    Listing {
        tenant_id: Some("t".into()),
        rows,
    }
}

fn described(tenant_id: &str, state: &str) -> Described {
    Described {
        tenant_id: tenant_id.into(),
        state: state.to_owned(),
    }
}

fn dialed(opened: u64) -> Dials {
    Dials { opened, closed: 0 }
}

fn failure(cause: Cause) -> Failure {
    Failure {
        cause,
        code: None,
        message: "no".to_owned(),
    }
}

fn paths(names: &[&str]) -> BTreeSet<Path> {
    names.iter().copied().map(Path::from).collect()
}

/// A machine at version 10, and a clock.
struct Bench {
    machine: Machine,
    now: Instant,
}

impl Bench {
    /// Everything that a start does has been done: a probe, a stream, the probe that settles it.
    fn settled() -> Self {
        let now = Instant::now();
        let mut bench = Self {
            machine: Machine::new(answer(10, 1), WatchTiming::default(), 7, now),
            now,
        };
        assert_eq!(bench.due(), ["probe"]);
        bench.machine.listen(paths(&["a", "b"]), bench.now);
        bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
        bench.pass(ms(200));
        assert_eq!(bench.due(), ["subscribe"]);
        bench.pass(secs(3));
        assert_eq!(bench.due(), ["probe"]);
        bench.machine.probed(listed(vec![row(10, "j")]), bench.now);
        bench
            .machine
            .described(described("t", "as ever"), bench.now);
        assert_eq!(bench.due(), ["read"]);
        bench.machine.answered(answer(10, 1), bench.now);
        bench.pass(ms(50));
        bench
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    /// What is due now. That the tenant is as ever is answered here.
    fn due(&mut self) -> Vec<&'static str> {
        let mut due = self.all_due();
        if due.contains(&"describe") {
            self.machine.described(described("t", "as ever"), self.now);
            due.retain(|action| *action != "describe");
        }
        due
    }

    fn all_due(&mut self) -> Vec<&'static str> {
        let next = || self.machine.next(self.now);
        std::iter::from_fn(next)
            .map(|action| match action {
                Action::Read { .. } => "read",
                Action::Probe { .. } => "probe",
                Action::Describe {
                    tenant_id: None, ..
                } => "describe",
                Action::Describe { .. } => "describe by id",
                Action::Subscribe { .. } => "subscribe",
                Action::Redial => "redial",
            })
            .collect()
    }

    /// Waits for the next thing to do; says what it is and how long that took.
    fn next_due(&mut self) -> (Vec<&'static str>, Duration) {
        let wake = self.machine.wake().expect("something is due some day");
        let waited = wake.saturating_duration_since(self.now);
        self.now = self.now.max(wake);
        (self.due(), waited)
    }
}
