//! Faults that last, and what goes wrong at once.

use std::time::Duration;

use decree_dev::faults::{
    Answer, ConnectFault, EventFault, Fault, Faults, Garbage, Lag, ReadFault, Streams, rate_limited,
};
use tonic::{Code, Status};

use super::{
    super::act::{self, Act, Nonsense},
    LOST, WHOLE, World,
};

impl World {
    pub(super) fn go_wrong(&mut self, act: Act) {
        match act {
            Act::Drop(times) => self.events(times, EventFault::Drop),
            Act::Delay(times, delay) => {
                self.events(
                    times,
                    EventFault::Delay(Duration::from_millis(delay.into())),
                );
            }
            Act::Duplicate(times) => self.events(times, EventFault::Duplicate),
            Act::Swap(times) => self.events(times, EventFault::Swap),
            Act::Cut(times, code) => self.events(times, EventFault::Cut(status(code))),
            Act::BadEvents(times, what) => self.events(times, EventFault::Garbage(garbage(what))),
            Act::End(0) => self.server.end_subscriptions(),
            Act::End(code) => self.server.end_subscriptions_with(&status(code)),
            Act::Fail(method, times, code) => {
                if method == act::Method::GetTenant && code == 12 {
                    // A server without the call is asked for the whole every 4 to 6 minutes.
                    self.takes(WHOLE);
                }
                self.answer(method, times, Answer::Fail(status(code)));
            }
            Act::Refuse(method, times) => self.answer(method, times, Answer::Fail(rate_limited())),
            Act::Hang(method, times) => self.answer(method, times, Answer::Hang),
            Act::BadAnswers(method, times, what) => {
                if let Nonsense::Version(_) = what {
                    self.known.trust_no_number();
                    // As if what was lost had been there.
                    self.takes(LOST);
                }
                self.answer(method, times, Answer::Garbage(garbage(what)));
            }
            Act::ListLimit => self.misbehave(|faults| faults.longest_list = Some(4)),
            Act::DefaultTimeout(millis) => self.misbehave(|faults| {
                faults.default_timeout = Some(Duration::from_millis(millis.into()));
            }),
            Act::Late(times, lag) => self.reads(often(times, ReadFault::Late(self::lag(lag)))),
            Act::Mislabelled(times, lag) => {
                self.known.trust_no_label();
                if let act::Lag::Versions(_) = lag {
                    // A lie that lasts is confirmed, and found out by the next whole read.
                    self.takes(WHOLE);
                }
                self.reads(often(times, ReadFault::Mislabelled(self::lag(lag))));
            }
            Act::Alternating(lag) => {
                self.reads(Fault::Always(ReadFault::Alternating(self::lag(lag))));
            }
            Act::StaleTypes => self.misbehave(|faults| faults.stale_types = true),
            Act::RefuseConnections(times) => self.connects(times, ConnectFault::Refuse),
            Act::HangConnections(times) => self.connects(times, ConnectFault::Hang),
            Act::MuteConnections(times) => self.connects(times, ConnectFault::Mute),
            Act::MaxStreams(most) => {
                self.capped = true;
                self.misbehave(|faults| faults.max_streams = Some(most.into()));
            }
            Act::Freeze => self.server.freeze_connections(),
            Act::CutConnections => self.server.cut_connections(),
            Act::Goaway => self.server.goaway(Streams::Delivering),
            Act::GoawayDeaf => self.server.goaway(Streams::Deaf),
            _ => {}
        }
    }

    fn reads(&self, fault: Fault<ReadFault>) {
        self.misbehave(|faults| faults.reads = fault);
    }

    fn misbehave(&self, change: impl FnOnce(&mut Faults)) {
        self.server.misbehave(change);
    }

    fn answer(&self, method: act::Method, times: u8, answer: Answer) {
        self.misbehave(|faults| {
            faults.answers.insert(method.name(), often(times, answer));
        });
    }

    fn events(&self, times: u8, fault: EventFault) {
        self.misbehave(|faults| faults.events = often(times, fault));
    }

    fn connects(&self, times: u8, fault: ConnectFault) {
        self.misbehave(|faults| faults.connects = often(times, fault));
    }
}

fn often<T>(times: u8, what: T) -> Fault<T> {
    match times {
        0 => Fault::Always(what),
        times => Fault::Next(times.into(), what),
    }
}

fn status(code: i32) -> Status {
    Status::new(Code::from_i32(code), "out of order")
}

fn garbage(what: Nonsense) -> Garbage {
    match what {
        Nonsense::Empty => Garbage::Empty,
        Nonsense::NoKind => Garbage::NoKind,
        Nonsense::NaN => Garbage::Number(f64::NAN),
        Nonsense::Version(number) => Garbage::Version(number),
    }
}

fn lag(lag: act::Lag) -> Lag {
    match lag {
        act::Lag::Versions(count) => Lag::Versions(count.into()),
        act::Lag::Millis(millis) => Lag::Time(Duration::from_millis(millis.into())),
    }
}
