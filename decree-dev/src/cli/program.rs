//! How this program is called, for advice that can be typed as it stands.

use std::{env, path::Path};

/// A command of this program.
pub(super) fn command(rest: &str) -> String {
    let by_cargo = env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == NAME);
    let program = env::args_os().next();
    let program = program.as_deref().map(Path::new).map(Path::display);
    match program {
        Some(program) if !by_cargo => format!("{program} {rest}"),
        // What cargo built is not in the PATH.
        _ => format!("cargo run -q -p {NAME} -- {rest}"),
    }
}

const NAME: &str = env!("CARGO_PKG_NAME");
