//! Why a file cannot be signed.

use cades::CadesError;
use pdf::PdfError;

/// Why a signature cannot be prepared or finished. Judging a file never ends in an error, but in a verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PadesError {
    /// The file cannot be read or extended.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// A certificate or algorithm cannot be used.
    #[error(transparent)]
    Cades(#[from] CadesError),
    /// An earlier signature or lock forbids further signatures (ISO 32000-2, 12.8.2.2).
    #[error("an earlier signature forbids further signatures")]
    SigningForbidden,
    /// The document is a dynamic form whose pages are made while it is shown.
    #[error("dynamic XFA form")]
    DynamicForm,
    /// The document has no page.
    #[error("no page")]
    NoPage,
    /// The key cannot sign with this algorithm.
    #[error("algorithm does not fit the key")]
    AlgorithmDoesNotFit,
    /// There is no certificate to sign with.
    #[error("no certificate")]
    NoCertificate,
    /// The signature that came back does not belong to the certificate's key.
    #[error("signature does not match the certificate")]
    WrongSignature,
    /// The signature is longer than the room that was computed for it.
    #[error("signature does not fit")]
    DoesNotFit,
}

impl PadesError {
    /// Stable code, the key of the texts that people read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pdf(error) => error.code(),
            Self::Cades(error) => error.code(),
            Self::SigningForbidden => "pdf.signing_forbidden",
            Self::DynamicForm => "pdf.dynamic_content",
            Self::NoPage => "pdf.no_page",
            Self::AlgorithmDoesNotFit => "sign.algorithm_does_not_fit",
            Self::NoCertificate => "sign.no_certificate",
            Self::WrongSignature => "sign.wrong_signature",
            Self::DoesNotFit => "sign.does_not_fit",
        }
    }
}
