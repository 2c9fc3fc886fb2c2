//! The one table of algorithms: object identifiers and parameters to what computes them.

use aws_lc_rs::{digest, signature};

use crate::{
    CadesError,
    arithmetic::{self, CURVES, Curve},
    asn1::{Tlv, context, tag},
    der, oid,
};

/// Hash functions this crate computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-1: read in old signatures, never written.
    Sha1,
    /// SHA-224: read only.
    Sha224,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
    /// SHA3-256: read only, as the two below.
    Sha3_256,
    /// SHA3-384
    Sha3_384,
    /// SHA3-512
    Sha3_512,
}

impl Hash {
    /// Every one of them.
    pub const ALL: [Self; 8] = [
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
    ];

    /// The implementation.
    #[must_use]
    pub fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
            Self::Sha3_256 => &digest::SHA3_256,
            Self::Sha3_384 => &digest::SHA3_384,
            Self::Sha3_512 => &digest::SHA3_512,
        }
    }

    /// The digest of some bytes.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        digest::digest(self.algorithm(), bytes).as_ref().to_vec()
    }

    /// The digest of some bytes in lower-case hexadecimal, as people compare fingerprints.
    #[must_use]
    pub fn hex_digest(self, bytes: &[u8]) -> String {
        self.digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
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
            Self::Sha224 => oid::SHA224,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
            Self::Sha3_256 => oid::SHA3_256,
            Self::Sha3_384 => oid::SHA3_384,
            Self::Sha3_512 => oid::SHA3_512,
        }
    }

    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
        }
    }

    /// The hash with this name, as [`Hash::name`] gives it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.name() == name)
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
        Self::ALL.into_iter().find(|hash| hash.oid() == dotted).ok_or_else(|| unsupported(dotted))
    }
}

/// An algorithm that is not computed here, by its name where it has one.
fn unsupported(dotted: &str) -> CadesError {
    let name = oid::UNSUPPORTED_NAMES.iter().find(|(known, _)| *known == dotted).map_or(dotted, |(_, name)| name);
    CadesError::Unsupported(name.to_owned())
}

