//! AWS KMS (2014-11-01) with what ministack lacks: key policies with `kms:*` conditions, the limits of the real
//! service, throttling, expired tokens, clocks that differ, Regions that fail. GetCallerIdentity of STS as well, so
//! that a person can sign in against it alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
};

use aws_lc_rs::{
    digest,
    encoding::{AsDer, PublicKeyX509Der},
    rsa::KeySize,
    signature::{self, EcdsaKeyPair, KeyPair, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde_json::{Value, json};

use super::{Reply, Request, Server};

/// The one account of the double.
pub const ACCOUNT: &str = "123456789012";

/// How far a request's time may be from the service's.
const TOLERANCE: Duration = Duration::minutes(5);

/// Longest message that is signed raw.
const MAX_RAW: usize = 4_096;

/// How the double behaves. Change it at any time with [`Kms::set`].
#[derive(Default)]
pub struct Behaviour {
    /// Who has which access key: the name of a role (`AWSReservedSSO_Assinatura_0123`) and of a person.
    pub people: BTreeMap<String, (String, String)>,
    /// Access keys that no longer count.
    pub expired: BTreeSet<String>,
    /// Regions where every connection is cut.
    pub failing: BTreeSet<String>,
    /// Every so many calls are throttled; none if 0.
    pub throttle_every: usize,
    /// Minutes that its clock is ahead.
    pub minutes_ahead: i64,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    /// Encrypts; only its existence matters here.
    Symmetric,
}

#[derive(Clone)]
struct Key {
    pair: Arc<Pair>,
    spec: String,
    usage: String,
    state: String,
    description: String,
    policy: Value,
    tags: Vec<(String, String)>,
    multi_region: bool,
    made: DateTime<Utc>,
}

#[derive(Default)]
struct State {
    behaviour: Behaviour,
    /// By Region and id.
    keys: BTreeMap<(String, String), Key>,
    /// By Region and name.
    aliases: BTreeMap<(String, String), String>,
    calls: Vec<String>,
    asked: usize,
}

/// A running double.
pub struct Kms {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// Why a call is refused: status and shape.
type Refusal = (u16, &'static str);

impl Kms {
    /// Starts one.
    #[must_use]
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| shared.lock().unwrap().answer(request));
        Self { server, state }
    }

    /// Its address, for every Region.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Changes its behaviour.
    pub fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.state().behaviour);
    }

    /// Every call that was let through so far: its name, with `@Region` where that is not sa-east-1.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// Who asks, and where.
struct Caller {
    region: String,
    role: String,
    person: String,
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        let scope: Vec<String> = request
            .header("authorization")
            .and_then(|header| header.split("Credential=").nth(1))
            .map(|scope| scope.split([',', '/']).map(str::to_owned).collect())
            .unwrap_or_default();
        let region = scope.get(2).cloned().unwrap_or_default();
        if self.behaviour.failing.contains(&region) {
            return Reply::Cut;
        }
        self.asked += 1;
        let now = office::clock::now() + Duration::minutes(self.behaviour.minutes_ahead);
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let outcome = self.caller(request, scope.first(), &region, now).and_then(|caller| {
            let throttled =
                self.behaviour.throttle_every > 0 && self.asked.is_multiple_of(self.behaviour.throttle_every);
            if throttled { Err((400, "ThrottlingException")) } else { self.dispatch(request, &caller, now) }
        });
        let reply = match outcome {
            Ok(Value::String(xml)) => Reply::Answer {
                status: 200,
                headers: vec![("content-type".to_owned(), "text/xml".to_owned())],
                body: xml.into_bytes(),
            },
            Ok(body) => Reply::json(200, &body),
            Err((status, shape)) => Reply::json(status, &json!({ "__type": shape, "message": "double" })),
        };
        let id = format!("00000000-0000-4000-8000-{:012}", self.asked);
        reply.with("x-amzn-requestid", &id).with("date", &date)
    }

    fn caller(
        &self,
        request: &Request,
        access: Option<&String>,
        region: &str,
        now: DateTime<Utc>,
    ) -> Result<Caller, Refusal> {
        let access = access.ok_or((400, "MissingAuthenticationTokenException"))?;
        let sent =
            request.header("x-amz-date").and_then(|date| NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ").ok());
        let sent = sent.ok_or((400, "IncompleteSignatureException"))?.and_utc();
        if (sent - now).abs() > TOLERANCE {
            return Err((400, "InvalidSignatureException"));
        }
        if self.behaviour.expired.contains(access) {
            return Err((400, "ExpiredTokenException"));
        }
        let (role, person) = self.behaviour.people.get(access).ok_or((400, "UnrecognizedClientException"))?;
        Ok(Caller { region: region.to_owned(), role: role.clone(), person: person.clone() })
    }

    fn dispatch(&mut self, request: &Request, caller: &Caller, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let target = request.header("x-amz-target").and_then(|target| target.strip_prefix("TrentService."));
        let operation = target.unwrap_or("GetCallerIdentity").to_owned();
        let body = request.json();
        let answer = match operation.as_str() {
            "GetCallerIdentity" => Ok(identity(caller)),
            "CreateKey" => self.create_key(&body, caller, now),
            "CreateAlias" => self.alias(&body, caller, false),
            "UpdateAlias" => self.alias(&body, caller, true),
            "ListKeys" => Ok(json!({ "Keys": self.ids(caller), "Truncated": false })),
            "ListAliases" => Ok(json!({ "Aliases": self.alias_list(caller), "Truncated": false })),
            "ReplicateKey" => self.replicate(&body, caller),
            _ => self.on_key(&operation, &body, caller),
        };
        if answer.is_ok() {
            let region = if caller.region == "sa-east-1" { String::new() } else { format!("@{}", caller.region) };
            self.calls.push(format!("{operation}{region}"));
        }
        answer
    }

    fn create_key(&mut self, body: &Value, caller: &Caller, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let text = |name: &str, usual: &str| body[name].as_str().unwrap_or(usual).to_owned();
        let (spec, usage) = (text("KeySpec", "SYMMETRIC_DEFAULT"), text("KeyUsage", "ENCRYPT_DECRYPT"));
        let pair = match spec.as_str() {
            "RSA_2048" => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
            "RSA_3072" => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa3072).unwrap()),
            "RSA_4096" => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa4096).unwrap()),
            "ECC_NIST_P256" => Pair::Ecdsa(EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()),
            "ECC_NIST_P384" => Pair::Ecdsa(EcdsaKeyPair::generate(&signature::ECDSA_P384_SHA384_ASN1_SIGNING).unwrap()),
            "SYMMETRIC_DEFAULT" => Pair::Symmetric,
            _ => return Err((400, "ValidationException")),
        };
        if matches!(pair, Pair::Symmetric) != (usage == "ENCRYPT_DECRYPT") {
            return Err((400, "ValidationException"));
        }
        let root = format!("arn:aws:iam::{ACCOUNT}:root");
        let usual = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": { "AWS": root }, "Action": "kms:*", "Resource": "*" }] });
        let policy = match body["Policy"].as_str() {
            Some(policy) => serde_json::from_str(policy).map_err(|_| (400, "MalformedPolicyDocumentException"))?,
            None => usual,
        };
        let tags: Vec<_> = body["Tags"].as_array().into_iter().flatten().map(tag).collect();
        if tags.iter().any(|(name, _)| name.to_lowercase().starts_with("aws:")) {
            return Err((400, "TagException"));
        }
        let multi_region = body["MultiRegion"] == true;
        let prefix = if multi_region { "mrk-" } else { "" };
        let id = format!("{prefix}{:08x}-0000-4000-8000-{:012x}", self.asked, self.keys.len());
        let key = Key {
            pair: Arc::new(pair),
            spec,
            usage,
            state: "Enabled".to_owned(),
            description: text("Description", ""),
            policy,
            tags,
            multi_region,
            made: now,
        };
        // The service refuses a policy that locks out whoever asks.
        if body["BypassPolicyLockoutSafetyCheck"] != true && !allows(&key, "PutKeyPolicy", &Value::Null, caller) {
            return Err((400, "MalformedPolicyDocumentException"));
        }
        self.keys.insert((caller.region.clone(), id.clone()), key);
        Ok(json!({ "KeyMetadata": self.metadata(&caller.region, &id) }))
    }

    fn alias(&mut self, body: &Value, caller: &Caller, moves: bool) -> Result<Value, Refusal> {
        let name = body["AliasName"].as_str().unwrap_or_default().to_owned();
        if !name.starts_with("alias/") || name.starts_with("alias/aws/") {
            return Err((400, "InvalidAliasNameException"));
        }
        let place = (caller.region.clone(), name);
        match (moves, self.aliases.contains_key(&place)) {
            (false, true) => return Err((400, "AlreadyExistsException")),
            (true, false) => return Err((400, "NotFoundException")),
            _ => {}
        }
        let id = self.find(&body["TargetKeyId"], caller)?;
        let key = &self.keys[&(caller.region.clone(), id.clone())];
        if !allows(key, if moves { "UpdateAlias" } else { "CreateAlias" }, body, caller) {
            return Err((400, "AccessDeniedException"));
        }
        self.aliases.insert(place, id);
        Ok(Value::Null)
    }

    fn ids(&self, caller: &Caller) -> Vec<Value> {
        let own = self.keys.keys().filter(|(region, _)| *region == caller.region);
        own.map(|(region, id)| json!({ "KeyId": id, "KeyArn": arn(region, id) })).collect()
    }

    fn alias_list(&self, caller: &Caller) -> Vec<Value> {
        let own = self.aliases.iter().filter(|((region, _), _)| *region == caller.region);
        own.map(|((_, name), id)| json!({ "AliasName": name, "TargetKeyId": id })).collect()
    }

    fn replicate(&mut self, body: &Value, caller: &Caller) -> Result<Value, Refusal> {
        let id = self.find(&body["KeyId"], caller)?;
        let key = self.keys[&(caller.region.clone(), id.clone())].clone();
        if !key.multi_region {
            return Err((400, "UnsupportedOperationException"));
        }
        if !allows(&key, "ReplicateKey", body, caller) {
            return Err((400, "AccessDeniedException"));
        }
        let region = body["ReplicaRegion"].as_str().unwrap_or_default().to_owned();
        if self.keys.contains_key(&(region.clone(), id.clone())) {
            return Err((400, "AlreadyExistsException"));
        }
        let policy = body["Policy"].as_str().and_then(|policy| serde_json::from_str(policy).ok());
        let replica = Key {
            policy: policy.unwrap_or_else(|| key.policy.clone()),
            tags: body["Tags"].as_array().into_iter().flatten().map(tag).collect(),
            ..key
        };
        self.keys.insert((region.clone(), id.clone()), replica);
        Ok(json!({ "ReplicaKeyMetadata": self.metadata(&region, &id) }))
    }

    /// Operations on one key: found, then allowed, then in the right state, in that order.
    fn on_key(&mut self, operation: &str, body: &Value, caller: &Caller) -> Result<Value, Refusal> {
        let id = self.find(&body["KeyId"], caller)?;
        let place = (caller.region.clone(), id.clone());
        let arn = arn(&caller.region, &id);
        let metadata = self.metadata(&caller.region, &id);
        let key = self.keys.get_mut(&place).ok_or((400, "NotFoundException"))?;
        if !allows(key, operation, body, caller) {
            return Err((400, "AccessDeniedException"));
        }
        match operation {
            "DescribeKey" => Ok(json!({ "KeyMetadata": metadata })),
            "ListResourceTags" => {
                let tags: Vec<_> =
                    key.tags.iter().map(|(name, value)| json!({ "TagKey": name, "TagValue": value })).collect();
                Ok(json!({ "Tags": tags, "Truncated": false }))
            }
            "GetKeyPolicy" => Ok(json!({ "Policy": key.policy.to_string(), "PolicyName": "default" })),
            "PutKeyPolicy" => {
                let policy = body["Policy"].as_str().unwrap_or_default();
                key.policy = serde_json::from_str(policy).map_err(|_| (400, "MalformedPolicyDocumentException"))?;
                Ok(Value::Null)
            }
            "DisableKey" => set_state(key, "Disabled"),
            "EnableKey" => set_state(key, "Enabled"),
            "ScheduleKeyDeletion" => {
                set_state(key, "PendingDeletion")?;
                Ok(json!({ "KeyId": arn, "KeyState": "PendingDeletion" }))
            }
            "EnableKeyRotation" if matches!(*key.pair, Pair::Symmetric) => Ok(Value::Null),
            "EnableKeyRotation" => Err((400, "UnsupportedOperationException")),
            "GetPublicKey" => {
                let der = public_key(&key.pair).ok_or((400, "UnsupportedOperationException"))?;
                Ok(json!({ "KeyId": arn, "KeySpec": key.spec, "KeyUsage": key.usage,
                    "PublicKey": STANDARD.encode(der), "SigningAlgorithms": algorithms(&key.spec) }))
            }
            "Sign" => sign(key, body, &arn),
            _ => Err((400, "UnknownOperationException")),
        }
    }

    fn find(&self, wanted: &Value, caller: &Caller) -> Result<String, Refusal> {
        let wanted = wanted.as_str().unwrap_or_default();
        if let Some(id) = self.aliases.get(&(caller.region.clone(), wanted.to_owned())) {
            return Ok(id.clone());
        }
        let own = format!("arn:aws:kms:{}:{ACCOUNT}:key/", caller.region);
        let id = wanted.strip_prefix(&own).unwrap_or(wanted);
        let place = (caller.region.clone(), id.to_owned());
        if self.keys.contains_key(&place) { Ok(id.to_owned()) } else { Err((400, "NotFoundException")) }
    }

    fn metadata(&self, region: &str, id: &str) -> Value {
        let key = &self.keys[&(region.to_owned(), id.to_owned())];
        let mut metadata = json!({
            "KeyId": id, "Arn": arn(region, id), "AWSAccountId": ACCOUNT, "Enabled": key.state == "Enabled",
            "KeyState": key.state, "KeyUsage": key.usage, "KeySpec": key.spec, "Description": key.description,
            "KeyManager": "CUSTOMER", "Origin": "AWS_KMS", "MultiRegion": key.multi_region,
            "CreationDate": key.made.timestamp(), "SigningAlgorithms": algorithms(&key.spec),
        });
        if key.multi_region {
            let regions: Vec<&String> =
                self.keys.keys().filter(|(_, own)| own == id).map(|(region, _)| region).collect();
            let places = regions.iter().map(|region| json!({ "Arn": arn(region, id), "Region": region }));
            let (primary, replicas): (Vec<_>, Vec<_>) = places.partition(|place| place["Region"] == "sa-east-1");
            metadata["MultiRegionConfiguration"] = json!({
                "MultiRegionKeyType": if region == "sa-east-1" { "PRIMARY" } else { "REPLICA" },
                "PrimaryKey": primary.first(), "ReplicaKeys": replicas });
        }
        metadata
    }
}

