//! Cross-reference sections: classic tables, streams, and the hybrid of both (ISO 32000-2, 7.5.4 and 7.5.8).

use crate::{
    Dictionary, Kind, PdfError, Span, Value,
    limits::{self, MAX_OBJECTS},
    stream,
    syntax::{Parser, is_whitespace},
};

/// Where the cross-reference says an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// The number is free.
    Free,
    /// The object begins at this byte of the file.
    Offset {
        /// Byte offset, counted from the header.
        offset: usize,
        /// Generation number.
        generation: u16,
    },
    /// The object is inside an object stream.
    InStream {
        /// Number of the object stream.
        container: u32,
        /// Its place in that stream, from 0.
        index: u32,
    },
}

/// How a section is written; a new revision is written as the newest one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// `xref` … `trailer`
    Table,
    /// A stream of `/Type /XRef`
    Stream,
}

/// Entries of one section, sorted by object number.
pub type Entries = Vec<(u32, Location)>;

/// One cross-reference section.
#[derive(Debug, Clone)]
pub struct Section {
    /// Table or stream.
    pub kind: SectionKind,
    /// All its bytes: from `xref` to the end of the trailer dictionary, or the whole stream object.
    pub span: Span,
    /// What it says about each object.
    pub entries: Entries,
    /// The trailer dictionary, or the stream's dictionary.
    pub trailer: Dictionary,
    /// Entries of the stream that `/XRefStm` names, in a hybrid file.
    pub hybrid: Option<Entries>,
    /// Whether every entry has exactly the form and length of the standard, and `/Size` is above every number: readers
    /// that expect just that stumble over anything else, and search for objects.
    pub is_regular: bool,
    /// The bytes of that stream.
    pub hybrid_span: Option<Span>,
    /// What follows: `startxref`, its number, `%%EOF`. Writers of linearised files may leave it out after the first page.
    pub tail: Option<Tail>,
}

/// The three closing lines of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The offset after `startxref`.
    pub startxref: usize,
    /// First byte of the word itself.
    pub begin: usize,
    /// Just after `%%EOF`.
    pub eof_end: usize,
    /// Just after the line end that follows it, if there is one.
    pub end: usize,
}

/// Reads the section at an offset; `base` is where the header begins, from which offsets count.
///
/// `left` is how many bytes may still be decoded for this file.
pub(crate) fn read_section(bytes: &[u8], base: usize, offset: usize, left: &mut usize) -> Result<Section, PdfError> {
    let at = base.checked_add(offset).filter(|at| *at < bytes.len()).ok_or(PdfError::Damaged)?;
    let mut parser = Parser::new(bytes, at);
    // Some writers point at the line end before it, and every reader goes on from there.
    if take_line_end(&mut parser) && !bytes.get(parser.position()..).is_some_and(|rest| rest.starts_with(b"xref")) {
        return Err(PdfError::Damaged);
    }
    let at = parser.position();
    if parser.keyword(b"xref") { read_table(bytes, base, at, parser, left) } else { read_stream(bytes, base, at, left) }
}

fn read_table(
    bytes: &[u8],
    base: usize,
    at: usize,
    mut parser: Parser<'_>,
    left: &mut usize,
) -> Result<Section, PdfError> {
    let mut entries = Entries::new();
    loop {
        parser.skip_blank();
        if parser.keyword(b"trailer") {
            break;
        }
        let first = parser.unsigned()?;
        parser.skip_blank();
        let count = parser.unsigned()?;
        if count > MAX_OBJECTS as u64 || entries.len() as u64 + count > MAX_OBJECTS as u64 {
            return Err(PdfError::Limit("objects"));
        }
        for index in 0..count {
            let number = first.checked_add(index).and_then(|number| u32::try_from(number).ok());
            let number = number.ok_or(PdfError::Syntax(parser.position()))?;
            entries.push((number, read_entry(&mut parser)?));
        }
    }
    let is_strict = strict_table(bytes, at) == Some(parser.position());
    let trailer = dictionary(parser.value()?)?;
    let end = parser.position();
    sort(&mut entries)?;
    let is_regular = is_strict && is_within_size(&entries, &trailer);
    let hybrid = match trailer.get(b"XRefStm") {
        None => None,
        Some(value) => {
            let offset =
                value.as_usize().and_then(|offset| base.checked_add(offset)).ok_or(PdfError::Type("XRefStm"))?;
            Some(read_stream_entries(bytes, base, offset, left)?)
        }
    };
    let hybrid_span = hybrid.as_ref().map(|stream| stream.span.clone());
    let hybrid = hybrid.map(|stream| stream.entries);
    let tail = read_tail(bytes, end).ok();
    Ok(Section { kind: SectionKind::Table, span: at..end, entries, trailer, hybrid, is_regular, hybrid_span, tail })
}

