//! Indirect objects as they stand in the file, and the decoding of stream data.

use crate::{
    Dictionary, Kind, ObjectId, PdfError, Span, Value,
    limits::{MAX_DECODED_STREAM, MAX_FILTER_VALUES, MAX_REFERENCE_DEPTH},
    syntax::Parser,
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

/// Keys of external streams and of inline images (ISO 32000-2, tables 5 and 91), which no stream in a file needs.
const OTHER_WAYS: [&[u8]; 4] = [b"F", b"FFilter", b"FDecodeParms", b"DP"];

/// Decodes stream data by its `/Filter` chain, within [`MAX_DECODED_STREAM`].
pub(crate) fn decode(dictionary: &Dictionary, data: &[u8], resolve: Resolve<'_>) -> Result<Vec<u8>, PdfError> {
    // Data kept in another file, or decoded by keys that only some readers look at, has no one meaning.
    if OTHER_WAYS.iter().any(|key| dictionary.get(key).is_some()) || dictionary.has_duplicates() {
        return Err(PdfError::Stream);
    }
    let is_filter = match dictionary.get(b"Filter").map(|value| &value.kind) {
        None | Some(Kind::Name(_) | Kind::Reference(_)) => true,
        Some(Kind::Array(filters)) => filters.iter().all(|filter| filter.as_name().is_some()),
        Some(_) => false,
    };
    if !is_filter {
        return Err(PdfError::Stream);
    }
    let mut keys = lopdf::Dictionary::new();
    let mut left = MAX_FILTER_VALUES;
    for key in [b"Filter".as_slice(), b"DecodeParms"] {
        if let Some(value) = dictionary.get(key) {
            keys.set(key, to_lopdf(value, resolve, 0, &mut left)?);
        }
    }
    let stream = lopdf::Stream::new(keys, data.to_vec());
    stream.decompressed_content_with_limit(MAX_DECODED_STREAM).map_err(|_| PdfError::Stream)
}

fn to_lopdf(value: &Value, resolve: Resolve<'_>, depth: usize, left: &mut usize) -> Result<lopdf::Object, PdfError> {
    if depth > MAX_REFERENCE_DEPTH {
        return Err(PdfError::TooDeep(value.span.start));
    }
    *left = left.checked_sub(1).ok_or(PdfError::Limit("filter parameters"))?;
    Ok(match &value.kind {
        Kind::Null => lopdf::Object::Null,
        Kind::Boolean(flag) => lopdf::Object::Boolean(*flag),
        Kind::Integer(number) => lopdf::Object::Integer(*number),
        #[allow(clippy::cast_possible_truncation, reason = "filter parameters are small; lopdf holds f32")]
        Kind::Real(number) => lopdf::Object::Real(*number as f32),
        Kind::String { bytes, .. } => lopdf::Object::String(bytes.clone(), lopdf::StringFormat::Hexadecimal),
        Kind::Name(name) => lopdf::Object::Name(name.clone()),
        Kind::Array(values) => lopdf::Object::Array(
            values.iter().map(|value| to_lopdf(value, resolve, depth + 1, left)).collect::<Result<_, _>>()?,
        ),
        Kind::Dictionary(dictionary) => {
            let mut keys = lopdf::Dictionary::new();
            for entry in &dictionary.entries {
                keys.set(entry.key.clone(), to_lopdf(&entry.value, resolve, depth + 1, left)?);
            }
            lopdf::Object::Dictionary(keys)
        }
        Kind::Reference(id) => match resolve(*id) {
            Some(value) => to_lopdf(&value, resolve, depth + 1, left)?,
            None => lopdf::Object::Null,
        },
    })
}
