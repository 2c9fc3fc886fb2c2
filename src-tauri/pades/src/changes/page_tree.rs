//! Whether the page tree of a revision is a tree (ISO 32000-2, 7.7.3): readers break a loop in different places.

use std::collections::HashSet;

use pdf::{Document, Value};

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
