//! Appending a revision in the style of the file, all earlier bytes as they were (ISO 32000-2, 7.5.6).

use std::collections::BTreeMap;

use crate::{Anomaly, Document, ObjectId, PdfError, Value, limits::MAX_OBJECT_NUMBER, xref::SectionKind};

/// A revision in the making.
pub struct Update<'d, 'a> {
    document: &'d Document<'a>,
    next: u32,
    objects: BTreeMap<u32, (u16, Vec<u8>)>,
}

/// The bytes to put after the original, and where the new objects begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// What follows the original's last byte.
    pub bytes: Vec<u8>,
    /// Offset in the whole file at which each new object's *value* begins.
    pub value_offsets: BTreeMap<u32, usize>,
}

impl<'d, 'a> Update<'d, 'a> {
    /// Starts a revision, if the file can be extended without guessing.
    ///
    /// # Errors
    /// [`PdfError::RepairedNotExtended`], [`PdfError::PrefixNotExtended`], [`PdfError::EncryptedNotExtended`];
    /// a file with misplaced sections or a hybrid file whose halves disagree counts as repaired.
    pub fn new(document: &'d Document<'a>) -> Result<Self, PdfError> {
        for anomaly in document.anomalies() {
            match anomaly {
                Anomaly::Repaired
                | Anomaly::MisplacedSection(_)
                | Anomaly::RepeatedKeys(_)
                | Anomaly::HybridDisagrees(_) => {
                    return Err(PdfError::RepairedNotExtended);
                }
                Anomaly::PrefixBytes(_) | Anomaly::TwoBases => return Err(PdfError::PrefixNotExtended),
                Anomaly::TrailingBytes(_) => {}
            }
        }
        if document.is_encrypted() {
            return Err(PdfError::EncryptedNotExtended);
        }
        Ok(Self { document, next: document.next_number(), objects: BTreeMap::new() })
    }

    /// Takes a new object number.
    ///
    /// # Errors
    /// [`PdfError::Limit`] beyond what readers agree on.
    pub fn reserve(&mut self) -> Result<ObjectId, PdfError> {
        if self.next > MAX_OBJECT_NUMBER {
            return Err(PdfError::Limit("object number"));
        }
        let id = ObjectId::new(self.next);
        self.next += 1;
        Ok(id)
    }

    /// Sets an object's body: what stands between `obj` and `endobj`.
    pub fn put(&mut self, id: ObjectId, body: impl Into<Vec<u8>>) {
        self.objects.insert(id.number, (id.generation, body.into()));
    }

    /// Writes objects, cross-reference and trailer. `id_seed` gives the new half of `/ID`.
    ///
    /// # Errors
    /// [`PdfError::Damaged`], [`PdfError::Limit`].
    pub fn finish(mut self, id_seed: [u8; 16]) -> Result<Appended, PdfError> {
        let kind = self.document.newest_kind();
        let xref_id = if kind == SectionKind::Stream { Some(self.reserve()?) } else { None };
        let original = self.document.bytes();
        let mut bytes = Vec::new();
        if !matches!(original.last(), Some(b'\n' | b'\r')) {
            bytes.push(b'\n');
        }
        let mut value_offsets = BTreeMap::new();
        let mut entries: BTreeMap<u32, (usize, u16)> = BTreeMap::new();
        for (number, (generation, body)) in &self.objects {
            entries.insert(*number, (original.len() + bytes.len(), *generation));
            bytes.extend(format!("{number} {generation} obj\n").as_bytes());
            value_offsets.insert(*number, original.len() + bytes.len());
            bytes.extend(body);
            bytes.extend(b"\nendobj\n");
        }
        let startxref = original.len() + bytes.len();
        if let Some(id) = xref_id {
            entries.insert(id.number, (startxref, 0));
        }
        let size = self.next.max(1);
        let trailer = self.trailer(size, id_seed)?;
        match xref_id {
            Some(id) => write_stream(&mut bytes, id, &entries, &trailer)?,
            None => write_table(&mut bytes, &entries, &trailer)?,
        }
        bytes.extend(format!("startxref\n{startxref}\n%%EOF\n").as_bytes());
        Ok(Appended { bytes, value_offsets })
    }

