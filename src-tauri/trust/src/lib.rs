//! Whether to believe a certificate at a given time.
//!
//! Anchors, the ways from a certificate to one of them and their validation (RFC 5280, 6.1), revocation by lists and
//! answers (6.3), and the table of algorithms. Everything is an argument: certificates, anchors, evidence, the time.
//! No I/O.
#![forbid(unsafe_code)]

pub mod algorithms;
mod anchors;
pub mod cache;
mod constraints;
pub mod holder;
pub mod lists;
mod path;
mod policy_tree;
pub mod revocation;
pub mod signature_policies;

pub use anchors::{Anchors, TrustError, TrustList, pem_blocks, read_certificates, read_each, to_pem};
pub use path::{Budget, DOCUMENT_PURPOSES, Path, PathProblem, PathSettings, find_accepted_path, find_path};
