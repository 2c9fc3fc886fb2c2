//! CMS `SignedData` (RFC 5652), read as slices of the original.

use std::borrow::Cow;

use crate::{
    CadesError,
    algorithm::{Hash, SignatureAlgorithm},
    asn1::{self, Reader, Tlv, context, context_primitive, tag},
    der, oid,
    x509::Certificate,
};

/// Tag of an OCTET STRING in pieces.
const CONSTRUCTED_OCTETS: u8 = 0x24;

/// Most certificates looked at in one signature; a chain has three or four.
pub const MAX_CERTIFICATES: usize = 200;

/// Most revocation lists and as many OCSP responses looked at in one signature.
pub const MAX_REVOCATION_ITEMS: usize = 200;

/// An attribute and its values, raw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Type, dotted.
    pub oid: String,
    /// Each value as it stands.
    pub values: Vec<Tlv<'a>>,
}

/// How a signer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerIdentifier<'a> {
    /// By issuer (raw name) and serial number (content octets).
    IssuerAndSerial {
        /// DER of the issuer's name.
        issuer: &'a [u8],
        /// Content octets of the serial number.
        serial: &'a [u8],
    },
    /// By the subject key identifier.
    SubjectKeyIdentifier(&'a [u8]),
}

/// One `SignerInfo` (5.3).
#[derive(Debug, Clone)]
pub struct SignerInfo<'a> {
    /// 1 with issuer and serial, 3 with a key identifier.
    pub version: u64,
    /// Who.
    pub identifier: SignerIdentifier<'a>,
    /// The digest algorithm's identifier.
    pub digest_algorithm: Tlv<'a>,
    /// The signed attributes as they stand, with their `[0]` tag.
    pub signed_attributes_raw: Option<&'a [u8]>,
    /// The signed attributes.
    pub signed_attributes: Vec<Attribute<'a>>,
    /// The signature algorithm's identifier.
    pub signature_algorithm: Tlv<'a>,
    /// The signature value.
    pub signature: Cow<'a, [u8]>,
    /// The unsigned attributes.
    pub unsigned_attributes: Vec<Attribute<'a>>,
}

/// A `SignedData` and everything in it.
#[derive(Debug, Clone)]
pub struct SignedData<'a> {
    /// All bytes of the `ContentInfo`; what follows in the buffer is not part of it.
    pub raw: &'a [u8],
    /// Its version.
    pub version: u64,
    /// The `AlgorithmIdentifier`s of the digests, named at the top.
    pub digest_algorithms: Vec<Tlv<'a>>,
    /// Type of the encapsulated content.
    pub content_type: String,
    /// The encapsulated content, if it is not detached.
    pub content: Option<Cow<'a, [u8]>>,
    /// Embedded certificates, each as it stands.
    pub certificates: Vec<&'a [u8]>,
    /// Other choices among them (attribute certificates, obsolete forms), each as it stands.
    pub other_certificates: Vec<&'a [u8]>,
    /// How many more there were.
    pub left_out: usize,
    /// Embedded revocation lists, each as it stands.
    pub crls: Vec<&'a [u8]>,
    /// Embedded OCSP responses (`id-ri-ocsp-response`, RFC 5940), each as it stands.
    pub ocsps: Vec<&'a [u8]>,
    /// The signers.
    pub signers: Vec<SignerInfo<'a>>,
}

