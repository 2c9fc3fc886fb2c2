//! Where a page shows text and pictures, roughly: enough to tell whether something later lies upon them.

use std::rc::Rc;

use pdf::{Dictionary, Kind, PdfError, Value};

use super::{
    annotations::numbers,
    compare::Pair,
    fonts::{self, Extent, Font, TextState},
    operators::{Operations, is_well_formed, lightness},
};

/// Most operators looked at on one page; beyond it nothing is said of it.
const MAX_OPERATORS: usize = 400_000;

/// Deepest nesting of form XObjects, and of saved graphics states.
const MAX_FORMS: usize = 8;
const MAX_SAVED: usize = 512;

/// Deepest search for an inherited page attribute.
const MAX_PARENTS: usize = 50;

/// Touching edges do not count as covering; points.
const MARGIN: f64 = 1.0;

/// A line of text is covered where this part of its height is; by what paints over it, where more is than it leaves free
/// above and below its letters.
const MIN_OVERLAP: f64 = 0.25;
const MIN_PAINTED_OVER: f64 = 0.09;

/// How far from an edge of what paints over it the rule of a frame may run, in points.
const FRAME: f64 = 3.0;

/// Part of a rectangle's side that a straight line has to cross to be a rule and no stroke of a letter.
const SPANNING: f64 = 0.9;

/// Widest dashed line whose dashes are no marks of their own, in points.
const FINE_LINE: f64 = 2.0;

pub(super) type Matrix = [f64; 6];

pub(super) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `first`, then `second`.
fn multiply(first: Matrix, second: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = first;
    let [g, h, i, j, k, l] = second;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

/// The box around a rectangle after a matrix.
pub(super) fn transformed(matrix: Matrix, [left, bottom, right, top]: [f64; 4]) -> [f64; 4] {
    let [a, b, c, d, e, f] = matrix;
    let corners = [(left, bottom), (right, bottom), (left, top), (right, top)];
    corners
        .into_iter()
        .map(|(x, y)| (a * x + c * y + e, b * x + d * y + f))
        .fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |[l, b, r, t], (x, y)| {
            [l.min(x), b.min(y), r.max(x), t.max(y)]
        })
}

/// A `/Matrix`, its numbers followed; nothing where it is none.
pub(super) fn matrix_of(pair: &Pair<'_, '_>, keys: &Dictionary, revision: usize) -> Result<Option<Matrix>, PdfError> {
    let value = pair.get(keys, b"Matrix", revision)?;
    if value.is_null() {
        return Ok(Some(IDENTITY));
    }
    let parts = value.value.as_array().unwrap_or_default();
    let mut numbers = Vec::new();
    for part in parts {
        numbers.extend(pair.resolve(part, revision)?.value.as_f64());
    }
    // What is no number some readers pass over, and others take for zero.
    if numbers.len() != parts.len() {
        return Ok(None);
    }
    Ok(<Matrix>::try_from(numbers.as_slice()).ok())
}

/// The page's visible area: what crop box and media box have in common, inherited where they are not its own; nothing
/// where one of them is no box.
pub(super) fn page_box(pair: &Pair<'_, '_>, page: &Dictionary, revision: usize) -> Result<Option<[f64; 4]>, PdfError> {
    let mut visible: Option<[f64; 4]> = None;
    for key in [b"MediaBox".as_slice(), b"CropBox"] {
        let Some(value) = inherited(pair, page, key, revision)? else { continue };
        let Some([l, b, r, t]) = numbers(pair, &pair.resolve(&value, revision)?, revision)? else { return Ok(None) };
        visible = Some(match visible {
            Some([left, bottom, right, top]) => [left.max(l), bottom.max(b), right.min(r), top.min(t)],
            None => [l, b, r, t],
        });
    }
    Ok(visible)
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

/// How far the page is turned, in degrees below 360; nothing where that is no number.
pub(super) fn rotation(pair: &Pair<'_, '_>, page: &Dictionary, revision: usize) -> Result<Option<i64>, PdfError> {
    match inherited(pair, page, b"Rotate", revision)? {
        Some(value) => Ok(pair.resolve(&value, revision)?.value.as_integer().map(|degrees| degrees.rem_euclid(360))),
        None => Ok(Some(0)),
    }
}

/// What a picture that fills the page is: a scan.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// Something that may be covered like any other.
    Counts,
    /// The paper itself: a signature or a field has to lie on it.
    IsPaper,
    /// Something that may be covered, by what stands in a frame of the page.
    IsPicture,
    /// The paper itself, on which text will stand: it is not seen on what is dark.
    UnderText,
}

