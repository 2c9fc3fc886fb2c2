//! Two revisions of one document, and whether two values mean the same in them.

use std::collections::{HashMap, HashSet};

use pdf::{Dictionary, Document, Home, Kind, ObjectId, PdfError, Value};

/// Most pairs of values compared in one revision.
const MAX_PAIRS: usize = 2_000_000;

/// Keys that say how a stream is written, not what it is.
const WRITING_KEYS: [&[u8]; 3] = [b"Length", b"Filter", b"DecodeParms"];

/// As what a rule of its own compares an object: a set of bits. An object that serves as something else as well is
/// compared there too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Role(u8);

impl Role {
    const NONE: Self = Self(0);
    pub(crate) const PAGE: Self = Self(1);
    pub(crate) const FIELD: Self = Self(2);
    pub(crate) const ANNOTATION: Self = Self(4);
    pub(crate) const ELEMENT: Self = Self(8);
    pub(crate) const CATALOG: Self = Self(16);
    /// Below a dictionary of named destinations every value is one.
    const DESTINATIONS: Self = Self(32);
    /// Below resources nothing leads back: names there are anybody's.
    const RESOURCES: Self = Self(64);
    /// Coordinates, which may be re-printed.
    const PLACE: Self = Self(128);

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Keys of places on a page, in which 1 and 1.0 are one number to every reader, and some writers keep fewer digits. What
/// is scaled afterwards is none of them.
const PLACES: [&[u8]; 12] = [
    b"Rect",
    b"MediaBox",
    b"CropBox",
    b"BleedBox",
    b"TrimBox",
    b"ArtBox",
    b"QuadPoints",
    b"Vertices",
    b"InkList",
    b"L",
    b"CL",
    b"C",
];

/// As what a reference under a key leads back to something, or names it as a place to go to.
fn leads_back(holder: &Dictionary, key: &[u8]) -> Role {
    match key {
        // A popup's parent is its note; a page's, a node of the page tree.
        b"Parent" if holder.name(b"Subtype") == Some(b"Popup") => Role::ANNOTATION,
        b"Parent" if matches!(holder.name(b"Type"), Some(b"Page" | b"Pages")) => Role::PAGE,
        b"Parent" => Role::FIELD,
        b"P" => Role::PAGE.and(Role::ELEMENT),
        b"Dests" => Role::PAGE.and(Role::DESTINATIONS),
        b"Pg" | b"Page" | b"Dest" | b"D" | b"OpenAction" | b"Names" => Role::PAGE,
        // Order of calculation, and fields that an action resets or submits.
        b"CO" | b"Fields" => Role::FIELD,
        b"Obj" | b"Popup" | b"IRT" => Role::ANNOTATION,
        b"Resources" | b"DR" => Role::RESOURCES,
        b"Nums" => Role::ELEMENT,
        b"Data" => Role::CATALOG,
        _ => Role::NONE,
    }
}

/// Two values to be compared.
struct Pending {
    was: Value,
    is: Value,
    leads_back: Role,
}

/// How the keys that say how a stream is packed are looked at.
#[derive(Clone, Copy)]
enum Packing {
    /// It is no stream.
    None,
    /// The raw data are the same bytes of the file.
    MustAgree,
    /// The data were compared as they are unpacked.
    Compared,
}

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
    /// Numbers that a rule of their own compares, and as what.
    pub(crate) ruled: HashMap<u32, Role>,
}

impl Pair<'_, '_> {
    /// Notes that a rule compares an object as something; false if that was known.
    pub(crate) fn rule(&mut self, number: u32, role: Role) -> bool {
        let roles = self.ruled.entry(number).or_insert(Role::NONE);
        let is_new = !roles.meets(role);
        *roles = roles.and(role);
        is_new
    }

    fn is_ruled_as(&self, id: ObjectId, role: Role) -> bool {
        self.ruled.get(&id.number).is_some_and(|roles| roles.meets(role))
    }

