//! What our client promises to show under a fault, and which of that it did not show.

use std::{fmt::Write, time::Duration};

use super::facts::{Facts, Said};

/// The most streams in a minute, whatever happens.
const STREAMS_A_MINUTE: f64 = 10.0;

/// What a client shows that keeps our promises. Some hold in every scenario: nothing it shows was
/// never true, it lives, and it opens few streams.
#[derive(Debug, Clone, Copy)]
pub struct Promise {
    /// How long after the server was well it is right at the latest; nothing where it keeps what it
    /// has by design.
    pub right_within: Option<Duration>,
    /// What is in its log or its status, if it has to say anything.
    pub says: Option<&'static str>,
}

impl Promise {
    /// What was promised and not kept, and what was seen instead; nothing if all was kept.
    #[must_use]
    pub fn broken(&self, facts: &Facts) -> Option<String> {
        let mut broken = Vec::new();
        if facts.died.is_some() || facts.answer.is_none() {
            broken.push("alive".to_owned());
        }
        if let Some(bound) = self.right_within
            && facts.right_after.is_none_or(|after| after > bound)
        {
            broken.push(format!("right within {bound:.0?}"));
        }
        let untrue = facts.untrue;
        for (count, what) in [
            (
                if facts.is_whole { untrue.torn } else { 0 },
                "never half of a version",
            ),
            (untrue.invented, "never a value that was not there"),
            (untrue.zero, "never null as zero"),
            (untrue.backwards, "never backwards"),
        ] {
            if count > 0 {
                broken.push(what.to_owned());
            }
        }
        let minutes = (facts.lasted.as_secs_f64() / 60.0).max(1.0);
        if f64::from(facts.subscribes) > STREAMS_A_MINUTE * minutes {
            broken.push(format!("at most {STREAMS_A_MINUTE} new streams a minute"));
        }
        if let Some(says) = self.says
            && (facts.said == Said::Nothing || !facts.words.iter().any(|it| it.contains(says)))
        {
            broken.push(match says {
                "" => "not silent".to_owned(),
                _ => format!("saying {says:?}"),
            });
        }
        if broken.is_empty() {
            return None;
        }
        let mut text = format!(
            "expected {}; seen in {:.0?}: {facts}",
            broken.join(", "),
            facts.lasted
        );
        for words in &facts.words {
            let _ = write!(text, "\n    it said: {words}"); // a String takes everything
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rivals::facts::tests::facts;

    const PROMISE: Promise = Promise {
        right_within: Some(Duration::from_secs(2)),
        says: Some("Behind"),
    };

    fn told() -> Facts {
        Facts {
            is_whole: true,
            said: Said::Status,
            words: vec!["Behind: by one".to_owned()],
            ..facts()
        }
    }

    #[test]
    fn what_was_not_kept_is_named() {
        type Change = fn(&mut Facts);
        let cases: &[(&str, Change)] = &[
            ("", |_| {}),
            ("alive", |facts| facts.answer = None),
            ("alive", |facts| facts.died = Some("gone".to_owned())),
            ("right within 2s", |facts| facts.right_after = None),
            ("right within 2s", |facts| {
                facts.right_after = Some(Duration::from_millis(2001));
            }),
            ("never half of a version", |facts| facts.untrue.torn = 1),
            ("", |facts| {
                facts.untrue.torn = 1;
                facts.is_whole = false;
            }),
            ("never a value that was not there", |facts| {
                facts.untrue.invented = 1;
            }),
            ("never null as zero", |facts| facts.untrue.zero = 1),
            ("never backwards", |facts| facts.untrue.backwards = 1),
            ("", |facts| facts.subscribes = 10),
            ("at most 10 new streams a minute", |facts| {
                facts.subscribes = 11;
            }),
            ("", |facts| {
                facts.subscribes = 11;
                facts.lasted = Duration::from_secs(66);
            }),
            ("saying \"Behind\"", |facts| facts.words.clear()),
        ];
        for (what, change) in cases {
            let mut facts = told();
            change(&mut facts);
            let broken = PROMISE.broken(&facts).unwrap_or_default();
            let (named, _) = broken.split_once("; seen").unwrap_or_default();
            assert_eq!(named.trim_start_matches("expected "), *what, "{broken}");
        }
    }

    #[test]
    fn all_that_was_seen_is_told() {
        let silent = Facts {
            said: Said::Nothing,
            words: Vec::new(),
            ..told()
        };
        let promise = Promise {
            says: Some(""),
            ..PROMISE
        };
        assert_eq!(
            promise.broken(&silent).as_deref(),
            Some("expected not silent; seen in 7s: right after 1.2 s; 1 new stream; silent")
        );
        let late = Facts {
            right_after: Some(Duration::from_secs(3)),
            ..told()
        };
        assert_eq!(
            PROMISE.broken(&late).as_deref(),
            Some(
                "expected right within 2s; seen in 7s: right after 3.0 s; 1 new stream; status\n    \
                 it said: Behind: by one"
            )
        );
    }
}
