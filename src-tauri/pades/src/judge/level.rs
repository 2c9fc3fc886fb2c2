//! The PAdES level of a signature, and what is missing for the next one (ETSI EN 319 142-1, 6).

use std::collections::HashMap;

use cades::{Hash, oid};
use serde::{Deserialize, Serialize};

use super::{PathStep, Verdict, certificate::Trial, time_stamps::DocumentStamps};
use crate::facts::{Blob, CmsFacts, Coverage, DocumentFacts, SignatureFacts, ValueCheck};

/// Levels in their order.
const LEVELS: [&str; 4] = ["B-B", "B-T", "B-LT", "B-LTA"];

/// Attributes that PAdES keeps out of the unsigned ones: long-term data live in the DSS (6.3, table 1).
const FORBIDDEN_UNSIGNED: [&str; 12] = [
    oid::REVOCATION_VALUES,
    oid::CERTIFICATE_VALUES,
    // Counter-signature, and CAdES' own archive: references, stamps over them, archive time stamps of three kinds.
    "1.2.840.113549.1.9.6",
    "1.2.840.113549.1.9.16.2.21",
    "1.2.840.113549.1.9.16.2.22",
    "1.2.840.113549.1.9.16.2.25",
    "1.2.840.113549.1.9.16.2.26",
    "1.2.840.113549.1.9.16.2.27",
    "1.2.840.113549.1.9.16.2.44",
    "1.2.840.113549.1.9.16.2.45",
    "1.2.840.113549.1.9.16.2.48",
    "0.4.0.1733.2.4",
];

/// Something that a level needs and the signature does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Stable code.
    pub code: String,
    /// Which certificate or attribute it is about; empty where it is none.
    pub what: String,
}

/// The level that is reached, and the way to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// The highest level all of whose requirements are met; `None` where not even the first is.
    pub reached: Option<String>,
    /// The next one; `None` at the top.
    pub next: Option<String>,
    /// What it needs.
    pub missing: Vec<Missing>,
}

pub(super) fn of(
    signature: &SignatureFacts,
    facts: &DocumentFacts,
    trial: &Trial,
    stamps: &DocumentStamps,
    verdict: Verdict,
) -> Level {
    let Some(cms) = &signature.cms else { return Level::default() };
    // What this computer knows, others need not know.
    let kept = if trial.time_is_proven { certificates_of(facts) } else { HashMap::new() };
    let requirements = [
        basic(signature, cms),
        with_time(trial),
        long_term(trial, facts, &kept, verdict),
        archival(signature, facts, &kept, trial, stamps),
    ];
    let reached = requirements.iter().take_while(|missing| missing.is_empty()).count();
    let name = |index: usize| LEVELS.get(index).map(|name| (*name).to_owned());
    Level {
        reached: reached.checked_sub(1).and_then(name),
        next: name(reached),
        missing: requirements.into_iter().nth(reached).unwrap_or_default(),
    }
}

fn missing(code: &str, what: impl Into<String>) -> Missing {
    Missing { code: code.to_owned(), what: what.into() }
}

fn basic(signature: &SignatureFacts, cms: &CmsFacts) -> Vec<Missing> {
    let mut found = Vec::new();
    let has = |dotted: &str| cms.signed_attributes.iter().any(|own| own == dotted);
    if signature.sub_filter != "ETSI.CAdES.detached" {
        found.push(missing("level.sub_filter", &signature.sub_filter));
    }
    if !has(oid::SIGNING_CERTIFICATE_V2) && !has(oid::SIGNING_CERTIFICATE) {
        found.push(missing("level.signing_certificate", ""));
    }
    if has(oid::SIGNING_TIME) {
        found.push(missing("level.signing_time", ""));
    }
    if signature.claims.signed_at.is_none() {
        found.push(missing("level.claimed_time", ""));
    }
    if cms.unsigned_attributes.iter().any(|own| FORBIDDEN_UNSIGNED.contains(&own.as_str())) {
        found.push(missing("level.forbidden_attribute", ""));
    }
    let is_whole = cms.digest_matches == Some(true) && cms.value == ValueCheck::Good;
    if !is_whole
        || !cms.faults.is_empty()
        || !signature.faults.is_empty()
        || signature.coverage < Coverage::WholeRevision
    {
        found.push(missing("level.format", ""));
    }
    found
}

