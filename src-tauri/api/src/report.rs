//! The report that programs read: `cartorio verify --json`. Its form is stable; its schema is `docs/verify.schema.json`.

use office::{OfficeError, Verified};
use pades::{
    Finding, LegalClass, Severity, Verdict,
    facts::{Coverage, SignatureKind},
};
use serde::Serialize;
use ts_rs::TS;

use crate::view;

/// The word for a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FileVerdict {
    /// Every signature passed.
    Valid,
    /// At least one is undecided, none failed.
    Indeterminate,
    /// At least one failed.
    Invalid,
    /// There is no signature.
    Unsigned,
    /// It cannot be read as a PDF.
    Unreadable,
}

impl FileVerdict {
    /// Its code in the texts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Valid => "verdict-valid",
            Self::Indeterminate => "verdict-indeterminate",
            Self::Invalid => "verdict-invalid",
            Self::Unsigned => "verdict-unsigned",
            Self::Unreadable => "verdict-unreadable",
        }
    }
}

impl From<Verdict> for FileVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Valid => Self::Valid,
            Verdict::Indeterminate => Self::Indeterminate,
            Verdict::Invalid => Self::Invalid,
        }
    }
}

/// All files of one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// In the order they were given.
    pub files: Vec<FileReport>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// As it was given.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal; `null` if it could not be read.
    pub sha256: Option<String>,
    /// The worst of its signatures.
    pub verdict: FileVerdict,
    /// Its signatures.
    pub signatures: Vec<SignatureReport>,
    /// Everything else.
    pub findings: Vec<FindingReport>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureReport {
    /// Name of its field.
    pub field: String,
    /// certification, approval, document-time-stamp
    pub kind: SignatureKind,
    /// valid, indeterminate, invalid
    pub verdict: FileVerdict,
    /// What decided.
    pub code: String,
    /// Who signed, by the certificate.
    pub signer: Option<String>,
    /// What the signer's computer claimed, RFC 3339.
    pub signed_at_claimed: Option<String>,
    /// unclear, contiguous-from-start, whole-revision, whole-file
    pub coverage: Coverage,
    /// Signature algorithm and key.
    pub algorithm: Option<String>,
    /// TOTAL-PASSED, INDETERMINATE, TOTAL-FAILED (EN 319 102-1, 5.1.2).
    pub indication: &'static str,
    /// Sub-indication, where there is one (5.1.3).
    pub sub_indication: Option<String>,
    /// What law calls it: qualified, legal-entity-seal, advanced-gov-br, advanced-private-ca, demonstration,
    /// unknown-issuer.
    pub legal_class: LegalClass,
    /// The earliest time at which it is known to have existed, RFC 3339, and whether a time stamp proves it.
    pub best_signature_time: Option<String>,
    /// Whether that time is proven.
    pub time_is_proven: bool,
    /// The PAdES level reached: B-B, B-T, B-LT, B-LTA.
    pub level: Option<String>,
    /// What the next level needs.
    pub missing_for_next_level: Vec<MissingReport>,
    /// The signature policy that it names.
    pub policy: Option<String>,
    /// Number of the revision it signs, from 1.
    pub revision: Option<usize>,
}

/// What a level needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingReport {
    /// Stable code.
    pub code: String,
    /// Which certificate or attribute it is about.
    pub what: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingReport {
    /// Stable code.
    pub code: String,
    /// note, warning, error
    pub severity: Severity,
    /// In words.
    pub text: String,
    /// The object it is about; absent where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<u64>,
    /// The revision it is about, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The bytes it is about, from and up to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<[u64; 2]>,
}

impl FindingReport {
    fn new(finding: &Finding) -> Self {
        let number = |key: &str| finding.arguments.get(key).and_then(|text| text.parse::<u64>().ok());
        let bytes = match (number("from"), number("to")) {
            (Some(from), Some(to)) if from < to => Some([from, to]),
            _ => None,
        };
        Self {
            code: finding.code.clone(),
            severity: finding.severity,
            text: view::words(&finding.code, &finding.arguments),
            object: number("object").filter(|object| *object > 0),
            revision: number("revision"),
            bytes,
        }
    }
}

impl FileReport {
    /// The report on a verified file, or on one that could not be read.
    #[must_use]
    pub fn new(file: &str, result: &Result<Verified, OfficeError>) -> Self {
        match result {
            Ok(verified) => Self::of(file, verified),
            Err(error) => {
                let failure = crate::Failure::from(error);
                let text = format!("{}: {} {}", failure.title, failure.cause, failure.remedy);
                Self {
                    file: file.to_owned(),
                    sha256: None,
                    verdict: FileVerdict::Unreadable,
                    signatures: Vec::new(),
                    findings: vec![FindingReport {
                        code: failure.code,
                        severity: Severity::Error,
                        text,
                        object: None,
                        revision: None,
                        bytes: None,
                    }],
                }
            }
        }
    }

    fn of(file: &str, verified: &Verified) -> Self {
        let (facts, judgement) = (&verified.facts, &verified.judgement);
        let signatures = facts
            .signatures
            .iter()
            .zip(&judgement.signatures)
            .map(|(signature, judged)| SignatureReport {
                field: signature.field.clone(),
                kind: signature.kind,
                verdict: judged.verdict.into(),
                code: judged.code.clone(),
                signer: judged.signer.clone(),
                signed_at_claimed: signature.claims.signed_at.clone(),
                coverage: signature.coverage,
                algorithm: view::algorithm(signature),
                indication: view::indication(judged.verdict),
                sub_indication: judged.sub_indication.clone(),
                legal_class: judged.class,
                best_signature_time: judged.best_time.clone(),
                time_is_proven: judged.time_is_proven,
                level: judged.level.reached.clone(),
                missing_for_next_level: judged
                    .level
                    .missing
                    .iter()
                    .map(|missing| MissingReport { code: missing.code.clone(), what: missing.what.clone() })
                    .collect(),
                policy: judged.conformity.as_ref().map(|conformity| conformity.policy.clone()),
                revision: signature.revision.map(|revision| revision + 1),
            })
            .collect();
        let findings = judgement.findings.iter().map(FindingReport::new).collect();
        Self {
            file: file.to_owned(),
            sha256: Some(facts.sha256.clone()),
            verdict: judgement.verdict.map_or(FileVerdict::Unsigned, FileVerdict::from),
            signatures,
            findings,
        }
    }
}

impl Report {
    /// 0 all valid, 1 some invalid, 2 some indeterminate, 3 some unsigned or unreadable: the lowest that applies.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        exit_status(|verdict| self.files.iter().any(|file| file.verdict == verdict))
    }
}

/// The status by which verdicts there are: see [`Report::exit_status`].
#[must_use]
pub fn exit_status(has: impl Fn(FileVerdict) -> bool) -> u8 {
    if has(FileVerdict::Invalid) {
        1
    } else if has(FileVerdict::Indeterminate) {
        2
    } else if has(FileVerdict::Unsigned) || has(FileVerdict::Unreadable) {
        3
    } else {
        0
    }
}