fn identity(caller: &Caller) -> Value {
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/{}", caller.role, caller.person);
    Value::String(format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>{arn}</Arn><UserId>AROA:{}</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>double</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
        caller.person
    ))
}

fn set_state(key: &mut Key, state: &str) -> Result<Value, Refusal> {
    state.clone_into(&mut key.state);
    Ok(Value::Null)
}

fn tag(tag: &Value) -> (String, String) {
    let text = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    (text("TagKey"), text("TagValue"))
}

fn arn(region: &str, id: &str) -> String {
    format!("arn:aws:kms:{region}:{ACCOUNT}:key/{id}")
}

fn algorithms(spec: &str) -> Vec<String> {
    let own = |schemes: &[&str], hashes: &[&str]| {
        schemes.iter().flat_map(|scheme| hashes.iter().map(move |hash| format!("{scheme}_{hash}"))).collect()
    };
    match spec {
        "ECC_NIST_P256" => own(&["ECDSA"], &["SHA_256"]),
        "ECC_NIST_P384" => own(&["ECDSA"], &["SHA_384"]),
        "SYMMETRIC_DEFAULT" => Vec::new(),
        _ => own(&["RSASSA_PSS", "RSASSA_PKCS1_V1_5"], &["SHA_256", "SHA_384", "SHA_512"]),
    }
}