    /// The keys that tables and streams share (table 15). An old `/XRefStm` is not copied.
    fn trailer(&self, size: u32, id_seed: [u8; 16]) -> Result<Vec<u8>, PdfError> {
        let old = self.document.trailer()?;
        let previous = self
            .document
            .revisions()
            .last()
            .and_then(|revision| revision.sections.first())
            .map(|section| section.span.start)
            .ok_or(PdfError::Damaged)?;
        let mut out = format!("/Size {size}\n/Prev {previous}\n").into_bytes();
        for key in ["Root", "Info"] {
            if let Some(id) = old.get(key.as_bytes()).and_then(Value::as_reference) {
                out.extend(format!("/{key} {} {} R\n", id.number, id.generation).as_bytes());
            }
        }
        let first_id = self
            .document
            .lookup(old, b"ID", self.document.newest())?
            .and_then(|id| id.as_array().and_then(|ids| ids.first()).and_then(Value::as_string).map(<[u8]>::to_vec))
            .unwrap_or_else(|| id_seed.to_vec());
        out.extend(format!("/ID [<{}> <{}>]\n", hex(&first_id), hex(&id_seed)).as_bytes());
        Ok(out)
    }
}

/// Bytes as upper-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

fn ranges(entries: &BTreeMap<u32, (usize, u16)>) -> Vec<(u32, Vec<(usize, u16)>)> {
    let mut ranges: Vec<(u32, Vec<(usize, u16)>)> = Vec::new();
    for (number, entry) in entries {
        match ranges.last_mut() {
            Some((first, run)) if u32::try_from(run.len()).is_ok_and(|length| *first + length == *number) => {
                run.push(*entry)
            }
            _ => ranges.push((*number, vec![*entry])),
        }
    }
    ranges
}

fn write_table(out: &mut Vec<u8>, entries: &BTreeMap<u32, (usize, u16)>, trailer: &[u8]) -> Result<(), PdfError> {
    out.extend(b"xref\n");
    for (first, run) in ranges(entries) {
        out.extend(format!("{first} {}\n", run.len()).as_bytes());
        for (offset, generation) in run {
            if offset > 9_999_999_999 {
                return Err(PdfError::Limit("file size"));
            }
            // Exactly 20 bytes each, or Acrobat "repairs" the file (7.5.4).
            out.extend(format!("{offset:010} {generation:05} n\r\n").as_bytes());
        }
    }
    out.extend(b"trailer\n<<\n");
    out.extend(trailer);
    out.extend(b">>\n");
    Ok(())
}

/// Bytes an offset takes in a cross-reference stream: enough for [`crate::limits::MAX_FILE_BYTES`] and beyond.
const OFFSET_WIDTH: usize = 5;

fn write_stream(
    out: &mut Vec<u8>,
    id: ObjectId,
    entries: &BTreeMap<u32, (usize, u16)>,
    trailer: &[u8],
) -> Result<(), PdfError> {
    let mut index = String::new();
    let mut data = Vec::new();
    for (first, run) in ranges(entries) {
        index.push_str(&format!("{first} {} ", run.len()));
        for (offset, generation) in run {
            data.push(1);
            let offset = u64::try_from(offset).map_err(|_| PdfError::Limit("file size"))?.to_be_bytes();
            data.extend(offset.get(8 - OFFSET_WIDTH..).unwrap_or_default());
            data.extend(generation.to_be_bytes());
        }
    }
    out.extend(format!("{} 0 obj\n<<\n/Type /XRef\n", id.number).as_bytes());
    out.extend(trailer);
    let index = index.trim_end();
    out.extend(format!("/W [1 {OFFSET_WIDTH} 2]\n/Index [{index}]\n/Length {}\n>>\nstream\n", data.len()).as_bytes());
    out.extend(data);
    out.extend(b"\nendstream\nendobj\n");
    Ok(())
}
