//! Fonts, as far as the letters of a page have to be placed (ISO 32000-2, 9).

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use pdf::{Dictionary, Kind, PdfError, Value};

use super::{
    compare::Pair,
    content::UNCLEAR,
    encoding::{self, windows_1252_code},
    metrics::{FIRST_METRIC, Metrics, metrics_of},
};

/// Least width of a character: the glyph of a font that says less reaches further than it says.
const MIN_WIDTH: f64 = 0.15;

/// A font, as far as its letters have to be placed.
#[derive(Default)]
pub(super) struct Font {
    widths: Widths,
    /// Blanks, lines and dots have the codes they usually have.
    is_usual: bool,
    /// Its letters may be drawn anywhere: Type 3, or from top to bottom.
    is_drawn: bool,
    two_bytes: bool,
    /// Codes of which the font says that they show nothing.
    blanks: HashSet<u16>,
    /// Those of them whose glyphs were looked at: whether the glyph is a flat bar, else it shows nothing.
    looked_at: HashMap<u16, bool>,
}

/// How wide the letters are, in parts of the font's size.
#[derive(Default)]
enum Widths {
    /// Of a font that every reader has.
    Standard(&'static Metrics),
    /// From a first code on.
    Simple(i64, Vec<Option<f64>>),
    /// Of composite fonts: the usual width, and those of single codes.
    Composite(f64, HashMap<u16, f64>),
    /// Codes of unknown length.
    #[default]
    Unknown,
}

/// A font as it is at a revision.
///
/// # Errors
/// [`PdfError::Limit`] where its letters cannot be placed.
pub(super) fn font_at(pair: &Pair<'_, '_>, font: &Value, revision: usize) -> Result<Rc<Font>, PdfError> {
    Fonts { pair, revision }.font(font)
}

/// Fonts of one revision.
struct Fonts<'f, 'a> {
    pair: &'f Pair<'f, 'a>,
    revision: usize,
}

impl Fonts<'_, '_> {
    fn font(&self, font: &Value) -> Result<Rc<Font>, PdfError> {
        let font = self.pair.resolve(font, self.revision)?;
        let Some(keys) = font.dictionary() else { return Err(UNCLEAR) };
        let encoding = self.pair.get(keys, b"Encoding", self.revision)?;
        let kind = self.pair.get(keys, b"Subtype", self.revision)?;
        let blanks = self.blanks(keys)?;
        if kind.value.as_name() == Some(b"Type0") {
            let name = encoding.value.as_name().unwrap_or_default();
            let widths = if name == b"Identity-H" { self.composite_widths(keys)? } else { Widths::Unknown };
            let is_drawn = name.ends_with(b"V") || encoding.data.is_some();
            let two_bytes = name == b"Identity-H";
            let looked_at = if two_bytes { self.empty_glyphs(keys, &blanks)? } else { HashMap::new() };
            return Ok(Rc::new(Font { widths, is_usual: false, is_drawn, two_bytes, blanks, looked_at }));
        }
        let widths = self.pair.get(keys, b"Widths", self.revision)?;
        let first = self.pair.get(keys, b"FirstChar", self.revision)?.value.as_integer().unwrap_or(0);
        let widths = match widths.value.as_array() {
            Some(widths) => {
                Widths::Simple(first, widths.iter().map(|width| width.as_f64().map(|width| width / 1000.0)).collect())
            }
            None => {
                let base = self.pair.get(keys, b"BaseFont", self.revision)?;
                Widths::of_standard(base.value.as_name().unwrap_or_default())
            }
        };
        let descriptor = self.pair.get(keys, b"FontDescriptor", self.revision)?;
        let missing = match descriptor.dictionary() {
            Some(keys) => self.pair.get(keys, b"MissingWidth", self.revision)?.value.as_f64().unwrap_or(0.0),
            None => 0.0,
        };
        if missing > 1000.0 {
            return Err(UNCLEAR);
        }
        Ok(Rc::new(Font {
            widths,
            is_usual: encoding.dictionary().is_none_or(|keys| keys.get(b"Differences").is_none()),
            is_drawn: kind.value.as_name() == Some(b"Type3"),
            two_bytes: false,
            blanks,
            looked_at: HashMap::new(),
        }))
    }

    /// The codes that the font's `/ToUnicode` calls blanks, or lines and dots to sign on.
    fn blanks(&self, keys: &Dictionary) -> Result<HashSet<u16>, PdfError> {
        let map = self.pair.get(keys, b"ToUnicode", self.revision)?;
        if map.data.is_none() {
            return Ok(HashSet::new());
        }
        let Some(map) = self.pair.decoded(&map, self.revision)? else { return Ok(HashSet::new()) };
        let is_blank = |text: &str| {
            text.chars().all(|letter| letter.is_whitespace() || matches!(letter, '_' | '.' | '\u{A0}' | '\u{AD}'))
        };
        Ok(encoding::to_unicode(&map).into_iter().filter(|(_, text)| is_blank(text)).map(|(code, _)| code).collect())
    }

