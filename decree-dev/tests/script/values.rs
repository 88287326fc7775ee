//! Values of every kind, null, secrets, batches.

use decree_proto::{
    text,
    v1::{self, FieldType, FieldUpdate, SetFieldsRequest, TypedValue},
};

use super::{ROOT, Script, typed, update, with};

impl Script {
    pub(super) async fn values(&mut self, tenant: &str) {
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

    pub(super) async fn nulls_and_secrets(&mut self, tenant: &str) {
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

    pub(super) async fn batches(&mut self, tenant: &str) {
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
}