/// Part of the page from which on a picture is its ground.
const GROUND: f64 = 0.7;

/// Outlines with at least this many curves, or corners, may be letters; frames and lines have fewer.
const MIN_CURVES: usize = 1;
const MIN_CORNERS: usize = 9;

/// What is thinner than this, in points, is a line on which text may stand.
const THICK: f64 = 2.0;

/// Lightness below which text in dark ink is not seen.
const DARK: f64 = 0.5;

/// Lightness from which on it is seen well.
const PALE: f64 = 0.75;

/// What following one operator costs, as bytes parsed.
const OPERATOR_WORK: usize = 64;

/// As many drawn bars as this may be a letter.
const MIN_MARKS: usize = 4;

/// Whether a rectangle lies on text, a picture or drawn letters of the page as it was before.
///
/// # Errors
/// [`PdfError::Limit`] where it cannot be told: content that is not read here, or drawn in ways that are not placed here.
pub(super) fn is_covered(
    pair: &Pair<'_, '_>,
    page: &Dictionary,
    rectangle: [f64; 4],
    ground: Ground,
) -> Result<bool, PdfError> {
    let paper = match ground {
        Ground::Counts | Ground::IsPicture => None,
        Ground::IsPaper | Ground::UnderText => page_box(pair, page, pair.before)?,
    };
    let mut reading = Reading { pair, rectangle, ground, paper, operators: 0, marks: 0, doubt: false, hit: false };
    let mut data = Vec::new();
    let contents = pair.get(page, b"Contents", pair.before)?;
    let parts: Vec<Value> = match &contents.value.kind {
        Kind::Array(parts) => parts.clone(),
        Kind::Null => Vec::new(),
        _ => page.get(b"Contents").cloned().into_iter().collect(),
    };
    for part in parts {
        let part = pair.resolve(&part, pair.before)?;
        data.extend(pair.decoded(&part, pair.before)?.ok_or(UNCLEAR)?);
        data.push(b'\n');
    }
    let resources = match inherited(pair, page, b"Resources", pair.before)? {
        Some(resources) => pair.resolve(&resources, pair.before)?.dictionary().cloned().unwrap_or_default(),
        None => Dictionary::default(),
    };
    let state = State { matrix: IDENTITY, ..State::default() };
    let read = reading.run(&data, &resources, state, 0);
    pair.document.spend(reading.operators.saturating_mul(OPERATOR_WORK))?;
    read?;
    if reading.doubt && !reading.hit { Err(UNCLEAR) } else { Ok(reading.hit) }
}

/// What the page shows there cannot be told.
pub(super) const UNCLEAR: PdfError = PdfError::Limit("page content");

struct Reading<'r, 'a> {
    pair: &'r Pair<'r, 'a>,
    rectangle: [f64; 4],
    ground: Ground,
    /// The page, where a picture that fills it does not count.
    paper: Option<[f64; 4]>,
    operators: usize,
    /// Small drawings found below the rectangle.
    marks: usize,
    /// Something below it may be blank.
    doubt: bool,
    hit: bool,
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    size: f64,
    scale: f64,
    leading: f64,
    character: f64,
    word: f64,
    rise: f64,
    font: Rc<Font>,
    /// Text rendering mode (9.3.6).
    mode: f64,
    line_width: f64,
    dashed: bool,
    /// A pattern fills, or draws lines.
    patterns: [bool; 2],
    /// How light what is filled is; nothing where the colour is not told.
    ink: Option<f64>,
    /// What is painted mixes with what is below.
    blends: bool,
    clip: [f64; 4],
    /// Something shaped like letters limits what is painted.
    shaped_clip: bool,
}

const EVERYWHERE: [f64; 4] = [f64::NEG_INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY];

