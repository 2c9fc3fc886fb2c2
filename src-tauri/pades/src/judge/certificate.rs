//! Whether the signer's certificate can be believed at the time that is proven (EN 319 102-1, 5.2.6, 5.2.8, 5.5, 5.6).

use cades::{CadesError, Certificate, Hash, SignatureAlgorithm, asn1::Tlv, oid};
use chrono::{DateTime, Utc};
use trust::{
    DOCUMENT_PURPOSES, Path, PathProblem, PathSettings, TrustList, algorithms, cache, find_accepted_path,
    revocation::{self, Standing, Status, Surroundings},
};

use super::{
    ARGUMENT_LIST, Decision, PathStep, Policy, RevocationRule, TimeStampJudgement, Verdict, material::Material,
    time_stamps,
};
use crate::facts::{Blob, CmsFacts, SignatureFacts};

/// How the trial of one certificate ended, and all that was learnt on the way.
pub(super) struct Trial {
    /// What keeps it from passing.
    pub(super) decision: Option<Decision>,
    pub(super) best_time: DateTime<Utc>,
    pub(super) time_is_proven: bool,
    pub(super) path: Vec<PathStep>,
    pub(super) list: Option<TrustList>,
    pub(super) time_stamps: Vec<TimeStampJudgement>,
    /// Paths of the authorities whose stamps on the signature hold.
    pub(super) stamp_paths: Vec<PathStep>,
}

impl Trial {
    pub(super) fn refused(decision: Decision, time: DateTime<Utc>) -> Self {
        Self {
            decision: Some(decision),
            best_time: time,
            time_is_proven: false,
            path: Vec::new(),
            list: None,
            time_stamps: Vec::new(),
            stamp_paths: Vec::new(),
        }
    }
}

/// Time stamps first: they say at which time the certificate has to be good.
pub(super) fn try_signature(
    signature: &SignatureFacts,
    policy: &Policy,
    material: &Material<'_>,
    stamps: &time_stamps::DocumentStamps,
) -> Trial {
    let Some(cms) = &signature.cms else {
        return Trial::refused(Decision::indeterminate("format.sub_filter", "CUSTOM"), policy.time);
    };
    let covering = stamps.covering(signature.revision);
    let known_by = covering.unwrap_or(policy.time);
    let judged: Vec<_> = cms
        .time_stamps
        .iter()
        .map(|token| time_stamps::judge_token(token, known_by, policy, material, stamps))
        .collect();
    let own = judged.iter().filter(|stamp| stamp.decision.is_none()).filter_map(|stamp| stamp.time).min();
    let best_time = own.into_iter().chain(covering).min().map_or(policy.time, |proven| proven.min(policy.time));
    let mut trial = Trial {
        decision: None,
        best_time,
        time_is_proven: own.is_some() || covering.is_some(),
        path: Vec::new(),
        list: None,
        time_stamps: judged.iter().map(time_stamps::Judged::report).collect(),
        stamp_paths: judged.iter().flat_map(time_stamps::Judged::path_if_it_holds).cloned().collect(),
    };
    trial.decision = match material.signer(cms) {
        None => Some(Decision::indeterminate("cms.no_signer_certificate", "NO_SIGNING_CERTIFICATE_FOUND")),
        Some(signer) => try_certificate(signature, cms, signer, policy, material, stamps, &mut trial),
    };
    let failed = judged.into_iter().find_map(|stamp| stamp.decision);
    trial.decision = trial.decision.take().or(failed).or_else(|| out_of_order(cms, covering, own));
    trial
}

/// How far the clocks of two authorities may differ.
const CLOCKS_DIFFER: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// A document time stamp that claims to be older than a stamp inside what it covers (5.5.4, 4).
fn out_of_order(cms: &CmsFacts, covering: Option<DateTime<Utc>>, own: Option<DateTime<Utc>>) -> Option<Decision> {
    let content = cms.content_time_stamps.iter().filter_map(|token| token.time.as_deref());
    let content = content.filter_map(|time| DateTime::parse_from_rfc3339(time).ok()).map(|time| time.to_utc()).max();
    let is_before = |later: Option<DateTime<Utc>>, earlier: Option<DateTime<Utc>>| matches!((later, earlier), (Some(later), Some(earlier)) if later + CLOCKS_DIFFER < earlier);
    (is_before(covering, own) || is_before(own, content) || is_before(covering, content))
        .then(|| Decision::indeterminate("stamp.order", "TIMESTAMP_ORDER_FAILURE"))
}

