//! The attack corpus: every file of it gets a verdict, no forgery is valid, and genuine files are.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use acceptance::{judges_python, root, run};
use chrono::{DateTime, Utc};
use pades::{Policy, RevocationRule, Verdict};
use serde_json::Value;
use trust::{Anchors, revocation::Evidence};

/// Genuine files that have to be valid, of a hundred.
const GENUINE_VALID: usize = 98;

/// What one file of the manifest says of itself.
struct Entry {
    file: PathBuf,
    class: String,
    kind: String,
    expect: Vec<String>,
    policy: Policy,
}

fn generate() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("CARTORIO_CORPUS") {
        return Some(PathBuf::from(folder));
    }
    let python = judges_python()?;
    let folder = root().join("target/corpus");
    let _ = fs::remove_dir_all(&folder);
    let (output, text) = run(Command::new(python).arg(root().join("tests/corpus/generate.py")).arg(&folder));
    assert!(output.status.success(), "{text}");
    Some(folder)
}

fn entries(folder: &Path) -> Vec<Entry> {
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let mut anchors: HashMap<String, Anchors> = HashMap::new();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let listed = manifest["files"].as_array().unwrap();
    listed
        .iter()
        .map(|entry| {
            let trust = text(entry, "trust");
            let anchors = anchors.entry(trust.clone()).or_insert_with(|| {
                let pem = fs::read(folder.join(&trust)).unwrap();
                Anchors::new("corpus", trust::read_certificates(&pem).unwrap())
            });
            let time = entry["at"].as_str().map(|at| DateTime::parse_from_rfc3339(at).unwrap().to_utc());
            let revocation = match entry["revocation"].as_str().unwrap() {
                "required" => RevocationRule::Required,
                "ignore" => RevocationRule::Ignore,
                _ => RevocationRule::IfPresent,
            };
            Entry {
                file: folder.join(text(entry, "file")),
                class: text(entry, "class"),
                kind: text(entry, "kind"),
                expect: entry["expect"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|word| word.as_str().unwrap().to_owned())
                    .collect(),
                policy: Policy {
                    anchors: anchors.clone(),
                    issuers: Vec::new(),
                    evidence: Evidence::default(),
                    time: time.unwrap_or_else(now),
                    revocation,
                    without_revocation: Vec::new(),
                },
            }
        })
        .collect()
}

#[allow(clippy::disallowed_methods, reason = "files without a time of their own are judged now")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn verdict(entry: &Entry) -> (String, String) {
    let bytes = fs::read(&entry.file).unwrap();
    match pades::extract(&bytes) {
        Err(error) => ("unreadable".to_owned(), error.to_string()),
        Ok(facts) => {
            let judgement = pades::judge(&facts, &entry.policy);
            let word = match judgement.verdict {
                None => "unsigned",
                Some(Verdict::Valid) => "valid",
                Some(Verdict::Indeterminate) => "indeterminate",
                Some(Verdict::Invalid) => "invalid",
            };
            let codes: Vec<_> = judgement.signatures.iter().map(|signature| signature.code.clone()).collect();
            (word.to_owned(), codes.join(", "))
        }
    }
}

#[test]
fn no_forgery_is_valid_and_genuine_files_are() {
    let Some(folder) = generate() else { return };
    let entries = entries(&folder);
    assert!(entries.len() > 2_000, "{} files", entries.len());
    let next = AtomicUsize::new(0);
    let verdicts: Mutex<Vec<(usize, String, String)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, Into::into) {
            let work = || {
                while let Some(entry) = entries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let index = entries.iter().position(|other| std::ptr::eq(other, entry)).unwrap();
                    let (word, codes) = verdict(entry);
                    verdicts.lock().unwrap().push((index, word, codes));
                }
            };
            thread::Builder::new().stack_size(64 * 1024 * 1024).spawn_scoped(scope, work).unwrap();
        }
    });
    let verdicts = verdicts.into_inner().unwrap();
    assert_eq!(verdicts.len(), entries.len(), "every file has a verdict");
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let (mut genuine, mut genuine_valid) = (0, 0);
    for (index, word, codes) in &verdicts {
        let entry = &entries[*index];
        *counts.entry((entry.kind.clone(), word.clone())).or_default() += 1;
        // Genuine kinds for which "valid" is right and nothing else would be.
        if entry.kind == "genuine" && entry.expect == ["valid"] {
            genuine += 1;
            genuine_valid += usize::from(word == "valid");
        }
        let is_false_accept = entry.kind == "forgery" && word == "valid";
        if is_false_accept || !entry.expect.contains(word) {
            wrong.push(format!("{} {}: {word} [{codes}], not {:?}", entry.class, entry.file.display(), entry.expect));
        }
    }
    for ((kind, word), count) in &counts {
        println!("{kind:<9} {word:<14} {count}");
    }
    println!("genuine files that have to be valid: {genuine_valid} of {genuine}");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(genuine_valid * 100 >= genuine * GENUINE_VALID, "{genuine_valid} of {genuine}");
}
