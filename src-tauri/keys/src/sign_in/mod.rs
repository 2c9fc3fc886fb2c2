//! Signing in with IAM Identity Center.
//!
//! A person signs in with the system's browser (authorization code with PKCE, answered on 127.0.0.1) or with a code on
//! another device. What comes of it lives in memory and in the operating system's credential store, never in a file:
//! nothing of `~/.aws` is read or written. Credentials of the role live in memory only.
//!
//! One sign-in serves every program of this person on this computer: it is renewed under a lock, by one program at a
//! time, and the newer one is stored before it is used, since a refresh token is good for one use.

mod error;
mod loopback;
mod oidc;
mod stored;

use std::{
    fs::{self, File, TryLockError},
    future::Future,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, error::CredentialsError},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cades::Hash;
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::{
    sign_in::{
        loopback::Loopback,
        oidc::{Calls, Grant, TokenRefusal},
        stored::{Registration, Secret, Stored, Tokens, Way},
    },
    vault::{Vault, VaultError},
};

pub use error::SignInError;
pub use loopback::Pages;

/// An access token with less than this left is renewed before it is used.
const RENEW_BEFORE: TimeDelta = TimeDelta::minutes(15);

/// Role credentials with less than this left are replaced before they are used: a call may wait for its retries.
const ROLE_RENEW_BEFORE: TimeDelta = TimeDelta::minutes(2);

/// A registration with less than this left is made anew.
const REGISTRATION_RENEW_BEFORE: TimeDelta = TimeDelta::minutes(15);

/// How long a person may take in the browser.
const BROWSER_DEADLINE: Duration = Duration::from_secs(600);

/// What "slow down" adds to the time between two polls (RFC 8628, 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// How long another program may keep the session locked before this one goes on without it.
const LOCK_DEADLINE: Duration = Duration::from_secs(4);

/// How long ending a session may take: whoever leaves does not wait for it longer.
const LOGOUT_DEADLINE: Duration = Duration::from_secs(4);

/// How often a lock is tried.
const LOCK_POLL: Duration = Duration::from_millis(50);

/// Where an environment's people sign in, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityCenter {
    /// The portal's address, which administrators hand out.
    pub start_url: String,
    /// Home Region of Identity Center, which may differ from the keys'.
    pub region: String,
    /// Account of the environment.
    pub account: String,
    /// Permission set to be used there.
    pub role: String,
    /// Other addresses for tests: OIDC, portal.
    pub endpoints: Option<(String, String)>,
}

impl IdentityCenter {
    fn oidc_endpoint(&self) -> String {
        match &self.endpoints {
            Some((oidc, _)) => oidc.clone(),
            None => format!("https://oidc.{}.amazonaws.com", self.region),
        }
    }

    fn portal_endpoint(&self) -> String {
        match &self.endpoints {
            Some((_, portal)) => portal.clone(),
            None => format!("https://portal.sso.{}.amazonaws.com", self.region),
        }
    }
}

/// Who is signed in, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// The person, as Identity Center names the role's session; unknown until the first credentials were asked.
    pub person: Option<String>,
    /// Account of the environment.
    pub account: String,
    /// Role in it.
    pub role: String,
    /// When the person signed in.
    pub signed_in_at: DateTime<Utc>,
    /// Until when the access token is good.
    pub access_until: DateTime<Utc>,
    /// Whether it renews itself until the portal's session ends.
    pub renews: bool,
    /// Until when the role's credentials in memory are good, if there are any.
    pub role_until: Option<DateTime<Utc>>,
    /// Why the session ends with this program, where it could not be kept in the credential store.
    pub memory_only: Option<VaultError>,
}

/// What signing out achieved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    /// Whether Identity Center confirmed that the token ended.
    pub revoked: Result<(), SignInError>,
    /// Whether the credential store confirmed that it has nothing left.
    pub erased: Result<(), VaultError>,
    /// Until when credentials of the role that were already given out go on working; no call can end them.
    pub role_until: Option<DateTime<Utc>>,
}

