//! From bytes to facts.

use std::collections::HashSet;

use cades::{CadesError, Certificate, Hash, SignatureAlgorithm, SignedData, asn1, cms::SignerInfo, oid};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, TimeZone};
use pdf::{Anomaly, Dictionary, Document, Home, Kind, Object, ObjectId, PdfError, Span, Value, syntax};

use crate::{
    bytes64, changes,
    facts::{
        ChangeFacts, ClaimFacts, CmsFacts, CmsFault, Coverage, DocumentFacts, FrameFault, SignatureFacts,
        SignatureKind, StructureFact, ValueCheck,
    },
    fields::{self, SignatureField, SignatureValue},
    hashing::{self, Covered},
};

/// Most signatures judged in one file.
const MAX_SIGNATURES: usize = 2_000;

/// Most revisions whose changes are explained; each costs a walk over the document.
const MAX_EXPLAINED_REVISIONS: usize = 64;

/// Sub-filters whose CMS this crate reads.
const READ_SUB_FILTERS: [&str; 2] = ["ETSI.CAdES.detached", "adbe.pkcs7.detached"];

/// Collects the facts of a file.
///
/// # Errors
/// [`PdfError`] only where the file cannot be read at all; everything else is a fact.
pub fn extract(bytes: &[u8]) -> Result<DocumentFacts, PdfError> {
    let document = Document::open(bytes)?;
    let mut structure: Vec<StructureFact> = document.anomalies().iter().filter_map(structure_fact).collect();
    let newest = document.newest();
    let (fields, broken) = fields::find_signature_fields(&document, newest);
    if broken.is_some() {
        structure.push(StructureFact::Incomplete);
    }
    let empty_fields = fields.iter().filter(|field| field.value.is_none()).map(|field| field.name.clone()).collect();
    let mut frames: Vec<Frame> = Vec::new();
    let mut values = HashSet::new();
    for field in fields.iter().filter(|field| field.value.is_some()) {
        // Several fields that show one signature: at most one of them is where it was signed.
        if !values.insert(field.value.clone()) {
            structure.push(StructureFact::Incomplete);
            continue;
        }
        if frames.len() >= MAX_SIGNATURES {
            structure.push(StructureFact::Incomplete);
            break;
        }
        frames.push(read_frame(&document, field));
    }
    frames.sort_by_key(|frame| frame.facts.byte_range.map(|[_, a, _, _]| a));
    mark_shared_ranges(&mut frames);

    let covered: Vec<Covered> = frames.iter().filter_map(|frame| frame.covered.clone()).collect();
    let (digests, whole) = hashing::digests(bytes, &covered);
    let mut digests = digests.into_iter();
    let mut signatures = Vec::new();
    for mut frame in frames {
        let digest = frame.covered.as_ref().and_then(|_| digests.next());
        if let Some(contents) = &frame.contents {
            let strict = frame.facts.sub_filter == "ETSI.CAdES.detached";
            let (facts, has_padding) = read_cms(contents, digest.as_deref(), strict);
            if has_padding {
                frame.facts.faults.push(FrameFault::Padding);
            }
            frame.facts.cms = Some(facts);
        }
        signatures.push(frame.facts);
    }
    let first_signed = signatures.iter().filter_map(|signature| signature.revision).min();
    let changes = match first_signed {
        Some(first) if !document.is_repaired() => explain_changes(&document, first, &mut structure),
        _ => Vec::new(),
    };
    let catalog = document.root()?;
    Ok(DocumentFacts {
        size: bytes.len(),
        sha256: pdf::hex(&whole).to_lowercase(),
        revisions: document.revisions().len(),
        encrypted: document.is_encrypted(),
        structure,
        signatures,
        empty_fields,
        changes,
        has_dss: catalog.dictionary()?.get(b"DSS").is_some(),
    })
}

fn structure_fact(anomaly: &Anomaly) -> Option<StructureFact> {
    match anomaly {
        Anomaly::Repaired => Some(StructureFact::Repaired),
        Anomaly::PrefixBytes(count) => Some(StructureFact::PrefixBytes { count: *count }),
        Anomaly::MisplacedSection(revision) => Some(StructureFact::MisplacedSection { revision: *revision }),
        Anomaly::HybridDisagrees(revision) => Some(StructureFact::HybridDisagrees { revision: *revision }),
        Anomaly::RepeatedKeys(revision) => Some(StructureFact::RepeatedKeys { revision: *revision }),
        Anomaly::TwoBases => Some(StructureFact::TwoBases),
        Anomaly::TrailingBytes(span) => Some(StructureFact::TrailingBytes { from: span.start, to: span.end }),
        // An anomaly this crate does not know yet must not be overlooked.
        _ => Some(StructureFact::Incomplete),
    }
}

