//! The rate limit: a bucket of tokens per caller and method.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use prost::Message as _;
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::auth::Claims;

const BURST: f64 = 10.0;
const PER_SECOND: f64 = 100.0;
const PER_SECOND_ANONYMOUS: f64 = 10.0;

#[derive(Debug, Default)]
pub(crate) struct Limiter {
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl Limiter {
    /// Callers with the same tenants share a bucket; superadmins have no limit.
    pub(crate) fn meter(self: &Arc<Self>, claims: &Claims, method: &str) -> Meter {
        if claims.is_superadmin() {
            return Meter::unlimited();
        }
        let mut tenants = claims.tenants.clone();
        tenants.sort_unstable();
        tenants.dedup();
        self.bucket(format!("t:{}:{method}", tenants.join(",")), PER_SECOND)
    }

    pub(crate) fn anonymous(self: &Arc<Self>, peer: &str, method: &str) -> Meter {
        self.bucket(format!("anon:{peer}:{method}"), PER_SECOND_ANONYMOUS)
    }

    pub(crate) fn forget(&self) {
        self.buckets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn bucket(self: &Arc<Self>, key: String, per_second: f64) -> Meter {
        Meter(Some(Limited {
            limiter: Arc::clone(self),
            key,
            per_second,
        }))
    }
}

/// The right to take from one bucket. Travels with a call, because streams pay per message.
#[derive(Debug, Clone)]
pub(crate) struct Meter(Option<Limited>);

#[derive(Debug, Clone)]
struct Limited {
    limiter: Arc<Limiter>,
    key: String,
    per_second: f64,
}

impl Meter {
    pub(crate) fn unlimited() -> Self {
        Self(None)
    }

    pub(crate) fn take(&self) -> Result<(), Status> {
        let Some(limited) = &self.0 else {
            return Ok(());
        };
        let now = Instant::now();
        let mut buckets = limited
            .limiter
            .buckets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry(limited.key.clone())
            .or_insert_with(|| Bucket::full(now));
        if bucket.take(now, limited.per_second) {
            Ok(())
        } else {
            Err(exhausted())
        }
    }
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn full(now: Instant) -> Self {
        Self {
            tokens: BURST,
            at: now,
        }
    }

    fn take(&mut self, now: Instant, per_second: f64) -> bool {
        let earned = now.saturating_duration_since(self.at).as_secs_f64() * per_second;
        self.tokens = (self.tokens + earned).min(BURST);
        self.at = now;
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }
}

/// The two messages of `google.rpc` that the error carries.
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<prost_types::Duration>,
}

/// The refusal of a caller that comes too often: `RESOURCE_EXHAUSTED`, with a `RetryInfo` that says to
/// come back in a second.
#[must_use]
pub fn exhausted() -> Status {
    let code = Code::ResourceExhausted;
    let message = "rate limit exceeded; retry after 1s";
    let second = prost_types::Duration {
        seconds: 1,
        nanos: 0,
    };
    let details = RpcStatus {
        code: code.into(),
        message: message.to_owned(),
        details: vec![prost_types::Any {
            type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(),
            value: RetryInfo {
                retry_delay: Some(second),
            }
            .encode_to_vec(),
        }],
    };
    Status::with_details(code, message, details.encode_to_vec().into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::auth::Role;

    fn user(tenants: &[&str]) -> Claims {
        Claims {
            subject: "me".to_owned(),
            role: Role::User,
            tenants: tenants.iter().map(|&tenant| tenant.to_owned()).collect(),
        }
    }

    #[test]
    fn a_bucket_holds_ten_and_refills_steadily() {
        let start = Instant::now();
        let mut bucket = Bucket::full(start);
        let taken = (0..20).filter(|_| bucket.take(start, PER_SECOND)).count();
        assert_eq!(taken, 10);

        let later = start + Duration::from_millis(30);
        let taken = (0..20).filter(|_| bucket.take(later, PER_SECOND)).count();
        assert_eq!(taken, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn the_order_of_tenants_does_not_make_another_bucket() {
        let limiter = Arc::new(Limiter::default());
        for _ in 0..5 {
            limiter
                .meter(&user(&["a", "b"]), "GetConfig")
                .take()
                .unwrap();
            limiter
                .meter(&user(&["b", "a", "b"]), "GetConfig")
                .take()
                .unwrap();
        }
        let refused = limiter
            .meter(&user(&["a", "b"]), "GetConfig")
            .take()
            .unwrap_err();
        assert_eq!(refused.code(), Code::ResourceExhausted);
        limiter.meter(&user(&["a"]), "GetConfig").take().unwrap();
        limiter
            .meter(&user(&["a", "b"]), "GetField")
            .take()
            .unwrap();
    }

    #[test]
    fn the_error_says_when_to_come_back() {
        let details = RpcStatus::decode(exhausted().details()).unwrap();
        let retry = RetryInfo::decode(&*details.details[0].value).unwrap();
        assert_eq!(retry.retry_delay.unwrap().seconds, 1);
    }
}
