//! A verified file in words: the same sentences in window and terminal.

use std::collections::BTreeMap;

use chrono::DateTime;
use office::{Verified, clock};
use pades::{
    DocumentFacts, LegalClass, Severity, SignatureJudgement, Verdict,
    facts::{ChangeKind, Coverage, SignatureFacts, StructureFact},
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
        // The worst one speaks for the file; of equals somebody who signed, before an authority that only says when.
        let speaks = |judged: &pades::SignatureJudgement| {
            let kind = facts.signatures.get(judged.signature).map(|signature| &signature.kind);
            (judged.verdict, kind != Some(&pades::facts::SignatureKind::DocumentTimeStamp))
        };
        let worst =
            judgement.signatures.iter().zip(&signatures).max_by_key(|(judged, _)| speaks(judged)).map(|(_, view)| view);
        let (title, sentence, remedy) = match worst {
            Some(worst) => (worst.title.clone(), worst.sentence.clone(), worst.remedy.clone()),
            None if judgement.verdict.is_some() => {
                let code = unread_code(facts);
                let explained = texts::explain(code, &[]);
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
        let time = said(judged.best_time.as_deref()).unwrap_or_else(|| clock::spoken(verified.time));
        arguments.insert("time".to_owned(), time);
        if judged.verdict == Verdict::Valid {
            arguments.insert("list".to_owned(), texts::text(list_id(judged.class), &[]));
        }
        for key in ["date"] {
            if let Some(date) = arguments.get(key).and_then(|date| DateTime::parse_from_rfc3339(date).ok()) {
                arguments.insert(key.to_owned(), clock::spoken(date.to_utc()));
            }
        }
        let is_stamp = signature.token.is_some() && judged.verdict == Verdict::Valid;
        let stamped = judged.time_stamps.first().and_then(|stamp| said(stamp.time.as_deref()));
        arguments.insert("stamped".to_owned(), stamped.unwrap_or_default());
        // A time stamp says when, and nobody's will.
        let code = if is_stamp { "stamp.of_document" } else { judged.code.as_str() };
        let explained = texts::explain(code, &borrowed(&arguments));
        let verdict = FileVerdict::from(judged.verdict);
        Self {
            field: signature.field.clone(),
            verdict,
            title: explained.title,
            sentence: explained.cause.clone(),
            remedy: explained.remedy,
            who: who(judged, verdict),
            changed,
            trust: trust(signature, judged, &explained.cause),
            details: details(signature, judged),
        }
    }
}

/// What keeps a file without readable signatures from being called unsigned.
fn unread_code(facts: &DocumentFacts) -> &'static str {
    let has = |wanted: fn(&StructureFact) -> bool| facts.structure.iter().any(wanted);
    if has(|fact| matches!(fact, StructureFact::Unopened { .. })) {
        "document.unopened"
    } else if has(|fact| matches!(fact, StructureFact::UnreachedSignature)) {
        "document.unreached"
    } else {
        "structure.incomplete"
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

/// The words for a time in RFC 3339.
fn said(time: Option<&str>) -> Option<String> {
    let time = time.and_then(|time| DateTime::parse_from_rfc3339(time).ok())?;
    Some(clock::spoken(time.to_utc()))
}

fn trust(signature: &SignatureFacts, judged: &SignatureJudgement, cause: &str) -> Answer {
    let claimed = said(signature.claims.signed_at.as_deref());
    let time = match (judged.time_is_proven, said(judged.best_time.as_deref()), claimed) {
        (true, Some(time), _) => texts::text("answer-proven-time", &[("time", &time)]),
        (_, _, Some(time)) => texts::text("answer-claimed-time", &[("time", &time)]),
        _ => texts::text("answer-no-time", &[]),
    };
    let verdict = FileVerdict::from(judged.verdict);
    let text = match verdict {
        FileVerdict::Valid if signature.token.is_some() => {
            texts::text("answer-trusted", &[("list", &texts::text(list_id(judged.class), &[])), ("time", "")])
        }
        FileVerdict::Valid => {
            let list = texts::text(list_id(judged.class), &[]);
            let class = texts::text(class_id(judged.class), &[]);
            format!("{} {class}", texts::text("answer-trusted", &[("list", &list), ("time", &time)]))
        }
        _ if is_about_document(&judged.code) => {
            // The certificate may be as good as it likes: it did not sign what is shown.
            return Answer {
                verdict: FileVerdict::Indeterminate,
                text: texts::text("answer-trust-moot", &[("time", &time)]),
            };
        }
        _ => format!("{cause} {time}"),
    };
    Answer { verdict, text }
}

/// Whether what decided has to do with the file and not with the certificate.
fn is_about_document(code: &str) -> bool {
    ["change.", "structure.", "format.", "signature.hash_failure"].iter().any(|about| code.starts_with(about))
}

fn list_id(class: LegalClass) -> &'static str {
    match class {
        LegalClass::Qualified | LegalClass::LegalEntitySeal => "list-icp-brasil",
        LegalClass::AdvancedGovBr => "list-gov-br",
        LegalClass::Demonstration => "list-demonstration",
        LegalClass::AdvancedPrivateCa | LegalClass::UnknownIssuer => "list-given",
    }
}

/// The text of a legal class.
#[must_use]
pub fn class_id(class: LegalClass) -> &'static str {
    match class {
        LegalClass::Qualified => "class-qualified",
        LegalClass::LegalEntitySeal => "class-seal",
        LegalClass::AdvancedGovBr => "class-gov-br",
        LegalClass::AdvancedPrivateCa => "class-private-ca",
        LegalClass::Demonstration => "class-demonstration",
        LegalClass::UnknownIssuer => "class-unknown",
    }
}

