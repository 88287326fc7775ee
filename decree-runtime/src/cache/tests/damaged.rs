//! Files that are not whole, not ours, or not for us: none is data, none is a panic, and each is
//! told of once.

use twox_hash::XxHash64;

use super::{warnings, *};

const FIELDS: [&str; 3] = ["a", "b", "c"];

/// A file whose first line is right about `body`.
fn sealed(body: &[u8]) -> Vec<u8> {
    let checksum = XxHash64::oneshot(0, body);
    let line = format!("decree-cache 1 {} {checksum:016x}\n", body.len());
    [line.as_bytes(), body].concat()
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains(from), "{from}: {text}");
    text.replacen(from, to, 1).into_bytes()
}

/// Every way in which a good file may be bad.
#[expect(clippy::too_many_lines, reason = "it is a list")]
fn corpus(good: &[u8]) -> Vec<(String, Vec<u8>)> {
    let line_end = good.iter().position(|byte| *byte == b'\n').unwrap();
    let (line, body) = (&good[..=line_end], &good[line_end + 1..]);
    let text = String::from_utf8(line.to_vec()).unwrap();
    let words: Vec<&str> = text.trim_end().split(' ').collect();
    let (length, checksum) = (words[2], words[3]);
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    let mut odd = body.to_vec();
    odd[2] = 0xff;

    let mut all: Vec<(String, Vec<u8>)> = [
        ("empty", Vec::new()),
        ("one byte", b"d".to_vec()),
        ("one NUL", vec![0]),
        ("NULs as a crash leaves them", vec![0; good.len()]),
        (
            "NULs at the end",
            [&good[..good.len() - 9], &[0; 9]].concat(),
        ),
        ("a NUL in the line", replaced(good, " 1 ", " 1\0")),
        ("one byte more", [good, b"\n"].concat()),
        ("twice", [good, good].concat()),
        ("the body alone", body.to_vec()),
        ("the line alone", line.to_vec()),
        ("the body first", [body, line].concat()),
        ("two lines", [line, line, body].concat()),
        ("the line ends for Windows", replaced(good, "\n", "\r\n")),
        ("a mark of Unicode first", [b"\xef\xbb\xbf", good].concat()),
        (
            "no UTF-8 in the line",
            [b"decree-cache 1 \xff\xff ", body].concat(),
        ),
        ("no UTF-8 in the body", sealed(&odd)),
        ("a line without end", b"decree-cache 1 ".repeat(1_000)),
        ("another program's", b"#!/bin/sh\necho 1\n".to_vec()),
        ("another program's JSON", b"{\"version\": 3}".to_vec()),
        (
            "a longer first word",
            replaced(good, "decree-cache", "decree-caches"),
        ),
        ("a newer format", replaced(good, " 1 ", " 2 ")),
        (
            "a newer format of another shape",
            b"decree-cache 7\n\0\0\0".to_vec(),
        ),
        ("format zero", replaced(good, " 1 ", " 0 ")),
        ("a format that is no number", replaced(good, " 1 ", " one ")),
        (
            "a format beyond numbers",
            replaced(good, " 1 ", " 99999999999999999999 "),
        ),
        (
            "a huge length",
            replaced(good, length, "18446744073709551615"),
        ),
        (
            "a length beyond numbers",
            replaced(good, length, &"9".repeat(60)),
        ),
        ("a negative length", replaced(good, length, "-1")),
        (
            "a length with a zero in front",
            replaced(good, length, &format!("0{length}")),
        ),
        (
            "another checksum",
            replaced(good, checksum, "0000000000000000"),
        ),
        (
            "a short checksum",
            replaced(good, checksum, &checksum[..15]),
        ),
        ("no checksum", replaced(good, &format!(" {checksum}"), "")),
        (
            "a fifth word",
            replaced(good, checksum, &format!("{checksum} x")),
        ),
        ("sealed nothing", sealed(b"")),
        ("sealed null", sealed(b"null")),
        ("sealed list", sealed(b"[]")),
        ("sealed object", sealed(b"{}")),
        ("sealed half", sealed(&body[..body.len() / 2])),
        ("sealed deep JSON", sealed(&deep)),
        ("sealed text after the end", sealed(&[body, b" x"].concat())),
        (
            "another tenant",
            sealed(&replaced(body, "\"acme\"", "\"evil\"")),
        ),
        (
            "another server",
            sealed(&replaced(body, "example.com", "example.org")),
        ),
        (
            "a key twice",
            sealed(&replaced(body, "{", "{\"version\":9,")),
        ),
        (
            "a key that is not ours",
            sealed(&replaced(body, "{", "{\"more\":9,")),
        ),
        (
            "a key missing",
            sealed(&replaced(body, "\"tenant_id\":\"7d\",", "")),
        ),
        (
            "a version beyond numbers",
            sealed(&replaced(body, "\"version\":4", "\"version\":4294967300")),
        ),
        (
            "a version with a fraction",
            sealed(&replaced(body, "\"version\":4", "\"version\":4.5")),
        ),
        (
            "a path twice",
            sealed(&replaced(
                body,
                "[{\"path\"",
                "[{\"path\":\"a\",\"entry\":null},{\"path\"",
            )),
        ),
        (
            "paths out of order",
            sealed(&replaced(
                body,
                "[{\"path\"",
                "[{\"path\":\"z\",\"entry\":null},{\"path\"",
            )),
        ),
        (
            "a kind that is none",
            sealed(&replaced(body, "\"Integer\"", "\"Complex\"")),
        ),
        (
            "an integer beyond numbers",
            sealed(&replaced(body, "{\"Integer\":7}", "{\"Integer\":1e99}")),
        ),
        (
            "a time beyond times",
            sealed(&replaced(
                body,
                "\"secs_since_epoch\":",
                "\"secs_since_epoch\":99999999999",
            )),
        ),
    ]
    .into_iter()
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .collect();
    // Cut at every byte of the line, and through the body.
    for end in (0..=line_end + 1).chain((line_end + 2..good.len()).step_by(11)) {
        all.push((format!("cut after {end} bytes"), good[..end].to_vec()));
    }
    // Each bit of the line, and some of the body. One in the first word is another program's file,
    // one in the number of the format a newer one.
    for bit in (0..(line_end + 1) * 8).chain(((line_end + 1) * 8..good.len() * 8).step_by(29)) {
        let mut bytes = good.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        all.push((format!("bit {bit} flipped"), bytes));
    }
    all
}

