//! A version that does not fit, and since when, and by whom.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::{
    decode::{DecodeError, FieldError},
    reading::Reading,
    snapshot::Written,
};

/// A version that does not fit, so that the last good one stays; or, if bad fields are to be
/// [kept](crate::LiveBuilder::keep_bad_fields), the last good values of just these.
///
/// Who wrote the version is not always who is to blame: once a field is bad, every later version of
/// the tenant is rejected with it. [`blames`](Self::blames) says for each bad field since when it is.
///
/// Printed it names versions and authors; its source says of each field what was expected and found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The newest version that is rejected, with every bad field and why.
    pub error: DecodeError,
    /// The version that readers see: the last good one, or the rejected one itself if its bad fields
    /// are kept.
    pub stays: i32,
    /// Since when each field is bad, in the order of [`DecodeError::fields`]. None when no single
    /// field is bad, but their values do not fit each other: see [`DecodeError::refusals`].
    pub blames: Vec<Blame>,
}

/// Since when a field is bad.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blame {
    /// What is wrong with it, as it was then.
    pub error: FieldError,
    /// The first version in which it was seen like that.
    pub since: i32,
    /// The last version that was looked at before; the one to blame is later.
    pub after: i32,
    /// Who wrote the versions from `after` to `since`, as far as that is known, oldest first. There
    /// is more than one when versions were skipped.
    pub suspects: Vec<(i32, Written)>,
    /// The version whose value readers see in its place; `None` when the whole version is rejected.
    pub kept: Option<i32>,
    /// Tells one bad value from another.
    checksum: String,
}

/// Without the checksum, from which a short secret can be guessed.
impl fmt::Debug for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blame")
            .field("error", &self.error)
            .field("since", &self.since)
            .field("after", &self.after)
            .field("suspects", &self.suspects)
            .finish_non_exhaustive()
    }
}

impl Rejection {
    /// `before` is what was rejected last, if it still stands.
    pub(crate) fn new(
        error: DecodeError,
        reading: &Reading,
        stays: i32,
        before: Option<&Self>,
    ) -> Self {
        let version = reading.version;
        // Another history has nothing to do with this one, nor has another tenant.
        let before = before.filter(|before| {
            let same_tenant = before.error.tenant_id() == reading.tenant_id();
            same_tenant && before.error.version() <= version
        });
        let after = before.map_or(stays, |before| before.error.version());
        let blame = |error: &FieldError| {
            let entry = reading.entry(error.path());
            let checksum = entry.map_or("", |entry| entry.checksum());
            let same = |blame: &&Blame| blame.error == *error && blame.checksum == checksum;
            let known = before.and_then(|before| before.blames.iter().find(same));
            let known = known.cloned().map(|known| Blame {
                kept: None,
                ..known
            });
            known.unwrap_or_else(|| Blame {
                error: error.clone(),
                since: version,
                after: after.min(version),
                suspects: Vec::new(),
                kept: None,
                checksum: checksum.to_owned(),
            })
        };
        Self {
            blames: error.fields().iter().map(blame).collect(),
            stays,
            error,
        }
    }

    /// The same, of a version that is shown with the values of other versions for its bad fields.
    pub(crate) fn keeping(mut self, kept: &BTreeMap<Arc<str>, i32>) -> Self {
        self.stays = self.error.version();
        for blame in &mut self.blames {
            blame.kept = kept.get(blame.error.path()).copied();
        }
        self
    }

    /// Whether nothing else is wrong than before.
    pub(crate) fn is_the_same_as(&self, next: &Self) -> bool {
        let since = |rejection: &Self| -> Vec<(FieldError, i32)> {
            let blames = rejection.blames.iter();
            blames.map(|it| (it.error.clone(), it.since)).collect()
        };
        let (error, later) = (&self.error, &next.error);
        // What is no field's has no value to tell it by from one version to the next.
        let still = !self.blames.is_empty() || error.version() == later.version();
        still && since(self) == since(next) && error.is_as_whole(later)
    }

