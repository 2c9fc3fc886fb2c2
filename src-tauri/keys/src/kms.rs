//! AWS KMS as a [`Signer`]: 32 to 64 bytes go out, a signature comes back.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use aws_config::{Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_kms::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
    primitives::Blob,
    types::{KeyMetadata, KeyState, KeyUsageType, MessageType, SigningAlgorithmSpec, Tag},
};
use cades::{Certificate, Hash, Scheme, SignatureAlgorithm};
use chrono::{DateTime, Utc};

use crate::{
    Credentials, KeyError, Signed, Signer, Signing,
    clock_watch::{ClockWatch, TOLERATED_MINUTES, skew_minutes},
    kms_key::KmsKey,
    request::{self, Subject},
    unsigned::key_kind,
};

/// Where signing keys of Brazilian offices live unless said otherwise.
pub const DEFAULT_REGION: &str = "sa-east-1";

/// The service's own address in a Region.
#[must_use]
pub fn official_endpoint(region: &str) -> String {
    format!("https://kms.{region}.amazonaws.com")
}

/// Attempts of one call, the first included. With the standard back-off they fit well inside [`DEADLINE`].
const ATTEMPTS: u32 = 6;

/// Longest wait between two attempts.
const MAX_BACKOFF: Duration = Duration::from_secs(4);

/// How long one attempt may take.
const ATTEMPT_DEADLINE: Duration = Duration::from_secs(6);

/// How long a connection may take to be made.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);

/// How long a call may take with all its attempts: beyond it a clerk wants to be told.
const DEADLINE: Duration = Duration::from_secs(20);

/// Which key, where, and with whose credentials.
#[derive(Clone)]
pub struct KmsSettings {
    /// ARN, alias (`alias/…`) or id.
    pub key: String,
    /// Region of the key.
    pub region: String,
    /// Another end point, for tests.
    pub endpoint: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
    /// What the key has to be, where an environment says so.
    pub expected: Option<Expected>,
    /// Where the key's replica stands by.
    pub stand_by: Option<StandBy>,
}

/// Another Region that holds the same multi-Region key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandBy {
    /// The Region.
    pub region: String,
    /// Its end point, for tests.
    pub endpoint: Option<String>,
}

/// What an environment says of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The account that owns it.
    pub account: String,
    /// Tags it bears, with their values; compared letter by letter, as KMS does.
    pub tags: Vec<(String, String)>,
}

impl Expected {
    /// The tags as KMS takes them.
    pub(crate) fn to_tags(&self) -> Result<Vec<Tag>, KeyError> {
        let tag = |(tag, value): &(String, String)| Tag::builder().tag_key(tag).tag_value(value).build();
        self.tags.iter().map(tag).collect::<Result<_, _>>().map_err(|_| KeyError::Unexpected("Tag".to_owned()))
    }

    /// The tags as a request shows them.
    pub(crate) fn shown_tags(&self) -> Vec<serde_json::Value> {
        let tag = |(tag, value): &(String, String)| serde_json::json!({ "TagKey": tag, "TagValue": value });
        self.tags.iter().map(tag).collect()
    }
}

/// A KMS key that was checked against its certificate and its environment.
pub struct KmsSigner {
    primary: Place,
    stand_by: Option<Place>,
    /// The environment names another Region, and the key is in one alone: nobody should find out when it fails.
    lacks_stand_by: bool,
    /// The first Region failed: the replica signs from then on, so that nobody waits for the failure again.
    failed_over: AtomicBool,
    /// As the person named it.
    label: String,
    chain: Vec<Certificate>,
    algorithms: Vec<SigningAlgorithmSpec>,
    credentials: Credentials,
    expected: Option<Expected>,
    clock: fn() -> DateTime<Utc>,
}

/// A key in one Region.
struct Place {
    client: Client,
    region: String,
    /// The key's ARN: an alias may move between two calls, an ARN cannot.
    arn: String,
    /// Whether it was checked; a stand-by is when it is first needed.
    is_checked: AtomicBool,
}

