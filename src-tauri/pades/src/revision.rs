//! What a new revision changes of page, form and catalog so that they know a new field (ISO 32000-2, 12.7 and 12.8).

use std::collections::HashSet;

use pdf::{Dictionary, DictionaryEdit, Document, ObjectId, PdfError, Update, Value, array_with, build::Object};

use crate::{
    PadesError,
    fields::{self, SignatureField},
};

/// Adds an invisible signature field with its value to the first page and to the form; the value is written elsewhere. The
/// first signature certifies.
pub(crate) fn add_field(
    document: &Document<'_>,
    update: &mut Update<'_, '_>,
    name: &str,
    value: ObjectId,
    certifies: bool,
) -> Result<(), PadesError> {
    let (widget_id, appearance_id) = (update.reserve()?, update.reserve()?);
    let page = first_page(document)?;
    update.put(widget_id, widget(name, value, appearance_id, page)?);
    update.put(
        appearance_id,
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 0 0] /Resources << >> /Length 0 >>\nstream\n\nendstream"
            .as_slice(),
    );
    add_to_page(document, update, page, widget_id)?;
    add_to_catalog(document, update, widget_id, value, certifies)
}

/// Field and widget merged in one object; invisible, yet printable as PDF/A demands (ISO 19005-2, 6.3.2).
fn widget(field: &str, signature: ObjectId, appearance: ObjectId, page: ObjectId) -> Result<Vec<u8>, PadesError> {
    let mut body = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T ".to_vec();
    body.extend(pdf::write_value(&Object::string_literal(field))?);
    let rest = format!(
        " /V {} 0 R /F 132 /Rect [0 0 0 0] /AP << /N {} 0 R >> /P {} {} R >>",
        signature.number, appearance.number, page.number, page.generation
    );
    body.extend(rest.as_bytes());
    Ok(body)
}

/// Most nodes of the page tree visited on the way to its first page; some trees begin with empty branches.
const MAX_NODES_SEARCHED: usize = 10_000;

/// Most nodes waiting to be visited: branches that share one long list would add it up.
const MAX_NODES_PENDING: usize = 1_000_000;

/// The first leaf of the page tree, in its own order.
pub(crate) fn first_page(document: &Document<'_>) -> Result<ObjectId, PadesError> {
    let catalog = document.root()?;
    let mut pending =
        vec![catalog.dictionary()?.get(b"Pages").and_then(Value::as_reference).ok_or(PadesError::NoPage)?];
    let mut seen = HashSet::new();
    while let Some(id) = pending.pop() {
        if seen.len() > MAX_NODES_SEARCHED {
            return Err(PdfError::Limit("page tree").into());
        }
        if !seen.insert(id) {
            continue;
        }
        let node = document.object(id)?;
        let Some(kids) = document.lookup(node.dictionary()?, b"Kids", document.newest())? else { return Ok(id) };
        pending.extend(kids.as_array().ok_or(PdfError::Type("Kids"))?.iter().rev().filter_map(Value::as_reference));
        if pending.len() > MAX_NODES_PENDING {
            return Err(PdfError::Limit("page tree").into());
        }
    }
    Err(PadesError::NoPage)
}

pub(crate) fn reference(id: ObjectId) -> String {
    format!("{} {} R", id.number, id.generation)
}

/// Adds an element to the array under a key, wherever the array stands; `edit` receives the key if the holder changes.
pub(crate) fn extend_array(
    document: &Document<'_>,
    update: &mut Update<'_, '_>,
    edit: &mut DictionaryEdit<'_>,
    source: &[u8],
    holder: &Dictionary,
    key: &str,
    element: &str,
) -> Result<(), PadesError> {
    match holder.get(key.as_bytes()) {
        Some(value) if value.as_array().is_some() => {
            edit.set(key, array_with(source, value, element.as_bytes())?);
        }
        Some(value) if document.lookup(holder, key.as_bytes(), document.newest())?.is_some() => {
            let id = value.as_reference().ok_or(PdfError::Type("array"))?;
            let array = document.object(id)?;
            update.put(id, array_with(array.source(), &array.value, element.as_bytes())?);
        }
        _ => {
            edit.set(key, format!("[{element}]"));
        }
    }
    Ok(())
}

fn add_to_page(
    document: &Document<'_>,
    update: &mut Update<'_, '_>,
    page: ObjectId,
    widget: ObjectId,
) -> Result<(), PadesError> {
    let object = document.object(page)?;
    let dictionary = object.dictionary()?;
    let mut edit = DictionaryEdit::new(object.source(), &object.value)?;
    extend_array(document, update, &mut edit, object.source(), dictionary, "Annots", &reference(widget))?;
    let changed = edit.finish()?;
    if dictionary.get(b"Annots").is_none_or(|annotations| annotations.as_reference().is_none()) {
        update.put(page, changed);
    }
    Ok(())
}

