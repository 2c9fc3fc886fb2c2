//! The repairing reader: finds objects by their bytes when the cross-reference cannot be followed.
//!
//! What it finds is what a forgiving viewer would show. It serves to describe a damaged file, never to call
//! a signature valid and never to be extended.

use crate::{
    Dictionary, Kind, PdfError,
    document::Revision,
    limits::MAX_OBJECTS,
    stream,
    syntax::{Parser, is_whitespace},
    xref::{Location, Section, SectionKind, Tail},
};

/// Trailers tried, from the last backwards: each may cost a pass over a hostile file.
const MAX_TRAILERS_TRIED: usize = 64;

/// Bytes of an object in which `/XRef` is looked for.
const XREF_WINDOW: usize = 512;

/// Searches the whole file for objects and trailers; the last of each number wins, as in viewers.
pub(crate) fn search(bytes: &[u8]) -> Result<Revision, PdfError> {
    let mut entries: Vec<(u32, Location)> = Vec::new();
    let mut trailers: Vec<Found> = Vec::new();
    let mut at = 0;
    while let Some(found) = find(bytes, at) {
        match found {
            Found::Object(keyword) => {
                at = keyword + 3;
                let Some(start) = header_start(bytes, keyword) else { continue };
                let Ok(id) = Parser::new(bytes, start).object_header() else { continue };
                entries.push((id.number, Location::Offset { offset: start, generation: id.generation }));
                if entries.len() > MAX_OBJECTS {
                    return Err(PdfError::Limit("objects"));
                }
                if mentions_xref(bytes, start) {
                    trailers.push(Found::Object(start));
                }
            }
            Found::Trailer(keyword) => {
                at = keyword + 7;
                trailers.push(Found::Trailer(at));
            }
        }
    }
    let trailer = trailers
        .iter()
        .rev()
        .take(MAX_TRAILERS_TRIED)
        .find_map(|found| read_trailer(bytes, found))
        .ok_or(PdfError::Damaged)?;
    // A stable sort keeps the file's order among equals, so the last one is the newest.
    entries.sort_by_key(|(number, _)| *number);
    entries.reverse();
    entries.dedup_by_key(|(number, _)| *number);
    entries.reverse();
    let end = bytes.len();
    let section = Section {
        kind: SectionKind::Table,
        span: end..end,
        entries,
        trailer,
        hybrid: None,
        is_regular: false,
        hybrid_span: None,
        tail: Some(Tail { startxref: end, begin: end, eof_end: end, end }),
    };
    Ok(Revision { sections: vec![section], start: 0, eof_end: end, end })
}

/// What the most forgiving reader would find: every `obj` behind two numbers, whatever follows it, as (number, offset);
/// nothing where there are too many.
pub(crate) fn headers(bytes: &[u8]) -> Option<Vec<(u32, usize)>> {
    let mut headers = Vec::new();
    for keyword in memchr::memmem::find_iter(bytes, b"obj") {
        let Some(start) = header_start(bytes, keyword) else { continue };
        let mut parser = Parser::new(bytes, start);
        let Some(number) = parser.unsigned().ok().and_then(|number| u32::try_from(number).ok()) else { continue };
        headers.push((number, start));
        if headers.len() > MAX_OBJECTS {
            return None;
        }
    }
    Some(headers)
}

enum Found {
    Object(usize),
    Trailer(usize),
}

fn find(bytes: &[u8], from: usize) -> Option<Found> {
    let rest = bytes.get(from..)?;
    rest.windows(7).enumerate().find_map(|(index, word)| match word {
        [b'o', b'b', b'j', after, ..] if is_whitespace(*after) || matches!(after, b'<' | b'[' | b'/' | b'(') => {
            Some(Found::Object(from + index))
        }
        b"trailer" => Some(Found::Trailer(from + index)),
        _ => None,
    })
}

/// Walks back from `obj` over the generation, which may touch it, and the number.
fn header_start(bytes: &[u8], keyword: usize) -> Option<usize> {
    let mut at = keyword;
    for is_number in [false, true] {
        let blank = at;
        while at > 0 && bytes.get(at - 1).copied().is_some_and(is_whitespace) {
            at -= 1;
        }
        let digits = at;
        while at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_digit) {
            at -= 1;
        }
        if at == digits || (is_number && blank == digits) {
            return None;
        }
    }
    Some(at)
}

/// Only a short look: an object that is no cross-reference stream is not worth decoding here.
fn mentions_xref(bytes: &[u8], start: usize) -> bool {
    let window = bytes.get(start..bytes.len().min(start + XREF_WINDOW)).unwrap_or_default();
    window.windows(5).any(|word| word == b"/XRef")
}

/// The trailer dictionary that begins here, or that of the cross-reference stream that does.
fn read_trailer(bytes: &[u8], found: &Found) -> Option<Dictionary> {
    let kind = match *found {
        Found::Trailer(at) => Parser::new(bytes, at).value().ok()?.kind,
        Found::Object(at) => stream::read_object(bytes, at, None, &mut |_| None).ok()?.value.kind,
    };
    match kind {
        Kind::Dictionary(dictionary) if dictionary.get(b"Root").is_some() => Some(dictionary),
        _ => None,
    }
}