fn read_entry(parser: &mut Parser<'_>) -> Result<Location, PdfError> {
    parser.skip_whitespace();
    let start = parser.position();
    let offset = parser.unsigned()?;
    parser.skip_whitespace();
    let generation = parser.unsigned()?;
    parser.skip_whitespace();
    if parser.keyword(b"f") {
        return Ok(Location::Free);
    }
    match (parser.keyword(b"n"), usize::try_from(offset), u16::try_from(generation)) {
        // Some producers write unused entries as in use at offset 0; no object can begin there.
        (true, Ok(0), _) => Ok(Location::Free),
        (true, Ok(offset), Ok(generation)) => Ok(Location::Offset { offset, generation }),
        _ => Err(PdfError::Syntax(start)),
    }
}

fn read_stream(bytes: &[u8], base: usize, at: usize, left: &mut usize) -> Result<Section, PdfError> {
    let parts = read_stream_entries(bytes, base, at, left)?;
    let tail = read_tail(bytes, parts.span.end).ok();
    Ok(Section {
        kind: SectionKind::Stream,
        span: parts.span,
        entries: parts.entries,
        trailer: parts.dictionary,
        hybrid: None,
        is_regular: parts.is_regular,
        hybrid_span: None,
        tail,
    })
}

struct StreamEntries {
    span: Span,
    entries: Entries,
    dictionary: Dictionary,
    is_regular: bool,
}

fn read_stream_entries(bytes: &[u8], base: usize, at: usize, left: &mut usize) -> Result<StreamEntries, PdfError> {
    // A cross-reference stream's values are direct (7.5.8.2): nothing has to be resolved to read it.
    let raw = stream::read_object(bytes, at, None, &mut |_| None)?;
    let (dictionary, data) = match (raw.value.kind, raw.data) {
        (Kind::Dictionary(dictionary), Some(data)) => (dictionary, data),
        _ => return Err(PdfError::Damaged),
    };
    if dictionary.name(b"Type") != Some(b"XRef") {
        return Err(PdfError::Damaged);
    }
    let data = bytes.get(data).ok_or(PdfError::Damaged)?;
    let decoded = stream::decode(&dictionary, data, &mut |_| None)?;
    *left = left.checked_sub(decoded.len()).ok_or(PdfError::Limit("decoded bytes"))?;
    let (entries, is_exact) = decode_entries(&dictionary, &decoded)?;
    // PDFBox leaves itself out, iText calls itself free; whoever says where it stands has to be right.
    let is_itself = entries.iter().all(|(number, location)| {
        *number != raw.id.number
            || match location {
                Location::Free => true,
                Location::Offset { generation: 0, offset } => base.checked_add(*offset) == Some(raw.span.start),
                _ => false,
            }
    });
    let is_regular = is_exact && is_itself && is_within_size(&entries, &dictionary);
    Ok(StreamEntries { span: raw.span, entries, dictionary, is_regular })
}

