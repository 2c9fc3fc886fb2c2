//! What codes and names of glyphs mean as characters.

use pdf::{Kind, Value};

use super::operators::Operations;

/// WinAnsiEncoding (Annex D), with which PDFDocEncoding and the standard one agree on what values are made of.
pub(super) fn windows_1252(byte: u8) -> Option<char> {
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

/// The code of a character in that encoding.
pub(super) fn windows_1252_code(character: char) -> Option<u8> {
    (0x20..=u8::MAX).find(|code| windows_1252(*code) == Some(character))
}

/// The characters of glyph names that text of this country is made of (Adobe Glyph List).
pub(super) fn glyph_character(name: &[u8]) -> Option<char> {
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
    unicode_normalization::char::compose(base, *mark)
}

/// `bfchar` and `bfrange` of a ToUnicode map (9.10.3), sorted by code.
pub(super) fn to_unicode(map: &[u8]) -> Vec<(u16, String)> {
    /// Most codes of one map: two bytes have no more.
    const MAX_CODES: usize = 65_536;
    let mut codes: Vec<(u16, String)> = Vec::new();
    let code = |value: &Value| {
        value
            .as_string()
            .filter(|bytes| (1..=2).contains(&bytes.len()))
            .map(|bytes| bytes.iter().fold(0u16, |code, byte| code << 8 | u16::from(*byte)))
    };
    let text = |bytes: &[u8]| {
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))).collect();
        String::from_utf16_lossy(&units)
    };
    for operation in Operations::of_map(map) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_with_full_blocks_is_read_whole() {
        let block = |first: u32, kind: &str, line: &dyn Fn(u32) -> String| {
            let lines: Vec<String> = (first..first + 100).map(line).collect();
            format!("100 begin{kind}\n{}\nend{kind}\n", lines.join("\n"))
        };
        let single = |code: u32| format!("<{code:04X}> <{:04X}>", code + 0x20);
        let range = |code: u32| format!("<{code:04X}> <{code:04X}> <{:04X}>", code + 0x20);
        let map = block(1, "bfchar", &single) + &block(101, "bfrange", &range) + &block(201, "bfchar", &single);
        let codes = to_unicode(map.as_bytes());
        assert_eq!(codes.len(), 300);
        assert_eq!(codes.first(), Some(&(1, "!".to_owned())));
        assert_eq!(codes.last().map(|(code, _)| *code), Some(300));
    }

    #[test]
    fn names_of_glyphs_are_put_together_from_letter_and_mark() {
        for (name, character) in
            [("atilde", Some('ã')), ("Ccedilla", Some('Ç')), ("eacute", Some('é')), ("qtilde", None)]
        {
            assert_eq!(glyph_character(name.as_bytes()), character, "{name}");
        }
    }
}
