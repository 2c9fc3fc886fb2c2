//! Certificate revocation lists (RFC 5280, 5).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use chrono::{DateTime, Utc};

use crate::{
    CadesError, GeneralName, Hash, Scheme, SignatureAlgorithm,
    asn1::{Reader, Tlv, context, context_primitive, shortest, tag},
    oid,
    x509::{Extension, read_extensions},
};

/// Extensions of a list that this crate understands; another critical one makes it unusable (5.2).
const UNDERSTOOD: [&str; 5] = [
    oid::CRL_NUMBER,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::ISSUING_DISTRIBUTION_POINT,
    oid::DELTA_CRL_INDICATOR,
    oid::FRESHEST_CRL,
];

/// Extensions of an entry that this crate understands (5.3).
const UNDERSTOOD_IN_ENTRY: [&str; 4] =
    [oid::CRL_REASON, oid::CERTIFICATE_ISSUER, oid::INVALIDITY_DATE, HOLD_INSTRUCTION];

/// The entries of a list by serial number.
#[derive(Debug)]
struct Index {
    by_serial: HashMap<Vec<u8>, Vec<RevokedEntry>>,
    /// Some entry cannot be read or understood: nothing follows from one that is absent.
    has_odd: bool,
}

/// holdInstructionCode, which RFC 5280 no longer uses and old lists carry.
const HOLD_INSTRUCTION: &str = "2.5.29.23";

/// Why a certificate was revoked (5.3.1), by its number.
pub mod reason {
    /// The key is or may be in other hands.
    pub const KEY_COMPROMISE: u8 = 1;
    /// The issuer's key is or may be in other hands.
    pub const CA_COMPROMISE: u8 = 2;
    /// Suspended: may be lifted again.
    pub const CERTIFICATE_HOLD: u8 = 6;
    /// A suspension was lifted; only in delta lists.
    pub const REMOVE_FROM_CRL: u8 = 8;
}

/// One revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedEntry {
    /// Since when.
    pub date: DateTime<Utc>,
    /// Why, where it is said.
    pub reason: Option<u8>,
    /// Whose certificate, where it is not the list's issuer.
    issuer: Arc<EntryIssuer>,
    /// A critical extension of the entry is not understood.
    pub is_odd: bool,
}

/// A name for which many entries stand.
#[derive(Debug, Clone, PartialEq, Eq)]
struct EntryIssuer {
    /// DER.
    name: Vec<u8>,
    /// What makes it the same as another name, computed when it is first asked.
    identity: OnceLock<Vec<u8>>,
}

impl EntryIssuer {
    fn new(name: &[u8]) -> Arc<Self> {
        Arc::new(Self { name: name.to_vec(), identity: OnceLock::new() })
    }

    fn identity(&self) -> &[u8] {
        self.identity.get_or_init(|| crate::names::identity(&self.name))
    }
}

/// issuingDistributionPoint (5.2.5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuingDistributionPoint {
    /// Names of the point; empty where there are none.
    pub names: Vec<GeneralName>,
    /// DER of the part of a name, relative to the issuer's.
    pub relative: Option<Vec<u8>>,
    /// Only certificates of people and things.
    pub only_users: bool,
    /// Only certificates of authorities.
    pub only_authorities: bool,
    /// Only these reasons, as bits.
    pub reasons: Option<u16>,
    /// Entries may be of other issuers.
    pub indirect: bool,
    /// Only attribute certificates.
    pub only_attributes: bool,
}

/// A key, and whether the list's signature is by it.
type Checked = (Vec<u8>, Result<(), CadesError>);

