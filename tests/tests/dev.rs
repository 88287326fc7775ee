//! The scenarios on decree-dev: the real gRPC stack over a pipe, under a paused clock, so that half
//! a minute of waiting takes no time.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::time::Duration;

use decree_dev::{DevServer, Pipe};
use decree_runtime::{ClientBuilder, DecreeConfig, ErrorKind, Role};
use decree_tests::{
    admin::Admin,
    pipe::over_pipe,
    scenario::{self, Server},
    shapes, torn,
};
use hyper_util::rt::TokioIo;
use tonic::transport::Endpoint;

struct Dev {
    server: DevServer,
}

async fn dev() -> Dev {
    decree_tests::draws::fix();
    let server = DevServer::builder().start_in_memory().await;
    Dev {
        server: server.expect("a server in memory needs nothing"),
    }
}

fn dial(pipe: Pipe) -> tonic::transport::Channel {
    let connect = tower::service_fn(move |_| {
        let pipe = pipe.clone();
        async move { pipe.connect().await.map(TokioIo::new) }
    });
    Endpoint::from_static("http://localhost:9090").connect_with_connector_lazy(connect)
}

impl Server for Dev {
    fn client(&self) -> ClientBuilder {
        over_pipe(&self.server)
    }

    fn admin(&self) -> Admin {
        Admin::new(dial(self.server.pipe()))
    }

    async fn restart(&self) {
        self.server.kill().await;
        self.server.revive().await.expect("the pipe is free");
    }
}

macro_rules! scenarios {
    ($($name:ident)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            scenario::$name(&dev().await).await;
        }
    )*};
}

scenarios! {
    a_quiet_tenant_starts_at_once_on_defaults
    a_change_arrives_by_the_stream
    a_rollback_arrives_within_the_reconcile_interval
    a_null_is_none_or_the_default_and_never_zero
    what_the_server_redacts_is_an_error_and_never_data
    a_bad_version_keeps_the_last_good_one
    a_batch_that_cuts_the_stream_converges
    a_killed_server_is_followed_again
    bad_input_is_explained
}

#[tokio::test(start_paused = true)]
async fn every_shape_follows_the_server() {
    let dev = dev().await;
    let reader = dev.client().subject("reader").build().expect("sound");
    let texts = async |tenant: &str| reader.read(tenant).await.expect("read").texts();
    shapes::every_shape_follows(&dev, texts).await;
}

#[tokio::test(start_paused = true)]
async fn any_struct_that_is_written_is_read() {
    let dev = dev().await;
    let writer = dev.client().subject("writer").role(Role::Superadmin);
    let writer = writer.build().expect("the options are sound");
    shapes::what_is_written_is_read(&dev, writer, 100 * decree_tests::scale()).await;
}

/// As people write it who want no limit at all.
#[tokio::test(start_paused = true)]
async fn a_limit_past_every_clock_is_none() {
    #[derive(Debug, DecreeConfig)]
    struct Empty {}

    let dev = dev().await;
    let client = dev.client().subject("patient").timeout(Duration::MAX);
    let client = client.build().expect("the options are sound");
    let live = client.live::<Empty>("nosuch").start_timeout(Duration::MAX);
    let error = live.await.expect_err("no such tenant");
    assert_eq!(error.kind(), ErrorKind::UnknownTenant);
}

/// On real TCP and a real clock: readers are threads, which a paused clock does not know of.
#[tokio::test(flavor = "multi_thread")]
async fn no_read_is_torn() {
    let server = DevServer::builder().start().await;
    let dev = Dev {
        server: server.expect("a free port"),
    };
    let seen = torn::read_while_writing(&dev, "torn", 200 * decree_tests::scale()).await;
    println!("{seen:?}");
    assert!(seen.reads >= 100_000, "{seen:?}");
}