fn try_certificate(
    signature: &SignatureFacts,
    cms: &CmsFacts,
    signer: &Certificate,
    policy: &Policy,
    material: &Material<'_>,
    stamps: &time_stamps::DocumentStamps,
    trial: &mut Trial,
) -> Option<Decision> {
    let claimed = claimed_time(signature, cms);
    let time = trial.best_time;
    if !material.is_complete {
        return Some(Decision::indeterminate("structure.incomplete", "CUSTOM"));
    }
    let names = [oid::SIGNING_CERTIFICATE, oid::SIGNING_CERTIFICATE_V2];
    let is_named = cms.signed_attributes.iter().any(|own| names.contains(&own.as_str()));
    let found = find(signer, time, policy, material, stamps, Work::Signature { is_named }, &mut trial.path);
    let found = match found {
        Ok(found) => found,
        Err(problem) => return Some(path_decision(problem, signer, claimed, policy)),
    };
    trial.list = found.certificates.last().and_then(|anchor| policy.anchors.list_of(anchor));
    if trial.list == Some(TrustList::IcpBrasilOther) || !may_sign_documents(signer) {
        return Some(Decision::indeterminate("chain.key_usage", "CHAIN_CONSTRAINTS_FAILURE"));
    }
    if let Some(decision) = weak(cms, &found, time) {
        return Some(decision);
    }
    if is_tampered(cms, &found, policy, material) {
        return Some(Decision::indeterminate("cms.damaged_certificate", "CERTIFICATE_CHAIN_GENERAL_FAILURE"));
    }
    None
}

/// What the signer's computer said: proves nothing, but whoever says it has to live with it.
fn claimed_time(signature: &SignatureFacts, cms: &CmsFacts) -> Option<DateTime<Utc>> {
    let claims = [signature.claims.signed_at.as_deref(), cms.signing_time.as_deref()];
    claims.into_iter().flatten().find_map(|time| DateTime::parse_from_rfc3339(time).ok()).map(|time| time.to_utc())
}

/// Why no path was found, or none was good enough.
pub(super) enum Refusal {
    Path(PathProblem),
    Revocation(Problem),
}

/// Why revocation keeps a path from being good.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: Status,
    is_signer: bool,
    subject: String,
}

/// What a certificate did.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// It signed a document.
    Signature {
        /// Whether an attribute that is signed names it: then it is as old as the signature.
        is_named: bool,
    },
    /// It stamped something at that time.
    TimeStamp(DateTime<Utc>),
}

