//! The interactive form: signatures added or filled in, values filled in, and everything else that is not allowed
//! (ISO 32000-2, 12.7).

use std::collections::{HashMap, HashSet};

use pdf::{Dictionary, Kind, ObjectId, PdfError, Value};

use super::{
    Rules,
    annotations::{self, UNSEEN_FLAGS},
    appearance,
    compare::{Resolved, Role, union},
    content, letters, marks, page_tree, shown,
    values::value_text,
};
use crate::{
    facts::{ChangeKind, ChangeLevel},
    fields,
};

/// Deepest field hierarchy.
pub(super) const MAX_FIELD_DEPTH: usize = 100;

/// Most fields compared in one revision.
const MAX_FIELDS: usize = 50_000;

/// What the widget of a new signature may have (tables 166, 191 and 226): nothing that acts.
const WIDGET_KEYS: [&[u8]; 25] = [
    b"DR", b"Type", b"Subtype", b"FT", b"T", b"TU", b"TM", b"Ff", b"V", b"DA", b"Q", b"Lock", b"SV", b"Rect", b"P",
    b"F", b"AP", b"AS", b"MK", b"BS", b"Border", b"H", b"NM", b"M", b"Parent",
];

/// The largest part of a page that a signature added later may take: a picture of a signature, not another page.
const MAX_PART_OF_PAGE: f64 = 0.25;

/// A visible widget narrower than this shows nothing that could be read, in points: what it draws serves another end.
pub(super) const MIN_SIDE: f64 = 3.0;

/// How far outside the page a widget may reach, in points: rounding.
pub(super) const EDGE: f64 = 2.0;

/// `/Ff` bit 1: read-only (table 227).
const READ_ONLY: i64 = 1;

/// What a filled-in field may change (besides its widgets).
const FILLING_KEYS: [&[u8]; 7] = [b"V", b"AP", b"AS", b"I", b"M", b"NM", b"RV"];

/// What the widget below a signature field may change when it is signed.
const WIDGET_LOOKS: [&[u8]; 5] = [b"AP", b"AS", b"M", b"NM", b"MK"];

/// What a field may have that only names those below it.
const NAMING_KEYS: [&[u8]; 5] = [b"T", b"Kids", b"Parent", b"FT", b"Ff"];

/// What a widget below a field may change.
const WIDGET_FILLING_KEYS: [&[u8]; 4] = [b"AP", b"AS", b"M", b"NM"];

/// A field whose value or appearance changed, to be looked at as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    pub(super) name: String,
    pub(super) kind: Vec<u8>,
    pub(super) flags: i64,
    pub(super) was: String,
    pub(super) id: ObjectId,
}

/// What a field inherits from those above.
#[derive(Debug, Clone, Default)]
struct Above {
    name: String,
    kind: Vec<u8>,
    flags: i64,
    /// The terminal field a widget belongs to.
    field: Option<ObjectId>,
}

impl Rules<'_, '_> {
    /// Fields that the rules below compare may be referred to from anywhere (`/Parent`, structure).
    pub(super) fn collect_ruled_fields(&mut self, catalog: &Dictionary) -> Result<(), PdfError> {
        let form = self.pair.get(catalog, b"AcroForm", self.pair.before)?;
        if let Some(id) = form.id {
            self.pair.rule(id.number, Role::CATALOG);
        }
        let Some(form) = form.dictionary() else { return Ok(()) };
        let mut pending: Vec<Value> = vec![self.pair.get(form, b"Fields", self.pair.before)?.value];
        let mut seen = HashSet::new();
        while let Some(list) = pending.pop() {
            for field in list.as_array().unwrap_or_default() {
                let Some(id) = field.as_reference() else { continue };
                if !self.pair.affected.contains(&id.number) || !seen.insert(id) || seen.len() > MAX_FIELDS {
                    continue;
                }
                self.pair.rule(id.number, Role::FIELD);
                if let Some(keys) = self.pair.resolve(field, self.pair.before)?.dictionary() {
                    pending.push(self.pair.get(keys, b"Kids", self.pair.before)?.value);
                }
            }
        }
        Ok(())
    }

