//! What a fuzzer does with a file. Only built for tests/fuzz.

use super::format::{decode, encode, sealed};

/// Reads `bytes` as a file; what can be read is written so that it reads as the same.
pub fn file(bytes: &[u8]) {
    // A fuzzer never finds a checksum: it gets one for what it made.
    for bytes in [bytes, &sealed(bytes)] {
        if let Ok(record) = decode(bytes) {
            let again = encode(&record).and_then(|bytes| Ok(decode(&bytes).ok()));
            assert_eq!(again.ok().flatten().as_ref(), Some(&record));
            let _cached = record.into_cached();
        }
    }
}
