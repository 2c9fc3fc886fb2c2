//! Indirect objects as they stand in the file, and the decoding of stream data.

use crate::{
    Dictionary, Kind, ObjectId, PdfError, Span, Value,
    limits::{MAX_COLORS, MAX_DECODED_STREAM, MAX_FILTERS},
    syntax::{Parser, hex_digit},
};

/// Looks up the value of a reference; `None` where it does not exist or may not be followed.
pub(crate) type Resolve<'r> = &'r mut dyn FnMut(ObjectId) -> Option<Value>;

/// `n g obj … endobj`, with the raw data where it is a stream.
pub(crate) struct RawObject {
    pub(crate) id: ObjectId,
    pub(crate) span: Span,
    pub(crate) value: Value,
    pub(crate) data: Option<Span>,
}

/// Reads the object whose number stands at `at`; `/Length` is looked up by `resolve` where it is a reference.
///
/// `wanted` is compared before anything else is read: many numbers that point to one large object cost nothing.
pub(crate) fn read_object(
    bytes: &[u8],
    at: usize,
    wanted: Option<ObjectId>,
    resolve: Resolve<'_>,
) -> Result<RawObject, PdfError> {
    let mut parser = Parser::new(bytes, at);
    let id = parser.object_header()?;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != id) {
        return Err(PdfError::Misplaced(wanted));
    }
    let value = parser.value()?;
    parser.skip_blank();
    let data = match &value.kind {
        Kind::Dictionary(dictionary) if parser.keyword(b"stream") => {
            // The keyword is followed by CR LF or LF, not by CR alone (7.3.8.1).
            if !parser.take(b"\r\n") && !parser.take(b"\n") {
                return Err(PdfError::Syntax(parser.position()));
            }
            let length = match dictionary.get(b"Length").map(|value| &value.kind) {
                Some(Kind::Integer(length)) => usize::try_from(*length).ok(),
                Some(Kind::Reference(reference)) => resolve(*reference).as_ref().and_then(Value::as_usize),
                _ => None,
            };
            let start = parser.position();
            let end = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= bytes.len());
            let end = end.ok_or(PdfError::StreamLength(id))?;
            parser = Parser::new(bytes, end);
            parser.skip_whitespace();
            if !parser.keyword(b"endstream") {
                return Err(PdfError::StreamLength(id));
            }
            parser.skip_blank();
            Some(start..end)
        }
        _ => None,
    };
    if !parser.keyword(b"endobj") {
        return Err(PdfError::Syntax(parser.position()));
    }
    Ok(RawObject { id, span: at..parser.position(), value, data })
}

/// Least room for what is unpacked.
const MIN_BUFFER: usize = 4096;

/// Keys of external streams and of inline images (ISO 32000-2, tables 5 and 91), which no stream in a file needs.
const OTHER_WAYS: [&[u8]; 4] = [b"F", b"FFilter", b"FDecodeParms", b"DP"];

/// Filters that have one meaning to every reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filter {
    Flate,
    Ascii85,
    AsciiHex,
}

/// What `/DecodeParms` says of rows (ISO 32000-2, table 8), where it says anything.
#[derive(Clone, Copy)]
struct Rows {
    /// Bytes between a byte and the one of the pixel before it.
    pixel: usize,
    /// Bytes of a row, its tag not counted.
    row: usize,
}

/// Decodes stream data by its `/Filter` chain, within [`MAX_DECODED_STREAM`] (ISO 32000-2, 7.4).
///
/// Strict: readers mend broken data each in its own way, so what is not written as the standard says has no one
/// meaning and is refused. So are filters of pictures and old ones, which nothing that is judged needs.
pub(crate) fn decode(dictionary: &Dictionary, data: &[u8], resolve: Resolve<'_>) -> Result<Vec<u8>, PdfError> {
    // Data kept in another file, or decoded by keys that only some readers look at, has no one meaning.
    if OTHER_WAYS.iter().any(|key| dictionary.get(key).is_some()) || dictionary.has_duplicates() {
        return Err(PdfError::Stream);
    }
    let mut plain: Option<Vec<u8>> = None;
    for (filter, rows) in filters(dictionary, resolve)? {
        let packed = plain.as_deref().unwrap_or(data);
        let mut unpacked = match filter {
            Filter::Flate => inflate(packed)?,
            Filter::Ascii85 => ascii85(packed)?,
            Filter::AsciiHex => ascii_hex(packed)?,
        };
        if let Some(rows) = rows {
            unpacked = undo_png(&unpacked, rows)?;
        }
        plain = Some(unpacked);
    }
    Ok(plain.unwrap_or_else(|| data.to_vec()))
}

