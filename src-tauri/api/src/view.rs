//! A verified file in words: the same sentences in window and terminal.

use std::collections::BTreeMap;

use chrono::DateTime;
use office::{Verified, clock};
use pades::{
    DocumentFacts, Severity, SignatureJudgement, Verdict,
    facts::{ChangeKind, Coverage, SignatureFacts},
};
use serde::Serialize;
use ts_rs::TS;

use crate::report::FileVerdict;

/// One file as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DocumentView {
    /// Its name, without folder.
    pub name: String,
    /// SHA-256 in groups of four digits.
    pub sha256: String,
    /// The word.
    pub verdict: FileVerdict,
    /// Verdict and cause in a few words.
    pub title: String,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
    /// "2 assinaturas: 1 aprovada, 1 indeterminada"; empty with none.
    pub counts: String,
    /// Each signature.
    pub signatures: Vec<SignatureView>,
    /// Everything else.
    pub findings: Vec<FindingView>,
    /// When this was judged.
    pub time: String,
    /// By which list of anchors.
    pub list: String,
}

/// One signature as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SignatureView {
    /// Name of its field.
    pub field: String,
    /// The word.
    pub verdict: FileVerdict,
    /// Verdict and cause in a few words.
    pub title: String,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
    /// Who signed?
    pub who: Answer,
    /// Did the document change?
    pub changed: Answer,
    /// Can certificate and date be trusted?
    pub trust: Answer,
    /// For experts: code, sub-indication, coverage, algorithm.
    pub details: Vec<Detail>,
}

/// The answer to one of the three questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Answer {
    /// How it stands.
    pub verdict: FileVerdict,
    /// In words.
    pub text: String,
}

/// A line for experts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Detail {
    /// What.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FindingView {
    /// Stable code.
    pub code: String,
    /// Whether it keeps the file from being approved.
    pub grave: bool,
    /// In words.
    pub text: String,
}

impl DocumentView {
    /// The words for a verified file.
    #[must_use]
    pub fn new(name: &str, verified: &Verified) -> Self {
        let (facts, judgement) = (&verified.facts, &verified.judgement);
        let signatures: Vec<SignatureView> = facts
            .signatures
            .iter()
            .zip(&judgement.signatures)
            .map(|(signature, judged)| SignatureView::new(signature, judged, facts, verified))
            .collect();
        // The worst one speaks for the file.
        let worst =
            judgement.signatures.iter().zip(&signatures).max_by_key(|(judged, _)| judged.verdict).map(|(_, view)| view);
        let (title, sentence, remedy) = match worst {
            Some(worst) => (worst.title.clone(), worst.sentence.clone(), worst.remedy.clone()),
            None if judgement.verdict.is_some() => {
                let explained = texts::explain("structure.incomplete", &[]);
                (explained.title, explained.cause, explained.remedy)
            }
            None => {
                let explained = texts::explain("document-unsigned", &[]);
                (texts::text("verdict-unsigned", &[]), explained.title, explained.remedy)
            }
        };
        Self {
            name: name.to_owned(),
            sha256: grouped(&facts.sha256),
            verdict: judgement.verdict.map_or(FileVerdict::Unsigned, FileVerdict::from),
            title,
            sentence,
            remedy,
            counts: counts(&judgement.signatures),
            signatures,
            findings: judgement
                .findings
                .iter()
                .map(|finding| FindingView {
                    code: finding.code.clone(),
                    grave: finding.severity > Severity::Note,
                    text: words(&finding.code, &finding.arguments),
                })
                .collect(),
            time: clock::spoken(verified.time),
            list: verified.list.clone(),
        }
    }
}

impl SignatureView {
    fn new(
        signature: &SignatureFacts,
        judged: &SignatureJudgement,
        facts: &DocumentFacts,
        verified: &Verified,
    ) -> Self {
        let changed = changed(signature, judged, facts);
        let mut arguments = judged.arguments.clone();
        let unknown = texts::text("answer-who-unknown", &[]);
        arguments.entry("signer".to_owned()).or_insert_with(|| judged.signer.clone().unwrap_or(unknown));
        arguments.insert("changes".to_owned(), changed.text.clone());
        arguments.insert("time".to_owned(), clock::spoken(verified.time));
        for key in ["date"] {
            if let Some(date) = arguments.get(key).and_then(|date| DateTime::parse_from_rfc3339(date).ok()) {
                arguments.insert(key.to_owned(), clock::spoken(date.to_utc()));
            }
        }
        let explained = texts::explain(&judged.code, &borrowed(&arguments));
        let verdict = FileVerdict::from(judged.verdict);
        Self {
            field: signature.field.clone(),
            verdict,
            title: explained.title,
            sentence: explained.cause.clone(),
            remedy: explained.remedy,
            who: who(judged, verdict),
            changed,
            trust: trust(signature, judged, &explained.cause, &verified.list),
            details: details(signature, judged),
        }
    }
}

fn who(judged: &SignatureJudgement, verdict: FileVerdict) -> Answer {
    match (&judged.signer, &judged.issuer) {
        (Some(signer), Some(issuer)) => {
            let text = texts::text("answer-who", &[("signer", signer), ("issuer", issuer)]);
            // A name is only as good as the signature that carries it.
            let verdict = if verdict == FileVerdict::Valid { verdict } else { FileVerdict::Indeterminate };
            Answer { verdict, text }
        }
        _ => Answer { verdict: FileVerdict::Indeterminate, text: texts::text("answer-who-unknown", &[]) },
    }
}

