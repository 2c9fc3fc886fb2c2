//! What the operators of a field's appearance draw, as long as it is what a field's text needs (ISO 32000-2, 8 and 9).

use pdf::Value;

use super::{
    letters::{Letters, Step},
    operators::lightness,
};

/// Smallest font size in points that people read.
const MIN_SIZE: f64 = 4.0;

/// Part of the field that a frame or a clip has to fill: a smaller one draws, or hides, something.
const MOST: f64 = 0.6;

/// Part of the field that a background has to fill: beside a smaller one the text stands on something else.
const WHOLE: f64 = 0.9;

/// Thickest line of a frame, in points: a thicker one is an area.
const MAX_LINE: f64 = 4.0;

/// Least difference of lightness between text and ground.
const CONTRAST: f64 = 0.35;

/// How far a letter may go back over the one before it, in parts of the font's size, and of the narrower one's width:
/// kerning, and no more.
const MAX_KERNING: f64 = 0.15;
const MAX_OVERLAP: f64 = 0.4;

/// How far letters of one line may stand apart in height, and how far below one line the next has to stand, in parts of
/// the font's size.
const LEVEL: f64 = 0.05;

const MIN_LEADING: f64 = 0.7;

/// Least gap that is read as a blank, in parts of the font's size, and what a blank has to leave at the least.
const MIN_BLANK: f64 = 0.2;
const LEAST_BLANK: f64 = 0.15;

/// Largest gap inside a line, in parts of the font's size: the cells of a comb.
const MAX_GAP: f64 = 8.0;

/// Least distance of a comb's dividers, and their greatest breadth, in points.
const MIN_CELL: f64 = 5.0;

const MAX_DIVIDER: f64 = 1.0;

/// Part of the field's height that a divider has to have: a shorter one is a digit.
const DIVIDER: f64 = 0.85;

/// Largest number that every reader calculates with alike, and most operators of a field's look.
pub(super) const MAX_NUMBER: f64 = 32_767.0;

/// Largest coordinate of a rectangle: what limits nothing is written as one without end.
const MAX_COORDINATE: f64 = 1_000_000.0;

const MAX_OPERATORS: usize = 20_000;

/// What `q` keeps and `Q` brings back.
#[derive(Clone, Copy)]
struct Inks {
    offset: (f64, f64),
    word: f64,
    line_width: f64,
    ink: f64,
    setter: &'static [u8],
    dashed: bool,
    size: f64,
    spacing: f64,
    scale: f64,
    leading: f64,
}

/// What an appearance has drawn so far; nothing is returned where it draws what a field's text does not need.
pub(super) struct Drawing {
    area: [f64; 4],
    pub(super) text: String,
    /// Rectangles under construction: corners in order.
    rectangles: Vec<[f64; 4]>,
    pen: Option<(f64, f64)>,
    /// Lines since the last painting.
    lines: usize,
    /// Corners of each path of lines under construction.
    paths: Vec<Vec<(f64, f64)>>,
    /// Some of their lines are short: the corners of a frame whose edges are areas.
    has_corners: bool,
    has_text: bool,
    /// Between `BT` and `ET`.
    in_text: bool,
    /// More was brought back than was kept.
    is_over: bool,
    dashed: bool,
    line_width: f64,
    /// Where the lines under construction stand: upright ones, level ones.
    upright: Vec<f64>,
    level: Vec<f64>,
    /// Where the dividers of a comb stand.
    dividers: Vec<f64>,
    /// What the lines drawn so far leave free.
    inner: [f64; 4],
    operators: usize,
    /// Frames drawn so far.
    frames: usize,
    saved: Vec<Inks>,
    /// How far everything is moved.
    offset: (f64, f64),
    ground: f64,
    ground_area: [f64; 4],
    has_ground: bool,
    ink: f64,
    /// The operator that sets the colour space in force, where it was named.
    setter: &'static [u8],
    size: f64,
    /// Height, breadth and lightness of the first letters: all of a value are read alike.
    first: Option<[f64; 3]>,
    spacing: f64,
    word: f64,
    scale: f64,
    leading: f64,
    /// Where the last letter stands: what follows stands to its right, or below.
    end: Option<Placed>,
    /// Where the middle of each letter is.
    pub(super) middles: Vec<f64>,
    /// Places from which lines were begun so far.
    lines_begun: usize,
    clip: [f64; 4],
    matrix: [f64; 6],
    line: (f64, f64),
    /// How far the present line has gone, at the least and at the most.
    advance: (f64, f64),
}

