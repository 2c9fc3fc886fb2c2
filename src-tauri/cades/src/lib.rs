//! What this signature says.
//!
//! ASN.1, X.509 and CMS as slices of the original bytes, the signed attributes of CAdES, and the one table of
//! algorithms. Reading takes BER and odd encodings; writing is DER. It knows neither PDF nor trust, does no I/O, and
//! never looks at the clock.
#![forbid(unsafe_code)]

pub mod algorithm;
mod arithmetic;
pub mod asn1;
pub mod cms;
pub mod crl;
pub mod der;
mod error;
pub mod names;
pub mod ocsp;
pub mod oid;
mod readable;
pub mod time_stamp;
pub mod x509;

pub use algorithm::{Hash, KeyKind, NEW_KEY_KINDS, PublicKey, SIGNING_ALGORITHMS, Scheme, SignatureAlgorithm};
pub use cms::SignedData;
pub use crl::Crl;
pub use error::CadesError;
pub use names::GeneralName;
pub use ocsp::OcspResponse;
pub use readable::readable;
pub use time_stamp::{TimeStampFault, TimeStampRequest, TimeStampToken};
pub use x509::Certificate;
