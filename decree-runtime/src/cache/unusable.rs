//! Why a file is not used, and what to do about it.

use std::{fmt, io, path::PathBuf, sync::Arc, time::Duration};

/// A file that no settings are taken from.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) file: PathBuf,
    pub(crate) reason: Reason,
}

#[derive(Debug)]
pub(crate) enum Reason {
    /// There is none.
    Missing,
    /// The system does not let us read it.
    Unreadable(io::Error),
    /// It has more bytes than we ever write.
    TooLarge(u64),
    /// It is something else: this.
    Foreign(String),
    /// Cut short, or changed after it was written: this is how it shows.
    Damaged(String),
    /// A later release wrote it, in this format.
    Newer(u32),
    /// The server has not confirmed it for long.
    TooOld { age: Duration, max_age: Duration },
    /// It says nothing of these paths, for nobody read them, or somebody as secrets.
    NotCovered(Vec<Arc<str>>),
}

/// The file, what is wrong with it, and the cure.
impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        let heals = "the next version that is read from the server replaces it";
        match &self.reason {
            Reason::Missing => write!(
                f,
                "{file} does not exist: nothing was stored yet; it is as soon as the server was \
                 reached once"
            ),
            Reason::Unreadable(error) => write!(
                f,
                "{file} cannot be read: {error}; see that this user may read it, or remove it"
            ),
            Reason::TooLarge(bytes) => write!(
                f,
                "{file} has {bytes} bytes, more than is ever written; remove it"
            ),
            Reason::Foreign(what) => write!(
                f,
                "{file} is something else: {what}; give each service a folder of its own; {heals}"
            ),
            Reason::Damaged(how) => write!(f, "{file} is damaged: {how}; {heals}"),
            Reason::Newer(format) => write!(
                f,
                "{file} has format {format}, which a later release of decree wrote; update decree, \
                 or let it be: {heals}"
            ),
            Reason::TooOld { age, max_age } => write!(
                f,
                "{file} was confirmed by the server {} s ago and may be {} s old; reach the server, \
                 or allow a higher age",
                age.as_secs(),
                max_age.as_secs()
            ),
            Reason::NotCovered(paths) => {
                write!(f, "{file} says nothing of `{}`", paths.join("`, `"))?;
                write!(
                    f,
                    ", which nobody read when it was stored, or somebody as a secret; {heals}"
                )
            }
        }
    }
}

/// Its reason is part of the message.
impl std::error::Error for Unusable {}
