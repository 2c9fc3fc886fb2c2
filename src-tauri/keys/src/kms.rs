//! AWS KMS as a [`Signer`]: 32 to 64 bytes go out, a signature comes back.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kms::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
    primitives::Blob,
    types::{KeyUsageType, MessageType, SigningAlgorithmSpec},
};
use cades::{Certificate, Hash, Scheme, SignatureAlgorithm};
use chrono::{DateTime, Utc};

use crate::{KeyError, Signed, Signer, Signing};

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

/// Clock differences up to this are none of the service's concern (SigV4 allows five minutes).
const TOLERATED_SKEW_MINUTES: i64 = 4;

/// Which key, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsSettings {
    /// ARN, alias (`alias/…`) or id.
    pub key: String,
    /// Region of the key.
    pub region: String,
    /// Another end point, for tests.
    pub endpoint: Option<String>,
}

/// A KMS key that was checked against its certificate.
pub struct KmsSigner {
    client: Client,
    /// The key's ARN: an alias may move between two calls, an ARN cannot.
    arn: String,
    /// As the person named it.
    label: String,
    chain: Vec<Certificate>,
    algorithms: Vec<SigningAlgorithmSpec>,
    clock: fn() -> DateTime<Utc>,
}

impl KmsSigner {
    /// Connects with the standard credential chain and compares the key's public half with the certificate's.
    ///
    /// `clock` is only asked when the service refuses the time of a request.
    ///
    /// # Errors
    /// [`KeyError`], each cause its own.
    pub async fn connect(
        settings: &KmsSettings,
        chain: Vec<Certificate>,
        clock: fn() -> DateTime<Utc>,
    ) -> Result<Self, KeyError> {
        let signer = chain.first().ok_or(KeyError::NoCertificate)?;
        let client = client(settings).await?;
        let key = &settings.key;
        let answer = client.get_public_key().key_id(key).send().await.map_err(|error| map(error, key, clock))?;
        if answer.key_usage() != Some(&KeyUsageType::SignVerify) {
            return Err(KeyError::WrongUsage(key.clone()));
        }
        if answer.public_key().map(AsRef::as_ref) != Some(signer.spki.as_slice()) {
            return Err(KeyError::KeyMismatch(key.clone()));
        }
        let arn = answer.key_id().ok_or_else(|| KeyError::Unexpected("KeyId".to_owned()))?.to_owned();
        Ok(Self { client, arn, label: key.clone(), algorithms: answer.signing_algorithms().to_vec(), chain, clock })
    }

    async fn sign(&self, algorithm: SignatureAlgorithm, digest: &[u8]) -> Result<Signed, KeyError> {
        let specification = specification(algorithm).ok_or(KeyError::AlgorithmDoesNotFit)?;
        if !self.algorithms.contains(&specification) {
            return Err(KeyError::WrongUsage(self.label.clone()));
        }
        let answer = self
            .client
            .sign()
            .key_id(&self.arn)
            .message(Blob::new(digest))
            // The digest of the signed attributes: RAW stops at 4 096 bytes, and a policy can pin DIGEST.
            .message_type(MessageType::Digest)
            .signing_algorithm(specification)
            .send()
            .await
            .map_err(|error| map(error, &self.label, self.clock))?;
        if answer.key_id() != Some(&self.arn) {
            return Err(KeyError::KeyMismatch(self.label.clone()));
        }
        let request_id = answer.request_id().map(str::to_owned);
        let signature = answer.signature.ok_or_else(|| KeyError::Unexpected("Signature".to_owned()))?.into_inner();
        Ok(Signed { signature, request_id })
    }
}

impl Signer for KmsSigner {
    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn label(&self) -> String {
        self.label.clone()
    }

    fn sign_digest<'s>(&'s self, algorithm: SignatureAlgorithm, digest: &'s [u8]) -> Signing<'s> {
        Box::pin(self.sign(algorithm, digest))
    }
}

/// The public half of a key as `SubjectPublicKeyInfo`, for those who have to issue a certificate for it.
///
/// # Errors
/// [`KeyError`]
pub async fn public_key(settings: &KmsSettings, clock: fn() -> DateTime<Utc>) -> Result<Vec<u8>, KeyError> {
    let client = client(settings).await?;
    let answer =
        client.get_public_key().key_id(&settings.key).send().await.map_err(|error| map(error, &settings.key, clock))?;
    answer.public_key.map(Blob::into_inner).ok_or_else(|| KeyError::Unexpected("PublicKey".to_owned()))
}

async fn client(settings: &KmsSettings) -> Result<Client, KeyError> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_DEADLINE)
        .operation_attempt_timeout(ATTEMPT_DEADLINE)
        .operation_timeout(DEADLINE)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(MAX_BACKOFF))
        .timeout_config(timeouts);
    if let Some(endpoint) = &settings.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    let configuration = loader.load().await;
    // Asked for here, so that "no credentials" is told apart from every failure of the service.
    let provider = configuration.credentials_provider().ok_or(KeyError::NoCredentials)?;
    let asked = aws_sdk_kms::config::ProvideCredentials::provide_credentials(&provider);
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(Ok(_)) => {}
        Ok(Err(CredentialsError::CredentialsNotLoaded(_))) => return Err(KeyError::NoCredentials),
        Err(_) | Ok(Err(CredentialsError::ProviderTimedOut(_))) => return Err(KeyError::Network),
        Ok(Err(_)) => return Err(KeyError::InvalidCredentials),
    }
    Ok(Client::new(&configuration))
}

fn specification(algorithm: SignatureAlgorithm) -> Option<SigningAlgorithmSpec> {
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
fn map<E: ProvideErrorMetadata>(error: SdkError<E, HttpResponse>, key: &str, clock: fn() -> DateTime<Utc>) -> KeyError {
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
            "AccessDeniedException" => KeyError::AccessDenied(key),
            "ExpiredTokenException" | "ExpiredToken" => KeyError::ExpiredToken,
            "RequestExpired" | "RequestTimeTooSkewed" | "InvalidSignatureException" | "SignatureDoesNotMatch" => {
                match skew_minutes(failure.raw(), clock()) {
                    Some(minutes) if minutes.abs() > TOLERATED_SKEW_MINUTES => KeyError::ClockSkewed(minutes.abs()),
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

fn skew_minutes(response: &HttpResponse, now: DateTime<Utc>) -> Option<i64> {
    let date = response.headers().get("date")?;
    let service = DateTime::parse_from_rfc2822(date).ok()?.with_timezone(&Utc);
    Some((now - service).num_minutes())
}