/// A path that is valid at a time and whose revocation stands; each step is told in `steps`, also of a refused one.
pub(super) fn find<'p>(
    certificate: &'p Certificate,
    time: DateTime<Utc>,
    policy: &'p Policy,
    material: &'p Material<'_>,
    stamps: &time_stamps::DocumentStamps,
    work: Work,
    steps: &mut Vec<PathStep>,
) -> Result<Path<'p>, Refusal> {
    let pool = material.pool();
    let covering = |revision: usize| stamps.covering(Some(revision));
    let evidence = material.evidence_known_by(covering);
    let is_named = work != Work::Signature { is_named: false };
    let known_by = |other: &Certificate| {
        let found = material.certificate_known_by(other, covering, policy.time);
        if is_named && other.der() == certificate.der() { found.min(time) } else { found }
    };
    let around = Surroundings {
        certificates: &pool,
        certificate_known_by: &known_by,
        anchors: &policy.anchors,
        evidence: &evidence,
        time,
        now: policy.time,
        check_algorithms: true,
        budget: material.budget.clone(),
    };
    let mut refused: Option<Problem> = None;
    let mut told: Vec<PathStep> = Vec::new();
    let mut accept = |path: &Path<'p>| {
        let rule = policy.rule_for(path.certificates.last().copied());
        let (mut own, problem) = weigh(path, rule, time, work, &around);
        for (step, item) in &mut own {
            step.stored_since = item.and_then(|item| material.stored_since(item));
        }
        let own = own.into_iter().map(|(step, _)| step).collect();
        let is_better = problem.is_none() || told.is_empty();
        if is_better {
            told = own;
        }
        let passes = problem.is_none();
        refused = refused.take().or(problem);
        passes
    };
    let purposes = match work {
        Work::Signature { .. } => trust::DOCUMENT_PURPOSES.to_vec(),
        Work::TimeStamp(_) => vec![oid::KP_TIME_STAMPING],
    };
    let settings = PathSettings { purposes, budget: material.budget.clone(), ..PathSettings::at(time) };
    let found = find_accepted_path(certificate, &pool, &policy.anchors, &settings, &mut accept);
    *steps = told;
    match (found, refused) {
        (Ok(path), _) => Ok(path),
        (Err(PathProblem::Refused), Some(problem)) => Err(Refusal::Revocation(problem)),
        (Err(problem), _) => Err(Refusal::Path(problem)),
    }
}

/// Asks for the revocation of every certificate below the anchor.
fn weigh(
    path: &Path<'_>,
    rule: RevocationRule,
    time: DateTime<Utc>,
    work: Work,
    around: &Surroundings<'_>,
) -> (Vec<(PathStep, Option<usize>)>, Option<Problem>) {
    let mut statuses: Vec<Option<Status>> = Vec::new();
    // From the anchor down: what an issuer says after its own revocation is nothing.
    let mut standing = Standing::default();
    for (index, certificate) in path.certificates.iter().enumerate().rev() {
        let status = match (path.certificates.get(index + 1), path.certificates.last()) {
            (Some(issuer), Some(anchor)) if rule != RevocationRule::Ignore => {
                let own = revocation::status(certificate, issuer, anchor, standing, around);
                let twin = key_lost_by_twin(certificate, issuer, anchor, standing, around);
                Some(twin.filter(|_| !matches!(own, Status::Revoked { .. })).unwrap_or(own))
            }
            _ => None,
        };
        let revoked = match status {
            Some(Status::Revoked { date, .. } | Status::OnHold { date, .. }) => Some(date),
            _ => None,
        };
        // Whoever has a key further up makes certificates too: only those known to be older count.
        let is_doubtful = standing.lost.is_some_and(|date| {
            revoked.is_none_or(|revoked| revoked > time) && (around.certificate_known_by)(certificate) >= date
        });
        let lost = revocation::lost_key(status.as_ref());
        standing = Standing { lost: standing.lost.into_iter().chain(lost).min(), retired: revoked };
        statuses.push(if is_doubtful { Some(Status::Unusable) } else { status });
    }
    let mut steps = Vec::new();
    let mut worst = None;
    for ((index, certificate), status) in path.certificates.iter().enumerate().zip(statuses.into_iter().rev()) {
        let is_anchor = index + 1 == path.certificates.len();
        let (word, evidence) = match &status {
            None if is_anchor => ("anchor", None),
            None => ("not-asked", None),
            Some(Status::Good { issued, .. }) => ("good", Some(*issued)),
            Some(Status::Revoked { date, believed, .. } | Status::OnHold { date, believed }) if *date > time => {
                // Who says that all was well until then has to be believed.
                (if *believed { "revoked-later" } else { "unusable" }, Some(*date))
            }
            // An authority that retired in good order leaves its stamps standing (RFC 3161, 4).
            Some(Status::Revoked { date, reason: Some(reason), believed: true, .. })
                if index == 0
                    && revocation::RETIRED.contains(reason)
                    && matches!(work, Work::TimeStamp(made) if made < *date) =>
            {
                ("revoked-later", Some(*date))
            }
            Some(Status::Revoked { date, .. }) => ("revoked", Some(*date)),
            Some(Status::OnHold { date, .. }) => ("on-hold", Some(*date)),
            Some(Status::Stale { issued }) => ("stale", Some(*issued)),
            Some(Status::Unusable) => ("unusable", None),
            Some(Status::Missing) => ("missing", None),
        };
        let item = match status {
            Some(Status::Good { item, .. } | Status::Revoked { item, .. }) => Some(item),
            _ => None,
        };
        let is_problem = match word {
            "good" | "anchor" | "not-asked" | "revoked-later" => false,
            "missing" => rule == RevocationRule::Required,
            _ => true,
        };
        if let (true, Some(status), None) = (is_problem, status, &worst) {
            let status = if word == "unusable" { Status::Unusable } else { status };
            worst = Some(Problem { status, is_signer: index == 0, subject: certificate.subject_label() });
        }
        let step = PathStep {
            subject: certificate.subject_label(),
            sha256: pdf::hex(&certificate.fingerprint()).to_lowercase(),
            validity: [certificate.not_before.to_rfc3339(), certificate.not_after.to_rfc3339()],
            revocation: word.to_owned(),
            evidence: evidence.map(|time| time.to_rfc3339()),
            stored_since: None,
        };
        steps.push((step, item));
    }
    (steps, worst)
}

