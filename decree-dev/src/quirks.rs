//! The habits of the real server that surprise clients, one switch each.

/// Which habits of the real server to imitate. All of them, unless told otherwise: a client that
/// works against this server should work against the real one.
///
/// ```
/// use decree_dev::Quirks;
///
/// let quirks = Quirks { rate_limit: false, ..Quirks::default() };
/// assert!(quirks.late_headers);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Quirks {
    /// `Subscribe` sends no response headers before its first event.
    pub late_headers: bool,
    /// Null is shown as the zero of its type in live events and by `GetConfig`.
    pub null_as_zero: bool,
    /// `RollbackToVersion` publishes no event.
    pub silent_rollback: bool,
    /// Calls and streamed messages take from a bucket of 10 that refills at 100 per second. It is
    /// shared by all callers that present the same set of tenants; superadmins have no limit.
    pub rate_limit: bool,
    /// A version whose event is larger than 64 KiB is never announced.
    pub lost_large_events: bool,
    /// A subscriber that is 64 events behind loses events without a word.
    pub lossy_buffer: bool,
    /// `Subscribe` from a version fails as INTERNAL while the tenant has no versions.
    pub replay_needs_a_version: bool,
    /// An idempotency key is used up by a call that fails: the retry reports success and writes
    /// nothing.
    pub burned_idempotency_keys: bool,
    /// `GetConfig` without descriptions recomputes checksums from what it shows, so those of null
    /// and sensitive fields are wrong.
    pub checksums_of_shown_text: bool,
}

impl Quirks {
    /// A server as one would wish it.
    #[must_use]
    pub const fn none() -> Self {
        Self::set_all(false)
    }

    /// The real server, which is also the default.
    #[must_use]
    pub const fn all() -> Self {
        Self::set_all(true)
    }

    const fn set_all(on: bool) -> Self {
        Self {
            late_headers: on,
            null_as_zero: on,
            silent_rollback: on,
            rate_limit: on,
            lost_large_events: on,
            lossy_buffer: on,
            replay_needs_a_version: on,
            burned_idempotency_keys: on,
            checksums_of_shown_text: on,
        }
    }
}

impl Default for Quirks {
    fn default() -> Self {
        Self::all()
    }
}
