//! Certificates and lists of the office's own authority (RFC 5280, 4 and 5), whose keys are in KMS.
//!
//! Two certificates stand above people's: a root, which signs one other certificate and its own list, and an issuing
//! authority, which signs the rest. What a certificate may do is said by the authority, never by who asked for it.

use cades::{
    Certificate, Hash, SignatureAlgorithm,
    asn1::{Tlv, context, context_primitive, tag},
    der, oid,
};
use chrono::{DateTime, Datelike, SubsecRound, Utc};

use crate::{
    KeyError,
    request::document_signing,
    unsigned::{Unsigned, extension, key_kind},
};

/// Bytes of a serial number: 127 random bits are more than the 64 that the CA/Browser Forum asks, and stay positive.
pub const SERIAL_LENGTH: usize = 16;

/// keyCertSign and cRLSign, as the bits of keyUsage (RFC 5280, 4.2.1.3).
const AUTHORITY_USAGE: [u8; 4] = [tag::BIT_STRING, 2, 1, 0x06];

/// First year that is written as GeneralizedTime (RFC 5280, 4.1.2.5).
const GENERALIZED_FROM: i32 = 2050;

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The root of the office.
    Root,
    /// The authority below it, which has no other below itself.
    Issuing,
    /// A person who signs documents.
    Signer,
}

/// Who signs a certificate or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name, DER.
    pub name: Vec<u8>,
    /// Its key, `SubjectPublicKeyInfo`.
    pub spki: Vec<u8>,
    /// How it signs.
    pub algorithm: SignatureAlgorithm,
    /// By which its key is found (RFC 5280, 4.2.1.1).
    key_identifier: Vec<u8>,
}

impl Issuer {
    /// An issuer of that name (DER) with that key, which signs in the usual way of its kind.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmDoesNotFit`]
    pub fn new(name: Vec<u8>, spki: &[u8]) -> Result<Self, KeyError> {
        let algorithm = SignatureAlgorithm::usual(key_kind(spki)?).ok_or(KeyError::AlgorithmDoesNotFit)?;
        Ok(Self { name, spki: spki.to_vec(), algorithm, key_identifier: key_identifier(spki) })
    }

    /// The issuer that a certificate makes of its subject.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmDoesNotFit`]
    pub fn of(certificate: &Certificate) -> Result<Self, KeyError> {
        let own = Self::new(certificate.subject.clone(), &certificate.spki)?;
        let named = certificate.subject_key_identifier();
        Ok(Self { key_identifier: named.unwrap_or_else(|| own.key_identifier.clone()), ..own })
    }
}

/// A certificate as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate<'w> {
    /// What it is for.
    pub role: Role,
    /// Its number; must be random and used once.
    pub serial: [u8; SERIAL_LENGTH],
    /// Whose it is, DER of the name.
    pub subject: &'w [u8],
    /// Whose key, `SubjectPublicKeyInfo`.
    pub spki: &'w [u8],
    /// First moment.
    pub not_before: DateTime<Utc>,
    /// Last moment.
    pub not_after: DateTime<Utc>,
    /// Where its issuer's list is published, if anywhere.
    pub list_url: Option<&'w str>,
}

impl NewCertificate<'_> {
    /// The certificate, to be signed by its issuer's key.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmDoesNotFit`]
    pub fn unsigned(&self, issuer: &Issuer) -> Result<Unsigned, KeyError> {
        let extensions = self.extensions(issuer);
        let extensions = der::sequence(&extensions.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let body = der::sequence(&[
            &der::value(context(0), &der::integer(2)),
            &der::value(tag::INTEGER, &positive(self.serial)),
            &issuer.algorithm.to_der(),
            &issuer.name,
            &der::sequence(&[&time(self.not_before), &time(self.not_after)]),
            self.subject,
            self.spki,
            &der::value(context(3), &extensions),
        ]);
        Unsigned::new(body, &issuer.spki, issuer.algorithm)
    }

    fn extensions(&self, issuer: &Issuer) -> Vec<Vec<u8>> {
        let yes = [tag::BOOLEAN, 1, 0xFF];
        let is_last: &[u8] = if self.role == Role::Issuing { &[tag::INTEGER, 1, 0] } else { &[] };
        let constraints = match self.role {
            Role::Signer => der::sequence(&[]),
            Role::Root | Role::Issuing => der::sequence(&[&yes, is_last]),
        };
        let own = extension(oid::SUBJECT_KEY_IDENTIFIER, false, &der::octet_string(&key_identifier(self.spki)));
        let mut extensions =
            vec![extension(oid::BASIC_CONSTRAINTS, true, &constraints), own, authority_key_identifier(issuer)];
        match self.role {
            Role::Signer => extensions.extend(document_signing()),
            Role::Root | Role::Issuing => extensions.push(extension(oid::KEY_USAGE, true, &AUTHORITY_USAGE)),
        }
        // Nobody revokes a root with its own list.
        if let Some(url) = self.list_url.filter(|_| self.role != Role::Root) {
            let name = der::value(context_primitive(6), url.as_bytes());
            let point = der::value(context(0), &der::value(context(0), &name));
            extensions.push(extension(
                oid::CRL_DISTRIBUTION_POINTS,
                false,
                &der::sequence(&[&der::sequence(&[&point])]),
            ));
        }
        extensions
    }
}

