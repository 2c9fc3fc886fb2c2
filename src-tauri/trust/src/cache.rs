//! Revocation lists by their SHA-256: one list serves many files, and is parsed, indexed and checked once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use cades::{Crl, Hash};

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