    /// Which of these codes have a glyph without outline, or a flat bar, in the font program (as word processors embed
    /// it: TrueType, a code for each glyph).
    fn empty_glyphs(&self, keys: &Dictionary, codes: &HashSet<u16>) -> Result<HashMap<u16, bool>, PdfError> {
        /// Part of the em up to which a bar is a line to sign on.
        const FLAT: i32 = 8;
        let below = self.pair.get(keys, b"DescendantFonts", self.revision)?;
        let Some(below) = below.value.as_array().and_then(|fonts| fonts.first()) else { return Ok(HashMap::new()) };
        let below = self.pair.resolve(below, self.revision)?;
        let Some(below) = below.dictionary() else { return Ok(HashMap::new()) };
        let map = self.pair.get(below, b"CIDToGIDMap", self.revision)?;
        let is_direct = map.is_null() || map.value.as_name() == Some(b"Identity");
        let kind = self.pair.get(below, b"Subtype", self.revision)?;
        let descriptor = self.pair.get(below, b"FontDescriptor", self.revision)?;
        let Some(descriptor) = descriptor.dictionary() else { return Ok(HashMap::new()) };
        let program = self.pair.get(descriptor, b"FontFile2", self.revision)?;
        let others = [b"FontFile".as_slice(), b"FontFile3"].iter().any(|key| descriptor.get(key).is_some());
        if !is_direct || others || kind.value.as_name() != Some(b"CIDFontType2") || program.data.is_none() {
            return Ok(HashMap::new());
        }
        let Some(program) = self.pair.decoded(&program, self.revision)? else { return Ok(HashMap::new()) };
        let Ok(face) = ttf_parser::Face::parse(&program, 0) else { return Ok(HashMap::new()) };
        let em = i32::from(face.units_per_em());
        let look = |code: u16| {
            // Beyond the last glyph readers show whatever they like.
            let glyph = Some(ttf_parser::GlyphId(code)).filter(|_| code < face.number_of_glyphs())?;
            match face.outline_glyph(glyph, &mut NoPen) {
                None => face.glyph_bounding_box(glyph).is_none().then_some(false),
                Some(area) => (i32::from(area.height()).saturating_mul(FLAT) <= em).then_some(true),
            }
        };
        Ok(codes.iter().filter_map(|code| Some((*code, look(*code)?))).collect())
    }

    /// `/DW` and `/W` of the font below a composite one (9.7.4.3).
    fn composite_widths(&self, keys: &Dictionary) -> Result<Widths, PdfError> {
        /// As many codes as two bytes have.
        const MAX_CODES: usize = 65_536;
        let below = self.pair.get(keys, b"DescendantFonts", self.revision)?;
        let Some(below) = below.value.as_array().and_then(|fonts| fonts.first()) else { return Ok(Widths::Unknown) };
        let below = self.pair.resolve(below, self.revision)?;
        let Some(below) = below.dictionary() else { return Ok(Widths::Unknown) };
        let usual = self.pair.get(below, b"DW", self.revision)?.value.as_f64().unwrap_or(1000.0) / 1000.0;
        let list = self.pair.get(below, b"W", self.revision)?;
        let mut widths = HashMap::new();
        let mut parts = list.value.as_array().unwrap_or_default().iter();
        while let (Some(first), Some(next)) = (parts.next(), parts.next()) {
            let Some(first) = first.as_integer().and_then(|code| u16::try_from(code).ok()) else {
                return Ok(Widths::Unknown);
            };
            let next = self.pair.resolve(next, self.revision)?.value;
            if let Some(each) = next.as_array() {
                if each.iter().any(|width| width.as_f64().is_none()) {
                    return Ok(Widths::Unknown);
                }
                let each = each.iter().map(|width| width.as_f64().unwrap_or(1000.0) / 1000.0);
                widths.extend((first..=u16::MAX).zip(each));
            } else {
                let last = next.as_integer().and_then(|code| u16::try_from(code).ok());
                let (Some(last), Some(width)) = (last, parts.next().and_then(Value::as_f64)) else {
                    return Ok(Widths::Unknown);
                };
                widths.extend((first..=last).map(|code| (code, width / 1000.0)));
            }
            self.pair.document.spend(widths.len().min(MAX_CODES))?;
        }
        Ok(Widths::Composite(usual, widths))
    }
}

/// Draws nothing: only where a glyph reaches is asked.
struct NoPen;

impl ttf_parser::OutlineBuilder for NoPen {
    fn move_to(&mut self, _: f32, _: f32) {}
    fn line_to(&mut self, _: f32, _: f32) {}
    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {}
    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {}
    fn close(&mut self) {}
}

/// What places the letters of a line (9.3).
pub(super) struct TextState {
    pub(super) size: f64,
    pub(super) scale: f64,
    pub(super) character: f64,
    pub(super) word: f64,
    pub(super) font: Rc<Font>,
}

/// How far a shown string reaches along its line.
#[derive(Default)]
pub(super) struct Extent {
    /// Least and largest advance.
    pub(super) least: f64,
    pub(super) most: f64,
    /// What its visible letters take.
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) is_visible: bool,
    /// It has letters of which the font says that they are blank.
    pub(super) is_doubtful: bool,
}

