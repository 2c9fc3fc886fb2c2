//! AWS Private CA (2017-08-22): a root, an issuing authority below it, certificates by template, which come a little
//! later than they are asked for, and a list of what was revoked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint, DistinguishedName,
    DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams,
    SerialNumber,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{Reply, Request, Server};

/// Days of the longest certificate of an authority in short-lived mode.
const SHORT_LIVED_DAYS: i64 = 7;

const PREFIX: &str = "arn:aws:acm-pca:::template/";

/// How the double behaves. Change it at any time with [`PrivateCa::set`].
pub struct Behaviour {
    /// `ACTIVE`, `DISABLED` …
    pub status: String,
    /// `GENERAL_PURPOSE` or `SHORT_LIVED_CERTIFICATE`.
    pub mode: String,
    /// How often a certificate is asked for before it is there.
    pub polls: usize,
    /// Whether lists are published.
    pub publishes: bool,
    /// Issues for this key (SPKI, DER) instead of the one that was asked for.
    pub other_key: Option<Vec<u8>>,
    /// What every call is answered with in place of the right thing: status and shape.
    pub fault: Option<(u16, String)>,
}

struct Made {
    pem: String,
    serial: Vec<u8>,
    polls: usize,
    token: Option<String>,
}

struct State {
    behaviour: Behaviour,
    arn: String,
    root: (CertificateParams, KeyPair, String),
    issuing: (CertificateParams, KeyPair, String),
    made: BTreeMap<String, Made>,
    revoked: BTreeMap<Vec<u8>, String>,
    calls: Vec<String>,
    url: String,
}

/// A running double.
pub struct PrivateCa {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl PrivateCa {
    /// Starts one, with a root and an issuing authority.
    #[must_use]
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::new()));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| shared.lock().unwrap().answer(request));
        state.lock().unwrap().url = server.url();
        Self { server, state }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// ARN of the issuing authority.
    #[must_use]
    pub fn authority(&self) -> String {
        self.state().arn.clone()
    }

    /// PEM of the root.
    #[must_use]
    pub fn root(&self) -> String {
        self.state().root.2.clone()
    }

    /// The issuing authority's list and the root's, PEM, as they stand.
    #[must_use]
    pub fn lists(&self) -> String {
        let state = self.state();
        state.list(&state.issuing, &state.revoked) + &state.list(&state.root, &BTreeMap::new())
    }

    /// Changes its behaviour.
    pub fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.state().behaviour);
    }

    /// Every call so far, by its name.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// Somebody's public key, as rcgen wants it.
struct Given {
    bits: Vec<u8>,
    algorithm: &'static rcgen::SignatureAlgorithm,
}

impl Given {
    fn of(spki: &[u8]) -> Option<Self> {
        let mut fields = cades::asn1::Tlv::parse(spki).ok()?.children();
        fields.read().ok()?;
        let bits = fields.read().ok()?.bits().ok()?.to_vec();
        let algorithm = match cades::PublicKey::parse(spki).ok()?.kind {
            cades::KeyKind::Rsa(_) => &rcgen::PKCS_RSA_SHA256,
            cades::KeyKind::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            cades::KeyKind::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            _ => return None,
        };
        Some(Self { bits, algorithm })
    }
}

impl rcgen::PublicKeyData for Given {
    fn der_bytes(&self) -> &[u8] {
        &self.bits
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        self.algorithm
    }
}

