//! A start from disk, of a program that reads secrets.

use std::fs;

use decree_runtime::{DecreeConfig, Live, Secret, Started};

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

/// The secret is before the others, and in no file.
#[derive(Debug, Clone, PartialEq, DecreeConfig)]
#[decree(prefix = "pay")]
struct Early {
    #[decree(key = "banner")]
    token: Option<Secret<String>>,
    fee: i64,
    #[decree(default = 0)]
    retries: i64,
}

#[tokio::test(start_paused = true)]
async fn what_is_other_than_on_disk_is_told_and_nothing_else() {
    let disk = Disk::new();
    let server = Weather::Up.server().await;
    let client = disk.client(&server);
    let live: Live<Early> = client.live("acme").await.expect("all is well");
    disk.has_file().await;
    drop(live);
    client.close().await;

    let down = Weather::Down.server().await;
    down.set("acme", "pay.retries", "3").expect("written");
    let client = disk.client(&down);
    let live = builder(&client).or_disk(Disk::AGE);
    let live: Live<Early> = live.await.expect("the copy");
    let mut changes = live.changes();
    Weather::Down.clears(&down);
    let change = changes.next().await.expect("the server is back");
    assert_eq!(change.paths().collect::<Vec<_>>(), ["pay.retries"]);
    assert_eq!(change.old.changed_fields(&change.new), ["pay.retries"]);
    client.close().await;
}