impl<'a> SignedData<'a> {
    /// Reads the `ContentInfo` at the beginning of a buffer, BER or DER.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], [`CadesError::TooDeep`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CadesError> {
        let info = Reader::new(bytes).expect(tag::SEQUENCE, "ContentInfo")?;
        let mut fields = info.children();
        if fields.read()?.oid()? != oid::ID_SIGNED_DATA {
            return Err(CadesError::Malformed("ContentInfo"));
        }
        let mut content = fields.expect(context(0), "ContentInfo")?.children();
        fields.end("ContentInfo")?;
        let body = content.expect(tag::SEQUENCE, "SignedData")?;
        content.end("ContentInfo")?;
        let mut fields = body.children();
        let version = fields.read()?.unsigned()?;
        let mut digest_algorithms = Vec::new();
        let mut set = fields.expect(tag::SET, "digestAlgorithms")?.children();
        while !set.is_empty() {
            digest_algorithms.push(set.read()?);
        }
        let mut encapsulated = fields.expect(tag::SEQUENCE, "encapContentInfo")?.children();
        let content_type = encapsulated.read()?.oid()?;
        let content =
            encapsulated.optional(context(0))?.map(|content| content.children().read()?.octets()).transpose()?;
        encapsulated.end("encapContentInfo")?;
        let (mut certificates, mut other_certificates) = (Vec::new(), Vec::new());
        let mut left_out = 0;
        if let Some(set) = fields.optional(context(0))? {
            let mut set = set.children();
            while !set.is_empty() {
                let choice = set.read()?;
                // The other choices of CertificateChoices are tagged [0] to [3] (RFC 5652, 10.2.2).
                if certificates.len() + other_certificates.len() >= MAX_CERTIFICATES {
                    left_out += 1;
                    continue;
                }
                if (context(0)..=context(3)).contains(&choice.tag) {
                    other_certificates.push(choice.raw);
                } else {
                    certificates.push(choice.raw);
                }
            }
        }
        let (mut crls, mut ocsps) = (Vec::new(), Vec::new());
        if let Some(set) = fields.optional(context(1))? {
            let mut set = set.children();
            while !set.is_empty() {
                let choice = set.read()?;
                if crls.len().max(ocsps.len()) >= MAX_REVOCATION_ITEMS {
                    left_out += 1;
                } else if choice.tag == tag::SEQUENCE {
                    crls.push(choice.raw);
                } else if choice.tag == context(1) {
                    let mut other = choice.children();
                    if other.read()?.oid()? == oid::RI_OCSP_RESPONSE {
                        ocsps.push(other.read()?.raw);
                    }
                }
            }
        }
        let mut signers = Vec::new();
        let mut set = fields.expect(tag::SET, "signerInfos")?.children();
        while !set.is_empty() {
            signers.push(read_signer(&set.read()?)?);
        }
        fields.end("SignedData")?;
        Ok(Self {
            raw: info.raw,
            version,
            digest_algorithms,
            content_type,
            content,
            certificates,
            other_certificates,
            left_out,
            crls,
            ocsps,
            signers,
        })
    }
}

fn read_signer<'a>(signer: &Tlv<'a>) -> Result<SignerInfo<'a>, CadesError> {
    let mut fields = signer.fields()?;
    let version = fields.read()?.unsigned()?;
    let identifier = fields.read()?;
    let identifier = match identifier.tag {
        tag::SEQUENCE => {
            let mut pair = identifier.children();
            let issuer = pair.expect(tag::SEQUENCE, "issuer")?.raw;
            let serial = pair.expect(tag::INTEGER, "serialNumber")?.content;
            pair.end("sid")?;
            SignerIdentifier::IssuerAndSerial { issuer, serial }
        }
        tag if tag == context_primitive(0) => SignerIdentifier::SubjectKeyIdentifier(identifier.content),
        _ => return Err(CadesError::Malformed("sid")),
    };
    let digest_algorithm = fields.expect(tag::SEQUENCE, "digestAlgorithm")?;
    let signed = fields.optional(context(0))?;
    let signature_algorithm = fields.expect(tag::SEQUENCE, "signatureAlgorithm")?;
    let signature = fields.read()?;
    // In pieces, as BER may, or whole.
    if !matches!(signature.tag, tag::OCTET_STRING | CONSTRUCTED_OCTETS) {
        return Err(CadesError::Malformed("signature"));
    }
    let unsigned = fields.optional(context(1))?;
    fields.end("SignerInfo")?;
    Ok(SignerInfo {
        version,
        identifier,
        digest_algorithm,
        signed_attributes_raw: signed.map(|attributes| attributes.raw),
        signed_attributes: signed.map(|attributes| read_attributes(&attributes)).transpose()?.unwrap_or_default(),
        signature_algorithm,
        signature: signature.octets()?,
        unsigned_attributes: unsigned.map(|attributes| read_attributes(&attributes)).transpose()?.unwrap_or_default(),
    })
}

fn read_attributes<'a>(set: &Tlv<'a>) -> Result<Vec<Attribute<'a>>, CadesError> {
    let mut set = set.children();
    let mut attributes = Vec::new();
    while !set.is_empty() {
        let mut fields = set.expect(tag::SEQUENCE, "attribute")?.children();
        let oid = fields.read()?.oid()?;
        let mut list = fields.expect(tag::SET, "attribute values")?.children();
        fields.end("attribute")?;
        let mut values = Vec::new();
        while !list.is_empty() {
            values.push(list.read()?);
        }
        attributes.push(Attribute { oid, values });
    }
    Ok(attributes)
}

/// The policy that a signature names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignaturePolicy {
    /// Its object identifier; empty where the policy is only implied.
    pub oid: String,
    /// Hash algorithm (dotted) and hash.
    pub hash: Option<(String, Vec<u8>)>,
    /// Where it says the policy can be found.
    pub uris: Vec<String>,
    /// How many qualifiers there are.
    pub qualifiers: usize,
}

