//! Events on their way from a write to the streams.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::time::Instant;
use tonic::Status;

use super::{Fault, Garbage};
use crate::engine::Event;

/// What happens to an event, which is all messages of one version.
#[derive(Debug, Clone)]
pub enum EventFault {
    /// Nobody hears of it.
    Drop,
    /// It comes so much later, and so do those behind it: a stream keeps its order.
    Delay(Duration),
    /// It comes twice.
    Duplicate,
    /// It comes after the next one of its tenant.
    Swap,
    /// Its messages make no sense.
    Garbage(Garbage),
    /// Its first message comes, and then the stream ends with this status.
    Cut(Status),
}

/// An event as a stream gets it.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) event: Arc<Event>,
    /// Not before this moment.
    pub(crate) due: Option<Instant>,
    pub(crate) flaw: Option<Flaw>,
}

/// What is wrong with the messages of an event.
#[derive(Debug, Clone)]
pub(crate) enum Flaw {
    Garbage(Garbage),
    Cut(Status),
}

/// Events that wait for the next one, by tenant.
#[derive(Debug, Default)]
pub(crate) struct Held(HashMap<String, Delivery>);

impl Held {
    /// What streams get because of an event, in order.
    pub(crate) fn pass(
        &mut self,
        event: Event,
        fault: &mut Fault<EventFault>,
        now: Instant,
    ) -> Vec<Delivery> {
        let tenant = event.tenant.clone();
        let mut delivery = Delivery {
            event: Arc::new(event),
            due: None,
            flaw: None,
        };
        let is_second =
            self.0.contains_key(&tenant) && matches!(fault.coming(), Some(EventFault::Swap));
        let fault = if is_second { None } else { fault.take() };
        let mut deliveries = match fault {
            Some(EventFault::Drop) => return Vec::new(),
            Some(EventFault::Swap) => {
                self.0.insert(tenant, delivery);
                return Vec::new();
            }
            Some(EventFault::Duplicate) => vec![delivery.clone(), delivery],
            other => {
                match other {
                    Some(EventFault::Delay(delay)) => delivery.due = Some(now + delay),
                    Some(EventFault::Garbage(garbage)) => {
                        delivery.flaw = Some(Flaw::Garbage(garbage));
                    }
                    Some(EventFault::Cut(status)) => delivery.flaw = Some(Flaw::Cut(status)),
                    _ => {}
                }
                vec![delivery]
            }
        };
        deliveries.extend(self.0.remove(&tenant));
        deliveries
    }

    pub(crate) fn release(&mut self) -> Vec<Delivery> {
        self.0.drain().map(|(_, delivery)| delivery).collect()
    }
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;

    use super::*;

    fn event(version: i32) -> Event {
        Event {
            tenant: "t".to_owned(),
            version,
            changes: Vec::new(),
            by: String::new(),
            at: Timestamp::default(),
        }
    }

    /// The versions as streams get them when 1 to 5 are written, and what is held at the end.
    fn passed(mut fault: Fault<EventFault>) -> (Vec<i32>, usize) {
        let (mut held, now) = (Held::default(), Instant::now());
        let versions = (1..=5)
            .flat_map(|version| held.pass(event(version), &mut fault, now))
            .map(|delivery| delivery.event.version);
        (versions.collect(), held.release().len())
    }

    #[test]
    fn the_order_of_events() {
        for (fault, versions, left) in [
            (Fault::Never, vec![1, 2, 3, 4, 5], 0),
            (Fault::Next(2, EventFault::Drop), vec![3, 4, 5], 0),
            (Fault::Always(EventFault::Drop), vec![], 0),
            (
                Fault::Next(1, EventFault::Duplicate),
                vec![1, 1, 2, 3, 4, 5],
                0,
            ),
            (Fault::Next(1, EventFault::Swap), vec![2, 1, 3, 4, 5], 0),
            (Fault::Next(2, EventFault::Swap), vec![2, 1, 4, 3, 5], 0),
            (Fault::Always(EventFault::Swap), vec![2, 1, 4, 3], 1),
        ] {
            let told = format!("{fault:?}");
            assert_eq!(passed(fault), (versions, left), "{told}");
        }
    }
}
