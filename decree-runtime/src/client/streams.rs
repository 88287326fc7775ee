//! The connections of streams: as many as it takes.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use super::transport::Transport;

/// A proxy usually allows 100 streams on a connection, and what is above that waits without a word.
const STREAMS_MAX: usize = 64;

/// Channels for streams. The newest comes last.
pub(super) struct Streams {
    dial: Box<dyn Fn() -> Transport + Send + Sync>,
    channels: Mutex<Vec<Channel>>,
    numbers: Numbers,
}

/// Counts the channels for streams: all of a client, so that a number tells which of two is newer,
/// whenever they were dialed.
pub(super) type Numbers = Arc<AtomicU64>;

struct Channel {
    number: u64,
    transport: Transport,
    /// One holder more than there are streams.
    open: Arc<()>,
}

/// The right to one stream on a channel; it counts there as long as this lives.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) transport: Transport,
    number: u64,
    _open: Arc<()>,
}

impl Place {
    /// Which channel it is on.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

impl Streams {
    pub(super) fn new(
        numbers: Numbers,
        dial: impl Fn() -> Transport + Send + Sync + 'static,
    ) -> Self {
        Self {
            dial: Box::new(dial),
            channels: Mutex::default(),
            numbers,
        }
    }

    /// A place for one more stream, on a channel that is newer than `after`.
    pub(super) fn place(&self, after: Option<u64>) -> Place {
        // A panic leaves the list whole: it changes in single steps.
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let newer = |channel: &Channel| after.is_none_or(|after| channel.number > after);
        // A channel without streams has nobody who would tell that its connection is dead.
        channels.retain(|channel| channel.streams() > 0);
        let free = |channel: &&Channel| newer(channel) && channel.streams() < STREAMS_MAX;
        if let Some(channel) = channels.iter().rev().find(free) {
            return channel.place();
        }
        let channel = Channel {
            number: self.numbers.fetch_add(1, Ordering::Relaxed),
            transport: (self.dial)(),
            open: Arc::new(()),
        };
        let place = channel.place();
        channels.push(channel);
        place
    }
}

impl Channel {
    fn streams(&self) -> usize {
        Arc::strong_count(&self.open) - 1
    }

    fn place(&self) -> Place {
        Place {
            transport: self.transport.clone(),
            number: self.number,
            _open: Arc::clone(&self.open),
        }
    }
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::connector::Users;

    fn streams() -> Streams {
        Streams::new(Numbers::default(), || {
            let endpoint = tonic::transport::Endpoint::from_static("http://127.0.0.1:1");
            Transport::new(endpoint.connect_lazy(), Users::default())
        })
    }

    #[tokio::test]
    async fn a_channel_takes_64_streams() {
        let streams = streams();
        let places: Vec<Place> = (0..130).map(|_| streams.place(None)).collect();
        let on = |number| places.iter().filter(|place| place.number == number).count();
        assert_eq!([on(0), on(1), on(2)], [64, 64, 2]);
    }

    #[tokio::test]
    async fn whoever_leaves_a_channel_shares_the_newer_one() {
        let streams = streams();
        let old: Vec<Place> = (0..3).map(|_| streams.place(None)).collect();
        let first = streams.place(Some(old[0].number));
        let second = streams.place(Some(old[1].number));
        assert_eq!((first.number, second.number), (1, 1));
        // Also for who comes new, and the old one is forgotten with its last stream.
        assert_eq!(streams.place(None).number, 1);
        drop(old);
        drop((first, second));
        assert_eq!(streams.place(None).number, 2);
    }
}
