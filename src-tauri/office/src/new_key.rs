//! A key as an environment's file wants it.

use std::path::{Path, PathBuf};

use cades::{Certificate, KeyKind, SignatureAlgorithm};
use keys::creation::{NewKey, Purpose};

use crate::{Environment, Office, OfficeError};

/// What whoever makes a key chooses; the rest is the environment's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWish {
    /// Its alias, with or without `alias/` in front.
    pub alias: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Kind of key.
    pub kind: KeyKind,
    /// The only algorithm it may sign documents with; the usual one of its kind where nothing is said.
    pub algorithm: Option<SignatureAlgorithm>,
    /// Whether other Regions can get a replica.
    pub multi_region: bool,
    /// Permission set whose people sign; the environment's where nothing is said.
    pub signers: Option<String>,
    /// Permission set that has certificates made.
    pub requesters: Option<String>,
}

impl Office {
    /// The key that an environment and a wish make together.
    ///
    /// # Errors
    /// [`OfficeError::Environment`] where no file says account and permission set; [`OfficeError::Key`].
    pub fn new_key(&self, environment: &Environment, wish: KeyWish) -> Result<NewKey, OfficeError> {
        let refused = |reason: &str| Err(OfficeError::Environment(reason.to_owned()));
        let Environment::Aws(environment) = environment else { return refused("A demonstração não usa o KMS.") };
        let Some(expected) = environment.expected_for(wish.purpose) else {
            return refused("Uma chave só se cria com o arquivo do ambiente, que diz conta e etiquetas.");
        };
        let role = environment.identity_center.as_ref().map(|center| center.role.clone());
        let Some(signers) = wish.signers.or(role) else {
            return refused("Diga com --signers qual perfil vai assinar com a chave.");
        };
        let algorithm = wish.algorithm.or_else(|| SignatureAlgorithm::usual(wish.kind));
        let alias = wish.alias.strip_prefix("alias/").unwrap_or(&wish.alias);
        let key = NewKey {
            alias: format!("alias/{alias}"),
            purpose: wish.purpose,
            kind: wish.kind,
            algorithm: algorithm.ok_or(keys::KeyError::AlgorithmDoesNotFit)?,
            multi_region: wish.multi_region,
            expected,
            signers,
            requesters: wish.requesters,
        };
        key.check()?;
        Ok(key)
    }

    /// The certificates of a file (PEM, DER, P7B, zip).
    ///
    /// # Errors
    /// [`OfficeError::Trust`], [`OfficeError::File`].
    pub fn certificates_of_file(&self, file: &Path) -> Result<Vec<Certificate>, OfficeError> {
        crate::trust_store::read_file(file)
    }

    /// The certificates of a text that somebody pasted: PEM.
    ///
    /// # Errors
    /// [`OfficeError::Trust`]
    pub fn certificates_of_text(&self, text: &str) -> Result<Vec<Certificate>, OfficeError> {
        let failed = |source| OfficeError::Trust { file: PathBuf::from("PEM"), source };
        trust::read_certificates(text.as_bytes()).map_err(failed)
    }

    /// Keeps the public half of a key that is being replaced, PEM, and says where. One that is kept already stays.
    ///
    /// # Errors
    /// [`OfficeError::File`]
    pub(crate) fn keep_public_key(&self, arn: &str, spki: &[u8]) -> Result<PathBuf, OfficeError> {
        let id = arn.rsplit('/').next().unwrap_or(arn);
        let name: String = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
        let folder = self.data.join("chaves");
        let file = folder.join(format!("{name}.pub.pem"));
        let pem = pem::encode(&pem::Pem::new("PUBLIC KEY", spki));
        let failed = |source| OfficeError::File { file: file.clone(), source };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        if std::fs::read(&file).is_ok_and(|kept| kept == pem.as_bytes()) {
            return Ok(file);
        }
        crate::output::write(&file, pem.as_bytes(), false)?;
        Ok(file)
    }
}
