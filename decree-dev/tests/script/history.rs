//! Versions, events, and the rate limit.

use std::time::Duration;

use decree_proto::v1::{self, FieldType, SetFieldsRequest};

use super::{Headers, ROOT, Script, typed, update, with};

impl Script {
    pub(super) async fn versions(&mut self, tenant: &str) {
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

    pub(super) async fn events(&mut self, tenant: &str) {
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

    pub(super) async fn limits(&mut self, tenant: &str) {
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

    pub(super) async fn second_tenant(&mut self) {
        self.name.push_str("-b");
        let tenant = self.name.clone();
        let mut client = self.schema.clone();
        let yaml = format!(
            "spec_version: v1\nname: {tenant}\nfields:\n  a: {{ type: integer }}\n  \
             b: {{ type: json, nullable: true }}\n  s: {{ type: string, nullable: true, sensitive: true }}\n"
        );
        let request = v1::ImportSchemaRequest {
            yaml_content: yaml.into(),
            auto_publish: true,
        };
        let imported = client
            .import_schema(with(ROOT, request))
            .await
            .unwrap()
            .into_inner();
        let create = v1::CreateTenantRequest {
            name: tenant.clone(),
            schema_id: imported.schema.unwrap().id,
            schema_version: 1,
        };
        self.call("create", client.create_tenant(with(ROOT, create)))
            .await;
        self.whole(&tenant, None).await;

        let mut client = self.config.clone();
        let subscribe = |version| v1::SubscribeRequest {
            tenant_id: tenant.clone(),
            start_version: Some(version),
            field_paths: Vec::new(),
        };
        let early = client
            .subscribe(with(ROOT, subscribe(1)))
            .await
            .unwrap_err();
        self.note("no versions", &(early.code(), early.message()));

        self.set(&tenant, "a", typed(FieldType::Int, "1")).await;
        let stream = client.subscribe(with(ROOT, subscribe(1))).await;
        let mut stream = stream.unwrap().into_inner();
        self.set(&tenant, "s", typed(FieldType::String, "hunter2"))
            .await;
        self.set(&tenant, "b", typed(FieldType::Json, &"x".repeat(70_000)))
            .await;
        self.set(&tenant, "b", None).await;
        for (version, description) in [(1, None), (2, Some("")), (99, Some("back"))] {
            let request = v1::RollbackToVersionRequest {
                tenant_id: tenant.clone(),
                version,
                description: description.map(str::to_owned),
            };
            self.call("roll back", client.rollback_to_version(with(ROOT, request)))
                .await;
            self.whole(&tenant, None).await;
        }
        self.set(&tenant, "s", None).await;
        let wait = Duration::from_millis(500);
        while let Ok(message) = tokio::time::timeout(wait, stream.message()).await {
            self.note("told", &message.unwrap().unwrap().change.unwrap());
        }
        let request = v1::ListVersionsRequest {
            tenant_id: tenant,
            ..Default::default()
        };
        self.call("versions", client.list_versions(with(ROOT, request)))
            .await;
    }
}
