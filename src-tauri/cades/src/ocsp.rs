//! Answers of OCSP responders (RFC 6960, 4.2).

use chrono::{DateTime, Utc};

use crate::{
    CadesError, Certificate, Hash, SignatureAlgorithm,
    asn1::{Tlv, context, context_primitive, shortest, tag},
    cms::MAX_CERTIFICATES,
    oid,
    x509::{Extension, read_extensions},
};

/// Most answers read from one response; responders give one.
const MAX_ANSWERS: usize = 10_000;

/// Extensions of an answer that this crate understands or may pass over.
const UNDERSTOOD: [&str; 2] = [oid::OCSP_NONCE, oid::OCSP_ARCHIVE_CUTOFF];

/// What the responder says of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateStatus {
    /// Not revoked.
    Good,
    /// Revoked since, and why.
    Revoked {
        /// Since when.
        date: DateTime<Utc>,
        /// Why, where it is said (RFC 5280, 5.3.1).
        reason: Option<u8>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    hash: Option<Hash>,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    serial: Vec<u8>,
    /// What is said.
    pub status: CertificateStatus,
    /// When it was known to be so.
    pub this_update: DateTime<Utc>,
    /// When newer information was due.
    pub next_update: Option<DateTime<Utc>>,
    /// How far back the responder keeps what it knows of expired certificates (4.4.4).
    pub archive_cutoff: Option<DateTime<Utc>>,
    /// A critical extension that is not understood.
    pub not_understood: bool,
}

impl Answer {
    /// Whether it is about this certificate of this issuer.
    #[must_use]
    pub fn is_about(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let Some(hash) = self.hash else { return false };
        shortest(&self.serial) == shortest(&certificate.serial)
            // The issuer's name as the certificate writes it, or as the issuer does.
            && [&certificate.issuer, &issuer.subject].iter().any(|name| hash.digest(name) == self.issuer_name_hash)
            && issuer.key_bits().is_some_and(|bits| hash.digest(bits) == self.issuer_key_hash)
    }
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Responder {
    /// What makes a name the same as another, however it is written.
    Name(Vec<u8>),
    KeyHash(Vec<u8>),
}

/// A response: its own bytes, and what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspResponse {
    der: Vec<u8>,
    tbs: Vec<u8>,
    responder: Responder,
    /// When it was signed.
    pub produced_at: DateTime<Utc>,
    /// What it says.
    pub answers: Vec<Answer>,
    /// Certificates that came with it and can be read.
    pub certificates: Vec<Certificate>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
}

impl OcspResponse {
    /// Reads an `OCSPResponse`, or a bare `BasicOCSPResponse`.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], also where the responder refused to answer.
    pub fn parse(der: &[u8]) -> Result<Self, CadesError> {
        let outer = Tlv::parse(der)?;
        let mut fields = outer.fields()?;
        match fields.optional(ENUMERATED)? {
            None => Self::basic(der, &outer),
            Some(status) if status.content == [0] => {
                let mut bytes = fields.expect(context(0), "responseBytes")?.children().read()?.fields()?;
                if bytes.read()?.oid()? != oid::OCSP_BASIC {
                    return Err(CadesError::Malformed("OCSP response type"));
                }
                let response = bytes.expect(tag::OCTET_STRING, "response")?;
                Self::basic(der, &Tlv::parse(response.content)?)
            }
            Some(_) => Err(CadesError::Malformed("OCSP status")),
        }
    }