#[test]
fn what_is_damaged_or_foreign_is_never_data_and_is_told_of_once() {
    let folder = Folder::new();
    let cache = folder.cache();
    let whole = reading(4, &FIELDS, 7);
    store(&cache, &whole, &FIELDS, &[]).unwrap();
    let file = folder.file();
    let good = std::fs::read(&file).unwrap();
    let corpus = corpus(&good);
    assert!(corpus.len() > 30);
    for (name, bytes) in corpus {
        assert_ne!(bytes, good, "{name}");
        std::fs::write(&file, &bytes).unwrap();
        let (loaded, warnings) = warnings::during(|| load(&cache, &FIELDS));
        let unusable = loaded.expect_err(&name);
        assert_eq!(warnings.len(), 1, "{name}: {warnings:?}");
        assert!(
            warnings[0].contains(&unusable.to_string()),
            "{name}: {warnings:?}"
        );
        let shown = unusable.to_string();
        assert!(shown.contains(file.to_str().unwrap()), "{name}: {shown}");
        assert!(!matches!(unusable.reason, Reason::Missing), "{name}");
        // The next store heals it, and takes nothing from it.
        if bytes.len() < 500 {
            store(&cache, &whole, &["a"], &[]).unwrap();
            assert_eq!(
                load(&cache, &["a"]).unwrap().part,
                Some(paths(&["a"])),
                "{name}"
            );
        }
    }
}

#[test]
fn each_reason_is_told_from_the_others() {
    let folder = Folder::new();
    let cache = folder.cache();
    store(&cache, &reading(4, &FIELDS, 7), &FIELDS, &[]).unwrap();
    let file = folder.file();
    let good = std::fs::read(&file).unwrap();
    let reason = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        load(&cache, &FIELDS).unwrap_err().reason
    };
    assert!(matches!(reason(b"hello"), Reason::Foreign(_)));
    assert!(matches!(reason(b""), Reason::Damaged(_)));
    assert!(matches!(
        reason(&good[..good.len() - 1]),
        Reason::Damaged(_)
    ));
    assert!(matches!(
        reason(&replaced(&good, " 1 ", " 2 ")),
        Reason::Newer(2)
    ));
    let body = good.splitn(2, |byte| *byte == b'\n').nth(1).unwrap();
    let other = sealed(&replaced(body, "\"acme\"", "\"evil\""));
    let Reason::Foreign(what) = reason(&other) else {
        panic!("it is another tenant's");
    };
    assert_eq!(what, "of tenant `evil` on config.example.com:9090");
}

#[test]
fn a_file_larger_than_any_of_ours_is_not_read() {
    let folder = Folder::new();
    let cache = folder.cache();
    store(&cache, &reading(4, &FIELDS, 7), &FIELDS, &[]).unwrap();
    let huge = std::fs::OpenOptions::new().write(true).open(folder.file());
    huge.unwrap().set_len(file::BYTES_MAX + 1).unwrap(); // with holes: it takes no room
    let unusable = load(&cache, &FIELDS).unwrap_err();
    assert!(
        matches!(unusable.reason, Reason::TooLarge(67_108_865)),
        "{unusable}"
    );
}

#[test]
fn a_folder_or_a_link_is_not_read() {
    let folder = Folder::new();
    let cache = folder.cache();
    store(&cache, &reading(4, &FIELDS, 7), &FIELDS, &[]).unwrap();
    let file = folder.file();
    let elsewhere = folder.path.join("elsewhere");
    std::fs::rename(&file, &elsewhere).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(matches!(
        load(&cache, &FIELDS).unwrap_err().reason,
        Reason::Foreign(_)
    ));
    std::fs::remove_dir(&file).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
        assert!(matches!(
            load(&cache, &FIELDS).unwrap_err().reason,
            Reason::Foreign(_)
        ));
        // A store replaces the link, and not what it leads to.
        let before = std::fs::read(&elsewhere).unwrap();
        store(&cache, &reading(5, &FIELDS, 8), &FIELDS, &[]).unwrap();
        assert_eq!(std::fs::read(&elsewhere).unwrap(), before);
        assert_eq!(load(&cache, &FIELDS).unwrap().version, 5);
    }
}
