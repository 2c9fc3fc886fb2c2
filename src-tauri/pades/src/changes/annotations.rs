//! Annotations added, changed or removed on a page (ISO 32000-2, 12.5).

use std::collections::{HashMap, HashSet};

use pdf::{Dictionary, ObjectId, PdfError, Value};

use super::{
    Rules,
    compare::{Pair, Resolved},
    content, forms, marks,
};
use crate::facts::{ChangeKind, ChangeLevel};

/// Annotations that people make with a mouse, and nothing that plays, opens, fills in or redacts.
const MARKUP: [&[u8]; 15] = [
    b"Text",
    b"Popup",
    b"FreeText",
    b"Line",
    b"Square",
    b"Circle",
    b"Polygon",
    b"PolyLine",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Stamp",
    b"Caret",
    b"Ink",
];

/// What a markup annotation may have, and change (tables 166, 172 to 183): what it says and how it is drawn. Any other
/// key belongs to something else that the object serves as.
const MARKUP_KEYS: [&[u8]; 49] = [
    b"Rotate",
    b"Lang",
    b"BM",
    b"ca",
    b"Type",
    b"Subtype",
    b"Rect",
    b"Contents",
    b"P",
    b"NM",
    b"M",
    b"F",
    b"AP",
    b"Border",
    b"C",
    b"StructParent",
    b"T",
    b"Popup",
    b"CA",
    b"RC",
    b"CreationDate",
    b"IRT",
    b"Subj",
    b"RT",
    b"IT",
    b"DA",
    b"Q",
    b"DS",
    b"CL",
    b"RD",
    b"BS",
    b"LE",
    b"L",
    b"LL",
    b"LLE",
    b"LLO",
    b"Cap",
    b"CP",
    b"CO",
    b"QuadPoints",
    b"Vertices",
    b"Name",
    b"InkList",
    b"BE",
    b"IC",
    b"Sy",
    b"Open",
    b"Parent",
    b"State",
];

/// Bits of `/F` that keep an annotation's size and direction whatever the page's are.
const NO_ZOOM: i64 = 1 << 3;
const NO_ROTATE: i64 = 1 << 4;

/// Bits of `/F` under which an annotation is not shown: invisible, hidden, no view (table 167).
pub(super) const UNSEEN_FLAGS: i64 = 0b10_0011;

impl Rules<'_, '_> {
    pub(super) fn page_annotations(
        &mut self,
        page: ObjectId,
        was: &Dictionary,
        is: &Dictionary,
        number: usize,
    ) -> Result<(), PdfError> {
        let (old, new) =
            (self.pair.get(was, b"Annots", self.pair.before)?, self.pair.get(is, b"Annots", self.pair.after)?);
        let path = |what: &str| format!("página {number}/{what}");
        let list = |resolved: &Resolved| -> Option<Vec<Value>> {
            if resolved.is_null() { Some(Vec::new()) } else { resolved.value.as_array().map(<[Value]>::to_vec) }
        };
        let (Some(old), Some(new)) = (list(&old), list(&new)) else {
            self.other(Some(page.number), path("Annots"));
            return Ok(());
        };
        let (mut kept_old, mut kept_new) = (Vec::new(), Vec::new());
        let set = |list: &[Value]| list.iter().filter_map(Value::as_reference).collect::<HashSet<ObjectId>>();
        let (in_old, in_new) = (set(&old), set(&new));
        let is_in = |set: &HashSet<ObjectId>, value: &Value| value.as_reference().is_some_and(|id| set.contains(&id));
        let mut times: HashMap<ObjectId, usize> = HashMap::new();
        for id in new.iter().filter_map(Value::as_reference) {
            *times.entry(id).or_default() += 1;
        }
        for value in &old {
            if value.as_reference().is_none() || is_in(&in_new, value) {
                kept_old.push(value.clone());
            } else {
                self.removed(value, was, &path("Annots"))?;
            }
        }
        let old_direct = old.iter().filter(|value| value.as_reference().is_none()).count();
        let mut new_direct = 0;
        for value in &new {
            let is_direct = value.as_reference().is_none();
            new_direct += usize::from(is_direct);
            if (is_direct && new_direct <= old_direct) || is_in(&in_old, value) {
                kept_new.push(value.clone());
            } else {
                self.added(page, value, is, number, &times)?;
            }
        }
        // The order says what lies on top.
        let same_order = kept_old.len() == kept_new.len()
            && kept_old.iter().zip(&kept_new).all(|(old, new)| old.as_reference() == new.as_reference());
        if !same_order {
            self.other(Some(page.number), path("Annots"));
            return Ok(());
        }
        for (old, new) in kept_old.iter().zip(&kept_new) {
            match new.as_reference() {
                Some(id) => self.kept(id, is, number)?,
                None if self.pair.same(old, new)? && !self.direct_borrows(new)? => {}
                None => self.other(Some(page.number), path("Annots")),
            }
        }
        Ok(())
    }

