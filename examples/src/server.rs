//! The configuration server: the one that is named, or one of our own.

use std::{error::Error, io::ErrorKind, net::TcpListener};

use decree_dev::DevServer;
use decree_runtime::{Client, ClientBuilder, Role};

/// Where the command line of decree-dev looks if nothing is said.
const USUAL: &str = "127.0.0.1:9090";

/// The server that `DECREE_SERVER` names, or one in this process, in memory, with a seed.
#[derive(Debug)]
pub struct Server {
    address: String,
    own: Option<DevServer>,
}

impl Server {
    /// Starts a server on a free port if none is named.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub async fn find(seed: &str) -> Result<Self, Box<dyn Error>> {
        Self::find_at("127.0.0.1:0", seed).await
    }

    /// The same, where the command line finds it, and says so.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub async fn find_for_people(seed: &str) -> Result<Self, Box<dyn Error>> {
        let (found, why) = match Self::find_at(USUAL, seed).await {
            Ok(found) => (found, "DECREE_SERVER is not set: ".to_owned()),
            Err(_) if is_taken(USUAL) => {
                let found = Self::find_at("127.0.0.1:0", seed).await?;
                (found, format!("{USUAL} is taken, so "))
            }
            Err(error) => return Err(error),
        };
        if found.own.is_some() {
            let address = &found.address;
            crate::say(format!(
                "{why}a server of our own is on {address}, in memory"
            ));
        }
        Ok(found)
    }

    async fn find_at(listen: &str, seed: &str) -> Result<Self, Box<dyn Error>> {
        if let Some(address) = variable("DECREE_SERVER") {
            return Ok(Self { address, own: None });
        }
        let builder = DevServer::builder().listen(listen).seed_yaml(seed);
        let own = builder.start().await?;
        let address = own.addr().ok_or("the server has no address")?.to_string();
        let own = Some(own);
        Ok(Self { address, own })
    }

    /// A client of it, as the variables `DECREE_*` say; `subject` is who asks if they do not.
    ///
    /// # Errors
    ///
    /// A variable has a value that can never work.
    pub fn client(&self, subject: &str) -> Result<ClientBuilder, decree_runtime::Error> {
        let named = ClientBuilder::from_env()?;
        Ok(if self.own.is_some() {
            Client::builder(&self.address).subject(subject)
        } else if variable("DECREE_SUBJECT").is_none() {
            named.subject(subject)
        } else {
            named
        })
    }

    /// The same for a caller that also writes.
    ///
    /// # Errors
    ///
    /// As [`client`](Self::client).
    pub fn admin(&self, subject: &str) -> Result<ClientBuilder, decree_runtime::Error> {
        let client = self.client(subject)?;
        Ok(match variable("DECREE_ROLE") {
            Some(_) if self.own.is_none() => client,
            _ => client.role(Role::Admin),
        })
    }

    /// What to tell the command line of decree-dev so that it finds this server.
    #[must_use]
    pub fn as_option(&self) -> String {
        match self.address.as_str() {
            USUAL | "localhost:9090" => String::new(),
            other => format!(" --server {other}"),
        }
    }

    /// Ends the server if it is our own.
    pub async fn shutdown(self) {
        if let Some(own) = self.own {
            own.shutdown().await;
        }
    }
}

fn is_taken(address: &str) -> bool {
    let bound = TcpListener::bind(address);
    bound.is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
}

/// The tenant: the first that `DECREE_TENANT_ID` names, or `usual`.
#[must_use]
pub fn tenant(usual: &str) -> String {
    let named = variable("DECREE_TENANT_ID").unwrap_or_else(|| usual.to_owned());
    named.split(',').next().unwrap_or(usual).trim().to_owned()
}

/// An empty variable is an unset one.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
