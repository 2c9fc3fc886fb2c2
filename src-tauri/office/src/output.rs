//! Writing a file all or nothing.
//!
//! On Linux the new file has no name until it is whole (`O_TMPFILE`), so that a killed program leaves nothing at all.
//! Elsewhere it has a temporary name beside its final one.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::OfficeError;

/// A file that does not exist yet.
pub(crate) struct Unfinished {
    target: PathBuf,
    folder: PathBuf,
    place: Place,
}

enum Place {
    #[cfg(target_os = "linux")]
    Nameless(File),
    Named(tempfile::NamedTempFile),
}

impl Unfinished {
    /// Starts a file that will be `target`.
    pub(crate) fn new(target: &Path) -> io::Result<Self> {
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let place = open(&folder)?;
        Ok(Self { target: target.to_owned(), folder, place })
    }

    /// The name it will have.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The open file.
    pub(crate) fn file(&mut self) -> &mut File {
        match &mut self.place {
            #[cfg(target_os = "linux")]
            Place::Nameless(file) => file,
            Place::Named(file) => file.as_file_mut(),
        }
    }

    /// Copies the original into it.
    pub(crate) fn copy(&mut self, original: &Path) -> io::Result<()> {
        let mut source = File::open(original)?;
        // Inside the kernel where the system can: the bytes never pass through this process.
        io::copy(&mut source, self.file()).map(drop)
    }

    /// Appends to what was copied.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file().write_all(bytes)
    }

    /// Gives the file its name. Without `overwrite` an existing file is an error of kind `AlreadyExists`.
    pub(crate) fn commit(self, overwrite: bool) -> io::Result<()> {
        let Self { target, folder, place } = self;
        match place {
            #[cfg(target_os = "linux")]
            Place::Nameless(file) => name(&file, &folder, &target, overwrite)?,
            Place::Named(file) if overwrite => drop(file.persist(&target).map_err(|error| error.error)?),
            Place::Named(file) => drop(file.persist_noclobber(&target).map_err(|error| error.error)?),
        }
        // The name itself has to reach the disk too; some file systems cannot sync a folder, which is no fault.
        if let Ok(folder) = File::open(&folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// Writes a file of the program's own whole, in the place of an older one.
pub(crate) fn replace(target: &Path, bytes: &[u8]) -> Result<(), OfficeError> {
    write(target, bytes, true)
}

/// Writes a file whole or not at all.
pub(crate) fn write(target: &Path, bytes: &[u8], overwrite: bool) -> Result<(), OfficeError> {
    check_target(target)?;
    let mut file = Unfinished::new(target).map_err(OfficeError::file(target))?;
    file.append(bytes).map_err(OfficeError::file(target))?;
    // A name whose content never reached the disk would be worse than none.
    file.file().sync_all().map_err(OfficeError::file(target))?;
    file.commit(overwrite).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => OfficeError::Exists(target.to_owned()),
        _ => OfficeError::file(target)(error),
    })
}

/// Whether a file may be written there: its folder is one, and what has the name is a file, no device and no pipe, also
/// where a link leads to it.
///
/// # Errors
/// [`OfficeError::File`]
pub(crate) fn check_target(target: &Path) -> Result<(), OfficeError> {
    let failed = |kind: io::ErrorKind| Err(OfficeError::File { file: target.to_owned(), source: kind.into() });
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return failed(io::ErrorKind::NotFound);
    }
    match target.metadata() {
        Ok(found) if !found.is_file() => failed(io::ErrorKind::InvalidInput),
        _ => Ok(()),
    }
}

#[cfg(target_os = "linux")]
fn open(folder: &Path) -> io::Result<Place> {
    use rustix::fs::{Mode, OFlags};
    match rustix::fs::open(folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::from_raw_mode(0o666)) {
        Ok(file) => Ok(Place::Nameless(File::from(file))),
        // Not every file system has nameless files.
        Err(_) => named(folder),
    }
}