/// The entries, and whether there are exactly as many records as `/Index` counts, each of a known type.
fn decode_entries(dictionary: &Dictionary, decoded: &[u8]) -> Result<(Entries, bool), PdfError> {
    let widths = dictionary.get(b"W").and_then(Value::as_array).ok_or(PdfError::Type("W"))?;
    let [type_width, second_width, third_width] = widths else { return Err(PdfError::Type("W")) };
    let width = |value: &Value| value.as_usize().filter(|width| *width <= 8).ok_or(PdfError::Type("W"));
    let widths = [width(type_width)?, width(second_width)?, width(third_width)?];
    let record = widths.iter().sum::<usize>();
    if record == 0 {
        return Err(PdfError::Type("W"));
    }
    let mut ranges = Vec::new();
    match dictionary.get(b"Index") {
        Some(value) => {
            for pair in value.as_array().ok_or(PdfError::Type("Index"))?.chunks(2) {
                match pair {
                    [first, count] => ranges.push((
                        first.as_usize().ok_or(PdfError::Type("Index"))?,
                        count.as_usize().ok_or(PdfError::Type("Index"))?,
                    )),
                    _ => return Err(PdfError::Type("Index")),
                }
            }
        }
        None => ranges.push((0, dictionary.get(b"Size").and_then(Value::as_usize).ok_or(PdfError::Type("Size"))?)),
    }
    let mut records = decoded.chunks_exact(record);
    let mut entries = Entries::new();
    let counted = ranges.iter().fold(0usize, |sum, (_, count)| sum.saturating_add(*count));
    let mut is_exact = counted.checked_mul(record) == Some(decoded.len());
    for (first, count) in ranges {
        for (index, fields) in (0..count).zip(records.by_ref()) {
            let number = first.checked_add(index).and_then(|number| u32::try_from(number).ok());
            let number = number.ok_or(PdfError::Type("Index"))?;
            let location = decode_entry(fields, widths)?;
            is_exact &= location.is_some();
            // Types to come are references to null (7.5.8.3).
            entries.push((number, location.unwrap_or(Location::Free)));
            if entries.len() > MAX_OBJECTS {
                return Err(PdfError::Limit("objects"));
            }
        }
    }
    sort(&mut entries)?;
    Ok((entries, is_exact))
}

fn decode_entry(fields: &[u8], widths: [usize; 3]) -> Result<Option<Location>, PdfError> {
    let [type_width, second_width, third_width] = widths;
    let (kind, rest) = fields.split_at_checked(type_width).ok_or(PdfError::Damaged)?;
    let (second, third) = rest.split_at_checked(second_width).ok_or(PdfError::Damaged)?;
    let number = |field: &[u8]| field.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    // A missing type field means type 1 (table 17).
    let kind = if type_width == 0 { 1 } else { number(kind) };
    let second = number(second);
    let third = if third_width == 0 { 0 } else { number(third) };
    Ok(match kind {
        0 => Some(Location::Free),
        1 => Some(Location::Offset {
            offset: usize::try_from(second).map_err(|_| PdfError::Damaged)?,
            generation: u16::try_from(third).map_err(|_| PdfError::Damaged)?,
        }),
        2 => Some(Location::InStream {
            container: u32::try_from(second).map_err(|_| PdfError::Damaged)?,
            index: u32::try_from(third).map_err(|_| PdfError::Damaged)?,
        }),
        _ => None,
    })
}

fn sort(entries: &mut Entries) -> Result<(), PdfError> {
    entries.sort_by_key(|(number, _)| *number);
    // One section that says two things of one object is not to be believed.
    let contradicts = |pair: &[(u32, Location)]| matches!(pair, [(a, x), (b, y)] if a == b && x != y);
    if entries.windows(2).any(contradicts) {
        return Err(PdfError::Damaged);
    }
    entries.dedup();
    Ok(())
}

pub(crate) fn read_tail(bytes: &[u8], at: usize) -> Result<Tail, PdfError> {
    let mut parser = Parser::new(bytes, at);
    parser.skip_blank();
    let begin = parser.position();
    if !parser.keyword(b"startxref") {
        return Err(PdfError::Syntax(parser.position()));
    }
    skip_line_end(&mut parser)?;
    let digits = parser.position();
    let startxref = usize::try_from(parser.unsigned()?).map_err(|_| PdfError::Syntax(at))?;
    if parser.position() - digits > MAX_DIGITS {
        return Err(PdfError::Syntax(digits));
    }
    skip_line_end(&mut parser)?;
    if !parser.take(b"%%EOF") {
        return Err(PdfError::Syntax(parser.position()));
    }
    let eof_end = parser.position();
    if !parser.take(b"\r\n") && !parser.take(b"\n") {
        parser.take(b"\r");
    }
    Ok(Tail { startxref, begin, eof_end, end: parser.position() })
}