/// A certificate that no longer counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its number, as its certificate writes it.
    pub serial: Vec<u8>,
    /// Since when.
    pub date: DateTime<Utc>,
    /// Why (RFC 5280, 5.3.1); 0 says nothing and is not written.
    pub reason: u8,
}

/// A list of revoked certificates, to be signed by their issuer's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewList<'w> {
    /// Its number, greater than every earlier one.
    pub number: u64,
    /// When it was made.
    pub this_update: DateTime<Utc>,
    /// When the next one will be there at the latest.
    pub next_update: DateTime<Utc>,
    /// Everything revoked so far.
    pub revoked: &'w [Revocation],
}

impl NewList<'_> {
    /// # Errors
    /// [`KeyError::AlgorithmDoesNotFit`]
    pub fn unsigned(&self, issuer: &Issuer) -> Result<Unsigned, KeyError> {
        let entries: Vec<Vec<u8>> = self.revoked.iter().map(entry).collect();
        let entries = der::sequence(&entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let number = der::value(tag::INTEGER, &unsigned_integer(&self.number.to_be_bytes()));
        let extensions =
            der::sequence(&[&authority_key_identifier(issuer), &extension(oid::CRL_NUMBER, false, &number)]);
        let body = der::sequence(&[
            // Version 2 is written as 1.
            &der::integer(1),
            &issuer.algorithm.to_der(),
            &issuer.name,
            &time(self.this_update),
            &time(self.next_update),
            // An empty list has no entries at all (5.1.2.6).
            if self.revoked.is_empty() { &[] } else { &entries },
            &der::value(context(0), &extensions),
        ]);
        Unsigned::new(body, &issuer.spki, issuer.algorithm)
    }
}

fn entry(revoked: &Revocation) -> Vec<u8> {
    const ENUMERATED: u8 = 0x0A;
    let reason = extension(oid::CRL_REASON, false, &der::value(ENUMERATED, &[revoked.reason]));
    let extensions = der::sequence(&[&reason]);
    der::sequence(&[
        &der::value(tag::INTEGER, &revoked.serial),
        &time(revoked.date),
        if revoked.reason == 0 { &[] } else { &extensions },
    ])
}

/// 160 bits of the key's SHA-256 (RFC 7093, 2, method 1).
fn key_identifier(spki: &[u8]) -> Vec<u8> {
    const LENGTH: usize = 20;
    let bits = Tlv::parse(spki).ok().and_then(|value| {
        let mut fields = value.children();
        fields.read().ok()?;
        fields.read().ok()?.bits().ok()
    });
    let mut identifier = Hash::Sha256.digest(bits.unwrap_or(spki));
    identifier.truncate(LENGTH);
    identifier
}

fn authority_key_identifier(issuer: &Issuer) -> Vec<u8> {
    let identifier = der::value(context_primitive(0), &issuer.key_identifier);
    extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &der::sequence(&[&identifier]))
}

/// A serial number as its certificate writes it: positive, not zero, twenty bytes at most (RFC 5280, 4.1.2.2).
#[must_use]
pub fn positive(mut serial: [u8; SERIAL_LENGTH]) -> Vec<u8> {
    serial[0] = serial[0] & 0x7F | 0x40;
    serial.to_vec()
}

/// A serial number nobody can guess.
///
/// # Errors
/// [`KeyError::DemoCrypto`] where the system gives no random bytes.
pub fn new_serial() -> Result<[u8; SERIAL_LENGTH], KeyError> {
    let mut serial = [0; SERIAL_LENGTH];
    aws_lc_rs::rand::fill(&mut serial).map_err(|_| KeyError::DemoCrypto)?;
    Ok(serial)
}

fn unsigned_integer(bytes: &[u8]) -> Vec<u8> {
    let significant: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    match significant.first() {
        Some(first) if *first < 0x80 => significant,
        _ => [vec![0], significant].concat(),
    }
}

