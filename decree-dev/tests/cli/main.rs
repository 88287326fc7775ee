//! The binary as somebody at a terminal sees it.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

#[cfg(all(feature = "jwt", feature = "tls"))]
mod secure;

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use decree_dev::DevServer;
use tokio::time::Instant;

const SHOP: &str = include_str!("../server/shop.yaml");
const PROGRAM: &str = env!("CARGO_BIN_EXE_decree-dev");

/// Longer than anything here takes, and shorter than anybody waits.
const PATIENCE: Duration = Duration::from_secs(60);

fn decree_dev(server: &str, args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    for name in [
        "CARGO_PKG_NAME",
        "DECREE_SUBJECT",
        "DECREE_ROLE",
        "DECREE_TENANT_ID",
        "DECREE_TOKEN",
        "DECREE_INSECURE",
    ] {
        command.env_remove(name);
    }
    command.env("DECREE_SERVER", server).args(args);
    command
}

/// Exit code and everything printed, errors after the rest.
fn finish(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(printed).unwrap(),
    )
}

fn run(server: &str, args: &[&str]) -> (i32, String) {
    finish(&mut decree_dev(server, args))
}

/// A command that does not end by itself; it ends with the test.
struct Running(Child);

impl Running {
    fn start(mut command: Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    fn stdout(&mut self) -> Lines {
        Lines::of(self.0.stdout.take().unwrap())
    }

    fn stderr(&mut self) -> Lines {
        Lines::of(self.0.stderr.take().unwrap())
    }

    fn terminate(&mut self) -> ExitStatus {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        self.0.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// What is printed, line by line, with an end to waiting.
struct Lines(Receiver<String>);

impl Lines {
    fn of(pipe: impl Read + Send + 'static) -> Self {
        let (send, receive) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(pipe).lines().map_while(Result::ok);
            lines.map(|line| send.send(line)).all(|sent| sent.is_ok())
        });
        Self(receive)
    }

    fn next(&self) -> String {
        self.0.recv_timeout(PATIENCE).unwrap()
    }
}

async fn shop() -> (DevServer, String) {
    let server = DevServer::builder().seed_yaml(SHOP).start().await.unwrap();
    let addr = server.addr().unwrap().to_string();
    (server, addr)
}

/// The port is anybody's while the server is down: a connection of another test may have it.
async fn revive(server: &DevServer) {
    let start = Instant::now();
    while let Err(error) = server.revive().await {
        assert!(start.elapsed() < PATIENCE, "{error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_shown_written_and_rolled_back() {
    let (server, addr) = shop().await;
    server.set_null("acme", "cart.rate").unwrap();
    server.set("acme", "pay.pin", "1234").unwrap();
    let all = "\
acme, version 4
cart.limit    40          integer
cart.rate     null        number
pay.currency  EUR         string
pay.pin       [REDACTED]  integer
pay.region    eu          string
pay.timeout   2s          duration
";
    assert_eq!(run(&addr, &["get", "acme"]), (0, all.to_owned()));
    for (args, printed) in [
        (&["get", "acme", "cart.limit"][..], "40\n"),
        (&["get", "acme", "pay.pin"], "[REDACTED]\n"),
        (
            &["set", "acme", "cart.rate", "-0.50"],
            "cart.rate = -0.5 (version 5)\n",
        ),
        (
            &["set-null", "acme", "cart.rate"],
            "cart.rate = null (version 6)\n",
        ),
        (
            &["set", "acme", "cart.banner", "a b"],
            "cart.banner = a b (version 7)\n",
        ),
        (
            &["set", "acme", "pay.pin", "12"],
            "pay.pin = [REDACTED] (version 8)\n",
        ),
    ] {
        assert_eq!(run(&addr, args), (0, printed.to_owned()));
    }
    let (_, versions) = run(&addr, &["versions", "acme"]);
    assert_eq!(versions.lines().count(), 8);
    assert!(
        versions.contains("by decree-dev  what we start with"),
        "{versions}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_get_one_line_that_says_what_to_do() {
    let (_server, addr) = shop().await;
    let fields = "it has cart.banner, cart.limit, cart.rate, large, open, pay.currency, pay.key, \
                  pay.pin, pay.region, pay.timeout";
    let list = |what: &str| format!("`{PROGRAM} {what} acme` lists");
    for (args, message) in [
        (
            &["set", "acme", "cart.rate", "abc"][..],
            "cart.rate: expected a number, found string \"abc\"".to_owned(),
        ),
        (
            &["set", "acme", "pay.timeout", "30"],
            "pay.timeout: expected a duration like 1m30s, found string \"30\"".to_owned(),
        ),
        (
            &["set", "acme", "pay.timeout", "9999999999h"],
            "pay.timeout: expected a duration of at most 292 years, found string \"9999999999h\""
                .to_owned(),
        ),
        (
            &["set", "acme", "open", "true"],
            format!(
                "writing `open` of tenant `acme` on {addr}: FAILED_PRECONDITION: field open is locked; unlock it, or ask who locked it"
            ),
        ),
        (
            &["get", "acme", "cart.rat"],
            format!("the schema has no field \"cart.rat\" (did you mean cart.rate?); {fields}"),
        ),
        (
            &["get", "acme", "cart.rate"],
            format!("cart.rate was never written; {} what was", list("get")),
        ),
        (
            &["set-null", "acme", "no.such"],
            format!("the schema has no field \"no.such\"; {fields}"),
        ),
        (
            &["watch", "acme", "a,b"],
            format!("the schema has no field \"a,b\"; {fields}"),
        ),
        (
            &["set-null", "acme", "cart.rate", "--role", "user"],
            format!(
                "writing `cart.rate` of tenant `acme` on {addr}: PERMISSION_DENIED: admin or superadmin required; the caller needs access to this tenant, and role admin to write; see --role"
            ),
        ),
        (
            &["rollback", "acme", "999999"],
            format!("acme has no version 999999; {} those that there are", list("versions")),
        ),
        (
            &["get", "a,b"],
            "tenant \"a,b\" is neither a name nor an id: use 1 to 63 lower-case letters, digits and inner hyphens, such as `acme`".to_owned(),
        ),
        (
            &["serve", "--listen", &addr],
            format!(
                "cannot listen at {addr}: the port is in use; stop who has it, or take another (0 is any free one)"
            ),
        ),
        (
            &["serve", "--listen", ""],
            "cannot listen at : invalid socket address; write it as host:port, such as 127.0.0.1:9090".to_owned(),
        ),
        (
            &["serve", "--listen", "127.0.0.1:0", "--seed", "nowhere.yaml"],
            "nowhere.yaml: No such file or directory (os error 2)".to_owned(),
        ),
    ] {
        let expected = (1, format!("decree-dev: {message}\n"));
        assert_eq!(run(&addr, args), expected, "{args:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_not_there_is_said_to_be_so_by_name_and_by_id() {
    let (_server, addr) = shop().await;
    let id = "00000000-0000-0000-0000-000000000000";
    for tenant in ["nobody", id] {
        for args in [
            &["get", tenant][..],
            &["get", tenant, "cart.limit"],
            &["set", tenant, "cart.limit", "1"],
            &["set-null", tenant, "cart.limit"],
            &["rollback", tenant, "1"],
            &["versions", tenant],
            &["watch", tenant],
        ] {
            let (code, printed) = run(&addr, args);
            assert_eq!(code, 1, "{args:?}: {printed}");
            let cure = "create the tenant or correct its name";
            assert!(
                printed.contains(tenant) && printed.contains(cure),
                "{args:?}: {printed}"
            );
        }
    }
}

#[test]
fn numbers_that_no_version_has_are_mistakes_in_usage() {
    for version in ["0", "-1"] {
        let (code, printed) = run("localhost:1", &["rollback", "acme", version]);
        assert_eq!(code, 2);
        let message = format!("there is no version {version}; versions count from 1");
        assert!(printed.contains(&message), "{printed}");
    }
}

#[test]
fn an_address_that_is_none_is_explained() {
    for server in [
        "localhost",
        "localhost:abc",
        ":9090",
        "http://127.0.0.1:1/x",
    ] {
        let (code, printed) = run("", &["get", "acme", "--server", server]);
        assert_eq!(code, 1);
        let start = format!("decree-dev: --server {server:?}: it ");
        assert!(printed.starts_with(&start), "{printed}");
        assert!(printed.ends_with("such as localhost:9090\n"), "{printed}");
    }
    let (_, printed) = run("", &["get", "acme", "--server", "http://decree.example:1"]);
    assert!(printed.contains("only with --insecure"), "{printed}");
}

#[test]
fn a_server_that_is_not_there_is_named_with_the_way_to_start_one() {
    let (code, printed) = run("127.0.0.1:1", &["get", "acme"]);
    assert_eq!(code, 1);
    assert!(printed.contains("127.0.0.1:1") && printed.contains("Connection refused"));
    let cure = format!("`{PROGRAM} serve` starts one, --server names another\n");
    assert!(printed.ends_with(&cure), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_versions_are_a_matter_of_the_limit() {
    let (_server, addr) = shop().await;
    let (_, printed) = run(&addr, &["versions", "acme", "--limit", "1"]);
    assert!(printed.starts_with("2 "), "{printed}");
    assert!(
        printed.ends_with("\n… and older ones: --limit shows more than 1\n"),
        "{printed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_read_enough_is_no_mistake() {
    let (_server, addr) = shop().await;
    let mut versions = Running::start(decree_dev(&addr, &["versions", "acme"]));
    drop(versions.0.stdout.take());
    assert_eq!(versions.0.wait().unwrap().code(), Some(0));
    let mut printed = String::new();
    let mut stderr = versions.0.stderr.take().unwrap();
    stderr.read_to_string(&mut printed).unwrap();
    assert_eq!(printed, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_variables_are_unset_and_no_token_is_shown() {
    let (_server, addr) = shop().await;
    let mut command = decree_dev(&addr, &["get", "acme", "cart.limit"]);
    let command = command.env("DECREE_INSECURE", "").env("DECREE_TOKEN", "");
    assert_eq!(finish(command), (0, "40\n".to_owned()));
    for args in [&["get", "acme"][..], &["get", "--help"]] {
        let (_, printed) = finish(decree_dev(&addr, args).env("DECREE_TOKEN", "s3cret"));
        assert!(printed.contains("--token"), "{printed}");
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}

#[test]
fn serve_says_where_it_is_and_what_to_type_next_and_ends_when_told() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/shop.yaml");
    let args = ["serve", "--listen", "127.0.0.1:0", "--seed", seed];
    let mut serve = Running::start(decree_dev("", &args));
    let lines = serve.stdout();
    let first = lines.next();
    let addr = first.strip_prefix("serving at ").unwrap();
    let addr = addr.split(',').next().unwrap();
    assert_eq!(lines.next(), "next, in another terminal:");
    let next = format!("  {PROGRAM} get acme --server {addr}");
    assert_eq!(lines.next(), next);
    assert_eq!(
        run(addr, &["get", "acme", "cart.limit"]),
        (0, "40\n".to_owned())
    );
    assert_eq!(serve.terminate().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_prints_every_change_and_outlives_the_server() {
    let seed = "
spec_version: v1
schema:
  name: shop
  fields:
    limit: { type: integer, default: 40 }
    rate: { type: number, nullable: true }
tenant: { name: acme }
";
    let server = DevServer::builder().seed_yaml(seed).start().await.unwrap();
    let addr = server.addr().unwrap().to_string();
    let watch = |args: &[&str]| {
        let mut watch = Running::start(decree_dev(&addr, args));
        let (out, told) = (watch.stdout(), watch.stderr());
        assert_eq!(
            told.next(),
            "watching acme from version 1 on; ctrl-c ends it"
        );
        (watch, out, told)
    };
    let (mut all, all_out, told) = watch(&["watch", "acme"]);
    let (_some, some_out, _told) = watch(&["watch", "acme", "limit"]);
    let values = [("rate", "1"), ("limit", "41")];
    server.set_many("acme", &values).unwrap();
    for out in [&all_out, &some_out] {
        assert_eq!(out.next(), "version 2: limit: 40 -> 41 by decree-dev");
    }
    assert_eq!(
        all_out.next(),
        "version 2: rate: (nothing) -> 1 by decree-dev"
    );

    server.kill().await;
    let trouble = told.next();
    assert!(
        trouble.contains(&addr)
            && trouble.ends_with("trying again, and what changes will be shown then"),
        "{trouble}"
    );
    server.set_null("acme", "rate").unwrap();
    server.rollback("acme", 1).unwrap();
    server.set("acme", "limit", "40").unwrap();
    revive(&server).await;
    assert_eq!(all_out.next(), "version 3: rate: 1 -> null by decree-dev");
    for out in [&all_out, &some_out] {
        assert_eq!(out.next(), "version 4: limit: 41 -> 40 by decree-dev");
    }
    assert_eq!(all_out.next(), "version 5: the same values by decree-dev");
    assert_eq!(told.next(), "watching again");
    assert_eq!(all.terminate().code(), Some(0));
}
