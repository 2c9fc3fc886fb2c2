//! From facts to a verdict, under a policy and at a time (ETSI EN 319 102-1, 5).

use std::collections::BTreeMap;

use cades::{CadesError, Certificate};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trust::{Anchors, PathProblem, find_path};

use crate::{
    bytes64,
    facts::{
        CmsFacts, CmsFault, Coverage, DocumentFacts, FrameFault, SignatureFacts, SignatureKind, StructureFact,
        ValueCheck,
    },
};

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
    /// The time at which the certificates have to be good.
    pub time: DateTime<Utc>,
    /// What to do about revocation.
    pub revocation: RevocationRule,
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
    /// What the words need: names, numbers, objects.
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

/// Name of the list of anchors inside findings.
const ARGUMENT_LIST: &str = "list";

/// Judges a file.
#[must_use]
pub fn judge(facts: &DocumentFacts, policy: &Policy) -> Judgement {
    let mut findings = document_findings(facts);
    let signatures: Vec<SignatureJudgement> = (0..)
        .zip(&facts.signatures)
        .map(|(index, signature)| judge_signature(index, signature, facts, policy))
        .collect();
    for change in &facts.changes {
        let revision = change.revision + 1;
        for field in &change.signatures_added {
            findings.push(
                Finding::new("change.signature_added", Severity::Note).with("revision", revision).with("field", field),
            );
        }
        if !change.unexplained.is_empty() {
            let shown: Vec<_> = change.unexplained.iter().take(8).map(u32::to_string).collect();
            let objects = if change.unexplained.len() > shown.len() {
                format!("{}…", shown.join(", "))
            } else {
                shown.join(", ")
            };
            findings.push(
                Finding::new("change.unexplained", Severity::Warning)
                    .with("revision", revision)
                    .with("objects", objects),
            );
        }
        for [from, to] in change.unaccounted.iter().take(8) {
            findings.push(
                Finding::new("change.unaccounted", Severity::Warning)
                    .with("revision", revision)
                    .with("from", from)
                    .with("to", to),
            );
        }
        if !change.notes.is_empty() {
            findings.push(Finding::new("change.information", Severity::Note).with("revision", revision));
        }
    }
    // That there is no signature can only be said of a file that was read to its end.
    let is_whole =
        !facts.structure.iter().any(|fact| matches!(fact, StructureFact::Repaired | StructureFact::Incomplete));
    let nothing_found = (!is_whole).then_some(Verdict::Indeterminate);
    let verdict = signatures.iter().map(|signature| signature.verdict).max().or(nothing_found);
    Judgement { verdict, signatures, findings }
}

fn document_findings(facts: &DocumentFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for fact in &facts.structure {
        findings.push(match fact {
            StructureFact::Repaired => Finding::new("structure.repaired", Severity::Warning),
            StructureFact::PrefixBytes { count } => {
                Finding::new("structure.prefix", Severity::Note).with("count", count)
            }
            StructureFact::MisplacedSection { revision } => {
                Finding::new("structure.misplaced_section", Severity::Warning).with("revision", revision + 1)
            }
            StructureFact::HybridDisagrees { revision } => {
                Finding::new("structure.hybrid_disagrees", Severity::Warning).with("revision", revision + 1)
            }
            StructureFact::RepeatedKeys { revision } => {
                Finding::new("structure.repeated_keys", Severity::Warning).with("revision", revision + 1)
            }
            StructureFact::TwoBases => Finding::new("structure.two_bases", Severity::Warning),
            StructureFact::TrailingBytes { from, to } => {
                Finding::new("structure.trailing_bytes", Severity::Warning).with("from", from).with("to", to)
            }
            StructureFact::Incomplete => Finding::new("structure.incomplete", Severity::Warning),
        });
    }
    for field in &facts.empty_fields {
        findings.push(Finding::new("field.empty", Severity::Note).with("field", field));
    }
    if facts.encrypted {
        findings.push(Finding::new("structure.encrypted", Severity::Note));
    }
    for signature in &facts.signatures {
        if signature.cms.as_ref().is_some_and(|cms| cms.has_signing_time)
            && signature.sub_filter == "ETSI.CAdES.detached"
        {
            findings.push(Finding::new("cades.signing_time", Severity::Note).with("field", &signature.field));
        }
    }
    findings
}

