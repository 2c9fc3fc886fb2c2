//! What later revisions changed, explained by rules; whatever no rule explains is unexplained.
//!
//! A white list, never a black list. Two revisions are compared as documents, from the trailer down, along every way
//! that leads to something the later one touched. A few places have rules of their own (fields, annotations, long-term
//! data, structure, information); everywhere else values have to be the same in meaning. What a revision touches and
//! the document does not reach is an orphan.

mod annotations;
mod appearance;
mod catalog;
mod compare;
mod content;
mod drawing;
mod encoding;
mod fonts;
mod forms;
mod graph;
mod letters;
mod marks;
mod metrics;
pub(crate) mod operators;
mod page_tree;
mod structure_tree;
mod values;

use std::collections::{BTreeMap, HashMap, HashSet};

use pdf::{Dictionary, Document, Location, ObjectId, PdfError, SectionKind, Value};

use crate::facts::{Change, ChangeFacts, ChangeKind, ChangeLevel, StructureFact};

use compare::Pair;
use graph::Graph;

/// Most revisions whose changes are explained.
const MAX_EXPLAINED_REVISIONS: usize = 1_000;

/// Most changes of one revision; with more nothing is decided, since each of them has to be judged.
const MAX_CHANGES: usize = 20_000;

/// Explains every revision after the first signed one. What is ambiguous in the signed revision itself is noted.
pub(crate) fn explain_all(
    document: &Document<'_>,
    first: usize,
    structure: &mut Vec<StructureFact>,
) -> Vec<ChangeFacts> {
    let mut graph = match Graph::of(document, first) {
        Ok(graph) => graph,
        Err(_) => {
            structure.push(StructureFact::Incomplete);
            return Vec::new();
        }
    };
    for object in graph.ambiguous.drain(..).take(8) {
        structure.push(StructureFact::ConflictingKeys { object });
    }
    for object in graph.unreadable.drain(..).take(8) {
        structure.push(StructureFact::UnreadableObject { object });
    }
    if !page_tree::is_sound(document, first) {
        structure.push(StructureFact::PageTree);
    }
    match graph.reachable(document, first) {
        Ok(shown) if document.hides_objects(first, &shown, &graph.streams) => {
            structure.push(StructureFact::HiddenObjects { revision: first });
        }
        Ok(_) => {}
        Err(_) => structure.push(StructureFact::Incomplete),
    }
    let mut all = Vec::new();
    for revision in first + 1..document.revisions().len() {
        if all.len() >= MAX_EXPLAINED_REVISIONS {
            structure.push(StructureFact::Incomplete);
            break;
        }
        match explain(document, revision, &mut graph) {
            Ok(change) => all.push(change),
            Err(PdfError::Limit(_) | PdfError::TooDeep(_)) => {
                structure.push(StructureFact::Incomplete);
                break;
            }
            // What a later revision wrote so that it cannot be read is nothing that any rule explains.
            Err(error) => {
                all.push(unreadable(document, revision, &error));
                break;
            }
        }
    }
    all
}

/// Whether some word stands outside the data of every stream that the document reaches.
pub(crate) fn stands_outside_streams(document: &Document<'_>, word: &[u8]) -> bool {
    let Ok(graph) = Graph::of(document, document.newest()) else { return true };
    memchr::memmem::find_iter(document.bytes(), word).any(|at| !graph.streams.iter().any(|span| span.contains(&at)))
}

fn explain(document: &Document<'_>, revision: usize, graph: &mut Graph) -> Result<ChangeFacts, PdfError> {
    let before = revision.checked_sub(1).ok_or(PdfError::Damaged)?;
    let touched = document.revisions().get(revision).ok_or(PdfError::Damaged)?.touched();
    let shown = graph.reachable(document, before)?;
    graph.advance(document, revision, &touched)?;
    let pair = Pair { document, before, after: revision, affected: graph.affected(&touched), ruled: HashMap::new() };
    let mut rules = Rules::new(pair);
    rules.trailer()?;
    for container in graph.changed_containers(document, revision, &touched) {
        rules.other(Some(container), "ObjStm");
    }
    if touched.is_empty() {
        // A revision that changes nothing has no honest purpose.
        rules.other(None, "xref");
    }
    let mut facts = ChangeFacts { revision, ..ChangeFacts::default() };
    facts.ambiguous_objects = graph.ambiguous.drain(..).chain(graph.unreadable.drain(..)).collect();
    let unaccounted = document.unaccounted(revision)?;
    facts.unaccounted = unaccounted.iter().map(|span| [span.start, span.end]).collect();
    facts.irregular =
        !is_regular(document, revision, before, &shown) || !holds_what_is_placed(document, revision, &touched);
    let reachable = graph.reachable(document, revision)?;
    facts.orphans = touched
        .iter()
        .copied()
        .filter(|number| *number != 0 && !reachable.contains(number))
        .filter(|number| !matches!(document.locate(*number, revision), None | Some(Location::Free)))
        .filter(|number| !is_frame(document, revision, *number))
        .collect();
    if rules.changes.len() > MAX_CHANGES {
        return Err(PdfError::Limit("changes"));
    }
    facts.changes = rules.changes;
    facts.level = facts.changes.iter().map(|change| change.level).max().unwrap_or(ChangeLevel::None);
    Ok(facts)
}

