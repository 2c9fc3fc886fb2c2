//! Certificates, read leniently and kept whole (RFC 5280, 4.1).

use chrono::{DateTime, Utc};

use crate::{
    CadesError,
    algorithm::{Hash, PublicKey, SignatureAlgorithm},
    asn1::{Tlv, boolean, context, context_primitive, tag},
    names::{self, GeneralName, NameConstraints},
    oid,
};

/// One extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its object identifier, dotted.
    pub oid: String,
    /// Whether whoever does not understand it must reject the certificate.
    pub critical: bool,
    /// The content of its OCTET STRING.
    pub value: Vec<u8>,
}

/// Where revocation lists of a certificate are (4.2.1.13).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DistributionPoint {
    /// Its names; empty where there are none.
    pub names: Vec<GeneralName>,
    /// DER content of a name's part, relative to the list's issuer.
    pub relative: Option<Vec<u8>>,
    /// Only these reasons, as bits.
    pub reasons: Option<u16>,
    /// Who issues the list, where it is not the certificate's issuer.
    pub crl_issuer: Vec<GeneralName>,
}

/// A certificate: its own bytes, and what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Vec<u8>,
    /// Content octets of the serial number, as encoded.
    pub serial: Vec<u8>,
    /// DER of the issuer's name.
    pub issuer: Vec<u8>,
    /// DER of the subject's name.
    pub subject: Vec<u8>,
    /// First moment of validity.
    pub not_before: DateTime<Utc>,
    /// Last moment of validity.
    pub not_after: DateTime<Utc>,
    /// DER of `SubjectPublicKeyInfo`.
    pub spki: Vec<u8>,
    /// Extensions in their order.
    pub extensions: Vec<Extension>,
    algorithm: Vec<u8>,
    algorithms_agree: bool,
    signature: Vec<u8>,
    issuer_identity: Vec<u8>,
    pub(crate) subject_identity: Vec<u8>,
    /// SHA-1 of the key's bits, by which responders name themselves.
    pub(crate) key_hash: Vec<u8>,
}

