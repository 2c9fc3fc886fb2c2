//! The marks, frames and grounds of fields.

use pdf::{Dictionary, PdfError, Value};

use super::{
    compare::Pair,
    letters::STANDARD_KEYS,
    operators::{self, Operations, lightness},
};

/// Whether a widget paints a ground of its own, on which nothing below it is seen.
pub(super) fn paints_its_ground(pair: &Pair<'_, '_>, widget: &Dictionary, revision: usize) -> Result<bool, PdfError> {
    let appearance = pair.get(widget, b"AP", revision)?;
    let normal = match appearance.dictionary() {
        Some(appearance) => pair.get(appearance, b"N", revision)?,
        None => appearance,
    };
    if normal.data.is_none() {
        // Readers draw what is described where there is no picture.
        let style = pair.get(widget, b"MK", revision)?;
        let Some(style) = style.dictionary() else { return Ok(false) };
        return Ok(pair.get(style, b"BG", revision)?.value.as_array().is_some_and(|color| !color.is_empty()));
    }
    let Some(data) = pair.drawn(&normal, revision)? else { return Ok(true) };
    let paints =
        |operator: &[u8]| matches!(operator, b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"Do" | b"sh" | b"BI");
    Ok(Operations::new(&data).any(|operation| operation.is_none_or(|(operator, _)| paints(&operator))))
}

