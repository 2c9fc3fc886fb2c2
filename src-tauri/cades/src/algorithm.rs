//! The one table of algorithms: object identifiers and parameters to what computes them.

use aws_lc_rs::{digest, signature};

use crate::{
    CadesError,
    asn1::{Tlv, context, tag},
    der, oid,
};

/// Hash functions this crate computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-1: read in old signatures, never written.
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl Hash {
    /// The implementation.
    #[must_use]
    pub fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    /// The digest of some bytes.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        digest::digest(self.algorithm(), bytes).as_ref().to_vec()
    }

    /// Its length in bytes.
    #[must_use]
    pub fn length(self) -> usize {
        self.algorithm().output_len()
    }

    /// Its object identifier.
    #[must_use]
    pub fn oid(self) -> &'static str {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Reads the `AlgorithmIdentifier` of a hash: parameters absent or NULL (RFC 5754, 2).
    ///
    /// # Errors
    /// [`CadesError::Malformed`], [`CadesError::Unsupported`].
    pub fn from_der(identifier: &Tlv<'_>) -> Result<Self, CadesError> {
        let mut fields = identifier.fields()?;
        let dotted = fields.read()?.oid()?;
        if !matches!(fields.rest(), [] | [tag::NULL, 0]) {
            return Err(CadesError::Malformed("digest algorithm"));
        }
        Self::from_oid(&dotted)
    }

    /// The hash with this object identifier.
    ///
    /// # Errors
    /// [`CadesError::Unsupported`].
    pub fn from_oid(dotted: &str) -> Result<Self, CadesError> {
        [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512]
            .into_iter()
            .find(|hash| hash.oid() == dotted)
            .ok_or_else(|| CadesError::Unsupported(dotted.to_owned()))
    }
}

/// How a digest becomes a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2)
    RsaPkcs1,
    /// RSASSA-PSS with MGF1 over the same hash and a salt of the hash's length (RFC 8017, 8.1)
    RsaPss,
    /// ECDSA, the value DER-encoded (RFC 5753)
    Ecdsa,
}

/// A signature algorithm as one value: scheme and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignatureAlgorithm {
    /// How.
    pub scheme: Scheme,
    /// Over which digest.
    pub hash: Hash,
}

/// All algorithms the program signs with, in the order they are offered.
pub const SIGNING_ALGORITHMS: [(&str, SignatureAlgorithm); 8] = [
    ("rsa-pkcs1-sha256", SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha256)),
    ("rsa-pkcs1-sha384", SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha384)),
    ("rsa-pkcs1-sha512", SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha512)),
    ("rsa-pss-sha256", SignatureAlgorithm::new(Scheme::RsaPss, Hash::Sha256)),
    ("rsa-pss-sha384", SignatureAlgorithm::new(Scheme::RsaPss, Hash::Sha384)),
    ("rsa-pss-sha512", SignatureAlgorithm::new(Scheme::RsaPss, Hash::Sha512)),
    ("ecdsa-p256-sha256", SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha256)),
    ("ecdsa-p384-sha384", SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha384)),
];

impl SignatureAlgorithm {
    /// Scheme and hash together.
    #[must_use]
    pub const fn new(scheme: Scheme, hash: Hash) -> Self {
        Self { scheme, hash }
    }

    /// The algorithm with this name of [`SIGNING_ALGORITHMS`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        SIGNING_ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    /// What experts call it, for reports.
    #[must_use]
    pub fn label(self) -> String {
        let scheme = match self.scheme {
            Scheme::RsaPkcs1 => "RSA PKCS#1 v1.5",
            Scheme::RsaPss => "RSA-PSS",
            Scheme::Ecdsa => "ECDSA",
        };
        format!("{scheme} {}", self.hash.name())
    }