/// The revocation of another certificate of the same key and issuer, where it says that others have the key: that is so
/// whatever certificate is shown for it.
fn key_lost_by_twin(
    certificate: &Certificate,
    issuer: &Certificate,
    anchor: &Certificate,
    standing: Standing,
    around: &Surroundings<'_>,
) -> Option<Status> {
    /// Most certificates of one key that are looked into: renewed once a year, for longer than keys last.
    const MAX_TWINS: usize = 16;
    let is_twin = |other: &&&Certificate| {
        other.spki == certificate.spki && other.der() != certificate.der() && other.names_as_issuer(issuer)
    };
    let mut twins: Vec<&Certificate> = around.certificates.iter().filter(is_twin).copied().collect();
    twins.sort_by(|a, b| a.der().cmp(b.der()));
    twins.dedup_by(|a, b| a.der() == b.der());
    if twins.len() > MAX_TWINS {
        return Some(Status::Unusable);
    }
    let says_so = |status: &Status| {
        let lost = [Some(cades::crl::reason::KEY_COMPROMISE), Some(cades::crl::reason::CA_COMPROMISE)];
        matches!(status, Status::Revoked { reason, .. } if lost.contains(reason))
    };
    let mut said = twins.into_iter().map(|twin| revocation::status(twin, issuer, anchor, standing, around));
    said.find(says_so)
}

/// The decision that a refused path leads to.
pub(super) fn path_decision(
    refusal: Refusal,
    signer: &Certificate,
    claimed: Option<DateTime<Utc>>,
    policy: &Policy,
) -> Decision {
    let problem = match refusal {
        Refusal::Revocation(problem) => return revocation_decision(&problem, claimed),
        Refusal::Path(problem) => problem,
    };
    match problem {
        PathProblem::NoAnchor => Decision::indeterminate("chain.unknown_issuer", "NO_CERTIFICATE_CHAIN_FOUND")
            .with("issuer", signer.issuer_label())
            .with(ARGUMENT_LIST, &policy.anchors.name),
        PathProblem::NotYetValid(from) => {
            Decision::invalid("chain.not_yet_valid", "NOT_YET_VALID").with("date", from.to_rfc3339())
        }
        // Who says that it was signed after the certificate had expired is taken at their word.
        PathProblem::Expired(until) if claimed.is_some_and(|claimed| claimed > until) => {
            Decision::invalid("chain.expired_at_signing", "EXPIRED").with("date", until.to_rfc3339())
        }
        PathProblem::Expired(until) => {
            Decision::indeterminate("chain.expired", "OUT_OF_BOUNDS_NO_POE").with("date", until.to_rfc3339())
        }
        PathProblem::IssuerOutOfValidity(who) => {
            Decision::indeterminate("chain.issuer_out_of_validity", "OUT_OF_BOUNDS_NO_POE").with("issuer", who)
        }
        PathProblem::Unsupported(what) => {
            Decision::indeterminate("signature.unsupported_algorithm", "CRYPTO_CONSTRAINTS_FAILURE")
                .with("algorithm", what)
        }
        PathProblem::Constraint(who) => {
            Decision::indeterminate("chain.constraint", "CHAIN_CONSTRAINTS_FAILURE").with("issuer", who)
        }
        PathProblem::TooMany => Decision::indeterminate("structure.incomplete", "CUSTOM"),
        PathProblem::Policy => Decision::indeterminate("chain.policy", "CHAIN_CONSTRAINTS_FAILURE"),
        _ => Decision::indeterminate("chain.broken", "CERTIFICATE_CHAIN_GENERAL_FAILURE"),
    }
}

