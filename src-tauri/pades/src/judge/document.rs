//! What the document shown has to do with the one that was signed, and what is said of the file as a whole.

use super::{Decision, Finding, Severity};
use crate::facts::{
    Change, ChangeFacts, ChangeKind, ChangeLevel, Coverage, DocumentFacts, Owner, SignatureFacts, SignatureKind,
    StructureFact,
};

/// Most changes listed for one revision: a person reads no more.
const MAX_LISTED: usize = 40;

/// Whether the file was read to its end.
pub(super) fn is_whole(facts: &DocumentFacts) -> bool {
    !facts.structure.iter().any(|fact| {
        matches!(
            fact,
            StructureFact::Repaired
                | StructureFact::Incomplete
                | StructureFact::Unopened { .. }
                | StructureFact::UnreachedSignature
        )
    })
}

pub(super) fn incomplete(facts: &DocumentFacts) -> Option<Decision> {
    facts
        .structure
        .contains(&StructureFact::Incomplete)
        .then(|| Decision::indeterminate("structure.incomplete", "CUSTOM"))
}

/// The strictest of what earlier certifications and locks allow (ISO 32000-2, 12.8.2.2 and 12.7.5.5): P, 1 where it is
/// none of the three.
fn permission(facts: &DocumentFacts, revision: usize) -> Option<i64> {
    let earlier =
        facts.signatures.iter().filter(|signature| signature.revision.is_some_and(|signed| signed < revision));
    let first = facts.signatures.iter().filter_map(|signature| signature.revision).min();
    earlier
        .flat_map(|signature| {
            let certified = (signature.kind == SignatureKind::Certification)
                .then(|| signature.doc_mdp.filter(|level| (1..=3).contains(level)).unwrap_or(1))
                // Only the first signature gives leave; whoever comes later can but take away.
                .filter(|level| *level < 3 || signature.revision == first);
            [certified, signature.lock_permission.filter(|level| *level < 3)]
        })
        .flatten()
        .min()
}

/// The matrix of what may follow a signature; P is that of the document's certification.
fn is_permitted(change: &Change, permission: Option<i64>) -> bool {
    match change.level {
        ChangeLevel::None => true,
        ChangeLevel::LongTerm => permission != Some(1) || !change.kind.only_describes(),
        ChangeLevel::FormFilling => permission != Some(1),
        ChangeLevel::Annotations => matches!(permission, None | Some(3)),
        ChangeLevel::VisibleAnnotations => permission == Some(3),
        ChangeLevel::CoveringAnnotations | ChangeLevel::Other => false,
    }
}

/// Fields that claim to be signed have to be, by computation.
fn is_really_signed(change: &Change, facts: &DocumentFacts) -> bool {
    let claims = matches!(
        change.kind,
        ChangeKind::SignatureAdded | ChangeKind::TimeStampAdded | ChangeKind::EmptySignatureField
    );
    !claims
        || facts.signatures.iter().any(|signature| {
            change.field_object.is_some() && signature.field_object == change.field_object && signature.is_sound()
        })
}

/// Every later revision, one after the other: the first thing that is not permitted decides.
pub(super) fn changes_afterwards(signature: &SignatureFacts, facts: &DocumentFacts) -> Option<Decision> {
    // What a reader would show is not what the cross-reference names: nothing can be said of what was signed.
    if let Some(decision) = facts.structure.iter().find_map(two_documents) {
        return Some(decision);
    }
    let later =
        facts.changes.iter().filter(|change| signature.revision.is_some_and(|revision| change.revision > revision));
    for change in later {
        let revision = change.revision + 1;
        if let Some([from, to]) = change.unaccounted.first() {
            let decision = Decision::invalid("change.unaccounted_bytes", "FORMAT_FAILURE");
            return Some(decision.with("revision", revision).with("from", from).with("to", to));
        }
        if let Some(object) = change.ambiguous_objects.first() {
            let decision = Decision::invalid("change.ambiguous", "FORMAT_FAILURE");
            return Some(decision.with("revision", revision).with("object", object));
        }
        if let Some(decision) = first_forbidden(change, signature, facts) {
            return Some(decision);
        }
        if change.irregular {
            let decision = Decision::indeterminate("change.irregular", "CUSTOM");
            return Some(decision.with("revision", revision));
        }
        if let Some(one) = change.changes.iter().find(|one| one.kind == ChangeKind::ValueUnclear) {
            let decision = Decision::indeterminate("change.value_unclear", "CUSTOM");
            return Some(decision.with("revision", revision).with("object", one.object).with("path", &one.path));
        }
    }
    if facts.structure.contains(&StructureFact::Repaired) {
        return Some(repaired(signature, facts));
    }
    let is_unclear = |fact: &StructureFact| {
        matches!(
            fact,
            StructureFact::MisplacedSection { .. } | StructureFact::UnreadableObject { .. } | StructureFact::PageTree
        )
    };
    if facts.structure.iter().any(is_unclear) {
        return Some(Decision::indeterminate("structure.not_judged", "CUSTOM"));
    }
    (signature.coverage < Coverage::WholeRevision).then(|| Decision::indeterminate("signature.partial", "CUSTOM"))
}

