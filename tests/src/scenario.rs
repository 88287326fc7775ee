//! What holds on every server, as a user of the library would see it. Each scenario has a tenant of
//! its own and reads as role `user`.

use std::{future::Future, time::Duration};

use decree_proto::v1::typed_value::Kind;
use decree_runtime::{Client, ClientBuilder, DecreeConfig, ErrorKind, Live, Phase, Problem};
use tokio::time::{Instant, timeout};

use crate::admin::{Admin, typed};

/// A server under test.
pub trait Server: Sync {
    /// How to reach it as a program does.
    fn client(&self) -> ClientBuilder;

    /// How to write to it.
    fn admin(&self) -> Admin;

    /// Kills it and every connection, and starts it again with its data.
    fn restart(&self) -> impl Future<Output = ()> + Send;
}

/// The reconcile interval at its longest, and the time that a read may take on a busy machine.
pub(crate) const RECONCILE: Duration = Duration::from_secs(33 + 3);

#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
struct Pay {
    #[decree(default = 0.01)]
    fee: f64,
    #[decree(default = 3)]
    retries: u32,
    #[decree(default = "30s")]
    timeout: Duration,
    banner: Option<String>,
}

const PAY: &str = "
  pay.fee: { type: number, nullable: true }
  pay.retries: { type: integer, nullable: true }
  pay.timeout: { type: duration, nullable: true }
  pay.banner: { type: string, nullable: true }
";

fn client(server: &impl Server) -> Client {
    let client = server.client().subject("scenario").build();
    client.expect("the options are sound")
}

pub(crate) async fn create(server: &impl Server, name: &str, fields: &str) {
    let created = server.admin().create(name, fields).await;
    created.expect("the schema and the tenant are created");
}

pub(crate) async fn start<C: DecreeConfig>(server: &impl Server, tenant: &str) -> Live<C> {
    client(server)
        .live(tenant)
        .await
        .expect("the tenant is readable")
}

/// Waits until `live` shows what `wanted` describes; says how long that took.
pub(crate) async fn until<C: DecreeConfig>(
    live: &mut Live<C>,
    limit: Duration,
    wanted: impl Fn(&C) -> bool,
) -> Duration {
    let start = Instant::now();
    let wait = async {
        while !live.with(&wanted) {
            live.changed().await.expect("the watch goes on");
        }
    };
    let arrived = timeout(limit, wait).await.is_ok();
    assert!(arrived, "not within {limit:?}: {:?}", live.status());
    start.elapsed()
}

/// H1, H11: a tenant that nobody ever wrote to sends no event and no header, and starts at once.
pub async fn a_quiet_tenant_starts_at_once_on_defaults(server: &impl Server) {
    create(server, "quiet", PAY).await;
    let begin = Instant::now();
    let mut live: Live<Pay> = start(server, "quiet").await;
    assert!(
        begin.elapsed() < Duration::from_secs(2),
        "{:?}",
        begin.elapsed()
    );
    let config = live.load();
    assert_eq!(config.version(), 0);
    assert_eq!((config.fee, config.retries), (0.01, 3));
    assert_eq!(config.timeout, Duration::from_secs(30));
    assert_eq!(config.banner, None);

    let fee = typed(Kind::NumberValue(0.02));
    server
        .admin()
        .set("quiet", "pay.fee", fee)
        .await
        .expect("written");
    until(&mut live, RECONCILE, |config| config.fee == 0.02).await;
    assert_eq!(live.version(), 1);
}

/// A change is pushed: it does not wait for the reconcile interval.
pub async fn a_change_arrives_by_the_stream(server: &impl Server) {
    create(server, "pushed", PAY).await;
    let mut live: Live<Pay> = start(server, "pushed").await;
    // The stream says nothing when it is open, so changes are made until one is pushed.
    let mut fastest = Duration::MAX;
    for round in 1..=10 {
        let retries = typed(Kind::IntegerValue(100 + round));
        server
            .admin()
            .set("pushed", "pay.retries", retries)
            .await
            .expect("written");
        let wanted = u32::try_from(100 + round).expect("small");
        let took = until(&mut live, RECONCILE, |config| config.retries == wanted).await;
        fastest = fastest.min(took);
    }
    assert!(fastest < Duration::from_secs(1), "{fastest:?}");
    let written = live.load().written().cloned().expect("the event says who");
    assert_eq!(written.by, "root");
}