fn revocation_decision(problem: &Problem, claimed: Option<DateTime<Utc>>) -> Decision {
    let decision = match &problem.status {
        Status::Revoked { date, .. } => {
            let decision = match (problem.is_signer, claimed.is_some_and(|claimed| claimed >= *date)) {
                // Revoked before the time that the signer's own computer states, and nothing proves an earlier one.
                (true, true) => Decision::invalid("revocation.revoked_at_signing", "REVOKED"),
                (true, false) => Decision::indeterminate("revocation.revoked", "REVOKED_NO_POE"),
                (false, _) => Decision::indeterminate("revocation.issuer_revoked", "REVOKED_CA_NO_POE"),
            };
            decision.with("date", date.to_rfc3339())
        }
        Status::OnHold { date, .. } => {
            Decision::indeterminate("revocation.on_hold", "TRY_LATER").with("date", date.to_rfc3339())
        }
        Status::Stale { issued } => {
            Decision::indeterminate("revocation.stale", "TRY_LATER").with("date", issued.to_rfc3339())
        }
        Status::Unusable => Decision::indeterminate("revocation.unusable", "CERTIFICATE_CHAIN_GENERAL_FAILURE"),
        Status::Missing | Status::Good { .. } => Decision::indeterminate("revocation.missing", "TRY_LATER"),
    };
    decision.with("subject", &problem.subject)
}