fn public_key(pair: &Pair) -> Option<Vec<u8>> {
    let der: PublicKeyX509Der<'_> = match pair {
        Pair::Rsa(pair) => pair.public_key().as_der().unwrap(),
        Pair::Ecdsa(pair) => pair.public_key().as_der().unwrap(),
        Pair::Symmetric => return None,
    };
    Some(der.as_ref().to_vec())
}

fn sign(key: &Key, body: &Value, arn: &str) -> Result<Value, Refusal> {
    match key.state.as_str() {
        "Enabled" => {}
        "Disabled" => return Err((400, "DisabledException")),
        _ => return Err((400, "KMSInvalidStateException")),
    }
    if key.usage != "SIGN_VERIFY" {
        return Err((400, "InvalidKeyUsageException"));
    }
    let algorithm = body["SigningAlgorithm"].as_str().unwrap_or_default();
    if !algorithms(&key.spec).iter().any(|known| known == algorithm) {
        return Err((400, "InvalidKeyUsageException"));
    }
    let message =
        STANDARD.decode(body["Message"].as_str().unwrap_or_default()).map_err(|_| (400, "ValidationException"))?;
    let hash = match algorithm.rsplit('_').next() {
        Some("384") => &digest::SHA384,
        Some("512") => &digest::SHA512,
        _ => &digest::SHA256,
    };
    let digest = match body["MessageType"].as_str() {
        Some("DIGEST") => digest::Digest::import_less_safe(&message, hash).map_err(|_| (400, "ValidationException"))?,
        _ if (1..=MAX_RAW).contains(&message.len()) => digest::digest(hash, &message),
        _ => return Err((400, "ValidationException")),
    };
    if body["DryRun"] == true {
        return Err((400, "DryRunOperationException"));
    }
    let value = match &*key.pair {
        Pair::Ecdsa(pair) => pair.sign_digest(&digest).unwrap().as_ref().to_vec(),
        Pair::Rsa(pair) => {
            let encoding: &dyn signature::RsaEncoding = match algorithm {
                "RSASSA_PSS_SHA_256" => &signature::RSA_PSS_SHA256,
                "RSASSA_PSS_SHA_384" => &signature::RSA_PSS_SHA384,
                "RSASSA_PSS_SHA_512" => &signature::RSA_PSS_SHA512,
                "RSASSA_PKCS1_V1_5_SHA_256" => &signature::RSA_PKCS1_SHA256,
                "RSASSA_PKCS1_V1_5_SHA_384" => &signature::RSA_PKCS1_SHA384,
                _ => &signature::RSA_PKCS1_SHA512,
            };
            let mut value = vec![0; pair.public_modulus_len()];
            pair.sign_digest(encoding, &digest, &mut value).unwrap();
            value
        }
        Pair::Symmetric => return Err((400, "InvalidKeyUsageException")),
    };
    Ok(json!({ "KeyId": arn, "Signature": STANDARD.encode(value), "SigningAlgorithm": algorithm }))
}

