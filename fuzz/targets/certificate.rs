//! A certificate, its extensions and its names; and files of certificates.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = trust::read_certificates(bytes);
    let Ok(certificate) = cades::Certificate::parse(bytes) else { return };
    let _ = (certificate.key_usage(), certificate.basic_constraints(), certificate.extended_key_usage());
    let _ = (certificate.subject_label(), certificate.issuer_label(), certificate.public_key());
    let _ = certificate.verify_signed_by(&certificate);
});
