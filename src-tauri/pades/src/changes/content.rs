//! Where a page shows text and pictures, roughly: enough to tell whether something later lies upon them.

use pdf::{Dictionary, Kind, PdfError, Value, syntax::Parser};

use super::{annotations::numbers, compare::Pair};

/// Most operators looked at on one page; beyond it everything counts as covered.
const MAX_OPERATORS: usize = 400_000;

/// Deepest nesting of form XObjects.
const MAX_FORMS: usize = 8;

/// Deepest search for an inherited page attribute.
const MAX_PARENTS: usize = 50;

/// Touching edges do not count as covering; points.
const MARGIN: f64 = 1.0;

/// A line of text is covered where this part of its height is.
const MIN_OVERLAP: f64 = 0.25;

/// Width of a character where the font does not say, in parts of its size.
const USUAL_WIDTH: f64 = 0.55;

/// Least width of a character: a font that says less is not believed.
const MIN_WIDTH: f64 = 0.15;

type Matrix = [f64; 6];

/// The first code of a simple font, and the width of each code from there on.
type Widths = (i64, Vec<f64>);

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `first`, then `second`.
fn multiply(first: Matrix, second: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = first;
    let [g, h, i, j, k, l] = second;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

/// The box around a rectangle after a matrix.
fn transformed(matrix: Matrix, [left, bottom, right, top]: [f64; 4]) -> [f64; 4] {
    let [a, b, c, d, e, f] = matrix;
    let corners = [(left, bottom), (right, bottom), (left, top), (right, top)];
    corners
        .into_iter()
        .map(|(x, y)| (a * x + c * y + e, b * x + d * y + f))
        .fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |[l, b, r, t], (x, y)| {
            [l.min(x), b.min(y), r.max(x), t.max(y)]
        })
}

/// The page's visible area: the crop box, else the media box, inherited where it is not its own.
pub(super) fn page_box(pair: &Pair<'_, '_>, page: &Dictionary, revision: usize) -> Result<Option<[f64; 4]>, PdfError> {
    for key in [b"CropBox".as_slice(), b"MediaBox"] {
        if let Some(value) = inherited(pair, page, key, revision)?
            && let Some(area) = numbers(pair, &pair.resolve(&value, revision)?, revision)?
        {
            return Ok(Some(area));
        }
    }
    Ok(None)
}