/// How a digest becomes a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2)
    RsaPkcs1,
    /// RSASSA-PSS with MGF1 over the same hash and a salt of the hash's length (RFC 8017, 8.1)
    RsaPss,
    /// RSASSA-PSS with a mask over another hash or a salt of another length: read only
    RsaPssOther {
        /// Hash of the mask generation.
        mask: Hash,
        /// Length of the salt in bytes.
        salt: u16,
    },
    /// ECDSA, the value DER-encoded (RFC 5753)
    Ecdsa,
    /// Ed25519 over the message itself (RFC 8419): read only
    Ed25519,
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

    /// The first of [`SIGNING_ALGORITHMS`] that keys of that kind sign with.
    #[must_use]
    pub fn usual(kind: KeyKind) -> Option<Self> {
        SIGNING_ALGORITHMS.iter().map(|(_, algorithm)| *algorithm).find(|algorithm| algorithm.fits(kind))
    }

    /// What experts call it, for reports.
    #[must_use]
    pub fn label(self) -> String {
        let scheme = match self.scheme {
            Scheme::RsaPkcs1 => "RSA PKCS#1 v1.5",
            Scheme::RsaPss => "RSA-PSS",
            Scheme::RsaPssOther { mask, salt } => {
                return format!("RSA-PSS {}, MGF1 {}, salt {salt}", self.hash.name(), mask.name());
            }
            Scheme::Ecdsa => "ECDSA",
            Scheme::Ed25519 => return "Ed25519".to_owned(),
        };
        format!("{scheme} {}", self.hash.name())
    }

    /// `AlgorithmIdentifier` as written in a `SignerInfo` (RFC 5754, RFC 4056). Algorithms that are only read are
    /// written without parameters.
    #[must_use]
    pub fn to_der(self) -> Vec<u8> {
        match self.scheme {
            Scheme::RsaPss => {
                let digest = der::sequence(&[&der::oid(self.hash.oid()), &der::null()]);
                let mask = der::sequence(&[&der::oid(oid::MGF1), &digest]);
                // A hash is at most 64 bytes long.
                let salt = der::integer(self.hash.length().to_le_bytes()[0]);
                let parameters = der::sequence(&[
                    &der::value(context(0), &digest),
                    &der::value(context(1), &mask),
                    &der::value(context(2), &salt),
                ]);
                der::sequence(&[&der::oid(oid::RSA_PSS), &parameters])
            }
            Scheme::RsaPkcs1 => der::sequence(&[&der::oid(self.simple_oid()), &der::null()]),
            Scheme::RsaPssOther { .. } | Scheme::Ecdsa | Scheme::Ed25519 => {
                der::sequence(&[&der::oid(self.simple_oid())])
            }
        }
    }

    fn simple_oid(self) -> &'static str {
        SIMPLE
            .iter()
            .find(|(_, algorithm)| *algorithm == self)
            .map_or(if self.scheme == Scheme::Ed25519 { oid::ED25519 } else { oid::RSA_PSS }, |(dotted, _)| dotted)
    }

    /// Reads an `AlgorithmIdentifier`; `digest` is the hash that stands beside a bare `rsaEncryption`.
    ///
    /// # Errors
    /// [`CadesError::Unsupported`], also for parameters that contradict; [`CadesError::Malformed`].
    pub fn from_der(identifier: &Tlv<'_>, digest: Option<Hash>) -> Result<Self, CadesError> {
        let mut reader = identifier.fields()?;
        let dotted = reader.read()?.oid()?;
        let parameters = if reader.is_empty() { None } else { Some(reader.read()?) };
        reader.end("AlgorithmIdentifier")?;
        let plain = parameters.is_none_or(|parameters| parameters.raw == [tag::NULL, 0]);
        let unsupported = || unsupported(&dotted);
        if dotted == oid::RSA_PSS {
            return pss(parameters);
        }
        if !plain {
            return Err(unsupported());
        }
        match dotted.as_str() {
            oid::RSA_ENCRYPTION => digest.map(|hash| Self::new(Scheme::RsaPkcs1, hash)).ok_or_else(unsupported),
            // Some writers name the key's type where the algorithm belongs.
            oid::EC_PUBLIC_KEY => digest.map(|hash| Self::new(Scheme::Ecdsa, hash)).ok_or_else(unsupported),
            oid::ED25519 => Ok(Self::new(Scheme::Ed25519, Hash::Sha512)),
            other => SIMPLE.iter().find(|(known, _)| *known == other).map(|(_, found)| *found).ok_or_else(unsupported),
        }
    }

    /// Checks a signature over a digest with the key of a `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// [`CadesError::BadSignature`]; [`CadesError::Unsupported`] where key and algorithm do not go together.
    pub fn verify_digest(self, spki: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), CadesError> {
        let key = PublicKey::parse(spki)?;
        self.check_restriction(spki)?;
        if let Some(verifier) = self.verifier(key.kind) {
            let digest = digest::Digest::import_less_safe(digest, self.hash.algorithm())
                .map_err(|_| CadesError::Malformed("digest"))?;
            return signature::UnparsedPublicKey::new(verifier, spki)
                .verify_digest(&digest, signature)
                .map_err(|_| CadesError::BadSignature);
        }
        let bits = public_key_bits(spki)?;
        match (self.scheme, key.kind) {
            (Scheme::RsaPkcs1, KeyKind::Rsa(_)) => {
                let info = |parameters: &[u8]| {
                    let identifier = der::sequence(&[&der::oid(self.hash.oid()), parameters]);
                    der::sequence(&[&identifier, &der::octet_string(digest)])
                };
                // Parameters absent are accepted as well as NULL (RFC 8017, A.2.4, note 2).
                let (with_null, without) = (info(&der::null()), info(&[]));
                arithmetic::verify_rsa_pkcs1(bits, &[&with_null, &without], signature)
            }
            (Scheme::RsaPss, KeyKind::Rsa(_)) => {
                arithmetic::verify_rsa_pss(bits, self.hash, self.hash, self.hash.length(), digest, signature)
            }
            (Scheme::RsaPssOther { mask, salt }, KeyKind::Rsa(_)) => {
                arithmetic::verify_rsa_pss(bits, self.hash, mask, usize::from(salt), digest, signature)
            }
            (Scheme::Ecdsa, KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Brainpool(_)) => {
                let curve = key.kind.curve().ok_or_else(|| CadesError::Unsupported(self.label()))?;
                arithmetic::verify_ecdsa(curve, bits, digest, signature)
            }
            _ => Err(CadesError::Unsupported(format!("{}, {}", self.label(), key.kind.label()))),
        }
    }

    /// A key for PSS alone signs so, and with the parameters that it names (RFC 4055, 1.2 and 3.3).
    fn check_restriction(self, spki: &[u8]) -> Result<(), CadesError> {
        let identifier = Tlv::parse(spki)?.fields()?.expect(tag::SEQUENCE, "public key")?;
        let mut fields = identifier.children();
        if fields.read()?.oid()? != oid::RSA_PSS {
            return Ok(());
        }
        let refused = || CadesError::Unsupported(format!("{}, RSA-PSS", self.label()));
        if !matches!(self.scheme, Scheme::RsaPss | Scheme::RsaPssOther { .. }) {
            return Err(refused());
        }
        if fields.is_empty() {
            return Ok(());
        }
        let wanted = pss(Some(fields.read()?))?;
        let parts = |algorithm: Self| match algorithm.scheme {
            Scheme::RsaPssOther { mask, salt } => (algorithm.hash, mask, usize::from(salt)),
            _ => (algorithm.hash, algorithm.hash, algorithm.hash.length()),
        };
        let ((hash, mask, salt), (own_hash, own_mask, own_salt)) = (parts(wanted), parts(self));
        // The key's salt length is the least one.
        if hash == own_hash && mask == own_mask && own_salt >= salt { Ok(()) } else { Err(refused()) }
    }

    /// Checks a signature over bytes.
    ///
    /// # Errors
    /// As [`SignatureAlgorithm::verify_digest`].
    pub fn verify(self, spki: &[u8], message: &[u8], signature: &[u8]) -> Result<(), CadesError> {
        if self.scheme != Scheme::Ed25519 {
            return self.verify_digest(spki, &self.hash.digest(message), signature);
        }
        if PublicKey::parse(spki)?.kind != KeyKind::Ed25519 {
            return Err(CadesError::Unsupported(self.label()));
        }
        let key = public_key_bits(spki)?;
        if is_small_order(key) {
            return Err(CadesError::Malformed("public key"));
        }
        signature::UnparsedPublicKey::new(&signature::ED25519, key)
            .verify(message, signature)
            .map_err(|_| CadesError::BadSignature)
    }

    /// How much work one verification with such a key is, in those of the crypto library's own.
    #[must_use]
    pub fn weight(self, key: KeyKind) -> usize {
        /// Of what is computed here: some milliseconds each, and a fifth of that below 400 bits.
        const SLOW: usize = 25;
        const SLOWEST: usize = 100;
        let is_rsa = matches!(self.scheme, Scheme::RsaPkcs1 | Scheme::RsaPss);
        match key {
            KeyKind::Ed25519 => 1,
            // No key of that kind signs so, and nothing is computed.
            KeyKind::Rsa(_) if !is_rsa => 1,
            _ if self.verifier(key).is_some() || (is_rsa && !matches!(key, KeyKind::Rsa(_))) => 1,
            KeyKind::P521 | KeyKind::Brainpool(400..) | KeyKind::Rsa(4097..) => SLOWEST,
            _ => SLOW,
        }
    }

    /// What the crypto library computes of these; the rest is computed by `arithmetic`.
    fn verifier(self, key: KeyKind) -> Option<&'static dyn signature::VerificationAlgorithm> {
        Some(match (self.scheme, self.hash, key) {
            (_, _, KeyKind::Rsa(..2048 | 8193..)) => return None,
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
            _ => return None,
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

/// Object identifiers that name scheme and hash together.
const SIMPLE: [(&str, SignatureAlgorithm); 16] = [
    (oid::RSA_SHA1, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha1)),
    (oid::RSA_SHA1_OIW, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha1)),
    (oid::RSA_SHA224, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha224)),
    (oid::RSA_SHA256, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha256)),
    (oid::RSA_SHA384, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha384)),
    (oid::RSA_SHA512, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha512)),
    (oid::RSA_SHA3_256, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha3_256)),
    (oid::RSA_SHA3_384, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha3_384)),
    (oid::RSA_SHA3_512, SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha3_512)),
    (oid::ECDSA_SHA1, SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha1)),
    (oid::ECDSA_SHA224, SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha224)),
    (oid::ECDSA_SHA256, SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha256)),
    (oid::ECDSA_SHA384, SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha384)),
    (oid::ECDSA_SHA512, SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha512)),
    (oid::ECDSA_SHA3_256, SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha3_256)),
    (oid::ECDSA_SHA3_512, SignatureAlgorithm::new(Scheme::Ecdsa, Hash::Sha3_512)),
];