/// Whether a key's policy lets somebody do something: one statement allows, none denies. A statement for the whole
/// account stands for what the account's own policies allow, which in the double is everything.
fn allows(key: &Key, operation: &str, body: &Value, caller: &Caller) -> bool {
    let statements = key.policy["Statement"].as_array().cloned().unwrap_or_default();
    let matching = |effect: &str| {
        statements.iter().any(|statement| {
            statement["Effect"] == effect
                && is_principal(&statement["Principal"])
                && is_action(&statement["Action"], operation)
                && conditions_hold(&statement["Condition"], body, caller)
        })
    };
    matching("Allow") && !matching("Deny")
}

fn is_principal(principal: &Value) -> bool {
    principal == "*" || principal["AWS"] == "*" || principal["AWS"] == format!("arn:aws:iam::{ACCOUNT}:root")
}

fn is_action(actions: &Value, operation: &str) -> bool {
    let wanted = format!("kms:{operation}");
    list(actions).iter().any(|action| like(action, &wanted))
}

fn conditions_hold(conditions: &Value, body: &Value, caller: &Caller) -> bool {
    conditions.as_object().into_iter().flatten().all(|(operator, keys)| {
        keys.as_object().into_iter().flatten().all(|(name, values)| {
            let role = format!("arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{}", caller.role);
            let found = match name.as_str() {
                "kms:SigningAlgorithm" => body["SigningAlgorithm"].as_str().map(str::to_owned),
                // What is not said is RAW.
                "kms:MessageType" => Some(body["MessageType"].as_str().unwrap_or("RAW").to_owned()),
                "aws:PrincipalArn" => Some(role),
                _ => None,
            };
            let values = list(values);
            match (operator.as_str(), found) {
                ("StringEquals", Some(found)) => values.contains(&found),
                ("StringNotEquals", Some(found)) => !values.contains(&found),
                ("ArnLike" | "StringLike", Some(found)) => values.iter().any(|pattern| like(pattern, &found)),
                // A condition on something that is not there holds only where it is negated.
                (operator, None) => operator.contains("Not"),
                _ => false,
            }
        })
    })
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// `*` stands for any letters, `?` for one.
fn like(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => {
            let rest = &pattern[1..];
            (0..=text.len()).any(|at| text.get(at..).is_some_and(|text| like(rest, text)))
        }
        (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
            like(&pattern[wanted.len_utf8()..], &text[found.len_utf8()..])
        }
        _ => false,
    }
}
