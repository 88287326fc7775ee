//! What it costs to wake ten thousand tasks that wait for a change.

use std::{
    cell::{Cell, RefCell},
    error::Error,
    future::Future,
    hint::black_box,
    rc::Rc,
    sync::Arc,
};

use decree_runtime::{Live, testing};
use tokio::{sync::watch, task::LocalSet, time::Instant};

const WAITERS: usize = 10_000;
const ROUNDS: usize = 10;
const CHANGES: usize = 20;

/// The number of the change, among others.
struct Settings {
    number: u64,
    _others: [u64; 8],
}

fn settings(number: u64) -> Settings {
    Settings {
        number,
        _others: [7; 8],
    }
}

/// One way to wait.
struct Way {
    publish: Box<dyn Fn(Settings)>,
    woken: Rc<Cell<usize>>,
}

/// Makes those who wait, too.
type Make = fn(&LocalSet) -> Way;

/// The first of each pair is what the second is compared with.
const ALL: [[(&str, Make); 2]; 2] = [
    [
        ("watch::changed", watch_changed),
        ("Live::changed", live_changed),
    ],
    [
        ("watch::wait_for", watch_wait_for),
        ("Live::wait_for", live_wait_for),
    ],
];

fn watch_changed(tasks: &LocalSet) -> Way {
    let (tx, rx) = watch::channel(Arc::new(settings(0)));
    way(tasks, send(tx), || {
        let mut rx = rx.clone();
        move |woken: Rc<Cell<usize>>| async move {
            while rx.changed().await.is_ok() {
                let newest = Arc::clone(&rx.borrow_and_update());
                black_box(newest.number);
                woken.set(woken.get() + 1);
            }
        }
    })
}

fn live_changed(tasks: &LocalSet) -> Way {
    let (live, publish) = by_hand();
    way(tasks, publish, || {
        let mut live = live.clone();
        move |woken: Rc<Cell<usize>>| async move {
            while let Ok(newest) = live.changed().await {
                black_box(newest.number);
                woken.set(woken.get() + 1);
            }
        }
    })
}

fn watch_wait_for(tasks: &LocalSet) -> Way {
    let (tx, rx) = watch::channel(Arc::new(settings(0)));
    way(tasks, send(tx), || {
        let mut rx = rx.clone();
        move |woken: Rc<Cell<usize>>| async move {
            let mut next = 1;
            while let Ok(newest) = rx.wait_for(|it| it.number >= next).await {
                let newest = Arc::clone(&newest);
                next = newest.number + 1;
                woken.set(woken.get() + 1);
            }
        }
    })
}

fn live_wait_for(tasks: &LocalSet) -> Way {
    let (live, publish) = by_hand();
    way(tasks, publish, || {
        let live: Live<Settings> = live.clone();
        move |woken: Rc<Cell<usize>>| async move {
            let mut next = 1;
            while let Ok(newest) = live.wait_for(|it| it.number >= next).await {
                next = newest.number + 1;
                woken.set(woken.get() + 1);
            }
        }
    })
}

/// As it is published, without a server.
fn by_hand() -> (Live<Settings>, impl Fn(Settings)) {
    let (live, control) = testing::live(settings(0));
    let control = RefCell::new(control);
    let publish = move |next| {
        control.borrow_mut().replace(next);
    };
    (live, publish)
}

fn send(tx: watch::Sender<Arc<Settings>>) -> impl Fn(Settings) {
    move |next| {
        tx.send_replace(Arc::new(next));
    }
}

fn way<W, F>(tasks: &LocalSet, publish: impl Fn(Settings) + 'static, waiter: impl Fn() -> W) -> Way
where
    W: FnOnce(Rc<Cell<usize>>) -> F,
    F: Future<Output = ()> + 'static,
{
    let woken = Rc::new(Cell::new(0));
    for _ in 0..WAITERS {
        tasks.spawn_local(waiter()(Rc::clone(&woken)));
    }
    Way {
        publish: Box::new(publish),
        woken,
    }
}

/// The seconds that each of so many changes takes, on one thread.
fn times(make: Make, changes: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let tasks = LocalSet::new();
    let way = make(&tasks);
    Ok(tasks.block_on(&runtime, async {
        // All wait before the first change.
        for _ in 0..WAITERS {
            tokio::task::yield_now().await;
        }
        let mut times = Vec::new();
        for number in 1..=changes {
            let start = Instant::now();
            way.woken.set(0);
            (way.publish)(settings(number as u64));
            while way.woken.get() < WAITERS {
                tokio::task::yield_now().await;
            }
            times.push(start.elapsed().as_secs_f64());
        }
        times
    }))
}

pub fn print() -> Result<(), Box<dyn Error>> {
    println!(
        "\none change wakes {WAITERS} tasks: best of {ROUNDS} rounds of {CHANGES}, rivals in turn"
    );
    for pair in ALL {
        let mut best = [f64::INFINITY; 2];
        for _ in 0..ROUNDS {
            for (best, (_, make)) in best.iter_mut().zip(pair) {
                *best = times(make, CHANGES)?.into_iter().fold(*best, f64::min);
            }
        }
        for (time, (name, _)) in best.iter().zip(pair) {
            let nanos = time * 1e9 / WAITERS as f64;
            println!("{name:<20} {nanos:>9.1} ns a task {:>7.2}x", time / best[0]);
        }
    }
    Ok(())
}

/// A hundred changes of one way.
pub fn run_only(name: &str) -> Result<(), Box<dyn Error>> {
    let mut all = ALL.iter().flatten();
    let (_, make) = all
        .find(|way| way.0 == name)
        .ok_or("there is no such way")?;
    times(*make, 100).map(drop)
}
