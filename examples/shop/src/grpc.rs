//! Prices for the tills, by gRPC on the same port.

use axum::Router;
use decree_runtime::Live;
use tonic::{Request, Response, Status, server::NamedService};

use crate::{
    app::App,
    catalogue,
    quote::Quote,
    settings::Pricing,
    v1::{
        QuoteReply, QuoteRequest,
        prices_server::{Prices, PricesServer},
    },
};

/// A service of tonic is a service of tower as any other, inside of the same layers.
pub(crate) fn routes(app: &App) -> Router<App> {
    let till = PricesServer::new(Till(app.pricing.clone()));
    let methods = format!("/{}/{{method}}", PricesServer::<Till>::NAME);
    Router::new().route_service(&methods, till)
}

struct Till(Live<Pricing>);

#[tonic::async_trait]
impl Prices for Till {
    async fn quote(
        &self,
        mut request: Request<QuoteRequest>,
    ) -> Result<Response<QuoteReply>, Status> {
        let pricing = self.0.pin(request.extensions_mut());
        let QuoteRequest { product, quantity } = request.into_inner();
        let product = catalogue::find(product);
        let product = product.ok_or_else(|| Status::not_found("no such product"))?;
        let quote = Quote::of(&pricing, product.cents * u64::from(quantity));
        Ok(Response::new(QuoteReply {
            cents: quote.cents,
            discount: quote.discount,
            campaign: quote.campaign,
            version: quote.version,
        }))
    }
}
