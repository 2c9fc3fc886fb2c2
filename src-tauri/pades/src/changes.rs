//! What a later revision changed, explained by rules; whatever no rule explains is unexplained.
//!
//! A white list, never a black list. The rules of this module explain what it takes to add a signature; long-term
//! data, form filling and annotations get rules of their own later and are unexplained until then.

use std::collections::{HashMap, HashSet};

use pdf::{Dictionary, Document, Kind, Location, Object, ObjectId, PdfError, Value};

use crate::{
    facts::ChangeFacts,
    fields::{self, SignatureField, SignatureValue},
};

/// Most objects walked to learn which numbers the signed document already refers to.
const MAX_WALK: usize = 500_000;

/// What the widget of a new signature may have (ISO 32000-2, tables 166, 191 and 226): nothing that acts.
const WIDGET_KEYS: [&[u8]; 23] = [
    b"Type", b"Subtype", b"FT", b"T", b"TU", b"TM", b"Ff", b"V", b"DA", b"Q", b"Lock", b"SV", b"Rect", b"P", b"F",
    b"AP", b"AS", b"MK", b"BS", b"Border", b"H", b"NM", b"M",
];

/// Explains every object that `revision` touches, compared with the revision before it.
pub(crate) fn explain(document: &Document<'_>, revision: usize) -> Result<ChangeFacts, PdfError> {
    let before = revision.checked_sub(1).ok_or(PdfError::Damaged)?;
    let touched = document.revisions().get(revision).ok_or(PdfError::Damaged)?.touched();
    let mut explanation = Explanation {
        document,
        revision,
        before,
        signed: Signed::of(document, before)?,
        explained: HashSet::from([0]),
        facts: ChangeFacts { revision, ..ChangeFacts::default() },
    };
    explanation.facts.unaccounted = document.unaccounted(revision)?.iter().map(|span| [span.start, span.end]).collect();
    explanation.containers(&touched);
    explanation.unchanged(&touched);
    explanation.information()?;
    if explanation.same_trailer()? && explanation.is_regular() {
        explanation.new_signatures(&touched)?;
    } else {
        // Another catalog, other encryption, or a cross-reference that readers may understand differently: nothing that
        // follows can be compared with what was signed.
        explanation.explained.clear();
    }
    let Explanation { mut explained, mut facts, .. } = explanation;
    // Bytes that no cross-reference knows are found by readers that search for objects.
    if !facts.unaccounted.is_empty() {
        explained.clear();
    }
    facts.unexplained = touched.into_iter().filter(|number| !explained.contains(number)).collect();
    if explained.is_empty() && facts.unexplained.is_empty() {
        facts.unexplained.push(0);
    }
    Ok(facts)
}

/// What the document before the revision refers to.
struct Signed {
    /// How often each number is referred to, by whatever the trailer reaches.
    references: HashMap<u32, usize>,
    /// What the catalog reaches: everything that can be shown.
    shown: HashSet<u32>,
    /// Numbers that are needed and do not exist: whoever defines one later changes what is shown.
    dangling: HashSet<u32>,
}

impl Signed {
    fn of(document: &Document<'_>, revision: usize) -> Result<Self, PdfError> {
        let mut signed = Self { references: HashMap::new(), shown: HashSet::new(), dangling: HashSet::new() };
        let trailer = document.trailer_at(revision)?;
        let root = trailer.get(b"Root").cloned().into_iter().collect();
        signed.shown = signed.walk(document, revision, root, HashSet::new())?;
        let others =
            trailer.entries.iter().filter(|entry| entry.key != b"Root").map(|entry| entry.value.clone()).collect();
        signed.walk(document, revision, others, signed.shown.clone())?;
        Ok(signed)
    }

