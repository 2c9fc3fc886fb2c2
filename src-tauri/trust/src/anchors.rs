//! Trust anchors and the reading of certificate files.

use std::collections::HashMap;

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

/// As [`read_certificates`], but what cannot be read is counted and passed over: for collections that only help.
///
/// # Errors
/// [`TrustError::NoCertificate`], [`TrustError::TooMany`].
pub fn read_each(bytes: &[u8]) -> Result<(Vec<Certificate>, usize), TrustError> {
    let blocks = if bytes.first() == Some(&0x30) {
        vec![bytes.to_vec()]
    } else {
        let blocks = pem::parse_many(bytes).map_err(|_| TrustError::NoCertificate)?;
        blocks.into_iter().filter(|block| block.tag() == "CERTIFICATE").map(pem::Pem::into_contents).collect()
    };
    if blocks.len() > MAX_CERTIFICATES_PER_FILE {
        return Err(TrustError::TooMany);
    }
    let read: Vec<_> = blocks.iter().map(|der| Certificate::parse(der)).collect();
    let failed = read.iter().filter(|certificate| certificate.is_err()).count();
    Ok((read.into_iter().flatten().collect(), failed))
}

/// The contents of every PEM block, whatever it is called.
#[must_use]
pub fn pem_blocks(bytes: &[u8]) -> Vec<Vec<u8>> {
    pem::parse_many(bytes).unwrap_or_default().into_iter().map(pem::Pem::into_contents).collect()
}

/// Whose list an anchor is on: it decides what a signature may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrustList {
    /// Roots of ICP-Brasil under which people and institutions sign today.
    IcpBrasil,
    /// Roots of ICP-Brasil that have expired or left the published set.
    IcpBrasilHistorical,
    /// Roots of ICP-Brasil for other purposes: servers, equipment.
    IcpBrasilOther,
    /// gov.br, which is not ICP-Brasil.
    GovBr,
    /// Authorities that this office trusts.
    Office,
    /// The embedded demonstration.
    Demonstration,
    /// Given for this one call.
    Given,
}

/// The certificates that are believed for their own sake, and the name of the list they come from.
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    /// Shown to people: whose list this is.
    pub name: String,
    certificates: Vec<(Certificate, TrustList)>,
    /// SHA-256 of certificates that are anchors wherever they come from.
    pinned: HashMap<Vec<u8>, TrustList>,
}

impl Anchors {
    /// A list of anchors that were given for one call.
    #[must_use]
    pub fn new(name: impl Into<String>, certificates: Vec<Certificate>) -> Self {
        let mut anchors = Self { name: name.into(), ..Self::default() };
        anchors.add(TrustList::Given, certificates);
        anchors
    }

    /// Adds anchors of a list.
    pub fn add(&mut self, list: TrustList, certificates: impl IntoIterator<Item = Certificate>) {
        self.certificates.extend(certificates.into_iter().map(|certificate| (certificate, list)));
    }

    /// Adds a fingerprint: the certificate that has it is an anchor, wherever it comes from, the document included.
    pub fn pin(&mut self, list: TrustList, sha256: Vec<u8>) {
        self.pinned.insert(sha256, list);
    }

    /// The anchor that is this very certificate: the same bytes, not the same name.
    #[must_use]
    pub fn find<'c>(&'c self, certificate: &'c Certificate) -> Option<&'c Certificate> {
        let known = self.certificates.iter().map(|(known, _)| known).find(|known| known.der() == certificate.der());
        known.or_else(|| self.is_pinned(certificate).then_some(certificate))
    }

    fn is_pinned(&self, certificate: &Certificate) -> bool {
        !self.pinned.is_empty() && self.pinned.contains_key(&certificate.fingerprint())
    }

    /// Whether this very certificate is an anchor.
    #[must_use]
    pub fn contains(&self, certificate: &Certificate) -> bool {
        self.find(certificate).is_some()
    }

    /// The list that an anchor is on.
    #[must_use]
    pub fn list_of(&self, anchor: &Certificate) -> Option<TrustList> {
        let own = self.certificates.iter().find(|(known, _)| known.der() == anchor.der()).map(|(_, list)| *list);
        // A pinned root is what it is, also where the call names it again.
        self.pinned.get(&anchor.fingerprint()).copied().or(own)
    }

    /// The anchors that are at hand; pinned ones come with whoever brings them.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().map(|(certificate, _)| certificate)
    }

    /// Whether nothing can be an anchor.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.pinned.is_empty()
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
