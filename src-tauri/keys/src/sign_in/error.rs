//! Why somebody is not signed in. Each cause is its own, since each has its own remedy.

use crate::vault::VaultError;

/// What Identity Center, the browser or the stored session answers instead of credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// Nobody signed in on this computer yet, or the stored session was unreadable.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The session ended: expired, revoked, or signed out elsewhere (`UnauthorizedException`, `InvalidGrantException`).
    #[error("the session ended")]
    Ended,
    /// The person refused in the browser (`AccessDeniedException`).
    #[error("refused")]
    Refused,
    /// Identity Center may not use its own KMS key (`AccessDeniedException` with a reason of KMS).
    #[error("Identity Center's own key refused: {0}")]
    DirectoryKey(String),
    /// The device code ran out (`ExpiredTokenException`).
    #[error("the code expired")]
    CodeExpired,
    /// The browser never came back.
    #[error("the browser never answered")]
    TimedOut,
    /// The person gave up.
    #[error("cancelled")]
    Cancelled,
    /// No port of this computer can be listened on.
    #[error("no loopback port")]
    NoListener,
    /// The browser came back with an error of its own.
    #[error("the browser answered {0}")]
    BrowserAnswer(String),
    /// The role is not assigned to the person in that account (`ForbiddenException`).
    #[error("role {role} is not assigned in {account}")]
    NotAssigned {
        /// The environment's account.
        account: String,
        /// The environment's role.
        role: String,
    },
    /// Account or role do not exist (`ResourceNotFoundException`).
    #[error("no role {role} in {account}")]
    NoSuchRole {
        /// The environment's account.
        account: String,
        /// The environment's role.
        role: String,
    },
    /// The credentials belong to another account than the environment's.
    #[error("expected account {expected}, found {found}")]
    WrongAccount {
        /// The environment's account.
        expected: String,
        /// The credentials' account.
        found: String,
    },
    /// The service refuses what the environment's file says; its code.
    #[error("configuration refused: {0}")]
    Configuration(String),
    /// Too many requests, also after waiting.
    #[error("throttled")]
    Throttled,
    /// The service fails (`InternalServerException`).
    #[error("the service fails")]
    Unavailable,
    /// The service cannot be reached inside the deadline.
    #[error("no network")]
    Network,
    /// Credentials arrive expired: this computer's clock differs by that many minutes at least.
    #[error("clock differs by {0} minutes")]
    ClockSkewed(i64),
    /// The credential store cannot be read: nobody knows whether there is a session.
    #[error(transparent)]
    Store(VaultError),
    /// Another program of this computer keeps the session locked.
    #[error("the session is in use")]
    Busy,
    /// Anything else the service says, by its code.
    #[error("unexpected answer {0}")]
    Unexpected(String),
}

impl SignInError {
    /// Stable code, the key of the texts that people read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "session.none",
            Self::Ended => "session.expired",
            Self::Refused => "session.refused",
            Self::DirectoryKey(_) => "session.directory_key",
            Self::CodeExpired => "session.code_expired",
            Self::TimedOut => "session.timed_out",
            Self::Cancelled => "session.cancelled",
            Self::NoListener => "session.no_listener",
            Self::BrowserAnswer(_) => "session.browser_answer",
            Self::NotAssigned { .. } => "session.not_assigned",
            Self::NoSuchRole { .. } => "session.no_such_role",
            Self::WrongAccount { .. } => "session.wrong_account",
            Self::Configuration(_) => "session.configuration",
            Self::Throttled => "session.throttled",
            Self::Unavailable => "session.unavailable",
            Self::Network => "session.network",
            Self::ClockSkewed(_) => "session.clock_skewed",
            Self::Store(VaultError::Absent) => "session.store_absent",
            Self::Store(VaultError::Locked) => "session.store_locked",
            Self::Store(VaultError::Failed) => "session.store_failed",
            Self::Busy => "session.busy",
            Self::Unexpected(_) => "session.unexpected",
        }
    }

    /// What the words of that code need.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotAssigned { account, role } | Self::NoSuchRole { account, role } => {
                vec![("account", account.clone()), ("role", role.clone())]
            }
            Self::WrongAccount { expected, found } => vec![("expected", expected.clone()), ("found", found.clone())],
            Self::BrowserAnswer(detail)
            | Self::DirectoryKey(detail)
            | Self::Configuration(detail)
            | Self::Unexpected(detail) => vec![("detail", detail.clone())],
            Self::ClockSkewed(minutes) => vec![("minutes", minutes.to_string())],
            _ => Vec::new(),
        }
    }

    /// Whether a new sign-in, and nothing less, helps.
    #[must_use]
    pub fn needs_sign_in(&self) -> bool {
        matches!(self, Self::NotSignedIn | Self::Ended)
    }
}
