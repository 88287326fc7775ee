//! What customers are told of the discount: with each answer, when they ask, and as it changes.

use axum::{
    Json, Router,
    extract::Request,
    http::HeaderValue,
    middleware::Next,
    response::{
        Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use decree_runtime::{Live, Snapshot};
use futures_core::Stream;
use futures_util::{StreamExt, stream};
use serde::Serialize;

use crate::{app::App, settings::Pricing};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(campaign))
        .route("/events", get(events))
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Campaign {
    text: String,
    discount: u32,
}

impl Campaign {
    fn of(pricing: &Pricing) -> Self {
        Self {
            text: pricing.campaign.clone(),
            discount: pricing.discount,
        }
    }
}

/// Names the campaign on each answer.
pub(super) async fn announce(pricing: Snapshot<Pricing>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    // A text that cannot be a header is not announced.
    if let Ok(campaign) = HeaderValue::try_from(&pricing.campaign) {
        response.headers_mut().insert("x-campaign", campaign);
    }
    response
}

async fn campaign(pricing: Snapshot<Pricing>) -> Json<Campaign> {
    Json(Campaign::of(&pricing))
}

/// The campaign now, and each that follows. It outlives many versions, so it takes the [`Live`]. It
/// ends with the client, which lets the program stop.
async fn events(pricing: Live<Pricing>) -> Sse<impl Stream<Item = Result<Event, axum::Error>>> {
    let campaign = pricing.map(Campaign::of);
    // Observed first, then read: nothing falls between.
    let changes = campaign
        .changes()
        .map(|change| event(change.new.version(), &change.new));
    let now = pricing.load();
    let now = event(now.version(), &Campaign::of(&now));
    Sse::new(stream::iter([now]).chain(changes)).keep_alive(KeepAlive::default())
}

fn event(version: i32, campaign: &Campaign) -> Result<Event, axum::Error> {
    Event::default().id(version.to_string()).json_data(campaign)
}
