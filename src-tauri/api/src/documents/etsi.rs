//! The validation report of ETSI TS 119 102-2 (namespace of version 1.4.1).

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use office::Verified;
use pades::{SignatureJudgement, facts::SignatureFacts};

use super::{html::escaped, indication};
use crate::Failure;

const NAMESPACES: &str = "xmlns=\"http://uri.etsi.org/19102/v1.4.1#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\"";

/// What a certificate is among validation objects (TS 119 102-2, 4.4.2).
const CERTIFICATE: &str = "urn:etsi:019102:validationObject:certificate";

/// The signed document.
const DOCUMENT: &str = "urn:etsi:019102:validationObject:signedData";

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// One report a signature, and the objects they refer to.
///
/// # Errors
/// Without a signature there is nothing that this form could say.
pub(super) fn render(verified: &Verified) -> Result<String, Failure> {
    if verified.facts.signatures.is_empty() {
        return Err(Failure::of("report.no_signature", &[]));
    }
    let mut objects: Vec<(String, Vec<u8>)> = Vec::new();
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ValidationReport {NAMESPACES}>\n");
    for (facts, judged) in verified.facts.signatures.iter().zip(&verified.judgement.signatures) {
        signature(&mut out, facts, judged, verified, &mut objects);
    }
    out.push_str("<SignatureValidationObjects>\n");
    let _ = writeln!(
        out,
        "<ValidationObject id=\"document\"><ObjectType>{DOCUMENT}</ObjectType><ValidationObjectRepresentation>{}</ValidationObjectRepresentation></ValidationObject>",
        digest("DigestAlgAndValue", &octets(&verified.facts.sha256))
    );
    for (id, der) in &objects {
        let _ = writeln!(
            out,
            "<ValidationObject id=\"{id}\"><ObjectType>{CERTIFICATE}</ObjectType><ValidationObjectRepresentation><base64>{}</base64></ValidationObjectRepresentation></ValidationObject>",
            STANDARD.encode(der)
        );
    }
    out.push_str("</SignatureValidationObjects>\n</ValidationReport>\n");
    Ok(out)
}

fn octets(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len() / 2)
        .filter_map(|index| u8::from_str_radix(hexadecimal.get(2 * index..2 * index + 2)?, 16).ok())
        .collect()
}

fn digest(element: &str, value: &[u8]) -> String {
    format!(
        "<{element}><ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{}</ds:DigestValue></{element}>",
        STANDARD.encode(value)
    )
}

