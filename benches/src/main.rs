//! `cargo run --release --manifest-path benches/Cargo.toml`
//!
//! Prints, in one run, what one read costs beside the usual ways to share a value, and how long a
//! change takes from the return of the write to the moment that readers see it. Compare the ratios:
//! the nanoseconds are those of this machine at this hour.

mod latency;
mod read;
mod rivals;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    read::print();
    tokio::runtime::Runtime::new()?.block_on(latency::print())
}
