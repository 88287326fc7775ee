//! What all callers saw.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What the settings do while a request is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Nothing is measured yet, or any more.
    #[default]
    Over,
    Still,
    Changing,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Figures(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    weather: Weather,
    still: Side,
    changing: Side,
    events: u64,
    wrong: Vec<String>,
}

#[derive(Debug, Default)]
struct Side {
    took: Vec<Duration>,
    versions: BTreeSet<i32>,
}

impl Figures {
    pub(crate) fn turn(&self, weather: Weather) {
        self.seen().weather = weather;
    }

    pub(crate) fn weather(&self) -> Weather {
        self.seen().weather
    }

    /// An answer with nothing wrong in it.
    pub(crate) fn answered(&self, weather: Weather, took: Duration, version: i32) {
        let mut seen = self.seen();
        let side = match weather {
            Weather::Over => return,
            Weather::Still => &mut seen.still,
            Weather::Changing => &mut seen.changing,
        };
        side.took.push(took);
        side.versions.insert(version);
    }

    pub(crate) fn event(&self) {
        self.seen().events += 1;
    }

    pub(crate) fn wrong(&self, what: String) {
        self.seen().wrong.push(what);
    }

    /// The bars that were missed.
    pub(crate) fn judge(&self) -> Vec<String> {
        let seen = self.seen();
        let mut missed: Vec<_> = seen.wrong.iter().take(5).cloned().collect();
        if seen.still.took.is_empty() || seen.changing.took.is_empty() {
            missed.push("nothing was measured".to_owned());
        }
        if seen.changing.versions.len() < 3 || seen.events < 3 {
            missed.push("callers saw hardly any change".to_owned());
        }
        missed
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = self.seen();
        let shares = [0.5, 0.99, 0.999];
        let titles = ["answers", "versions", "p50", "p99", "p99.9"];
        writeln!(
            f,
            "{:<16} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "", titles[0], titles[1], titles[2], titles[3], titles[4]
        )?;
        for (name, side) in [
            ("without changes", &seen.still),
            ("with changes", &seen.changing),
        ] {
            let (answers, versions) = (side.took.len(), side.versions.len());
            write!(f, "{name:<16} {answers:>9} {versions:>9}")?;
            for took in side.at(shares) {
                write!(f, " {:>6.2} ms", took * 1_000.0)?;
            }
            writeln!(f)?;
        }
        write!(f, "{:<36}", "ratio")?;
        for (still, changing) in seen.still.at(shares).zip(seen.changing.at(shares)) {
            write!(f, " {:>8.2}x", changing / still)?;
        }
        let (wrong, events) = (seen.wrong.len(), seen.events);
        write!(f, "\n{wrong} errors and torn answers; {events} events")
    }
}

impl Side {
    /// The seconds within which such a share of the answers came.
    fn at(&self, shares: [f64; 3]) -> impl Iterator<Item = f64> {
        let mut took = self.took.clone();
        took.sort_unstable();
        shares.into_iter().map(move |share| {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place in a list"
            )]
            let at = (took.len() as f64 * share) as usize;
            took.get(at).map_or(f64::NAN, Duration::as_secs_f64)
        })
    }
}
