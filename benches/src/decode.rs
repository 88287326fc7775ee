//! What it costs to make a struct of a version, by field.

mod structs;

use std::{error::Error, fmt::Write as _, hint::black_box};

use decree_dev::DevServer;
use decree_runtime::{Client, DecreeConfig, FieldSpec, Reading};

use self::structs::{Thousand, Twenty};
use crate::counted;

const SIZES: [u64; 2] = [20, 1_000];

/// The program that is counted.
pub fn repeat(case: usize, times: u64) -> Result<(), Box<dyn Error>> {
    let reading = tokio::runtime::Runtime::new()?.block_on(reading())?;
    for _ in 0..times {
        if case == 0 {
            black_box(reading.decode::<Twenty>()?);
        } else {
            black_box(reading.decode::<Thousand>()?);
        }
    }
    Ok(())
}

/// Of a thousand fields, which both structs find theirs in.
async fn reading() -> Result<Reading, Box<dyn Error>> {
    let fields = Thousand::fields();
    let mut seed = String::from("spec_version: v1\nschema:\n  name: bench\n  fields:\n");
    for path in fields.iter().map(FieldSpec::path) {
        writeln!(seed, "    {path}: {{ type: integer, default: \"7\" }}")?;
    }
    seed += "tenant: { name: bench }\n";
    let server = DevServer::builder().seed_yaml(seed).start().await?;
    let address = server.addr().ok_or("no address")?.to_string();
    let client = Client::builder(&address).subject("bench").build()?;
    Ok(client.read("bench").await?)
}

pub fn print() -> Result<(), Box<dyn Error>> {
    println!("\ninstructions and allocations to make a struct of a version, by field");
    let (instructions, allocations) = counted::all("decode", SIZES.len())?;
    for (at, size) in SIZES.into_iter().enumerate() {
        println!(
            "{size:>6} fields {:>8.1} {:>8.2}",
            instructions[at] / size as f64,
            allocations[at] / size as f64
        );
    }
    Ok(())
}
