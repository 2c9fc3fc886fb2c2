//! From bytes to facts.

use std::collections::HashSet;

use cades::{Hash, SignedData};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, TimeZone};
use pdf::{Anomaly, Dictionary, Document, Home, Kind, Object, ObjectId, PdfError, Span, Value, syntax};

use crate::{
    changes, dss,
    facts::{
        ClaimFacts, Coverage, DocumentFacts, FieldLock, FrameFault, Owner, Part, SignatureFacts, SignatureKind,
        StructureFact,
    },
    fields::{self, SignatureField, SignatureValue},
    hashing::{self, Covered},
    imitation, read_cms,
    read_cms::Profile,
};

/// Most signatures judged in one file.
const MAX_SIGNATURES: usize = 2_000;

/// Collects the facts of a file.
///
/// # Errors
/// [`PdfError`] only where the file cannot be read at all; everything else is a fact.
pub fn extract(bytes: &[u8]) -> Result<DocumentFacts, PdfError> {
    match read(bytes) {
        Err(error) if mentions_signature(bytes) => Ok(unopened(bytes, &error)),
        read => read,
    }
}

/// Whether the bytes hold what looks like a signature, wherever it stands.
fn mentions_signature(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"/ByteRange").is_some()
}

/// A file that has a signature and cannot be read is no file without signature, and none that was never one.
fn unopened(bytes: &[u8], error: &PdfError) -> DocumentFacts {
    DocumentFacts {
        size: bytes.len(),
        sha256: Hash::Sha256.hex_digest(bytes),
        revisions: 0,
        encrypted: false,
        structure: vec![StructureFact::Unopened { code: error.code().to_owned() }],
        signatures: Vec::new(),
        empty_fields: Vec::new(),
        changes: Vec::new(),
        dss: None,
        parts: Vec::new(),
        imitations: Vec::new(),
    }
}

fn read(bytes: &[u8]) -> Result<DocumentFacts, PdfError> {
    let document = Document::open(bytes)?;
    let mut structure: Vec<StructureFact> = document.anomalies().iter().filter_map(structure_fact).collect();
    let prefix = bytes.get(..document.header()).unwrap_or_default();
    if is_other_kind(prefix) {
        structure.push(StructureFact::Polyglot);
    }
    let newest = document.newest();
    let (fields, broken) = fields::find_signature_fields(&document, newest);
    if broken.is_some() {
        structure.push(StructureFact::Incomplete);
    }
    let empty_fields = fields.iter().filter(|field| field.value.is_none()).map(|field| field.name.clone()).collect();
    let certifying = certifying_signature(&document, newest);
    let mut frames: Vec<Frame> = Vec::new();
    let mut values = HashSet::new();
    for field in fields.iter().filter(|field| field.value.is_some()) {
        // Several fields that show one signature: at most one of them is where it was signed.
        if !values.insert(field.value.clone()) {
            structure.push(StructureFact::SharedValue { field: field.name.clone() });
            continue;
        }
        if frames.len() >= MAX_SIGNATURES {
            structure.push(StructureFact::Incomplete);
            break;
        }
        let mut frame = read_frame(&document, field, newest);
        frame.facts.named_by_perms = certifying.map(|named| named == ObjectId::new(frame.facts.object));
        frames.push(frame);
    }
    match removed_signatures(&document, &values) {
        Ok(removed) => frames.extend(removed.into_iter().take(MAX_SIGNATURES - frames.len().min(MAX_SIGNATURES))),
        Err(_) => structure.push(StructureFact::Incomplete),
    }
    // A signed file that is attached to this one does not sign it.
    if frames.is_empty() && mentions_signature(bytes) && changes::stands_outside_streams(&document, b"/ByteRange") {
        structure.push(StructureFact::UnreachedSignature);
    }
    frames.sort_by_key(|frame| frame.facts.byte_range.map(|[_, a, _, _]| a));
    mark_shared_ranges(&mut frames);

    let covered: Vec<Covered> = frames.iter().filter_map(|frame| frame.covered.clone()).collect();
    let (digests, whole) = hashing::digests(bytes, &covered);
    let mut digests = digests.into_iter();
    let mut signatures = Vec::new();
    for mut frame in frames {
        let digest = frame.covered.as_ref().and_then(|_| digests.next());
        read_contents_of(&mut frame, digest.as_deref(), document.is_encrypted());
        signatures.push(frame.facts);
    }
    let first_signed = signatures.iter().filter_map(|signature| signature.revision).min();
    let changes = match first_signed {
        Some(first) if !document.is_repaired() => changes::explain_all(&document, first, &mut structure),
        _ => Vec::new(),
    };
    let dss = match dss::read(&document, newest) {
        Ok(dss) => dss,
        Err(_) => {
            structure.push(StructureFact::Incomplete);
            None
        }
    };
    let imitations = imitation::find(&document, newest);
    Ok(DocumentFacts {
        size: bytes.len(),
        sha256: pdf::hex(&whole).to_lowercase(),
        revisions: document.revisions().len(),
        encrypted: document.is_encrypted(),
        parts: account(&document, &signatures),
        structure,
        signatures,
        empty_fields,
        changes,
        dss,
        imitations,
    })
}