/// A letter that was placed.
struct Placed {
    /// Where it ends, at the least and at the most.
    end: f64,
    furthest: f64,
    /// The height of its line.
    base: f64,
    /// Its least width, as a part of the font's size.
    width: f64,
    /// How far its line had gone with it.
    advance: (f64, f64),
    /// The line.
    line: usize,
}

impl Drawing {
    pub(super) fn new(area: [f64; 4]) -> Self {
        Self {
            area,
            text: String::new(),
            rectangles: Vec::new(),
            pen: None,
            lines: 0,
            paths: Vec::new(),
            has_corners: false,
            has_text: false,
            in_text: false,
            is_over: false,
            dashed: false,
            line_width: 1.0,
            upright: Vec::new(),
            level: Vec::new(),
            dividers: Vec::new(),
            inner: area,
            operators: 0,
            frames: 0,
            saved: Vec::new(),
            offset: (0.0, 0.0),
            ground: 1.0,
            ground_area: area,
            has_ground: false,
            ink: 0.0,
            setter: b"",
            size: 0.0,
            first: None,
            spacing: 0.0,
            word: 0.0,
            scale: 1.0,
            leading: 0.0,
            end: None,
            middles: Vec::new(),
            lines_begun: 0,
            clip: area,
            matrix: [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            line: (0.0, 0.0),
            advance: (0.0, 0.0),
        }
    }

    /// Takes one operator in; nothing where it is no part of a text.
    pub(super) fn follow(&mut self, operator: &[u8], operands: &[Value], font: Option<&Letters>) -> Option<()> {
        let number = |index: usize| operands.get(index).and_then(Value::as_f64).unwrap_or(0.0);
        let [left, bottom, right, top] = self.area;
        let (width, height) = (right - left, top - bottom);
        // What belongs to text stands between its brackets, what draws outside of them, as every reader wants it.
        let is_of_text = matches!(operator, b"Tm" | b"Td" | b"TD" | b"T*" | b"Tj" | b"TJ" | b"'");
        let is_outside =
            matches!(operator, b"q" | b"Q" | b"cm" | b"BT" | b"re" | b"m" | b"l" | b"h" | b"W" | b"W*" | b"n")
                || matches!(operator, b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*");
        // Beyond that readers calculate in their own ways.
        let most = if operator == b"re" { MAX_COORDINATE } else { MAX_NUMBER };
        let is_far = operands.iter().filter_map(Value::as_f64).any(|number| number.abs() > most);
        self.operators += 1;
        if self.is_over && !matches!(operator, b"Q" | b"EMC") {
            return None;
        }
        if (is_of_text && !self.in_text) || (is_outside && self.in_text) || is_far || self.operators > MAX_OPERATORS {
            return None;
        }
        match operator {
            b"BDC" if operands.first().and_then(Value::as_name) != Some(b"OC") => {}
            b"BMC" | b"EMC" | b"MP" | b"DP" | b"J" | b"j" | b"M" | b"G" | b"RG" | b"K" | b"i" | b"ri" => {}
            b"ET" if self.in_text => self.in_text = false,
            b"h" => {}
            // Moved as a whole, and nothing else.
            b"cm" if [number(0), number(1), number(2), number(3)] == [1.0, 0.0, 0.0, 1.0] => {
                self.offset = (self.offset.0 + number(4), self.offset.1 + number(5));
            }
            b"q" => self.saved.push(Inks {
                offset: self.offset,
                word: self.word,
                line_width: self.line_width,
                ink: self.ink,
                setter: self.setter,
                dashed: self.dashed,
                size: self.size,
                spacing: self.spacing,
                scale: self.scale,
                leading: self.leading,
            }),
            // One too many ends what nobody began: nothing may be drawn after it.
            b"Q" if self.saved.is_empty() => self.is_over = true,
            b"Q" => {
                let saved = self.saved.pop()?;
                (self.offset, self.word, self.line_width) = (saved.offset, saved.word, saved.line_width);
                (self.ink, self.setter, self.dashed) = (saved.ink, saved.setter, saved.dashed);
                (self.size, self.spacing, self.scale, self.leading) =
                    (saved.size, saved.spacing, saved.scale, saved.leading);
            }
            b"w" if number(0).abs() <= MAX_LINE => self.line_width = number(0).abs(),
            b"d" => self.dashed = operands.first().and_then(Value::as_array).is_none_or(|dashes| !dashes.is_empty()),
            b"Tw" if number(0) >= 0.0 && number(0) <= width => self.word = number(0),
            b"Tf" => self.size = number(1),
            b"Tc" => self.spacing = number(0),
            b"Tz" => self.scale = number(0) / 100.0,
            b"TL" => self.leading = number(0),
            // Only text that is filled is read here.
            b"Tr" if number(0) == 0.0 => {}
            b"g" | b"rg" | b"k" => (self.ink, self.setter) = (lightness(operator, operands)?, b""),
            // Colours of the device, said in two steps.
            b"cs" | b"CS" => {
                let setter: &'static [u8] = match operands.first().and_then(Value::as_name)? {
                    b"DeviceGray" => b"g",
                    b"DeviceRGB" => b"rg",
                    b"DeviceCMYK" => b"k",
                    _ => return None,
                };
                if operator == b"cs" {
                    // Until a colour is named, readers have one of their own.
                    (self.setter, self.ink) = (setter, f64::NAN);
                }
            }
            b"sc" | b"scn" => {
                let parts = match self.setter {
                    b"g" => 1,
                    b"rg" => 3,
                    b"k" => 4,
                    _ => return None,
                };
                self.ink = lightness(self.setter, operands).filter(|_| operands.len() == parts)?;
            }
            b"SC" | b"SCN" if operands.iter().all(|operand| operand.as_f64().is_some()) => {}
            b"re" => {
                let (x, y) = (number(0) + self.offset.0, number(1) + self.offset.1);
                let (far, high) = (x + number(2), y + number(3));
                self.rectangles.push([x.min(far), y.min(high), x.max(far), y.max(high)]);
                self.pen = None;
            }
            b"m" => {
                self.pen = Some((number(0), number(1)));
                self.paths.push(vec![(number(0) + self.offset.0, number(1) + self.offset.1)]);
            }
            // The dividers of a comb, and the edges of a frame, are straight and go from side to side.
            b"l" => {
                let (x, y) = self.pen?;
                let (dx, dy) = ((number(0) - x).abs(), (number(1) - y).abs());
                let mut is_whole_line = true;
                let is_edge = (dx < 0.5 && dy >= height * MOST) || (dy < 0.5 && dx >= width * MOST);
                // Where two edges of a frame meet.
                let is_corner = dx <= MAX_LINE && dy <= MAX_LINE;
                self.pen = (is_edge || is_corner).then_some((number(0), number(1)));
                self.pen?;
                self.lines += 1;
                let corner = (number(0) + self.offset.0, number(1) + self.offset.1);
                if !is_edge {
                    self.has_corners = true;
                } else if dx < 0.5 {
                    self.upright.push(corner.0);
                    is_whole_line = is_near(corner.0, left, right) || dy >= height * DIVIDER;
                } else {
                    self.level.push(corner.1);
                }
                is_whole_line.then_some(())?;
                self.paths.last_mut()?.push(corner);
            }
            // One rectangle, however it is drawn: of several, or of lines, each reader's rule leaves other parts. But
            // what is drawn in one direction covers all it encloses.
            b"W" | b"W*" if !self.has_corners => {
                let drawn: Option<Vec<_>> = self.paths.iter().map(|corners| closed_rectangle(corners)).collect();
                let drawn = drawn?;
                let is_one = match (self.rectangles.as_slice(), drawn.as_slice()) {
                    ([_], []) | ([], [_]) => true,
                    ([], [(_, first), rest @ ..]) => operator == b"W" && rest.iter().all(|(_, own)| own == first),
                    _ => false,
                };
                is_one.then_some(())?;
                self.rectangles.extend(drawn.into_iter().map(|(area, _)| area));
                // Small or large: text is seen inside it alone, and has to stand there.
                for [l, b, r, t] in &self.rectangles {
                    let [left, bottom, right, top] = self.clip;
                    self.clip = [l.max(left), b.max(bottom), r.min(right), t.min(top)];
                }
            }
            b"n" => self.begin_path(),
            // A frame, before any text: afterwards it might cover it. Dashes may be letters, but for those of one frame.
            b"S" | b"s" if !self.has_text && !self.has_corners => {
                self.fills_the_field(MOST)?;
                self.runs_along_the_edges()?;
                self.frames += 1;
                let is_frame = !self.dashed || (self.lines == 0 && self.rectangles.len() <= 1 && self.frames == 1);
                self.begin_path();
                is_frame.then_some(())?;
            }
            // A background, before any text: afterwards it would cover it.
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" if !self.has_text && self.is_one_rectangle() => {
                self.fills_the_field(WHOLE)?;
                self.has_ground = true;
                (self.ground, self.ground_area) = (self.ink, self.rectangles.first().copied().unwrap_or(self.area));
                self.begin_path();
            }
            // Edges of a frame, drawn as areas.
            b"f" | b"F" | b"f*" if !self.has_text && self.rectangles.is_empty() && !self.paths.is_empty() => {
                self.lines_the_edges()?;
                self.begin_path();
            }
            b"BT" => {
                self.in_text = true;
                self.matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
                self.move_to((0.0, 0.0));
            }
            b"Tm" => {
                self.matrix = [number(0), number(1), number(2), number(3), number(4), number(5)];
                self.move_to((0.0, 0.0));
            }
            b"Td" | b"TD" => {
                if operator == b"TD" {
                    self.leading = -number(1);
                }
                self.move_to((self.line.0 + number(0), self.line.1 + number(1)));
            }
            b"T*" => self.move_to((self.line.0, self.line.1 - self.leading)),
            b"Tj" | b"TJ" => self.show(operands, font?)?,
            b"'" => {
                self.move_to((self.line.0, self.line.1 - self.leading));
                self.show(operands, font?)?;
            }
            _ => return None,
        }
        Some(())
    }

