//! Adding long-term data to a document: certificates, lists and answers in `/DSS` (ETSI EN 319 142-1, 5.4.2).

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset};
use pdf::{DictionaryEdit, Document, PdfError, Update};

use crate::{
    PadesError, dss,
    facts::Blob,
    revision::{extend_array, is_pdf_2, reference},
    sign::id_seed,
};

/// What proves, long after, that a signature was good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LongTermData {
    /// Certificates, DER.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists, DER.
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses, DER.
    pub ocsps: Vec<Vec<u8>>,
}

/// A revision that adds what the document's store does not have yet; nothing where it has everything. Whatever is there stays.
///
/// # Errors
/// [`PadesError`]
pub fn append_long_term_data(
    document: &Document<'_>,
    data: &LongTermData,
    time: DateTime<FixedOffset>,
) -> Result<Option<Vec<u8>>, PadesError> {
    let newest = document.newest();
    let known = dss::read(document, newest)?.unwrap_or_default();
    let mut update = Update::new(document)?;
    let mut lists: Vec<(&str, Vec<String>)> = Vec::new();
    for (key, wanted, there) in [
        ("Certs", &data.certificates, &known.certificates),
        ("CRLs", &data.crls, &known.crls),
        ("OCSPs", &data.ocsps, &known.ocsps),
    ] {
        let mut seen: HashSet<&[u8]> = there
            .iter()
            .map(|stored| {
                let Blob(der) = &stored.data;
                der.as_slice()
            })
            .collect();
        let mut references = Vec::new();
        for der in wanted.iter().filter(|der| seen.insert(der.as_slice())) {
            let id = update.reserve()?;
            let mut body = format!("<< /Length {} >>\nstream\n", der.len()).into_bytes();
            body.extend(der);
            body.extend(b"\nendstream");
            update.put(id, body);
            references.push(reference(id));
        }
        if !references.is_empty() {
            lists.push((key, references));
        }
    }
    if lists.is_empty() {
        return Ok(None);
    }
    let catalog = document.root()?;
    let keys = catalog.dictionary()?;
    let mut edit = DictionaryEdit::new(catalog.source(), &catalog.value)?;
    let mut is_changed = false;
    match keys.get(b"DSS").map(|value| (value, value.as_reference())) {
        Some((value, None)) => {
            let holder = value.as_dictionary().ok_or(PdfError::Type("DSS"))?;
            let mut inner = DictionaryEdit::new(catalog.source(), value)?;
            for (key, references) in &lists {
                extend_array(document, &mut update, &mut inner, catalog.source(), holder, key, &references.join(" "))?;
            }
            edit.set("DSS", inner.finish()?);
            is_changed = true;
        }
        Some((_, Some(id))) if document.lookup(keys, b"DSS", newest)?.is_some() => {
            let object = document.object(id)?;
            let mut inner = DictionaryEdit::new(object.source(), &object.value)?;
            for (key, references) in &lists {
                let holder = object.dictionary()?;
                extend_array(document, &mut update, &mut inner, object.source(), holder, key, &references.join(" "))?;
            }
            update.put(id, inner.finish()?);
        }
        _ => {
            let id = update.reserve()?;
            let entries: Vec<String> =
                lists.iter().map(|(key, references)| format!("/{key} [{}]", references.join(" "))).collect();
            update.put(id, format!("<< /Type /DSS {} >>", entries.join(" ")));
            edit.set("DSS", reference(id));
            is_changed = true;
        }
    }
    // Tells old readers that the store is in use; PDF 2.0 knows it by itself (5.6).
    if keys.get(b"Extensions").is_none() && !is_pdf_2(document, keys) {
        edit.set("Extensions", "<< /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>");
        is_changed = true;
    }
    if is_changed {
        update.put(catalog.id, edit.finish()?);
    }
    Ok(Some(update.finish(id_seed(document.bytes(), b"DSS", time))?.bytes))
}
