//! A policy that could never help is refused before it is needed.

use decree_runtime::{DecreeConfig, Error, ErrorKind, Live, Secret};

use crate::{Pay, Strict, Weather, builder, disk::Disk, support};

#[tokio::test(start_paused = true)]
async fn defaults_need_a_default_for_every_field() {
    #[derive(Debug, DecreeConfig)]
    #[decree(prefix = "pay")]
    struct Sparse {
        #[decree(default = 1)]
        _fee: i64,
        _retries: i64,
        _limit: i64,
        _banner: Option<String>,
    }

    let server = Weather::Up.server().await;
    let client = support::client(&server);
    let started: Result<Live<Sparse>, Error> = builder(&client).or_defaults().await;
    let error = started.expect_err("two have none");
    assert_eq!(error.kind(), ErrorKind::InvalidOption);
    assert_eq!(
        error.to_string(),
        "`or_defaults` cannot help `Sparse`: there is no default for `pay._retries`, \
         `pay._limit`; give each `default = …` or an `Option` type"
    );
    let strict: Result<Live<Strict>, Error> = builder(&client).or_defaults().await;
    assert!(strict.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_closed_and_a_tenant_that_can_be_none_are_errors() {
    let server = Weather::Up.server().await;
    let client = support::client(&server);
    let bad: Result<Live<Pay>, Error> = client.live("a,b").or_defaults().await;
    assert_eq!(bad.expect_err("a list").kind(), ErrorKind::InvalidOption);
    client.close().await;
    let closed: Result<Live<Pay>, Error> = builder(&client).or_defaults().await;
    assert_eq!(closed.expect_err("closed").kind(), ErrorKind::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_copy_needs_a_folder_and_has_no_secrets() {
    #[derive(Debug, DecreeConfig)]
    #[decree(prefix = "pay")]
    struct Sealed {
        _fee: i64,
        #[decree(key = "banner")]
        _token: Secret<String>,
    }

    let server = Weather::Up.server().await;
    let client = support::client(&server);
    let started: Result<Live<Pay>, Error> = builder(&client).or_disk(Disk::AGE).await;
    assert_eq!(
        started.expect_err("no folder").to_string(),
        "`or_disk` needs a folder: name one by `ClientBuilder::cache_dir`"
    );
    let client = Disk::new().client(&server);
    let started: Result<Live<Sealed>, Error> = builder(&client).or_disk(Disk::AGE).await;
    assert_eq!(
        started.expect_err("a secret").to_string(),
        "`or_disk` cannot help `Sealed`: a secret is never on disk, and has no default in \
         `pay.banner`; give each `default = …` or an `Option` type"
    );
}
