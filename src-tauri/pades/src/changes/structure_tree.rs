//! The structure of tagged documents, as far as it has to follow annotations and fields (ISO 32000-2, 14.7).

use std::collections::HashSet;

use pdf::{Dictionary, Kind, ObjectId, PdfError, Value};

use super::{
    Rules,
    compare::{Resolved, Role, union},
    shown,
};
use crate::facts::{ChangeKind, ChangeLevel};

/// Most structure elements looked at in one revision.
const MAX_ELEMENTS: usize = 100_000;

/// Keys by which an element speaks instead of what it holds (14.9.3 to 14.9.5).
const SPOKEN_KEYS: [&[u8]; 3] = [b"ActualText", b"Alt", b"E"];

/// Deepest number tree.
const MAX_DEPTH: usize = 50;

impl Rules<'_, '_> {
    /// Elements that the rules below compare may be referred to from the parent tree.
    pub(super) fn collect_ruled_structure(&mut self, catalog: &Dictionary) -> Result<(), PdfError> {
        let mut pending: Vec<Value> = catalog.get(b"StructTreeRoot").cloned().into_iter().collect();
        let mut seen = HashSet::new();
        while let Some(node) = pending.pop() {
            match &node.kind {
                Kind::Array(kids) => pending.extend(kids.iter().cloned()),
                Kind::Reference(id) => {
                    if !self.pair.affected.contains(&id.number) || !seen.insert(*id) || seen.len() > MAX_ELEMENTS {
                        continue;
                    }
                    let resolved = self.pair.resolve(&node, self.pair.before)?;
                    if let Some(keys) = resolved.dictionary().filter(|_| resolved.data.is_none()) {
                        if is_element(keys) || keys.name(b"Type") == Some(b"StructTreeRoot") {
                            self.pair.rule(id.number, Role::ELEMENT);
                            pending.extend(keys.get(b"K").cloned());
                        }
                    } else if resolved.value.as_array().is_some() {
                        pending.push(resolved.value);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn structure_tree(&mut self, was: &Dictionary, is: &Dictionary) -> Result<(), PdfError> {
        let (old, new) = (
            self.pair.get(was, b"StructTreeRoot", self.pair.before)?,
            self.pair.get(is, b"StructTreeRoot", self.pair.after)?,
        );
        let number = new.id.or(old.id).map(|id| id.number);
        let (Some(a), Some(b)) = (old.dictionary(), new.dictionary()) else {
            if !(old.is_null() && new.is_null()) {
                self.other(number, "Root/StructTreeRoot");
            }
            return Ok(());
        };
        let is_same = old.id == new.id && number.is_some_and(|number| !self.pair.affected.contains(&number));
        if is_same {
            return Ok(());
        }
        let before = self.changes.len();
        for key in union(a, b) {
            let is_right = match key {
                b"K" => continue,
                b"ParentTree" => {
                    let (old, new) =
                        (self.pair.get(a, key, self.pair.before)?, self.pair.get(b, key, self.pair.after)?);
                    self.parent_tree_only_grows(&old, &new)?
                }
                b"ParentTreeNextKey" => b.integer(key) >= a.integer(key) && b.integer(key).is_some(),
                // Says nothing, as without it.
                b"RoleMap" | b"ClassMap" if a.get(key).is_none() => {
                    let map = self.pair.get(b, key, self.pair.after)?;
                    map.data.is_none() && map.dictionary().is_some_and(|map| map.entries.is_empty())
                }
                _ => self.same_entry(a, b, key)?,
            };
            if !is_right {
                self.other(number, format!("Root/StructTreeRoot/{}", shown(key)));
            }
        }
        let mut seen = HashSet::new();
        self.structure_kids(a, b, number, &mut seen)?;
        if self.changes.len() == before && !self.same_ignoring_rules(&old, &new)? {
            self.note(ChangeKind::StructureTree, ChangeLevel::FormFilling, number, "Root/StructTreeRoot");
        }
        Ok(())
    }

    fn same_ignoring_rules(&self, old: &Resolved, new: &Resolved) -> Result<bool, PdfError> {
        let (Some(a), Some(b)) = (old.dictionary(), new.dictionary()) else { return Ok(false) };
        Ok(self.pair.differing(a, b)?.is_empty())
    }

    /// The kids of an element: the old ones in their order, new ones only for annotations that came, and none missing
    /// but those of annotations that went.
    fn structure_kids(
        &mut self,
        was: &Dictionary,
        is: &Dictionary,
        holder: Option<u32>,
        seen: &mut HashSet<ObjectId>,
    ) -> Result<(), PdfError> {
        let mut pending = vec![(was.clone(), is.clone(), holder)];
        while let Some((was, is, holder)) = pending.pop() {
            let (old, new) = (self.kids(&was, self.pair.before)?, self.kids(&is, self.pair.after)?);
            let mut rest = new.as_slice();
            let in_new: HashSet<ObjectId> = new.iter().filter_map(Value::as_reference).collect();
            for kid in &old {
                let is_gone = kid.as_reference().is_some_and(|id| !in_new.contains(&id));
                let position = if is_gone { None } else { self.position(kid, rest)? };
                match position {
                    Some(position) => {
                        let (added, others) = rest.split_at(position);
                        self.structure_added(added, holder)?;
                        let Some((now, after)) = others.split_first() else { break };
                        if let (Some(id), true) = (now.as_reference(), kid.as_reference() == now.as_reference())
                            && self.pair.affected.contains(&id.number)
                            && seen.insert(id)
                        {
                            if seen.len() > MAX_ELEMENTS {
                                return Err(PdfError::Limit("structure"));
                            }
                            pending.extend(self.structure_element(id)?);
                        }
                        rest = after;
                    }
                    None if self.belongs_to_moved(kid, self.pair.before)? => {}
                    None => self.other(holder, "Root/StructTreeRoot/K"),
                }
            }
            self.structure_added(rest, holder)?;
        }
        Ok(())
    }

    fn position(&self, kid: &Value, list: &[Value]) -> Result<Option<usize>, PdfError> {
        /// How far a kid without a number of its own is looked for: each look compares.
        const MAX_STEPS: usize = 64;
        let steps = if kid.as_reference().is_some() { list.len() } else { MAX_STEPS };
        for (position, other) in list.iter().enumerate().take(steps) {
            let is_same = match (kid.as_reference(), other.as_reference()) {
                (Some(a), Some(b)) => a == b,
                _ => self.pair.same(kid, other)?,
            };
            if is_same {
                return Ok(Some(position));
            }
        }
        Ok(None)
    }

    fn kids(&self, element: &Dictionary, revision: usize) -> Result<Vec<Value>, PdfError> {
        let Some(value) = element.get(b"K") else { return Ok(Vec::new()) };
        let resolved = self.pair.resolve(value, revision)?;
        match resolved.value.kind {
            Kind::Array(kids) => self.flattened(kids, revision),
            Kind::Null => Ok(Vec::new()),
            _ => Ok(vec![value.clone()]),
        }
    }

    /// Kids in arrays within arrays are kids to readers that do not mind.
    fn flattened(&self, kids: Vec<Value>, revision: usize) -> Result<Vec<Value>, PdfError> {
        let mut flat = Vec::new();
        let mut pending: Vec<Value> = kids.into_iter().rev().collect();
        let mut visited = 0;
        while let Some(kid) = pending.pop() {
            visited += 1;
            if visited > MAX_ELEMENTS {
                return Err(PdfError::Limit("structure"));
            }
            match self.pair.resolve(&kid, revision)?.value.kind {
                Kind::Array(inner) => pending.extend(inner.into_iter().rev()),
                _ => flat.push(kid),
            }
        }
        Ok(flat)
    }

    /// What an element says is spoken instead of what is shown: only its kids may differ.
    fn structure_element(&mut self, id: ObjectId) -> Result<Option<(Dictionary, Dictionary, Option<u32>)>, PdfError> {
        let reference = Value { kind: Kind::Reference(id), span: 0..0 };
        let (old, new) =
            (self.pair.resolve(&reference, self.pair.before)?, self.pair.resolve(&reference, self.pair.after)?);
        let number = Some(id.number);
        let (Some(a), Some(b)) = (old.dictionary(), new.dictionary()) else {
            self.other(number, "Root/StructTreeRoot");
            return Ok(None);
        };
        if old.data.is_some() || new.data.is_some() {
            self.other(number, "Root/StructTreeRoot");
            return Ok(None);
        }
        if !is_element(a) {
            if !self.pair.differing(a, b)?.is_empty() {
                self.other(number, "Root/StructTreeRoot");
            }
            return Ok(None);
        }
        for key in self.pair.differing(a, b)?.iter().filter(|key| key.as_slice() != b"K") {
            self.other(number, format!("StructElem/{}", shown(key)));
        }
        Ok(Some((a.clone(), b.clone(), number)))
    }

    fn structure_added(&mut self, added: &[Value], holder: Option<u32>) -> Result<(), PdfError> {
        for element in added {
            if !self.belongs_to_moved(element, self.pair.after)? {
                self.other(element.as_reference().map(|id| id.number).or(holder), "Root/StructTreeRoot/K");
            }
        }
        Ok(())
    }

    /// Whether everything at the end of an element's branches is an annotation that this revision added or removed.
    fn belongs_to_moved(&self, element: &Value, revision: usize) -> Result<bool, PdfError> {
        let mut pending = vec![element.clone()];
        let mut visited = 0;
        let mut leaves = 0;
        while let Some(value) = pending.pop() {
            visited += 1;
            if visited > MAX_ELEMENTS {
                return Err(PdfError::Limit("structure"));
            }
            let resolved = self.pair.resolve(&value, revision)?;
            match &resolved.value.kind {
                Kind::Array(kids) => pending.extend(kids.iter().cloned()),
                Kind::Dictionary(keys) if keys.name(b"Type") == Some(b"OBJR") => {
                    let target = keys.get(b"Obj").and_then(Value::as_reference);
                    if !target
                        .is_some_and(|id| self.moved.contains(&id.number) || self.widgets.contains_key(&id.number))
                    {
                        return Ok(false);
                    }
                    leaves += 1;
                }
                // What it would say in place of what is shown is nothing that an annotation brings along.
                Kind::Dictionary(keys) if is_element(keys) && SPOKEN_KEYS.iter().all(|key| keys.get(key).is_none()) => {
                    match keys.get(b"K") {
                        Some(kids) => pending.push(kids.clone()),
                        None => return Ok(false),
                    }
                }
                _ => return Ok(false),
            }
        }
        Ok(leaves > 0)
    }

    fn parent_tree_only_grows(&self, was: &Resolved, is: &Resolved) -> Result<bool, PdfError> {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let read = self.number_tree(&was.value, self.pair.before, &mut old, 0)?
            && self.number_tree(&is.value, self.pair.after, &mut new, 0)?;
        if !read {
            return Ok(false);
        }
        let new_by_key: std::collections::HashMap<i64, &Value> = new.iter().map(|(key, value)| (*key, value)).collect();
        if new_by_key.len() != new.len() {
            return Ok(false);
        }
        for (key, value) in &old {
            let stays = match new_by_key.get(key) {
                Some(other) => self.pair.same_as(value, other, Role::ELEMENT)?,
                None => self.belongs_to_moved(value, self.pair.before)?,
            };
            if !stays {
                return Ok(false);
            }
        }
        let old_keys: HashSet<i64> = old.iter().map(|(key, _)| *key).collect();
        for (key, value) in &new {
            if !old_keys.contains(key)
                && !self.belongs_to_moved(value, self.pair.after)?
                && !self.is_known_element(value)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether nothing of the structure had that number before, of a document that has a structure.
    pub(super) fn is_free_number(&self, number: Option<i64>) -> Result<bool, PdfError> {
        let catalog = self.pair.document.root_at(self.pair.before)?;
        let root = self.pair.get(catalog.dictionary()?, b"StructTreeRoot", self.pair.before)?;
        let (Some(root), Some(number)) = (root.dictionary(), number.filter(|number| *number >= 0)) else {
            return Ok(false);
        };
        let tree = self.pair.get(root, b"ParentTree", self.pair.before)?;
        let mut known = Vec::new();
        Ok(self.number_tree(&tree.value, self.pair.before, &mut known, 0)?
            && !known.iter().any(|(key, _)| *key == number))
    }

    /// A new entry of the parent tree may also lead to an element that was there.
    fn is_known_element(&self, value: &Value) -> Result<bool, PdfError> {
        let Some(id) = value.as_reference() else { return Ok(false) };
        let existed =
            !matches!(self.pair.document.locate(id.number, self.pair.before), None | Some(pdf::Location::Free));
        Ok(existed && self.pair.resolve(value, self.pair.before)?.dictionary().is_some_and(is_element))
    }

    /// Pairs of a number tree (7.9.7); false where it cannot be read.
    fn number_tree(
        &self,
        node: &Value,
        revision: usize,
        pairs: &mut Vec<(i64, Value)>,
        depth: usize,
    ) -> Result<bool, PdfError> {
        if depth > MAX_DEPTH || pairs.len() > MAX_ELEMENTS {
            return Err(PdfError::Limit("number tree"));
        }
        let resolved = self.pair.resolve(node, revision)?;
        let Some(keys) = resolved.dictionary() else { return Ok(resolved.is_null()) };
        let numbers = self.pair.get(keys, b"Nums", revision)?;
        for pair in numbers.value.as_array().unwrap_or_default().chunks(2) {
            match pair {
                [key, value] => match self.pair.resolve(key, revision)?.value.as_integer() {
                    Some(key) => pairs.push((key, value.clone())),
                    None => return Ok(false),
                },
                _ => return Ok(false),
            }
        }
        let kids = self.pair.get(keys, b"Kids", revision)?;
        for kid in kids.value.as_array().unwrap_or_default() {
            if !self.number_tree(kid, revision, pairs, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// `/Type` is optional in elements; `/S` is not.
fn is_element(keys: &Dictionary) -> bool {
    keys.get(b"S").is_some() && matches!(keys.name(b"Type"), None | Some(b"StructElem"))
}
