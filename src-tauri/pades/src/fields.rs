//! Finding the signature fields of a revision (ISO 32000-2, 12.7.3 and 12.7.5.5).

use std::collections::{HashMap, HashSet};

use pdf::{Dictionary, Document, ObjectId, PdfError, Value};

use crate::facts::FieldLock;

/// Deepest field hierarchy.
const MAX_FIELD_DEPTH: usize = 100;

/// Most fields visited; beyond it the file is said to be unjudged.
const MAX_FIELDS: usize = 50_000;

/// Longest qualified name in bytes.
const MAX_NAME: usize = 4_096;

/// A signature field, signed or empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SignatureField {
    /// Fully qualified name, parts joined by points.
    pub(crate) name: String,
    /// The field's own object, if it is an indirect one.
    pub(crate) id: Option<ObjectId>,
    /// Where its value is, if it has one.
    pub(crate) value: Option<SignatureValue>,
}

/// Where a field's `/V` stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum SignatureValue {
    /// An object of its own, as the standard wants it.
    Object(ObjectId),
    /// Inside the field's dictionary.
    Direct(ObjectId),
}

/// All signature fields that the catalog of a revision reaches; an error if any field cannot be read.
pub(crate) fn signature_fields(document: &Document<'_>, revision: usize) -> Result<Vec<SignatureField>, PdfError> {
    match find_signature_fields(document, revision) {
        (fields, None) => Ok(fields),
        (_, Some(error)) => Err(error),
    }
}

/// The signature fields that can be read, and what kept others from being read: one broken field hides no other.
pub(crate) fn find_signature_fields(
    document: &Document<'_>,
    revision: usize,
) -> (Vec<SignatureField>, Option<PdfError>) {
    let mut walk = Walk { document, revision, seen: HashSet::new(), visited: 0, found: Vec::new(), broken: None };
    let walked = walk.form();
    (walk.found, walked.err().or(walk.broken))
}

struct Walk<'w, 'a> {
    document: &'w Document<'a>,
    revision: usize,
    seen: HashSet<ObjectId>,
    visited: usize,
    found: Vec<SignatureField>,
    broken: Option<PdfError>,
}

impl Walk<'_, '_> {
    fn form(&mut self) -> Result<(), PdfError> {
        let catalog = self.document.root_at(self.revision)?;
        let Some(form) = self.document.lookup(catalog.dictionary()?, b"AcroForm", self.revision)? else {
            return Ok(());
        };
        let form = form.as_dictionary().ok_or(PdfError::Type("AcroForm"))?;
        match self.document.lookup(form, b"Fields", self.revision)? {
            Some(fields) => self.kids(&fields, "", false, 0),
            None => Ok(()),
        }
    }

