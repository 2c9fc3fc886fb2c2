//! The question to an OCSP responder (RFC 6960, 4.1).

use cades::{Certificate, Hash, asn1::tag, der};

/// DER of a request about one certificate, by SHA-1 names as every responder knows them, without nonce: answers that
/// were made beforehand are as good.
#[must_use]
pub fn ocsp_request(certificate: &Certificate, issuer: &Certificate) -> Vec<u8> {
    let algorithm = der::sequence(&[&der::oid(Hash::Sha1.oid()), &der::null()]);
    let id = der::sequence(&[
        &algorithm,
        &der::octet_string(&Hash::Sha1.digest(&certificate.issuer)),
        &der::octet_string(&Hash::Sha1.digest(issuer.key_bits().unwrap_or_default())),
        &der::value(tag::INTEGER, &certificate.serial),
    ]);
    let request = der::sequence(&[&der::sequence(&[&id])]);
    der::sequence(&[&der::sequence(&[&request])])
}
