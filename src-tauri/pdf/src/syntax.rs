//! The grammar of PDF objects (ISO 32000-2, 7.2 and 7.3), read strictly and with the span of every value.

use std::{fmt, ops::Range};

use crate::{PdfError, limits};

/// Bytes of the buffer a value was read from, from its first byte to just after its last.
pub type Span = Range<usize>;

/// Number and generation of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    /// Object number, from 1.
    pub number: u32,
    /// Generation number.
    pub generation: u16,
}

impl ObjectId {
    /// An object of generation 0, as all newly written ones are.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self { number, generation: 0 }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.generation)
    }
}

/// A value together with where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in its source buffer.
    pub span: Span,
}

/// The kinds of PDF objects, streams apart (a stream is an indirect object with data).
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point. Re-printing is never needed: the span has the original digits.
    Real(f64),
    /// A literal or hexadecimal string, unescaped (and still encrypted in an encrypted file).
    String {
        /// The bytes it stands for.
        bytes: Vec<u8>,
        /// Written as `<…>`.
        hexadecimal: bool,
        /// An escape of it says more than a byte holds (`\\400`): readers differ on what that is.
        overflows: bool,
    },
    /// A name without its slash, `#xx` resolved.
    Name(Vec<u8>),
    /// `[…]`
    Array(Vec<Value>),
    /// `<<…>>`
    Dictionary(Dictionary),
    /// `n g R`
    Reference(ObjectId),
}

/// A dictionary in the order of the file; duplicate keys are kept, since readers differ on which one wins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dictionary {
    /// Keys and values as written.
    pub entries: Vec<Entry>,
}

/// One key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key without slash, `#xx` resolved.
    pub key: Vec<u8>,
    /// Where the key stands, slash included.
    pub key_span: Span,
    /// Its value.
    pub value: Value,
}

impl Dictionary {
    /// The value of a key. Of duplicates the last, as most readers do; see [`Dictionary::has_duplicates`].
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        self.entries.iter().rev().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Whether some key occurs twice, also in another spelling (`#43ontents`).
    #[must_use]
    pub fn has_duplicates(&self) -> bool {
        let mut keys: Vec<_> = self.entries.iter().map(|entry| entry.key.as_slice()).collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
    }

    /// Whether readers may take it in several ways: a key that occurs twice, or an escape of more than a byte, here or
    /// within.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.has_duplicates() || self.entries.iter().any(|entry| entry.value.is_ambiguous())
    }

    /// Whether two dictionaries agree in every key but these, and repeat none.
    #[must_use]
    pub fn same_but(&self, other: &Dictionary, keys: &[&[u8]]) -> bool {
        fn sorted<'d>(dictionary: &'d Dictionary, without: &[&[u8]]) -> Vec<&'d Entry> {
            let entries = dictionary.entries.iter().filter(|entry| !without.contains(&entry.key.as_slice()));
            let mut entries: Vec<_> = entries.collect();
            entries.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            entries
        }
        if self.has_duplicates() || other.has_duplicates() {
            return false;
        }
        let (mine, theirs) = (sorted(self, keys), sorted(other, keys));
        mine.len() == theirs.len() && mine.iter().zip(&theirs).all(|(a, b)| a.key == b.key && a.value.same_as(&b.value))
    }

    /// A whole number held directly.
    #[must_use]
    pub fn integer(&self, key: &[u8]) -> Option<i64> {
        self.get(key).and_then(Value::as_integer)
    }

    /// A name held directly.
    #[must_use]
    pub fn name(&self, key: &[u8]) -> Option<&[u8]> {
        self.get(key).and_then(Value::as_name)
    }
}

