//! `decree-dev`: a server in a box, and the few commands one needs to talk to any server.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(()) | Err(cli::Failure::Unread) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("decree-dev: {failure}");
            ExitCode::FAILURE
        }
    }
}