/// Whether one of a button's pictures is drawn in a light colour, or one that is not told: what it hides of a scan is not
/// seen to be hidden.
pub(super) fn is_light(pair: &Pair<'_, '_>, widget: &Dictionary, revision: usize) -> Result<bool, PdfError> {
    /// Lightness up to which a mark is seen on paper.
    const DARK: f64 = 0.5;
    let appearance = pair.get(widget, b"AP", revision)?;
    let Some(appearance) = appearance.dictionary() else { return Ok(false) };
    let normal = pair.get(appearance, b"N", revision)?;
    let pictures = match normal.dictionary() {
        Some(states) if normal.data.is_none() => states.entries.iter().map(|entry| entry.value.clone()).collect(),
        _ => appearance.get(b"N").cloned().into_iter().collect::<Vec<_>>(),
    };
    for picture in &pictures {
        let picture = pair.resolve(picture, revision)?;
        if picture.data.is_none() {
            continue;
        }
        let Some(data) = pair.drawn(&picture, revision)? else { return Ok(true) };
        let is_light = Operations::new(&data).any(|operation| {
            let Some((operator, operands)) = operation else { return true };
            match operator.as_slice() {
                b"cs" | b"CS" | b"sc" | b"SC" | b"scn" | b"SCN" => true,
                colour => lightness(&colour.to_ascii_lowercase(), &operands).is_some_and(|lightness| lightness > DARK),
            }
        });
        if is_light {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the picture of a button's state draws: nothing, and then what frames and marks are made of, in the order of how
/// much they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// So many lines, curves and rectangles.
    Shapes(usize),
    /// A tick, a cross, or a letter of the font of marks.
    Sign,
}

/// The mark that the picture of a button's state is: a few lines, a circle, or one letter of the font of marks; nothing
/// where it is more than that. Words, digits and images say more than yes or no; where it is off, it has no letter at all.
pub(super) fn plain_mark(
    pair: &Pair<'_, '_>,
    picture: &Value,
    is_off: bool,
    revision: usize,
) -> Result<Option<Mark>, PdfError> {
    /// Most lines of a tick or a cross with its frame, curves of a circle with its frame and shadow, rectangles of a frame.
    const MAX_LINES: usize = 6;
    const FRAME_LINES: usize = 4;
    const MAX_CURVES: usize = 12;
    const MAX_RECTANGLES: usize = 2;
    let picture = pair.resolve(picture, revision)?;
    if picture.data.is_none() {
        let is_empty = picture.is_null() || picture.dictionary().is_some_and(|keys| keys.entries.is_empty());
        return Ok(is_empty.then_some(Mark::Shapes(0)));
    }
    let Some(data) = pair.drawn(&picture, revision)? else { return Ok(None) };
    let resources = match picture.dictionary() {
        Some(keys) => pair.get(keys, b"Resources", revision)?.dictionary().cloned().unwrap_or_default(),
        None => Dictionary::default(),
    };
    /// Ticks, crosses, stars, circles and squares of ZapfDingbats.
    const MARKS: &[u8] = b"345678Hlnu";
    let (mut letters, mut lines, mut curves, mut rectangles, mut is_marks) = (0, 0, 0, 0, false);
    let (mut pen, mut is_slanted) = ((0.0, 0.0), false);
    let mut rings = Rings::default();
    // The last two numbers of every operator of a path are where it goes to.
    let point = |operands: &[Value]| {
        let number = |back: usize| operands.iter().rev().nth(back).and_then(Value::as_f64).unwrap_or(0.0);
        (number(1), number(0))
    };
    for operation in Operations::new(&data) {
        let Some((operator, operands)) = operation else { return Ok(None) };
        if !operators::is_well_formed(&operator, &operands) {
            return Ok(None);
        }
        match operator.as_slice() {
            b"Do" | b"sh" | b"BI" | b"gs" | b"TJ" | b"'" | b"\"" => return Ok(None),
            b"Tf" => {
                let name = operands.first().and_then(Value::as_name).unwrap_or_default();
                is_marks = is_font_of_marks(pair, &resources, name, revision)?;
            }
            b"Tj" if is_marks && !is_off => {
                let text = operands.first().and_then(Value::as_string).unwrap_or_default();
                // Others of its signs are digits and arrows.
                if !text.iter().all(|code| MARKS.contains(code)) {
                    return Ok(None);
                }
                letters += text.len();
            }
            b"Tj" => return Ok(None),
            b"m" => {
                pen = point(&operands);
                rings.begin(pen);
            }
            b"l" => {
                let ((x, y), (u, v)) = (pen, point(&operands));
                is_slanted |= (x - u).abs() >= 0.5 && (y - v).abs() >= 0.5;
                pen = (u, v);
                lines += 1;
            }
            b"c" | b"v" | b"y" => {
                pen = point(&operands);
                rings.bend(pen);
                curves += 1;
            }
            b"re" => rectangles += 1,
            _ => {}
        }
    }
    // A cross where it is off is a mark.
    let is_plain = letters <= 1
        && !(is_off && is_slanted)
        && lines <= (if is_off { FRAME_LINES } else { MAX_LINES })
        && curves <= MAX_CURVES
        // A curve with a tail is a digit.
        && (curves == 0 || (lines == 0 && rings.are_closed()))
        && rectangles <= MAX_RECTANGLES;
    let is_sign = letters > 0 || is_slanted;
    Ok(is_plain.then_some(if is_sign { Mark::Sign } else { Mark::Shapes(lines + curves + rectangles) }))
}

/// The circles of a picture, each of four curves.
#[derive(Default)]
struct Rings {
    paths: Vec<Ring>,
}

/// Where a path begins, where it has got to, and in how many curves.
struct Ring {
    start: (f64, f64),
    end: (f64, f64),
    curves: usize,
}

impl Rings {
    fn begin(&mut self, at: (f64, f64)) {
        self.paths.push(Ring { start: at, end: at, curves: 0 });
    }

    fn bend(&mut self, to: (f64, f64)) {
        if let Some(ring) = self.paths.last_mut() {
            (ring.end, ring.curves) = (to, ring.curves + 1);
        }
    }

    fn are_closed(&self) -> bool {
        let is_near = |a: f64, b: f64| (a - b).abs() < 0.5;
        self.paths.iter().all(|Ring { start, end, curves }| {
            *curves == 0 || (*curves == 4 && is_near(start.0, end.0) && is_near(start.1, end.1))
        })
    }
}

/// Whether a button's picture is one that needs no font and no drawing of its own: frames, and one letter of the font of
/// marks where it is on.
pub(super) fn is_usual_mark(
    pair: &Pair<'_, '_>,
    picture: &Value,
    is_off: bool,
    revision: usize,
) -> Result<bool, PdfError> {
    let mark = plain_mark(pair, picture, is_off, revision)?;
    let picture = pair.resolve(picture, revision)?;
    let Some(data) = (if picture.data.is_some() { pair.drawn(&picture, revision)? } else { None }) else {
        return Ok(is_off && mark == Some(Mark::Shapes(0)));
    };
    let draws = |operator: &[u8]| matches!(operator, b"l" | b"c" | b"v" | b"y");
    let is_drawn = Operations::new(&data).any(|operation| operation.is_none_or(|(operator, _)| draws(&operator)));
    Ok(!is_drawn && if is_off { mark.is_some() } else { mark == Some(Mark::Sign) })
}

/// ZapfDingbats as every reader has it.
fn is_font_of_marks(
    pair: &Pair<'_, '_>,
    resources: &Dictionary,
    name: &[u8],
    revision: usize,
) -> Result<bool, PdfError> {
    let fonts = pair.get(resources, b"Font", revision)?;
    let Some(fonts) = fonts.dictionary() else { return Ok(false) };
    let font = pair.get(fonts, name, revision)?;
    Ok(font.dictionary().is_some_and(|keys| {
        keys.name(b"Subtype") == Some(b"Type1")
            && keys.name(b"BaseFont") == Some(b"ZapfDingbats")
            && keys.entries.iter().all(|entry| STANDARD_KEYS.contains(&entry.key.as_slice()))
    }))
}

/// Whether an appearance, or each of its states, paints nothing.
pub(super) fn paints_nothing(pair: &Pair<'_, '_>, picture: &Value, revision: usize) -> Result<bool, PdfError> {
    let picture = pair.resolve(picture, revision)?;
    if picture.data.is_none() {
        return Ok(picture.is_null());
    }
    let Some(data) = pair.drawn(&picture, revision)? else { return Ok(false) };
    let paints = |operator: &[u8]| {
        matches!(operator, b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" | b"Do" | b"sh" | b"BI")
            || matches!(operator, b"Tj" | b"TJ" | b"'" | b"\"")
    };
    Ok(Operations::new(&data).all(|operation| operation.is_some_and(|(operator, _)| !paints(&operator))))
}
