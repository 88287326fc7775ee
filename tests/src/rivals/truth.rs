//! What the server held, and whether what a client showed was ever true.

/// One reading of all fields; null is the default.
pub type View = Vec<i64>;

/// What a client showed that was never true at the server, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Untrue {
    /// Parts of several versions in one reading.
    pub torn: usize,
    /// A value that the field never had.
    pub invented: usize,
    /// Null as the zero of its type.
    pub zero: usize,
    /// A version after a newer one.
    pub backwards: usize,
}

/// The versions that the server held, in the order in which it held them.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// What a reader should see, and what it sees if null is zero.
    versions: Vec<(View, View)>,
}

impl History {
    /// The server holds these values from now on.
    pub fn push(&mut self, values: &[Option<i64>], default: i64) {
        let view = |null| values.iter().map(|value| value.unwrap_or(null)).collect();
        self.versions.push((view(default), view(0)));
    }

    /// What should be shown now.
    #[must_use]
    pub fn now(&self) -> View {
        self.versions
            .last()
            .map(|(view, _)| view.clone())
            .unwrap_or_default()
    }

    /// Judges readings in the order in which they were shown.
    #[must_use]
    pub fn judge(&self, readings: &[View]) -> Untrue {
        let mut untrue = Untrue::default();
        let mut at = 0;
        for reading in readings {
            let is_view = |(view, zeros): &(View, View)| view == reading || zeros == reading;
            let coming = self.versions.iter().skip(at).position(is_view);
            let known = self.versions.iter().rposition(is_view);
            match (coming, known) {
                (Some(ahead), _) => at += ahead,
                (None, Some(before)) => {
                    untrue.backwards += 1;
                    at = before;
                }
                (None, None) if self.is_mixture(reading) => {
                    untrue.torn += 1;
                    continue;
                }
                (None, None) => {
                    untrue.invented += 1;
                    continue;
                }
            }
            if self
                .versions
                .get(at)
                .is_some_and(|(view, _)| view != reading)
            {
                untrue.zero += 1;
            }
        }
        untrue
    }

    fn is_mixture(&self, reading: &[i64]) -> bool {
        reading.iter().enumerate().all(|(field, value)| {
            let had = |view: &View| view.get(field) == Some(value);
            self.versions
                .iter()
                .any(|(view, zeros)| had(view) || had(zeros))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NULL: i64 = -1;

    fn history(versions: &[[Option<i64>; 2]]) -> History {
        let mut history = History::default();
        for version in versions {
            history.push(version, NULL);
        }
        history
    }

    #[test]
    fn what_was_never_true_is_told_by_its_kind() {
        let held = [[Some(1), Some(1)], [Some(2), Some(2)], [None, Some(2)]];
        let untrue = |torn, invented, zero, backwards| Untrue {
            torn,
            invented,
            zero,
            backwards,
        };
        let cases: &[(&[[i64; 2]], Untrue)] = &[
            (&[[1, 1], [2, 2], [NULL, 2]], untrue(0, 0, 0, 0)),
            (&[[1, 1], [NULL, 2]], untrue(0, 0, 0, 0)),
            (&[[1, 1], [2, 1], [2, 2]], untrue(1, 0, 0, 0)),
            (&[[2, 2], [1, 1], [2, 2]], untrue(0, 0, 0, 1)),
            (&[[2, 2], [0, 2]], untrue(0, 0, 1, 0)),
            (&[[0, 2], [NULL, 2]], untrue(0, 0, 1, 0)),
            (&[[NULL, NULL], [7, 2]], untrue(0, 2, 0, 0)),
            (&[[NULL, 1]], untrue(1, 0, 0, 0)),
        ];
        for (readings, expected) in cases {
            let views: Vec<View> = readings.iter().map(|view| view.to_vec()).collect();
            assert_eq!(history(&held).judge(&views), *expected, "{readings:?}");
        }
    }

    #[test]
    fn a_value_that_comes_again_is_no_step_back() {
        let held = history(&[[Some(1); 2], [Some(2); 2], [Some(1); 2]]);
        assert_eq!(
            held.judge(&[vec![1, 1], vec![2, 2], vec![1, 1]]),
            Untrue::default()
        );
        assert_eq!(held.now(), [1, 1]);
    }
}
