//! The operating system's credential store, called so that it can never hang the program.
//!
//! A locked Secret Service blocks on a prompt for as long as nobody answers it. Every call therefore runs on a thread
//! of its own with one deadline for all its cells; a thread that is late is left behind, never joined.

mod cells;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicIsize, AtomicU8, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use cells::Cells;

use zeroize::Zeroizing;

/// How long a call may take before the store counts as locked: a person unlocking it needs longer, and is told so.
const DEADLINE: Duration = Duration::from_secs(4);

/// The service name of all entries.
const SERVICE: &str = "cartorio-digital";

/// Why the store cannot be used. Each is said in words; none is ever answered by writing a secret to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// There is no store on this computer.
    #[error("no credential store")]
    Absent,
    /// It is locked, or does not answer.
    #[error("credential store locked")]
    Locked,
    /// It refuses or fails.
    #[error("credential store failed")]
    Failed,
}

/// A place for secrets.
pub trait Vault: Send + Sync {
    /// The secret of that name, `None` if there is none.
    ///
    /// # Errors
    /// [`VaultError`]
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError>;

    /// Stores a secret under that name.
    ///
    /// # Errors
    /// [`VaultError`]
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), VaultError>;

    /// Removes a secret; one that is not there is no error.
    ///
    /// # Errors
    /// [`VaultError`]
    fn erase(&self, name: &str) -> Result<(), VaultError>;
}

/// The store of the operating system: Secret Service, macOS Keychain, Windows Credential Manager.
pub struct OsVault;

impl Vault for OsVault {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let name = name.to_owned();
        with_deadline(move || cells::read(&OsCells, &name))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
        let name = name.to_owned();
        let secret = Zeroizing::new(secret.to_vec());
        with_deadline(move || cells::write(&OsCells, &name, &secret))
    }

    fn erase(&self, name: &str) -> Result<(), VaultError> {
        let name = name.to_owned();
        with_deadline(move || cells::erase(&OsCells, &name))
    }
}

/// A place that does not exist: the program then keeps secrets in memory only, and says so.
pub struct NoVault;

impl Vault for NoVault {
    fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        Err(VaultError::Absent)
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), VaultError> {
        Err(VaultError::Absent)
    }

    fn erase(&self, _: &str) -> Result<(), VaultError> {
        Err(VaultError::Absent)
    }
}

/// The system's entries, each called as it is.
struct OsCells;

impl Cells for OsCells {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            // Of several none is the right one.
            Err(keyring::Error::NoEntry | keyring::Error::Ambiguous(_)) => Ok(None),
            Err(error) => Err(map(&error)),
        }
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
        match entry(name)?.set_secret(secret) {
            Err(keyring::Error::Ambiguous(_)) => {
                self.remove(name)?;
                entry(name)?.set_secret(secret).map_err(|error| map(&error))
            }
            other => other.map_err(|error| map(&error)),
        }
    }

    fn remove(&self, name: &str) -> Result<(), VaultError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            // Nobody can tell which of several is meant: all of them are this program's.
            Err(keyring::Error::Ambiguous(entries)) => {
                entries.iter().try_for_each(|entry| entry.delete_credential()).map_err(|error| map(&error))
            }
            Err(error) => Err(map(&error)),
        }
    }
}

fn entry(name: &str) -> Result<keyring_core::Entry, VaultError> {
    // Opens the system's store, once; its own entries cannot say where they persist.
    if keyring::Entry::store_status().is_err() {
        return Err(VaultError::Absent);
    }
    // What roams to other computers (Windows' default) is not in this computer's keeping.
    let local = if cfg!(windows) { HashMap::from([("persistence", "Local")]) } else { HashMap::new() };
    keyring_core::Entry::new_with_modifiers(SERVICE, name, &local).map_err(|error| map(&error))
}

fn map(error: &keyring::Error) -> VaultError {
    match error {
        keyring::Error::NoDefaultStore => VaultError::Absent,
        keyring::Error::NoStorageAccess(_) => VaultError::Locked,
        _ => VaultError::Failed,
    }
}

/// Calls that were given up and have not come back. Until they do, the store is not waited for anew.
static LATE: AtomicIsize = AtomicIsize::new(0);

fn with_deadline<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    before_deadline(&LATE, call)
}

fn before_deadline<T: Send + 'static>(
    late: &'static AtomicIsize,
    call: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    if late.load(Ordering::Acquire) > 0 {
        return Err(VaultError::Locked);
    }
    /// Whether the call came back, or was given up: whichever is first.
    const RUNNING: u8 = 0;
    const BACK: u8 = 1;
    const GIVEN_UP: u8 = 2;
    let state = Arc::new(AtomicU8::new(RUNNING));
    let (answer, wait) = mpsc::channel();
    let own = Arc::clone(&state);
    let started = thread::Builder::new().name("vault".to_owned()).spawn(move || {
        // Nobody listens any more after the deadline; that is no fault of this thread.
        let _ = answer.send(call());
        if own.swap(BACK, Ordering::AcqRel) == GIVEN_UP {
            late.fetch_sub(1, Ordering::AcqRel);
        }
    });
    if started.is_err() {
        return Err(VaultError::Failed);
    }
    wait.recv_timeout(DEADLINE).unwrap_or_else(|_| {
        if state.compare_exchange(RUNNING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            late.fetch_add(1, Ordering::AcqRel);
        }
        wait.try_recv().unwrap_or(Err(VaultError::Locked))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_never_answers_counts_as_locked() {
        static LATE: AtomicIsize = AtomicIsize::new(0);
        let started = std::time::Instant::now();
        let (end, ended) = mpsc::channel::<()>();
        let answer: Result<(), _> = before_deadline(&LATE, move || {
            let _ = ended.recv();
            Ok(())
        });
        assert_eq!(answer, Err(VaultError::Locked));
        // It is not waited for a second time, until it answers.
        assert_eq!(before_deadline(&LATE, || Ok(1)), Err(VaultError::Locked));
        assert!(started.elapsed() < Duration::from_secs(5));
        drop(end);
        while LATE.load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }
        assert_eq!(before_deadline(&LATE, || Ok(1)), Ok(1));
    }
}
