//! A file as a chain of revisions; objects are read when they are asked for.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    Dictionary, Kind, ObjectId, PdfError, Span, Value,
    crypt::Decryptor,
    limits::{
        HEADER_WINDOW, MAX_CACHED_BYTES, MAX_COMMENT, MAX_FILE_BYTES, MAX_OBJECT_NUMBER, MAX_OBJECTS,
        MAX_REFERENCE_DEPTH, MAX_REVISIONS, WORK_BASE, WORK_PER_BYTE, WORK_PER_LOOKUP, is_blank_end,
    },
    repair, stream,
    syntax::Parser,
    xref::{self, Entries, Location, Section, SectionKind},
};

/// One state of the file: everything up to a `%%EOF` that the chain of `/Prev` reaches (ISO 32000-2, 7.5.6).
#[derive(Debug, Clone)]
pub struct Revision {
    /// Its sections, newest first; two where the file is linearised.
    pub sections: Vec<Section>,
    /// First byte: the end of the revision before, or 0.
    pub start: usize,
    /// Just after its `%%EOF`.
    pub eof_end: usize,
    /// Just after the line end behind it.
    pub end: usize,
}

impl Revision {
    /// The trailer that counts for this revision.
    #[must_use]
    pub fn trailer(&self) -> Option<&Dictionary> {
        self.sections.first().map(|section| &section.trailer)
    }

    /// What this revision itself says of an object number, if anything.
    #[must_use]
    pub fn location(&self, number: u32) -> Option<Location> {
        self.sections.iter().find_map(|section| {
            let in_table = find(&section.entries, number);
            let in_hybrid = section.hybrid.as_ref().and_then(|entries| find(entries, number));
            match (in_table, in_hybrid) {
                // A hybrid file hides objects of the stream from old readers as free entries of the table (7.5.8.4).
                (Some(Location::Free) | None, Some(hidden)) => Some(hidden),
                (table, _) => table,
            }
        })
    }

    /// Numbers of all objects this revision adds, changes or frees, ascending and without repetition.
    #[must_use]
    pub fn touched(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self
            .sections
            .iter()
            .flat_map(|section| section.entries.iter().chain(section.hybrid.iter().flatten()))
            .map(|(number, _)| *number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Whether table and `/XRefStm` of a hybrid section place some object differently: readers would disagree.
    #[must_use]
    pub fn hybrid_disagrees(&self) -> bool {
        self.sections.iter().any(|section| {
            section.hybrid.iter().flatten().any(|(number, hidden)| {
                let table = find(&section.entries, *number);
                !matches!(table, None | Some(Location::Free)) && table != Some(*hidden)
            })
        })
    }
}

impl Revision {
    /// Whether the two sections of a linearised file place some object differently.
    #[must_use]
    pub fn sections_disagree(&self) -> bool {
        let [first, second] = self.sections.as_slice() else { return false };
        first.entries.iter().any(|(number, location)| {
            *location != Location::Free
                && !matches!(find(&second.entries, *number), None | Some(Location::Free))
                && find(&second.entries, *number) != Some(*location)
        })
    }
}

fn find(entries: &Entries, number: u32) -> Option<Location> {
    let index = entries.binary_search_by_key(&number, |(number, _)| *number).ok()?;
    entries.get(index).map(|(_, location)| *location)
}

/// Something unusual about the structure that does not stop reading, but that a verdict has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Anomaly {
    /// The cross-reference could not be followed; objects were found by searching the bytes.
    Repaired,
    /// This many bytes precede `%PDF-`.
    PrefixBytes(usize),
    /// A section stands outside the bytes of its own revision (index, oldest first).
    MisplacedSection(usize),
    /// A trailer has a key twice (index of the revision, oldest first): readers would follow different ones.
    RepeatedKeys(usize),
    /// Table and stream of a hybrid section disagree (index of the revision, oldest first).
    HybridDisagrees(usize),
    /// Offsets lead to a cross-reference both from the first byte and from `%PDF-`: readers would disagree.
    TwoBases,
    /// Bytes other than line ends follow the last `%%EOF`.
    TrailingBytes(Span),
}

/// Where an object was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// In the file itself, from its number to `endobj`.
    TopLevel(Span),
    /// Inside an object stream.
    InStream {
        /// Number of the object stream.
        container: u32,
        /// Its place in that stream.
        index: u32,
    },
}

