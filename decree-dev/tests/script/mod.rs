//! A script of calls, and what a server answers to each, without ids and times.

mod gone;
mod history;
mod locks;
mod manage;
mod tenants;
mod values;

use std::{fmt::Debug, future::Future};

use decree_proto::{
    text,
    v1::{
        self, FieldType, FieldUpdate, SetFieldRequest, TypedValue,
        config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
    },
};
use tonic::{Request, Response, Status, transport::Channel};

type Headers<'a> = &'a [(&'static str, &'a str)];

/// The id of no tenant.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

const ROOT: Headers<'static> = &[("x-subject", "root"), ("x-role", "superadmin")];

pub(crate) async fn run(channel: Channel, name: &str) -> Vec<String> {
    let mut script = Script {
        config: ConfigServiceClient::new(channel.clone()),
        schema: SchemaServiceClient::new(channel),
        name: name.to_owned(),
        transcript: Vec::new(),
    };
    let tenant = script.set_up().await;
    script.callers(&tenant).await;
    script.values(&tenant).await;
    script.nulls_and_secrets(&tenant).await;
    script.batches(&tenant).await;
    script.versions(&tenant).await;
    script.unknown_tenants().await;
    script.events(&tenant).await;
    script.limits(&tenant).await;
    script.second_tenant().await;
    script.diffs(&tenant).await;
    script.locks(&tenant).await;
    script.guards(&tenant).await;
    let schema = script.schemas().await;
    script.tenants_change(&schema).await;
    script.transcript
}

fn with<T>(headers: Headers<'_>, message: T) -> Request<T> {
    let mut request = Request::new(message);
    for (name, value) in headers {
        request.metadata_mut().append(*name, value.parse().unwrap());
    }
    request
}

fn update(path: &str, value: Option<TypedValue>) -> FieldUpdate {
    FieldUpdate {
        field_path: path.to_owned(),
        value,
        ..FieldUpdate::default()
    }
}

#[allow(clippy::unnecessary_wraps, reason = "messages hold it so")]
fn typed(kind: FieldType, written: &str) -> Option<TypedValue> {
    Some(text::parse(kind, written).unwrap())
}

struct Script {
    config: ConfigServiceClient<Channel>,
    schema: SchemaServiceClient<Channel>,
    name: String,
    transcript: Vec<String>,
}

impl Script {
    fn note(&mut self, step: &str, answer: &impl Debug) {
        let answer = scrub(&format!("{answer:?}")).replace(&self.name, "NAME");
        self.transcript.push(format!("{step}: {answer}"));
    }

    /// What came back: a message, or a code with its words.
    async fn call<T: Debug>(
        &mut self,
        step: &str,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Option<T> {
        match call.await {
            Ok(answer) => {
                let answer = answer.into_inner();
                self.note(step, &answer);
                Some(answer)
            }
            Err(status) => {
                self.note(step, &(status.code(), status.message()));
                None
            }
        }
    }

    async fn set(&mut self, tenant: &str, path: &str, value: Option<TypedValue>) {
        let request = SetFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: path.to_owned(),
            value,
            ..SetFieldRequest::default()
        };
        let mut client = self.config.clone();
        self.call(
            &format!("set {path}"),
            client.set_field(with(ROOT, request)),
        )
        .await;
        self.get(tenant, path).await;
    }

    async fn get(&mut self, tenant: &str, path: &str) {
        let request = v1::GetFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: path.to_owned(),
            include_description: true,
            ..v1::GetFieldRequest::default()
        };
        let mut client = self.config.clone();
        self.call(
            &format!("get {path}"),
            client.get_field(with(ROOT, request)),
        )
        .await;
    }

    async fn whole(&mut self, tenant: &str, version: Option<i32>) {
        for include_descriptions in [true, false] {
            let tenant_id = tenant.to_owned();
            let request = v1::GetConfigRequest {
                tenant_id,
                version,
                include_descriptions,
            };
            let mut client = self.config.clone();
            let answer = client.get_config(with(ROOT, request)).await;
            let mut config = answer.unwrap().into_inner().config.unwrap();
            config
                .values
                .sort_by(|a, b| a.field_path.cmp(&b.field_path)); // theirs are in no order
            self.note("whole", &config);
        }
    }
}

/// Takes out what differs from run to run: ids, and when something was done.
fn scrub(text: &str) -> String {
    let uuid = regex::Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    let at = regex::Regex::new(r"_at: Some\(Timestamp \{[^}]*\}\)").unwrap();
    let checksum = regex::Regex::new(r#"checksum: "[0-9a-f]*", published"#).unwrap();
    let text = uuid.replace_all(text, "ID");
    let text = at.replace_all(&text, "_at: AT");
    checksum.replace_all(&text, "published").into_owned()
}
