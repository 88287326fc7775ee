//! What the server answers in the cases that the watch has an opinion about, on the bare wire.

use decree_proto::v1::{
    DeleteTenantRequest, FieldType, GetConfigRequest, GetFieldsRequest, GetSchemaRequest,
    GetTenantRequest, ImportSchemaRequest, ListVersionsRequest, SchemaField, Tenant,
    UpdateTenantRequest, typed_value::Kind,
};
use decree_runtime::{Client, DecreeConfig, Live};
use decree_tests::{
    admin::{Admin, typed},
    real::{Own, variable},
    wire::Caller,
};
use tokio::time::timeout;
use tonic::{Code, Status};

use crate::{TICK, admin, unique};

async fn config(caller: &Caller, tenant: &str) -> Result<Vec<(String, Option<Kind>)>, Status> {
    let get = GetConfigRequest {
        tenant_id: tenant.to_owned(),
        version: None,
        include_descriptions: true,
    };
    let answer = caller.config().get_config(caller.request(get)).await?;
    let values = answer.into_inner().config.unwrap_or_default().values;
    let kind = |value: decree_proto::v1::ConfigValue| {
        (value.field_path, value.value.and_then(|value| value.kind))
    };
    Ok(values.into_iter().map(kind).collect())
}

async fn fields(caller: &Caller, tenant: &str, paths: &[&str]) -> Result<usize, Status> {
    let get = GetFieldsRequest {
        tenant_id: tenant.to_owned(),
        field_paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        ..Default::default()
    };
    let answer = caller.config().get_fields(caller.request(get)).await?;
    Ok(answer.into_inner().values.len())
}

async fn tenant(caller: &Caller, id: &str) -> Result<Tenant, Status> {
    let get = GetTenantRequest { id: id.to_owned() };
    let answer = caller.schema().get_tenant(caller.request(get)).await?;
    Ok(answer.into_inner().tenant.unwrap_or_default())
}

async fn versions(caller: &Caller, tenant: &str) -> Result<usize, Status> {
    let list = ListVersionsRequest {
        tenant_id: tenant.to_owned(),
        ..Default::default()
    };
    let answer = caller.config().list_versions(caller.request(list)).await?;
    Ok(answer.into_inner().versions.len())
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, String) {
    let status = answer.expect_err("refused");
    (status.code(), status.message().to_owned())
}

#[derive(Debug, DecreeConfig)]
struct Large {
    #[decree(key = "large.one", default = "")]
    one: String,
    #[decree(key = "large.two", default = "")]
    two: String,
}

impl Large {
    /// In MiB.
    fn sizes(&self) -> [usize; 2] {
        [&self.one, &self.two].map(|text| text.len() >> 20)
    }
}

/// It looks like a rate limit, and comes without the details of one. Whatever could be written
/// alone can be read alone, and so a watch does.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_too_large() {
    let address = variable("DECREE_REAL_ADDR");
    let admin = admin(&address);
    let schema = "  large.one: { type: string }\n  large.two: { type: string }\n";
    let name = unique("too-large");
    admin.create(&name, schema).await.expect("a tenant");
    let client = Client::builder(&address).subject("large").build();
    let client = client.expect("sound options");
    let mut early: Live<Large> = client.live(&name).await.expect("readable");
    for path in ["large.one", "large.two"] {
        let text = Kind::StringValue("x".repeat(11 << 20));
        let written = admin.set(&name, path, typed(text)).await;
        written.expect("one of them is no problem");
    }
    let user = Caller::user(&address, &name);
    let both = ["large.one", "large.two"];
    for status in [
        config(&user, &name).await.expect_err("too large"),
        fields(&user, &name, &both).await.expect_err("too large"),
    ] {
        assert_eq!(status.code(), Code::ResourceExhausted);
        let text = "grpc: trying to send message larger than max";
        assert!(status.message().starts_with(text), "{status}");
        assert!(status.details().is_empty(), "{status:?}");
    }
    let one = fields(&user, &name, &both[..1]).await;
    assert_eq!(one.expect("small enough"), 1);
    assert_eq!(versions(&user, &name).await.expect("without values"), 2);

    let shown = timeout(TICK, async {
        while early.with(Large::sizes) != [11, 11] {
            early.changed().await.expect("the watch goes on");
        }
    });
    shown.await.expect("the tick finds it");
    early.shutdown().await;
    let late: Live<Large> = client.live(&name).await.expect("in parts");
    assert_eq!(late.with(Large::sizes), [11, 11]);
    assert_eq!(late.status().last_trouble, None);
}