impl Certificate {
    /// Reads a certificate from its DER.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn parse(der: &[u8]) -> Result<Self, CadesError> {
        let mut outer = Tlv::parse(der)?.fields()?;
        let tbs = outer.expect(tag::SEQUENCE, "tbsCertificate")?;
        let algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?;
        let signature = outer.expect(tag::BIT_STRING, "signatureValue")?.bits()?;
        outer.end("certificate")?;
        let mut fields = tbs.children();
        fields.optional(context(0))?;
        let serial = fields.expect(tag::INTEGER, "serialNumber")?;
        let inner_algorithm = fields.expect(tag::SEQUENCE, "signature")?;
        let issuer = fields.expect(tag::SEQUENCE, "issuer")?;
        let mut validity = fields.expect(tag::SEQUENCE, "validity")?.children();
        let (not_before, not_after) = (validity.read()?.time()?, validity.read()?.time()?);
        let subject = fields.expect(tag::SEQUENCE, "subject")?;
        let spki = fields.expect(tag::SEQUENCE, "subjectPublicKeyInfo")?;
        let mut extensions = Vec::new();
        while !fields.is_empty() {
            let field = fields.read()?;
            if field.tag == context(3) {
                extensions = read_extensions(&field)?;
            }
        }
        Ok(Self {
            der: der.to_vec(),
            tbs: tbs.raw.to_vec(),
            serial: serial.content.to_vec(),
            issuer: issuer.raw.to_vec(),
            subject: subject.raw.to_vec(),
            not_before,
            not_after,
            key_hash: key_bits_of(spki.raw).map(|bits| crate::Hash::Sha1.digest(bits)).unwrap_or_default(),
            spki: spki.raw.to_vec(),
            extensions,
            algorithm: algorithm.raw.to_vec(),
            algorithms_agree: algorithm.raw == inner_algorithm.raw,
            signature: signature.to_vec(),
            issuer_identity: names::identity(issuer.raw),
            subject_identity: names::identity(subject.raw),
        })
    }

    /// The certificate as it came.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the certificate, by which anchors are pinned.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<u8> {
        Hash::Sha256.digest(&self.der)
    }

    /// An extension's value.
    #[must_use]
    pub fn extension(&self, dotted: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid == dotted)
    }

    /// Whether subject and issuer have the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject_identity == self.issuer_identity
    }

    /// Whether another certificate's subject has the name of this one's issuer.
    #[must_use]
    pub fn names_as_issuer(&self, other: &Certificate) -> bool {
        self.issuer_identity == other.subject_identity
    }

    /// Whether the subject has the name that a list gives as its issuer.
    #[must_use]
    pub fn is_issuer_of(&self, list: &crate::Crl) -> bool {
        self.subject_identity == list.issuer_identity()
    }

    /// The key's kind.
    ///
    /// # Errors
    /// [`CadesError::Unsupported`], [`CadesError::Malformed`].
    pub fn public_key(&self) -> Result<PublicKey, CadesError> {
        PublicKey::parse(&self.spki)
    }

    /// Checks the signature with the issuer's key.
    ///
    /// # Errors
    /// [`CadesError::BadSignature`], [`CadesError::Unsupported`]; [`CadesError::Malformed`] where the two algorithm
    /// fields differ (RFC 5280, 4.1.1.2).
    pub fn verify_signed_by(&self, issuer: &Certificate) -> Result<(), CadesError> {
        if !self.algorithms_agree {
            return Err(CadesError::Malformed("signatureAlgorithm"));
        }
        let algorithm = self.signature_algorithm()?;
        algorithm.verify(&issuer.spki, &self.tbs, &self.signature)
    }

    /// The algorithm the issuer signed with.
    ///
    /// # Errors
    /// [`CadesError::Unsupported`], [`CadesError::Malformed`].
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, CadesError> {
        SignatureAlgorithm::from_der(&Tlv::parse(&self.algorithm)?, None)
    }

    /// `cA` and `pathLenConstraint` of basicConstraints (4.2.1.9); `None` where the extension is absent.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn basic_constraints(&self) -> Result<Option<(bool, Option<u64>)>, CadesError> {
        let Some(extension) = self.extension(oid::BASIC_CONSTRAINTS) else { return Ok(None) };
        let mut fields = Tlv::parse(&extension.value)?.fields()?;
        let is_ca = fields.optional(tag::BOOLEAN)?.map(|flag| boolean(&flag)).transpose()?.unwrap_or(false);
        let length = fields.optional(tag::INTEGER)?.map(|length| length.unsigned()).transpose()?;
        Ok(Some((is_ca, length)))
    }

    /// The bits of keyUsage (4.2.1.3), bit 0 (digitalSignature) lowest; `None` where the extension is absent.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn key_usage(&self) -> Result<Option<u16>, CadesError> {
        let Some(extension) = self.extension(oid::KEY_USAGE) else { return Ok(None) };
        let bits = Tlv::parse(&extension.value)?;
        let octets = match (bits.tag, bits.content) {
            (tag::BIT_STRING, [_, octets @ ..]) if octets.len() <= 2 => octets,
            _ => return Err(CadesError::Malformed("keyUsage")),
        };
        let octet = |index: usize| u16::from(octets.get(index).copied().unwrap_or(0).reverse_bits());
        Ok(Some(octet(0) | octet(1) << 8))
    }

    /// The purposes of extendedKeyUsage (4.2.1.12); empty where the extension is absent.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn extended_key_usage(&self) -> Result<Vec<String>, CadesError> {
        let Some(extension) = self.extension(oid::EXTENDED_KEY_USAGE) else { return Ok(Vec::new()) };
        let mut list = Tlv::parse(&extension.value)?.fields()?;
        let mut purposes = Vec::new();
        while !list.is_empty() {
            purposes.push(list.read()?.oid()?);
        }
        Ok(purposes)
    }

    /// The subject key identifier, if there is one.
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<Vec<u8>> {
        let extension = self.extension(oid::SUBJECT_KEY_IDENTIFIER)?;
        Tlv::parse(&extension.value).ok().map(|value| value.content.to_vec())
    }

    /// The key identifier of the issuer that this certificate names, if it names one.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<Vec<u8>> {
        let extension = self.extension(oid::AUTHORITY_KEY_IDENTIFIER)?;
        let mut fields = Tlv::parse(&extension.value).ok()?.fields().ok()?;
        fields.optional(context_primitive(0)).ok()?.map(|value| value.content.to_vec())
    }

    /// Whether an extension occurs twice, which RFC 5280, 4.2 forbids: readers would follow different ones.
    #[must_use]
    pub fn repeats_extensions(&self) -> bool {
        let mut names: Vec<_> = self.extensions.iter().map(|extension| extension.oid.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
    }

    /// The bits of the public key, without what says how to read them.
    #[must_use]
    pub fn key_bits(&self) -> Option<&[u8]> {
        key_bits_of(&self.spki)
    }

    /// The policies of certificatePolicies (4.2.1.4); `None` where the extension is absent.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], also for a policy that occurs twice.
    pub fn policies(&self) -> Result<Option<Vec<String>>, CadesError> {
        let Some(extension) = self.extension(oid::CERTIFICATE_POLICIES) else { return Ok(None) };
        let mut list = Tlv::parse(&extension.value)?.fields()?;
        let mut policies = Vec::new();
        while !list.is_empty() {
            let policy = list.read()?.fields()?.read()?.oid()?;
            if policies.contains(&policy) {
                return Err(CadesError::Malformed("certificatePolicies"));
            }
            policies.push(policy);
        }
        Ok(Some(policies))
    }

    /// Pairs of issuer's and subject's policy (4.2.1.5).
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn policy_mappings(&self) -> Result<Vec<(String, String)>, CadesError> {
        let Some(extension) = self.extension(oid::POLICY_MAPPINGS) else { return Ok(Vec::new()) };
        let mut list = Tlv::parse(&extension.value)?.fields()?;
        let mut mappings = Vec::new();
        while !list.is_empty() {
            let mut pair = list.read()?.fields()?;
            mappings.push((pair.read()?.oid()?, pair.read()?.oid()?));
        }
        Ok(mappings)
    }

    /// requireExplicitPolicy and inhibitPolicyMapping (4.2.1.11).
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn policy_constraints(&self) -> Result<(Option<u64>, Option<u64>), CadesError> {
        let Some(extension) = self.extension(oid::POLICY_CONSTRAINTS) else { return Ok((None, None)) };
        let mut fields = Tlv::parse(&extension.value)?.fields()?;
        let mut number = |n: u8| -> Result<Option<u64>, CadesError> {
            let Some(value) = fields.optional(context_primitive(n))? else { return Ok(None) };
            small_number(value.content).map(Some)
        };
        Ok((number(0)?, number(1)?))
    }

    /// inhibitAnyPolicy (4.2.1.14).
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn inhibit_any_policy(&self) -> Result<Option<u64>, CadesError> {
        let Some(extension) = self.extension(oid::INHIBIT_ANY_POLICY) else { return Ok(None) };
        Tlv::parse(&extension.value)?.unsigned().map(Some)
    }

    /// nameConstraints (4.2.1.10).
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn name_constraints(&self) -> Result<Option<NameConstraints>, CadesError> {
        self.extension(oid::NAME_CONSTRAINTS).map(|extension| NameConstraints::parse(&extension.value)).transpose()
    }

    /// The names of subjectAltName (4.2.1.6).
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn alternative_names(&self) -> Result<Vec<GeneralName>, CadesError> {
        match self.extension(oid::SUBJECT_ALT_NAME) {
            Some(extension) => GeneralName::read_all(Tlv::parse(&extension.value)?.fields()?),
            None => Ok(Vec::new()),
        }
    }

    /// Where its revocation lists are (4.2.1.13).
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn distribution_points(&self) -> Result<Vec<DistributionPoint>, CadesError> {
        let Some(extension) = self.extension(oid::CRL_DISTRIBUTION_POINTS) else { return Ok(Vec::new()) };
        let mut list = Tlv::parse(&extension.value)?.fields()?;
        let mut points = Vec::new();
        while !list.is_empty() {
            let mut fields = list.read()?.fields()?;
            let mut point = DistributionPoint::default();
            if let Some(name) = fields.optional(context(0))? {
                let choice = name.children().read()?;
                match choice.tag {
                    tag if tag == context(0) => point.names = GeneralName::read_all(choice.children())?,
                    tag if tag == context(1) => point.relative = Some(choice.content.to_vec()),
                    _ => return Err(CadesError::Malformed("distributionPoint")),
                }
            }
            point.reasons = fields.optional(context_primitive(1))?.map(|bits| crate::crl::reason_bits(bits.content));
            if let Some(issuer) = fields.optional(context(2))? {
                point.crl_issuer = GeneralName::read_all(issuer.children())?;
            }
            points.push(point);
        }
        Ok(points)
    }

    /// The URIs of authorityInfoAccess for a method: OCSP responders, or issuers' certificates (4.2.2.1).
    #[must_use]
    pub fn access_uris(&self, method: &str) -> Vec<String> {
        let read = || -> Result<Vec<String>, CadesError> {
            let Some(extension) = self.extension(oid::AUTHORITY_INFO_ACCESS) else { return Ok(Vec::new()) };
            let mut list = Tlv::parse(&extension.value)?.fields()?;
            let mut uris = Vec::new();
            while !list.is_empty() {
                let mut fields = list.read()?.fields()?;
                if fields.read()?.oid()? == method
                    && let GeneralName::Uri(uri) = GeneralName::parse(&fields.read()?)?
                {
                    uris.push(uri);
                }
            }
            Ok(uris)
        };
        read().unwrap_or_default()
    }

    /// Whether its issuer signed it over a hash for which collisions are made (SHA-1).
    #[must_use]
    pub fn is_signed_weakly(&self) -> bool {
        Tlv::parse(&self.algorithm)
            .and_then(|identifier| SignatureAlgorithm::from_der(&identifier, None))
            .is_ok_and(|algorithm| algorithm.hash == Hash::Sha1)
    }

    /// What to call the subject: its common name, else its organisation, else the whole name. The CPF that ICP-Brasil
    /// writes behind a person's name is personal data, and shown with its ends hidden.
    #[must_use]
    pub fn subject_label(&self) -> String {
        without_cpf(label(&self.subject))
    }

    /// What to call the issuer.
    #[must_use]
    pub fn issuer_label(&self) -> String {
        without_cpf(label(&self.issuer))
    }
}