/// Most earlier revisions that are asked for signatures which are gone.
const MAX_ASKED_REVISIONS: usize = 256;

/// Signatures that some earlier revision has and the newest has not: taken out, they are still part of the file.
fn removed_signatures(
    document: &Document<'_>,
    listed: &HashSet<Option<SignatureValue>>,
) -> Result<Vec<Frame>, PdfError> {
    let mut frames = Vec::new();
    let earlier = document.newest();
    // One that was written anew under its number is another signature, and the first one is gone.
    let home = |value: &Option<SignatureValue>, revision: usize| {
        let (SignatureValue::Object(id) | SignatureValue::Direct(id)) = value.as_ref()?;
        document.locate(id.number, revision).map(|place| format!("{place:?}"))
    };
    let mut seen: HashSet<_> = listed.iter().map(|value| (value.clone(), home(value, earlier))).collect();
    if document.is_repaired() {
        return Ok(frames);
    }
    if earlier > MAX_ASKED_REVISIONS {
        return Err(PdfError::Limit("revisions"));
    }
    for revision in (0..earlier).rev() {
        let (fields, broken) = fields::find_signature_fields(document, revision);
        if let Some(error @ PdfError::Limit(_)) = broken {
            return Err(error);
        }
        for field in fields.iter().filter(|field| field.value.is_some()) {
            if seen.insert((field.value.clone(), home(&field.value, revision))) {
                let mut frame = read_frame(document, field, revision);
                frame.facts.faults.insert(0, FrameFault::Removed);
                frames.push(frame);
            }
        }
    }
    Ok(frames)
}

/// Reads and computes what stands in `/Contents`.
fn read_contents_of(frame: &mut Frame, digest: Option<&[u8]>, is_encrypted: bool) {
    let Some(contents) = &frame.contents else { return };
    let facts = &mut frame.facts;
    let has_padding = match Profile::of(&facts.sub_filter) {
        Some(Profile::TimeStamp) => {
            let (token, has_padding) = read_cms::token(contents, digest);
            facts.token = Some(token);
            has_padding
        }
        Some(profile) => {
            let (cms, has_padding) = read_cms::signature(contents, digest, profile);
            facts.cms = Some(cms);
            has_padding
        }
        None => false,
    };
    // Some writers encrypt the room they keep before the signature is put into it: what is left of it is no longer zero.
    if has_padding && !is_encrypted {
        facts.faults.push(FrameFault::Padding);
    }
    let trimmed = read_cms::length(contents).and_then(|length| contents.get(..length)).unwrap_or(contents);
    facts.vri_names = [contents.as_slice(), trimmed].iter().map(|bytes| pdf::hex(&Hash::Sha1.digest(bytes))).collect();
}

