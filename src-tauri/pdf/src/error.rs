//! What can be wrong with a file before anybody asks what its signatures say.

use crate::ObjectId;

/// Why a file, or one object in it, cannot be read or extended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// No `%PDF-` within the first 1024 bytes.
    #[error("no PDF header")]
    NotPdf,
    /// The file has no bytes.
    #[error("empty file")]
    Empty,
    /// A token at this byte offset is not what the grammar allows.
    #[error("syntax error at byte {0}")]
    Syntax(usize),
    /// Arrays or dictionaries nest deeper than [`crate::limits::MAX_NESTING`].
    #[error("nesting too deep at byte {0}")]
    TooDeep(usize),
    /// A limit of [`crate::limits`] was reached.
    #[error("limit reached: {0}")]
    Limit(&'static str),
    /// The cross-reference cannot be followed, and no objects were found by searching either.
    #[error("no usable cross-reference")]
    Damaged,
    /// The object at the offset which the cross-reference gives is another one.
    #[error("object {0} is not where the cross-reference says")]
    Misplaced(ObjectId),
    /// The stream's `/Length` does not lead to `endstream`.
    #[error("stream of object {0} has a wrong length")]
    StreamLength(ObjectId),
    /// A stream cannot be decoded.
    #[error("stream cannot be decoded")]
    Stream,
    /// The object does not exist in this revision.
    #[error("object {0} does not exist")]
    Missing(ObjectId),
    /// A value has another type than the standard asks for.
    #[error("unexpected type for {0}")]
    Type(&'static str),
    /// The file opens only with a password.
    #[error("password needed")]
    PasswordNeeded,
    /// The security handler is not one of the standard ones this crate reads.
    #[error("encryption not supported")]
    UnsupportedEncryption,
    /// The file cannot be extended: its cross-reference had to be repaired.
    #[error("cross-reference was repaired")]
    RepairedNotExtended,
    /// The file cannot be extended: bytes precede its header, so offsets are ambiguous.
    #[error("bytes before the header")]
    PrefixNotExtended,
    /// The file cannot be extended: it is encrypted.
    #[error("encrypted file")]
    EncryptedNotExtended,
}

impl PdfError {
    /// Stable code, the key of the texts that people read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPdf => "pdf.not_pdf",
            Self::Empty => "pdf.empty",
            Self::Limit(_) | Self::TooDeep(_) => "pdf.limit",
            Self::PasswordNeeded => "pdf.password_protected",
            Self::UnsupportedEncryption => "pdf.encryption_unsupported",
            Self::RepairedNotExtended => "pdf.repaired_not_extended",
            Self::PrefixNotExtended => "pdf.prefix_not_extended",
            Self::EncryptedNotExtended => "pdf.encrypted_not_extended",
            Self::Syntax(_)
            | Self::Damaged
            | Self::Misplaced(_)
            | Self::StreamLength(_)
            | Self::Stream
            | Self::Missing(_)
            | Self::Type(_) => "pdf.damaged",
        }
    }
}