/// Only whoever asks for a tenant by its id, as a user of that id, learns whether it is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_deleted() {
    let address = variable("DECREE_REAL_ADDR");
    let admin = admin(&address);
    let create = async |name: &str| {
        let id = admin
            .create(name, "  some.field: { type: integer }\n")
            .await;
        let id = id.expect("a tenant");
        let one = typed(Kind::IntegerValue(1));
        admin.set(name, "some.field", one).await.expect("written");
        id
    };
    let name = unique("deleted");
    let (id, other) = (create(&name).await, create(&unique("other")).await);
    let by_id = Caller::user(&address, &id);
    let by_name = Caller::user(&address, &name);
    let stranger = Caller::user(&address, &other);
    let gone = (Code::NotFound, "tenant not found".to_owned());
    let unresolved = (Code::InvalidArgument, "failed to resolve tenant".to_owned());

    for caller in [&by_id, &by_name] {
        assert_eq!(tenant(caller, &id).await.expect("there").id, id);
        assert_eq!(tenant(caller, &name).await.expect("there").id, id);
    }
    assert_eq!(refused(tenant(&stranger, &id).await), gone);

    let root = Caller::superadmin(&address);
    let delete = root.request(DeleteTenantRequest { id: id.clone() });
    root.schema().delete_tenant(delete).await.expect("deleted");
    assert_eq!(refused(tenant(&by_id, &id).await), gone);
    assert_eq!(refused(tenant(&by_name, &id).await), unresolved);
    assert_eq!(refused(config(&by_id, &id).await), gone);
    assert_eq!(versions(&by_id, &id).await.expect("as if it were there"), 1);
    assert_eq!(refused(versions(&by_name, &name).await), unresolved);

    let unknown = "00000000-0000-0000-0000-000000000000";
    let nobody = Caller::user(&address, unknown);
    assert_eq!(versions(&nobody, unknown).await.expect("OK and empty"), 0);
    let lookup = (Code::Internal, "validator lookup failed".to_owned());
    assert_eq!(refused(config(&nobody, unknown).await), lookup);
}

/// Two processes of a server, of which one read a tenant before the other changed its fields.
struct Stale {
    own: Own,
    second: String,
    admin: Admin,
    id: String,
}

impl Stale {
    async fn start(name: &str) -> Self {
        let own = Own::up(name, "");
        let second = own.second();
        let admin = admin(&own.address);
        let schema = "  some.number: { type: string }\n";
        let id = admin.create("stale", schema).await.expect("a tenant");
        let number = typed(Kind::StringValue("12".to_owned()));
        let written = admin.set("stale", "some.number", number).await;
        written.expect("written");
        let stale = Self {
            own,
            second,
            admin,
            id,
        };
        for caller in stale.callers() {
            config(&caller, "stale").await.expect("readable");
        }
        stale
    }

    fn callers(&self) -> [Caller; 2] {
        [&self.own.address, &self.second].map(|address| Caller::user(address, "stale"))
    }

    /// Through the first process only: a field has another type, and one is new and written.
    async fn change_types(&self) {
        let root = Caller::superadmin(&self.own.address);
        let yaml = "
spec_version: v1
name: stale
fields:
  some.number: { type: integer }
  some.news: { type: integer }
";
        let import = ImportSchemaRequest {
            yaml_content: yaml.as_bytes().to_vec(),
            auto_publish: true,
        };
        let imported = root.schema().import_schema(root.request(import)).await;
        let schema = imported.expect("imported").into_inner().schema;
        let update = UpdateTenantRequest {
            id: self.id.clone(),
            schema_version: schema.map(|schema| schema.version),
            ..Default::default()
        };
        let updated = root.schema().update_tenant(root.request(update)).await;
        updated.expect("moved to the new schema");
        let news = typed(Kind::IntegerValue(77));
        let written = self.admin.set("stale", "some.news", news).await;
        written.expect("this process knows the field");
    }
}

/// A process that read a tenant keeps the types of its fields when another process changes them:
/// under the same number, the two answer otherwise. The tenant says that its schema moved.
#[tokio::test(flavor = "multi_thread")]
async fn types_that_another_process_changed() {
    let stale = Stale::start("stale-types").await;
    let [here, there] = stale.callers();
    let before = tenant(&there, &stale.id).await.expect("there");
    stale.change_types().await;

    let text = |text: &str| Some(Kind::StringValue(text.to_owned()));
    let integer = |value| Some(Kind::IntegerValue(value));
    let named = |number, news| {
        vec![
            ("some.news".to_owned(), news),
            ("some.number".to_owned(), number),
        ]
    };
    let right = config(&here, "stale").await.expect("readable");
    assert_eq!(right, named(integer(12), integer(77)));
    let wrong = config(&there, "stale").await.expect("readable");
    assert_eq!(wrong, named(text("12"), text("77")));

    let after = tenant(&there, &stale.id).await.expect("there");
    assert_eq!((before.schema_version, after.schema_version), (1, 2));
    assert_ne!(before.updated_at, after.updated_at);
    let get = GetSchemaRequest {
        id: after.schema_id,
        version: Some(2),
    };
    let known = there.schema().get_schema(there.request(get)).await;
    let known = known.expect("a user may read it").into_inner().schema;
    let fields = known.expect("a schema").fields;
    let types: Vec<_> = fields.iter().map(SchemaField::r#type).collect();
    assert_eq!(types, [FieldType::Int; 2], "from the tables, not memory");
}

#[derive(Debug, DecreeConfig)]
struct News {
    #[decree(key = "some.news", default = 0)]
    news: i64,
}

/// Such a process sends the text of a field that it does not know: the text is good all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_field_is_read_from_a_process_that_does_not_know_it() {
    let stale = Stale::start("unknown-field").await;
    let client = Client::builder(&stale.second).subject("news").build();
    let client = client.expect("sound options");
    let mut live: Live<News> = client.live("stale").await.expect("readable");
    stale.change_types().await;
    let shown = timeout(TICK, async {
        while live.with(|news| news.news) != 77 {
            live.changed().await.expect("the watch goes on");
        }
    });
    assert!(shown.await.is_ok(), "{:?}", live.status());
}