fn explain_changes(document: &Document<'_>, first: usize, structure: &mut Vec<StructureFact>) -> Vec<ChangeFacts> {
    let mut all = Vec::new();
    for revision in first + 1..document.revisions().len() {
        if all.len() >= MAX_EXPLAINED_REVISIONS {
            structure.push(StructureFact::Incomplete);
            break;
        }
        match changes::explain(document, revision) {
            Ok(change) => all.push(change),
            Err(_) => {
                structure.push(StructureFact::Incomplete);
                break;
            }
        }
    }
    all
}

struct Frame {
    facts: SignatureFacts,
    contents: Option<Vec<u8>>,
    covered: Option<Covered>,
}

/// Reads a signature dictionary where it stands, and checks the frame around it.
fn read_frame(document: &Document<'_>, field: &SignatureField) -> Frame {
    let newest = document.newest();
    let id = match &field.value {
        Some(SignatureValue::Object(id) | SignatureValue::Direct(id)) => *id,
        None => ObjectId::new(0),
    };
    let mut facts = SignatureFacts {
        field: field.name.clone(),
        kind: SignatureKind::Approval,
        sub_filter: String::new(),
        object: id.number,
        byte_range: None,
        revision: None,
        coverage: Coverage::Unclear,
        faults: Vec::new(),
        doc_mdp: None,
        locks_fields: false,
        claims: ClaimFacts::default(),
        cms: None,
    };
    let direct = matches!(field.value, Some(SignatureValue::Direct(_)));
    let Ok(object) = document.object_at(id, newest) else {
        facts.faults.push(FrameFault::Dictionary);
        return Frame { facts, contents: None, covered: None };
    };
    let Some(dictionary) = signature_dictionary(&object, direct) else {
        facts.faults.push(FrameFault::Dictionary);
        return Frame { facts, contents: None, covered: None };
    };
    let Home::TopLevel(home) = object.home.clone() else {
        facts.faults.push(FrameFault::NotTopLevel);
        return Frame { facts, contents: None, covered: None };
    };
    if dictionary.has_duplicates() {
        facts.faults.push(FrameFault::DuplicateKeys);
    }
    let name = |key: &[u8]| dictionary.name(key).map(|name| cades::readable(&String::from_utf8_lossy(name)));
    facts.sub_filter = name(b"SubFilter").unwrap_or_default();
    let kind_is_right = match name(b"Type").as_deref() {
        None | Some("Sig") => true,
        Some("DocTimeStamp") => facts.sub_filter == "ETSI.RFC3161",
        Some(_) => false,
    };
    if !kind_is_right || name(b"Filter").is_none() || facts.sub_filter.is_empty() {
        facts.faults.push(FrameFault::Dictionary);
    }
    let contents = read_contents(dictionary, &mut facts);
    let gap = read_ranges(document, dictionary, &home, &mut facts);
    if let Some(revision) = facts.revision {
        check_same_in_signed_revision(document, id, revision, &object, &mut facts);
    }
    match fields::transforms(document, dictionary, facts.revision.unwrap_or(newest)) {
        Ok(transforms) => {
            facts.doc_mdp = transforms.doc_mdp;
            facts.locks_fields = transforms.locks_fields;
        }
        Err(_) => facts.faults.push(FrameFault::Dictionary),
    }
    facts.kind = match (facts.sub_filter.as_str(), facts.doc_mdp) {
        ("ETSI.RFC3161", _) => SignatureKind::DocumentTimeStamp,
        (_, Some(_)) => SignatureKind::Certification,
        _ => SignatureKind::Approval,
    };
    facts.claims = read_claims(dictionary);
    let is_read = READ_SUB_FILTERS.contains(&facts.sub_filter.as_str());
    let contents = contents.filter(|_| is_read);
    let covered = match (&contents, gap, facts.byte_range) {
        (Some(contents), Some(gap), Some([_, _, start, length])) => Some(Covered {
            hash: digest_algorithm(contents).unwrap_or(Hash::Sha256),
            gap,
            end: usize::try_from(start.saturating_add(length)).unwrap_or(usize::MAX),
        }),
        _ => None,
    };
    Frame { facts, contents, covered }
}