impl KmsSigner {
    /// Connects, and compares the key with its environment and its public half with the certificate's. Three calls
    /// where the environment says what to expect, else one.
    ///
    /// # Errors
    /// [`KeyError`], each cause its own; [`KeyError::ClockSkewed`] also where the service lets a wrong time pass.
    pub async fn connect(
        settings: &KmsSettings,
        chain: Vec<Certificate>,
        clock: fn() -> DateTime<Utc>,
    ) -> Result<Self, KeyError> {
        let signer = chain.first().ok_or(KeyError::NoCertificate)?;
        let watch = ClockWatch::new(clock);
        let client = watched_client(settings, &settings.region, settings.endpoint.as_deref(), &watch).await?;
        let key = &settings.key;
        if let Some(expected) = &settings.expected {
            check_key(&client, key, key, expected, clock).await?;
        }
        let (arn, algorithms) = check_public_key(&client, key, key, signer, clock).await?;
        watch.check()?;
        let stand_by = match &settings.stand_by {
            Some(place) if arn.contains(MULTI_REGION) => Some(Place {
                client: self::client(settings, &place.region, place.endpoint.as_deref()).await?,
                region: place.region.clone(),
                arn: arn.replacen(&format!(":{}:", settings.region), &format!(":{}:", place.region), 1),
                is_checked: AtomicBool::new(false),
            }),
            _ => None,
        };
        Ok(Self {
            lacks_stand_by: settings.stand_by.is_some() && stand_by.is_none(),
            primary: Place { client, region: settings.region.clone(), arn, is_checked: AtomicBool::new(true) },
            stand_by,
            failed_over: AtomicBool::new(false),
            label: key.clone(),
            algorithms,
            chain,
            credentials: settings.credentials.clone(),
            expected: settings.expected.clone(),
            clock,
        })
    }

    async fn sign(&self, algorithm: SignatureAlgorithm, digest: &[u8]) -> Result<Signed, KeyError> {
        let specification = specification(algorithm).ok_or(KeyError::AlgorithmDoesNotFit)?;
        if !self.algorithms.contains(&specification) {
            return Err(KeyError::WrongUsage(self.label.clone()));
        }
        if !self.failed_over.load(Ordering::Relaxed) {
            match self.sign_at(&self.primary, &specification, digest).await {
                Err(KeyError::Network | KeyError::KeyUnavailable(_)) if self.stand_by.is_some() => {
                    self.failed_over.store(true, Ordering::Relaxed);
                }
                other => return other,
            }
        }
        match &self.stand_by {
            Some(place) => self.sign_at(place, &specification, digest).await,
            None => self.sign_at(&self.primary, &specification, digest).await,
        }
    }

    async fn sign_at(
        &self,
        place: &Place,
        specification: &SigningAlgorithmSpec,
        digest: &[u8],
    ) -> Result<Signed, KeyError> {
        if !place.is_checked.load(Ordering::Relaxed) {
            // The replica is the same key with tags of its own.
            if let Some(expected) = &self.expected {
                check_key(&place.client, &place.arn, &self.label, expected, self.clock).await?;
            }
            let signer = self.chain.first().ok_or(KeyError::NoCertificate)?;
            check_public_key(&place.client, &place.arn, &self.label, signer, self.clock).await?;
            place.is_checked.store(true, Ordering::Relaxed);
        }
        match self.ask(place, specification, digest).await {
            // Credentials that ended early are replaced once; a session that ended says so itself.
            Err(KeyError::ExpiredToken | KeyError::InvalidCredentials) if self.credentials.renew().await? => {
                self.ask(place, specification, digest).await
            }
            other => other,
        }
    }

    async fn ask(
        &self,
        place: &Place,
        specification: &SigningAlgorithmSpec,
        digest: &[u8],
    ) -> Result<Signed, KeyError> {
        self.credentials.check().await?;
        let answer = place
            .client
            .sign()
            .key_id(&place.arn)
            .message(Blob::new(digest))
            // The digest of the signed attributes: RAW stops at 4 096 bytes, and a policy can pin DIGEST.
            .message_type(MessageType::Digest)
            .signing_algorithm(specification.clone())
            .send()
            .await
            .map_err(|error| map(error, &self.label, self.clock))?;
        if answer.key_id() != Some(&place.arn) {
            return Err(KeyError::KeyMismatch(self.label.clone()));
        }
        let request_id = answer.request_id().map(str::to_owned);
        let signature = answer.signature.ok_or_else(|| KeyError::Unexpected("Signature".to_owned()))?.into_inner();
        let stand_by = (place.region != self.primary.region).then(|| place.region.clone());
        Ok(Signed { signature, request_id, stand_by })
    }
}

/// By this an id tells that its key exists in several Regions.
pub(crate) const MULTI_REGION: &str = ":key/mrk-";

/// What KMS says of a key (one call).
pub(crate) async fn describe(
    client: &Client,
    key: &str,
    label: &str,
    clock: fn() -> DateTime<Utc>,
) -> Result<KeyMetadata, KeyError> {
    let answer = client.describe_key().key_id(key).send().await.map_err(|error| map(error, label, clock))?;
    answer.key_metadata.ok_or_else(|| KeyError::Unexpected("KeyMetadata".to_owned()))
}

/// The policy of a key, JSON (one call).
pub(crate) async fn policy_of(
    client: &Client,
    arn: &str,
    label: &str,
    clock: fn() -> DateTime<Utc>,
) -> Result<String, KeyError> {
    let answer = client.get_key_policy().key_id(arn).send().await.map_err(|error| map(error, label, clock))?;
    answer.policy.ok_or_else(|| KeyError::Unexpected("Policy".to_owned()))
}

