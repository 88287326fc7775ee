//! A script of calls, and what a server answers to each, without ids and times.

use std::{fmt::Debug, future::Future, time::Duration};

use decree_proto::{
    text,
    v1::{
        self, FieldType, FieldUpdate, SetFieldRequest, SetFieldsRequest, TypedValue,
        config_service_client::ConfigServiceClient, schema_service_client::SchemaServiceClient,
    },
};
use tonic::{Request, Response, Status, transport::Channel};

const SCHEMA: &str = include_str!("schema.yaml");
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

type Headers<'a> = &'a [(&'static str, &'a str)];

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

    async fn set_up(&mut self) -> String {
        let mut client = self.schema.clone();
        let yaml = SCHEMA.replace("NAME", &self.name);
        let import = |yaml: &str, auto_publish| {
            with(
                ROOT,
                v1::ImportSchemaRequest {
                    yaml_content: yaml.into(),
                    auto_publish,
                },
            )
        };
        for broken in [
            yaml.replace("maximum: 500", "minLength: 1"),
            yaml.replace("minimum: 1,", "minimum: 1000,"),
            yaml.replace("cart.rate:", "cart.limit.x:"),
            yaml.replace("pay.key: [pay.timeout]", "pay.key: [nowhere]"),
            yaml.replace("pay.key: [pay.timeout]", "pay.key: [pay.key]"),
        ] {
            // Under another name, because the real import is not atomic.
            let broken = broken.replace(&self.name, &format!("{}-broken", self.name));
            let status = client
                .import_schema(import(&broken, true))
                .await
                .unwrap_err();
            self.note("broken schema", &status.code());
        }
        let imported = self
            .call("import", client.import_schema(import(&yaml, false)))
            .await;
        let schema = imported.unwrap().schema.unwrap();
        self.call("import again", client.import_schema(import(&yaml, false)))
            .await;

        let create = |name: &str, schema_id: &str| {
            let (name, schema_id) = (name.to_owned(), schema_id.to_owned());
            with(
                ROOT,
                v1::CreateTenantRequest {
                    name,
                    schema_id,
                    schema_version: 1,
                },
            )
        };
        let name = self.name.clone();
        self.call(
            "unpublished",
            client.create_tenant(create(&name, &schema.id)),
        )
        .await;
        for version in [7, 1, 1] {
            let publish = v1::PublishSchemaRequest {
                id: schema.id.clone(),
                version,
            };
            self.call("publish", client.publish_schema(with(ROOT, publish)))
                .await;
        }
        self.call("bad name", client.create_tenant(create("A_b", &schema.id)))
            .await;
        self.call("bad schema", client.create_tenant(create(&name, "cart")))
            .await;
        self.call("no schema", client.create_tenant(create(&name, UNKNOWN)))
            .await;
        let created = self
            .call("create", client.create_tenant(create(&name, &schema.id)))
            .await;
        self.call(
            "create again",
            client.create_tenant(create(&name, &schema.id)),
        )
        .await;
        for id in [&schema.id, &name, "nowhere", ""] {
            let id = id.to_owned();
            let request = v1::GetSchemaRequest {
                id,
                version: Some(9),
            };
            self.call("get schema", client.get_schema(with(ROOT, request)))
                .await;
        }
        created.unwrap().tenant.unwrap().id
    }

    async fn callers(&mut self, tenant: &str) {
        let mut client = self.config.clone();
        let long = "x".repeat(257);
        let name = self.name.clone();
        let many = vec!["a"; 33].join(",");
        let subject = ("x-subject", "me");
        for headers in [
            &[][..],
            &[("x-subject", "")],
            &[subject],
            &[("x-subject", long.as_str())],
            &[subject, ("x-role", "root")],
            &[subject, ("x-role", "Admin"), ("x-tenant-id", tenant)],
            &[subject, ("x-tenant-id", "nobody")],
            &[subject, ("x-role", "superadmin"), ("x-tenant-id", "nobody")],
            &[subject, ("x-tenant-id", UNKNOWN)],
            &[subject, ("x-tenant-id", many.as_str())],
            &[subject, ("x-tenant-id", " , ")],
            &[subject, ("x-tenant-id", name.as_str())],
            &[subject, ("x-role", "user"), ("x-tenant-id", tenant)],
        ] {
            let request = SetFieldRequest {
                tenant_id: tenant.to_owned(),
                field_path: "cart.limit".to_owned(),
                value: typed(FieldType::Int, "7"),
                ..SetFieldRequest::default()
            };
            self.call("caller", client.set_field(with(headers, request)))
                .await;
        }
        let mut client = self.schema.clone();
        let user: Headers<'_> = &[subject, ("x-tenant-id", UNKNOWN)];
        for id in [tenant, name.as_str(), "nobody", UNKNOWN, ""] {
            let request = v1::GetTenantRequest { id: id.to_owned() };
            self.call("get tenant", client.get_tenant(with(user, request.clone())))
                .await;
            self.call("get tenant", client.get_tenant(with(ROOT, request)))
                .await;
        }
        let request = v1::PublishSchemaRequest::default();
        self.call(
            "publish as user",
            client.publish_schema(with(user, request)),
        )
        .await;
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

    async fn values(&mut self, tenant: &str) {
        self.whole(tenant, None).await;
        for (kind, path, written) in [
            (FieldType::Int, "cart.limit", "0"),
            (FieldType::Int, "cart.limit", "501"),
            (FieldType::Int, "cart.limit", "41"),
            (FieldType::String, "cart.limit", "41"),
            (FieldType::Number, "cart.rate", "1e21"),
            (FieldType::Number, "cart.rate", "-0"),
            (FieldType::Number, "cart.rate", "1e-7"),
            (FieldType::Number, "cart.rate", "nan"),
            (FieldType::Number, "cart.rate", "inf"),
            (FieldType::Int, "cart.rate", "1"),
            (FieldType::Number, "cart.share", "1"),
            (FieldType::Number, "cart.share", "0"),
            (FieldType::Number, "cart.share", "1e22"),
            (FieldType::Number, "cart.share", "0.00001"),
            (FieldType::String, "cart.code", "ab"),
            (FieldType::String, "cart.code", "ABC"),
            (FieldType::String, "cart.code", "abcdef"),
            (FieldType::String, "cart.code", "äöü-x"),
            (FieldType::String, "cart.banner", ""),
            (FieldType::String, "cart.banner", "a\0b"),
            (FieldType::String, "cart.banner", "größer\n\"<&>"),
            (FieldType::Duration, "pay.timeout", "1h"),
            (FieldType::Duration, "pay.timeout", "1.5s"),
            (FieldType::Duration, "pay.timeout", "1ns"),
            (FieldType::Time, "pay.from", "2025-01-15T09:30:00.120+02:00"),
            (FieldType::Url, "pay.url", "HTTPS://example.com/a b"),
            (FieldType::Url, "pay.url", "ftp://example.com"),
            (FieldType::Url, "pay.url", "/relative"),
            (FieldType::Url, "pay.hook", "amqp://host"),
            (FieldType::Url, "pay.hook", "http://host"),
            (FieldType::Json, "pay.extra", "{ not json"),
            (FieldType::String, "pay.currency", "GBP"),
            (FieldType::String, "pay.currency", "EUR"),
            (FieldType::String, "pay.currency", "USD"),
            (FieldType::String, "pay.region", "us"),
            (FieldType::Bool, "open", "true"),
            (FieldType::Bool, "nowhere", "true"),
            (FieldType::Bool, "", "true"),
        ] {
            self.set(tenant, path, typed(kind, written)).await;
        }
        let far = prost_types::Duration {
            seconds: i64::MAX,
            nanos: 0,
        };
        let far = TypedValue {
            kind: Some(v1::typed_value::Kind::DurationValue(far)),
        };
        self.set(tenant, "pay.grace", Some(far)).await;
        let late = prost_types::Timestamp {
            seconds: 300_000_000_000,
            nanos: 5,
        };
        let late = TypedValue {
            kind: Some(v1::typed_value::Kind::TimeValue(late)),
        };
        self.set(tenant, "pay.from", Some(late)).await;
    }

    async fn nulls_and_secrets(&mut self, tenant: &str) {
        for path in [
            "cart.rate",
            "cart.banner",
            "open",
            "pay.from",
            "pay.grace",
            "cart.limit",
        ] {
            self.set(tenant, path, None).await;
        }
        self.set(tenant, "pay.extra", Some(TypedValue { kind: None }))
            .await;
        self.set(tenant, "pay.key", typed(FieldType::String, "hunter2"))
            .await;
        self.set(tenant, "pay.key", typed(FieldType::String, "no"))
            .await;
        self.set(tenant, "pay.pin", typed(FieldType::Int, "1234"))
            .await;
        self.set(tenant, "pay.pin", typed(FieldType::Int, "12345"))
            .await;
        self.set(tenant, "pay.secret", None).await;
        self.set(tenant, "pay.timeout", None).await; // pay.key needs it
        self.whole(tenant, None).await;
        self.whole(tenant, Some(1)).await;
        self.whole(tenant, Some(0)).await;
        self.whole(tenant, Some(-3)).await;
        self.whole(tenant, Some(9999)).await;
        self.get(tenant, "nowhere").await;
    }

    async fn batches(&mut self, tenant: &str) {
        let int = |number: &str| typed(FieldType::Int, number);
        let limit = |number: &str| update("cart.limit", int(number));
        let guarded = |path: &str, checksum: &str, value| FieldUpdate {
            expected_checksum: Some(checksum.to_owned()),
            value_description: Some("why".to_owned()),
            ..update(path, value)
        };
        let batch = |updates: Vec<FieldUpdate>| SetFieldsRequest {
            tenant_id: tenant.to_owned(),
            updates,
            description: Some("batch".to_owned()),
            ..SetFieldsRequest::default()
        };
        let keyed = |key: &str, updates| SetFieldsRequest {
            idempotency_key: Some(key.to_owned()),
            ..batch(updates)
        };
        let mut client = self.config.clone();
        for request in [
            batch(vec![]),
            batch(vec![limit("1"), update("", None)]),
            batch(vec![limit("1"), limit("2")]),
            batch(vec![
                limit("1"),
                update("pay.region", typed(FieldType::String, "us")),
            ]),
            batch(vec![limit("0"), update("nowhere", None)]),
            batch(vec![
                update("open", typed(FieldType::Bool, "true")),
                limit("3"),
            ]),
            batch(vec![guarded("cart.limit", "0", int("4"))]),
            batch(vec![guarded("cart.limit", &text::checksum("3"), int("4"))]),
            batch(vec![guarded("cart.rate", "0", None)]),
            batch(vec![guarded("cart.rate", "", None)]),
            batch(vec![
                guarded("never", "0", int("1")),
                guarded("cart.limit", "0", int("1")),
            ]),
            batch(vec![guarded("never", "0", int("1"))]),
            keyed("k1", vec![limit("0")]),
            keyed("k1", vec![limit("5")]),
            keyed("k2", vec![limit("6")]),
            keyed("k2", vec![limit("7")]),
            batch(vec![limit("1"); 1001]),
        ] {
            self.call("batch", client.set_fields(with(ROOT, request)))
                .await;
        }
        let field_paths = [
            "open",
            "nowhere",
            "cart.limit",
            "pay.key",
            "open",
            "cart.rate",
        ];
        let request = v1::GetFieldsRequest {
            tenant_id: tenant.to_owned(),
            field_paths: field_paths.map(str::to_owned).to_vec(),
            include_descriptions: true,
            ..v1::GetFieldsRequest::default()
        };
        self.call("get fields", client.get_fields(with(ROOT, request.clone())))
            .await;
        let request = v1::GetFieldsRequest {
            field_paths: vec!["a".to_owned(); 1001],
            ..request
        };
        self.call("too many", client.get_fields(with(ROOT, request)))
            .await;
    }

    async fn versions(&mut self, tenant: &str) {
        let mut client = self.config.clone();
        for version in [1, 3, 0, 9999] {
            let request = v1::GetVersionRequest {
                tenant_id: tenant.to_owned(),
                version,
            };
            self.call("version", client.get_version(with(ROOT, request)))
                .await;
        }
        for (page_size, page_token) in [(3, ""), (1000, ""), (0, "?"), (0, "djE6")] {
            let request = v1::ListVersionsRequest {
                tenant_id: tenant.to_owned(),
                page_size,
                page_token: page_token.to_owned(),
            };
            let answer = client.list_versions(with(ROOT, request)).await;
            let answer = answer.map(|answer| {
                let answer = answer.into_inner();
                (answer.versions, answer.next_page_token.is_empty())
            });
            self.note(
                "versions",
                &answer.map_err(|s| (s.code(), s.message().to_owned())),
            );
        }
        for version in [0, 1, 3, 9999] {
            let request = v1::RollbackToVersionRequest {
                tenant_id: tenant.to_owned(),
                version,
                description: None,
            };
            self.call("roll back", client.rollback_to_version(with(ROOT, request)))
                .await;
        }
    }

    async fn unknown_tenants(&mut self) {
        let mut client = self.config.clone();
        for tenant in [
            "nobody",
            UNKNOWN,
            "",
            "00000000-0000-4000-8000-00000000000A",
        ] {
            self.set(tenant, "cart.limit", typed(FieldType::Int, "1"))
                .await;
            let tenant_id = tenant.to_owned();
            let request = v1::GetConfigRequest {
                tenant_id,
                ..Default::default()
            };
            self.call("unknown", client.get_config(with(ROOT, request)))
                .await;
            let tenant_id = tenant.to_owned();
            let request = v1::ListVersionsRequest {
                tenant_id,
                ..Default::default()
            };
            self.call("unknown", client.list_versions(with(ROOT, request)))
                .await;
            let request = v1::GetVersionRequest {
                tenant_id: tenant.to_owned(),
                version: 1,
            };
            self.call("unknown", client.get_version(with(ROOT, request)))
                .await;
            let tenant_id = tenant.to_owned();
            let request = v1::RollbackToVersionRequest {
                tenant_id,
                version: 1,
                description: None,
            };
            self.call("unknown", client.rollback_to_version(with(ROOT, request)))
                .await;
            let tenant_id = tenant.to_owned();
            let request = v1::SubscribeRequest {
                tenant_id,
                ..Default::default()
            };
            match client.subscribe(with(ROOT, request)).await {
                Ok(_) => self.note("unknown", &"a stream"),
                Err(status) => self.note("unknown", &(status.code(), status.message())),
            }
        }
    }

    async fn events(&mut self, tenant: &str) {
        let request = v1::SubscribeRequest {
            tenant_id: tenant.to_owned(),
            start_version: Some(1),
            field_paths: ["cart.limit", "cart.rate", "open", "cart"]
                .map(str::to_owned)
                .to_vec(),
        };
        let mut client = self.config.clone();
        let mut stream = client
            .subscribe(with(ROOT, request))
            .await
            .unwrap()
            .into_inner();
        let wait = Duration::from_millis(500);
        while let Ok(message) = tokio::time::timeout(wait, stream.message()).await {
            let change = message.unwrap().unwrap().change.unwrap();
            self.note("replay", &change);
        }
        self.set(tenant, "cart.limit", typed(FieldType::Int, "8"))
            .await;
        self.set(tenant, "cart.rate", None).await;
        self.set(tenant, "open", None).await;
        self.set(tenant, "open", typed(FieldType::Bool, "true"))
            .await;
        let request = SetFieldsRequest {
            tenant_id: tenant.to_owned(),
            updates: vec![
                update("open", typed(FieldType::Bool, "false")),
                update("cart.banner", None),
                update("cart.limit", typed(FieldType::Int, "9")),
            ],
            ..SetFieldsRequest::default()
        };
        self.call("batch", client.set_fields(with(ROOT, request)))
            .await;
        while let Ok(message) = tokio::time::timeout(wait, stream.message()).await {
            let change = message.unwrap().unwrap().change.unwrap();
            self.note("live", &change);
        }
    }

    async fn limits(&mut self, tenant: &str) {
        let user: Headers<'_> = &[("x-subject", "u"), ("x-tenant-id", tenant)];
        let mut client = self.config.clone();
        let mut answers = Vec::new();
        for _ in 0..30 {
            let mut client = client.clone();
            let tenant_id = tenant.to_owned();
            let request = v1::ListVersionsRequest {
                tenant_id,
                ..Default::default()
            };
            let request = with(user, request);
            answers.push(tokio::spawn(
                async move { client.list_versions(request).await },
            ));
        }
        let mut refused = None;
        for answer in answers {
            refused = answer.await.unwrap().err().or(refused);
        }
        let refused = refused.unwrap();
        self.note(
            "limit",
            &(refused.code(), refused.message(), refused.details()),
        );

        let request = v1::SubscribeRequest {
            tenant_id: tenant.to_owned(),
            start_version: Some(1),
            ..v1::SubscribeRequest::default()
        };
        let stream = client.subscribe(with(user, request)).await;
        let mut stream = stream.unwrap().into_inner();
        let refused = loop {
            if let Err(status) = stream.message().await {
                break status;
            }
        };
        self.note("cut", &(refused.code(), refused.message()));
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
