//! What stands between a write and its version: locks, attributes, checksums, idempotency keys.
//!
//! No method is called more than ten times in a row for one tenant but by superadmins: the rate
//! limit would have a say.

use decree_proto::{
    text,
    v1::{self, FieldType, SetFieldRequest, SetFieldsRequest, TypedValue},
};

use super::{Headers, ROOT, Script, typed, update, with};

const SUBJECT: (&str, &str) = ("x-subject", "a");

impl Script {
    pub(super) async fn locks(&mut self, tenant: &str) {
        let tenant = &self.sibling(tenant).await;
        let admin: Headers<'_> = &[SUBJECT, ("x-role", "admin"), ("x-tenant-id", tenant)];
        let user: Headers<'_> = &[SUBJECT, ("x-tenant-id", tenant)];
        let stranger: Headers<'_> = &[SUBJECT, ("x-role", "admin"), ("x-tenant-id", "t")];
        let (name, banner) = (&self.name.clone(), "cart.banner");
        let string = |text: &str| typed(FieldType::String, text);

        self.lock(stranger, tenant, banner, &[]).await; // resolving it fails first
        for (tenant, path) in [("nobody", banner), ("nobody", ""), ("", banner)] {
            self.lock(admin, tenant, path, &[]).await;
        }
        self.lock(user, tenant, banner, &[]).await;
        self.lock(user, tenant, "", &[]).await;
        self.lock(admin, tenant, "a\0b", &[]).await;
        self.lock(admin, name, banner, &[]).await;
        self.lock(ROOT, tenant, "open", &["true", ""]).await;
        self.lock(admin, tenant, "cart.limit", &["7", "8"]).await;
        self.lock(ROOT, tenant, "nowhere", &[]).await;
        self.lock(admin, tenant, "pay.timeout", &["1m30s"]).await;
        self.list_locks(user, tenant, 0, "").await;
        self.list_locks(user, tenant, 2, "").await;
        self.list_locks(user, tenant, 2, "?").await;
        self.list_locks(user, "nobody", 2, "?").await;

        for (path, value) in [
            (banner, string("x")),
            (banner, typed(FieldType::Int, "1")),
            ("nowhere", None),
            ("open", typed(FieldType::Bool, "true")),
            ("open", typed(FieldType::Bool, "false")),
            ("open", None),
            ("cart.limit", typed(FieldType::Int, "7")),
            ("cart.limit", typed(FieldType::Int, "9")),
        ] {
            self.set_as(admin, tenant, path, value, None, None).await;
        }
        let limit = || update("cart.limit", typed(FieldType::Int, "10"));
        for updates in [
            vec![limit(), update(banner, None)],
            vec![update("", None), update(banner, None)],
            vec![update("cart.limit", None), update(banner, None)],
            vec![
                limit(),
                update("pay.timeout", typed(FieldType::Duration, "90s")),
            ],
        ] {
            let request = SetFieldsRequest {
                tenant_id: tenant.clone(),
                updates,
                ..SetFieldsRequest::default()
            };
            let mut client = self.config.clone();
            self.call("locked batch", client.set_fields(with(admin, request)))
                .await;
        }
        self.set_as(ROOT, tenant, banner, string("x"), None, None)
            .await;
        self.set_as(ROOT, tenant, "open", None, None, None).await;
        for headers in [admin, ROOT] {
            let request = v1::RollbackToVersionRequest {
                tenant_id: tenant.clone(),
                version: 5,
                description: None,
            };
            let mut client = self.config.clone();
            self.call(
                "locked rollback",
                client.rollback_to_version(with(headers, request)),
            )
            .await;
        }

        for (headers, path) in [
            (user, banner),
            (user, ""),
            (admin, "never locked"),
            (admin, banner),
            (admin, banner),
            (ROOT, "open"),
        ] {
            let request = v1::UnlockFieldRequest {
                tenant_id: tenant.clone(),
                field_path: path.to_owned(),
            };
            let mut client = self.schema.clone();
            self.call("unlock", client.unlock_field(with(headers, request)))
                .await;
        }
        self.lock(admin, tenant, "cart.limit", &[]).await; // again, and wholly
        self.list_locks(ROOT, name, 0, "").await;
        let admin_again = typed(FieldType::Int, "11");
        self.set_as(admin, tenant, "cart.limit", admin_again, None, None)
            .await;
    }

