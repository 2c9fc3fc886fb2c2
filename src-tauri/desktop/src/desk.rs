//! What lies open on the desk: documents by their ids.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api::{
    Failure,
    commands::OpenDocument,
    office::{Cancel, CheckedCertificate, Environment, KeyPlan, Office},
};
use filemap::FileMap;

/// Most documents open at a time.
const MAX_OPEN: usize = 64;

/// The state behind the window.
pub(crate) struct Desk {
    pub(crate) office: Arc<Office>,
    environment: Mutex<Environment>,
    signing_in: Mutex<Cancel>,
    /// A certificate that was checked and shown, to be put in use when the person says so.
    checked: Mutex<Option<(Environment, CheckedCertificate)>>,
    /// Work on keys that was shown, to be done when the person says so.
    key_plan: Mutex<Option<(Environment, KeyPlan)>>,
    pending: Mutex<Option<PathBuf>>,
    open: Mutex<Documents>,
}

#[derive(Default)]
struct Documents {
    next: u64,
    by_id: HashMap<String, Arc<Opened>>,
}

/// An open document. Viewer, verifier and signer use these bytes; large files are mapped, so that a change on disk
/// shows through, and is noticed by its SHA-256.
pub(crate) struct Opened {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) bytes: FileMap,
    /// SHA-256 of what was verified and shown first; whatever is done later is done with the same bytes.
    pub(crate) sha256: Mutex<Option<String>>,
    /// The new file's path and where its key is, once the person was shown both.
    pub(crate) planned: Mutex<Option<(PathBuf, Environment)>>,
    pub(crate) cancel: Mutex<Cancel>,
}

impl Desk {
    pub(crate) fn new(office: Office, environment: Environment, pending: Option<PathBuf>) -> Self {
        Self {
            office: Arc::new(office),
            environment: Mutex::new(environment),
            signing_in: Mutex::default(),
            checked: Mutex::default(),
            key_plan: Mutex::default(),
            pending: Mutex::new(pending),
            open: Mutex::default(),
        }
    }

    /// Where work is done now.
    pub(crate) fn environment(&self) -> Environment {
        self.environment.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes to another environment. What was shown and confirmed in the one before is no longer.
    pub(crate) fn enter(&self, environment: Environment) {
        *self.environment.lock().unwrap_or_else(PoisonError::into_inner) = environment;
        drop(self.take_checked());
        drop(self.take_key_plan());
        for document in self.documents().by_id.values() {
            *document.planned.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// Begins to sign in; whoever was signing in before is told to stop.
    pub(crate) fn begin_sign_in(&self) -> Cancel {
        let mut signing_in = self.signing_in.lock().unwrap_or_else(PoisonError::into_inner);
        signing_in.cancel();
        *signing_in = Cancel::default();
        signing_in.clone()
    }

    pub(crate) fn cancel_sign_in(&self) {
        self.signing_in.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    pub(crate) fn remember_checked(&self, environment: Environment, checked: CheckedCertificate) {
        *self.checked.lock().unwrap_or_else(PoisonError::into_inner) = Some((environment, checked));
    }

    /// The certificate that was checked last, if that was in the environment where work is done now.
    pub(crate) fn take_checked(&self) -> Option<(Environment, CheckedCertificate)> {
        let checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner).take();
        checked.filter(|(environment, _)| *environment == self.environment())
    }

    pub(crate) fn remember_key_plan(&self, environment: Environment, plan: KeyPlan) {
        *self.key_plan.lock().unwrap_or_else(PoisonError::into_inner) = Some((environment, plan));
    }

    /// The work on keys that was shown last, if that was in the environment where work is done now.
    pub(crate) fn take_key_plan(&self) -> Option<(Environment, KeyPlan)> {
        let plan = self.key_plan.lock().unwrap_or_else(PoisonError::into_inner).take();
        plan.filter(|(environment, _)| *environment == self.environment())
    }

    /// The document named when the program was started; given once.
    pub(crate) fn take_pending(&self) -> Option<PathBuf> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn open(&self, path: &Path) -> Result<OpenDocument, Failure> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let bytes = FileMap::open(path).map_err(|error| {
            let code = match error.kind() {
                std::io::ErrorKind::NotFound => "file.not_found",
                std::io::ErrorKind::PermissionDenied => "file.no_permission",
                std::io::ErrorKind::InvalidInput | std::io::ErrorKind::IsADirectory => "file.not_a_file",
                _ => "file.io",
            };
            Failure::of(code, &[("file", name.clone())])
        })?;
        let mut open = self.documents();
        if open.by_id.len() >= MAX_OPEN {
            return Err(Failure::of("file.too_many", &[]));
        }
        open.next += 1;
        let id = format!("d{}", open.next);
        let size = bytes.len();
        let opened = Opened {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            name: name.clone(),
            bytes,
            sha256: Mutex::default(),
            planned: Mutex::default(),
            cancel: Mutex::default(),
        };
        open.by_id.insert(id.clone(), Arc::new(opened));
        Ok(OpenDocument { id, name, size })
    }

    pub(crate) fn document(&self, id: &str) -> Result<Arc<Opened>, Failure> {
        self.documents().by_id.get(id).cloned().ok_or_else(|| Failure::of("program.internal", &[]))
    }

    pub(crate) fn close(&self, id: &str) {
        self.documents().by_id.remove(id);
    }

    fn documents(&self) -> MutexGuard<'_, Documents> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