/// H5: the server announces no rollback.
pub async fn a_rollback_arrives_within_the_reconcile_interval(server: &impl Server) {
    create(server, "rolled", PAY).await;
    let admin = server.admin();
    for fee in [0.02, 0.03] {
        let fee = typed(Kind::NumberValue(fee));
        admin.set("rolled", "pay.fee", fee).await.expect("written");
    }
    let mut live: Live<Pay> = start(server, "rolled").await;
    assert_eq!(live.load().fee, 0.03);
    // The probes that follow a start would find it sooner than a program that has run for long.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let version = admin.rollback("rolled", 1).await.expect("rolled back");
    let took = until(&mut live, RECONCILE, |config| config.fee == 0.02).await;
    assert_eq!(live.version(), version);
    println!("a rollback arrived after {took:?}");
}

/// H4: the server shows null as zero.
pub async fn a_null_is_none_or_the_default_and_never_zero(server: &impl Server) {
    create(server, "nulls", PAY).await;
    let admin = server.admin();
    let mut live: Live<Pay> = start(server, "nulls").await;
    let set = [
        ("pay.fee", Kind::NumberValue(0.5)),
        ("pay.retries", Kind::IntegerValue(7)),
        ("pay.banner", Kind::StringValue("hello".to_owned())),
    ];
    for (path, kind) in set {
        admin
            .set("nulls", path, typed(kind))
            .await
            .expect("written");
    }
    until(&mut live, RECONCILE, |config| config.banner.is_some()).await;
    assert_eq!((live.load().fee, live.load().retries), (0.5, 7));
    for path in ["pay.fee", "pay.retries", "pay.banner"] {
        admin.set("nulls", path, None).await.expect("written");
    }
    until(&mut live, RECONCILE, |config| config.banner.is_none()).await;
    assert_eq!((live.load().fee, live.load().retries), (0.01, 3));
    // A true zero is a zero, and an empty text a text.
    admin
        .set("nulls", "pay.fee", typed(Kind::NumberValue(0.0)))
        .await
        .expect("written");
    let empty = typed(Kind::StringValue(String::new()));
    admin
        .set("nulls", "pay.banner", empty)
        .await
        .expect("written");
    until(&mut live, RECONCILE, |config| {
        config.banner.as_deref() == Some("")
    })
    .await;
    assert_eq!(live.load().fee, 0.0);
}

#[derive(Debug, DecreeConfig)]
struct Sensitive {
    #[decree(key = "api.quota", default = 5)]
    _quota: i64,
    #[decree(key = "api.rate", default = 0.5)]
    _rate: f64,
    #[decree(key = "api.key")]
    _key: Option<String>,
    #[decree(key = "api.name")]
    _name: String,
}

/// H16: a redacted number is a zero on the wire. Every bad field is named at once.
pub async fn what_the_server_redacts_is_an_error_and_never_data(server: &impl Server) {
    let fields = "
  api.quota: { type: integer, sensitive: true }
  api.rate: { type: number, sensitive: true }
  api.key: { type: string, sensitive: true }
  api.name: { type: string }
";
    create(server, "secrets", fields).await;
    let admin = server.admin();
    let set = [
        ("api.quota", Kind::IntegerValue(42)),
        ("api.rate", Kind::NumberValue(0.25)),
        ("api.key", Kind::StringValue("s3cret".to_owned())),
    ];
    for (path, kind) in set {
        admin
            .set("secrets", path, typed(kind))
            .await
            .expect("written");
    }
    let started = client(server).live::<Sensitive>("secrets").await;
    let error = started.expect_err("nothing of this can be read");
    assert_eq!(error.kind(), ErrorKind::Rejected);
    let source = std::error::Error::source(&error).expect("it says why");
    let decode: &decree_runtime::DecodeError = source.downcast_ref().expect("bad fields");
    let problems: Vec<_> = decode
        .fields()
        .iter()
        .map(|field| (field.path(), field.problem()))
        .collect();
    assert!(
        matches!(
            problems[..],
            [
                ("api.quota", Problem::Redacted),
                ("api.rate", Problem::Redacted),
                ("api.key", Problem::Redacted),
                ("api.name", Problem::Missing),
            ]
        ),
        "{problems:?}"
    );
    assert!(!format!("{error:?}").contains("s3cret"));
}

