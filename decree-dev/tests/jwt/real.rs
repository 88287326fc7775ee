//! The real server, told to check tokens. It is one of its own, because it does only that.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use super::{AUDIENCE, ISSUER};

pub(crate) struct Server {
    pub(crate) address: String,
    dir: TempDir,
}

impl Server {
    pub(crate) fn start(jwks: &str) -> Self {
        let mut server = Self {
            address: String::new(),
            dir: TempDir::new().unwrap(),
        };
        let variables = format!(
            "RATE_LIMIT_ENABLED=false JWT_JWKS_URL={jwks} JWT_ISSUER={ISSUER} JWT_AUDIENCE={AUDIENCE}"
        );
        let mut up = server.script("up");
        up.env("DECREE_REAL_SERVER_ENV", variables);
        assert!(up.status().unwrap().success());
        let env = std::fs::read_to_string(server.dir.path().join("env")).unwrap();
        let mut lines = env.lines();
        let address = lines.find_map(|line| line.strip_prefix("DECREE_REAL_ADDR="));
        address.unwrap().clone_into(&mut server.address);
        server
    }

    fn script(&self, what: &str) -> Command {
        let variable = |name| std::env::var(name).unwrap(); // see tests/real/README.md
        let mut command = Command::new(variable("DECREE_REAL_SCRIPT"));
        let client = variable("DECREE_REAL_CLI");
        command.env("DECREE_REAL_BIN", Path::new(&client).parent().unwrap());
        command.arg(what).arg(self.dir.path());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.script("down").status().ok();
    }
}
