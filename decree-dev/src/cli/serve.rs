//! `serve`: a server until ctrl-c.

use std::io::{self, Write as _};

use decree_dev::DevServer;

use super::{args::Serve, failure::Failure, program};

const DEFAULT_PORT: u16 = 9090;

pub(super) async fn serve(serve: Serve) -> Result<(), Failure> {
    let seeded = !serve.seed.is_empty();
    let mut builder = DevServer::builder()
        .listen(serve.listen)
        .rate_limit(!serve.no_rate_limit);
    for file in serve.seed {
        builder = builder.seed_file(file);
    }
    let server = builder
        .start()
        .await
        .map_err(|error| Failure::new(error.to_string()))?;
    // It serves also when nobody reads this.
    let _unread = io::stdout().write_all(welcome(&server, seeded).as_bytes());
    std::future::pending().await // ctrl-c is heard above, and drops the server
}

/// Where it is, and what to type next.
fn welcome(server: &DevServer, seeded: bool) -> String {
    let Some(addr) = server.addr() else {
        return String::new();
    };
    let mut text = format!("serving at {addr}, in memory; ctrl-c ends it\n");
    let option = if addr.port() == DEFAULT_PORT && addr.ip().is_loopback() {
        String::new()
    } else {
        format!(" --server {addr}")
    };
    let tenants = server.tenants();
    if tenants.is_empty() {
        text.push_str(if seeded {
            "it has no tenant; name one in the `tenant` section of a seed file\n"
        } else {
            "it is empty; start it with --seed FILE to have a tenant\n"
        });
        return text;
    }
    text.push_str("next, in another terminal:\n");
    for tenant in tenants {
        for command in ["get", "watch"] {
            let command = program::command(&format!("{command} {tenant}{option}"));
            text.extend([format!("  {command}\n")]);
        }
    }
    text
}
