//! The text that a field's appearance shows, if it shows text and nothing else.

use pdf::{Dictionary, Kind, PdfError, Value};

use super::{
    annotations,
    compare::{Pair, Resolved},
    content::Operations,
};

/// What an appearance shows.
pub(super) enum Shown {
    /// Only this text.
    Text(String),
    /// Something that cannot be compared with a value.
    Unclear,
}

/// The fourteen fonts that every reader has (ISO 32000-2, 9.6.2.2), but for the two of symbols.
const STANDARD_FONTS: [&[u8]; 12] = [
    b"Helvetica",
    b"Helvetica-Bold",
    b"Helvetica-Oblique",
    b"Helvetica-BoldOblique",
    b"Times-Roman",
    b"Times-Bold",
    b"Times-Italic",
    b"Times-BoldItalic",
    b"Courier",
    b"Courier-Bold",
    b"Courier-Oblique",
    b"Courier-BoldOblique",
];

/// Smallest font size in points that counts as showing something.
const MIN_SIZE: f64 = 1.0;

/// How a font turns bytes into characters.
enum Reading {
    /// One byte a character, with differences by code.
    Simple(Vec<(u8, char)>),
    /// Two bytes a character, by its `/ToUnicode`.
    Mapped(Vec<(u16, String)>),
}

/// Reads an appearance stream. Any operator that could draw other things than text, lines and a background makes it
/// unclear, and so does a font that came with the change.
pub(super) fn shown_text(pair: &Pair<'_, '_>, form: &Resolved, revision: usize) -> Result<Shown, PdfError> {
    let Some(keys) = form.dictionary().filter(|keys| form.data.is_some() && !keys.has_duplicates()) else {
        return Ok(Shown::Unclear);
    };
    let data = match pair.decoded(form, revision) {
        Ok(data) => data,
        Err(error @ PdfError::Limit(_)) => return Err(error),
        Err(_) => return Ok(Shown::Unclear),
    };
    // A matrix that enlarges draws beyond the field in readers that take it as it stands.
    let matrix = pair.get(keys, b"Matrix", revision)?;
    let is_plain = matrix
        .value
        .as_array()
        .unwrap_or_default()
        .iter()
        .take(4)
        .all(|number| number.as_f64().is_some_and(|number| number.abs() <= 1.0));
    if !is_plain {
        return Ok(Shown::Unclear);
    }
    let area = pair.get(keys, b"BBox", revision)?;
    let area = annotations::numbers(pair, &area, revision)?;
    let resources = pair.get(keys, b"Resources", revision)?;
    let resources = resources.dictionary().cloned().unwrap_or_default();
    let mut text = String::new();
    let mut font: Option<Reading> = None;
    let (mut has_text, mut size) = (false, 0.0f64);
    let mut position = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let mut line = (0.0, 0.0);
    for operation in Operations::new(&data) {
        let Some((operator, operands)) = operation else { return Ok(Shown::Unclear) };
        let number = |index: usize| operands.get(index).and_then(Value::as_f64).unwrap_or(0.0);
        match operator.as_slice() {
            // Marks, state, colours, clipping to rectangles, and lines.
            b"BMC" | b"BDC" | b"EMC" | b"MP" | b"DP" | b"q" | b"Q" | b"W" | b"W*" | b"n" | b"w" | b"J" | b"j"
            | b"M" | b"d" | b"g" | b"G" | b"rg" | b"RG" | b"k" | b"K" | b"BT" | b"ET" | b"Tc" | b"Tw" | b"TL"
            | b"Tz" | b"m" | b"l" | b"S" | b"s" | b"re" | b"i" | b"ri" => {
                if operator == b"BT" {
                    position = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
                    line = (0.0, 0.0);
                }
            }
            // A background, before any text: afterwards it would cover it.
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" if !has_text => {}
            // Only text that is filled or stroked is seen.
            b"Tr" if matches!(number(0), 0.0 | 1.0 | 2.0) => {}
            b"Tf" => {
                size = number(1);
                let name = operands.first().and_then(Value::as_name).unwrap_or_default();
                font = reading_of(pair, &resources, name, revision)?;
                if font.is_none() {
                    return Ok(Shown::Unclear);
                }
            }
            b"Tm" => {
                position = [number(0), number(1), number(2), number(3), number(4), number(5)];
                line = (0.0, 0.0);
            }
            b"Td" | b"TD" => line = (line.0 + number(0), line.1 + number(1)),
            b"T*" => {}
            b"Tj" | b"TJ" | b"'" | b"\"" => {
                let Some(font) = &font else { return Ok(Shown::Unclear) };
                has_text = true;
                let [a, b, c, d, e, f] = position;
                let scale = (a.abs() + b.abs()).max(c.abs() + d.abs());
                let (x, y) = (a * line.0 + c * line.1 + e, b * line.0 + d * line.1 + f);
                let reach = size.abs() * scale;
                let is_inside = area.is_some_and(|[left, bottom, right, top]| {
                    x >= left - reach && x <= right + reach && y >= bottom - reach && y <= top + reach
                });
                if reach < MIN_SIZE || !is_inside {
                    return Ok(Shown::Unclear);
                }
                for operand in &operands {
                    if !read_into(&mut text, operand, font) {
                        return Ok(Shown::Unclear);
                    }
                }
            }
            _ => return Ok(Shown::Unclear),
        }
    }
    Ok(Shown::Text(text))
}