/// What decided, in the order of EN 319 102-1, 5.3: the first reason that applies is the verdict.
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

    fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.arguments.insert(key.to_owned(), value.to_string());
        self
    }
}

fn judge_signature(
    index: usize,
    signature: &SignatureFacts,
    facts: &DocumentFacts,
    policy: &Policy,
) -> SignatureJudgement {
    let certificates: Vec<Certificate> = signature
        .cms
        .iter()
        .flat_map(|cms| &cms.certificates)
        .filter_map(|text| bytes64::decode(text))
        .filter_map(|der| Certificate::parse(&der).ok())
        .collect();
    let signer = signature.cms.as_ref().and_then(|cms| cms.signer).and_then(|index| certificates.get(index));
    let decision = format_fault(signature)
        .or_else(|| cryptography(signature.cms.as_ref()))
        .or_else(|| changes_afterwards(signature, facts))
        .or_else(|| certificate(signature, signer, &certificates, policy))
        .or_else(|| evidence(signature, facts, policy))
        .or_else(|| incomplete(facts))
        .unwrap_or_else(|| passed(policy));
    SignatureJudgement {
        signature: index,
        verdict: decision.verdict,
        code: decision.code.to_owned(),
        sub_indication: decision.sub_indication.map(str::to_owned),
        arguments: decision.arguments,
        signer: signer.map(Certificate::subject_label),
        issuer: signer.map(Certificate::issuer_label),
    }
}

fn passed(policy: &Policy) -> Decision {
    Decision { verdict: Verdict::Valid, code: "signature.valid", sub_indication: None, arguments: BTreeMap::new() }
        .with(ARGUMENT_LIST, &policy.anchors.name)
}

/// Format checking (5.2.2): the frame in the file, then the structure of the CMS.
fn format_fault(signature: &SignatureFacts) -> Option<Decision> {
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
        };
        return Some(Decision::new(Verdict::Invalid, code, "FORMAT_FAILURE").with("object", signature.object));
    }
    let Some(cms) = &signature.cms else {
        // Document time stamps and older sub-filters are not read yet.
        let code = if signature.kind == SignatureKind::DocumentTimeStamp {
            "format.time_stamp_not_judged"
        } else {
            "format.sub_filter"
        };
        return Some(Decision::new(Verdict::Indeterminate, code, "CUSTOM").with("subfilter", &signature.sub_filter));
    };
    let fault = cms.faults.first()?;
    let (code, sub_indication) = match fault {
        CmsFault::Malformed => ("cms.malformed", "FORMAT_FAILURE"),
        CmsFault::NotDer => ("cms.not_der", "FORMAT_FAILURE"),
        CmsFault::Signers => ("cms.signers", "FORMAT_FAILURE"),
        CmsFault::Content => ("cms.content", "FORMAT_FAILURE"),
        CmsFault::Version => ("cms.version", "FORMAT_FAILURE"),
        CmsFault::DigestAlgorithms => ("cms.digest_algorithms", "FORMAT_FAILURE"),
        CmsFault::NoSignedAttributes => ("cms.no_signed_attributes", "FORMAT_FAILURE"),
        CmsFault::ContentType => ("cms.content_type", "FORMAT_FAILURE"),
        CmsFault::MessageDigest => ("cms.message_digest", "FORMAT_FAILURE"),
        CmsFault::RepeatedAttribute => ("cms.repeated_attribute", "FORMAT_FAILURE"),
        CmsFault::SigningCertificate => ("cms.signing_certificate", "FORMAT_FAILURE"),
        CmsFault::NoSignerCertificate => {
            return Some(Decision::new(
                Verdict::Indeterminate,
                "cms.no_signer_certificate",
                "NO_SIGNING_CERTIFICATE_FOUND",
            ));
        }
    };
    Some(Decision::new(Verdict::Invalid, code, sub_indication))
}

