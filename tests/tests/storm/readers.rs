//! Those who read in a storm, and never look away.

use std::{fmt::Debug, time::Duration};

use decree_runtime::{Client, DecreeConfig, Field, Live, Phase, Status, Watcher};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    known::{Content, Known},
    world::{NAME, Truth},
};

/// The three are equal in every version.
#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
pub(crate) struct Pay {
    a: i64,
    b: i64,
    c: i8,
    note: Option<i64>,
    rate: f64,
}

/// The same, of a program that starts in any weather.
#[derive(Debug, DecreeConfig)]
#[decree(prefix = "pay")]
pub(crate) struct Anyhow {
    #[decree(default = -1)]
    a: i64,
    #[decree(default = -1)]
    b: i64,
    #[decree(default = -1)]
    c: i8,
    #[decree(default = -1)]
    note: Option<i64>,
    #[decree(default = -1.0)]
    rate: f64,
}

/// What readers of either see.
trait Shown: DecreeConfig + Debug {
    fn three(&self) -> (i64, i64, i8);
    fn note(&self) -> Option<i64>;
    fn rate(&self) -> f64;

    fn content(&self) -> Content {
        Content {
            three: self.three().0,
            note: self.note(),
            rate: self.rate(),
        }
    }
}

macro_rules! shown {
    ($type:ty) => {
        impl Shown for $type {
            fn three(&self) -> (i64, i64, i8) {
                (self.a, self.b, self.c)
            }

            fn note(&self) -> Option<i64> {
                self.note
            }

            fn rate(&self) -> f64 {
                self.rate
            }
        }
    };
}

shown!(Pay);
shown!(Anyhow);

/// How often to look when nobody says that there is news.
const LOOK: Duration = Duration::from_millis(500);

/// How long after a fall the restart must be told that is its reason.
const TOLD: Duration = Duration::from_millis(1);

pub(crate) struct Readers {
    client: Client,
    known: Known,
    lives: Vec<Live<Pay>>,
    anyhow: Vec<Live<Anyhow>>,
    /// Nobody, when the watch begins without an answer.
    watched: Option<(Watcher, Fields)>,
    joining: JoinSet<Option<Live<Pay>>>,
    /// Who has begun, whatever the weather.
    begun: (
        UnboundedSender<Live<Anyhow>>,
        UnboundedReceiver<Live<Anyhow>>,
    ),
    looking: JoinSet<()>,
}

#[derive(Clone)]
struct Fields {
    a: Field<i64>,
    note: Field<Option<i64>>,
    rate: Field<f64>,
}

impl Readers {
    /// Begins to read while all is well, or before there is an answer.
    pub(crate) async fn new(client: Client, known: Known, blind: bool) -> Self {
        let mut readers = Self {
            client,
            known,
            lives: Vec::new(),
            anyhow: Vec::new(),
            watched: None,
            joining: JoinSet::new(),
            begun: unbounded_channel(),
            looking: JoinSet::new(),
        };
        if blind {
            readers.join_anyhow();
            let live = readers.begun.1.recv().await;
            readers.anyhow.extend(live);
            return readers;
        }
        let live = readers.client.live(NAME).await.expect("all is well");
        let watcher = readers.client.watch(NAME).expect("a name");
        let fields = Fields {
            a: watcher.field("pay.a", -1),
            note: watcher.field("pay.note", Some(-1)),
            rate: watcher.field("pay.rate", -1.0),
        };
        watcher.start().await.expect("all is well");
        readers.look_at(live);
        let known = readers.known.clone();
        readers.looking.spawn(look_at_fields(fields.clone(), known));
        readers.watched = Some((watcher, fields));
        readers
    }

    fn look_at(&mut self, live: Live<Pay>) {
        self.looking
            .spawn(look_at_struct(live.clone(), self.known.clone()));
        self.lives.push(live);
    }

    /// Somebody else tries to begin.
    pub(crate) fn join(&mut self) {
        let client = self.client.clone();
        let join = async move { client.live(NAME).await.ok() };
        self.joining.spawn(join);
    }

    /// Somebody else begins, whatever the weather.
    pub(crate) fn join_anyhow(&mut self) {
        let (client, known, begun) = (
            self.client.clone(),
            self.known.clone(),
            self.begun.0.clone(),
        );
        // Nobody looks away between the start and the first look.
        self.looking.spawn(async move {
            let live = begin_anyhow(client).await;
            let _left = begun.send(live.clone());
            look_at_struct(live, known).await;
        });
    }

    /// Counts those who have begun among those who look, of whom none ends.
    pub(crate) fn admit(&mut self) {
        if let Some(Err(panicked)) = self.looking.try_join_next() {
            self.known.violated(panicked.to_string());
        }
        while let Some(joined) = self.joining.try_join_next() {
            if let Some(live) = joined.expect("no panic") {
                self.look_at(live);
            }
        }
        while let Ok(live) = self.begun.1.try_recv() {
            self.anyhow.push(live);
        }
    }