/// The list of extensions inside its tag.
/// Most extensions of one certificate or list; real ones have a dozen, and each is held many times over.
pub(crate) const MAX_EXTENSIONS: usize = 200;

pub(crate) fn read_extensions(tagged: &Tlv<'_>) -> Result<Vec<Extension>, CadesError> {
    let mut list = tagged.children().expect(tag::SEQUENCE, "extensions")?.children();
    let mut extensions: Vec<Extension> = Vec::new();
    while !list.is_empty() {
        if extensions.len() >= MAX_EXTENSIONS {
            return Err(CadesError::Malformed("extensions"));
        }
        extensions.push(read_extension(&list.read()?)?);
    }
    Ok(extensions)
}

pub(crate) fn read_extension(extension: &Tlv<'_>) -> Result<Extension, CadesError> {
    let mut fields = extension.fields()?;
    let oid = fields.read()?.oid()?;
    let critical = fields.optional(tag::BOOLEAN)?.map(|flag| boolean(&flag)).transpose()?.unwrap_or(false);
    let value = fields.expect(tag::OCTET_STRING, "extension")?.content.to_vec();
    Ok(Extension { oid, critical, value })
}

/// The attributes of a name as (object identifier, text), in their order (RFC 5280, 4.1.2.4).
#[must_use]
pub fn name_attributes(name: &[u8]) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    let Ok(sequence) = Tlv::parse(name) else { return attributes };
    let mut sets = sequence.children();
    while let Ok(set) = sets.read() {
        let mut members = set.children();
        while let Ok(member) = members.read() {
            let mut pair = member.children();
            if let (Ok(oid), Ok(value)) = (pair.read().and_then(|oid| oid.oid()), pair.read()) {
                attributes.push((oid, value.text().unwrap_or_default()));
            }
        }
    }
    attributes
}

