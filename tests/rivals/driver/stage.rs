//! One scenario with one client, from the start of both to the facts.

use std::{path::Path, time::Duration};

use decree_dev::DevServer;
use decree_tests::rivals::{Facts, History};
use tokio::time::{Instant, sleep};
use tonic::Status;

use crate::{agent::Agent, scenarios::Scenario, wire::Wire};

pub(crate) const TENANT: &str = "acme";
const DEFAULT: i64 = -1;
const FIELDS: usize = 15;

/// How long a client follows quietly before anything happens: the reads that follow a start are over.
const QUIET: Duration = Duration::from_secs(5);

/// When what is still wrong counts as wrong for good. Two looks of a client that looks each half
/// minute would find it.
const LIMIT: Duration = Duration::from_secs(60);

/// How long it has to stay right.
const STAY: Duration = Duration::from_secs(5);

/// How long changes are made for a client that is wrong, to see whether it hears of any: longer than
/// the SDKs need to find out that a connection is dead.
const HEAR: Duration = Duration::from_secs(60);
const BETWEEN_NEWS: Duration = Duration::from_secs(3);

/// From here on, no scenario writes it.
const NEWS: i64 = 1000;

/// How often to look.
const LOOK: Duration = Duration::from_millis(20);

/// A server that follows a scenario, and the client that follows the server.
pub(crate) struct Stage {
    pub(crate) server: DevServer,
    wire: Option<Wire>,
    agent: Agent,
    /// The values of each version, from 1.
    versions: Vec<Vec<Option<i64>>>,
    /// What the server held, in the order in which it held it.
    history: History,
}

/// Plays a scenario to a client; the answer is what the client was built of, and the facts.
pub(crate) async fn play(executable: &Path, scenario: Scenario) -> Result<(String, Facts), String> {
    let mut stage = Stage::open(executable, scenario.has_wire).await?;
    let begin = Instant::now();
    let streams = stage.streams();
    let acted = (scenario.act)(&mut stage).await;
    acted.map_err(|status| status.to_string())?;
    let versions = stage.agent.versions().unwrap_or_default();
    Ok((versions, stage.close(begin, streams).await))
}

impl Stage {
    async fn open(executable: &Path, has_wire: bool) -> Result<Self, String> {
        let server = DevServer::builder().seed_yaml(seed()).start().await;
        let server = server.map_err(|error| error.to_string())?;
        let mut addr = server.addr().expect("it listens");
        let mut wire = None;
        if has_wire {
            let laid = Wire::to(addr).await.map_err(|error| error.to_string())?;
            addr = laid.addr();
            wire = Some(laid);
        }
        let mut args = vec![
            addr.to_string(),
            TENANT.to_owned(),
            "rivals".to_owned(),
            DEFAULT.to_string(),
        ];
        args.extend((0..FIELDS).map(path));
        let first = fields(FIELDS, 1);
        write(&server, &first).map_err(|status| status.to_string())?;
        let mut stage = Self {
            agent: Agent::start(executable, &args).await?,
            server,
            wire,
            versions: Vec::new(),
            history: History::default(),
        };
        stage.hold(vec![Some(1); FIELDS]);
        stage
            .until(LIMIT, |stage| stage.server.subscribers() > 0)
            .await;
        sleep(QUIET).await;
        Ok(stage)
    }

    /// The wire of a scenario that has one.
    pub(crate) fn wire(&self) -> &Wire {
        self.wire.as_ref().expect("the scenario has a wire")
    }

    /// How often the client called `Subscribe` so far.
    pub(crate) fn streams(&self) -> u64 {
        self.server.calls("Subscribe")
    }

    /// Writes a field as one version.
    pub(crate) fn set(&mut self, field: usize, value: i64) -> Result<(), Status> {
        self.server.set(TENANT, &path(field), &value.to_string())?;
        let mut values = self.values();
        values[field] = Some(value);
        self.hold(values);
        Ok(())
    }

    /// Writes the first fields as one version.
    pub(crate) fn set_first(&mut self, count: usize, value: i64) -> Result<(), Status> {
        write(&self.server, &fields(count, value))?;
        let mut values = self.values();
        values[..count].fill(Some(value));
        self.hold(values);
        Ok(())
    }

    /// Writes a field, and beside it a text that is too large for an event.
    pub(crate) fn set_with_a_large_text(&mut self, field: usize, value: i64) -> Result<(), Status> {
        let large = "x".repeat(70 * 1024);
        write(
            &self.server,
            &[
                (path(field), value.to_string()),
                ("many.text".to_owned(), large),
            ],
        )?;
        let mut values = self.values();
        values[field] = Some(value);
        self.hold(values);
        Ok(())
    }

    pub(crate) fn set_null(&mut self, field: usize) -> Result<(), Status> {
        self.server.set_null(TENANT, &path(field))?;
        let mut values = self.values();
        values[field] = None;
        self.hold(values);
        Ok(())
    }