/// What is told of a revision that cannot be read: the object at fault where the error names it, and its bytes.
fn unreadable(document: &Document<'_>, revision: usize, error: &PdfError) -> ChangeFacts {
    let object = match error {
        PdfError::Misplaced(id) | PdfError::Missing(id) => id.number,
        _ => 0,
    };
    let part = document.revisions().get(revision).map(|part| [part.start, part.end]);
    let change = Change {
        kind: ChangeKind::Unexplained,
        level: ChangeLevel::Other,
        object,
        span: part,
        path: "um objeto que cada leitor lê de um jeito".to_owned(),
        field: None,
        field_object: None,
        is_old_field: false,
        was: None,
        is: None,
    };
    ChangeFacts { revision, level: ChangeLevel::Other, changes: vec![change], ..ChangeFacts::default() }
}

/// Cross-reference streams and object streams: they hold objects and are none that is shown.
fn is_frame(document: &Document<'_>, revision: usize, number: u32) -> bool {
    document.object_at(ObjectId::new(number), revision).is_ok_and(|object| {
        let kind = object.dictionary().ok().and_then(|keys| keys.name(b"Type"));
        object.data.is_some() && matches!(kind, Some(b"XRef" | b"ObjStm"))
    })
}

/// Whether every object stream of a revision holds exactly what the revision's entries place in it: whatever more it
/// held would be found by readers that search.
fn holds_what_is_placed(document: &Document<'_>, revision: usize, touched: &[u32]) -> bool {
    touched.iter().all(|container| {
        let object = document.object_at(ObjectId::new(*container), revision);
        let Some(keys) = object.as_ref().ok().and_then(|object| object.dictionary().ok()) else { return true };
        let mut placed: Vec<(u32, u32)> = touched
            .iter()
            .filter_map(|number| match document.locate(*number, revision) {
                Some(Location::InStream { container: within, index }) if within == *container => Some((index, *number)),
                _ => None,
            })
            .collect();
        placed.sort_unstable();
        // By its use, whatever it is called.
        if placed.is_empty() && keys.name(b"Type") != Some(b"ObjStm") {
            return true;
        }
        let held = document.numbers_in_stream(*container, revision).unwrap_or_default();
        let held: Vec<(u32, u32)> = (0..).zip(held).collect();
        keys.name(b"Type") == Some(b"ObjStm") && keys.get(b"Extends").is_none() && !held.is_empty() && placed == held
    })
}

/// One cross-reference, written as every reader expects it: one that stumbles over it searches for objects.
fn is_regular(document: &Document<'_>, revision: usize, before: usize, shown: &HashSet<u32>) -> bool {
    let revisions = document.revisions();
    let size = |revision: usize| revisions.get(revision)?.trailer()?.integer(b"Size");
    let sections = revisions.get(revision).map(|revision| revision.sections.as_slice()).unwrap_or_default();
    // A table after a stream is read by all, though it is not what the standard asks for.
    matches!(sections, [section] if section.is_regular && section.hybrid.is_none()
        && matches!(section.kind, SectionKind::Table | SectionKind::Stream))
        && size(revision) >= size(before)
        && !document.search_disagrees(revision, shown)
}

