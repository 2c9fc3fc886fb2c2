//! BER and DER.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut reader = cades::asn1::Reader::new(bytes);
    while let Ok(value) = reader.read() {
        let _ = (value.oid(), value.unsigned(), value.octets(), value.bits(), value.text(), value.time());
    }
    let _ = cades::asn1::is_der(bytes);
});
