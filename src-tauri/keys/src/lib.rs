//! Who holds the key.
//!
//! One [`Signer`]: a digest goes in, a signature and the service's request id come out. Two real implementations: the
//! embedded demonstration office ([`demo`]) and AWS KMS ([`kms`]). Secrets live in the operating system's credential
//! store ([`vault`]). Private keys of KMS never leave it; those of the demonstration are sealed at rest.
#![forbid(unsafe_code)]

pub mod authority;
mod clock_watch;
pub mod creation;
mod credentials;
pub mod demo;
mod error;
pub mod identity;
pub mod inventory;
pub mod kms;
mod kms_key;
pub mod private_ca;
pub mod request;
pub mod sign_in;
pub mod succession;
mod unsigned;
pub mod vault;

use std::{future::Future, pin::Pin};

use cades::{Certificate, SignatureAlgorithm};

pub use credentials::Credentials;
pub use error::KeyError;
pub use kms_key::KmsKey;
pub use sign_in::SignInError;
pub use unsigned::Unsigned;

/// A signature and how the service names the call that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The value, as CMS wants it (ECDSA in DER).
    pub signature: Vec<u8>,
    /// `x-amzn-RequestId` of KMS; nothing in the demonstration.
    pub request_id: Option<String>,
    /// The Region that stood in for the key's own, which failed.
    pub stand_by: Option<String>,
}

/// The answer to come of [`Signer::sign_digest`]. Dropping it cancels the call.
pub type Signing<'s> = Pin<Box<dyn Future<Output = Result<Signed, KeyError>> + Send + 's>>;

/// A key that signs digests, together with its certificate.
pub trait Signer: Send + Sync {
    /// The signer's certificate and its issuers, the signer first.
    fn chain(&self) -> &[Certificate];

    /// What to call the key in front of a person.
    fn label(&self) -> String;

    /// What a person should know about the key although it signs; the name of its text.
    fn notice(&self) -> Option<&'static str> {
        None
    }

    /// Signs a digest of the algorithm's hash.
    fn sign_digest<'s>(&'s self, algorithm: SignatureAlgorithm, digest: &'s [u8]) -> Signing<'s>;
}

/// Seeds this process's random generator, which takes some thirty milliseconds once: on a thread of its own, while a
/// document is hashed, nobody waits for it.
pub fn seed_randomness() {
    // A generator that fails here fails again where randomness is needed, and is reported there.
    let _ = aws_lc_rs::rand::fill(&mut [0]);
}

/// Keeps the process's memory, in which tokens and keys pass, out of other programs' sight. Not for a program with
/// windows: desktop portals turn away whom they cannot look at.
pub fn hide_memory() {
    #[cfg(target_os = "linux")]
    // A system that does not allow it is no worse than before.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Keeps the process's memory, in which tokens and keys pass, out of core dumps.
pub fn forbid_core_dumps() {
    #[cfg(unix)]
    // A system that does not allow it is no worse than before.
    let _ = rustix::process::setrlimit(
        rustix::process::Resource::Core,
        rustix::process::Rlimit { current: Some(0), maximum: Some(0) },
    );
}
