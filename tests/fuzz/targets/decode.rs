//! Any answer of a server, and a struct of every kind that is made of it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|answer: &[u8]| decree_runtime::fuzzing::answer(answer));
