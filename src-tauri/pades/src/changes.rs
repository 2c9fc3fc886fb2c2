//! What a later revision changed, explained by rules; whatever no rule explains is unexplained.
//!
//! A white list, never a black list. The rules of this module explain what it takes to add a signature; long-term
//! data, form filling and annotations come with the rules of the next issue and are unexplained until then.

use std::collections::{HashMap, HashSet};

use pdf::{Dictionary, Document, Kind, Location, ObjectId, PdfError, Value};

use crate::{
    facts::ChangeFacts,
    fields::{self, SignatureField, SignatureValue},
};

/// Most objects walked to learn which numbers the signed document already refers to.
const MAX_WALK: usize = 500_000;

/// Largest share of its page that a new signature's appearance may take: 1/4.
const MAX_APPEARANCE_SHARE: f64 = 0.25;

/// Explains every object that `revision` touches, compared with the revision before it.
pub(crate) fn explain(document: &Document<'_>, revision: usize) -> Result<ChangeFacts, PdfError> {
    let before = revision.checked_sub(1).ok_or(PdfError::Damaged)?;
    let touched = document.revisions().get(revision).ok_or(PdfError::Damaged)?.touched();
    let mut explanation = Explanation {
        document,
        revision,
        before,
        explained: HashSet::from([0]),
        facts: ChangeFacts { revision, ..ChangeFacts::default() },
    };
    explanation.containers(&touched);
    explanation.unchanged(&touched);
    explanation.information()?;
    if explanation.same_trailer()? {
        explanation.new_signatures(&touched)?;
    } else {
        // Another catalog or other encryption: nothing that follows can be compared with what was signed.
        explanation.explained.clear();
    }
    let Explanation { explained, mut facts, .. } = explanation;
    facts.unexplained = touched.into_iter().filter(|number| !explained.contains(number)).collect();
    if explained.is_empty() && facts.unexplained.is_empty() {
        facts.unexplained.push(0);
    }
    Ok(facts)
}

struct Explanation<'e, 'a> {
    document: &'e Document<'a>,
    revision: usize,
    before: usize,
    explained: HashSet<u32>,
    facts: ChangeFacts,
}

impl Explanation<'_, '_> {
    fn existed(&self, number: u32) -> bool {
        !matches!(self.document.locate(number, self.before), None | Some(Location::Free))
    }

    /// Cross-reference streams and object streams of the new revision hold objects, they are not shown themselves.
    fn containers(&mut self, touched: &[u32]) {
        let sections = self.document.revisions().get(self.revision).map(|revision| revision.sections.as_slice()).unwrap_or_default();
        for number in touched {
            let Some(Location::Offset { offset, generation: 0 }) = self.document.locate(*number, self.revision) else { continue };
            let is_section = sections.iter().any(|section| section.span.start == offset + self.document.base());
            let is_container = !self.existed(*number)
                && self.document.object_at(ObjectId::new(*number), self.revision).is_ok_and(|object| {
                    object.data.is_some() && object.dictionary().is_ok_and(|keys| keys.name(b"Type") == Some(b"ObjStm"))
                });
            if is_section || is_container {
                self.explained.insert(*number);
            }
        }
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
        let (Ok(was), Ok(is)) = (self.document.object_at(id, self.before), self.document.object_at(id, self.revision)) else {
            return false;
        };
        let data = |span: Option<pdf::Span>| span.and_then(|span| self.document.bytes().get(span));
        was.value.same_as(&is.value) && data(was.data) == data(is.data)
    }

    /// The document information dictionary: titles and dates, not shown on any page.
    fn information(&mut self) -> Result<(), PdfError> {
        let info = |revision| -> Result<Option<ObjectId>, PdfError> {
            Ok(self.document.trailer_at(revision)?.get(b"Info").and_then(Value::as_reference))
        };
        if let (was, Some(is)) = (info(self.before)?, info(self.revision)?)
            && (was == Some(is) || (was.is_none() && !self.existed(is.number)))
            && !self.same_object(is)
            && !self.dangling()?.contains(&is.number)
            && self.document.revisions().get(self.revision).is_some_and(|revision| revision.location(is.number).is_some())
        {
            self.explained.insert(is.number);
            self.facts.notes.push(is.number);
        }
        Ok(())
    }