/// The indication of EN 319 102-1, 5.1.2.
#[must_use]
pub fn indication(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "TOTAL-PASSED",
        Verdict::Indeterminate => "INDETERMINATE",
        Verdict::Invalid => "TOTAL-FAILED",
    }
}

/// Name of a signature's algorithm, of a document time stamp too.
#[must_use]
pub fn algorithm(signature: &SignatureFacts) -> Option<String> {
    let cms = signature.cms.as_ref().or(signature.token.as_ref().map(|token| &token.cms));
    cms.and_then(|cms| cms.algorithm.clone())
}

fn details(signature: &SignatureFacts, judged: &SignatureJudgement) -> Vec<Detail> {
    let indication = indication(judged.verdict);
    let sub_indication = judged.sub_indication.as_ref().map(|sub| format!("{indication} / {sub}"));
    let coverage = match signature.coverage {
        Coverage::WholeFile => texts::text("coverage-whole-file", &[]),
        Coverage::WholeRevision => {
            let revision = signature.revision.map_or_else(String::new, |revision| (revision + 1).to_string());
            texts::text("coverage-whole-revision", &[("revision", &revision)])
        }
        Coverage::ContiguousFromStart | Coverage::Unclear => texts::text("coverage-partial", &[]),
    };
    let holder = &judged.holder;
    let kind = judged.class == LegalClass::UnknownIssuer;
    let level = judged.level.reached.as_ref().map(|level| format!("PAdES {level}"));
    let next = judged.level.next.as_ref().filter(|_| !judged.level.missing.is_empty()).map(|next| {
        let missing: Vec<String> =
            judged.level.missing.iter().map(|missing| texts::text(&missing.code, &[("what", &missing.what)])).collect();
        texts::text("level-next", &[("next", next), ("list", &missing.join("; "))])
    });
    let expires =
        said(judged.expires.as_deref()).filter(|_| judged.verdict == Verdict::Valid && !judged.time_is_proven);
    // Anybody writes numbers into a certificate; these authorities look at papers first.
    let is_vouched_for = matches!(
        judged.class,
        LegalClass::Qualified | LegalClass::LegalEntitySeal | LegalClass::AdvancedGovBr | LegalClass::Demonstration
    );
    let bytes = signature.byte_range.map(|[a, b, c, d]| format!("{a} {b} {c} {d}"));
    let lines = [
        ("detail-indication", Some(sub_indication.unwrap_or_else(|| indication.to_owned()))),
        ("detail-code", Some(judged.code.clone())),
        ("detail-field", Some(signature.field.clone())),
        ("detail-class", (!kind && signature.token.is_none()).then(|| texts::text(class_id(judged.class), &[]))),
        ("detail-cpf", holder.cpf.clone().filter(|_| is_vouched_for)),
        ("detail-cnpj", holder.cnpj.clone().filter(|_| is_vouched_for)),
        ("detail-responsible", holder.responsible.clone().filter(|_| is_vouched_for)),
        ("detail-certificate-kind", holder.kind.clone().filter(|_| is_vouched_for)),
        ("detail-level", level),
        ("detail-next-level", next),
        ("detail-provable-until", expires),
        ("detail-policy", judged.conformity.as_ref().map(|conformity| conformity.policy.clone())),
        ("detail-coverage", Some(coverage)),
        ("detail-bytes", bytes),
        ("detail-object", Some(signature.object.to_string())),
        ("detail-algorithm", algorithm(signature)),
        ("detail-subfilter", Some(signature.sub_filter.clone())),
        ("detail-reason", signature.claims.reason.clone()),
        ("detail-location", signature.claims.location.clone()),
    ];
    let mut details: Vec<Detail> = lines
        .into_iter()
        .filter_map(|(id, value)| {
            Some(Detail { name: texts::text(id, &[]), value: value.filter(|value| !value.is_empty())? })
        })
        .collect();
    for step in &judged.path {
        let state = texts::text(&format!("step-revocation-{}", step.revocation), &[]);
        let dated = said(step.evidence.as_deref()).map_or(state.clone(), |date| format!("{state} ({date})"));
        details.push(Detail { name: texts::text("detail-path", &[]), value: format!("{}: {dated}", step.subject) });
    }
    for stamp in &judged.time_stamps {
        let time = said(stamp.time.as_deref()).unwrap_or_default();
        let words = texts::text(&stamp.code, &[]);
        let who = stamp.authority.clone().unwrap_or_default();
        details.push(Detail { name: texts::text("detail-time-stamp", &[]), value: format!("{time} {who}: {words}") });
    }
    for item in judged.conformity.iter().flat_map(|conformity| &conformity.items) {
        let state = texts::text(if item.met { "item-met" } else { "item-not-met" }, &[]);
        details.push(Detail {
            name: texts::text("detail-conformity", &[]),
            value: format!("{}: {state}", texts::text(&item.code, &[])),
        });
    }
    details
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