/// RFC 4055, 3.1. Absent fields mean SHA-1 and a salt of 20 bytes; there is only one trailer.
fn pss(parameters: Option<Tlv<'_>>) -> Result<SignatureAlgorithm, CadesError> {
    let contradict = || CadesError::Unsupported("RSA-PSS parameters".to_owned());
    let mut fields = parameters.ok_or_else(contradict)?.fields()?;
    let hash = fields.optional(context(0))?.map(|field| Hash::from_der(&only(&field)?)).transpose()?;
    let mask = fields.optional(context(1))?.map(|field| mgf1_hash(&only(&field)?)).transpose()?;
    let salt = fields.optional(context(2))?.map(|field| only(&field)?.unsigned()).transpose()?;
    let trailer = fields.optional(context(3))?.map(|field| only(&field)?.unsigned()).transpose()?;
    if !matches!(trailer, None | Some(1)) || !fields.is_empty() {
        return Err(contradict());
    }
    let (hash, mask) = (hash.unwrap_or(Hash::Sha1), mask.unwrap_or(Hash::Sha1));
    let salt = u16::try_from(salt.unwrap_or(20)).map_err(|_| contradict())?;
    let scheme = if mask == hash && usize::from(salt) == hash.length() {
        Scheme::RsaPss
    } else {
        Scheme::RsaPssOther { mask, salt }
    };
    Ok(SignatureAlgorithm::new(scheme, hash))
}

