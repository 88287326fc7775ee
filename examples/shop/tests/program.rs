//! The program as a person runs it, and as an orchestrator stops it.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

#[test]
fn it_says_what_to_type_and_stops_although_somebody_listens() {
    let mut shop = Command::new(env!("CARGO_BIN_EXE_shop"));
    for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with("DECREE_")) {
        shop.env_remove(variable);
    }
    shop.env("PORT", "0").stdout(Stdio::piped());
    let mut shop = shop.spawn().expect("it starts");
    let said = BufReader::new(shop.stdout.take().expect("piped")).lines();
    let said: Vec<_> = said.take(5).map(|line| line.expect("text")).collect();
    let (_, curl) = said[2].split_once("curl -N -H '").expect("a command");
    let (header, url) = curl.split_once("' '").expect("a header and an address");
    let (web, _) = url.split_once('/').expect("a path");

    let mut events = TcpStream::connect(web).expect("it listens");
    let request = format!("GET /api/campaign/events HTTP/1.1\r\nhost: shop\r\n{header}\r\n\r\n");
    events.write_all(request.as_bytes()).expect("sent");
    let mut events = BufReader::new(events);
    let mut line = String::new();
    while !line.starts_with("data: ") {
        line.clear();
        assert_ne!(events.read_line(&mut line).expect("it goes on"), 0);
    }
    assert_eq!(line, "data: {\"text\":\"no campaign\",\"discount\":0}\n");

    let stop = Command::new("kill").arg(shop.id().to_string()).status();
    assert!(stop.expect("kill").success());
    let rest = events.read_to_string(&mut line);
    rest.expect("the stream is closed in order");
    assert!(shop.wait().expect("it ends").success());
}