fn read_into(text: &mut String, operand: &Value, font: &Reading) -> bool {
    match &operand.kind {
        Kind::Array(parts) => parts.iter().all(|part| read_into(text, part, font)),
        Kind::String { bytes, .. } => match font {
            Reading::Simple(differences) => {
                for byte in bytes {
                    let own = differences.iter().find(|(code, _)| code == byte).map(|(_, character)| *character);
                    match own.or_else(|| windows_1252(*byte)) {
                        Some(character) => text.push(character),
                        None => return false,
                    }
                }
                true
            }
            Reading::Mapped(map) => bytes.chunks(2).all(|pair| {
                let code = pair.iter().fold(0u16, |code, byte| code << 8 | u16::from(*byte));
                match map.binary_search_by_key(&code, |(code, _)| *code).ok().and_then(|index| map.get(index)) {
                    Some((_, characters)) => {
                        text.push_str(characters);
                        true
                    }
                    None => false,
                }
            }),
        },
        // Kerning, and the spacing of `"`.
        _ => true,
    }
}

/// How a font of the appearance reads: one that was there before, unchanged, or a standard one.
fn reading_of(
    pair: &Pair<'_, '_>,
    resources: &Dictionary,
    name: &[u8],
    revision: usize,
) -> Result<Option<Reading>, PdfError> {
    let fonts = pair.get(resources, b"Font", revision)?;
    let Some(entry) = fonts.dictionary().and_then(|fonts| fonts.get(name)).cloned() else { return Ok(None) };
    let font = pair.resolve(&entry, revision)?;
    let Some(keys) = font.dictionary() else { return Ok(None) };
    let is_old = revision == pair.before
        || match font.id {
            Some(id) => {
                let existed = !matches!(pair.document.locate(id.number, pair.before), None | Some(pdf::Location::Free));
                existed && pair.same(&entry, &entry)?
            }
            None => false,
        };
    let is_standard = keys.name(b"Subtype") == Some(b"Type1")
        && keys.name(b"BaseFont").is_some_and(|name| STANDARD_FONTS.contains(&name))
        && keys.get(b"FontDescriptor").is_none()
        && !keys.has_duplicates_within();
    if !is_old && !is_standard {
        return Ok(None);
    }
    if keys.name(b"Subtype") == Some(b"Type0") {
        let map = pair.get(keys, b"ToUnicode", revision)?;
        return Ok(match pair.decoded(&map, revision) {
            Ok(map) => Some(Reading::Mapped(to_unicode(&map))),
            Err(_) => None,
        });
    }
    let encoding = pair.get(keys, b"Encoding", revision)?;
    let mut differences = Vec::new();
    if let Some(encoding) = encoding.dictionary() {
        let list = pair.get(encoding, b"Differences", revision)?;
        let mut code = 0i64;
        for item in list.value.as_array().unwrap_or_default() {
            match &item.kind {
                Kind::Integer(number) => code = *number,
                Kind::Name(glyph) => {
                    if let Ok(byte) = u8::try_from(code) {
                        // A glyph without a known name shows something that no value can say.
                        differences.push((byte, glyph_character(glyph).unwrap_or(char::REPLACEMENT_CHARACTER)));
                    }
                    code += 1;
                }
                _ => {}
            }
        }
    }
    Ok(Some(Reading::Simple(differences)))
}

/// WinAnsiEncoding (Annex D), with which PDFDocEncoding and the standard one agree on what values are made of.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '•', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '•', 'Ž', '•', '•', '‘', '’', '“', '”', '•',
        '–', '—', '˜', '™', 'š', '›', 'œ', '•', 'ž', 'Ÿ',
    ];
    match byte {
        9 | 10 | 13 => Some(' '),
        0x20..=0x7E | 0xA0..=0xFF => Some(char::from(byte)),
        0x80..=0x9F => HIGH.get(usize::from(byte) - 0x80).copied(),
        _ => None,
    }
}

