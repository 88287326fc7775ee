//! From the return of `SetField` to the moment that `load` shows the version.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use decree_dev::DevServer;
use decree_proto::v1::{
    SetFieldRequest, TypedValue, config_service_client::ConfigServiceClient, typed_value::Kind,
};
use decree_runtime::{Client, DecreeConfig, Live};
use tokio::time::Instant;
use tonic::{Request, transport::Endpoint};

#[derive(DecreeConfig)]
struct Settings {
    #[decree(key = "bench.fee", default = 0.0)]
    _fee: f64,
}

const SEED: &str = "
spec_version: v1
schema:
  name: bench
  fields:
    bench.fee: { type: number }
tenant: { name: bench }
";

const WRITES: usize = 400;

/// On decree-dev, or on the server that `DECREE_SERVER` names if it has a tenant `bench`.
pub async fn print() -> Result<(), Box<dyn Error>> {
    let own = DevServer::builder().seed_yaml(SEED).start().await?;
    let (name, address) = match std::env::var("DECREE_SERVER") {
        Ok(address) => ("the server of DECREE_SERVER", address),
        Err(_) => ("decree-dev", own.addr().ok_or("no address")?.to_string()),
    };
    let client = Client::builder(&address).subject("bench").build()?;
    let live: Live<Settings> = client.live("bench").await?;
    let writer = Endpoint::from_shared(format!("http://{address}"))?
        .connect()
        .await?;
    let writer = ConfigServiceClient::new(writer);

    println!("\nfrom the return of SetField to load, {WRITES} writes, on {name} over TCP");
    for (pace, pause) in [
        ("a write every 100 ms", 100),
        ("each when the last one shows", 0),
    ] {
        let mut times = measure(&live, &writer, Duration::from_millis(pause)).await?;
        times.sort();
        let at =
            |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "{pace:<28} p50 {:>7.2} ms   p99 {:>7.2} ms",
            at(0.5),
            at(0.99)
        );
    }
    live.shutdown().await;
    own.shutdown().await;
    Ok(())
}

type Writer = ConfigServiceClient<tonic::transport::Channel>;

async fn measure(
    live: &Live<Settings>,
    writer: &Writer,
    pause: Duration,
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut written = Vec::with_capacity(WRITES);
    let stop = Arc::new(AtomicI32::new(i32::MAX));
    let watching = tokio::task::spawn_blocking({
        let (live, stop) = (live.clone(), Arc::clone(&stop));
        move || shown(&live, &stop)
    });
    for nth in 0..WRITES {
        tokio::time::sleep(pause).await;
        let version = set(writer.clone(), nth as f64).await?;
        written.push((version, Instant::now()));
        while pause.is_zero() && live.version() < version {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    stop.store(
        written.last().map_or(0, |(version, _)| *version),
        Ordering::Relaxed,
    );
    let shown = watching.await?;
    let delay = |(version, returned): (i32, Instant)| {
        let shown = shown.iter().find(|(shown, _)| *shown >= version);
        shown.map_or(Duration::MAX, |(_, at)| {
            at.saturating_duration_since(returned)
        })
    };
    Ok(written.into_iter().map(delay).collect())
}

/// Looks every few microseconds, until version `stop`, and notes when which version showed first.
fn shown(live: &Live<Settings>, stop: &AtomicI32) -> Vec<(i32, Instant)> {
    let mut shown = vec![(live.version(), Instant::now())];
    while shown
        .last()
        .is_none_or(|(last, _)| *last < stop.load(Ordering::Relaxed))
    {
        let version = live.version();
        if shown.last().is_none_or(|(last, _)| *last != version) {
            shown.push((version, Instant::now()));
        }
        std::thread::sleep(Duration::from_micros(20));
    }
    shown
}

async fn set(mut writer: Writer, fee: f64) -> Result<i32, Box<dyn Error>> {
    let mut request = Request::new(SetFieldRequest {
        tenant_id: "bench".to_owned(),
        field_path: "bench.fee".to_owned(),
        value: Some(TypedValue {
            kind: Some(Kind::NumberValue(fee)),
        }),
        ..Default::default()
    });
    request.metadata_mut().insert("x-subject", "bench".parse()?);
    request
        .metadata_mut()
        .insert("x-role", "superadmin".parse()?);
    let answer = writer.set_field(request).await?.into_inner();
    Ok(answer.config_version.unwrap_or_default().version)
}
