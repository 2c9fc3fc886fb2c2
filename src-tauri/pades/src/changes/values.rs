//! Whether a field that was filled in shows the value that it has.

use pdf::{Dictionary, Kind, ObjectId, PdfError, Value};

use super::{
    Rules,
    annotations::{self, UNSEEN_FLAGS},
    appearance::{self, Shown, ShownText},
    compare::Resolved,
    forms::{self, Filled, MAX_FIELD_DEPTH},
    marks::{self, Mark},
};
use crate::{
    facts::{ChangeKind, ChangeLevel},
    fields,
};

/// `/Ff` bit 17 of buttons: a push button.
const PUSH_BUTTON: i64 = 1 << 16;

/// `/Ff` bits 16 and 26 of buttons: radio buttons, and such that are on together where they have one name.
const RADIO: i64 = 1 << 15;
const IN_UNISON: i64 = 1 << 25;

/// `/Ff` bit 18 of choices: a list that drops down.
const COMBO: i64 = 1 << 17;

/// `/Ff` bit 19 of choices: other words than those listed may be written.
const EDITED: i64 = 1 << 18;

/// `/Ff` bit 25 of text fields: a comb.
const COMB: i64 = 1 << 24;

/// `/Ff` bit 14 of text fields: a password.
const PASSWORD: i64 = 1 << 13;

/// Nobody can say whether a field shows its value.
const UNCLEAR: PdfError = PdfError::Limit("appearance");

impl Rules<'_, '_> {
    /// Every field that was filled in shows the value it has.
    pub(super) fn form_values(&mut self) -> Result<(), PdfError> {
        for filled in std::mem::take(&mut self.filled).into_values() {
            let reference = Value { kind: Kind::Reference(filled.id), span: 0..0 };
            let field = self.pair.resolve(&reference, self.pair.after)?;
            let Some(keys) = field.dictionary() else { continue };
            let value = self.inherited_value(keys, self.pair.after)?;
            if !self.has_a_place(filled.id, keys)? {
                self.overlaid.insert(filled.id.number);
            }
            let is_shared = self.is_shared_name(&filled.name)?;
            let shown = if self.overlaid.contains(&filled.id.number) {
                Ok(false)
            } else {
                match self.value_is_shown(&filled, keys, &value, self.pair.after) {
                    Ok(true) if is_shared => Err(UNCLEAR),
                    Ok(true) => self.agreed_before(&filled, &reference),
                    other => other,
                }
            };
            let (kind, level) = match shown {
                // A script that formats values, or rich text beside the plain one: what is right nobody here computes.
                _ if !self.overlaid.contains(&filled.id.number) && self.is_formatted(keys)? => {
                    (ChangeKind::ValueUnclear, ChangeLevel::FormFilling)
                }
                Ok(true) => (ChangeKind::FieldFilled, ChangeLevel::FormFilling),
                Ok(false) => (ChangeKind::ValueNotShown, ChangeLevel::Other),
                Err(UNCLEAR) => (ChangeKind::ValueUnclear, ChangeLevel::FormFilling),
                Err(error) => return Err(error),
            };
            self.note(kind, level, Some(filled.id.number), format!("campo {}", filled.name));
            if let Some(change) = self.changes.last_mut() {
                change.field = Some(filled.name);
                change.was = Some(filled.was);
                change.is = value_text(&value.value);
            }
        }
        Ok(())
    }

    /// Whether each widget of a field stands on exactly one page: elsewhere nobody sees what it says.
    fn has_a_place(&self, field: ObjectId, keys: &Dictionary) -> Result<bool, PdfError> {
        let kids = self.pair.get(keys, b"Kids", self.pair.after)?;
        let is_once = |id: ObjectId| self.stands_on.get(&id.number) == Some(&1);
        Ok(match kids.value.as_array() {
            Some(kids) => kids.iter().all(|kid| kid.as_reference().is_some_and(is_once)),
            None => is_once(field),
        })
    }

