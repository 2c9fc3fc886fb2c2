//! What has to be fetched: revocation lists, OCSP answers, missing issuers, the published set of certificates.
//!
//! The only room that may open a connection to anybody but the key's service. Addresses come out of strangers' files, so
//! each is looked at first ([`Guard`]): http and https only, no host of this computer or its network, no redirect, a
//! bound on size and time. It hands back bytes, never a judgement.
#![forbid(unsafe_code)]

mod guard;
mod ocsp_request;

use std::time::Duration;

use reqwest::{Client, header};
use url::Url;

pub use guard::{Guard, Refused};
pub use ocsp_request::ocsp_request;

/// Largest revocation list: the largest of ICP-Brasil has a few megabytes.
pub const MAX_CRL: usize = 64 * 1024 * 1024;

/// Largest OCSP answer: a signature and a certificate or two.
pub const MAX_OCSP: usize = 256 * 1024;

/// Largest certificate or bundle of issuers.
pub const MAX_ISSUER: usize = 1024 * 1024;

/// Largest published set of certificates.
pub const MAX_SET: usize = 32 * 1024 * 1024;

/// Time for one answer: a person waits for it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// The address may not be asked.
    #[error("refused address: {0:?}")]
    Refused(Refused),
    /// No answer, or not in time.
    #[error("no answer")]
    NoAnswer,
    /// The answer is no success; its status.
    #[error("status {0}")]
    Status(u16),
    /// The answer is larger than its kind may be.
    #[error("answer too large")]
    TooLarge,
}

impl EvidenceError {
    /// Stable code, the key of the texts that people read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "fetch.refused",
            Self::NoAnswer => "fetch.no_answer",
            Self::Status(_) => "fetch.status",
            Self::TooLarge => "fetch.too_large",
        }
    }
}

/// Gets what stands at an address, at most `limit` bytes.
///
/// # Errors
/// [`EvidenceError`]
pub async fn get(address: &str, limit: usize, guard: Guard) -> Result<Vec<u8>, EvidenceError> {
    let (client, url) = client(address, guard).await?;
    answer(client.get(url), limit).await
}

/// Asks an OCSP responder (RFC 6960, A.1).
///
/// # Errors
/// [`EvidenceError`]
pub async fn post_ocsp(address: &str, request: Vec<u8>, guard: Guard) -> Result<Vec<u8>, EvidenceError> {
    let (client, url) = client(address, guard).await?;
    let request = client.post(url).header(header::CONTENT_TYPE, "application/ocsp-request").body(request);
    answer(request, MAX_OCSP).await
}

/// Largest answer of a time stamping authority: a token with its chain.
pub const MAX_TIME_STAMP: usize = 256 * 1024;

/// Asks a time stamping authority (RFC 3161, 3.4).
///
/// # Errors
/// [`EvidenceError`]
pub async fn post_time_stamp(address: &str, request: Vec<u8>, guard: Guard) -> Result<Vec<u8>, EvidenceError> {
    let (client, url) = client(address, guard).await?;
    let request = client.post(url).header(header::CONTENT_TYPE, "application/timestamp-query").body(request);
    answer(request, MAX_TIME_STAMP).await
}

/// A client that connects to the very addresses that were looked at: a name cannot lead elsewhere the second time.
async fn client(address: &str, guard: Guard) -> Result<(Client, Url), EvidenceError> {
    let checked = tokio::time::timeout(TIMEOUT, guard.check(address)).await.map_err(|_| EvidenceError::NoAnswer)?;
    let (url, host, addresses) = checked.map_err(EvidenceError::Refused)?;
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .resolve_to_addrs(&host, &addresses)
        .user_agent("cartorio")
        .build()
        .map_err(|_| EvidenceError::NoAnswer)?;
    Ok((client, url))
}

async fn answer(request: reqwest::RequestBuilder, limit: usize) -> Result<Vec<u8>, EvidenceError> {
    let mut response = request.send().await.map_err(|_| EvidenceError::NoAnswer)?;
    if !response.status().is_success() {
        return Err(EvidenceError::Status(response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|_| EvidenceError::NoAnswer)? {
        if body.len() + part.len() > limit {
            return Err(EvidenceError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}
