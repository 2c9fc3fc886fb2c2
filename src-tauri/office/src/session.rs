//! Signing in and out of an environment, and the sessions that are open.

use std::sync::{Arc, PoisonError};

use keys::{
    Credentials, KeyError,
    sign_in::{Pages, SessionInfo, SignIn, SignInError, SignedOut},
};

use crate::{Cancel, Environment, Office, OfficeError, clock, environment::AwsEnvironment};

/// How the variables begin that turn the services' addresses into others.
const ENDPOINT_VARIABLES: &str = "AWS_ENDPOINT_URL";

/// How a person signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInWay {
    /// With the browser of this computer.
    Browser,
    /// With a code, on another device.
    Device,
}

/// Where the person has to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInStep {
    /// Opens this address here.
    Browser {
        /// The address.
        url: String,
    },
    /// Opens this address anywhere, and compares the code.
    Device {
        /// The address, complete.
        url: String,
        /// The code.
        code: String,
        /// How long it is good.
        minutes: u64,
    },
}

impl Office {
    /// The sign-in of an environment, one for as long as the program runs.
    ///
    /// # Errors
    /// [`OfficeError::Environment`] where nobody signs in: the demonstration, and environments of servers.
    pub fn sign_in(&self, environment: &Environment) -> Result<Arc<SignIn>, OfficeError> {
        let refused = |reason: &str| Err(OfficeError::Environment(reason.to_owned()));
        let Environment::Aws(environment) = environment else {
            return refused("Na demonstração ninguém precisa entrar.");
        };
        let Some(center) = &environment.identity_center else {
            return refused("Neste ambiente o servidor usa as próprias credenciais; ninguém entra.");
        };
        let mut open = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = open.get(&environment.name).filter(|known| known.center() == center) {
            return Ok(Arc::clone(known));
        }
        let sign_in = Arc::new(SignIn::new(
            center.clone(),
            Arc::clone(&self.vault),
            format!("sign-in-{}", environment.name),
            self.data.join(format!("sessao-{}.lock", environment.name)),
            clock::now,
        ));
        open.insert(environment.name.clone(), Arc::clone(&sign_in));
        Ok(sign_in)
    }

    /// Signs in, one way or the other, and asks whose credentials came of it. `step` hears where the person has to go.
    ///
    /// # Errors
    /// [`OfficeError::Cancelled`], [`OfficeError::Key`].
    pub async fn sign_in_now(
        &self,
        environment: &Environment,
        way: SignInWay,
        pages: &Pages,
        cancel: &Cancel,
        step: &(dyn Fn(SignInStep) + Sync),
    ) -> Result<SessionInfo, OfficeError> {
        let sign_in = self.sign_in(environment)?;
        let signing_in = async {
            match way {
                SignInWay::Browser => {
                    let started = sign_in.start_browser().await?;
                    step(SignInStep::Browser { url: started.url.clone() });
                    sign_in.finish_browser(started, pages).await
                }
                SignInWay::Device => {
                    let started = sign_in.start_device().await?;
                    step(SignInStep::Device {
                        url: started.complete_uri.clone(),
                        code: started.user_code.clone(),
                        minutes: started.expires_in.as_secs() / 60,
                    });
                    sign_in.finish_device(started).await
                }
            }
        };
        tokio::select! {
            signed_in = signing_in => signed_in.map_err(KeyError::from)?,
            () = cancel.asked() => return Err(OfficeError::Cancelled),
        };
        self.confirm_session(environment).await
    }

    /// Asks whose credentials the session brings, and whether they are of the environment's account.
    ///
    /// # Errors
    /// [`OfficeError::Key`]
    pub async fn confirm_session(&self, environment: &Environment) -> Result<SessionInfo, OfficeError> {
        let sign_in = self.sign_in(environment)?;
        let Environment::Aws(environment) = environment else { return Err(KeyError::NoCredentials.into()) };
        let endpoint = environment.endpoint.as_deref().filter(|_| environment.name != "prod");
        let confirmed = keys::identity::confirm(&sign_in, &environment.region, endpoint).await;
        if let Err(KeyError::SignIn(SignInError::WrongAccount { .. })) = &confirmed {
            // Nothing is ever signed with credentials of another account.
            sign_in.sign_out().await;
        }
        Ok(confirmed?)
    }

    /// Signs out.
    ///
    /// # Errors
    /// As [`Office::sign_in`]; what could not be ended is said in the answer.
    pub async fn sign_out(&self, environment: &Environment) -> Result<SignedOut, OfficeError> {
        Ok(self.sign_in(environment)?.sign_out().await)
    }

    /// With whose credentials the keys of an environment are used.
    pub(crate) fn credentials(&self, environment: &AwsEnvironment) -> Result<Credentials, OfficeError> {
        if environment.identity_center.is_none() {
            // A server's chain of credentials heeds them, and what it sends there opens the account.
            let mut names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
            if environment.name == "prod"
                && let Some(name) = names.find(|name| name.starts_with(ENDPOINT_VARIABLES))
            {
                return Err(OfficeError::Environment(format!(
                    "Em produção nenhuma variável troca endereços: retire {name}."
                )));
            }
            return Ok(Credentials::Server);
        }
        Ok(Credentials::SignIn(self.sign_in(&Environment::Aws(Box::new(environment.clone())))?))
    }
}