/// A version that does not fit replaces nothing, says why, and heals with the next good one.
pub async fn a_bad_version_keeps_the_last_good_one(server: &impl Server) {
    create(server, "bad", PAY).await;
    let admin = server.admin();
    let retries = |retries| typed(Kind::IntegerValue(retries));
    admin
        .set("bad", "pay.retries", retries(4))
        .await
        .expect("written");
    let mut live: Live<Pay> = start(server, "bad").await;
    let version = admin
        .set("bad", "pay.retries", retries(-1))
        .await
        .expect("written");
    let rejected = async {
        loop {
            if let Some(rejection) = live.status().rejection {
                break rejection;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let rejection = timeout(RECONCILE, rejected).await.expect("it is noticed");
    assert_eq!(rejection.error.version(), version);
    assert_eq!(rejection.error.fields()[0].path(), "pay.retries");
    assert_eq!((live.load().retries, live.version()), (4, version - 1));

    let version = admin
        .set("bad", "pay.retries", retries(5))
        .await
        .expect("written");
    until(&mut live, RECONCILE, |config| config.retries == 5).await;
    assert_eq!(live.version(), version);
    assert!(live.status().rejection.is_none());
}

macro_rules! fifty {
    ($($field:ident)*) => {
        /// Fifty fields that are always written together.
        #[derive(Debug, DecreeConfig)]
        #[decree(prefix = "many")]
        struct Fifty { $( #[decree(default = 0)] $field: i64, )* }

        impl Fifty {
            const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

            fn all(&self, value: i64) -> bool {
                $(self.$field == value)&&*
            }
        }
    };
}

fifty! {
    f00 f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23
    f24 f25 f26 f27 f28 f29 f30 f31 f32 f33 f34 f35 f36 f37 f38 f39 f40 f41 f42 f43 f44 f45 f46 f47
    f48 f49
}

/// H2, H3: the server cuts a stream of role `user` after ten messages, in the middle of a version.
pub async fn a_batch_that_cuts_the_stream_converges(server: &impl Server) {
    let line = |name: &&str| format!("  many.{name}: {{ type: integer }}\n");
    let fields: String = Fifty::NAMES.iter().map(line).collect();
    create(server, "many", &fields).await;
    let mut live: Live<Fifty> = start(server, "many").await;
    for round in 1..=5 {
        let value = |name: &&str| (format!("many.{name}"), Kind::IntegerValue(round));
        let batch = Fifty::NAMES.iter().map(value).collect();
        server
            .admin()
            .set_many("many", batch)
            .await
            .expect("written");
        until(&mut live, RECONCILE, |config| config.all(round)).await;
        assert_eq!(i64::from(live.version()), round);
    }
    let status = live.status();
    assert!(status.reconnects > 0, "the stream was cut: {status:?}");
}

/// A server that is killed and started again is followed again.
pub async fn a_killed_server_is_followed_again(server: &impl Server) {
    create(server, "killed", PAY).await;
    let admin = server.admin();
    let mut live: Live<Pay> = start(server, "killed").await;
    for round in 1..=2 {
        server.restart().await;
        let fee = f64::from(round);
        let write = async {
            while admin
                .set("killed", "pay.fee", typed(Kind::NumberValue(fee)))
                .await
                .is_err()
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(20), write)
            .await
            .expect("the server is back");
        let took = until(&mut live, RECONCILE, |config| config.fee == fee).await;
        println!("after a restart, a change arrived after {took:?}");
    }
    assert_eq!(live.status().phase, Phase::Following);
    live.shutdown().await;
}

#[derive(Debug, DecreeConfig)]
struct Needs {
    #[decree(key = "pay.fee")]
    _fee: f64,
    #[decree(key = "pay.banner", default = 1)]
    _banner: i64,
}

/// Bad input has one clear error, which names the thing and the cure.
pub async fn bad_input_is_explained(server: &impl Server) {
    create(server, "input", PAY).await;
    let refused = async |tenant: &str| {
        let started = client(server).live::<Pay>(tenant).await;
        started.expect_err("no such tenant").to_string()
    };
    let listed = refused("a,b").await;
    assert!(
        listed.contains("\"a,b\"") && listed.contains("such as `acme`"),
        "{listed}"
    );
    for tenant in ["nobody", "00000000-0000-0000-0000-000000000000"] {
        let start = Instant::now();
        let unknown = refused(tenant).await;
        assert!(
            unknown.contains(&format!("`{tenant}`")) && unknown.contains("create the tenant"),
            "{unknown}"
        );
        assert!(start.elapsed() < Duration::from_secs(5), "{unknown}");
    }

    let text = typed(Kind::StringValue("hello".to_owned()));
    server
        .admin()
        .set("input", "pay.banner", text)
        .await
        .expect("written");
    let started = client(server).live::<Needs>("input").await;
    let error = format!("{:?}", started.expect_err("it does not fit"));
    for part in [
        "`input`",
        "version 1",
        "`pay.fee`",
        "set it on the server",
        "`pay.banner`",
        "string \"hello\"",
    ] {
        assert!(error.contains(part), "{part} is not in {error}");
    }
}
