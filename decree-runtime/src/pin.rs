//! One version per request.

use http::Extensions;

use crate::snapshot::Snapshot;

/// The pins of one request, one for each `Live` of this type that was asked: a list, which almost
/// never has a second link.
struct Pins<C> {
    live: u64,
    snapshot: Snapshot<C>,
    more: Option<Box<Self>>,
}

impl<C> Pins<C> {
    fn find(&self, live: u64) -> Option<&Snapshot<C>> {
        if self.live == live {
            return Some(&self.snapshot);
        }
        self.more.as_ref()?.find(live)
    }
}

// By hand: deriving would ask for `C: Clone`, and extensions are cloned with the request.
impl<C> Clone for Pins<C> {
    fn clone(&self) -> Self {
        Self {
            live: self.live,
            snapshot: self.snapshot.clone(),
            more: self.more.clone(),
        }
    }
}

pub(crate) fn pinned<C: Send + Sync + 'static>(
    live: u64,
    extensions: &Extensions,
) -> Option<&Snapshot<C>> {
    extensions.get::<Pins<C>>()?.find(live)
}

/// Only what is not [`pinned`] yet.
pub(crate) fn pin<C: Send + Sync + 'static>(
    live: u64,
    extensions: &mut Extensions,
    snapshot: Snapshot<C>,
) {
    let pins = Pins {
        live,
        snapshot,
        more: None,
    };
    let Some(others) = extensions.insert(pins) else {
        return;
    };
    if let Some(pins) = extensions.get_mut::<Pins<C>>() {
        pins.more = Some(Box::new(others));
    }
}

#[cfg(test)]
mod tests {
    use http::Extensions;

    use crate::live::Live;

    #[test]
    fn two_lives_of_one_type_have_a_pin_each() {
        let (one, two) = (Live::fixed(1), Live::fixed(2));
        let mut request = Extensions::new();
        assert_eq!(*one.pin(&mut request), 1);
        assert_eq!(*two.pin(&mut request), 2);
        assert_eq!(*one.clone().pin(&mut request), 1);
        assert_eq!(*two.pin(&mut request), 2);
    }
}