fn mgf1_hash(mask: &Tlv<'_>) -> Result<Hash, CadesError> {
    let mut fields = mask.fields()?;
    let dotted = fields.read()?.oid()?;
    if dotted != oid::MGF1 {
        return Err(unsupported(&dotted));
    }
    let hash = Hash::from_der(&fields.read()?)?;
    fields.end("mask generation")?;
    Ok(hash)
}

/// Whether an Ed25519 key is one of the few points under which one signature fits every message, in any spelling.
fn is_small_order(key: &[u8]) -> bool {
    /// y coordinates of the points whose order divides 8, little end first, and their spellings beyond the modulus.
    const POINTS: [[u8; 4]; 5] =
        [[0, 0, 0, 0], [1, 0, 0, 0], [0xEC, 0xFF, 0xFF, 0xFF], [0xED, 0xFF, 0xFF, 0xFF], [0xEE, 0xFF, 0xFF, 0xFF]];
    const ORDER_EIGHT: [[u8; 4]; 2] = [[0x26, 0xE8, 0x95, 0x8F], [0xC7, 0x17, 0x6A, 0x70]];
    let (Some(first), Some(rest), Some(last)) = (key.get(..4), key.get(4..31), key.get(31)) else { return false };
    let last = last & 0x7F;
    let filled = |byte: u8, top: u8| rest.iter().all(|other| *other == byte) && last == top;
    // A point of order eight is told by its first and last bytes: no other key has them but by a chance of 2^-39.
    ORDER_EIGHT.iter().any(|start| first == start && matches!(last, 0x05 | 0x7A))
        || POINTS.iter().any(|start| first == start && (filled(0, 0) || filled(0xFF, 0x7F)))
}