/// The sign-in of one environment.
pub struct SignIn {
    center: IdentityCenter,
    calls: Calls,
    vault: Arc<dyn Vault>,
    /// Name of the secret in the credential store.
    secret: String,
    lock: PathBuf,
    clock: fn() -> DateTime<Utc>,
    /// The session; held while it is renewed, so that it is renewed once.
    session: tokio::sync::Mutex<Session>,
    role: RwLock<Option<Role>>,
    memory_only: Mutex<Option<VaultError>>,
    /// The kept registration with which a browser was sent off, until a person came back.
    tried: Mutex<Option<String>>,
}

/// What is known of the session. The credential store is asked once a launch.
#[derive(Default)]
struct Session {
    was_read: bool,
    stored: Option<Stored>,
}

#[derive(Clone)]
struct Role {
    credentials: Credentials,
    until: DateTime<Utc>,
}

/// A sign-in that waits for the browser.
pub struct BrowserSignIn {
    /// What the browser has to open.
    pub url: String,
    loopback: Loopback,
    state: Secret,
    verifier: Secret,
    registration: Registration,
}

/// A sign-in that waits for a code to be confirmed on another device.
pub struct DeviceSignIn {
    /// The code to be compared there.
    pub user_code: String,
    /// Where to type it.
    pub verification_uri: String,
    /// Where it is typed already.
    pub complete_uri: String,
    /// How long it is good.
    pub expires_in: Duration,
    interval: Duration,
    device_code: Secret,
    registration: Registration,
}

impl SignIn {
    /// The sign-in of an environment. `secret` names it in the credential store, `lock` is a file beside the program's
    /// data that holds nothing.
    #[must_use]
    pub fn new(
        center: IdentityCenter,
        vault: Arc<dyn Vault>,
        secret: String,
        lock: PathBuf,
        clock: fn() -> DateTime<Utc>,
    ) -> Self {
        Self {
            calls: Calls::new(&center),
            center,
            vault,
            secret,
            lock,
            clock,
            session: tokio::sync::Mutex::default(),
            role: RwLock::new(None),
            memory_only: Mutex::new(None),
            tried: Mutex::new(None),
        }
    }

    /// Where people of this environment sign in.
    #[must_use]
    pub fn center(&self) -> &IdentityCenter {
        &self.center
    }

    /// Who is signed in; nothing is asked of the network.
    ///
    /// # Errors
    /// [`SignInError::NotSignedIn`]; [`SignInError::Ended`] when the session is over and cannot be renewed.
    pub async fn info(&self) -> Result<SessionInfo, SignInError> {
        let mut session = self.session.lock().await;
        let stored = self.read(&mut session).await.clone().ok_or_else(|| self.nobody())?;
        if stored.access_expires_at <= (self.clock)() && stored.refresh_token.is_none() {
            return Err(SignInError::Ended);
        }
        Ok(self.info_of(&stored))
    }

    fn info_of(&self, stored: &Stored) -> SessionInfo {
        SessionInfo {
            person: stored.person.clone(),
            account: stored.account.clone(),
            role: stored.role.clone(),
            signed_in_at: stored.signed_in_at,
            access_until: stored.access_expires_at,
            renews: stored.refresh_token.is_some(),
            role_until: self.cached_role().map(|role| role.until),
            memory_only: self.memory_only(),
        }
    }

    /// That nobody is signed in, which may only mean that the store cannot be read.
    fn nobody(&self) -> SignInError {
        self.memory_only().map_or(SignInError::NotSignedIn, SignInError::Store)
    }

    /// Why the credential store could not be read or written, if so.
    #[must_use]
    pub fn memory_only(&self) -> Option<VaultError> {
        *self.memory_only.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prepares a sign-in with the system's browser: a listener on 127.0.0.1 and the address to open.
    ///
    /// # Errors
    /// [`SignInError`]
    pub async fn start_browser(&self) -> Result<BrowserSignIn, SignInError> {
        let registration = self.registration(Way::Browser).await?;
        // A service that forgot it tells only the browser: a second try is made with a new one.
        *self.tried.lock().unwrap_or_else(PoisonError::into_inner) = Some(registration.client_id.clone());
        let loopback = Loopback::open().await?;
        let (state, verifier) = (random_word()?, random_word()?);
        let challenge = URL_SAFE_NO_PAD.encode(Hash::Sha256.digest(verifier.reveal().as_bytes()));
        let mut url = Url::parse(&format!("{}/authorize", self.center.oidc_endpoint()))
            .map_err(|_| SignInError::Configuration("oidc".to_owned()))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &registration.client_id)
            .append_pair("redirect_uri", &loopback.redirect_uri())
            .append_pair("state", state.reveal())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            // Plural here, unlike everywhere else.
            .append_pair("scopes", "sso:account:access");
        Ok(BrowserSignIn { url: url.into(), loopback, state, verifier, registration })
    }