/// Account, state, usage and tags are what the environment says (two calls); gives what KMS says of the key.
pub(crate) async fn check_key(
    client: &Client,
    key: &str,
    label: &str,
    expected: &Expected,
    clock: fn() -> DateTime<Utc>,
) -> Result<KeyMetadata, KeyError> {
    let found = describe(client, key, label, clock).await?;
    // An alias leads to a key of the caller's own account; an ARN may name any.
    let account = found.arn().and_then(|arn| arn.split(':').nth(4)).unwrap_or_default();
    if account != expected.account {
        return Err(KeyError::WrongAccount { expected: expected.account.clone(), found: account.to_owned() });
    }
    match found.key_state() {
        Some(KeyState::Enabled) => {}
        Some(KeyState::Disabled) => return Err(KeyError::KeyDisabled(label.to_owned())),
        Some(KeyState::PendingDeletion | KeyState::PendingReplicaDeletion) => {
            return Err(KeyError::KeyPendingDeletion(label.to_owned()));
        }
        _ => return Err(KeyError::KeyUnavailable(label.to_owned())),
    }
    if found.key_usage() != Some(&KeyUsageType::SignVerify) {
        return Err(KeyError::WrongUsage(label.to_owned()));
    }
    let arn = found.arn().unwrap_or(key);
    let mut tags = Vec::new();
    let mut pages = client.list_resource_tags().key_id(arn).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| map(error, label, clock))?;
        tags.extend(page.tags().iter().map(|tag| (tag.tag_key().to_owned(), tag.tag_value().to_owned())));
    }
    for (tag, value) in &expected.tags {
        let borne = tags.iter().find(|(name, _)| name == tag).map(|(_, value)| value);
        if borne != Some(value) {
            let (expected, found) = (value.clone(), borne.cloned().unwrap_or_default());
            return Err(KeyError::WrongTag { key: label.to_owned(), tag: tag.clone(), expected, found });
        }
    }
    Ok(found)
}

/// The public half is the certificate's (one call); gives the ARN and what the key can do.
pub(crate) async fn check_public_key(
    client: &Client,
    key: &str,
    label: &str,
    signer: &Certificate,
    clock: fn() -> DateTime<Utc>,
) -> Result<(String, Vec<SigningAlgorithmSpec>), KeyError> {
    let answer = client.get_public_key().key_id(key).send().await.map_err(|error| map(error, label, clock))?;
    if answer.key_usage() != Some(&KeyUsageType::SignVerify) {
        return Err(KeyError::WrongUsage(label.to_owned()));
    }
    if answer.public_key().map(AsRef::as_ref) != Some(signer.spki.as_slice()) {
        return Err(KeyError::KeyMismatch(label.to_owned()));
    }
    let arn = answer.key_id().ok_or_else(|| KeyError::Unexpected("KeyId".to_owned()))?.to_owned();
    Ok((arn, answer.signing_algorithms().to_vec()))
}

impl Signer for KmsSigner {
    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn label(&self) -> String {
        self.label.clone()
    }

    fn notice(&self) -> Option<&'static str> {
        self.lacks_stand_by.then_some("notice-lacks-stand-by")
    }

    fn sign_digest<'s>(&'s self, algorithm: SignatureAlgorithm, digest: &'s [u8]) -> Signing<'s> {
        Box::pin(self.sign(algorithm, digest))
    }
}

/// A certificate request made and signed by the key itself (two calls, four where the environment says what to expect).
///
/// # Errors
/// [`KeyError`]
pub async fn request_certificate(
    settings: &KmsSettings,
    subject: &Subject,
    algorithm: Option<SignatureAlgorithm>,
    clock: fn() -> DateTime<Utc>,
) -> Result<Vec<u8>, KeyError> {
    let key = KmsKey::open(settings, clock).await?;
    // PKCS #1 for RSA, which every authority takes.
    let usual = SignatureAlgorithm::usual(key_kind(key.spki())?);
    let algorithm = algorithm.or(usual).ok_or(KeyError::AlgorithmDoesNotFit)?;
    key.sign(request::unsigned(subject, key.spki(), algorithm)?).await
}

/// The public half of a key as `SubjectPublicKeyInfo`, for those who have to issue a certificate for it.
///
/// # Errors
/// [`KeyError`]
pub async fn public_key(settings: &KmsSettings, clock: fn() -> DateTime<Utc>) -> Result<Vec<u8>, KeyError> {
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    let answer =
        client.get_public_key().key_id(&settings.key).send().await.map_err(|error| map(error, &settings.key, clock))?;
    answer.public_key.map(Blob::into_inner).ok_or_else(|| KeyError::Unexpected("PublicKey".to_owned()))
}

