//! A folder of the cache, and what an earlier process left in it.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use decree_dev::DevServer;
use decree_runtime::{Client, Live};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Pay, support};

/// Gone with it.
pub(crate) struct Disk(TempDir);

impl Disk {
    /// How old the copies are that are fresh.
    pub(crate) const AGE: Duration = Duration::from_secs(3_600);

    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    pub(crate) fn client(&self, server: &DevServer) -> Client {
        let client = support::builder(server).cache_dir(self.0.path());
        client.build().expect("sound options")
    }

    /// A process has run beside a server whose version 1 had this fee, and the server confirmed it
    /// last so long ago.
    pub(crate) async fn holds(&self, fee: i64, age: Duration) {
        let server = support::server().await;
        let set = server.set("acme", "pay.fee", &fee.to_string());
        set.expect("written");
        let client = self.client(&server);
        let live: Live<Pay> = client.live("acme").await.expect("all is well");
        self.has_file().await;
        drop(live);
        client.close().await;

        let confirmed = SystemTime::now() - age;
        let confirmed = confirmed.duration_since(UNIX_EPOCH).expect("after 1970");
        self.edit(|record| {
            record["confirmed"] = json!({
                "secs_since_epoch": confirmed.as_secs(),
                "nanos_since_epoch": 0,
            });
        });
    }

    /// Waits until a version is kept.
    pub(crate) async fn has_file(&self) {
        support::until(|| self.found().is_some()).await;
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.found().expect("a file")
    }

    fn found(&self) -> Option<PathBuf> {
        let files = fs::read_dir(self.0.path()).ok()?.flatten();
        let mut files = files.map(|file| file.path());
        files.find(|file| file.extension().is_some_and(|it| it == "decree"))
    }

    /// Changes what the file says, and its checksum with it.
    pub(crate) fn edit(&self, change: impl FnOnce(&mut Value)) {
        let text = fs::read_to_string(self.file()).expect("a text");
        let (_, body) = text.split_once('\n').expect("two lines");
        let mut record = serde_json::from_str(body).expect("whole");
        change(&mut record);
        let body = record.to_string();
        let checksum = decree_proto::text::checksum(&body);
        let line = format!("decree-cache 1 {} {checksum:0>16}\n", body.len());
        fs::write(self.file(), line + &body).expect("a disk");
    }

    pub(crate) async fn is_damaged(&self) {
        self.holds(5, Self::AGE).await;
        let whole = fs::read(self.file()).expect("a file");
        fs::write(self.file(), &whole[..whole.len() - 1]).expect("a disk");
    }
}
