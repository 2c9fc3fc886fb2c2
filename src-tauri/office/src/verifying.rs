//! Verifying a file, under the trust that was chosen.

use std::path::{Path, PathBuf};

use cades::Certificate;
use chrono::{DateTime, Utc};
use filemap::FileMap;
use pades::{DocumentFacts, Judgement, Policy, RevocationRule};
use serde::{Deserialize, Serialize};
use trust::{Anchors, TrustList};

use crate::{Office, OfficeError, clock, files, online::Fetched};

/// Largest file of certificates that is read.
const MAX_TRUST_FILE: u64 = 16 * 1024 * 1024;

/// Whom to trust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustChoice {
    /// PEM or DER files, or folders of them. If there are any, only these are anchors.
    pub given: Vec<PathBuf>,
    /// Files of authorities that the environment trusts beside the installed lists.
    pub office: Vec<PathBuf>,
    /// Whether the work is done in the demonstration, whose root is an anchor there and nowhere else.
    pub demo: bool,
}

/// How to verify.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyRequest {
    /// Whom to trust.
    pub trust: TrustChoice,
    /// At which time; now if not given.
    pub at: Option<DateTime<Utc>>,
    /// What to do about revocation; the trust's own rule if not given.
    pub revocation: Option<RevocationRule>,
}

/// What a file contains, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The facts.
    pub facts: DocumentFacts,
    /// The judgement on them.
    pub judgement: Judgement,
    /// Name of the list of anchors.
    pub list: String,
    /// The time it was judged for.
    pub time: DateTime<Utc>,
    /// Whether the network was asked.
    pub online: bool,
}

impl Office {
    /// The policy of a request, to be used for any number of files.
    ///
    /// # Errors
    /// [`OfficeError::Trust`], [`OfficeError::File`].
    pub fn policy(&self, request: &VerifyRequest) -> Result<Policy, OfficeError> {
        let (anchors, issuers, default_rule) = if request.trust.given.is_empty() {
            let (mut anchors, issuers) = self.installed_trust("ICP-Brasil, gov.br e as desta serventia".to_owned())?;
            for path in &request.trust.office {
                anchors.add(TrustList::Office, read_trust(path)?);
            }
            if request.trust.demo {
                "ICP-Brasil, gov.br, as desta serventia e a demonstração".clone_into(&mut anchors.name);
                anchors.add(TrustList::Demonstration, self.demo_roots()?);
            }
            (anchors, issuers, RevocationRule::Required)
        } else {
            let mut certificates = Vec::new();
            for path in &request.trust.given {
                certificates.extend(read_trust(path)?);
            }
            (Anchors::new("informada por você", certificates), Vec::new(), RevocationRule::IfPresent)
        };
        // The demonstration revokes nothing; whoever names a rule gets it for every list.
        let without_revocation = if request.revocation.is_none() { vec![TrustList::Demonstration] } else { Vec::new() };
        Ok(Policy {
            anchors,
            issuers,
            evidence: trust::revocation::Evidence::default(),
            time: request.at.unwrap_or_else(clock::now),
            revocation: request.revocation.unwrap_or(default_rule),
            without_revocation,
        })
    }

    /// Verifies a file with what it holds and what this computer knows.
    ///
    /// # Errors
    /// [`OfficeError::File`], or what keeps the file from being read as a PDF. Bad signatures are no errors.
    pub fn verify(&self, path: &Path, policy: &Policy) -> Result<Verified, OfficeError> {
        self.verify_with(path, policy, None)
    }

    /// As [`Office::verify`], and asks the network for what is missing where `fetched` is given.
    ///
    /// # Errors
    /// As [`Office::verify`]; that nothing could be fetched is no error, but part of the verdict.
    pub fn verify_with(
        &self,
        path: &Path,
        policy: &Policy,
        fetched: Option<&Fetched>,
    ) -> Result<Verified, OfficeError> {
        let map = FileMap::open(path).map_err(OfficeError::file(path))?;
        let facts = read_facts(&map)?;
        Ok(self.judge_with(facts, policy, fetched))
    }

    /// Whether a reader written by others places the document's objects where this program does: those that it places
    /// elsewhere, or nothing where it cannot read the file.
    ///
    /// # Errors
    /// [`OfficeError::File`], or what keeps the file from being read as a PDF.
    pub fn second_reading(&self, path: &Path) -> Result<Option<Vec<u32>>, OfficeError> {
        let map = FileMap::open(path).map_err(OfficeError::file(path))?;
        let read = || pdf::Document::open(&map).map(|document| document.second_reading());
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
            Ok(read) => Ok(read?),
            Err(_) => Ok(None),
        }
    }

    /// Verifies bytes that are at hand already.
    ///
    /// # Errors
    /// What keeps them from being read as a PDF.
    pub fn verify_bytes(&self, bytes: &[u8], policy: &Policy) -> Result<Verified, OfficeError> {
        Ok(self.judge_with(read_facts(bytes)?, policy, None))
    }

    /// Judges facts, fresh or stored.
    #[must_use]
    pub fn judge_with(&self, facts: DocumentFacts, policy: &Policy, fetched: Option<&Fetched>) -> Verified {
        let judgement = match fetched {
            Some(_) => self.judge_completing(&facts, &mut policy.clone(), fetched),
            None => pades::judge(&facts, policy),
        };
        Verified { facts, judgement, list: policy.anchors.name.clone(), time: policy.time, online: fetched.is_some() }
    }
}

