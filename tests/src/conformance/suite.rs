// The suite itself. It stands here once and is compiled twice: `call!` awaits an async call in one
// module, and makes a blocking one in the other.

use std::time::{Duration, SystemTime};

use decree_runtime::{
    DecreeConfig, Entry, ErrorKind, Json, Mismatch, Problem, Role, Value, WhatChanged, Write,
};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Target, Tenant, kind_of};

mod history {
    #[allow(clippy::wildcard_imports, reason = "the parts are written as one file")]
    use super::*;

    include!("suite/history.rs");
}

mod news {
    #[allow(clippy::wildcard_imports, reason = "the parts are written as one file")]
    use super::*;

    include!("suite/news.rs");
}

mod refusals {
    #[allow(clippy::wildcard_imports, reason = "the parts are written as one file")]
    use super::*;

    include!("suite/refusals.rs");
}

mod values {
    #[allow(clippy::wildcard_imports, reason = "the parts are written as one file")]
    use super::*;

    include!("suite/values.rs");
}

mod writes {
    #[allow(clippy::wildcard_imports, reason = "the parts are written as one file")]
    use super::*;

    include!("suite/writes.rs");
}

pub use self::{history::*, news::*, refusals::*, values::*, writes::*};