    fn kids(&mut self, kids: &Value, prefix: &str, is_signature: bool, depth: usize) -> Result<(), PdfError> {
        if depth > MAX_FIELD_DEPTH {
            return Err(PdfError::Limit("field depth"));
        }
        let kids = kids.as_array().ok_or(PdfError::Type("Fields"))?;
        // Counted before any is visited: every level keeps its list while the levels below are walked.
        self.visited += kids.len();
        if self.visited > MAX_FIELDS {
            return Err(PdfError::Limit("fields"));
        }
        for kid in kids {
            let id = kid.as_reference();
            if id.is_some_and(|id| !self.seen.insert(id)) {
                // A field in two places, or a tree that leads back: readers name it differently.
                self.broken = Some(PdfError::Type("Kids"));
                continue;
            }
            let read = match self.document.resolve(kid, self.revision) {
                Ok(field) => match field.as_dictionary() {
                    Some(dictionary) => self.field(dictionary, id, prefix, is_signature, depth),
                    None => Ok(()),
                },
                Err(error) => Err(error),
            };
            match read {
                Err(error @ PdfError::Limit(_)) => return Err(error),
                Err(error) => self.broken = Some(error),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        dictionary: &Dictionary,
        id: Option<ObjectId>,
        prefix: &str,
        inherited: bool,
        depth: usize,
    ) -> Result<(), PdfError> {
        let lookup = |key: &[u8]| self.document.lookup(dictionary, key, self.revision);
        let is_signature = match lookup(b"FT")? {
            Some(kind) => kind.as_name() == Some(b"Sig"),
            None => inherited,
        };
        let own_name = lookup(b"T")?;
        let name = match own_name.as_ref().and_then(Value::as_string).map(text) {
            Some(part) if prefix.is_empty() && part.len() <= MAX_NAME => part,
            // Nested names repeat their beginnings; a hostile file could multiply one long name by its children.
            Some(part) if prefix.len() + part.len() > MAX_NAME => return Err(PdfError::Limit("field name")),
            Some(part) => format!("{prefix}.{part}"),
            None => prefix.to_owned(),
        };
        let value = match dictionary.get(b"V") {
            Some(value) => match value.as_reference() {
                // A value that leads nowhere counts as absent (7.3.10).
                Some(target) if is_signature => {
                    (!self.document.is_null_at(target, self.revision)?).then_some(SignatureValue::Object(target))
                }
                Some(target) => Some(SignatureValue::Object(target)),
                None => id.filter(|_| value.as_dictionary().is_some()).map(SignatureValue::Direct),
            },
            None => None,
        };
        let kids = lookup(b"Kids")?;
        // A field with a value of its own is terminal even where widgets hang below it.
        if is_signature && (value.is_some() || kids.is_none()) {
            self.found.push(SignatureField { name, id, value });
            return Ok(());
        }
        match kids {
            Some(kids) => self.kids(&kids, &name, is_signature, depth + 1),
            None => Ok(()),
        }
    }
}

/// A text string: UTF-16 or UTF-8 with their marks, else PDFDocEncoding (7.9.2.2); without what could not be seen.
pub(crate) fn text(bytes: &[u8]) -> String {
    cades::readable(&whole_text(bytes))
}

/// A text string with its lines one after the other.
pub(crate) fn lines(bytes: &[u8]) -> String {
    cades::readable(&whole_text(bytes).replace(['\t', '\r', '\n'], " "))
}

/// Whether a text string has nothing that some readers leave out or people overlook: controls but for line ends and
/// tabs, escapes of languages, marks that turn or hide, wide gaps.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    // In that order of bytes some readers know it, others do not.
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return false;
    }
    let text = whole_text(bytes);
    let seen: String = text.chars().filter(|own| !matches!(own, '\t' | '\r' | '\n')).collect();
    cades::readable(&seen) == seen && !text.contains(WIDE_GAP)
}

/// Blanks behind which nobody looks for more.
const WIDE_GAP: &str = "         ";

/// PDFDocEncoding from 0x18 and from 0x80 on, where it is not Latin-1 (ISO 32000-2, D.3).
const ACCENTS: [char; 8] =
    ['\u{02D8}', '\u{02C7}', '\u{02C6}', '\u{02D9}', '\u{02DD}', '\u{02DB}', '\u{02DA}', '\u{02DC}'];
const MARKS: [char; 33] = [
    '•',
    '†',
    '‡',
    '…',
    '—',
    '–',
    'ƒ',
    '⁄',
    '‹',
    '›',
    '−',
    '‰',
    '„',
    '“',
    '”',
    '‘',
    '’',
    '‚',
    '™',
    'ﬁ',
    'ﬂ',
    'Ł',
    'Œ',
    'Š',
    'Ÿ',
    'Ž',
    'ı',
    'ł',
    'œ',
    'š',
    'ž',
    char::REPLACEMENT_CHARACTER,
    '€',
];

fn of_pdf_doc_encoding(byte: u8) -> char {
    let known = match byte {
        0x18..=0x1F => ACCENTS.get(usize::from(byte - 0x18)),
        0x80..=0xA0 => MARKS.get(usize::from(byte - 0x80)),
        _ => None,
    };
    known.copied().unwrap_or(char::from(byte))
}

fn whole_text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units = rest.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        other => other.iter().map(|byte| of_pdf_doc_encoding(*byte)).collect(),
    }
}

/// What `/Reference` of a signature dictionary says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Transforms {
    /// DocMDP's P, 2 where it is left out (12.8.2.2).
    pub(crate) doc_mdp: Option<i64>,
    /// Which fields FieldMDP locks.
    pub(crate) lock: Option<FieldLock>,
}

