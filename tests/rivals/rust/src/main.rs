//! Follows integer fields as our documentation says, and prints what a program sees.
//!
//! ```text
//! agent live|watcher ADDRESS TENANT SUBJECT DEFAULT PATH...
//! ```
//!
//! One JSON line each: `ready` with the version, and whether values are always of one version;
//! `values` whenever they are not those of the line before, `said` for what is logged and for a
//! status that is not well, `got` for each line `get` of stdin. Ends with stdin.

use std::{error::Error, io::Write, sync::Arc, time::Duration};

use decree_runtime::{CallbackGuard, Client, DecreeConfig, Field, Live, Phase, Watcher};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, stdin},
    sync::Notify,
};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

macro_rules! struct_of_integers {
    ($name:ident: $($field:ident)*) => {
        /// The fields of the table. What a struct has is known when it is compiled.
        #[derive(Debug, DecreeConfig)]
        #[decree(prefix = "many")]
        struct $name { $( #[decree(default = -1)] $field: i64, )* }

        impl $name {
            const PATHS: &[&str] = &[$(concat!("many.", stringify!($field))),*];

            fn values(&self) -> Vec<i64> {
                vec![$(self.$field),*]
            }
        }
    };
}

struct_of_integers! { Many: f00 f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 }

/// The two ways to follow a tenant.
enum Followed {
    /// A struct, which is always of one version.
    Struct(Live<Many>),
    /// Fields by their names, each current by itself.
    Fields {
        watcher: Watcher,
        fields: Vec<Field<i64>>,
        news: Arc<Notify>,
        _callbacks: Vec<CallbackGuard>,
    },
}

impl Followed {
    async fn start(args: &[String]) -> Result<Self, Box<dyn Error>> {
        let [way, address, tenant, subject, default, paths @ ..] = args else {
            return Err("usage: agent live|watcher ADDRESS TENANT SUBJECT DEFAULT PATH...".into());
        };
        let client = Client::builder(address).subject(subject).build()?;
        if way == "live" {
            if default != "-1" || paths != Many::PATHS {
                return Err("the struct has other fields".into());
            }
            return Ok(Self::Struct(client.live(tenant).await?));
        }
        let default: i64 = default.parse()?;
        let watcher = client.watch(tenant)?;
        let fields = paths.iter().map(|path| watcher.field(path, default));
        let fields: Vec<Field<i64>> = fields.collect();
        let news = Arc::new(Notify::new());
        let wake = |field: &Field<i64>| {
            let news = Arc::clone(&news);
            field.on_change(move |_| news.notify_one())
        };
        let callbacks = fields.iter().map(wake).collect();
        watcher.start().await?;
        Ok(Self::Fields {
            watcher,
            fields,
            news,
            _callbacks: callbacks,
        })
    }

    async fn news(&mut self) {
        let stopped = match self {
            Self::Struct(live) => live.changed().await.is_err(),
            Self::Fields { news, .. } => {
                news.notified().await;
                false
            }
        };
        if stopped {
            std::future::pending::<()>().await; // nothing comes any more
        }
    }

    fn values(&self) -> Vec<i64> {
        match self {
            Self::Struct(live) => live.with(Many::values),
            Self::Fields { fields, .. } => fields.iter().map(Field::get).collect(),
        }
    }

    fn is_whole(&self) -> bool {
        matches!(self, Self::Struct(_))
    }

    /// What it says of itself when asked, if all is not well.
    fn complaint(&self) -> Option<String> {
        let status = match self {
            Self::Struct(live) => live.status(),
            Self::Fields { watcher, .. } => watcher.status(),
        };
        match &status.trouble {
            Some(trouble) => Some(format!("{:?}: {}", status.phase, trouble.message)),
            None if status.phase == Phase::Following => None,
            None => Some(format!("{:?}", status.phase)),
        }
    }
}

fn say(line: &Value) {
    println!("{line}");
}

/// What is logged, a line at a time.
#[derive(Clone, Copy)]
struct Said;

impl Write for Said {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        let (level, text) = text.split_once(' ').unwrap_or((text, ""));
        say(&json!({ "said": level, "text": text }));
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(|| Said)
        .without_time()
        .with_target(false)
        .with_ansi(false)
        .init();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut followed = Followed::start(&args).await?;
    let version = concat!("decree-runtime ", env!("CARGO_PKG_VERSION"));
    say(&json!({ "ready": version, "whole": followed.is_whole() }));
    let mut shown = Vec::new();
    let mut complained = None;
    let mut pause = tokio::time::interval(PAUSE);
    let mut lines = BufReader::new(stdin()).lines();
    loop {
        tokio::select! {
            () = followed.news() => {}
            _ = pause.tick() => {}
            line = lines.next_line() => match line?.as_deref() {
                Some("get") => say(&json!({ "got": followed.values() })),
                Some(_) => {}
                None => break,
            },
        }
        let values = followed.values();
        if values != shown {
            say(&json!({ "values": values }));
            shown = values;
        }
        let complaint = followed.complaint();
        if complaint != complained {
            if let Some(text) = &complaint {
                say(&json!({ "said": "STATUS", "text": text }));
            }
            complained = complaint;
        }
    }
    say(&json!({ "stopped": true }));
    Ok(())
}
