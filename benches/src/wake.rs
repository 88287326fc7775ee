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
const ROUNDS: usize = 40;

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
    name: &'static str,
    publish: Box<dyn Fn(Settings)>,
    woken: Rc<Cell<usize>>,
}

/// Each with those who wait; the first of each pair is what the second is compared with.
fn all(tasks: &LocalSet) -> Vec<[Way; 2]> {
    let (tx, rx) = watch::channel(Arc::new(settings(0)));
    let watched = way(tasks, "watch::changed", send(tx), || {
        let mut rx = rx.clone();
        move |woken: Rc<Cell<usize>>| async move {
            while rx.changed().await.is_ok() {
                let newest = Arc::clone(&rx.borrow_and_update());
                black_box(newest.number);
                woken.set(woken.get() + 1);
            }
        }
    });
    let (live, publish) = by_hand();
    let changed = way(tasks, "Live::changed", publish, || {
        let mut live = live.clone();
        move |woken: Rc<Cell<usize>>| async move {
            while let Ok(newest) = live.changed().await {
                black_box(newest.number);
                woken.set(woken.get() + 1);
            }
        }
    });
    let (tx, rx) = watch::channel(Arc::new(settings(0)));
    let waited = way(tasks, "watch::wait_for", send(tx), || {
        let mut rx = rx.clone();
        move |woken: Rc<Cell<usize>>| async move {
            let mut next = 1;
            while let Ok(newest) = rx.wait_for(|it| it.number >= next).await {
                let newest = Arc::clone(&newest);
                next = newest.number + 1;
                woken.set(woken.get() + 1);
            }
        }
    });
    let (live, publish) = by_hand();
    let wait_for = way(tasks, "Live::wait_for", publish, || {
        let live: Live<Settings> = live.clone();
        move |woken: Rc<Cell<usize>>| async move {
            let mut next = 1;
            while let Ok(newest) = live.wait_for(|it| it.number >= next).await {
                next = newest.number + 1;
                woken.set(woken.get() + 1);
            }
        }
    });
    vec![[watched, changed], [waited, wait_for]]
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

fn way<W, F>(
    tasks: &LocalSet,
    name: &'static str,
    publish: impl Fn(Settings) + 'static,
    waiter: impl Fn() -> W,
) -> Way
where
    W: FnOnce(Rc<Cell<usize>>) -> F,
    F: Future<Output = ()> + 'static,
{
    let woken = Rc::new(Cell::new(0));
    for _ in 0..WAITERS {
        tasks.spawn_local(waiter()(Rc::clone(&woken)));
    }
    Way {
        name,
        publish: Box::new(publish),
        woken,
    }
}

/// On one thread, so that nothing but waking is measured.
fn on_one_thread<T>(run: impl AsyncFnOnce(Vec<[Way; 2]>) -> T) -> Result<T, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let tasks = LocalSet::new();
    let ways = all(&tasks);
    Ok(tasks.block_on(&runtime, async {
        // All wait before the first change.
        for _ in 0..WAITERS {
            tokio::task::yield_now().await;
        }
        run(ways).await
    }))
}

async fn wake_all(way: &Way, number: u64) {
    way.woken.set(0);
    (way.publish)(settings(number));
    while way.woken.get() < WAITERS {
        tokio::task::yield_now().await;
    }
}

pub fn print() -> Result<(), Box<dyn Error>> {
    println!("\none change wakes {WAITERS} tasks: best of {ROUNDS}, rivals in turn, one thread");
    on_one_thread(async |ways| {
        let mut best = vec![[f64::INFINITY; 2]; ways.len()];
        for number in 1..=ROUNDS as u64 {
            for (best, pair) in best.iter_mut().zip(&ways) {
                for (best, way) in best.iter_mut().zip(pair) {
                    let start = Instant::now();
                    wake_all(way, number).await;
                    *best = best.min(start.elapsed().as_secs_f64() * 1e9 / WAITERS as f64);
                }
            }
        }
        for (best, pair) in best.iter().zip(&ways) {
            for (time, way) in best.iter().zip(pair) {
                println!(
                    "{:<20} {time:>9.1} ns a task {:>7.2}x",
                    way.name,
                    time / best[0]
                );
            }
        }
    })
}

/// A hundred changes of one way.
pub fn run_only(name: &str) -> Result<(), Box<dyn Error>> {
    on_one_thread(async |ways| {
        let way = ways.iter().flatten().find(|way| way.name == name);
        let way = way.ok_or_else(|| format!("there is no {name}"))?;
        for number in 1..=100 {
            wake_all(way, number).await;
        }
        Ok(())
    })?
}
