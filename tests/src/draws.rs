//! What programs draw by lot: waits, spreads, the seeds of watches.

/// Makes what this thread draws from now on the same in every run, so that a test which passes is a
/// test that passes. `DECREE_TEST_SEED=N` makes it another run: a demand that holds for most draws
/// only fails for some N.
///
/// # Panics
///
/// If the variable is no number.
pub fn fix() {
    let seed = std::env::var("DECREE_TEST_SEED");
    let seed = seed.map_or(0, |seed| {
        seed.parse().expect("DECREE_TEST_SEED is a number")
    });
    fastrand::seed(seed);
}