impl TextState {
    /// How far a shown string goes, in text space.
    pub(super) fn extent(&self, operand: &Value) -> Extent {
        let mut extent = Extent { left: f64::INFINITY, right: f64::NEG_INFINITY, ..Extent::default() };
        let parts = match &operand.kind {
            Kind::Array(parts) => parts.as_slice(),
            _ => std::slice::from_ref(operand),
        };
        for part in parts {
            match &part.kind {
                Kind::String { bytes, .. } => {
                    let mut codes = bytes.chunks(if self.font.two_bytes { 2 } else { 1 }).peekable();
                    let mut before = None;
                    while let Some(code) = codes.next() {
                        // One dot ends a sentence; a row of them is a line.
                        let is_row = before == Some(code) || codes.peek() == Some(&code);
                        self.letter(&mut extent, code, is_row);
                        before = Some(code);
                    }
                }
                _ => {
                    let kern = -part.as_f64().unwrap_or(0.0) / 1000.0 * self.size * self.scale;
                    extent.least += kern;
                    extent.most += kern;
                }
            }
        }
        extent
    }

    fn letter(&self, extent: &mut Extent, code: &[u8], is_row: bool) {
        let (least, most) = self.font.width(code);
        let word = if code == b" " { self.word } else { 0.0 };
        let advance = |width: f64| (width * self.size + self.character + word) * self.scale;
        // Blanks, and the lines and dots on which people sign; a row of dashes voids what stands there.
        let is_blank = self.font.is_usual
            && (matches!(code, [b' ' | 0xA0 | 9 | 10 | 13]) || (is_row && matches!(code, [b'_' | b'.'])))
            || code.is_empty();
        let number = code.iter().fold(0u16, |number, byte| number << 8 | u16::from(*byte));
        // A bar alone may be a minus.
        let is_blank = is_blank || self.font.looked_at.get(&number).is_some_and(|is_bar| !is_bar || is_row);
        let is_doubtful = !is_blank && self.font.blanks.contains(&number);
        if !is_blank {
            let drawn = if most < MIN_WIDTH { 1.0 } else { most };
            for from in [extent.least, extent.most] {
                for at in [from, from + drawn * self.size * self.scale] {
                    extent.left = extent.left.min(at);
                    extent.right = extent.right.max(at);
                }
            }
            extent.is_visible |= !is_doubtful;
            extent.is_doubtful |= is_doubtful;
        }
        let (a, b) = (advance(least), advance(most));
        extent.least += a.min(b);
        extent.most += a.max(b);
    }
}

impl Widths {
    /// Of a font that brings no widths.
    fn of_standard(name: &[u8]) -> Self {
        metrics_of(name).map_or(Self::Unknown, Self::Standard)
    }
}

impl Font {
    pub(super) fn is_drawn(&self) -> bool {
        self.is_drawn
    }

    /// Whether a code's letter is given less room than any letter needs.
    pub(super) fn is_squeezed(&self, code: u8) -> bool {
        matches!(self.widths, Widths::Simple(..)) && self.width(&[code]).1 < MIN_WIDTH
    }

    /// Whether a code's glyph was looked at, and shows nothing.
    pub(super) fn is_known_blank(&self, code: u16) -> bool {
        self.looked_at.get(&code) == Some(&false)
    }

    /// The least and the largest width of a letter that a code stands for.
    pub(super) fn width_of(&self, code: &[u8], letter: Option<char>) -> (f64, f64) {
        match &self.widths {
            // Which glyph a code has is the encoding's matter; how wide it is, the font's.
            Widths::Standard(metrics) => {
                let own = letter.and_then(windows_1252_code).and_then(|code| metric(metrics, code.into()));
                own.map_or((0.2, 1.02), |width| (width, width))
            }
            _ => self.width(code),
        }
    }

    /// The least and the largest width that a code may have, as a part of the font's size.
    fn width(&self, code: &[u8]) -> (f64, f64) {
        let number = code.iter().fold(0u16, |number, byte| number << 8 | u16::from(*byte));
        match &self.widths {
            Widths::Simple(first, widths) => {
                let index = usize::try_from(i64::from(number) - first).ok();
                let known = index.and_then(|index| widths.get(index)).copied().flatten();
                known.map_or((0.0, 1.0), |width| (width, width))
            }
            Widths::Composite(usual, widths) => {
                let width = widths.get(&number).copied().unwrap_or(*usual);
                (width, width)
            }
            Widths::Unknown => (0.25, 1.0),
            Widths::Standard(metrics) => metric(metrics, number).map_or((0.2, 1.02), |width| (width, width)),
        }
    }
}

fn metric(metrics: &Metrics, code: u16) -> Option<f64> {
    let index = code.checked_sub(FIRST_METRIC)?;
    metrics.get(usize::from(index)).map(|width| f64::from(*width) / 1000.0)
}