/// The one ESS certificate identifier that a verdict needs (RFC 5035, 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningCertificate {
    /// With which hash.
    pub hash: Hash,
    /// Hash of the signer's certificate.
    pub certificate_hash: Vec<u8>,
    /// Issuer's name and serial number, where they are given; compared with the certificate's.
    pub issuer_serial: Option<(Vec<u8>, Vec<u8>)>,
}

impl SignerInfo<'_> {
    /// The values of a signed attribute, if it occurs exactly once.
    #[must_use]
    pub fn signed_attribute(&self, dotted: &str) -> Option<&Attribute<'_>> {
        let mut found = self.signed_attributes.iter().filter(|attribute| attribute.oid == dotted);
        match (found.next(), found.next()) {
            (Some(attribute), None) => Some(attribute),
            _ => None,
        }
    }

    /// Whether the attribute occurs at all, however often.
    #[must_use]
    pub fn has_signed_attribute(&self, dotted: &str) -> bool {
        self.signed_attributes.iter().any(|attribute| attribute.oid == dotted)
    }

    /// The unsigned attributes of a type, all their values.
    pub fn unsigned_values<'s>(&'s self, dotted: &'s str) -> impl Iterator<Item = &'s Tlv<'s>> {
        self.unsigned_attributes.iter().filter(move |attribute| attribute.oid == dotted).flat_map(|found| &found.values)
    }

    /// The one value of a signed attribute, if there is exactly one.
    #[must_use]
    pub fn single(&self, dotted: &str) -> Option<&Tlv<'_>> {
        match self.signed_attribute(dotted)?.values.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }

    /// The message-digest attribute (RFC 5652, 11.2).
    #[must_use]
    pub fn message_digest(&self) -> Option<Vec<u8>> {
        self.single(oid::MESSAGE_DIGEST)?.octets().ok().map(Cow::into_owned)
    }

    /// The content-type attribute (RFC 5652, 11.1).
    #[must_use]
    pub fn content_type(&self) -> Option<String> {
        self.single(oid::CONTENT_TYPE)?.oid().ok()
    }

    /// What the key signed: the attributes under the tag of a SET (RFC 5652, 5.4), as they were sent.
    #[must_use]
    pub fn signed_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = self.signed_attributes_raw?.to_vec();
        *bytes.first_mut()? = tag::SET;
        Some(bytes)
    }

    /// The same attributes in the order of DER: what some writers signed although they sent another order.
    #[must_use]
    pub fn signed_bytes_sorted(&self) -> Option<Vec<u8>> {
        let set = Tlv::parse(self.signed_attributes_raw?).ok()?;
        let mut reader = set.children();
        let mut attributes = Vec::new();
        while !reader.is_empty() {
            attributes.push(reader.read().ok()?.raw.to_vec());
        }
        Some(der::set_of(attributes))
    }

    /// The same attributes written anew in DER, as RFC 5652, 5.4 wants them signed whatever was sent.
    #[must_use]
    pub fn signed_bytes_in_der(&self) -> Option<Vec<u8>> {
        let mut bytes = asn1::to_der(self.signed_attributes_raw?)?;
        *bytes.first_mut()? = tag::SET;
        let set = Tlv::parse(&bytes).ok()?;
        let mut reader = set.children();
        let mut attributes = Vec::new();
        while !reader.is_empty() {
            attributes.push(reader.read().ok()?.raw.to_vec());
        }
        Some(der::set_of(attributes))
    }

    /// signature-policy-identifier (ETSI EN 319 122-1, 5.2.9): policy and the hash it is pinned by.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], [`CadesError::Unsupported`].
    pub fn signature_policy(&self) -> Result<Option<SignaturePolicy>, CadesError> {
        if !self.has_signed_attribute(oid::SIGNATURE_POLICY) {
            return Ok(None);
        }
        let value = self.single(oid::SIGNATURE_POLICY).ok_or(CadesError::Malformed("signature policy"))?;
        if value.tag == tag::NULL {
            return Ok(Some(SignaturePolicy { oid: String::new(), hash: None, uris: Vec::new(), qualifiers: 0 }));
        }
        let mut fields = value.fields()?;
        let dotted = fields.read()?.oid()?;
        let mut policy = SignaturePolicy { oid: dotted, hash: None, uris: Vec::new(), qualifiers: 0 };
        if let Some(pinned) = fields.optional(tag::SEQUENCE)? {
            let mut pinned = pinned.children();
            let algorithm = pinned.expect(tag::SEQUENCE, "policy hash")?;
            let digest = pinned.expect(tag::OCTET_STRING, "policy hash")?.content.to_vec();
            policy.hash = Some((algorithm.children().read()?.oid()?, digest));
        }
        if let Some(qualifiers) = fields.optional(tag::SEQUENCE)? {
            let mut list = qualifiers.children();
            while !list.is_empty() {
                let mut qualifier = list.read()?.fields()?;
                policy.qualifiers += 1;
                if qualifier.read()?.oid()? == oid::SPURI {
                    policy.uris.extend(qualifier.read()?.text());
                }
            }
        }
        Ok(Some(policy))
    }

    /// Whether CMSAlgorithmProtection, where it is there, agrees with the algorithms used (RFC 6211).
    #[must_use]
    pub fn algorithm_protection_agrees(&self) -> bool {
        if !self.has_signed_attribute(oid::ALGORITHM_PROTECTION) {
            return true;
        }
        let same = || -> Option<bool> {
            let mut fields = self.single(oid::ALGORITHM_PROTECTION)?.fields().ok()?;
            let digest = fields.read().ok()?;
            let signature = fields.optional(context(1)).ok()??;
            let named = |identifier: &Tlv<'_>| identifier.children().read().and_then(|first| first.oid()).ok();
            Some(
                named(&digest)? == named(&self.digest_algorithm)?
                    && named(&signature)? == named(&self.signature_algorithm)?,
            )
        };
        same() == Some(true)
    }

    /// Whether the signed attributes stand in the order DER demands of a SET OF.
    #[must_use]
    pub fn attributes_in_der_order(&self) -> bool {
        let Some(raw) = self.signed_attributes_raw else { return true };
        let Ok(set) = Tlv::parse(raw) else { return false };
        let mut reader = set.children();
        let mut before: &[u8] = &[];
        while let Ok(attribute) = reader.read() {
            if attribute.raw < before {
                return false;
            }
            before = attribute.raw;
        }
        true
    }

    /// The first certificate that signing-certificate names, in version 2 and in version 1 where either is there
    /// (RFC 5035, 3 and 5): both have to be right.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], [`CadesError::Unsupported`].
    pub fn signing_certificates(&self) -> Result<Vec<SigningCertificate>, CadesError> {
        let mut found = Vec::new();
        for (dotted, version_two) in [(oid::SIGNING_CERTIFICATE_V2, true), (oid::SIGNING_CERTIFICATE, false)] {
            if self.has_signed_attribute(dotted) {
                let value = self.single(dotted).ok_or(CadesError::Malformed("signing-certificate"))?;
                found.push(read_signing_certificate(value, version_two)?);
            }
        }
        Ok(found)
    }

    /// Whether this signer names that certificate.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self.identifier {
            SignerIdentifier::IssuerAndSerial { issuer, serial } => {
                crate::names::spelled_alike(&certificate.issuer, issuer) && certificate.serial == serial
            }
            SignerIdentifier::SubjectKeyIdentifier(key) => certificate.subject_key_identifier().as_deref() == Some(key),
        }
    }
}