    fn same_trailer(&self) -> Result<bool, PdfError> {
        let (was, is) = (self.document.trailer_at(self.before)?, self.document.trailer_at(self.revision)?);
        let same = |key: &[u8]| match (was.get(key), is.get(key)) {
            (Some(a), Some(b)) => a.same_as(b),
            (None, None) => true,
            _ => false,
        };
        Ok(same(b"Root") && same(b"Encrypt"))
    }

    fn new_signatures(&mut self, touched: &[u32]) -> Result<(), PdfError> {
        let known = fields::signature_fields(self.document, self.before)?;
        let now = fields::signature_fields(self.document, self.revision)?;
        let added: Vec<SignatureField> = now
            .into_iter()
            .filter(|field| field.id.is_some() && !known.iter().any(|known| known.id == field.id))
            .filter(|field| matches!(field.value, Some(SignatureValue::Object(_))))
            .collect();
        if added.is_empty() {
            return Ok(());
        }
        let dangling = self.dangling()?;
        let is_new = |number: u32| touched.contains(&number) && !self.existed(number) && !dangling.contains(&number);
        let mut widgets = Vec::new();
        let mut names = Vec::new();
        let mut found: HashSet<u32> = HashSet::new();
        for field in &added {
            let (Some(widget), Some(SignatureValue::Object(signature))) = (field.id, &field.value) else { continue };
            if !is_new(widget.number) || !is_new(signature.number) || !self.has_modest_appearance(widget)? {
                continue;
            }
            self.collect(widget, &[b"P", b"Parent", b"V"], &is_new, &mut found)?;
            self.collect(*signature, &[b"Data"], &is_new, &mut found)?;
            widgets.push(widget);
            names.push(field.name.clone());
        }
        self.facts.signatures_added = names;
        self.explained.extend(found);
        for widget in &widgets {
            self.page_of(*widget, &widgets)?;
        }
        self.catalog(&widgets)
    }

    /// Follows references from a new object to other new objects, but not over the keys that lead back to old ones.
    fn collect(
        &self,
        start: ObjectId,
        skip: &[&[u8]],
        is_new: &dyn Fn(u32) -> bool,
        found: &mut HashSet<u32>,
    ) -> Result<(), PdfError> {
        let mut pending = vec![start];
        while let Some(id) = pending.pop() {
            if !is_new(id.number) || !found.insert(id.number) || found.len() > MAX_WALK {
                continue;
            }
            let object = self.document.object_at(id, self.revision)?;
            for_each_reference(&object.value, skip, &mut |id| pending.push(id));
        }
        Ok(())
    }

    /// A signature's appearance is drawn inside its rectangle; the rectangle must not be a disguise for a new page.
    fn has_modest_appearance(&self, widget: ObjectId) -> Result<bool, PdfError> {
        let object = self.document.object_at(widget, self.revision)?;
        let keys = object.dictionary()?;
        let rectangle = self.document.lookup(keys, b"Rect", self.revision)?;
        let Some(area) = rectangle.as_ref().and_then(area) else { return Ok(false) };
        if area <= f64::EPSILON {
            return Ok(true);
        }
        let Some(page) = keys.get(b"P").and_then(Value::as_reference) else { return Ok(false) };
        let mut node = self.document.object_at(page, self.before)?.value;
        for _ in 0..pdf::limits::MAX_REFERENCE_DEPTH {
            let Some(keys) = node.as_dictionary().cloned() else { break };
            if let Some(page_area) = self.document.lookup(&keys, b"MediaBox", self.before)?.as_ref().and_then(self::area) {
                return Ok(area <= page_area * MAX_APPEARANCE_SHARE);
            }
            match self.document.lookup(&keys, b"Parent", self.before)? {
                Some(parent) => node = parent,
                None => break,
            }
        }
        Ok(false)
    }

    /// The page of a new widget may gain new widgets in `/Annots`, and nothing else.
    fn page_of(&mut self, widget: ObjectId, widgets: &[ObjectId]) -> Result<(), PdfError> {
        let object = self.document.object_at(widget, self.revision)?;
        let Some(page) = object.dictionary()?.get(b"P").and_then(Value::as_reference) else { return Ok(()) };
        let (was, is) = (self.document.object_at(page, self.before)?, self.document.object_at(page, self.revision)?);
        let (was, is) = (was.dictionary()?, is.dictionary()?);
        if same_but(was, is, &[b"Annots"]) && self.only_adds(was, is, b"Annots", widgets)? {
            self.explained.insert(page.number);
            self.explain_holder(was, is, b"Annots");
        }
        Ok(())
    }

