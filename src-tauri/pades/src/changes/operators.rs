//! Operators of a content stream, read as every reader reads them or not at all (ISO 32000-2, 7.8.2 and Annex A).

use pdf::{Kind, Value, syntax::Parser};

/// Whether a known operator has just the operands that it takes (Annex A): readers take surplus ones from either end,
/// or drop them. What is no operator has none that matter.
pub(super) fn is_well_formed(operator: &[u8], operands: &[Value]) -> bool {
    let all = |count: usize| operands.len() == count && operands.iter().all(|value| value.as_f64().is_some());
    let name = |value: Option<&Value>| value.and_then(Value::as_name).is_some();
    let string = |value: Option<&Value>| value.and_then(Value::as_string).is_some();
    match operator {
        b"q" | b"Q" | b"h" | b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"n" | b"W" | b"W*"
        | b"BT" | b"ET" | b"T*" | b"EMC" | b"BX" | b"EX" => operands.is_empty(),
        b"w" | b"J" | b"j" | b"M" | b"i" | b"Tc" | b"Tw" | b"Tz" | b"TL" | b"Ts" | b"Tr" | b"g" | b"G" => all(1),
        b"m" | b"l" | b"Td" | b"TD" | b"d0" => all(2),
        b"rg" | b"RG" => all(3),
        b"v" | b"y" | b"re" | b"k" | b"K" => all(4),
        b"c" | b"cm" | b"Tm" | b"d1" => all(6),
        b"d" => matches!(operands, [dash, phase] if dash.as_array().is_some() && phase.as_f64().is_some()),
        b"gs" | b"ri" | b"sh" | b"Do" | b"cs" | b"CS" | b"BMC" | b"MP" => operands.len() == 1 && name(operands.first()),
        b"BDC" | b"DP" => operands.len() == 2 && name(operands.first()),
        b"Tf" => matches!(operands, [font, size] if font.as_name().is_some() && size.as_f64().is_some()),
        b"Tj" | b"'" => operands.len() == 1 && string(operands.first()),
        b"\"" => {
            matches!(operands, [word, character, text]
                if word.as_f64().is_some() && character.as_f64().is_some() && text.as_string().is_some())
        }
        b"TJ" => {
            let parts = operands.first().and_then(Value::as_array);
            let is_part = |value: &Value| value.as_f64().is_some() || value.as_string().is_some();
            operands.len() == 1 && parts.is_some_and(|parts| parts.iter().all(is_part))
        }
        _ => operands.iter().all(|value| value.as_reference().is_none()),
    }
}

/// Operators of a content stream with their operands (7.8.2); `None` once where the stream cannot be read on.
pub(crate) struct Operations<'d> {
    data: &'d [u8],
    at: usize,
    is_over: bool,
    max_operands: usize,
}

/// Most operands of one operator; the standard's largest has 33.
const MAX_OPERANDS: usize = 64;

/// Most operands in a character map: blocks of a hundred ranges with three each (9.7.5.4, Adobe Technical Note 5014).
const MAX_MAP_OPERANDS: usize = 300;

impl<'d> Operations<'d> {
    pub(crate) fn new(data: &'d [u8]) -> Self {
        Self { data, at: 0, is_over: false, max_operands: MAX_OPERANDS }
    }

    /// Operators of a character map, whose blocks are longer than anything a page says.
    pub(crate) fn of_map(data: &'d [u8]) -> Self {
        Self { max_operands: MAX_MAP_OPERANDS, ..Self::new(data) }
    }

