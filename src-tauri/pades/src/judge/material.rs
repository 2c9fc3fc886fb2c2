//! Certificates and evidence of a file and of the policy, each parsed once.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cades::{Certificate, Crl, OcspResponse};
use trust::revocation::Evidence;

use super::{Policy, RevocationRule};
use crate::facts::{Blob, CmsFacts, DocumentFacts};

/// Most certificates of one file that are used; more are a forger's.
const MAX_CERTIFICATES: usize = 2_000;

/// Everything that a judgement may draw on.
pub(super) struct Material<'m> {
    certificates: HashMap<&'m [u8], Certificate>,
    issuers: &'m [Certificate],
    extra: Vec<Certificate>,
    pub(super) evidence: Evidence,
}

impl<'m> Material<'m> {
    pub(super) fn of(facts: &'m DocumentFacts, policy: &'m Policy) -> Self {
        let mut certificates: HashMap<&[u8], Certificate> = HashMap::new();
        let blocks: Vec<&CmsFacts> = facts.signatures.iter().flat_map(all_cms).collect();
        let embedded = blocks.iter().flat_map(|cms| &cms.certificates);
        let stored = facts.dss.iter().flat_map(|dss| &dss.certificates).map(|stored| &stored.data);
        for Blob(der) in embedded.chain(stored) {
            if certificates.len() < MAX_CERTIFICATES
                && !certificates.contains_key(der.as_slice())
                && let Ok(certificate) = Certificate::parse(der)
            {
                certificates.insert(der, certificate);
            }
        }
        let mut evidence = Evidence::default();
        if policy.revocation != RevocationRule::Ignore {
            evidence = read_evidence(facts, &blocks, policy);
        }
        let extra = evidence.ocsps.iter().flat_map(|response| response.certificates.iter().cloned()).collect();
        Self { certificates, issuers: &policy.issuers, extra, evidence }
    }

    /// Every certificate at hand.
    pub(super) fn pool(&self) -> Vec<&Certificate> {
        self.certificates.values().chain(self.issuers).chain(&self.extra).collect()
    }

    /// Those that one CMS brought.
    pub(super) fn embedded(&self, cms: &CmsFacts) -> Vec<&Certificate> {
        cms.certificates.iter().filter_map(|Blob(der)| self.certificates.get(der.as_slice())).collect()
    }

    /// The certificate of a CMS's signer.
    pub(super) fn signer(&self, cms: &CmsFacts) -> Option<&Certificate> {
        let Blob(der) = cms.signer.and_then(|index| cms.certificates.get(index))?;
        self.certificates.get(der.as_slice())
    }
}

/// The CMS of a signature and of all its time stamps.
fn all_cms(signature: &crate::facts::SignatureFacts) -> Vec<&CmsFacts> {
    let own = signature.cms.iter();
    let stamps = signature.cms.iter().flat_map(|cms| &cms.time_stamps).map(|token| &token.cms);
    own.chain(stamps).chain(signature.token.iter().map(|token| &token.cms)).collect()
}

fn read_evidence(facts: &DocumentFacts, blocks: &[&CmsFacts], policy: &Policy) -> Evidence {
    let mut evidence = policy.evidence.clone();
    let mut seen: HashSet<&[u8]> = HashSet::new();
    let stored = |list: &'static str| {
        facts
            .dss
            .iter()
            .flat_map(move |dss| if list == "crls" { &dss.crls } else { &dss.ocsps })
            .map(|stored| &stored.data)
    };
    let known: HashMap<Vec<u8>, Arc<Crl>> =
        policy.evidence.crls.iter().map(|crl| (crl.fingerprint(), Arc::clone(crl))).collect();
    for Blob(der) in blocks.iter().flat_map(|cms| &cms.crls).chain(stored("crls")) {
        if !seen.insert(der) {
            continue;
        }
        // A list that the batch has met before was parsed, indexed and checked then.
        if known.contains_key(&cades::Hash::Sha256.digest(der)) {
            continue;
        }
        evidence.crls.extend(trust::cache::crl(der));
    }
    for Blob(der) in blocks.iter().flat_map(|cms| &cms.ocsps).chain(stored("ocsps")) {
        if seen.insert(der)
            && let Ok(response) = OcspResponse::parse(der)
        {
            evidence.ocsps.push(Arc::new(response));
        }
    }
    evidence
}