/// An object with its value and the bytes it was read from.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    /// Its id.
    pub id: ObjectId,
    /// Its value; of a stream, the dictionary.
    pub value: Value,
    /// Raw stream data, as a span of the file.
    pub data: Option<Span>,
    /// Where it stands.
    pub home: Home,
    source: Source<'a>,
}

#[derive(Debug, Clone)]
enum Source<'a> {
    File(&'a [u8]),
    Decoded(Arc<ObjectStream>),
}

impl Object<'_> {
    /// The buffer that the spans of [`Object::value`] refer to.
    #[must_use]
    pub fn source(&self) -> &[u8] {
        match &self.source {
            Source::File(bytes) => bytes,
            Source::Decoded(stream) => &stream.decoded,
        }
    }

    /// The value as its author wrote it, byte for byte.
    #[must_use]
    pub fn raw_value(&self) -> &[u8] {
        self.source().get(self.value.span.clone()).unwrap_or_default()
    }

    /// The dictionary, of a stream too.
    ///
    /// # Errors
    /// [`PdfError::Type`] if it is no dictionary.
    pub fn dictionary(&self) -> Result<&Dictionary, PdfError> {
        self.value.as_dictionary().ok_or(PdfError::Type("dictionary"))
    }
}

#[derive(Debug)]
struct ObjectStream {
    decoded: Vec<u8>,
    /// Object number and offset into `decoded`.
    index: Vec<(u32, usize)>,
}

#[derive(Default)]
struct Cache {
    /// By number, offset and revision: what decodes a stream may itself be an object that a revision changes.
    streams: HashMap<(u32, usize, usize), Arc<ObjectStream>>,
    bytes: usize,
}

/// A PDF file, read from bytes that somebody else holds (a memory map, usually).
pub struct Document<'a> {
    bytes: &'a [u8],
    header: usize,
    base: usize,
    revisions: Vec<Revision>,
    anomalies: Vec<Anomaly>,
    decryptor: Option<Decryptor>,
    cache: Mutex<Cache>,
    /// Bytes parsed and decoded so far.
    spent: AtomicUsize,
    /// Whether what stands at an offset is `null`, where that was asked.
    nulls: Mutex<HashMap<(u32, usize), bool>>,
    /// What a search for objects finds in the whole file, once it is asked for.
    found: OnceLock<Option<HashMap<u32, Vec<usize>>>>,
}

impl<'a> Document<'a> {
    /// Reads the cross-reference chain, and nothing else.
    ///
    /// Where the chain cannot be followed the objects are searched for, and [`Anomaly::Repaired`] is noted.
    ///
    /// # Errors
    /// [`PdfError::Empty`], [`PdfError::NotPdf`], [`PdfError::Damaged`], [`PdfError::Limit`],
    /// [`PdfError::PasswordNeeded`], [`PdfError::UnsupportedEncryption`].
    pub fn open(bytes: &'a [u8]) -> Result<Self, PdfError> {
        if bytes.is_empty() {
            return Err(PdfError::Empty);
        }
        if bytes.len() > MAX_FILE_BYTES {
            return Err(PdfError::Limit("file size"));
        }
        let window = bytes.get(..bytes.len().min(HEADER_WINDOW)).unwrap_or_default();
        let header = window.windows(5).position(|word| word == b"%PDF-").ok_or(PdfError::NotPdf)?;
        let mut anomalies = Vec::new();
        if header > 0 {
            anomalies.push(Anomaly::PrefixBytes(header));
        }
        // Offsets count from the header, but writers that ignored a prefix counted from the first byte.
        let strict = read_chain(bytes, 0).map(|revisions| (0, revisions));
        let from_header = (header > 0).then(|| read_chain(bytes, header).map(|revisions| (header, revisions)));
        if strict.is_ok() && matches!(from_header, Some(Ok(_))) {
            anomalies.push(Anomaly::TwoBases);
        }
        let (base, revisions) = match strict.or_else(|error| from_header.unwrap_or(Err(error))) {
            Ok(read) => read,
            Err(PdfError::Limit(what)) => return Err(PdfError::Limit(what)),
            Err(_) => {
                anomalies.push(Anomaly::Repaired);
                (0, vec![repair::search(bytes)?])
            }
        };
        let mut document = Self {
            bytes,
            header,
            base,
            revisions,
            anomalies,
            decryptor: None,
            cache: Mutex::default(),
            spent: AtomicUsize::new(0),
            nulls: Mutex::default(),
            found: OnceLock::new(),
        };
        if document.root().is_err() && !document.is_repaired() {
            document.anomalies.push(Anomaly::Repaired);
            document.base = 0;
            document.revisions = vec![repair::search(bytes)?];
        }
        document.decryptor = Decryptor::of(&document)?;
        document.note_structure();
        document.root()?;
        Ok(document)
    }

