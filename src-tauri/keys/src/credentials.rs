//! With whose credentials AWS is asked.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kms::config::{IdentityCache, ProvideCredentials, SharedCredentialsProvider};

use crate::{
    KeyError, SignInError,
    sign_in::{RoleProvider, SignIn},
};

/// How long a server's chain of credentials may take to answer.
const DEADLINE: Duration = Duration::from_secs(20);

/// Who asks.
#[derive(Clone)]
pub enum Credentials {
    /// A person, signed in with Identity Center.
    SignIn(Arc<SignIn>),
    /// What a server has by itself: static keys in variables or a profile, or the instance's role. Only by explicit
    /// choice: such credentials belong to a machine, not to a person.
    Server,
}

impl Credentials {
    /// A configuration that carries these credentials. A person's reads no variable and no profile of the computer.
    pub(crate) async fn configuration(&self, region: &str) -> Result<SdkConfig, KeyError> {
        match self {
            Self::SignIn(sign_in) => {
                sign_in.role_credentials().await?;
                Ok(SdkConfig::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::new(region.to_owned()))
                    .credentials_provider(SharedCredentialsProvider::new(RoleProvider(Arc::clone(sign_in))))
                    // The sign-in keeps them itself, and forgets them when a service calls them expired.
                    .identity_cache(IdentityCache::no_cache())
                    .build())
            }
            Self::Server => {
                let loader = aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region.to_owned()));
                let configuration = loader.load().await;
                // Asked for here, so that "no credentials" is told apart from every failure of the service.
                let provider = configuration.credentials_provider().ok_or(KeyError::NoCredentials)?;
                match tokio::time::timeout(DEADLINE, provider.provide_credentials()).await {
                    Ok(Ok(_)) => Ok(configuration),
                    Ok(Err(CredentialsError::CredentialsNotLoaded(_))) => Err(KeyError::NoCredentials),
                    Err(_) | Ok(Err(CredentialsError::ProviderTimedOut(_))) => Err(KeyError::Network),
                    Ok(Err(_)) => Err(KeyError::InvalidCredentials),
                }
            }
        }
    }

    /// Whether a call can be made: what is wrong with a session is told here, in its own words.
    pub(crate) async fn check(&self) -> Result<(), SignInError> {
        match self {
            Self::SignIn(sign_in) => sign_in.role_credentials().await.map(drop),
            Self::Server => Ok(()),
        }
    }

    /// Replaces credentials that a service called expired; false where nothing can be replaced.
    pub(crate) async fn renew(&self) -> Result<bool, SignInError> {
        match self {
            Self::SignIn(sign_in) => {
                sign_in.forget_role_credentials();
                sign_in.role_credentials().await.map(|_| true)
            }
            Self::Server => Ok(false),
        }
    }
}
