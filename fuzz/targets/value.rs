//! One PDF value.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parser = pdf::syntax::Parser::new(bytes, 0);
    while let Ok(value) = parser.value() {
        assert!(value.span.end <= bytes.len());
    }
});