/// Cryptographic verification (5.2.7).
fn cryptography(cms: Option<&CmsFacts>) -> Option<Decision> {
    let cms = cms?;
    match cms.digest_matches {
        Some(true) => {}
        Some(false) => return Some(Decision::new(Verdict::Invalid, "signature.hash_failure", "HASH_FAILURE")),
        None => return Some(Decision::new(Verdict::Indeterminate, "signature.not_computed", "SIGNED_DATA_NOT_FOUND")),
    }
    match &cms.value {
        ValueCheck::Good => None,
        ValueCheck::Bad => Some(Decision::new(Verdict::Invalid, "signature.crypto_failure", "SIG_CRYPTO_FAILURE")),
        ValueCheck::Unsupported(what) => Some(
            Decision::new(Verdict::Indeterminate, "signature.unsupported_algorithm", "CRYPTO_CONSTRAINTS_FAILURE")
                .with("algorithm", what),
        ),
        ValueCheck::NotDone => Some(Decision::new(Verdict::Indeterminate, "signature.not_computed", "CUSTOM")),
    }
}

/// What the document shown has to do with the one that was signed.
fn changes_afterwards(signature: &SignatureFacts, facts: &DocumentFacts) -> Option<Decision> {
    let later: Vec<_> = facts
        .changes
        .iter()
        .filter(|change| signature.revision.is_some_and(|revision| change.revision > revision))
        .collect();
    let unexplained = later.iter().find(|change| !facts.stands(change));
    if let Some(change) = unexplained {
        let decision = Decision::new(Verdict::Indeterminate, "change.not_judged", "CUSTOM");
        return Some(decision.with("revision", change.revision + 1));
    }
    // What is not explained may be long-term data, which P=1 permits; an added signature is not.
    if signature.doc_mdp == Some(1) && !later.is_empty() {
        return Some(Decision::new(Verdict::Invalid, "change.not_permitted", "FORMAT_FAILURE"));
    }
    let rest = facts
        .structure
        .iter()
        .any(|fact| !matches!(fact, StructureFact::PrefixBytes { .. } | StructureFact::Incomplete));
    if rest {
        return Some(Decision::new(Verdict::Indeterminate, "structure.not_judged", "CUSTOM"));
    }
    if signature.coverage < Coverage::WholeRevision {
        return Some(Decision::new(Verdict::Indeterminate, "signature.partial", "CUSTOM"));
    }
    None
}

