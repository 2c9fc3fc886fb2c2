//! Revocation lists, OCSP answers and time-stamp tokens.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(crl) = cades::Crl::parse(bytes) {
        let _ = (crl.distribution_point(), crl.find(&crl.issuer, &[1]), crl.is_understood(), crl.keeps_expired());
        let _ = (crl.signature_algorithm(), crl.authority_key_identifier());
    }
    if let Ok(response) = cades::OcspResponse::parse(bytes) {
        for certificate in &response.certificates {
            let _ = (response.names(certificate), response.verify(&certificate.spki));
        }
    }
    let _ = cades::TimeStampToken::parse(bytes);
});
