//! Read-only access to a whole file as one slice.
//!
//! Small files are read; large ones are mapped, so that memory does not grow with the document. This is the one room
//! that may hold `unsafe`: mapping is unsafe because another program can shorten the file meanwhile, which ends the
//! process. Small files, network drives' usual case, are therefore never mapped.

use std::{
    fs::File,
    io::{self, Read},
    ops::Deref,
    path::Path,
};

/// Files up to this size are read into memory: 8 MiB holds any ordinary certidão and costs less than a map's risk.
const READ_UP_TO: u64 = 8 * 1024 * 1024;

/// A file's bytes.
pub struct FileMap(Bytes);

enum Bytes {
    Read(Vec<u8>),
    Mapped(memmap2::Mmap),
}

impl FileMap {
    /// Opens a file by its path.
    ///
    /// # Errors
    /// What the operating system says; a folder is an error too.
    pub fn open(path: &Path) -> io::Result<Self> {
        // Asked before opening: opening a pipe would wait for whoever writes to it.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Self::of(&mut File::open(path)?)
    }

    /// The bytes of an open file, from its beginning.
    ///
    /// # Errors
    /// As [`FileMap::open`].
    pub fn of(file: &mut File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        if metadata.len() <= READ_UP_TO {
            let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
            io::Seek::rewind(file)?;
            // The bound holds even if the file grows while it is read.
            file.take(READ_UP_TO + 1).read_to_end(&mut bytes)?;
            return Ok(Self(Bytes::Read(bytes)));
        }
        // SAFETY: the map is private to this value and only read. That another process truncates the file cannot be
        // excluded by any program; the consequence is the end of this process, never a wrong result.
        #[allow(unsafe_code, reason = "mapping a file has no safe form")]
        let map = unsafe { memmap2::Mmap::map(&*file)? };
        #[cfg(unix)]
        // Advice only: without it the same bytes are read, somewhat slower.
        let _ = map.advise(memmap2::Advice::Sequential);
        Ok(Self(Bytes::Mapped(map)))
    }
}

impl Deref for FileMap {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Read(bytes) => bytes,
            Bytes::Mapped(map) => map,
        }
    }
}
