//! What an application decides about its settings: what to start with, what to accept, whom to tell.
//!
//! Alone it plays every case against a server of its own, and says what each did. With
//! `DECREE_SERVER` set it is an application that follows that server, starting from disk or from
//! defaults when it is away; its copy is in the folder `DECREE_CACHE_DIR`.

mod config;
mod follow;
mod observe;
mod place;
mod start;
mod values;

use std::process::ExitCode;

use decree_examples::{Outcome, report, say};

use crate::place::Place;

#[tokio::main]
async fn main() -> ExitCode {
    report(run().await)
}

async fn run() -> Outcome {
    if std::env::var("DECREE_SERVER").is_ok_and(|address| !address.is_empty()) {
        return follow::run().await;
    }
    let mut place = Place::new().await?;
    say("To begin with");
    start::show(&mut place).await?;
    say("What values may be");
    values::show(&place).await?;
    say("Who is told");
    observe::show(&mut place).await?;
    place.leave().await;
    Ok(())
}
