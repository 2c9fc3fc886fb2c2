//! From facts to a verdict, under a policy and at a time (ETSI EN 319 102-1, 5).
//!
//! The order is that of the standard: format, cryptography, what the document shown has to do with the signed one,
//! certificate, time stamps and revocation. The first reason that applies is the verdict of a signature; the worst
//! signature's verdict is that of the file.

mod certificate;
mod document;
mod level;
mod material;
mod policy;
mod time_stamps;

use std::collections::BTreeMap;

use cades::Certificate;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trust::{Anchors, TrustList, holder::Holder, revocation::Evidence};

use crate::facts::{CmsFacts, CmsFault, DocumentFacts, FrameFault, SignatureFacts, SignatureKind, ValueCheck};

pub use certificate::may_sign_documents;
pub use level::{Level, Missing};
pub use policy::Conformity;

use material::Material;

/// The words of the house, from best to worst; "without signature" is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Aprovado: TOTAL-PASSED.
    Valid,
    /// Indeterminado: INDETERMINATE.
    Indeterminate,
    /// Reprovado: TOTAL-FAILED.
    Invalid,
}

/// What to do about revocation evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationRule {
    /// Without evidence nothing is valid.
    Required,
    /// Evidence that is there has to be good; none is needed.
    IfPresent,
    /// It is not looked at.
    Ignore,
}

/// Under which rules, trusting whom, at what time.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whom to trust.
    pub anchors: Anchors,
    /// Issuers known from elsewhere; they only help to build a path.
    pub issuers: Vec<Certificate>,
    /// Revocation lists and answers known from elsewhere.
    pub evidence: Evidence,
    /// The time at which the certificates have to be good.
    pub time: DateTime<Utc>,
    /// What to do about revocation.
    pub revocation: RevocationRule,
    /// Lists whose certificates need no evidence where it is required: the demonstration revokes nothing.
    pub without_revocation: Vec<TrustList>,
}

impl Policy {
    /// The rule for a path that ends at this anchor.
    fn rule_for(&self, anchor: Option<&Certificate>) -> RevocationRule {
        let list = anchor.and_then(|anchor| self.anchors.list_of(anchor));
        let is_exempt = list.is_some_and(|list| self.without_revocation.contains(&list));
        if is_exempt && self.revocation == RevocationRule::Required {
            RevocationRule::IfPresent
        } else {
            self.revocation
        }
    }
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Keeps the verdict from being valid.
    Warning,
    /// Makes the verdict invalid.
    Error,
}

/// One thing found, named by a stable code; words come from the texts by that code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code.
    pub code: String,
    /// How grave.
    pub severity: Severity,
    /// What the words need: names, numbers, objects, revisions, bytes.
    pub arguments: BTreeMap<String, String>,
}

impl Finding {
    fn new(code: &str, severity: Severity) -> Self {
        Self { code: code.to_owned(), severity, arguments: BTreeMap::new() }
    }

    fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.arguments.insert(key.to_owned(), value.to_string());
        self
    }
}

/// What law calls such a signature, by what its chain proves (MP 2.200-2/2001, art. 10; Lei 14.063/2020, art. 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalClass {
    /// ICP-Brasil certificate of a person.
    Qualified,
    /// ICP-Brasil certificate of an institution or machine: a seal.
    LegalEntitySeal,
    /// gov.br
    AdvancedGovBr,
    /// An authority that the office trusts, or that was given: advanced at best, between those who accept it.
    AdvancedPrivateCa,
    /// The demonstration: no value at all.
    Demonstration,
    /// Nobody known.
    UnknownIssuer,
}

/// A certificate on the way to the anchor, and how its revocation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathStep {
    /// What to call its subject.
    pub subject: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// First and last moment of validity, RFC 3339.
    pub validity: [String; 2],
    /// good, revoked-later, missing, stale, unusable, not-asked, anchor
    pub revocation: String,
    /// When the evidence was made, RFC 3339.
    pub evidence: Option<String>,
    /// Since which revision the document's own store has it.
    #[serde(skip)]
    pub(crate) stored_since: Option<usize>,
}

/// How one time stamp on a signature ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeStampJudgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What decided.
    pub code: String,
    /// Its time, RFC 3339.
    pub time: Option<String>,
    /// Who stamped.
    pub authority: Option<String>,
}

