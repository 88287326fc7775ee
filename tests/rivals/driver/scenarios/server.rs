//! What is behind the server, and how it is set up.

use std::time::Duration;

use decree_dev::faults::{Answer, Fault};
use tokio::time::sleep;
use tonic::Status;

use super::{RECOVERED, Scenario, UNTOLD, scenario};

/// How long a database is gone.
const OUTAGE: Duration = Duration::from_secs(10);

/// What asks the database.
const CALLS: [&str; 4] = ["GetConfig", "GetTenant", "ListVersions", "Subscribe"];

/// Time in which clients find out how the server is set up.
const PRACTICE: Duration = Duration::from_secs(12);

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        scenario!(
            "Database gone for 10 s",
            "streams end (OK), and for 10 s every call fails as the server's do that cannot ask its \
             database who the tenant is (INVALID_ARGUMENT); a field is written before that is over",
            |stage| {
                let words = "failed to resolve tenant";
                stage.server.misbehave(|faults| {
                    for call in CALLS {
                        let answer = Answer::Fail(Status::invalid_argument(words));
                        faults.answers.insert(call, Fault::Always(answer));
                    }
                });
                stage.server.end_subscriptions();
                sleep(OUTAGE).await;
                stage.set(0, 2)?;
                stage.server.behave();
                Ok(())
            }
        )
        .right_within(RECOVERED)
.heard(),
        scenario!(
            "Restored to an older version",
            "one field is written; 2 s later the server has lost that version, and says nothing",
            |stage| {
                stage.set(0, 2)?;
                sleep(Duration::from_secs(2)).await;
                stage.lose_version()
            }
        )
        .only_says("Behind"),
        scenario!(
            "Failover that lost a version",
            "one field is written; 2 s later that version is another one, with the same number and \
             another value, and the server says nothing",
            |stage| {
                stage.set(0, 2)?;
                sleep(Duration::from_secs(2)).await;
                stage.rewrite_version(0, 3)
            }
        )
        .right_within(UNTOLD),
        scenario!(
            "Tenant replaced",
            "the tenant is deleted, another one of the same name is made, and its 15 fields are \
             written",
            |stage| {
                stage.replace_tenant()?;
                stage.set_first(15, 2)
            }
        )
        .right_within(UNTOLD)
.heard(),
        scenario!(
            "At most 5 paths in a call",
            "`CONFIG_MAX_LIST_LEN=5`, as the server's own docker-compose.yml has it, after a restart; \
             12 s later a field is written",
            |stage| {
                stage
                    .server
                    .misbehave(|faults| faults.longest_list = Some(5));
                stage.server.end_subscriptions();
                sleep(PRACTICE).await;
                stage.set(0, 2)
            }
        ),
        scenario!(
            "Calls without a deadline are cut",
            "`GRPC_DEFAULT_TIMEOUT=5s`, after a restart; 12 s later a field is written",
            |stage| {
                stage.server.misbehave(|faults| {
                    faults.default_timeout = Some(Duration::from_secs(5));
                });
                stage.server.end_subscriptions();
                sleep(PRACTICE).await;
                stage.set(0, 2)
            }
        ),
    ]
}