    /// Whether it would help to know who wrote `version`.
    pub(crate) fn lacks_author(&self, version: i32) -> bool {
        self.blames.iter().any(|blame| blame.lacks_author(version))
    }

    /// The same, with who wrote `version`.
    pub(crate) fn attributed(&self, version: i32, written: &Written) -> Self {
        let mut next = self.clone();
        let lacking = next.blames.iter_mut();
        for blame in lacking.filter(|blame| blame.lacks_author(version)) {
            blame.suspects.push((version, written.clone()));
            blame.suspects.sort_by_key(|(version, _)| *version);
        }
        next
    }
}

impl Blame {
    fn lacks_author(&self, version: i32) -> bool {
        // A version whose content changed by itself, as types do, is its own only suspect.
        let suspicious =
            (self.after < version || self.after == self.since) && version <= self.since;
        suspicious && self.suspects.iter().all(|(known, _)| *known != version)
    }
}

/// `version 12 was rejected, version 10 stays; payments.fee is bad since version 11, by alice`, or
/// `version 12 is shown without its bad fields; payments.fee is bad since version 11, by alice, and
/// keeps its value of version 10`.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (version, stays) = (self.error.version(), self.stays);
        if self.blames.iter().any(|blame| blame.kept.is_some()) {
            write!(f, "version {version} is shown without its bad fields")?;
        } else {
            write!(f, "version {version} was rejected, version {stays} stays")?;
        }
        for blame in &self.blames {
            write!(f, "; {blame}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is bad since version {}",
            self.error.path(),
            self.since
        )?;
        if self.after.saturating_add(1) < self.since {
            write!(f, " or one after {}", self.after)?;
        }
        let mut start = ", by ";
        for (_, written) in self.suspects.iter().filter(|(_, it)| !it.by.is_empty()) {
            write!(f, "{start}{}", written.by)?;
            start = " or ";
        }
        if let Some(version) = self.kept {
            let comma = if start == " or " { "," } else { "" };
            write!(f, "{comma} and keeps its value of version {version}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decode::Problem,
        reading::{Entry, Stored},
    };

    fn reading(version: i32, checksums: &[(&str, &str)]) -> Reading {
        let entry = |(path, checksum): &(&str, &str)| {
            let entry = Entry::new(Stored::Redacted, (*checksum).to_owned(), None);
            ((*path).to_owned(), entry)
        };
        Reading {
            entries: checksums.iter().map(entry).collect(),
            ..Reading::of_nothing(version)
        }
    }

    fn rejection(reading: &Reading, stays: i32, before: Option<&Rejection>) -> Rejection {
        let errors = reading.entries();
        let errors = errors.map(|(path, _)| FieldError::new(path.to_owned(), Problem::Redacted));
        let error = DecodeError::of_fields("Pay", reading, errors.collect());
        Rejection::new(error, reading, stays, before)
    }

    fn by(name: &str) -> Written {
        Written {
            by: name.to_owned(),
            at: None,
        }
    }

    #[test]
    fn the_first_version_with_a_bad_value_is_to_blame_and_not_the_newest() {
        let eleven = rejection(&reading(11, &[("fee", "x")]), 10, None);
        let eleven = eleven.attributed(11, &by("alice"));
        let twelve = rejection(&reading(12, &[("fee", "x")]), 10, Some(&eleven));
        let twelve = twelve.attributed(12, &by("bob"));
        assert!(eleven.is_the_same_as(&twelve));
        assert_eq!(
            twelve.to_string(),
            "version 12 was rejected, version 10 stays; `fee` is bad since version 11, by alice"
        );
        // Another bad value is another fault.
        let next = rejection(&reading(13, &[("fee", "y")]), 10, Some(&twelve));
        assert!(!twelve.is_the_same_as(&next));
        let next = next.attributed(13, &by("carol"));
        assert_eq!(next.blames[0].since, 13);
        assert_eq!(next.blames[0].suspects, [(13, by("carol"))]);
    }

    #[test]
    fn each_field_has_its_own_blame() {
        let first = rejection(&reading(11, &[("fee", "x")]), 10, None);
        let second = rejection(
            &reading(12, &[("fee", "x"), ("limit", "y")]),
            10,
            Some(&first),
        );
        let since = second.blames.iter().map(|blame| (blame.after, blame.since));
        assert_eq!(since.collect::<Vec<_>>(), [(10, 11), (11, 12)]);
    }

    #[test]
    fn who_wrote_what_was_skipped_is_suspect_too() {
        let skipped = rejection(&reading(12, &[("fee", "x")]), 10, None);
        let mut all = skipped.clone();
        for (version, name) in [
            (12, "bob"),
            (9, "old"),
            (11, "alice"),
            (13, "late"),
            (11, "again"),
        ] {
            all = all.attributed(version, &by(name));
        }
        assert_eq!(all.blames[0].suspects, [(11, by("alice")), (12, by("bob"))]);
        assert!(
            all.to_string()
                .ends_with("since version 12 or one after 10, by alice or bob")
        );
    }

    #[test]
    fn what_is_kept_is_said_of_each_field() {
        let first = rejection(&reading(11, &[("fee", "x"), ("limit", "y")]), 10, None);
        let kept = BTreeMap::from([("fee".into(), 10), ("limit".into(), 7)]);
        let shown = first.clone().keeping(&kept).attributed(11, &by("alice"));
        assert_eq!(shown.stays, 11);
        assert_eq!(
            shown.to_string(),
            "version 11 is shown without its bad fields; \
             `fee` is bad since version 11, by alice, and keeps its value of version 10; \
             `limit` is bad since version 11, by alice, and keeps its value of version 7"
        );
        // A later one may be rejected as a whole, for the same.
        let later = reading(12, &[("fee", "x"), ("limit", "y")]);
        let later = rejection(&later, 11, Some(&shown));
        assert_eq!(later.blames[0].kept, None);
        assert_eq!((later.blames[0].since, later.stays), (11, 11));
    }

    fn refusal(version: i32, reason: &str) -> Rejection {
        let reading = reading(version, &[]);
        let error = DecodeError::of_fields("Pay", &reading, Vec::new());
        Rejection::new(error.refused("check", reason), &reading, 10, None)
    }

    #[test]
    fn a_refusal_blames_no_field_and_is_news_once_a_version() {
        let refused = refusal(11, "the sum is 110");
        assert_eq!(refused.blames, []);
        assert!(refused.is_the_same_as(&refusal(11, "the sum is 110")));
        assert!(!refused.is_the_same_as(&refusal(11, "the sum is 120")));
        assert!(!refused.is_the_same_as(&refusal(12, "the sum is 110")));
        assert_eq!(
            refused.to_string(),
            "version 11 was rejected, version 10 stays"
        );
    }

    #[test]
    fn another_history_starts_from_nothing() {
        let old = rejection(&reading(20, &[("fee", "x")]), 19, None);
        let new = rejection(&reading(5, &[("fee", "x")]), 4, Some(&old));
        assert_eq!((new.blames[0].after, new.blames[0].since), (4, 5));
        let tenant = Reading {
            tenant_id: "u".into(),
            ..reading(21, &[("fee", "x")])
        };
        let other = rejection(&tenant, 19, Some(&old));
        assert_eq!((other.blames[0].after, other.blames[0].since), (19, 21));
    }

    #[test]
    fn the_highest_number_there_is_can_be_said() {
        let rejected = rejection(&reading(i32::MAX, &[("a", "1")]), i32::MAX, None);
        assert!(rejected.to_string().contains("since version 2147483647"));
    }
}
