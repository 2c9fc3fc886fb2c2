//! What serves many files, and is read and checked once: revocation lists, and who signed which certificate.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use cades::{CadesError, Certificate, Crl, Hash};

/// Bytes of lists kept at a time; beyond it the cache starts afresh.
const MAX_BYTES: usize = 64 * 1024 * 1024;

#[derive(Default)]
struct Lists {
    by_hash: HashMap<Vec<u8>, Arc<Crl>>,
    bytes: usize,
}

static LISTS: OnceLock<Mutex<Lists>> = OnceLock::new();

/// The list in these bytes, if it can be read as one.
#[must_use]
pub fn crl(der: &[u8]) -> Option<Arc<Crl>> {
    let hash = Hash::Sha256.digest(der);
    let lists = || LISTS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lists().by_hash.get(&hash) {
        return Some(Arc::clone(known));
    }
    let crl = Arc::new(Crl::parse(der).ok()?);
    let mut lists = lists();
    lists.bytes += der.len();
    if lists.bytes > MAX_BYTES {
        *lists = Lists { bytes: der.len(), ..Lists::default() };
    }
    lists.by_hash.insert(hash, Arc::clone(&crl));
    Some(crl)
}

/// Answers kept at a time, of some hundred bytes each; beyond it the cache starts afresh.
const MAX_ANSWERS: usize = 20_000;

type Answers = HashMap<(Vec<u8>, Vec<u8>), Result<(), CadesError>>;

static SIGNED_BY: OnceLock<Mutex<Answers>> = OnceLock::new();

/// Whether a certificate's signature is by the issuer's key, remembered: searches meet the same pairs again and again.
///
/// # Errors
/// As [`Certificate::verify_signed_by`].
pub fn signed_by(certificate: &Certificate, issuer: &Certificate) -> Result<(), CadesError> {
    let pair = (certificate.fingerprint(), Hash::Sha256.digest(&issuer.spki));
    let answers = || SIGNED_BY.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = answers().get(&pair) {
        return known.clone();
    }
    let answer = certificate.verify_signed_by(issuer);
    let mut answers = answers();
    if answers.len() >= MAX_ANSWERS {
        answers.clear();
    }
    answers.insert(pair, answer.clone());
    answer
}
