//! What the programs in the folder above share: where their server is, how they print and stop.

mod server;
mod web;

use std::{
    error::Error,
    fmt::{Display, Write as _},
    io::Write as _,
    process::ExitCode,
};

pub use self::{
    server::{Server, tenant},
    web::{listen, log, stop_signal},
};

/// Why a program ends.
pub type Outcome = Result<(), Box<dyn Error>>;

/// Prints a line. When nobody reads any more, as behind `| head -1`, the program goes on.
pub fn say(line: impl Display) {
    let _gone = writeln!(std::io::stdout().lock(), "{line}");
}

/// Ends a program: an error is printed with its causes, and makes the exit code 1.
#[must_use]
pub fn report(outcome: Outcome) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    let _gone = writeln!(std::io::stderr().lock(), "error: {}", explained(&*error));
    ExitCode::FAILURE
}

/// The error, and under it each cause that it does not name already.
fn explained(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            let _infallible = write!(text, "\n  caused by: {}", reason.replace('\n', "\n  "));
        }
        cause = error.source();
    }
    text
}
