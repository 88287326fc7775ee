//! One suite for every call of the client: async and blocking, against every server, whatever the
//! way to say who calls and however the connection is protected.

use std::future::Future;

use decree_runtime::{ClientBuilder, Error, ErrorKind, Role};

use crate::admin::Admin;

/// A server, and a way to be let in.
pub trait Target: Sync {
    /// How a caller of that role, who belongs to the tenant of that id, reaches it.
    fn client(&self, role: Role, tenant_id: &str) -> ClientBuilder;

    /// How to write to it without the client under test.
    fn admin(&self) -> Admin;

    /// A tenant with a field of every kind.
    fn tenant(&self, name: &str) -> impl Future<Output = Tenant> + Send {
        create(self.admin(), name, FIELDS)
    }

    /// A tenant without versions.
    fn plain_tenant(&self, name: &str) -> impl Future<Output = Tenant> + Send {
        create(self.admin(), name, PLAIN)
    }

    /// Locks a field, or some values of it.
    fn lock(&self, tenant: &str, path: &str, values: &[&str]) -> impl Future<Output = ()> + Send {
        let admin = self.admin();
        let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
        async move {
            let locked = admin.lock(tenant, path, values).await;
            locked.expect("locked");
        }
    }
}

/// A tenant of its own for each test of each run.
#[derive(Debug)]
pub struct Tenant {
    /// Its name.
    pub name: String,
    /// The server's id of it.
    pub id: String,
}

async fn create(admin: Admin, name: &str, fields: &str) -> Tenant {
    // The two ways to call share the server, and so do the ways to be let in.
    let name = format!("{name}-{:08x}", fastrand::u32(..));
    let created = admin.create(&name, fields).await;
    let id = created.expect("the schema and the tenant are created");
    Tenant { name, id }
}

const FIELDS: &str = "
  all.integer: { type: integer, nullable: true }
  all.number: { type: number, nullable: true }
  all.text: { type: string, nullable: true }
  all.bool: { type: bool, nullable: true }
  all.time: { type: time, nullable: true }
  all.duration: { type: duration, nullable: true }
  all.url: { type: url, nullable: true }
  all.json: { type: json, nullable: true }
  some.limit: { type: integer, constraints: { minimum: 1, maximum: 10 } }
  some.share: { type: number }
  some.note: { type: string }
  only.fixed: { type: string, readOnly: true, default: eu }
  only.once: { type: string, writeOnce: true }
  secret.key: { type: string, sensitive: true }
  secret.pin: { type: integer, sensitive: true }
";

const PLAIN: &str = "
  pay.fee: { type: number, nullable: true }
  pay.banner: { type: string, nullable: true }
";

fn kind_of<T>(result: Result<T, Error>) -> ErrorKind {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => error.kind(),
    }
}

/// The suite with calls that are awaited.
pub mod asynchronous {
    macro_rules! call {
        ($call:expr) => {
            ($call).await
        };
    }

    macro_rules! collected {
        ($versions:expr) => {{
            let mut versions = $versions;
            let mut listed = Vec::new();
            while let Some(version) = versions.next().await {
                listed.push(version.expect("listed"));
            }
            listed
        }};
    }

    use decree_runtime::{Client, RetryPolicy};

    fn client(target: &impl Target, role: Role, tenant_id: &str) -> Client {
        let client = target.client(role, tenant_id).build();
        client.expect("the options are sound")
    }

    /// Who tries once only.
    fn hasty(target: &impl Target, tenant_id: &str) -> Client {
        let client = target
            .client(Role::User, tenant_id)
            .retry(RetryPolicy::never());
        client.build().expect("the options are sound")
    }

    include!("suite.rs");
}

/// The suite with calls that block.
pub mod blocking {
    macro_rules! call {
        ($call:expr) => {
            $call
        };
    }

    macro_rules! collected {
        ($versions:expr) => {
            $versions.collect::<Result<Vec<_>, _>>().expect("listed")
        };
    }

    use decree_runtime::{RetryPolicy, blocking::Client};

    fn client(target: &impl Target, role: Role, tenant_id: &str) -> Client {
        let client = target.client(role, tenant_id).build_blocking();
        client.expect("the options are sound")
    }

    /// Who tries once only.
    fn hasty(target: &impl Target, tenant_id: &str) -> Client {
        let client = target
            .client(Role::User, tenant_id)
            .retry(RetryPolicy::never());
        client.build_blocking().expect("the options are sound")
    }

    include!("suite.rs");
}

/// Hands the names of all parts of the suite to a macro, after what else that is to be given.
#[macro_export]
macro_rules! parts {
    ($then:path: $($before:tt)*) => {
        $then! { $($before)*
            every_kind_round_trips
            kinds_are_strict
            null_is_told_from_all_else
            whole_reads_and_old_versions
            texts_are_parsed_by_the_declared_type
            options_of_a_write
            updates_guard_what_they_read
            history_is_listed_compared_and_restored
            a_rollback_is_a_new_version
            every_refusal_has_its_kind
            limits_of_the_server_have_their_kind
            a_struct_follows_what_is_written
            fields_follow_what_is_written
            the_server_says_what_it_is
        }
    };
}

macro_rules! in_turn {
    ($way:ident: $($part:ident)*) => {
        /// Every part of the suite, one after the other.
        pub async fn $way(target: &impl Target) {$(
            println!("{}::{}", stringify!($way), stringify!($part));
            super::$way::$part(target).await;
        )*}
    };
}

/// The whole suite in one go, for servers that are slow to start.
pub mod all {
    use super::Target;

    parts!(in_turn: asynchronous:);
    parts!(in_turn: blocking:);
}

/// Makes a test of every part of the suite, both ways, for one target.
#[macro_export]
macro_rules! conformance {
    ($target:expr) => {
        mod asynchronous {
            $crate::parts!($crate::conformance: @ asynchronous, $target,);
        }
        mod blocking {
            $crate::parts!($crate::conformance: @ blocking, $target,);
        }
    };
    (@ $way:ident, $target:expr, $($part:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $part() {
            let target = $target.await;
            $crate::conformance::$way::$part(&target).await;
        }
    )*};
}