/// The judgement on one signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureJudgement {
    /// Index into the facts.
    pub signature: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// Stable code of what decided.
    pub code: String,
    /// Sub-indication of EN 319 102-1, 5.1.3, where there is one.
    pub sub_indication: Option<String>,
    /// What the words of that code need.
    pub arguments: BTreeMap<String, String>,
    /// Who signed, by the certificate.
    pub signer: Option<String>,
    /// Who issued that certificate.
    pub issuer: Option<String>,
    /// What the certificate says of its holder, the CPF masked.
    pub holder: Holder,
    /// What law calls it.
    pub class: LegalClass,
    /// The earliest time at which the signature is proven to have existed, RFC 3339; the time of judgement without
    /// proof (best-signature-time).
    pub best_time: Option<String>,
    /// Whether that time is proven by a time stamp.
    pub time_is_proven: bool,
    /// Until when the signer's certificate lasts, RFC 3339.
    pub expires: Option<String>,
    /// The way to the anchor, the signer first.
    pub path: Vec<PathStep>,
    /// Its time stamps.
    pub time_stamps: Vec<TimeStampJudgement>,
    /// The PAdES level reached, and what the next one needs (ETSI EN 319 142-1, 6).
    pub level: Level,
    /// What the policy of ICP-Brasil that it names asks for, and how that stands.
    pub conformity: Option<Conformity>,
}

/// The judgement on a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The worst of its signatures; without signatures `None`, or indeterminate where the file was not read whole.
    pub verdict: Option<Verdict>,
    /// Each signature.
    pub signatures: Vec<SignatureJudgement>,
    /// Everything else worth saying.
    pub findings: Vec<Finding>,
}

/// What decided.
#[derive(Debug, Clone)]
struct Decision {
    verdict: Verdict,
    code: &'static str,
    sub_indication: Option<&'static str>,
    arguments: BTreeMap<String, String>,
}

impl Decision {
    fn new(verdict: Verdict, code: &'static str, sub_indication: &'static str) -> Self {
        Self { verdict, code, sub_indication: Some(sub_indication), arguments: BTreeMap::new() }
    }

    fn invalid(code: &'static str, sub_indication: &'static str) -> Self {
        Self::new(Verdict::Invalid, code, sub_indication)
    }

    fn indeterminate(code: &'static str, sub_indication: &'static str) -> Self {
        Self::new(Verdict::Indeterminate, code, sub_indication)
    }

    fn passed(list: &str) -> Self {
        Self { verdict: Verdict::Valid, code: "signature.valid", sub_indication: None, arguments: BTreeMap::new() }
            .with(ARGUMENT_LIST, list)
    }

    fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.arguments.insert(key.to_owned(), value.to_string());
        self
    }
}

/// Name of the list of anchors inside findings.
const ARGUMENT_LIST: &str = "list";

/// Judges a file.
#[must_use]
pub fn judge(facts: &DocumentFacts, policy: &Policy) -> Judgement {
    let material = Material::of(facts, policy);
    let stamps = time_stamps::document_stamps(facts, policy, &material);
    let mut signatures: Vec<SignatureJudgement> = facts
        .signatures
        .iter()
        .enumerate()
        .map(|(index, signature)| judge_signature(index, signature, facts, policy, &material, &stamps))
        .collect();
    evidence_of_nobody(facts, policy, &mut signatures);
    let mut findings = document::findings(facts);
    findings.extend(document::change_findings(facts));
    // That there is no signature can only be said of a file that was read to its end.
    let nothing_found = (!document::is_whole(facts)).then_some(Verdict::Indeterminate);
    let worst = signatures.iter().map(|signature| signature.verdict).max();
    let signed = facts.signatures.iter().any(|signature| signature.kind != SignatureKind::DocumentTimeStamp);
    // Time stamps alone say when, and nobody says what.
    let verdict = worst.filter(|worst| signed || *worst != Verdict::Valid).or(nothing_found);
    Judgement { verdict, signatures, findings }
}

