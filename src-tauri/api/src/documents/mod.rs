//! Reports for keeping and handing on: HTML, PDF, facts as JSON, and the form of ETSI TS 119 102-2.

mod etsi;
mod html;
mod pdf;

use office::{FACTS_VERSION, StoredFacts, Verified, clock};
use pades::facts::Owner;

use crate::{DocumentView, Failure, view};

/// The forms a report may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One page for a browser, without anything from the network.
    Html,
    /// A PDF of text.
    Pdf,
    /// Facts and judgement as JSON, to be judged again.
    Facts,
    /// ETSI TS 119 102-2, XML.
    Etsi,
}

/// A report on a verified file.
///
/// # Errors
/// A failure where the form has no way to say what there is to say: ETSI's needs a signature.
pub fn render(form: Form, name: &str, verified: &Verified) -> Result<Vec<u8>, Failure> {
    match form {
        Form::Html => Ok(html::render(&Content::new(name, verified)).into_bytes()),
        Form::Pdf => Ok(pdf::render(&Content::new(name, verified))),
        Form::Facts => facts(name, verified),
        Form::Etsi => etsi::render(verified).map(String::into_bytes),
    }
}

fn facts(name: &str, verified: &Verified) -> Result<Vec<u8>, Failure> {
    let stored = StoredFacts {
        version: FACTS_VERSION,
        file: name.to_owned(),
        facts: verified.facts.clone(),
        judgement: verified.judgement.clone(),
        judged_at: verified.time.to_rfc3339(),
    };
    serde_json::to_vec(&stored).map_err(|_| Failure::of("program.internal", &[]))
}

/// What a report says, line by line, whatever its form: the order is that of ITI's report.
struct Content {
    view: DocumentView,
    /// Name and value.
    header: Vec<(String, String)>,
    /// Title, then names and values, of each signature.
    signatures: Vec<(String, Vec<(String, String)>)>,
    findings: Vec<String>,
    parts: Vec<String>,
}

impl Content {
    fn new(name: &str, verified: &Verified) -> Self {
        let view = DocumentView::new(name, verified);
        let say = |id: &str| texts::text(id, &[]);
        let source = if verified.online { "report-source-online" } else { "report-source-offline" };
        let header = vec![
            (say("report-name"), name.to_owned()),
            (say("report-date"), clock::spoken(verified.time)),
            (say("report-software"), format!("Cartório Digital {}", env!("CARGO_PKG_VERSION"))),
            (say("report-source"), say(source)),
            (say("report-sha256"), view.sha256.clone()),
            (say("report-type"), "PDF".to_owned()),
            (say("report-count"), view.signatures.len().to_string()),
        ];
        let signatures = view
            .signatures
            .iter()
            .zip(verified.facts.signatures.iter().zip(&verified.judgement.signatures))
            .zip(1..)
            .map(|((shown, (facts, judged)), number): (_, usize)| {
                let title =
                    texts::text("report-signature", &[("number", &number.to_string()), ("field", &facts.field)]);
                let mut lines = vec![
                    (say("report-signer"), judged.signer.clone().unwrap_or_default()),
                    (say("report-issuer"), judged.issuer.clone().unwrap_or_default()),
                    (say("report-status"), shown.title.clone()),
                    (say("report-signed-at"), facts.claims.signed_at.clone().unwrap_or_default()),
                    (say("question-who"), shown.who.text.clone()),
                    (say("question-changed"), shown.changed.text.clone()),
                    (say("question-trust"), shown.trust.text.clone()),
                    (say("report-message"), format!("{} {}", shown.sentence, shown.remedy)),
                ];
                lines.extend(shown.details.iter().map(|detail| (detail.name.clone(), detail.value.clone())));
                lines.retain(|(_, value)| !value.trim().is_empty());
                (title, lines)
            })
            .collect();
        let findings = view.findings.iter().map(|finding| finding.text.clone()).collect();
        Self { header, signatures, findings, parts: part_lines(verified), view }
    }
}

/// Every part of the file and whose it is, in words.
#[must_use]
pub fn part_lines(verified: &Verified) -> Vec<String> {
    let name = |index: usize| {
        verified.facts.signatures.get(index).map_or_else(String::new, |signature| signature.field.clone())
    };
    verified
        .facts
        .parts
        .iter()
        .map(|part| {
            let owner = match &part.owner {
                Owner::Signed { signature } => texts::text("part-signed", &[("signature", &name(*signature))]),
                Owner::SignatureValue { signature } => texts::text("part-value", &[("signature", &name(*signature))]),
                Owner::Added { revision } => texts::text("part-added", &[("revision", &(revision + 1).to_string())]),
                Owner::LineEnd => texts::text("part-line-end", &[]),
                Owner::Unexplained => texts::text("part-unexplained", &[]),
            };
            let (from, to) = (part.from.to_string(), part.to.to_string());
            texts::text("report-part", &[("from", &from), ("to", &to), ("owner", &owner)])
        })
        .collect()
}

/// The word of a verdict.
fn word(content: &Content) -> String {
    texts::text(content.view.verdict.code(), &[])
}

/// Used by the XML form too.
fn indication(verdict: pades::Verdict) -> String {
    view::indication(verdict).to_lowercase()
}