    /// Whether a script says how the field's value is written, or the value is rich text.
    fn is_formatted(&self, keys: &Dictionary) -> Result<bool, PdfError> {
        let actions = self.pair.get(keys, b"AA", self.pair.before)?;
        let mut formats = actions.dictionary().is_some_and(|actions| actions.get(b"F").is_some());
        for widget in self.widgets_of(keys, self.pair.before)? {
            let actions = self.pair.get(&widget, b"AA", self.pair.before)?;
            formats |= actions.dictionary().is_some_and(|actions| actions.get(b"F").is_some());
        }
        Ok(formats || keys.get(b"RV").is_some())
    }

    /// Whether a field showed its value before: what did not agree when it was signed was laid out for this change.
    fn agreed_before(&self, filled: &Filled, field: &Value) -> Result<bool, PdfError> {
        let before = self.pair.resolve(field, self.pair.before)?;
        let Some(old) = before.dictionary() else { return Ok(false) };
        let value = self.inherited_value(old, self.pair.before)?;
        // Without any look, readers made one of the value; a look without text said nothing else.
        if self.has_no_look(old, self.pair.before)?
            || (filled.kind != b"Btn" && !self.shows_text(old, self.pair.before)?)
        {
            return Ok(true);
        }
        self.value_is_shown(filled, old, &value, self.pair.before)
    }

    fn inherited_value(&self, keys: &Dictionary, revision: usize) -> Result<Resolved, PdfError> {
        self.inherited(keys, b"V", revision)
    }

    fn inherited(&self, keys: &Dictionary, key: &[u8], revision: usize) -> Result<Resolved, PdfError> {
        let mut node = keys.clone();
        for _ in 0..MAX_FIELD_DEPTH {
            let value = self.pair.get(&node, key, revision)?;
            if !value.is_null() {
                return Ok(value);
            }
            let parent = self.pair.get(&node, b"Parent", revision)?;
            match parent.dictionary() {
                Some(parent) => node = parent.clone(),
                None => return Ok(value),
            }
        }
        Err(PdfError::Limit("field depth"))
    }

    fn value_is_shown(
        &self,
        filled: &Filled,
        keys: &Dictionary,
        value: &Resolved,
        revision: usize,
    ) -> Result<bool, PdfError> {
        let widgets = self.widgets_of(keys, revision)?;
        let is_fit = match filled.kind.as_slice() {
            b"Btn" => value.is_null() || value.value.as_name().is_some(),
            b"Tx" => value.is_null() || value.value.as_string().is_some(),
            _ if filled.flags & COMBO != 0 => value.is_null() || value.value.as_string().is_some(),
            _ => value.is_null() || value.value.as_string().is_some() || value.value.as_array().is_some(),
        };
        if !is_fit {
            return Ok(false);
        }
        if value.value.is_ambiguous() || self.speaks_elsewhere(keys, value, revision)? {
            return Err(UNCLEAR);
        }
        if let Some(text) = value.value.as_string() {
            // Some readers show what others leave out, or cut it off.
            let limit = self.inherited(keys, b"MaxLen", revision)?.value.as_usize();
            let length = fields::text(text).chars().count();
            let is_cut = revision == self.pair.after && limit.is_some_and(|limit| length > limit);
            if !fields::is_plain(text) || (filled.kind == b"Tx" && is_cut) {
                return Err(UNCLEAR);
            }
        }
        /// Most widgets that show one state.
        const MAX_MARKS: usize = 2;
        let (mut has_state, mut marks) = (false, 0);
        let is_alone = filled.flags & RADIO != 0 && filled.flags & IN_UNISON == 0;
        let is_off = value.value.as_name().is_none_or(|state| state == b"Off");
        let is_apart = !self.pair.get(keys, b"Kids", revision)?.is_null();
        for widget in &widgets {
            // A value of its own is the field's, or some readers show another one.
            let own = self.pair.get(widget, b"V", revision)?;
            if is_apart && !own.is_null() && own.value.kind != value.value.kind {
                return Ok(false);
            }
            // What a widget says of the field for itself, readers hear or do not.
            let says_more = [b"Ff".as_slice(), b"MaxLen", b"Opt"].iter().any(|key| widget.get(key).is_some());
            if is_apart && filled.kind != b"Btn" && says_more {
                return Err(UNCLEAR);
            }
            let is_right = match filled.kind.as_slice() {
                b"Btn" if filled.flags & PUSH_BUTTON == 0 => {
                    if revision == self.pair.after && !self.can_be_seen(widget)? {
                        return Err(UNCLEAR);
                    }
                    let (is_right, has_wanted) = self.button_shows(widget, value, revision)?;
                    has_state |= has_wanted;
                    // Several marks at once make a drawing.
                    marks += usize::from(has_wanted && !is_off);
                    if marks > if is_alone { 1 } else { MAX_MARKS } {
                        return Err(UNCLEAR);
                    }
                    is_right
                }
                b"Tx" if filled.flags & PASSWORD == 0 => {
                    // Without a length a comb has no cells.
                    let length = self.inherited(keys, b"MaxLen", revision)?.value.as_usize();
                    let cells = length.filter(|_| filled.flags & COMB != 0);
                    let wanted = value.value.as_string().map(fields::lines).unwrap_or_default();
                    self.text_shows(widget, &wanted, cells, revision)?
                }
                b"Ch" => self.choice_shows(filled, widget, keys, value, revision)?,
                _ => false,
            };
            if !is_right {
                return Ok(false);
            }
        }
        // A state that no widget has is a value that nobody sees.
        Ok(!widgets.is_empty() && (filled.kind != b"Btn" || is_off || has_state))
    }

