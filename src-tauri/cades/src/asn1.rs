//! ASN.1 as slices of the original: nothing that was signed is ever decoded and encoded again.
//!
//! The reader takes BER (ITU-T X.690), since signatures of other programs come so; [`is_der`] tells whether the bytes
//! are the canonical form that PAdES demands.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use crate::CadesError;

/// Deepest nesting; a certificate needs about 12. The walk recurses, so the bound protects the stack.
pub const MAX_DEPTH: usize = 64;

/// Universal tags, with the constructed bit where it belongs.
pub mod tag {
    #![allow(missing_docs, reason = "the names are those of X.680")]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    pub const UTF8_STRING: u8 = 0x0C;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const T61_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1A;
    pub const UNIVERSAL_STRING: u8 = 0x1C;
    pub const BMP_STRING: u8 = 0x1E;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
}

/// Set on the tag of a value that is made of others.
const CONSTRUCTED: u8 = 0x20;

/// The tag `[n]` of a constructed, context-specific value.
#[must_use]
pub const fn context(n: u8) -> u8 {
    0xA0 | n
}

/// The tag `[n]` of a primitive, context-specific value.
#[must_use]
pub const fn context_primitive(n: u8) -> u8 {
    0x80 | n
}

/// One value: its tag, its content, and all its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// The content octets, without the end marker of an indefinite length.
    pub content: &'a [u8],
    /// Tag, length and content as they stand.
    pub raw: &'a [u8],
}

/// Reads values one after the other.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader over these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next value.
    ///
    /// # Errors
    /// [`CadesError::Malformed`] if there is none, [`CadesError::TooDeep`].
    pub fn read(&mut self) -> Result<Tlv<'a>, CadesError> {
        let (tlv, rest) = split(self.rest, 0)?;
        self.rest = rest;
        Ok(tlv)
    }

    /// The next value, which must have this tag.
    ///
    /// # Errors
    /// [`CadesError::Malformed`] naming `what`.
    pub fn expect(&mut self, tag: u8, what: &'static str) -> Result<Tlv<'a>, CadesError> {
        self.optional(tag)?.ok_or(CadesError::Malformed(what))
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// [`CadesError::Malformed`] if something is.
    pub fn end(&self, what: &'static str) -> Result<(), CadesError> {
        if self.is_empty() { Ok(()) } else { Err(CadesError::Malformed(what)) }
    }

    /// The next value if it has this tag.
    ///
    /// # Errors
    /// [`CadesError::Malformed`] if the value with that tag is itself broken.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>, CadesError> {
        if self.rest.first() == Some(&tag) { self.read().map(Some) } else { Ok(None) }
    }
}

fn malformed<T>() -> Result<T, CadesError> {
    Err(CadesError::Malformed("ASN.1"))
}

fn split(bytes: &[u8], depth: usize) -> Result<(Tlv<'_>, &[u8]), CadesError> {
    if depth > MAX_DEPTH {
        return Err(CadesError::TooDeep);
    }
    let [tag, length, ..] = *bytes else { return malformed() };
    // Tags above 30 take more octets; nothing in X.509, CMS or RFC 3161 uses them.
    if tag & 0x1F == 0x1F {
        return malformed();
    }
    if length == 0x80 {
        return split_indefinite(bytes, tag, depth);
    }
    let (header, length) = if length < 0x80 {
        (2, usize::from(length))
    } else {
        let count = usize::from(length & 0x7F);
        let digits = bytes.get(2..2 + count).filter(|_| count <= 4).ok_or(CadesError::Malformed("ASN.1 length"))?;
        (2 + count, digits.iter().fold(0usize, |length, digit| length << 8 | usize::from(*digit)))
    };
    let end = header.checked_add(length).ok_or(CadesError::Malformed("ASN.1 length"))?;
    match (bytes.get(header..end), bytes.get(..end), bytes.get(end..)) {
        (Some(content), Some(raw), Some(rest)) => Ok((Tlv { tag, content, raw }, rest)),
        _ => malformed(),
    }
}