/// The characters of glyph names that text of this country is made of (Adobe Glyph List).
fn glyph_character(name: &[u8]) -> Option<char> {
    if let [letter @ (b'A'..=b'Z' | b'a'..=b'z')] = name {
        return Some(char::from(*letter));
    }
    let name = std::str::from_utf8(name).ok()?;
    if let Some(hex) = name.strip_prefix("uni").filter(|hex| hex.len() == 4) {
        return char::from_u32(u32::from_str_radix(hex, 16).ok()?);
    }
    const NAMES: [(&str, char); 44] = [
        ("space", ' '),
        ("exclam", '!'),
        ("quotedbl", '"'),
        ("numbersign", '#'),
        ("dollar", '$'),
        ("percent", '%'),
        ("ampersand", '&'),
        ("quotesingle", '\''),
        ("parenleft", '('),
        ("parenright", ')'),
        ("asterisk", '*'),
        ("plus", '+'),
        ("comma", ','),
        ("hyphen", '-'),
        ("period", '.'),
        ("slash", '/'),
        ("zero", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
        ("colon", ':'),
        ("semicolon", ';'),
        ("less", '<'),
        ("equal", '='),
        ("greater", '>'),
        ("question", '?'),
        ("at", '@'),
        ("underscore", '_'),
        ("bar", '|'),
        ("bullet", '•'),
        ("ordfeminine", 'ª'),
        ("ordmasculine", 'º'),
        ("degree", '°'),
        ("section", '§'),
        ("endash", '–'),
        ("emdash", '—'),
        ("nbspace", ' '),
        ("Euro", '€'),
    ];
    const ACCENTS: [(&str, char); 7] = [
        ("acute", '\u{301}'),
        ("grave", '\u{300}'),
        ("circumflex", '\u{302}'),
        ("tilde", '\u{303}'),
        ("dieresis", '\u{308}'),
        ("cedilla", '\u{327}'),
        ("ring", '\u{30A}'),
    ];
    if let Some((_, character)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*character);
    }
    let mut characters = name.chars();
    let (base, accent) = (characters.next()?, characters.as_str());
    let (_, mark) = ACCENTS.iter().find(|(known, _)| *known == accent)?;
    composed(base, *mark)
}

/// Letters of Latin-1 by their base and mark.
fn composed(base: char, mark: char) -> Option<char> {
    const MARKS: [(char, &str, &str); 7] = [
        ('\u{300}', "AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
        ('\u{301}', "AEIOUYaeiouy", "ÁÉÍÓÚÝáéíóúý"),
        ('\u{302}', "AEIOUaeiou", "ÂÊÎÔÛâêîôû"),
        ('\u{303}', "ANOano", "ÃÑÕãñõ"),
        ('\u{308}', "AEIOUaeiouy", "ÄËÏÖÜäëïöüÿ"),
        ('\u{327}', "Cc", "Çç"),
        ('\u{30A}', "Aa", "Åå"),
    ];
    let (_, bases, letters) = MARKS.iter().find(|(known, ..)| *known == mark)?;
    let index = bases.chars().position(|other| other == base)?;
    letters.chars().nth(index)
}

/// `bfchar` and `bfrange` of a ToUnicode map (9.10.3), sorted by code.
fn to_unicode(map: &[u8]) -> Vec<(u16, String)> {
    /// Most codes of one map: two bytes have no more.
    const MAX_CODES: usize = 65_536;
    let mut codes: Vec<(u16, String)> = Vec::new();
    let code = |value: &Value| {
        value
            .as_string()
            .filter(|bytes| bytes.len() == 2)
            .map(|bytes| bytes.iter().fold(0u16, |code, byte| code << 8 | u16::from(*byte)))
    };
    let text = |bytes: &[u8]| {
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))).collect();
        String::from_utf16_lossy(&units)
    };
    for operation in Operations::new(map) {
        let Some((operator, operands)) = operation else { break };
        match operator.as_slice() {
            b"endbfchar" => {
                for pair in operands.chunks(2) {
                    if let [from, to] = pair
                        && let (Some(from), Some(to)) = (code(from), to.as_string())
                        && codes.len() < MAX_CODES
                    {
                        codes.push((from, text(to)));
                    }
                }
            }
            b"endbfrange" => {
                for triple in operands.chunks(3) {
                    let [first, last, to] = triple else { continue };
                    let (Some(first), Some(last)) = (code(first), code(last)) else { continue };
                    for (offset, from) in (0u16..).zip(first..=last) {
                        if codes.len() >= MAX_CODES {
                            break;
                        }
                        let target = match &to.kind {
                            Kind::Array(list) => list.get(usize::from(offset)).and_then(Value::as_string).map(text),
                            Kind::String { bytes, .. } => {
                                let mut units: Vec<u16> = text(bytes).encode_utf16().collect();
                                if let Some(unit) = units.last_mut() {
                                    *unit = unit.wrapping_add(offset);
                                }
                                Some(String::from_utf16_lossy(&units))
                            }
                            _ => None,
                        };
                        codes.extend(target.map(|target| (from, target)));
                    }
                }
            }
            _ => {}
        }
    }
    codes.sort_by_key(|(code, _)| *code);
    codes
}