fn inherited(pair: &Pair<'_, '_>, page: &Dictionary, key: &[u8], revision: usize) -> Result<Option<Value>, PdfError> {
    let mut node = page.clone();
    for _ in 0..MAX_PARENTS {
        if let Some(value) = node.get(key) {
            return Ok(Some(value.clone()));
        }
        match pair.get(&node, b"Parent", revision)?.dictionary() {
            Some(parent) => node = parent.clone(),
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// What a picture that fills the page is: a scan.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// Something that may be covered like any other.
    Counts,
    /// The paper itself: a signature or a field has to lie on it.
    IsPaper,
}

/// Part of the page from which on a picture is its ground.
const GROUND: f64 = 0.7;

/// Outlines with at least this many curves, or corners, may be letters; frames and lines have fewer.
const MIN_CURVES: usize = 1;
const MIN_CORNERS: usize = 9;

/// As many drawn bars as this, none larger than this in points, may be a letter.
const MIN_MARKS: usize = 4;
const MARK: f64 = 40.0;

/// Whether a rectangle lies on text, a picture or drawn letters of the page as it was before; on doubt, it does.
pub(super) fn is_covered(
    pair: &Pair<'_, '_>,
    page: &Dictionary,
    rectangle: [f64; 4],
    ground: Ground,
) -> Result<bool, PdfError> {
    let paper = match ground {
        Ground::Counts => None,
        Ground::IsPaper => page_box(pair, page, pair.before)?,
    };
    let mut reading = Reading { pair, rectangle, ground, paper, operators: 0, hit: false };
    let mut data = Vec::new();
    let contents = pair.get(page, b"Contents", pair.before)?;
    let parts: Vec<Value> = match &contents.value.kind {
        Kind::Array(parts) => parts.clone(),
        Kind::Null => Vec::new(),
        _ => page.get(b"Contents").cloned().into_iter().collect(),
    };
    for part in parts {
        let part = pair.resolve(&part, pair.before)?;
        match pair.decoded(&part, pair.before) {
            Ok(decoded) => data.extend(decoded),
            Err(error @ PdfError::Limit(_)) => return Err(error),
            Err(_) => return Ok(true),
        }
        data.push(b'\n');
    }
    let resources = match inherited(pair, page, b"Resources", pair.before)? {
        Some(resources) => pair.resolve(&resources, pair.before)?.dictionary().cloned().unwrap_or_default(),
        None => Dictionary::default(),
    };
    let was_read = reading.run(&data, &resources, IDENTITY, 0)?;
    Ok(reading.hit || !was_read)
}

struct Reading<'r, 'a> {
    pair: &'r Pair<'r, 'a>,
    rectangle: [f64; 4],
    ground: Ground,
    /// The page, where a picture that fills it does not count.
    paper: Option<[f64; 4]>,
    operators: usize,
    hit: bool,
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    size: f64,
    scale: f64,
    leading: f64,
    character: f64,
    rise: f64,
    widths: Option<Widths>,
    two_bytes: bool,
    /// Text that only searching finds, as recognition leaves it under a scan.
    unseen: bool,
}

/// A path under construction.
struct Outline {
    area: [f64; 4],
    curves: usize,
    corners: usize,
}

impl Default for Outline {
    fn default() -> Self {
        let area = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        Self { area, curves: 0, corners: 0 }
    }
}

impl Outline {
    fn is_small(&self) -> bool {
        let [left, bottom, right, top] = self.area;
        right - left < MARK && top - bottom < MARK
    }

    fn grow(&mut self, [l, b, r, t]: [f64; 4]) {
        let [left, bottom, right, top] = self.area;
        self.area = [left.min(l), bottom.min(b), right.max(r), top.max(t)];
    }
}

/// Blanks, and the lines and dots on which people sign.
fn shows_nothing(operand: &Value) -> bool {
    match &operand.kind {
        Kind::String { bytes, .. } => {
            bytes.iter().all(|byte| matches!(byte, b' ' | b'_' | b'.' | b'-' | 0xA0 | 9 | 10 | 13))
        }
        Kind::Array(parts) => parts.iter().all(shows_nothing),
        _ => true,
    }
}

impl Reading<'_, '_> {
    fn lies_below(&self, [l, b, r, t]: [f64; 4]) -> bool {
        let [left, bottom, right, top] = self.rectangle;
        l < right && r > left && b < top && t > bottom
    }

    fn holds(&self, [l, b, r, t]: [f64; 4]) -> bool {
        let [left, bottom, right, top] = self.rectangle;
        l >= left && r <= right && b >= bottom && t <= top
    }

    fn touch(&mut self, area: [f64; 4]) {
        let [l, b, r, t] = area;
        let [left, bottom, right, top] = self.rectangle;
        let (width, height) = (r.min(right) - l.max(left), t.min(top) - b.max(bottom));
        let overlaps = width > MARGIN && height > (t - b).min(top - bottom) * MIN_OVERLAP;
        // What cannot be placed may be anywhere.
        self.hit |= overlaps || area.iter().any(|number| number.is_nan());
    }

    fn touch_picture(&mut self, area: [f64; 4]) {
        let size = |[l, b, r, t]: [f64; 4]| (r - l) * (t - b);
        let is_ground = self.paper.is_some_and(|paper| size(area) >= size(paper) * GROUND);
        if !is_ground {
            self.touch(area);
        }
    }

    /// Follows the operators; false if they could not all be read.
    fn run(&mut self, data: &[u8], resources: &Dictionary, matrix: Matrix, depth: usize) -> Result<bool, PdfError> {
        let mut state = State {
            matrix,
            size: 1.0,
            scale: 1.0,
            leading: 0.0,
            character: 0.0,
            rise: 0.0,
            widths: None,
            two_bytes: false,
            unseen: false,
        };
        let mut saved: Vec<State> = Vec::new();
        let (mut text, mut line) = (IDENTITY, IDENTITY);
        let (mut path, mut marks) = (Outline::default(), 0);
        for operation in Operations::new(data) {
            let Some((operator, operands)) = operation else { return Ok(false) };
            self.operators += 1;
            if self.operators > MAX_OPERATORS {
                return Ok(false);
            }
            let number = |index: usize| operands.get(index).and_then(Value::as_f64).unwrap_or(0.0);
            let six = || [number(0), number(1), number(2), number(3), number(4), number(5)];
            match operator.as_slice() {
                b"q" if saved.len() < MAX_OPERATORS => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"cm" => state.matrix = multiply(six(), state.matrix),
                b"BT" => (text, line) = (IDENTITY, IDENTITY),
                b"Tf" => {
                    state.size = number(1);
                    if let Some(name) = operands.first().and_then(Value::as_name) {
                        (state.widths, state.two_bytes) = self.font(resources, name)?;
                    }
                }
                b"Tz" => state.scale = number(0) / 100.0,
                b"TL" => state.leading = number(0),
                b"Tc" => state.character = number(0),
                b"Ts" => state.rise = number(0),
                b"Tm" => (text, line) = (six(), six()),
                b"Td" | b"TD" => {
                    if operator == b"TD" {
                        state.leading = -number(1);
                    }
                    line = multiply([1.0, 0.0, 0.0, 1.0, number(0), number(1)], line);
                    text = line;
                }
                b"T*" => {
                    line = multiply([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                    text = line;
                }
                b"Tj" | b"TJ" | b"'" | b"\"" => {
                    if matches!(operator.as_slice(), b"'" | b"\"") {
                        line = multiply([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                        text = line;
                    }
                    let width = operands.last().map_or(0.0, |operand| state.width(operand));
                    let area = [0.0, state.rise - 0.25 * state.size, width, state.rise + 0.85 * state.size];
                    let is_blank = operands.iter().all(|operand| !state.two_bytes && shows_nothing(operand));
                    if width != 0.0 && !is_blank && !state.unseen {
                        self.touch(transformed(multiply(text, state.matrix), area));
                    }
                    text = multiply([1.0, 0.0, 0.0, 1.0, width, 0.0], text);
                }
                b"BI" => self.touch_picture(transformed(state.matrix, [0.0, 0.0, 1.0, 1.0])),
                b"Tr" => state.unseen = matches!(number(0), 3.0 | 7.0),
                b"m" | b"l" | b"c" | b"v" | b"y" => {
                    path.corners += 1;
                    path.curves += usize::from(!matches!(operator.as_slice(), b"m" | b"l"));
                    for point in operands.chunks_exact(2) {
                        if let [x, y] = point {
                            let (x, y) = (x.as_f64().unwrap_or(f64::NAN), y.as_f64().unwrap_or(f64::NAN));
                            path.grow(transformed(state.matrix, [x, y, x, y]));
                        }
                    }
                }
                b"re" => {
                    path.corners += 1;
                    let (x, y) = (number(0), number(1));
                    path.grow(transformed(state.matrix, [x, y, x + number(2), y + number(3)]));
                }
                b"n" => path = Outline::default(),
                b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                    if path.curves >= MIN_CURVES || path.corners >= MIN_CORNERS {
                        self.touch_picture(path.area);
                    }
                    // Letters may also be made of many small bars.
                    // A comment that hides a drawing whole hides what it says; a field lies on its own line or frame.
                    self.hit |= self.ground == Ground::Counts && path.corners > 0 && self.holds(path.area);
                    if self.lies_below(path.area) && path.is_small() {
                        marks += 1;
                        self.hit |= marks >= MIN_MARKS;
                    }
                    path = Outline::default();
                }
                b"Do" => {
                    if let Some(name) = operands.first().and_then(Value::as_name)
                        && !self.external(resources, name, state.matrix, depth)?
                    {
                        return Ok(false);
                    }
                }
                _ => {}
            }
            if self.hit {
                return Ok(true);
            }
        }
        Ok(true)
    }

    fn font(&self, resources: &Dictionary, name: &[u8]) -> Result<(Option<Widths>, bool), PdfError> {
        let fonts = self.pair.get(resources, b"Font", self.pair.before)?;
        let Some(fonts) = fonts.dictionary() else { return Ok((None, false)) };
        let font = self.pair.get(fonts, name, self.pair.before)?;
        let Some(font) = font.dictionary() else { return Ok((None, false)) };
        let two_bytes = font.name(b"Subtype") == Some(b"Type0");
        let widths = self.pair.get(font, b"Widths", self.pair.before)?;
        let first = font.integer(b"FirstChar").unwrap_or(0);
        let widths = widths.value.as_array().map(|widths| {
            (first, widths.iter().map(|width| width.as_f64().unwrap_or(USUAL_WIDTH * 1000.0) / 1000.0).collect())
        });
        Ok((widths, two_bytes))
    }

    /// An image, or a form with content of its own.
    fn external(
        &mut self,
        resources: &Dictionary,
        name: &[u8],
        matrix: Matrix,
        depth: usize,
    ) -> Result<bool, PdfError> {
        let objects = self.pair.get(resources, b"XObject", self.pair.before)?;
        let Some(objects) = objects.dictionary() else { return Ok(true) };
        let object = self.pair.get(objects, name, self.pair.before)?;
        let Some(keys) = object.dictionary().filter(|_| object.data.is_some()) else { return Ok(true) };
        if keys.name(b"Subtype") != Some(b"Form") {
            self.touch_picture(transformed(matrix, [0.0, 0.0, 1.0, 1.0]));
            return Ok(true);
        }
        if depth >= MAX_FORMS {
            return Ok(false);
        }
        let own = self.pair.get(keys, b"Matrix", self.pair.before)?;
        let own: Vec<f64> = own.value.as_array().unwrap_or_default().iter().filter_map(Value::as_f64).collect();
        let own = <Matrix>::try_from(own.as_slice()).unwrap_or(IDENTITY);
        let inner = self.pair.get(keys, b"Resources", self.pair.before)?;
        let inner = inner.dictionary().cloned().unwrap_or_else(|| resources.clone());
        match self.pair.decoded(&object, self.pair.before) {
            Ok(data) => self.run(&data, &inner, multiply(own, matrix), depth + 1),
            Err(error @ PdfError::Limit(_)) => Err(error),
            Err(_) => Ok(false),
        }
    }
}

impl State {
    /// How far a shown string goes, in text space.
    fn width(&self, operand: &Value) -> f64 {
        match &operand.kind {
            Kind::String { bytes, .. } => {
                #[allow(clippy::cast_precision_loss, reason = "a string has few characters")]
                let count = (if self.two_bytes { bytes.len() / 2 } else { bytes.len() }) as f64;
                let glyphs = match &self.widths {
                    Some((first, widths)) if !self.two_bytes => bytes
                        .iter()
                        .map(|byte| {
                            let index = usize::try_from(i64::from(*byte) - first).ok();
                            index.and_then(|index| widths.get(index)).copied().unwrap_or(USUAL_WIDTH).max(MIN_WIDTH)
                        })
                        .sum::<f64>(),
                    _ => count * if self.two_bytes { 0.7 } else { USUAL_WIDTH },
                };
                (glyphs * self.size + count * self.character) * self.scale
            }
            Kind::Array(parts) => parts
                .iter()
                .map(|part| match part.as_f64() {
                    Some(kern) => -kern / 1000.0 * self.size * self.scale,
                    None => self.width(part),
                })
                .sum(),
            _ => 0.0,
        }
    }
}

/// Operators of a content stream with their operands (7.8.2); `None` once where the stream cannot be read on.
pub(crate) struct Operations<'d> {
    data: &'d [u8],
    at: usize,
    is_over: bool,
}

/// Most operands of one operator; the standard's largest has 33.
const MAX_OPERANDS: usize = 64;

impl<'d> Operations<'d> {
    pub(crate) fn new(data: &'d [u8]) -> Self {
        Self { data, at: 0, is_over: false }
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
                    let word = word.to_vec();
                    if word == b"BI" && !self.skip_inline_image() {
                        return Some(None);
                    }
                    return Some(Some((word, operands)));
                }
            }
            match parser.value() {
                // A reference is two numbers and the operator R, which does not exist here.
                Ok(value) if operands.len() < MAX_OPERANDS => {
                    self.at = parser.position();
                    operands.push(value);
                }
                _ => return Some(None),
            }
        }
    }

    /// Passes over an inline image, to just after its `EI`.
    fn skip_inline_image(&mut self) -> bool {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let end = rest.windows(4).position(|word| {
            matches!(word, [before, b'E', b'I', after]
                if pdf::syntax::is_whitespace(*before) && pdf::syntax::is_whitespace(*after))
        });
        let at_end = rest.ends_with(b"EI").then_some(rest.len());
        match end.map(|end| end + 3).or(at_end) {
            Some(end) => {
                self.at += end;
                true
            }
            None => false,
        }
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
