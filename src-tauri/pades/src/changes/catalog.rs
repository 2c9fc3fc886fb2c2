//! Catalog, pages, long-term data, and what only describes the document.

use pdf::{Dictionary, ObjectId, PdfError, Value};

use super::{
    Rules,
    compare::{Resolved, Role, union},
    shown,
};
use crate::facts::{ChangeKind, ChangeLevel};

/// Deepest page tree.
const MAX_PAGE_DEPTH: usize = 100;

/// Keys of the catalog that describe the document and show nothing.
const DESCRIBING_KEYS: [&[u8]; 2] = [b"Lang", b"PieceInfo"];

/// Viewer preferences that arrange the window or the printer; others choose what part of a page is shown (table 147).
const WINDOW_KEYS: [&[u8]; 9] = [
    b"HideToolbar",
    b"HideMenubar",
    b"HideWindowUI",
    b"FitWindow",
    b"CenterWindow",
    b"DisplayDocTitle",
    b"PrintScaling",
    b"Duplex",
    b"NumCopies",
];

impl Rules<'_, '_> {
    pub(super) fn catalog(&mut self) -> Result<(), PdfError> {
        let document = self.pair.document;
        let was = document.root_at(self.pair.before)?;
        let is = document.root_at(self.pair.after)?;
        let number = is.id.number;
        if was.data.is_some() || is.data.is_some() || !self.pair.affected.contains(&number) {
            if is.data.is_some() {
                self.other(Some(number), "Root");
            }
            return Ok(());
        }
        let (was, is) = (was.dictionary()?.clone(), is.dictionary()?.clone());
        if is.has_duplicates() {
            self.other(Some(number), "Root");
        }
        self.pair.rule(number, Role::CATALOG);
        self.collect_ruled(&was)?;
        // Pages and fields first: the others may refer to what they explain.
        self.form(&was, &is)?;
        self.pages(&was, &is)?;
        self.form_values()?;
        self.signatures_have_a_place()?;
        for key in union(&was, &is) {
            match key {
                b"AcroForm" | b"Pages" => {}
                b"DSS" => self.long_term_data(&was, &is)?,
                b"Extensions" => self.extensions(&was, &is)?,
                b"Version" => self.version(&was, &is, number)?,
                b"Metadata" => self.metadata(&was, &is)?,
                b"StructTreeRoot" => self.structure_tree(&was, &is)?,
                b"OutputIntents" if was.get(key).is_none() && self.is_usual_intent(&is)? => {
                    self.note(ChangeKind::Description, ChangeLevel::LongTerm, Some(number), "Root/OutputIntents");
                }
                key => {
                    let (a, b) =
                        (self.pair.get(&was, key, self.pair.before)?, self.pair.get(&is, key, self.pair.after)?);
                    if !self.same_entry(&was, &is, key)? {
                        let at = b.id.or(a.id).map_or(number, |id| id.number);
                        let path = format!("Root/{}", shown(key));
                        if DESCRIBING_KEYS.contains(&key)
                            || (key == b"ViewerPreferences" && self.arranges_the_window(&a, &b)?)
                        {
                            self.note(ChangeKind::Description, ChangeLevel::LongTerm, Some(at), path);
                        } else {
                            self.other(Some(at), path);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a document that said nothing of its colours says now that they are those of every screen: with the profile
    /// that EU DSS brings, and nothing else.
    fn is_usual_intent(&self, catalog: &Dictionary) -> Result<bool, PdfError> {
        const PROFILE: &str = "4064240d928fddcc777915e2be0c81871c5ea9b6e08327ddbe6be9908fc22525";
        const KEYS: [&[u8]; 7] = [
            b"Type",
            b"S",
            b"OutputCondition",
            b"OutputConditionIdentifier",
            b"RegistryName",
            b"Info",
            b"DestOutputProfile",
        ];
        let list = self.pair.get(catalog, b"OutputIntents", self.pair.after)?;
        let [intent] = list.value.as_array().unwrap_or_default() else { return Ok(false) };
        let intent = self.pair.resolve(intent, self.pair.after)?;
        let Some(keys) = intent.dictionary().filter(|keys| intent.data.is_none() && !keys.is_ambiguous()) else {
            return Ok(false);
        };
        let profile = self.pair.get(keys, b"DestOutputProfile", self.pair.after)?;
        let data = self.pair.decoded(&profile, self.pair.after)?;
        let is_text = |value: &Value| value.as_string().is_some() || value.as_name().is_some();
        Ok(keys.entries.iter().all(|entry| {
            KEYS.contains(&entry.key.as_slice()) && (entry.key == b"DestOutputProfile" || is_text(&entry.value))
        }) && data.is_some_and(|data| cades::Hash::Sha256.hex_digest(&data) == PROFILE))
    }

    fn arranges_the_window(&self, was: &Resolved, is: &Resolved) -> Result<bool, PdfError> {
        let empty = Dictionary::default();
        let (a, b) = (was.dictionary().unwrap_or(&empty), is.dictionary().unwrap_or(&empty));
        Ok((is.is_null() || (is.dictionary().is_some() && is.data.is_none()))
            && !b.is_ambiguous()
            && self.pair.differing(a, b)?.iter().all(|key| WINDOW_KEYS.contains(&key.as_slice())))
    }

    pub(super) fn same_entry(&self, was: &Dictionary, is: &Dictionary, key: &[u8]) -> Result<bool, PdfError> {
        match (was.get(key), is.get(key)) {
            (Some(a), Some(b)) => self.pair.same_under(a, b, is, key),
            // What says nothing is still there for some readers: they look no further for it.
            (a, b) => Ok(a.is_none() && b.is_none()),
        }
    }

    /// Everything that a rule of its own will compare, as it stood before: other places may refer to it freely.
    fn collect_ruled(&mut self, catalog: &Dictionary) -> Result<(), PdfError> {
        let mut pending: Vec<(Value, usize)> =
            catalog.get(b"Pages").map(|pages| (pages.clone(), 0)).into_iter().collect();
        while let Some((node, depth)) = pending.pop() {
            let Some(id) = node.as_reference() else { continue };
            let is_affected = self.pair.affected.contains(&id.number);
            if !is_affected || depth > MAX_PAGE_DEPTH || !self.pair.rule(id.number, Role::PAGE) {
                continue;
            }
            let resolved = self.pair.resolve(&node, self.pair.before)?;
            let Some(keys) = resolved.dictionary().filter(|_| resolved.data.is_none()) else { continue };
            let kids = self.pair.get(keys, b"Kids", self.pair.before)?;
            if !kids.is_null() {
                pending.extend(kids.value.as_array().unwrap_or_default().iter().map(|kid| (kid.clone(), depth + 1)));
                continue;
            }
            let annotations = self.pair.get(keys, b"Annots", self.pair.before)?;
            for annotation in annotations.value.as_array().unwrap_or_default() {
                if let Some(id) = annotation.as_reference() {
                    self.pair.rule(id.number, Role::ANNOTATION);
                }
            }
        }
        self.collect_ruled_fields(catalog)?;
        self.collect_ruled_structure(catalog)
    }

    fn pages(&mut self, was: &Dictionary, is: &Dictionary) -> Result<(), PdfError> {
        let reference = |keys: &Dictionary| keys.get(b"Pages").and_then(Value::as_reference);
        match (reference(was), reference(is)) {
            (Some(a), Some(b)) if a == b => {
                let mut page = 0;
                self.page_node(a, &mut page, 0)
            }
            (a, b) => {
                if !(a.is_none() && b.is_none() && self.same_entry(was, is, b"Pages")?) {
                    self.other(b.or(a).map(|id| id.number), "Root/Pages");
                }
                Ok(())
            }
        }
    }

    fn page_node(&mut self, id: ObjectId, page: &mut usize, depth: usize) -> Result<(), PdfError> {
        if depth > MAX_PAGE_DEPTH {
            return Err(PdfError::Limit("page tree"));
        }
        let reference = Value { kind: pdf::Kind::Reference(id), span: 0..0 };
        let was = self.pair.resolve(&reference, self.pair.before)?;
        if !self.pair.affected.contains(&id.number) {
            *page += was.dictionary().and_then(|keys| keys.get(b"Count")).and_then(Value::as_usize).unwrap_or(1);
            return Ok(());
        }
        let is = self.pair.resolve(&reference, self.pair.after)?;
        let number = Some(id.number);
        let (Some(a), Some(b)) = (was.dictionary(), is.dictionary()) else {
            self.other(number, "Pages");
            return Ok(());
        };
        if was.data.is_some() || is.data.is_some() || b.has_duplicates() {
            self.other(number, "Pages");
            return Ok(());
        }
        if a.get(b"Kids").is_none() && b.get(b"Kids").is_none() {
            *page += 1;
            return self.page(id, a, b, *page);
        }
        for key in union(a, b).into_iter().filter(|key| *key != b"Kids") {
            if !self.same_entry(a, b, key)? {
                self.other(number, format!("Pages/{}", shown(key)));
            }
        }
        let (was_kids, is_kids) =
            (self.pair.get(a, b"Kids", self.pair.before)?, self.pair.get(b, b"Kids", self.pair.after)?);
        let references = |kids: &Resolved| -> Option<Vec<ObjectId>> {
            kids.value.as_array()?.iter().map(Value::as_reference).collect()
        };
        match (references(&was_kids), references(&is_kids)) {
            (Some(was), Some(is)) if was == is => {
                for kid in is {
                    self.page_node(kid, page, depth + 1)?;
                }
            }
            _ => self.other(number, "Pages/Kids"),
        }
        Ok(())
    }

    fn page(&mut self, id: ObjectId, was: &Dictionary, is: &Dictionary, page: usize) -> Result<(), PdfError> {
        let before = self.changes.len();
        self.page_annotations(id, was, is, page)?;
        let has_changed = self.changes.len() > before || !self.same_entry(was, is, b"Annots")?;
        for key in union(was, is).into_iter().filter(|key| *key != b"Annots") {
            if self.same_entry(was, is, key)? {
                continue;
            }
            let is_order = key == b"Tabs"
                && was.get(b"Tabs").is_none()
                && matches!(is.name(b"Tabs"), Some(b"R" | b"C" | b"S" | b"A" | b"W"));
            // Where the structure finds a page by its number, a page without one may get one that nobody has.
            if key == b"StructParents" && was.get(key).is_none() && self.is_free_number(is.integer(key))? {
                self.note(
                    ChangeKind::StructureTree,
                    ChangeLevel::FormFilling,
                    Some(id.number),
                    format!("página {page}/StructParents"),
                );
                continue;
            }
            // The order in which the Tab key visits annotations may come with the first of them.
            if is_order && has_changed {
                self.note(
                    ChangeKind::Description,
                    ChangeLevel::FormFilling,
                    Some(id.number),
                    format!("página {page}/Tabs"),
                );
            } else {
                self.other(Some(id.number), format!("página {page}/{}", shown(key)));
            }
        }
        Ok(())
    }

    /// A later revision may add long-term data and keeps all that were there (ETSI EN 319 142-1, 5.4.2).
    fn long_term_data(&mut self, was: &Dictionary, is: &Dictionary) -> Result<(), PdfError> {
        let (a, b) = (self.pair.get(was, b"DSS", self.pair.before)?, self.pair.get(is, b"DSS", self.pair.after)?);
        if self.same_entry(was, is, b"DSS")? {
            return Ok(());
        }
        let number = b.id.or(a.id).map(|id| id.number);
        let empty = Dictionary::default();
        let (Some(a), Some(b)) = (if a.is_null() { Some(&empty) } else { a.dictionary() }, b.dictionary()) else {
            self.note(ChangeKind::LongTermDataRemoved, ChangeLevel::Other, number, "Root/DSS");
            return Ok(());
        };
        let mut keeps = true;
        for key in union(a, b) {
            let (x, y) = (self.pair.get(a, key, self.pair.before)?, self.pair.get(b, key, self.pair.after)?);
            keeps &= match key {
                b"Type" => y.value.as_name() == Some(b"DSS") || x.value.same_as(&y.value),
                b"Certs" | b"OCSPs" | b"CRLs" => self.keeps_all(&x, &y)?,
                b"VRI" => self.keeps_validation_information(&x, &y)?,
                _ => self.same_entry(a, b, key)?,
            };
        }
        if keeps && !b.has_duplicates() {
            self.note(ChangeKind::LongTermData, ChangeLevel::LongTerm, number, "Root/DSS");
        } else {
            self.note(ChangeKind::LongTermDataRemoved, ChangeLevel::Other, number, "Root/DSS");
        }
        Ok(())
    }

    /// Whether a list of streams still holds every entry, under whatever number.
    fn keeps_all(&self, was: &Resolved, is: &Resolved) -> Result<bool, PdfError> {
        let (was, Some(is)) = (was.value.as_array().unwrap_or_default(), list_of(is)) else { return Ok(false) };
        let references: std::collections::HashSet<_> = is.iter().filter_map(Value::as_reference).collect();
        for entry in was {
            let stays = entry
                .as_reference()
                .is_some_and(|id| references.contains(&id) && !self.pair.affected.contains(&id.number));
            if stays {
                continue;
            }
            let old = self.pair.resolve(entry, self.pair.before)?;
            if old.is_null() {
                continue;
            }
            let old = self.pair.decoded(&old, self.pair.before)?;
            let mut found = false;
            for candidate in is {
                let new = self.pair.resolve(candidate, self.pair.after)?;
                found |= old.is_some() && self.pair.decoded(&new, self.pair.after)? == old;
                if found {
                    break;
                }
            }
            if !found {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the notes by signature still hold everything (ETSI EN 319 142-1, 5.4.2.3).
    fn keeps_validation_information(&self, was: &Resolved, is: &Resolved) -> Result<bool, PdfError> {
        let empty = Dictionary::default();
        let was = if was.is_null() { &empty } else { was.dictionary().unwrap_or(&empty) };
        let Some(is) = is.dictionary() else { return Ok(was.entries.is_empty()) };
        for entry in &was.entries {
            if self.same_entry(was, is, &entry.key)? {
                continue;
            }
            let old = self.pair.resolve(&entry.value, self.pair.before)?;
            let new = self.pair.get(is, &entry.key, self.pair.after)?;
            let (Some(old), Some(new)) = (old.dictionary(), new.dictionary()) else { return Ok(false) };
            for key in [b"Cert".as_slice(), b"CRL", b"OCSP"] {
                let (old, new) =
                    (self.pair.get(old, key, self.pair.before)?, self.pair.get(new, key, self.pair.after)?);
                if !old.is_null() && !self.keeps_all(&old, &new)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Notes on extensions may be added and raised (ISO 32000-2, 7.12).
    fn extensions(&mut self, was: &Dictionary, is: &Dictionary) -> Result<(), PdfError> {
        if self.same_entry(was, is, b"Extensions")? {
            return Ok(());
        }
        let (a, b) =
            (self.pair.get(was, b"Extensions", self.pair.before)?, self.pair.get(is, b"Extensions", self.pair.after)?);
        let number = b.id.or(a.id).map(|id| id.number);
        let empty = Dictionary::default();
        let a = a.dictionary().unwrap_or(&empty);
        let level = |keys: &Dictionary| keys.integer(b"ExtensionLevel");
        let mut is_raised = b.dictionary().is_some_and(|b| !b.has_duplicates());
        for entry in &a.entries {
            let Some(b) = b.dictionary() else { break };
            if self.same_entry(a, b, &entry.key)? {
                continue;
            }
            let old = self.pair.resolve(&entry.value, self.pair.before)?;
            let new = self.pair.get(b, &entry.key, self.pair.after)?;
            is_raised &= matches!((old.dictionary(), new.dictionary()),
                (Some(old), Some(new)) if level(new) >= level(old) && level(new).is_some());
        }
        if is_raised {
            self.note(ChangeKind::Extensions, ChangeLevel::LongTerm, number, "Root/Extensions");
        } else {
            self.other(number, "Root/Extensions");
        }
        Ok(())
    }

    /// `/Version` may be raised, never lowered.
    fn version(&mut self, was: &Dictionary, is: &Dictionary, number: u32) -> Result<(), PdfError> {
        if self.same_entry(was, is, b"Version")? {
            return Ok(());
        }
        let known = |name: &[u8]| matches!(name, [b'1', b'.', b'0'..=b'7'] | [b'2', b'.', b'0']);
        let header = self.pair.document.header_version();
        let old = was.name(b"Version").map(<[u8]>::to_vec).or(header).unwrap_or_default();
        match is.name(b"Version") {
            Some(new) if known(new) && new >= old.as_slice() => {
                self.note(ChangeKind::Extensions, ChangeLevel::LongTerm, Some(number), "Root/Version");
            }
            _ => self.other(Some(number), "Root/Version"),
        }
        Ok(())
    }

    fn metadata(&mut self, was: &Dictionary, is: &Dictionary) -> Result<(), PdfError> {
        if self.same_entry(was, is, b"Metadata")? {
            return Ok(());
        }
        let new = self.pair.get(is, b"Metadata", self.pair.after)?;
        let number = new.id.map(|id| id.number);
        let is_xmp = new.data.is_some()
            && new.dictionary().is_some_and(|keys| {
                !keys.has_duplicates()
                    && keys.name(b"Type") == Some(b"Metadata")
                    && keys.name(b"Subtype") == Some(b"XML")
            });
        if is_xmp {
            self.note(ChangeKind::Metadata, ChangeLevel::LongTerm, number, "Root/Metadata");
        } else {
            self.other(number, "Root/Metadata");
        }
        Ok(())
    }
}

fn list_of(resolved: &Resolved) -> Option<&[Value]> {
    if resolved.is_null() { Some(&[]) } else { resolved.value.as_array() }
}
