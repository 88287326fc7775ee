//! A start from disk, of a program that reads secrets.

use std::fs;

use decree_runtime::{Live, Started};

use crate::{Locked, Weather, builder, disk::Disk};

#[tokio::test(start_paused = true)]
async fn a_secret_is_not_there_after_a_start_from_disk() {
    let disk = Disk::new();
    let server = Weather::Up.server().await;
    server
        .set("acme", "pay.banner", "hunter2")
        .expect("written");
    let client = disk.client(&server);
    let live: Live<Locked> = client.live("acme").await.expect("all is well");
    let token = live.load().token.clone().expect("the server has one");
    assert_eq!(token.expose(), "hunter2");
    disk.has_file().await;
    drop(live);
    client.close().await;
    let kept = fs::read_to_string(disk.file()).expect("a file");
    assert!(
        kept.contains("pay.fee") && !kept.contains("hunter2"),
        "{kept}"
    );

    let down = Weather::Down.server().await;
    let live = builder(&disk.client(&down)).or_disk(Disk::AGE);
    let live: Live<Locked> = live.await.expect("the copy");
    assert!(matches!(
        live.started(),
        Started::FromDisk { version: 2, .. }
    ));
    assert_eq!((live.load().fee, &live.load().token), (1, &None));
}
