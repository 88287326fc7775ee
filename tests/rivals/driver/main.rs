//! Plays the same faults to several clients, each on a server of its own, and writes what they
//! showed as a table, or fails where they do not show what we promise. `tests/rivals/run.sh` builds
//! the clients and starts this.
//!
//! ```text
//! rivals --table FILE|--promises CLIENT=EXECUTABLE... [--note TEXT]... [--only SCENARIO]
//! ```

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod agent;
mod scenarios;
mod stage;
mod wire;

use std::{fmt::Write, path::PathBuf, process::ExitCode, sync::Arc};

use decree_tests::rivals::{Client, Facts, Row, table};
use scenarios::Scenario;
use tokio::{sync::Semaphore, task::JoinSet};

/// How many clients play at a time: more, and the slowest machine would tell of itself instead.
const AT_A_TIME: usize = 32;

#[derive(Default)]
struct Args {
    /// Where the table goes.
    table: Option<PathBuf>,
    /// Whether the clients are ours, and have to show what we promise.
    promises: bool,
    clients: Vec<(String, PathBuf)>,
    notes: Vec<String>,
    only: Option<String>,
}

fn args() -> Result<Args, String> {
    let mut words = std::env::args().skip(1);
    let mut args = Args::default();
    while let Some(word) = words.next() {
        let mut next = || words.next().ok_or(format!("nothing follows {word}"));
        match (word.as_str(), word.split_once('=')) {
            ("--table", _) => args.table = Some(next()?.into()),
            ("--promises", _) => args.promises = true,
            ("--note", _) => args.notes.push(next()?),
            ("--only", _) => args.only = Some(next()?),
            (_, Some((name, executable))) => {
                args.clients.push((name.to_owned(), executable.into()));
            }
            (other, None) => return Err(format!("{other} is not CLIENT=EXECUTABLE")),
        }
    }
    Ok(args)
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let args = args()?;
    let is_wanted = |scenario: &Scenario| match &args.only {
        Some(only) => scenario.name.contains(only.as_str()),
        None => true,
    };
    let scenarios: Vec<_> = scenarios::all().into_iter().filter(is_wanted).collect();
    if scenarios.is_empty() {
        return Err("there is no such scenario".to_owned());
    }
    let (clients, rows) = play_all(&args.clients, &scenarios).await;
    if let Some(file) = &args.table {
        let text = page(&clients, &rows, &args.notes);
        std::fs::write(file, text).map_err(|error| error.to_string())?;
    }
    if rows.iter().flat_map(|row| &row.facts).any(Result::is_err) {
        return Err("not everything was played".to_owned());
    }
    let broken = broken(&clients, &rows, &scenarios);
    if args.promises && !broken.is_empty() {
        return Err(format!(
            "{} promises broken:\n{}",
            broken.len(),
            broken.join("\n")
        ));
    }
    Ok(())
}

/// Who did not show what we promise, and where.
fn broken(clients: &[Client], rows: &[Row], scenarios: &[Scenario]) -> Vec<String> {
    let mut broken = Vec::new();
    for (row, scenario) in rows.iter().zip(scenarios) {
        for (client, facts) in clients.iter().zip(&row.facts) {
            let why = facts
                .as_ref()
                .ok()
                .and_then(|facts| scenario.promise.broken(facts));
            broken.extend(why.map(|why| format!("{} | {} | {why}", row.name, client.name)));
        }
    }
    broken
}

type Played = Result<(String, Facts), String>;

async fn play_all(agents: &[(String, PathBuf)], scenarios: &[Scenario]) -> (Vec<Client>, Vec<Row>) {
    let turns = Arc::new(Semaphore::new(AT_A_TIME));
    let mut plays = JoinSet::new();
    for (row, scenario) in scenarios.iter().enumerate() {
        for (column, (name, executable)) in agents.iter().enumerate() {
            let (turns, scenario) = (Arc::clone(&turns), *scenario);
            let (name, executable) = (name.clone(), executable.clone());
            plays.spawn(async move {
                let _turn = turns.acquire().await.expect("never closed");
                let played = stage::play(&executable, scenario).await;
                match &played {
                    Ok((_, facts)) => println!("{} | {name} | {facts}", scenario.name),
                    Err(why) => println!("{} | {name} | NOT PLAYED: {why}", scenario.name),
                }
                (row, column, played)
            });
        }
    }
    let mut played: Vec<(usize, usize, Played)> = plays.join_all().await;
    played.sort_by_key(|(row, column, _)| (*row, *column));
    let versions = |wanted: usize| {
        let of_client = |(_, column, played): &(usize, usize, Played)| {
            let (versions, _) = played.as_ref().ok()?;
            (*column == wanted).then(|| versions.clone())
        };
        played.iter().find_map(of_client).unwrap_or_default()
    };
    let client = |(column, (name, _)): (usize, &(String, PathBuf))| Client {
        name: name.clone(),
        versions: versions(column),
    };
    let clients = agents.iter().enumerate().map(client).collect();
    let mut rows: Vec<Row> = scenarios
        .iter()
        .map(|scenario| Row {
            name: scenario.name.to_owned(),
            steps: scenario.steps.to_owned(),
            facts: Vec::new(),
        })
        .collect();
    for (row, _, played) in played {
        rows[row].facts.push(played.map(|(_, facts)| facts));
    }
    (clients, rows)
}

fn page(clients: &[Client], rows: &[Row], notes: &[String]) -> String {
    let mut text = String::from(include_str!("head.md"));
    for client in clients {
        let _ = writeln!(text, "- {}: {}", client.name, client.versions); // a String takes everything
    }
    for note in notes {
        let _ = writeln!(text, "- {note}");
    }
    let _ = writeln!(text, "\n{}\n## Step by step\n", table(clients, rows));
    for row in rows {
        let _ = writeln!(text, "- **{}**: {}", row.name, row.steps);
    }
    text
}