fn changed(signature: &SignatureFacts, judged: &SignatureJudgement, facts: &DocumentFacts) -> Answer {
    let cms = signature.cms.as_ref().or(signature.token.as_ref().map(|token| &token.cms));
    let digest = match &signature.token {
        Some(token) => token.imprint_matches,
        None => cms.and_then(|cms| cms.digest_matches),
    };
    let answer = |verdict, id: &str, arguments: &[(&str, &str)]| Answer { verdict, text: texts::text(id, arguments) };
    let is_about_bytes = judged.code.starts_with("change.") || judged.code.starts_with("structure.");
    if digest == Some(false) || (judged.verdict == Verdict::Invalid && is_about_bytes) {
        return answer(FileVerdict::Invalid, "answer-changed", &[]);
    }
    // The digest inside the signature says something only if the signature itself is good.
    let is_sealed = signature.is_sound() && digest == Some(true);
    if !is_sealed || is_about_bytes {
        return answer(FileVerdict::Indeterminate, "answer-changed-unknown", &[]);
    }
    let later =
        facts.changes.iter().filter(|change| signature.revision.is_some_and(|revision| change.revision > revision));
    let kinds: Vec<ChangeKind> = later.flat_map(|change| change.changes.iter().map(|one| one.kind)).collect();
    let count = |wanted: &[ChangeKind]| kinds.iter().filter(|kind| wanted.contains(kind)).count();
    let parts: Vec<String> = [
        (count(&[ChangeKind::SignatureAdded, ChangeKind::TimeStampAdded]), "added-signatures"),
        (count(&[ChangeKind::FieldFilled]), "added-fields"),
        (
            count(&[ChangeKind::AnnotationAdded, ChangeKind::AnnotationChanged, ChangeKind::AnnotationRemoved]),
            "added-annotations",
        ),
        (count(&[ChangeKind::LongTermData]), "added-long-term"),
        (count(&[ChangeKind::Information, ChangeKind::Metadata, ChangeKind::Description]), "added-information"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, id)| texts::text(id, &[("count", &count.to_string())]))
    .collect();
    if parts.is_empty() {
        return answer(FileVerdict::Valid, "answer-unchanged", &[]);
    }
    answer(FileVerdict::Valid, "answer-only-permitted", &[("list", &parts.join(", "))])
}

fn trust(signature: &SignatureFacts, judged: &SignatureJudgement, cause: &str, list: &str) -> Answer {
    let time = match signature.claims.signed_at.as_deref().and_then(|time| DateTime::parse_from_rfc3339(time).ok()) {
        Some(time) => texts::text("answer-claimed-time", &[("time", &clock::spoken(time.to_utc()))]),
        None => texts::text("answer-no-time", &[]),
    };
    let verdict = FileVerdict::from(judged.verdict);
    let text = match verdict {
        FileVerdict::Valid => texts::text("answer-trusted", &[("list", list), ("time", &time)]),
        _ => format!("{cause} {time}"),
    };
    Answer { verdict, text }
}

fn details(signature: &SignatureFacts, judged: &SignatureJudgement) -> Vec<Detail> {
    let indication = match judged.verdict {
        Verdict::Valid => "TOTAL-PASSED",
        Verdict::Indeterminate => "INDETERMINATE",
        Verdict::Invalid => "TOTAL-FAILED",
    };
    let sub_indication = judged.sub_indication.as_ref().map(|sub| format!("{indication} / {sub}"));
    let coverage = match signature.coverage {
        Coverage::WholeFile => texts::text("coverage-whole-file", &[]),
        Coverage::WholeRevision => {
            let revision = signature.revision.map_or_else(String::new, |revision| (revision + 1).to_string());
            texts::text("coverage-whole-revision", &[("revision", &revision)])
        }
        Coverage::ContiguousFromStart | Coverage::Unclear => texts::text("coverage-partial", &[]),
    };
    let algorithm = signature.cms.as_ref().and_then(|cms| cms.algorithm.clone());
    let lines = [
        ("detail-indication", Some(sub_indication.unwrap_or_else(|| indication.to_owned()))),
        ("detail-code", Some(judged.code.clone())),
        ("detail-field", Some(signature.field.clone())),
        ("detail-coverage", Some(coverage)),
        ("detail-algorithm", algorithm),
        ("detail-subfilter", Some(signature.sub_filter.clone())),
        ("detail-reason", signature.claims.reason.clone()),
        ("detail-location", signature.claims.location.clone()),
    ];
    lines
        .into_iter()
        .filter_map(|(id, value)| {
            Some(Detail { name: texts::text(id, &[]), value: value.filter(|value| !value.is_empty())? })
        })
        .collect()
}

fn counts(signatures: &[SignatureJudgement]) -> String {
    if signatures.is_empty() {
        return String::new();
    }
    let count = |verdict| signatures.iter().filter(|signature| signature.verdict == verdict).count();
    let parts: Vec<String> = [
        (count(Verdict::Valid), "verdict-count-valid"),
        (count(Verdict::Indeterminate), "verdict-count-indeterminate"),
        (count(Verdict::Invalid), "verdict-count-invalid"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, id)| texts::text(id, &[("count", &count.to_string())]))
    .collect();
    texts::text("verdict-counts", &[("total", &signatures.len().to_string()), ("details", &parts.join(", "))])
}

/// A code's words with its arguments.
#[must_use]
pub fn words(code: &str, arguments: &BTreeMap<String, String>) -> String {
    let arguments = borrowed(arguments);
    let explained = texts::explain(code, &arguments);
    if explained.cause.is_empty() { explained.title } else { format!("{}. {}", explained.title, explained.cause) }
}

fn borrowed(arguments: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Hexadecimal digits in groups of four, as people compare them.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let characters: Vec<char> = digits.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
