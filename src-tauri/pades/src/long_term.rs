//! Adding long-term data to a document: certificates, lists and answers in `/DSS` (ETSI EN 319 142-1, 5.4.2).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, FixedOffset};
use pdf::{Dictionary, DictionaryEdit, Document, ObjectId, PdfError, Update, Value};

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
    /// Which of them belong to which signature.
    pub notes: Vec<Note>,
}

/// What belongs to one signature (`/VRI`; ETSI EN 319 142-1, 5.4.2.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// Upper-case SHA-1 of the signature's whole `/Contents`.
    pub name: String,
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
    let mut places = stored_places(document)?;
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
            places.insert(der.clone(), id);
        }
        if !references.is_empty() {
            lists.push((key, references));
        }
    }
    if lists.is_empty() {
        return Ok(None);
    }
    let notes = new_notes(&mut update, data, &known.vri, &places)?;
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
            add_notes(document, &mut update, &mut inner, catalog.source(), holder, &notes)?;
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
            add_notes(document, &mut update, &mut inner, object.source(), object.dictionary()?, &notes)?;
            update.put(id, inner.finish()?);
        }
        _ => {
            let id = update.reserve()?;
            let entries: Vec<String> =
                lists.iter().map(|(key, references)| format!("/{key} [{}]", references.join(" "))).collect();
            update.put(id, format!("<< /Type /DSS {} /VRI << {} >> >>", entries.join(" "), entries_of(&notes)));
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

/// Where the document's store has its pieces.
fn stored_places(document: &Document<'_>) -> Result<HashMap<Vec<u8>, ObjectId>, PadesError> {
    let newest = document.newest();
    let mut places = HashMap::new();
    // A list may name one stream a million times.
    let mut seen = HashSet::new();
    let catalog = document.root()?;
    let Some(store) = document.lookup(catalog.dictionary()?, b"DSS", newest)? else { return Ok(places) };
    let Some(keys) = store.as_dictionary() else { return Ok(places) };
    for key in [b"Certs".as_slice(), b"CRLs", b"OCSPs"] {
        let list = document.lookup(keys, key, newest)?;
        let ids = list.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_reference);
        for id in ids.filter(|id| seen.insert(*id)) {
            if let Ok(data) = document.object(id).and_then(|object| document.decoded_at(&object, newest)) {
                places.insert(data, id);
            }
        }
    }
    Ok(places)
}

/// Writes the notes of signatures that have none yet. One that is there is never written anew: strict readers refuse that.
fn new_notes(
    update: &mut Update<'_, '_>,
    data: &LongTermData,
    known: &[String],
    places: &HashMap<Vec<u8>, ObjectId>,
) -> Result<Vec<(String, ObjectId)>, PadesError> {
    let mut notes = Vec::new();
    for note in data.notes.iter().filter(|note| !known.contains(&note.name)) {
        let mut body = "<<".to_owned();
        for (key, pieces) in [("Cert", &note.certificates), ("CRL", &note.crls), ("OCSP", &note.ocsps)] {
            let found: Vec<String> = pieces.iter().filter_map(|der| places.get(der)).map(|id| reference(*id)).collect();
            if !found.is_empty() {
                body.push_str(&format!(" /{key} [{}]", found.join(" ")));
            }
        }
        body.push_str(" >>");
        let id = update.reserve()?;
        update.put(id, body);
        notes.push((note.name.clone(), id));
    }
    Ok(notes)
}

fn entries_of(notes: &[(String, ObjectId)]) -> String {
    notes.iter().map(|(name, id)| format!("/{name} {}", reference(*id))).collect::<Vec<_>>().join(" ")
}

/// Puts notes into a store that is there.
fn add_notes(
    document: &Document<'_>,
    update: &mut Update<'_, '_>,
    store: &mut DictionaryEdit<'_>,
    source: &[u8],
    holder: &Dictionary,
    notes: &[(String, ObjectId)],
) -> Result<(), PadesError> {
    if notes.is_empty() {
        return Ok(());
    }
    let add = |source: &[u8], value: &Value| -> Result<Vec<u8>, PadesError> {
        let mut edit = DictionaryEdit::new(source, value)?;
        for (name, id) in notes {
            edit.set(name, reference(*id));
        }
        Ok(edit.finish()?)
    };
    match holder.get(b"VRI") {
        Some(value) if value.as_dictionary().is_some() => {
            store.set("VRI", add(source, value)?);
        }
        Some(value) if document.lookup(holder, b"VRI", document.newest())?.is_some() => {
            let object = document.object(value.as_reference().ok_or(PdfError::Type("VRI"))?)?;
            let body = add(object.source(), &object.value)?;
            update.put(object.id, body);
        }
        _ => {
            store.set("VRI", format!("<< {} >>", entries_of(notes)));
        }
    }
    Ok(())
}