    /// `AlgorithmIdentifier` as written in a `SignerInfo` (RFC 5754, RFC 4056).
    #[must_use]
    pub fn to_der(self) -> Vec<u8> {
        match (self.scheme, self.hash) {
            (Scheme::RsaPkcs1, hash) => {
                let dotted = match hash {
                    Hash::Sha1 => oid::RSA_SHA1,
                    Hash::Sha256 => oid::RSA_SHA256,
                    Hash::Sha384 => oid::RSA_SHA384,
                    Hash::Sha512 => oid::RSA_SHA512,
                };
                der::sequence(&[&der::oid(dotted), &der::null()])
            }
            (Scheme::RsaPss, hash) => {
                let digest = der::sequence(&[&der::oid(hash.oid()), &der::null()]);
                let mask = der::sequence(&[&der::oid(oid::MGF1), &digest]);
                // A hash is at most 64 bytes long.
                let salt = der::integer(hash.length().to_le_bytes()[0]);
                let parameters = der::sequence(&[
                    &der::value(context(0), &digest),
                    &der::value(context(1), &mask),
                    &der::value(context(2), &salt),
                ]);
                der::sequence(&[&der::oid(oid::RSA_PSS), &parameters])
            }
            (Scheme::Ecdsa, hash) => {
                let dotted = match hash {
                    Hash::Sha1 => oid::ECDSA_SHA1,
                    Hash::Sha256 => oid::ECDSA_SHA256,
                    Hash::Sha384 => oid::ECDSA_SHA384,
                    Hash::Sha512 => oid::ECDSA_SHA512,
                };
                der::sequence(&[&der::oid(dotted)])
            }
        }
    }

    /// Reads an `AlgorithmIdentifier`; `digest` is the hash that stands beside a bare `rsaEncryption`.
    ///
    /// # Errors
    /// [`CadesError::Unsupported`], also for parameters that weaken or contradict; [`CadesError::Malformed`].
    pub fn from_der(identifier: &Tlv<'_>, digest: Option<Hash>) -> Result<Self, CadesError> {
        let mut reader = identifier.fields()?;
        let dotted = reader.read()?.oid()?;
        let parameters = if reader.is_empty() { None } else { Some(reader.read()?) };
        reader.end("AlgorithmIdentifier")?;
        let plain = parameters.is_none_or(|parameters| parameters.raw == [tag::NULL, 0]);
        let unsupported = || CadesError::Unsupported(dotted.clone());
        let known = [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512]
            .into_iter()
            .flat_map(|hash| [Self::new(Scheme::RsaPkcs1, hash), Self::new(Scheme::Ecdsa, hash)])
            .find(|algorithm| {
                Tlv::parse(&algorithm.to_der()).and_then(|der| der.children().read()?.oid()).as_ref() == Ok(&dotted)
            });
        match (known, dotted.as_str()) {
            (Some(algorithm), _) if plain => Ok(algorithm),
            (None, oid::RSA_ENCRYPTION) if plain => {
                digest.map(|hash| Self::new(Scheme::RsaPkcs1, hash)).ok_or_else(unsupported)
            }
            (None, oid::RSA_PSS) => pss_hash(parameters).map(|hash| Self::new(Scheme::RsaPss, hash)),
            _ => Err(unsupported()),
        }
    }

    /// Checks a signature over a digest with the key of a `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// [`CadesError::BadSignature`]; [`CadesError::Unsupported`] where key and algorithm do not go together.
    pub fn verify_digest(self, spki: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), CadesError> {
        let verifier = self.verifier(spki)?;
        let digest = digest::Digest::import_less_safe(digest, self.hash.algorithm())
            .map_err(|_| CadesError::Malformed("digest"))?;
        signature::UnparsedPublicKey::new(verifier, spki)
            .verify_digest(&digest, signature)
            .map_err(|_| CadesError::BadSignature)
    }

    /// Checks a signature over bytes.
    ///
    /// # Errors
    /// As [`SignatureAlgorithm::verify_digest`].
    pub fn verify(self, spki: &[u8], message: &[u8], signature: &[u8]) -> Result<(), CadesError> {
        self.verify_digest(spki, &self.hash.digest(message), signature)
    }

