//! Structs of a size that nobody writes by hand build, and do what small ones do.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{fmt::Write as _, fs, path::Path};

const FIELDS: usize = 2_000;
const LEVELS: usize = 64;
const TEXT: usize = 1 << 20;

#[test]
fn what_is_large_builds() {
    let mut program = String::from("use decree_runtime::DecreeConfig;\n");
    write(&mut program).expect("room in memory");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large.rs");
    fs::write(&path, program).expect("a folder for tests");
    trybuild::TestCases::new().pass(path);
}

fn write(program: &mut String) -> std::fmt::Result {
    writeln!(program, "#[derive(DecreeConfig)]\nstruct Wide {{")?;
    for at in 0..FIELDS {
        writeln!(program, "    #[decree(default = {at})]\n    f{at}: u32,")?;
        writeln!(program, "    #[decree(skip)]\n    skipped{at}: u8,")?;
    }
    writeln!(program, "}}")?;

    writeln!(
        program,
        "#[derive(DecreeConfig)]\nstruct Level0 {{ end: Option<u8> }}"
    )?;
    for level in 1..=LEVELS {
        let below = level - 1;
        writeln!(
            program,
            "#[derive(DecreeConfig)]\nstruct Level{level} {{ #[decree(nested)] a: Level{below} }}"
        )?;
    }

    let text = "x".repeat(TEXT);
    writeln!(
        program,
        "#[derive(DecreeConfig)]\nstruct Long {{ #[decree(default = \"{text}\")] text: String }}"
    )?;
    writeln!(
        program,
        "fn main() {{
    let fields = Wide::fields();
    assert_eq!(fields.len(), {FIELDS});
    assert!(fields.iter().enumerate().all(|(at, field)| field.path() == format!(\"f{{at}}\")));
    let wide = Wide::defaults().unwrap();
    assert_eq!((wide.f0, wide.f31, wide.f32, wide.f1999), (0, 31, 32, 1999));
    assert_eq!(wide.skipped7, 0);
    assert!(wide.changed_fields(&wide).is_empty());

    let path = \"a.\".repeat({LEVELS}) + \"end\";
    assert_eq!(Level{LEVELS}::fields()[0].path(), path);
    assert!(Level{LEVELS}::defaults().is_ok());

    assert_eq!(Long::defaults().unwrap().text.len(), {TEXT});
}}"
    )
}