/// Reads `/Reference`.
pub(crate) fn transforms(
    document: &Document<'_>,
    signature: &Dictionary,
    revision: usize,
) -> Result<Transforms, PdfError> {
    let mut transforms = Transforms::default();
    let Some(references) = document.lookup(signature, b"Reference", revision)? else { return Ok(transforms) };
    for reference in references.as_array().ok_or(PdfError::Type("Reference"))? {
        let reference = document.resolve(reference, revision)?;
        let reference = reference.as_dictionary().ok_or(PdfError::Type("Reference"))?;
        let parameters = document.lookup(reference, b"TransformParams", revision)?;
        let parameters = parameters.as_ref().and_then(Value::as_dictionary);
        match document.lookup(reference, b"TransformMethod", revision)?.as_ref().and_then(Value::as_name) {
            Some(b"DocMDP") => {
                let parameters = parameters.ok_or(PdfError::Type("TransformParams"))?;
                let level = document.lookup(parameters, b"P", revision)?;
                let level = level.map_or(Some(2), |level| level.as_integer()).filter(|level| (1..=3).contains(level));
                let level = level.ok_or(PdfError::Type("P"))?;
                // Of several the strictest, as each of them was signed.
                transforms.doc_mdp = Some(transforms.doc_mdp.map_or(level, |other| other.min(level)));
            }
            Some(b"FieldMDP") => {
                let lock = match parameters {
                    Some(parameters) => read_lock(document, parameters, revision)?,
                    None => FieldLock::All,
                };
                transforms.lock = Some(match transforms.lock {
                    Some(other) => other.and(lock),
                    None => lock,
                });
            }
            // UR3 and Identity set no limits; what has no method is no reference.
            Some(_) => {}
            None => return Err(PdfError::Type("TransformMethod")),
        }
    }
    Ok(transforms)
}

/// `/Action` and `/Fields`, of FieldMDP's parameters or of a field's `/Lock`; what is not said locks everything.
pub(crate) fn read_lock(document: &Document<'_>, keys: &Dictionary, revision: usize) -> Result<FieldLock, PdfError> {
    let names = document.lookup(keys, b"Fields", revision)?;
    let mut fields = Vec::new();
    for name in names.as_ref().and_then(Value::as_array).unwrap_or_default() {
        fields.extend(document.resolve(name, revision)?.as_string().map(text));
    }
    Ok(match keys.name(b"Action") {
        Some(b"Include") => FieldLock::Include(fields),
        Some(b"Exclude") => FieldLock::Exclude(fields),
        _ => FieldLock::All,
    })
}

/// Qualified names of all fields of a revision, of whatever type, and how many fields say that they have it.
pub(crate) fn all_names(document: &Document<'_>, revision: usize) -> Result<HashMap<String, usize>, PdfError> {
    let mut names = HashMap::new();
    let catalog = document.root_at(revision)?;
    let Some(form) = document.lookup(catalog.dictionary()?, b"AcroForm", revision)? else { return Ok(names) };
    let Some(fields) = form.as_dictionary().and_then(|keys| keys.get(b"Fields")).cloned() else { return Ok(names) };
    let mut pending = vec![(fields, String::new(), 0)];
    let mut visited = 0;
    while let Some((list, prefix, depth)) = pending.pop() {
        let list = document.resolve(&list, revision)?;
        for kid in list.as_array().unwrap_or_default() {
            visited += 1;
            if visited > MAX_FIELDS || depth > MAX_FIELD_DEPTH {
                return Err(PdfError::Limit("fields"));
            }
            let field = document.resolve(kid, revision)?;
            let Some(keys) = field.as_dictionary() else { continue };
            let own = document.lookup(keys, b"T", revision)?;
            let name = match own.as_ref().and_then(Value::as_string).map(text) {
                Some(part) if prefix.is_empty() => part,
                Some(part) => format!("{prefix}.{part}"),
                None => prefix.clone(),
            };
            if name.len() > MAX_NAME {
                return Err(PdfError::Limit("field name"));
            }
            if let Some(kids) = keys.get(b"Kids") {
                pending.push((kids.clone(), name.clone(), depth + 1));
            }
            *names.entry(name).or_default() += usize::from(own.is_some());
        }
    }
    Ok(names)
}