pub(crate) async fn client(settings: &KmsSettings, region: &str, endpoint: Option<&str>) -> Result<Client, KeyError> {
    Ok(Client::from_conf(configuration(settings, region, endpoint).await?.build()))
}

pub(crate) async fn watched_client(
    settings: &KmsSettings,
    region: &str,
    endpoint: Option<&str>,
    watch: &ClockWatch,
) -> Result<Client, KeyError> {
    Ok(Client::from_conf(configuration(settings, region, endpoint).await?.interceptor(watch.clone()).build()))
}

async fn configuration(
    settings: &KmsSettings,
    region: &str,
    endpoint: Option<&str>,
) -> Result<aws_sdk_kms::config::Builder, KeyError> {
    let shared = settings.credentials.configuration(region).await?;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_DEADLINE)
        .operation_attempt_timeout(ATTEMPT_DEADLINE)
        .operation_timeout(DEADLINE)
        .build();
    let mut configuration = aws_sdk_kms::config::Builder::from(&shared)
        .region(Region::new(region.to_owned()))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(MAX_BACKOFF))
        .timeout_config(timeouts);
    if let Some(endpoint) = endpoint {
        configuration = configuration.endpoint_url(endpoint);
    }
    Ok(configuration)
}

pub(crate) fn specification(algorithm: SignatureAlgorithm) -> Option<SigningAlgorithmSpec> {
    Some(match (algorithm.scheme, algorithm.hash) {
        (Scheme::RsaPkcs1, Hash::Sha256) => SigningAlgorithmSpec::RsassaPkcs1V15Sha256,
        (Scheme::RsaPkcs1, Hash::Sha384) => SigningAlgorithmSpec::RsassaPkcs1V15Sha384,
        (Scheme::RsaPkcs1, Hash::Sha512) => SigningAlgorithmSpec::RsassaPkcs1V15Sha512,
        (Scheme::RsaPss, Hash::Sha256) => SigningAlgorithmSpec::RsassaPssSha256,
        (Scheme::RsaPss, Hash::Sha384) => SigningAlgorithmSpec::RsassaPssSha384,
        (Scheme::RsaPss, Hash::Sha512) => SigningAlgorithmSpec::RsassaPssSha512,
        (Scheme::Ecdsa, Hash::Sha256) => SigningAlgorithmSpec::EcdsaSha256,
        (Scheme::Ecdsa, Hash::Sha384) => SigningAlgorithmSpec::EcdsaSha384,
        (Scheme::Ecdsa, Hash::Sha512) => SigningAlgorithmSpec::EcdsaSha512,
        _ => return None,
    })
}

/// The program's word for what the service or the way to it answered.
pub(crate) fn map<E: ProvideErrorMetadata>(
    error: SdkError<E, HttpResponse>,
    key: &str,
    clock: fn() -> DateTime<Utc>,
) -> KeyError {
    let key = key.to_owned();
    match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => KeyError::Network,
        SdkError::ServiceError(failure) => match failure.err().code().unwrap_or_default() {
            "ThrottlingException" | "LimitExceededException" => KeyError::Throttled,
            "DisabledException" => KeyError::KeyDisabled(key),
            "KMSInvalidStateException" => KeyError::KeyPendingDeletion(key),
            "KeyUnavailableException"
            | "DependencyTimeoutException"
            | "KMSInternalException"
            | "InternalFailure"
            | "ServiceUnavailable"
            | "ServiceUnavailableException" => KeyError::KeyUnavailable(key),
            "InvalidKeyUsageException" | "UnsupportedOperationException" => KeyError::WrongUsage(key),
            "NotFoundException" => KeyError::NotFound(key),
            "AlreadyExistsException" => KeyError::AliasTaken(key),
            "MalformedPolicyDocumentException" => KeyError::PolicyRefused(key),
            "AccessDeniedException" => KeyError::AccessDenied(key),
            "ExpiredTokenException" | "ExpiredToken" => KeyError::ExpiredToken,
            "RequestExpired" | "RequestTimeTooSkewed" | "InvalidSignatureException" | "SignatureDoesNotMatch" => {
                match skew_minutes(failure.raw(), clock()) {
                    Some(minutes) if minutes.abs() > TOLERATED_MINUTES => KeyError::ClockSkewed(minutes.abs()),
                    _ => KeyError::InvalidCredentials,
                }
            }
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "IncompleteSignature"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException" => KeyError::InvalidCredentials,
            "" => KeyError::Unexpected(failure.raw().status().as_u16().to_string()),
            other => KeyError::Unexpected(other.to_owned()),
        },
        _ => KeyError::Unexpected("SDK".to_owned()),
    }
}