#[cfg(not(target_os = "linux"))]
fn open(folder: &Path) -> io::Result<Place> {
    named(folder)
}

fn named(folder: &Path) -> io::Result<Place> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cartorio-").suffix(".part");
    // As any new file: who may read it is for the person's umask to say.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map(Place::Named)
}

/// Passing names tried before giving up.
#[cfg(target_os = "linux")]
const MAX_PASSING_NAMES: u32 = 1_000;

#[cfg(target_os = "linux")]
fn name(file: &File, folder: &Path, target: &Path, overwrite: bool) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use rustix::fs::{AtFlags, CWD};
    let source = format!("/proc/self/fd/{}", file.as_raw_fd());
    match rustix::fs::linkat(CWD, source.as_str(), CWD, target, AtFlags::SYMLINK_FOLLOW) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::EXIST) if overwrite => {
            // A name cannot be given over an existing one, so the whole file gets a passing name first.
            let passing = (0..MAX_PASSING_NAMES)
                .map(|number| folder.join(format!(".cartorio-{}-{number}.part", std::process::id())))
                .find_map(|passing| {
                    match rustix::fs::linkat(CWD, source.as_str(), CWD, &passing, AtFlags::SYMLINK_FOLLOW) {
                        Ok(()) => Some(Ok(passing)),
                        // Left behind by a program that was killed, or in use by another thread.
                        Err(rustix::io::Errno::EXIST) => None,
                        Err(error) => Some(Err(error)),
                    }
                })
                .unwrap_or(Err(rustix::io::Errno::EXIST))?;
            std::fs::rename(&passing, target).inspect_err(|_| {
                // What cannot be renamed is not left behind.
                let _ = std::fs::remove_file(&passing);
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// The name beside the original that a signed copy gets: `x.pdf` → `x-assinado.pdf` → `x-assinado-2.pdf`.
#[must_use]
pub fn suggested_name(original: &Path) -> PathBuf {
    const MARK: &str = "-assinado";
    let stem = original.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let next = |base: &str, number: u32| format!("{base}{MARK}-{}", number + 1);
    let stem = match stem.rfind(MARK).map(|at| stem.split_at(at)) {
        Some((base, MARK)) => next(base, 1),
        Some((base, rest)) => match rest.strip_prefix("-assinado-").and_then(|number| number.parse().ok()) {
            Some(number) if number < u32::MAX => next(base, number),
            _ => format!("{stem}{MARK}"),
        },
        None => format!("{stem}{MARK}"),
    };
    let extension = original.extension().map_or_else(|| OsString::from("pdf"), OsString::from);
    let mut name = OsString::from(stem);
    name.push(".");
    name.push(extension);
    original.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn names_count_up() {
        let name = |original: &str| suggested_name(Path::new(original)).to_string_lossy().into_owned();
        assert_eq!(name("/a/certidao.pdf"), "/a/certidao-assinado.pdf");
        assert_eq!(name("certidao-assinado.pdf"), "certidao-assinado-2.pdf");
        assert_eq!(name("certidao-assinado-2.pdf"), "certidao-assinado-3.pdf");
        assert_eq!(name("sem-extensao"), "sem-extensao-assinado.pdf");
    }

    #[test]
    fn an_existing_file_is_never_overwritten_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let (original, target) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&original, "um").unwrap();
        fs::write(&target, "dois").unwrap();
        let mut unfinished = Unfinished::new(&target).unwrap();
        unfinished.copy(&original).unwrap();
        unfinished.append(b"!").unwrap();
        assert_eq!(unfinished.commit(false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&target).unwrap(), "dois");
        let mut unfinished = Unfinished::new(&target).unwrap();
        unfinished.copy(&original).unwrap();
        unfinished.append(b"!").unwrap();
        unfinished.commit(true).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "um!");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn an_abandoned_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut unfinished = Unfinished::new(&folder.path().join("x")).unwrap();
        unfinished.file().write_all(b"meio").unwrap();
        drop(unfinished);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