    /// Whether a button's widget is large enough to be seen, and on no layer.
    fn can_be_seen(&self, widget: &Dictionary) -> Result<bool, PdfError> {
        let area = annotations::rectangle(&self.pair, widget, self.pair.after)?;
        let is_large = area.is_some_and(|[left, bottom, right, top]| {
            right - left >= forms::MIN_SIDE && top - bottom >= forms::MIN_SIDE
        });
        Ok(is_large && self.pair.get(widget, b"OC", self.pair.after)?.is_null())
    }

    /// Whether some readers take the value from another place: a form of XFA, or what a field without a value falls back to.
    /// A `null` is a value to them, or hides the one above it.
    fn speaks_elsewhere(&self, keys: &Dictionary, value: &Resolved, revision: usize) -> Result<bool, PdfError> {
        if revision == self.pair.before {
            return Ok(false);
        }
        let catalog = self.pair.document.root_at(revision)?;
        let form = self.pair.get(catalog.dictionary()?, b"AcroForm", revision)?;
        if form.dictionary().is_some_and(|form| form.get(b"XFA").is_some()) {
            return Ok(true);
        }
        let widgets = self.widgets_of(keys, revision)?;
        for holder in widgets.iter().chain([keys]) {
            if holder.get(b"V").is_some() && self.pair.get(holder, b"V", revision)?.is_null() {
                return Ok(true);
            }
        }
        let fallback = self.inherited(keys, b"DV", revision)?;
        let says = |found: &Resolved| value_text(&found.value).is_some_and(|text| !text.is_empty() && text != "Off");
        Ok(value.is_null() && says(&fallback))
    }