/// Only what every reader takes for a line end: one that does not would search for objects instead.
fn skip_line_end(parser: &mut Parser<'_>) -> Result<(), PdfError> {
    let start = parser.position();
    while parser.take(b" ") || parser.take(b"\r") || parser.take(b"\n") {}
    if (1..=MAX_LINE_END).contains(&(parser.position() - start)) { Ok(()) } else { Err(PdfError::Syntax(start)) }
}

/// Most blanks that end a line of the tail: a longer one hides `startxref` from readers of the last 1 024 bytes.
const MAX_LINE_END: usize = 8;

/// Most digits of an offset: a table has room for ten.
const MAX_DIGITS: usize = 10;

/// Length of an entry of a table (7.5.4).
const ENTRY_LENGTH: usize = 20;

/// Follows a table byte by byte as the standard writes it (7.5.4); gives the position behind `trailer`, or nothing.
fn strict_table(bytes: &[u8], at: usize) -> Option<usize> {
    let mut parser = Parser::new(bytes, at);
    if !parser.take(b"xref") || !take_line_end(&mut parser) {
        return None;
    }
    while !parser.take(b"trailer") {
        let header = parser.position();
        let first = parser.unsigned().ok()?;
        parser.take(b" ");
        let count = parser.unsigned().ok()?;
        if bytes.get(header..parser.position())? != format!("{first} {count}").as_bytes() {
            return None;
        }
        // Some writers put a blank there, and an empty line before the trailer.
        parser.take(b" ");
        if !take_line_end(&mut parser) {
            return None;
        }
        let start = parser.position();
        let end =
            usize::try_from(count).ok()?.checked_mul(ENTRY_LENGTH).and_then(|length| start.checked_add(length))?;
        if !bytes.get(start..end)?.chunks(ENTRY_LENGTH).all(is_entry) {
            return None;
        }
        parser = Parser::new(bytes, end);
        if take_line_end(&mut parser) && !bytes.get(parser.position()..)?.starts_with(b"trailer") {
            return None;
        }
    }
    Some(parser.position())
}

fn take_line_end(parser: &mut Parser<'_>) -> bool {
    parser.take(b"\r\n") || parser.take(b"\n") || parser.take(b"\r")
}

/// `nnnnnnnnnn ggggg n` or `f`, and one of the three line ends of two bytes.
fn is_entry(entry: &[u8]) -> bool {
    let digits =
        |range: std::ops::Range<usize>| entry.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    digits(0..10)
        && digits(11..16)
        && entry.get(10) == Some(&b' ')
        && matches!(entry.get(16..), Some([b' ', b'n' | b'f', b' ', b'\r' | b'\n'] | [b' ', b'n' | b'f', b'\r', b'\n']))
}

fn is_within_size(entries: &Entries, trailer: &Dictionary) -> bool {
    let size = trailer.integer(b"Size").and_then(|size| u32::try_from(size).ok());
    size.is_some_and(|size| {
        size <= limits::MAX_OBJECT_NUMBER && entries.last().is_none_or(|(number, _)| *number < size)
    })
}

/// The number after the last `startxref` of the file.
pub(crate) fn last_startxref(bytes: &[u8]) -> Result<usize, PdfError> {
    let window = bytes.len().saturating_sub(limits::STARTXREF_WINDOW);
    let tail = bytes.get(window..).unwrap_or_default();
    let found = tail.windows(9).rposition(|word| word == b"startxref").ok_or(PdfError::Damaged)?;
    let mut parser = Parser::new(tail, found + 9);
    if !tail.get(found + 9).copied().is_some_and(is_whitespace) {
        return Err(PdfError::Damaged);
    }
    parser.skip_whitespace();
    usize::try_from(parser.unsigned()?).map_err(|_| PdfError::Damaged)
}

fn dictionary(value: Value) -> Result<Dictionary, PdfError> {
    match value.kind {
        Kind::Dictionary(dictionary) => Ok(dictionary),
        _ => Err(PdfError::Type("trailer")),
    }
}
