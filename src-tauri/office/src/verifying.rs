//! Verifying a file, under the trust that was chosen.

use std::path::{Path, PathBuf};

use cades::Certificate;
use chrono::{DateTime, Utc};
use filemap::FileMap;
use pades::{DocumentFacts, Judgement, Policy, RevocationRule};
use trust::Anchors;

use crate::{Office, OfficeError, clock};

/// Largest file of certificates that is read.
const MAX_TRUST_FILE: u64 = 16 * 1024 * 1024;

/// Whom to trust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustChoice {
    /// PEM or DER files, or folders of them. If there are any, only these are anchors.
    pub given: Vec<PathBuf>,
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
}

impl Office {
    /// The policy of a request, to be used for any number of files.
    ///
    /// # Errors
    /// [`OfficeError::Trust`], [`OfficeError::File`].
    pub fn policy(&self, request: &VerifyRequest) -> Result<Policy, OfficeError> {
        let (anchors, default_rule) = if !request.trust.given.is_empty() {
            let mut certificates = Vec::new();
            for path in &request.trust.given {
                certificates.extend(read_trust(path)?);
            }
            (Anchors::new("informada por você", certificates), RevocationRule::IfPresent)
        } else if request.trust.demo {
            (Anchors::new("da demonstração", self.demo_roots()?), RevocationRule::IfPresent)
        } else {
            (Anchors::new("ICP-Brasil (ainda não instalada)", Vec::new()), RevocationRule::Required)
        };
        Ok(Policy {
            anchors,
            issuers: Vec::new(),
            evidence: trust::revocation::Evidence::default(),
            time: request.at.unwrap_or_else(clock::now),
            revocation: request.revocation.unwrap_or(default_rule),
        })
    }

    /// Verifies a file.
    ///
    /// # Errors
    /// [`OfficeError::File`], or what keeps the file from being read as a PDF. Bad signatures are no errors.
    pub fn verify(&self, path: &Path, policy: &Policy) -> Result<Verified, OfficeError> {
        let map = FileMap::open(path).map_err(OfficeError::file(path))?;
        self.verify_bytes(&map, policy)
    }

    /// Verifies bytes that are at hand already.
    ///
    /// # Errors
    /// What keeps them from being read as a PDF.
    pub fn verify_bytes(&self, bytes: &[u8], policy: &Policy) -> Result<Verified, OfficeError> {
        let facts = pades::extract(bytes)?;
        let judgement = pades::judge(&facts, policy);
        Ok(Verified { facts, judgement, list: policy.anchors.name.clone(), time: policy.time })
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
    let size = std::fs::metadata(path).map_err(OfficeError::file(path))?.len();
    if size > MAX_TRUST_FILE {
        return Err(OfficeError::Trust { file: path.to_owned(), source: trust::TrustError::TooMany });
    }
    let bytes = std::fs::read(path).map_err(OfficeError::file(path))?;
    trust::read_certificates(&bytes).map_err(|source| OfficeError::Trust { file: path.to_owned(), source })
}
