//! The shop of `examples/shop` under load, while its settings change many times a second: no error,
//! no answer that is half of a change, and how long answers take with changes and without.
//!
//! `load [CONNECTIONS [SECONDS]]`, 400 and 30 unless said. The callers are this process; the shop and
//! its settings server have one each. Ends with an error if a bar is missed.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod answer;
mod callers;
mod changes;
mod figures;
mod servers;

use std::{process::ExitCode, time::Duration};

use decree_tests::itself::Itself;
use tokio::{task::JoinSet, time::sleep};

use self::{
    changes::Changes,
    figures::{Figures, Weather},
};

/// With and without changes take turns, so short that what else the machine does meets both.
const TURN: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse().expect("a number");
    let missed = runtime.block_on(async {
        match arguments[..] {
            [servers::SETTINGS] => servers::settings().await,
            [servers::SHOP, settings] => servers::shop(settings).await,
            [] => return load(400, 30).await,
            [connections] => return load(number(connections), 30).await,
            [connections, seconds, ..] => return load(number(connections), number(seconds)).await,
        }
        Vec::new()
    });
    decree_tests::verdict(&missed)
}

/// Runs it all, prints the figures, and returns the bars that were missed.
async fn load(connections: u32, seconds: u32) -> Vec<String> {
    let settings = Itself::start(&[servers::SETTINGS]);
    let shop = Itself::start(&[servers::SHOP, &settings.address]);
    let changes = Changes::new(&settings.address);
    let figures = Figures::default();

    let mut callers = JoinSet::new();
    for nth in 0..connections {
        let (address, figures) = (shop.address.clone(), figures.clone());
        callers.spawn(async move { callers::call(&address, nth, connections, &figures).await });
    }
    for _ in 0..connections / 20 {
        let (address, figures) = (shop.address.clone(), figures.clone());
        callers.spawn(async move { callers::follow(&address, &figures).await });
    }

    sleep(4 * TURN).await; // Until all are connected and warm.
    for _ in 0..seconds {
        figures.turn(Weather::Still);
        sleep(TURN).await;
        figures.turn(Weather::Changing);
        changes.make_for(TURN).await;
    }
    figures.turn(Weather::Over);
    callers.shutdown().await;
    println!(
        "{connections} connections, a tenth of them gRPC; {} more follow events",
        connections / 20
    );
    println!(
        "{} requests and {} changes a second",
        callers::RATE * connections,
        changes.rate()
    );
    println!("{figures}");
    figures.judge()
}