/// Evidence came along and none of it was about any certificate that counts: it is not what it seems to be.
fn evidence_of_nobody(facts: &DocumentFacts, policy: &Policy, signatures: &mut [SignatureJudgement]) {
    if policy.revocation != RevocationRule::IfPresent {
        return;
    }
    let in_cms = |cms: &CmsFacts| !cms.crls.is_empty() || !cms.ocsps.is_empty();
    let has_evidence = facts.dss.as_ref().is_some_and(|dss| !dss.crls.is_empty() || !dss.ocsps.is_empty())
        || facts.signatures.iter().any(|signature| signature.cms.as_ref().is_some_and(in_cms));
    let served = |step: &PathStep| !matches!(step.revocation.as_str(), "missing" | "not-asked" | "anchor");
    if !has_evidence || signatures.iter().any(|signature| signature.path.iter().any(served)) {
        return;
    }
    for signature in signatures.iter_mut().filter(|signature| signature.verdict == Verdict::Valid) {
        signature.verdict = Verdict::Indeterminate;
        signature.code = "revocation.of_others".to_owned();
        signature.sub_indication = Some("TRY_LATER".to_owned());
    }
}

fn judge_signature(
    index: usize,
    signature: &SignatureFacts,
    facts: &DocumentFacts,
    policy: &Policy,
    material: &Material<'_>,
    stamps: &time_stamps::DocumentStamps,
) -> SignatureJudgement {
    let token = signature.token.as_ref();
    let cms = signature.cms.as_ref().or(token.map(|token| &token.cms));
    let signer = cms.and_then(|cms| material.signer(cms));
    let mut trial = if token.is_some() {
        time_stamps::document_stamp(index, stamps, policy)
    } else {
        certificate::try_signature(signature, policy, material, stamps)
    };
    let conformity = cms.and_then(|cms| policy::conformity(signature, cms, signer, facts, &trial, stamps));
    let decision = format_fault(signature, facts)
        .or_else(|| token.is_none().then(|| cryptography(cms)).flatten())
        .or_else(|| document::changes_afterwards(signature, facts))
        .or_else(|| trial.decision.take())
        .or_else(|| conformity.as_ref().and_then(policy::decision))
        .or_else(|| document::incomplete(facts))
        .unwrap_or_else(|| Decision::passed(&policy.anchors.name));
    let level = level::of(signature, facts, &trial, stamps, decision.verdict);
    SignatureJudgement {
        signature: index,
        verdict: decision.verdict,
        code: decision.code.to_owned(),
        sub_indication: decision.sub_indication.map(str::to_owned),
        arguments: decision.arguments,
        signer: signer.map(Certificate::subject_label),
        issuer: signer.map(Certificate::issuer_label),
        holder: signer.map(Holder::of).unwrap_or_default(),
        class: class_of(signer, trial.list),
        best_time: Some(trial.best_time.to_rfc3339()),
        time_is_proven: trial.time_is_proven,
        expires: signer.map(|signer| signer.not_after.to_rfc3339()),
        path: trial.path,
        time_stamps: trial.time_stamps,
        level,
        conformity,
    }
}

fn class_of(signer: Option<&Certificate>, list: Option<TrustList>) -> LegalClass {
    match (signer, list) {
        (Some(signer), Some(TrustList::IcpBrasil | TrustList::IcpBrasilHistorical)) => {
            if Holder::of(signer).is_person() { LegalClass::Qualified } else { LegalClass::LegalEntitySeal }
        }
        (_, Some(TrustList::GovBr)) => LegalClass::AdvancedGovBr,
        (_, Some(TrustList::Demonstration)) => LegalClass::Demonstration,
        (_, Some(TrustList::Office | TrustList::Given)) => LegalClass::AdvancedPrivateCa,
        _ => LegalClass::UnknownIssuer,
    }
}

