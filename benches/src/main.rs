//! `cargo run --release --manifest-path benches/Cargo.toml`
//!
//! Prints, in one run, what one read costs beside the usual ways to share a value, what one request
//! costs beside axum's own extension and a rival, what it costs to wake ten thousand who wait for a
//! change, to make a struct of a version and to build one, and how long a change takes from the return of the write to the moment that readers see
//! it. Compare the ratios: the nanoseconds are those of this machine at this hour. Instructions are
//! counted by valgrind, if that is installed.
//!
//! With `read`, `request`, `wake`, `decode` or `compile` only that part is run; with `wake` and the name of a way to wait
//! only that, for `valgrind --tool=callgrind`.

mod compile;
mod counted;
mod decode;
mod latency;
mod read;
mod request;
mod rivals;
mod wake;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        // What `counted` runs.
        Some("repeat") => counted::repeat(arguments)?,
        Some("request") => request::print()?,
        Some("read") => read::print(),
        Some("decode") => decode::print()?,
        Some("compile") => compile::print()?,
        Some("wake") => match arguments.next() {
            Some(name) => wake::run_only(&name)?,
            None => wake::print()?,
        },
        _ => {
            read::print();
            request::print()?;
            wake::print()?;
            decode::print()?;
            compile::print()?;
            tokio::runtime::Runtime::new()?.block_on(latency::print())?;
        }
    }
    Ok(())
}
