//! No reader ever sees half of a change: the two halves of every version sum to 100.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use decree_proto::v1::typed_value::Kind;
use decree_runtime::{DecreeConfig, Live};

use crate::scenario::Server;

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "split")]
struct Split {
    #[decree(default = 50)]
    left: i64,
    #[decree(default = 50)]
    right: i64,
}

const FIELDS: &str = "
  split.left: { type: integer }
  split.right: { type: integer }
";

/// What readers saw.
#[derive(Debug, Default, Clone, Copy)]
pub struct Seen {
    /// How often the two halves were read.
    pub reads: u64,
    /// How many versions one reader told apart.
    pub versions: u64,
}

/// Writes both halves in one version again and again while two threads read them as fast as they
/// can, until each of them saw `versions`.
pub async fn read_while_writing(server: &impl Server, tenant: &str, versions: u64) -> Seen {
    let admin = server.admin();
    admin
        .create(tenant, FIELDS)
        .await
        .expect("the tenant is created");
    let client = server
        .client()
        .subject("torn")
        .build()
        .expect("sound options");
    let live: Live<Split> = client.live(tenant).await.expect("the tenant is readable");

    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| read(&live.clone(), &stop)))
            .collect();
        let write = async {
            let mut follower = live.clone();
            for round in 1.. {
                let left = i64::try_from(round % 101).unwrap_or_default();
                let halves = [
                    ("split.left".to_owned(), Kind::IntegerValue(left)),
                    ("split.right".to_owned(), Kind::IntegerValue(100 - left)),
                ];
                let version = admin
                    .set_many(tenant, halves.into())
                    .await
                    .expect("written");
                while follower.version() < version {
                    let news = tokio::time::timeout(Duration::from_secs(60), follower.changed());
                    news.await
                        .expect("the change arrives")
                        .expect("the watch goes on");
                }
                if round >= versions {
                    break;
                }
            }
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(write));
        stop.store(true, Ordering::Relaxed);
        let seen = readers
            .into_iter()
            .map(|reader| reader.join().expect("no violation"));
        seen.fold(Seen::default(), |all, one| Seen {
            reads: all.reads + one.reads,
            versions: all.versions.max(one.versions),
        })
    })
}

fn read(live: &Live<Split>, stop: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    let mut last = -1;
    while !stop.load(Ordering::Relaxed) {
        let split = live.load();
        assert_eq!(split.left + split.right, 100, "torn: {split:?}");
        let sum = live.with(|split| split.left + split.right);
        assert_eq!(sum, 100, "torn");
        assert!(
            split.version() >= last,
            "back from {last} to {}",
            split.version()
        );
        seen.versions += u64::from(split.version() != last);
        seen.reads += 2;
        last = split.version();
    }
    seen
}