    fn next_operation(&mut self) -> Option<Option<(Vec<u8>, Vec<Value>)>> {
        let mut operands = Vec::new();
        loop {
            let mut parser = Parser::new(self.data, self.at);
            parser.skip_blank();
            self.at = parser.position();
            let first = *self.data.get(self.at)?;
            let is_word = first.is_ascii_alphabetic() || matches!(first, b'\'' | b'"');
            if is_word {
                let rest = self.data.get(self.at..).unwrap_or_default();
                let length = rest
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'\'' | b'"'))
                    .count();
                let word = rest.get(..length).unwrap_or_default();
                if !matches!(word, b"true" | b"false" | b"null") {
                    self.at += length;
                    // What follows an operator at once belongs to it for some readers, and not for others.
                    let is_border = |byte: &u8| pdf::syntax::is_whitespace(*byte) || b"()<>[]{}/%".contains(byte);
                    if self.data.get(self.at).is_some_and(|byte| !is_border(byte)) {
                        return Some(None);
                    }
                    let word = word.to_vec();
                    if word == b"BI" && !self.skip_inline_image() {
                        return Some(None);
                    }
                    return Some(Some((word, operands)));
                }
            }
            match parser.value() {
                // A reference is two numbers and the operator R, which does not exist here.
                Ok(value) if operands.len() < self.max_operands => {
                    self.at = parser.position();
                    operands.push(value);
                }
                _ => return Some(None),
            }
        }
    }

    /// Passes over an inline image, to just after its `EI`; false where readers may find another end of it.
    fn skip_inline_image(&mut self) -> bool {
        let Some((begin, length)) = self.inline_image() else { return false };
        let rest = self.data.get(begin..).unwrap_or_default();
        let is_blank = |byte: Option<&u8>| byte.is_none_or(|byte| pdf::syntax::is_whitespace(*byte));
        let ends_at = |at: usize| {
            rest.get(at..at + 2) == Some(b"EI") && (at == 0 || is_blank(rest.get(at - 1))) && is_blank(rest.get(at + 2))
        };
        let first = (0..rest.len()).find(|at| ends_at(*at));
        let Some(end) = first else { return false };
        let is_right = (length..=length + 2).contains(&end);
        self.at = begin + end + 2;
        is_right
    }

    /// Where the data of an inline image begin, and their length; nothing where they are packed (8.9.7).
    fn inline_image(&self) -> Option<(usize, usize)> {
        /// Most keys of an inline image; there are eleven.
        const MAX_KEYS: usize = 24;
        let mut parser = Parser::new(self.data, self.at);
        let mut keys: Vec<(Vec<u8>, Value)> = Vec::new();
        let begin = loop {
            parser.skip_blank();
            let at = parser.position();
            if self.data.get(at..)?.starts_with(b"ID") {
                break at + 3;
            }
            let key = parser.value().ok()?.as_name()?.to_vec();
            parser.skip_blank();
            keys.push((key, parser.value().ok()?));
            if keys.len() > MAX_KEYS {
                return None;
            }
        };
        let get =
            |names: [&[u8]; 2]| keys.iter().find(|(key, _)| names.contains(&key.as_slice())).map(|(_, value)| value);
        // Packed data end where they say themselves: readers look for it in their own ways.
        if get([b"F", b"Filter"]).is_some() {
            return None;
        }
        let whole = |names| get(names).and_then(Value::as_integer).and_then(|number| usize::try_from(number).ok());
        let (width, height) = (whole([b"W", b"Width"])?, whole([b"H", b"Height"])?);
        let is_mask = get([b"IM", b"ImageMask"]).is_some_and(|value| value.kind == Kind::Boolean(true));
        let colors = match get([b"CS", b"ColorSpace"]).and_then(Value::as_name) {
            _ if is_mask => 1,
            Some(b"G" | b"DeviceGray" | b"CalGray") => 1,
            Some(b"RGB" | b"DeviceRGB") => 3,
            Some(b"CMYK" | b"DeviceCMYK") => 4,
            _ => return None,
        };
        let bits = if is_mask { 1 } else { whole([b"BPC", b"BitsPerComponent"])? };
        let row = width.checked_mul(colors)?.checked_mul(bits)?.div_ceil(8);
        Some((begin, row.checked_mul(height)?))
    }
}

impl Iterator for Operations<'_> {
    type Item = Option<(Vec<u8>, Vec<Value>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let operation = self.next_operation();
        self.is_over = !matches!(operation, Some(Some(_)));
        operation
    }
}

/// How light a colour is, from 0 to 1, that `g`, `rg` or `k` sets (8.6.8).
pub(super) fn lightness(operator: &[u8], operands: &[Value]) -> Option<f64> {
    // Beyond its ends a scale goes on for no reader.
    let number = |index: usize| operands.get(index).and_then(Value::as_f64).unwrap_or(0.0).clamp(0.0, 1.0);
    let of_light = |red: f64, green: f64, blue: f64| 0.299 * red + 0.587 * green + 0.114 * blue;
    let left = |ink: f64| (1.0 - ink) * (1.0 - number(3));
    match operator {
        b"g" => Some(number(0)),
        b"rg" => Some(of_light(number(0), number(1), number(2))),
        b"k" => Some(of_light(left(number(0)), left(number(1)), left(number(2)))),
        _ => None,
    }
}
