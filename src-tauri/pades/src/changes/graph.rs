//! What refers to what in one revision, kept up as revisions follow.

use std::collections::{HashMap, HashSet};

use pdf::{Document, Home, Kind, Location, ObjectId, PdfError, Value, syntax::Parser};

/// Most objects walked in one file.
const MAX_WALK: usize = 500_000;

/// References between objects, as one revision has them.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// What each object that the trailer reaches refers to; the container it stands in counts as well.
    references: HashMap<u32, Vec<u32>>,
    /// What stands in each object stream; may also hold what earlier revisions placed there.
    members: HashMap<u32, HashSet<u32>>,
    /// The other way round; may also hold what earlier revisions referred to.
    parents: HashMap<u32, Vec<u32>>,
    /// Objects with a key twice.
    pub(crate) ambiguous: Vec<u32>,
    /// Objects that are needed and cannot be read where they should be.
    pub(crate) unreadable: Vec<u32>,
    /// Data of streams: what looks like an object in them is none.
    pub(crate) streams: Vec<pdf::Span>,
}

impl Graph {
    /// Walks everything that the trailer of a revision reaches.
    pub(crate) fn of(document: &Document<'_>, revision: usize) -> Result<Self, PdfError> {
        let mut graph = Self::default();
        let roots = graph.roots(document, revision)?;
        graph.walk(document, revision, roots)?;
        Ok(graph)
    }

    /// What the trailer refers to.
    fn roots(&mut self, document: &Document<'_>, revision: usize) -> Result<Vec<u32>, PdfError> {
        let (mut roots, mut conflicts) = (Vec::new(), Vec::new());
        for entry in &document.trailer_at(revision)?.entries {
            for_each_reference(&entry.value, &mut |id| {
                roots.push(id.number);
                conflicts.extend(is_of_another_generation(document, revision, id).then_some(id.number));
            });
        }
        self.unreadable.extend(conflicts);
        Ok(roots)
    }

    fn walk(&mut self, document: &Document<'_>, revision: usize, mut pending: Vec<u32>) -> Result<(), PdfError> {
        while let Some(number) = pending.pop() {
            if self.references.contains_key(&number) {
                continue;
            }
            let references = self.read(document, revision, number)?;
            pending.extend(references.iter().filter(|number| !self.references.contains_key(number)));
            self.insert(number, references);
            if self.references.len() > MAX_WALK {
                return Err(PdfError::Limit("objects walked"));
            }
        }
        Ok(())
    }

    fn insert(&mut self, number: u32, references: Vec<u32>) {
        for target in &references {
            self.parents.entry(*target).or_default().push(number);
        }
        self.references.insert(number, references);
    }

    fn read(&mut self, document: &Document<'_>, revision: usize, number: u32) -> Result<Vec<u32>, PdfError> {
        let mut references = Vec::new();
        let mut conflicts = Vec::new();
        let id = match document.locate(number, revision) {
            Some(Location::Offset { generation, .. }) => ObjectId { number, generation },
            Some(Location::InStream { container, .. }) => {
                references.push(container);
                self.members.entry(container).or_default().insert(number);
                ObjectId::new(number)
            }
            None | Some(Location::Free) => return Ok(references),
        };
        match document.object_at(id, revision) {
            Ok(object) => {
                for_each_reference(&object.value, &mut |id| {
                    references.push(id.number);
                    conflicts.extend(is_of_another_generation(document, revision, id).then_some(id.number));
                });
                self.unreadable.append(&mut conflicts);
                self.streams.extend(object.data.clone());
                if let Home::TopLevel(span) = &object.home
                    && !is_followed_well(document.bytes(), span.end)
                {
                    self.unreadable.push(number);
                }
                if has_conflicting_keys(&object.value) {
                    self.ambiguous.push(number);
                }
            }
            Err(error @ PdfError::Limit(_)) => return Err(error),
            Err(_) => self.unreadable.push(number),
        }
        references.sort_unstable();
        references.dedup();
        Ok(references)
    }

    /// Goes on to the next revision.
    pub(crate) fn advance(
        &mut self,
        document: &Document<'_>,
        revision: usize,
        touched: &[u32],
    ) -> Result<(), PdfError> {
        for number in touched {
            self.read_anew(document, revision, *number)?;
        }
        // Who referred to a number in another generation referred to nothing, until it was used.
        let mut holders: Vec<u32> =
            touched.iter().filter_map(|number| self.parents.get(number)).flatten().copied().collect();
        holders.sort_unstable();
        holders.dedup();
        for number in holders {
            if !touched.contains(&number) {
                self.read_anew(document, revision, number)?;
            }
        }
        // What stands in an object stream is another object as soon as the stream, or what unpacks it, is another one.
        let mut read: HashSet<u32> = touched.iter().copied().collect();
        loop {
            let affected = self.affected(touched);
            let stale: Vec<u32> = affected
                .into_iter()
                .filter(|number| matches!(document.locate(*number, revision), Some(Location::InStream { .. })))
                .filter(|number| read.insert(*number))
                .collect();
            if stale.is_empty() {
                break;
            }
            for number in stale {
                self.read_anew(document, revision, number)?;
            }
        }
        let roots = self.roots(document, revision)?;
        self.walk(document, revision, roots)
    }

