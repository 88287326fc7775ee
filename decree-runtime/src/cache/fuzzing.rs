//! What a fuzzer does with a file. Only built for tests/fuzz.

use super::format::{decode, encode, sealed};

/// Reads `bytes` as a file; what can be read is written so that it reads as the same.
pub fn file(bytes: &[u8]) {
    // A fuzzer never finds a checksum: it gets one for what it made.
    for bytes in [bytes, &sealed(bytes)] {
        if let Ok(record) = decode(bytes) {
            // Compared as they are written: a number that is none equals not even itself.
            let written = encode(&record).ok();
            let again = written.as_ref().and_then(|bytes| decode(bytes).ok());
            assert_eq!(again.and_then(|record| encode(&record).ok()), written);
            let _cached = record.into_cached();
        }
    }
}
