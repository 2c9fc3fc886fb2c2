//! Which algorithms are good enough, and until when: a table, not code (ETSI TS 119 312, start values of the house).

use cades::{Hash, KeyKind, PublicKey, Scheme, SignatureAlgorithm};
use chrono::{DateTime, NaiveDate, Utc};

/// A rule of the table: what it is about, and the last day on which it is accepted without proof of existence.
struct Rule {
    name: &'static str,
    until: Option<(i32, u32, u32)>,
}

/// How strong a hash is, by its name. What is not here is not accepted.
const HASHES: [(&str, Rule); 8] = [
    ("SHA-1", Rule { name: "SHA-1", until: Some((2012, 8, 1)) }),
    ("SHA-224", Rule { name: "SHA-224", until: Some((2029, 1, 1)) }),
    ("SHA-256", Rule { name: "SHA-256", until: None }),
    ("SHA-384", Rule { name: "SHA-384", until: None }),
    ("SHA-512", Rule { name: "SHA-512", until: None }),
    ("SHA3-256", Rule { name: "SHA3-256", until: None }),
    ("SHA3-384", Rule { name: "SHA3-384", until: None }),
    ("SHA3-512", Rule { name: "SHA3-512", until: None }),
];

/// RSA PKCS#1 v1.5 by least size of the modulus, largest first.
const RSA_PKCS1: [(usize, Rule); 3] = [
    (1_900, Rule { name: "RSA PKCS#1 v1.5", until: Some((2029, 1, 1)) }),
    (1_536, Rule { name: "RSA 1536", until: Some((2019, 10, 1)) }),
    (1_024, Rule { name: "RSA 1024", until: Some((2019, 10, 1)) }),
];

/// RSA-PSS by least size of the modulus, largest first.
const RSA_PSS: [(usize, Rule); 4] = [
    (3_000, Rule { name: "RSA-PSS", until: None }),
    (1_900, Rule { name: "RSA-PSS", until: Some((2029, 1, 1)) }),
    (1_536, Rule { name: "RSA 1536", until: Some((2019, 10, 1)) }),
    (1_024, Rule { name: "RSA 1024", until: Some((2019, 10, 1)) }),
];

/// Curves by least size of the field, largest first.
const CURVES: [(usize, Rule); 2] =
    [(256, Rule { name: "ECDSA", until: None }), (224, Rule { name: "ECDSA 224", until: Some((2021, 10, 1)) })];

/// An algorithm that is not good enough at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooWeak {
    /// What is too weak, for people.
    pub name: String,
    /// Until when it was good enough, where there was such a time.
    pub until: Option<DateTime<Utc>>,
}

fn check(rule: Option<&Rule>, otherwise: impl FnOnce() -> String, time: DateTime<Utc>) -> Result<(), TooWeak> {
    let Some(rule) = rule else { return Err(TooWeak { name: otherwise(), until: None }) };
    let Some((year, month, day)) = rule.until else { return Ok(()) };
    let until = NaiveDate::from_ymd_opt(year, month, day).and_then(|date| date.and_hms_opt(0, 0, 0));
    match until.map(|until| until.and_utc()) {
        Some(until) if time < until => Ok(()),
        until => Err(TooWeak { name: rule.name.to_owned(), until }),
    }
}

/// Whether a hash is good enough at a time.
///
/// # Errors
/// [`TooWeak`]
pub fn check_hash(hash: Hash, time: DateTime<Utc>) -> Result<(), TooWeak> {
    let rule = HASHES.iter().find(|(name, _)| *name == hash.name()).map(|(_, rule)| rule);
    check(rule, || hash.name().to_owned(), time)
}

/// Whether a signature algorithm with a key of this kind is good enough at a time.
///
/// # Errors
/// [`TooWeak`], naming the weakest part.
pub fn check_signature(algorithm: SignatureAlgorithm, key: KeyKind, time: DateTime<Utc>) -> Result<(), TooWeak> {
    check_hash(algorithm.hash, time)?;
    if let Scheme::RsaPssOther { mask, .. } = algorithm.scheme {
        check_hash(mask, time)?;
    }
    let by_size = |table: &'static [(usize, Rule)]| table.iter().find(|(bits, _)| key.bits() >= *bits);
    let rule = match algorithm.scheme {
        Scheme::RsaPkcs1 => by_size(&RSA_PKCS1),
        Scheme::RsaPss | Scheme::RsaPssOther { .. } => by_size(&RSA_PSS),
        Scheme::Ecdsa => by_size(&CURVES),
        Scheme::Ed25519 => return Ok(()),
    };
    check(rule.map(|(_, rule)| rule), || key.label(), time)
}

/// Whether what signed a certificate, a list or an answer is good enough at a time.
///
/// # Errors
/// [`TooWeak`]; what cannot be read is too weak.
pub fn check_signed_with(
    algorithm: Result<SignatureAlgorithm, cades::CadesError>,
    issuer_key: &[u8],
    time: DateTime<Utc>,
) -> Result<(), TooWeak> {
    match (algorithm, PublicKey::parse(issuer_key)) {
        (Ok(algorithm), Ok(key)) => check_signature(algorithm, key.kind, time),
        (Err(error), _) | (_, Err(error)) => Err(TooWeak { name: error.to_string(), until: None }),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn sha_1_was_good_enough_once_and_is_not_now() {
        let at = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap();
        let sha1 = SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha1);
        assert!(check_signature(sha1, KeyKind::Rsa(2048), at(2011)).is_ok());
        assert_eq!(check_signature(sha1, KeyKind::Rsa(2048), at(2026)).unwrap_err().name, "SHA-1");
        let sha256 = SignatureAlgorithm::new(Scheme::RsaPkcs1, Hash::Sha256);
        assert!(check_signature(sha256, KeyKind::Rsa(2048), at(2026)).is_ok());
        assert_eq!(check_signature(sha256, KeyKind::Rsa(1024), at(2026)).unwrap_err().name, "RSA 1024");
        assert!(check_signature(sha256, KeyKind::Rsa(512), at(2001)).is_err());
        let masked = Scheme::RsaPssOther { mask: Hash::Sha1, salt: 32 };
        assert!(check_signature(SignatureAlgorithm::new(masked, Hash::Sha256), KeyKind::Rsa(4096), at(2026)).is_err());
    }
}
