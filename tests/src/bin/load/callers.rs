//! Who asks the shop: each on a connection of its own, at a steady rate.

use std::{error::Error, time::Duration};

use axum::body::Bytes;
use decree_shop::v1::{QuoteRequest, prices_client::PricesClient};
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    time::{Instant, sleep_until},
};
use tonic::transport::{Channel, Endpoint};

use super::{
    answer::{Answer, Event, PRODUCT},
    figures::Figures,
};

/// Requests a second of each.
pub(crate) const RATE: u32 = 5;

const KEY: &str = "open-sesame";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// One of `all`: asks for a price again and again, until it is ended or something is wrong.
pub(crate) async fn call(address: &str, nth: u32, all: u32, figures: &Figures) {
    let every = Duration::from_secs(1) / RATE;
    let outcome = async {
        let mut line = Line::connect(address, nth).await?;
        let mut due = Instant::now() + every * nth / all;
        let mut last = 0;
        loop {
            // Who is late because the answer before was late has waited since it was due.
            if Instant::now() < due {
                sleep_until(due).await;
                due = Instant::now();
            }
            let weather = figures.weather();
            let answer = line.ask().await?;
            if answer.is_torn() {
                return Err(format!("torn: {answer:?}").into());
            }
            if answer.version < last {
                return Err(format!("back from {last} to {}", answer.version).into());
            }
            last = answer.version;
            figures.answered(weather, due.elapsed(), last);
            due += every;
        }
    };
    let outcome: Outcome<()> = outcome.await;
    if let Err(error) = outcome {
        figures.wrong(error.to_string());
    }
}

/// Reads the events of the campaign, until it is ended or something is wrong.
pub(crate) async fn follow(address: &str, figures: &Figures) {
    let outcome = async {
        let mut events = get(&mut connect(address).await?, "/api/campaign/events").await?;
        let (mut last, mut read) = (0, String::new());
        while let Some(frame) = events.frame().await {
            let frame = frame?.into_data().unwrap_or_default();
            read.push_str(std::str::from_utf8(&frame)?);
            while let Some((event, rest)) = read.split_once("\n\n") {
                // A comment keeps the connection alive.
                if let Some(event) = event.strip_prefix("id: ") {
                    let (version, campaign) = event.split_once("\ndata: ").ok_or("no data")?;
                    let (version, campaign) = (version.parse()?, serde_json::from_str(campaign)?);
                    last = newer(last, version, &campaign)?;
                    figures.event();
                }
                read = rest.to_owned();
            }
        }
        Err("the events have ended".into())
    };
    let outcome: Outcome<()> = outcome.await;
    if let Err(error) = outcome {
        figures.wrong(error.to_string());
    }
}

fn newer(last: i32, version: i32, event: &Event) -> Outcome<i32> {
    if event.is_torn() || version <= last {
        return Err(format!("{event:?} of version {version} after {last}").into());
    }
    Ok(version)
}

enum Line {
    Http(SendRequest<Empty<Bytes>>),
    Grpc(PricesClient<Channel>),
}

impl Line {
    async fn connect(address: &str, nth: u32) -> Outcome<Self> {
        if nth.is_multiple_of(10) {
            let channel = Endpoint::from_shared(format!("http://{address}"))?;
            Ok(Self::Grpc(PricesClient::new(channel.connect().await?)))
        } else {
            Ok(Self::Http(connect(address).await?))
        }
    }

    async fn ask(&mut self) -> Outcome<Answer> {
        match self {
            Self::Http(line) => {
                let response = get(line, &format!("/api/products/{PRODUCT}/price")).await?;
                let said = |name: &str| {
                    let value = response.headers().get(name);
                    Ok::<_, Box<dyn Error + Send + Sync>>(
                        value.ok_or("it is not stamped")?.to_str()?.to_owned(),
                    )
                };
                let (stamped, announced) = (said("config-version")?, Some(said("x-campaign")?));
                let body = response.into_body().collect().await?.to_bytes();
                Ok(Answer {
                    stamped,
                    announced,
                    ..serde_json::from_slice(&body)?
                })
            }
            Self::Grpc(line) => {
                let mut request = tonic::Request::new(QuoteRequest {
                    product: PRODUCT,
                    quantity: 1,
                });
                request.metadata_mut().insert("x-api-key", KEY.parse()?);
                let reply = line.quote(request).await?;
                let stamped = reply
                    .metadata()
                    .get("config-version")
                    .ok_or("it is not stamped")?;
                let stamped = stamped.to_str()?.to_owned();
                let quote = reply.into_inner();
                Ok(Answer {
                    cents: quote.cents,
                    discount: quote.discount,
                    campaign: quote.campaign,
                    version: quote.version,
                    stamped,
                    announced: None,
                })
            }
        }
    }
}

async fn connect(address: &str) -> Outcome<SendRequest<Empty<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (line, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(line)
}

async fn get(line: &mut SendRequest<Empty<Bytes>>, path: &str) -> Outcome<Response<Incoming>> {
    let request = Request::get(path)
        .header("host", "shop")
        .header("x-api-key", KEY);
    line.ready().await?;
    let response = line.send_request(request.body(Empty::new())?).await?;
    match response.status() {
        hyper::StatusCode::OK => Ok(response),
        status => Err(format!("{path}: {status}").into()),
    }
}