impl Default for State {
    fn default() -> Self {
        Self {
            matrix: IDENTITY,
            size: 1.0,
            scale: 1.0,
            leading: 0.0,
            character: 0.0,
            word: 0.0,
            rise: 0.0,
            font: Rc::default(),
            mode: 0.0,
            line_width: 1.0,
            dashed: false,
            patterns: [false; 2],
            ink: Some(0.0),
            blends: false,
            clip: EVERYWHERE,
            shaped_clip: false,
        }
    }
}

/// A path under construction, in the page's space.
struct Outline {
    area: [f64; 4],
    /// The box of each piece, and whether it is straight.
    pieces: Vec<([f64; 4], bool)>,
    curves: usize,
    corners: usize,
    rectangles: usize,
    /// How many figures it is made of.
    parts: usize,
    start: (f64, f64),
    at: (f64, f64),
    clips: bool,
}

impl Default for Outline {
    fn default() -> Self {
        let area = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        Self {
            area,
            pieces: Vec::new(),
            curves: 0,
            corners: 0,
            rectangles: 0,
            parts: 0,
            start: (0.0, 0.0),
            at: (0.0, 0.0),
            clips: false,
        }
    }
}

impl Outline {
    fn may_be_letters(&self) -> bool {
        // A frame may be two rectangles in one; more of them are bars.
        self.curves >= MIN_CURVES || self.corners >= MIN_CORNERS || self.rectangles >= MIN_MARKS
    }

    /// A piece from where the path is to where it goes on.
    fn piece(&mut self, to: (f64, f64), is_straight: bool) {
        let ((x, y), (u, v)) = (self.at, to);
        // A coordinate that is no number makes the whole piece none.
        let is_placed = [x, y, u, v].iter().all(|number| number.is_finite());
        let piece = if is_placed { [x.min(u), y.min(v), x.max(u), y.max(v)] } else { [f64::NAN; 4] };
        let ([left, bottom, right, top], [l, b, r, t]) = (self.area, piece);
        self.area = if is_placed { [left.min(l), bottom.min(b), right.max(r), top.max(t)] } else { EVERYWHERE };
        self.pieces.push((piece, is_straight));
        self.at = to;
    }

    /// A curve, in as many pieces as tell a rounded corner from a letter.
    fn curve(&mut self, first: (f64, f64), second: (f64, f64), to: (f64, f64)) {
        const PIECES: i32 = 8;
        let from = self.at;
        for step in 1..=PIECES {
            let t = f64::from(step) / f64::from(PIECES);
            let u = 1.0 - t;
            let along = |a: f64, b: f64, c: f64, d: f64| {
                u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
            };
            let at = (along(from.0, first.0, second.0, to.0), along(from.1, first.1, second.1, to.1));
            self.piece(at, false);
        }
        self.at = to;
    }
}

impl Reading<'_, '_> {
    fn holds(&self, [l, b, r, t]: [f64; 4]) -> bool {
        let [left, bottom, right, top] = self.rectangle;
        l >= left && r <= right && b >= bottom && t <= top
    }

    fn touch(&mut self, area: [f64; 4]) {
        self.touch_along(area, [0.0, 0.0]);
    }

    /// As [`Reading::touch`], for a line of text that runs in a direction: a little of its height may be covered, and
    /// nothing of its length.
    fn touch_along(&mut self, area: [f64; 4], [x, y]: [f64; 2]) {
        let [l, b, r, t] = area;
        let [left, bottom, right, top] = self.rectangle;
        let (width, height) = (r.min(right) - l.max(left), t.min(top) - b.max(bottom));
        let part = if self.ground == Ground::Counts { MIN_PAINTED_OVER } else { MIN_OVERLAP };
        // Of thin pieces each covers as much as it has.
        let margin = |side: f64| MARGIN.min(side * MIN_OVERLAP);
        let across = |own: f64, other: f64| (own.min(other) * part).max(margin(other));
        let (is_level, is_upright) = (y.abs() < x.abs() * 0.01, x.abs() < y.abs() * 0.01);
        let least_width = if is_upright { across(r - l, right - left) } else { margin(right - left) };
        let least_height = if is_level { across(t - b, top - bottom) } else { margin(top - bottom) };
        // What cannot be placed may be anywhere.
        self.hit |= (width > least_width && height > least_height) || area.iter().any(|number| number.is_nan());
    }