/// A revocation list: its own bytes, and what they say.
#[derive(Debug)]
pub struct Crl {
    der: Vec<u8>,
    tbs: Vec<u8>,
    /// DER of the issuer's name.
    pub issuer: Vec<u8>,
    /// When it was made.
    pub this_update: DateTime<Utc>,
    /// When the next one was due.
    pub next_update: Option<DateTime<Utc>>,
    /// Extensions of the list.
    pub extensions: Vec<Extension>,
    algorithm: Vec<u8>,
    algorithms_agree: bool,
    signature: Vec<u8>,
    issuer_identity: Vec<u8>,
    scope: OnceLock<Result<IssuingDistributionPoint, CadesError>>,
    revoked: Vec<u8>,
    index: OnceLock<Index>,
    /// Keys it was checked with, and how that ended: a list serves many files.
    checked: Mutex<Vec<Checked>>,
    /// Digest of what is signed, by its algorithm's hash: computed once, whoever is asked whether it signed.
    digest: OnceLock<Vec<u8>>,
}

impl Crl {
    /// Reads a list from its DER.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn parse(der: &[u8]) -> Result<Self, CadesError> {
        let mut outer = Tlv::parse(der)?.fields()?;
        let tbs = outer.expect(tag::SEQUENCE, "tbsCertList")?;
        let algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?;
        let signature = outer.expect(tag::BIT_STRING, "signatureValue")?.bits()?;
        outer.end("CRL")?;
        let mut fields = tbs.children();
        fields.optional(tag::INTEGER)?;
        let inner_algorithm = fields.expect(tag::SEQUENCE, "signature")?;
        let issuer = fields.expect(tag::SEQUENCE, "issuer")?;
        let this_update = fields.read()?.time()?;
        let next_update = match fields.rest().first() {
            Some(&(tag::UTC_TIME | tag::GENERALIZED_TIME)) => Some(fields.read()?.time()?),
            _ => None,
        };
        let revoked = fields.optional(tag::SEQUENCE)?.map_or(&[][..], |list| list.content);
        let extensions = match fields.optional(context(0))? {
            Some(list) => read_extensions(&list)?,
            None => Vec::new(),
        };
        fields.end("tbsCertList")?;
        Ok(Self {
            der: der.to_vec(),
            tbs: tbs.raw.to_vec(),
            issuer: issuer.raw.to_vec(),
            this_update,
            next_update,
            extensions,
            algorithm: algorithm.raw.to_vec(),
            algorithms_agree: algorithm.raw == inner_algorithm.raw,
            signature: signature.to_vec(),
            issuer_identity: crate::names::identity(issuer.raw),
            scope: OnceLock::new(),
            revoked: revoked.to_vec(),
            index: OnceLock::new(),
            checked: Mutex::default(),
            digest: OnceLock::new(),
        })
    }

    /// As [`Crl::distribution_point`], read once.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn scope(&self) -> Result<&IssuingDistributionPoint, CadesError> {
        self.scope
            .get_or_init(|| self.distribution_point().map(Option::unwrap_or_default))
            .as_ref()
            .map_err(CadesError::clone)
    }

    /// Whether two lists name the same issuer.
    #[must_use]
    pub fn has_issuer_of(&self, other: &Self) -> bool {
        self.issuer_identity == other.issuer_identity
    }

    /// What its issuer's name shares with every equal name.
    pub(crate) fn issuer_identity(&self) -> &[u8] {
        &self.issuer_identity
    }

    /// The list as it came.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// An extension's value.
    #[must_use]
    pub fn extension(&self, dotted: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid == dotted)
    }

    /// Whether every critical extension is one that this crate understands.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        self.extensions.iter().all(|extension| !extension.critical || UNDERSTOOD.contains(&extension.oid.as_str()))
    }

    /// Whether it only lists what changed since another list.
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.extension(oid::DELTA_CRL_INDICATOR).is_some()
    }

    /// The number of the list that a delta list completes (5.2.4), or this list's own number (5.2.3), as its octets.
    #[must_use]
    pub fn number(&self, dotted: &str) -> Option<Vec<u8>> {
        let value = Tlv::parse(&self.extension(dotted)?.value).ok()?;
        let digits: Vec<u8> = value.content.iter().copied().skip_while(|digit| *digit == 0).collect();
        (value.tag == tag::INTEGER).then_some(digits)
    }

    /// The key identifier of the issuer that this list names, if it names one.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<Vec<u8>> {
        let mut fields = Tlv::parse(&self.extension(oid::AUTHORITY_KEY_IDENTIFIER)?.value).ok()?.fields().ok()?;
        fields.optional(context_primitive(0)).ok()?.map(|value| value.content.to_vec())
    }

    /// Whether the list goes on naming certificates after they expire (X.509, expiredCertsOnCRL).
    #[must_use]
    pub fn keeps_expired(&self) -> Option<DateTime<Utc>> {
        Tlv::parse(&self.extension(oid::EXPIRED_CERTS_ON_CRL)?.value).ok()?.time().ok()
    }

    /// Which certificates it is about; all of its issuer's where the extension is absent.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn distribution_point(&self) -> Result<Option<IssuingDistributionPoint>, CadesError> {
        let Some(extension) = self.extension(oid::ISSUING_DISTRIBUTION_POINT) else { return Ok(None) };
        let mut fields = Tlv::parse(&extension.value)?.fields()?;
        let mut point = IssuingDistributionPoint::default();
        if let Some(name) = fields.optional(context(0))? {
            let choice = name.children().read()?;
            match choice.tag {
                tag if tag == context(0) => point.names = GeneralName::read_all(choice.children())?,
                tag if tag == context(1) => point.relative = Some(choice.content.to_vec()),
                _ => return Err(CadesError::Malformed("distributionPoint")),
            }
        }
        let flag = |fields: &mut Reader<'_>, number: u8| -> Result<bool, CadesError> {
            Ok(fields.optional(context_primitive(number))?.is_some_and(|flag| flag.content != [0]))
        };
        point.only_users = flag(&mut fields, 1)?;
        point.only_authorities = flag(&mut fields, 2)?;
        point.reasons = fields.optional(context_primitive(3))?.map(|bits| reason_bits(bits.content));
        point.indirect = flag(&mut fields, 4)?;
        point.only_attributes = flag(&mut fields, 5)?;
        fields.end("issuingDistributionPoint")?;
        Ok(Some(point))
    }

    /// Checks the signature with the issuer's key; the answer is remembered.
    ///
    /// # Errors
    /// [`CadesError::BadSignature`], [`CadesError::Unsupported`], [`CadesError::Malformed`].
    pub fn verify(&self, spki: &[u8]) -> Result<(), CadesError> {
        let checked = || self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, result)) = checked().iter().find(|(key, _)| key == spki) {
            return result.clone();
        }
        let result = self.verify_anew(spki);
        checked().push((spki.to_vec(), result.clone()));
        result
    }

    fn verify_anew(&self, spki: &[u8]) -> Result<(), CadesError> {
        if !self.algorithms_agree {
            return Err(CadesError::Malformed("signatureAlgorithm"));
        }
        let algorithm = self.signature_algorithm()?;
        if algorithm.scheme == Scheme::Ed25519 {
            return algorithm.verify(spki, &self.tbs, &self.signature);
        }
        let digest = self.digest.get_or_init(|| algorithm.hash.digest(&self.tbs));
        algorithm.verify_digest(spki, digest, &self.signature)
    }

    /// The algorithm it was signed with.
    ///
    /// # Errors
    /// [`CadesError::Unsupported`], [`CadesError::Malformed`].
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, CadesError> {
        SignatureAlgorithm::from_der(&Tlv::parse(&self.algorithm)?, None)
    }

    /// SHA-256, by which lists are told apart.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<u8> {
        Hash::Sha256.digest(&self.der)
    }

    /// The entries of a certificate, of which there should be one; the list is indexed the first time it is asked.
    ///
    /// # Errors
    /// [`CadesError::Malformed`] if the list cannot be read to its end, or has entries that are not understood and none
    /// of this certificate: then nothing follows.
    pub fn find(&self, issuer: &[u8], serial: &[u8]) -> Result<Vec<&RevokedEntry>, CadesError> {
        let index = self.index.get_or_init(|| read_entries(&self.revoked, &self.issuer));
        let entries = index.by_serial.get(shortest(serial)).map(Vec::as_slice).unwrap_or_default();
        let own = if entries.is_empty() { Vec::new() } else { crate::names::identity(issuer) };
        let found: Vec<_> = entries.iter().filter(|entry| entry.issuer.identity() == own).collect();
        if found.is_empty() && index.has_odd {
            return Err(CadesError::Malformed("revokedCertificates"));
        }
        Ok(found)
    }

    /// How much work checking its signature is, in units of an ordinary list.
    #[must_use]
    pub fn weight(&self) -> usize {
        /// Bytes hashed in about the time of one RSA verification.
        const UNIT: usize = 320 * 1024;
        1 + self.tbs.len() / UNIT
    }
}

