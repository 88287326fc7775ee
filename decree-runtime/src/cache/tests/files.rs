//! How a file gets there.

use std::{
    fs,
    io::{Error, ErrorKind},
};

use super::{warnings, *};

#[cfg(unix)]
fn mode(path: &FilePath) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn keep<'a>(reading: &'a Reading, paths: &'a BTreeSet<Path>, none: &'a BTreeSet<Path>) -> Keep<'a> {
    Keep {
        reading,
        paths,
        secret: none,
        confirmed: SystemTime::now(),
        written: None,
    }
}

#[test]
fn a_file_is_written_and_flushed_before_it_has_its_name() {
    let folder = Folder::new();
    let mut steps = Vec::new();
    let (kept, none) = (paths(&["a"]), BTreeSet::new());
    let stored =
        folder
            .cache()
            .store_by_steps(&keep(&reading(1, &["a"], 1), &kept, &none), &mut |step| {
                steps.push((step, folder.names().len()));
                Ok(())
            });
    stored.unwrap();
    assert_eq!(
        steps,
        [
            (Step::Create, 0),
            (Step::Write, 1),
            (Step::Flush, 1),
            (Step::Rename, 1),
            (Step::FlushFolder, 1),
            (Step::Done, 1),
        ]
    );
}

#[test]
fn a_step_that_fails_leaves_what_was_there_and_nothing_else() {
    let folder = Folder::new();
    let cache = folder.cache();
    store(&cache, &reading(1, &["a"], 1), &["a"], &[]).unwrap();
    let (kept, none) = (paths(&["a"]), BTreeSet::new());
    for bad in [Step::Create, Step::Write, Step::Flush, Step::Rename] {
        let stored =
            cache.store_by_steps(&keep(&reading(2, &["a"], 2), &kept, &none), &mut |step| {
                if step == bad {
                    Err(Error::from(ErrorKind::StorageFull))
                } else {
                    Ok(())
                }
            });
        assert_eq!(stored.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(folder.names().len(), 1, "{bad:?}");
        assert_eq!(load(&cache, &["a"]).unwrap().version, 1);
    }
}

#[cfg(unix)]
#[test]
fn its_owner_alone_can_read_it() {
    let folder = Folder::new();
    let cache = Cache::new(folder.path.join("deep/deeper"), "s:1");
    let (stored, warnings) =
        warnings::during(|| store(&cache, &reading(1, &["a"], 1), &["a"], &[]));
    stored.unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    for made in ["", "deep", "deep/deeper"] {
        assert_eq!(mode(&folder.path.join(made)), 0o700, "{made}");
    }
    for file in fs::read_dir(folder.path.join("deep/deeper")).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_may_write_to_stays_as_it_is_and_is_told_of_once() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    fs::create_dir(&folder.path).unwrap();
    fs::set_permissions(&folder.path, fs::Permissions::from_mode(0o770)).unwrap();
    let cache = folder.cache();
    let ((), warnings) = warnings::during(|| {
        for version in 1..4 {
            store(&cache, &reading(version, &["a"], 1), &["a"], &[]).unwrap();
        }
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("0700"), "{warnings:?}");
    assert_eq!(mode(&folder.path), 0o770);
}

#[test]
fn what_killed_writers_left_is_removed_once_it_is_old() {
    let folder = Folder::new();
    let cache = folder.cache();
    store(&cache, &reading(1, &["a"], 1), &["a"], &[]).unwrap();
    let name = folder.names().remove(0);
    let old = [format!(".{name}.tmp-old"), ".other.tmp-old".to_owned()];
    let new = format!(".{name}.tmp-new");
    for name in old.iter().chain([&new]) {
        fs::write(folder.path.join(name), "left").unwrap();
    }
    for name in &old {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(folder.path.join(name));
        let before = SystemTime::now() - Duration::from_secs(2 * 60 * 60);
        file.unwrap().set_modified(before).unwrap();
    }
    store(&cache, &reading(2, &["a"], 1), &["a"], &[]).unwrap();
    let mut left = vec![new, ".other.tmp-old".to_owned(), name];
    left.sort();
    assert_eq!(folder.names(), left);
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = Folder::new();
    fs::write(&folder.path, "a file").unwrap();
    let error = store(&folder.cache(), &reading(1, &["a"], 1), &["a"], &[]).unwrap_err();
    assert!(
        error.to_string().contains(folder.path.to_str().unwrap()),
        "{error}"
    );
    let unusable = load(&folder.cache(), &["a"]).unwrap_err();
    assert!(
        matches!(unusable.reason, Reason::Unreadable(_)),
        "{unusable}"
    );
    fs::remove_file(&folder.path).unwrap();
}

#[test]
fn each_server_and_tenant_has_a_file_of_its_own_whose_name_is_only_a_name() {
    let name = |server: &str, tenant: &str| {
        let file = Cache::new("/x".into(), server).file(tenant);
        assert_eq!(file.parent(), Some(FilePath::new("/x")));
        file.file_name().unwrap().to_str().unwrap().to_owned()
    };
    let names = [
        name("a:1", "b"),
        name("a:1", "c"),
        name("a_1", "b"),
        name("../../etc:1", "b"),
        name("https://[::1]:1", "b"),
        name("a:1", &"b".repeat(5_000)),
    ];
    assert!(names[0].starts_with("b@a_1-") && names[0].ends_with(".decree"));
    let all: BTreeSet<&String> = names.iter().collect();
    assert_eq!(all.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| name.len() < 130));
}
