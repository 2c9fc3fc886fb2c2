//! Words and pictures on the pages that look like a signature and are none: only a signature field signs.

use pdf::{Document, ObjectId};

use crate::{facts::Imitation, fields::SignatureField};

/// To come with the reading of page content.
pub(crate) fn find(_document: &Document<'_>, _revision: usize, _fields: &[SignatureField]) -> Vec<Imitation> {
    let _ = ObjectId::new(0);
    Vec::new()
}