fn signature_dictionary<'o>(object: &'o Object<'_>, direct: bool) -> Option<&'o Dictionary> {
    let outer = object.value.as_dictionary()?;
    if direct { outer.get(b"V")?.as_dictionary() } else { Some(outer) }
}

fn read_contents(dictionary: &Dictionary, facts: &mut SignatureFacts) -> Option<Vec<u8>> {
    let contents = match dictionary.get(b"Contents").map(|value| &value.kind) {
        Some(Kind::String { bytes, hexadecimal: true }) if bytes.iter().any(|byte| *byte != 0) => Some(bytes.clone()),
        _ => None,
    };
    if contents.is_none() {
        facts.faults.push(FrameFault::Contents);
    }
    contents
}

/// Checks `/ByteRange`, the gap and the coverage; gives the gap if the two belong together.
fn read_ranges(
    document: &Document<'_>,
    dictionary: &Dictionary,
    home: &Span,
    facts: &mut SignatureFacts,
) -> Option<Span> {
    let bytes = document.bytes();
    let range = dictionary.get(b"ByteRange").and_then(Value::as_array).and_then(four_numbers);
    let bounds = range.and_then(|[zero, a, b, c]| {
        let end = b.checked_add(c)?;
        (zero == 0 && 0 < a && a < b && end <= bytes.len()).then_some((a, b, end))
    });
    facts.byte_range = range.map(|range| range.map(|number| number as u64));
    let Some((gap_start, gap_end, end)) = bounds else {
        facts.faults.push(FrameFault::ByteRange);
        return None;
    };
    facts.coverage = Coverage::ContiguousFromStart;
    let contents = dictionary.get(b"Contents").map(|value| value.span.clone());
    let gap = bytes.get(gap_start..gap_end).unwrap_or_default();
    let is_hex_string = matches!(gap, [b'<', digits @ .., b'>']
        if digits.len() % 2 == 0 && digits.iter().all(|digit| syntax::hex_digit(*digit).is_some()));
    if contents != Some(gap_start..gap_end) || !is_hex_string {
        facts.faults.push(FrameFault::Gap);
        return None;
    }
    if document.is_repaired() {
        facts.coverage = Coverage::Unclear;
        return Some(gap_start..gap_end);
    }
    match signed_revision(document, end) {
        Some(revision) => {
            facts.revision = Some(revision);
            let start = document.revisions().get(revision).map_or(0, |revision| revision.start);
            if home.start < start || home.end > end {
                facts.faults.push(FrameFault::OtherRevision);
            }
            let rest = bytes.get(end..).unwrap_or_default();
            let only_line_ends = rest.len() <= pdf::limits::MAX_TRAILING_LINE_ENDS
                && rest.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
            facts.coverage = if only_line_ends { Coverage::WholeFile } else { Coverage::WholeRevision };
        }
        None => facts.faults.push(FrameFault::NotARevision),
    }
    Some(gap_start..gap_end)
}

fn four_numbers(values: &[Value]) -> Option<[usize; 4]> {
    match values {
        [a, b, c, d] => Some([a.as_usize()?, b.as_usize()?, c.as_usize()?, d.as_usize()?]),
        _ => None,
    }
}

/// The revision that ends at `end`, white space after its `%%EOF` included.
fn signed_revision(document: &Document<'_>, end: usize) -> Option<usize> {
    let (index, revision) =
        document.revisions().iter().enumerate().rev().find(|(_, revision)| revision.eof_end <= end)?;
    let between = document.bytes().get(revision.eof_end..end)?;
    between.iter().all(|byte| syntax::is_whitespace(*byte)).then_some(index)
}

/// The dictionary shown must be the one that was signed (attack class D1).
fn check_same_in_signed_revision(
    document: &Document<'_>,
    id: ObjectId,
    revision: usize,
    newest: &Object<'_>,
    facts: &mut SignatureFacts,
) {
    let same = document.object_at(id, revision).is_ok_and(|signed| signed.home == newest.home);
    if !same {
        facts.faults.push(FrameFault::Redefined);
    }
}