fn with_time(trial: &Trial) -> Vec<Missing> {
    if trial.time_is_proven { Vec::new() } else { vec![missing("level.time_stamp", "")] }
}

/// Each certificate below the anchor with evidence that is good, kept in the document.
fn long_term(trial: &Trial, facts: &DocumentFacts, kept: &Kept, verdict: Verdict) -> Vec<Missing> {
    let mut found = Vec::new();
    if !has_evidence(facts) {
        found.push(missing("level.dss", ""));
    }
    if trial.path.is_empty() || verdict == Verdict::Invalid {
        found.push(missing("level.path", ""));
    }
    let is_kept = |step: &&PathStep| step.revocation == "anchor" || kept.contains_key(&step.sha256);
    for step in steps(trial).filter(|step| trial.time_is_proven && !is_kept(step)) {
        found.push(missing("level.certificate", &step.subject));
    }
    for step in steps(trial) {
        match step.revocation.as_str() {
            "good" | "revoked-later" if step.stored_since.is_none() => {
                found.push(missing("level.revocation", &step.subject))
            }
            "good" | "anchor" | "revoked-later" => {}
            "stale" => found.push(missing("level.revocation_stale", &step.subject)),
            _ => found.push(missing("level.revocation", &step.subject)),
        }
    }
    found
}

/// The first revision that has each certificate, by its SHA-256.
type Kept = HashMap<String, usize>;

/// Every certificate that the document brings along.
fn certificates_of(facts: &DocumentFacts) -> Kept {
    let signed = facts.signatures.iter().flat_map(|signature| {
        let token = signature.token.iter().map(|token| &token.cms);
        let stamps = signature.cms.iter().flat_map(|cms| &cms.time_stamps).map(|stamp| &stamp.cms);
        let own = signature.cms.iter().chain(token).chain(stamps).flat_map(|cms| &cms.certificates);
        own.map(|blob| (blob, signature.revision.unwrap_or(usize::MAX)))
    });
    let stored = facts.dss.iter().flat_map(|dss| &dss.certificates).map(|stored| (&stored.data, stored.since));
    let mut kept = Kept::new();
    for (Blob(der), since) in signed.chain(stored) {
        let first = kept.entry(Hash::Sha256.hex_digest(der)).or_insert(since);
        *first = since.min(*first);
    }
    kept
}

/// Every certificate that counts: the signer's path and those of the authorities that stamped the signature.
fn steps(trial: &Trial) -> impl Iterator<Item = &PathStep> {
    trial.path.iter().chain(&trial.stamp_paths)
}

/// Whether the document's store has any list or answer.
pub(super) fn has_evidence(facts: &DocumentFacts) -> bool {
    facts.dss.as_ref().is_some_and(|dss| !dss.crls.is_empty() || !dss.ocsps.is_empty())
}

/// A document time stamp that holds, over the signature and over the long-term data that count.
fn archival(
    signature: &SignatureFacts,
    facts: &DocumentFacts,
    kept: &Kept,
    trial: &Trial,
    stamps: &DocumentStamps,
) -> Vec<Missing> {
    let first = facts.dss.as_ref().map_or(usize::MAX, |dss| dss.since);
    let certificates =
        steps(trial).filter(|step| step.revocation != "anchor").filter_map(|step| kept.get(&step.sha256));
    let since = steps(trial).filter_map(|step| step.stored_since).chain(certificates.copied()).fold(first, usize::max);
    let is_sealed = stamps
        .newest_covered()
        .is_some_and(|covered| signature.revision.is_some_and(|own| covered > own) && covered >= since);
    if is_sealed { Vec::new() } else { vec![missing("level.document_time_stamp", "")] }
}
