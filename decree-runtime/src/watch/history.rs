//! Which history a version number belongs to.

use std::collections::BTreeMap;

use crate::snapshot::Written;

/// One version as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) version: i32,
    /// Random for each row of the server's table, so it is what tells two histories apart.
    pub(crate) id: String,
    pub(crate) written: Written,
}

/// The newest versions that were ever listed to us.
#[derive(Debug, Default)]
pub(crate) struct History {
    rows: BTreeMap<i32, Row>,
}

/// A few lists of 20; more would not find more restarts.
const KEPT: usize = 64;

impl History {
    /// Whether `rows` belong to another history: a number that we know has another id.
    pub(crate) fn contradicts(&self, rows: &[Row]) -> bool {
        let other = |row: &Row| {
            self.rows
                .get(&row.version)
                .is_some_and(|known| known.id != row.id)
        };
        rows.iter().any(other)
    }

    pub(crate) fn absorb(&mut self, rows: Vec<Row>) {
        self.rows
            .extend(rows.into_iter().map(|row| (row.version, row)));
        while self.rows.len() > KEPT {
            self.rows.pop_first();
        }
    }

    pub(crate) fn forget(&mut self) {
        self.rows.clear();
    }

    pub(crate) fn written(&self, version: i32) -> Option<&Written> {
        self.rows.get(&version).map(|row| &row.written)
    }
}

#[cfg(test)]
pub(super) fn row(version: i32, id: &str) -> Row {
    Row {
        version,
        id: id.to_owned(),
        written: Written {
            by: format!("author of {version}"),
            at: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_id_of_a_known_number_contradicts() {
        let mut history = History::default();
        assert!(!history.contradicts(&[row(1, "a")]));
        history.absorb(vec![row(2, "b"), row(1, "a")]);
        assert!(!history.contradicts(&[row(3, "c"), row(2, "b")]));
        assert!(!history.contradicts(&[]));
        assert!(history.contradicts(&[row(3, "c"), row(2, "x")]));
        history.forget();
        assert!(!history.contradicts(&[row(2, "x")]));
    }

    #[test]
    fn it_keeps_the_newest() {
        let mut history = History::default();
        for version in 1..=1_000 {
            history.absorb(vec![row(version, "a")]);
        }
        assert_eq!(history.rows.len(), KEPT);
        assert!(history.written(1_000).is_some());
        assert!(history.written(1).is_none());
    }
}
