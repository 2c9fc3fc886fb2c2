//! A CMS signature and what it says.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(signed) = cades::SignedData::parse(bytes) else { return };
    for signer in &signed.signers {
        let _ = (signer.message_digest(), signer.content_type(), signer.signing_certificates(), signer.signed_bytes());
        let _ = cades::SignatureAlgorithm::from_der(&signer.signature_algorithm, None);
    }
});
