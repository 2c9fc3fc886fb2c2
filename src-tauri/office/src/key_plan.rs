//! Work on keys: planned and shown word for word, confirmed with a word, and only then done.

use std::path::PathBuf;

use cades::Certificate;
use keys::{
    creation::{self, NewKey},
    succession::{self, Replica, Succession},
};
use serde_json::{Value, json};

use crate::{CheckedCertificate, Environment, KeyWish, Office, OfficeError, clock};

/// What somebody wants done.
#[derive(Debug, Clone)]
pub enum KeyOrder {
    /// A new key.
    Create(KeyWish),
    /// Another key takes over the environment's alias.
    Succeed {
        /// ARN or alias of the successor.
        successor: String,
        /// Its certificate and those above it, in any order.
        certificates: Vec<Certificate>,
    },
    /// The environment's key gets a replica.
    Replicate {
        /// In which Region.
        region: String,
    },
}

/// What will be done, all of it checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlan {
    /// A key will be made, and named.
    Create(Box<NewKey>),
    /// An alias will move, and a certificate comes in use with it.
    Succeed {
        /// The move.
        succession: Succession,
        /// The successor's certificate, tried out.
        checked: Box<CheckedCertificate>,
    },
    /// A replica will be made.
    Replicate(Replica),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDone {
    /// ARN of the key that was made, or to which the alias leads now.
    pub arn: String,
    /// In a succession: where the public half of the key before is kept.
    pub kept: Option<PathBuf>,
    /// And where the certificate is that is in use now; nothing where it could not be written.
    pub certificate: Option<PathBuf>,
}

impl KeyPlan {
    /// The operation of KMS that will be asked for.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Create(_) => "CreateKey",
            Self::Succeed { .. } => "UpdateAlias",
            Self::Replicate(_) => "ReplicateKey",
        }
    }

    /// The request as it goes to KMS, in its own words.
    #[must_use]
    pub fn request(&self) -> Value {
        match self {
            Self::Create(key) => key.request(),
            Self::Succeed { succession, .. } => {
                json!({ "AliasName": succession.alias, "TargetKeyId": succession.new })
            }
            Self::Replicate(replica) => replica.request(),
        }
    }

    /// What the person types so that it is done: the alias, or the Region.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Create(key) => &key.alias,
            Self::Succeed { succession, .. } => &succession.alias,
            Self::Replicate(replica) => &replica.region,
        }
    }

    /// Whether it costs a key's monthly price.
    #[must_use]
    pub fn has_price(&self) -> bool {
        !matches!(self, Self::Succeed { .. })
    }
}

impl KeyDone {
    fn made(arn: String) -> Self {
        Self { arn, kept: None, certificate: None }
    }
}

/// An environment whose key is another one.
fn with_key(environment: &Environment, key: &str) -> Environment {
    let mut environment = environment.clone();
    if let Environment::Aws(own) = &mut environment {
        own.key = Some(key.to_owned());
    }
    environment
}

impl Office {
    /// Checks what is wanted, and changes nothing.
    ///
    /// # Errors
    /// [`OfficeError::Environment`], [`OfficeError::Key`]
    pub async fn plan_key(&self, environment: &Environment, order: KeyOrder) -> Result<KeyPlan, OfficeError> {
        Ok(match order {
            KeyOrder::Create(wish) => KeyPlan::Create(Box::new(self.new_key(environment, wish)?)),
            KeyOrder::Succeed { successor, certificates } => {
                // What comes after has to sign at once: its certificate passes every check that any certificate does.
                let checked = self.check_certificates(&with_key(environment, &successor), certificates).await?;
                let signer = checked.chain.first().ok_or(keys::KeyError::NoCertificate)?;
                let settings = self.kms_settings(environment)?;
                let succession = succession::prepare(&settings, &successor, signer, clock::now).await?;
                KeyPlan::Succeed { succession, checked: Box::new(checked) }
            }
            KeyOrder::Replicate { region } => {
                let settings = self.kms_settings(environment)?;
                KeyPlan::Replicate(succession::prepare_replica(&settings, &region, clock::now).await?)
            }
        })
    }

    /// Does what was planned. Before an alias moves, the public half of the key that it leaves is kept; after it moved, the
    /// successor's certificate is in use.
    ///
    /// # Errors
    /// [`OfficeError::Key`], [`OfficeError::File`]
    pub async fn carry_out_key_plan(&self, environment: &Environment, plan: &KeyPlan) -> Result<KeyDone, OfficeError> {
        let settings = self.kms_settings(environment)?;
        Ok(match plan {
            KeyPlan::Create(key) => KeyDone::made(creation::create(&settings, key, clock::now).await?),
            KeyPlan::Succeed { succession, checked } => {
                let kept = self.keep_public_key(&succession.old, &succession.old_public_key)?;
                succession::carry_out(&settings, succession, clock::now).await?;
                // The alias has moved, whatever becomes of the file.
                let certificate = self.install_certificate(environment, checked).ok().map(|(file, _)| file);
                KeyDone { arn: succession.new.clone(), kept: Some(kept), certificate }
            }
            KeyPlan::Replicate(replica) => KeyDone::made(succession::replicate(&settings, replica, clock::now).await?),
        })
    }
}