    /// Follows references; what does not exist is `null` (ISO 32000-2, 7.3.10).
    pub(crate) fn resolve(&self, value: &Value, revision: usize) -> Result<Resolved, PdfError> {
        self.resolve_owned(value.clone(), revision)
    }

    fn resolve_owned(&self, mut value: Value, revision: usize) -> Result<Resolved, PdfError> {
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
        self.same_as(was, is, Role::NONE)
    }

    /// As [`Pair::same`], for the value of a key: what leads back to a page, a field, an annotation or an element that a
    /// rule of its own compares is not followed under the keys that only lead back.
    pub(crate) fn same_under(
        &self,
        was: &Value,
        is: &Value,
        holder: &Dictionary,
        key: &[u8],
    ) -> Result<bool, PdfError> {
        let place = if PLACES.contains(&key) { Role::PLACE } else { Role::NONE };
        self.same_as(was, is, leads_back(holder, key).and(place))
    }

    /// As [`Pair::same`], for values that may lead back to what is ruled in one of these roles.
    pub(crate) fn same_as(&self, was: &Value, is: &Value, leads_back: Role) -> Result<bool, PdfError> {
        let mut seen: HashSet<(ObjectId, ObjectId, u8)> = HashSet::new();
        let mut pending = vec![Pending { was: was.clone(), is: is.clone(), leads_back }];
        let mut pairs = 0;
        while let Some(Pending { was, is, leads_back }) = pending.pop() {
            pairs += 1;
            if pairs > MAX_PAIRS {
                return Err(PdfError::Limit("compared values"));
            }
            if let (Some(a), Some(b)) = (was.as_reference(), is.as_reference()) {
                if a == b && (!self.is_affected(a) || self.is_ruled_as(a, leads_back)) {
                    continue;
                }
                if !seen.insert((a, b, leads_back.0)) {
                    continue;
                }
            }
            let moves = was.as_reference().is_some() != is.as_reference().is_some();
            let (was, is) = match (self.resolve_owned(was, self.before), self.resolve_owned(is, self.after)) {
                (Ok(was), Ok(_)) if moves && !may_move(&was, leads_back) => return Ok(false),
                (Ok(was), Ok(is)) => (was, is),
                (Err(error @ PdfError::Limit(_)), _) | (_, Err(error @ PdfError::Limit(_))) => return Err(error),
                // What could not be read before and stands where it stood is as unreadable as it was.
                (Err(a), Err(b)) if a == b => continue,
                _ => return Ok(false),
            };
            if !self.push_parts(was, is, leads_back, &mut pending)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Compares one level; what lies below is left in `pending`.
    fn push_parts(
        &self,
        was: Resolved,
        is: Resolved,
        leads_back: Role,
        pending: &mut Vec<Pending>,
    ) -> Result<bool, PdfError> {
        if was.data.is_some() != is.data.is_some() {
            return Ok(false);
        }
        if let (Kind::Dictionary(a), Kind::Dictionary(b)) = (&was.value.kind, &is.value.kind) {
            // What lies below is copied, once for each level that it lies below.
            self.document.spend(was.value.span.len().saturating_add(is.value.span.len()))?;
            let packing = match (was.data.is_some(), was.data == is.data && was.id == is.id) {
                (false, _) => Packing::None,
                // The same bytes, unpacked in another way, are another stream.
                (true, true) => Packing::MustAgree,
                (true, false) if self.same_data(&was, &is, a, b)? => Packing::Compared,
                (true, false) => return Ok(false),
            };
            return self.push_entries(a, b, packing, leads_back, pending);
        }
        Ok(match (was.value.kind, is.value.kind) {
            // Coordinates re-printed are the same coordinates; elsewhere readers want whole numbers.
            (Kind::Array(a), Kind::Array(b)) if leads_back.meets(Role::PLACE) && all_numbers(&a) && all_numbers(&b) => {
                // Some writers keep fewer digits.
                const DIGITS: f64 = 0.001;
                let is_near = |a: f64, b: f64| (a - b).abs() < DIGITS;
                let near = |(a, b): (&Value, &Value)| a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| is_near(a, b));
                a.len() == b.len() && a.iter().zip(&b).all(near)
            }
            (Kind::Array(a), Kind::Array(b)) => {
                let same_length = a.len() == b.len();
                if same_length {
                    pending.extend(a.into_iter().zip(b).map(|(was, is)| Pending { was, is, leads_back }));
                }
                same_length
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
        packing: Packing,
        above: Role,
        pending: &mut Vec<Pending>,
    ) -> Result<bool, PdfError> {
        if b.has_duplicates() {
            return Ok(false);
        }
        let counts = |key: &[u8]| match packing {
            Packing::None => true,
            Packing::MustAgree => key != b"Length",
            Packing::Compared => !WRITING_KEYS.contains(&key),
        };
        for (key, was, is) in paired(a, b).into_iter().filter(|(key, ..)| counts(key)) {
            let (Some(was), Some(is)) = (was, is) else { return Ok(false) };
            // Of a picture's states some readers know only those that stand right there.
            if key == b"N" && was.as_reference().is_some() != is.as_reference().is_some() {
                return Ok(false);
            }
            let place = if PLACES.contains(&key) { Role::PLACE } else { Role::NONE };
            let leads_back = if above.meets(Role::RESOURCES) {
                Role::RESOURCES.and(place)
            } else {
                let own = leads_back(b, key);
                let destinations =
                    if above.meets(Role::DESTINATIONS) { Role(above.0 & !Role::PLACE.0) } else { Role::NONE };
                own.and(place).and(destinations)
            };
            pending.push(Pending { was: was.clone(), is: is.clone(), leads_back });
        }
        Ok(true)
    }

    /// Equal as they stand, or decoded where they were packed in another way.
    fn same_data(&self, was: &Resolved, is: &Resolved, a: &Dictionary, b: &Dictionary) -> Result<bool, PdfError> {
        let bytes = self.document.bytes();
        let raw = |resolved: &Resolved| resolved.data.clone().and_then(|span| bytes.get(span));
        let null = Value { kind: Kind::Null, span: 0..0 };
        let mut same_packing = true;
        for key in [b"Filter".as_slice(), b"DecodeParms"] {
            same_packing &= self.same(a.get(key).unwrap_or(&null), b.get(key).unwrap_or(&null))?;
        }
        if !self.document.is_encrypted() && same_packing && raw(was) == raw(is) {
            return Ok(true);
        }
        // Metadata may be left in the clear, which readers decide by the key or by the place.
        let may_be_clear = a.name(b"Type") == Some(b"Metadata") || b.name(b"Type") == Some(b"Metadata");
        if (self.document.is_encrypted() && may_be_clear && was.id != is.id) || !is_plainly_packed(b) {
            return Ok(false);
        }
        let (was, is) = (self.decoded(was, self.before)?, self.decoded(is, self.after)?);
        Ok(was.is_some() && was == is)
    }

    /// Decoded data of a stream; nothing where it has none that every reader has.
    ///
    /// # Errors
    /// [`PdfError::Limit`]
    pub(crate) fn decoded(&self, resolved: &Resolved, revision: usize) -> Result<Option<Vec<u8>>, PdfError> {
        let decoded = |id| {
            let object = self.document.object_at(id, revision)?;
            // Its type would keep it in the clear for some readers only.
            if self.document.is_encrypted() && object.dictionary()?.name(b"Type") == Some(b"XRef") {
                return Err(PdfError::Type("XRef"));
            }
            self.document.decoded_at(&object, revision)
        };
        match resolved.id.map(decoded) {
            Some(Ok(data)) => Ok(Some(data)),
            Some(Err(error @ PdfError::Limit(_))) => Err(error),
            Some(Err(_)) | None => Ok(None),
        }
    }

    /// Decoded data of something that is drawn; what calls itself something else is not read by all readers alike.
    ///
    /// # Errors
    /// [`PdfError::Limit`]
    pub(crate) fn drawn(&self, resolved: &Resolved, revision: usize) -> Result<Option<Vec<u8>>, PdfError> {
        match resolved.dictionary().map(|keys| keys.name(b"Type")) {
            Some(None | Some(b"XObject")) => self.decoded(resolved, revision),
            _ => Ok(None),
        }
    }

    /// Flags of that key; what is no whole number is every flag at once, since readers see different ones.
    pub(crate) fn flags(&self, keys: &Dictionary, key: &[u8], revision: usize) -> Result<i64, PdfError> {
        let value = self.get(keys, key, revision)?;
        Ok(value.value.as_integer().unwrap_or(if value.is_null() { 0 } else { -1 }))
    }

    /// The keys under which two dictionaries differ.
    pub(crate) fn differing(&self, was: &Dictionary, is: &Dictionary) -> Result<Vec<Vec<u8>>, PdfError> {
        let mut differing = Vec::new();
        // Writers complete what an annotation may leave out (table 166).
        let is_completed = |key: &[u8], was: Option<&Value>| {
            key == b"Type" && was.is_none() && is.name(b"Type") == Some(b"Annot") && is.get(b"Subtype").is_some()
        };
        for (key, a, b) in paired(was, is) {
            let is_same = match (a, b) {
                (Some(a), Some(b)) => self.same_under(a, b, is, key)?,
                // What says nothing is still there for some readers: they look no further for it.
                _ => is_completed(key, a),
            };
            if !is_same {
                differing.push(key.to_vec());
            }
        }
        Ok(differing)
    }
}

/// Packed as writers pack anew: not at all, or by deflate alone.
fn is_plainly_packed(keys: &Dictionary) -> bool {
    let is_flate = |value: &Value| value.as_name() == Some(b"FlateDecode");
    keys.get(b"DecodeParms").is_none()
        && match keys.get(b"Filter") {
            None => true,
            Some(Value { kind: Kind::Array(filters), .. }) => filters.len() <= 1 && filters.iter().all(is_flate),
            Some(filter) => is_flate(filter),
        }
}

/// Whether every reader takes a value alike where it stands and as an object of its own: dictionaries, and arrays; of
/// arrays of numbers only places.
fn may_move(value: &Resolved, role: Role) -> bool {
    match &value.value.kind {
        Kind::Dictionary(_) => true,
        Kind::Array(values) => values.is_empty() || role.meets(Role::PLACE) || !all_numbers(values),
        _ => false,
    }
}

fn all_numbers(values: &[Value]) -> bool {
    values.iter().all(|value| value.as_f64().is_some())
}

/// A key with what each of two dictionaries says under it.
type Paired<'d> = (&'d [u8], Option<&'d Value>, Option<&'d Value>);

/// All keys of two dictionaries, each once; dictionaries of strangers may be large.
fn paired<'d>(a: &'d Dictionary, b: &'d Dictionary) -> Vec<Paired<'d>> {
    // Of duplicates the last counts, as for [`Dictionary::get`].
    let by_key = |keys: &'d Dictionary| {
        keys.entries.iter().map(|entry| (entry.key.as_slice(), &entry.value)).collect::<HashMap<_, _>>()
    };
    let (was, is) = (by_key(a), by_key(b));
    union(a, b).into_iter().map(|key| (key, was.get(key).copied(), is.get(key).copied())).collect()
}

/// All keys of two dictionaries, each once.
pub(crate) fn union<'d>(a: &'d Dictionary, b: &'d Dictionary) -> Vec<&'d [u8]> {
    let mut keys: Vec<&[u8]> = a.entries.iter().chain(&b.entries).map(|entry| entry.key.as_slice()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