/// The chain, first filter first. A name goes with a dictionary, an array with an array as long.
fn filters(dictionary: &Dictionary, resolve: Resolve<'_>) -> Result<Vec<(Filter, Option<Rows>)>, PdfError> {
    let mut followed = |value: Option<&Value>| match value {
        Some(value) => match value.as_reference() {
            Some(id) => resolve(id).map(|value| value.kind),
            None => Some(value.kind.clone()),
        },
        None => None,
    };
    let names = followed(dictionary.get(b"Filter")).unwrap_or(Kind::Null);
    let parameters = followed(dictionary.get(b"DecodeParms")).unwrap_or(Kind::Null);
    let pairs = match (names, parameters) {
        (Kind::Null, Kind::Null) => Vec::new(),
        (Kind::Name(name), parameters @ (Kind::Null | Kind::Dictionary(_))) => vec![(Kind::Name(name), parameters)],
        (Kind::Array(names), Kind::Null) => names.into_iter().map(|name| (name.kind, Kind::Null)).collect(),
        (Kind::Array(names), Kind::Array(parameters)) if names.len() == parameters.len() => {
            let parameters: Vec<Kind> =
                parameters.iter().map(|value| followed(Some(value)).unwrap_or(Kind::Null)).collect();
            names.into_iter().map(|name| name.kind).zip(parameters).collect()
        }
        _ => return Err(PdfError::Stream),
    };
    if pairs.len() > MAX_FILTERS {
        return Err(PdfError::Limit("filters"));
    }
    pairs
        .into_iter()
        .map(|(name, parameters)| {
            let filter = match name {
                Kind::Name(name) if name == b"FlateDecode" => Filter::Flate,
                Kind::Name(name) if name == b"ASCII85Decode" => Filter::Ascii85,
                Kind::Name(name) if name == b"ASCIIHexDecode" => Filter::AsciiHex,
                _ => return Err(PdfError::Stream),
            };
            let rows = match parameters {
                Kind::Dictionary(parameters) if filter == Filter::Flate => rows(&parameters)?,
                Kind::Null => None,
                _ => return Err(PdfError::Stream),
            };
            Ok((filter, rows))
        })
        .collect()
}

fn rows(parameters: &Dictionary) -> Result<Option<Rows>, PdfError> {
    let number = |key: &[u8], default: usize| match parameters.get(key) {
        None => Ok(default),
        Some(Value { kind: Kind::Integer(number), .. }) => usize::try_from(*number).map_err(|_| PdfError::Stream),
        Some(_) => Err(PdfError::Stream),
    };
    if parameters.has_duplicates() {
        return Err(PdfError::Stream);
    }
    match number(b"Predictor", 1)? {
        1 => return Ok(None),
        10..=15 => {}
        _ => return Err(PdfError::Stream),
    }
    let (colors, bits, columns) = (number(b"Colors", 1)?, number(b"BitsPerComponent", 8)?, number(b"Columns", 1)?);
    if !(1..=MAX_COLORS).contains(&colors) || ![1, 2, 4, 8, 16].contains(&bits) || columns == 0 {
        return Err(PdfError::Stream);
    }
    let pixel = colors * bits;
    let row = pixel.checked_mul(columns).filter(|bits| *bits / 8 <= MAX_DECODED_STREAM).ok_or(PdfError::Stream)?;
    Ok(Some(Rows { pixel: pixel.div_ceil(8), row: row.div_ceil(8) }))
}

