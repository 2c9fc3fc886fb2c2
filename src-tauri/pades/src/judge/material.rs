//! Certificates and evidence of a file and of the policy, each parsed once.

use std::{collections::HashMap, sync::Arc};

use cades::{Certificate, OcspResponse};
use chrono::{DateTime, Utc};
use trust::revocation::Evidence;

use super::{Policy, RevocationRule};
use crate::facts::{Blob, CmsFacts, DocumentFacts, DssFacts, Stored};

/// Most certificates of one file that are used, and their bytes with those inside of answers; a document with fifty
/// signatures has a few hundred. With more nothing is decided: what was left out might have decided it.
const MAX_CERTIFICATES: usize = 2_000;
const MAX_CERTIFICATE_BYTES: usize = 16 * 1024 * 1024;

/// Largest answer of a responder: a signature and a certificate or two.
const MAX_ANSWER: usize = 256 * 1024;

/// Everything that a judgement may draw on.
pub(super) struct Material<'m> {
    /// In the order of the file, so that a verdict does not depend on chance.
    certificates: Vec<Certificate>,
    by_der: HashMap<&'m [u8], usize>,
    /// The first revision that has each of them.
    certificate_revisions: Vec<Option<usize>>,
    issuers: &'m [Certificate],
    evidence: Evidence,
    /// In which revision evidence was written, by [`Evidence::key`].
    revisions: HashMap<usize, usize>,
    /// Since which revision evidence stands in the document's own store, by [`Evidence::key`].
    stored: HashMap<usize, usize>,
    /// Nothing was left out.
    pub(super) is_complete: bool,
    /// What all searches and questions of this judgement may cost.
    pub(super) budget: trust::Budget,
}

impl<'m> Material<'m> {
    pub(super) fn of(facts: &'m DocumentFacts, policy: &'m Policy) -> Self {
        let mut material = Self {
            certificates: Vec::new(),
            by_der: HashMap::new(),
            certificate_revisions: Vec::new(),
            issuers: &policy.issuers,
            evidence: Evidence::default(),
            revisions: HashMap::new(),
            stored: HashMap::new(),
            is_complete: facts.signatures.iter().flat_map(all_cms).all(|cms| cms.left_out == 0),
            budget: trust::Budget::default(),
        };
        let blocks: Vec<(&CmsFacts, Option<usize>)> = facts
            .signatures
            .iter()
            .flat_map(|signature| all_cms(signature).into_iter().map(|cms| (cms, signature.revision)))
            .collect();
        let embedded = blocks.iter().flat_map(|(cms, revision)| cms.certificates.iter().map(|blob| (blob, *revision)));
        let stored = facts.dss.iter().flat_map(|dss| &dss.certificates);
        let stored = stored.map(|stored| (&stored.data, Some(stored.since)));
        let mut bytes = 0;
        for (Blob(der), revision) in embedded.chain(stored) {
            if let Some(index) = material.by_der.get(der.as_slice()) {
                if let Some(first) = material.certificate_revisions.get_mut(*index) {
                    *first = first.iter().chain(&revision).min().copied();
                }
                continue;
            }
            bytes += der.len();
            if material.certificates.len() >= MAX_CERTIFICATES || bytes > MAX_CERTIFICATE_BYTES {
                material.is_complete = false;
                break;
            }
            let Ok(certificate) = Certificate::parse(der) else { continue };
            material.by_der.insert(der, material.certificates.len());
            material.certificates.push(certificate);
            material.certificate_revisions.push(revision);
        }
        if policy.revocation != RevocationRule::Ignore {
            material.read_evidence(facts, &blocks, policy, bytes);
        }
        material
    }

    /// All evidence; what stands in a revision that a time stamp covers is known to have existed by then.
    pub(super) fn evidence_known_by(&self, covering: impl Fn(usize) -> Option<DateTime<Utc>>) -> Evidence {
        let mut evidence = self.evidence.clone();
        let known = self.revisions.iter().filter_map(|(key, revision)| Some((*key, covering(*revision)?)));
        evidence.known_by.extend(known);
        evidence
    }

    /// By when a certificate is known to have existed, `covering` telling it of a revision. What comes from elsewhere,
    /// from the network most of all, has no age.
    pub(super) fn certificate_known_by(
        &self,
        certificate: &Certificate,
        covering: impl Fn(usize) -> Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let own = self.by_der.get(certificate.der()).and_then(|index| *self.certificate_revisions.get(*index)?);
        let has_it =
            |response: &&Arc<OcspResponse>| response.certificates.iter().any(|own| own.der() == certificate.der());
        let answers = self.evidence.ocsps.iter().filter(has_it);
        let in_answers = answers.filter_map(|response| self.revisions.get(&Evidence::key(response)).copied());
        own.into_iter().chain(in_answers).filter_map(covering).min().unwrap_or(now)
    }