impl Value {
    /// Whether readers may take it, or something within, in several ways.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        match &self.kind {
            Kind::Array(values) => values.iter().any(Self::is_ambiguous),
            Kind::Dictionary(keys) => keys.is_ambiguous(),
            Kind::String { overflows, .. } => *overflows,
            _ => false,
        }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match self.kind {
            Kind::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The number, whole or not.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self.kind {
            #[allow(clippy::cast_precision_loss, reason = "coordinates are small numbers")]
            Kind::Integer(number) => Some(number as f64),
            Kind::Real(number) => Some(number),
            _ => None,
        }
    }

    /// The number as a non-negative offset or count.
    #[must_use]
    pub fn as_usize(&self) -> Option<usize> {
        self.as_integer().and_then(|number| usize::try_from(number).ok())
    }

    /// The name, if it is one.
    #[must_use]
    pub fn as_name(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The bytes of a string, if it is one.
    #[must_use]
    pub fn as_string(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::String { bytes, .. } => Some(bytes),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::Array(values) => Some(values),
            _ => None,
        }
    }

    /// The dictionary, if it is one.
    #[must_use]
    pub fn as_dictionary(&self) -> Option<&Dictionary> {
        match &self.kind {
            Kind::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    /// The object it points to, if it is a reference.
    #[must_use]
    pub fn as_reference(&self) -> Option<ObjectId> {
        match self.kind {
            Kind::Reference(id) => Some(id),
            _ => None,
        }
    }

    /// Equal in meaning: spans, the way a string is written and the order of keys do not count.
    #[must_use]
    pub fn same_as(&self, other: &Value) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::String { bytes: a, .. }, Kind::String { bytes: b, .. }) => a == b,
            (Kind::Array(a), Kind::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_as(b)),
            (Kind::Dictionary(a), Kind::Dictionary(b)) => a.same_but(b, &[]),
            // 1 and 1.0 are two things: readers ignore a real where the standard wants a whole number.
            (a, b) => a == b,
        }
    }
}

/// White space of ISO 32000-2, table 1.
#[must_use]
pub fn is_whitespace(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn is_regular(byte: u8) -> bool {
    !is_whitespace(byte) && !is_delimiter(byte)
}

/// Reads values from a buffer, from a given offset on.
pub struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    values: usize,
}

