//! One version per request.

use http::Extensions;

use crate::snapshot::Snapshot;

/// The pins of one request, one for each `Live` of this type that was asked.
///
/// Almost every program has one `Live` of a type, so the first pin needs no list.
struct Pins<C> {
    first: Pin<C>,
    more: Vec<Pin<C>>,
}

struct Pin<C> {
    live: u64,
    snapshot: Snapshot<C>,
}

// By hand: deriving would ask for `C: Clone`, and extensions are cloned with the request.
impl<C> Clone for Pin<C> {
    fn clone(&self) -> Self {
        Self {
            live: self.live,
            snapshot: self.snapshot.clone(),
        }
    }
}

impl<C> Clone for Pins<C> {
    fn clone(&self) -> Self {
        Self {
            first: self.first.clone(),
            more: self.more.clone(),
        }
    }
}

pub(crate) fn pinned<C: Send + Sync + 'static>(
    live: u64,
    extensions: &Extensions,
) -> Option<&Snapshot<C>> {
    let pins = extensions.get::<Pins<C>>()?;
    let mut all = std::iter::once(&pins.first).chain(&pins.more);
    Some(&all.find(|pin| pin.live == live)?.snapshot)
}

pub(crate) fn pin<C: Send + Sync + 'static>(
    live: u64,
    extensions: &mut Extensions,
    load: impl Fn() -> Snapshot<C>,
) -> &Snapshot<C> {
    let pin = || Pin {
        live,
        snapshot: load(),
    };
    let pins = extensions.get_or_insert_with(|| Pins {
        first: pin(),
        more: Vec::new(),
    });
    if pins.first.live == live {
        return &pins.first.snapshot;
    }
    let known = pins.more.iter().position(|pin| pin.live == live);
    let at = known.unwrap_or_else(|| {
        pins.more.push(pin());
        pins.more.len() - 1
    });
    &pins.more[at].snapshot
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
