//! Every code that the program can say has its words, and no words are left over.

use std::{collections::BTreeSet, fs, path::Path};

use acceptance::root;

/// All Rust sources of the program, tests at their end left out.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
                found.push((path.display().to_string(), code));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("src-tauri"), &mut found);
    assert!(found.len() > 40);
    found
}

/// String literals of one line that look like a code: `family.some_name`.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2).filter(|literal| {
        let Some((family, name)) = literal.split_once('.') else { return false };
        FAMILIES.contains(&family)
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    })
}

const FAMILIES: [&str; 20] = [
    "certificate",
    "private_ca",
    "authority",
    "pdf",
    "file",
    "sign",
    "kms",
    "session",
    "environment",
    "demo",
    "trust",
    "cades",
    "cms",
    "format",
    "signature",
    "change",
    "chain",
    "structure",
    "revocation",
    "program",
];

/// Reasons inside another message, for whoever helps; no message of their own.
const REASONS: [&str; 7] = [
    "level.not_reached",
    "signature.earlier",
    "change.unexplained",
    "stamp.too_large",
    "stamp.unreadable",
    "stamp.refused",
    "stamp.different",
];

fn messages() -> BTreeSet<&'static str> {
    texts::CATALOGUE
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(id, _)| id)
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)))
        .collect()
}

#[test]
fn every_code_has_a_message() {
    let messages = messages();
    let mut missing = BTreeSet::new();
    let mut count = 0;
    for (path, text) in sources() {
        for code in codes(&text) {
            count += 1;
            let id = code.replace('.', "-");
            if !messages.contains(id.as_str()) && !REASONS.contains(&code) {
                missing.insert(format!("{code} ({path})"));
            }
        }
    }
    assert!(count > 100, "{count} codes found");
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Messages whose names begin like errors and are none.
const PLAIN: [&str; 11] = [
    "cades-signing_time",
    "program-name",
    "session-renews",
    "session-until",
    "session-over",
    "session-unknown-person",
    "session-memory-absent",
    "session-memory-locked",
    "session-memory-failed",
    "session-page-done",
    "session-page-failed",
];

#[test]
fn every_error_says_cause_and_remedy() {
    let families = [
        "pdf-",
        "file-",
        "sign-",
        "kms-",
        "session-",
        "trust-",
        "cades-",
        "program-",
        "private_ca-",
        "authority-",
        "certificate-request",
        "environment-unknown",
        "environment-no_file",
        "environment-file",
    ];
    for id in messages() {
        if families.iter().any(|family| id.starts_with(family)) && !PLAIN.contains(&id) {
            let explained = texts::explain(id, &[]);
            assert!(!explained.title.is_empty() && !explained.cause.is_empty() && !explained.remedy.is_empty(), "{id}");
        }
    }
}

#[test]
fn no_message_is_left_over() {
    let mut everything: String = sources().into_iter().map(|(_, text)| text).collect();
    fn walk(folder: &Path, into: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else {
                into.push_str(&fs::read_to_string(&path).unwrap_or_default());
            }
        }
    }
    walk(&root().join("ui/src"), &mut everything);
    let unused: Vec<_> = messages()
        .into_iter()
        .filter(|id| {
            let code = id.replacen('-', ".", 1);
            // Composed in the interface from a step's name.
            !id.starts_with("step-")
                && !everything.contains(&format!("\"{id}\""))
                && !everything.contains(&format!("\"{code}\""))
        })
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn numbers_are_said_in_their_right_form() {
    let say = |count| texts::text("added-signatures", &[("count", count)]);
    assert_eq!(say("1"), "1 assinatura ou carimbo");
    assert_eq!(say("2"), "2 assinaturas ou carimbos");
    assert_eq!(texts::text("structure-prefix", &[("count", "1")]), "Há 1 byte antes do início do PDF.");
}
