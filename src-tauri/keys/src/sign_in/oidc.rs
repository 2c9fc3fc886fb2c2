//! The calls to Identity Center: registration, device code, tokens, role credentials, sign-out.
//!
//! The addresses are the service's own unless the environment names others; no variable and no profile of the computer
//! is read.

use std::time::Duration;

use aws_sdk_sso::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssooidc::{
    config::{BehaviorVersion, Region, http::HttpResponse, retry::RetryConfig, timeout::TimeoutConfig},
    operation::create_token::CreateTokenError,
    types::AccessDeniedExceptionReason,
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    IdentityCenter, SignInError,
    stored::{Registration, Secret, Tokens, Way},
};

/// How Identity Center shows this program to whoever is asked to allow it.
const CLIENT_NAME: &str = "Cartorio Digital";

/// Without this scope there is no refresh token.
const SCOPE: &str = "sso:account:access";

/// The redirect as it is registered: without a port, which is only known later.
const REGISTERED_REDIRECT: &str = "http://127.0.0.1/oauth/callback";

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const AUTHORIZATION_CODE: &str = "authorization_code";
const REFRESH_TOKEN: &str = "refresh_token";

/// How long one attempt, and a connection, may take: a person waits.
const ATTEMPT_DEADLINE: Duration = Duration::from_secs(8);
const CONNECT_DEADLINE: Duration = Duration::from_secs(4);
const DEADLINE: Duration = Duration::from_secs(20);

/// Attempts of a call that may be repeated (`TooManyRequestsException`, 500).
const ATTEMPTS: u32 = 5;

/// Between polls for a device code when the service names no interval (RFC 8628, 3.2), and what "slow down" adds.
const POLL: i32 = 5;

/// The clients of one environment.
#[derive(Clone)]
pub(crate) struct Calls {
    oidc: aws_sdk_ssooidc::Client,
    portal: aws_sdk_sso::Client,
}

/// A code to be typed, or compared, on another device.
pub(crate) struct DeviceCode {
    pub(crate) device_code: Secret,
    pub(crate) user_code: String,
    pub(crate) verification_uri: String,
    pub(crate) complete_uri: String,
    pub(crate) expires_in: Duration,
    pub(crate) interval: Duration,
}