    /// Waits for the browser, exchanges its code, and tells the browser how it went. Dropping the future gives up.
    ///
    /// # Errors
    /// [`SignInError`]
    pub async fn finish_browser(&self, started: BrowserSignIn, pages: &Pages) -> Result<SessionInfo, SignInError> {
        let answer = tokio::time::timeout(BROWSER_DEADLINE, started.loopback.answer(&started.state))
            .await
            .map_err(|_| SignInError::TimedOut)?;
        let signed_in = match &answer.code {
            Ok(code) => {
                let redirect_uri = started.loopback.redirect_uri();
                let grant = Grant::Code { code, redirect_uri: &redirect_uri, verifier: &started.verifier };
                match self.calls.token(&started.registration, grant, (self.clock)()).await {
                    Ok(tokens) => self.accept(started.registration, tokens).await,
                    Err(refusal) => Err(refusal.into()),
                }
            }
            Err(error) => Err(error.clone()),
        };
        answer.tell(if signed_in.is_ok() { &pages.done } else { &pages.failed }).await;
        signed_in
    }

    /// Prepares a sign-in with a code on another device.
    ///
    /// # Errors
    /// [`SignInError`]
    pub async fn start_device(&self) -> Result<DeviceSignIn, SignInError> {
        let mut registration = self.registration(Way::Device).await?;
        let code = match self.calls.device_code(&self.center, &registration).await {
            // The kept registration is gone at the service: a new one is made, once.
            Err(SignInError::Ended) => {
                registration = self.calls.register(&self.center, Way::Device).await?;
                self.calls.device_code(&self.center, &registration).await?
            }
            other => other?,
        };
        Ok(DeviceSignIn {
            user_code: code.user_code,
            verification_uri: code.verification_uri,
            complete_uri: code.complete_uri,
            expires_in: code.expires_in,
            interval: code.interval,
            device_code: code.device_code,
            registration,
        })
    }

    /// Polls until the code was confirmed, refused or ran out. Dropping the future gives up.
    ///
    /// # Errors
    /// [`SignInError`]
    pub async fn finish_device(&self, started: DeviceSignIn) -> Result<SessionInfo, SignInError> {
        let mut interval = started.interval;
        let polled = async {
            loop {
                tokio::time::sleep(interval).await;
                let grant = Grant::Device(&started.device_code);
                match self.calls.token(&started.registration, grant, (self.clock)()).await {
                    Ok(tokens) => return Ok(tokens),
                    Err(TokenRefusal::Pending) => {}
                    // A network that stumbles does not lose a code that is still good; nor is a service pressed.
                    Err(
                        TokenRefusal::SlowDown | TokenRefusal::Failed(SignInError::Network | SignInError::Unavailable),
                    ) => interval += SLOW_DOWN,
                    Err(TokenRefusal::Failed(error)) => return Err(error),
                }
            }
        };
        let tokens = tokio::time::timeout(started.expires_in, polled).await.map_err(|_| SignInError::CodeExpired)??;
        self.accept(started.registration, tokens).await
    }