    /// The catalog may gain an interactive form or new fields in it, and the note on extensions.
    fn catalog(&mut self, widgets: &[ObjectId]) -> Result<(), PdfError> {
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
        let (Some(was_form), Some(is_form)) = (was_form, is_form.as_ref().and_then(Value::as_dictionary)) else { return Ok(()) };
        let form_is_good = same_but(was_form, is_form, &[b"Fields", b"SigFlags"])
            && is_form.integer(b"SigFlags").is_none_or(|flags| (0..=3).contains(&flags))
            && self.only_adds(was_form, is_form, b"Fields", widgets)?;
        if same_but(was_keys, is_keys, &may_differ) && form_is_good {
            self.explained.insert(is.id.number);
            self.explain_holder(was_keys, is_keys, b"AcroForm");
            self.explain_holder(was_form, is_form, b"Fields");
        }
        Ok(())
    }

    /// The indirect object under a key, if it stayed the same object or is a new one.
    fn explain_holder(&mut self, was: &Dictionary, is: &Dictionary, key: &[u8]) {
        let reference = |keys: &Dictionary| keys.get(key).and_then(Value::as_reference);
        if let Some(id) = reference(is)
            && (reference(was) == Some(id) || !self.existed(id.number))
        {
            self.explained.insert(id.number);
        }
    }

    /// Whether an array keeps all its elements in their order and only gains new widgets at its end.
    fn only_adds(&self, was: &Dictionary, is: &Dictionary, key: &[u8], widgets: &[ObjectId]) -> Result<bool, PdfError> {
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

    /// Numbers that the signed document refers to although they do not exist: whoever defines one later changes what is shown.
    fn dangling(&self) -> Result<HashSet<u32>, PdfError> {
        let trailer = self.document.trailer_at(self.before)?;
        let mut pending: Vec<ObjectId> = Vec::new();
        for entry in &trailer.entries {
            for_each_reference(&entry.value, &[], &mut |id| pending.push(id));
        }
        let mut seen: HashMap<u32, bool> = HashMap::new();
        while let Some(id) = pending.pop() {
            if seen.contains_key(&id.number) {
                continue;
            }
            if seen.len() > MAX_WALK {
                return Err(PdfError::Limit("objects walked"));
            }
            seen.insert(id.number, self.existed(id.number));
            match self.document.object_at(id, self.before) {
                Ok(object) => for_each_reference(&object.value, &[], &mut |id| pending.push(id)),
                Err(PdfError::Missing(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(seen.into_iter().filter(|(_, exists)| !exists).map(|(number, _)| number).collect())
    }
}

/// Whether two dictionaries agree in every key but these.
fn same_but(was: &Dictionary, is: &Dictionary, keys: &[&[u8]]) -> bool {
    if was.has_duplicates() || is.has_duplicates() {
        return false;
    }
    let covers = |a: &Dictionary, b: &Dictionary| {
        a.entries
            .iter()
            .filter(|entry| !keys.contains(&entry.key.as_slice()))
            .all(|entry| b.get(&entry.key).is_some_and(|value| entry.value.same_as(value)))
    };
    covers(was, is) && covers(is, was)
}

fn for_each_reference(value: &Value, skip: &[&[u8]], found: &mut dyn FnMut(ObjectId)) {
    match &value.kind {
        Kind::Reference(id) => found(*id),
        Kind::Array(values) => values.iter().for_each(|value| for_each_reference(value, skip, found)),
        Kind::Dictionary(keys) => {
            for entry in keys.entries.iter().filter(|entry| !skip.contains(&entry.key.as_slice())) {
                for_each_reference(&entry.value, skip, found);
            }
        }
        _ => {}
    }
}

#[allow(clippy::cast_precision_loss, reason = "page sizes are small numbers")]
fn area(rectangle: &Value) -> Option<f64> {
    let corners: Vec<f64> = rectangle
        .as_array()?
        .iter()
        .filter_map(|corner| match corner.kind {
            Kind::Integer(number) => Some(number as f64),
            Kind::Real(number) => Some(number),
            _ => None,
        })
        .collect();
    match corners.as_slice() {
        [left, bottom, right, top] => Some(((right - left) * (top - bottom)).abs()),
        _ => None,
    }
}