fn split_indefinite(bytes: &[u8], tag: u8, depth: usize) -> Result<(Tlv<'_>, &[u8]), CadesError> {
    if tag & CONSTRUCTED == 0 {
        return malformed();
    }
    let body = bytes.get(2..).unwrap_or_default();
    let mut rest = body;
    loop {
        if let Some(after) = rest.strip_prefix(&[0, 0]) {
            let content = body.get(..body.len() - rest.len()).unwrap_or_default();
            let raw = bytes.get(..bytes.len() - after.len()).unwrap_or_default();
            return Ok((Tlv { tag, content, raw }, after));
        }
        (_, rest) = split(rest, depth + 1)?;
    }
}

impl<'a> Tlv<'a> {
    /// The whole of these bytes as one value.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], also if bytes follow.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CadesError> {
        let mut reader = Reader::new(bytes);
        let tlv = reader.read()?;
        if reader.is_empty() { Ok(tlv) } else { malformed() }
    }

    /// A reader over the fields of a SEQUENCE.
    ///
    /// # Errors
    /// [`CadesError::Malformed`] if it is something else.
    pub fn fields(&self) -> Result<Reader<'a>, CadesError> {
        if self.tag == tag::SEQUENCE { Ok(self.children()) } else { Err(CadesError::Malformed("sequence")) }
    }

    /// A reader over the content.
    #[must_use]
    pub fn children(&self) -> Reader<'a> {
        Reader::new(self.content)
    }

    /// An object identifier in dotted form.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn oid(&self) -> Result<String, CadesError> {
        if self.tag != tag::OBJECT_IDENTIFIER {
            return Err(CadesError::Malformed("object identifier"));
        }
        oid_text(self.content)
    }

    /// A small, non-negative number.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], also beyond 64 bits.
    pub fn unsigned(&self) -> Result<u64, CadesError> {
        let fits = self.tag == tag::INTEGER && self.content.first().is_some_and(|first| *first < 0x80);
        let digits = self.content.strip_prefix(&[0]).unwrap_or(self.content);
        if !fits || digits.len() > 8 {
            return Err(CadesError::Malformed("integer"));
        }
        Ok(digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit)))
    }

    /// The bytes of an octet string, joined where it is constructed (X.690, 8.7.3).
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn octets(&self) -> Result<Cow<'a, [u8]>, CadesError> {
        joined(self, 0)
    }

    /// The bytes of a bit string without unused bits.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn bits(&self) -> Result<&'a [u8], CadesError> {
        match (self.tag, self.content.split_first()) {
            (tag::BIT_STRING, Some((0, bits))) => Ok(bits),
            _ => Err(CadesError::Malformed("bit string")),
        }
    }

    /// The text of any of the string types, safe to show; unknown characters are replaced, since names must always be
    /// shown.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.exact_text().map(|text| crate::readable(&text))
    }

    /// The text of any of the string types as it stands, for comparing.
    #[must_use]
    pub fn exact_text(&self) -> Option<String> {
        let text = match self.tag {
            tag::UTF8_STRING | tag::NUMERIC_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING | tag::VISIBLE_STRING => {
                String::from_utf8_lossy(self.content).into_owned()
            }
            tag::T61_STRING => self.content.iter().map(|byte| char::from(*byte)).collect(),
            tag::UNIVERSAL_STRING => self
                .content
                .chunks_exact(4)
                .map(|unit| unit.iter().fold(0, |unit, byte| unit << 8 | u32::from(*byte)))
                .map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
            tag::BMP_STRING => {
                let units = self
                    .content
                    .chunks_exact(2)
                    .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
                char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
            _ => return None,
        };
        Some(text)
    }

    /// A `UTCTime` or `GeneralizedTime` (RFC 5280, 4.1.2.5).
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn time(&self) -> Result<DateTime<Utc>, CadesError> {
        let malformed = CadesError::Malformed("time");
        let text =
            std::str::from_utf8(self.content).ok().and_then(|text| text.strip_suffix('Z')).ok_or(malformed.clone())?;
        // Only digits on both sides of a point, of which there is one at most.
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let digits = match text.split_once('.') {
            None => Some(text).filter(|text| is_number(text)),
            Some((digits, fraction)) => Some(digits).filter(|digits| is_number(digits) && is_number(fraction)),
        };
        let digits = digits.ok_or(malformed.clone())?;
        let (year_length, century) = match self.tag {
            tag::UTC_TIME => (2, true),
            tag::GENERALIZED_TIME => (4, false),
            _ => return Err(malformed),
        };
        let number =
            |from: usize, length: usize| digits.get(from..from + length).and_then(|part| part.parse::<u32>().ok());
        let fields = (|| {
            let year = number(0, year_length)?;
            let year = if century { if year >= 50 { 1900 + year } else { 2000 + year } } else { year };
            let at = year_length;
            let seconds = match digits.len().checked_sub(at)? {
                8 => 0,
                10 => number(at + 8, 2)?,
                _ => return None,
            };
            let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(at, 2)?, number(at + 2, 2)?)?;
            date.and_hms_opt(number(at + 4, 2)?, number(at + 6, 2)?, seconds)
        })();
        fields.map(|time| time.and_utc()).ok_or(malformed)
    }
}