    fn move_to(&mut self, line: (f64, f64)) {
        self.line = line;
        self.advance = (0.0, 0.0);
        self.lines_begun += 1;
    }

    fn begin_path(&mut self) {
        (self.rectangles, self.lines, self.paths, self.has_corners) = (Vec::new(), 0, Vec::new(), false);
        (self.upright, self.level) = (Vec::new(), Vec::new());
    }

    /// Lines that are drawn strike nothing out: they run along the edges, or between the cells of a comb, and what they
    /// leave free is for letters.
    fn runs_along_the_edges(&mut self) -> Option<()> {
        /// Most cells of a comb.
        const MAX_CELLS: usize = 100;
        let [left, bottom, right, top] = self.area;
        for [l, b, r, t] in &self.rectangles {
            self.upright.extend([*l, *r]);
            self.level.extend([*b, *t]);
        }
        let reach = self.line_width / 2.0;
        for x in std::mem::take(&mut self.upright) {
            if is_near(x, left, right) {
                let is_left = (x - left).abs() < (x - right).abs();
                if is_left {
                    self.inner[0] = self.inner[0].max(x + reach)
                } else {
                    self.inner[2] = self.inner[2].min(x - reach)
                }
            } else if !self.dividers.iter().any(|known| (known - x).abs() < 0.5) {
                let is_crowded = self.dividers.iter().any(|known| (known - x).abs() < MIN_CELL);
                self.dividers.push(x);
                (self.dividers.len() <= MAX_CELLS && !is_crowded && self.line_width <= MAX_DIVIDER).then_some(())?;
            }
        }
        for y in std::mem::take(&mut self.level) {
            is_near(y, bottom, top).then_some(())?;
            let is_low = (y - bottom).abs() < (y - top).abs();
            if is_low {
                self.inner[1] = self.inner[1].max(y + reach)
            } else {
                self.inner[3] = self.inner[3].min(y - reach)
            }
        }
        Some(())
    }