    pub(super) fn form(&mut self, was: &Dictionary, is: &Dictionary) -> Result<(), PdfError> {
        let (old, new) =
            (self.pair.get(was, b"AcroForm", self.pair.before)?, self.pair.get(is, b"AcroForm", self.pair.after)?);
        let number = new.id.or(old.id).map(|id| id.number);
        if old.is_null() && new.is_null() {
            return Ok(());
        }
        let is_affected =
            old.id != new.id || old.id.is_none() || number.is_some_and(|number| self.pair.affected.contains(&number));
        if !is_affected {
            return Ok(());
        }
        let empty = Dictionary::default();
        let a = if old.is_null() { Some(&empty) } else { old.dictionary() };
        let (Some(a), Some(b)) = (a, new.dictionary().filter(|_| new.data.is_none())) else {
            self.other(number, "AcroForm");
            return Ok(());
        };
        if b.has_duplicates() {
            self.other(number, "AcroForm");
            return Ok(());
        }
        let fields = self.pair.get(a, b"Fields", self.pair.before)?;
        let had_fields = self.had_text(&fields)?;
        for key in union(a, b) {
            if key == b"Fields" || self.same_entry(a, b, key)? {
                continue;
            }
            let is_explained = match key {
                b"SigFlags" => {
                    let flags = |keys: &Dictionary| keys.integer(b"SigFlags").unwrap_or(0);
                    (0..=3).contains(&flags(b)) && flags(b) & flags(a) == flags(a)
                }
                // What new text would be written with; without fields before, but for signatures, there is none that it
                // could change.
                b"DR" | b"DA" | b"Q" => {
                    let adds = (!had_fields || (key != b"Q" && self.only_offers_more(a, b, key)?))
                        && !page_tree::has_text_without_look(&self.pair)?;
                    if adds {
                        self.note(
                            ChangeKind::Description,
                            ChangeLevel::LongTerm,
                            number,
                            format!("AcroForm/{}", shown(key)),
                        );
                    }
                    adds
                }
                // Says what is understood anyhow, or no longer says it.
                b"NeedAppearances" => {
                    let is_false =
                        |keys: &Dictionary| keys.get(key).is_none_or(|value| value.kind == Kind::Boolean(false));
                    is_false(a) && is_false(b)
                }
                _ => false,
            };
            if !is_explained {
                self.other(number, format!("AcroForm/{}", shown(key)));
            }
        }
        let (a, b) = (self.pair.get(a, b"Fields", self.pair.before)?, self.pair.get(b, b"Fields", self.pair.after)?);
        self.field_list(&a, &b, &Above::default(), number, 0)
    }

