//! Why a key does not sign. Each cause is its own, since each has its own remedy.

use crate::{SignInError, private_ca::PrivateCaFault};

/// What a key or its service answers instead of a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The account's request quota is used up, also after retries (`ThrottlingException`).
    #[error("throttled")]
    Throttled,
    /// `DisabledException`
    #[error("key {0} is disabled")]
    KeyDisabled(String),
    /// `KMSInvalidStateException`, pending deletion most of all.
    #[error("key {0} is in a state that cannot sign")]
    KeyPendingDeletion(String),
    /// `KeyUnavailableException`, `DependencyTimeoutException`, `KMSInternalException`, also after retries.
    #[error("key {0} is unavailable")]
    KeyUnavailable(String),
    /// `InvalidKeyUsageException`, or an algorithm that the key does not have.
    #[error("key {0} has another usage")]
    WrongUsage(String),
    /// `NotFoundException`
    #[error("key {0} not found")]
    NotFound(String),
    /// `AccessDeniedException`
    #[error("no permission for key {0}")]
    AccessDenied(String),
    /// `ExpiredTokenException`
    #[error("credentials expired")]
    ExpiredToken,
    /// `UnrecognizedClientException`, `InvalidSignatureException` with a right clock, and their like.
    #[error("credentials not recognised")]
    InvalidCredentials,
    /// The credential chain has nothing to offer.
    #[error("no credentials")]
    NoCredentials,
    /// The service cannot be reached inside the deadline.
    #[error("no network")]
    Network,
    /// The service refused the time of the request; the difference in minutes.
    #[error("clock differs by {0} minutes")]
    ClockSkewed(i64),
    /// The key's public half is not the certificate's.
    #[error("key {0} does not match the certificate")]
    KeyMismatch(String),
    /// The key belongs to another account than the environment's.
    #[error("key of account {found}, expected {expected}")]
    WrongAccount {
        /// The environment's account.
        expected: String,
        /// The key's account.
        found: String,
    },
    /// A tag of the key has not the value that the environment says.
    #[error("tag {tag} of {key} is {found}, expected {expected}")]
    WrongTag {
        /// The key.
        key: String,
        /// The tag's name.
        tag: String,
        /// The environment's value.
        expected: String,
        /// The key's value, empty where it has none.
        found: String,
    },
    /// The name for a certificate is not written as it should be; the part that is wrong.
    #[error("subject: {0}")]
    Subject(String),
    /// A certificate request cannot be read, or its key did not sign it.
    #[error("certificate request")]
    Request,
    /// An alias that KMS would not take, or a key given where its alias is needed.
    #[error("alias {0}")]
    Alias(String),
    /// Another key has that alias (`AlreadyExistsException`).
    #[error("alias {0} is taken")]
    AliasTaken(String),
    /// The key was made, and its alias was not.
    #[error("key {key} made, alias {alias} not: {cause}")]
    HalfMade {
        /// ARN of the key.
        key: String,
        /// The alias it should have got.
        alias: String,
        /// Code of what kept it.
        cause: &'static str,
    },
    /// `MalformedPolicyDocumentException`: most often the policy would lock out whoever asks.
    #[error("policy of {0} refused")]
    PolicyRefused(String),
    /// No name of a permission set, or one that fits several.
    #[error("permission set {0}")]
    PermissionSet(String),
    /// The answer to making a key, or a replica, was lost: nobody knows whether it was made.
    #[error("perhaps made")]
    PerhapsMade,
    /// The successor is the key itself.
    #[error("{0} leads to that key already")]
    SameKey(String),
    /// KMS renews no key that signs.
    #[error("{0} cannot rotate by itself")]
    NoRotation(String),
    /// The key was made for one Region.
    #[error("{0} is of one Region")]
    NotMultiRegion(String),
    /// The key is in that Region already.
    #[error("a replica in {0} exists")]
    ReplicaExists(String),
    /// AWS Private CA does not do what it was asked.
    #[error("private CA {authority}: {fault:?}")]
    PrivateCa {
        /// What is wrong.
        fault: PrivateCaFault,
        /// ARN of the authority, or of the certificate.
        authority: String,
    },
    /// There is no session to ask with.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// Anything else the service says, by its code.
    #[error("unexpected answer {0}")]
    Unexpected(String),
    /// The demonstration has no key of that name.
    #[error("unknown demonstration key {0}")]
    UnknownKey(String),
    /// The algorithm is not one this key signs with.
    #[error("algorithm does not fit the key")]
    AlgorithmDoesNotFit,
    /// There is no certificate for the key.
    #[error("no certificate")]
    NoCertificate,
    /// The demonstration's keys exist, but the credential store that opens them is locked or fails.
    #[error("credential store locked")]
    VaultLocked,
    /// The demonstration's file was written by a newer version of the program.
    #[error("demonstration of a newer version")]
    DemoNewer,
    /// The demonstration's folder cannot be used.
    #[error("demonstration store: {0:?}")]
    DemoStore(std::io::ErrorKind),
    /// Keys or certificates of the demonstration cannot be made.
    #[error("demonstration keys")]
    DemoCrypto,
}

