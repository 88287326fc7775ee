//! A server that can be stopped and started, and a folder for what is left on disk.

use std::{error::Error, fs, path::PathBuf};

use decree_dev::DevServer;
use decree_runtime::{Client, Role};

pub(crate) const TENANT: &str = "acme";

pub(crate) struct Place {
    address: String,
    server: Option<DevServer>,
    folder: PathBuf,
}

impl Place {
    pub(crate) async fn new() -> Result<Self, Box<dyn Error>> {
        let mut place = Self {
            address: "127.0.0.1:0".to_owned(),
            server: None,
            folder: std::env::temp_dir().join(format!("policies-{}", std::process::id())),
        };
        place.start_server().await?;
        Ok(place)
    }

    /// It begins anew: what was written before is gone.
    pub(crate) async fn start_server(&mut self) -> Result<(), Box<dyn Error>> {
        let builder = DevServer::builder().listen(&self.address);
        let server = builder.seed_yaml(include_str!("seed.yaml")).start().await?;
        self.address = server.addr().ok_or("it has no address")?.to_string();
        self.server = Some(server);
        Ok(())
    }

    pub(crate) async fn stop_server(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown().await;
        }
    }

    /// A client with a connection of its own, as a program has one.
    pub(crate) fn client(&self) -> Result<Client, decree_runtime::Error> {
        let client = Client::builder(&self.address).subject("policies");
        client.role(Role::Admin).cache_dir(&self.folder).build()
    }

    pub(crate) async fn leave(mut self) {
        self.stop_server().await;
        let _gone = fs::remove_dir_all(&self.folder);
    }
}