    /// Whether one rectangle is under construction, however it is drawn; then it is one of the rectangles.
    fn is_one_rectangle(&mut self) -> bool {
        if let ([], [corners]) = (self.rectangles.as_slice(), self.paths.as_slice())
            && let Some((area, _)) = closed_rectangle(corners).filter(|_| !self.has_corners)
        {
            (self.rectangles, self.paths) = (vec![area], Vec::new());
        }
        self.rectangles.len() == 1 && self.paths.is_empty()
    }

    /// Areas that are drawn lie along the edges, thin enough to be a frame, and leave what is between them for letters.
    fn lines_the_edges(&mut self) -> Option<()> {
        let [left, bottom, right, top] = self.area;
        for corners in &self.paths {
            let far = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            let [l, b, r, t] =
                corners.iter().fold(far, |[l, b, r, t], (x, y)| [l.min(*x), b.min(*y), r.max(*x), t.max(*y)]);
            let is_near = |place: f64, edge: f64| (place - edge).abs() <= MAX_LINE;
            let [inner_left, inner_bottom, inner_right, inner_top] = self.inner;
            self.inner = if is_near(l, left) && is_near(r, left) {
                [inner_left.max(r), inner_bottom, inner_right, inner_top]
            } else if is_near(l, right) && is_near(r, right) {
                [inner_left, inner_bottom, inner_right.min(l), inner_top]
            } else if is_near(b, bottom) && is_near(t, bottom) {
                [inner_left, inner_bottom.max(t), inner_right, inner_top]
            } else if is_near(b, top) && is_near(t, top) {
                [inner_left, inner_bottom, inner_right, inner_top.min(b)]
            } else {
                return None;
            };
        }
        Some(())
    }