/// Certificate validation (5.2.6), and the suitability of the algorithms (5.2.8).
fn certificate(
    signature: &SignatureFacts,
    signer: Option<&Certificate>,
    certificates: &[Certificate],
    policy: &Policy,
) -> Option<Decision> {
    let Some(signer) = signer else {
        return Some(Decision::new(
            Verdict::Indeterminate,
            "cms.no_signer_certificate",
            "NO_SIGNING_CERTIFICATE_FOUND",
        ));
    };
    let issuers: Vec<Certificate> = certificates.iter().chain(&policy.issuers).cloned().collect();
    let indeterminate = |code, sub_indication| Some(Decision::new(Verdict::Indeterminate, code, sub_indication));
    let path = match find_path(
        signer,
        &issuers.iter().collect::<Vec<_>>(),
        &policy.anchors,
        &trust::PathSettings::at(policy.time),
    ) {
        Ok(path) => path.certificates.into_iter().cloned().collect::<Vec<_>>(),
        Err(PathProblem::NoAnchor) => {
            return indeterminate("chain.unknown_issuer", "NO_CERTIFICATE_CHAIN_FOUND").map(|decision| {
                decision.with("issuer", signer.issuer_label()).with(ARGUMENT_LIST, &policy.anchors.name)
            });
        }
        Err(PathProblem::NotYetValid(from)) => {
            let decision = Decision::new(Verdict::Invalid, "chain.not_yet_valid", "NOT_YET_VALID");
            return Some(decision.with("date", from.to_rfc3339()));
        }
        Err(PathProblem::Expired(until)) => {
            return indeterminate("chain.expired", "OUT_OF_BOUNDS_NO_POE")
                .map(|decision| decision.with("date", until.to_rfc3339()));
        }
        Err(PathProblem::IssuerOutOfValidity(who)) => {
            return indeterminate("chain.issuer_out_of_validity", "OUT_OF_BOUNDS_NO_POE")
                .map(|decision| decision.with("issuer", who));
        }
        Err(PathProblem::Unsupported(what)) => {
            return indeterminate("signature.unsupported_algorithm", "CRYPTO_CONSTRAINTS_FAILURE")
                .map(|decision| decision.with("algorithm", what));
        }
        Err(PathProblem::Constraint(who)) => {
            return indeterminate("chain.constraint", "CHAIN_CONSTRAINTS_FAILURE")
                .map(|decision| decision.with("issuer", who));
        }
        Err(_) => return indeterminate("chain.broken", "CERTIFICATE_CHAIN_GENERAL_FAILURE"),
    };
    if !may_sign_documents(signer) {
        return indeterminate("chain.key_usage", "CHAIN_CONSTRAINTS_FAILURE");
    }
    let cms = signature.cms.as_ref()?;
    let below_anchor = path.split_last().map(|(_, below)| below).unwrap_or_default();
    if cms.weak_digest || below_anchor.iter().any(Certificate::is_signed_weakly) {
        return indeterminate("signature.weak_algorithm", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
            .map(|decision| decision.with("algorithm", "SHA-1"));
    }
    if cms.unreadable_certificates > 0
        || certificates.len() > MAX_EMBEDDED
        || certificates.iter().any(|certificate| is_damaged(certificate, &path, &issuers, policy))
    {
        return indeterminate("cms.damaged_certificate", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
    }
    None
}

/// Most embedded certificates that are compared with each other; real chains have four.
const MAX_EMBEDDED: usize = 64;

/// Whether an embedded certificate that no path needs is an altered copy. Nobody signs these bytes of the CMS, so an
/// altered one must not pass unseen; one that merely belongs to a stranger is left alone.
fn is_damaged(certificate: &Certificate, path: &[Certificate], issuers: &[Certificate], policy: &Policy) -> bool {
    if path.contains(certificate) || policy.anchors.contains(certificate) {
        return false;
    }
    let checks: Vec<_> = issuers
        .iter()
        .chain(policy.anchors.iter())
        .filter(|issuer| issuer.subject == certificate.issuer)
        .map(|issuer| certificate.verify_signed_by(issuer))
        .collect();
    if checks.contains(&Ok(())) {
        return false;
    }
    let resembles = |known: &Certificate| {
        known.spki == certificate.spki || (known.issuer == certificate.issuer && known.serial == certificate.serial)
    };
    let is_unsupported = checks.iter().any(|check| matches!(check, Err(CadesError::Unsupported(_))));
    path.iter().chain(policy.anchors.iter()).any(resembles) || (!checks.is_empty() && !is_unsupported)
}

/// keyUsage bits digitalSignature and nonRepudiation (RFC 5280, 4.2.1.3).
const MAY_SIGN: u16 = 0b11;

/// Purposes that have nothing to do with documents: a certificate for these alone cannot sign one.
/// Time stamping, OCSP, code, servers.
const OTHER_PURPOSES: [&str; 4] = ["1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9", "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.1"];

/// Whether keyUsage, extendedKeyUsage and basicConstraints let a certificate sign documents. Either bit of keyUsage
/// will do: gov.br certificates carry digitalSignature alone.
#[must_use]
pub fn may_sign_documents(signer: &Certificate) -> bool {
    let usage = signer.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage & MAY_SIGN != 0));
    let purposes = signer.extended_key_usage();
    let is_ca = !matches!(signer.basic_constraints(), Ok(None | Some((false, _))));
    usage
        && !is_ca
        && purposes
            .is_ok_and(|list| list.is_empty() || list.iter().any(|purpose| !OTHER_PURPOSES.contains(&purpose.as_str())))
}

/// Revocation evidence. What is embedded is not judged yet, so its presence keeps a verdict from being valid.
fn evidence(signature: &SignatureFacts, facts: &DocumentFacts, policy: &Policy) -> Option<Decision> {
    let present = facts.has_dss || signature.cms.as_ref().is_some_and(|cms| cms.has_revocation);
    match policy.revocation {
        RevocationRule::Ignore => None,
        RevocationRule::IfPresent if !present => None,
        RevocationRule::IfPresent => Some(Decision::new(Verdict::Indeterminate, "revocation.not_judged", "TRY_LATER")),
        RevocationRule::Required => Some(Decision::new(Verdict::Indeterminate, "revocation.missing", "TRY_LATER")),
    }
}

fn incomplete(facts: &DocumentFacts) -> Option<Decision> {
    facts
        .structure
        .contains(&StructureFact::Incomplete)
        .then(|| Decision::new(Verdict::Indeterminate, "structure.incomplete", "CUSTOM"))
}
