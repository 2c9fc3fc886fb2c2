//! The session as it is kept: in memory, and in the credential store as one secret.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Version of the stored form; another one counts as not signed in.
const VERSION: u32 = 1;

/// A word that nobody but the service may read: cleared when dropped, never shown.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(word: String) -> Self {
        Self(Zeroizing::new(word))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

/// By which way somebody signs in. Each way has a registration of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    Browser,
    Device,
}

/// This program as Identity Center knows it, for some ninety days.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    pub(crate) way: Way,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) expires_at: DateTime<Utc>,
}

/// A person's session with Identity Center.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored {
    version: u32,
    pub(crate) start_url: String,
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) role: String,
    pub(crate) registration: Registration,
    pub(crate) access_token: Secret,
    pub(crate) access_expires_at: DateTime<Utc>,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) signed_in_at: DateTime<Utc>,
    /// Session name of the role, by which Identity Center tells who it is; known after the first credentials.
    pub(crate) person: Option<String>,
}

/// What one exchange with `/token` brought.
pub(crate) struct Tokens {
    pub(crate) access_token: Secret,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) refresh_token: Option<Secret>,
}

impl Stored {
    pub(crate) fn new(
        center: &super::IdentityCenter,
        registration: Registration,
        tokens: Tokens,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            version: VERSION,
            start_url: center.start_url.clone(),
            region: center.region.clone(),
            account: center.account.clone(),
            role: center.role.clone(),
            registration,
            access_token: tokens.access_token,
            access_expires_at: tokens.expires_at,
            refresh_token: tokens.refresh_token,
            signed_in_at: now,
            person: None,
        }
    }

    /// The same session with newer tokens. A service that sends no new refresh token leaves the old one in force.
    pub(crate) fn renewed(&self, tokens: Tokens) -> Self {
        let mut renewed = self.clone();
        renewed.access_token = tokens.access_token;
        renewed.access_expires_at = tokens.expires_at;
        renewed.refresh_token = tokens.refresh_token.or(renewed.refresh_token);
        renewed
    }

    /// The stored bytes read back; `None` for anything that this version did not write for this environment.
    pub(crate) fn parse(bytes: &[u8], center: &super::IdentityCenter) -> Option<Self> {
        Self::parse_any(bytes, center).filter(|stored| stored.account == center.account && stored.role == center.role)
    }

    /// The stored bytes read back, for whatever account and role of the portal.
    pub(crate) fn parse_any(bytes: &[u8], center: &super::IdentityCenter) -> Option<Self> {
        let stored: Self = serde_json::from_slice(bytes).ok()?;
        let fits = stored.version == VERSION && stored.start_url == center.start_url && stored.region == center.region;
        fits.then_some(stored)
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Room enough at once: a vector that grows leaves copies behind that nobody clears.
        const ROOM: usize = 32 * 1024;
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        // Strings, dates and numbers always have a JSON form, and a vector takes them.
        let _ = serde_json::to_writer(&mut *bytes, self);
        bytes
    }
}