    fn touch_picture(&mut self, area: [f64; 4]) {
        let size = |[l, b, r, t]: [f64; 4]| (r - l) * (t - b);
        let is_ground = self.paper.is_some_and(|paper| size(area) >= size(paper) * GROUND);
        if !is_ground {
            self.touch(area);
        }
    }

    /// Whether a piece of a path crosses the rectangle, and is no rule that goes from side to side.
    fn crosses(&self, ([l, b, r, t], is_straight): ([f64; 4], bool), reach: f64, is_fine: bool) -> bool {
        let [left, bottom, right, top] = self.rectangle;
        if l.is_nan() {
            return true;
        }
        let (l, b, r, t) = (l - reach, b - reach, r + reach, t + reach);
        let is_inside = l < right - MARGIN && r > left + MARGIN && b < top - MARGIN && t > bottom + MARGIN;
        let is_thin = |thickness: f64| thickness <= 2.0 * reach.max(MARGIN);
        let spans_across = is_thin(t - b) && r.min(right) - l.max(left) >= (right - left) * SPANNING;
        let spans_upwards = is_thin(r - l) && t.min(top) - b.max(bottom) >= (top - bottom) * SPANNING;
        is_inside && !(is_straight && is_fine && (spans_across || spans_upwards))
    }

    /// Whether a path is one rectangle around the same place: the frame that the page draws for a field.
    fn is_own_frame(&self, path: &Outline) -> bool {
        let [l, b, r, t] = path.area;
        let [left, bottom, right, top] = self.rectangle;
        path.parts == 1
            && path.rectangles == 1
            && [l - left, b - bottom, r - right, t - top].iter().all(|distance| distance.abs() <= FRAME)
    }

    /// Whether a piece runs through the rectangle, and not along one of its edges.
    fn runs_through(&self, ([l, b, r, t], _): ([f64; 4], bool)) -> bool {
        let [left, bottom, right, top] = self.rectangle;
        let (inner_left, inner_right) =
            (left + FRAME.min((right - left) / 4.0), right - FRAME.min((right - left) / 4.0));
        let (inner_bottom, inner_top) =
            (bottom + FRAME.min((top - bottom) / 4.0), top - FRAME.min((top - bottom) / 4.0));
        l.is_nan() || (l < inner_right && r > inner_left && b < inner_top && t > inner_bottom)
    }

    /// Whether an area is large enough below the rectangle to swallow letters.
    fn lies_under(&self, [l, b, r, t]: [f64; 4]) -> bool {
        let [left, bottom, right, top] = self.rectangle;
        r.min(right) - l.max(left) > THICK && t.min(top) - b.max(bottom) > THICK
    }

    /// A path that is painted, and perhaps limits what is painted from now on.
    fn paint(&mut self, path: &Outline, state: &mut State, fills: bool, strokes: bool) {
        let [a, b, c, d, ..] = state.matrix;
        let scale = (a.abs() + b.abs()).max(c.abs() + d.abs());
        let reach = if strokes { state.line_width.abs() * scale / 2.0 } else { 0.0 };
        let is_fine = !state.dashed || 2.0 * reach <= FINE_LINE;
        let crossings = path.pieces.iter().filter(|piece| self.crosses(**piece, reach, is_fine)).count();
        let crossing = crossings > 0;
        if fills || strokes {
            let [by_fill, by_stroke] = state.patterns;
            if (fills && by_fill) || (strokes && by_stroke) || state.shaped_clip {
                let [l, b, r, t] = path.area;
                self.touch([l - reach, b - reach, r + reach, t + reach]);
            }
            // A comment that hides a drawing whole hides what it says; a field lies on its own line or frame.
            self.hit |= self.ground == Ground::Counts
                && (path.pieces.iter().any(|piece| self.runs_through(*piece))
                    || !path.pieces.is_empty() && self.holds(path.area) && !self.is_own_frame(path));
            let [l, b, r, t] = path.area;
            if strokes
                && self.ground == Ground::UnderText
                && 2.0 * reach > THICK
                && self.lies_under([l - reach, b - reach, r + reach, t + reach])
            {
                self.doubt = true;
            }
            if fills && self.ground == Ground::UnderText && self.lies_under(path.area) {
                match state.ink {
                    Some(ink) if ink < DARK => self.hit = true,
                    Some(ink) if ink >= PALE && !state.blends => {}
                    _ => self.doubt = true,
                }
            }
            if crossing {
                // Letters may also be made of many small bars, or of dashes.
                self.marks += path.parts.max(1).min(crossings);
                self.hit |= path.may_be_letters() || (strokes && !is_fine) || self.marks >= MIN_MARKS;
            }
        }
        if path.clips {
            let ([l, b, r, t], [left, bottom, right, top]) = (path.area, state.clip);
            state.clip = [l.max(left), b.max(bottom), r.min(right), t.min(top)];
            state.shaped_clip |= crossing && path.may_be_letters();
        }
    }