    fn removed(&mut self, value: &Value, page: &Dictionary, path: &str) -> Result<(), PdfError> {
        let number = value.as_reference().map(|id| id.number);
        let old = self.pair.resolve(value, self.pair.before)?;
        let Some(keys) = old.dictionary() else { return Ok(()) };
        self.moved.extend(number);
        if keys.name(b"Subtype").is_some_and(|kind| MARKUP.contains(&kind)) {
            let visible = is_visible(&self.pair, keys, self.pair.before)?;
            // What it lay on comes to light.
            let covered = visible && self.covers_in(page, keys, value.as_reference(), self.pair.before)?;
            self.annotation(ChangeKind::AnnotationRemoved, number, path, visible, covered);
        } else {
            self.other(number, path);
        }
        Ok(())
    }

    fn annotation(&mut self, kind: ChangeKind, number: Option<u32>, path: &str, visible: bool, covers: bool) {
        let level = match (visible, covers) {
            (_, true) => ChangeLevel::CoveringAnnotations,
            (true, false) => ChangeLevel::VisibleAnnotations,
            (false, false) => ChangeLevel::Annotations,
        };
        self.note(kind, level, number, path);
    }

    fn added(
        &mut self,
        page: ObjectId,
        value: &Value,
        page_keys: &Dictionary,
        number: usize,
        times: &HashMap<ObjectId, usize>,
    ) -> Result<(), PdfError> {
        let id = value.as_reference();
        let object = id.map_or(page.number, |id| id.number);
        let path = format!("página {number}/Annots");
        if let Some(id) = id.filter(|id| self.widgets.contains_key(&id.number)) {
            self.place_signature(id, page_keys)?;
            if times.get(&id).is_some_and(|times| *times > 1) {
                self.other(Some(object), path);
            }
            return Ok(());
        }
        let new = self.pair.resolve(value, self.pair.after)?;
        let Some(keys) = new.dictionary().filter(|_| new.data.is_none()) else {
            self.other(Some(object), path);
            return Ok(());
        };
        if !is_harmless(keys) {
            self.other(Some(object), path);
            return Ok(());
        }
        self.moved.insert(object);
        let visible = is_visible(&self.pair, keys, self.pair.after)?;
        let covers = self.is_sneaky(keys, id, page_keys)? || (visible && self.covers(page_keys, keys, id)?);
        self.annotation(ChangeKind::AnnotationAdded, Some(object), &path, visible, covers);
        Ok(())
    }

