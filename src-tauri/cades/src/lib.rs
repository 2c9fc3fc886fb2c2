//! What this signature says.
//!
//! ASN.1, X.509 and CMS as slices of the original bytes, the signed attributes of CAdES, and the one table of
//! algorithms. Reading takes BER and odd encodings; writing is DER. It knows neither PDF nor trust, does no I/O, and
//! never looks at the clock.
#![forbid(unsafe_code)]

pub mod algorithm;
pub mod asn1;
pub mod cms;
pub mod der;
mod error;
pub mod oid;
mod readable;
pub mod x509;

pub use algorithm::{Hash, KeyKind, PublicKey, SIGNING_ALGORITHMS, Scheme, SignatureAlgorithm};
pub use cms::SignedData;
pub use error::CadesError;
pub use readable::readable;
pub use x509::Certificate;
