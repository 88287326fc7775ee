//! What one client showed in one scenario.

use std::{fmt, time::Duration};

use super::truth::{Untrue, View};

/// What was seen of a client from the fault to the end.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What the server held at the end.
    pub wanted: View,
    /// What the client answered when asked at the end; nothing, if it was dead.
    pub answer: Option<View>,
    /// How long after all was well the client was right and stayed so.
    pub right_after: Option<Duration>,
    /// Whether later changes reached it, where it was wrong.
    pub still_hears: Option<bool>,
    /// What it showed meanwhile.
    pub untrue: Untrue,
    /// Whether it promises that all it shows is of one version.
    pub is_whole: bool,
    /// From the fault to the end.
    pub lasted: Duration,
    /// How often it called `Subscribe` since the fault.
    pub subscribes: u32,
    /// Why its process ended, if it did.
    pub died: Option<String>,
    /// What it said since the fault.
    pub said: Said,
    /// How it said it.
    pub words: Vec<String>,
}

/// How a client made itself heard, at its loudest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// Not a word.
    #[default]
    Nothing,
    /// By what a program can ask for.
    Status,
    /// In its log, as a matter of course.
    Info,
    /// In its log, as a warning.
    Warning,
    /// In its log, as an error.
    Error,
}

impl Said {
    /// What a line of an agent is worth, by the level it gives.
    #[must_use]
    pub fn of(level: &str) -> Self {
        match level {
            "STATUS" => Self::Status,
            "INFO" => Self::Info,
            "WARN" | "WARNING" => Self::Warning,
            "ERROR" | "CRITICAL" => Self::Error,
            _ => Self::Nothing,
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "silent",
            Self::Status => "status",
            Self::Info => "logs info",
            Self::Warning => "logs a warning",
            Self::Error => "logs an error",
        })
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.died, &self.answer, self.right_after) {
            (Some(why), _, _) => write!(f, "**process died**: {why}")?,
            (None, None, _) => f.write_str("**does not answer**")?,
            (None, Some(_), Some(after)) => write!(f, "right after {:.1} s", after.as_secs_f64())?,
            (None, Some(answer), None) => {
                write!(f, "**wrong**: {}", difference(answer, &self.wanted))?;
            }
        }
        if self.still_hears == Some(false) {
            f.write_str("; **deaf**")?;
        }
        let Untrue {
            torn,
            invented,
            zero,
            backwards,
        } = self.untrue;
        for (count, what) in [
            (torn, "half of a version"),
            (invented, "a value that never was"),
            (zero, "null as 0"),
            (backwards, "backwards"),
        ] {
            match count {
                0 => {}
                1 => write!(f, "; **{what}**")?,
                _ => write!(f, "; **{what}** ({count} times)")?,
            }
        }
        match self.subscribes {
            0 => {}
            1 => f.write_str("; 1 new stream")?,
            count => write!(f, "; {count} new streams")?,
        }
        write!(f, "; {}", self.said)
    }
}

/// The first field that differs, and how many do.
fn difference(answer: &[i64], wanted: &[i64]) -> String {
    let differing = answer
        .iter()
        .zip(wanted)
        .filter(|(is, should)| is != should);
    let count = differing.clone().count();
    let (is, should) = differing.clone().next().unwrap_or((&0, &0));
    match count {
        0 => "too late to tell".to_owned(),
        1 => format!("{is}, not {should}"),
        _ => format!("{is}, not {should}, in {count} fields"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::rivals) fn facts() -> Facts {
        Facts {
            wanted: vec![2, 2],
            answer: Some(vec![2, 2]),
            right_after: Some(Duration::from_millis(1240)),
            still_hears: None,
            untrue: Untrue::default(),
            is_whole: false,
            lasted: Duration::from_secs(7),
            subscribes: 1,
            died: None,
            said: Said::Nothing,
            words: Vec::new(),
        }
    }
}