fn time(time: DateTime<Utc>) -> Vec<u8> {
    let time = time.trunc_subsecs(0);
    if time.year() < GENERALIZED_FROM {
        der::value(tag::UTC_TIME, time.format("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        der::value(tag::GENERALIZED_TIME, time.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        digest,
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
    };
    use cades::Crl;
    use chrono::{Duration, TimeZone};

    use super::*;
    use crate::request::Subject;

    struct Key(EcdsaKeyPair, Vec<u8>);

    impl Key {
        fn new() -> Self {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap();
            let spki = rcgen::KeyPair::try_from(pkcs8.as_ref()).unwrap();
            let spki = rcgen::PublicKeyData::subject_public_key_info(&spki);
            Self(pair, spki)
        }

        fn finish(&self, unsigned: Unsigned) -> Vec<u8> {
            let digest = digest::Digest::import_less_safe(&unsigned.digest(), &digest::SHA256).unwrap();
            let signature = self.0.sign_digest(&digest).unwrap();
            unsigned.finish(signature.as_ref(), "x").unwrap()
        }
    }

    fn moment() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 25, 12, 0, 0).unwrap()
    }

    fn issue(role: Role, subject: &str, spki: &[u8], issuer: &Issuer, key: &Key, years: i64) -> Certificate {
        let subject = Subject::parse(subject).unwrap().to_der();
        let wanted = NewCertificate {
            role,
            serial: [0xFF; SERIAL_LENGTH],
            subject: &subject,
            spki,
            not_before: moment(),
            not_after: moment() + Duration::days(365 * years),
            list_url: Some("http://exemplo.invalid/raiz.crl"),
        };
        Certificate::parse(&key.finish(wanted.unsigned(issuer).unwrap())).unwrap()
    }

    #[test]
    fn a_chain_of_three_says_what_each_may_do_and_its_lists_read_back() {
        let (root_key, issuing_key, own) = (Key::new(), Key::new(), Key::new());
        let name = Subject::parse("CN=AC Raiz de Exemplo, C=BR").unwrap().to_der();
        let itself = Issuer::new(name, &root_key.1).unwrap();
        let root = issue(Role::Root, "CN=AC Raiz de Exemplo, C=BR", &root_key.1, &itself, &root_key, 30);
        let above = Issuer::of(&root).unwrap();
        let issuing = issue(Role::Issuing, "CN=AC de Exemplo, C=BR", &issuing_key.1, &above, &root_key, 10);
        let issuer = Issuer::of(&issuing).unwrap();
        let leaf = issue(Role::Signer, "CN=Maria de Exemplo, C=BR", &own.1, &issuer, &issuing_key, 2);
        assert_eq!(root.not_after.year(), 2056, "written as GeneralizedTime");
        assert_eq!(root.basic_constraints().unwrap(), Some((true, None)));
        assert_eq!(issuing.basic_constraints().unwrap(), Some((true, Some(0))));
        assert_eq!(leaf.basic_constraints().unwrap(), Some((false, None)));
        assert!(root.verify_signed_by(&root).is_ok() && issuing.verify_signed_by(&root).is_ok());
        assert!(leaf.verify_signed_by(&issuing).is_ok() && leaf.verify_signed_by(&root).is_err());
        assert_eq!(leaf.authority_key_identifier(), issuing.subject_key_identifier());
        assert_eq!(leaf.key_usage().unwrap(), Some(0b11));
        assert_eq!(leaf.distribution_points().unwrap().len(), 1);
        assert!(root.distribution_points().unwrap().is_empty(), "nobody revokes a root with its own list");
        assert_eq!(leaf.serial.first(), Some(&0x7F), "positive");

        let revoked = [
            Revocation { serial: leaf.serial.clone(), date: moment(), reason: 3 },
            Revocation { serial: vec![5], date: moment(), reason: 0 },
        ];
        for entries in [&revoked[..], &[]] {
            let list = NewList {
                number: 300,
                this_update: moment(),
                next_update: moment() + Duration::days(7),
                revoked: entries,
            };
            let list = Crl::parse(&issuing_key.finish(list.unsigned(&issuer).unwrap())).unwrap();
            list.verify(&issuing.spki).unwrap();
            assert!(issuing.is_issuer_of(&list));
            assert_eq!(list.number(oid::CRL_NUMBER), Some(vec![1, 44]));
            let found = list.find(&issuing.subject, &leaf.serial).unwrap();
            assert_eq!(found.iter().map(|entry| entry.reason).collect::<Vec<_>>(), vec![Some(3); entries.len() / 2]);
        }
    }
}