    fn kept(&mut self, id: ObjectId, page_keys: &Dictionary, number: usize) -> Result<(), PdfError> {
        *self.stands_on.entry(id.number).or_default() += 1;
        if self.widgets.contains_key(&id.number) {
            self.place_signature(id, page_keys)?;
        }
        if let Some((field, is_button)) = self.filled_widgets.get(&id.number).copied() {
            self.place_filled(id, field, is_button, page_keys)?;
        }
        if !self.pair.affected.contains(&id.number) {
            return Ok(());
        }
        let reference = Value { kind: pdf::Kind::Reference(id), span: 0..0 };
        if self.fields_seen.contains(&id.number) {
            let widget = self.pair.resolve(&reference, self.pair.after)?;
            if let Some(keys) = widget.dictionary()
                && self.borrows_a_value(Some(id), keys)?
            {
                self.other(Some(id.number), format!("página {number}/Annots"));
            }
            return Ok(());
        }
        let (old, new) =
            (self.pair.resolve(&reference, self.pair.before)?, self.pair.resolve(&reference, self.pair.after)?);
        let path = format!("página {number}/Annots");
        let (Some(a), Some(b)) = (old.dictionary(), new.dictionary()) else {
            self.other(Some(id.number), path);
            return Ok(());
        };
        if self.borrows_a_value(Some(id), b)? {
            self.other(Some(id.number), path);
            return Ok(());
        }
        if old.data.is_some() || new.data.is_some() {
            // An annotation is no stream; what is one is something else as well.
            self.other(Some(id.number), path);
            return Ok(());
        }
        let differing = self.pair.differing(a, b)?;
        if differing.is_empty() {
            return Ok(());
        }
        let same_kind = a.name(b"Subtype") == b.name(b"Subtype");
        if !same_kind || new.data.is_some() || !is_harmless(b) || a.name(b"Subtype") == Some(b"Widget") {
            self.other(Some(id.number), path);
            return Ok(());
        }
        let was_visible = is_visible(&self.pair, a, self.pair.before)?;
        let visible = is_visible(&self.pair, b, self.pair.after)?;
        // What changes its look, its place or its being seen, shows or hides something.
        let moves = |key: &[u8]| differing.iter().any(|other| other == key);
        if (b.name(b"Subtype") == Some(b"Popup") && moves(b"Parent"))
            || (moves(b"Popup") && self.opens_elsewhere(b, page_keys)?)
        {
            // A note would be read with the words of another.
            self.other(Some(id.number), path);
            return Ok(());
        }
        let only_text = differing
            .iter()
            .all(|key| matches!(key.as_slice(), b"M" | b"NM" | b"StructParent" | b"Popup" | b"CreationDate"));
        let covers = self.is_sneaky(b, Some(id), page_keys)?
            || was_visible != visible
            || (visible && self.covers(page_keys, b, Some(id))?);
        let (visible, covers) = if only_text { (false, false) } else { (visible || was_visible, covers) };
        self.annotation(ChangeKind::AnnotationChanged, Some(id.number), &path, visible, covers);
        Ok(())
    }

    /// Whether a widget names a field that was filled in, and the field does not name it: readers differ on whose value
    /// it shows.
    fn borrows_a_value(&self, own: Option<ObjectId>, keys: &Dictionary) -> Result<bool, PdfError> {
        if self.filled.is_empty() {
            return Ok(false);
        }
        let (mut child, mut keys) = (own, keys.clone());
        for _ in 0..forms::MAX_FIELD_DEPTH {
            let Some(id) = keys.get(b"Parent").and_then(Value::as_reference) else { return Ok(false) };
            let parent = self.pair.resolve(&Value { kind: pdf::Kind::Reference(id), span: 0..0 }, self.pair.after)?;
            let Some(parent) = parent.dictionary() else { return Ok(false) };
            let kids = self.pair.get(parent, b"Kids", self.pair.after)?;
            let names_it =
                |child| kids.value.as_array().unwrap_or_default().iter().any(|kid| kid.as_reference() == Some(child));
            if self.filled.contains_key(&id.number) && !child.is_some_and(names_it) {
                return Ok(true);
            }
            (child, keys) = (Some(id), parent.clone());
        }
        Ok(true)
    }

    fn direct_borrows(&self, annotation: &Value) -> Result<bool, PdfError> {
        annotation.as_dictionary().map_or(Ok(false), |keys| self.borrows_a_value(None, keys))
    }

