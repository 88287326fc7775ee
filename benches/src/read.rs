//! Nanoseconds per read.

use std::sync::Barrier;

use tokio::time::Instant;

use crate::rivals;
pub use crate::rivals::Reader;

const READS: u64 = 2_000_000;
const ROUNDS: usize = 15;

pub fn print() {
    println!("one read: best of {ROUNDS} rounds of {READS} reads per thread, rivals in turn");
    table(&rivals::all(), READS);
}

/// What one call costs on one thread and on two, and how often what the first of `rivals` costs.
pub fn table(rivals: &[(&str, Reader)], times: u64) {
    println!(
        "{:<28} {:>12} {:>8} {:>12} {:>8}",
        "", "1 thread", "ratio", "2 threads", "ratio"
    );
    let one = best(rivals, 1, ROUNDS, times);
    let two = best(rivals, 2, ROUNDS, times);
    for (at, (name, _)) in rivals.iter().enumerate() {
        println!(
            "{name:<28} {:>9.2} ns {:>7.2}x {:>9.2} ns {:>7.2}x",
            one[at],
            one[at] / one[0],
            two[at],
            two[at] / two[0],
        );
    }
}

/// In turn, so that a machine that slows down slows all of them; the best, since what disturbs a
/// round only ever adds to it. On a busy machine many short rounds find a quiet moment each.
pub fn best(rivals: &[(&str, Reader)], threads: usize, rounds: usize, times: u64) -> Vec<f64> {
    let mut best = vec![f64::INFINITY; rivals.len()];
    for _ in 0..rounds {
        for (best, (_, reader)) in best.iter_mut().zip(rivals) {
            *best = best.min(nanos_per_read(reader, threads, times));
        }
    }
    best
}

fn nanos_per_read(reader: &Reader, threads: usize, times: u64) -> f64 {
    let ready = Barrier::new(threads);
    let timed = || {
        reader(times / 10);
        ready.wait();
        let start = Instant::now();
        reader(times);
        start.elapsed().as_secs_f64() * 1e9 / times as f64
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(timed)).collect();
        let times = running
            .into_iter()
            .map(|thread| thread.join().unwrap_or(f64::NAN));
        times.sum::<f64>() / threads as f64
    })
}
