//! The configuration server: the one that is named, or one of our own.

use std::io::ErrorKind;

use decree_dev::DevServer;

pub(crate) struct Server {
    pub(crate) address: String,
    own: Option<DevServer>,
}

/// Where the command line of decree-dev looks by default.
const USUAL: &str = "127.0.0.1:9090";

pub(crate) async fn find() -> Result<Server, Box<dyn std::error::Error>> {
    if let Ok(address) = std::env::var("DECREE_SERVER") {
        return Ok(Server { address, own: None });
    }
    let free = match std::net::TcpListener::bind(USUAL) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => "127.0.0.1:0",
        _ => USUAL,
    };
    let own = DevServer::builder()
        .listen(free)
        .seed_yaml(include_str!("seed.yaml"))
        .start()
        .await?;
    let address = own.addr().ok_or("the server has no address")?.to_string();
    if free != USUAL {
        println!("{USUAL} is taken;");
    }
    println!("DECREE_SERVER is not set: started a server of our own on {address}, in memory");
    Ok(Server {
        address,
        own: Some(own),
    })
}

impl Server {
    /// The command that changes the fee.
    pub(crate) fn how_to_set(&self, tenant: &str) -> String {
        let server = match self.address.as_str() {
            USUAL | "localhost:9090" => String::new(),
            other => format!(" --server {other}"),
        };
        format!("cargo run -q -p decree-dev -- set {tenant} payments.fee 0.02{server}")
    }

    pub(crate) async fn shutdown(self) {
        if let Some(own) = self.own {
            own.shutdown().await;
        }
    }
}
