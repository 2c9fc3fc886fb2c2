//! Evidence from the network, where it is allowed and would change a verdict.

use std::{
    collections::{HashMap, HashSet},
    fs,
    future::Future,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use cades::{Certificate, Crl, GeneralName, Hash, OcspResponse, oid};
use evidence::{EvidenceError, Guard};
use pades::{DocumentFacts, Judgement, Policy};

use crate::{Office, OfficeError, clock, output};

/// Most addresses asked for one file: a chain has three certificates with two lists each.
const MAX_QUESTIONS: usize = 16;

/// Verdicts that evidence from the network can change.
const ASKS_FOR_REVOCATION: [&str; 3] = ["revocation.missing", "revocation.stale", "revocation.unusable"];

/// How long all questions for one file may take together: beyond it a person no longer waits.
const MAX_TIME: Duration = Duration::from_secs(25);

/// Runs a piece of asynchronous work to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, OfficeError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(OfficeError::file(Path::new("tokio")))?;
    Ok(runtime.block_on(work))
}

/// What may still be asked for one file.
struct Left {
    questions: usize,
    until: Instant,
}

impl Left {
    fn is_used_up(&self) -> bool {
        self.questions == 0 || Instant::now() >= self.until
    }
}

/// What was fetched in this run, for all files, and what was asked in vain.
#[derive(Debug, Default)]
pub struct Fetched {
    asked: Mutex<HashSet<String>>,
    /// Certificates and answers of responders, by what was asked: the next file may need them too.
    issuers: Mutex<HashMap<String, Vec<Certificate>>>,
    answers: Mutex<HashMap<String, Arc<OcspResponse>>>,
    lists: Mutex<HashMap<String, Arc<Crl>>>,
    /// Who asks an address now: a second file waits for the answer instead of going without.
    asking: Mutex<HashMap<String, Arc<Mutex<()>>>>,
    /// Addresses that were asked, with what came of it, for the report.
    pub log: Mutex<Vec<(String, &'static str)>>,
}

impl Fetched {
    fn is_new(&self, address: &str) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned())
    }

    fn turn(&self, address: &str) -> Arc<Mutex<()>> {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(asking.entry(address.to_owned()).or_default())
    }

    fn note(&self, address: &str, code: &'static str) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push((address.to_owned(), code));
    }
}

impl Office {
    /// Fetches what a judgement lacks; true if anything came of it.
    pub(crate) fn fetch_missing(
        &self,
        facts: &DocumentFacts,
        judgement: &Judgement,
        policy: &mut Policy,
        fetched: &Fetched,
    ) -> bool {
        let before = policy.evidence.crls.len() + policy.evidence.ocsps.len() + policy.issuers.len();
        let read = |blobs: &[pades::facts::Blob]| -> Vec<Certificate> {
            blobs.iter().filter_map(|blob| Certificate::parse(&blob.0).ok()).collect()
        };
        let stamps: Vec<Certificate> = facts
            .signatures
            .iter()
            .flat_map(|signature| &signature.cms)
            .flat_map(|cms| &cms.time_stamps)
            .flat_map(|token| read(&token.cms.certificates))
            .collect();
        let certificates: Vec<Certificate> = facts
            .signatures
            .iter()
            .filter_map(|signature| signature.cms.as_ref().or(signature.token.as_ref().map(|token| &token.cms)))
            .flat_map(|cms| read(&cms.certificates))
            .chain(stamps.iter().cloned())
            .collect();
        let stamps_want = |codes: &[&str]| {
            let mut stamps = judgement.signatures.iter().flat_map(|signature| &signature.time_stamps);
            stamps.any(|stamp| codes.contains(&stamp.code.as_str()))
        };
        let wants = |codes: &[&str]| {
            stamps_want(codes) || judgement.signatures.iter().any(|signature| codes.contains(&signature.code.as_str()))
        };
        let mut left = Left { questions: MAX_QUESTIONS, until: Instant::now() + MAX_TIME };
        if wants(&["chain.unknown_issuer"]) {
            for address in certificates.iter().flat_map(|certificate| certificate.access_uris(oid::AD_CA_ISSUERS)) {
                self.fetch_issuer(&address, policy, fetched, &mut left);
            }
        }
        if wants(&ASKS_FOR_REVOCATION) {
            let known: Vec<Certificate> = certificates.iter().chain(&policy.issuers).cloned().collect();
            let steps = judgement.signatures.iter().flat_map(|signature| &signature.path);
            let wanted: HashSet<&str> = steps
                .filter(|step| matches!(step.revocation.as_str(), "missing" | "stale" | "unusable"))
                .map(|step| step.sha256.as_str())
                .collect();
            let for_stamps = stamps_want(&ASKS_FOR_REVOCATION);
            let mut done = HashSet::new();
            for certificate in &known {
                let name = pdf::hex(&certificate.fingerprint()).to_lowercase();
                let is_stamp = for_stamps && !certificate.is_self_issued() && stamps.contains(certificate);
                if (is_stamp || wanted.contains(name.as_str())) && done.insert(name) {
                    self.fetch_revocation(certificate, &known, policy, fetched, &mut left);
                }
            }
        }
        policy.evidence.crls.len() + policy.evidence.ocsps.len() + policy.issuers.len() > before
    }