fn signature(
    out: &mut String,
    facts: &SignatureFacts,
    judged: &SignatureJudgement,
    verified: &Verified,
    objects: &mut Vec<(String, Vec<u8>)>,
) {
    let cms = facts.cms.as_ref().or(facts.token.as_ref().map(|token| &token.cms));
    let mut ids: Vec<String> = Vec::new();
    for step in &judged.path {
        let found = cms
            .into_iter()
            .flat_map(|cms| &cms.certificates)
            .find(|blob| ::pdf::hex(&cades::Hash::Sha256.digest(&blob.0)).eq_ignore_ascii_case(&step.sha256));
        let id = format!("certificate-{}", step.sha256);
        if let Some(blob) = found {
            if !objects.iter().any(|(known, _)| *known == id) {
                objects.push((id.clone(), blob.0.clone()));
            }
            ids.push(id);
        }
    }
    out.push_str("<SignatureValidationReport>\n");
    let _ = writeln!(
        out,
        "<SignatureIdentifier id=\"signature-{}\">{}<HashOnly>false</HashOnly><DocHashOnly>false</DocHashOnly><DAIdentifier>{}</DAIdentifier></SignatureIdentifier>",
        judged.signature + 1,
        digest("DigestAlgAndValue", &octets(&verified.facts.sha256)),
        escaped(&facts.field)
    );
    // The proof came of this validation, whether a time stamp or only the present stands behind it.
    let proof = "urn:etsi:019102:poetype:validation";
    let now = verified.time.to_rfc3339();
    let _ = writeln!(
        out,
        "<ValidationTimeInfo><ValidationTime>{now}</ValidationTime><BestSignatureTime><POETime>{}</POETime><TypeOfProof>{proof}</TypeOfProof></BestSignatureTime></ValidationTimeInfo>",
        judged.best_time.as_deref().unwrap_or(&now)
    );
    out.push_str("<SignersDocument><SignersDocumentRepresentation VOReference=\"document\"/></SignersDocument>\n");
    attributes(out, facts, judged);
    if let Some(id) = ids.first() {
        let signer = judged.signer.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "<SignerInformation><SignerCertificate VOReference=\"{id}\"/><Signer>{}</Signer></SignerInformation>",
            escaped(signer)
        );
    }
    out.push_str("<SignatureValidationProcess><SignatureValidationProcessID>urn:etsi:019102:validationprocess:LTA</SignatureValidationProcessID></SignatureValidationProcess>\n");
    let _ = write!(
        out,
        "<SignatureValidationStatus><MainIndication>urn:etsi:019102:mainindication:{}</MainIndication>",
        indication(judged.verdict)
    );
    if let Some(sub) = judged.sub_indication.as_deref() {
        let _ = write!(out, "<SubIndication>urn:etsi:019102:subindication:{sub}</SubIndication>");
    }
    out.push_str("<AssociatedValidationReportData>");
    if let [signing, others @ ..] = ids.as_slice() {
        let _ = write!(out, "<CertificateChain><SigningCertificate VOReference=\"{signing}\"/>");
        let ends_at_anchor =
            ids.len() == judged.path.len() && judged.path.last().is_some_and(|step| step.revocation == "anchor");
        let (between, anchor) = match others.split_last() {
            Some((anchor, between)) if ends_at_anchor => (between, Some(anchor)),
            _ => (others, None),
        };
        for id in between {
            let _ = write!(out, "<IntermediateCertificate VOReference=\"{id}\"/>");
        }
        if let Some(id) = anchor {
            let _ = write!(out, "<TrustAnchor VOReference=\"{id}\"/>");
        }
        out.push_str("</CertificateChain>");
    }
    let _ = write!(
        out,
        "<AdditionalValidationReportData><ReportData><Type>urn:etsi:019102:reportdata:code</Type><Value>{}</Value></ReportData></AdditionalValidationReportData>",
        escaped(&judged.code)
    );
    out.push_str("</AssociatedValidationReportData></SignatureValidationStatus>\n</SignatureValidationReport>\n");
}

fn attributes(out: &mut String, facts: &SignatureFacts, judged: &SignatureJudgement) {
    out.push_str("<SignatureAttributes>");
    if let Some(time) = &facts.claims.signed_at {
        let _ = write!(out, "<SigningTime Signed=\"true\"><Time>{time}</Time></SigningTime>");
    }
    for stamp in &judged.time_stamps {
        if let Some(time) = &stamp.time {
            let element = if facts.token.is_some() { "DocTimeStamp" } else { "SignatureTimeStamp" };
            let _ = write!(out, "<{element}><TimeStampValue>{time}</TimeStampValue></{element}>");
        }
    }
    if let Some(reason) = &facts.claims.reason {
        let _ = write!(out, "<Reason Signed=\"true\"><ReasonElement>{}</ReasonElement></Reason>", escaped(reason));
    }
    let _ = write!(
        out,
        "<SubFilter Signed=\"true\"><SubFilterElement>{}</SubFilterElement></SubFilter>",
        escaped(&facts.sub_filter)
    );
    if let Some(range) = facts.byte_range {
        let numbers: Vec<String> = range.iter().map(u64::to_string).collect();
        let _ = write!(out, "<ByteRange>{}</ByteRange>", numbers.join(" "));
    }
    out.push_str("</SignatureAttributes>\n");
}