impl KeyError {
    /// Stable code, the key of the texts that people read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Throttled => "kms.throttled",
            Self::KeyDisabled(_) => "kms.key_disabled",
            Self::KeyPendingDeletion(_) => "kms.key_pending_deletion",
            Self::KeyUnavailable(_) => "kms.key_unavailable",
            Self::WrongUsage(_) => "kms.wrong_usage",
            Self::NotFound(_) => "kms.not_found",
            Self::AccessDenied(_) => "kms.access_denied",
            Self::ExpiredToken => "kms.expired_token",
            Self::InvalidCredentials => "kms.invalid_credentials",
            Self::NoCredentials => "kms.no_credentials",
            Self::Network => "kms.network",
            Self::ClockSkewed(_) => "kms.clock_skewed",
            Self::KeyMismatch(_) => "kms.key_mismatch",
            Self::WrongAccount { .. } => "kms.wrong_account",
            Self::WrongTag { .. } => "kms.wrong_tag",
            Self::Alias(_) => "kms.alias",
            Self::AliasTaken(_) => "kms.alias_taken",
            Self::HalfMade { .. } => "kms.half_made",
            Self::PolicyRefused(_) => "kms.policy_refused",
            Self::PermissionSet(_) => "kms.permission_set",
            Self::PerhapsMade => "kms.perhaps_made",
            Self::SameKey(_) => "kms.same_key",
            Self::NoRotation(_) => "kms.no_rotation",
            Self::NotMultiRegion(_) => "kms.not_multi_region",
            Self::ReplicaExists(_) => "kms.replica_exists",
            Self::Subject(_) => "sign.subject",
            Self::Request => "certificate.request",
            Self::PrivateCa { fault, .. } => fault.code(),
            Self::SignIn(error) => error.code(),
            Self::Unexpected(_) => "kms.unexpected",
            Self::UnknownKey(_) => "sign.unknown_key",
            Self::AlgorithmDoesNotFit => "sign.algorithm_does_not_fit",
            Self::NoCertificate => "sign.no_certificate",
            Self::VaultLocked => "demo.vault_locked",
            Self::DemoNewer => "demo.newer",
            Self::DemoStore(_) => "demo.store",
            Self::DemoCrypto => "demo.crypto",
        }
    }

    /// What the words of that code need.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::KeyDisabled(key)
            | Self::KeyPendingDeletion(key)
            | Self::KeyUnavailable(key)
            | Self::WrongUsage(key)
            | Self::NotFound(key)
            | Self::AccessDenied(key)
            | Self::KeyMismatch(key)
            | Self::Alias(key)
            | Self::AliasTaken(key)
            | Self::PolicyRefused(key)
            | Self::SameKey(key)
            | Self::NoRotation(key)
            | Self::NotMultiRegion(key)
            | Self::UnknownKey(key) => vec![("key", key.clone())],
            Self::WrongAccount { expected, found } => vec![("expected", expected.clone()), ("found", found.clone())],
            Self::WrongTag { key, tag, expected, found } => {
                let found = if found.is_empty() { "—".to_owned() } else { found.clone() };
                vec![("key", key.clone()), ("tag", tag.clone()), ("expected", expected.clone()), ("found", found)]
            }
            Self::HalfMade { key, alias, cause } => {
                vec![("key", key.clone()), ("alias", alias.clone()), ("cause", (*cause).to_owned())]
            }
            Self::PermissionSet(set) => vec![("set", cades::readable(set))],
            Self::Subject(part) => vec![("part", cades::readable(part))],
            Self::PrivateCa { authority, .. } => vec![("authority", authority.clone())],
            Self::SignIn(error) => error.arguments(),
            Self::ReplicaExists(region) => vec![("region", region.clone())],
            Self::ClockSkewed(minutes) => vec![("minutes", minutes.to_string())],
            Self::Unexpected(detail) => vec![("detail", detail.clone())],
            _ => Vec::new(),
        }
    }
}