/// What to exchange for tokens.
pub(crate) enum Grant<'g> {
    Code { code: &'g Secret, redirect_uri: &'g str, verifier: &'g Secret },
    Device(&'g Secret),
    Refresh(&'g Secret),
}

/// An answer of `/token` that is no token yet.
pub(crate) enum TokenRefusal {
    /// Nobody has allowed it yet.
    Pending,
    /// Asked too often.
    SlowDown,
    /// Final.
    Failed(SignInError),
}

/// Credentials of a role, in memory only.
pub(crate) struct RoleAnswer {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Secret,
    pub(crate) expires_at: DateTime<Utc>,
}

impl Calls {
    pub(crate) fn new(center: &IdentityCenter) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_DEADLINE)
            .operation_attempt_timeout(ATTEMPT_DEADLINE)
            .operation_timeout(DEADLINE)
            .build();
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
        let region = Region::new(center.region.clone());
        let oidc = aws_sdk_ssooidc::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region.clone())
            .endpoint_url(center.oidc_endpoint())
            .retry_config(retries.clone())
            .timeout_config(timeouts.clone())
            .build();
        let portal = aws_sdk_sso::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .endpoint_url(center.portal_endpoint())
            .retry_config(retries)
            .timeout_config(timeouts)
            .build();
        Self { oidc: aws_sdk_ssooidc::Client::from_conf(oidc), portal: aws_sdk_sso::Client::from_conf(portal) }
    }

    /// `POST /client/register`. A registration for both ways at once is answered with 500 by the service.
    pub(crate) async fn register(&self, center: &IdentityCenter, way: Way) -> Result<Registration, SignInError> {
        let request = self.oidc.register_client().client_name(CLIENT_NAME).client_type("public").scopes(SCOPE);
        let request = match way {
            Way::Browser => request
                .grant_types(AUTHORIZATION_CODE)
                .grant_types(REFRESH_TOKEN)
                .redirect_uris(REGISTERED_REDIRECT)
                .issuer_url(&center.start_url),
            Way::Device => request.grant_types(DEVICE_CODE).grant_types(REFRESH_TOKEN),
        };
        let answer = request.send().await.map_err(|error| failed(&error))?;
        let (Some(client_id), Some(client_secret)) = (answer.client_id, answer.client_secret) else {
            return Err(SignInError::Unexpected("RegisterClient".to_owned()));
        };
        // Epoch seconds here, seconds from now at /token, milliseconds at the portal.
        let expires_at = DateTime::from_timestamp(answer.client_secret_expires_at, 0)
            .ok_or_else(|| SignInError::Unexpected("clientSecretExpiresAt".to_owned()))?;
        Ok(Registration { way, client_id, client_secret: Secret::new(client_secret), expires_at })
    }

    /// `POST /device_authorization`
    pub(crate) async fn device_code(
        &self,
        center: &IdentityCenter,
        registration: &Registration,
    ) -> Result<DeviceCode, SignInError> {
        let answer = self
            .oidc
            .start_device_authorization()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.reveal())
            .start_url(&center.start_url)
            .send()
            .await
            .map_err(|error| failed(&error))?;
        let (Some(device_code), Some(user_code), Some(verification_uri)) =
            (answer.device_code, answer.user_code, answer.verification_uri)
        else {
            return Err(SignInError::Unexpected("StartDeviceAuthorization".to_owned()));
        };
        Ok(DeviceCode {
            device_code: Secret::new(device_code),
            user_code,
            complete_uri: answer.verification_uri_complete.unwrap_or_else(|| verification_uri.clone()),
            verification_uri,
            expires_in: seconds(answer.expires_in),
            interval: seconds(if answer.interval > 0 { answer.interval } else { POLL }),
        })
    }

    /// `POST /token`. Never repeated by itself: a code and a rotating refresh token are good for one use.
    pub(crate) async fn token(
        &self,
        registration: &Registration,
        grant: Grant<'_>,
        now: DateTime<Utc>,
    ) -> Result<Tokens, TokenRefusal> {
        let request = self
            .oidc
            .create_token()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.reveal());
        let request = match grant {
            Grant::Code { code, redirect_uri, verifier } => request
                .grant_type(AUTHORIZATION_CODE)
                .code(code.reveal())
                .redirect_uri(redirect_uri)
                .code_verifier(verifier.reveal()),
            Grant::Device(code) => request.grant_type(DEVICE_CODE).device_code(code.reveal()),
            Grant::Refresh(token) => request.grant_type(REFRESH_TOKEN).refresh_token(token.reveal()),
        };
        let once = aws_sdk_ssooidc::Config::builder().retry_config(RetryConfig::disabled());
        let answer = request.customize().config_override(once).send().await.map_err(|error| refusal(&error))?;
        let Some(access_token) = answer.access_token else {
            return Err(TokenRefusal::Failed(SignInError::Unexpected("CreateToken".to_owned())));
        };
        Ok(Tokens {
            access_token: Secret::new(access_token),
            expires_at: now + TimeDelta::seconds(answer.expires_in.into()),
            refresh_token: answer.refresh_token.map(Secret::new),
        })
    }

    /// `GET /federation/credentials`
    pub(crate) async fn role(&self, center: &IdentityCenter, token: &Secret) -> Result<RoleAnswer, SignInError> {
        let answer = self
            .portal
            .get_role_credentials()
            .account_id(&center.account)
            .role_name(&center.role)
            .access_token(token.reveal())
            .send()
            .await
            .map_err(|error| match failed(&error) {
                SignInError::NotAssigned { .. } => {
                    SignInError::NotAssigned { account: center.account.clone(), role: center.role.clone() }
                }
                SignInError::NoSuchRole { .. } => {
                    SignInError::NoSuchRole { account: center.account.clone(), role: center.role.clone() }
                }
                other => other,
            })?;
        let unexpected = || SignInError::Unexpected("GetRoleCredentials".to_owned());
        let found = answer.role_credentials.ok_or_else(unexpected)?;
        let expires_at = DateTime::from_timestamp_millis(found.expiration).ok_or_else(unexpected)?;
        let (Some(access_key_id), Some(secret_access_key), Some(session_token)) =
            (found.access_key_id, found.secret_access_key, found.session_token)
        else {
            return Err(unexpected());
        };
        Ok(RoleAnswer {
            access_key_id,
            secret_access_key: Secret::new(secret_access_key),
            session_token: Secret::new(session_token),
            expires_at,
        })
    }

    /// `POST /logout`: ends the access token. Role credentials live on until they expire.
    pub(crate) async fn logout(&self, token: &Secret) -> Result<(), SignInError> {
        self.portal.logout().access_token(token.reveal()).send().await.map(drop).map_err(|error| failed(&error))
    }
}