/// Bits of `ReasonFlags`, bit 0 lowest; the first octet counts unused bits.
pub(crate) fn reason_bits(content: &[u8]) -> u16 {
    let octet = |index: usize| u16::from(content.get(index).copied().unwrap_or(0).reverse_bits());
    octet(1) | octet(2) << 8
}

fn read_entries(list: &[u8], issuer: &[u8]) -> Index {
    let mut index = Index { by_serial: HashMap::new(), has_odd: false };
    let mut list = Reader::new(list);
    // In an indirect list an entry's issuer holds for those that follow (5.3.3).
    let mut issuer = EntryIssuer::new(issuer);
    while !list.is_empty() {
        let Ok(value) = list.read() else {
            index.has_odd = true;
            break;
        };
        match read_entry(&value, &mut issuer) {
            Ok((serial, entry)) => {
                index.has_odd |= entry.is_odd;
                index.by_serial.entry(shortest(serial).to_vec()).or_default().push(entry);
            }
            Err(_) => index.has_odd = true,
        }
    }
    index
}

fn read_entry<'l>(value: &Tlv<'l>, issuer: &mut Arc<EntryIssuer>) -> Result<(&'l [u8], RevokedEntry), CadesError> {
    let mut fields = value.fields()?;
    let serial = fields.expect(tag::INTEGER, "userCertificate")?.content;
    let mut date = fields.read()?.time()?;
    let mut reason = None;
    let mut is_odd = false;
    // Whose it is and since when is read: what else is wrong with it hides nothing.
    let mut read_on = || -> Result<(), CadesError> {
        if fields.is_empty() {
            return Ok(());
        }
        let extensions = fields.expect(tag::SEQUENCE, "crlEntryExtensions")?;
        for extension in read_extensions_of(extensions.children())? {
            match extension.oid.as_str() {
                oid::CRL_REASON => {
                    let value = Tlv::parse(&extension.value)?;
                    reason = value.content.first().copied();
                }
                oid::CERTIFICATE_ISSUER => {
                    let names = GeneralName::read_all(Tlv::parse(&extension.value)?.fields()?)?;
                    let name = names.into_iter().find_map(|name| match name {
                        GeneralName::Directory(name) => Some(name),
                        _ => None,
                    });
                    *issuer = EntryIssuer::new(&name.ok_or(CadesError::Malformed("certificateIssuer"))?);
                }
                // Since then the key was not to be trusted (5.3.2).
                oid::INVALIDITY_DATE => {
                    date = date.min(Tlv::parse(&extension.value)?.time()?);
                }
                other if extension.critical && !UNDERSTOOD_IN_ENTRY.contains(&other) => is_odd = true,
                _ => {}
            }
        }
        fields.end("revokedCertificates")
    };
    let is_whole = read_on().is_ok();
    is_odd |= !is_whole;
    Ok((serial, RevokedEntry { date, reason, issuer: Arc::clone(issuer), is_odd }))
}

fn read_extensions_of(mut list: Reader<'_>) -> Result<Vec<Extension>, CadesError> {
    let mut extensions = Vec::new();
    while !list.is_empty() {
        if extensions.len() >= crate::x509::MAX_EXTENSIONS {
            return Err(CadesError::Malformed("extensions"));
        }
        extensions.push(crate::x509::read_extension(&list.read()?)?);
    }
    Ok(extensions)
}
