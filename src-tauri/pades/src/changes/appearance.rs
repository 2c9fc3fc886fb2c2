//! The text that a field's appearance shows, if it shows text and nothing else.

use std::{collections::HashMap, rc::Rc};

use pdf::{Dictionary, PdfError, Value};

use super::{
    annotations,
    compare::{Pair, Resolved},
    content,
    drawing::{Drawing, MAX_NUMBER},
    letters::{Letters, letters_of},
    operators::{self, Operations},
};

/// What an appearance shows.
pub(super) enum Shown {
    /// Only this text.
    Text(ShownText),
    /// Something that cannot be compared with a value.
    Unclear,
}

/// A text, and where its letters stand.
#[derive(Debug, Default)]
pub(super) struct ShownText {
    pub(super) text: String,
    /// Where the middle of each letter is that is no blank.
    middles: Vec<f64>,
    /// The appearance's own box.
    area: [f64; 4],
}

impl ShownText {
    /// Whether each letter of a comb stands in the cell that it has in the value, all of them moved by the same number of
    /// cells.
    pub(super) fn fills_cells(&self, value: &str, cells: usize) -> bool {
        let [left, _, right, _] = self.area;
        #[allow(clippy::cast_precision_loss, reason = "fields have a few hundred cells")]
        let width = (right - left) / cells.max(1) as f64;
        let wanted = (0i64..).zip(value.chars()).filter(|(_, letter)| !letter.is_whitespace());
        let wanted: Vec<i64> = wanted.map(|(cell, _)| cell).collect();
        #[allow(clippy::cast_possible_truncation, reason = "as many cells")]
        let own: Vec<i64> = self.middles.iter().map(|middle| ((middle - left) / width).floor() as i64).collect();
        let shift = own.first().zip(wanted.first()).map_or(0, |(own, wanted)| own - wanted);
        wanted.len() == own.len() && wanted.iter().zip(&own).all(|(wanted, own)| wanted + shift == *own)
    }
}

/// Deepest nesting of `q`.
const MAX_SAVED: usize = 64;

/// Reads an appearance stream. Any operator that could draw other things than text, lines and a background makes it
/// unclear, and so does a font that came with the change.
pub(super) fn shown_text(
    pair: &Pair<'_, '_>,
    form: &Resolved,
    rectangle: Option<[f64; 4]>,
    revision: usize,
) -> Result<Shown, PdfError> {
    let Some(keys) = form.dictionary().filter(|keys| form.data.is_some() && !keys.has_duplicates()) else {
        return Ok(Shown::Unclear);
    };
    let Some(data) = pair.drawn(form, revision)? else { return Ok(Shown::Unclear) };
    // A number above what a byte holds is cut by some readers, and taken whole by others.
    let is_large = |digits: &[u8]| matches!(digits, [b'\\', b'4'..=b'7', b'0'..=b'7', b'0'..=b'7']);
    if data.windows(4).any(is_large) {
        return Ok(Shown::Unclear);
    }
    // Layers may hide it.
    if keys.get(b"OC").is_some() {
        return Ok(Shown::Unclear);
    }
    let area = pair.get(keys, b"BBox", revision)?;
    let Some(area) = annotations::numbers(pair, &area, revision)? else { return Ok(Shown::Unclear) };
    if !keeps_its_size(pair, keys, area, rectangle, revision)? {
        return Ok(Shown::Unclear);
    }
    let resources = pair.get(keys, b"Resources", revision)?;
    if resources.data.is_some() {
        return Ok(Shown::Unclear);
    }
    let resources = resources.dictionary().cloned().unwrap_or_default();
    let may_name_colours = resources.get(b"ColorSpace").is_none();
    let mut drawing = Drawing::new(area);
    let mut font: Option<Rc<Letters>> = None;
    let mut fonts = Vec::new();
    let mut known: HashMap<Vec<u8>, Option<Rc<Letters>>> = HashMap::new();
    for operation in Operations::new(&data) {
        let Some((operator, operands)) = operation else { return Ok(Shown::Unclear) };
        let is_renamed = !may_name_colours && matches!(operator.as_slice(), b"cs" | b"CS");
        if is_renamed || !operators::is_well_formed(&operator, &operands) {
            return Ok(Shown::Unclear);
        }
        if operator == b"Tf" {
            let name = operands.first().and_then(Value::as_name).unwrap_or_default();
            font = match known.get(name) {
                Some(known) => known.clone(),
                None => {
                    let found = letters_of(pair, &resources, name, revision)?.map(Rc::new);
                    known.insert(name.to_vec(), found.clone());
                    found
                }
            };
            if font.is_none() {
                return Ok(Shown::Unclear);
            }
        }
        match operator.as_slice() {
            b"q" if fonts.len() >= MAX_SAVED => return Ok(Shown::Unclear),
            b"q" => fonts.push(font.clone()),
            b"Q" => font = fonts.pop().unwrap_or(font),
            _ => {}
        }
        if drawing.follow(&operator, &operands, font.as_deref()).is_none() {
            return Ok(Shown::Unclear);
        }
    }
    Ok(Shown::Text(ShownText { text: drawing.text, middles: drawing.middles, area }))
}

