//! Object identifiers, named as in their standards.
#![allow(missing_docs, reason = "the names are those of the standards")]

pub const SHA1: &str = "1.3.14.3.2.26";
pub const SHA224: &str = "2.16.840.1.101.3.4.2.4";
pub const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub const SHA384: &str = "2.16.840.1.101.3.4.2.2";
pub const SHA512: &str = "2.16.840.1.101.3.4.2.3";
pub const SHA3_256: &str = "2.16.840.1.101.3.4.2.8";
pub const SHA3_384: &str = "2.16.840.1.101.3.4.2.9";
pub const SHA3_512: &str = "2.16.840.1.101.3.4.2.10";

pub const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
pub const RSA_SHA1: &str = "1.2.840.113549.1.1.5";
pub const RSA_SHA1_OIW: &str = "1.3.14.3.2.29";
pub const RSA_SHA224: &str = "1.2.840.113549.1.1.14";
pub const RSA_SHA3_256: &str = "2.16.840.1.101.3.4.3.14";
pub const RSA_SHA3_384: &str = "2.16.840.1.101.3.4.3.15";
pub const RSA_SHA3_512: &str = "2.16.840.1.101.3.4.3.16";
pub const MGF1: &str = "1.2.840.113549.1.1.8";
pub const RSA_PSS: &str = "1.2.840.113549.1.1.10";
pub const RSA_SHA256: &str = "1.2.840.113549.1.1.11";
pub const RSA_SHA384: &str = "1.2.840.113549.1.1.12";
pub const RSA_SHA512: &str = "1.2.840.113549.1.1.13";
pub const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
pub const P256: &str = "1.2.840.10045.3.1.7";
pub const P384: &str = "1.3.132.0.34";
pub const P521: &str = "1.3.132.0.35";
pub const BRAINPOOL_P256R1: &str = "1.3.36.3.3.2.8.1.1.7";
pub const BRAINPOOL_P384R1: &str = "1.3.36.3.3.2.8.1.1.11";
pub const BRAINPOOL_P512R1: &str = "1.3.36.3.3.2.8.1.1.13";
pub const ED25519: &str = "1.3.101.112";
pub const ECDSA_SHA224: &str = "1.2.840.10045.4.3.1";
pub const ECDSA_SHA3_256: &str = "2.16.840.1.101.3.4.3.10";
pub const ECDSA_SHA3_512: &str = "2.16.840.1.101.3.4.3.12";
pub const ECDSA_SHA1: &str = "1.2.840.10045.4.1";
pub const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
pub const ECDSA_SHA384: &str = "1.2.840.10045.4.3.3";
pub const ECDSA_SHA512: &str = "1.2.840.10045.4.3.4";

/// Names of algorithms that are known and not computed, for people.
pub const UNSUPPORTED_NAMES: [(&str, &str); 12] = [
    ("1.2.840.113549.2.5", "MD5"),
    ("1.2.840.113549.1.1.4", "RSA MD5"),
    ("1.2.840.113549.1.1.2", "RSA MD2"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.10040.4.3", "DSA SHA-1"),
    ("2.16.840.1.101.3.4.3.2", "DSA SHA-256"),
    ("1.3.101.113", "Ed448"),
    ("1.3.6.1.4.1.44588.2.1", "E-521"),
    ("1.3.132.0.10", "secp256k1"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

pub const ID_DATA: &str = "1.2.840.113549.1.7.1";
pub const ID_SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
pub const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
pub const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
pub const ADBE_REVOCATION_INFO: &str = "1.2.840.113583.1.1.8";

pub const COMMON_NAME: &str = "2.5.4.3";
pub const ORGANIZATION: &str = "2.5.4.10";
pub const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
pub const KEY_USAGE: &str = "2.5.29.15";
pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub const CERTIFICATE_POLICIES: &str = "2.5.29.32";
pub const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
pub const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
pub const SURNAME: &str = "2.5.4.4";
pub const SERIAL_NUMBER: &str = "2.5.4.5";
pub const ISSUER_ALT_NAME: &str = "2.5.29.18";
pub const SUBJECT_ALT_NAME: &str = "2.5.29.17";
pub const CRL_NUMBER: &str = "2.5.29.20";
pub const CRL_REASON: &str = "2.5.29.21";
pub const DELTA_CRL_INDICATOR: &str = "2.5.29.27";
pub const ISSUING_DISTRIBUTION_POINT: &str = "2.5.29.28";
pub const CERTIFICATE_ISSUER: &str = "2.5.29.29";
pub const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
pub const ANY_POLICY: &str = "2.5.29.32.0";
pub const POLICY_MAPPINGS: &str = "2.5.29.33";
pub const POLICY_CONSTRAINTS: &str = "2.5.29.36";
pub const FRESHEST_CRL: &str = "2.5.29.46";
pub const INHIBIT_ANY_POLICY: &str = "2.5.29.54";
pub const EXPIRED_CERTS_ON_CRL: &str = "2.5.29.60";
pub const AUTHORITY_INFO_ACCESS: &str = "1.3.6.1.5.5.7.1.1";
pub const AD_OCSP: &str = "1.3.6.1.5.5.7.48.1";
pub const AD_CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
pub const OCSP_BASIC: &str = "1.3.6.1.5.5.7.48.1.1";
pub const OCSP_NONCE: &str = "1.3.6.1.5.5.7.48.1.2";
pub const OCSP_NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";
pub const OCSP_ARCHIVE_CUTOFF: &str = "1.3.6.1.5.5.7.48.1.6";
pub const KP_TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
pub const KP_OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
pub const ANY_EXTENDED_KEY_USAGE: &str = "2.5.29.37.0";
pub const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";
pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
pub const SIGNATURE_POLICY: &str = "1.2.840.113549.1.9.16.2.15";
pub const CONTENT_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.20";
pub const REVOCATION_VALUES: &str = "1.2.840.113549.1.9.16.2.24";
pub const CERTIFICATE_VALUES: &str = "1.2.840.113549.1.9.16.2.23";
pub const SIGNER_LOCATION: &str = "1.2.840.113549.1.9.16.2.17";
pub const ALGORITHM_PROTECTION: &str = "1.2.840.113549.1.9.52";
pub const SPURI: &str = "1.2.840.113549.1.9.16.5.1";
pub const RI_OCSP_RESPONSE: &str = "1.3.6.1.5.5.7.16.2";
pub const INVALIDITY_DATE: &str = "2.5.29.24";