/// The cross-reference had to be searched for. Bytes after what was signed are then a change that nothing explains.
fn repaired(signature: &SignatureFacts, facts: &DocumentFacts) -> Decision {
    let end = signature.byte_range.map(|[_, _, b, c]| usize::try_from(b.saturating_add(c)).unwrap_or(usize::MAX));
    let unexplained = facts.parts.iter().find(|part| part.owner == Owner::Unexplained && Some(part.from) >= end);
    match (end, unexplained) {
        (Some(_), Some(part)) => {
            Decision::invalid("structure.bytes_after", "FORMAT_FAILURE").with("from", part.from).with("to", part.to)
        }
        _ => Decision::indeterminate("structure.not_judged", "CUSTOM"),
    }
}

/// Structures under which two readers show two documents. Which one it is stands among the findings.
fn two_documents(fact: &StructureFact) -> Option<Decision> {
    let two = || Some(Decision::invalid("structure.two_documents", "FORMAT_FAILURE"));
    match fact {
        StructureFact::TwoBases
        | StructureFact::Polyglot
        | StructureFact::HybridDisagrees { .. }
        | StructureFact::RepeatedKeys { .. }
        | StructureFact::ConflictingKeys { .. }
        | StructureFact::HiddenObjects { .. } => two(),
        StructureFact::SharedValue { field } => {
            Some(Decision::invalid("format.shared_value", "FORMAT_FAILURE").with("field", field))
        }
        StructureFact::TrailingBytes { from, to } => {
            let decision = Decision::invalid("structure.bytes_after", "FORMAT_FAILURE");
            Some(decision.with("from", from).with("to", to))
        }
        _ => None,
    }
}

fn first_forbidden(change: &ChangeFacts, signature: &SignatureFacts, facts: &DocumentFacts) -> Option<Decision> {
    let permission = permission(facts, change.revision);
    change.changes.iter().find_map(|one| {
        let is_locked = |lock: &crate::facts::FieldLock| {
            (matches!(
                one.kind,
                ChangeKind::FieldFilled
                    | ChangeKind::ValueNotShown
                    | ChangeKind::ValueUnclear
                    | ChangeKind::FieldLocked
            ) || one.is_old_field)
                && one.field.as_deref().is_some_and(|name| lock.covers(name))
        };
        let code = if signature.lock.as_ref().is_some_and(is_locked) {
            "change.locked_field"
        } else if !is_really_signed(one, facts) {
            "change.not_signed"
        } else if !is_permitted(one, permission) {
            code_of(one, permission)
        } else {
            return None;
        };
        let decision = Decision::invalid(code, "FORMAT_FAILURE");
        Some(
            decision
                .with("revision", change.revision + 1)
                .with("object", one.object)
                .with("path", &one.path)
                .with("from", one.span.map_or(0, |[from, _]| from))
                .with("to", one.span.map_or(0, |[_, to]| to)),
        )
    })
}

fn code_of(change: &Change, permission: Option<i64>) -> &'static str {
    match change.kind {
        ChangeKind::ValueNotShown => "change.value_not_shown",
        ChangeKind::ReadOnlyField => "change.read_only_field",
        ChangeKind::HiddenField => "change.hidden_field",
        ChangeKind::ImmodestSignature => "change.immodest_signature",
        ChangeKind::SignatureFieldChanged => "change.signature_field",
        ChangeKind::LongTermDataRemoved => "change.long_term_data_removed",
        ChangeKind::FieldAdded => "change.field_added",
        ChangeKind::AnnotationAdded | ChangeKind::AnnotationChanged | ChangeKind::AnnotationRemoved => {
            "change.annotation"
        }
        ChangeKind::Unexplained => "change.altered",
        _ if permission.is_some() => "change.not_permitted",
        _ => "change.altered",
    }
}

/// What is unusual about the file.
pub(super) fn findings(facts: &DocumentFacts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = facts.structure.iter().map(structure_finding).collect();
    for field in &facts.empty_fields {
        findings.push(Finding::new("field.empty", Severity::Note).with("field", field));
    }
    if facts.encrypted {
        findings.push(Finding::new("structure.encrypted", Severity::Note));
    }
    for signature in &facts.signatures {
        let Some(cms) = &signature.cms else { continue };
        let mut note = |code: &str| {
            findings.push(Finding::new(code, Severity::Note).with("field", &signature.field));
        };
        if cms.signing_time.is_some() && signature.sub_filter == "ETSI.CAdES.detached" {
            note("cades.signing_time");
        }
        if cms.signed_in_other_order || cms.attributes_unordered {
            note("signature.attribute_order");
        }
        if !cms.unreadable_certificates.is_empty() {
            note("signature.unreadable_certificate");
        }
    }
    for imitation in &facts.imitations {
        findings.push(
            Finding::new(
                "imitation.found",
                if facts.signatures.is_empty() { Severity::Warning } else { Severity::Note },
            )
            .with("page", imitation.page)
            .with("what", &imitation.what)
            .with("object", imitation.object),
        );
    }
    for part in facts.parts.iter().filter(|part| part.owner == Owner::Unexplained && !facts.signatures.is_empty()) {
        findings.push(
            Finding::new("structure.unexplained_bytes", Severity::Warning).with("from", part.from).with("to", part.to),
        );
    }
    findings
}

