//! What the derive costs when a program is built, beside `serde::Deserialize` on the same structs.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime},
};

const STRUCTS: usize = 100;
const FIELDS: usize = 20;
const ROUNDS: usize = 5;
/// Without any, with none on the fields, with one on each.
const CRATES: [&str; 5] = [
    "plain",
    "serde-bare",
    "decree-bare",
    "serde-attr",
    "decree-attr",
];

pub fn print() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("decree-compile-{}", std::process::id()));
    write(&folder)?;
    println!(
        "\n{STRUCTS} structs of {FIELDS} fields: seconds, least of {ROUNDS}, and what the derive adds beside serde's"
    );
    for (title, command) in [("cargo check", "check"), ("cargo build", "build")] {
        cargo(&folder, command, None)?;
        let mut least = [Duration::MAX; CRATES.len()];
        for _ in 0..ROUNDS {
            for (name, least) in CRATES.iter().zip(&mut least) {
                let source = folder.join(name).join("src/lib.rs");
                fs::File::options()
                    .append(true)
                    .open(source)?
                    .set_modified(SystemTime::now())?;
                let start = Instant::now();
                cargo(&folder, command, Some(name))?;
                *least = start.elapsed().min(*least);
            }
        }
        let seconds = least.map(|least| least.as_secs_f64());
        let added = |of: usize| seconds[of] - seconds[0];
        println!(
            "{title:<12} plain {:.2}  serde {:.2}  decree {:.2}  ratio {:.2}   with an attribute on each: serde {:.2}  decree {:.2}  ratio {:.2}",
            seconds[0],
            seconds[1],
            seconds[2],
            added(2) / added(1),
            seconds[3],
            seconds[4],
            added(4) / added(3)
        );
    }
    fs::remove_dir_all(folder)?;
    Ok(())
}

/// Cargo on the crates, or on one of them.
fn cargo(folder: &Path, command: &str, only: Option<&str>) -> Result<(), Box<dyn Error>> {
    let mut cargo = Command::new("cargo");
    cargo
        .args([command, "-q"])
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0");
    if let Some(name) = only {
        // By its folder: `serde` is also the name of a dependency.
        cargo
            .arg("--manifest-path")
            .arg(Path::new(name).join("Cargo.toml"));
    }
    if !cargo.status()?.success() {
        return Err(format!("cargo {command} fails in {}", folder.display()).into());
    }
    Ok(())
}

fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let members = CRATES.map(|name| format!("{name:?}")).join(", ");
    for name in CRATES {
        fs::create_dir_all(folder.join(name).join("src"))?;
        let dependency = match name.split('-').next() {
            Some("serde") => "serde = { version = \"1\", features = [\"derive\"] }".to_owned(),
            Some("decree") => format!(
                "decree-runtime = {{ path = {:?}, default-features = false, features = [\"derive\"] }}",
                root.join("decree-runtime")
            ),
            _ => String::new(),
        };
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n"
        );
        fs::write(folder.join(name).join("Cargo.toml"), manifest)?;
        fs::write(folder.join(name).join("src/lib.rs"), source(name)?)?;
    }
    let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
    fs::write(folder.join("Cargo.toml"), workspace)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}

/// The structs, as that crate has them.
fn source(name: &str) -> Result<String, std::fmt::Error> {
    const TYPES: [(&str, &str); 5] = [
        ("f64", "0.5"),
        ("u32", "1"),
        ("String", "\"x\""),
        ("bool", "true"),
        ("Option<i64>", "1"),
    ];
    let derive = match name.split('-').next() {
        Some("serde") => "#[derive(serde::Deserialize)]\n",
        Some("decree") => "#[derive(decree_runtime::DecreeConfig)]\n",
        _ => "",
    };
    let mut source = String::new();
    for at in 0..STRUCTS {
        writeln!(source, "{derive}pub struct S{at} {{")?;
        for field in 0..FIELDS {
            let (ty, default) = TYPES[field % TYPES.len()];
            match name {
                "serde-attr" => writeln!(source, "#[serde(rename = \"a.b{field}\", default)]")?,
                "decree-attr" => {
                    writeln!(
                        source,
                        "#[decree(key = \"a.b{field}\", default = {default})]"
                    )?;
                }
                _ => {}
            }
            writeln!(source, "    pub f{field}: {ty},")?;
        }
        writeln!(source, "}}")?;
    }
    Ok(source)
}