/// The bits of the key inside a `SubjectPublicKeyInfo`.
fn public_key_bits(spki: &[u8]) -> Result<&[u8], CadesError> {
    let mut fields = Tlv::parse(spki)?.fields()?;
    fields.expect(tag::SEQUENCE, "public key")?;
    fields.read()?.bits()
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
    /// One of the brainpool curves of RFC 5639 with a field of this many bits: read only
    Brainpool(usize),
    /// Edwards curve 25519: read only
    Ed25519,
}

/// The kinds in which new keys are made, by the names that people write.
pub const NEW_KEY_KINDS: [(&str, KeyKind); 5] = [
    ("rsa-2048", KeyKind::Rsa(2048)),
    ("rsa-3072", KeyKind::Rsa(3072)),
    ("rsa-4096", KeyKind::Rsa(4096)),
    ("p-256", KeyKind::P256),
    ("p-384", KeyKind::P384),
];

impl KeyKind {
    /// A kind of [`NEW_KEY_KINDS`] by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        NEW_KEY_KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

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
            Self::Brainpool(bits) => ecdsa(bits.div_ceil(8)),
            Self::Ed25519 => 64,
        }
    }

    /// Bits of modulus or field, by which algorithms are judged.
    #[must_use]
    pub fn bits(self) -> usize {
        match self {
            Self::Rsa(bits) | Self::Brainpool(bits) => bits,
            Self::P256 | Self::Ed25519 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
        }
    }

    fn curve(self) -> Option<&'static Curve> {
        let name = self.label();
        CURVES.iter().find(|curve| curve.name == name)
    }

    /// What experts call it, for reports.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Rsa(bits) => format!("RSA {bits}"),
            Self::P256 => "P-256".to_owned(),
            Self::P384 => "P-384".to_owned(),
            Self::P521 => "P-521".to_owned(),
            Self::Brainpool(bits) => format!("brainpoolP{bits}r1"),
            Self::Ed25519 => "Ed25519".to_owned(),
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
                let modulus = crate::asn1::magnitude(&key.fields()?.expect(tag::INTEGER, "RSA modulus")?)?;
                let leading = modulus.first().map_or(0, |byte| byte.leading_zeros());
                KeyKind::Rsa((modulus.len() * 8).saturating_sub(usize::try_from(leading).unwrap_or(0)))
            }
            oid::EC_PUBLIC_KEY => {
                let parameters = identifier.read()?;
                if parameters.tag == tag::SEQUENCE {
                    // A curve spelt out may be any curve, also one made for a forgery.
                    return Err(CadesError::Unsupported("explicit curve".to_owned()));
                }
                match parameters.oid()?.as_str() {
                    oid::P256 => KeyKind::P256,
                    oid::P384 => KeyKind::P384,
                    oid::P521 => KeyKind::P521,
                    other => match CURVES.iter().find(|curve| curve.oid == other) {
                        Some(curve) => KeyKind::Brainpool(curve.bits),
                        None => return Err(unsupported(other)),
                    },
                }
            }
            oid::ED25519 => KeyKind::Ed25519,
            other => return Err(unsupported(other)),
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
    fn pss_without_explicit_parameters_means_sha_1_and_nothing_better() {
        let der = der::sequence(&[&der::oid(oid::RSA_PSS), &der::sequence(&[])]);
        let read = SignatureAlgorithm::from_der(&Tlv::parse(&der).unwrap(), Some(Hash::Sha256)).unwrap();
        assert_eq!((read.hash, read.scheme), (Hash::Sha1, Scheme::RsaPss));
        let der = der::sequence(&[&der::oid(oid::RSA_PSS)]);
        assert!(SignatureAlgorithm::from_der(&Tlv::parse(&der).unwrap(), Some(Hash::Sha256)).is_err());
    }
}