/// Whether an appearance is drawn in the size it has, upright or turned by quarters: readers fit its box into the
/// field's rectangle (12.5.5), and letters may become anything on the way.
fn keeps_its_size(
    pair: &Pair<'_, '_>,
    keys: &Dictionary,
    area: [f64; 4],
    rectangle: Option<[f64; 4]>,
    revision: usize,
) -> Result<bool, PdfError> {
    /// Most stretching that rounding explains: a part, and points.
    const STRETCH: f64 = 0.1;
    const ROUNDING: f64 = 1.5;
    let Some(matrix) = content::matrix_of(pair, keys, revision)? else { return Ok(false) };
    let [a, b, c, d, ..] = matrix;
    // A quarter turn shows what it shows; half a turn makes a 6 a 9.
    let is_upright = a > 0.0 && d > 0.0;
    let is_mirrored = a * d - b * c <= 0.0;
    let is_far = matrix.iter().chain(&area).any(|number| number.abs() > MAX_NUMBER);
    if is_mirrored || is_far {
        return Ok(false);
    }
    let is_turned = (is_upright || a.abs() < 0.01)
        && [[a, d, b, c], [b, c, a, d]].iter().any(|[one, two, none, nothing]| {
            (one.abs() - 1.0).abs() < 0.01
                && (two.abs() - 1.0).abs() < 0.01
                && none.abs() < 0.01
                && nothing.abs() < 0.01
        });
    let Some([left, bottom, right, top]) = rectangle else { return Ok(false) };
    let [l, b, r, t] = content::transformed(matrix, area);
    let fits = |own: f64, place: f64| (own - place).abs() <= (place * STRETCH).max(ROUNDING);
    Ok(is_turned && fits(r - l, right - left) && fits(t - b, top - bottom))
}

/// How a default appearance (`/DA`) has text written: font, size and colour as red, green and blue; nothing where it says
/// more than that, or says it twice.
pub(super) fn writing(text: &[u8]) -> Option<(Vec<u8>, f64, [f64; 3])> {
    let mut font = None;
    let mut colour = None;
    for operation in Operations::new(text) {
        let (operator, operands) = operation?;
        let number = |index: usize| operands.get(index).and_then(Value::as_f64);
        let said = match operator.as_slice() {
            b"Tf" if operands.len() == 2 => {
                let name = operands.first().and_then(Value::as_name)?.to_vec();
                font.replace((name, number(1)?)).map(drop)
            }
            b"g" if operands.len() == 1 => colour.replace([number(0)?; 3]).map(drop),
            b"rg" if operands.len() == 3 => colour.replace([number(0)?, number(1)?, number(2)?]).map(drop),
            _ => return None,
        };
        said.is_none().then_some(())?;
    }
    let (name, size) = font?;
    Some((name, size, colour.unwrap_or([0.0; 3])))
}

/// Whether an appearance draws its frame and its ground in rectangles, and nothing else.
pub(super) fn draws_its_frame(
    pair: &Pair<'_, '_>,
    picture: &Value,
    rectangle: Option<[f64; 4]>,
    revision: usize,
) -> Result<bool, PdfError> {
    /// Least sides of the field in points: a smaller frame is read as a zero.
    const LEAST: [f64; 2] = [40.0, 15.0];
    let is_large =
        rectangle.is_some_and(|[left, bottom, right, top]| right - left >= LEAST[0] && top - bottom >= LEAST[1]);
    if !is_large {
        return Ok(false);
    }
    let picture = pair.resolve(picture, revision)?;
    let Some(data) = pair.drawn(&picture, revision)? else { return Ok(false) };
    // Lines and curves make letters.
    let is_drawn = |operator: &[u8]| matches!(operator, b"m" | b"l" | b"c" | b"v" | b"y" | b"d");
    if Operations::new(&data).any(|operation| operation.is_none_or(|(operator, _)| is_drawn(&operator))) {
        return Ok(false);
    }
    let shown = shown_text(pair, &picture, rectangle, revision)?;
    Ok(matches!(shown, Shown::Text(shown) if shown.text.trim().is_empty()))
}
