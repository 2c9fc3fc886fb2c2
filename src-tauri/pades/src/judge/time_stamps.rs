//! Time stamps on signatures and on the document, and the time that they prove (EN 319 102-1, 5.4 to 5.6).

use cades::{Certificate, Hash, oid};
use chrono::{DateTime, Utc};
use trust::algorithms;

use super::{
    Decision, PathStep, Policy, TimeStampJudgement,
    certificate::{self, Trial, Work},
    material::Material,
};
use crate::facts::{DocumentFacts, TokenFacts, ValueCheck};

/// A judged time stamp.
#[derive(Clone)]
pub(super) struct Judged {
    /// What keeps it from proving anything.
    pub(super) decision: Option<Decision>,
    pub(super) time: Option<DateTime<Utc>>,
    authority: Option<String>,
    path: Vec<PathStep>,
    list: Option<trust::TrustList>,
}

impl Judged {
    /// The authority's path, of a stamp that proves something.
    pub(super) fn path_if_it_holds(&self) -> &[PathStep] {
        if self.decision.is_none() { &self.path } else { &[] }
    }

    pub(super) fn report(&self) -> TimeStampJudgement {
        TimeStampJudgement {
            verdict: certificate::verdict_of(self.decision.as_ref()),
            code: self.decision.as_ref().map_or("stamp.valid", |decision| decision.code).to_owned(),
            time: self.time.map(|time| time.to_rfc3339()),
            authority: self.authority.clone(),
        }
    }
}

/// The document time stamps of a file, each judged with the help of those made after it.
pub(super) struct DocumentStamps {
    /// Index of the signature, the revision it covers, how it ended, and by when it is known to have existed.
    judged: Vec<(usize, Option<usize>, Judged, DateTime<Utc>)>,
}

impl DocumentStamps {
    /// The newest revision that a stamp which holds covers.
    pub(super) fn newest_covered(&self) -> Option<usize> {
        self.judged.iter().filter(|(_, _, judged, _)| judged.decision.is_none()).filter_map(|(_, own, ..)| *own).max()
    }

    /// The earliest time by which something in a revision is proven to have existed.
    pub(super) fn covering(&self, revision: Option<usize>) -> Option<DateTime<Utc>> {
        let revision = revision?;
        self.judged
            .iter()
            .filter(|(_, covered, judged, _)| {
                judged.decision.is_none() && covered.is_some_and(|covered| covered > revision)
            })
            .filter_map(|(_, _, judged, _)| judged.time)
            .min()
    }
}

/// Judges the document time stamps, the newest first.
pub(super) fn document_stamps(facts: &DocumentFacts, policy: &Policy, material: &Material<'_>) -> DocumentStamps {
    let mut stamps = DocumentStamps { judged: Vec::new() };
    let mut order: Vec<usize> = (0..facts.signatures.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(facts.signatures.get(*index).and_then(|signature| signature.revision)));
    for index in order {
        let Some(signature) = facts.signatures.get(index) else { continue };
        let Some(token) = &signature.token else { continue };
        let known_by = stamps.covering(signature.revision).unwrap_or(policy.time);
        let mut judged = judge_token(token, known_by, policy, material, &stamps);
        if !signature.faults.is_empty() && judged.decision.is_none() {
            judged.decision = Some(Decision::invalid("format.dictionary", "FORMAT_FAILURE"));
        }
        // A stamp over a document that was altered afterwards still proves what it covers.
        stamps.judged.push((index, signature.revision, judged, known_by));
    }
    stamps
}

/// The trial of a document time stamp that stands as a signature of its own.
pub(super) fn document_stamp(index: usize, stamps: &DocumentStamps, policy: &Policy) -> Trial {
    let found = stamps.judged.iter().find(|(own, ..)| *own == index);
    let Some((_, revision, judged, known_by)) = found else {
        return Trial::refused(Decision::indeterminate("signature.not_computed", "CUSTOM"), policy.time);
    };
    let is_covered = judged.decision.is_none() && stamps.covering(*revision).is_some();
    Trial {
        decision: judged.decision.clone(),
        best_time: *known_by,
        // A stamp tells its own time; by when it existed itself only a later one proves.
        time_is_proven: is_covered,
        path: judged.path.clone(),
        list: judged.list,
        time_stamps: vec![judged.report()],
        stamp_paths: Vec::new(),
    }
}

