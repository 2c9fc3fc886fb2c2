//! Everything inside `/Contents`: read, and computed as far as it can be without trust.

use cades::{
    CadesError, Certificate, Hash, SignatureAlgorithm, SignedData, TimeStampToken,
    asn1::{self, Reader, Tlv, context, tag},
    cms::SignerInfo,
    oid,
};

use crate::facts::{Blob, CmsFacts, CmsFault, PolicyFacts, TokenFacts, ValueCheck};

/// Most time stamps looked at on one signature.
const MAX_TIME_STAMPS: usize = 16;

/// Under which rules a signature is read, by its `/SubFilter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// `ETSI.CAdES.detached`, `PBAD.PAdES`: strict.
    Pades,
    /// `adbe.pkcs7.detached`: any CMS.
    Pkcs7,
    /// `adbe.pkcs7.sha1`: the CMS holds the digest.
    Sha1,
    /// `ETSI.RFC3161`: a token.
    TimeStamp,
}

impl Profile {
    /// The rules of a sub-filter, if it is read.
    pub(crate) fn of(sub_filter: &str) -> Option<Self> {
        match sub_filter {
            "ETSI.CAdES.detached" | "PBAD.PAdES" => Some(Self::Pades),
            "adbe.pkcs7.detached" => Some(Self::Pkcs7),
            "adbe.pkcs7.sha1" => Some(Self::Sha1),
            "ETSI.RFC3161" => Some(Self::TimeStamp),
            _ => None,
        }
    }
}

/// Length of the value at the beginning of `/Contents`.
pub(crate) fn length(contents: &[u8]) -> Option<usize> {
    Reader::new(contents).read().ok().map(|value| value.raw.len())
}

/// Whether anything but zeros follows.
fn has_padding(contents: &[u8], length: usize) -> bool {
    contents.get(length..).unwrap_or_default().iter().any(|byte| *byte != 0)
}

/// Reads a signature; also tells whether non-zero bytes follow it.
pub(crate) fn signature(contents: &[u8], digest: Option<&[u8]>, profile: Profile) -> (CmsFacts, bool) {
    let mut facts = CmsFacts::default();
    let Ok(signed) = SignedData::parse(contents) else {
        facts.faults.push(CmsFault::Malformed);
        return (facts, false);
    };
    let strict = profile == Profile::Pades;
    if strict && !frame_is_der(&signed) {
        facts.faults.push(CmsFault::NotDer);
    }
    check_version(&signed, strict, &mut facts);
    let right_content = match profile {
        Profile::Sha1 => signed.content.is_some(),
        _ => signed.content.is_none(),
    };
    if !right_content || signed.content_type != oid::ID_DATA {
        facts.faults.push(CmsFault::Content);
    }
    read_signed(&signed, &mut facts);
    // With adbe.pkcs7.sha1 the content is the digest of the ranges, and the signer signs that content.
    let (content_digest, holds_digest) = match (&signed.content, profile) {
        (Some(content), Profile::Sha1) => {
            let hash = signed.signers.first().and_then(|signer| Hash::from_der(&signer.digest_algorithm).ok());
            let own = hash.map(|hash| hash.digest(content));
            (own, digest.is_some_and(|digest| digest == content.as_ref()))
        }
        _ => (digest.map(<[u8]>::to_vec), true),
    };
    match signed.signers.as_slice() {
        [signer] => check_signer(&signed, signer, content_digest.as_deref(), oid::ID_DATA, strict, &mut facts),
        _ => facts.faults.push(CmsFault::Signers),
    }
    if profile == Profile::Sha1 {
        facts.digest_matches = facts.digest_matches.map(|matches| matches && holds_digest);
        // The ranges themselves are held by SHA-1, whatever the signer used.
        facts.digest = Some(Hash::Sha1.name().to_owned());
    }
    let padding = has_padding(contents, signed.raw.len());
    (facts, padding)
}

/// Reads a document time stamp; also tells whether non-zero bytes follow it.
pub(crate) fn token(contents: &[u8], digest: Option<&[u8]>) -> (TokenFacts, bool) {
    let padding = length(contents).is_some_and(|length| has_padding(contents, length));
    let matches = |token: &TimeStampToken<'_>| {
        let is_computed = Hash::from_oid(&token.imprint_algorithm).is_ok();
        digest.filter(|digest| is_computed && !digest.is_empty()).map(|digest| digest == token.imprint.as_slice())
    };
    (read_token(contents, &matches), padding)
}