impl<'a> Parser<'a> {
    /// A parser that starts at `at`.
    #[must_use]
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, depth: 0, values: 0 }
    }

    /// Where it stands.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn syntax<T>(&self) -> Result<T, PdfError> {
        Err(PdfError::Syntax(self.at))
    }

    /// Passes over white space and comments.
    pub fn skip_blank(&mut self) {
        while let Some(byte) = self.peek() {
            if is_whitespace(byte) {
                self.at += 1;
            } else if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else {
                break;
            }
        }
    }

    /// Passes over white space, but not over comments (`%%EOF` is one).
    pub fn skip_whitespace(&mut self) {
        while self.peek().is_some_and(is_whitespace) {
            self.at += 1;
        }
    }

    /// Takes exactly these bytes, or leaves the position as it was.
    pub fn take(&mut self, literal: &[u8]) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(literal));
        if found {
            self.at += literal.len();
        }
        found
    }

    /// Takes a keyword that ends at white space, a delimiter or the end.
    pub fn keyword(&mut self, word: &[u8]) -> bool {
        let start = self.at;
        if self.take(word) && !self.peek().is_some_and(is_regular) {
            return true;
        }
        self.at = start;
        false
    }

    /// Takes an unsigned whole number.
    ///
    /// # Errors
    /// [`PdfError::Syntax`] where no digit stands or the number does not fit.
    pub fn unsigned(&mut self) -> Result<u64, PdfError> {
        let start = self.at;
        let mut number = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number
                .checked_mul(10)
                .and_then(|number| number.checked_add(u64::from(digit - b'0')))
                .ok_or(PdfError::Syntax(start))?;
            self.at += 1;
        }
        if self.at == start || self.peek().is_some_and(is_regular) {
            return Err(PdfError::Syntax(start));
        }
        Ok(number)
    }

    /// Takes `n g obj`.
    ///
    /// # Errors
    /// [`PdfError::Syntax`] where it is something else.
    pub fn object_header(&mut self) -> Result<ObjectId, PdfError> {
        let start = self.at;
        let number = self.unsigned()?;
        self.skip_blank();
        let generation = self.unsigned()?;
        self.skip_blank();
        if !self.keyword(b"obj") {
            return Err(PdfError::Syntax(start));
        }
        match (u32::try_from(number), u16::try_from(generation)) {
            (Ok(number), Ok(generation)) => Ok(ObjectId { number, generation }),
            _ => Err(PdfError::Syntax(start)),
        }
    }

    /// Takes one value; white space and comments before it are passed over.
    ///
    /// # Errors
    /// [`PdfError::Syntax`] or [`PdfError::TooDeep`].
    pub fn value(&mut self) -> Result<Value, PdfError> {
        self.skip_blank();
        self.values += 1;
        if self.values > limits::MAX_VALUES {
            return Err(PdfError::Limit("values"));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'/') => Kind::Name(self.name()?),
            Some(b'(') => {
                let (bytes, overflows) = self.literal_string()?;
                Kind::String { bytes, hexadecimal: false, overflows }
            }
            Some(b'<') if self.bytes.get(self.at + 1) == Some(&b'<') => self.nested(Self::dictionary)?,
            Some(b'<') => Kind::String { bytes: self.hexadecimal_string()?, hexadecimal: true, overflows: false },
            Some(b'[') => self.nested(Self::array)?,
            Some(b'0'..=b'9') => self.number_or_reference()?,
            Some(b'+' | b'-' | b'.') => self.number()?,
            _ if self.keyword(b"true") => Kind::Boolean(true),
            _ if self.keyword(b"false") => Kind::Boolean(false),
            _ if self.keyword(b"null") => Kind::Null,
            _ => return self.syntax(),
        };
        Ok(Value { kind, span: start..self.at })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Kind, PdfError>) -> Result<Kind, PdfError> {
        if self.depth >= limits::MAX_NESTING {
            return Err(PdfError::TooDeep(self.at));
        }
        self.depth += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn name(&mut self) -> Result<Vec<u8>, PdfError> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.at += 1;
            let escaped = if byte == b'#' {
                match (
                    self.bytes.get(self.at).copied().and_then(hex_digit),
                    self.bytes.get(self.at + 1).copied().and_then(hex_digit),
                ) {
                    (Some(high), Some(low)) => Some(high << 4 | low),
                    _ => None,
                }
            } else {
                None
            };
            match escaped {
                // Forbidden (7.3.5), and some readers end the name there: they would see another key.
                Some(0) => return Err(PdfError::Syntax(self.at)),
                Some(byte) => {
                    self.at += 2;
                    name.push(byte);
                }
                None => name.push(byte),
            }
        }
        Ok(name)
    }

    /// The bytes of a literal string, and whether an escape of it overflows.
    fn literal_string(&mut self) -> Result<(Vec<u8>, bool), PdfError> {
        self.at += 1;
        let mut open = 1usize;
        let (mut bytes, mut overflows) = (Vec::new(), false);
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok((bytes, overflows));
                    }
                }
                b'\\' => {
                    overflows |= self.escape(&mut bytes);
                    continue;
                }
                // An unescaped line end counts as one line feed, however it is written (7.3.4.2).
                b'\r' => {
                    self.take(b"\n");
                    bytes.push(b'\n');
                    continue;
                }
                _ => {}
            }
            bytes.push(byte);
        }
        self.syntax()
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> bool {
        let Some(byte) = self.peek() else { return false };
        self.at += 1;
        match byte {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'\r' => {
                self.take(b"\n");
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                // High-order overflow is ignored (7.3.4.2).
                bytes.push(code.to_le_bytes()[0]);
                return code > u32::from(u8::MAX);
            }
            other => bytes.push(other),
        }
        false
    }

    fn hexadecimal_string(&mut self) -> Result<Vec<u8>, PdfError> {
        self.at += 1;
        let mut bytes = Vec::new();
        let mut pending = None;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                if let Some(high) = pending {
                    bytes.push(high << 4);
                }
                return Ok(bytes);
            }
            if is_whitespace(byte) {
                continue;
            }
            let digit = hex_digit(byte).ok_or(PdfError::Syntax(self.at - 1))?;
            pending = match pending {
                Some(high) => {
                    bytes.push(high << 4 | digit);
                    None
                }
                None => Some(digit),
            };
        }
        self.syntax()
    }

    fn array(&mut self) -> Result<Kind, PdfError> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.skip_blank();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(Kind::Array(values));
                }
                None => return self.syntax(),
                _ => values.push(self.value()?),
            }
        }
    }

    fn dictionary(&mut self) -> Result<Kind, PdfError> {
        let start = self.at;
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.skip_blank();
            if self.take(b">>") {
                return Ok(Kind::Dictionary(Dictionary { entries }));
            }
            if self.peek() != Some(b'/') {
                return Err(PdfError::Syntax(if self.peek().is_none() { start } else { self.at }));
            }
            let key_start = self.at;
            let key = self.name()?;
            let key_span = key_start..self.at;
            let value = self.value()?;
            entries.push(Entry { key, key_span, value });
        }
    }

    fn number_or_reference(&mut self) -> Result<Kind, PdfError> {
        let start = self.at;
        let number = self.number()?;
        let Kind::Integer(first) = number else { return Ok(number) };
        let after = self.at;
        self.skip_blank();
        if self.at > after
            && let Ok(generation) = self.unsigned()
        {
            self.skip_blank();
            if self.keyword(b"R") {
                return match (u32::try_from(first), u16::try_from(generation)) {
                    (Ok(number), Ok(generation)) => Ok(Kind::Reference(ObjectId { number, generation })),
                    _ => Err(PdfError::Syntax(start)),
                };
            }
        }
        self.at = after;
        Ok(number)
    }

    fn number(&mut self) -> Result<Kind, PdfError> {
        let start = self.at;
        while self.peek().is_some_and(is_regular) {
            self.at += 1;
        }
        if self.at - start > limits::MAX_NUMBER {
            return Err(PdfError::Syntax(start));
        }
        let text = self.bytes.get(start..self.at).and_then(|raw| std::str::from_utf8(raw).ok()).unwrap_or_default();
        if let Ok(integer) = text.parse::<i64>() {
            return Ok(Kind::Integer(integer));
        }
        let digits_only = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
        match text.parse::<f64>() {
            Ok(real) if digits_only && real.is_finite() => Ok(Kind::Real(real)),
            _ => Err(PdfError::Syntax(start)),
        }
    }
}

