//! Trust anchors and the reading of certificate files.

use cades::{CadesError, Certificate};

/// Most certificates read from one file: ICP-Brasil's whole set has fewer than 400.
const MAX_CERTIFICATES_PER_FILE: usize = 5_000;

/// Why certificates cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The file holds neither PEM nor DER certificates.
    #[error("no certificate found")]
    NoCertificate,
    /// A certificate in it is malformed.
    #[error("certificate {index}: {source}")]
    Certificate {
        /// Its place in the file, from 0.
        index: usize,
        /// What is wrong.
        source: CadesError,
    },
    /// More than 5 000, more than any published set.
    #[error("too many certificates")]
    TooMany,
}

impl TrustError {
    /// Stable code, the key of the texts that people read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCertificate => "trust.no_certificate",
            Self::Certificate { .. } => "trust.certificate_malformed",
            Self::TooMany => "trust.too_many",
        }
    }
}

/// Reads all certificates of a file, PEM or DER. Other PEM blocks are passed over.
///
/// # Errors
/// [`TrustError`]; one malformed certificate is an error, since a list of anchors must be what it claims.
pub fn read_certificates(bytes: &[u8]) -> Result<Vec<Certificate>, TrustError> {
    let blocks = if bytes.first() == Some(&0x30) {
        vec![bytes.to_vec()]
    } else {
        let blocks = pem::parse_many(bytes).map_err(|_| TrustError::NoCertificate)?;
        blocks.into_iter().filter(|block| block.tag() == "CERTIFICATE").map(pem::Pem::into_contents).collect()
    };
    if blocks.is_empty() {
        return Err(TrustError::NoCertificate);
    }
    if blocks.len() > MAX_CERTIFICATES_PER_FILE {
        return Err(TrustError::TooMany);
    }
    let read = |(index, der): (usize, &Vec<u8>)| {
        Certificate::parse(der).map_err(|source| TrustError::Certificate { index, source })
    };
    blocks.iter().enumerate().map(read).collect()
}

/// The certificates that are believed for their own sake, and the name of the list they come from.
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    /// Shown to people: whose list this is.
    pub name: String,
    certificates: Vec<Certificate>,
}

impl Anchors {
    /// A list of anchors.
    #[must_use]
    pub fn new(name: impl Into<String>, certificates: Vec<Certificate>) -> Self {
        Self { name: name.into(), certificates }
    }

    /// The anchor that is this very certificate: the same bytes, not the same name.
    #[must_use]
    pub fn find(&self, certificate: &Certificate) -> Option<&Certificate> {
        self.certificates.iter().find(|known| known.der() == certificate.der())
    }

    /// Whether this very certificate is an anchor.
    #[must_use]
    pub fn contains(&self, certificate: &Certificate) -> bool {
        self.find(certificate).is_some()
    }

    /// The anchors themselves.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }
}

/// A certificate as PEM (RFC 7468).
#[must_use]
pub fn to_pem(certificate: &Certificate) -> String {
    pem::encode_config(
        &pem::Pem::new("CERTIFICATE", certificate.der()),
        pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
    )
}
