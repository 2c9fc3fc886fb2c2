//! Whether to believe a certificate at a given time.
//!
//! Anchors, the way from a certificate to one of them, and what stands on that way: signatures, validity, CA rights,
//! key usage. The whole of RFC 5280's path validation, revocation and the policies of ICP-Brasil belong here too and
//! come with the next issues. Everything is an argument: certificates, anchors, the time. No I/O.
#![forbid(unsafe_code)]

mod anchors;
mod path;

pub use anchors::{Anchors, TrustError, read_certificates, to_pem};
pub use path::{Path, PathProblem, find_path};