fn read_signing_certificate(value: &Tlv<'_>, version_two: bool) -> Result<SigningCertificate, CadesError> {
    let mut identifiers = value.fields()?.expect(tag::SEQUENCE, "certs")?.children();
    let mut fields = identifiers.expect(tag::SEQUENCE, "ESSCertID")?.children();
    let hash = match (version_two, fields.optional(tag::SEQUENCE)?) {
        (true, Some(algorithm)) => Hash::from_der(&algorithm)?,
        (true, None) => Hash::Sha256,
        (false, None) => Hash::Sha1,
        (false, Some(_)) => return Err(CadesError::Malformed("ESSCertID")),
    };
    let certificate_hash = fields.expect(tag::OCTET_STRING, "certHash")?.content.to_vec();
    let issuer_serial = match fields.optional(tag::SEQUENCE)? {
        None => None,
        Some(issuer_serial) => {
            let mut pair = issuer_serial.children();
            let names = pair.expect(tag::SEQUENCE, "issuer")?;
            let name = names.children().expect(context(4), "directoryName")?;
            Some((name.content.to_vec(), pair.expect(tag::INTEGER, "serialNumber")?.content.to_vec()))
        }
    };
    Ok(SigningCertificate { hash, certificate_hash, issuer_serial })
}

/// The signed attributes of PAdES baseline, DER, as the key signs them: content-type, message-digest and
/// signing-certificate-v2, and no signing-time (ETSI EN 319 142-1, 6.3).
#[must_use]
pub fn signed_attributes(message_digest: &[u8], signer: &Certificate) -> Vec<u8> {
    attributes_of(oid::ID_DATA, message_digest, signer)
}

