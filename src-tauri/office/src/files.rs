//! From what a person names to the documents themselves: files, folders, patterns.

use std::{
    collections::HashSet,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::OfficeError;

/// Deepest folder below the one that was named.
const MAX_DEPTH: usize = 32;

/// The documents, each once, in the order of the question; those of a folder by name. What does not exist stays in the
/// list: its absence is told as its result.
///
/// # Errors
/// [`OfficeError::File`] for a folder that cannot be read.
pub fn expand(named: &[PathBuf]) -> Result<Vec<PathBuf>, OfficeError> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for path in named {
        let mut own = Vec::new();
        if path.is_dir() {
            walk(path, 0, &mut own)?;
        } else if !path.exists() && is_pattern(path) {
            own = matching(path)?;
        } else {
            // Named by itself it is judged as often as it is named.
            found.push(path.clone());
            continue;
        }
        found.extend(own.into_iter().filter(|path| seen.insert(path.clone())));
    }
    Ok(found)
}

fn is_pdf(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"))
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), OfficeError> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(OfficeError::file(folder))? {
        entries.push(entry.map_err(OfficeError::file(folder))?.path());
    }
    entries.sort();
    for path in entries {
        // A link to a folder may lead back.
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|data| data.is_dir());
        if is_folder && depth < MAX_DEPTH {
            walk(&path, depth + 1, found)?;
        } else if is_pdf(&path) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn is_pattern(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains(['*', '?']))
}

/// Files of a folder whose names match `*` and `?`, for shells that do not look themselves.
fn matching(pattern: &Path) -> Result<Vec<PathBuf>, OfficeError> {
    let folder = match pattern.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let wanted: Vec<char> = pattern.file_name().unwrap_or_default().to_string_lossy().chars().collect();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(OfficeError::file(folder))? {
        let path = entry.map_err(OfficeError::file(folder))?.path();
        let name: Vec<char> = path.file_name().unwrap_or_default().to_string_lossy().chars().collect();
        if path.is_file() && matches(&name, &wanted) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a name matches a pattern, in time proportional to the product of their lengths.
fn matches(name: &[char], pattern: &[char]) -> bool {
    let mut reached = vec![false; name.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for wanted in pattern {
        let mut next = vec![false; name.len() + 1];
        let mut any = false;
        for (index, slot) in next.iter_mut().enumerate() {
            let here = reached.get(index).copied().unwrap_or(false);
            any |= here;
            let before = index.checked_sub(1);
            let stepped = before.is_some_and(|before| {
                reached.get(before).copied().unwrap_or(false)
                    && name.get(before).is_some_and(|own| *wanted == '?' || own == wanted)
            });
            *slot = if *wanted == '*' { any } else { stepped };
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

/// All bytes of a file of at most `limit` bytes; nothing if it has more. What is no file, a device or a pipe, is none.
///
/// # Errors
/// [`OfficeError::File`]
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, OfficeError> {
    // Looked at before it is opened: opening a pipe waits for whoever writes into it.
    if !std::fs::metadata(path).map_err(OfficeError::file(path))?.is_file() {
        return Err(OfficeError::File { file: path.to_owned(), source: io::ErrorKind::InvalidInput.into() });
    }
    let file = std::fs::File::open(path).map_err(OfficeError::file(path))?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(OfficeError::file(path))?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        let matches = |name: &str, pattern: &str| {
            matches(&name.chars().collect::<Vec<_>>(), &pattern.chars().collect::<Vec<_>>())
        };
        assert!(matches("certidao.pdf", "*.pdf"));
        assert!(matches("certidao.pdf", "cert?dao*"));
        assert!(!matches("certidao.txt", "*.pdf"));
        assert!(matches("", "*"));
        assert!(!matches("ab", "?"));
    }

    #[test]
    fn a_folder_gives_its_documents_by_name_and_a_link_does_not_lead_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("b")).unwrap();
        for name in ["z.PDF", "a.pdf", "nota.txt", "b/c.pdf"] {
            fs::write(path(name), "x").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), path("b/volta")).unwrap();
        let found = expand(&[folder.path().to_owned(), path("missing.pdf")]).unwrap();
        assert_eq!(found, [path("a.pdf"), path("b/c.pdf"), path("z.PDF"), path("missing.pdf")]);
    }
}
