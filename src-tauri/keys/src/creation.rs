//! Making keys: what KMS will be asked is shown first, word for word, and only then asked.

use aws_sdk_kms::{
    config::retry::RetryConfig,
    types::{KeySpec, KeyUsageType},
};
use cades::{KeyKind, Scheme, SignatureAlgorithm};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    KeyError,
    kms::{Expected, KmsSettings, client, map, specification},
};

/// What Identity Center puts behind the name of a permission set: sixteen hexadecimal digits.
const SUFFIX: &str = "????????????????";

/// Longest name of an alias, `alias/` included (CreateAlias).
const MAX_ALIAS: usize = 256;

/// Longest name of a permission set.
const MAX_SET: usize = 32;

/// Whether that is the name of a permission set, and no pattern for several.
#[must_use]
pub fn is_set(name: &str) -> bool {
    (1..=MAX_SET).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@-_".contains(&byte))
}

/// What an administrator may do with a key: everything but use it.
const ADMINISTRATION: [&str; 15] = [
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetPublicKey",
    "kms:List*",
    "kms:PutKeyPolicy",
    "kms:UpdateKeyDescription",
    "kms:EnableKey",
    "kms:DisableKey",
    "kms:CreateAlias",
    "kms:UpdateAlias",
    "kms:DeleteAlias",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
];

/// What a key is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Purpose {
    /// It signs documents.
    #[default]
    Documents,
    /// It signs certificates and lists of the office's own authority.
    Authority,
}

impl Purpose {
    /// The value of the tag `Uso`, by which one is never taken for the other.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Documents => "Assinatura",
            Self::Authority => "Autoridade",
        }
    }
}

/// A signing key as an office wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its alias, `alias/…`.
    pub alias: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Kind of key.
    pub kind: KeyKind,
    /// The only algorithm that its policy lets people sign documents with.
    pub algorithm: SignatureAlgorithm,
    /// Whether other Regions can get a replica; it cannot be changed later.
    pub multi_region: bool,
    /// Account and tags.
    pub expected: Expected,
    /// Permission set whose people sign.
    pub signers: String,
    /// Permission set that has certificates made, where that needs another algorithm.
    pub requesters: Option<String>,
}

impl NewKey {
    /// # Errors
    /// [`KeyError::Alias`], [`KeyError::PermissionSet`], [`KeyError::AlgorithmDoesNotFit`].
    pub fn check(&self) -> Result<(), KeyError> {
        let name = self.alias.strip_prefix("alias/").unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
        // `alias/aws/` is the service's own.
        if name.is_empty() || self.alias.len() > MAX_ALIAS || name.starts_with("aws/") || !name.bytes().all(is_plain) {
            return Err(KeyError::Alias(self.alias.clone()));
        }
        if let Some(set) =
            [Some(&self.signers), self.requesters.as_ref()].into_iter().flatten().find(|set| !is_set(set))
        {
            return Err(KeyError::PermissionSet(set.chars().take(MAX_SET).collect()));
        }
        if self.spec().is_none() || !self.algorithm.fits(self.kind) || specification(self.algorithm).is_none() {
            return Err(KeyError::AlgorithmDoesNotFit);
        }
        Ok(())
    }

    /// The request as it goes to KMS; the policy, which is a text there, is shown as what it says.
    #[must_use]
    pub fn request(&self) -> Value {
        json!({
            "KeySpec": self.spec().map_or("", |spec| spec.0),
            "KeyUsage": KeyUsageType::SignVerify.as_str(),
            "MultiRegion": self.multi_region,
            "Description": self.description(),
            "Tags": self.expected.shown_tags(),
            "Policy": self.policy(),
        })
    }

    fn description(&self) -> String {
        let tag =
            |wanted: &str| self.expected.tags.iter().find(|(tag, _)| tag == wanted).map(|(_, value)| value.as_str());
        let purpose = self.purpose.tag().to_lowercase();
        format!("Cartório Digital: {purpose}, ambiente {}", tag("Ambiente").unwrap_or("?"))
    }

    fn spec(&self) -> Option<(&'static str, KeySpec)> {
        Some(match self.kind {
            KeyKind::Rsa(2048) => ("RSA_2048", KeySpec::Rsa2048),
            KeyKind::Rsa(3072) => ("RSA_3072", KeySpec::Rsa3072),
            KeyKind::Rsa(4096) => ("RSA_4096", KeySpec::Rsa4096),
            KeyKind::P256 => ("ECC_NIST_P256", KeySpec::EccNistP256),
            KeyKind::P384 => ("ECC_NIST_P384", KeySpec::EccNistP384),
            _ => return None,
        })
    }

