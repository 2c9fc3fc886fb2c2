//! What comes after a key, and beside it: its successor, and its replica in another Region.
//!
//! KMS rotates no key that signs. A new key gets a new certificate, and the alias moves to it; what the old one signed
//! is verified with its certificate, which is in every document.

use cades::Certificate;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    KeyError,
    inventory::replicas,
    kms::{Expected, KmsSettings, MULTI_REGION, check_key, check_public_key, client, describe, map, policy_of},
};

/// What a succession will do, all of it checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The alias that moves.
    pub alias: String,
    /// ARN of the key that it leaves.
    pub old: String,
    /// Public half of that key, DER, to be kept.
    pub old_public_key: Vec<u8>,
    /// ARN of the key that it comes to.
    pub new: String,
}

/// Checks that a key with its certificate can take over an alias (five calls). Nothing is changed.
///
/// # Errors
/// [`KeyError::Alias`] where the settings' key is none, [`KeyError::SameKey`], and whatever keeps the successor from
/// signing.
pub async fn prepare(
    settings: &KmsSettings,
    successor: &str,
    signer: &Certificate,
    clock: fn() -> DateTime<Utc>,
) -> Result<Succession, KeyError> {
    let alias = &settings.key;
    if !alias.starts_with("alias/") {
        return Err(KeyError::Alias(alias.clone()));
    }
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    let old = client.get_public_key().key_id(alias).send().await.map_err(|error| map(error, alias, clock))?;
    if let Some(expected) = &settings.expected {
        check_key(&client, successor, successor, expected, clock).await?;
    }
    let (new, _) = check_public_key(&client, successor, successor, signer, clock).await?;
    let old_arn = old.key_id().unwrap_or_default().to_owned();
    if old_arn == new {
        return Err(KeyError::SameKey(alias.clone()));
    }
    let old_public_key = old.public_key.ok_or_else(|| KeyError::Unexpected("PublicKey".to_owned()))?.into_inner();
    Ok(Succession { alias: alias.clone(), old: old_arn, old_public_key, new })
}

/// Moves the alias (one call).
///
/// # Errors
/// [`KeyError`]
pub async fn carry_out(
    settings: &KmsSettings,
    succession: &Succession,
    clock: fn() -> DateTime<Utc>,
) -> Result<(), KeyError> {
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    let moved = client.update_alias().alias_name(&succession.alias).target_key_id(&succession.new).send().await;
    moved.map(drop).map_err(|error| map(error, &succession.alias, clock))
}

/// Lets KMS renew a key by itself, where it can: of keys that encrypt, never of one that signs (two calls).
///
/// # Errors
/// [`KeyError::NoRotation`] for every key that is not symmetric, before anything is asked for.
pub async fn rotate_by_itself(settings: &KmsSettings, clock: fn() -> DateTime<Utc>) -> Result<(), KeyError> {
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    let key = &settings.key;
    let found = describe(&client, key, key, clock).await?;
    if found.key_spec() != Some(&aws_sdk_kms::types::KeySpec::SymmetricDefault) {
        return Err(KeyError::NoRotation(key.clone()));
    }
    let id = found.key_id();
    client.enable_key_rotation().key_id(id).send().await.map(drop).map_err(|error| map(error, key, clock))
}

/// A replica that can be made: the same key, hence the same certificate, in another Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// ARN of the primary key.
    pub key: String,
    /// Where the replica will be.
    pub region: String,
    /// Its policy, the primary's.
    pub policy: String,
    /// Its tags, which a replica does not take over by itself.
    pub expected: Expected,
}

impl Replica {
    /// The request as it goes to KMS; the policy, which is a text there, is shown as what it says.
    #[must_use]
    pub fn request(&self) -> Value {
        json!({
            "KeyId": self.key,
            "ReplicaRegion": self.region,
            "Tags": self.expected.shown_tags(),
            "Policy": serde_json::from_str(&self.policy).unwrap_or_else(|_| Value::String(self.policy.clone())),
        })
    }
}

/// Checks that a key can have a replica (three calls). Nothing is changed.
///
/// # Errors
/// [`KeyError::NotMultiRegion`] where it was not made for it, which cannot be changed; [`KeyError::ReplicaExists`] where
/// it has one there, or is there itself; [`KeyError`].
pub async fn prepare_replica(
    settings: &KmsSettings,
    region: &str,
    clock: fn() -> DateTime<Utc>,
) -> Result<Replica, KeyError> {
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    let key = &settings.key;
    let expected = settings.expected.clone().ok_or_else(|| KeyError::Unexpected("Ambiente".to_owned()))?;
    let found = check_key(&client, key, key, &expected, clock).await?;
    let arn = found.arn().ok_or_else(|| KeyError::Unexpected("KeyMetadata".to_owned()))?.to_owned();
    if !arn.contains(MULTI_REGION) {
        return Err(KeyError::NotMultiRegion(key.clone()));
    }
    if region == settings.region || replicas(&found).iter().any(|replica| replica == region) {
        return Err(KeyError::ReplicaExists(region.to_owned()));
    }
    let policy = policy_of(&client, &arn, key, clock).await?;
    Ok(Replica { key: arn, region: region.to_owned(), policy, expected })
}

/// Makes the replica and gives its ARN (one call).
///
/// # Errors
/// [`KeyError`]
pub async fn replicate(
    settings: &KmsSettings,
    replica: &Replica,
    clock: fn() -> DateTime<Utc>,
) -> Result<String, KeyError> {
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    let request = client
        .replicate_key()
        .key_id(&replica.key)
        .replica_region(&replica.region)
        .policy(&replica.policy)
        .set_tags(Some(replica.expected.to_tags()?));
    let made = request.send().await.map_err(|error| match map(error, &replica.key, clock) {
        KeyError::AliasTaken(_) => KeyError::ReplicaExists(replica.region.clone()),
        KeyError::Network => KeyError::PerhapsMade,
        other => other,
    })?;
    let arn = made.replica_key_metadata().and_then(|key| key.arn());
    arn.map(str::to_owned).ok_or_else(|| KeyError::Unexpected("ReplicaKeyMetadata".to_owned()))
}
