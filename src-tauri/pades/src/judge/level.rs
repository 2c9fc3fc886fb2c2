//! The PAdES level of a signature, and what is missing for the next one (ETSI EN 319 142-1, 6).

use cades::oid;
use serde::{Deserialize, Serialize};

use super::{Verdict, certificate::Trial};
use crate::facts::{CmsFacts, Coverage, DocumentFacts, SignatureFacts};

/// Levels in their order.
const LEVELS: [&str; 4] = ["B-B", "B-T", "B-LT", "B-LTA"];

/// Attributes that PAdES keeps out of the unsigned ones: long-term data live in the DSS (6.3, table 1).
const FORBIDDEN_UNSIGNED: [&str; 2] = [oid::REVOCATION_VALUES, oid::CERTIFICATE_VALUES];

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

pub(super) fn of(signature: &SignatureFacts, facts: &DocumentFacts, trial: &Trial, verdict: Verdict) -> Level {
    let Some(cms) = &signature.cms else { return Level::default() };
    let requirements =
        [basic(signature, cms), with_time(trial), long_term(trial, facts, verdict), archival(signature, facts)];
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
    if !cms.faults.is_empty() || !signature.faults.is_empty() || signature.coverage < Coverage::WholeRevision {
        found.push(missing("level.format", ""));
    }
    found
}

fn with_time(trial: &Trial) -> Vec<Missing> {
    if trial.time_is_proven { Vec::new() } else { vec![missing("level.time_stamp", "")] }
}

/// Each certificate below the anchor with evidence that is good, kept in the document.
fn long_term(trial: &Trial, facts: &DocumentFacts, verdict: Verdict) -> Vec<Missing> {
    let mut found = Vec::new();
    if facts.dss.is_none() {
        found.push(missing("level.dss", ""));
    }
    if trial.path.is_empty() || verdict == Verdict::Invalid {
        found.push(missing("level.path", ""));
    }
    for step in &trial.path {
        match step.revocation.as_str() {
            "good" | "anchor" | "revoked-later" => {}
            "stale" => found.push(missing("level.revocation_stale", &step.subject)),
            _ => found.push(missing("level.revocation", &step.subject)),
        }
    }
    found
}

/// A document time stamp whose revision holds the long-term data.
fn archival(signature: &SignatureFacts, facts: &DocumentFacts) -> Vec<Missing> {
    let since = facts.dss.as_ref().map_or(usize::MAX, |dss| dss.since);
    let is_sealed = facts.signatures.iter().any(|other| {
        other.token.is_some()
            && other.is_sound()
            && other.revision > signature.revision
            && other.revision.is_some_and(|revision| revision >= since)
    });
    if is_sealed { Vec::new() } else { vec![missing("level.document_time_stamp", "")] }
}