    fn ask(&self, address: &str, limit: usize, fetched: &Fetched, left: &mut Left) -> Option<Vec<u8>> {
        // What was asked for as one thing was not asked for as another: each kind has its own limit.
        if left.is_used_up() || !fetched.is_new(&format!("{limit} {address}")) {
            return None;
        }
        left.questions -= 1;
        let answer = block_on(evidence::get(address, limit, Guard::Public)).ok()?;
        self.noted(address, answer, fetched)
    }

    fn noted(&self, address: &str, answer: Result<Vec<u8>, EvidenceError>, fetched: &Fetched) -> Option<Vec<u8>> {
        fetched.note(address, answer.as_ref().map_or_else(EvidenceError::code, |_| "fetch.done"));
        answer.ok()
    }

    fn fetch_issuer(&self, address: &str, policy: &mut Policy, fetched: &Fetched, left: &mut Left) {
        let turn = fetched.turn(address);
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = fetched.issuers.lock().unwrap_or_else(PoisonError::into_inner).get(address) {
            let new: Vec<_> = known.iter().filter(|known| !policy.issuers.contains(known)).cloned().collect();
            policy.issuers.extend(new);
            return;
        }
        let Some(bytes) = self.ask(address, evidence::MAX_ISSUER, fetched, left) else { return };
        let from_bundle = cades::SignedData::parse(&bytes).map(|signed| {
            signed.certificates.iter().filter_map(|der| Certificate::parse(der).ok()).collect::<Vec<_>>()
        });
        let found = from_bundle.unwrap_or_else(|_| trust::read_certificates(&bytes).unwrap_or_default());
        policy.issuers.extend(found.iter().cloned());
        fetched.issuers.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), found);
    }

    /// Its list first, which serves all of an issuer's certificates, then the responder.
    fn fetch_revocation(
        &self,
        certificate: &Certificate,
        known: &[Certificate],
        policy: &mut Policy,
        fetched: &Fetched,
        left: &mut Left,
    ) {
        let points = certificate.distribution_points().unwrap_or_default();
        let addresses = points.into_iter().flat_map(|point| point.names).filter_map(|name| match name {
            GeneralName::Uri(address) => Some(address),
            _ => None,
        });
        for address in addresses {
            if let Some(crl) = self.crl(&address, known, fetched, left) {
                // A list that is older than the certificate says nothing of it; the responder may.
                let is_about = crl.this_update >= certificate.not_before && is_signed(&crl, known);
                if !policy.evidence.crls.iter().any(|known| Arc::ptr_eq(known, &crl)) {
                    policy.evidence.crls.push(crl);
                }
                if is_about {
                    return;
                }
            }
        }
        let issuer = known
            .iter()
            .chain(policy.anchors.iter())
            .find(|issuer| certificate.names_as_issuer(issuer) && trust::cache::signed_by(certificate, issuer).is_ok());
        let Some(issuer) = issuer else { return };
        for address in certificate.access_uris(oid::AD_OCSP) {
            let question = format!("{address} {}", pdf::hex(&certificate.fingerprint()));
            let turn = fetched.turn(&question);
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = fetched.answers.lock().unwrap_or_else(PoisonError::into_inner).get(&question) {
                policy.evidence.ocsps.push(Arc::clone(known));
                return;
            }
            if left.is_used_up() || !fetched.is_new(&question) {
                continue;
            }
            left.questions -= 1;
            let request = evidence::ocsp_request(certificate, issuer);
            let Ok(answer) = block_on(evidence::post_ocsp(&address, request, Guard::Public)) else { continue };
            if let Some(bytes) = self.noted(&address, answer, fetched)
                && let Ok(response) = OcspResponse::parse(&bytes)
            {
                let response = Arc::new(response);
                let mut answers = fetched.answers.lock().unwrap_or_else(PoisonError::into_inner);
                answers.insert(question, Arc::clone(&response));
                policy.evidence.ocsps.push(response);
                return;
            }
        }
    }

    /// A list from the cache while it is fresh, else from its address; a fetched one is kept.
    fn crl(&self, address: &str, known: &[Certificate], fetched: &Fetched, left: &mut Left) -> Option<Arc<Crl>> {
        let turn = fetched.turn(address);
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = fetched.lists.lock().unwrap_or_else(PoisonError::into_inner).get(address) {
            return Some(Arc::clone(known));
        }
        let crl = self.crl_anew(address, known, fetched, left)?;
        fetched.lists.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), Arc::clone(&crl));
        Some(crl)
    }

    fn crl_anew(&self, address: &str, known: &[Certificate], fetched: &Fetched, left: &mut Left) -> Option<Arc<Crl>> {
        let kept = self.crl_file(address);
        if let Some(crl) = fs::read(&kept).ok().and_then(|der| trust::cache::crl(&der))
            && crl.next_update.is_some_and(|next| clock::now() < next)
            && is_signed(&crl, known)
        {
            if fetched.is_new(address) {
                fetched.note(address, "fetch.from_cache");
            }
            return Some(crl);
        }
        let bytes = self.ask(address, evidence::MAX_CRL, fetched, left)?;
        // Some publish PEM where DER belongs.
        let der = match bytes.first() {
            Some(0x30) => bytes,
            _ => trust::pem_blocks(&bytes).into_iter().next()?,
        };
        let crl = trust::cache::crl(&der)?;
        let folder = kept.parent()?;
        let _ = fs::create_dir_all(folder);
        // Nobody's list would be asked for no more until the time that it names itself.
        if is_signed(&crl, known) && der.len() as u64 <= MAX_KEPT {
            make_room(folder, MAX_KEPT - der.len() as u64);
            // The cache only saves a question: that it cannot be written is no fault of the file.
            let _ = output::replace(&kept, &der);
        }
        Some(crl)
    }

    fn crl_file(&self, address: &str) -> PathBuf {
        let name = Hash::Sha256.hex_digest(address.as_bytes());
        self.data.join("lcr").join(format!("{name}.crl"))
    }
}