    fn verifier(self, spki: &[u8]) -> Result<&'static dyn signature::VerificationAlgorithm, CadesError> {
        let key = PublicKey::parse(spki)?;
        if let KeyKind::Rsa(bits @ (..2048 | 8193..)) = key.kind {
            return Err(CadesError::Unsupported(format!("RSA {bits}")));
        }
        Ok(match (self.scheme, self.hash, key.kind) {
            (Scheme::RsaPkcs1, Hash::Sha1, KeyKind::Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            (Scheme::RsaPkcs1, Hash::Sha256, KeyKind::Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA256,
            (Scheme::RsaPkcs1, Hash::Sha384, KeyKind::Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA384,
            (Scheme::RsaPkcs1, Hash::Sha512, KeyKind::Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA512,
            (Scheme::RsaPss, Hash::Sha256, KeyKind::Rsa(_)) => &signature::RSA_PSS_2048_8192_SHA256,
            (Scheme::RsaPss, Hash::Sha384, KeyKind::Rsa(_)) => &signature::RSA_PSS_2048_8192_SHA384,
            (Scheme::RsaPss, Hash::Sha512, KeyKind::Rsa(_)) => &signature::RSA_PSS_2048_8192_SHA512,
            (Scheme::Ecdsa, Hash::Sha256, KeyKind::P256) => &signature::ECDSA_P256_SHA256_ASN1,
            (Scheme::Ecdsa, Hash::Sha384, KeyKind::P256) => &signature::ECDSA_P256_SHA384_ASN1,
            (Scheme::Ecdsa, Hash::Sha512, KeyKind::P256) => &signature::ECDSA_P256_SHA512_ASN1,
            (Scheme::Ecdsa, Hash::Sha256, KeyKind::P384) => &signature::ECDSA_P384_SHA256_ASN1,
            (Scheme::Ecdsa, Hash::Sha384, KeyKind::P384) => &signature::ECDSA_P384_SHA384_ASN1,
            (Scheme::Ecdsa, Hash::Sha512, KeyKind::P384) => &signature::ECDSA_P384_SHA512_ASN1,
            (Scheme::Ecdsa, Hash::Sha256, KeyKind::P521) => &signature::ECDSA_P521_SHA256_ASN1,
            (Scheme::Ecdsa, Hash::Sha384, KeyKind::P521) => &signature::ECDSA_P521_SHA384_ASN1,
            (Scheme::Ecdsa, Hash::Sha512, KeyKind::P521) => &signature::ECDSA_P521_SHA512_ASN1,
            _ => return Err(CadesError::Unsupported(self.label())),
        })
    }

    /// Whether a key of this kind signs so: RSA with RSA, and each curve with the hash of its own strength,
    /// as KMS ties them.
    #[must_use]
    pub fn fits(self, key: KeyKind) -> bool {
        matches!(
            (self.scheme, self.hash, key),
            (Scheme::RsaPkcs1 | Scheme::RsaPss, Hash::Sha256 | Hash::Sha384 | Hash::Sha512, KeyKind::Rsa(2048..))
                | (Scheme::Ecdsa, Hash::Sha256, KeyKind::P256)
                | (Scheme::Ecdsa, Hash::Sha384, KeyKind::P384)
                | (Scheme::Ecdsa, Hash::Sha512, KeyKind::P521)
        )
    }
}

/// RFC 4055, 3.1: one hash for message and mask, a salt of its length, the one trailer there is.
fn pss_hash(parameters: Option<Tlv<'_>>) -> Result<Hash, CadesError> {
    let weak = || CadesError::Unsupported("RSA-PSS parameters".to_owned());
    // Absent fields mean SHA-1 and a salt of 20.
    let mut fields = parameters.ok_or_else(weak)?.fields()?;
    let digest = only(&fields.optional(context(0))?.ok_or_else(weak)?)?;
    let mask = only(&fields.optional(context(1))?.ok_or_else(weak)?)?;
    let salt = only(&fields.optional(context(2))?.ok_or_else(weak)?)?.unsigned()?;
    let trailer = fields.optional(context(3))?.map(|field| only(&field)?.unsigned()).transpose()?;
    let hash = Hash::from_der(&digest)?;
    let mut mask_fields = mask.fields()?;
    let is_mgf1 = mask_fields.read()?.oid()? == oid::MGF1;
    let mask_hash = Hash::from_der(&mask_fields.read()?)?;
    mask_fields.end("mask generation")?;
    let right =
        is_mgf1 && mask_hash == hash && usize::try_from(salt) == Ok(hash.length()) && matches!(trailer, None | Some(1));
    if right && fields.is_empty() { Ok(hash) } else { Err(weak()) }
}

/// The one value inside an explicit tag.
fn only<'a>(tagged: &Tlv<'a>) -> Result<Tlv<'a>, CadesError> {
    let mut inside = tagged.children();
    let value = inside.read()?;
    inside.end("explicit tag")?;
    Ok(value)
}

/// What kind of key a `SubjectPublicKeyInfo` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with a modulus of this many bits.
    Rsa(usize),
    /// NIST P-256
    P256,
    /// NIST P-384
    P384,
    /// NIST P-521
    P521,
}