    fn fills_the_field(&self, part: f64) -> Option<()> {
        let [left, bottom, right, top] = self.area;
        let fills = |[l, b, r, t]: &[f64; 4]| {
            r.min(right) - l.max(left) >= (right - left) * part && t.min(top) - b.max(bottom) >= (top - bottom) * part
        };
        self.rectangles.iter().all(fills).then_some(())
    }

    /// Text that stands inside the field whole, in the order in which it is read, large enough and upright, and differs
    /// from its ground.
    fn show(&mut self, operands: &[Value], font: &Letters) -> Option<()> {
        self.has_text = true;
        let [a, b, c, d, ..] = self.matrix;
        let is_upright = a > 0.0 && d > 0.0 && b.abs() < a * 0.01 && c.abs() < d * 0.01;
        let height = self.size * d;
        let breadth = self.size * a * self.scale;
        operands.last().map_or(Some(()), |operand| {
            font.walk(operand, &mut |step| {
                let (width, moved) = match step {
                    Step::Letter { text, width, is_word } => {
                        if text.chars().all(char::is_whitespace) {
                            self.text.push(' ');
                        } else {
                            (is_upright && self.is_alike(height, breadth)).then_some(())?;
                            self.place(text, width, height, breadth)?;
                        }
                        (width, self.spacing + if is_word { self.word } else { 0.0 })
                    }
                    Step::Move(back) => ((0.0, 0.0), -back / 1000.0 * self.size),
                };
                let on = |width: f64| (width * self.size + moved) * self.scale;
                self.advance = (self.advance.0 + on(width.0), self.advance.1 + on(width.1));
                Some(())
            })
        })
    }

    /// Whether letters are as large and as dark as the first ones, large enough to be read, and seen on their ground.
    fn is_alike(&mut self, height: f64, breadth: f64) -> bool {
        let [first_height, first_breadth, first_ink] = *self.first.get_or_insert([height, breadth, self.ink]);
        (height - first_height).abs() <= first_height.abs() * 0.01
            && (breadth - first_breadth).abs() <= first_breadth.abs() * 0.01
            && (self.ink - first_ink).abs() <= 0.01
            && height >= MIN_SIZE
            && breadth >= height * 0.3
            && (self.ink - self.ground).abs() >= CONTRAST
    }

