//! The report that programs read: `cartorio verify --json`. Its form is stable; its schema is `docs/verify.schema.json`.

use office::{OfficeError, Verified};
use pades::{
    Severity, Verdict,
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
                    findings: vec![FindingReport { code: failure.code, severity: Severity::Error, text }],
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
                algorithm: signature.cms.as_ref().and_then(|cms| cms.algorithm.clone()),
            })
            .collect();
        let findings = judgement
            .findings
            .iter()
            .map(|finding| FindingReport {
                code: finding.code.clone(),
                severity: finding.severity,
                text: view::words(&finding.code, &finding.arguments),
            })
            .collect();
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
        let has = |verdict| self.files.iter().any(|file| file.verdict == verdict);
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
}