    /// Whether a form offers further fonts that every reader has, or says for the first time how text is written: what is
    /// drawn already stays as it is.
    fn only_offers_more(&self, was: &Dictionary, is: &Dictionary, key: &[u8]) -> Result<bool, PdfError> {
        let draws_anew =
            |keys: &Dictionary| keys.get(b"NeedAppearances").is_some_and(|value| value.kind != Kind::Boolean(false));
        if draws_anew(was) || draws_anew(is) {
            return Ok(false);
        }
        if key == b"DA" {
            /// Lightness up to which ink is seen on paper, and the least size in points that is read; 0 fits the field.
            const DARK: f64 = 0.5;
            const LEAST: f64 = 4.0;
            let new = self.pair.get(is, key, self.pair.after)?;
            let writing = new.value.as_string().and_then(appearance::writing);
            let is_read = writing.is_some_and(|(_, size, [red, green, blue])| {
                let is_dark = [red, green, blue].iter().all(|part| (0.0..=DARK).contains(part));
                is_dark && (size == 0.0 || size >= LEAST)
            });
            return Ok(was.get(key).is_none() && is_read);
        }
        let empty = Dictionary::default();
        let (old, new) = (self.pair.get(was, key, self.pair.before)?, self.pair.get(is, key, self.pair.after)?);
        let plain = |value: &Resolved| match value.dictionary() {
            Some(keys) => Some(keys.clone()).filter(|keys| value.data.is_none() && !keys.has_duplicates()),
            None => value.is_null().then(|| empty.clone()),
        };
        let (Some(old), Some(new)) = (plain(&old), plain(&new)) else { return Ok(false) };
        if self.pair.differing(&old, &new)?.iter().any(|key| key != b"Font") {
            return Ok(false);
        }
        let (old, new) =
            (self.pair.get(&old, b"Font", self.pair.before)?, self.pair.get(&new, b"Font", self.pair.after)?);
        let (Some(old), Some(new)) = (plain(&old), plain(&new)) else { return Ok(false) };
        for name in self.pair.differing(&old, &new)? {
            let font = self.pair.get(&new, &name, self.pair.after)?;
            if old.get(&name).is_some() || !font.dictionary().is_some_and(letters::is_standard) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether there was a field that is no plain signature.
    fn had_text(&self, fields: &Resolved) -> Result<bool, PdfError> {
        for field in fields.value.as_array().unwrap_or_default() {
            let field = self.pair.resolve(field, self.pair.before)?;
            let is_signature =
                field.dictionary().is_some_and(|keys| keys.name(b"FT") == Some(b"Sig") && keys.get(b"Kids").is_none());
            if !is_signature {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn field_list(
        &mut self,
        was: &Resolved,
        is: &Resolved,
        above: &Above,
        holder: Option<u32>,
        depth: usize,
    ) -> Result<(), PdfError> {
        if depth > MAX_FIELD_DEPTH || self.fields_seen.len() > MAX_FIELDS {
            return Err(PdfError::Limit("fields"));
        }
        let path =
            || if above.name.is_empty() { "AcroForm/Fields".to_owned() } else { format!("campo {}", above.name) };
        let list = |resolved: &Resolved| -> Option<Vec<ObjectId>> {
            if resolved.is_null() {
                return Some(Vec::new());
            }
            resolved.value.as_array()?.iter().map(Value::as_reference).collect()
        };
        let (Some(was), Some(is)) = (list(was), list(is)) else {
            if !self.pair.same(&was.value, &is.value)? {
                self.other(holder, path());
            }
            return Ok(());
        };
        let before: HashSet<ObjectId> = was.iter().copied().collect();
        let kept: Vec<ObjectId> = is.iter().copied().filter(|id| before.contains(id)).collect();
        if kept != was {
            self.other(holder, path());
        }
        for id in is {
            if !self.fields_seen.insert(id.number) {
                // The same field in two places, or a loop.
                if !before.contains(&id) {
                    self.other(Some(id.number), path());
                }
                continue;
            }
            if before.contains(&id) {
                if self.pair.affected.contains(&id.number) {
                    self.field(id, above, depth)?;
                }
                continue;
            }
            if above.field.is_some() {
                self.other(Some(id.number), path());
            } else {
                self.new_field(id, above, depth)?;
            }
        }
        Ok(())
    }

    fn below(&self, keys: &Dictionary, above: &Above, revision: usize) -> Result<Above, PdfError> {
        let mut below = above.clone();
        if let Some(part) = self.pair.get(keys, b"T", revision)?.value.as_string() {
            let part = fields::text(part);
            below.name = if below.name.is_empty() { part } else { format!("{}.{part}", below.name) };
        }
        if let Some(kind) = self.pair.get(keys, b"FT", revision)?.value.as_name() {
            below.kind = kind.to_vec();
        }
        if keys.get(b"Ff").is_some_and(|flags| flags.kind != Kind::Null) {
            below.flags = self.pair.flags(keys, b"Ff", revision)?;
        }
        Ok(below)
    }

    /// A field that was there and may have changed.
    fn field(&mut self, id: ObjectId, above: &Above, depth: usize) -> Result<(), PdfError> {
        let reference = Value { kind: Kind::Reference(id), span: 0..0 };
        let (was, is) =
            (self.pair.resolve(&reference, self.pair.before)?, self.pair.resolve(&reference, self.pair.after)?);
        let number = Some(id.number);
        let (Some(a), Some(b)) = (was.dictionary(), is.dictionary().filter(|_| is.data.is_none())) else {
            self.other(number, "AcroForm/Fields");
            return Ok(());
        };
        let here = self.below(a, above, self.pair.before)?;
        let path = format!("campo {}", here.name);
        if b.has_duplicates() {
            self.other(number, path);
            return Ok(());
        }
        let mut differing = self.pair.differing(a, b)?;
        differing.retain(|key| key != b"Kids");
        if here.kind != b"Sig" {
            // Who fills a field in may write anew, in other words, what it said.
            let mut rewritten = Vec::new();
            for key in &differing {
                if self.says_the_same(id, a, b, key)? {
                    rewritten.push(key.clone());
                }
            }
            differing.retain(|key| !rewritten.contains(key));
        }
        let is_widget = above.field.is_some();
        let field = above.field.unwrap_or(id);
        if self.pair.get(a, b"Kids", self.pair.before)?.is_null()
            != self.pair.get(b, b"Kids", self.pair.after)?.is_null()
        {
            // A field becomes a name for others, or ceases to be one.
            self.other(number, format!("{path}/Kids"));
        }
        let has = |key: &[u8]| differing.iter().any(|other| other == key);
        // Dates and names of widgets are told by nobody: they are text, and nothing else.
        let is_text = |key: &[u8]| b.get(key).is_none_or(|value| value.as_string().is_some());
        let may_fill: &[&[u8]] = if is_widget { &WIDGET_FILLING_KEYS } else { &FILLING_KEYS };
        // To be printed is no way of being hidden.
        const PRINT: i64 = 4;
        let old_flags = self.pair.flags(a, b"F", self.pair.before)?;
        let prints = [old_flags, old_flags | PRINT].contains(&self.pair.flags(b, b"F", self.pair.after)?);
        // Where a list is scrolled to.
        let scrolls = here.kind == b"Ch" && b.get(b"TI").is_none_or(|top| top.as_usize().is_some());
        let may_change = |key: &[u8]| may_fill.contains(&key) || (key == b"F" && prints) || (key == b"TI" && scrolls);
        let only_fills = differing.iter().all(|key| may_change(key)) && is_text(b"M") && is_text(b"NM");
        let is_button = here.kind == b"Btn";
        let locks = differing.len() == 1
            && has(b"Ff")
            && !is_widget
            && here.flags >= 0
            && self.pair.get(b, b"Ff", self.pair.after)?.value.as_integer() == Some(here.flags | READ_ONLY);
        if here.kind == b"Sig" && !is_widget {
            if !differing.is_empty() {
                self.signature_field(id, a, b, &differing, &here, &path)?;
            }
        } else if locks && here.kind != b"Sig" {
            self.note(ChangeKind::FieldLocked, ChangeLevel::FormFilling, number, path.clone());
            self.name_last(&here.name, None);
        } else if !is_button && has(b"AS") {
            // Only buttons have states to choose from.
            self.other(number, format!("{path}/AS"));
        } else if is_button && has(b"AP") && !self.draws_the_same_marks(a, b)? {
            // A button's pictures say what it means: they do not change, but for who draws the usual ones anew.
            self.other(number, format!("{path}/AP"));
        } else if only_fills && here.kind != b"Sig" {
            if differing.iter().all(|key| matches!(key.as_slice(), b"M" | b"NM")) && !differing.is_empty() {
                self.note(ChangeKind::Description, ChangeLevel::LongTerm, number, path.clone());
            }
            if differing.iter().any(|key| !matches!(key.as_slice(), b"M" | b"NM")) {
                let flags = self.pair.flags(b, b"F", self.pair.after)?;
                if here.flags & READ_ONLY != 0 {
                    self.note(ChangeKind::ReadOnlyField, ChangeLevel::Other, number, path.clone());
                } else if flags & UNSEEN_FLAGS != 0 {
                    self.note(ChangeKind::HiddenField, ChangeLevel::Other, number, path.clone());
                }
                self.remember(field, &here, a, has(b"V"))?;
                self.filled_widgets.insert(id.number, (field.number, is_button));
            }
        } else if has(b"F") && !differing.is_empty() {
            self.note(ChangeKind::HiddenField, ChangeLevel::Other, number, path.clone());
        } else if !differing.is_empty() {
            let keys: Vec<String> = differing.iter().map(|key| shown(key)).collect();
            self.other(number, format!("{path}/{}", keys.join(", ")));
        }
        let (kids_was, kids_is) =
            (self.pair.get(a, b"Kids", self.pair.before)?, self.pair.get(b, b"Kids", self.pair.after)?);
        if kids_was.is_null() && kids_is.is_null() {
            return Ok(());
        }
        // Kids without names are the widgets of this field.
        let first = kids_was.value.as_array().and_then(|kids| kids.first()).and_then(Value::as_reference);
        let has_fields = match first {
            Some(first) => self.own_name_before(first)?,
            None => true,
        };
        let inner = Above { field: if has_fields { None } else { Some(field) }, ..here };
        self.field_list(&kids_was, &kids_is, &inner, number, depth + 1)
    }

    /// Whether a field's key says what it said, or what was understood without it.
    fn says_the_same(&self, id: ObjectId, was: &Dictionary, is: &Dictionary, key: &[u8]) -> Result<bool, PdfError> {
        let (old, new) = (self.pair.get(was, key, self.pair.before)?, self.pair.get(is, key, self.pair.after)?);
        match key {
            b"DA" => {
                let writing = |value: &Resolved| value.value.as_string().and_then(appearance::writing);
                let (Some((old_font, old_size, old_ink)), Some((font, size, ink))) = (writing(&old), writing(&new))
                else {
                    return Ok(false);
                };
                let is_alike = old_size.total_cmp(&size).is_eq() && old_ink == ink;
                Ok(is_alike && (old_font == font || self.is_usual_font(&font)?))
            }
            b"Ff" => Ok(old.is_null() && new.value.as_integer() == Some(0)),
            b"MK" => self.styles_alike(&old, &new),
            // The page that holds it.
            b"P" if old.is_null() => {
                let Some(page) = new.dictionary().filter(|keys| keys.name(b"Type") == Some(b"Page")) else {
                    return Ok(false);
                };
                let list = self.pair.get(page, b"Annots", self.pair.after)?;
                let list = list.value.as_array().unwrap_or_default();
                Ok(list.iter().any(|entry| entry.as_reference() == Some(id)))
            }
            // A thin line, as without it.
            b"BS" if old.is_null() => Ok(new.dictionary().is_some_and(|style| {
                style.entries.iter().all(|entry| match entry.key.as_slice() {
                    b"W" => entry.value.as_integer() == Some(1),
                    b"S" => entry.value.as_name() == Some(b"S"),
                    b"Type" => entry.value.as_name() == Some(b"Border"),
                    _ => false,
                })
            })),
            _ => Ok(false),
        }
    }

    /// Whether the form offers a standard font by that name, of letters; or none, where every reader knows the name.
    fn is_usual_font(&self, name: &[u8]) -> Result<bool, PdfError> {
        let catalog = self.pair.document.root_at(self.pair.after)?;
        let mut found = self.pair.get(catalog.dictionary()?, b"AcroForm", self.pair.after)?;
        for key in [b"DR".as_slice(), b"Font", name] {
            found = match found.dictionary() {
                Some(keys) => self.pair.get(keys, key, self.pair.after)?,
                None => break,
            };
        }
        // Of a name that is given to no font readers take one of letters, but for those of the fonts of signs.
        const SIGNS: [&[u8]; 3] = [b"Za", b"Sy", b"Wi"];
        Ok(match found.dictionary() {
            Some(font) => letters::is_standard(font) && !letters::is_of_signs(font),
            None => found.is_null() && !SIGNS.iter().any(|signs| name.starts_with(signs)),
        })
    }

    /// Whether a widget's style says the same in numbers that are only written otherwise.
    fn styles_alike(&self, old: &Resolved, new: &Resolved) -> Result<bool, PdfError> {
        let (Some(old), Some(new)) = (old.dictionary(), new.dictionary().filter(|new| !new.has_duplicates())) else {
            return Ok(false);
        };
        for key in self.pair.differing(old, new)? {
            let (a, b) = (self.pair.get(old, &key, self.pair.before)?, self.pair.get(new, &key, self.pair.after)?);
            let numbers = |value: &Resolved| -> Option<Vec<f64>> {
                match value.value.as_array() {
                    Some(values) => values.iter().map(Value::as_f64).collect(),
                    None => value.value.as_f64().map(|number| vec![number]),
                }
            };
            if numbers(&a).is_none() || numbers(&a) != numbers(&b) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the document had a field of this name, or this revision adds another one.
    fn is_known_name(&mut self, name: &str) -> Result<bool, PdfError> {
        let names = self.names()?;
        let is_known = names.contains_key(name);
        *names.entry(name.to_owned()).or_default() += 1;
        Ok(is_known)
    }

    /// Whether several fields have this name: some readers give them one value.
    pub(super) fn is_shared_name(&mut self, name: &str) -> Result<bool, PdfError> {
        Ok(self.names()?.get(name).is_some_and(|fields| *fields > 1))
    }

    fn names(&mut self) -> Result<&mut HashMap<String, usize>, PdfError> {
        if self.names.is_none() {
            self.names = Some(fields::all_names(self.pair.document, self.pair.before)?);
        }
        Ok(self.names.get_or_insert_default())
    }

    /// Whether a button's pictures, drawn anew, are still the usual marks of the same states.
    fn draws_the_same_marks(&self, was: &Dictionary, is: &Dictionary) -> Result<bool, PdfError> {
        let (old, new) = (self.pair.get(was, b"AP", self.pair.before)?, self.pair.get(is, b"AP", self.pair.after)?);
        let (Some(old), Some(new)) = (old.dictionary(), new.dictionary().filter(|_| new.data.is_none())) else {
            return Ok(false);
        };
        if self.pair.differing(old, new)? != [b"N".to_vec()] || new.has_duplicates() {
            return Ok(false);
        }
        let (old, new) = (self.pair.get(old, b"N", self.pair.before)?, self.pair.get(new, b"N", self.pair.after)?);
        let plain = |states: &Resolved| states.dictionary().filter(|_| states.data.is_none()).cloned();
        let (Some(old), Some(new)) = (plain(&old), plain(&new).filter(|new| !new.has_duplicates())) else {
            return Ok(false);
        };
        for state in union(&old, &new) {
            let (Some(was), Some(is)) = (old.get(state), new.get(state)) else { return Ok(false) };
            let is_off = state == b"Off";
            let is_alike = self.pair.same(was, is)?
                || (marks::is_usual_mark(&self.pair, was, is_off, self.pair.before)?
                    && marks::is_usual_mark(&self.pair, is, is_off, self.pair.after)?);
            if !is_alike {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn own_name_before(&self, id: ObjectId) -> Result<bool, PdfError> {
        let reference = Value { kind: Kind::Reference(id), span: 0..0 };
        let field = self.pair.resolve(&reference, self.pair.before)?;
        Ok(field.dictionary().is_some_and(|keys| keys.get(b"T").is_some()))
    }

    fn remember(&mut self, field: ObjectId, here: &Above, was: &Dictionary, is_value: bool) -> Result<(), PdfError> {
        let old = self.pair.get(was, b"V", self.pair.before)?;
        let old = value_text(&old.value).unwrap_or_default();
        let filled = self.filled.entry(field.number).or_insert_with(|| Filled {
            name: here.name.clone(),
            kind: here.kind.clone(),
            flags: here.flags,
            was: String::new(),
            id: field,
        });
        if is_value {
            filled.was = old;
        }
        Ok(())
    }

    /// An existing signature field: it may be filled in once, and nothing else.
    fn signature_field(
        &mut self,
        id: ObjectId,
        was: &Dictionary,
        is: &Dictionary,
        differing: &[Vec<u8>],
        here: &Above,
        path: &str,
    ) -> Result<(), PdfError> {
        let number = Some(id.number);
        let was_signed = !self.pair.get(was, b"V", self.pair.before)?.is_null();
        let mut may_change: Vec<&[u8]> = vec![b"V", b"AP", b"AS", b"F", b"M", b"NM", b"MK"];
        // Who signs without a picture takes the empty one away.
        let area = annotations::rectangle(&self.pair, is, self.pair.after)?;
        may_change.extend((area == Some([0.0; 4]) && self.had_no_look(was)?).then_some(b"Rect".as_slice()));
        let flags = self.pair.flags(is, b"F", self.pair.after)?;
        let is_filling = !was_signed
            && !self.pair.get(is, b"V", self.pair.after)?.is_null()
            && differing.iter().all(|key| may_change.contains(&key.as_slice()))
            && flags & UNSEEN_FLAGS == self.pair.flags(was, b"F", self.pair.before)? & UNSEEN_FLAGS;
        if !is_filling {
            self.note(ChangeKind::SignatureFieldChanged, ChangeLevel::Other, number, path);
            return Ok(());
        }
        let kids = self.pair.get(is, b"Kids", self.pair.after)?;
        if let Some([widget]) = kids.value.as_array()
            && let Some(widget_id) = widget.as_reference()
            && is.get(b"Subtype").is_none()
            && self.fields_seen.insert(widget_id.number)
        {
            // Its widget stands below it, and may get a look.
            let (old, new) =
                (self.pair.resolve(widget, self.pair.before)?, self.pair.resolve(widget, self.pair.after)?);
            let (Some(a), Some(b)) = (old.dictionary(), new.dictionary().filter(|_| new.data.is_none())) else {
                self.other(number, path);
                return Ok(());
            };
            let differing = self.pair.differing(a, b)?;
            let is_widget = |keys: &Dictionary| {
                keys.name(b"Subtype") == Some(b"Widget")
                    && [b"T".as_slice(), b"FT", b"V", b"Kids"].iter().all(|key| keys.get(key).is_none())
            };
            let only_looks = differing.iter().all(|key| WIDGET_LOOKS.contains(&key.as_slice()));
            if b.is_ambiguous() || !is_widget(a) || !is_widget(b) || !only_looks || !self.had_no_look(a)? {
                self.note(ChangeKind::SignatureFieldChanged, ChangeLevel::Other, number, path);
                return Ok(());
            }
            self.signed_widget(id, widget_id, is, b, here, path)?;
        } else if self.had_no_look(was)? {
            self.signed_field(id, is, here, path)?;
        } else {
            self.note(ChangeKind::SignatureFieldChanged, ChangeLevel::Other, number, path);
            return Ok(());
        }
        if let Some(change) = self.changes.last_mut() {
            change.is_old_field = true;
        }
        Ok(())
    }

    /// Whether an unsigned field showed nothing, or a frame: what it showed would disappear when it is signed.
    fn had_no_look(&self, widget: &Dictionary) -> Result<bool, PdfError> {
        let appearance = self.pair.get(widget, b"AP", self.pair.before)?;
        let Some(keys) = appearance.dictionary() else { return Ok(appearance.is_null()) };
        let area = annotations::rectangle(&self.pair, widget, self.pair.before)?;
        for entry in &keys.entries {
            let is_empty = marks::paints_nothing(&self.pair, &entry.value, self.pair.before)?
                || appearance::draws_its_frame(&self.pair, &entry.value, area, self.pair.before)?;
            if !is_empty {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A field that was not there: only a signature may be added, and the names above it.
    fn new_field(&mut self, id: ObjectId, above: &Above, depth: usize) -> Result<(), PdfError> {
        if depth > MAX_FIELD_DEPTH {
            return Err(PdfError::Limit("fields"));
        }
        let reference = Value { kind: Kind::Reference(id), span: 0..0 };
        let field = self.pair.resolve(&reference, self.pair.after)?;
        let number = Some(id.number);
        let Some(keys) = field.dictionary().filter(|keys| field.data.is_none() && !keys.is_ambiguous()) else {
            self.note(ChangeKind::FieldAdded, ChangeLevel::Other, number, "AcroForm/Fields");
            return Ok(());
        };
        let here = self.below(keys, above, self.pair.after)?;
        let path = format!("campo {}", here.name);
        let existed =
            !matches!(self.pair.document.locate(id.number, self.pair.before), None | Some(pdf::Location::Free))
                && self.pair.ruled.contains_key(&id.number);
        let kids = self.pair.get(keys, b"Kids", self.pair.after)?;
        let has_value = !self.pair.get(keys, b"V", self.pair.after)?.is_null();
        if let Some(list) = kids.value.as_array()
            && !existed
            && !has_value
            && keys.get(b"Subtype").is_none()
        {
            let only_names = keys.entries.iter().all(|entry| NAMING_KEYS.contains(&entry.key.as_slice()));
            if list.is_empty() || !only_names {
                self.note(ChangeKind::FieldAdded, ChangeLevel::Other, number, path.clone());
            }
            for kid in list {
                match kid.as_reference() {
                    Some(kid) if self.fields_seen.insert(kid.number) => self.new_field(kid, &here, depth + 1)?,
                    _ => self.note(ChangeKind::FieldAdded, ChangeLevel::Other, number, path.clone()),
                }
            }
            return Ok(());
        }
        if here.kind == b"Sig" && !existed && (here.name.is_empty() || self.is_known_name(&here.name)?) {
            // A second field of one name is the first one to some readers.
            self.note(ChangeKind::FieldAdded, ChangeLevel::Other, number, path);
            return Ok(());
        }
        if here.kind != b"Sig" || existed {
            self.note(ChangeKind::FieldAdded, ChangeLevel::Other, number, path);
            return Ok(());
        }
        // A field with its value and one widget below it.
        if let Some([widget]) = kids.value.as_array()
            && let Some(widget_id) = widget.as_reference()
            && keys.get(b"Subtype").is_none()
        {
            let widget = self.pair.resolve(widget, self.pair.after)?;
            // What was there is somebody else's: a field, a comment, a stamp.
            let is_new = !self.existed(widget_id.number) && self.fields_seen.insert(widget_id.number);
            return match widget.dictionary().filter(|keys| widget.data.is_none() && !keys.is_ambiguous()) {
                Some(widget) if is_new => self.signed_widget(id, widget_id, keys, widget, &here, &path),
                _ => {
                    self.note(ChangeKind::FieldAdded, ChangeLevel::Other, number, path);
                    Ok(())
                }
            };
        }
        self.signed_field(id, keys, &here, &path)
    }

    fn signed_field(&mut self, id: ObjectId, keys: &Dictionary, here: &Above, path: &str) -> Result<(), PdfError> {
        self.signed_widget(id, id, keys, keys, here, path)
    }

    /// A signature put into its field. Whether it is really one is asked of the signature itself, and whether it lies
    /// where it may is asked when the page that holds it is looked at.
    fn signed_widget(
        &mut self,
        field_id: ObjectId,
        id: ObjectId,
        field: &Dictionary,
        widget: &Dictionary,
        here: &Above,
        path: &str,
    ) -> Result<(), PdfError> {
        let number = Some(id.number);
        let value = self.pair.get(field, b"V", self.pair.after)?;
        let signature = value.dictionary().filter(|_| value.data.is_none());
        let is_shown = self.visible_area(widget)?;
        let is_plain = self.is_plain(widget, is_shown)?;
        self.widgets.insert(id.number, self.changes.len());
        self.moved.insert(id.number);
        let is_stamp = signature.is_some_and(|signature| {
            signature.name(b"Type") == Some(b"DocTimeStamp") || signature.name(b"SubFilter") == Some(b"ETSI.RFC3161")
        });
        let (kind, level) = match (signature.is_some(), is_plain, is_stamp, is_shown.is_some()) {
            // A field for a signature to come; it counts as one only when it is signed.
            (false, true, ..) if value.is_null() => (ChangeKind::EmptySignatureField, ChangeLevel::FormFilling),
            (true, true, true, false) => (ChangeKind::TimeStampAdded, ChangeLevel::LongTerm),
            (true, true, false, _) => (ChangeKind::SignatureAdded, ChangeLevel::FormFilling),
            // Anybody gets a time stamp: it says when, and shows nothing.
            _ => (ChangeKind::ImmodestSignature, ChangeLevel::Other),
        };
        self.note(kind, level, number, path);
        self.name_last(&here.name, Some(field_id));
        Ok(())
    }

    fn name_last(&mut self, name: &str, field: Option<ObjectId>) {
        if let Some(change) = self.changes.last_mut() {
            change.field = Some(name.to_owned());
            change.field_object = field.map(|id| id.number);
        }
    }

    pub(super) fn make_immodest(&mut self, widget: u32) {
        let change = self.widgets.get(&widget).and_then(|index| self.changes.get_mut(*index));
        if let Some(change) = change {
            change.kind = ChangeKind::ImmodestSignature;
            change.level = ChangeLevel::Other;
        }
    }

    /// A visible signature stands on exactly one page; one that no page holds is drawn wherever a reader puts it.
    pub(super) fn signatures_have_a_place(&mut self) -> Result<(), PdfError> {
        let widgets: Vec<u32> = self.widgets.keys().copied().collect();
        for number in widgets {
            let reference = Value { kind: Kind::Reference(ObjectId::new(number)), span: 0..0 };
            let widget = self.pair.resolve(&reference, self.pair.after)?;
            let is_shown = match widget.dictionary() {
                Some(widget) => self.visible_area(widget)?.is_some(),
                None => true,
            };
            if is_shown && self.placed.get(&number) != Some(&1) {
                self.make_immodest(number);
            }
        }
        Ok(())
    }

    /// The rectangle in which the widget shows itself, if it does.
    pub(super) fn visible_area(&self, widget: &Dictionary) -> Result<Option<[f64; 4]>, PdfError> {
        let rectangle = annotations::rectangle(&self.pair, widget, self.pair.after)?;
        let is_hidden = annotations::is_hidden(&self.pair, widget, self.pair.after)?;
        Ok(rectangle.filter(|[left, bottom, right, top]| left < right && bottom < top && !is_hidden))
    }

    /// Nothing but a signature's widget, drawn inside its rectangle, or not at all.
    fn is_plain(&self, widget: &Dictionary, area: Option<[f64; 4]>) -> Result<bool, PdfError> {
        let is_plain = widget.name(b"Subtype") == Some(b"Widget")
            && widget.entries.iter().all(|entry| WIDGET_KEYS.contains(&entry.key.as_slice()) || is_tag(&entry.key));
        if !is_plain || area.is_none() {
            return Ok(is_plain && self.draws_nothing(widget)?);
        }
        let appearance = self.pair.get(widget, b"AP", self.pair.after)?;
        Ok(appearance
            .dictionary()
            .is_none_or(|keys| keys.entries.iter().all(|entry| entry.key == b"N") && keys.entries.len() <= 1))
    }

    /// A small part of its page, and nothing that the page shows below it.
    pub(super) fn is_modest_on(&self, page: &Dictionary, area: [f64; 4]) -> Result<bool, PdfError> {
        let [left, bottom, right, top] = area;
        let Some([l, b, r, t]) = content::page_box(&self.pair, page, self.pair.after)? else { return Ok(false) };
        let is_on_page = left >= l - EDGE && bottom >= b - EDGE && right <= r + EDGE && top <= t + EDGE;
        let is_small = (right - left) * (top - bottom) <= (r - l) * (t - b) * MAX_PART_OF_PAGE;
        let is_seen = right - left >= MIN_SIDE && top - bottom >= MIN_SIDE;
        Ok(is_on_page && is_small && is_seen && !content::is_covered(&self.pair, page, area, content::Ground::IsPaper)?)
    }

    /// No appearance, or one whose stream has no operators: some readers draw it whatever the rectangle says.
    fn draws_nothing(&self, widget: &Dictionary) -> Result<bool, PdfError> {
        let appearance = self.pair.get(widget, b"AP", self.pair.after)?;
        let Some(keys) = appearance.dictionary() else { return Ok(appearance.is_null()) };
        let area = annotations::rectangle(&self.pair, widget, self.pair.after)?;
        let is_point = area.is_some_and(|[left, bottom, right, top]| left >= right || bottom >= top);
        for entry in &keys.entries {
            let form = self.pair.resolve(&entry.value, self.pair.after)?;
            let draws = match self.pair.decoded(&form, self.pair.after)? {
                // Without any area there is nothing to draw on, whatever the picture's own box says.
                Some(data) => !data.iter().all(u8::is_ascii_whitespace) && (!is_point || self.reaches_out(&form)?),
                None => true,
            };
            if draws || entry.key != b"N" {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether an appearance has any area of its own.
    fn reaches_out(&self, form: &Resolved) -> Result<bool, PdfError> {
        let Some(keys) = form.dictionary() else { return Ok(true) };
        let area = self.pair.get(keys, b"BBox", self.pair.after)?;
        let area = annotations::numbers(&self.pair, &area, self.pair.after)?;
        Ok(area.is_none_or(|[left, bottom, right, top]| left < right && bottom < top))
    }
}

fn is_tag(key: &[u8]) -> bool {
    matches!(key, b"StructParent" | b"Contents")
}
