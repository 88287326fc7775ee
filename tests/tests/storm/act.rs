//! What happens in a storm, and how a schedule of it is made up.

use std::fmt;

use proptest::{collection::vec, prelude::*};

/// One thing that happens. Printed, it is the code that makes it.
///
/// A fault says how often it strikes; 0 is every time until [`Calm`](Self::Calm).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Act {
    // Writes.
    /// The three fields that are always equal.
    Set(i8),
    /// The three fields, as a number that the struct does not take.
    Bad,
    /// The nullable field; zero is not null.
    Note(Option<i8>),
    Rate(i8),
    /// To the version that was so many versions ago.
    Rollback(u8),
    /// The three fields, with so much else that the event is lost.
    Large(i8),
    /// So many MiB beside it; from 20 on it is more than an answer takes.
    Huge(u8),
    /// The three fields, written by the client that watches.
    Own(i8),

    // Events and streams.
    Drop(u8),
    Delay(u8, u16),
    Duplicate(u8),
    Swap(u8),
    Cut(u8, i32),
    BadEvents(u8, Nonsense),
    /// 0 is OK.
    End(i32),

    // Calls.
    Fail(Method, u8, i32),
    Refuse(Method, u8),
    Hang(Method, u8),
    BadAnswers(Method, u8, Nonsense),
    /// Four paths: one less than the struct has, and as many as are written.
    ListLimit,
    DefaultTimeout(u16),

    // Replicas.
    Late(u8, Lag),
    Mislabelled(u8, Lag),
    Alternating(Lag),
    StaleTypes,

    // Connections and the process.
    RefuseConnections(u8),
    HangConnections(u8),
    MuteConnections(u8),
    MaxStreams(u8),
    Freeze,
    CutConnections,
    Goaway,
    GoawayDeaf,
    /// For so many milliseconds, like the next one.
    Stop(u16),
    Kill(u16),

    // History and tenants.
    Lose(u8),
    Rewrite(u8, i8),
    /// Another tenant of the same name, at once.
    Replace,
    Delete,
    Create,
    Rename,
    /// Somebody takes the name.
    Usurp,
    /// Whoever had the name gets it back.
    Return,
    /// A secret in the struct, a field of another type, or as at first.
    Schema(Shape),

    /// Somebody else begins to read.
    Join,
    /// The same, with defaults until there is an answer.
    JoinAnyhow,
    /// Nothing goes wrong any more, and the tenant has its name.
    Calm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    GetConfig,
    ListVersions,
    GetTenant,
    GetSchema,
    Subscribe,
    SetFields,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GetConfig => "GetConfig",
            Self::ListVersions => "ListVersions",
            Self::GetTenant => "GetTenant",
            Self::GetSchema => "GetSchema",
            Self::Subscribe => "Subscribe",
            Self::SetFields => "SetFields",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nonsense {
    Empty,
    NoKind,
    NaN,
    Version(i32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lag {
    Versions(u8),
    Millis(u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    First,
    Secret,
    Typed,
}

impl Act {
    /// The name of its kind.
    pub(crate) fn kind(self) -> String {
        let text = format!("{self:?}");
        let end = text.find('(').unwrap_or(text.len());
        let name = text[..end].to_owned();
        match self {
            Self::BadAnswers(_, _, what) | Self::BadEvents(_, what) => {
                let what = format!("{what:?}");
                let end = what.find('(').unwrap_or(what.len());
                format!("{name} {}", &what[..end])
            }
            Self::Fail(method, ..) | Self::Refuse(method, _) | Self::Hang(method, _) => {
                format!("{name} {method:?}")
            }
            _ => name,
        }
    }
}

/// A storm: what happens, and how many milliseconds after what was before.
#[derive(Clone)]
pub(crate) struct Schedule {
    /// Of the jitter of the client.
    pub(crate) seed: u64,
    /// Whether the server limits rates.
    pub(crate) limited: bool,
    /// Whether the watch begins without an answer.
    pub(crate) blind: bool,
    pub(crate) acts: Vec<(u32, Act)>,
}

/// As the code of a regression test.
impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            limited,
            blind,
            ..
        } = self;
        let storm = if *blind { "blind_storm" } else { "storm" };
        writeln!(f, "{storm}({seed}, {limited}, &[")?;
        for step in &self.acts {
            writeln!(f, "    {step:?},")?;
        }
        write!(f, "]);")
    }
}

pub(crate) fn schedules() -> impl Strategy<Value = Schedule> {
    let step = (
        gap(),
        // A tenth of the storms has a huge one, which is slow.
        prop_oneof![100 => write(), 100 => fault(), 1 => huge()],
    );
    let blind = prop_oneof![3 => Just(false), 1 => Just(true)];
    (any::<u16>(), any::<bool>(), blind, vec(step, 1..50)).prop_map(
        |(seed, limited, blind, acts)| Schedule {
            seed: seed.into(),
            limited,
            blind,
            acts,
        },
    )
}

