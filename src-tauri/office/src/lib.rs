//! What a notary office does.
//!
//! Environments, signing a file all or nothing, verifying a file, and the demonstration's sample documents. This is
//! where the clock is read and files are opened; below it time and bytes are arguments, above it are only doors.
#![forbid(unsafe_code)]

mod authority;
mod certificate;
pub mod clock;
pub mod environment;
mod error;
mod extending;
pub mod files;
mod key_plan;
mod levels;
mod new_key;
pub mod online;
mod output;
pub mod samples;
mod session;
mod signing;
pub mod trust_store;
mod verifying;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use keys::{
    demo::DemoOffice,
    kms::KmsSigner,
    sign_in::SignIn,
    vault::{OsVault, Vault},
};

pub use authority::{Authority, AuthorityState, Issued, NewAuthority, SIGNER_DAYS, check_lifetime};
pub use certificate::{CheckedCertificate, Lifetime, chain_pem, read_request};
pub use environment::{AwsEnvironment, Environment, Overrides};
pub use error::OfficeError;
pub use extending::{ExtendOutcome, ExtendRequest};
pub use key_plan::{KeyDone, KeyOrder, KeyPlan};
pub use keys::demo::Keeping;
pub use levels::{LEVELS, Level};
pub use new_key::KeyWish;
pub use output::suggested_name;
pub use session::{SignInStep, SignInWay};
pub use signing::{Cancel, SignOutcome, SignRequest, Signable, Step};
pub use trust::TrustList;
pub use verifying::{FACTS_VERSION, StoredFacts, TrustChoice, Verified, VerifyRequest, check_report, save_report};

/// Environment variable that names the program's data folder, for tests and for servers.
pub const HOME_VARIABLE: &str = "CARTORIO_HOME";

/// The program's state on this computer.
pub struct Office {
    data: PathBuf,
    vault: Arc<dyn Vault>,
    sign_ins: Mutex<HashMap<String, Arc<SignIn>>>,
    signers: Mutex<HashMap<String, Arc<KmsSigner>>>,
    demo: Mutex<Option<Arc<DemoOffice>>>,
}

impl Office {
    /// The office of this person on this computer.
    ///
    /// # Errors
    /// [`OfficeError::NoDataFolder`] where the system knows no home folder.
    pub fn of_this_computer() -> Result<Self, OfficeError> {
        let data = match std::env::var_os(HOME_VARIABLE) {
            Some(folder) => PathBuf::from(folder),
            None => dirs::data_local_dir().ok_or(OfficeError::NoDataFolder)?.join("cartorio-digital"),
        };
        Ok(Self::new(data, Arc::new(OsVault)))
    }

    /// An office with its data in a folder and its secrets in a vault.
    #[must_use]
    pub fn new(data: PathBuf, vault: Arc<dyn Vault>) -> Self {
        Self { data, vault, sign_ins: Mutex::default(), signers: Mutex::default(), demo: Mutex::new(None) }
    }

    /// Where files of environments are looked for: the computer's own folder, which administrators keep, then this
    /// person's.
    #[must_use]
    pub fn environment_folders(&self) -> Vec<PathBuf> {
        let system = if cfg!(windows) {
            std::env::var_os("ProgramData").map(|folder| PathBuf::from(folder).join("Cartorio Digital"))
        } else if cfg!(target_os = "macos") {
            Some(PathBuf::from("/Library/Application Support/Cartorio Digital"))
        } else {
            Some(PathBuf::from("/etc/cartorio-digital"))
        };
        system.into_iter().chain([self.data.clone()]).map(|folder| folder.join("ambientes")).collect()
    }

    /// The environment of that name.
    ///
    /// # Errors
    /// As [`Environment::named`].
    pub fn environment(&self, name: &str, overrides: &Overrides) -> Result<Environment, OfficeError> {
        Environment::named(name, &self.environment_folders(), overrides)
    }

    fn demo_folder(&self) -> PathBuf {
        self.data.join("demo")
    }

    /// Where the demonstration keeps its sample documents.
    #[must_use]
    pub fn samples_folder(&self) -> PathBuf {
        self.demo_folder().join("documentos")
    }

    /// The demonstration office, founded on first use and kept for as long as the program runs.
    ///
    /// # Errors
    /// [`OfficeError::Key`]
    pub fn demo(&self) -> Result<Arc<DemoOffice>, OfficeError> {
        let mut demo = self.demo.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(office) = demo.as_ref() {
            return Ok(Arc::clone(office));
        }
        let office = Arc::new(DemoOffice::open(&self.demo_folder(), self.vault.as_ref(), clock::now())?);
        *demo = Some(Arc::clone(&office));
        Ok(office)
    }

    /// The demonstration's roots: the stored one, and that of an office in memory. Verifying founds nothing.
    fn demo_roots(&self) -> Result<Vec<cades::Certificate>, OfficeError> {
        let mut roots: Vec<_> = keys::demo::stored_root(&self.demo_folder())?.into_iter().collect();
        if let Some(office) = self.demo.lock().unwrap_or_else(PoisonError::into_inner).as_ref()
            && !roots.contains(office.root())
        {
            roots.push(office.root().clone());
        }
        Ok(roots)
    }
}
