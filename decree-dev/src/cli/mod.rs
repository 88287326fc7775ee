//! The command line.

mod args;
mod client;
mod commands;
mod failure;
mod fields;
mod serve;
mod table;
mod watch;

use std::io;

use clap::Parser as _;

use self::{
    args::{Args, Command},
    client::{Access, Client},
    failure::Failure,
};

pub(crate) fn run() -> Result<(), Failure> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .map_err(|error| Failure::new(format!("cannot start: {error}")))?
        .block_on(async {
            tokio::select! {
                outcome = command(args) => outcome,
                // Whoever ends a watch, or a server, has got what they wanted.
                _ = tokio::signal::ctrl_c() => Ok(()),
            }
        })
}

async fn command(args: Args) -> Result<(), Failure> {
    let connect = args.connect;
    let mut out = io::stdout();
    match args.command {
        Command::Serve(serve) => serve::serve(serve).await,
        Command::Get { tenant, path } => {
            let mut client = Client::connect(&connect, &tenant, Access::Read).await?;
            match path {
                Some(path) => commands::get_one(&mut client, &path, &mut out).await,
                None => commands::get_all(&mut client, &mut out).await,
            }
        }
        Command::Set {
            tenant,
            path,
            value,
        } => {
            let mut client = Client::connect(&connect, &tenant, Access::Write).await?;
            commands::set(&mut client, &path, Some(&value), &mut out).await
        }
        Command::SetNull { tenant, path } => {
            let mut client = Client::connect(&connect, &tenant, Access::Write).await?;
            commands::set(&mut client, &path, None, &mut out).await
        }
        Command::Rollback { tenant, version } => {
            let mut client = Client::connect(&connect, &tenant, Access::Write).await?;
            commands::rollback(&mut client, version, &mut out).await
        }
        Command::Versions { tenant } => {
            let mut client = Client::connect(&connect, &tenant, Access::Read).await?;
            commands::versions(&mut client, &mut out).await
        }
        Command::Watch { tenant, paths } => {
            let client = Client::connect(&connect, &tenant, Access::Read).await?;
            watch::watch(client, paths, &mut out).await
        }
    }
}
