//! `cargo run --release --manifest-path benches/Cargo.toml`
//!
//! Prints, in one run, what one read costs beside the usual ways to share a value, what it costs to
//! wake ten thousand who wait for a change, and how long a change takes from the return of the write
//! to the moment that readers see it. With the name of a way to wait, only that is run, for
//! `valgrind --tool=callgrind`. Compare the ratios:
//! the nanoseconds are those of this machine at this hour.

mod latency;
mod read;
mod rivals;
mod wake;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Some(name) = std::env::args().nth(1) {
        return wake::run_only(&name);
    }
    read::print();
    wake::print()?;
    tokio::runtime::Runtime::new()?.block_on(latency::print())
}