    /// Since which revision a piece of evidence stands in the document's own store.
    pub(super) fn stored_since(&self, item: usize) -> Option<usize> {
        self.stored.get(&item).copied()
    }

    /// Every certificate at hand.
    pub(super) fn pool(&self) -> Vec<&Certificate> {
        let answers = self.evidence.ocsps.iter().flat_map(|response| &response.certificates);
        self.certificates.iter().chain(self.issuers).chain(answers).collect()
    }

    /// Those that one CMS brought.
    pub(super) fn embedded(&self, cms: &CmsFacts) -> Vec<&Certificate> {
        cms.certificates.iter().filter_map(|Blob(der)| self.of_der(der)).collect()
    }

    /// The certificate of a CMS's signer.
    pub(super) fn signer(&self, cms: &CmsFacts) -> Option<&Certificate> {
        let Blob(der) = cms.signer.and_then(|index| cms.certificates.get(index))?;
        self.of_der(der)
    }

    fn of_der(&self, der: &[u8]) -> Option<&Certificate> {
        self.certificates.get(*self.by_der.get(der)?)
    }

    fn read_evidence(
        &mut self,
        facts: &DocumentFacts,
        blocks: &[(&CmsFacts, Option<usize>)],
        policy: &Policy,
        mut bytes: usize,
    ) {
        self.evidence = policy.evidence.clone();
        let of_blocks = |pick: fn(&CmsFacts) -> &Vec<Blob>| {
            blocks.iter().flat_map(move |(cms, revision)| pick(cms).iter().map(|blob| (blob, *revision)))
        };
        let of_store = |pick: fn(&DssFacts) -> &Vec<Stored>| {
            facts.dss.iter().flat_map(pick).map(|stored| (&stored.data, Some(stored.since)))
        };
        let known: HashMap<Vec<u8>, usize> =
            policy.evidence.crls.iter().map(|crl| (crl.fingerprint(), Evidence::key(crl))).collect();
        let mut seen: HashMap<&[u8], Option<usize>> = HashMap::new();
        let lists = of_blocks(|cms| &cms.crls).map(|(blob, revision)| (blob, revision, false));
        for (Blob(der), revision, is_stored) in
            lists.chain(of_store(|dss| &dss.crls).map(|(blob, revision)| (blob, revision, true)))
        {
            let item = *seen.entry(der).or_insert_with(|| {
                // A list that the batch has met before was parsed, indexed and checked then.
                known.get(&cades::Hash::Sha256.digest(der)).copied().or_else(|| {
                    let crl = trust::cache::crl(trimmed(der))?;
                    self.revisions.extend(revision.map(|revision| (Evidence::key(&crl), revision)));
                    self.evidence.crls.push(Arc::clone(&crl));
                    Some(Evidence::key(&crl))
                })
            });
            if is_stored {
                self.stored.extend(item.zip(revision));
            }
        }
        let mut in_answers = 0;
        let mut seen: HashMap<&[u8], Option<usize>> = HashMap::new();
        let answers = of_blocks(|cms| &cms.ocsps).map(|(blob, revision)| (blob, revision, false));
        for (Blob(der), revision, is_stored) in
            answers.chain(of_store(|dss| &dss.ocsps).map(|(blob, revision)| (blob, revision, true)))
        {
            if let Some(item) = seen.get(der.as_slice()) {
                if is_stored {
                    self.stored.extend(item.zip(revision));
                }
                continue;
            }
            seen.insert(der, None);
            bytes += der.len();
            if der.len() > MAX_ANSWER || bytes > MAX_CERTIFICATE_BYTES {
                self.is_complete = false;
                return;
            }
            if let Ok(response) = OcspResponse::parse(trimmed(der)).map(Arc::new) {
                in_answers += response.certificates.len();
                if in_answers > MAX_CERTIFICATES {
                    self.is_complete = false;
                    return;
                }
                let item = Evidence::key(&response);
                self.revisions.extend(revision.map(|revision| (item, revision)));
                self.stored.extend(revision.filter(|_| is_stored).map(|revision| (item, revision)));
                seen.insert(der, Some(item));
                self.evidence.ocsps.push(response);
            }
        }
    }
}

/// What some writers leave behind a list or an answer is no part of it.
fn trimmed(der: &[u8]) -> &[u8] {
    match cades::asn1::Reader::new(der).read() {
        Ok(value) if der.get(value.raw.len()..).unwrap_or_default().iter().all(|byte| b"\r\n \0".contains(byte)) => {
            value.raw
        }
        _ => der,
    }
}

/// The CMS of a signature and of all its time stamps.
fn all_cms(signature: &crate::facts::SignatureFacts) -> Vec<&CmsFacts> {
    let own = signature.cms.iter();
    let stamps = signature.cms.iter().flat_map(|cms| &cms.time_stamps).map(|token| &token.cms);
    own.chain(stamps).chain(signature.token.iter().map(|token| &token.cms)).collect()
}
