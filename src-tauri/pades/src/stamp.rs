//! A document time stamp: a revision of its own that says that everything before it existed (ISO 32000-2, 12.8.5; ETSI EN
//! 319 142-1, 5.4.3).

use chrono::{DateTime, FixedOffset};
use pdf::{Document, Update};

use crate::{
    PadesError, fields,
    revision::{add_field, unused_name},
    room::{Body, Room},
    sign::{check_earlier_signatures, id_seed},
};

/// A revision that waits for its time stamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedStamp {
    room: Room,
    imprint: Vec<u8>,
}

/// Prepares a document time stamp that takes at most `room` bytes. `time` only makes the revision's identifier another one.
///
/// # Errors
/// [`PadesError`] names why nothing may be added: after a certification with P=1 a later stamp would break it.
pub fn prepare_stamp(
    document: &Document<'_>,
    room: usize,
    time: DateTime<FixedOffset>,
) -> Result<PreparedStamp, PadesError> {
    let mut update = Update::new(document)?;
    let existing = fields::signature_fields(document, document.newest())?;
    check_earlier_signatures(document, &existing)?;
    let field = unused_name(document, &existing, "CarimboDoTempo")?;
    let id = update.reserve()?;
    let mut body = Body::begin("DocTimeStamp", "ETSI.RFC3161", room);
    body.bytes.extend(b">>");
    let places = body.places(room);
    update.put(id, body.bytes);
    add_field(document, &mut update, &field, id, false)?;
    let original = document.bytes();
    let appended = update.finish(id_seed(original, field.as_bytes(), time))?;
    let room = Room::of(original, appended, id, places)?;
    let imprint = room.digest(original, cades::Hash::Sha256.algorithm())?;
    Ok(PreparedStamp { room, imprint })
}

impl PreparedStamp {
    /// What has to be stamped, by SHA-256.
    #[must_use]
    pub fn imprint(&self) -> &[u8] {
        &self.imprint
    }

    /// Puts the token in its room; the answer goes after the document's last byte.
    ///
    /// # Errors
    /// [`PadesError::DoesNotFit`]
    pub fn finish(self, token: &[u8]) -> Result<Vec<u8>, PadesError> {
        self.room.fill(token)
    }
}
