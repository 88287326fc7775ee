// Bounds that no value of the type can fit.
use std::num::NonZero;

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Empty {
    #[decree(exclusive_max = 0)]
    a: u8,
    #[decree(exclusive_min = 255)]
    b: u8,
    #[decree(exclusive_min = 127)]
    c: Option<i8>,
    #[decree(exclusive_max = -32768)]
    d: i16,
    #[decree(exclusive_min = 9223372036854775807)]
    e: u64,
    #[decree(exclusive_max = 1)]
    f: NonZero<u16>,
    #[decree(exclusive_max = 1)]
    fits: u8,
    #[decree(exclusive_min = 254)]
    fits_too: u8,
}

fn main() {}