fn mark_shared_ranges(frames: &mut [Frame]) {
    let mut seen = HashSet::new();
    for frame in frames {
        if let Some(revision) = frame.facts.revision
            && !seen.insert(revision)
        {
            frame.facts.faults.push(FrameFault::SharedRange);
            // Not hashed: many signatures over one revision would cost its length each.
            frame.covered = None;
        }
    }
}

fn read_claims(dictionary: &Dictionary) -> ClaimFacts {
    let text = |key: &[u8]| dictionary.get(key).and_then(Value::as_string).map(fields::text);
    ClaimFacts {
        name: text(b"Name"),
        reason: text(b"Reason"),
        location: text(b"Location"),
        signed_at: text(b"M").as_deref().and_then(read_date).map(|time| time.to_rfc3339()),
    }
}

/// Reads `D:YYYYMMDDHHmmSSOHH'mm'` with its trailing parts left out (ISO 32000-2, 7.9.4).
fn read_date(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let number = |from: usize, length: usize, default: u32| match text.get(from..from + length) {
        Some(part) if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse().ok(),
        Some(_) => None,
        None => Some(default),
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4, 0)?).ok()?, number(4, 2, 1)?, number(6, 2, 1)?)?;
    let time = date.and_hms_opt(number(8, 2, 0)?, number(10, 2, 0)?, number(12, 2, 0)?)?;
    let offset = match text.get(14..15) {
        None | Some("Z") => 0,
        Some(sign @ ("+" | "-")) => {
            let rest: String = text.get(15..)?.chars().filter(char::is_ascii_digit).collect();
            let part = |from: usize| rest.get(from..from + 2).map_or(Some(0), |part| part.parse::<i32>().ok());
            let seconds = part(0)? * 3600 + part(2)? * 60;
            if sign == "-" { -seconds } else { seconds }
        }
        Some(_) => return None,
    };
    let offset = FixedOffset::east_opt(offset)?;
    offset.from_local_datetime(&time).single().filter(|time| time.timestamp() > TimeDelta::days(1).num_seconds())
}

fn digest_algorithm(contents: &[u8]) -> Option<Hash> {
    let signed = SignedData::parse(contents).ok()?;
    let signer = signed.signers.first()?;
    Hash::from_der(&signer.digest_algorithm).ok()
}

/// Reads and computes everything inside `/Contents`; also tells whether non-zero bytes follow it.
fn read_cms(contents: &[u8], digest: Option<&[u8]>, strict: bool) -> (CmsFacts, bool) {
    let mut facts = CmsFacts {
        faults: Vec::new(),
        digest_matches: None,
        value: ValueCheck::NotDone,
        algorithm: None,
        weak_digest: false,
        certificates: Vec::new(),
        signer: None,
        unreadable_certificates: 0,
        has_revocation: false,
        has_time_stamp: false,
        has_signing_time: false,
    };
    let Ok(signed) = SignedData::parse(contents) else {
        facts.faults.push(CmsFault::Malformed);
        return (facts, false);
    };
    let padding = contents.get(signed.raw.len()..).unwrap_or_default();
    let has_padding = padding.iter().any(|byte| *byte != 0);
    if strict && !asn1::is_der(signed.raw) {
        facts.faults.push(CmsFault::NotDer);
    }
    // Version 1 is for id-data without attribute certificates (RFC 5652, 5.1); older writers put 3 there as well.
    let named_by_key = signed.signers.iter().any(|signer| signer.version == 3);
    if strict && signed.version != if named_by_key { 3 } else { 1 } {
        facts.faults.push(CmsFault::Version);
    }
    if signed.content.is_some() || signed.content_type != oid::ID_DATA {
        facts.faults.push(CmsFault::Content);
    }
    facts.has_revocation = !signed.crls.is_empty() || !signed.ocsps.is_empty();
    let certificates = read_certificates(&signed, &mut facts);
    facts.certificates = certificates.iter().map(|certificate| bytes64::encode(certificate.der())).collect();
    match signed.signers.as_slice() {
        [signer] => check_signer(&signed, signer, &certificates, digest, strict, &mut facts),
        _ => facts.faults.push(CmsFault::Signers),
    }
    (facts, has_padding)
}

