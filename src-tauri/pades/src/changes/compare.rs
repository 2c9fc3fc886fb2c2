//! Two revisions of one document, and whether two values mean the same in them.

use std::collections::HashSet;

use pdf::{Dictionary, Document, Home, Kind, ObjectId, PdfError, Value};

/// Most pairs of values compared in one revision.
const MAX_PAIRS: usize = 2_000_000;

/// Keys that say how a stream is written, not what it is.
const WRITING_KEYS: [&[u8]; 3] = [b"Length", b"Filter", b"DecodeParms"];

/// A value with references followed, and the stream data that belong to it.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) value: Value,
    /// The object it was read from.
    pub(crate) id: Option<ObjectId>,
    /// Its raw data, if it is a stream.
    pub(crate) data: Option<pdf::Span>,
}

impl Resolved {
    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        self.value.as_dictionary()
    }

    pub(crate) fn is_null(&self) -> bool {
        self.value.kind == Kind::Null
    }
}

/// The revision before, and the one that is looked at.
pub(crate) struct Pair<'p, 'a> {
    pub(crate) document: &'p Document<'a>,
    pub(crate) before: usize,
    pub(crate) after: usize,
    /// Numbers whose meaning may have changed.
    pub(crate) affected: HashSet<u32>,
    /// Numbers that a rule of their own compares, wherever else they are referred to.
    pub(crate) ruled: HashSet<u32>,
}

impl Pair<'_, '_> {
    /// Follows references; what does not exist is `null` (ISO 32000-2, 7.3.10).
    pub(crate) fn resolve(&self, value: &Value, revision: usize) -> Result<Resolved, PdfError> {
        let mut value = value.clone();
        let mut id = None;
        for _ in 0..pdf::limits::MAX_REFERENCE_DEPTH {
            let Some(target) = value.as_reference() else { return Ok(Resolved { value, id, data: None }) };
            match self.document.object_at(target, revision) {
                Ok(object) if object.value.as_reference().is_some() => {
                    id = Some(target);
                    value = object.value;
                }
                Ok(object) => return Ok(Resolved { value: object.value, id: Some(target), data: object.data }),
                Err(PdfError::Missing(_)) => {
                    let value = Value { kind: Kind::Null, span: value.span };
                    return Ok(Resolved { value, id: Some(target), data: None });
                }
                Err(error) => return Err(error),
            }
        }
        Err(PdfError::Limit("reference depth"))
    }

    /// The value of a key, followed; `null` where it is absent.
    pub(crate) fn get(&self, keys: &Dictionary, key: &[u8], revision: usize) -> Result<Resolved, PdfError> {
        match keys.get(key) {
            Some(value) => self.resolve(value, revision),
            None => Ok(Resolved { value: Value { kind: Kind::Null, span: 0..0 }, id: None, data: None }),
        }
    }

    /// Where an object stands in the file, for findings.
    pub(crate) fn span_of(&self, number: u32) -> Option<[usize; 2]> {
        let object = self.object(number)?;
        match object.home {
            Home::TopLevel(span) => Some([span.start, span.end]),
            Home::InStream { container, .. } => match self.object(container)?.home {
                Home::TopLevel(span) => Some([span.start, span.end]),
                Home::InStream { .. } => None,
            },
        }
    }

