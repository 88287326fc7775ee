//! Any file in the folder of the cache.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| decree_runtime::fuzzing::file(file));