    fn read_anew(&mut self, document: &Document<'_>, revision: usize, number: u32) -> Result<(), PdfError> {
        if self.references.remove(&number).is_some() || self.parents.contains_key(&number) {
            let references = self.read(document, revision, number)?;
            let targets = references.clone();
            self.insert(number, references);
            self.walk(document, revision, targets)?;
        }
        Ok(())
    }

    /// Object streams of earlier revisions that this one changes, or unpacks in another way: objects that it does not
    /// touch would become others. No writer does that.
    pub(crate) fn changed_containers(&self, document: &Document<'_>, revision: usize, touched: &[u32]) -> Vec<u32> {
        let affected = self.affected(touched);
        let touched: HashSet<u32> = touched.iter().copied().collect();
        let holds_others = |container: &u32| {
            self.members.get(container).into_iter().flatten().any(|member| {
                let place = document.locate(*member, revision);
                let is_here = matches!(place, Some(Location::InStream { container: here, .. }) if here == *container);
                is_here && !touched.contains(member)
            })
        };
        let mut changed: Vec<u32> = affected.into_iter().filter(holds_others).collect();
        changed.sort_unstable();
        changed
    }

    /// Numbers whose meaning may differ once these were touched: themselves and whatever leads to them.
    pub(crate) fn affected(&self, touched: &[u32]) -> HashSet<u32> {
        let mut affected: HashSet<u32> = HashSet::new();
        let mut pending: Vec<u32> = touched.to_vec();
        while let Some(number) = pending.pop() {
            if affected.insert(number) {
                pending.extend(self.parents.get(&number).into_iter().flatten());
            }
        }
        affected
    }

    /// Everything that the trailer reaches.
    pub(crate) fn reachable(&self, document: &Document<'_>, revision: usize) -> Result<HashSet<u32>, PdfError> {
        let mut reached = HashSet::new();
        let mut pending = Vec::new();
        for entry in &document.trailer_at(revision)?.entries {
            for_each_reference(&entry.value, &mut |id| pending.push(id.number));
        }
        while let Some(number) = pending.pop() {
            if reached.insert(number) {
                pending.extend(self.references.get(&number).into_iter().flatten());
            }
        }
        Ok(reached)
    }
}

/// Whether what follows an object is what follows objects. Anything else may be the rest of it to readers that do not
/// believe its `/Length`.
fn is_followed_well(bytes: &[u8], at: usize) -> bool {
    let mut parser = Parser::new(bytes, at);
    parser.skip_blank();
    let rest = bytes.get(parser.position()..).unwrap_or_default();
    rest.first().is_none_or(u8::is_ascii_digit)
        || [&b"xref"[..], b"trailer", b"startxref"].iter().any(|word| rest.starts_with(word))
}

/// Whether some dictionary within says two different things under one key; the same thing twice is only untidy.
fn has_conflicting_keys(value: &Value) -> bool {
    match &value.kind {
        Kind::Array(values) => values.iter().any(has_conflicting_keys),
        Kind::Dictionary(keys) => {
            // Side by side once sorted, however many there are; and all that agree agree with their neighbour.
            let mut sorted: Vec<&pdf::Entry> = keys.entries.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            let conflicts =
                sorted.windows(2).any(|two| matches!(two, [a, b] if a.key == b.key && !a.value.same_as(&b.value)));
            conflicts || keys.entries.iter().any(|entry| has_conflicting_keys(&entry.value))
        }
        _ => false,
    }
}

/// Whether a reference names another generation than its object has, or one of nothing but its first: readers that
/// ignore generations follow it, others find nothing there.
fn is_of_another_generation(document: &Document<'_>, revision: usize, id: ObjectId) -> bool {
    match document.locate(id.number, revision) {
        Some(Location::Offset { generation, .. }) => generation != id.generation,
        Some(Location::InStream { .. }) | None | Some(Location::Free) => id.generation != 0,
    }
}

pub(crate) fn for_each_reference(value: &Value, found: &mut dyn FnMut(ObjectId)) {
    match &value.kind {
        Kind::Reference(id) => found(*id),
        Kind::Array(values) => values.iter().for_each(|value| for_each_reference(value, found)),
        Kind::Dictionary(keys) => keys.entries.iter().for_each(|entry| for_each_reference(&entry.value, found)),
        _ => {}
    }
}