fn structure_finding(fact: &StructureFact) -> Finding {
    let warning = |code: &str| Finding::new(code, Severity::Warning);
    match fact {
        StructureFact::Repaired => warning("structure.repaired"),
        StructureFact::PrefixBytes { count } => Finding::new("structure.prefix", Severity::Note).with("count", count),
        StructureFact::Polyglot => warning("structure.polyglot"),
        StructureFact::MisplacedSection { revision } => {
            warning("structure.misplaced_section").with("revision", revision + 1)
        }
        StructureFact::HybridDisagrees { revision } => {
            warning("structure.hybrid_disagrees").with("revision", revision + 1)
        }
        StructureFact::RepeatedKeys { revision } => warning("structure.repeated_keys").with("revision", revision + 1),
        StructureFact::ConflictingKeys { object } => warning("structure.conflicting_keys").with("object", object),
        StructureFact::HiddenObjects { revision } => warning("structure.hidden_objects").with("revision", revision + 1),
        StructureFact::SharedValue { field } => warning("structure.shared_value").with("field", field),
        StructureFact::TwoBases => warning("structure.two_bases"),
        StructureFact::TrailingBytes { from, to } => {
            warning("structure.trailing_bytes").with("from", from).with("to", to)
        }
        StructureFact::Incomplete => warning("structure.incomplete"),
        StructureFact::UnreadableObject { object } => warning("structure.unreadable_object").with("object", object),
        StructureFact::PageTree => warning("structure.page_tree"),
        StructureFact::Unopened { code } => warning("structure.unopened").with("reason", code),
        StructureFact::UnreachedSignature => warning("structure.unreached_signature"),
    }
}

/// What each later revision did, in words: what is permitted as a note, the rest as what it is.
pub(super) fn change_findings(facts: &DocumentFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &facts.changes {
        let revision = change.revision + 1;
        let permission = permission(facts, change.revision);
        for one in change.changes.iter().take(MAX_LISTED) {
            let is_fine = is_permitted(one, permission) && is_really_signed(one, facts);
            let severity = if is_fine { Severity::Note } else { Severity::Error };
            let code = if is_fine { explained_code(one.kind) } else { "change.forbidden" };
            let mut finding = Finding::new(code, severity)
                .with("revision", revision)
                .with("object", one.object)
                .with("path", &one.path)
                .with("field", one.field.as_deref().unwrap_or_default())
                .with("was", one.was.as_deref().unwrap_or_default())
                .with("is", one.is.as_deref().unwrap_or_default());
            if let Some([from, to]) = one.span {
                finding = finding.with("from", from).with("to", to);
            } else {
                finding = finding.with("from", 0).with("to", 0);
            }
            findings.push(finding);
        }
        for [from, to] in change.unaccounted.iter().take(8) {
            findings.push(
                Finding::new("change.unaccounted", Severity::Error)
                    .with("revision", revision)
                    .with("from", from)
                    .with("to", to),
            );
        }
        if change.irregular {
            findings.push(Finding::new("change.irregular_index", Severity::Warning).with("revision", revision));
        }
        if !change.orphans.is_empty() {
            let shown: Vec<_> = change.orphans.iter().take(8).map(u32::to_string).collect();
            findings.push(
                Finding::new("change.orphans", Severity::Note)
                    .with("revision", revision)
                    .with("objects", shown.join(", "))
                    .with("count", change.orphans.len()),
            );
        }
    }
    findings
}

fn explained_code(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::SignatureAdded => "change.signature_added",
        ChangeKind::TimeStampAdded => "change.time_stamp_added",
        ChangeKind::EmptySignatureField => "change.empty_field",
        ChangeKind::FieldFilled => "change.field_filled",
        ChangeKind::ValueUnclear => "change.field_unclear",
        ChangeKind::AnnotationAdded | ChangeKind::AnnotationChanged | ChangeKind::AnnotationRemoved => {
            "change.annotation_listed"
        }
        ChangeKind::LongTermData => "change.long_term_data",
        ChangeKind::StructureTree => "change.structure",
        ChangeKind::FieldLocked => "change.field_locked",
        ChangeKind::Extensions => "change.extensions",
        _ => "change.information",
    }
}
