//! What a policy of ICP-Brasil asks of a signature (DOC-ICP-15.03, tables A.14 and A.18): a conformity list of our own,
//! which is not VALIDAR's.

use cades::{Certificate, Scheme, SignatureAlgorithm, asn1::Tlv, oid};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trust::{
    TrustList,
    signature_policies::{self, Family, SignaturePolicy},
};

use super::{Decision, certificate::Trial, level, time_stamps::DocumentStamps};
use crate::facts::{Blob, CmsFacts, DocumentFacts, SignatureFacts};

/// One thing that the policy asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Stable code.
    pub code: String,
    /// Whether it is met.
    pub met: bool,
    /// Whether the verdict depends on it.
    pub decides: bool,
}

/// How a signature stands by the policy that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conformity {
    /// The policy, as people call it, or its object identifier where it is not known.
    pub policy: String,
    /// Whether it is one of ICP-Brasil's for PAdES.
    pub known: bool,
    /// What it asks for.
    pub items: Vec<Item>,
}

/// Signed attributes that the policies forbid.
const PROHIBITED: [&str; 4] =
    [oid::SIGNING_TIME, oid::SIGNER_LOCATION, oid::ADBE_REVOCATION_INFO, oid::SIGNING_CERTIFICATE];

/// Holds the signature against the policy it names; nothing where it names none.
pub(super) fn conformity(
    signature: &SignatureFacts,
    cms: &CmsFacts,
    signer: Option<&Certificate>,
    facts: &DocumentFacts,
    trial: &Trial,
    stamps: &DocumentStamps,
) -> Option<Conformity> {
    let named = cms.policy.as_ref()?;
    let Some(policy) = signature_policies::find(&named.oid) else {
        let items = vec![item("policy.readable", !named.malformed, named.malformed)];
        return Some(Conformity { policy: named.oid.clone(), known: false, items });
    };
    let has = |dotted: &str| cms.signed_attributes.iter().any(|own| own == dotted);
    let hash_is_right =
        named.hash.as_ref().is_some_and(|(algorithm, hash)| algorithm == oid::SHA256 && hash == policy.hash);
    let foreign_unsigned = cms.unsigned_attributes.iter().any(|own| own != oid::SIGNATURE_TIME_STAMP);
    let has_stamp = !cms.time_stamps.is_empty();
    let mut items = vec![
        item("policy.readable", !named.malformed, true),
        item("policy.hash", hash_is_right, true),
        item("policy.one_qualifier", named.qualifiers == 1 && !named.uris.is_empty(), false),
        item(
            "policy.mandatory_attributes",
            [oid::CONTENT_TYPE, oid::MESSAGE_DIGEST, oid::SIGNING_CERTIFICATE_V2].iter().all(|dotted| has(dotted)),
            true,
        ),
        item("policy.prohibited_attributes", !PROHIBITED.iter().any(|dotted| has(dotted)), true),
        item("policy.unsigned_attributes", !foreign_unsigned, true),
        item("policy.algorithm", admits(policy, cms, signer), false),
        item("policy.in_force", in_force(policy, signature, trial), false),
        item("policy.chain", matches!(trial.list, Some(TrustList::IcpBrasil | TrustList::IcpBrasilHistorical)), false),
    ];
    if policy.family >= Family::Time {
        items.push(item("policy.time_stamp", has_stamp, true));
    }
    if policy.family >= Family::Complete {
        // They may be added later: what is missing is said, and is no reason to reject what was signed.
        let has_notes = facts.dss.as_ref().is_some_and(|dss| !dss.vri.is_empty());
        items.push(item("policy.long_term_data", level::has_evidence(facts) && has_notes, false));
        let is_sealed = stamps.newest_covered() > signature.revision;
        items.push(item("policy.document_time_stamp", is_sealed, false));
    }
    Some(Conformity { policy: policy.name.to_owned(), known: true, items })
}

fn item(code: &str, met: bool, decides: bool) -> Item {
    Item { code: code.to_owned(), met, decides }
}

/// What is not met and decides: ITI rejects such a signature, and so do we.
pub(super) fn decision(conformity: &Conformity) -> Option<Decision> {
    let failed = conformity.items.iter().find(|item| item.decides && !item.met)?;
    let code = match failed.code.as_str() {
        "policy.hash" => "policy.wrong_hash",
        "policy.mandatory_attributes" => "policy.missing_attribute",
        "policy.prohibited_attributes" | "policy.unsigned_attributes" => "policy.prohibited_attribute",
        "policy.time_stamp" => "policy.missing_time_stamp",
        _ => "policy.unreadable",
    };
    Some(Decision::invalid(code, "SIG_CONSTRAINTS_FAILURE").with("policy", &conformity.policy))
}

/// RSA with PKCS#1 v1.5 and 2 048 bits always; curves only in the newer versions.
fn admits(policy: &SignaturePolicy, cms: &CmsFacts, signer: Option<&Certificate>) -> bool {
    let digest = cms.digest.as_deref().and_then(cades::Hash::named);
    let algorithm = cms.signature_algorithm.as_ref().and_then(|Blob(der)| {
        Tlv::parse(der).and_then(|identifier| SignatureAlgorithm::from_der(&identifier, digest)).ok()
    });
    let bits = signer.and_then(|signer| signer.public_key().ok()).map_or(0, |key| key.kind.bits());
    match algorithm {
        Some(SignatureAlgorithm { scheme: Scheme::RsaPkcs1, hash }) => {
            bits >= 2_048 && matches!(hash, cades::Hash::Sha256 | cades::Hash::Sha512)
        }
        Some(SignatureAlgorithm { scheme: Scheme::Ecdsa, hash }) => {
            policy.admits_curves && bits >= 256 && matches!(hash, cades::Hash::Sha256 | cades::Hash::Sha512)
        }
        Some(SignatureAlgorithm { scheme: Scheme::Ed25519, .. }) => policy.admits_curves,
        _ => false,
    }
}

/// In force when it was signed, as far as that is known: proven, else claimed, else now.
fn in_force(policy: &SignaturePolicy, signature: &SignatureFacts, trial: &Trial) -> bool {
    let claimed = || -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(signature.claims.signed_at.as_deref()?).ok().map(|time| time.to_utc())
    };
    let time = if trial.time_is_proven { trial.best_time } else { claimed().unwrap_or(trial.best_time) };
    policy.holds_on(time.date_naive())
}
