//! The suite on decree-dev, in every way to be let in.

#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use decree_dev::{DevServer, Jwt};
use decree_runtime::{Client, ClientBuilder, Role};
use decree_tests::{
    access::{Access, Certificates, Tokens},
    admin::Admin,
    conformance::Target,
    edges, round_trip,
};
use hyper_util::rt::TokioIo;
use tonic::transport::Endpoint;

struct Dev {
    server: DevServer,
    access: Access,
}

async fn dev(access: Access) -> Dev {
    let builder = DevServer::builder();
    let builder = match &access {
        Access::Headers => builder,
        Access::Tokens(tokens) => builder.jwt(Jwt::from_url(tokens.url())),
        Access::Tls(certificates) | Access::MutualTls(certificates) => {
            let (certificate, key) = certificates.server.clone();
            let builder = builder.tls(certificate, key);
            match access {
                Access::MutualTls(_) => builder.client_ca(certificates.authority.clone()),
                _ => builder,
            }
        }
    };
    let server = builder.start().await.expect("a free port");
    Dev { server, access }
}

impl Target for Dev {
    fn client(&self, role: Role, tenant_id: &str) -> ClientBuilder {
        let port = self.server.addr().expect("it listens").port();
        let scheme = match self.access {
            Access::Headers | Access::Tokens(_) => "http",
            Access::Tls(_) | Access::MutualTls(_) => "https",
        };
        let builder = Client::builder(format!("{scheme}://localhost:{port}"));
        self.access.let_in(builder, role, tenant_id)
    }

    /// By the pipe, which is never encrypted.
    fn admin(&self) -> Admin {
        let pipe = self.server.pipe();
        let connect = tower::service_fn(move |_| {
            let pipe = pipe.clone();
            async move { pipe.connect().await.map(TokioIo::new) }
        });
        let endpoint = Endpoint::from_static("http://localhost:9090");
        let admin = Admin::new(endpoint.connect_with_connector_lazy(connect));
        match &self.access {
            Access::Tokens(tokens) => admin.bearer(&tokens.superadmin()),
            _ => admin,
        }
    }
}

mod with_headers {
    decree_tests::conformance!(super::super::dev(super::super::Access::Headers));
}

mod with_tokens {
    async fn dev() -> super::Dev {
        super::dev(super::Access::Tokens(super::Tokens::new().await)).await
    }
    decree_tests::conformance!(super::dev());
}

mod over_tls {
    async fn dev() -> super::Dev {
        super::dev(super::Access::Tls(super::Certificates::new())).await
    }
    decree_tests::conformance!(super::dev());
}

mod over_mutual_tls {
    async fn dev() -> super::Dev {
        super::dev(super::Access::MutualTls(super::Certificates::new())).await
    }
    decree_tests::conformance!(super::dev());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_comes_back() {
    let cases = u32::try_from(60 * decree_tests::scale()).expect("a sensible scale");
    round_trip::what_is_written_comes_back(&dev(Access::Headers).await, cases).await;
}

#[test]
fn our_parser_reads_texts_at_the_edge_as_the_real_server_does() {
    edges::our_parser_reads_them();
}