/// Reads each certificate alone: one odd certificate must not hide the others, but it is counted.
fn read_certificates(signed: &SignedData<'_>, facts: &mut CmsFacts) -> Vec<Certificate> {
    let read: Vec<_> = signed.certificates.iter().map(|der| Certificate::parse(der)).collect();
    facts.unreadable_certificates = read.iter().filter(|certificate| certificate.is_err()).count();
    read.into_iter().flatten().collect()
}

fn check_signer(
    signed: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    certificates: &[Certificate],
    digest: Option<&[u8]>,
    strict: bool,
    facts: &mut CmsFacts,
) {
    facts.has_revocation |= signer.has_signed_attribute(oid::ADBE_REVOCATION_INFO);
    facts.has_signing_time = signer.has_signed_attribute(oid::SIGNING_TIME);
    facts.has_time_stamp =
        signer.unsigned_attributes.iter().any(|attribute| attribute.oid == oid::SIGNATURE_TIME_STAMP);
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
    let named: Vec<_> = signed.digest_algorithms.iter().map(Hash::from_der).collect();
    if !named.contains(&Ok(hash)) || named.iter().any(|named| matches!(named, Err(CadesError::Malformed(_)))) {
        facts.faults.push(CmsFault::DigestAlgorithms);
    }
    facts.weak_digest = hash == Hash::Sha1;
    check_attributes(signer, strict, facts);
    let message_digest = signer.message_digest();
    facts.digest_matches = match (digest, &message_digest) {
        (Some(computed), Some(signed)) if !computed.is_empty() => Some(computed == signed.as_slice()),
        _ => None,
    };
    facts.signer = certificates.iter().position(|certificate| signer.names(certificate));
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
    facts.algorithm = Some(match certificate.public_key() {
        Ok(key) => format!("{}, {}", algorithm.label(), key.kind.label()),
        Err(_) => algorithm.label(),
    });
    if algorithm.hash != hash {
        facts.faults.push(CmsFault::DigestAlgorithms);
    }
    facts.value =
        match signer.signed_bytes().map(|bytes| algorithm.verify(&certificate.spki, &bytes, &signer.signature)) {
            None => ValueCheck::NotDone,
            Some(Ok(())) => ValueCheck::Good,
            Some(Err(CadesError::Unsupported(what))) => ValueCheck::Unsupported(what),
            Some(Err(_)) => ValueCheck::Bad,
        };
}

fn check_attributes(signer: &SignerInfo<'_>, strict: bool, facts: &mut CmsFacts) {
    if signer.signed_attributes_raw.is_none() {
        facts.faults.push(CmsFault::NoSignedAttributes);
        return;
    }
    let mut names: Vec<_> = signer.signed_attributes.iter().map(|attribute| attribute.oid.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        facts.faults.push(CmsFault::RepeatedAttribute);
    }
    if signer.content_type().as_deref() != Some(oid::ID_DATA) {
        facts.faults.push(CmsFault::ContentType);
    }
    if signer.message_digest().is_none() {
        facts.faults.push(CmsFault::MessageDigest);
    }
    if strict && !signer.attributes_in_der_order() {
        facts.faults.push(CmsFault::NotDer);
    }
}

fn check_signing_certificate(signer: &SignerInfo<'_>, certificate: &Certificate, strict: bool, facts: &mut CmsFacts) {
    let names_it = match signer.signing_certificate() {
        Ok(Some(named)) => {
            named.hash.digest(certificate.der()) == named.certificate_hash
                && named
                    .issuer_serial
                    .is_none_or(|(issuer, serial)| issuer == certificate.issuer && serial == certificate.serial)
        }
        Ok(None) => !strict,
        Err(_) => false,
    };
    if !names_it {
        facts.faults.push(CmsFault::SigningCertificate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_and_without_their_trailing_parts() {
        let read = |text| read_date(text).map(|time| time.to_rfc3339());
        assert_eq!(read("D:20261124101500-03'00'").as_deref(), Some("2026-11-24T10:15:00-03:00"));
        assert_eq!(read("D:20261124101500Z").as_deref(), Some("2026-11-24T10:15:00+00:00"));
        assert_eq!(read("D:2026").as_deref(), Some("2026-01-01T00:00:00+00:00"));
        // Seen in real files: an offset that is none. The date is then not shown, and nothing fails.
        assert_eq!(read("D:20250101120000+-3'-16'"), None);
        assert_eq!(read("ontem"), None);
    }
}
