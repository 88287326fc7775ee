//! What happens, and how a schedule of it is made up.

use proptest::{collection::vec, prelude::*};

use crate::watch::source::Cause;

/// What happens. A fault says how often it strikes; 0 is until [`Calm`](Self::Calm).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Act {
    Write,
    /// Something that readers refuse.
    WriteBad,
    /// An event of the newest version and so many more.
    Tell(i32),
    /// A write of our own.
    Announce,
    Fail(Work, u8, Cause),
    Hang(Work, u8),
    /// Answers are so many versions behind.
    Late(u8),
    /// The number is new.
    Mislabelled(u8),
    /// Every other answer is behind.
    Alternating(u8),
    EndStream(Cause),
    /// Calls have another connection.
    Dial,
    Lose(u8),
    Rewrite(u8),
    /// The types change.
    Reshape,
    /// Another tenant has the name; the one before is gone, or is not.
    Replace(bool),
    /// The one before has its name again.
    Return,
    Listen(u8),
    /// Somebody begins to read, who asked so many milliseconds ago.
    Join(u16),
    Calm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Read,
    Probe,
    Describe,
    Subscribe,
}

/// How many milliseconds after the one before each happens.
pub(super) type Schedule = Vec<(u32, Act)>;

pub(super) fn schedules() -> impl Strategy<Value = Schedule> {
    vec((gap(), prop_oneof![1 => write(), 2 => fault()]), 1..40)
}

fn gap() -> impl Strategy<Value = u32> {
    prop_oneof![
        2 => 0..20_u32,
        3 => 20..500_u32,
        4 => 500..8_000_u32,
        1 => 8_000..60_000_u32,
    ]
}

fn write() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Write),
        1 => Just(Act::WriteBad),
        1 => Just(Act::Announce),
        2 => (-2..=0).prop_map(Act::Tell),
    ]
}

fn work() -> impl Strategy<Value = Work> {
    use Work::{Describe, Probe, Read, Subscribe};
    proptest::sample::select(vec![Read, Probe, Describe, Subscribe])
}

/// Of an answer: what hangs is another thing.
fn cause() -> impl Strategy<Value = Cause> {
    use Cause::{Connection, NoTenant, RateLimited, Server, TooLarge, TooManyPaths, Unsupported};
    proptest::sample::select(vec![
        RateLimited,
        Connection,
        TooManyPaths,
        TooLarge,
        NoTenant,
        Unsupported,
        Server,
    ])
}

fn times() -> impl Strategy<Value = u8> {
    prop_oneof![3 => 1..4_u8, 1 => Just(0_u8)]
}

fn fault() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (work(), times(), cause()).prop_map(|(work, times, cause)| Act::Fail(work, times, cause)),
        2 => (work(), times()).prop_map(|(work, times)| Act::Hang(work, times)),
        1 => (1..=1_000_000).prop_map(Act::Tell),
        1 => (1..4_u8).prop_map(Act::Late),
        1 => (1..4_u8).prop_map(Act::Mislabelled),
        1 => (1..4_u8).prop_map(Act::Alternating),
        1 => cause().prop_map(Act::EndStream),
        1 => Just(Act::Dial),
        1 => (1..4_u8).prop_map(Act::Lose),
        1 => (1..4_u8).prop_map(Act::Rewrite),
        1 => Just(Act::Reshape),
        1 => any::<bool>().prop_map(Act::Replace),
        1 => Just(Act::Return),
        1 => (0..4_u8).prop_map(Act::Listen),
        1 => (0..3_000_u16).prop_map(Act::Join),
        2 => Just(Act::Calm),
    ]
}