    fn object(&self, number: u32) -> Option<pdf::Object<'_>> {
        let generation = match self.document.locate(number, self.after)? {
            pdf::Location::Offset { generation, .. } => generation,
            _ => 0,
        };
        self.document.object_at(ObjectId { number, generation }, self.after).ok()
    }

    fn is_affected(&self, id: ObjectId) -> bool {
        self.affected.contains(&id.number)
    }

    /// Whether a value is what it was, everything it leads to included.
    pub(crate) fn same(&self, was: &Value, is: &Value) -> Result<bool, PdfError> {
        let mut seen: HashSet<(ObjectId, ObjectId)> = HashSet::new();
        let mut pending = vec![(was.clone(), is.clone())];
        let mut pairs = 0;
        while let Some((was, is)) = pending.pop() {
            pairs += 1;
            if pairs > MAX_PAIRS {
                return Err(PdfError::Limit("compared values"));
            }
            if let (Some(a), Some(b)) = (was.as_reference(), is.as_reference()) {
                if a == b && (!self.is_affected(a) || self.ruled.contains(&a.number)) {
                    continue;
                }
                if !seen.insert((a, b)) {
                    continue;
                }
            }
            let (was, is) = match (self.resolve(&was, self.before), self.resolve(&is, self.after)) {
                (Ok(was), Ok(is)) => (was, is),
                (Err(error @ PdfError::Limit(_)), _) | (_, Err(error @ PdfError::Limit(_))) => return Err(error),
                // What could not be read before and stands where it stood is as unreadable as it was.
                (Err(a), Err(b)) if a == b => continue,
                _ => return Ok(false),
            };
            if !self.push_parts(&was, &is, &mut pending)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Compares one level; what lies below is left in `pending`.
    fn push_parts(&self, was: &Resolved, is: &Resolved, pending: &mut Vec<(Value, Value)>) -> Result<bool, PdfError> {
        if was.data.is_some() != is.data.is_some() {
            return Ok(false);
        }
        Ok(match (&was.value.kind, &is.value.kind) {
            // Coordinates re-printed are the same coordinates.
            (Kind::Array(a), Kind::Array(b)) if all_numbers(a) && all_numbers(b) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.as_f64() == b.as_f64())
            }
            (Kind::Array(a), Kind::Array(b)) => {
                if a.len() == b.len() {
                    pending.extend(a.iter().cloned().zip(b.iter().cloned()));
                }
                a.len() == b.len()
            }
            (Kind::Dictionary(a), Kind::Dictionary(b)) => {
                let is_stream = was.data.is_some();
                if is_stream && !self.same_data(was, is, a, b)? {
                    return Ok(false);
                }
                self.push_entries(a, b, is_stream, pending)?
            }
            (Kind::String { bytes: a, .. }, Kind::String { bytes: b, .. }) => a == b,
            // 1 and 1.0 are two things: readers ignore a real where the standard wants a whole number.
            (a, b) => a == b,
        })
    }

    fn push_entries(
        &self,
        a: &Dictionary,
        b: &Dictionary,
        is_stream: bool,
        pending: &mut Vec<(Value, Value)>,
    ) -> Result<bool, PdfError> {
        if b.has_duplicates() {
            return Ok(false);
        }
        let counts = |key: &[u8]| !is_stream || !WRITING_KEYS.contains(&key);
        let null = Value { kind: Kind::Null, span: 0..0 };
        for key in union(a, b).into_iter().filter(|key| counts(key)) {
            let (was, is) = (a.get(key).unwrap_or(&null), b.get(key).unwrap_or(&null));
            pending.push((was.clone(), is.clone()));
        }
        Ok(true)
    }

    /// Equal as they stand, or decoded where they were packed in another way.
    fn same_data(&self, was: &Resolved, is: &Resolved, a: &Dictionary, b: &Dictionary) -> Result<bool, PdfError> {
        if was.data == is.data && was.id == is.id {
            return Ok(true);
        }
        let bytes = self.document.bytes();
        let raw = |resolved: &Resolved| resolved.data.clone().and_then(|span| bytes.get(span));
        let same_packing = [b"Filter".as_slice(), b"DecodeParms"].iter().all(|key| match (a.get(key), b.get(key)) {
            (Some(a), Some(b)) => a.same_as(b),
            (None, None) => true,
            _ => false,
        });
        if !self.document.is_encrypted() && same_packing && raw(was) == raw(is) {
            return Ok(true);
        }
        match (self.decoded(was, self.before), self.decoded(is, self.after)) {
            (Ok(was), Ok(is)) => Ok(was == is),
            (Err(error @ PdfError::Limit(_)), _) | (_, Err(error @ PdfError::Limit(_))) => Err(error),
            _ => Ok(false),
        }
    }

    /// Decoded data of a stream.
    pub(crate) fn decoded(&self, resolved: &Resolved, revision: usize) -> Result<Vec<u8>, PdfError> {
        let id = resolved.id.ok_or(PdfError::Type("stream"))?;
        let object = self.document.object_at(id, revision)?;
        self.document.decoded_at(&object, revision)
    }

    /// The keys under which two dictionaries differ.
    pub(crate) fn differing(&self, was: &Dictionary, is: &Dictionary) -> Result<Vec<Vec<u8>>, PdfError> {
        let null = Value { kind: Kind::Null, span: 0..0 };
        let mut differing = Vec::new();
        for key in union(was, is) {
            if !self.same(was.get(key).unwrap_or(&null), is.get(key).unwrap_or(&null))? {
                differing.push(key.to_vec());
            }
        }
        Ok(differing)
    }
}

fn all_numbers(values: &[Value]) -> bool {
    values.iter().all(|value| value.as_f64().is_some())
}

/// All keys of two dictionaries, each once.
pub(crate) fn union<'d>(a: &'d Dictionary, b: &'d Dictionary) -> Vec<&'d [u8]> {
    let mut keys: Vec<&[u8]> = a.entries.iter().chain(&b.entries).map(|entry| entry.key.as_slice()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
