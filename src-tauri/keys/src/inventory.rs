//! The keys of an account, as far as the office's tags go.

use std::collections::BTreeMap;

use aws_sdk_kms::{
    Client,
    types::{KeyManagerType, KeyMetadata},
};
use chrono::{DateTime, Utc};

use crate::{
    KeyError,
    kms::{KmsSettings, client, describe, map, policy_of},
};

/// Tag by which the office's keys are found.
const SYSTEM_TAG: (&str, &str) = ("Sistema", "CartorioDigital");

/// Most keys looked at; an office has a handful, and each costs two calls.
const MAX_KEYS: usize = 1_000;

/// Monthly price of a key, and of each replica of it, in US dollars.
pub const MONTHLY_PRICE: u32 = 1;

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    /// Its ARN.
    pub arn: String,
    /// Its aliases.
    pub aliases: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// `RSA_2048`, `ECC_NIST_P256` …
    pub spec: String,
    /// `SIGN_VERIFY`, `ENCRYPT_DECRYPT` …
    pub usage: String,
    /// `Enabled`, `Disabled`, `PendingDeletion` …
    pub state: String,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// Regions with a replica.
    pub replicas: Vec<String>,
}

/// All that can be asked about one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySheet {
    /// As it stands in the list; of the aliases, the one asked by.
    pub line: KeyLine,
    /// What it can sign with, in KMS's words.
    pub algorithms: Vec<String>,
    /// SHA-256 of its public half, hexadecimal; nothing for a key without one.
    pub public_key: Option<String>,
    /// Its policy, JSON.
    pub policy: String,
    /// Its last use as operation and time; nothing where it was never used or the service does not tell.
    pub last_use: Option<(String, DateTime<Utc>)>,
}

/// One key, whole (five calls at most). What the caller may not see, or the service does not know, is left out.
///
/// # Errors
/// [`KeyError`]
pub async fn show(settings: &KmsSettings, clock: fn() -> DateTime<Utc>) -> Result<KeySheet, KeyError> {
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    let key = &settings.key;
    let found = describe(&client, key, key, clock).await?;
    let id = found.key_id();
    let mut line = line(&client, &found, &BTreeMap::new(), clock).await?;
    line.aliases.extend(Some(key.clone()).filter(|key| key.starts_with("alias/")));
    let public_key = client.get_public_key().key_id(id).send().await.ok().and_then(|answer| answer.public_key);
    let last = client.get_key_last_usage().key_id(id).send().await.ok().and_then(|answer| answer.key_last_usage);
    let last_use = last.and_then(|last| {
        let time = DateTime::from_timestamp(last.timestamp()?.secs(), 0)?;
        Some((last.operation().map_or_else(String::new, |operation| operation.as_str().to_owned()), time))
    });
    Ok(KeySheet {
        algorithms: found.signing_algorithms().iter().map(|algorithm| algorithm.as_str().to_owned()).collect(),
        public_key: public_key.map(|key| cades::Hash::Sha256.hex_digest(key.as_ref())),
        policy: policy_of(&client, &line.arn, key, clock).await.unwrap_or_default(),
        last_use,
        line,
    })
}

impl KeyLine {
    /// What it costs a month in US dollars; nothing while it waits for its deletion.
    #[must_use]
    pub fn monthly_price(&self) -> u32 {
        let is_billed = self.state != "PendingDeletion";
        let replicas = u32::try_from(self.replicas.len()).unwrap_or(u32::MAX);
        if is_billed { MONTHLY_PRICE.saturating_mul(replicas.saturating_add(1)) } else { 0 }
    }
}

/// The keys of the environment's account and Region: those of the office, or all that are not AWS's own.
///
/// # Errors
/// [`KeyError`]
pub async fn list(settings: &KmsSettings, all: bool, clock: fn() -> DateTime<Utc>) -> Result<Vec<KeyLine>, KeyError> {
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut pages = client.list_aliases().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| map(error, "*", clock))?;
        for alias in page.aliases() {
            if let (Some(key), Some(name)) = (alias.target_key_id(), alias.alias_name()) {
                aliases.entry(key.to_owned()).or_default().push(name.to_owned());
            }
        }
    }
    let mut ids = Vec::new();
    let mut pages = client.list_keys().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| map(error, "*", clock))?;
        ids.extend(page.keys().iter().filter_map(|key| key.key_id().map(str::to_owned)));
        if ids.len() > MAX_KEYS {
            return Err(KeyError::Unexpected("ListKeys".to_owned()));
        }
    }
    let mut lines = Vec::new();
    for id in ids {
        let found = describe(&client, &id, &id, clock).await?;
        if found.key_manager() == Some(&KeyManagerType::Aws) {
            continue;
        }
        let line = line(&client, &found, &aliases, clock).await?;
        if all || line.tags.get(SYSTEM_TAG.0).is_some_and(|value| value == SYSTEM_TAG.1) {
            lines.push(line);
        }
    }
    Ok(lines)
}

async fn line(
    client: &Client,
    found: &KeyMetadata,
    aliases: &BTreeMap<String, Vec<String>>,
    clock: fn() -> DateTime<Utc>,
) -> Result<KeyLine, KeyError> {
    let id = found.key_id();
    let mut tags = BTreeMap::new();
    let mut pages = client.list_resource_tags().key_id(id).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| map(error, id, clock))?;
        tags.extend(page.tags().iter().map(|tag| (tag.tag_key().to_owned(), tag.tag_value().to_owned())));
    }
    Ok(KeyLine {
        arn: found.arn().unwrap_or(id).to_owned(),
        aliases: aliases.get(id).cloned().unwrap_or_default(),
        tags,
        spec: found.key_spec().map_or_else(String::new, |spec| spec.as_str().to_owned()),
        usage: found.key_usage().map_or_else(String::new, |usage| usage.as_str().to_owned()),
        state: found.key_state().map_or_else(String::new, |state| state.as_str().to_owned()),
        created: found.creation_date().and_then(|date| DateTime::from_timestamp(date.secs(), 0)),
        replicas: replicas(found),
    })
}

/// Regions with a replica of that key.
pub(crate) fn replicas(found: &KeyMetadata) -> Vec<String> {
    let configuration = found.multi_region_configuration();
    let replicas = configuration.map(|configuration| configuration.replica_keys()).unwrap_or_default();
    replicas.iter().filter_map(|key| key.region().map(str::to_owned)).collect()
}