    fn note_structure(&mut self) {
        if self.is_repaired() {
            return;
        }
        for (index, revision) in self.revisions.iter().enumerate() {
            let is_outside = |span: &Span| span.start < revision.start || span.end > revision.end;
            // Writers of hybrid files put the stream before the table that names it, also in an earlier part.
            let is_later = |span: &Span| span.end > revision.end;
            let is_misplaced =
                |section: &Section| is_outside(&section.span) || section.hybrid_span.as_ref().is_some_and(is_later);
            if revision.sections.iter().any(is_misplaced) {
                self.anomalies.push(Anomaly::MisplacedSection(index));
            }
            if revision.sections.iter().any(|section| section.trailer.is_ambiguous()) {
                self.anomalies.push(Anomaly::RepeatedKeys(index));
            }
            // Only a table may name a hidden stream; some readers follow it from a stream as well.
            let names_another =
                |section: &Section| section.kind == SectionKind::Stream && section.trailer.get(b"XRefStm").is_some();
            let is_two = revision.hybrid_disagrees() || revision.sections_disagree();
            if is_two || revision.sections.iter().any(names_another) {
                self.anomalies.push(Anomaly::HybridDisagrees(index));
            }
        }
        // A reader that trusts the first object would read its first-page section, which this chain never reaches.
        let follows_first_page = self.revisions.first().is_some_and(|revision| revision.sections.len() > 1);
        // And one whose length comes true only with a later revision shows the first one ever after.
        let is_later = self.revisions.len() > 1;
        if linearised_length(self.bytes) == Some(self.bytes.len()) && (!follows_first_page || is_later) {
            self.anomalies.push(Anomaly::HybridDisagrees(0));
        }
        let end = self.revisions.last().map_or(0, |revision| revision.end);
        let rest = self.bytes.get(end..).unwrap_or_default();
        if !is_blank_end(rest) {
            self.anomalies.push(Anomaly::TrailingBytes(end..self.bytes.len()));
        }
    }

    /// All bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where `%PDF-` stands.
    #[must_use]
    pub fn header(&self) -> usize {
        self.header
    }

    /// The version of the header, as `1.7`.
    #[must_use]
    pub fn header_version(&self) -> Option<Vec<u8>> {
        self.bytes.get(self.header + 5..self.header + 8).map(<[u8]>::to_vec)
    }

    /// Where the header begins, if offsets count from there; 0 in every ordinary file.
    #[must_use]
    pub fn base(&self) -> usize {
        self.base
    }

    /// Its revisions, oldest first; never empty.
    #[must_use]
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Index of the newest revision.
    #[must_use]
    pub fn newest(&self) -> usize {
        self.revisions.len().saturating_sub(1)
    }

