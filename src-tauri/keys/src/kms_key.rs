//! A KMS key for what is no document: requests, certificates and lists.

use aws_sdk_kms::{
    Client,
    primitives::Blob,
    types::{KeyUsageType, MessageType},
};
use chrono::{DateTime, Utc};

use crate::{
    KeyError,
    clock_watch::ClockWatch,
    kms::{KmsSettings, check_key, map, specification, watched_client},
    unsigned::Unsigned,
};

/// A key that was checked against its environment, with its public half.
pub struct KmsKey {
    client: Client,
    arn: String,
    label: String,
    spki: Vec<u8>,
    clock: fn() -> DateTime<Utc>,
    /// Certificates and lists say when they begin and end.
    watch: ClockWatch,
}

impl KmsKey {
    /// Opens the key of these settings (three calls where they say what to expect, else one).
    ///
    /// # Errors
    /// [`KeyError`], each cause its own.
    pub async fn open(settings: &KmsSettings, clock: fn() -> DateTime<Utc>) -> Result<Self, KeyError> {
        let watch = ClockWatch::new(clock);
        let client = watched_client(settings, &settings.region, settings.endpoint.as_deref(), &watch).await?;
        let label = settings.key.clone();
        if let Some(expected) = &settings.expected {
            check_key(&client, &label, &label, expected, clock).await?;
        }
        let answer = client.get_public_key().key_id(&label).send().await.map_err(|error| map(error, &label, clock))?;
        watch.check()?;
        if answer.key_usage() != Some(&KeyUsageType::SignVerify) {
            return Err(KeyError::WrongUsage(label));
        }
        let missing = |what: &str| KeyError::Unexpected(what.to_owned());
        let arn = answer.key_id().ok_or_else(|| missing("KeyId"))?.to_owned();
        let spki = answer.public_key.ok_or_else(|| missing("PublicKey"))?.into_inner();
        Ok(Self { client, arn, label, spki, clock, watch })
    }

    /// Its public half, `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Signs a request, a certificate or a list, and gives it in DER (one call).
    ///
    /// # Errors
    /// [`KeyError`]
    pub async fn sign(&self, unsigned: Unsigned) -> Result<Vec<u8>, KeyError> {
        let signed = self
            .client
            .sign()
            .key_id(&self.arn)
            .message(Blob::new(unsigned.digest()))
            .message_type(MessageType::Digest)
            .signing_algorithm(specification(unsigned.algorithm()).ok_or(KeyError::AlgorithmDoesNotFit)?)
            .send()
            .await
            .map_err(|error| map(error, &self.label, self.clock))?;
        self.watch.check()?;
        let signature = signed.signature.ok_or_else(|| KeyError::Unexpected("Signature".to_owned()))?.into_inner();
        unsigned.finish(&signature, &self.label)
    }
}