/// Every algorithm on the way has to be good enough at the time that is proven (5.2.8).
pub(super) fn weak(cms: &CmsFacts, path: &Path<'_>, time: DateTime<Utc>) -> Option<Decision> {
    let digest = cms.digest.as_deref().and_then(Hash::named);
    let of_digest = digest.map_or(Ok(()), |hash| algorithms::check_hash(hash, time));
    let own = cms.signature_algorithm.as_ref().and_then(|Blob(der)| {
        Tlv::parse(der).and_then(|identifier| SignatureAlgorithm::from_der(&identifier, digest)).ok()
    });
    let key = path.certificates.first().and_then(|signer| signer.public_key().ok());
    let of_value = match (own, key) {
        (Some(algorithm), Some(key)) => algorithms::check_signature(algorithm, key.kind, time),
        _ => Ok(()),
    };
    let of_path = path.certificates.windows(2).map(|pair| match pair {
        [certificate, issuer] => algorithms::check_signed_with(certificate.signature_algorithm(), &issuer.spki, time),
        _ => Ok(()),
    });
    let weak = [of_digest, of_value].into_iter().chain(of_path).find_map(Result::err)?;
    let decision = Decision::indeterminate("signature.weak_algorithm", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
    Some(decision.with("algorithm", weak.name))
}

/// Most embedded certificates that are compared with each other; real chains have four, and some programs embed all that
/// they know.
const MAX_EMBEDDED: usize = 64;

/// How long a piece of a known certificate has to be found to tell a damaged copy, in bytes.
const PIECE: usize = 24;

/// Nobody signs the certificates inside a CMS, so an altered copy of one that counts must not pass unseen. One that
/// belongs to a stranger, or is no certificate at all, is left alone.
fn is_tampered(cms: &CmsFacts, path: &Path<'_>, policy: &Policy, material: &Material<'_>) -> bool {
    let embedded = material.embedded(cms);
    if embedded.len() > MAX_EMBEDDED || cms.unreadable_certificates.len() > MAX_EMBEDDED {
        return true;
    }
    let known: Vec<&Certificate> = path.certificates.iter().copied().chain(policy.anchors.iter()).collect();
    let is_copy = |Blob(bytes): &Blob| {
        known.iter().any(|known| {
            let mut pieces = known.der().chunks_exact(PIECE);
            pieces.any(|piece| memchr::memmem::find(bytes, piece).is_some())
        })
    };
    cms.unreadable_certificates.iter().any(is_copy)
        || embedded.iter().any(|certificate| is_damaged(certificate, &embedded, path, policy, &material.budget))
}

fn is_damaged(
    certificate: &Certificate,
    embedded: &[&Certificate],
    path: &Path<'_>,
    policy: &Policy,
    budget: &trust::Budget,
) -> bool {
    let on_path = path.certificates.iter().any(|other| other.der() == certificate.der());
    if on_path || policy.anchors.contains(certificate) {
        return false;
    }
    let issuers = embedded.iter().copied().chain(&policy.issuers).chain(policy.anchors.iter());
    let mut checks = Vec::new();
    for issuer in issuers.filter(|issuer| issuer.subject == certificate.issuer && has_named_key(certificate, issuer)) {
        // What is too much to be looked into is not held to be whole.
        if !budget.affords(certificate, issuer) {
            return true;
        }
        checks.push(cache::signed_by(certificate, issuer));
    }
    if checks.contains(&Ok(())) {
        return false;
    }
    // A cross-certificate has the same key and is another certificate; a damaged copy agrees nearly everywhere.
    let resembles = |known: &Certificate| {
        let equal = known.der().iter().zip(certificate.der()).filter(|(a, b)| a == b).count();
        let is_copy = known.der().len() == certificate.der().len() && equal * 10 >= certificate.der().len() * 9;
        is_copy || (known.issuer == certificate.issuer && known.serial == certificate.serial)
    };
    let is_unsupported = checks.iter().any(|check| matches!(check, Err(CadesError::Unsupported(_))));
    path.certificates.iter().copied().chain(policy.anchors.iter()).any(resembles)
        || (!checks.is_empty() && !is_unsupported)
}

/// An authority may have had other keys under its name: what says which key signed it is checked with that one alone.
fn has_named_key(certificate: &Certificate, issuer: &Certificate) -> bool {
    /// keyIdentifier (RFC 5280, 4.2.1.1).
    const KEY_IDENTIFIER: u8 = 0x80;
    let named = certificate.extension(oid::AUTHORITY_KEY_IDENTIFIER).and_then(|extension| {
        let identifier = Tlv::parse(&extension.value).ok()?.children().optional(KEY_IDENTIFIER).ok()??;
        Some(identifier.content)
    });
    let own = issuer.extension(oid::SUBJECT_KEY_IDENTIFIER);
    let own = own.and_then(|extension| Tlv::parse(&extension.value).ok()).map(|octets| octets.content);
    named.zip(own).is_none_or(|(named, own)| named == own)
}

/// keyUsage bits digitalSignature and nonRepudiation (RFC 5280, 4.2.1.3).
const MAY_SIGN: u16 = 0b11;

/// Whether keyUsage, extendedKeyUsage and basicConstraints let a certificate sign documents. Either bit of keyUsage
/// will do: gov.br certificates carry digitalSignature alone.
#[must_use]
pub fn may_sign_documents(signer: &Certificate) -> bool {
    let usage = signer.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage & MAY_SIGN != 0));
    let purposes = signer.extended_key_usage();
    let is_ca = !matches!(signer.basic_constraints(), Ok(None | Some((false, _))));
    usage
        && !is_ca
        && purposes.is_ok_and(|list| {
            list.is_empty() || list.iter().any(|purpose| DOCUMENT_PURPOSES.contains(&purpose.as_str()))
        })
}

/// How a certificate's verdict reads in a report of time stamps.
pub(super) fn verdict_of(decision: Option<&Decision>) -> Verdict {
    decision.map_or(Verdict::Valid, |decision| decision.verdict)
}
