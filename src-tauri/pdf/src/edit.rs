//! Changing a dictionary without touching what is not changed: everything else is copied byte for byte.

use crate::{Dictionary, PdfError, Value};

/// A dictionary as written, with some entries replaced or added.
///
/// Numbers, strings and the order of keys keep the spelling their author gave them, so that a strict comparison
/// of revisions finds no change but the intended one.
pub struct DictionaryEdit<'s> {
    source: &'s [u8],
    value: &'s Value,
    dictionary: &'s Dictionary,
    changes: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'s> DictionaryEdit<'s> {
    /// Starts from a dictionary value whose spans refer to `source`.
    ///
    /// # Errors
    /// [`PdfError::Type`] if the value is no dictionary.
    pub fn new(source: &'s [u8], value: &'s Value) -> Result<Self, PdfError> {
        let dictionary = value.as_dictionary().ok_or(PdfError::Type("dictionary"))?;
        Ok(Self { source, value, dictionary, changes: Vec::new() })
    }

    /// Gives a key a new value, written as PDF syntax. The key is given without its slash.
    pub fn set(&mut self, key: &str, value: impl Into<Vec<u8>>) -> &mut Self {
        self.changes.push((key.as_bytes().to_vec(), value.into()));
        self
    }

    /// The dictionary with its changes, `<<` to `>>`.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if spans do not lie in the source.
    pub fn finish(&self) -> Result<Vec<u8>, PdfError> {
        let mut out = Vec::new();
        let mut copied = self.value.span.start;
        let mut added = Vec::new();
        let mut replaced: Vec<_> = Vec::new();
        for (key, value) in &self.changes {
            match self.dictionary.entries.iter().rev().find(|entry| entry.key == *key) {
                Some(entry) => replaced.push((entry.value.span.clone(), value)),
                None => added.push((key, value)),
            }
        }
        replaced.sort_by_key(|(span, _)| span.start);
        for (span, value) in replaced {
            out.extend(self.source.get(copied..span.start).ok_or(PdfError::Damaged)?);
            separate(&mut out, value);
            out.extend(value);
            copied = span.end;
        }
        let end = self.value.span.end.checked_sub(2).ok_or(PdfError::Damaged)?;
        out.extend(self.source.get(copied..end).ok_or(PdfError::Damaged)?);
        for (key, value) in added {
            out.extend(b"\n/");
            out.extend(key);
            separate(&mut out, value);
            out.extend(value);
        }
        out.extend(b"\n>>");
        Ok(out)
    }
}

/// `/Key` and `1 0 R` need a blank between them; `/Key` and `<<` do not.
fn separate(out: &mut Vec<u8>, value: &[u8]) {
    let needs = value.first().is_some_and(|byte| !matches!(byte, b'<' | b'[' | b'(' | b'/'));
    if needs && !out.last().copied().is_some_and(crate::syntax::is_whitespace) {
        out.push(b' ');
    }
}

/// An array as written, with one more element at its end.
///
/// # Errors
/// [`PdfError::Type`] if the value is no array.
pub fn array_with(source: &[u8], value: &Value, element: &[u8]) -> Result<Vec<u8>, PdfError> {
    value.as_array().ok_or(PdfError::Type("array"))?;
    let end = value.span.end.checked_sub(1).ok_or(PdfError::Damaged)?;
    let mut out = source.get(value.span.start..end).ok_or(PdfError::Damaged)?.to_vec();
    out.push(b' ');
    out.extend(element);
    out.push(b']');
    Ok(out)
}

/// Writes a new object's value; lopdf knows how each kind is spelt.
///
/// # Errors
/// [`PdfError::Type`] if lopdf refuses it.
pub fn write_value(value: &lopdf::Object) -> Result<Vec<u8>, PdfError> {
    let mut out = Vec::new();
    lopdf::Writer::write_object(&mut out, value).map_err(|_| PdfError::Type("new object"))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Parser;

    #[test]
    fn unchanged_entries_keep_their_spelling() {
        let source = b"<</MediaBox [0 0 595.27559 841.88976]/Annots 5 0 R/Type/Page>>";
        let value = Parser::new(source, 0).value().unwrap();
        let mut edit = DictionaryEdit::new(source, &value).unwrap();
        edit.set("Annots", "[5 0 R 9 0 R]").set("Tabs", "/S");
        assert_eq!(
            edit.finish().unwrap(),
            b"<</MediaBox [0 0 595.27559 841.88976]/Annots [5 0 R 9 0 R]/Type/Page\n/Tabs/S\n>>"
        );
    }
}