    /// Makes a new version of an old one.
    pub(crate) fn roll_back(&mut self, version: usize) -> Result<(), Status> {
        let number = i32::try_from(version).expect("few versions");
        self.server.rollback(TENANT, number)?;
        self.hold(self.versions[version - 1].clone());
        Ok(())
    }

    /// Forgets the newest version.
    pub(crate) fn lose_version(&mut self) -> Result<(), Status> {
        self.server.lose_versions(TENANT, 1)?;
        self.versions.pop();
        self.history.push(&self.values(), DEFAULT);
        Ok(())
    }

    /// Puts another version in the place of the newest, with another value of this field.
    pub(crate) fn rewrite_version(&mut self, field: usize, value: i64) -> Result<(), Status> {
        let (path, text) = (path(field), value.to_string());
        self.server
            .rewrite_versions(TENANT, &[&[(path.as_str(), text.as_str())]])?;
        self.versions.pop();
        let mut values = self.values();
        values[field] = Some(value);
        self.hold(values);
        Ok(())
    }

    /// Puts another tenant in the place of this one. None of its fields has a value.
    pub(crate) fn replace_tenant(&mut self) -> Result<(), Status> {
        self.server.replace_tenant(TENANT)?;
        self.versions.clear();
        self.hold(vec![None; FIELDS]);
        Ok(())
    }

    /// How many versions were written since the client started.
    pub(crate) fn written(&self) -> usize {
        self.versions.len() - 1
    }

    fn values(&self) -> Vec<Option<i64>> {
        self.versions.last().expect("there is a first").clone()
    }

    fn hold(&mut self, values: Vec<Option<i64>>) {
        self.history.push(&values, DEFAULT);
        self.versions.push(values);
    }

    /// Waits for what nothing announces, but not for ever: a client may never do it.
    pub(crate) async fn until(&self, limit: Duration, holds: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) && start.elapsed() < limit {
            sleep(LOOK).await;
        }
    }

    /// Since when the client shows what the server holds, if it does.
    fn right_since(&self) -> Option<Instant> {
        let (since, view) = self.agent.reading()?;
        (view == self.history.now()).then_some(since)
    }

    /// Writes the last field again and again until the client shows one of these values.
    async fn hears_a_change(&mut self) -> Result<bool, Status> {
        let last = FIELDS - 1;
        let hears = |stage: &Self| {
            let reading = stage.agent.reading();
            reading.is_some_and(|(_, view)| view[last] >= NEWS)
        };
        let start = Instant::now();
        let mut value = NEWS;
        while !hears(self) && start.elapsed() < HEAR {
            self.set(last, value)?;
            value += 1;
            self.until(BETWEEN_NEWS, hears).await;
        }
        Ok(hears(self))
    }

    /// The server is well again: watches the client from here on.
    async fn close(mut self, begin: Instant, streams: u64) -> Facts {
        let well = Instant::now();
        let mut died = None;
        while died.is_none() && well.elapsed() < LIMIT {
            let right = self.right_since();
            if right.is_some_and(|since| since.max(well).elapsed() > STAY) {
                break;
            }
            sleep(LOOK).await;
            died = self.agent.died();
        }
        let answer = self.agent.ask().await;
        let right = self.right_since();
        let wanted = self.history.now();
        let untrue = self.history.judge(&self.agent.readings());
        let subscribes = u32::try_from(self.streams() - streams).unwrap_or(u32::MAX);
        let lasted = begin.elapsed();
        let said = self.agent.said_since(begin);
        let still_hears = match (&answer, right) {
            (Some(_), None) => self.hears_a_change().await.ok(),
            _ => None,
        };
        let facts = Facts {
            wanted,
            answer,
            still_hears,
            right_after: right.map(|since| since.saturating_duration_since(well)),
            untrue,
            is_whole: self.agent.is_whole(),
            lasted,
            subscribes,
            died,
            said: said.iter().map(|(said, _)| *said).max().unwrap_or_default(),
            words: said.into_iter().map(|(_, words)| words).collect(),
        };
        self.agent.stop().await;
        self.server.shutdown().await;
        facts
    }
}

fn path(field: usize) -> String {
    format!("many.f{field:02}")
}

fn fields(count: usize, value: i64) -> Vec<(String, String)> {
    let field = |field| (path(field), value.to_string());
    (0..count).map(field).collect()
}

fn write(server: &DevServer, values: &[(String, String)]) -> Result<(), Status> {
    let values: Vec<_> = values
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    server.set_many(TENANT, &values).map(drop)
}

fn seed() -> String {
    let integer = |field| format!("    {}: {{ type: integer, nullable: true }}\n", path(field));
    let integers: String = (0..FIELDS).map(integer).collect();
    format!(
        "spec_version: v1
schema:
  name: many
  fields:
    many.text: {{ type: string, nullable: true }}
{integers}tenant: {{ name: {TENANT} }}
"
    )
}