    /// What is unusual about the structure.
    #[must_use]
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.anomalies
    }

    /// Whether objects had to be searched for.
    #[must_use]
    pub fn is_repaired(&self) -> bool {
        self.anomalies.contains(&Anomaly::Repaired)
    }

    /// Whether the file is encrypted (and opened with the empty user password).
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.decryptor.is_some()
    }

    /// How the newest section is written.
    #[must_use]
    pub fn newest_kind(&self) -> SectionKind {
        self.revisions
            .last()
            .and_then(|revision| revision.sections.first())
            .map_or(SectionKind::Table, |section| section.kind)
    }

    /// The trailer of the newest revision.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if there is none.
    pub fn trailer(&self) -> Result<&Dictionary, PdfError> {
        self.trailer_at(self.newest())
    }

    /// The trailer of a revision.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if there is none.
    pub fn trailer_at(&self, revision: usize) -> Result<&Dictionary, PdfError> {
        self.revisions.get(revision).and_then(Revision::trailer).ok_or(PdfError::Damaged)
    }

    /// The catalog of the newest revision.
    ///
    /// # Errors
    /// As [`Document::object`].
    pub fn root(&self) -> Result<Object<'a>, PdfError> {
        self.root_at(self.newest())
    }

    /// The catalog of a revision.
    ///
    /// # Errors
    /// As [`Document::object`].
    pub fn root_at(&self, revision: usize) -> Result<Object<'a>, PdfError> {
        let root =
            self.trailer_at(revision)?.get(b"Root").and_then(Value::as_reference).ok_or(PdfError::Type("Root"))?;
        let catalog = self.object_at(root, revision)?;
        catalog.dictionary()?;
        Ok(catalog)
    }

    /// The object as the newest revision has it.
    ///
    /// # Errors
    /// [`PdfError::Missing`], [`PdfError::Misplaced`], or what is wrong with its bytes.
    pub fn object(&self, id: ObjectId) -> Result<Object<'a>, PdfError> {
        self.object_at(id, self.newest())
    }

    /// The object as it was in a revision.
    ///
    /// # Errors
    /// As [`Document::object`].
    pub fn object_at(&self, id: ObjectId, revision: usize) -> Result<Object<'a>, PdfError> {
        self.read(id, revision, 0)
    }

    /// Whether a reference leads to nothing, or to `null`; the answer is remembered, since signatures are long.
    ///
    /// # Errors
    /// As [`Document::resolve`].
    pub fn is_null_at(&self, id: ObjectId, revision: usize) -> Result<bool, PdfError> {
        let key = match self.locate(id.number, revision) {
            Some(Location::Offset { offset, generation }) if generation == id.generation => (id.number, offset),
            _ => {
                let reference = Value { kind: Kind::Reference(id), span: 0..0 };
                return Ok(self.resolve(&reference, revision)?.kind == Kind::Null);
            }
        };
        if let Some(known) = self.nulls.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(*known);
        }
        let is_null = self.object_at(id, revision)?.value.kind == Kind::Null;
        self.nulls.lock().unwrap_or_else(PoisonError::into_inner).insert(key, is_null);
        Ok(is_null)
    }

    /// Where an object is, seen from a revision.
    #[must_use]
    pub fn locate(&self, number: u32, revision: usize) -> Option<Location> {
        self.locate_within(number, revision).map(|(location, _)| location)
    }

    /// The location, and the bytes of the file up to the end of the revision that gives it: what a revision places
    /// cannot stand in bytes that were added later.
    fn locate_within(&self, number: u32, revision: usize) -> Option<(Location, &'a [u8])> {
        let revisions = self.revisions.get(..=revision)?.iter().rev();
        let (location, end) =
            revisions.filter_map(|revision| Some((revision.location(number)?, revision.end))).next()?;
        Some((location, self.bytes.get(..end)?))
    }

    fn read(&self, id: ObjectId, revision: usize, depth: usize) -> Result<Object<'a>, PdfError> {
        if depth > MAX_REFERENCE_DEPTH {
            return Err(PdfError::Limit("reference depth"));
        }
        // Every revision may have to be asked where the object is.
        self.spend(self.revisions.len().saturating_mul(WORK_PER_LOOKUP))?;
        match self.locate_within(id.number, revision) {
            Some((Location::Offset { offset, generation }, bytes)) if generation == id.generation => {
                let at = self.base.checked_add(offset).filter(|at| *at < bytes.len());
                let at = at.ok_or(PdfError::Misplaced(id))?;
                let mut resolve = |reference| self.read(reference, revision, depth + 1).ok().map(|object| object.value);
                let read = stream::read_object(bytes, at, Some(id), &mut resolve);
                if let Err(PdfError::Syntax(stopped) | PdfError::TooDeep(stopped)) = read {
                    self.spend(stopped.saturating_sub(at))?;
                }
                let raw = read?;
                self.spend(raw.span.len() - raw.data.as_ref().map_or(0, Span::len))?;
                let mut value = raw.value;
                if let Some(decryptor) = &self.decryptor {
                    decryptor.decrypt_strings(id, &mut value);
                }
                Ok(Object {
                    id,
                    value,
                    data: raw.data,
                    home: Home::TopLevel(raw.span),
                    source: Source::File(self.bytes),
                })
            }
            Some((Location::InStream { container, index }, _)) if id.generation == 0 => {
                let stream = self.object_stream(container, revision, depth)?;
                let place = usize::try_from(index).ok().and_then(|index| stream.index.get(index)).copied();
                let offset = match place {
                    Some((number, offset)) if number == id.number => offset,
                    _ => return Err(PdfError::Misplaced(id)),
                };
                let value = Parser::new(&stream.decoded, offset).value()?;
                self.spend(value.span.len())?;
                // Some readers cut it off where the next one begins.
                let next = stream.index.get(usize::try_from(index).unwrap_or(usize::MAX).saturating_add(1));
                let next = next.map_or(stream.decoded.len(), |(_, next)| *next);
                let between = stream.decoded.get(value.span.end..next);
                if !between.is_some_and(|rest| rest.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0)) {
                    return Err(PdfError::Misplaced(id));
                }
                Ok(Object {
                    id,
                    value,
                    data: None,
                    home: Home::InStream { container, index },
                    source: Source::Decoded(stream),
                })
            }
            _ => Err(PdfError::Missing(id)),
        }
    }

    /// The numbers of the objects that an object stream says it holds, in their order.
    ///
    /// # Errors
    /// What is wrong with the stream.
    pub fn numbers_in_stream(&self, container: u32, revision: usize) -> Result<Vec<u32>, PdfError> {
        let stream = self.object_stream(container, revision, 0)?;
        Ok(stream.index.iter().map(|(number, _)| *number).collect())
    }

    /// Counts work done for this file, in bytes parsed, so that a hostile file ends in an error and not in waiting.
    ///
    /// # Errors
    /// [`PdfError::Limit`] where it was more than the file's size allows.
    pub fn spend(&self, bytes: usize) -> Result<(), PdfError> {
        let spent = self.spent.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let limit = self.bytes.len().saturating_mul(WORK_PER_BYTE).saturating_add(WORK_BASE);
        if spent > limit { Err(PdfError::Limit("work")) } else { Ok(()) }
    }

    fn object_stream(&self, container: u32, revision: usize, depth: usize) -> Result<Arc<ObjectStream>, PdfError> {
        let id = ObjectId::new(container);
        let Some(Location::Offset { offset, .. }) = self.locate(container, revision) else {
            return Err(PdfError::Missing(id));
        };
        let key = (container, offset, revision);
        if let Some(stream) = self.cache.lock().unwrap_or_else(PoisonError::into_inner).streams.get(&key) {
            return Ok(Arc::clone(stream));
        }
        let object = self.read(id, revision, depth + 1)?;
        let decoded = self.decoded_at(&object, revision)?;
        let stream = Arc::new(index_object_stream(object.dictionary()?, decoded)?);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.bytes += stream.decoded.len();
        if cache.bytes > MAX_CACHED_BYTES {
            cache.streams.clear();
            cache.bytes = stream.decoded.len();
        }
        cache.streams.insert(key, Arc::clone(&stream));
        Ok(stream)
    }

    /// The bytes of a revision that are neither its objects nor its cross-reference, nor white space or a short
    /// comment between them. A reader that searches for objects would find what stands there.
    ///
    /// # Errors
    /// What is wrong with an object of that revision.
    pub fn unaccounted(&self, revision: usize) -> Result<Vec<Span>, PdfError> {
        let part = self.revisions.get(revision).ok_or(PdfError::Damaged)?;
        let (mut known, mut unaccounted): (Vec<Span>, Vec<Span>) = Default::default();
        let mut starts: Vec<usize> = Vec::new();
        for section in &part.sections {
            known.push(section.span.clone());
            known.extend(section.hybrid_span.clone());
            // Not every writer lists a cross-reference stream in itself.
            let is_stream = section.kind == SectionKind::Stream;
            starts.extend(is_stream.then_some(section.span.start));
            starts.extend(section.hybrid_span.as_ref().map(|span| span.start));
            known.extend(section.tail.as_ref().map(|tail| tail.begin..tail.end));
        }
        for number in part.touched() {
            if let Some(Location::Offset { generation, .. }) = part.location(number)
                && let Home::TopLevel(span) = self.object_at(ObjectId { number, generation }, revision)?.home
            {
                starts.push(span.start);
                known.push(span);
            }
        }
        // Strings and streams may hold what looks like an object; a revision that is searched must yield just its own.
        let whole = part.start..part.end;
        let bytes = self.bytes.get(whole.clone()).unwrap_or_default();
        starts.sort_unstable();
        starts.dedup();
        let found = repair::headers(bytes).map(|found| found.iter().map(|(_, at)| part.start + at).collect::<Vec<_>>());
        let tables = part.sections.iter().filter(|section| section.kind == SectionKind::Table).count();
        let objects: Vec<Span> =
            known.iter().filter(|span| starts.binary_search(&span.start).is_ok()).cloned().collect();
        if found.as_ref() != Some(&starts)
            || self.stands(b"trailer", &whole, &objects) != tables
            || self.stands(b"startxref", &whole, &objects) != 1
        {
            unaccounted.push(whole);
        }
        known.sort_unstable_by_key(|span| span.start);
        let mut at = part.start;
        for span in known.into_iter().chain(std::iter::once(part.end..part.end)) {
            if span.start > at && !is_filler(self.bytes.get(at..span.start).unwrap_or_default()) {
                unaccounted.push(at..span.start);
            }
            at = at.max(span.end);
        }
        Ok(unaccounted)
    }

    /// How often a word stands in a part of the file where a reader that searches would take it for itself: outside
    /// objects, or at the beginning of a line.
    fn stands(&self, word: &[u8], part: &Span, objects: &[Span]) -> usize {
        let bytes = self.bytes.get(part.clone()).unwrap_or_default();
        let begins_a_line = |at: usize| {
            let before = bytes.get(..at).unwrap_or_default();
            let last = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\x0C' | 0));
            last.is_none_or(|byte| matches!(byte, b'\r' | b'\n'))
        };
        memchr::memmem::find_iter(bytes, word)
            .filter(|at| {
                let place = part.start + at;
                begins_a_line(*at) || !objects.iter().any(|object| object.contains(&place))
            })
            .count()
    }

    /// Whether a reader that searches for objects would see another one under some of these numbers than the
    /// cross-reference gives in a revision.
    #[must_use]
    pub fn search_disagrees(&self, revision: usize, numbers: &HashSet<u32>) -> bool {
        self.hides_objects(revision, numbers, &[])
    }

    /// Where something that looks like an object of each number begins, in the order of the file.
    fn places(&self) -> Option<HashMap<u32, Vec<usize>>> {
        let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
        for (number, at) in repair::headers(self.bytes)? {
            places.entry(number).or_default().push(at);
        }
        Some(places)
    }

    /// As [`Document::search_disagrees`], but what stands inside these parts (data of streams) is no object.
    #[must_use]
    pub fn hides_objects(&self, revision: usize, numbers: &HashSet<u32>, parts: &[Span]) -> bool {
        let end = self.revisions.get(revision).map_or(0, |part| part.end);
        // A header that ends behind the revision is not of it; one that begins before ends there in every real file.
        let Some(found) = self.found.get_or_init(|| self.places()) else { return true };
        let mut parts: Vec<&Span> = parts.iter().collect();
        parts.sort_unstable_by_key(|part| part.start);
        let is_inside = |at: usize| {
            let before = parts.partition_point(|part| part.start <= at);
            before.checked_sub(1).and_then(|index| parts.get(index)).is_some_and(|part| at < part.end)
        };
        // The last of each number wins.
        let last = |number: &u32| {
            let places = found.get(number)?;
            let before = places.partition_point(|at| *at < end);
            places.get(..before)?.iter().rev().find(|at| !is_inside(**at))
        };
        numbers.iter().any(|number| {
            let (Some(location), Some(last)) = (self.locate(*number, revision), last(number)) else { return false };
            match location {
                // Nothing is shown under a free number; that something was is a change, and found as one.
                Location::Free => false,
                Location::Offset { offset, .. } => self.base.checked_add(offset) != Some(*last),
                // What stands behind the container would hide what is inside.
                Location::InStream { container, .. } => match self.locate(container, revision) {
                    Some(Location::Offset { offset, .. }) => self.base.saturating_add(offset) < *last,
                    _ => true,
                },
            }
        })
    }

    /// Numbers that lopdf, a reader written by others, places elsewhere than this one does in the newest revision;
    /// nothing if it cannot read the file at all. It reads the whole file: for those who ask for an explanation.
    #[must_use]
    pub fn second_reading(&self) -> Option<Vec<u32>> {
        let other = lopdf::Document::load_mem(self.bytes).ok()?;
        let newest = self.newest();
        let differs = |number: &u32| {
            let own = self.locate(*number, newest).unwrap_or(Location::Free);
            let theirs = match other.reference_table.entries.get(number) {
                Some(lopdf::xref::XrefEntry::Normal { offset, generation }) => {
                    Location::Offset { offset: usize::try_from(*offset).unwrap_or(usize::MAX), generation: *generation }
                }
                Some(lopdf::xref::XrefEntry::Compressed { container, index }) => {
                    Location::InStream { container: *container, index: u32::from(*index) }
                }
                _ => Location::Free,
            };
            own != theirs
        };
        let mut numbers: Vec<u32> = self.revisions.iter().flat_map(Revision::touched).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Some(numbers.into_iter().filter(differs).collect())
    }

    /// Decoded data of a stream object, decrypted where the file is encrypted.
    ///
    /// # Errors
    /// [`PdfError::Type`] if it is no stream; [`PdfError::Stream`] if it cannot be decoded.
    pub fn decoded(&self, object: &Object<'a>) -> Result<Vec<u8>, PdfError> {
        self.decoded_at(object, self.newest())
    }

    /// Decoded data of a stream object as it was in a revision.
    ///
    /// # Errors
    /// As [`Document::decoded`].
    pub fn decoded_at(&self, object: &Object<'a>, revision: usize) -> Result<Vec<u8>, PdfError> {
        let span = object.data.clone().ok_or(PdfError::Type("stream"))?;
        let raw = self.bytes.get(span).ok_or(PdfError::Stream)?;
        let dictionary = object.dictionary()?;
        let data = match &self.decryptor {
            Some(decryptor) => Cow::Owned(decryptor.decrypt_stream(object.id, dictionary, raw)?),
            None => Cow::Borrowed(raw),
        };
        let resolve = &mut |id| self.object_at(id, revision).ok().map(|object| object.value);
        let decoded = stream::decode(dictionary, &data, resolve)?;
        self.spend(decoded.len())?;
        Ok(decoded)
    }

    /// Follows references until a value is reached; a missing object is `null` (ISO 32000-2, 7.3.10).
    ///
    /// # Errors
    /// What is wrong with the object; [`PdfError::Limit`] for a chain of references without end.
    pub fn resolve(&self, value: &Value, revision: usize) -> Result<Value, PdfError> {
        let mut value = Cow::Borrowed(value);
        for _ in 0..MAX_REFERENCE_DEPTH {
            let Some(id) = value.as_reference() else { return Ok(value.into_owned()) };
            match self.object_at(id, revision) {
                Ok(object) => value = Cow::Owned(object.value),
                Err(PdfError::Missing(_)) => return Ok(Value { kind: Kind::Null, span: value.span.clone() }),
                Err(error) => return Err(error),
            }
        }
        Err(PdfError::Limit("reference depth"))
    }

    /// The value of a key, references followed; `None` if it is absent or `null`.
    ///
    /// # Errors
    /// As [`Document::resolve`].
    pub fn lookup(&self, dictionary: &Dictionary, key: &[u8], revision: usize) -> Result<Option<Value>, PdfError> {
        match dictionary.get(key) {
            None => Ok(None),
            Some(value) => Ok(Some(self.resolve(value, revision)?).filter(|value| value.kind != Kind::Null)),
        }
    }

    /// The lowest object number that was never used, from which new objects are numbered.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        let mut highest = 0;
        for section in self.revisions.iter().flat_map(|revision| &revision.sections) {
            for entries in [Some(&section.entries), section.hybrid.as_ref()].into_iter().flatten() {
                highest = highest.max(entries.last().map_or(0, |(number, _)| *number));
            }
            // A /Size beyond what readers allow is not followed, or every new object would be unreadable to them.
            let size = section.trailer.integer(b"Size").and_then(|size| u32::try_from(size).ok()).unwrap_or(0);
            if size <= MAX_OBJECT_NUMBER {
                highest = highest.max(size.saturating_sub(1));
            }
        }
        highest.saturating_add(1)
    }
}