    fn walk(
        &mut self,
        document: &Document<'_>,
        revision: usize,
        start: Vec<Value>,
        mut seen: HashSet<u32>,
    ) -> Result<HashSet<u32>, PdfError> {
        let mut pending = Vec::new();
        start.iter().for_each(|value| for_each_reference(value, &mut |id| pending.push(id)));
        while let Some(id) = pending.pop() {
            *self.references.entry(id.number).or_default() += 1;
            if !seen.insert(id.number) {
                continue;
            }
            if seen.len() > MAX_WALK {
                return Err(PdfError::Limit("objects walked"));
            }
            // What an object stands in, it needs as much as what it refers to.
            if let Some(Location::InStream { container, .. }) = document.locate(id.number, revision) {
                pending.push(ObjectId::new(container));
            }
            match document.object_at(id, revision) {
                Ok(object) => for_each_reference(&object.value, &mut |id| pending.push(id)),
                Err(PdfError::Missing(_)) => {
                    self.dangling.insert(id.number);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    }
}

struct Explanation<'e, 'a> {
    document: &'e Document<'a>,
    revision: usize,
    before: usize,
    signed: Signed,
    explained: HashSet<u32>,
    facts: ChangeFacts,
}

impl Explanation<'_, '_> {
    fn existed(&self, number: u32) -> bool {
        !matches!(self.document.locate(number, self.before), None | Some(Location::Free))
    }

    /// Whether the number meant nothing before this revision.
    fn is_new(&self, number: u32) -> bool {
        !self.existed(number) && !self.signed.dangling.contains(&number)
    }

    /// Cross-reference streams and object streams of the new revision hold objects, they are not shown themselves: but
    /// only under a new number, or the page's content could become one.
    fn containers(&mut self, touched: &[u32]) {
        let sections = self
            .document
            .revisions()
            .get(self.revision)
            .map(|revision| revision.sections.as_slice())
            .unwrap_or_default();
        let mut containers = HashSet::new();
        for number in touched.iter().filter(|number| self.is_new(**number)) {
            let Some(Location::Offset { offset, generation: 0 }) = self.document.locate(*number, self.revision) else {
                continue;
            };
            let is_section = sections.iter().any(|section| section.span.start == offset + self.document.base());
            if is_section || self.is_used_container(*number, touched) {
                containers.insert(*number);
            }
        }
        self.explained.extend(containers);
    }

    /// Whether an object stream holds exactly what the revision's entries place in it: whatever more it held would be
    /// found by readers that search.
    fn is_used_container(&self, container: u32, touched: &[u32]) -> bool {
        let is_container = self.document.object_at(ObjectId::new(container), self.revision).is_ok_and(|object| {
            object.data.is_some()
                && object
                    .dictionary()
                    .is_ok_and(|keys| keys.name(b"Type") == Some(b"ObjStm") && keys.get(b"Extends").is_none())
        });
        let mut placed: Vec<(u32, u32)> = touched
            .iter()
            .filter_map(|number| match self.document.locate(*number, self.revision) {
                Some(Location::InStream { container: within, index }) if within == container => Some((index, *number)),
                _ => None,
            })
            .collect();
        placed.sort_unstable();
        let held = self.document.numbers_in_stream(container, self.revision).unwrap_or_default();
        let held: Vec<(u32, u32)> = (0..).zip(held).collect();
        is_container && !held.is_empty() && placed == held
    }

    /// Objects written again with equal content.
    fn unchanged(&mut self, touched: &[u32]) {
        for number in touched {
            let (was, is) = (self.document.locate(*number, self.before), self.document.locate(*number, self.revision));
            let both_free = matches!(was, None | Some(Location::Free)) && matches!(is, Some(Location::Free));
            if both_free || self.same_object(ObjectId::new(*number)) {
                self.explained.insert(*number);
            }
        }
    }

    fn same_object(&self, id: ObjectId) -> bool {
        let (Ok(was), Ok(is)) = (self.document.object_at(id, self.before), self.document.object_at(id, self.revision))
        else {
            return false;
        };
        let data = |span: Option<pdf::Span>| span.and_then(|span| self.document.bytes().get(span));
        // Byte for byte: readers differ in what they make of another spelling of the same value. In an encrypted file the
        // same bytes mean another thing inside an object stream.
        was.value.same_as(&is.value)
            && was.raw_value() == is.raw_value()
            && data(was.data.clone()) == data(is.data.clone())
    }

    /// The document information dictionary: titles and dates, not shown on any page.
    fn information(&mut self) -> Result<(), PdfError> {
        let info = |revision| -> Result<Option<ObjectId>, PdfError> {
            Ok(self.document.trailer_at(revision)?.get(b"Info").and_then(Value::as_reference))
        };
        let (was, is) = (info(self.before)?, info(self.revision)?);
        let Some(is) = is.filter(|is| was == Some(*is) || (was.is_none() && self.is_new(is.number))) else {
            return Ok(());
        };
        let is_touched =
            self.document.revisions().get(self.revision).is_some_and(|revision| revision.location(is.number).is_some());
        let serves_only_this = self.is_new(is.number)
            || (self.signed.references.get(&is.number) == Some(&1)
                && self.document.object_at(is, self.before).is_ok_and(|object| is_information(&object)));
        let is_still_information =
            self.document.object_at(is, self.revision).is_ok_and(|object| is_information(&object));
        if is_touched && serves_only_this && is_still_information && !self.same_object(is) {
            self.explained.insert(is.number);
            self.facts.notes.push(is.number);
        }
        Ok(())
    }

    /// One cross-reference, written as every reader expects it: one that stumbles over it searches for objects.
    fn is_regular(&self) -> bool {
        let revisions = self.document.revisions();
        let size = |revision: usize| revisions.get(revision)?.trailer()?.integer(b"Size");
        let sections = revisions.get(self.revision).map(|revision| revision.sections.as_slice()).unwrap_or_default();
        matches!(sections, [section] if section.is_regular && section.hybrid.is_none())
            && size(self.revision) >= size(self.before)
            && !self.document.search_disagrees(self.revision, &self.signed.shown)
    }

    fn same_trailer(&self) -> Result<bool, PdfError> {
        let (was, is) = (self.document.trailer_at(self.before)?, self.document.trailer_at(self.revision)?);
        let same = |key: &[u8]| match (was.get(key), is.get(key)) {
            (Some(a), Some(b)) => a.same_as(b),
            (None, None) => true,
            _ => false,
        };
        let first_id = |trailer: &Dictionary| -> Option<Vec<u8>> {
            trailer.get(b"ID").and_then(Value::as_array)?.first()?.as_string().map(<[u8]>::to_vec)
        };
        // The first half of /ID is part of what an encrypted file's key is made of.
        Ok(same(b"Root") && same(b"Encrypt") && (was.get(b"Encrypt").is_none() || first_id(was) == first_id(is)))
    }

    fn new_signatures(&mut self, touched: &[u32]) -> Result<(), PdfError> {
        let known = fields::signature_fields(self.document, self.before)?;
        let now = fields::signature_fields(self.document, self.revision)?;
        let known_ids: HashSet<_> = known.iter().map(|field| field.id).collect();
        let known_names: HashSet<_> = known.iter().map(|field| field.name.as_str()).collect();
        let added: Vec<SignatureField> = now
            .into_iter()
            .filter(|field| field.id.is_some() && !known_ids.contains(&field.id))
            .filter(|field| matches!(field.value, Some(SignatureValue::Object(_))))
            .collect();
        if added.is_empty() {
            return Ok(());
        }
        let is_new = |number: u32| touched.binary_search(&number).is_ok() && self.is_new(number);
        let mut widgets = HashSet::new();
        let mut names = Vec::new();
        let mut found: HashSet<u32> = HashSet::new();
        for field in &added {
            let (Some(widget), Some(SignatureValue::Object(signature))) = (field.id, &field.value) else { continue };
            if known_names.contains(field.name.as_str())
                || !is_new(widget.number)
                || !is_new(signature.number)
                || !self.is_modest(widget)?
            {
                continue;
            }
            self.collect(widget, &is_new, &mut found)?;
            self.collect(*signature, &is_new, &mut found)?;
            widgets.insert(widget);
            names.push(field.name.clone());
        }
        self.facts.signatures_added = names;
        self.explained.extend(found);
        let mut compared = HashSet::new();
        for widget in &widgets {
            self.page_of(*widget, &widgets, &mut compared)?;
        }
        self.catalog(&widgets)
    }

    /// Follows references from a new object to other new objects.
    fn collect(&self, start: ObjectId, is_new: &dyn Fn(u32) -> bool, found: &mut HashSet<u32>) -> Result<(), PdfError> {
        let mut pending = vec![start];
        while let Some(id) = pending.pop() {
            if !is_new(id.number) || !found.insert(id.number) || found.len() > MAX_WALK {
                continue;
            }
            let object = self.document.object_at(id, self.revision)?;
            if object.value.has_duplicates_within() {
                found.remove(&id.number);
                continue;
            }
            for_each_reference(&object.value, &mut |id| pending.push(id));
        }
        Ok(())
    }

    /// A new signature's widget is nothing but that, and shows nothing: what an appearance covers is not judged yet.
    fn is_modest(&self, widget: ObjectId) -> Result<bool, PdfError> {
        let object = self.document.object_at(widget, self.revision)?;
        let keys = object.dictionary()?;
        let is_plain = object.data.is_none()
            && !keys.has_duplicates()
            && keys.name(b"Subtype") == Some(b"Widget")
            && keys.entries.iter().all(|entry| WIDGET_KEYS.contains(&entry.key.as_slice()));
        let rectangle = self.document.lookup(keys, b"Rect", self.revision)?;
        Ok(is_plain && rectangle.as_ref().is_some_and(is_empty) && self.draws_nothing(keys)?)
    }

    /// No appearance, or one whose stream has no operators: some readers draw it whatever the rectangle says.
    fn draws_nothing(&self, widget: &Dictionary) -> Result<bool, PdfError> {
        let Some(appearance) = self.document.lookup(widget, b"AP", self.revision)? else { return Ok(true) };
        let entries = appearance.as_dictionary().map(|keys| keys.entries.as_slice()).unwrap_or_default();
        match entries {
            [normal] if normal.key == b"N" => {
                let Some(form) = normal.value.as_reference() else { return Ok(false) };
                let form = self.document.object_at(form, self.revision)?;
                let data = self.document.decoded_at(&form, self.revision)?;
                Ok(data.iter().all(u8::is_ascii_whitespace))
            }
            _ => Ok(false),
        }
    }

    /// The page of a new widget may gain new widgets in `/Annots`, and nothing else.
    fn page_of(
        &mut self,
        widget: ObjectId,
        widgets: &HashSet<ObjectId>,
        compared: &mut HashSet<ObjectId>,
    ) -> Result<(), PdfError> {
        let object = self.document.object_at(widget, self.revision)?;
        let Some(page) = object.dictionary()?.get(b"P").and_then(Value::as_reference) else { return Ok(()) };
        // One page may take many widgets; it is compared once.
        if !compared.insert(page) {
            return Ok(());
        }
        let (was, is) = (self.document.object_at(page, self.before)?, self.document.object_at(page, self.revision)?);
        let is_page = |object: &Object<'_>| {
            object.data.is_none() && object.dictionary().is_ok_and(|keys| keys.name(b"Type") == Some(b"Page"))
        };
        if !is_page(&was) || !is_page(&is) || !self.signed.shown.contains(&page.number) {
            return Ok(());
        }
        let (was, is) = (was.dictionary()?, is.dictionary()?);
        if was.same_but(is, &[b"Annots"]) && self.only_adds(was, is, b"Annots", widgets)? {
            self.explained.insert(page.number);
            self.explain_holder(was, is, b"Annots");
        }
        Ok(())
    }

    /// The catalog may gain an interactive form or new fields in it, and the note on extensions.
    fn catalog(&mut self, widgets: &HashSet<ObjectId>) -> Result<(), PdfError> {
        let (was, is) = (self.document.root_at(self.before)?, self.document.root_at(self.revision)?);
        let (was_keys, is_keys) = (was.dictionary()?, is.dictionary()?);
        let no_extensions_before = was_keys.get(b"Extensions").is_none();
        let mut may_differ: Vec<&[u8]> = vec![b"AcroForm"];
        if no_extensions_before {
            may_differ.push(b"Extensions");
        }
        let was_form = self.document.lookup(was_keys, b"AcroForm", self.before)?;
        let is_form = self.document.lookup(is_keys, b"AcroForm", self.revision)?;
        let empty = Dictionary::default();
        let was_form = was_form.as_ref().map_or(Some(&empty), Value::as_dictionary);
        let (Some(was_form), Some(is_form)) = (was_form, is_form.as_ref().and_then(Value::as_dictionary)) else {
            return Ok(());
        };
        let form_is_good = was_form.same_but(is_form, &[b"Fields", b"SigFlags"])
            && is_form.integer(b"SigFlags").is_none_or(|flags| (0..=3).contains(&flags))
            && self.only_adds(was_form, is_form, b"Fields", widgets)?;
        let is_plain = was.data.is_none() && is.data.is_none();
        if is_plain && was_keys.same_but(is_keys, &may_differ) && form_is_good {
            self.explained.insert(is.id.number);
            self.explain_holder(was_keys, is_keys, b"AcroForm");
            self.explain_holder(was_form, is_form, b"Fields");
        }
        Ok(())
    }

    /// The indirect object under a key, if it is a new one, or stayed the same and serves nothing else.
    fn explain_holder(&mut self, was: &Dictionary, is: &Dictionary, key: &[u8]) {
        let reference = |keys: &Dictionary| keys.get(key).and_then(Value::as_reference);
        let serves_only_this = |number: u32| self.signed.references.get(&number) == Some(&1);
        if let Some(id) = reference(is)
            && ((reference(was) == Some(id) && serves_only_this(id.number)) || self.is_new(id.number))
            && self.document.object_at(id, self.revision).is_ok_and(|object| object.data.is_none())
        {
            self.explained.insert(id.number);
        }
    }

    /// Whether an array keeps all its elements in their order and only gains new widgets at its end.
    fn only_adds(
        &self,
        was: &Dictionary,
        is: &Dictionary,
        key: &[u8],
        widgets: &HashSet<ObjectId>,
    ) -> Result<bool, PdfError> {
        let was = self.document.lookup(was, key, self.before)?;
        let is = self.document.lookup(is, key, self.revision)?;
        let was = was.as_ref().map_or(Some(&[][..]), Value::as_array);
        let is = is.as_ref().map_or(Some(&[][..]), Value::as_array);
        let (Some(was), Some(is)) = (was, is) else { return Ok(false) };
        let Some((kept, added)) = is.split_at_checked(was.len()) else { return Ok(false) };
        let keeps = was.iter().zip(kept).all(|(was, is)| was.same_as(is));
        let adds_widgets = added.iter().all(|element| element.as_reference().is_some_and(|id| widgets.contains(&id)));
        Ok(keeps && adds_widgets)
    }
}

/// Titles, names and dates, and nothing that leads anywhere (ISO 32000-2, 14.3.3).
fn is_information(object: &Object<'_>) -> bool {
    object.data.is_none()
        && object.dictionary().is_ok_and(|keys| {
            !keys.has_duplicates()
                && keys.entries.iter().all(|entry| matches!(entry.value.kind, Kind::String { .. } | Kind::Name(_)))
        })
}

fn for_each_reference(value: &Value, found: &mut dyn FnMut(ObjectId)) {
    match &value.kind {
        Kind::Reference(id) => found(*id),
        Kind::Array(values) => values.iter().for_each(|value| for_each_reference(value, found)),
        Kind::Dictionary(keys) => keys.entries.iter().for_each(|entry| for_each_reference(&entry.value, found)),
        _ => {}
    }
}

/// Whether a rectangle is a point.
fn is_empty(rectangle: &Value) -> bool {
    let corners: Vec<f64> = rectangle.as_array().unwrap_or_default().iter().filter_map(Value::as_f64).collect();
    matches!(corners.as_slice(), [left, bottom, right, top] if left == right && bottom == top)
}
