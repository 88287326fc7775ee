//! `watch`: every change as it happens, and again after every interruption.

use std::{io::Write, time::Duration};

use decree_proto::{
    text,
    v1::{ConfigChange, SubscribeRequest, TypedValue},
};
use tokio::time::Instant;
use tonic::{Code, Status, Streaming};

use super::{client::Client, failure::Failure, table};

const SHORTEST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A stream that lived this long was a good one; before that, waiting gets longer.
const GOOD_LIFE: Duration = Duration::from_secs(10);

pub(super) async fn watch(
    mut client: Client,
    paths: Vec<String>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut seen = None;
    let mut wait = SHORTEST_WAIT;
    eprintln!(
        "watching {} at {}; ctrl-c ends it",
        client.tenant, client.server
    );
    loop {
        let request = SubscribeRequest {
            tenant_id: client.tenant.clone(),
            field_paths: paths.clone(),
            start_version: seen.map(|version: i32| version.saturating_add(1)),
        };
        let start = Instant::now();
        // No answer comes before the first change, so there is nothing to say until then.
        let end = match client.config.subscribe(request).await {
            Ok(stream) => follow(stream.into_inner(), &mut seen, out).await?,
            Err(status) => Some(status),
        };
        if let Some(status) = end.as_ref().filter(|status| is_hopeless(status)) {
            return Err(client.failed(status));
        }
        if start.elapsed() >= GOOD_LIFE {
            wait = SHORTEST_WAIT;
        }
        report(&client, end.as_ref(), seen, wait);
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Prints a stream until it ends: with an error, or without one.
async fn follow(
    mut stream: Streaming<decree_proto::v1::SubscribeResponse>,
    seen: &mut Option<i32>,
    out: &mut impl Write,
) -> Result<Option<Status>, Failure> {
    loop {
        match stream.message().await {
            Ok(Some(message)) => {
                let change = message.change.unwrap_or_default();
                *seen = Some(seen.unwrap_or(0).max(change.version));
                print(&change, out)?;
            }
            Ok(None) => return Ok(None),
            Err(status) => return Ok(Some(status)),
        }
    }
}

fn print(change: &ConfigChange, out: &mut impl Write) -> Result<(), Failure> {
    let ConfigChange {
        version,
        field_path: path,
        changed_by: by,
        ..
    } = change;
    let (old, new) = (
        shown(change.old_value.as_ref()),
        shown(change.new_value.as_ref()),
    );
    writeln!(
        out,
        "version {version}: {path}: {old} -> {new} by {}",
        table::one_line(by)
    )?;
    out.flush()?;
    Ok(())
}

fn shown(value: Option<&TypedValue>) -> String {
    let text = value.and_then(text::canonical);
    text.map_or_else(|| "(nothing)".to_owned(), |text| table::one_line(&text))
}

fn report(client: &Client, end: Option<&Status>, seen: Option<i32>, wait: Duration) {
    let why = match end {
        Some(status) => client.failed(status).to_string(),
        None => "the server ended the stream".to_owned(),
    };
    let gap = match seen {
        Some(version) if end.is_some() => format!(" (changes of version {version} may be missing)"),
        _ => String::new(),
    };
    eprintln!("{why}{gap}; again in {:.1} s", wait.as_secs_f64());
}

/// Refusals that the same request will meet for ever.
fn is_hopeless(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unauthenticated
            | Code::PermissionDenied
            | Code::InvalidArgument
            | Code::NotFound
            | Code::Unimplemented
    )
}