/// White space, and short comments in which no reader can find an object.
fn is_filler(bytes: &[u8]) -> bool {
    bytes.split(|byte| matches!(byte, b'\r' | b'\n')).all(|line| match line.trim_ascii() {
        [] => true,
        [b'%', comment @ ..] => {
            let has = |word: &[u8]| comment.windows(word.len()).any(|window| window == word);
            comment.len() <= MAX_COMMENT
                && ![&b"obj"[..], b"xref", b"trailer", b"stream", b"%EOF"].iter().any(|word| has(word))
        }
        _ => false,
    })
}

fn index_object_stream(dictionary: &Dictionary, decoded: Vec<u8>) -> Result<ObjectStream, PdfError> {
    let count = dictionary.get(b"N").and_then(Value::as_usize).ok_or(PdfError::Type("N"))?;
    let first = dictionary.get(b"First").and_then(Value::as_usize).ok_or(PdfError::Type("First"))?;
    if count > MAX_OBJECTS {
        return Err(PdfError::Limit("objects"));
    }
    let mut parser = Parser::new(&decoded, 0);
    let mut index: Vec<(u32, usize)> = Vec::new();
    let mut numbers = HashSet::new();
    for _ in 0..count {
        parser.skip_blank();
        let number = u32::try_from(parser.unsigned()?).map_err(|_| PdfError::Type("N"))?;
        parser.skip_blank();
        let offset = usize::try_from(parser.unsigned()?).ok().and_then(|offset| first.checked_add(offset));
        let offset = offset.ok_or(PdfError::Type("First"))?;
        // One object each, one after the other: readers look for them by number, by place or by the next one's place.
        if !numbers.insert(number) || index.last().is_some_and(|(_, before)| offset <= *before) {
            return Err(PdfError::Type("N"));
        }
        index.push((number, offset));
    }
    if parser.position() > first {
        return Err(PdfError::Type("First"));
    }
    Ok(ObjectStream { decoded, index })
}

