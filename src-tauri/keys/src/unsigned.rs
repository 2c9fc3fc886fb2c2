//! What a key signs besides documents: requests, certificates and lists have one form (RFC 2986, 4; RFC 5280, 4.1, 5.1).

use cades::{KeyKind, PublicKey, SignatureAlgorithm, asn1::tag, der};

use crate::KeyError;

/// A body whose signature is still to be made.
pub struct Unsigned {
    body: Vec<u8>,
    spki: Vec<u8>,
    algorithm: SignatureAlgorithm,
}

impl Unsigned {
    /// A body that the key of `spki` will sign.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmDoesNotFit`]
    pub(crate) fn new(body: Vec<u8>, spki: &[u8], algorithm: SignatureAlgorithm) -> Result<Self, KeyError> {
        if !algorithm.fits(key_kind(spki)?) {
            return Err(KeyError::AlgorithmDoesNotFit);
        }
        Ok(Self { body, spki: spki.to_vec(), algorithm })
    }

    /// How it will be signed.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// What the key signs.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        self.algorithm.hash.digest(&self.body)
    }

    /// The whole in DER, once its signature was checked with the key itself.
    ///
    /// # Errors
    /// [`KeyError::KeyMismatch`] where the signature is not the key's.
    pub fn finish(self, signature: &[u8], label: &str) -> Result<Vec<u8>, KeyError> {
        if self.algorithm.verify_digest(&self.spki, &self.digest(), signature).is_err() {
            return Err(KeyError::KeyMismatch(label.to_owned()));
        }
        let bits = [&[0], signature].concat();
        Ok(der::sequence(&[&self.body, &self.algorithm.to_der(), &der::value(tag::BIT_STRING, &bits)]))
    }
}

pub(crate) fn key_kind(spki: &[u8]) -> Result<KeyKind, KeyError> {
    PublicKey::parse(spki).map(|key| key.kind).map_err(|_| KeyError::AlgorithmDoesNotFit)
}

/// One extension of a request, a certificate or a list (RFC 5280, 4.2).
pub(crate) fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[tag::BOOLEAN, 1, 0xFF] } else { &[] };
    der::sequence(&[&der::oid(kind), critical, &der::octet_string(value)])
}
