//! Whose credentials they are: the only question that is put to STS, once a sign-in.

use std::{sync::Arc, time::Duration};

use aws_config::timeout::TimeoutConfig;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};

use crate::{
    Credentials, KeyError, SignInError,
    sign_in::{SessionInfo, SignIn},
};

/// How long the question may take with all its attempts.
const DEADLINE: Duration = Duration::from_secs(20);

/// Longest name of a person that is kept; role session names have at most 64 letters.
const MAX_PERSON: usize = 64;

/// Asks for the role's credentials and whose they are, and compares the account with the environment's.
///
/// # Errors
/// [`SignInError::WrongAccount`], and whatever keeps the question from being answered. Nothing of the session is lost.
pub async fn confirm(sign_in: &Arc<SignIn>, region: &str, endpoint: Option<&str>) -> Result<SessionInfo, KeyError> {
    let shared = Credentials::SignIn(Arc::clone(sign_in)).configuration(region).await?;
    let mut configuration = aws_sdk_sts::config::Builder::from(&shared)
        .timeout_config(TimeoutConfig::builder().operation_timeout(DEADLINE).build())
        .endpoint_url(format!("https://sts.{region}.amazonaws.com"));
    if let Some(endpoint) = endpoint {
        configuration = configuration.endpoint_url(endpoint);
    }
    let client = aws_sdk_sts::Client::from_conf(configuration.build());
    let answer = client.get_caller_identity().send().await.map_err(|error| match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => KeyError::Network,
        SdkError::ServiceError(failure) => match failure.err().code().unwrap_or_default() {
            "ExpiredToken" | "ExpiredTokenException" => KeyError::ExpiredToken,
            "InvalidClientTokenId" | "SignatureDoesNotMatch" | "UnrecognizedClientException" => {
                KeyError::InvalidCredentials
            }
            other => KeyError::Unexpected(other.to_owned()),
        },
        _ => KeyError::Unexpected("GetCallerIdentity".to_owned()),
    })?;
    let expected = &sign_in.center().account;
    let found = answer.account().unwrap_or_default();
    if found != expected {
        return Err(SignInError::WrongAccount { expected: expected.clone(), found: found.to_owned() }.into());
    }
    // arn:aws:sts::ACCOUNT:assumed-role/AWSReservedSSO_ROLE_…/PERSON
    let person = answer.arn().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    sign_in.note_person(&cades::readable(person).chars().take(MAX_PERSON).collect::<String>()).await;
    Ok(sign_in.info().await?)
}