/// Whether what precedes the header belongs to a file of another kind, which other programs would show.
fn is_other_kind(prefix: &[u8]) -> bool {
    let has = |word: &[u8]| prefix.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    [
        &b"PK\x03\x04"[..],
        b"<html",
        b"<script",
        b"<!doctype",
        b"<svg",
        b"GIF8",
        b"\x7fELF",
        b"MZ",
        b"\xff\xd8\xff",
        b"\x89PNG",
        b"#!",
    ]
    .iter()
    .any(|magic| has(magic))
}

/// The signature that the catalog's `/Perms` names as the certifying one (ISO 32000-2, 12.8.6).
fn certifying_signature(document: &Document<'_>, revision: usize) -> Option<ObjectId> {
    let catalog = document.root_at(revision).ok()?;
    let permissions = document.lookup(catalog.dictionary().ok()?, b"Perms", revision).ok()??;
    permissions.as_dictionary()?.get(b"DocMDP")?.as_reference()
}

/// Every byte of the file and whose it is.
fn account(document: &Document<'_>, signatures: &[SignatureFacts]) -> Vec<Part> {
    let size = document.bytes().len();
    let mut cuts: Vec<usize> = vec![0, size];
    let ranges: Vec<(usize, [usize; 3])> = signatures
        .iter()
        .enumerate()
        .filter(|(_, signature)| signature.faults.is_empty() && signature.coverage >= Coverage::ContiguousFromStart)
        .filter_map(|(index, signature)| {
            let [_, a, b, c] = signature.byte_range?.map(|number| usize::try_from(number).unwrap_or(usize::MAX));
            Some((index, [a, b, b.saturating_add(c)]))
        })
        .collect();
    cuts.extend(ranges.iter().flat_map(|(_, cuts)| *cuts));
    cuts.extend(document.revisions().iter().map(|revision| revision.end));
    cuts.retain(|cut| *cut <= size);
    cuts.sort_unstable();
    cuts.dedup();
    let mut parts: Vec<Part> = Vec::new();
    for pair in cuts.windows(2) {
        let [from, to] = *pair else { continue };
        let inside = |start: usize, end: usize| start <= from && to <= end;
        let value = ranges.iter().find(|(_, [a, b, _])| inside(*a, *b));
        // A later signature also covers the value of an earlier one; it is told as what it is.
        let signed = ranges.iter().filter(|(_, [_, _, end])| to <= *end).min_by_key(|(_, [_, _, end])| *end);
        let owner = match (value, signed) {
            (Some((signature, _)), _) => Owner::SignatureValue { signature: *signature },
            (None, Some((signature, _))) => Owner::Signed { signature: *signature },
            (None, None)
                if !document.is_repaired() && document.revisions().iter().any(|part| inside(part.start, part.end)) =>
            {
                let revision = document.revisions().iter().position(|part| inside(part.start, part.end));
                Owner::Added { revision: revision.unwrap_or_default() }
            }
            (None, None) => {
                let rest = document.bytes().get(from..to).unwrap_or_default();
                if pdf::limits::is_blank_end(rest) { Owner::LineEnd } else { Owner::Unexplained }
            }
        };
        match parts.last_mut() {
            Some(last) if last.owner == owner => last.to = to,
            _ => parts.push(Part { from, to, owner }),
        }
    }
    parts
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

struct Frame {
    facts: SignatureFacts,
    contents: Option<Vec<u8>>,
    covered: Option<Covered>,
}

/// Reads a signature dictionary where it stands, and checks the frame around it.
fn read_frame(document: &Document<'_>, field: &SignatureField, newest: usize) -> Frame {
    let id = match &field.value {
        Some(SignatureValue::Object(id) | SignatureValue::Direct(id)) => *id,
        None => ObjectId::new(0),
    };
    let mut facts = SignatureFacts {
        field: field.name.clone(),
        kind: SignatureKind::Approval,
        sub_filter: String::new(),
        object: id.number,
        field_object: field.id.map(|id| id.number),
        byte_range: None,
        revision: None,
        coverage: Coverage::Unclear,
        faults: Vec::new(),
        filter: String::new(),
        span: None,
        doc_mdp: None,
        lock_permission: None,
        named_by_perms: None,
        lock: None,
        claims: ClaimFacts::default(),
        cms: None,
        token: None,
        vri_names: Vec::new(),
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
    facts.span = Some([home.start, home.end]);
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
    facts.filter = name(b"Filter").unwrap_or_default();
    if !kind_is_right || facts.filter.is_empty() || facts.sub_filter.is_empty() {
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
            facts.lock = transforms.lock;
        }
        Err(_) => facts.faults.push(FrameFault::Dictionary),
    }
    if let Some(field) = field.id
        && let Ok(Some((lock, permission))) = field_lock(document, field, facts.revision.unwrap_or(newest))
    {
        facts.lock_permission = permission;
        // What the signature repeats of it is the same rule; a different one holds beside it.
        facts.lock = match facts.lock.take() {
            Some(other) if other != lock => Some(other.and(lock)),
            _ => Some(lock),
        };
    }
    facts.kind = match (facts.sub_filter.as_str(), facts.doc_mdp) {
        ("ETSI.RFC3161", _) => SignatureKind::DocumentTimeStamp,
        (_, Some(_)) => SignatureKind::Certification,
        _ => SignatureKind::Approval,
    };
    facts.claims = read_claims(dictionary);
    let profile = Profile::of(&facts.sub_filter);
    let contents = contents.filter(|_| profile.is_some());
    let covered = match (&contents, gap, facts.byte_range) {
        (Some(contents), Some(gap), Some([_, _, start, length])) => Some(Covered {
            hash: profile.and_then(|profile| covered_hash(contents, profile)).unwrap_or(Hash::Sha256),
            gap,
            end: usize::try_from(start.saturating_add(length)).unwrap_or(usize::MAX),
        }),
        _ => None,
    };
    Frame { facts, contents, covered }
}

/// The field's own `/Lock`: fields, and P (ISO 32000-2, 12.7.5.5).
pub(crate) fn field_lock(
    document: &Document<'_>,
    field: ObjectId,
    revision: usize,
) -> Result<Option<(FieldLock, Option<i64>)>, PdfError> {
    let field = document.object_at(field, revision)?;
    let Some(lock) = document.lookup(field.dictionary()?, b"Lock", revision)? else { return Ok(None) };
    let Some(keys) = lock.as_dictionary() else { return Ok(None) };
    let permission = document.lookup(keys, b"P", revision)?.map(|level| {
        // A level that does not exist permits nothing.
        level.as_integer().filter(|level| (1..=3).contains(level)).unwrap_or(1)
    });
    Ok(Some((fields::read_lock(document, keys, revision)?, permission)))
}

fn signature_dictionary<'o>(object: &'o Object<'_>, direct: bool) -> Option<&'o Dictionary> {
    let outer = object.value.as_dictionary()?;
    if direct { outer.get(b"V")?.as_dictionary() } else { Some(outer) }
}

fn read_contents(dictionary: &Dictionary, facts: &mut SignatureFacts) -> Option<Vec<u8>> {
    let contents = match dictionary.get(b"Contents").map(|value| &value.kind) {
        Some(Kind::String { bytes, hexadecimal: true, .. }) if bytes.iter().any(|byte| *byte != 0) => {
            Some(bytes.clone())
        }
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
            facts.coverage =
                if pdf::limits::is_blank_end(rest) { Coverage::WholeFile } else { Coverage::WholeRevision };
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

/// The hash of what a signature covers.
fn covered_hash(contents: &[u8], profile: Profile) -> Option<Hash> {
    match profile {
        Profile::Sha1 => Some(Hash::Sha1),
        Profile::TimeStamp => {
            let token = cades::TimeStampToken::parse(contents).ok()?;
            Hash::from_oid(&token.imprint_algorithm).ok()
        }
        Profile::Pades | Profile::Pkcs7 => {
            let signed = SignedData::parse(contents).ok()?;
            Hash::from_der(&signed.signers.first()?.digest_algorithm).ok()
        }
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
