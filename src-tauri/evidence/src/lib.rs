//! What has to be fetched: time stamps, OCSP responses, CRLs and missing issuers.
//!
//! The only room that may open a connection to anybody but the key's service. Its callers hand over addresses that were
//! checked and limits of size and time; it hands back bytes, never a judgement. Nothing is fetched yet: signatures are
//! PAdES B-B, and verification works on what the file and the trust lists contain.
#![forbid(unsafe_code)]
