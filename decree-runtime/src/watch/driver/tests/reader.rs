//! A reader that tells a test what it is offered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::mpsc, time::timeout};

use crate::{
    decode::DecodeError,
    live::Hold,
    reading::Reading,
    snapshot::Written,
    status::{Deciding, StopReason},
    watch::{
        consumer::{Consumer, Path},
        handle::Watch,
        look::Look,
        machine::{Fit, Report},
    },
};

/// Notes which versions it is offered, or -1 if one says nothing of what it reads; refuses those that `fits` does not fit.
pub(super) struct Notes {
    offers: mpsc::UnboundedSender<i32>,
    paths: Vec<Path>,
    fits: fn(i32) -> bool,
    gone: Arc<AtomicBool>,
}

/// The other end of [`Notes`].
pub(super) struct Reader {
    pub(super) offered: mpsc::UnboundedReceiver<i32>,
    pub(super) gone: Arc<AtomicBool>,
}

impl Reader {
    pub(super) fn new(path: &str, fits: fn(i32) -> bool) -> (Self, Notes) {
        let (offers, offered) = mpsc::unbounded_channel();
        let gone = Arc::<AtomicBool>::default();
        let notes = Notes {
            offers,
            paths: vec![path.into()],
            fits,
            gone: Arc::clone(&gone),
        };
        (Self { offered, gone }, notes)
    }

    pub(super) fn join(watch: &Watch, look: Arc<Look>, path: &str) -> Self {
        let (reader, notes) = Self::new(path, |_| true);
        watch.join(Box::new(notes), look, Fit::Fits);
        reader
    }

    /// The next version that it is offered, which must come soon.
    pub(super) async fn soon(&mut self) -> Option<i32> {
        let offer = timeout(Duration::from_secs(1), self.offered.recv()).await;
        offer.expect("an offer, or the end")
    }

    pub(super) async fn nothing(&mut self, within: Duration) {
        let offer = timeout(within, self.offered.recv()).await;
        assert!(offer.is_err(), "{offer:?}");
    }
}

impl Consumer for Notes {
    fn paths(&self) -> &[Path] {
        &self.paths
    }

    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    fn follow(&self, _: Hold) {}

    fn check(&self, _: &Reading) -> Result<(), DecodeError> {
        Ok(())
    }

    fn offer(&self, reading: &Reading, _: Option<Written>) -> Fit {
        let says_it = reading.covers(&self.paths);
        let noted = if says_it { reading.version } else { -1 };
        if self.offers.send(noted).is_ok() && (self.fits)(reading.version) {
            Fit::Fits
        } else {
            Fit::Rejected
        }
    }

    fn attribute(&self, _: i32, _: &Written) {}

    fn led_back(&self) {}

    fn report(&self, _: &Report) {}

    fn deciding(&self, _: Option<Deciding>) {}

    fn stop(&self, _: StopReason) {}
}