    /// Follows the operators until something lies below the rectangle.
    fn run(&mut self, data: &[u8], resources: &Dictionary, state: State, depth: usize) -> Result<(), PdfError> {
        let mut state = state;
        let mut saved: Vec<State> = Vec::new();
        let (mut text, mut line) = (IDENTITY, IDENTITY);
        // How far the text may stand further along than the least widths say.
        let mut slack = 0.0;
        let mut path = Outline::default();
        for operation in Operations::new(data) {
            let Some((operator, operands)) = operation else { return Err(UNCLEAR) };
            if !is_well_formed(&operator, &operands) {
                return Err(UNCLEAR);
            }
            self.operators += 1;
            if self.operators > MAX_OPERATORS {
                return Err(PdfError::Limit("page operators"));
            }
            let number = |index: usize| operands.get(index).and_then(Value::as_f64).unwrap_or(0.0);
            let six = || [number(0), number(1), number(2), number(3), number(4), number(5)];
            let point = |state: &State, index: usize| {
                let [a, b, c, d, e, f] = state.matrix;
                let coordinate = |index: usize| operands.get(index).and_then(Value::as_f64).unwrap_or(f64::NAN);
                let (x, y) = (coordinate(index), coordinate(index + 1));
                (a * x + c * y + e, b * x + d * y + f)
            };
            match operator.as_slice() {
                b"q" if saved.len() < MAX_SAVED => saved.push(state.clone()),
                b"q" => return Err(UNCLEAR),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"cm" => state.matrix = multiply(six(), state.matrix),
                b"w" => state.line_width = number(0),
                b"d" => state.dashed = operands.first().and_then(Value::as_array).is_some_and(|dash| !dash.is_empty()),
                b"gs" => self.graphics_state(resources, &operands, &mut state)?,
                b"scn" | b"SCN" => {
                    let is_pattern = operands.last().and_then(Value::as_name).is_some();
                    let [by_fill, by_stroke] = &mut state.patterns;
                    *(if operator == b"SCN" { by_stroke } else { by_fill }) = is_pattern;
                    if operator == b"scn" {
                        state.ink = None;
                    }
                }
                b"g" | b"rg" | b"k" | b"sc" | b"cs" => {
                    state.patterns = [false, state.patterns[1]];
                    state.ink = lightness(&operator, &operands);
                }
                b"G" | b"RG" | b"K" | b"SC" | b"CS" => state.patterns = [state.patterns[0], false],
                b"BT" => (text, line, slack) = (IDENTITY, IDENTITY, 0.0),
                b"Tf" => {
                    state.size = number(1);
                    if let Some(name) = operands.first().and_then(Value::as_name) {
                        state.font = self.font_named(resources, name)?;
                    }
                }
                b"Tz" => state.scale = number(0) / 100.0,
                b"TL" => state.leading = number(0),
                b"Tc" => state.character = number(0),
                b"Tw" => state.word = number(0),
                b"Ts" => state.rise = number(0),
                b"Tr" => state.mode = number(0),
                b"Tm" => (text, line, slack) = (six(), six(), 0.0),
                b"Td" | b"TD" => {
                    if operator == b"TD" {
                        state.leading = -number(1);
                    }
                    line = multiply([1.0, 0.0, 0.0, 1.0, number(0), number(1)], line);
                    (text, slack) = (line, 0.0);
                }
                b"T*" => {
                    line = multiply([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                    (text, slack) = (line, 0.0);
                }
                b"Tj" | b"TJ" | b"'" | b"\"" => {
                    if operator == b"\"" {
                        (state.word, state.character) = (number(0), number(1));
                    }
                    if matches!(operator.as_slice(), b"'" | b"\"") {
                        line = multiply([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                        (text, slack) = (line, 0.0);
                    }
                    let extent = operands.last().map_or_else(Extent::default, |operand| state.extent(operand));
                    // Mode 3 is what recognition leaves under a scan; 7 shapes what is painted next.
                    if state.font.is_drawn() && (extent.is_visible || extent.is_doubtful) {
                        return Err(UNCLEAR);
                    }
                    // In a pattern, or through something shaped like letters, a blank may be anything.
                    let by_pattern = state.patterns != [false; 2] || state.shaped_clip;
                    if (extent.is_visible || extent.is_doubtful) && state.mode != 3.0 {
                        let (low, high) = (state.rise - 0.25 * state.size, state.rise + 0.85 * state.size);
                        let area = [extent.left, low, extent.right + slack, high];
                        let placed = multiply(text, state.matrix);
                        let [a, b, ..] = placed;
                        let was_hit = self.hit;
                        self.touch_along(transformed(placed, area), [a, b]);
                        if !was_hit && self.hit && !extent.is_visible && !by_pattern {
                            // Its font says that it is a blank or a line to sign on; nobody looked at the glyph.
                            (self.hit, self.doubt) = (false, true);
                        }
                    }
                    slack += extent.most - extent.least;
                    text = multiply([1.0, 0.0, 0.0, 1.0, extent.least, 0.0], text);
                }
                b"BI" | b"sh" if state.shaped_clip => self.hit = true,
                b"BI" => self.touch_picture(transformed(state.matrix, [0.0, 0.0, 1.0, 1.0])),
                b"sh" => {
                    self.doubt |= self.ground == Ground::UnderText;
                    self.touch_picture(state.clip);
                }
                b"m" => {
                    path.corners += 1;
                    path.parts += 1;
                    path.at = point(&state, 0);
                    path.start = path.at;
                }
                b"l" => {
                    path.corners += 1;
                    path.piece(point(&state, 0), true);
                }
                b"c" | b"v" | b"y" => {
                    path.corners += 1;
                    path.curves += 1;
                    let (first, second) = (point(&state, 0), point(&state, 2));
                    match operator.as_slice() {
                        b"c" => path.curve(first, second, point(&state, 4)),
                        b"v" => path.curve(path.at, first, second),
                        _ => path.curve(first, second, second),
                    }
                }
                b"h" => {
                    let start = path.start;
                    path.piece(start, true);
                }
                b"re" => {
                    path.parts += 1;
                    path.rectangles += 1;
                    let (x, y, width, height) = (number(0), number(1), number(2), number(3));
                    let [a, b, c, d, e, f] = state.matrix;
                    let corner = |x: f64, y: f64| (a * x + c * y + e, b * x + d * y + f);
                    path.at = corner(x, y);
                    path.start = path.at;
                    for (x, y) in [(x + width, y), (x + width, y + height), (x, y + height), (x, y)] {
                        path.piece(corner(x, y), true);
                    }
                }
                b"W" | b"W*" => path.clips = true,
                b"n" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                    if matches!(operator.as_slice(), b"s" | b"b" | b"b*") {
                        let start = path.start;
                        path.piece(start, true);
                    }
                    let fills = !matches!(operator.as_slice(), b"n" | b"S" | b"s");
                    let strokes = !matches!(operator.as_slice(), b"n" | b"f" | b"F" | b"f*");
                    self.paint(&std::mem::take(&mut path), &mut state, fills, strokes);
                }
                b"Do" => {
                    if let Some(name) = operands.first().and_then(Value::as_name) {
                        self.external(resources, name, &state, depth)?;
                    }
                }
                // What is left sets colours and marks, or is no operator at all.
                _ => {}
            }
            if self.hit {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What an `ExtGState` sets that moves or widens what is drawn.
    fn graphics_state(&self, resources: &Dictionary, operands: &[Value], state: &mut State) -> Result<(), PdfError> {
        let states = self.pair.get(resources, b"ExtGState", self.pair.before)?;
        let Some(name) = operands.first().and_then(Value::as_name) else { return Ok(()) };
        let Some(states) = states.dictionary() else { return Ok(()) };
        let found = self.pair.get(states, name, self.pair.before)?;
        let Some(keys) = found.dictionary() else { return Ok(()) };
        let mask = self.pair.get(keys, b"SMask", self.pair.before)?;
        if !mask.is_null() && mask.value.as_name() != Some(b"None") {
            return Err(UNCLEAR);
        }
        let mode = self.pair.get(keys, b"BM", self.pair.before)?;
        state.blends |= !mode.is_null() && !matches!(mode.value.as_name(), Some(b"Normal" | b"Compatible"));
        if let Some(width) = self.pair.get(keys, b"LW", self.pair.before)?.value.as_f64() {
            state.line_width = width;
        }
        if let Some(dash) = self.pair.get(keys, b"D", self.pair.before)?.value.as_array() {
            // An array of the dashes, and a phase.
            state.dashed = dash.first().is_some_and(|dashes| dashes.as_array().is_none_or(|dashes| !dashes.is_empty()));
        }
        if let Some([font, size]) = self.pair.get(keys, b"Font", self.pair.before)?.value.as_array() {
            state.font = self.font(font)?;
            state.size = self.pair.resolve(size, self.pair.before)?.value.as_f64().ok_or(UNCLEAR)?;
        }
        Ok(())
    }

    fn font_named(&self, resources: &Dictionary, name: &[u8]) -> Result<Rc<Font>, PdfError> {
        let fonts = self.pair.get(resources, b"Font", self.pair.before)?;
        // Looked at again each time it is named.
        self.pair.document.spend(fonts.value.span.len())?;
        match fonts.dictionary().and_then(|fonts| fonts.get(name)) {
            Some(font) => self.font(font),
            // Some readers go on to look where the form is drawn.
            None => Err(UNCLEAR),
        }
    }

    fn font(&self, font: &Value) -> Result<Rc<Font>, PdfError> {
        fonts::font_at(self.pair, font, self.pair.before)
    }

    /// An image, or a form with content of its own.
    fn external(&mut self, resources: &Dictionary, name: &[u8], state: &State, depth: usize) -> Result<(), PdfError> {
        let objects = self.pair.get(resources, b"XObject", self.pair.before)?;
        let object = match objects.dictionary() {
            Some(objects) => self.pair.get(objects, name, self.pair.before)?,
            None => objects.clone(),
        };
        let Some(keys) = object.dictionary().filter(|_| object.data.is_some()) else {
            // Some readers go on to look where the form is drawn.
            return if depth == 0 { Ok(()) } else { Err(UNCLEAR) };
        };
        if state.shaped_clip {
            self.hit = true;
            return Ok(());
        }
        if self.pair.get(keys, b"Subtype", self.pair.before)?.value.as_name() != Some(b"Form") {
            self.touch_picture(transformed(state.matrix, [0.0, 0.0, 1.0, 1.0]));
            return Ok(());
        }
        if depth >= MAX_FORMS {
            return Err(UNCLEAR);
        }
        let own = matrix_of(self.pair, keys, self.pair.before)?.ok_or(UNCLEAR)?;
        let inner = self.pair.get(keys, b"Resources", self.pair.before)?;
        let inner = inner.dictionary().cloned().unwrap_or_else(|| resources.clone());
        // A form begins with what was set where it is drawn (8.10.1).
        let state = State { matrix: multiply(own, state.matrix), ..state.clone() };
        let data = self.pair.decoded(&object, self.pair.before)?.ok_or(UNCLEAR)?;
        self.run(&data, &inner, state, depth + 1)
    }
}

impl State {
    fn text(&self) -> TextState {
        TextState {
            size: self.size,
            scale: self.scale,
            character: self.character,
            word: self.word,
            font: Rc::clone(&self.font),
        }
    }

    fn extent(&self, operand: &Value) -> Extent {
        self.text().extent(operand)
    }
}