impl Office {
    /// Judges facts, and adds to the policy what was fetched for it.
    pub(crate) fn judge_completing(
        &self,
        facts: &DocumentFacts,
        policy: &mut Policy,
        fetched: Option<&Fetched>,
    ) -> Judgement {
        let mut judgement = pades::judge(facts, policy);
        // Once for issuers, once for what they say of revocation.
        for _ in 0..2 {
            if !fetched.is_some_and(|fetched| self.fetch_missing(facts, &judgement, policy, fetched)) {
                break;
            }
            judgement = pades::judge(facts, policy);
        }
        judgement
    }
}

/// Form of stored facts; another number is another form.
pub const FACTS_VERSION: u32 = 1;

/// What is stored of a file, to be judged again without it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredFacts {
    /// [`FACTS_VERSION`]
    pub version: u32,
    /// Name of the file, without folder.
    pub file: String,
    /// The facts.
    pub facts: DocumentFacts,
    /// How they were judged when they were stored.
    pub judgement: Judgement,
    /// When that was, RFC 3339.
    pub judged_at: String,
}

/// Largest file of facts that is read, and most values in it: each takes many times its letters in memory.
const MAX_FACTS: u64 = 256 * 1024 * 1024;
const MAX_FACT_VALUES: usize = 4_000_000;

impl Office {
    /// Judges stored facts under another policy.
    ///
    /// # Errors
    /// [`OfficeError::File`], [`OfficeError::Facts`].
    pub fn judge_stored(&self, path: &Path, policy: &Policy) -> Result<Verified, OfficeError> {
        let text = files::read_bounded(path, MAX_FACTS)?.ok_or(OfficeError::Facts)?;
        if memchr::memchr_iter(b',', &text).count() > MAX_FACT_VALUES {
            return Err(OfficeError::Facts);
        }
        let mut text: serde_json::Value = serde_json::from_slice(&text).map_err(|_| OfficeError::Facts)?;
        if !tame(&mut text) {
            return Err(OfficeError::Facts);
        }
        let stored: StoredFacts = serde_json::from_value(text).map_err(|_| OfficeError::Facts)?;
        if stored.version != FACTS_VERSION {
            return Err(OfficeError::Facts);
        }
        let judge = std::panic::AssertUnwindSafe(|| self.judge_with(stored.facts, policy, None));
        std::panic::catch_unwind(judge).map_err(|_| OfficeError::Facts)
    }
}

/// Largest number in stored facts: every count and place is far below, and sums of such numbers do not overflow.
const MAX_STORED_NUMBER: u64 = 1 << 53;

/// Stored facts may come from anybody: texts become fit for a terminal, as they are when they are extracted.
/// `false` if a number could never have been extracted.
fn tame(value: &mut serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => {
            *text = cades::readable(text);
            true
        }
        serde_json::Value::Number(number) => {
            number.is_f64() || number.as_i64().is_some_and(|number| number.unsigned_abs() <= MAX_STORED_NUMBER)
        }
        serde_json::Value::Array(values) => values.iter_mut().all(tame),
        serde_json::Value::Object(values) => values.values_mut().all(tame),
        _ => true,
    }
}

/// Whether a file can be written there, before work is done for it.
///
/// # Errors
/// [`OfficeError::File`], [`OfficeError::Exists`].
pub fn check_report(path: &Path, overwrite: bool) -> Result<(), OfficeError> {
    if !overwrite && path.symlink_metadata().is_ok() {
        return Err(OfficeError::Exists(path.to_owned()));
    }
    crate::output::check_target(path)
}

/// Writes a report whole or not at all.
///
/// # Errors
/// [`OfficeError::File`], [`OfficeError::Exists`].
pub fn save_report(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), OfficeError> {
    crate::output::write(path, bytes, overwrite)
}

/// Facts of a file. Whatever a stranger's file may trigger, it ends here as an error and not as the end of the program.
fn read_facts(bytes: &[u8]) -> Result<DocumentFacts, OfficeError> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pades::extract(bytes))) {
        Ok(facts) => Ok(facts?),
        Err(_) => Err(OfficeError::Pades(pdf::PdfError::Limit("panic").into())),
    }
}

/// The certificates of a file, or of all files of a folder that look like certificates.
fn read_trust(path: &Path) -> Result<Vec<Certificate>, OfficeError> {
    if !path.is_dir() {
        return read_certificates(path);
    }
    let mut certificates = Vec::new();
    for entry in std::fs::read_dir(path).map_err(OfficeError::file(path))? {
        let file = entry.map_err(OfficeError::file(path))?.path();
        let extension = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if file.is_file() && ["pem", "crt", "cer", "der"].contains(&extension.as_str()) {
            match read_certificates(&file) {
                Ok(found) => certificates.extend(found),
                // A folder may hold keys and notes as well.
                Err(OfficeError::Trust { source: trust::TrustError::NoCertificate, .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    if certificates.is_empty() {
        return Err(OfficeError::Trust { file: path.to_owned(), source: trust::TrustError::NoCertificate });
    }
    Ok(certificates)
}

pub(crate) fn read_certificates(path: &Path) -> Result<Vec<Certificate>, OfficeError> {
    let Some(bytes) = files::read_bounded(path, MAX_TRUST_FILE)? else {
        return Err(OfficeError::Trust { file: path.to_owned(), source: trust::TrustError::TooMany });
    };
    trust::read_certificates(&bytes).map_err(|source| OfficeError::Trust { file: path.to_owned(), source })
}
