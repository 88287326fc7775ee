//! The real server: the one that everybody shares, and one of one's own.

use std::{collections::BTreeMap, process::Command};

/// A variable of `tests/real/server.sh up DIR`, without which nothing here can be tested.
#[must_use]
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `tests/real/server.sh up DIR` and source DIR/env")
    })
}

/// Every value of a tenant, as the command line tool of the server shows it.
#[must_use]
pub fn texts(address: &str, tenant: &str) -> BTreeMap<String, String> {
    let output = Command::new(variable("DECREE_REAL_CLI"))
        .args(["--server", address, "--insecure", "--subject", "root"])
        .args(["--output", "json", "config", "get-all", tenant])
        .output()
        .expect("the tool runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let rows: Vec<[String; 2]> = serde_json::from_str(&said).expect("rows of two");
    // The first is the head of the table.
    rows.into_iter()
        .skip(1)
        .map(|[path, text]| (path, text))
        .collect()
}

/// A server with its own database, that a test may kill. It ends when this is dropped.
#[derive(Debug)]
pub struct Own {
    /// `127.0.0.1` and its port.
    pub address: String,
    dir: String,
}

impl Own {
    /// Starts one. `name` tells it from others; `environment` are variables of the server.
    #[must_use]
    pub fn up(name: &str, environment: &str) -> Self {
        let dir = format!("{}-{name}", variable("DECREE_REAL_DIR"));
        let mut own = Self {
            address: String::new(),
            dir,
        };
        own.run("up", environment);
        own.address = own.last("DECREE_REAL_ADDR");
        own
    }

    /// Starts another process of the server on the same database; the answer is its address.
    #[must_use]
    pub fn second(&self) -> String {
        self.script("add-second");
        self.last("DECREE_REAL_SECOND_ADDR")
    }

    /// Starts a hot standby of the database, which shows what is written `delay` later; the answer
    /// is its address.
    #[must_use]
    pub fn standby(&self, delay: &str) -> String {
        self.script(&format!("add-standby {delay}"));
        self.last("DECREE_REAL_STANDBY_ADDR")
    }

    /// Runs a command of the script on it, such as `stop-server TERM`.
    pub fn script(&self, command: &str) {
        self.run(command, "");
    }

    /// Kills its server and starts it with other variables.
    pub fn restart_with(&self, environment: &str) {
        self.script("stop-server");
        self.run("start-server", environment);
    }

    /// Runs the command line tool of the server as its administrator; false when that fails.
    #[must_use]
    pub fn cli(&self, arguments: &[&str]) -> bool {
        let mut cli = Command::new("timeout");
        cli.args(["5", &variable("DECREE_REAL_CLI")])
            .args(["--server", &self.address, "--insecure", "--subject", "root"])
            .args(arguments);
        let output = cli.output().expect("the tool runs");
        output.status.success()
    }

    /// Stops its server in its tracks: connections stay open, and nothing answers.
    pub fn freeze(&self) {
        let pid = std::fs::read_to_string(format!("{}/server.pid", self.dir)).expect("it runs");
        let pid = pid.split_whitespace().next().expect("a number");
        let mut kill = Command::new("kill");
        let status = kill.args(["-STOP", "--", &format!("-{pid}")]).status();
        assert!(status.expect("kill runs").success(), "{pid}");
    }

    fn last(&self, name: &str) -> String {
        let env = std::fs::read_to_string(format!("{}/env", self.dir)).expect("where it is");
        let mut values = env
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        values.next_back().expect("an address").to_owned()
    }

    fn run(&self, command: &str, environment: &str) {
        let mut words = command.split_whitespace();
        let mut script = Command::new(variable("DECREE_REAL_SCRIPT"));
        script.args(words.next()).arg(&self.dir).args(words);
        if !environment.is_empty() {
            script.env("DECREE_REAL_SERVER_ENV", environment);
        }
        // The same executables, wherever they came from.
        let cli = variable("DECREE_REAL_CLI");
        if let Some(bin) = std::path::Path::new(&cli).parent() {
            script.env("DECREE_REAL_BIN", bin);
        }
        let status = script.status().expect("the script runs");
        assert!(status.success(), "{command}");
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.script("down");
    }
}