    /// One letter, where it is read: after the one before it, neither on it nor further away than it says, or below.
    fn place(&mut self, letter: &str, width: (f64, f64), height: f64, breadth: f64) -> Option<()> {
        let [a, _, _, d, e, f] = self.matrix;
        let (x, y) = self.offset;
        let at = |along: f64| a * (self.line.0 + along) + e + x;
        let base = d * self.line.1 + f + y;
        let (start, furthest_start) = (at(self.advance.0), at(self.advance.1));
        let (end, furthest) = (start + width.0 * breadth, furthest_start + width.1 * breadth);
        if let Some(last) = &self.end {
            let is_below = base <= last.base - height * MIN_LEADING;
            let has_blank = self.text.ends_with(' ');
            if (base - last.base).abs() <= height * LEVEL {
                // Inside a line every width counts for both: what is between them is known.
                let gap = if last.line == self.lines_begun {
                    let moved = (self.advance.0 - last.advance.0, self.advance.1 - last.advance.1);
                    (moved.0.min(moved.1) * a / breadth, moved.0.max(moved.1) * a / breadth)
                } else {
                    ((start - last.furthest) / breadth, (furthest_start - last.end) / breadth)
                };
                let narrow = width.0.min(last.width);
                (gap.0 >= -MAX_KERNING.min(narrow * MAX_OVERLAP) && gap.1 <= MAX_GAP).then_some(())?;
                if has_blank {
                    (gap.0 >= LEAST_BLANK).then_some(())?;
                } else if gap.0 > MIN_BLANK {
                    self.text.push(' ');
                } else if gap.1 > MIN_BLANK {
                    return None;
                }
            } else {
                is_below.then_some(())?;
                if !has_blank {
                    self.text.push(' ');
                }
            }
        }
        self.text.push_str(letter);
        self.middles.push((start + furthest) / 2.0);
        let advance = (self.advance.0 + width.0 * breadth / a, self.advance.1 + width.1 * breadth / a);
        self.end = Some(Placed { end, furthest, base, width: width.0, advance, line: self.lines_begun });
        self.is_inside(start, furthest, base, height)
    }

    /// Whether letters stand inside the field, what its lines leave free, and their ground.
    fn is_inside(&self, start: f64, furthest: f64, base: f64, height: f64) -> Option<()> {
        let rounding = (height * 0.05).min(ROUNDING);
        let [left, bottom, right, top] = self.clip;
        let [inner_left, inner_bottom, inner_right, inner_top] = self.inner;
        let (left, bottom) = (left.max(inner_left), bottom.max(inner_bottom));
        let (right, top) = (right.min(inner_right), top.min(inner_top));
        // Light letters are lost where they leave their ground.
        let is_dark = self.ink < self.ground && !self.has_ground;
        let [l, b, r, t] = self.ground_area;
        let is_on_ground = start >= l && furthest <= r && base >= b && base + height * 0.7 <= t + rounding;
        let is_seen = (is_dark || is_on_ground)
            && start >= left - rounding
            && furthest <= right + height * 0.1
            // Commas and tails hang below the line.
            && base - height * 0.15 >= bottom - rounding
            && base + height * 0.7 <= top + rounding;
        is_seen.then_some(())
    }
}

/// A path of lines as a rectangle, where it is one, and whether it turns to the left.
fn closed_rectangle(corners: &[(f64, f64)]) -> Option<([f64; 4], bool)> {
    let corners = match corners {
        [corners @ .., last] if corners.len() == 4 && corners.first() == Some(last) => corners,
        corners => corners,
    };
    let [a, b, c, d] = corners else { return None };
    let same = |one: f64, other: f64| (one - other).abs() < 0.5;
    let is_upright = same(a.0, b.0) && same(b.1, c.1) && same(c.0, d.0) && same(d.1, a.1);
    let is_flat = same(a.1, b.1) && same(b.0, c.0) && same(c.1, d.1) && same(d.0, a.0);
    let area = [a.0.min(c.0), a.1.min(c.1), a.0.max(c.0), a.1.max(c.1)];
    let turn = (b.0 - a.0) * (c.1 - b.1) - (b.1 - a.1) * (c.0 - b.0);
    (is_upright || is_flat).then_some((area, turn > 0.0))
}

/// Whether a coordinate lies at one of two ends: where frames are drawn, inside their own lines.
fn is_near(place: f64, low: f64, high: f64) -> bool {
    /// Points within which it does, and the part of a small extent.
    const POINTS: f64 = 3.0;
    const PART: f64 = 0.25;
    let reach = ((high - low) * PART).min(POINTS);
    (place - low).abs() <= reach || (place - high).abs() <= reach
}

/// How far letters may reach beyond the field, in points: rounding.
const ROUNDING: f64 = 1.0;