impl KeyKind {
    /// Longest signature value of such a key in bytes; ECDSA values are DER-encoded and vary.
    #[must_use]
    pub fn max_signature_length(self) -> usize {
        // SEQUENCE header, and for r and s each: header, sign byte, number.
        let ecdsa = |field: usize| 3 + 2 * (2 + 1 + field);
        match self {
            Self::Rsa(bits) => bits.div_ceil(8),
            Self::P256 => ecdsa(32),
            Self::P384 => ecdsa(48),
            Self::P521 => ecdsa(66),
        }
    }

    /// What experts call it, for reports.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Rsa(bits) => format!("RSA {bits}"),
            Self::P256 => "P-256".to_owned(),
            Self::P384 => "P-384".to_owned(),
            Self::P521 => "P-521".to_owned(),
        }
    }
}

/// A public key, recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    /// Its kind.
    pub kind: KeyKind,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7).
    ///
    /// # Errors
    /// [`CadesError::Malformed`], [`CadesError::Unsupported`].
    pub fn parse(spki: &[u8]) -> Result<Self, CadesError> {
        let mut fields = Tlv::parse(spki)?.fields()?;
        let mut identifier = fields.expect(tag::SEQUENCE, "public key")?.children();
        let dotted = identifier.read()?.oid()?;
        let kind = match dotted.as_str() {
            oid::RSA_ENCRYPTION | oid::RSA_PSS => {
                let key = Tlv::parse(fields.read()?.bits()?)?;
                let modulus = key.fields()?.expect(tag::INTEGER, "RSA modulus")?.content;
                let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
                let leading = modulus.first().map_or(0, |byte| byte.leading_zeros());
                KeyKind::Rsa((modulus.len() * 8).saturating_sub(usize::try_from(leading).unwrap_or(0)))
            }
            oid::EC_PUBLIC_KEY => match identifier.read()?.oid()?.as_str() {
                oid::P256 => KeyKind::P256,
                oid::P384 => KeyKind::P384,
                oid::P521 => KeyKind::P521,
                other => return Err(CadesError::Unsupported(other.to_owned())),
            },
            other => return Err(CadesError::Unsupported(other.to_owned())),
        };
        Ok(Self { kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signing_algorithm_reads_back() {
        for (name, algorithm) in SIGNING_ALGORITHMS {
            let der = algorithm.to_der();
            assert_eq!(SignatureAlgorithm::from_der(&Tlv::parse(&der).unwrap(), None).unwrap(), algorithm, "{name}");
        }
    }

    #[test]
    fn pss_without_explicit_parameters_is_refused() {
        let der = der::sequence(&[&der::oid(oid::RSA_PSS), &der::sequence(&[])]);
        assert!(SignatureAlgorithm::from_der(&Tlv::parse(&der).unwrap(), Some(Hash::Sha256)).is_err());
    }
}