    /// A check box or radio button is in the state that bears the value's name, or off; its pictures are the old
    /// ones. Says as well whether it has that state.
    fn button_shows(&self, widget: &Dictionary, value: &Resolved, revision: usize) -> Result<(bool, bool), PdfError> {
        const WRONG: (bool, bool) = (false, false);
        let off: &[u8] = b"Off";
        let wanted = value.value.as_name().unwrap_or(off);
        let appearance = self.pair.get(widget, b"AP", revision)?;
        let Some(appearance) = appearance.dictionary() else { return Ok(WRONG) };
        let normal = self.pair.get(appearance, b"N", revision)?;
        let Some(states) = normal.dictionary().filter(|_| normal.data.is_none()) else { return Ok(WRONG) };
        let state = match widget.get(b"AS") {
            None => off,
            // Some readers take a state only where it stands.
            Some(state) => state.as_name().ok_or(UNCLEAR)?,
        };
        let (mut on, mut least) = (None, Mark::Shapes(0));
        for picture in &states.entries {
            let mark = marks::plain_mark(&self.pair, &picture.value, picture.key == off, revision)?;
            // It was signed as it is; whether it is a mark, nobody here says.
            let Some(mark) = mark else { return Err(UNCLEAR) };
            if picture.key == off {
                least = mark;
            } else if picture.key == wanted {
                on = Some(mark);
            }
        }
        // Who chooses a state sees that it is chosen.
        if on.is_some_and(|mark| mark <= least) {
            return Err(UNCLEAR);
        }
        let has_wanted = on.is_some() || (wanted == off && states.get(off).is_some());
        let is_right = if has_wanted { state == wanted } else { state == off };
        Ok((is_right, has_wanted))
    }

    /// Whether a choice shows the words for its value.
    ///
    /// # Errors
    /// [`PdfError::Limit`] for list boxes that show their options: which of the lines is the chosen one is told by
    /// colours alone.
    fn choice_shows(
        &self,
        filled: &Filled,
        widget: &Dictionary,
        keys: &Dictionary,
        value: &Resolved,
        revision: usize,
    ) -> Result<bool, PdfError> {
        let options = self.inherited(keys, b"Opt", revision)?;
        let mut pairs: Vec<(String, String)> = Vec::new();
        for option in options.value.as_array().unwrap_or_default() {
            let option = self.pair.resolve(option, revision)?;
            match &option.value.kind {
                Kind::String { bytes, .. } => pairs.push((fields::text(bytes), fields::text(bytes))),
                Kind::Array(parts) => {
                    let [export, shown] = parts.as_slice() else { return Err(UNCLEAR) };
                    let (Some(export), Some(shown)) = (export.as_string(), shown.as_string()) else {
                        return Err(UNCLEAR);
                    };
                    pairs.push((fields::text(export), fields::text(shown)));
                }
                // Passed over, or counted: then every number means another option.
                _ => return Err(UNCLEAR),
            }
        }
        if filled.flags & COMBO != 0 {
            let value = value_text(&value.value).unwrap_or_default();
            // Some readers go by the number of the option.
            let chosen = self.pair.get(keys, b"I", revision)?;
            let is_named = match chosen.value.as_array() {
                Some([number]) => {
                    number.as_usize().and_then(|number| pairs.get(number)).is_some_and(|(export, _)| *export == value)
                }
                _ => chosen.is_null(),
            };
            if revision == self.pair.after && !is_named {
                return Err(UNCLEAR);
            }
            // Of two options of one value readers show the first or the last; of a value that is none, anything.
            let is_listed = pairs.iter().filter(|(export, _)| *export == value).count();
            let may_be_other = filled.flags & EDITED != 0 || value.is_empty();
            if revision == self.pair.after && !(is_listed == 1 || is_listed == 0 && may_be_other) {
                return Err(UNCLEAR);
            }
            let words = pairs.into_iter().find(|(export, _)| *export == value).map_or(value, |(_, shown)| shown);
            return self.text_shows(widget, &words, None, revision);
        }
        let Some(shown) = self.shown_text(widget, revision)? else { return Err(UNCLEAR) };
        // Each option at most once, in their order; anything else is no list of them.
        let shown = pressed(&shown.text);
        let mut rest = shown.as_str();
        for (_, option) in &pairs {
            let option = pressed(option);
            rest = rest.strip_prefix(option.as_str()).unwrap_or(rest);
        }
        if rest.is_empty() { Err(UNCLEAR) } else { Ok(false) }
    }

