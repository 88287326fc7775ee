//! The binary as somebody at a terminal sees it.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

#[cfg(all(feature = "jwt", feature = "tls"))]
mod secure;

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use decree_dev::DevServer;

const SHOP: &str = include_str!("../server/shop.yaml");

fn decree_dev(server: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_decree-dev"));
    for name in ["SUBJECT", "ROLE", "INSECURE", "TOKEN"] {
        command.env_remove(format!("DECREE_{name}"));
    }
    command.env("DECREE_SERVER", server).args(args);
    command
}

fn run(server: &str, args: &[&str]) -> (i32, String) {
    finish(&mut decree_dev(server, args))
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

async fn shop() -> (DevServer, String) {
    let server = DevServer::builder().seed_yaml(SHOP).start().await.unwrap();
    let addr = server.addr().unwrap().to_string();
    (server, addr)
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
    ] {
        assert_eq!(run(&addr, args), (0, printed.to_owned()));
    }
    let (_, versions) = run(&addr, &["versions", "acme"]);
    assert_eq!(versions.lines().count(), 7);
    assert!(
        versions.contains("by decree-dev  what we start with"),
        "{versions}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_get_one_line_that_says_what_to_do() {
    let (_server, addr) = shop().await;
    let says = |what: &str| format!("decree-dev: {addr} {what}\n");
    for (args, message) in [
        (
            &["set", "acme", "cart.rate", "abc"][..],
            "decree-dev: cart.rate: expected a number, found \"abc\"\n".to_owned(),
        ),
        (
            &["set", "acme", "pay.timeout", "30"],
            "decree-dev: pay.timeout: expected a duration like 1m30s, found \"30\"\n".to_owned(),
        ),
        (
            &["set", "acme", "open", "true"],
            says("says: field open is locked"),
        ),
        (
            &["get", "acme", "nope"],
            "decree-dev: nope: not set; `decree-dev get acme` lists what is\n".to_owned(),
        ),
        (
            &["get", "nobody"],
            says("has no tenant \"nobody\"; check the name and the server"),
        ),
        (
            &["--role", "user", "set-null", "acme", "cart.rate"],
            "decree-dev: not allowed: admin or superadmin required; see --role\n".to_owned(),
        ),
        (
            &["rollback", "acme", "0"],
            says("says: target version not found or empty"),
        ),
        (
            &["watch", "nobody"],
            says("has no tenant \"nobody\"; check the name and the server"),
        ),
        (
            &["serve", "--listen", &addr],
            format!(
                "decree-dev: cannot listen at {addr}: the port is in use; stop who has it, or take another (0 is any free one)\n"
            ),
        ),
        (
            &["serve", "--listen", "127.0.0.1:0", "--seed", "nowhere.yaml"],
            "decree-dev: nowhere.yaml: No such file or directory (os error 2)\n".to_owned(),
        ),
    ] {
        let (code, printed) = run(&addr, args);
        let printed = printed.lines().last().unwrap_or_default().to_owned() + "\n";
        assert_eq!((code, printed), (1, message), "{args:?}");
    }
}

#[test]
fn a_tenant_that_is_two_is_a_mistake_in_usage() {
    let (code, printed) = run("localhost:1", &["get", "a,b"]);
    assert_eq!(code, 2);
    assert!(printed.contains("'a,b'") && printed.contains("a name of lower-case letters"));
}

#[test]
fn a_server_that_is_not_there_is_named_with_the_way_to_start_one() {
    assert_eq!(
        run("127.0.0.1:1", &["get", "acme"]),
        (
            1,
            "decree-dev: nothing listens at 127.0.0.1:1; start a server with `decree-dev serve`, or name another with --server\n"
                .to_owned()
        )
    );
}

#[test]
fn serve_says_where_it_is_and_what_to_type_next() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/shop.yaml");
    let mut serve = decree_dev("", &["serve", "--listen", "127.0.0.1:0", "--seed", seed]);
    let mut serve = serve.stdout(Stdio::piped()).spawn().unwrap();
    let lines: Vec<String> = BufReader::new(serve.stdout.take().unwrap())
        .lines()
        .take(4)
        .collect::<Result<_, _>>()
        .unwrap();
    let addr = lines[0]
        .strip_prefix("serving at ")
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    assert_eq!(lines[2], format!("  decree-dev --server {addr} get acme"));
    assert_eq!(
        run(addr, &["get", "acme", "cart.limit"]),
        (0, "40\n".to_owned())
    );
    serve.kill().unwrap();
    serve.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_prints_changes_and_outlives_the_server() {
    let (server, addr) = shop().await;
    let mut watch = decree_dev(&addr, &["watch", "acme", "cart.limit"]);
    let mut watch = watch
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    while server.subscribers() == 0 {
        tokio::task::yield_now().await;
    }
    server
        .set_many("acme", &[("cart.rate", "1"), ("cart.limit", "41")])
        .unwrap();
    let line = lines.next().unwrap().unwrap();
    assert_eq!(line, "version 3: cart.limit: 40 -> 41 by decree-dev");

    server.kill().await;
    server.set("acme", "cart.limit", "42").unwrap();
    server.revive().await.unwrap();
    let line = lines.next().unwrap().unwrap();
    assert_eq!(
        line, "version 4: cart.limit: (nothing) -> 42 by decree-dev",
        "from the replay"
    );
    watch.kill().unwrap();
    watch.wait().unwrap();
}
