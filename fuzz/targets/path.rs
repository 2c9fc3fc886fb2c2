//! Certificates that a stranger offers, on their way to an anchor that one of them may be.
#![no_main]

use cades::Certificate;
use trust::{Anchors, PathSettings, find_path};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut reader = cades::asn1::Reader::new(bytes);
    let mut certificates = Vec::new();
    while let Ok(value) = reader.read() {
        certificates.extend(Certificate::parse(value.raw));
    }
    let Some((signer, others)) = certificates.split_first() else { return };
    let anchors = Anchors::new("fuzz", others.last().cloned().into_iter().collect());
    let others: Vec<&Certificate> = others.iter().collect();
    let settings = PathSettings { require_explicit_policy: bytes.len() % 2 == 0, ..PathSettings::at(signer.not_before) };
    let _ = find_path(signer, &others, &anchors, &settings);
    let _ = (trust::holder::Holder::of(signer), signer.alternative_names(), signer.distribution_points());
});