type Answer = Result<Value, (u16, &'static str)>;

impl State {
    fn new() -> Self {
        let authority = |name: &str, below: u8| {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::OrganizationName, "TESTE");
            params.distinguished_name.push(DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            params.use_authority_key_identifier_extension = true;
            params.key_identifier_method = KeyIdMethod::Sha256;
            params.not_before = now() - Duration::hours(1);
            params.not_after = now() + Duration::days(3_650);
            (params, KeyPair::generate().unwrap())
        };
        let (root, root_key) = authority("AC Raiz de teste", 1);
        let (issuing, issuing_key) = authority("AC Emissora de teste", 0);
        let root_pem = root.self_signed(&root_key).unwrap().pem();
        let issuing_pem = {
            let above = Issuer::from_params(&root, &root_key);
            issuing.signed_by(&issuing_key, &above).unwrap().pem()
        };
        Self {
            behaviour: Behaviour {
                status: "ACTIVE".to_owned(),
                mode: "GENERAL_PURPOSE".to_owned(),
                polls: 1,
                publishes: true,
                other_key: None,
                fault: None,
            },
            arn: "arn:aws:acm-pca:sa-east-1:123456789012:certificate-authority/00000000-0000-4000-8000-000000000001"
                .to_owned(),
            root: (root, root_key, root_pem),
            issuing: (issuing, issuing_key, issuing_pem),
            made: BTreeMap::new(),
            revoked: BTreeMap::new(),
            calls: Vec::new(),
            url: String::new(),
        }
    }

    fn answer(&mut self, request: &Request) -> Reply {
        if request.method == "GET" {
            let list = self.list(&self.issuing, &self.revoked);
            return Reply::Answer { status: 200, headers: vec![], body: list.into_bytes() };
        }
        let target = request.header("x-amz-target").and_then(|target| target.strip_prefix("ACMPrivateCA."));
        let operation = target.unwrap_or_default().to_owned();
        self.calls.push(operation.clone());
        if let Some((status, shape)) = self.behaviour.fault.clone() {
            return error(status, &shape);
        }
        let body = request.json();
        let answer = match (operation.as_str(), body["CertificateAuthorityArn"] == self.arn.as_str()) {
            (_, false) => Err((400, "ResourceNotFoundException")),
            ("DescribeCertificateAuthority", _) => Ok(self.describe()),
            ("IssueCertificate", _) => self.issue(&body),
            ("GetCertificate", _) => self.get(&body),
            ("RevokeCertificate", _) => self.revoke(&body),
            _ => Err((400, "UnknownOperationException")),
        };
        match answer {
            Ok(body) => Reply::json(200, &body),
            Err((status, shape)) => error(status, shape),
        }
    }

    fn describe(&self) -> Value {
        json!({ "CertificateAuthority": {
            "Arn": self.arn, "Type": "SUBORDINATE", "Status": self.behaviour.status,
            "UsageMode": self.behaviour.mode,
            "NotAfter": self.issuing.0.not_after.unix_timestamp(),
            "CertificateAuthorityConfiguration": {
                "KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA",
                "Subject": { "Organization": "TESTE", "CommonName": "AC Emissora de teste" },
            },
            "RevocationConfiguration": { "CrlConfiguration": { "Enabled": self.behaviour.publishes } },
        }})
    }

    fn issue(&mut self, body: &Value) -> Answer {
        if self.behaviour.status != "ACTIVE" {
            return Err((400, "InvalidStateException"));
        }
        let token = body["IdempotencyToken"].as_str().map(str::to_owned);
        if let Some((arn, _)) = self.made.iter().find(|(_, made)| token.is_some() && made.token == token) {
            return Ok(json!({ "CertificateArn": arn }));
        }
        let invalid = (400, "InvalidArgsException");
        let days = match (body["Validity"]["Type"].as_str(), body["Validity"]["Value"].as_i64()) {
            (Some("DAYS"), Some(days)) => days,
            (Some("MONTHS"), Some(months)) => months * 30,
            (Some("YEARS"), Some(years)) => years * 365,
            _ => return Err(invalid),
        };
        let not_after = now() + Duration::days(days);
        let is_short = self.behaviour.mode == "SHORT_LIVED_CERTIFICATE";
        if days < 1 || not_after > self.issuing.0.not_after || is_short && days > SHORT_LIVED_DAYS {
            return Err(invalid);
        }
        // The authority's key decides the family.
        if body["SigningAlgorithm"] != "SHA256WITHECDSA" {
            return Err(invalid);
        }
        let csr =
            STANDARD.decode(body["Csr"].as_str().unwrap_or_default()).map_err(|_| (400, "MalformedCSRException"))?;
        let csr = keys::request::CertificateRequest::read(&csr).map_err(|_| (400, "MalformedCSRException"))?;
        let mut params = CertificateParams::default();
        params.not_before = now() - Duration::hours(1);
        params.not_after = not_after;
        params.use_authority_key_identifier_extension = true;
        params.key_identifier_method = KeyIdMethod::Sha256;
        params.distinguished_name = csr_name(&csr);
        let number = u64::try_from(self.made.len()).unwrap() + 0x0102_0304_0506_0700;
        let serial = number.to_be_bytes().to_vec();
        params.serial_number = Some(SerialNumber::from(serial.clone()));
        if self.behaviour.publishes {
            params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![format!("{}/crl", self.url)] }];
        }
        let usual = "EndEntityCertificate/V1";
        let template =
            body["TemplateArn"].as_str().map_or(Some(usual), |arn| arn.strip_prefix(PREFIX)).ok_or(invalid)?;
        let passed = &body["ApiPassthrough"];
        match template {
            "EndEntityCertificate/V1" if passed.is_null() => {
                params.is_ca = IsCa::ExplicitNoCa;
                params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
                params.extended_key_usages =
                    vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
            }
            "BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough/V1" => {
                params.is_ca = IsCa::ExplicitNoCa;
                pass_through(&mut params, passed).ok_or(invalid)?;
            }
            _ => return Err(invalid),
        }
        let key =
            Given::of(&self.behaviour.other_key.clone().unwrap_or(csr.spki)).ok_or((400, "MalformedCSRException"))?;
        let above = Issuer::from_params(&self.issuing.0, &self.issuing.1);
        let pem = params.signed_by(&key, &above).map_err(|_| (500, "InternalFailure"))?.pem();
        let arn = format!("{}/certificate/{}", self.arn, hexadecimal(&serial));
        let polls = self.behaviour.polls;
        self.made.insert(arn.clone(), Made { pem, serial, polls, token });
        Ok(json!({ "CertificateArn": arn }))
    }

    fn get(&mut self, body: &Value) -> Answer {
        let arn = body["CertificateArn"].as_str().unwrap_or_default();
        let chain = format!("{}{}", self.issuing.2, self.root.2);
        let made = self.made.get_mut(arn).ok_or((400, "ResourceNotFoundException"))?;
        if made.polls > 0 {
            made.polls -= 1;
            return Err((400, "RequestInProgressException"));
        }
        Ok(json!({ "Certificate": made.pem, "CertificateChain": chain }))
    }

    fn revoke(&mut self, body: &Value) -> Answer {
        let wanted = body["CertificateSerial"].as_str().unwrap_or_default().replace(':', "").to_lowercase();
        let reason = body["RevocationReason"].as_str().unwrap_or_default().to_owned();
        let found = self.made.values().find(|made| hexadecimal(&made.serial) == wanted);
        let serial = found.ok_or((400, "ResourceNotFoundException"))?.serial.clone();
        if self.revoked.contains_key(&serial) {
            return Err((400, "RequestAlreadyProcessedException"));
        }
        self.revoked.insert(serial, reason);
        Ok(Value::Null)
    }

    fn list(&self, of: &(CertificateParams, KeyPair, String), revoked: &BTreeMap<Vec<u8>, String>) -> String {
        let revoked = revoked.keys().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(serial.clone()),
            revocation_time: now() - Duration::minutes(1),
            reason_code: Some(rcgen::RevocationReason::AffiliationChanged),
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: now() - Duration::minutes(1),
            next_update: now() + Duration::days(7),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&Issuer::from_params(&of.0, &of.1)).unwrap().pem().unwrap()
    }
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(office::clock::now().timestamp()).unwrap()
}

