//! What the settings of one request cost: a layer that puts them in, an extractor that takes them
//! out.

mod bare;
mod routed;

use std::{
    error::Error,
    future::Future,
    hint::black_box,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use decree_runtime::Live;
use dynamic_config::dynamic_config;
use dynamic_config_axum::{ConfigSections, SnapshotLayer as RivalLayer};
use http::Request;
use serde::Deserialize;
use tower_service::Service;

use crate::{
    counted,
    read::{self, Reader},
};

/// So few that a round is over before the scheduler gives its core to another program.
const REQUESTS: u64 = 5_000;
const ROUNDS: usize = 600;

#[dynamic_config]
#[derive(Debug, Deserialize)]
pub struct Settings {
    pub fee: f64,
    pub limit: u64,
}

/// The same settings, in the hands of each.
struct Held {
    shared: Arc<Settings>,
    live: Live<Settings>,
}

impl Held {
    fn new() -> Self {
        let settings = || Settings {
            fee: 0.01,
            limit: 7,
        };
        Self {
            shared: Arc::new(settings()),
            live: Live::fixed(settings()),
        }
    }
}

/// The rival's settings are a static of the process, read from a file.
fn rival() -> Result<RivalLayer, Box<dyn Error>> {
    let file = std::env::temp_dir().join(format!("decree-benches-{}.json", std::process::id()));
    std::fs::write(&file, r#"{"settings": {"fee": 0.01, "limit": 7}}"#)?;
    let built = Settings::builder("settings").file(file.to_string_lossy().into_owned());
    built.init()?;
    std::fs::remove_file(file)?;
    let sections: ConfigSections = dynamic_config_web_core::sections![Settings];
    Ok(RivalLayer::new(sections))
}

/// The cases of one group; the first is empty, the second axum's own.
pub fn group(name: &str) -> Result<Vec<(&'static str, Reader)>, Box<dyn Error>> {
    let rival = rival()?;
    Ok(match name {
        "bare" => bare::all(Held::new(), rival),
        _ => routed::all(Held::new(), rival),
    })
}

pub fn print() -> Result<(), Box<dyn Error>> {
    for (name, title) in [
        (
            "bare",
            "one request of a bare service, the empty one subtracted",
        ),
        (
            "routed",
            "one request of an axum router with 20 routes, as a whole",
        ),
    ] {
        let cases = group(name)?;
        let empty = f64::from(name == "bare");
        let one = read::best(&cases, 1, ROUNDS, REQUESTS);
        let two = read::best(&cases, 2, ROUNDS, REQUESTS);
        println!("\n{title}: ratios to axum's Extension<Arc<T>>");
        println!(
            "{:<28} {:>12} {:>7} {:>12} {:>7} {:>13} {:>7} {:>7}",
            "", "1 thread", "ratio", "2 threads", "ratio", "instructions", "ratio", "allocs"
        );
        let counts = counted::all(name, cases.len());
        for (at, (case, _)) in cases.iter().enumerate() {
            let own = |of: &[f64], at: usize| of[at] - empty * of[0];
            let ratio = |of: &[f64]| own(of, at) / own(of, 1);
            print!(
                "{case:<28} {:>9.1} ns {:>6.2}x {:>9.1} ns {:>6.2}x",
                own(&one, at),
                ratio(&one),
                own(&two, at),
                ratio(&two),
            );
            match &counts {
                Ok((instructions, allocations)) => println!(
                    " {:>13.0} {:>6.2}x {:>7.1}",
                    own(instructions, at),
                    ratio(instructions),
                    own(allocations, at),
                ),
                Err(why) => println!(" not counted: {why}"),
            }
        }
    }
    Ok(())
}

/// Calls a service `times` times, each with a fresh request.
fn called<S, B>(service: S) -> Reader
where
    S: Service<Request<B>> + Clone + Sync + 'static,
    B: Default,
{
    Box::new(move |times| {
        let mut service = service.clone();
        for _ in 0..times {
            let request = Request::new(B::default());
            black_box(at_once(service.call(request)).is_ok());
        }
    })
}

/// Nothing here waits for anything.
fn at_once<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}
