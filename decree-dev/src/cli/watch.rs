//! `watch`: every change that becomes visible, whatever the server announces of it.
//!
//! The watch of decree-runtime says that there is news: at once after a write, within half a minute
//! after what the server keeps quiet about, and after every interruption. What changed is then
//! read, version by version: events lack rollbacks, may be lost, and do not tell null from nothing.

use std::{collections::BTreeSet, io::Write, time::Duration};

use decree_runtime::{Client, DecreeConfig, Entry, Error, Live, Phase, Reading, Version};

use super::{
    failure::Failure,
    shown::{Schema, field, shown},
    table,
};

/// Fits every version of every tenant.
#[derive(Debug, DecreeConfig)]
struct Anything {}

/// How often to look whether there is trouble to tell of.
const LOOK: Duration = Duration::from_secs(1);

pub(super) async fn watch(
    client: &Client,
    tenant: &str,
    paths: &[String],
    out: &mut impl Write,
) -> Result<(), Failure> {
    let schema = client.schema(tenant).await?;
    for path in paths {
        field(&schema, path)?;
    }
    let mut live: Live<Anything> = client.live(tenant).await?;
    let mut printer = Printer {
        schema,
        paths,
        last: client.read(tenant).await?,
        out,
    };
    eprintln!(
        "watching {tenant} from version {} on; ctrl-c ends it",
        printer.last.version()
    );
    let mut histories = live.status().history_restarts;
    let mut in_trouble = false;
    loop {
        tokio::select! {
            Ok(_) = live.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
        let status = live.status();
        let news = if status.history_restarts != histories {
            client.read(tenant).await.map(|reading| {
                histories = status.history_restarts;
                eprintln!("{tenant} has another history now: it was restored, or made anew");
                vec![(None, reading)]
            })
        } else if status.version > printer.last.version() {
            versions_after(client, tenant, printer.last.version()).await
        } else {
            Ok(Vec::new())
        };
        let trouble = match (news, status.phase) {
            (Err(error), _) => Some(error.to_string()),
            (Ok(news), phase) => {
                for (version, reading) in news {
                    printer.print(version.as_ref(), reading)?;
                }
                let trouble = status.trouble.map(|trouble| trouble.message);
                let behind = || "the server answers with older versions".to_owned();
                (phase != Phase::Following).then(|| trouble.unwrap_or_else(behind))
            }
        };
        tell(trouble.as_deref(), in_trouble);
        in_trouble = trouble.is_some();
    }
}

/// Says when trouble begins and when it is over; in between it is the same trouble.
fn tell(trouble: Option<&str>, before: bool) {
    match trouble {
        Some(trouble) if !before => {
            eprintln!("{trouble}; trying again, and what changes will be shown then");
        }
        None if before => eprintln!("watching again"),
        _ => {}
    }
}

/// Every version after one, oldest first.
async fn versions_after(
    client: &Client,
    tenant: &str,
    last: i32,
) -> Result<Vec<(Option<Version>, Reading)>, Error> {
    let mut versions = client.versions(tenant);
    let mut news = Vec::new();
    while let Some(version) = versions.next().await {
        let version = version?;
        if version.number <= last {
            break;
        }
        let then = client.at_version(tenant, version.number).await?;
        news.push((Some(version), then.read().await?));
    }
    news.reverse();
    Ok(news)
}

struct Printer<'a, W> {
    schema: Schema,
    /// All, if there are none.
    paths: &'a [String],
    last: Reading,
    out: &'a mut W,
}

impl<W: Write> Printer<'_, W> {
    /// What `next` has and the last one has not.
    fn print(&mut self, version: Option<&Version>, next: Reading) -> Result<(), Failure> {
        let by = version.map_or_else(String::new, |version| {
            format!(" by {}", table::one_line(&version.written.by))
        });
        let number = next.version();
        let mut changes = 0;
        let last = self.last.entries();
        // Another history may lack what this one had.
        let paths: BTreeSet<_> = last.chain(next.entries()).map(|(path, _)| path).collect();
        for path in paths {
            let (before, after) = (self.last.entry(path), next.entry(path));
            let wanted = self.paths.is_empty() || self.paths.iter().any(|one| one == path);
            if !wanted || is_same(before, after) {
                continue;
            }
            changes += 1;
            let text = |entry: Option<&Entry>| {
                entry.map_or_else(
                    || "(nothing)".to_owned(),
                    |entry| shown(entry, self.schema.get(path)),
                )
            };
            let (old, new) = (text(before), text(after));
            writeln!(self.out, "version {number}: {path}: {old} -> {new}{by}")?;
        }
        if changes == 0 && self.paths.is_empty() {
            writeln!(self.out, "version {number}: the same values{by}")?;
        }
        self.out.flush()?;
        self.last = next;
        Ok(())
    }
}

/// A secret that changed shows by its checksum only.
fn is_same(before: Option<&Entry>, after: Option<&Entry>) -> bool {
    let content = |entry: &Entry| (entry.checksum().to_owned(), entry.value().cloned());
    before.map(content) == after.map(content)
}