/// The value of a hexadecimal digit in either case.
#[must_use]
pub fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &[u8]) -> Value {
        Parser::new(text, 0).value().unwrap()
    }

    #[test]
    fn references_and_numbers_are_told_apart() {
        let value = parse(b"[1 0 R 2 3 4 0 R -5 +.5]");
        let kinds: Vec<_> = value.as_array().unwrap().iter().map(|value| value.kind.clone()).collect();
        assert_eq!(
            kinds,
            [
                Kind::Reference(ObjectId::new(1)),
                Kind::Integer(2),
                Kind::Integer(3),
                Kind::Reference(ObjectId::new(4)),
                Kind::Integer(-5),
                Kind::Real(0.5)
            ]
        );
    }

    #[test]
    fn strings_are_unescaped() {
        assert_eq!(parse(b"(a\\(b\\)(c)\\101\\\r\nd\r\n)").as_string().unwrap(), b"a(b)(c)Ad\n");
        assert_eq!(parse(b"<48 656>").as_string().unwrap(), b"He`");
    }

    #[test]
    fn duplicate_keys_are_seen_through_escapes() {
        let value = parse(b"<< /Contents <00> /#43ontents <01> >>");
        assert!(value.as_dictionary().unwrap().has_duplicates());
    }

    #[test]
    fn nesting_beyond_the_limit_is_an_error_not_a_crash() {
        let deep = b"[".repeat(1_000_000);
        assert!(matches!(Parser::new(&deep, 0).value(), Err(PdfError::TooDeep(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Parser::new(&bytes, 0).value();
        }

        #[test]
        fn any_literal_string_reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut written = Vec::new();
            lopdf::writer_free_literal(&bytes, &mut written);
            let read = parse(&written);
            prop_assert_eq!(read.as_string().unwrap(), &bytes[..]);
        }
    }

    mod lopdf {
        /// lopdf writes what we read: the two must agree on escapes.
        pub(super) fn writer_free_literal(bytes: &[u8], out: &mut Vec<u8>) {
            let object = ::lopdf::Object::String(bytes.to_vec(), ::lopdf::StringFormat::Literal);
            ::lopdf::Writer::write_object(out, &object).unwrap();
        }
    }
}
