//! The command line: a server in a box, and a thin layer over the client of decree-runtime.

mod args;
mod commands;
mod connect;
mod failure;
mod program;
mod serve;
mod shown;
mod table;
mod watch;

use std::{future::Future, io};

use clap::Parser as _;

pub(crate) use self::failure::Failure;
use self::{
    args::{Args, Command},
    connect::{Access, connect},
};

pub(crate) fn run() -> Result<(), Failure> {
    let command = Args::parse().resolve()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .map_err(|error| Failure::new(format!("cannot start: {error}")))?
        .block_on(carry_out(command))
}

async fn carry_out(command: Command) -> Result<(), Failure> {
    let mut out = io::stdout();
    match command {
        Command::Serve(serve) => until_told(serve::serve(serve)).await,
        Command::Get { target, path } => {
            let client = connect(&target.connect, Access::Read)?;
            match path {
                Some(path) => commands::get_one(&client, &target.tenant, &path, &mut out).await,
                None => commands::get_all(&client, &target.tenant, &mut out).await,
            }
        }
        Command::Set {
            target,
            path,
            value,
        } => {
            let client = connect(&target.connect, Access::Write)?;
            commands::set(&client, &target.tenant, &path, Some(&value), &mut out).await
        }
        Command::SetNull { target, path } => {
            let client = connect(&target.connect, Access::Write)?;
            commands::set(&client, &target.tenant, &path, None, &mut out).await
        }
        Command::Rollback { target, version } => {
            let client = connect(&target.connect, Access::Write)?;
            commands::rollback(&client, &target.tenant, version, &mut out).await
        }
        Command::Versions { target, limit } => {
            let client = connect(&target.connect, Access::Read)?;
            commands::versions(&client, &target.tenant, limit, &mut out).await
        }
        Command::Watch { target, paths } => {
            let client = connect(&target.connect, Access::Read)?;
            until_told(watch::watch(&client, &target.tenant, &paths, &mut out)).await
        }
    }
}

/// Whoever ends a watch, or a server, has got what they wanted.
async fn until_told(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::select! {
        outcome = work => outcome,
        told = told_to_end() => told.map_err(|error| {
            Failure::new(format!("cannot hear when to end: {error}"))
        }),
    }
}

#[cfg(unix)]
async fn told_to_end() -> io::Result<()> {
    use tokio::signal::{
        ctrl_c,
        unix::{SignalKind, signal},
    };

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        told = ctrl_c() => told,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