/// As [`signed_attributes`], for a time-stamp token (RFC 3161, 2.4.2; RFC 5816).
#[must_use]
pub fn token_attributes(message_digest: &[u8], authority: &Certificate) -> Vec<u8> {
    attributes_of(oid::TST_INFO, message_digest, authority)
}

fn attributes_of(content_type: &str, message_digest: &[u8], signer: &Certificate) -> Vec<u8> {
    // hashAlgorithm is left out: SHA-256 is its DEFAULT (RFC 5035, 4), whatever hash the signature itself uses.
    let identifier = der::sequence(&[&der::octet_string(&signer.fingerprint())]);
    let signing_certificate = der::sequence(&[&der::sequence(&[&identifier])]);
    der::set_of(vec![
        attribute(oid::CONTENT_TYPE, &der::oid(content_type)),
        attribute(oid::MESSAGE_DIGEST, &der::octet_string(message_digest)),
        attribute(oid::SIGNING_CERTIFICATE_V2, &signing_certificate),
    ])
}

fn attribute(dotted: &str, value: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::oid(dotted), &der::value(tag::SET, value)])
}

/// The unsigned attribute that carries a time stamp over the signature value (ETSI EN 319 122-1, 5.3).
#[must_use]
pub fn time_stamp_attribute(token: &[u8]) -> Vec<u8> {
    attribute(oid::SIGNATURE_TIME_STAMP, token)
}

/// A detached `SignedData` with one signer and its whole chain (RFC 5652, 5; ETSI EN 319 122-1, 5).
///
/// `signed_attributes` is what [`signed_attributes`] returned; `chain` begins with the signer's certificate;
/// `unsigned_attributes` are DER, as [`time_stamp_attribute`] makes them.
#[must_use]
pub fn assemble(
    signed_attributes: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
    chain: &[Certificate],
    unsigned_attributes: Vec<Vec<u8>>,
) -> Vec<u8> {
    let content = der::sequence(&[&der::oid(oid::ID_DATA)]);
    let signer = signer_info(signed_attributes, algorithm, signature, chain, unsigned_attributes);
    signed_data(1, algorithm, &content, &signer, chain)
}

/// A time-stamp token: `SignedData` around its statement, DER of `TSTInfo` (RFC 3161, 2.4.2).
#[must_use]
pub fn assemble_token(
    statement: &[u8],
    signed_attributes: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
    chain: &[Certificate],
) -> Vec<u8> {
    let content = der::value(context(0), &der::octet_string(statement));
    let content = der::sequence(&[&der::oid(oid::TST_INFO), &content]);
    let signer = signer_info(signed_attributes, algorithm, signature, chain, Vec::new());
    // Version 3: the content is no id-data (RFC 5652, 5.1).
    signed_data(3, algorithm, &content, &signer, chain)
}

fn signer_info(
    signed_attributes: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
    chain: &[Certificate],
    unsigned_attributes: Vec<Vec<u8>>,
) -> Vec<u8> {
    let (issuer, serial) = chain.first().map_or((&[][..], &[][..]), |signer| (&signer.issuer[..], &signer.serial[..]));
    let unsigned = match unsigned_attributes.as_slice() {
        [] => Vec::new(),
        _ => retagged(der::set_of(unsigned_attributes), 1),
    };
    der::sequence(&[
        &der::integer(1),
        &der::sequence(&[issuer, &der::value(tag::INTEGER, serial)]),
        &der::sequence(&[&der::oid(algorithm.hash.oid())]),
        &retagged(signed_attributes.to_vec(), 0),
        &algorithm.to_der(),
        &der::octet_string(signature),
        &unsigned,
    ])
}

/// Under its implicit tag a SET keeps its content; only the tag octet changes.
fn retagged(mut set: Vec<u8>, number: u8) -> Vec<u8> {
    if let Some(first) = set.first_mut() {
        *first = context(number);
    }
    set
}

fn signed_data(
    version: u8,
    algorithm: SignatureAlgorithm,
    content: &[u8],
    signer_info: &[u8],
    chain: &[Certificate],
) -> Vec<u8> {
    let mut certificates: Vec<Vec<u8>> = chain.iter().map(|certificate| certificate.der().to_vec()).collect();
    certificates.sort();
    let signed_data = der::sequence(&[
        &der::integer(version),
        &der::set_of(vec![der::sequence(&[&der::oid(algorithm.hash.oid())])]),
        content,
        &der::value(context(0), &certificates.concat()),
        &der::set_of(vec![signer_info.to_vec()]),
    ]);
    der::sequence(&[&der::oid(oid::ID_SIGNED_DATA), &der::value(context(0), &signed_data)])
}
