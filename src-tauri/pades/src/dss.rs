//! Long-term validation data of the document (`/DSS`; ETSI EN 319 142-1, 5.4.2).

use std::collections::HashSet;

use pdf::{Dictionary, Document, PdfError, Value};

use crate::facts::{Blob, DssFacts, Stored};

/// Most entries read; a document with fifty signatures has a few hundred.
const MAX_ENTRIES: usize = 5_000;

/// Most bytes of all entries together: they are held several times while they are judged.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Reads the data of a revision; entries that cannot be decoded are passed over, as if they were not there.
///
/// # Errors
/// [`PdfError::Limit`]
pub(crate) fn read(document: &Document<'_>, revision: usize) -> Result<Option<DssFacts>, PdfError> {
    let catalog = document.root_at(revision)?;
    let Some(store) = document.lookup(catalog.dictionary()?, b"DSS", revision).unwrap_or_default() else {
        return Ok(None);
    };
    let Some(keys) = store.as_dictionary() else { return Ok(None) };
    let mut facts = DssFacts { since: first_revision(document, revision), ..DssFacts::default() };
    let mut reading = Reading { document, revision, seen: HashSet::new(), bytes: 0 };
    reading.lists(keys, [b"Certs", b"CRLs", b"OCSPs"], &mut facts)?;
    if let Some(notes) = document.lookup(keys, b"VRI", revision).unwrap_or_default()
        && let Some(notes) = notes.as_dictionary()
    {
        for note in &notes.entries {
            if facts.vri.len() >= MAX_ENTRIES {
                return Err(PdfError::Limit("VRI"));
            }
            facts.vri.push(cades::readable(&String::from_utf8_lossy(&note.key)));
            if let Some(note) = document.resolve(&note.value, revision).ok().as_ref().and_then(Value::as_dictionary) {
                reading.lists(note, [b"Cert", b"CRL", b"OCSP"], &mut facts)?;
            }
        }
    }
    Ok(Some(facts))
}

fn first_revision(document: &Document<'_>, newest: usize) -> usize {
    let has = |revision: &usize| {
        document
            .root_at(*revision)
            .ok()
            .and_then(|catalog| catalog.dictionary().ok().map(|keys| keys.get(b"DSS").is_some()))
            .unwrap_or(false)
    };
    (0..=newest).find(has).unwrap_or(newest)
}

struct Reading<'r, 'a> {
    document: &'r Document<'a>,
    revision: usize,
    /// Objects read, each once as what it is listed as.
    seen: HashSet<(&'static str, u32)>,
    bytes: usize,
}

impl Reading<'_, '_> {
    fn lists(&mut self, keys: &Dictionary, names: [&[u8]; 3], facts: &mut DssFacts) -> Result<(), PdfError> {
        let [certificates, crls, ocsps] = names;
        self.list(keys, certificates, "certificate", &mut facts.certificates)?;
        self.list(keys, crls, "list", &mut facts.crls)?;
        self.list(keys, ocsps, "answer", &mut facts.ocsps)
    }

    fn list(
        &mut self,
        keys: &Dictionary,
        name: &[u8],
        kind: &'static str,
        into: &mut Vec<Stored>,
    ) -> Result<(), PdfError> {
        let Ok(Some(list)) = self.document.lookup(keys, name, self.revision) else { return Ok(()) };
        for entry in list.as_array().unwrap_or_default() {
            let Some(id) = entry.as_reference() else { continue };
            if !self.seen.insert((kind, id.number)) {
                continue;
            }
            let data = self
                .document
                .object_at(id, self.revision)
                .and_then(|object| self.document.decoded_at(&object, self.revision));
            let data = match data {
                Ok(data) => data,
                Err(error @ PdfError::Limit(_)) => return Err(error),
                Err(_) => continue,
            };
            self.bytes += data.len();
            if into.len() >= MAX_ENTRIES || self.bytes > MAX_BYTES {
                return Err(PdfError::Limit("DSS"));
            }
            let touches = |revision: &usize| {
                self.document.revisions().get(*revision).is_some_and(|part| part.location(id.number).is_some())
            };
            let since = (0..=self.revision).rev().find(touches).unwrap_or(self.revision);
            into.push(Stored { data: Blob(data), since });
        }
        Ok(())
    }
}