    /// Who may do what: administrators manage, people of one permission set sign digests with one algorithm, nobody
    /// signs in another way, not even with a grant.
    #[must_use]
    pub fn policy(&self) -> Value {
        let account = format!("arn:aws:iam::{}:root", self.expected.account);
        let principal = json!({ "AWS": account });
        // Roles of permission sets carry a suffix that nobody knows beforehand.
        let role = |set: &str| {
            let path = format!("arn:aws:iam::{}:role/aws-reserved/sso.amazonaws.com/", self.expected.account);
            let own = format!("AWSReservedSSO_{set}_{SUFFIX}");
            json!({ "aws:PrincipalArn": [format!("{path}{own}"), format!("{path}*/{own}")] })
        };
        let name = |algorithm| specification(algorithm).map_or(String::new(), |spec| spec.as_str().to_owned());
        let own = name(self.algorithm);
        let sign = match self.purpose {
            Purpose::Documents => "AssinarCertidao",
            Purpose::Authority => "AssinarCertificados",
        };
        let mut allowed = vec![own.clone()];
        let mut readers = vec![role(&self.signers)];
        let mut administration = ADMINISTRATION.to_vec();
        administration.extend(self.multi_region.then_some("kms:ReplicateKey"));
        let mut statements = vec![
            json!({ "Sid": "Administrar", "Effect": "Allow", "Principal": principal, "Action": administration, "Resource": "*" }),
            json!({
                "Sid": sign, "Effect": "Allow", "Principal": principal, "Action": "kms:Sign", "Resource": "*",
                "Condition": {
                    "StringEquals": { "kms:SigningAlgorithm": own, "kms:MessageType": "DIGEST" },
                    "ArnLike": role(&self.signers),
                },
            }),
        ];
        if let Some(requesters) = &self.requesters {
            // Authorities take requests signed in the older way (PKCS #1) more often than any other.
            let request = match self.algorithm.scheme {
                Scheme::RsaPss => name(SignatureAlgorithm::new(Scheme::RsaPkcs1, self.algorithm.hash)),
                _ => name(self.algorithm),
            };
            statements.push(json!({
                "Sid": "PedirCertificado", "Effect": "Allow", "Principal": principal, "Action": "kms:Sign", "Resource": "*",
                "Condition": {
                    "StringEquals": { "kms:SigningAlgorithm": request, "kms:MessageType": "DIGEST" },
                    "ArnLike": role(requesters),
                },
            }));
            readers.push(role(requesters));
            allowed.push(request);
        }
        allowed.dedup();
        for (reader, sid) in readers.into_iter().zip(["Conferir", "ConferirPedido"]) {
            statements.push(json!({
                "Sid": sid, "Effect": "Allow", "Principal": principal,
                "Action": ["kms:GetPublicKey", "kms:DescribeKey", "kms:ListResourceTags"], "Resource": "*",
                "Condition": { "ArnLike": reader },
            }));
        }
        for (sid, condition) in [
            ("SoResumos", json!({ "kms:MessageType": "DIGEST" })),
            ("SoEstesAlgoritmos", json!({ "kms:SigningAlgorithm": allowed })),
        ] {
            statements.push(json!({
                "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "kms:Sign", "Resource": "*",
                "Condition": { "StringNotEquals": condition },
            }));
        }
        json!({ "Version": "2012-10-17", "Statement": statements })
    }
}

