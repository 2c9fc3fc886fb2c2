//! Secrets of any length over cells of a few kilobytes.
//!
//! Windows holds 2 560 bytes in one credential; a sign-in is longer. A long secret is cut into pieces that are written
//! to whichever of two slots is free, and one header names the slot and the digest of the whole: writing it is the
//! commit point. What a crash tore, or another program damaged, does not match its digest and counts as absent.

use cades::Hash;
use zeroize::Zeroizing;

use super::VaultError;

/// Most bytes of one cell: below Windows' `CRED_MAX_CREDENTIAL_BLOB_SIZE` of 2 560.
pub(crate) const CELL: usize = 2_400;

/// Most pieces of one secret (a sign-in has three): a header that names more is damaged.
const MAX_PIECES: usize = 16;

/// By this a header is told from a short secret that stands in its cell as it is.
const MAGIC: &str = "cartorio-digital:pieces:1";

/// How often a reader starts anew when a writer was faster.
const READS: usize = 3;

const SLOTS: [&str; 2] = ["a", "b"];

/// A store of small secrets by name.
pub(crate) trait Cells {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError>;
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), VaultError>;
    /// Removing what is not there is no error.
    fn remove(&self, name: &str) -> Result<(), VaultError>;
}

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    slot: &'static str,
    pieces: usize,
    digest: String,
}

impl Header {
    fn parse(cell: &[u8]) -> Option<Self> {
        let mut words = std::str::from_utf8(cell).ok()?.split(' ');
        if words.next()? != MAGIC {
            return None;
        }
        let named = words.next()?;
        let slot = SLOTS.into_iter().find(|slot| *slot == named)?;
        let pieces = words.next()?.parse().ok().filter(|pieces| (1..=MAX_PIECES).contains(pieces))?;
        Some(Self { slot, pieces, digest: words.next()?.to_owned() })
    }

    fn text(&self) -> String {
        format!("{MAGIC} {} {} {}", self.slot, self.pieces, self.digest)
    }
}

/// The secret of that name; `None` where there is none, or only a torn one.
pub(crate) fn read(cells: &dyn Cells, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    for _ in 0..READS {
        let Some(cell) = cells.get(name)? else { return Ok(None) };
        if !cell.starts_with(MAGIC.as_bytes()) {
            return Ok(Some(cell));
        }
        let Some(header) = Header::parse(&cell) else { return Ok(None) };
        if let Some(secret) = join(cells, name, &header)? {
            return Ok(Some(secret));
        }
        // Torn, unless another program wrote a newer one meanwhile.
        if cells.get(name)?.as_deref() == Some(&*cell) {
            return Ok(None);
        }
    }
    Ok(None)
}

fn join(cells: &dyn Cells, name: &str, header: &Header) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    // All the room at once: a vector that grows leaves copies behind that nobody clears.
    let mut secret = Zeroizing::new(Vec::with_capacity(header.pieces * CELL));
    for number in 0..header.pieces {
        match cells.get(&piece(name, header.slot, number))? {
            Some(part) if part.len() <= CELL => secret.extend_from_slice(&part),
            _ => return Ok(None),
        }
    }
    Ok((Hash::Sha256.hex_digest(&secret) == header.digest).then_some(secret))
}

/// Stores a secret: until its header stands, the earlier one is whole.
pub(crate) fn write(cells: &dyn Cells, name: &str, secret: &[u8]) -> Result<(), VaultError> {
    let earlier = cells.get(name)?.and_then(|cell| Header::parse(&cell));
    if secret.len() <= CELL && !secret.starts_with(MAGIC.as_bytes()) {
        cells.set(name, secret)?;
        return earlier.map_or(Ok(()), |earlier| clear(cells, name, earlier.slot, 0));
    }
    let [first, second] = SLOTS;
    let slot = if earlier.as_ref().is_some_and(|earlier| earlier.slot == first) { second } else { first };
    let pieces = secret.len().div_ceil(CELL);
    if pieces > MAX_PIECES {
        return Err(VaultError::Failed);
    }
    for (number, part) in secret.chunks(CELL).enumerate() {
        if let Err(error) = cells.set(&piece(name, slot, number), part) {
            // A full store: what was begun goes, as far as it lets itself be removed.
            let _ = clear(cells, name, slot, 0);
            return Err(error);
        }
    }
    cells.set(name, Header { slot, pieces, digest: Hash::Sha256.hex_digest(secret) }.text().as_bytes())?;
    // The new secret stands. What follows tidies up, and is done again by the next write or removal.
    let _ = clear(cells, name, slot, pieces);
    if let Some(earlier) = earlier {
        let _ = clear(cells, name, earlier.slot, 0);
    }
    Ok(())
}

/// Removes a secret with all its pieces, those of interrupted writings too.
pub(crate) fn erase(cells: &dyn Cells, name: &str) -> Result<(), VaultError> {
    cells.remove(name)?;
    for slot in SLOTS {
        clear(cells, name, slot, 0)?;
    }
    Ok(())
}

