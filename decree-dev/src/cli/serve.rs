//! `serve`: a server until ctrl-c.

use decree_dev::DevServer;

use super::{args::Serve, failure::Failure};

const DEFAULT_PORT: u16 = 9090;

pub(super) async fn serve(serve: Serve) -> Result<(), Failure> {
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
    print!("{}", welcome(&server));
    std::future::pending().await // ctrl-c is heard above, and drops the server
}

/// Where it is, and what to type next.
fn welcome(server: &DevServer) -> String {
    let Some(addr) = server.addr() else {
        return String::new();
    };
    let mut text = format!("serving at {addr}, in memory; ctrl-c ends it\n");
    let option = if addr.port() == DEFAULT_PORT && addr.ip().is_loopback() {
        String::new()
    } else {
        format!("--server {addr} ")
    };
    let tenants = server.tenants();
    match tenants.first() {
        Some(tenant) => {
            text.push_str("next, in another terminal:\n");
            for command in [format!("get {tenant}"), format!("watch {tenant}")] {
                text.extend([format!("  decree-dev {option}{command}\n")]);
            }
        }
        None => text.push_str("it is empty; start it with --seed FILE to have a tenant\n"),
    }
    text
}