    /// Ends the session: at the service, in the credential store, in memory.
    pub async fn sign_out(&self) -> SignedOut {
        let mut session = self.session.lock().await;
        let _lock = self.locked().await.ok();
        let stored = match self.read(&mut session).await.take() {
            Some(stored) => Ok(Some(stored)),
            // A session of another role or account of this portal is ended as well.
            None => match self.memory_only() {
                Some(error) => Err(SignInError::Store(error)),
                None => self.load_any().await.map_err(SignInError::Store),
            },
        };
        let role_until = self.forget_role().map(|role| role.until);
        let revoked = match stored {
            Ok(Some(stored)) => self.revoke(stored).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        session.stored = None;
        let erased = match self.store_call(|vault, secret| vault.erase(secret)).await {
            // Where there is no store there is nothing in it.
            Err(VaultError::Absent) => Ok(()),
            other => other,
        };
        SignedOut { revoked, erased, role_until }
    }

    /// Ends a session at the service, within a person's patience.
    async fn revoke(&self, stored: Stored) -> Result<(), SignInError> {
        let ending = async {
            let mut token = stored.access_token.clone();
            // An access token that ran out ends nothing any more; what it is renewed with would live on.
            if let Some(refresh) = stored.refresh_token.as_ref().filter(|_| stored.access_expires_at <= (self.clock)())
            {
                match self.calls.token(&stored.registration, Grant::Refresh(refresh), (self.clock)()).await {
                    Ok(tokens) => token = tokens.access_token,
                    Err(TokenRefusal::Failed(SignInError::Ended)) => return Ok(()),
                    Err(refusal) => return Err(refusal.into()),
                }
            }
            match self.calls.logout(&token).await {
                // Nothing is left to end.
                Err(SignInError::Ended) => Ok(()),
                other => other,
            }
        };
        tokio::time::timeout(LOGOUT_DEADLINE, ending).await.unwrap_or(Err(SignInError::Network))
    }

    /// Credentials of the environment's role: those in memory while they last, else new ones.
    ///
    /// # Errors
    /// [`SignInError`]
    pub async fn role_credentials(&self) -> Result<Credentials, SignInError> {
        if let Some(role) = self.cached_role().filter(|role| role.until - (self.clock)() > ROLE_RENEW_BEFORE) {
            return Ok(role.credentials);
        }
        // Whoever comes second finds what the first one brought.
        let mut session = self.session.lock().await;
        if let Some(role) = self.cached_role().filter(|role| role.until - (self.clock)() > ROLE_RENEW_BEFORE) {
            return Ok(role.credentials);
        }
        let token = self.token(&mut session, None).await?;
        let answer = match self.calls.role(&self.center, &token).await {
            Err(SignInError::Ended) => {
                // The token ended early, perhaps because another program of this computer renewed it.
                let token = self.token(&mut session, Some(&token)).await?;
                match self.calls.role(&self.center, &token).await {
                    Err(SignInError::Ended) => return Err(self.end(&mut session).await),
                    other => other?,
                }
            }
            other => other?,
        };
        let now = (self.clock)();
        if answer.expires_at <= now {
            return Err(SignInError::ClockSkewed((now - answer.expires_at).num_minutes()));
        }
        let credentials = Credentials::new(
            answer.access_key_id,
            answer.secret_access_key.reveal(),
            Some(answer.session_token.reveal().to_owned()),
            Some(answer.expires_at.into()),
            "cartorio",
        );
        *self.role.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Role { credentials: credentials.clone(), until: answer.expires_at });
        Ok(credentials)
    }

    /// Forgets the role's credentials, because a service called them expired.
    pub fn forget_role_credentials(&self) {
        self.forget_role();
    }

    /// Notes who it is, once a service told.
    pub async fn note_person(&self, person: &str) {
        let mut session = self.session.lock().await;
        let Some(mut stored) = session.stored.clone().filter(|stored| stored.person.as_deref() != Some(person)) else {
            return;
        };
        stored.person = Some(person.to_owned());
        if self.memory_only().is_none() {
            let _lock = self.locked().await.ok();
            // A renewal by another program is not undone for a name; what another person left there is not this one's.
            match self.load().await {
                Ok(Some(mut latest)) if latest.signed_in_at == stored.signed_in_at => {
                    latest.person = stored.person.take();
                    stored = latest;
                    self.keep(&stored).await;
                }
                _ => {}
            }
        }
        session.stored = Some(stored);
    }