/// The comparison under way.
pub(crate) struct Rules<'p, 'a> {
    pair: Pair<'p, 'a>,
    changes: Vec<Change>,
    /// Widgets of signatures that were added or filled in, by number, with the change that tells of each.
    widgets: HashMap<u32, usize>,
    /// On how many pages each of these widgets stands.
    placed: HashMap<u32, usize>,
    /// Widgets of fields that were filled in, with the field's number and whether it is a button.
    filled_widgets: HashMap<u32, (u32, bool)>,
    /// Fields whose widgets are too large, or lie on what the page shows.
    overlaid: HashSet<u32>,
    /// On how many pages each annotation stands that was there and still is.
    stands_on: HashMap<u32, usize>,
    /// Annotations added or removed in this revision: the structure tree may follow.
    moved: HashSet<u32>,
    /// Fields whose value or appearance changed, to be checked once all is known: by the field's number.
    filled: BTreeMap<u32, forms::Filled>,
    /// Fields and widgets that the field rules compared, by number.
    fields_seen: HashSet<u32>,
    /// Qualified names of all fields, once they are asked for.
    names: Option<HashMap<String, usize>>,
}

impl<'p, 'a> Rules<'p, 'a> {
    fn new(pair: Pair<'p, 'a>) -> Self {
        Self {
            pair,
            changes: Vec::new(),
            widgets: HashMap::new(),
            placed: HashMap::new(),
            filled_widgets: HashMap::new(),
            overlaid: HashSet::new(),
            stands_on: HashMap::new(),
            moved: HashSet::new(),
            filled: BTreeMap::new(),
            fields_seen: HashSet::new(),
            names: None,
        }
    }

    fn note(&mut self, kind: ChangeKind, level: ChangeLevel, object: Option<u32>, path: impl Into<String>) {
        let span = object.and_then(|number| self.pair.span_of(number));
        self.changes.push(Change {
            kind,
            level,
            object: object.unwrap_or(0),
            span,
            path: path.into(),
            field: None,
            field_object: None,
            is_old_field: false,
            was: None,
            is: None,
        });
    }

    fn other(&mut self, object: Option<u32>, path: impl Into<String>) {
        self.note(ChangeKind::Unexplained, ChangeLevel::Other, object, path);
    }

    /// Everything begins here: catalog, document information, encryption.
    fn trailer(&mut self) -> Result<(), PdfError> {
        let document = self.pair.document;
        let was = document.trailer_at(self.pair.before)?.clone();
        let is = document.trailer_at(self.pair.after)?.clone();
        let reference = |keys: &Dictionary, key: &[u8]| keys.get(key).and_then(Value::as_reference);
        let same_root = reference(&was, b"Root") == reference(&is, b"Root");
        let null = Value { kind: pdf::Kind::Null, span: 0..0 };
        let value = |keys: &Dictionary, key: &[u8]| keys.get(key).cloned().unwrap_or(null.clone());
        if !same_root {
            self.other(reference(&is, b"Root").map(|id| id.number), "trailer/Root");
            return Ok(());
        }
        if !self.pair.same(&value(&was, b"Encrypt"), &value(&is, b"Encrypt"))? {
            self.other(None, "trailer/Encrypt");
        }
        let first_id = |keys: &Dictionary| {
            let id = value(keys, b"ID");
            id.as_array().and_then(|ids| ids.first()).and_then(Value::as_string).map(<[u8]>::to_vec)
        };
        // The first half of /ID is part of what an encrypted file's key is made of.
        if document.is_encrypted() && first_id(&was) != first_id(&is) {
            self.other(None, "trailer/ID");
        }
        self.catalog()?;
        if !self.pair.same(&value(&was, b"Info"), &value(&is, b"Info"))? {
            self.information(&value(&is, b"Info"))?;
        }
        Ok(())
    }

    /// Titles, names and dates, and nothing that leads anywhere (ISO 32000-2, 14.3.3).
    fn information(&mut self, is: &Value) -> Result<(), PdfError> {
        let resolved = self.pair.resolve(is, self.pair.after)?;
        let number = resolved.id.map(|id| id.number);
        let is_plain = resolved.data.is_none()
            && resolved.dictionary().is_some_and(|keys| {
                !keys.has_duplicates()
                    && keys
                        .entries
                        .iter()
                        .all(|entry| matches!(entry.value.kind, pdf::Kind::String { .. } | pdf::Kind::Name(_)))
            });
        // Where the trailer names none any more, nothing is said of the document.
        if is_plain || resolved.is_null() {
            self.note(ChangeKind::Information, ChangeLevel::LongTerm, number, "trailer/Info");
        } else {
            self.other(number, "trailer/Info");
        }
        Ok(())
    }
}

/// A key for people who read findings.
fn shown(key: &[u8]) -> String {
    cades::readable(&String::from_utf8_lossy(key))
}