/// Bytes of lists kept on disk: all those of ICP-Brasil together have some fifty megabytes.
const MAX_KEPT: u64 = 256 * 1024 * 1024;

/// Whether a certificate at hand vouches for a list.
fn is_signed(crl: &Crl, known: &[Certificate]) -> bool {
    known.iter().any(|issuer| issuer.is_issuer_of(crl) && crl.verify(&issuer.spki).is_ok())
}

/// Drops lists from a folder, the oldest first, until those left have at most so many bytes.
fn make_room(folder: &Path, most: u64) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut kept: Vec<_> = files
        .filter_map(|file| {
            let about = file.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((about.modified().ok()?, about.len(), file.path()))
        })
        .collect();
    kept.sort();
    let mut size: u64 = kept.iter().map(|(_, length, _)| length).sum();
    for (_, length, path) in kept {
        if size <= most {
            break;
        }
        // One that stays is asked for again when it is no longer fresh.
        let _ = fs::remove_file(path);
        size -= length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_for_a_list_is_made_by_dropping_the_oldest() {
        let folder = tempfile::tempdir().unwrap();
        for (name, moment) in [("old", 600), ("older", 300), ("new", 900)] {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_len(100).unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(moment)).unwrap();
        }
        make_room(folder.path(), 250);
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["new", "old"]);
        make_room(folder.path(), 0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
