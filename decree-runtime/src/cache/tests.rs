//! Files that are written, read, shared, damaged, and left by writers that were killed.

mod crash;
mod damaged;
mod files;
mod round_trip;
mod warnings;

use std::time::UNIX_EPOCH;

use tempfile::TempDir;

use super::*;
use crate::{
    reading::{Entry, Stored},
    value::Value,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder that is not there yet, for one test, gone with it.
struct Folder {
    path: PathBuf,
    _home: TempDir,
}

impl Folder {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        Self {
            path: home.path().join("cache"),
            _home: home,
        }
    }

    fn cache(&self) -> Cache {
        Cache::new(self.path.clone(), "config.example.com:9090")
    }

    /// What is there, sorted.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.path)
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The only file there is.
    fn file(&self) -> PathBuf {
        let names = self.names();
        assert_eq!(names.len(), 1, "{names:?}");
        self.path.join(&names[0])
    }
}

fn paths(paths: &[&str]) -> BTreeSet<Path> {
    paths.iter().map(|path| (*path).into()).collect()
}

fn list(names: &[&str]) -> Vec<Path> {
    paths(names).into_iter().collect()
}

fn integer(value: i64) -> Entry {
    Entry::new(
        Stored::Value(Value::Integer(value)),
        format!("{value:x}"),
        None,
    )
}

/// Fields that all hold the same.
fn reading(version: i32, names: &[&str], value: i64) -> Reading {
    let entries = names
        .iter()
        .map(|path| ((*path).to_owned(), integer(value)));
    Reading {
        tenant: "acme".into(),
        tenant_id: "7d".into(),
        version,
        entries: entries.collect(),
        part: None,
    }
}

fn store(cache: &Cache, reading: &Reading, kept: &[&str], secret: &[&str]) -> io::Result<()> {
    store_confirmed(cache, reading, kept, secret, SystemTime::now())
}

fn store_confirmed(
    cache: &Cache,
    reading: &Reading,
    kept: &[&str],
    secret: &[&str],
    confirmed: SystemTime,
) -> io::Result<()> {
    cache.store(&Keep {
        reading,
        paths: &paths(kept),
        secret: &paths(secret),
        confirmed,
        written: None,
    })
}

fn load(cache: &Cache, kept: &[&str]) -> Result<Reading, Unusable> {
    let cached = cache.load("acme", &list(kept), DAY);
    cached.map(|cached| cached.reading)
}

#[test]
fn what_was_stored_is_loaded_and_what_was_not_is_not_known() {
    let folder = Folder::new();
    let cache = folder.cache();
    assert!(matches!(
        load(&cache, &["a"]).unwrap_err().reason,
        Reason::Missing
    ));
    let whole = reading(4, &["a", "c", "d"], 7);
    store(&cache, &whole, &["a", "b", "c"], &["c"]).unwrap();
    let kept = load(&cache, &["a", "b"]).unwrap();
    assert_eq!(
        (kept.version, &*kept.tenant, &*kept.tenant_id),
        (4, "acme", "7d")
    );
    assert_eq!(kept.part, Some(paths(&["a", "b"])));
    // The server has nothing for `b`, which is something to know.
    assert_eq!(kept.entries, reading(4, &["a"], 7).entries);
    let unusable = load(&cache, &["a", "c", "d"]).unwrap_err();
    let why = "nothing of `c`, `d`, which nobody read when it was stored, or somebody as a secret";
    assert!(unusable.to_string().contains(why), "{unusable}");
}

#[test]
fn a_secret_is_in_no_file() {
    let folder = Folder::new();
    let whole = reading(4, &["a", "b"], 1_234_567);
    store(&folder.cache(), &whole, &["a", "b"], &["a", "b"]).unwrap();
    let text = std::fs::read_to_string(folder.file()).unwrap();
    assert!(
        !text.contains("1234567") && !text.contains("12d687"),
        "{text}"
    );
}

#[test]
fn a_part_covers_no_more_than_it_has() {
    let folder = Folder::new();
    let part = Reading {
        part: Some(paths(&["a"])),
        ..reading(4, &["a"], 7)
    };
    store(&folder.cache(), &part, &["a", "b"], &[]).unwrap();
    assert_eq!(load(&folder.cache(), &["a"]).unwrap().part, part.part);
}

#[test]
fn the_age_counts_from_when_the_server_confirmed_it() {
    let folder = Folder::new();
    let cache = folder.cache();
    let now = SystemTime::now();
    for (confirmed, max_age, fits) in [
        (
            now - Duration::from_secs(90),
            Duration::from_secs(60),
            false,
        ),
        (now - Duration::from_secs(30), Duration::from_secs(60), true),
        (now + DAY, Duration::ZERO, true),
        (UNIX_EPOCH - DAY, Duration::from_secs(60), false),
        (UNIX_EPOCH, Duration::MAX, true),
    ] {
        store_confirmed(&cache, &reading(1, &["a"], 1), &["a"], &[], confirmed).unwrap();
        let loaded = cache.load("acme", &list(&["a"]), max_age);
        assert_eq!(loaded.is_ok(), fits, "{confirmed:?} {max_age:?}");
    }
}

/// Two programs that read other fields of one tenant.
#[test]
fn what_others_keep_of_the_same_version_stays() {
    let folder = Folder::new();
    let (ours, theirs) = (folder.cache(), folder.cache());
    let same = reading(4, &["a", "b", "c"], 7);
    store(&theirs, &same, &["b", "c"], &[]).unwrap();
    store(&ours, &same, &["a"], &[]).unwrap();
    assert_eq!(
        load(&theirs, &["a", "b", "c"]).unwrap().entries,
        same.entries
    );
    // Unless it is a secret to us.
    store(&ours, &same, &["a", "c"], &["c"]).unwrap();
    assert!(load(&theirs, &["a", "b"]).is_ok() && load(&theirs, &["c"]).is_err());
}

#[test]
fn what_others_keep_of_something_else_does_not() {
    let other_tenant = Reading {
        tenant_id: "8e".into(),
        ..reading(4, &["a", "b"], 7)
    };
    let other_content = reading(4, &["a", "b"], 8);
    for before in [reading(3, &["a", "b"], 7), other_tenant, other_content] {
        let folder = Folder::new();
        store(&folder.cache(), &before, &["a", "b"], &[]).unwrap();
        let ours = reading(4, &["a", "b"], 7);
        store(&folder.cache(), &ours, &["a"], &[]).unwrap();
        let part = load(&folder.cache(), &["a"]).unwrap().part;
        assert_eq!(part, Some(paths(&["a"])), "{before:?}");
    }
}
