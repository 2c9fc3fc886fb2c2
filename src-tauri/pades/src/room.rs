//! A revision with room for a signature or a time stamp: everything but that one value is what will be signed (ISO 32000-2,
//! 12.8.1; ETSI EN 319 142-1, 5.5).

use aws_lc_rs::digest;
use pdf::{Appended, ObjectId, PdfError, hex};
use serde::{Deserialize, Serialize};

use crate::{PadesError, bytes64};

/// Digits of one number in the `/ByteRange` placeholder: enough for [`pdf::limits::MAX_FILE_BYTES`].
const BYTE_RANGE_DIGITS: usize = 10;

/// The dictionary that will hold the value, as far as it is written.
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    byte_range_at: usize,
    digits_at: usize,
}

impl Body {
    /// Begins a dictionary of that type and filter, with room for so many bytes.
    pub(crate) fn begin(kind: &str, sub_filter: &str, room: usize) -> Self {
        let mut bytes =
            format!("<<\n/Type /{kind}\n/Filter /Adobe.PPKLite\n/SubFilter /{sub_filter}\n/ByteRange ").into_bytes();
        let byte_range_at = bytes.len();
        bytes.extend(b" ".repeat("[0   ]".len() + 3 * BYTE_RANGE_DIGITS));
        bytes.extend(b"\n/Contents <");
        let digits_at = bytes.len();
        bytes.extend(b"0".repeat(room * 2));
        bytes.extend(b">\n");
        Self { bytes, byte_range_at, digits_at }
    }

    /// Where byte range and digits stand, and how many bytes fit.
    pub(crate) fn places(&self, room: usize) -> (usize, usize, usize) {
        (self.byte_range_at, self.digits_at, room)
    }
}

/// A revision to be appended, and where in it the value belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Room {
    #[serde(with = "bytes64")]
    appended: Vec<u8>,
    /// Where in `appended` the hexadecimal digits of `/Contents` begin, and how many there are.
    digits_at: usize,
    digits: usize,
}

impl Room {
    /// The room in a revision that holds `body` as object `id`; the byte range is written.
    pub(crate) fn of(
        original: &[u8],
        appended: Appended,
        id: ObjectId,
        (byte_range_at, digits_at, room): (usize, usize, usize),
    ) -> Result<Self, PadesError> {
        let value_at = *appended.value_offsets.get(&id.number).ok_or(PdfError::Damaged)? - original.len();
        let mut own = Self { appended: appended.bytes, digits_at: value_at + digits_at, digits: room * 2 };
        let (gap_start, gap_end) = own.gap();
        let tail = own.appended.len() - gap_end;
        let range = format!("[0 {} {} {}]", original.len() + gap_start, original.len() + gap_end, tail);
        let at = value_at + byte_range_at;
        own.appended.get_mut(at..at + range.len()).ok_or(PdfError::Damaged)?.copy_from_slice(range.as_bytes());
        Ok(own)
    }

    /// Digest of everything but the room.
    pub(crate) fn digest(&self, original: &[u8], algorithm: &'static digest::Algorithm) -> Result<Vec<u8>, PadesError> {
        let (gap_start, gap_end) = self.gap();
        let mut context = digest::Context::new(algorithm);
        context.update(original);
        context.update(self.appended.get(..gap_start).ok_or(PdfError::Damaged)?);
        context.update(self.appended.get(gap_end..).ok_or(PdfError::Damaged)?);
        Ok(context.finish().as_ref().to_vec())
    }

    /// Puts the value into the room; what goes after the original's last byte.
    ///
    /// # Errors
    /// [`PadesError::DoesNotFit`]
    pub(crate) fn fill(mut self, value: &[u8]) -> Result<Vec<u8>, PadesError> {
        let digits = hex(value);
        let end = self.digits_at + digits.len();
        let room = self.appended.get_mut(self.digits_at..end).filter(|_| digits.len() <= self.digits);
        room.ok_or(PadesError::DoesNotFit)?.copy_from_slice(digits.as_bytes());
        Ok(self.appended)
    }

    /// Offsets in `appended` of `<` and of just after `>`.
    fn gap(&self) -> (usize, usize) {
        (self.digits_at - 1, self.digits_at + self.digits + 1)
    }
}
