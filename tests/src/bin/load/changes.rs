//! Who changes the settings.

use std::{cell::Cell, time::Duration};

use decree_runtime::{Client, Role, Write};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::servers::TENANT;

const BETWEEN: Duration = Duration::from_millis(20);

pub(crate) struct Changes {
    people: Client,
    made: Cell<u32>,
    took: Cell<Duration>,
}

impl Changes {
    pub(crate) fn new(settings: &str) -> Self {
        let people = Client::builder(settings)
            .subject("people")
            .role(Role::Admin);
        Self {
            people: people.build().expect("sound options"),
            made: Cell::default(),
            took: Cell::default(),
        }
    }

    /// Changes the discount and its campaign, both in one version, again and again.
    pub(crate) async fn make_for(&self, long: Duration) {
        let begun = Instant::now();
        let mut ticks = interval(BETWEEN);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while begun.elapsed() < long {
            ticks.tick().await;
            let discount = self.made.get() % 90 + 1;
            let write = Write::new()
                .set("pricing.discount", discount)
                .set("pricing.campaign", campaign(discount));
            self.people.write(TENANT, write).await.expect("written");
            self.made.set(self.made.get() + 1);
        }
        self.took.set(self.took.get() + begun.elapsed());
    }

    /// Changes a second that were made.
    pub(crate) fn rate(&self) -> u32 {
        let seconds = self.took.get().as_secs().max(1);
        u32::try_from(u64::from(self.made.get()) / seconds).unwrap_or(u32::MAX)
    }
}

/// What belongs to a discount.
pub(crate) fn campaign(discount: u32) -> String {
    match discount {
        0 => "no campaign".to_owned(),
        _ => format!("{discount} % off"),
    }
}