/// A whole zlib stream (RFC 1950) whose checksum is right, and nothing after it but white space.
fn inflate(data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut state = flate2::Decompress::new(true);
    let mut plain = Vec::with_capacity(data.len().saturating_mul(4).clamp(MIN_BUFFER, MAX_DECODED_STREAM));
    loop {
        let (taken, given) = (state.total_in(), plain.len());
        let rest = usize::try_from(taken).ok().and_then(|taken| data.get(taken..)).ok_or(PdfError::Stream)?;
        let status =
            state.decompress_vec(rest, &mut plain, flate2::FlushDecompress::None).map_err(|_| PdfError::Stream)?;
        if status == flate2::Status::StreamEnd {
            let end = usize::try_from(state.total_in()).map_err(|_| PdfError::Stream)?;
            return if is_blank(data.get(end..).unwrap_or_default()) { Ok(plain) } else { Err(PdfError::Stream) };
        }
        if plain.len() >= MAX_DECODED_STREAM {
            return Err(PdfError::Stream);
        }
        if state.total_in() == taken && plain.len() == given && plain.capacity() > given {
            return Err(PdfError::Stream);
        }
        plain.reserve(plain.len().max(MIN_BUFFER).min(MAX_DECODED_STREAM - plain.len()));
    }
}

/// ASCII base-85 (7.4.3): its alphabet, white space and one end mark.
fn ascii85(data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let end = memchr::memmem::find(data, b"~>").ok_or(PdfError::Stream)?;
    let (digits, after) = data.split_at_checked(end).ok_or(PdfError::Stream)?;
    if !is_blank(after.get(2..).unwrap_or_default()) {
        return Err(PdfError::Stream);
    }
    let mut plain = Vec::with_capacity(digits.len());
    let (mut group, mut count) = (0u64, 0usize);
    for byte in digits.iter().copied().filter(|byte| !is_white(*byte)) {
        match byte {
            b'z' if count == 0 => plain.extend([0; 4]),
            b'!'..=b'u' => {
                group = group * 85 + u64::from(byte - b'!');
                count += 1;
                if count == 5 {
                    plain.extend(u32::try_from(group).map_err(|_| PdfError::Stream)?.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            _ => return Err(PdfError::Stream),
        }
    }
    if count > 0 {
        let padded = (count..5).fold(group, |group, _| group * 85 + 84);
        let bytes = u32::try_from(padded).map_err(|_| PdfError::Stream)?.to_be_bytes();
        plain.extend(bytes.get(..count - 1).filter(|bytes| !bytes.is_empty()).ok_or(PdfError::Stream)?);
    }
    Ok(plain)
}

/// Hexadecimal digits (7.4.2), white space and one end mark; an odd digit stands for itself and 0.
fn ascii_hex(data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let end = memchr::memchr(b'>', data).ok_or(PdfError::Stream)?;
    let (digits, after) = data.split_at_checked(end).ok_or(PdfError::Stream)?;
    if !is_blank(after.get(1..).unwrap_or_default()) {
        return Err(PdfError::Stream);
    }
    let digits = digits.iter().copied().filter(|byte| !is_white(*byte)).map(hex_digit);
    let digits: Vec<u8> = digits.collect::<Option<_>>().ok_or(PdfError::Stream)?;
    Ok(digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit) << (8 - 4 * pair.len()))
        .collect())
}

/// Undoes the predictors of PNG (7.4.4.4): whole rows only, each with its tag.
fn undo_png(data: &[u8], rows: Rows) -> Result<Vec<u8>, PdfError> {
    let mut plain = Vec::with_capacity(data.len());
    let mut above = vec![0u8; rows.row];
    for tagged in data.chunks(rows.row + 1) {
        let Some((tag, coded)) = tagged.split_first().filter(|(_, coded)| coded.len() == rows.row) else {
            return Err(PdfError::Stream);
        };
        let mut row: Vec<u8> = Vec::with_capacity(rows.row);
        for (index, (byte, up)) in coded.iter().zip(&above).enumerate() {
            let before = |row: &[u8]| index.checked_sub(rows.pixel).and_then(|at| row.get(at)).copied().unwrap_or(0);
            let predicted = match tag {
                0 => 0,
                1 => before(&row),
                2 => *up,
                3 => before(&row).midpoint(*up),
                4 => paeth(before(&row), *up, before(&above)),
                _ => return Err(PdfError::Stream),
            };
            row.push(byte.wrapping_add(predicted));
        }
        plain.extend_from_slice(&row);
        above = row;
    }
    Ok(plain)
}

/// The neighbour nearest to left + up - corner (PNG, 9.4).
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |byte: u8| (guess - i16::from(byte)).abs();
    if far(left) <= far(up) && far(left) <= far(corner) {
        left
    } else if far(up) <= far(corner) {
        up
    } else {
        corner
    }
}