    fn cached_role(&self) -> Option<Role> {
        self.role.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn forget_role(&self) -> Option<Role> {
        self.role.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The kept registration for that way, or a new one.
    async fn registration(&self, way: Way) -> Result<Registration, SignInError> {
        let mut session = self.session.lock().await;
        let kept = self.read(&mut session).await.as_ref().map(|stored| stored.registration.clone());
        drop(session);
        let tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let good = |kept: &Registration| {
            kept.way == way
                && kept.expires_at - (self.clock)() > REGISTRATION_RENEW_BEFORE
                && tried.as_deref() != Some(kept.client_id.as_str())
        };
        match kept.filter(good) {
            Some(kept) => Ok(kept),
            None => self.calls.register(&self.center, way).await,
        }
    }

    /// A new session: stored, then used.
    async fn accept(&self, registration: Registration, tokens: Tokens) -> Result<SessionInfo, SignInError> {
        let mut session = self.session.lock().await;
        let _lock = self.locked().await.ok();
        self.forget_role();
        let stored = Stored::new(&self.center, registration, tokens, (self.clock)());
        self.keep(&stored).await;
        if self.memory_only().is_some() {
            // Whoever was signed in before is so no longer: the next program must not take up their session.
            let _ = self.store_call(|vault, secret| vault.erase(secret)).await;
        }
        *self.tried.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let info = self.info_of(&stored);
        *session = Session { was_read: true, stored: Some(stored) };
        Ok(info)
    }

    /// An access token that is good for a while; not `refused`, which the service no longer takes.
    async fn token(&self, session: &mut Session, refused: Option<&Secret>) -> Result<Secret, SignInError> {
        let is_good = |stored: &Stored, now: DateTime<Utc>, left: TimeDelta| {
            stored.access_expires_at - now > left
                && refused.is_none_or(|refused| refused.reveal() != stored.access_token.reveal())
        };
        let stored = self.read(session).await.clone().ok_or_else(|| self.nobody())?;
        if is_good(&stored, (self.clock)(), RENEW_BEFORE) {
            return Ok(stored.access_token);
        }
        match self.renew(session, stored, &is_good).await {
            Ok(token) => Ok(token),
            Err(SignInError::Ended) => Err(self.end(session).await),
            Err(SignInError::NotSignedIn) => {
                session.stored = None;
                Err(SignInError::NotSignedIn)
            }
            Err(error) => match &session.stored {
                // A service that cannot renew just now takes nothing away from a token that still works.
                Some(stored) if is_good(stored, (self.clock)(), TimeDelta::zero()) => Ok(stored.access_token.clone()),
                _ => Err(error),
            },
        }
    }

    /// Renews under the lock that all programs of this computer share.
    async fn renew(
        &self,
        session: &mut Session,
        known: Stored,
        is_good: &(dyn Fn(&Stored, DateTime<Utc>, TimeDelta) -> bool + Sync),
    ) -> Result<Secret, SignInError> {
        let _lock = self.locked().await?;
        let mut latest = known;
        if self.memory_only().is_none() {
            // Another program may have renewed it, or signed out, since this one looked.
            match self.load().await {
                Ok(Some(stored)) => latest = stored,
                Ok(None) => return Err(SignInError::NotSignedIn),
                Err(_) => {}
            }
        }
        session.stored = Some(latest.clone());
        if is_good(&latest, (self.clock)(), RENEW_BEFORE) {
            return Ok(latest.access_token);
        }
        let Some(refresh_token) = &latest.refresh_token else {
            // Nothing to renew with: it is used to its end.
            return if is_good(&latest, (self.clock)(), TimeDelta::zero()) {
                Ok(latest.access_token)
            } else {
                Err(SignInError::Ended)
            };
        };
        let grant = Grant::Refresh(refresh_token);
        let tokens = self.calls.token(&latest.registration, grant, (self.clock)()).await.map_err(SignInError::from)?;
        let renewed = latest.renewed(tokens);
        self.keep(&renewed).await;
        let token = renewed.access_token.clone();
        session.stored = Some(renewed);
        Ok(token)
    }

    /// The session is over: nothing of it is kept.
    async fn end(&self, session: &mut Session) -> SignInError {
        let ended = session.stored.take();
        self.forget_role();
        let _lock = self.locked().await.ok();
        // Another program may have signed in meanwhile: that session is not this one's to end.
        let is_another = match (self.load().await, ended) {
            (Ok(Some(latest)), Some(ended)) => latest.access_token.reveal() != ended.access_token.reveal(),
            _ => false,
        };
        if !is_another {
            // A store that refuses keeps a token that no longer opens anything.
            let _ = self.store_call(|vault, secret| vault.erase(secret)).await;
        }
        SignInError::Ended
    }

    /// What is known of the session, after the credential store was asked once.
    async fn read<'s>(&self, session: &'s mut Session) -> &'s mut Option<Stored> {
        if !session.was_read {
            session.stored = self.load().await.unwrap_or_else(|error| {
                *self.memory_only.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                None
            });
            session.was_read = true;
        }
        &mut session.stored
    }