    /// What is not as on the server.
    pub(crate) fn differ(&self, truth: &Truth) -> Option<String> {
        let mut wrong: Vec<String> = self
            .lives
            .iter()
            .filter_map(|live| struct_differs(live, truth))
            .chain(
                self.anyhow
                    .iter()
                    .filter_map(|live| struct_differs(live, truth)),
            )
            .collect();
        if let Some((watcher, Fields { a, note, rate })) = &self.watched {
            let content = &truth.content;
            wrong.extend(field_differs(a, content.three, truth));
            wrong.extend(field_differs(note, content.note, truth));
            wrong.extend(field_differs(rate, content.rate, truth));
            if watcher.version() != truth.version {
                wrong.push(format!("{watcher:?}"));
            }
        }
        (!wrong.is_empty()).then(|| wrong.join("\n"))
    }

    /// Lets go of everything.
    pub(crate) async fn leave(mut self) {
        self.looking.shutdown().await;
        self.joining.shutdown().await;
    }
}

fn is_following(status: &Status) -> bool {
    status.phase == Phase::Following
}

async fn begin_anyhow(client: Client) -> Live<Anyhow> {
    let live = client.live(NAME).start_timeout(Duration::ZERO);
    live.or_defaults().await.expect("defaults do")
}

fn struct_differs<C: Shown>(live: &Live<C>, truth: &Truth) -> Option<String> {
    let (shown, status) = (live.load(), live.status());
    let is_current = if truth.fits {
        let shown = (shown.tenant_id(), shown.version(), shown.content());
        let is = (&*truth.tenant_id, truth.version, truth.content);
        shown == is && status.rejection.is_none()
    } else {
        let rejected = status.rejection.as_ref();
        rejected.is_some_and(|it| it.error.version() == truth.version)
    };
    (!is_current || !is_following(&status)).then(|| format!("{live:?}\n  {status:?}"))
}

fn field_differs<T>(field: &Field<T>, value: T, truth: &Truth) -> Option<String>
where
    T: Copy + Debug + PartialEq,
{
    let status = field.status();
    let same = field.get() == value && field.version() == truth.version;
    let is_current = same && status.rejection.is_none() && is_following(&status);
    (!is_current).then(|| format!("{field:?}\n  {status:?}"))
}

async fn look_at_struct<C: Shown>(mut live: Live<C>, known: Known) {
    let mut falls = Falls::default();
    loop {
        let pay = live.load();
        let (a, b, c) = pay.three();
        if a != b || b != i64::from(c) {
            known.violated(format!("torn: {pay:?}"));
        }
        // Defaults are of nobody.
        if !pay.tenant_id().is_empty() {
            known.check(
                Some(pay.tenant_id()),
                pay.version(),
                &format!("{pay:?}"),
                |version| *version == pay.content(),
            );
        }
        falls
            .look("the struct", pay.version(), || live.status(), &known)
            .await;
        // Whatever it says, it can be said.
        let _printed = live.status().rejection.map(|it| it.to_string());
        if let Ok(Err(stopped)) = timeout(LOOK, live.changed()).await {
            known.violated(stopped.to_string());
            return;
        }
    }
}

async fn look_at_fields(fields: Fields, known: Known) {
    let Fields { a, note, rate } = fields;
    let mut falls = [Falls::default(), Falls::default(), Falls::default()];
    let mut changes = a.changes();
    loop {
        look_at_field(&a, &known, &mut falls[0], |content| content.three).await;
        look_at_field(&note, &known, &mut falls[1], |content| content.note).await;
        look_at_field(&rate, &known, &mut falls[2], |content| content.rate).await;
        if let Ok(None) = timeout(LOOK, changes.next()).await {
            known.violated("the field's changes ended".to_owned());
            return;
        }
    }
}

async fn look_at_field<T>(
    field: &Field<T>,
    known: &Known,
    falls: &mut Falls,
    of: impl Fn(&Content) -> T,
) where
    T: Clone + Debug + PartialEq,
{
    let (version, value) = loop {
        let version = field.version();
        let value = field.get();
        if field.version() == version {
            break (version, value);
        }
    };
    let what = format!("{} = {value:?}", field.path());
    known.check(None, version, &what, |content| of(content) == value);
    falls
        .look(field.path(), version, || field.status(), known)
        .await;
}

/// What is shown, and how many restarts were told of when it was first.
#[derive(Default)]
struct Falls {
    version: i32,
    restarts: u32,
}

impl Falls {
    /// No version falls unless a restart is told of.
    async fn look(&mut self, who: &str, version: i32, status: impl Fn() -> Status, known: &Known) {
        if version == self.version {
            return;
        }
        let mut restarts = status().history_restarts;
        if version < self.version && restarts == self.restarts {
            sleep(TOLD).await;
            restarts = status().history_restarts;
            if restarts == self.restarts {
                let last = self.version;
                known.violated(format!("{who} fell from version {last} to {version}"));
            }
        }
        *self = Self { version, restarts };
    }
}