/// White space to every reader; a zero byte is white space only to some.
fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0C)
}

fn is_blank(data: &[u8]) -> bool {
    data.iter().copied().all(is_white)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(keys: &str, data: &[u8]) -> Result<Vec<u8>, PdfError> {
        let Ok(Value { kind: Kind::Dictionary(keys), .. }) = Parser::new(keys.as_bytes(), 0).value() else {
            panic!("a dictionary")
        };
        decode(&keys, data, &mut |_| None)
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        use std::io::Write as _;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn flate_is_whole_with_the_right_checksum_and_nothing_after_it() {
        let keys = "<< /Filter /FlateDecode >>";
        let plain = b"certidao".repeat(5_000);
        let packed = zlib(&plain);
        assert_eq!(decoded(keys, &packed), Ok(plain));
        let mut followed = packed.clone();
        followed.extend(b"\r\n");
        assert!(decoded(keys, &followed).is_ok());
        followed.extend(b"x");
        assert!(decoded(keys, &followed).is_err());
        assert!(decoded(keys, &packed[..packed.len() - 1]).is_err());
        for index in [0, 1, packed.len() - 1] {
            let mut broken = packed.clone();
            broken[index] ^= 0x21;
            assert!(decoded(keys, &broken).is_err(), "byte {index}");
        }
        assert!(decoded(keys, b"").is_err());
    }

    #[test]
    fn ascii_forms_keep_to_their_alphabet_and_end_once() {
        let base85 = "<< /Filter /ASCII85Decode >>";
        assert_eq!(decoded(base85, b"87cUR D]~>\n"), Ok(b"Hello".to_vec()));
        assert_eq!(decoded(base85, b"z~>"), Ok(vec![0; 4]));
        for wrong in [&b"87cURD]"[..], b"87cUR\0D]~>", b"87cURD]~>87cUR~>", b"87cURv~>", b"8~>", b"uuuuu~>", b"8z~>"] {
            assert!(decoded(base85, wrong).is_err(), "{wrong:?}");
        }
        let hex = "<< /Filter [/ASCIIHexDecode] >>";
        assert_eq!(decoded(hex, b"48 65 7>"), Ok(b"He\x70".to_vec()));
        for wrong in [&b"4865"[..], b"48\x0065>", b"48>65>", b"4g>"] {
            assert!(decoded(hex, wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn parameters_stand_where_the_standard_puts_them() {
        let rows = zlib(&[2, 1, 2, 3, 2, 1, 1, 1, 4, 1, 1, 1]);
        let plain = vec![1, 2, 3, 2, 3, 4, 3, 4, 5];
        for keys in [
            "<< /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 3 >> >>",
            "<< /Filter [/FlateDecode] /DecodeParms [<< /Predictor 15 /Columns 3 >>] >>",
        ] {
            assert_eq!(decoded(keys, &rows).as_ref(), Ok(&plain), "{keys}");
        }
        for keys in [
            "<< /Filter [/FlateDecode] /DecodeParms << /Predictor 12 /Columns 3 >> >>",
            "<< /Filter /FlateDecode /DecodeParms << /Predictor 2 /Columns 3 >> >>",
            "<< /Filter /FlateDecode /DecodeParms << /Predictor 12.0 /Columns 3 >> >>",
            "<< /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 4 >> >>",
            "<< /Filter /Fl >>",
            "<< /Filter /LZWDecode >>",
            "<< /DecodeParms << /Predictor 12 >> >>",
        ] {
            assert!(decoded(keys, &rows).is_err(), "{keys}");
        }
    }
}