fn key_bits_of(spki: &[u8]) -> Option<&[u8]> {
    let mut fields = Tlv::parse(spki).ok()?.fields().ok()?;
    fields.read().ok()?;
    fields.read().ok()?.bits().ok()
}

fn small_number(content: &[u8]) -> Result<u64, CadesError> {
    let digits = content.strip_prefix(&[0]).unwrap_or(content);
    let fits = content.first().is_some_and(|first| *first < 0x80) && digits.len() <= 8;
    fits.then(|| digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit)))
        .ok_or(CadesError::Malformed("integer"))
}

fn without_cpf(label: String) -> String {
    match label.rsplit_once(':') {
        Some((name, number)) => {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            let is_number =
                number.chars().all(|own| own.is_ascii_digit() || own.is_whitespace() || ".-/".contains(own));
            match digits.get(3..9).filter(|_| is_number && digits.len() == 11) {
                Some(middle) => format!("{name}:***{middle}**"),
                None => label,
            }
        }
        _ => label,
    }
}

fn label(name: &[u8]) -> String {
    let attributes = name_attributes(name);
    // Of several common names the last is the most specific one.
    let find = |wanted: &str| attributes.iter().rev().find(|(oid, text)| oid == wanted && !text.is_empty());
    match find(oid::COMMON_NAME).or_else(|| find(oid::ORGANIZATION)) {
        Some((_, text)) => text.clone(),
        None => attributes.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(", "),
    }
}
