//! One value behind each of the usual ways to share it.

use std::{
    hint::black_box,
    sync::{Arc, RwLock},
};

use arc_swap::ArcSwap;
use decree_runtime::Live;

pub struct Settings {
    pub fee: f64,
    pub _others: [u64; 8],
}

fn settings() -> Settings {
    Settings {
        fee: 0.01,
        _others: [7; 8],
    }
}

/// Reads `n` times.
pub type Reader = Box<dyn Fn(u64) + Sync>;

/// The first is what the others are compared with.
pub fn all() -> Vec<(&'static str, Reader)> {
    let swap = ArcSwap::from_pointee(settings());
    let full = ArcSwap::from_pointee(settings());
    let (_keep, watched) = tokio::sync::watch::channel(settings());
    let locked = RwLock::new(Arc::new(settings()));
    let with = Live::fixed(settings());
    let load = with.clone();
    let cached = with.clone();
    let plain = settings();
    vec![
        ("ArcSwap::load", repeat(move || swap.load().fee)),
        (
            "Live::with",
            repeat(move || with.with(|settings| settings.fee)),
        ),
        (
            "Reader::get",
            Box::new(move |times| {
                let mut reader = cached.reader();
                for _ in 0..times {
                    black_box(black_box(&mut reader).get().fee);
                }
            }),
        ),
        ("a plain field", repeat(move || black_box(&plain).fee)),
        ("ArcSwap::load_full", repeat(move || full.load_full().fee)),
        ("Live::load", repeat(move || load.load().fee)),
        (
            "watch::borrow",
            repeat(move || {
                let _keep = &_keep;
                watched.borrow().fee
            }),
        ),
        (
            "RwLock<Arc<T>>",
            repeat(move || {
                let shared = locked.read().map(|locked| Arc::clone(&locked));
                shared.map_or(f64::NAN, |settings| settings.fee)
            }),
        ),
    ]
}

fn repeat(read: impl Fn() -> f64 + Sync + 'static) -> Reader {
    Box::new(move |times| {
        for _ in 0..times {
            black_box(read());
        }
    })
}
