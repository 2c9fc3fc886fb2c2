//! Words and stamps on the pages that look like a signature and are none: only a signature field signs (class D3).

use std::collections::HashSet;

use pdf::{Dictionary, Document, Kind, ObjectId, PdfError, Value};

use crate::{changes::operators::Operations, facts::Imitation};

/// Most pages looked at, and most bytes of content: this only points things out, and a verdict must not wait for it.
const MAX_PAGES: usize = 50;
const MAX_BYTES: usize = 1024 * 1024;

/// Most imitations told; a person reads no more.
const MAX_TOLD: usize = 8;

/// Deepest page tree looked at.
const MAX_DEPTH: usize = 20;

/// What signatures say of themselves, without accents; blanks do not count.
const PHRASES: [&str; 9] = [
    "assinado digitalmente",
    "assinado eletronicamente",
    "assinatura digital de",
    "assinatura eletronica de",
    "documento assinado",
    "digitally signed",
    "signature valid",
    "assinatura valida",
    "validar assinatura",
];

/// What is found on the pages of a revision.
pub(crate) fn find(document: &Document<'_>, revision: usize) -> Vec<Imitation> {
    let mut looking = Looking { document, revision, left: MAX_BYTES, page: 0, seen: HashSet::new(), found: Vec::new() };
    // What cannot be read shows nothing that could be pointed out.
    let _ = looking.catalog();
    looking.found
}

struct Looking<'l, 'a> {
    document: &'l Document<'a>,
    revision: usize,
    left: usize,
    page: usize,
    /// Nodes of the page tree that were visited: a tree that bites its tail has no end.
    seen: HashSet<ObjectId>,
    found: Vec<Imitation>,
}

impl Looking<'_, '_> {
    fn catalog(&mut self) -> Result<(), PdfError> {
        let catalog = self.document.root_at(self.revision)?;
        match catalog.dictionary()?.get(b"Pages") {
            Some(pages) => self.node(&pages.clone(), 0),
            None => Ok(()),
        }
    }

    fn node(&mut self, node: &Value, depth: usize) -> Result<(), PdfError> {
        if depth > MAX_DEPTH || self.page >= MAX_PAGES || self.found.len() >= MAX_TOLD || self.left == 0 {
            return Ok(());
        }
        if node.as_reference().is_some_and(|id| !self.seen.insert(id)) {
            return Ok(());
        }
        let resolved = self.document.resolve(node, self.revision)?;
        let Some(keys) = resolved.as_dictionary() else { return Ok(()) };
        if let Some(kids) = self.document.lookup(keys, b"Kids", self.revision)? {
            for kid in kids.as_array().unwrap_or_default() {
                self.node(kid, depth + 1)?;
            }
            return Ok(());
        }
        self.page += 1;
        let object = node.as_reference().map_or(0, |id| id.number);
        self.content(keys, object)?;
        self.stamps(keys)
    }

    fn content(&mut self, page: &Dictionary, object: u32) -> Result<(), PdfError> {
        let mut text = String::new();
        let contents = self.document.lookup(page, b"Contents", self.revision)?;
        let parts: Vec<Value> = match contents.map(|contents| contents.kind) {
            Some(Kind::Array(parts)) => parts,
            Some(_) => page.get(b"Contents").cloned().into_iter().collect(),
            None => Vec::new(),
        };
        for part in parts {
            let Some(id) = part.as_reference() else { continue };
            let stream = self.document.object_at(id, self.revision)?;
            let data = self.document.decoded_at(&stream, self.revision)?;
            if data.len() > self.left {
                self.left = 0;
                return Ok(());
            }
            self.left -= data.len();
            for operation in Operations::new(&data) {
                let Some((operator, operands)) = operation else { break };
                if matches!(operator.as_slice(), b"Tj" | b"TJ" | b"'" | b"\"") {
                    operands.iter().for_each(|operand| read_into(&mut text, operand));
                }
            }
        }
        if let Some(phrase) = PHRASES.iter().find(|phrase| text.contains(&phrase.replace(' ', ""))) {
            self.tell(object, phrase);
        }
        Ok(())
    }

    /// Stamp annotations: pictures that people place by hand.
    fn stamps(&mut self, page: &Dictionary) -> Result<(), PdfError> {
        let Some(annotations) = self.document.lookup(page, b"Annots", self.revision)? else { return Ok(()) };
        for annotation in annotations.as_array().unwrap_or_default().iter().take(MAX_TOLD) {
            let resolved = self.document.resolve(annotation, self.revision)?;
            if resolved.as_dictionary().is_some_and(|keys| keys.name(b"Subtype") == Some(b"Stamp")) {
                self.tell(annotation.as_reference().map_or(0, |id| id.number), "carimbo (anotação)");
            }
        }
        Ok(())
    }

    fn tell(&mut self, object: u32, what: &str) {
        self.found.push(Imitation { page: self.page, what: what.to_owned(), object });
    }
}

/// Letters of a shown string without accents, case and blanks; two-byte codes lose their empty halves.
fn read_into(text: &mut String, operand: &Value) {
    match &operand.kind {
        Kind::Array(parts) => parts.iter().for_each(|part| read_into(text, part)),
        Kind::String { bytes, .. } => text.extend(bytes.iter().filter_map(|byte| letter(*byte))),
        _ => {}
    }
}

fn letter(byte: u8) -> Option<char> {
    let folded = match char::from(byte).to_ascii_lowercase() {
        'À'..='Å' | 'à'..='å' => 'a',
        'Ç' | 'ç' => 'c',
        'È'..='Ë' | 'è'..='ë' => 'e',
        'Ì'..='Ï' | 'ì'..='ï' => 'i',
        'Ò'..='Ö' | 'ò'..='ö' => 'o',
        'Ù'..='Ü' | 'ù'..='ü' => 'u',
        other => other,
    };
    folded.is_ascii_alphanumeric().then_some(folded)
}