/// Removes the pieces of a slot from a number on. They are written in order, so the first gap is the end.
fn clear(cells: &dyn Cells, name: &str, slot: &str, from: usize) -> Result<(), VaultError> {
    for number in from..MAX_PIECES {
        let cell = piece(name, slot, number);
        if cells.get(&cell)?.is_none() {
            break;
        }
        cells.remove(&cell)?;
    }
    Ok(())
}

fn piece(name: &str, slot: &str, number: usize) -> String {
    format!("{name}/{slot}{number}")
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeMap};

    use proptest::prelude::*;

    use super::*;

    /// Cells in memory, of Windows' size, that break down after a number of changes.
    #[derive(Default)]
    struct Memory {
        cells: RefCell<BTreeMap<String, Vec<u8>>>,
        changes_left: RefCell<Option<usize>>,
    }

    impl Memory {
        fn change(&self) -> Result<(), VaultError> {
            match self.changes_left.borrow_mut().as_mut() {
                Some(0) => Err(VaultError::Failed),
                Some(left) => {
                    *left -= 1;
                    Ok(())
                }
                None => Ok(()),
            }
        }
    }

    impl Cells for Memory {
        fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
            Ok(self.cells.borrow().get(name).cloned().map(Zeroizing::new))
        }

        fn set(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
            assert!(secret.len() <= 2_560, "Windows refuses {} bytes", secret.len());
            self.change()?;
            self.cells.borrow_mut().insert(name.to_owned(), secret.to_vec());
            Ok(())
        }

        fn remove(&self, name: &str) -> Result<(), VaultError> {
            self.change()?;
            self.cells.borrow_mut().remove(name);
            Ok(())
        }
    }

    fn secret(length: usize, seed: u8) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at % 251).unwrap().wrapping_mul(7).wrapping_add(seed)).collect()
    }

    #[test]
    fn secrets_of_every_length_come_back_and_leave_nothing_behind() {
        let cells = Memory::default();
        for (number, length) in [0, 1, 1_281, CELL, CELL + 1, 2_561, 6_000, 2_400 * 16, 40].into_iter().enumerate() {
            let kept = secret(length, u8::try_from(number).unwrap());
            write(&cells, "s", &kept).unwrap();
            assert_eq!(read(&cells, "s").unwrap().unwrap().as_slice(), kept, "{length}");
            let expected = if length <= CELL { 1 } else { length.div_ceil(CELL) + 1 };
            assert_eq!(cells.cells.borrow().len(), expected, "{length}");
        }
        write(&cells, "s", &secret(6_000, 1)).unwrap();
        erase(&cells, "s").unwrap();
        assert!(cells.cells.borrow().is_empty());
        assert_eq!(write(&cells, "s", &secret(CELL * MAX_PIECES + 1, 0)), Err(VaultError::Failed));
    }

    #[test]
    fn a_secret_that_looks_like_a_header_is_no_header() {
        let cells = Memory::default();
        let kept = format!("{MAGIC} a 1 00").into_bytes();
        write(&cells, "s", &kept).unwrap();
        assert_eq!(read(&cells, "s").unwrap().unwrap().as_slice(), kept);
    }

    proptest! {
        #[test]
        fn an_interrupted_writing_leaves_the_old_secret_or_the_new_one(
            old in 0usize..9_000, new in 0usize..9_000, survives in 0usize..12,
        ) {
            let cells = Memory::default();
            let (old, new) = (secret(old, 1), secret(new, 2));
            write(&cells, "s", &old).unwrap();
            *cells.changes_left.borrow_mut() = Some(survives);
            let written = write(&cells, "s", &new);
            let found = read(&cells, "s").unwrap().unwrap();
            prop_assert!(*found == old || *found == new);
            if written.is_ok() {
                prop_assert_eq!(&*found, &new);
            }
            // And the next writing and removal tidy up whatever stayed.
            *cells.changes_left.borrow_mut() = None;
            write(&cells, "s", &old).unwrap();
            prop_assert_eq!(&*read(&cells, "s").unwrap().unwrap(), &old);
            erase(&cells, "s").unwrap();
            prop_assert!(cells.cells.borrow().is_empty());
        }

        #[test]
        fn a_damaged_cell_is_no_secret_or_the_untouched_one(
            length in 2_401usize..9_000, which in 0usize..8, at in 0usize..2_400, bit in 0u8..8,
        ) {
            let cells = Memory::default();
            let kept = secret(length, 3);
            write(&cells, "s", &kept).unwrap();
            let name = cells.cells.borrow().keys().nth(which % (length.div_ceil(CELL) + 1)).unwrap().clone();
            if let Some(cell) = cells.cells.borrow_mut().get_mut(&name) {
                let at = at % cell.len();
                cell[at] ^= 1 << bit;
            }
            let found = read(&cells, "s").unwrap();
            // A header whose first letters were damaged stands there as a short secret: whoever reads it parses it.
            let is_header = name == "s";
            prop_assert!(found.is_none_or(|found| *found == kept || is_header));
        }
    }
}