fn gap() -> impl Strategy<Value = u32> {
    prop_oneof![
        2 => Just(0),
        3 => 0..300_u32,
        4 => 300..6_000_u32,
        1 => 6_000..40_000_u32,
    ]
}

fn huge() -> impl Strategy<Value = Act> {
    prop_oneof![Just(Act::Huge(19)), Just(Act::Huge(21))]
}

fn write() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (0..=97_i8).prop_map(Act::Set),
        2 => Just(Act::Bad),
        3 => (-1..=3_i8).prop_map(|note| Act::Note((note >= 0).then_some(note))),
        1 => (-1..=9_i8).prop_map(Act::Rate),
        2 => (1..6_u8).prop_map(Act::Rollback),
        2 => (0..=97_i8).prop_map(Act::Large),
        2 => (0..=97_i8).prop_map(Act::Own),
    ]
}

/// How often: mostly a few times.
fn times() -> impl Strategy<Value = u8> {
    prop_oneof![3 => 1..4_u8, 1 => Just(0_u8)]
}

fn method() -> impl Strategy<Value = Method> {
    use Method::{GetConfig, GetSchema, GetTenant, ListVersions, SetFields, Subscribe};
    proptest::sample::select(vec![
        GetConfig,
        ListVersions,
        GetTenant,
        GetSchema,
        Subscribe,
        SetFields,
    ])
}

fn nonsense() -> impl Strategy<Value = Nonsense> {
    prop_oneof![
        Just(Nonsense::Empty),
        Just(Nonsense::NoKind),
        Just(Nonsense::NaN),
        proptest::sample::select(vec![-7, 0, 1, 1_000, i32::MAX, i32::MIN])
            .prop_map(Nonsense::Version),
    ]
}

fn lag() -> impl Strategy<Value = Lag> {
    prop_oneof![
        (1..4_u8).prop_map(Lag::Versions),
        (100..8_000_u16).prop_map(Lag::Millis),
    ]
}

fn fault() -> impl Strategy<Value = Act> {
    prop_oneof![
        10 => events(),
        18 => calls(),
        4 => replicas(),
        11 => connections(),
        9 => tenants(),
        1 => Just(Act::Join),
        1 => Just(Act::JoinAnyhow),
        5 => Just(Act::Calm),
    ]
}

fn events() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => times().prop_map(Act::Drop),
        1 => (times(), 1..9_000_u16).prop_map(|(times, delay)| Act::Delay(times, delay)),
        1 => times().prop_map(Act::Duplicate),
        1 => times().prop_map(Act::Swap),
        1 => (times(), 1..=16_i32).prop_map(|(times, code)| Act::Cut(times, code)),
        3 => (times(), nonsense()).prop_map(|(times, what)| Act::BadEvents(times, what)),
        1 => Just(Act::End(0)),
        1 => (1..=16_i32).prop_map(Act::End),
    ]
}

fn calls() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (method(), times(), 1..=16_i32)
            .prop_map(|(method, times, code)| Act::Fail(method, times, code)),
        4 => (method(), times()).prop_map(|(method, times)| Act::Refuse(method, times)),
        // A write that hangs may happen when nobody knows any more.
        4 => (method(), times())
            .prop_filter("a write", |(method, _)| *method != Method::SetFields)
            .prop_map(|(method, times)| Act::Hang(method, times)),
        4 => (method(), times(), nonsense())
            .prop_map(|(method, times, what)| Act::BadAnswers(method, times, what)),
        1 => Just(Act::ListLimit),
        1 => (1..9_000_u16).prop_map(Act::DefaultTimeout),
    ]
}

fn replicas() -> impl Strategy<Value = Act> {
    prop_oneof![
        (times(), lag()).prop_map(|(times, lag)| Act::Late(times, lag)),
        (times(), lag()).prop_map(|(times, lag)| Act::Mislabelled(times, lag)),
        lag().prop_map(Act::Alternating),
        Just(Act::StaleTypes),
    ]
}

fn connections() -> impl Strategy<Value = Act> {
    prop_oneof![
        times().prop_map(Act::RefuseConnections),
        times().prop_map(Act::HangConnections),
        times().prop_map(Act::MuteConnections),
        (0..3_u8).prop_map(Act::MaxStreams),
        Just(Act::Freeze),
        Just(Act::CutConnections),
        Just(Act::Goaway),
        Just(Act::GoawayDeaf),
        (0..20_000_u16).prop_map(Act::Stop),
        (0..20_000_u16).prop_map(Act::Kill),
    ]
}

fn tenants() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..4_u8).prop_map(Act::Lose),
        (1..4_u8, 0..=97_i8).prop_map(|(count, value)| Act::Rewrite(count, value)),
        Just(Act::Replace),
        Just(Act::Delete),
        Just(Act::Create),
        Just(Act::Rename),
        Just(Act::Usurp),
        Just(Act::Return),
        proptest::sample::select(vec![Shape::First, Shape::Secret, Shape::Typed])
            .prop_map(Act::Schema),
    ]
}