    /// Where a new signature stands is known only from the page that holds it.
    fn place_signature(&mut self, id: ObjectId, page: &Dictionary) -> Result<(), PdfError> {
        *self.placed.entry(id.number).or_default() += 1;
        let reference = Value { kind: pdf::Kind::Reference(id), span: 0..0 };
        let widget = self.pair.resolve(&reference, self.pair.after)?;
        let Some(widget) = widget.dictionary() else { return Ok(()) };
        let Some(area) = self.visible_area(widget)? else { return Ok(()) };
        let is_modest = self.is_modest_on(page, area)?
            && !self.turns_away(page, widget)?
            && !self.lies_on_another(page, Some(id), area, self.pair.before)?;
        if !is_modest {
            self.make_immodest(id.number);
        }
        Ok(())
    }

    /// A field that shows what was filled in is no wider than a field, and lies on nothing that the page says.
    fn place_filled(&mut self, id: ObjectId, field: u32, is_button: bool, page: &Dictionary) -> Result<(), PdfError> {
        /// The largest part of a page that a field may take, and the longest side of a button, in points: no word fits
        /// below one that stands on a scan.
        const MAX_FIELD: f64 = 0.25;
        const MAX_BUTTON: f64 = 48.0;
        const MAX_MARK_ON_SCAN: f64 = 20.0;
        let reference = Value { kind: pdf::Kind::Reference(id), span: 0..0 };
        let widget = self.pair.resolve(&reference, self.pair.after)?;
        let Some(widget) = widget.dictionary() else { return Ok(()) };
        let Some(area @ [left, bottom, right, top]) = rectangle(&self.pair, widget, self.pair.after)? else {
            return Ok(());
        };
        let Some([l, b, r, t]) = content::page_box(&self.pair, page, self.pair.after)? else {
            return Err(content::UNCLEAR);
        };
        // Upside down a 6 is a 9; in other units a field is too small to be read.
        let unit = self.pair.get(page, b"UserUnit", self.pair.after)?;
        let is_usual = unit.is_null() || unit.value.as_f64() == Some(1.0);
        if !is_usual || !matches!(content::rotation(&self.pair, page, self.pair.after)?, Some(0 | 90 | 270)) {
            return Err(content::UNCLEAR);
        }
        let part = (right - left) * (top - bottom) / ((r - l) * (t - b)).max(1.0);
        let is_large =
            if is_button { right - left > MAX_BUTTON || top - bottom > MAX_BUTTON } else { part > MAX_FIELD };
        // What paints its ground hides what a scan shows there.
        let hides = marks::paints_its_ground(&self.pair, widget, self.pair.after)?;
        let ground = if hides { content::Ground::Counts } else { content::Ground::UnderText };
        let is_on_page =
            left >= l - forms::EDGE && bottom >= b - forms::EDGE && right <= r + forms::EDGE && top <= t + forms::EDGE;
        if is_large
            || !is_on_page
            || content::is_covered(&self.pair, page, area, ground)?
            || self.turns_away(page, widget)?
            || self.lies_on_another(page, Some(id), area, self.pair.before)?
        {
            self.overlaid.insert(field);
            return Ok(());
        }
        // Nor can it be told of a mark whether it hides a letter of a scan, but for a small dark one.
        let is_longer = right - left > MAX_MARK_ON_SCAN || top - bottom > MAX_MARK_ON_SCAN;
        if is_button
            && (is_longer || marks::is_light(&self.pair, widget, self.pair.after)?)
            && content::is_covered(&self.pair, page, area, content::Ground::IsPicture)?
        {
            return Err(content::UNCLEAR);
        }
        Ok(())
    }

    /// Whether a widget keeps its own direction or size: it is then drawn elsewhere than its rectangle says.
    fn turns_away(&self, page: &Dictionary, widget: &Dictionary) -> Result<bool, PdfError> {
        let flags = self.pair.flags(widget, b"F", self.pair.after)?;
        let is_turned = content::rotation(&self.pair, page, self.pair.after)? != Some(0);
        Ok(flags & NO_ZOOM != 0 || (flags & NO_ROTATE != 0 && is_turned))
    }

