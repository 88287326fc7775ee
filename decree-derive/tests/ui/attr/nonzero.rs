use std::num::{NonZero, NonZeroU8, NonZeroU32};

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct NonZeros {
    #[decree(default = 0)]
    zero: NonZeroU32,
    #[decree(default = 256)]
    wide: Option<NonZeroU8>,
    #[decree(default = -1)]
    negative: NonZero<u64>,
    #[decree(default = 128)]
    signed: std::num::NonZeroI8,
    #[decree(default = "3")]
    text: NonZero<u64>,
    #[decree(default = 3, min = 0)]
    bound: NonZeroU32,
    #[decree(default = 3, max = 2)]
    violated: NonZeroU32,
    #[decree(min_len = 1)]
    length: NonZeroU32,
}

fn main() {}
