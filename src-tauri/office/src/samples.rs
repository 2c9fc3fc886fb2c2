//! The demonstration's documents: invented people, every page marked as a sample.

use std::{fs, io, path::Path};

use cades::Certificate;

use crate::{OfficeError, output::Unfinished};

/// The sample that the demonstration signs.
pub const FIRST: &str = "certidao-nascimento.pdf";

/// Name and content of each sample; `assets/samples/make.py` makes them.
pub const SAMPLES: [(&str, &[u8]); 4] = [
    (FIRST, include_bytes!("../../../assets/samples/certidao-nascimento.pdf")),
    ("certidao-imovel.pdf", include_bytes!("../../../assets/samples/certidao-imovel.pdf")),
    ("certidao-digitalizada.pdf", include_bytes!("../../../assets/samples/certidao-digitalizada.pdf")),
    ("procuracao-hibrida.pdf", include_bytes!("../../../assets/samples/procuracao-hibrida.pdf")),
];

/// Writes all samples into a folder, which is made if need be; answers their names.
///
/// # Errors
/// [`OfficeError::Exists`] if another file has a sample's name and `overwrite` was not asked for; [`OfficeError::File`].
pub fn write(folder: &Path, overwrite: bool) -> Result<Vec<&'static str>, OfficeError> {
    fs::create_dir_all(folder).map_err(OfficeError::file(folder))?;
    for (name, content) in SAMPLES {
        let path = folder.join(name);
        // The very same file from an earlier run is as good as a new one.
        if fs::read(&path).is_ok_and(|existing| existing == content) {
            continue;
        }
        write_whole(&path, content, overwrite)?;
    }
    Ok(SAMPLES.iter().map(|(name, _)| *name).collect())
}

/// Writes the demonstration's root as PEM, over an older one.
///
/// # Errors
/// [`OfficeError::File`]
pub fn write_root(path: &Path, root: &Certificate) -> Result<(), OfficeError> {
    write_whole(path, trust::to_pem(root).as_bytes(), true)
}

fn write_whole(path: &Path, content: &[u8], overwrite: bool) -> Result<(), OfficeError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => OfficeError::Exists(path.to_owned()),
        _ => OfficeError::File { file: path.to_owned(), source: error },
    };
    let mut unfinished = Unfinished::new(path).map_err(failed)?;
    io::Write::write_all(unfinished.file(), content).map_err(failed)?;
    unfinished.file().sync_all().map_err(failed)?;
    unfinished.commit(overwrite).map_err(failed)
}