/// Judges one token, known to have existed by a time (5.4; RFC 3161, 2.3).
pub(super) fn judge_token(
    token: &TokenFacts,
    known_by: DateTime<Utc>,
    policy: &Policy,
    material: &Material<'_>,
    stamps: &DocumentStamps,
) -> Judged {
    let time = token.time.as_deref().and_then(|time| DateTime::parse_from_rfc3339(time).ok()).map(|time| time.to_utc());
    let authority = material.signer(&token.cms);
    let mut judged = Judged {
        decision: None,
        time,
        authority: authority.map(Certificate::subject_label),
        path: Vec::new(),
        list: None,
    };
    judged.decision = computed(token).or_else(|| match (authority, time) {
        (Some(authority), Some(time)) => {
            trusted(token, authority, time, known_by, policy, material, stamps, &mut judged)
        }
        _ => Some(Decision::indeterminate("stamp.no_certificate", "NO_SIGNING_CERTIFICATE_FOUND")),
    });
    judged
}

/// What needs no trust: the token is whole, and about this.
fn computed(token: &TokenFacts) -> Option<Decision> {
    let failed = |code| Some(Decision::indeterminate(code, "CUSTOM"));
    if token.malformed {
        return failed("stamp.malformed");
    }
    if token.imprint_matches == Some(false) {
        return failed("stamp.imprint");
    }
    if let ValueCheck::Unsupported(what) = &token.cms.value {
        let decision = Decision::indeterminate("signature.unsupported_algorithm", "CRYPTO_CONSTRAINTS_FAILURE");
        return Some(decision.with("algorithm", what));
    }
    let is_sound = token.imprint_matches == Some(true)
        && token.cms.faults.is_empty()
        && token.cms.digest_matches == Some(true)
        && token.cms.value == ValueCheck::Good;
    if is_sound { None } else { failed("stamp.broken") }
}

#[allow(clippy::too_many_arguments, reason = "each is a different thing, used once, here")]
fn trusted(
    token: &TokenFacts,
    authority: &Certificate,
    time: DateTime<Utc>,
    known_by: DateTime<Utc>,
    policy: &Policy,
    material: &Material<'_>,
    stamps: &DocumentStamps,
    judged: &mut Judged,
) -> Option<Decision> {
    if !material.is_complete {
        return Some(Decision::indeterminate("structure.incomplete", "CUSTOM"));
    }
    if !may_stamp(authority) {
        return Some(Decision::indeterminate("stamp.key_usage", "CHAIN_CONSTRAINTS_FAILURE"));
    }
    if time < authority.not_before || time > authority.not_after {
        return Some(Decision::indeterminate("stamp.out_of_validity", "OUT_OF_BOUNDS_NO_POE"));
    }
    // A time that has not come yet proves nothing.
    if time > known_by + MAX_CLOCK_DIFFERENCE {
        return Some(Decision::indeterminate("stamp.future", "TIMESTAMP_ORDER_FAILURE"));
    }
    let path =
        match certificate::find(authority, known_by, policy, material, stamps, Work::TimeStamp(time), &mut judged.path)
        {
            Ok(path) => path,
            Err(refusal) => return Some(certificate::path_decision(refusal, authority, None, policy)),
        };
    judged.list = path.certificates.last().and_then(|anchor| policy.anchors.list_of(anchor));
    let imprint = token.imprint_hash.as_deref().and_then(Hash::named);
    let weak_imprint = imprint.and_then(|hash| algorithms::check_hash(hash, known_by).err()).map(|weak| {
        Decision::indeterminate("signature.weak_algorithm", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
            .with("algorithm", weak.name)
    });
    weak_imprint.or_else(|| certificate::weak(&token.cms, &path, known_by))
}

/// How far clocks may differ: the authority's and the one that judges.
const MAX_CLOCK_DIFFERENCE: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// extendedKeyUsage is critical and says time stamping alone (RFC 3161, 2.3).
fn may_stamp(authority: &Certificate) -> bool {
    let is_critical = authority.extension(oid::EXTENDED_KEY_USAGE).is_some_and(|extension| extension.critical);
    /// keyUsage bits digitalSignature and nonRepudiation.
    const MAY_SIGN: u16 = 0b11;
    let usage = authority.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage & MAY_SIGN != 0));
    is_critical
        && usage
        && authority
            .extended_key_usage()
            .is_ok_and(|purposes| matches!(purposes.as_slice(), [only] if only == oid::KP_TIME_STAMPING))
}
