//! Which letters a font's codes stand for.

use std::rc::Rc;

use pdf::{Dictionary, Kind, PdfError, Value};

use super::{
    compare::{Pair, Resolved},
    encoding::{glyph_character, to_unicode, windows_1252},
    fonts,
};

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

/// The two of symbols.
const SIGN_FONTS: [&[u8]; 2] = [b"Symbol", b"ZapfDingbats"];

/// What a standard font may say of itself: nothing that places its letters elsewhere.
pub(super) const STANDARD_KEYS: [&[u8]; 5] = [b"Type", b"Subtype", b"BaseFont", b"Encoding", b"Name"];

/// How a font turns bytes into characters, and how wide they are.
pub(super) struct Letters {
    reading: Reading,
    font: Rc<fonts::Font>,
}

pub(super) enum Reading {
    /// One byte a character; by code, nothing where the code shows something that no value can say.
    Simple(Box<[Option<char>; 256]>),
    /// Two bytes a character, by its `/ToUnicode`.
    Mapped(Vec<(u16, String)>),
}

/// What a shown string does, one thing after the other.
pub(super) enum Step<'s> {
    /// Shows what a code stands for.
    Letter {
        /// As text.
        text: &'s str,
        /// Least and largest width, as parts of the font's size.
        width: (f64, f64),
        /// The code that `Tw` widens: one byte, a blank.
        is_word: bool,
    },
    /// Moves on, in thousandths of the font's size to the left.
    Move(f64),
}

