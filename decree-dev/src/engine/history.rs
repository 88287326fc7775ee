//! The versions of one tenant. A version keeps only what it touched; the value of a field at a
//! version is the newest one written up to it.

use std::collections::BTreeMap;

use decree_proto::{text, v1::ConfigVersion};

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) version: i32,
    /// `None` is null.
    pub(crate) value: Option<String>,
    pub(crate) description: Option<String>,
}

impl Row {
    /// Null has no checksum, which the wire shows as an empty one.
    pub(crate) fn checksum(&self) -> String {
        self.value
            .as_deref()
            .map(text::checksum)
            .unwrap_or_default()
    }
}

/// A value on its way into a version.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) path: String,
    pub(crate) value: Option<String>,
    pub(crate) description: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    versions: Vec<ConfigVersion>,
    rows: BTreeMap<String, Vec<Row>>,
}

impl History {
    /// The newest version; zero while there is none.
    pub(crate) fn latest(&self) -> i32 {
        self.versions.last().map_or(0, |version| version.version)
    }

    pub(crate) fn version(&self, number: i32) -> Option<&ConfigVersion> {
        self.versions
            .iter()
            .find(|version| version.version == number)
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &ConfigVersion> {
        self.versions.iter().rev()
    }

    pub(crate) fn at(&self, path: &str, version: i32) -> Option<&Row> {
        newest_up_to(self.rows.get(path)?, version)
    }

    /// The text of a field now, empty for null and for a field never written.
    pub(crate) fn current_text(&self, path: &str) -> &str {
        self.at(path, self.latest())
            .and_then(|row| row.value.as_deref())
            .unwrap_or_default()
    }

    /// Every field that has a value or a null at a version, sorted by path.
    pub(crate) fn full(&self, version: i32) -> impl Iterator<Item = (&str, &Row)> {
        self.rows
            .iter()
            .filter_map(move |(path, rows)| Some((path.as_str(), newest_up_to(rows, version)?)))
    }

    /// Every row written by a version or later ones, by version and then by path.
    pub(crate) fn since(&self, version: i32) -> Vec<(&str, &Row)> {
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .flat_map(|(path, rows)| rows.iter().map(move |row| (path.as_str(), row)))
            .filter(|(_, row)| row.version >= version)
            .collect();
        rows.sort_by_key(|(_, row)| row.version); // stable: paths stay sorted within a version
        rows
    }

    pub(crate) fn push(&mut self, version: ConfigVersion, writes: Vec<Write>) {
        for Write {
            path,
            value,
            description,
        } in writes
        {
            let row = Row {
                version: version.version,
                value,
                description,
            };
            self.rows.entry(path).or_default().push(row);
        }
        self.versions.push(version);
    }

    /// Forgets what is newer than a version, as a restored backup does.
    pub(crate) fn forget_after(&mut self, version: i32) {
        self.versions.retain(|kept| kept.version <= version);
        for rows in self.rows.values_mut() {
            rows.retain(|row| row.version <= version);
        }
        self.rows.retain(|_, rows| !rows.is_empty());
    }
}

fn newest_up_to(rows: &[Row], version: i32) -> Option<&Row> {
    let end = rows.partition_point(|row| row.version <= version);
    rows[..end].last()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(versions: &[&[(&str, Option<&str>)]]) -> History {
        let mut history = History::default();
        for (number, writes) in (1..).zip(versions) {
            let version = ConfigVersion {
                version: number,
                ..ConfigVersion::default()
            };
            let writes = writes.iter().map(|(path, value)| Write {
                path: (*path).to_owned(),
                value: value.map(str::to_owned),
                description: None,
            });
            history.push(version, writes.collect());
        }
        history
    }

    fn texts(history: &History, version: i32) -> Vec<(&str, Option<&str>)> {
        history
            .full(version)
            .map(|(path, row)| (path, row.value.as_deref()))
            .collect()
    }

    #[test]
    fn a_version_shows_the_newest_value_written_up_to_it() {
        let history = history(&[&[("b", Some("1"))], &[("a", Some("2"))], &[("b", None)]]);
        assert_eq!(texts(&history, 0), []);
        assert_eq!(texts(&history, 1), [("b", Some("1"))]);
        assert_eq!(texts(&history, 2), [("a", Some("2")), ("b", Some("1"))]);
        assert_eq!(texts(&history, 3), [("a", Some("2")), ("b", None)]);
        assert_eq!(texts(&history, 99), texts(&history, 3));
        assert_eq!(history.current_text("b"), "");
    }

    #[test]
    fn a_replay_is_sorted_by_version_and_then_by_path() {
        let history = history(&[&[("b", None)], &[("b", None), ("a", None)], &[("a", None)]]);
        let rows: Vec<_> = history
            .since(2)
            .iter()
            .map(|(path, row)| (row.version, (*path).to_owned()))
            .collect();
        assert_eq!(
            rows,
            [
                (2, "a".to_owned()),
                (2, "b".to_owned()),
                (3, "a".to_owned())
            ]
        );
    }

    #[test]
    fn what_is_forgotten_was_never_there() {
        let mut history = history(&[&[("b", Some("1"))], &[("a", Some("2"))], &[("b", None)]]);
        history.forget_after(1);
        assert_eq!(history.latest(), 1);
        assert_eq!(texts(&history, 99), [("b", Some("1"))]);
        assert_eq!(history.since(0).len(), 1);
    }

    #[test]
    fn null_has_an_empty_checksum_and_empty_text_does_not() {
        let history = history(&[&[("a", None), ("b", Some(""))]]);
        assert_eq!(history.at("a", 1).unwrap().checksum(), "");
        assert_eq!(history.at("b", 1).unwrap().checksum(), "ef46db3751d8e999");
    }
}
