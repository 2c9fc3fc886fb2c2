//! Stored facts, as somebody may have altered them, judged again.
#![no_main]

use pades::{DocumentFacts, Policy, RevocationRule};
use trust::{Anchors, revocation::Evidence};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // A file as well as stored facts: both end in the same judgement.
    let facts = match serde_json::from_slice::<DocumentFacts>(bytes) {
        Ok(facts) => facts,
        Err(_) => match pades::extract(bytes) {
            Ok(facts) => facts,
            Err(_) => return,
        },
    };
    let policy = Policy {
        anchors: Anchors::new("fuzz", Vec::new()),
        issuers: Vec::new(),
        evidence: Evidence::default(),
        time: chrono::DateTime::UNIX_EPOCH,
        revocation: RevocationRule::Required,
        without_revocation: Vec::new(),
    };
    // Nothing is trusted here, so nothing is ever valid.
    let judgement = pades::judge(&facts, &policy);
    assert!(judgement.signatures.iter().all(|signature| signature.verdict != pades::Verdict::Valid));
});
