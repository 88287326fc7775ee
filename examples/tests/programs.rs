//! Every program runs as a person runs it: as a process, with no server given.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use decree_runtime::{Client, Role};

/// Cargo builds the examples of a package before it runs its tests.
fn program(name: &str) -> Command {
    let test = std::env::current_exe().expect("a path");
    let target = test.ancestors().nth(2).expect("the folder of the build");
    let path: PathBuf = target.join("examples").join(name);
    let mut command = Command::new(path);
    for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with("DECREE_")) {
        command.env_remove(variable);
    }
    command.env_remove("RUST_LOG").env_remove("PORT");
    command
}

#[test]
fn the_small_programs_print_what_they_did() {
    for (name, expected) in [
        ("quickstart", include_str!("expected/quickstart.txt")),
        ("async_client", include_str!("expected/async_client.txt")),
        (
            "blocking_client",
            include_str!("expected/blocking_client.txt"),
        ),
        (
            "error_handling",
            include_str!("expected/error_handling.txt"),
        ),
        (
            "optimistic_concurrency",
            include_str!("expected/optimistic_concurrency.txt"),
        ),
        ("policies", include_str!("expected/policies.txt")),
        ("shapes", include_str!("expected/shapes.txt")),
    ] {
        let output = program(name).output().expect(name);
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert_eq!((&*out, &*err), (expected, ""), "{name}");
        assert!(output.status.success(), "{name}");
    }
}

#[test]
fn a_bad_variable_ends_payments_with_a_plain_line() {
    for (variable, value, line) in [
        (
            "PORT",
            "abc",
            "error: PORT is \"abc\": expected a number from 0 to 65535\n",
        ),
        (
            "DECREE_INSECURE",
            "yes",
            "error: DECREE_INSECURE: expected true or false, found \"yes\"\n",
        ),
    ] {
        let mut payments = program("payments");
        payments.env("PORT", "0").env(variable, value);
        let output = payments.output().expect("payments");
        assert_eq!(String::from_utf8_lossy(&output.stderr), line);
        assert_eq!(output.status.code(), Some(1));
    }
}

/// A program that goes on until the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

fn get(address: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET {target} HTTP/1.0\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn after<'a>(text: &'a str, before: &str, behind: &str) -> &'a str {
    let (_, rest) = text.split_once(before).expect(before);
    rest.split_once(behind).expect(behind).0
}

/// What becomes true within 40 s, which is more than a lost announcement takes.
fn patiently<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    for _ in 0..2_000 {
        if let Some(done) = attempt() {
            return done;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    attempt().expect("it takes too long")
}

#[test]
fn payments_answers_logs_and_says_who_broke_it() {
    let mut payments = program("payments");
    payments.env("PORT", "0");
    payments.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut payments = Running(payments.spawn().expect("payments"));
    let out = BufReader::new(payments.0.stdout.take().expect("piped"));
    let mut log = BufReader::new(payments.0.stderr.take().expect("piped")).lines();
    let said: Vec<_> = out
        .lines()
        .take(5)
        .map(|line| line.expect("text"))
        .collect();
    let server = after(&said[0], "a server of our own is on ", ", in memory");
    let web = after(&said[3], "curl '", "/quote");

    let quote = get(web, "/quote?amount=100");
    assert!(
        quote.starts_with("HTTP/1.0 200") && quote.contains("101.0"),
        "{quote}"
    );
    for amount in ["NaN", "1e400", "-inf", "1e308%30"] {
        let answer = get(web, &format!("/quote?amount={amount}"));
        assert!(answer.starts_with("HTTP/1.0 400"), "{amount}: {answer}");
        assert!(answer.contains("finite number"), "{amount}: {answer}");
    }

    let admin = Client::builder(server).subject("ada").role(Role::Admin);
    let admin = admin.build_blocking().expect("a client");
    admin.set("acme", "payments.fee", 0.02).expect("written");
    let news = log.next().expect("a line").expect("text");
    assert!(
        news.contains("INFO") && news.contains("new settings"),
        "{news}"
    );
    assert!(
        news.contains("version=2") && news.contains("fee=0.02"),
        "{news}"
    );
    assert!(!news.contains('\u{1b}'), "{news:?}");

    admin
        .set_text("acme", "payments.timeout", "-5s")
        .expect("written");
    let ready = patiently(|| {
        let ready = get(web, "/readyz");
        ready.contains(r#""written_by":["ada"]"#).then_some(ready)
    });
    for part in [
        "200 OK",
        r#""written_by":["ada"]"#,
        r#""version":3"#,
        "duration -5s",
    ] {
        assert!(ready.contains(part), "{ready}");
    }
}

#[test]
fn payments_goes_on_when_nobody_reads_what_it_prints() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let mut payments = program("payments");
    payments.env("PORT", address.port().to_string());
    payments.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut payments = Running(payments.spawn().expect("payments"));
    drop(payments.0.stdout.take());
    patiently(|| TcpStream::connect(address).ok());
    let answer = get(&address.to_string(), "/healthz");
    assert!(answer.ends_with("ok"), "{answer}");
}