    /// Whether a text's appearance shows just that text; in a comb every letter in its cell.
    fn text_shows(
        &self,
        widget: &Dictionary,
        wanted: &str,
        cells: Option<usize>,
        revision: usize,
    ) -> Result<bool, PdfError> {
        match self.shown_text(widget, revision)? {
            // What was signed need not have been written in cells.
            Some(shown) if (cells.is_none() || revision == self.pair.before) && words(&shown.text) == words(wanted) => {
                Ok(true)
            }
            Some(shown) if pressed(&shown.text) == pressed(wanted) => match cells {
                Some(cells) if shown.fills_cells(wanted, cells) => Ok(true),
                // Other words are another value, or none that is clear.
                _ => Err(UNCLEAR),
            },
            Some(_) => Ok(false),
            // Drawn in a way that is not followed here: nobody says that it shows something else.
            None => Err(UNCLEAR),
        }
    }

    /// What a widget shows, word by word; nothing where that cannot be read.
    fn shown_text(&self, widget: &Dictionary, revision: usize) -> Result<Option<ShownText>, PdfError> {
        let flags = self.pair.flags(widget, b"F", revision)?;
        let appearance = self.pair.get(widget, b"AP", revision)?;
        let Some(keys) = appearance.dictionary() else {
            return Ok(appearance.is_null().then(ShownText::default));
        };
        let is_layered = !self.pair.get(widget, b"OC", revision)?.is_null();
        if keys.entries.iter().any(|entry| entry.key != b"N") || flags & UNSEEN_FLAGS != 0 || is_layered {
            return Ok(None);
        }
        let normal = self.pair.get(keys, b"N", revision)?;
        let rectangle = annotations::rectangle(&self.pair, widget, revision)?;
        Ok(match appearance::shown_text(&self.pair, &normal, rectangle, revision)? {
            Shown::Text(text) => Some(text),
            Shown::Unclear => None,
        })
    }

    /// Whether none of a field's widgets brings an appearance.
    fn has_no_look(&self, keys: &Dictionary, revision: usize) -> Result<bool, PdfError> {
        for widget in self.widgets_of(keys, revision)? {
            if !self.pair.get(&widget, b"AP", revision)?.is_null() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a field's widgets draw any text.
    ///
    /// # Errors
    /// [`UNCLEAR`] where nobody can tell.
    fn shows_text(&self, keys: &Dictionary, revision: usize) -> Result<bool, PdfError> {
        for widget in self.widgets_of(keys, revision)? {
            let appearance = self.pair.get(&widget, b"AP", revision)?;
            let Some(appearance) = appearance.dictionary() else { continue };
            let normal = self.pair.get(appearance, b"N", revision)?;
            if normal.data.is_none() {
                continue;
            }
            let rectangle = annotations::rectangle(&self.pair, &widget, revision)?;
            match appearance::shown_text(&self.pair, &normal, rectangle, revision)? {
                Shown::Text(shown) if shown.text.trim().is_empty() => {}
                Shown::Text(_) => return Ok(true),
                Shown::Unclear => return Err(UNCLEAR),
            }
        }
        Ok(false)
    }

    fn widgets_of(&self, keys: &Dictionary, revision: usize) -> Result<Vec<Dictionary>, PdfError> {
        let kids = self.pair.get(keys, b"Kids", revision)?;
        let mut widgets: Vec<Dictionary> = Vec::new();
        match kids.value.as_array() {
            Some(kids) => {
                for kid in kids {
                    widgets.extend(self.pair.resolve(kid, revision)?.dictionary().cloned());
                }
            }
            None => widgets.push(keys.clone()),
        }
        Ok(widgets)
    }
}

/// A text as words with one blank between them.
fn words(text: &str) -> String {
    let parts: Vec<_> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text without what no reader sees.
fn pressed(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && !character.is_control()).collect()
}

/// A field's value as text, where it is one.
pub(super) fn value_text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String { bytes, .. } => Some(fields::text(bytes)),
        Kind::Name(name) => Some(cades::readable(&String::from_utf8_lossy(name))),
        _ => None,
    }
}