/// Format checking (5.2.2): the frame in the file, then the structure of the CMS.
fn format_fault(signature: &SignatureFacts, facts: &DocumentFacts) -> Option<Decision> {
    let at = |decision: Decision| {
        let decision = decision.with("object", signature.object);
        match signature.span {
            Some([from, to]) => decision.with("from", from).with("to", to),
            None => decision,
        }
    };
    if let Some(fault) = signature.faults.first() {
        let code = match fault {
            FrameFault::NotTopLevel => "format.not_top_level",
            FrameFault::DuplicateKeys => "format.duplicate_keys",
            FrameFault::ByteRange => "format.byte_range",
            FrameFault::Contents => "format.contents",
            FrameFault::Gap => "format.gap",
            FrameFault::Padding => "format.padding",
            FrameFault::Redefined => "format.redefined",
            FrameFault::SharedRange => "format.shared_range",
            FrameFault::NotARevision => "format.not_a_revision",
            FrameFault::OtherRevision => "format.other_revision",
            FrameFault::Dictionary => "format.dictionary",
            FrameFault::Removed => "format.removed",
        };
        return Some(at(Decision::invalid(code, "FORMAT_FAILURE")));
    }
    if let Some(code) = certification_fault(signature, facts) {
        return Some(at(Decision::invalid(code, "FORMAT_FAILURE")));
    }
    if signature.token.is_some() {
        // The token is judged as a whole by its own rules.
        return None;
    }
    let Some(cms) = &signature.cms else {
        let decision = Decision::indeterminate("format.sub_filter", "CUSTOM");
        return Some(decision.with("subfilter", &signature.sub_filter));
    };
    let is_known = KNOWN_FILTERS.contains(&signature.filter.as_str());
    let unknown = || at(Decision::indeterminate("format.filter", "CUSTOM")).with("filter", &signature.filter);
    cms_fault(cms).or_else(|| (!is_known).then(unknown))
}

/// Signature handlers whose signatures are CMS as this crate reads it (ISO 32000-2, 12.8.1; DOC-ICP-15.03).
const KNOWN_FILTERS: [&str; 6] =
    ["Adobe.PPKLite", "Adobe.PPKMS", "PBAD_PAdES", "Entrust.PPKEF", "CICI.SignIt", "VeriSign.PPKVS"];

/// One certification, and it is the first signature (ISO 32000-2, 12.8.2.2.1).
fn certification_fault(signature: &SignatureFacts, facts: &DocumentFacts) -> Option<&'static str> {
    if signature.kind != SignatureKind::Certification {
        return None;
    }
    let is_first = !facts.signatures.iter().any(|other| {
        other.kind != SignatureKind::DocumentTimeStamp
            && other.revision.is_some()
            && other.revision < signature.revision
    });
    match (is_first, signature.named_by_perms) {
        (false, _) => Some("format.certification_order"),
        (true, Some(false)) => Some("format.permissions"),
        _ => None,
    }
}

fn cms_fault(cms: &CmsFacts) -> Option<Decision> {
    let code = match cms.faults.first()? {
        CmsFault::Malformed => "cms.malformed",
        CmsFault::NotDer => "cms.not_der",
        CmsFault::Signers => "cms.signers",
        CmsFault::Content => "cms.content",
        // Says the same to every reader, and no more than that its writer was careless.
        CmsFault::Version => return Some(Decision::indeterminate("cms.version", "CUSTOM")),
        CmsFault::DigestAlgorithms => "cms.digest_algorithms",
        CmsFault::NoSignedAttributes => "cms.no_signed_attributes",
        CmsFault::ContentType => "cms.content_type",
        CmsFault::MessageDigest => "cms.message_digest",
        CmsFault::RepeatedAttribute => "cms.repeated_attribute",
        CmsFault::SigningCertificate => "cms.signing_certificate",
        CmsFault::AlgorithmProtection => "cms.algorithm_protection",
        CmsFault::NoSignerCertificate => {
            return Some(Decision::indeterminate("cms.no_signer_certificate", "NO_SIGNING_CERTIFICATE_FOUND"));
        }
    };
    Some(Decision::invalid(code, "FORMAT_FAILURE"))
}

/// Cryptographic verification (5.2.7).
fn cryptography(cms: Option<&CmsFacts>) -> Option<Decision> {
    let cms = cms?;
    if let ValueCheck::Unsupported(what) = &cms.value {
        let decision = Decision::indeterminate("signature.unsupported_algorithm", "CRYPTO_CONSTRAINTS_FAILURE");
        return (cms.digest_matches != Some(false)).then(|| decision.with("algorithm", what));
    }
    match cms.digest_matches {
        Some(true) => {}
        Some(false) => return Some(Decision::invalid("signature.hash_failure", "HASH_FAILURE")),
        None => return Some(Decision::indeterminate("signature.not_computed", "SIGNED_DATA_NOT_FOUND")),
    }
    match &cms.value {
        ValueCheck::Good | ValueCheck::Unsupported(_) => None,
        ValueCheck::Bad => Some(Decision::invalid("signature.crypto_failure", "SIG_CRYPTO_FAILURE")),
        ValueCheck::NotDone => Some(Decision::indeterminate("signature.not_computed", "CUSTOM")),
    }
}
