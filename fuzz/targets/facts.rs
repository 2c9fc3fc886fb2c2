//! From a file to its facts, as every verification does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = pades::extract(bytes);
});
