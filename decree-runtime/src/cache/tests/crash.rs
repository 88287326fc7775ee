//! Writers that are killed: what is there afterwards is whole.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use super::*;

/// Where the child writes to, and at which step it is to die; it is this test program.
const FOLDER: &str = "DECREE_TEST_CACHE_FOLDER";
const DIE_AT: &str = "DECREE_TEST_CACHE_DIE_AT";

const STEPS: [Step; 6] = [
    Step::Create,
    Step::Write,
    Step::Flush,
    Step::Rename,
    Step::FlushFolder,
    Step::Done,
];

/// So few that most of the time of a store goes to the disk.
fn names() -> Vec<String> {
    (0..20).map(|number| format!("field.{number:04}")).collect()
}

/// Every field holds the number of its version.
fn whole(version: i32) -> Reading {
    let names = names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    reading(version, &names, version.into())
}

fn store_whole(folder: &Folder, version: i32) {
    let names = names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    store(&folder.cache(), &whole(version), &names, &[]).unwrap();
}

fn child(folder: &Folder, die_at: Option<usize>) -> Child {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args([
        "--exact",
        "cache::tests::crash::writes_until_it_dies",
        "--ignored",
    ]);
    command.args(["--nocapture", "--test-threads=1"]);
    command.env(FOLDER, &folder.path).env_remove(DIE_AT);
    if let Some(step) = die_at {
        command.env(DIE_AT, step.to_string());
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Not a test: what the others kill.
#[test]
#[ignore = "the other tests here run it as a program of its own"]
fn writes_until_it_dies() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let die_at = std::env::var(DIE_AT).ok();
    let die_at = die_at.map(|step| STEPS[step.parse::<usize>().unwrap()]);
    let cache = Cache::new(folder.into(), "config.example.com:9090");
    let kept: BTreeSet<Path> = names().iter().map(|name| name.as_str().into()).collect();
    let first = cache.load("acme", &[], DAY);
    let first = first.map_or(0, |cached| cached.reading.version);
    for version in first + 1.. {
        let reading = whole(version);
        let keep = Keep {
            reading: &reading,
            paths: &kept,
            secret: &BTreeSet::new(),
            confirmed: SystemTime::now(),
            written: None,
        };
        let stored = cache.store_by_steps(&keep, &mut |step| {
            if die_at == Some(step) {
                // No destructor runs, no buffer is flushed.
                std::process::abort();
            }
            Ok(())
        });
        stored.unwrap();
        println!("\nstored {version}");
    }
}

/// The version that is on disk, which must be whole; 0 for none.
fn version_on_disk(folder: &Folder) -> i32 {
    let names: Vec<Path> = names().iter().map(|name| name.as_str().into()).collect();
    match folder.cache().load("acme", &names, DAY) {
        Ok(cached) => {
            let version = cached.reading.version;
            assert_eq!(cached.reading.entries, whole(version).entries);
            version
        }
        Err(unusable) => {
            assert!(matches!(unusable.reason, Reason::Missing), "{unusable}");
            0
        }
    }
}

#[test]
fn a_writer_that_dies_between_two_steps_leaves_the_old_or_the_new() {
    for before in [0, 1] {
        for (number, step) in STEPS.iter().enumerate() {
            let folder = Folder::new();
            if before == 1 {
                store_whole(&folder, 1);
            }
            let status = child(&folder, Some(number))
                .wait_with_output()
                .unwrap()
                .status;
            assert!(!status.success(), "it died at {step:?}");
            let renamed = matches!(step, Step::FlushFolder | Step::Done);
            let right = if renamed { before + 1 } else { before };
            assert_eq!(version_on_disk(&folder), right, "{step:?}");
            // The next writer goes on.
            store_whole(&folder, 9);
            assert_eq!(version_on_disk(&folder), 9);
        }
    }
}

#[test]
fn a_writer_that_is_killed_at_any_time_leaves_the_old_or_the_new() {
    let scale = std::env::var("DECREE_TEST_SCALE").map_or(1, |scale| scale.parse().unwrap());
    let folder = Folder::new();
    let mut last = 0;
    for _ in 0..20 * scale {
        let mut child = child(&folder, None);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // It is at work; then it dies some time within the next few files.
        let said = |line: &str| line.strip_prefix("stored ").and_then(|it| it.parse().ok());
        let first: i32 = lines
            .by_ref()
            .find_map(|line| said(&line.unwrap()))
            .unwrap();
        std::thread::sleep(Duration::from_micros(fastrand::u64(0..8_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let told = lines.filter_map(|line| said(&line.ok()?)).last();
        let told = told.unwrap_or(first);
        let found = version_on_disk(&folder);
        assert!(
            found >= told && told > last,
            "{found} after {told} and {last}"
        );
        last = found;
    }
    println!("{last} versions, {} files left", folder.names().len());
}