    async fn load(&self) -> Result<Option<Stored>, VaultError> {
        let found = self.store_call(|vault, secret| vault.read(secret)).await?;
        Ok(found.and_then(|bytes| Stored::parse(&bytes, &self.center)))
    }

    /// What is stored for this portal, whatever its role and account.
    async fn load_any(&self) -> Result<Option<Stored>, VaultError> {
        let found = self.store_call(|vault, secret| vault.read(secret)).await?;
        Ok(found.and_then(|bytes| Stored::parse_any(&bytes, &self.center)))
    }

    /// Stores the session, or notes why it lives in memory only.
    async fn keep(&self, stored: &Stored) {
        let bytes = stored.to_bytes();
        let kept = self.store_call(move |vault, secret| vault.write(secret, &bytes)).await;
        *self.memory_only.lock().unwrap_or_else(PoisonError::into_inner) = kept.err();
    }

    /// The credential store blocks, at most for its deadline: never on a thread that others wait on.
    async fn store_call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Vault, &str) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (vault, secret) = (Arc::clone(&self.vault), self.secret.clone());
        tokio::task::spawn_blocking(move || call(vault.as_ref(), &secret)).await.unwrap_or(Err(VaultError::Failed))
    }

    /// The lock of all programs of this computer. Renewing needs it; whoever only writes goes on without it, after the
    /// deadline: a session is not lost for a neighbour that hangs.
    async fn locked(&self) -> Result<File, SignInError> {
        if let Some(folder) = self.lock.parent() {
            fs::create_dir_all(folder).map_err(|_| SignInError::Busy)?;
        }
        let file = File::create(&self.lock).map_err(|_| SignInError::Busy)?;
        let waited = async {
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(()),
                    Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_POLL).await,
                    Err(TryLockError::Error(_)) => return Err(SignInError::Busy),
                }
            }
        };
        tokio::time::timeout(LOCK_DEADLINE, waited).await.map_err(|_| SignInError::Busy)??;
        Ok(file)
    }
}

impl From<TokenRefusal> for SignInError {
    fn from(refusal: TokenRefusal) -> Self {
        match refusal {
            TokenRefusal::Pending => Self::Unexpected("AuthorizationPendingException".to_owned()),
            TokenRefusal::SlowDown => Self::Throttled,
            TokenRefusal::Failed(error) => error,
        }
    }
}

/// A word nobody can guess: 32 random bytes, 43 letters, as RFC 7636, 4.1 recommends for verifiers.
fn random_word() -> Result<Secret, SignInError> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(bytes.as_mut()).map_err(|_| SignInError::Unexpected("random".to_owned()))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_ref())))
}

/// Gives the role's credentials to a service's client.
#[derive(Clone)]
pub(crate) struct RoleProvider(pub(crate) Arc<SignIn>);

impl std::fmt::Debug for RoleProvider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RoleProvider")
    }
}

impl ProvideCredentials for RoleProvider {
    fn provide_credentials<'a>(&'a self) -> provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let asked: std::pin::Pin<Box<dyn Future<Output = _> + Send + 'a>> =
            Box::pin(async { self.0.role_credentials().await.map_err(CredentialsError::provider_error) });
        provider::future::ProvideCredentials::new(asked)
    }
}