    pub(super) async fn guards(&mut self, tenant: &str) {
        let tenant = &self.sibling(tenant).await;
        let admin: Headers<'_> = &[SUBJECT, ("x-role", "admin"), ("x-tenant-id", tenant)];
        let string = |text: &str| typed(FieldType::String, text);
        let int = |number: &str| typed(FieldType::Int, number);

        for (path, value) in [
            ("pay.region", string("us")),
            ("pay.region", None),
            ("pay.currency", string("EUR")),
            ("pay.currency", string("EUR")),
            ("pay.currency", string("GBP")),
        ] {
            self.set_as(admin, tenant, path, value, None, None).await;
        }
        let stored = text::checksum("25");
        for (path, value, checksum) in [
            ("cart.limit", int("26"), "0"),
            ("cart.limit", int("26"), ""),
            ("cart.limit", int("0"), "0"), // a bad value comes before a bad checksum
            ("cart.limit", int("26"), stored.as_str()),
            ("cart.limit", int("27"), stored.as_str()),
            ("pay.region", string("us"), "0"),
            ("cart.rate", None, "0"),
            ("cart.rate", None, "0"),
            ("cart.rate", None, ""),
        ] {
            self.set_as(ROOT, tenant, path, value, Some(checksum), None)
                .await;
        }
        for (path, value, key) in [
            ("cart.limit", int("30"), "twice"),
            ("cart.limit", int("30"), "twice"),
            ("cart.banner", string("another call"), "twice"),
            ("cart.limit", int("0"), "burned"),
            ("cart.limit", int("31"), "burned"),
            ("pay.region", string("us"), "burned by an attribute"),
            ("cart.limit", int("31"), "burned by an attribute"),
            ("", None, "not burned"),
            ("cart.limit", int("31"), "not burned"),
            ("cart.limit", int("32"), ""),
            ("cart.limit", int("33"), ""),
        ] {
            self.set_as(ROOT, tenant, path, value, None, Some(key))
                .await;
        }
        self.set_as(ROOT, tenant, "cart.limit", int("34"), Some("0"), Some("c"))
            .await;
        self.set_as(ROOT, tenant, "cart.limit", int("34"), None, Some("c"))
            .await;
        self.lock(admin, tenant, "cart.limit", &[]).await;
        self.set_as(admin, tenant, "cart.limit", int("35"), None, Some("l"))
            .await;
        for key in ["twice", "l", "l"] {
            let request = SetFieldsRequest {
                tenant_id: tenant.clone(),
                updates: vec![update("cart.limit", int("36"))],
                idempotency_key: Some(key.to_owned()),
                ..SetFieldsRequest::default()
            };
            let mut client = self.config.clone();
            self.call("keyed batch", client.set_fields(with(ROOT, request)))
                .await;
        }
        self.whole(tenant, None).await;
    }

    /// A fresh tenant of the same schema, by its id.
    async fn sibling(&mut self, tenant: &str) -> String {
        self.name.push_str("-c");
        let id = tenant.to_owned();
        let mut client = self.schema.clone();
        let known = client.get_tenant(with(ROOT, v1::GetTenantRequest { id }));
        let create = v1::CreateTenantRequest {
            name: self.name.clone(),
            schema_id: known.await.unwrap().into_inner().tenant.unwrap().schema_id,
            schema_version: 1,
        };
        let created = client.create_tenant(with(ROOT, create)).await.unwrap();
        created.into_inner().tenant.unwrap().id
    }

    async fn lock(&mut self, headers: Headers<'_>, tenant: &str, path: &str, values: &[&str]) {
        let request = v1::LockFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: path.to_owned(),
            locked_values: values.iter().map(|&value| value.to_owned()).collect(),
        };
        let mut client = self.schema.clone();
        self.call("lock", client.lock_field(with(headers, request)))
            .await;
    }

    async fn list_locks(&mut self, headers: Headers<'_>, tenant: &str, size: i32, token: &str) {
        let request = v1::ListFieldLocksRequest {
            tenant_id: tenant.to_owned(),
            page_size: size,
            page_token: token.to_owned(),
        };
        let mut client = self.schema.clone();
        let answer = client.list_field_locks(with(headers, request)).await;
        let answer = answer.map(|answer| {
            let answer = answer.into_inner();
            (answer.locks, answer.next_page_token.is_empty())
        });
        self.note(
            "locks",
            &answer.map_err(|s| (s.code(), s.message().to_owned())),
        );
    }

    async fn set_as(
        &mut self,
        headers: Headers<'_>,
        tenant: &str,
        path: &str,
        value: Option<TypedValue>,
        checksum: Option<&str>,
        key: Option<&str>,
    ) {
        let request = SetFieldRequest {
            tenant_id: tenant.to_owned(),
            field_path: path.to_owned(),
            value,
            expected_checksum: checksum.map(str::to_owned),
            idempotency_key: key.map(str::to_owned),
            ..SetFieldRequest::default()
        };
        let mut client = self.config.clone();
        let step = format!("guarded set {path}");
        self.call(&step, client.set_field(with(headers, request)))
            .await;
    }
}