fn error(status: u16, shape: &str) -> Reply {
    Reply::json(status, &json!({ "__type": shape, "message": "double" }))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn csr_name(csr: &keys::request::CertificateRequest) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (letters, value) in csr.name() {
        if letters == "CN" {
            name.push(DnType::CommonName, value);
        }
    }
    name
}

/// Name and extensions as the call says them. The service puts a name's parts in an order of its own.
fn pass_through(params: &mut CertificateParams, passed: &Value) -> Option<()> {
    let subject = &passed["Subject"];
    if subject.is_object() {
        let mut name = DistinguishedName::new();
        for (member, kind) in [
            ("Country", DnType::CountryName),
            ("Organization", DnType::OrganizationName),
            ("OrganizationalUnit", DnType::OrganizationalUnitName),
            ("State", DnType::StateOrProvinceName),
            ("Locality", DnType::LocalityName),
            ("CommonName", DnType::CommonName),
        ] {
            if let Some(value) = subject[member].as_str() {
                let value = match member {
                    "Country" => DnValue::PrintableString(value.try_into().ok()?),
                    _ => DnValue::Utf8String(value.to_owned()),
                };
                name.push(kind, value);
            }
        }
        params.distinguished_name = name;
    }
    let extensions = &passed["Extensions"];
    let usage = &extensions["KeyUsage"];
    for (member, kind) in [
        ("DigitalSignature", KeyUsagePurpose::DigitalSignature),
        ("NonRepudiation", KeyUsagePurpose::ContentCommitment),
        ("KeyEncipherment", KeyUsagePurpose::KeyEncipherment),
    ] {
        if usage[member] == true {
            params.key_usages.push(kind);
        }
    }
    for purpose in extensions["ExtendedKeyUsage"].as_array().into_iter().flatten() {
        if let Some(own) = purpose["ExtendedKeyUsageObjectIdentifier"].as_str() {
            let arcs = own.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
            params.extended_key_usages.push(ExtendedKeyUsagePurpose::Other(arcs));
            continue;
        }
        let kind = match purpose["ExtendedKeyUsageType"].as_str()? {
            // Microsoft's, which is older than RFC 9336.
            "DOCUMENT_SIGNING" => ExtendedKeyUsagePurpose::Other(vec![1, 3, 6, 1, 4, 1, 311, 10, 3, 12]),
            "EMAIL_PROTECTION" => ExtendedKeyUsagePurpose::EmailProtection,
            "SERVER_AUTH" => ExtendedKeyUsagePurpose::ServerAuth,
            _ => return None,
        };
        params.extended_key_usages.push(kind);
    }
    Some(())
}