/// The digits of a positive INTEGER, written as DER writes it: without a needless octet in front (X.690, 8.3).
///
/// # Errors
/// [`CadesError::Malformed`], also for zero and negative numbers.
pub(crate) fn magnitude<'a>(integer: &Tlv<'a>) -> Result<&'a [u8], CadesError> {
    match integer.content {
        [0, digits @ ..] if digits.first().is_some_and(|first| *first >= 0x80) => Ok(digits),
        digits if digits.first().is_some_and(|first| (1..=0x7F).contains(first)) => Ok(digits),
        _ => Err(CadesError::Malformed("integer")),
    }
}

/// A whole number in its shortest form, by which serial numbers are compared however they are written.
#[must_use]
pub fn shortest(mut integer: &[u8]) -> &[u8] {
    while let [sign @ (0 | 0xFF), rest @ ..] = integer
        && rest.first().is_some_and(|next| (*next >= 0x80) == (*sign == 0xFF))
    {
        integer = rest;
    }
    integer
}

/// TRUE or FALSE (X.690, 8.2).
///
/// # Errors
/// [`CadesError::Malformed`]
pub(crate) fn boolean(value: &Tlv<'_>) -> Result<bool, CadesError> {
    match value.content {
        [octet] => Ok(*octet != 0),
        _ => Err(CadesError::Malformed("boolean")),
    }
}

fn joined<'a>(tlv: &Tlv<'a>, depth: usize) -> Result<Cow<'a, [u8]>, CadesError> {
    if depth > MAX_DEPTH {
        return Err(CadesError::TooDeep);
    }
    if tlv.tag & CONSTRUCTED == 0 {
        return Ok(Cow::Borrowed(tlv.content));
    }
    let mut reader = tlv.children();
    let mut bytes = Vec::new();
    while !reader.is_empty() {
        bytes.extend_from_slice(&joined(&reader.read()?, depth + 1)?);
    }
    Ok(Cow::Owned(bytes))
}

/// Object identifier content in dotted form (X.690, 8.19).
///
/// # Errors
/// [`CadesError::Malformed`].
pub fn oid_text(content: &[u8]) -> Result<String, CadesError> {
    let malformed = CadesError::Malformed("object identifier");
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0u64;
    let mut open = false;
    for byte in content {
        if arc >> 57 != 0 || (!open && *byte == 0x80) {
            return Err(malformed);
        }
        arc = arc << 7 | u64::from(byte & 0x7F);
        open = byte & 0x80 != 0;
        if !open {
            arcs.push(arc);
            arc = 0;
        }
    }
    let (first, others) = arcs.split_first().filter(|_| !open).ok_or(malformed)?;
    let (root, second) = match first {
        0..40 => (0, *first),
        40..80 => (1, first - 40),
        _ => (2, first - 80),
    };
    let mut text = format!("{root}.{second}");
    for arc in others {
        text.push('.');
        text.push_str(&arc.to_string());
    }
    Ok(text)
}