/// Reads a token over bytes that are at hand.
fn token_over(raw: &[u8], stamped: &[u8]) -> TokenFacts {
    read_token(raw, &|token| {
        Hash::from_oid(&token.imprint_algorithm).ok().map(|hash| hash.digest(stamped) == token.imprint)
    })
}

fn read_token(bytes: &[u8], imprint: &dyn Fn(&TimeStampToken<'_>) -> Option<bool>) -> TokenFacts {
    let mut facts = TokenFacts {
        malformed: true,
        imprint_matches: None,
        imprint_hash: None,
        time: None,
        policy: None,
        cms: CmsFacts::default(),
    };
    let Ok(token) = TimeStampToken::parse(bytes) else { return facts };
    facts.malformed = false;
    facts.imprint_matches = imprint(&token);
    facts.imprint_hash = Hash::from_oid(&token.imprint_algorithm).ok().map(|hash| hash.name().to_owned());
    facts.time = Some(token.time.to_rfc3339());
    facts.policy = Some(token.policy.clone());
    read_signed(&token.signed, &mut facts.cms);
    match token.signed.signers.as_slice() {
        [signer] => {
            let hash = Hash::from_der(&signer.digest_algorithm).ok();
            let digest = hash.map(|hash| hash.digest(&token.content));
            check_signer(&token.signed, signer, digest.as_deref(), oid::TST_INFO, false, &mut facts.cms);
            // RFC 3161, 2.4.2 and RFC 5816: the token names its certificate.
            if !matches!(signer.signing_certificates().as_deref(), Ok([_, ..]))
                && !facts.cms.faults.contains(&CmsFault::SigningCertificate)
            {
                facts.cms.faults.push(CmsFault::SigningCertificate);
            }
            if signer.signed_attributes_raw.is_none() {
                facts.cms.faults.push(CmsFault::NoSignedAttributes);
            }
        }
        _ => facts.cms.faults.push(CmsFault::Signers),
    }
    facts
}

/// Whether the signature's own frame is DER; what others signed inside it (certificates, lists, tokens) is theirs.
fn frame_is_der(signed: &SignedData<'_>) -> bool {
    let mut foreign: Vec<&[u8]> =
        signed.certificates.iter().chain(&signed.crls).chain(&signed.ocsps).copied().collect();
    for signer in &signed.signers {
        foreign
            .extend(signer.unsigned_attributes.iter().flat_map(|attribute| &attribute.values).map(|value| value.raw));
    }
    asn1::is_der_but(signed.raw, &foreign)
}

/// Tag of a version 2 attribute certificate among the certificates (RFC 5652, 10.2.2).
const ATTRIBUTES_V2: u8 = 0xA2;

/// RFC 5652, 5.1; older writers put 3 where a signer is named by key, and 5 goes with revocation data of other kinds.
fn check_version(signed: &SignedData<'_>, strict: bool, facts: &mut CmsFacts) {
    let named_by_key = signed.signers.iter().any(|signer| signer.version == 3);
    let has_attribute_certificate = signed.other_certificates.iter().any(|other| other.first() == Some(&ATTRIBUTES_V2));
    let expected = if !signed.ocsps.is_empty() {
        5
    } else if has_attribute_certificate {
        4
    } else if named_by_key {
        3
    } else {
        1
    };
    if strict && signed.version != expected {
        facts.faults.push(CmsFault::Version);
    }
}

/// Certificates, lists and answers that came along, each read alone: one that is odd does not sink the others.
fn read_signed(signed: &SignedData<'_>, facts: &mut CmsFacts) {
    facts.left_out += signed.left_out;
    for der in &signed.certificates {
        match Certificate::parse(der) {
            Ok(_) => facts.certificates.push(Blob(der.to_vec())),
            Err(_) => facts.unreadable_certificates.push(Blob(der.to_vec())),
        }
    }
    facts.unreadable_certificates.extend(signed.other_certificates.iter().map(|raw| Blob(raw.to_vec())));
    facts.crls.extend(signed.crls.iter().map(|der| Blob(der.to_vec())));
    facts.ocsps.extend(signed.ocsps.iter().map(|der| Blob(der.to_vec())));
}

fn check_signer(
    signed: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    digest: Option<&[u8]>,
    content_type: &str,
    strict: bool,
    facts: &mut CmsFacts,
) {
    read_attributes(signer, facts);
    let names_serial = matches!(signer.identifier, cades::cms::SignerIdentifier::IssuerAndSerial { .. });
    if strict && signer.version != if names_serial { 1 } else { 3 } {
        facts.faults.push(CmsFault::Version);
    }
    let hash = match Hash::from_der(&signer.digest_algorithm) {
        Ok(hash) => hash,
        Err(CadesError::Unsupported(what)) => {
            facts.value = ValueCheck::Unsupported(what);
            return;
        }
        Err(_) => {
            facts.faults.push(CmsFault::DigestAlgorithms);
            return;
        }
    };
    facts.digest = Some(hash.name().to_owned());
    let named: Vec<_> = signed.digest_algorithms.iter().map(Hash::from_der).collect();
    if !(named.is_empty() || named.contains(&Ok(hash)))
        || named.iter().any(|named| matches!(named, Err(CadesError::Malformed(_))))
    {
        facts.faults.push(CmsFault::DigestAlgorithms);
    }
    check_attributes(signer, content_type, strict, facts);
    let certificates: Vec<Certificate> =
        facts.certificates.iter().filter_map(|blob| Certificate::parse(&blob.0).ok()).collect();
    facts.signer = find_signer(signer, &certificates);
    let has_attributes = signer.signed_attributes_raw.is_some();
    if has_attributes {
        facts.digest_matches = match (digest, signer.message_digest()) {
            (Some(computed), Some(signed)) if !computed.is_empty() => Some(computed == signed.as_slice()),
            _ => None,
        };
    }
    let Some(certificate) = facts.signer.and_then(|index| certificates.get(index)) else {
        facts.faults.push(CmsFault::NoSignerCertificate);
        return;
    };
    check_signing_certificate(signer, certificate, strict, facts);
    let algorithm = match SignatureAlgorithm::from_der(&signer.signature_algorithm, Some(hash)) {
        Ok(algorithm) => algorithm,
        Err(CadesError::Unsupported(what)) => {
            facts.value = ValueCheck::Unsupported(what);
            return;
        }
        Err(_) => {
            facts.faults.push(CmsFault::Malformed);
            return;
        }
    };
    facts.signature_algorithm = Some(Blob(signer.signature_algorithm.raw.to_vec()));
    facts.algorithm = Some(match certificate.public_key() {
        Ok(key) => format!("{}, {}", algorithm.label(), key.kind.label()),
        Err(_) => algorithm.label(),
    });
    // Ed25519 goes with SHA-512 (RFC 8419, 2.3), and that is what it is read as.
    if algorithm.hash != hash {
        facts.faults.push(CmsFault::DigestAlgorithms);
    }
    let check = if has_attributes {
        verify_attributes(signer, algorithm, certificate, facts)
    } else {
        // Without attributes the key signed the digest of the content itself (RFC 5652, 5.4).
        match digest.filter(|digest| !digest.is_empty()) {
            Some(digest) => {
                let check = algorithm.verify_digest(&certificate.spki, digest, &signer.signature);
                facts.digest_matches = Some(check.is_ok());
                Some(check)
            }
            None => None,
        }
    };
    facts.value = match check {
        None => ValueCheck::NotDone,
        Some(Ok(())) => ValueCheck::Good,
        Some(Err(CadesError::Unsupported(what))) => ValueCheck::Unsupported(what),
        Some(Err(_)) => ValueCheck::Bad,
    };
}

/// As they were sent, then in the order of DER, which some writers signed, then all in DER.
fn verify_attributes(
    signer: &SignerInfo<'_>,
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    facts: &mut CmsFacts,
) -> Option<Result<(), CadesError>> {
    let verify = |bytes: &[u8]| algorithm.verify(&certificate.spki, bytes, &signer.signature);
    let as_sent = verify(&signer.signed_bytes()?);
    if as_sent.is_ok() {
        return Some(as_sent);
    }
    let anew = [signer.signed_bytes_sorted(), signer.signed_bytes_in_der()];
    if anew.into_iter().flatten().any(|bytes| verify(&bytes).is_ok()) {
        facts.signed_in_other_order = true;
        return Some(Ok(()));
    }
    Some(as_sent)
}

fn read_attributes(signer: &SignerInfo<'_>, facts: &mut CmsFacts) {
    facts.signed_attributes = signer.signed_attributes.iter().map(|attribute| attribute.oid.clone()).collect();
    facts.unsigned_attributes = signer.unsigned_attributes.iter().map(|attribute| attribute.oid.clone()).collect();
    let time = signer.single(oid::SIGNING_TIME).and_then(|value| value.time().ok());
    facts.signing_time = time.map(|time| time.to_rfc3339());
    facts.policy = match signer.signature_policy() {
        Ok(policy) => policy.map(|policy| PolicyFacts {
            oid: policy.oid,
            hash: policy.hash.map(|(algorithm, hash)| (algorithm, pdf::hex(&hash).to_lowercase())),
            qualifiers: policy.qualifiers,
            uris: policy.uris,
            malformed: false,
        }),
        Err(_) => {
            Some(PolicyFacts { oid: String::new(), hash: None, qualifiers: 0, uris: Vec::new(), malformed: true })
        }
    };
    // Adobe's archive of evidence: lists under [0], answers under [1].
    if let Some(archive) = signer.single(oid::ADBE_REVOCATION_INFO) {
        list(archive, 0, &mut facts.crls, &mut facts.left_out);
        list(archive, 1, &mut facts.ocsps, &mut facts.left_out);
    }
    for values in signer.unsigned_values(oid::REVOCATION_VALUES) {
        list(values, 0, &mut facts.crls, &mut facts.left_out);
        list(values, 1, &mut facts.ocsps, &mut facts.left_out);
    }
    let stamps = signer.unsigned_values(oid::SIGNATURE_TIME_STAMP).take(MAX_TIME_STAMPS);
    facts.time_stamps = stamps.map(|value| token_over(value.raw, &signer.signature)).collect();
    let contents = signer.signed_attributes.iter().filter(|attribute| attribute.oid == oid::CONTENT_TIME_STAMP);
    let contents = contents.flat_map(|attribute| &attribute.values).take(MAX_TIME_STAMPS);
    // What a content time stamp covers is not at hand here; it is told and proves nothing.
    facts.content_time_stamps = contents.map(|value| read_token(value.raw, &|_| None)).collect();
}

/// The values inside an explicit tag with a SEQUENCE.
fn list(outer: &Tlv<'_>, number: u8, into: &mut Vec<Blob>, left_out: &mut usize) {
    let mut read = || -> Result<(), CadesError> {
        let mut fields = outer.fields()?;
        while !fields.is_empty() {
            let field = fields.read()?;
            if field.tag == context(number) {
                let mut values = field.children().expect(tag::SEQUENCE, "revocation values")?.children();
                while !values.is_empty() {
                    let value = values.read()?;
                    if into.len() < cades::cms::MAX_REVOCATION_ITEMS {
                        into.push(Blob(value.raw.to_vec()));
                    } else {
                        *left_out += 1;
                    }
                }
            }
        }
        Ok(())
    };
    // What cannot be read on is no evidence.
    let _ = read();
}

fn check_attributes(signer: &SignerInfo<'_>, content_type: &str, strict: bool, facts: &mut CmsFacts) {
    if signer.signed_attributes_raw.is_none() {
        if strict {
            facts.faults.push(CmsFault::NoSignedAttributes);
        }
        return;
    }
    let mut names: Vec<_> = signer.signed_attributes.iter().map(|attribute| attribute.oid.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        facts.faults.push(CmsFault::RepeatedAttribute);
    }
    if signer.content_type().as_deref() != Some(content_type) {
        facts.faults.push(CmsFault::ContentType);
    }
    if signer.message_digest().is_none() {
        facts.faults.push(CmsFault::MessageDigest);
    }
    if !signer.algorithm_protection_agrees() {
        facts.faults.push(CmsFault::AlgorithmProtection);
    }
    facts.attributes_unordered = !signer.attributes_in_der_order();
}

fn check_signing_certificate(signer: &SignerInfo<'_>, certificate: &Certificate, strict: bool, facts: &mut CmsFacts) {
    let names_it = match signer.signing_certificates() {
        Ok(named) if named.is_empty() => !strict,
        Ok(named) => named.iter().all(|named| is_named(named, certificate)),
        Err(_) => false,
    };
    if !names_it {
        facts.faults.push(CmsFault::SigningCertificate);
    }
}

/// Whether an ESS identifier is that of a certificate (RFC 5035, 4).
fn is_named(named: &cades::cms::SigningCertificate, certificate: &Certificate) -> bool {
    named.hash.digest(certificate.der()) == named.certificate_hash
        && named.issuer_serial.as_ref().is_none_or(|(issuer, serial)| {
            cades::names::same_name(issuer, &certificate.issuer) && *serial == certificate.serial
        })
}

/// Which certificate is the signer's: of several that bear its name, the one whose hash was signed.
fn find_signer(signer: &SignerInfo<'_>, certificates: &[Certificate]) -> Option<usize> {
    let candidates: Vec<usize> =
        certificates.iter().enumerate().filter(|(_, other)| signer.names(other)).map(|(index, _)| index).collect();
    let named = signer.signing_certificates().unwrap_or_default();
    let is_hashed = |index: &&usize| {
        certificates
            .get(**index)
            .is_some_and(|certificate| named.first().is_some_and(|named| is_named(named, certificate)))
    };
    candidates.iter().find(is_hashed).or(candidates.first()).copied()
}