/// Makes the key and gives its ARN (three calls). A name that is taken is told before anything is made.
///
/// # Errors
/// [`KeyError::AliasTaken`]; [`KeyError::HalfMade`] with the key's ARN where only its alias failed; [`KeyError`].
pub async fn create(settings: &KmsSettings, wanted: &NewKey, clock: fn() -> DateTime<Utc>) -> Result<String, KeyError> {
    wanted.check()?;
    let Some((_, spec)) = wanted.spec() else { return Err(KeyError::AlgorithmDoesNotFit) };
    let client = client(settings, &settings.region, settings.endpoint.as_deref()).await?;
    match client.describe_key().key_id(&wanted.alias).send().await.map_err(|error| map(error, &wanted.alias, clock)) {
        Ok(_) => return Err(KeyError::AliasTaken(wanted.alias.clone())),
        Err(KeyError::NotFound(_)) => {}
        Err(error) => return Err(error),
    }
    let request = client
        .create_key()
        .key_spec(spec)
        .key_usage(KeyUsageType::SignVerify)
        .multi_region(wanted.multi_region)
        .description(wanted.description())
        .policy(wanted.policy().to_string())
        .set_tags(Some(wanted.expected.to_tags()?));
    // Asked a second time, it would make a second key, and a second price.
    let once = aws_sdk_kms::config::Config::builder().retry_config(RetryConfig::disabled());
    let made = request.customize().config_override(once).send().await;
    let made = made.map_err(|error| match map(error, &wanted.alias, clock) {
        // It may have heard the question, and only the answer was lost.
        KeyError::Network => KeyError::PerhapsMade,
        other => other,
    })?;
    let arn = made.key_metadata().and_then(|key| key.arn()).map(str::to_owned);
    let arn = arn.ok_or_else(|| KeyError::Unexpected("KeyMetadata".to_owned()))?;
    let named = client.create_alias().alias_name(&wanted.alias).target_key_id(&arn).send().await;
    match named {
        Ok(_) => Ok(arn),
        Err(error) => {
            let cause = map(error, &wanted.alias, clock);
            Err(KeyError::HalfMade { key: arn, alias: wanted.alias.clone(), cause: cause.code() })
        }
    }
}

#[cfg(test)]
mod tests {
    use cades::Hash;

    use super::*;

    fn wanted() -> NewKey {
        NewKey {
            alias: "alias/assinatura-2".to_owned(),
            purpose: Purpose::Documents,
            kind: KeyKind::Rsa(2048),
            algorithm: SignatureAlgorithm::new(Scheme::RsaPss, Hash::Sha256),
            multi_region: false,
            expected: Expected {
                account: "123456789012".to_owned(),
                tags: vec![("Ambiente".to_owned(), "dev".to_owned())],
            },
            signers: "Assinatura".to_owned(),
            requesters: Some("Cadastro".to_owned()),
        }
    }

    fn statement<'p>(policy: &'p Value, sid: &str) -> &'p Value {
        policy["Statement"].as_array().unwrap().iter().find(|statement| statement["Sid"] == sid).unwrap()
    }

    #[test]
    fn a_policy_lets_people_sign_digests_with_one_algorithm_and_administrators_not_at_all() {
        let policy = wanted().policy();
        let sign = statement(&policy, "AssinarCertidao");
        assert_eq!(sign["Condition"]["StringEquals"]["kms:SigningAlgorithm"], "RSASSA_PSS_SHA_256");
        assert_eq!(sign["Condition"]["StringEquals"]["kms:MessageType"], "DIGEST");
        let request = statement(&policy, "PedirCertificado");
        assert_eq!(request["Condition"]["StringEquals"]["kms:SigningAlgorithm"], "RSASSA_PKCS1_V1_5_SHA_256");
        let denied = &statement(&policy, "SoEstesAlgoritmos")["Condition"]["StringNotEquals"]["kms:SigningAlgorithm"];
        assert_eq!(denied.as_array().unwrap().len(), 2);
        let actions = statement(&policy, "Administrar")["Action"].to_string();
        for use_of_the_key in ["kms:Sign", "kms:CreateGrant", "kms:*\""] {
            assert!(!actions.contains(use_of_the_key), "{actions}");
        }
        assert!(actions.contains("kms:PutKeyPolicy"), "a key that nobody can manage is lost");
    }

    #[test]
    fn names_and_algorithms_that_kms_would_refuse_are_refused_here() {
        assert_eq!(wanted().check(), Ok(()));
        for alias in
            ["assinatura", "alias/", "alias/aws/kms", "alias/ção", "alias/a b", &format!("alias/{}", "a".repeat(300))]
        {
            let wrong = NewKey { alias: alias.to_owned(), ..wanted() };
            assert_eq!(wrong.check(), Err(KeyError::Alias(alias.to_owned())));
        }
        for set in ["", "*", "A?", "../x", "a b", &"a".repeat(33)] {
            let wrong = NewKey { signers: set.to_owned(), ..wanted() };
            assert!(matches!(wrong.check(), Err(KeyError::PermissionSet(_))), "{set}");
        }
        let wrong = NewKey { kind: KeyKind::P256, ..wanted() };
        assert_eq!(wrong.check(), Err(KeyError::AlgorithmDoesNotFit));
    }
}