/// Whether the bytes are one DER value: definite, minimal lengths and primitive strings all the way down.
///
/// The order of SET OF elements is not looked at here; where it matters (signed attributes) it is checked apart.
#[must_use]
pub fn is_der(bytes: &[u8]) -> bool {
    is_der_but(bytes, &[])
}

/// As [`is_der`], but without looking into these parts of the same buffer.
#[must_use]
pub fn is_der_but(bytes: &[u8], parts: &[&[u8]]) -> bool {
    fn walk(bytes: &[u8], depth: usize, parts: &[&[u8]]) -> Option<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (tlv, after) = split(rest, depth).ok()?;
            rest = after;
            if parts.iter().any(|part| std::ptr::eq(*part, tlv.raw)) {
                continue;
            }
            let header = tlv.raw.len() - tlv.content.len();
            if tlv.raw.get(1) == Some(&0x80) || header != header_length(tlv.content.len()) {
                return None;
            }
            // Only SEQUENCE, SET and tagged values may be constructed in DER.
            if tlv.tag & CONSTRUCTED != 0 {
                if tlv.tag & 0xC0 == 0 && !matches!(tlv.tag, tag::SEQUENCE | tag::SET) {
                    return None;
                }
                walk(tlv.content, depth + 1, parts)?;
            }
        }
        Some(())
    }
    Tlv::parse(bytes).is_ok() && walk(bytes, 0, parts).is_some()
}

/// A value written anew in DER (X.690, 8 to 10): lengths in their shortest form, strings of octets in one piece, sets in
/// order. Nothing where it cannot be read.
#[must_use]
pub fn to_der(bytes: &[u8]) -> Option<Vec<u8>> {
    fn write(tlv: &Tlv<'_>, depth: usize) -> Option<Vec<u8>> {
        if depth > MAX_DEPTH {
            return None;
        }
        if tlv.tag & CONSTRUCTED == 0 {
            return Some(crate::der::value(tlv.tag, tlv.content));
        }
        // Of the universal types only SEQUENCE and SET are constructed in DER.
        if tlv.tag & 0xC0 == 0 && !matches!(tlv.tag, tag::SEQUENCE | tag::SET) {
            return Some(crate::der::value(tlv.tag & !CONSTRUCTED, &joined(tlv, depth).ok()?));
        }
        let mut parts = Vec::new();
        let mut reader = tlv.children();
        while !reader.is_empty() {
            parts.push(write(&reader.read().ok()?, depth + 1)?);
        }
        if tlv.tag == tag::SET {
            parts.sort();
        }
        Some(crate::der::value(tlv.tag, &parts.concat()))
    }
    write(&Tlv::parse(bytes).ok()?, 0)
}

fn header_length(content: usize) -> usize {
    match content {
        0..0x80 => 2,
        0x80..0x100 => 3,
        0x100..0x1_0000 => 4,
        0x1_0000..0x100_0000 => 5,
        _ => 6,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn indefinite_lengths_end_at_their_marker() {
        let bytes = [0x24, 0x80, 0x04, 0x02, 1, 2, 0x04, 0x01, 3, 0, 0];
        let tlv = Tlv::parse(&bytes).unwrap();
        assert_eq!(tlv.octets().unwrap().as_ref(), [1, 2, 3]);
        assert!(!is_der(&bytes));
    }

    #[test]
    fn object_identifiers_read_in_dotted_form() {
        assert_eq!(oid_text(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]).unwrap(), "1.2.840.113549.1.1.11");
        assert!(oid_text(&[0x2A, 0x86]).is_err());
    }

    #[test]
    fn nesting_beyond_the_limit_is_an_error_not_a_crash() {
        let deep = [0x30, 0x80].repeat(100_000);
        assert!(Reader::new(&deep).read().is_err());
        assert!(!is_der(&deep));
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(tlv) = Tlv::parse(&bytes) {
                let _ = (tlv.octets(), tlv.time(), tlv.oid(), tlv.text(), tlv.unsigned());
            }
            let _ = is_der(&bytes);
        }
    }
}