/// Follows `startxref` and every `/Prev`, and groups the sections into revisions, oldest first.
fn read_chain(bytes: &[u8], base: usize) -> Result<Vec<Revision>, PdfError> {
    let mut offset = xref::last_startxref(bytes)?;
    let mut seen = HashSet::new();
    let mut newest_first: Vec<Revision> = Vec::new();
    let mut entries = 0;
    let mut left = WORK_BASE;
    let is_linearised = is_linearised(bytes);
    let mut follows_first_page = false;
    loop {
        if !seen.insert(offset) || newest_first.len() >= MAX_REVISIONS {
            return Err(if newest_first.len() >= MAX_REVISIONS {
                PdfError::Limit("revisions")
            } else {
                PdfError::Damaged
            });
        }
        let section = xref::read_section(bytes, base, offset, &mut left)?;
        entries += section.entries.len() + section.hybrid.as_ref().map_or(0, Vec::len);
        if entries > MAX_OBJECTS {
            return Err(PdfError::Limit("objects"));
        }
        let previous =
            section.trailer.get(b"Prev").map(|value| value.as_usize().ok_or(PdfError::Type("Prev"))).transpose()?;
        let is_first_page = previous.is_some_and(|previous| previous > offset) && is_linearised;
        let (eof_end, end) = section.tail.as_ref().map_or((0, 0), |tail| (tail.eof_end, tail.end));
        match newest_first.last_mut() {
            // The first-page section stands before the main one, but both were written at once (Annex F): they are the
            // oldest of the file, and nothing precedes them.
            Some(revision) if follows_first_page && previous.is_none() => {
                revision.eof_end = revision.eof_end.max(eof_end);
                revision.end = revision.end.max(end);
                revision.sections.push(section);
            }
            _ => newest_first.push(Revision { start: 0, eof_end, end, sections: vec![section] }),
        }
        follows_first_page = is_first_page;
        match previous {
            Some(previous) => offset = previous,
            None => break,
        }
    }
    newest_first.reverse();
    let mut start = 0;
    for revision in &mut newest_first {
        if revision.end == 0 {
            return Err(PdfError::Damaged);
        }
        revision.start = start;
        start = revision.end;
    }
    Ok(newest_first)
}

/// The first object of a linearised file says so (ISO 32000-2, F.3.3).
fn is_linearised(bytes: &[u8]) -> bool {
    first_object(bytes).is_some_and(|keys| keys.get(b"Linearized").is_some())
}

/// The length for which a linearised file was laid out; readers heed it only where it is the file's own.
fn linearised_length(bytes: &[u8]) -> Option<usize> {
    let keys = first_object(bytes)?;
    keys.get(b"Linearized")?;
    keys.get(b"L")?.as_usize()
}

fn first_object(bytes: &[u8]) -> Option<Dictionary> {
    let window = bytes.get(..bytes.len().min(HEADER_WINDOW * 2)).unwrap_or_default();
    let header = window.windows(5).position(|word| word == b"%PDF-")?;
    let mut parser = Parser::new(bytes, header);
    parser.skip_blank();
    parser.object_header().ok()?;
    match parser.value().ok()?.kind {
        Kind::Dictionary(keys) => Some(keys),
        _ => None,
    }
}
