//! Whether the page tree of a revision is a tree (ISO 32000-2, 7.7.3): readers break a loop in different places.

use std::collections::HashSet;

use pdf::{Document, PdfError, Value};

use super::compare::Pair;

/// Most nodes visited; a document with more pages is not judged by its tree.
const MAX_NODES: usize = 200_000;

/// Every node is reached once, is a dictionary, and its kids are references.
pub(super) fn is_sound(document: &Document<'_>, revision: usize) -> bool {
    let Ok(catalog) = document.root_at(revision) else { return false };
    let pages = catalog.dictionary().ok().and_then(|keys| keys.get(b"Pages").cloned());
    let Some(pages) = pages else { return false };
    let mut pending = vec![pages];
    let mut seen = HashSet::new();
    while let Some(node) = pending.pop() {
        if node.as_reference().is_some_and(|id| !seen.insert(id)) || seen.len() > MAX_NODES {
            return false;
        }
        let Ok(node) = document.resolve(&node, revision) else { return false };
        let Some(keys) = node.as_dictionary() else { return false };
        match document.lookup(keys, b"Kids", revision) {
            Ok(Some(kids)) => match kids.as_array() {
                Some(kids) if kids.iter().all(|kid: &Value| kid.as_reference().is_some()) => {
                    pending.extend(kids.iter().cloned());
                }
                _ => return false,
            },
            Ok(None) => {}
            Err(_) => return false,
        }
    }
    true
}

/// Whether a page has a field's widget, or a text written on it, that brings no look of its own: readers make one of what
/// the form offers (`/DR`, `/DA`, `/Q`). Of a signature they make nothing.
pub(super) fn has_text_without_look(pair: &Pair<'_, '_>) -> Result<bool, PdfError> {
    let catalog = pair.document.root_at(pair.before)?;
    let mut pending = vec![pair.get(catalog.dictionary()?, b"Pages", pair.before)?.value];
    let mut seen = HashSet::new();
    while let Some(node) = pending.pop() {
        let Some(keys) = node.as_dictionary() else { continue };
        for kid in pair.get(keys, b"Kids", pair.before)?.value.as_array().unwrap_or_default() {
            let Some(id) = kid.as_reference() else { continue };
            if seen.len() > MAX_NODES {
                return Err(PdfError::Limit("pages"));
            }
            if seen.insert(id) {
                pending.push(pair.resolve(kid, pair.before)?.value);
            }
        }
        for annotation in pair.get(keys, b"Annots", pair.before)?.value.as_array().unwrap_or_default() {
            let annotation = pair.resolve(annotation, pair.before)?;
            let Some(own) = annotation.dictionary() else { continue };
            let is_signature = own.name(b"FT") == Some(b"Sig");
            let takes_over = matches!(own.name(b"Subtype"), Some(b"Widget" | b"FreeText")) && !is_signature;
            if takes_over && pair.get(own, b"AP", pair.before)?.is_null() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
