//! The server, in a process of its own.

use decree_dev::DevServer;
use decree_tests::itself::serving;

/// What the program is told to be the server.
pub(crate) const SERVE: &str = "serve";

pub(crate) const TENANT: &str = "acme";

const SEED: &str = "
spec_version: v1
schema:
  name: soak
  fields:
    split.left: { type: integer }
    split.right: { type: integer }
tenant: { name: acme }
";

/// Serves until whoever started it is gone.
pub(crate) async fn serve() {
    let server = DevServer::builder().seed_yaml(SEED).rate_limit(false);
    let server = server.start().await.expect("a free port");
    serving(server.addr().expect("it listens")).await;
    server.shutdown().await;
}
