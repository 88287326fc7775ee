//! Who is let in.

use decree_proto::v1::{
    CreateTenantRequest, GetConfigRequest, ImportSchemaRequest,
    config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
};
use jsonwebtoken::Algorithm::{ES256, HS256, RS256, RS512};
use serde_json::{Value, json};
use tonic::{Code, transport::Channel};

use super::token::{Signer, seconds_from_now, superadmin, user, with};

const NAME: &str = "acme";
const SCHEMA: &str = "spec_version: v1\nname: acme\nfields: { on: { type: bool } }\n";

const OK: (Code, &str) = (Code::Ok, "");
const MISSING: (Code, &str) = (Code::Unauthenticated, "missing authorization header");
const FORMAT: (Code, &str) = (Code::Unauthenticated, "invalid authorization format");
const INVALID: (Code, &str) = (Code::Unauthenticated, "invalid token");
const ROLE: (Code, &str) = (Code::PermissionDenied, "unknown role");
const TENANTS: (Code, &str) = (
    Code::PermissionDenied,
    "tenant_ids required for non-superadmin",
);
const FOREIGN: (Code, &str) = (Code::PermissionDenied, "no access to tenant");

/// Asks once with each token, and compares what is said.
pub(crate) async fn check(channel: Channel, signer: &Signer) {
    let tenant = tenant(channel.clone(), signer).await;
    let mut differences = String::new();
    for (what, authorization, expected) in cases(signer, &tenant) {
        let request = GetConfigRequest {
            tenant_id: tenant.clone(),
            ..GetConfigRequest::default()
        };
        let mut request = with(&authorization, request);
        // Nobody looks at these.
        request
            .metadata_mut()
            .insert("x-subject", "root".parse().unwrap());
        request
            .metadata_mut()
            .insert("x-role", "superadmin".parse().unwrap());
        let mut client = ConfigServiceClient::new(channel.clone());
        let said = match client.get_config(request).await {
            Ok(_) => (Code::Ok, String::new()),
            Err(status) => (
                status.code(),
                status.message().replace(&tenant, "").trim_end().to_owned(),
            ),
        };
        if (said.0, said.1.as_str()) != expected {
            differences.extend([format!("{what}: {said:?} instead of {expected:?}\n")]);
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

type Case = (&'static str, Vec<String>, (Code, &'static str));

fn cases(signer: &Signer, tenant: &str) -> Vec<Case> {
    let good = user(tenant, &json!({}));
    let token = signer.sign(&good);
    let but = |changes: Value| vec![signer.sign(&user(tenant, &changes))];
    let from_now = seconds_from_now;
    let mut forged = token.clone();
    forged.replace_range(forged.len() - 20..forged.len() - 16, "AAAA");
    let unsigned = "Bearer eyJhbGciOiJub25lIn0."; // {"alg":"none"}
    let unsigned = format!("{unsigned}{}.", token.split('.').nth(1).unwrap());
    vec![
        ("no header", vec![], MISSING),
        ("no scheme", vec!["x".to_owned()], FORMAT),
        ("small letter", vec![token.replacen('B', "b", 1)], FORMAT),
        ("another scheme", vec!["Basic eDp5".to_owned()], FORMAT),
        ("no token", vec!["Bearer x".to_owned()], INVALID),
        ("three words", vec!["Bearer x.y.z".to_owned()], INVALID),
        ("forged", vec![forged], INVALID),
        ("unsigned", vec![unsigned], INVALID),
        ("ES256", vec![token.clone()], OK),
        ("RS256", vec![signer.sign_as(&good, RS256, Some("rsa"))], OK),
        (
            "HS256",
            vec![signer.sign_as(&good, HS256, Some("ec"))],
            INVALID,
        ),
        (
            "RS512",
            vec![signer.sign_as(&good, RS512, Some("rsa"))],
            INVALID,
        ),
        ("no key id", vec![signer.sign_as(&good, ES256, None)], OK),
        ("no key id", vec![signer.sign_as(&good, RS256, None)], OK),
        (
            "another key",
            vec![signer.sign_as(&good, ES256, Some("rsa"))],
            INVALID,
        ),
        (
            "unknown key",
            vec![signer.sign_as(&good, ES256, Some("x"))],
            INVALID,
        ),
        ("the first counts", vec![token.clone(), "x".to_owned()], OK),
        ("the first counts", vec!["x".to_owned(), token], FORMAT),
        ("no exp", but(json!({ "exp": null })), INVALID),
        ("exp is text", but(json!({ "exp": "soon" })), INVALID),
        ("expired", but(json!({ "exp": from_now(-90) })), INVALID),
        ("just expired", but(json!({ "exp": from_now(-30) })), OK),
        ("not yet", but(json!({ "nbf": from_now(90) })), INVALID),
        ("almost", but(json!({ "nbf": from_now(30) })), OK),
        ("from the future", but(json!({ "iat": from_now(900) })), OK),
        ("no issuer", but(json!({ "iss": null })), INVALID),
        ("another issuer", but(json!({ "iss": "x" })), INVALID),
        ("no audience", but(json!({ "aud": null })), INVALID),
        ("another audience", but(json!({ "aud": "x" })), INVALID),
        (
            "among audiences",
            but(json!({ "aud": ["x", "decree"] })),
            OK,
        ),
        ("no subject", but(json!({ "sub": null })), OK),
        ("no role", but(json!({ "role": null })), ROLE),
        ("unknown role", but(json!({ "role": "Admin" })), ROLE),
        ("role is a number", but(json!({ "role": 1 })), INVALID),
        ("no tenants", but(json!({ "tenant_ids": null })), TENANTS),
        ("empty tenants", but(json!({ "tenant_ids": [] })), TENANTS),
        (
            "tenants are text",
            but(json!({ "tenant_ids": tenant })),
            INVALID,
        ),
        (
            "tenant by name",
            but(json!({ "tenant_ids": [NAME] })),
            FOREIGN,
        ),
        ("superadmin", vec![signer.sign(&superadmin())], OK),
    ]
}

async fn tenant(channel: Channel, signer: &Signer) -> String {
    let root = [signer.sign(&superadmin())];
    let mut client = SchemaServiceClient::new(channel);
    let import = ImportSchemaRequest {
        yaml_content: SCHEMA.into(),
        auto_publish: true,
    };
    let imported = client.import_schema(with(&root, import)).await.unwrap();
    let create = CreateTenantRequest {
        name: NAME.to_owned(),
        schema_id: imported.into_inner().schema.unwrap().id,
        schema_version: 1,
    };
    let created = client.create_tenant(with(&root, create)).await.unwrap();
    created.into_inner().tenant.unwrap().id
}