fn add_to_catalog(
    document: &Document<'_>,
    update: &mut Update<'_, '_>,
    widget: ObjectId,
    signature: ObjectId,
    certifies: bool,
) -> Result<(), PadesError> {
    let newest = document.newest();
    let catalog = document.root()?;
    let dictionary = catalog.dictionary()?;
    let mut edit = DictionaryEdit::new(catalog.source(), &catalog.value)?;
    let mut changed = false;

    let add_field = |update: &mut Update<'_, '_>, source: &[u8], form: &Value| -> Result<Vec<u8>, PadesError> {
        let holder = form.as_dictionary().ok_or(PdfError::Type("AcroForm"))?;
        let mut edit = DictionaryEdit::new(source, form)?;
        extend_array(document, update, &mut edit, source, holder, "Fields", &reference(widget))?;
        let flags = document.lookup(holder, b"SigFlags", newest)?.and_then(|flags| flags.as_integer()).unwrap_or(0);
        if flags & 3 != 3 {
            edit.set("SigFlags", (flags | 3).to_string());
        }
        Ok(edit.finish()?)
    };
    match dictionary.get(b"AcroForm") {
        Some(form) if form.as_dictionary().is_some() => {
            edit.set("AcroForm", add_field(update, catalog.source(), form)?);
            changed = true;
        }
        Some(form) if document.lookup(dictionary, b"AcroForm", newest)?.is_some() => {
            let id = form.as_reference().ok_or(PdfError::Type("AcroForm"))?;
            let object = document.object(id)?;
            let body = add_field(update, object.source(), &object.value)?;
            update.put(id, body);
        }
        _ => {
            let id = update.reserve()?;
            update.put(id, format!("<< /Fields [{}] /SigFlags 3 >>", reference(widget)));
            edit.set("AcroForm", reference(id));
            changed = true;
        }
    }
    if certifies {
        let entry = reference(signature);
        match dictionary.get(b"Perms") {
            Some(permissions) if permissions.as_dictionary().is_some() => {
                let mut inner = DictionaryEdit::new(catalog.source(), permissions)?;
                inner.set("DocMDP", entry);
                edit.set("Perms", inner.finish()?);
            }
            Some(permissions) if document.lookup(dictionary, b"Perms", newest)?.is_some() => {
                let id = permissions.as_reference().ok_or(PdfError::Type("Perms"))?;
                let object = document.object(id)?;
                let mut inner = DictionaryEdit::new(object.source(), &object.value)?;
                inner.set("DocMDP", entry);
                update.put(id, inner.finish()?);
            }
            _ => {
                edit.set("Perms", format!("<< /DocMDP {entry} >>"));
            }
        }
        // Tells old readers that ETSI.CAdES.detached is in use; PDF 2.0 knows it by itself (ETSI EN 319 142-1, 5.6).
        if dictionary.get(b"Extensions").is_none() && !is_pdf_2(document, dictionary) {
            edit.set("Extensions", "<< /ESIC << /BaseVersion /1.7 /ExtensionLevel 2 >> >>");
        }
        changed = true;
    }
    if changed {
        update.put(catalog.id, edit.finish()?);
    }
    Ok(())
}

pub(crate) fn is_pdf_2(document: &Document<'_>, catalog: &Dictionary) -> bool {
    document.bytes().starts_with(b"%PDF-2") || catalog.name(b"Version").is_some_and(|version| version.starts_with(b"2"))
}

pub(crate) fn unused_name(
    document: &Document<'_>,
    existing: &[SignatureField],
    stem: &str,
) -> Result<String, PadesError> {
    let newest = document.newest();
    let catalog = document.root()?;
    let mut taken: Vec<String> = existing.iter().map(|field| field.name.clone()).collect();
    if let Some(form) = document.lookup(catalog.dictionary()?, b"AcroForm", newest)?
        && let Some(list) =
            form.as_dictionary().map(|form| document.lookup(form, b"Fields", newest)).transpose()?.flatten()
    {
        for field in list.as_array().unwrap_or_default() {
            let field = document.resolve(field, newest)?;
            let name = field.as_dictionary().map(|field| document.lookup(field, b"T", newest)).transpose()?.flatten();
            taken.extend(name.as_ref().and_then(Value::as_string).map(fields::text));
        }
    }
    let mut number = existing.len() + 1;
    loop {
        let name = format!("{stem}{number}");
        if !taken.contains(&name) {
            return Ok(name);
        }
        number += 1;
    }
}
