//! What can be wrong with a signature's encoding.

/// Why ASN.1 data cannot be read, or a signature cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CadesError {
    /// The bytes are not the ASN.1 that is expected here.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// Constructed values nest deeper than [`crate::asn1::MAX_DEPTH`].
    #[error("nesting too deep")]
    TooDeep,
    /// The algorithm or its parameters are not among those this crate computes.
    #[error("unsupported algorithm {0}")]
    Unsupported(String),
    /// The signature does not belong to these bytes and this key.
    #[error("signature does not verify")]
    BadSignature,
}

impl CadesError {
    /// Stable code, the key of the texts that people read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::TooDeep => "cades.malformed",
            Self::Unsupported(_) => "cades.unsupported_algorithm",
            Self::BadSignature => "cades.bad_signature",
        }
    }
}
