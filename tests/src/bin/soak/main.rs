//! A watch under updates at full speed, for long: nothing that readers see is torn or goes back, and
//! the process that watches grows in nothing.
//!
//! `soak [UPDATES]`, a million unless said. The server is a process of its own, because it keeps
//! every version and grows with them. Ends with an error if a bar is missed.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod level;
mod load;
mod server;

use std::process::ExitCode;

use decree_tests::itself::Itself;

use self::{
    level::{Level, Levels},
    load::Load,
};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some(server::SERVE) {
        runtime.block_on(server::serve());
        return ExitCode::SUCCESS;
    }
    let updates = argument.map_or(1_000_000, |text| text.parse().expect("a number of updates"));
    let missed = runtime.block_on(soak(updates));
    decree_tests::verdict(&missed)
}

/// Runs it all, prints the figures, and returns the bars that were missed.
async fn soak(updates: u64) -> Vec<String> {
    let server = Itself::start(&[server::SERVE]);
    let load = Load::start(&server.address, updates).await;
    let reading = load.time_a_read().await;
    let mut levels = Levels::new(Level::at_rest().await);
    let figures = load.run(&mut levels).await;
    let reading_after = load.time_a_read().await;

    println!("{figures}");
    println!("a whole read: {reading:.1?} at first, {reading_after:.1?} at the end");
    println!(
        "server: {:.0} MiB at the end",
        level::mib(level::memory(&server.id().to_string()))
    );
    let mut missed = levels.judge().await;
    missed.extend(figures.judge());
    if reading_after > reading * 5 + std::time::Duration::from_millis(1) {
        missed.push("a whole read takes the longer the more versions there are".to_owned());
    }
    missed
}