    fn basic(der: &[u8], basic: &Tlv<'_>) -> Result<Self, CadesError> {
        let mut fields = basic.fields()?;
        let tbs = fields.expect(tag::SEQUENCE, "tbsResponseData")?;
        let algorithm = fields.expect(tag::SEQUENCE, "signatureAlgorithm")?;
        let signature = fields.expect(tag::BIT_STRING, "signature")?.bits()?;
        let mut certificates = Vec::new();
        if let Some(list) = fields.optional(context(0))? {
            let mut list = list.children().expect(tag::SEQUENCE, "certs")?.children();
            while !list.is_empty() && certificates.len() < MAX_CERTIFICATES {
                // One odd certificate does not make the answer unreadable.
                certificates.extend(Certificate::parse(list.read()?.raw).ok());
            }
        }
        fields.end("BasicOCSPResponse")?;
        let mut data = tbs.children();
        data.optional(context(0))?;
        let responder = data.read()?;
        let responder = match responder.tag {
            tag if tag == context(1) => Responder::Name(crate::names::identity(responder.children().read()?.raw)),
            tag if tag == context(2) => Responder::KeyHash(responder.children().read()?.content.to_vec()),
            _ => return Err(CadesError::Malformed("responderID")),
        };
        let produced_at = data.read()?.time()?;
        let mut list = data.expect(tag::SEQUENCE, "responses")?.children();
        let mut answers = Vec::new();
        while !list.is_empty() {
            if answers.len() >= MAX_ANSWERS {
                return Err(CadesError::Malformed("responses"));
            }
            // One that cannot be read takes nothing away from the others.
            answers.extend(read_answer(&list.read()?));
        }
        // What has to be understood of the whole has to be of each answer.
        if let Some(extensions) = data.optional(context(1))? {
            let is_odd = read_extensions(&extensions)?.iter().any(is_strange);
            answers.iter_mut().for_each(|answer| answer.not_understood |= is_odd);
        }
        Ok(Self {
            der: der.to_vec(),
            tbs: tbs.raw.to_vec(),
            responder,
            produced_at,
            answers,
            certificates,
            algorithm: algorithm.raw.to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// The response as it came.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether the response says that this certificate's key signed it.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match &self.responder {
            Responder::Name(identity) => *identity == certificate.subject_identity,
            Responder::KeyHash(hash) => !hash.is_empty() && certificate.key_hash == *hash,
        }
    }

    /// Checks the signature with the responder's key.
    ///
    /// # Errors
    /// [`CadesError::BadSignature`], [`CadesError::Unsupported`].
    pub fn verify(&self, spki: &[u8]) -> Result<(), CadesError> {
        self.signature_algorithm()?.verify(spki, &self.tbs, &self.signature)
    }

    /// The algorithm it was signed with.
    ///
    /// # Errors
    /// [`CadesError::Unsupported`], [`CadesError::Malformed`].
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, CadesError> {
        SignatureAlgorithm::from_der(&Tlv::parse(&self.algorithm)?, None)
    }
}

fn is_strange(extension: &Extension) -> bool {
    extension.critical && !UNDERSTOOD.contains(&extension.oid.as_str())
}

/// Universal tag of ENUMERATED.
const ENUMERATED: u8 = 0x0A;

fn read_answer(answer: &Tlv<'_>) -> Result<Answer, CadesError> {
    let mut fields = answer.fields()?;
    let mut id = fields.expect(tag::SEQUENCE, "certID")?.children();
    // An answer by a hash that is not computed here is about nothing we know; it does not sink the others.
    let hash = Hash::from_der(&id.expect(tag::SEQUENCE, "certID")?).ok();
    let issuer_name_hash = id.expect(tag::OCTET_STRING, "issuerNameHash")?.content.to_vec();
    let issuer_key_hash = id.expect(tag::OCTET_STRING, "issuerKeyHash")?.content.to_vec();
    let serial = id.expect(tag::INTEGER, "serialNumber")?.content.to_vec();
    let status = fields.read()?;
    let status = match status.tag {
        tag if tag == context_primitive(0) => CertificateStatus::Good,
        tag if tag == context(1) => {
            let mut info = status.children();
            let date = info.read()?.time()?;
            let reason = info.optional(context(0))?.map(|reason| reason.children().read()).transpose()?;
            CertificateStatus::Revoked { date, reason: reason.and_then(|reason| reason.content.first().copied()) }
        }
        tag if tag == context_primitive(2) => CertificateStatus::Unknown,
        _ => return Err(CadesError::Malformed("certStatus")),
    };
    let this_update = fields.read()?.time()?;
    let next_update = fields.optional(context(0))?.map(|time| time.children().read()?.time()).transpose()?;
    let extensions = fields.optional(context(1))?.map(|list| read_extensions(&list)).transpose()?.unwrap_or_default();
    let cutoff = extensions.iter().find(|extension| extension.oid == oid::OCSP_ARCHIVE_CUTOFF);
    let archive_cutoff = cutoff.and_then(|extension| Tlv::parse(&extension.value).ok()?.time().ok());
    Ok(Answer {
        hash,
        issuer_name_hash,
        issuer_key_hash,
        serial,
        status,
        this_update,
        next_update,
        archive_cutoff,
        not_understood: extensions.iter().any(is_strange),
    })
}