impl Letters {
    /// Walks along a shown string; nothing where one of its codes says what no value can, or the walk was ended.
    pub(super) fn walk(&self, operand: &Value, step: &mut dyn FnMut(Step<'_>) -> Option<()>) -> Option<()> {
        let bytes = match &operand.kind {
            Kind::Array(parts) => return parts.iter().try_for_each(|part| self.walk(part, step)),
            Kind::String { bytes, .. } => bytes,
            _ => return step(Step::Move(operand.as_f64()?)),
        };
        match &self.reading {
            Reading::Simple(characters) => bytes.iter().try_for_each(|byte| {
                let letter = characters.get(usize::from(*byte)).copied().flatten()?;
                let width = self.font.width_of(&[*byte], Some(letter));
                step(Step::Letter { text: letter.encode_utf8(&mut [0; 4]), width, is_word: *byte == b' ' })
            }),
            Reading::Mapped(map) => bytes.chunks(2).try_for_each(|pair| {
                let code = pair.iter().fold(0u16, |code, byte| code << 8 | u16::from(*byte));
                let (_, text) = map.get(map.binary_search_by_key(&code, |(code, _)| *code).ok()?)?;
                step(Step::Letter { text, width: self.font.width_of(pair, None), is_word: false })
            }),
        }
    }
}

/// The letters of a font that an appearance names; nothing where they cannot be told.
pub(super) fn letters_of(
    pair: &Pair<'_, '_>,
    resources: &Dictionary,
    name: &[u8],
    revision: usize,
) -> Result<Option<Letters>, PdfError> {
    let Some(reading) = reading_of(pair, resources, name, revision)? else { return Ok(None) };
    let fonts = pair.get(resources, b"Font", revision)?;
    let Some(font) = fonts.dictionary().and_then(|fonts| fonts.get(name)) else { return Ok(None) };
    let font = fonts::font_at(pair, font, revision)?;
    if font.is_drawn() {
        return Ok(None);
    }
    let reading = match reading {
        // A letter without a width is hidden below the next one.
        Reading::Simple(mut characters) => {
            for (code, character) in (0..=u8::MAX).zip(characters.iter_mut()) {
                *character = character.filter(|letter| letter.is_whitespace() || !font.is_squeezed(code));
            }
            Reading::Simple(characters)
        }
        // A glyph that is called a blank, and of which nobody knows that it is one, may be any letter.
        Reading::Mapped(mut map) => {
            map.retain(|(code, text)| !text.trim().is_empty() || font.is_known_blank(*code));
            Reading::Mapped(map)
        }
    };
    Ok(Some(Letters { reading, font }))
}

/// How a font of the appearance reads: one that was there before, unchanged, or a standard one.
fn reading_of(
    pair: &Pair<'_, '_>,
    resources: &Dictionary,
    name: &[u8],
    revision: usize,
) -> Result<Option<Reading>, PdfError> {
    let fonts = pair.get(resources, b"Font", revision)?;
    // A stream is no dictionary to some readers.
    let plain = |resolved: &Resolved| resolved.dictionary().filter(|_| resolved.data.is_none()).cloned();
    let Some(entry) = plain(&fonts).and_then(|fonts| fonts.get(name).cloned()) else { return Ok(None) };
    let font = pair.resolve(&entry, revision)?;
    let Some(keys) = &plain(&font) else { return Ok(None) };
    let is_old = revision == pair.before || is_known_font(pair, &entry)?;
    if is_of_signs(keys) || (!is_old && !is_standard(keys)) {
        return Ok(None);
    }
    if keys.name(b"Subtype") == Some(b"Type0") {
        let map = pair.get(keys, b"ToUnicode", revision)?;
        return Ok(pair.decoded(&map, revision)?.map(|map| Reading::Mapped(to_unicode(&map))));
    }
    let encoding = pair.get(keys, b"Encoding", revision)?;
    if encoding.data.is_some() {
        return Ok(None);
    }
    let base = match encoding.dictionary() {
        Some(encoding) => pair.get(encoding, b"BaseEncoding", revision)?,
        None => encoding.clone(),
    };
    // These agree on what numbers and plain letters are; others have small figures in their places.
    let known: [&[u8]; 4] = [b"WinAnsiEncoding", b"MacRomanEncoding", b"StandardEncoding", b"PDFDocEncoding"];
    if !base.value.as_name().map_or(base.is_null(), |name| known.contains(&name)) {
        return Ok(None);
    }
    let is_usual = base.value.as_name() == Some(b"WinAnsiEncoding");
    let mut characters = Box::new([None; 256]);
    for (byte, character) in (0..=u8::MAX).zip(characters.iter_mut()) {
        *character = windows_1252(byte).filter(|_| is_usual || byte.is_ascii());
    }
    let descriptor = pair.get(keys, b"FontDescriptor", revision)?;
    let is_embedded = descriptor.dictionary().is_some_and(|keys| {
        [b"FontFile".as_slice(), b"FontFile2", b"FontFile3"].iter().any(|program| keys.get(program).is_some())
    });
    if let Some(encoding) = encoding.dictionary() {
        /// `/Flags` bit 3: of signs, whose codes some readers take for glyphs whatever the encoding says.
        const SYMBOLIC: i64 = 1 << 2;
        let flags = descriptor.dictionary().map(|keys| pair.flags(keys, b"Flags", revision)).transpose()?;
        if keys.name(b"Subtype") == Some(b"TrueType") && flags.unwrap_or(0) & SYMBOLIC != 0 {
            return Ok(None);
        }
        let list = pair.get(encoding, b"Differences", revision)?;
        if !list.is_null() && list.value.as_array().is_none() {
            return Ok(None);
        }
        let mut code = 0i64;
        for item in list.value.as_array().unwrap_or_default() {
            match &pair.resolve(item, revision)?.value.kind {
                // Some readers keep only the lower digits of a large one.
                Kind::Integer(number) if u8::try_from(*number).is_ok() => code = *number,
                Kind::Name(glyph) => {
                    if let Some(character) = usize::try_from(code).ok().and_then(|code| characters.get_mut(code)) {
                        // A glyph without a known name shows something that no value can say.
                        // Only its own program knows a glyph by number.
                        *character = glyph_character(glyph).filter(|_| is_embedded || !glyph.starts_with(b"uni"));
                    }
                    code = code.saturating_add(1);
                }
                // What is neither stops some readers and not others.
                _ => return Ok(None),
            }
        }
    }
    Ok(Some(Reading::Simple(characters)))
}

/// Whether a font is of signs: no byte is then the letter it would be elsewhere.
pub(super) fn is_of_signs(keys: &Dictionary) -> bool {
    keys.name(b"BaseFont").is_some_and(|name| {
        let own = name.iter().position(|byte| *byte == b'+').and_then(|plus| name.get(plus + 1..)).unwrap_or(name);
        let own = String::from_utf8_lossy(own).to_lowercase();
        ["symbol", "dingbats", "wingdings", "webdings"].iter().any(|family| own.contains(family))
    })
}

/// Whether a font is one that every reader has, as it is.
pub(super) fn is_standard(keys: &Dictionary) -> bool {
    keys.name(b"Subtype") == Some(b"Type1")
        && keys.name(b"BaseFont").is_some_and(|name| STANDARD_FONTS.contains(&name) || SIGN_FONTS.contains(&name))
        && keys.entries.iter().all(|entry| STANDARD_KEYS.contains(&entry.key.as_slice()))
        && !keys.is_ambiguous()
}

/// Whether the form offered this font before (`/DR`), as it is now: one that merely lay in the file is no font of it.
fn is_known_font(pair: &Pair<'_, '_>, entry: &Value) -> Result<bool, PdfError> {
    let catalog = pair.document.root_at(pair.before)?;
    let form = pair.get(catalog.dictionary()?, b"AcroForm", pair.before)?;
    let Some(form) = form.dictionary() else { return Ok(false) };
    let offered = pair.get(form, b"DR", pair.before)?;
    let Some(offered) = offered.dictionary() else { return Ok(false) };
    let fonts = pair.get(offered, b"Font", pair.before)?;
    for known in fonts.dictionary().map(|fonts| fonts.entries.as_slice()).unwrap_or_default() {
        if pair.same(&known.value, entry)? {
            return Ok(true);
        }
    }
    Ok(false)
}