fn seconds(seconds: i32) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

fn refusal(error: &SdkError<CreateTokenError, HttpResponse>) -> TokenRefusal {
    match error.as_service_error() {
        Some(CreateTokenError::AuthorizationPendingException(_)) => TokenRefusal::Pending,
        Some(CreateTokenError::SlowDownException(_)) => TokenRefusal::SlowDown,
        Some(CreateTokenError::ExpiredTokenException(_)) => TokenRefusal::Failed(SignInError::CodeExpired),
        Some(CreateTokenError::AccessDeniedException(denied)) => TokenRefusal::Failed(match denied.reason() {
            Some(AccessDeniedExceptionReason::KmsAccessDenied) => {
                SignInError::DirectoryKey(AccessDeniedExceptionReason::KmsAccessDenied.as_str().to_owned())
            }
            _ => SignInError::Refused,
        }),
        Some(CreateTokenError::InvalidRequestException(invalid)) => TokenRefusal::Failed(match invalid.reason() {
            Some(reason) => SignInError::DirectoryKey(reason.as_str().to_owned()),
            None => SignInError::Configuration("InvalidRequestException".to_owned()),
        }),
        _ => TokenRefusal::Failed(failed(error)),
    }
}

/// The program's word for what the service or the way to it answered.
fn failed<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> SignInError {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => SignInError::Network,
        SdkError::ServiceError(failure) => match failure.err().code().unwrap_or_default() {
            "UnauthorizedException" | "InvalidGrantException" | "InvalidClientException" => SignInError::Ended,
            "ForbiddenException" => SignInError::NotAssigned { account: String::new(), role: String::new() },
            "ResourceNotFoundException" => SignInError::NoSuchRole { account: String::new(), role: String::new() },
            "TooManyRequestsException" | "SlowDownException" | "ThrottlingException" => SignInError::Throttled,
            "InternalServerException" | "InternalFailure" | "ServiceUnavailable" => SignInError::Unavailable,
            code @ ("UnauthorizedClientException"
            | "UnsupportedGrantTypeException"
            | "InvalidScopeException"
            | "InvalidClientMetadataException"
            | "InvalidRedirectUriException"
            | "InvalidRequestException"
            | "InvalidRequestRegionException") => SignInError::Configuration(code.to_owned()),
            // Some answers of the portal come without a name; the status then tells.
            "" => match failure.raw().status().as_u16() {
                401 => SignInError::Ended,
                403 => SignInError::NotAssigned { account: String::new(), role: String::new() },
                429 => SignInError::Throttled,
                500..=599 => SignInError::Unavailable,
                status => SignInError::Unexpected(status.to_string()),
            },
            other => SignInError::Unexpected(other.to_owned()),
        },
        _ => SignInError::Unexpected("SDK".to_owned()),
    }
}