    /// Whether an area lies on another annotation or field that was there.
    fn lies_on_another(
        &self,
        page: &Dictionary,
        own: Option<ObjectId>,
        [left, bottom, right, top]: [f64; 4],
        revision: usize,
    ) -> Result<bool, PdfError> {
        let list = self.pair.get(page, b"Annots", revision)?;
        for other in list.value.as_array().unwrap_or_default() {
            if other.as_reference().is_some_and(|id| Some(id) == own || !self.existed(id.number)) {
                continue;
            }
            let other = self.pair.resolve(other, self.pair.before)?;
            let Some(keys) = other.dictionary() else { continue };
            let is_drawn = keys.get(b"AP").is_some();
            let is_link = keys.name(b"Subtype") == Some(b"Link") && !is_drawn && !self.has_thick_border(keys)?;
            if keys.name(b"Subtype") == Some(b"Popup") || is_link {
                continue;
            }
            let Some([l, b, r, t]) = annotation_area(&self.pair, keys, self.pair.before)? else { continue };
            if l < r && b < t && l < right - LINE && r > left + LINE && b < top - LINE && t > bottom + LINE {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a border is drawn that may hide something.
    fn has_thick_border(&self, keys: &Dictionary) -> Result<bool, PdfError> {
        let border = self.pair.get(keys, b"Border", self.pair.before)?;
        let style = self.pair.get(keys, b"BS", self.pair.before)?;
        let of_border = border.value.as_array().and_then(|border| border.get(2)).cloned();
        let of_style = style.dictionary().and_then(|style| style.get(b"W")).cloned();
        for width in of_border.into_iter().chain(of_style) {
            if self.pair.resolve(&width, self.pair.before)?.value.as_f64().is_none_or(|width| width > LINE) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn existed(&self, number: u32) -> bool {
        !matches!(self.pair.document.locate(number, self.pair.before), None | Some(pdf::Location::Free))
    }

    /// Hidden from view, or from the lists in which readers show what was added (attack class C2).
    fn is_sneaky(&self, keys: &Dictionary, own: Option<ObjectId>, page: &Dictionary) -> Result<bool, PdfError> {
        if self.opens_elsewhere(keys, page)? {
            return Ok(true);
        }
        if keys.name(b"Subtype") == Some(b"Popup") {
            // A popup shows the text of the note it belongs to; one of a popup, or of nothing, shows up nowhere.
            let parent = self.pair.get(keys, b"Parent", self.pair.after)?;
            let belongs = parent.dictionary().is_some_and(|note| {
                let popup = note.get(b"Popup").and_then(Value::as_reference);
                note.name(b"Subtype").is_some_and(|kind| kind != b"Popup" && MARKUP.contains(&kind))
                    && (note.get(b"Popup").is_none() || popup == own)
            }) && self.is_listed(keys.get(b"Parent"), page)?;
            // Some readers draw what a popup brings along, or open it at once.
            let draws = keys.get(b"AP").is_some()
                || self.pair.get(keys, b"Open", self.pair.after)?.value.kind == pdf::Kind::Boolean(true);
            return Ok(!belongs || draws);
        }
        let flags = self.pair.flags(keys, b"F", self.pair.after)?;
        let has_look = !self.pair.get(keys, b"AP", self.pair.after)?.is_null();
        let text = self.pair.get(keys, b"Contents", self.pair.after)?;
        let has_text = text.value.as_string().is_some_and(|text| !text.is_empty());
        let has_subject = keys.get(b"Popup").is_some() || keys.get(b"T").is_some();
        Ok(flags & UNSEEN_FLAGS != 0 || (has_look && !has_text && !has_subject))
    }

    /// Whether a note has a popup that is none of this page's.
    fn opens_elsewhere(&self, keys: &Dictionary, page: &Dictionary) -> Result<bool, PdfError> {
        Ok(keys.get(b"Popup").is_some() && !self.is_listed(keys.get(b"Popup"), page)?)
    }

    /// Whether a reference names one of the page's annotations.
    fn is_listed(&self, value: Option<&Value>, page: &Dictionary) -> Result<bool, PdfError> {
        let Some(wanted) = value.and_then(Value::as_reference) else { return Ok(false) };
        let list = self.pair.get(page, b"Annots", self.pair.after)?;
        Ok(list.value.as_array().unwrap_or_default().iter().any(|other| other.as_reference() == Some(wanted)))
    }

    /// Whether it lies on something that the page shows.
    fn covers(&self, page: &Dictionary, keys: &Dictionary, own: Option<ObjectId>) -> Result<bool, PdfError> {
        self.covers_in(page, keys, own, self.pair.after)
    }

    fn covers_in(
        &self,
        page: &Dictionary,
        keys: &Dictionary,
        own: Option<ObjectId>,
        revision: usize,
    ) -> Result<bool, PdfError> {
        let Some(area) = annotation_area(&self.pair, keys, revision)? else { return Ok(true) };
        // The icon of a note keeps its size and direction, and its place allows for it; a larger picture is no icon.
        let is_small = rectangle(&self.pair, keys, revision)?
            .is_some_and(|[left, bottom, right, top]| right - left <= ICON && top - bottom <= ICON);
        let is_icon = keys.name(b"Subtype") == Some(b"Text") && (is_small || keys.get(b"AP").is_none());
        if !is_icon && self.turns_away(page, keys)? {
            return Ok(true);
        }
        Ok(content::is_covered(&self.pair, page, area, content::Ground::Counts)?
            || self.lies_on_another(page, own, area, revision)?)
    }
}

/// Markup that does nothing when it is clicked.
fn is_harmless(keys: &Dictionary) -> bool {
    let plain_subtype = keys.name(b"Subtype").is_some_and(|kind| MARKUP.contains(&kind));
    plain_subtype
        && !keys.is_ambiguous()
        && keys.entries.iter().all(|entry| MARKUP_KEYS.contains(&entry.key.as_slice()) || entry.key == b"StateModel")
}

/// Whether every reader hides it (12.5.3): the other flags hide it from some, or on paper or on screen alone.
pub(super) fn is_hidden(pair: &Pair<'_, '_>, keys: &Dictionary, revision: usize) -> Result<bool, PdfError> {
    const HIDDEN: i64 = 2;
    let flags = pair.flags(keys, b"F", revision)?;
    Ok(flags >= 0 && flags & HIDDEN != 0)
}

/// Whether something is seen on the page: popups only open when asked, and one flag hides.
fn is_visible(pair: &Pair<'_, '_>, keys: &Dictionary, revision: usize) -> Result<bool, PdfError> {
    let is_point =
        annotation_area(pair, keys, revision)?.is_some_and(|[left, bottom, right, top]| left >= right || bottom >= top);
    Ok(keys.name(b"Subtype") != Some(b"Popup") && !is_hidden(pair, keys, revision)? && !is_point)
}

/// Keys whose points an annotation is drawn from, whatever its rectangle says.
const GEOMETRY: [&[u8]; 6] = [b"L", b"InkList", b"QuadPoints", b"Vertices", b"CL", b"Path"];

/// Least half-width of a line, and the side of a note's icon, in points.
const LINE: f64 = 2.0;
const ICON: f64 = 24.0;

/// How many times its width the end of a line, or the bulge of a cloud, may reach.
const LINE_ENDING: f64 = 10.0;

/// The place of what cannot be placed.
const EVERYWHERE: [f64; 4] = [f64::NEG_INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY];

/// Everything that an annotation may draw on: its rectangle, and the points it is drawn from.
fn annotation_area(pair: &Pair<'_, '_>, keys: &Dictionary, revision: usize) -> Result<Option<[f64; 4]>, PdfError> {
    let Some([mut left, mut bottom, mut right, mut top]) = rectangle(pair, keys, revision)? else { return Ok(None) };
    // Readers differ on which of the two counts: the wider one.
    let mut width: f64 = 1.0;
    let style = pair.get(keys, b"BS", revision)?;
    let border = pair.get(keys, b"Border", revision)?;
    let of_style = style.dictionary().and_then(|style| style.get(b"W"));
    let of_border = border.value.as_array().and_then(|border| border.get(2));
    for given in of_style.into_iter().chain(of_border) {
        match pair.resolve(given, revision)?.value.as_f64() {
            Some(given) => width = width.max(given.abs()),
            None => return Ok(Some(EVERYWHERE)),
        }
    }
    // Ends of lines, leaders and clouds reach further than the points; where a caption goes nobody says.
    let has = |key: &[u8]| Ok::<_, PdfError>(!pair.get(keys, key, revision)?.is_null());
    if pair.get(keys, b"Cap", revision)?.value.kind == pdf::Kind::Boolean(true) {
        return Ok(Some(EVERYWHERE));
    }
    let mut edge = LINE.max(width.abs());
    if has(b"LE")? || has(b"BE")? {
        edge = edge.max(LINE_ENDING) * LINE_ENDING;
    }
    for key in [b"LL".as_slice(), b"LLE", b"LLO"] {
        let leader = pair.get(keys, key, revision)?;
        match leader.value.as_f64() {
            Some(length) => edge += length.abs(),
            None if leader.is_null() => {}
            None => return Ok(Some(EVERYWHERE)),
        }
    }
    for key in GEOMETRY {
        let mut numbers = Vec::new();
        collect_numbers(pair, &pair.get(keys, key, revision)?.value, revision, &mut numbers, 0)?;
        for point in numbers.chunks_exact(2) {
            let [x, y] = *point else { continue };
            left = left.min(x - edge);
            right = right.max(x + edge);
            bottom = bottom.min(y - edge);
            top = top.max(y + edge);
        }
    }
    if matches!(keys.name(b"Subtype"), Some(b"Text" | b"Caret" | b"FileAttachment"))
        && (right - left <= ICON || top - bottom <= ICON)
    {
        // Readers draw the icon in its own size, from one corner or the other.
        (left, bottom, right, top) = (left - ICON, bottom - ICON, right + ICON, top + ICON);
    }
    Ok(Some([left, bottom, right, top]))
}

fn collect_numbers(
    pair: &Pair<'_, '_>,
    value: &Value,
    revision: usize,
    into: &mut Vec<f64>,
    depth: usize,
) -> Result<(), PdfError> {
    /// Lists of points are at most lists of lists.
    const MAX_DEPTH: usize = 4;
    for part in value.as_array().unwrap_or_default() {
        let part = pair.resolve(part, revision)?.value;
        match part.as_f64() {
            Some(number) => into.push(number),
            None if depth < MAX_DEPTH => collect_numbers(pair, &part, revision, into, depth + 1)?,
            None => {}
        }
    }
    Ok(())
}

/// `/Rect` with its corners in order. One that is not exactly four numbers is read by each viewer in its own way, and
/// counts as the whole page.
pub(super) fn rectangle(pair: &Pair<'_, '_>, keys: &Dictionary, revision: usize) -> Result<Option<[f64; 4]>, PdfError> {
    let value = pair.get(keys, b"Rect", revision)?;
    if value.is_null() {
        return Ok(None);
    }
    Ok(Some(numbers(pair, &value, revision)?.unwrap_or(EVERYWHERE)))
}

/// Four numbers as a rectangle with its corners in order.
pub(super) fn numbers(pair: &Pair<'_, '_>, value: &Resolved, revision: usize) -> Result<Option<[f64; 4]>, PdfError> {
    let mut corners = Vec::new();
    for corner in value.value.as_array().unwrap_or_default() {
        corners.push(pair.resolve(corner, revision)?.value.as_f64());
    }
    Ok(match corners.as_slice() {
        [Some(a), Some(b), Some(c), Some(d)] => Some([a.min(*c), b.min(*d), a.max(*c), b.max(*d)]),
        _ => None,
    })
}
