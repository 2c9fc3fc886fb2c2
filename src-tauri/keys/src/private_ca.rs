//! AWS Private CA: has certificates issued for keys in KMS, and revokes them.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use aws_config::{Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_acmpca::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
    types::{
        ApiPassthrough, Asn1Subject, CertificateAuthorityStatus, CertificateAuthorityUsageMode, ExtendedKeyUsage,
        ExtendedKeyUsageType, Extensions, KeyAlgorithm, KeyUsage, RevocationReason, SigningAlgorithm, Validity,
        ValidityPeriodType,
    },
};
use cades::Certificate;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    Credentials, KeyError,
    authority::new_serial,
    kms::map,
    request::{CertificateRequest, Subject, to_pem},
};

/// The template whose extensions are those of the request to the service, and whose name as well: neither the request's
/// own wishes nor the default's purposes of TLS get into the certificate.
const TEMPLATE: &str =
    "arn:aws:acm-pca:::template/BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough/V1";

/// id-kp-documentSigning (RFC 9336); the service's own DOCUMENT_SIGNING may be Microsoft's older one.
const PURPOSE: &str = "1.3.6.1.5.5.7.3.36";

/// Monthly price of an authority whose certificates last longer than seven days, in US dollars, without certificates.
pub const MONTHLY_PRICE: u32 = 400;

/// How long one call may take, and with all its attempts.
const ATTEMPT_DEADLINE: Duration = Duration::from_secs(6);
const DEADLINE: Duration = Duration::from_secs(20);

/// How long a certificate is awaited, and how often it is asked for.
const ISSUE_DEADLINE: Duration = Duration::from_secs(60);
const ISSUE_POLL: Duration = Duration::from_millis(500);

/// Why the service does not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrivateCaFault {
    /// There is no such authority, or no such certificate.
    NotFound,
    /// The authority is not active.
    Inactive,
    /// Something of the request is not allowed.
    Refused,
    /// A quota is used up.
    Limit,
    /// The role may not ask.
    Denied,
    /// Certificates of seven days at most, with which no document can be signed that is to last.
    ShortLived,
    /// The certificate is not there yet; asked again with its ARN, it will be.
    Pending,
    /// The certificate was revoked before.
    AlreadyRevoked,
    /// What was issued is not what was asked for.
    Different,
}

impl PrivateCaFault {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotFound => "private_ca.not_found",
            Self::Inactive => "private_ca.inactive",
            Self::Refused => "private_ca.refused",
            Self::Limit => "private_ca.limit",
            Self::Denied => "private_ca.denied",
            Self::ShortLived => "private_ca.short_lived",
            Self::Pending => "private_ca.pending",
            Self::AlreadyRevoked => "private_ca.already_revoked",
            Self::Different => "private_ca.different",
        }
    }
}

/// Which authority, where, and with whose credentials.
#[derive(Clone)]
pub struct PrivateCaSettings {
    /// Its ARN.
    pub authority: String,
    /// Its Region.
    pub region: String,
    /// Another end point, for tests.
    pub endpoint: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
}

/// An authority that issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateCa {
    /// Its ARN.
    pub arn: String,
    /// Its common name.
    pub name: String,
    /// Its key, in the service's words.
    pub key: String,
    /// Last moment of its certificate.
    pub not_after: Option<DateTime<Utc>>,
    /// Whether it says what it revoked, by list or by answers.
    pub tells_revocation: bool,
    algorithm: SigningAlgorithm,
}

/// A certificate to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Days that it lasts.
    pub days: u32,
    /// Whose it is.
    pub subject: Subject,
    /// The key's own request, DER.
    pub request: Vec<u8>,
}

/// The service in one Region.
pub struct PrivateCaClient {
    client: Client,
    authority: String,
    clock: fn() -> DateTime<Utc>,
}

impl PrivateCaClient {
    /// Connects; nothing is asked yet.
    ///
    /// # Errors
    /// [`KeyError`]
    pub async fn new(settings: &PrivateCaSettings, clock: fn() -> DateTime<Utc>) -> Result<Self, KeyError> {
        let shared = settings.credentials.configuration(&settings.region).await?;
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_DEADLINE).operation_timeout(DEADLINE).build();
        let mut configuration = aws_sdk_acmpca::config::Builder::from(&shared)
            .region(Region::new(settings.region.clone()))
            .retry_config(RetryConfig::standard())
            .timeout_config(timeouts);
        if let Some(endpoint) = &settings.endpoint {
            configuration = configuration.endpoint_url(endpoint);
        }
        let client = Client::from_conf(configuration.build());
        Ok(Self { client, authority: settings.authority.clone(), clock })
    }

    /// The authority, if documents can be signed with what it issues (one call).
    ///
    /// # Errors
    /// [`PrivateCaFault::Inactive`], [`PrivateCaFault::ShortLived`] and the service's own.
    pub async fn authority(&self) -> Result<PrivateCa, KeyError> {
        let call = self.client.describe_certificate_authority().certificate_authority_arn(&self.authority);
        let answer = call.send().await.map_err(|error| self.failed(error))?;
        let missing = || KeyError::Unexpected("CertificateAuthority".to_owned());
        let found = answer.certificate_authority().ok_or_else(missing)?;
        if found.status() != Some(&CertificateAuthorityStatus::Active) {
            return Err(self.fault(PrivateCaFault::Inactive));
        }
        // Nothing that it issues outlives a week, and documents are signed without time stamps.
        if found.usage_mode() == Some(&CertificateAuthorityUsageMode::ShortLivedCertificate) {
            return Err(self.fault(PrivateCaFault::ShortLived));
        }
        let configuration = found.certificate_authority_configuration().ok_or_else(missing)?;
        let algorithm = match configuration.key_algorithm() {
            KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => SigningAlgorithm::Sha256Withrsa,
            KeyAlgorithm::EcPrime256v1 => SigningAlgorithm::Sha256Withecdsa,
            KeyAlgorithm::EcSecp384r1 => SigningAlgorithm::Sha384Withecdsa,
            _ => return Err(KeyError::AlgorithmDoesNotFit),
        };
        let revocation = found.revocation_configuration();
        let has_list = revocation.and_then(|own| own.crl_configuration()).is_some_and(|list| list.enabled());
        let has_answers = revocation.and_then(|own| own.ocsp_configuration()).is_some_and(|own| own.enabled());
        let name = configuration.subject().and_then(|subject| subject.common_name()).unwrap_or_default();
        Ok(PrivateCa {
            arn: self.authority.clone(),
            name: cades::readable(name),
            key: configuration.key_algorithm().as_str().to_owned(),
            not_after: found.not_after().and_then(|date| DateTime::from_timestamp(date.secs(), 0)),
            tells_revocation: has_list || has_answers,
            algorithm,
        })
    }

    /// Asks for a certificate and gives its ARN (one call).
    ///
    /// # Errors
    /// [`KeyError`]
    pub async fn order(&self, authority: &PrivateCa, order: &Order) -> Result<String, KeyError> {
        let mut seen = BTreeSet::new();
        // The service takes each part of a name once.
        if let Some((twice, _)) = order.subject.attributes.iter().find(|(letters, _)| !seen.insert(*letters)) {
            return Err(KeyError::Subject((*twice).to_owned()));
        }
        // The SDK's own second attempt is the same order, a person's is another.
        let token: String = new_serial()?.iter().map(|byte| format!("{byte:02x}")).collect();
        let days = Validity::builder().r#type(ValidityPeriodType::Days).value(order.days.into()).build();
        let usage = KeyUsage::builder().digital_signature(true).non_repudiation(true).build();
        let purpose = |kind| ExtendedKeyUsage::builder().extended_key_usage_type(kind).build();
        let extensions = Extensions::builder()
            .key_usage(usage)
            .extended_key_usage(purpose(ExtendedKeyUsageType::DocumentSigning))
            .extended_key_usage(purpose(ExtendedKeyUsageType::EmailProtection))
            .extended_key_usage(ExtendedKeyUsage::builder().extended_key_usage_object_identifier(PURPOSE).build())
            .build();
        let passed = ApiPassthrough::builder().subject(name(&order.subject)).extensions(extensions).build();
        let call = self
            .client
            .issue_certificate()
            .certificate_authority_arn(&self.authority)
            .csr(Blob::new(to_pem(&order.request).0))
            .signing_algorithm(authority.algorithm.clone())
            .template_arn(TEMPLATE)
            .validity(days.map_err(|_| KeyError::Unexpected("Validity".to_owned()))?)
            .api_passthrough(passed)
            .idempotency_token(token);
        let answer = call.send().await.map_err(|error| self.failed(error))?;
        answer.certificate_arn.ok_or_else(|| KeyError::Unexpected("CertificateArn".to_owned()))
    }

    /// Awaits a certificate that was asked for, with its chain, the certificate first.
    ///
    /// # Errors
    /// [`PrivateCaFault::Pending`] after a minute; [`KeyError`].
    pub async fn collect(&self, certificate: &str) -> Result<Vec<Certificate>, KeyError> {
        let deadline = Instant::now() + ISSUE_DEADLINE;
        loop {
            let call = self.client.get_certificate().certificate_authority_arn(&self.authority);
            match call.certificate_arn(certificate).send().await {
                Ok(answer) => {
                    let text = [answer.certificate(), answer.certificate_chain()].into_iter().flatten();
                    let blocks = pem::parse_many(text.collect::<Vec<_>>().join("\n"));
                    let unreadable = |_| KeyError::Unexpected("Certificate".to_owned());
                    let read = |block: &pem::Pem| Certificate::parse(block.contents());
                    return blocks
                        .map_err(unreadable)?
                        .iter()
                        .map(read)
                        .collect::<Result<_, _>>()
                        .map_err(|_| KeyError::Unexpected("CertificateChain".to_owned()));
                }
                Err(error) if error.code() == Some("RequestInProgressException") => {
                    if Instant::now() >= deadline {
                        let (fault, authority) = (PrivateCaFault::Pending, certificate.to_owned());
                        return Err(KeyError::PrivateCa { fault, authority });
                    }
                    tokio::time::sleep(ISSUE_POLL).await;
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    /// Whether what was issued is what was asked for: key, name and uses.
    ///
    /// # Errors
    /// [`PrivateCaFault::Different`]
    pub fn compare(&self, issued: &[Certificate], order: &Order) -> Result<(), KeyError> {
        let different = || self.fault(PrivateCaFault::Different);
        let request = CertificateRequest::read(&order.request)?;
        let certificate = issued.first().ok_or_else(different)?;
        let is_same = certificate.spki == request.spki
            // The service puts the parts of a name in an order of its own.
            && order.subject.is_named_by(&certificate.subject)
            && certificate.key_usage().is_ok_and(|usage| usage == Some(0b11))
            && matches!(certificate.basic_constraints(), Ok(None | Some((false, _))));
        if is_same { Ok(()) } else { Err(different()) }
    }

    /// Revokes a certificate by its number, hexadecimal, for a reason (RFC 5280, 5.3.1) (one call).
    ///
    /// # Errors
    /// [`KeyError`]
    pub async fn revoke(&self, serial: &str, reason: u8) -> Result<(), KeyError> {
        let reason = match reason {
            1 => RevocationReason::KeyCompromise,
            3 => RevocationReason::AffiliationChanged,
            4 => RevocationReason::Superseded,
            5 => RevocationReason::CessationOfOperation,
            9 => RevocationReason::PrivilegeWithdrawn,
            _ => RevocationReason::Unspecified,
        };
        let call = self.client.revoke_certificate().certificate_authority_arn(&self.authority);
        let answer = call.certificate_serial(serial).revocation_reason(reason).send().await;
        answer.map(drop).map_err(|error| self.failed(error))
    }

    fn fault(&self, fault: PrivateCaFault) -> KeyError {
        KeyError::PrivateCa { fault, authority: self.authority.clone() }
    }

    fn failed<E: ProvideErrorMetadata>(&self, error: SdkError<E, HttpResponse>) -> KeyError {
        let fault = match error.code() {
            Some("ResourceNotFoundException" | "InvalidArnException") => PrivateCaFault::NotFound,
            Some("InvalidStateException") => PrivateCaFault::Inactive,
            Some("InvalidArgsException" | "InvalidRequestException" | "RequestFailedException") => {
                PrivateCaFault::Refused
            }
            Some("LimitExceededException") => PrivateCaFault::Limit,
            Some("AccessDeniedException") => PrivateCaFault::Denied,
            Some("RequestAlreadyProcessedException") => PrivateCaFault::AlreadyRevoked,
            Some("MalformedCSRException") => return KeyError::Request,
            _ => return map(error, &self.authority, self.clock),
        };
        self.fault(fault)
    }
}

impl Order {
    /// The request as it goes to the service, for people to see before it goes.
    #[must_use]
    pub fn shown(&self, authority: &PrivateCa) -> Value {
        let subject: serde_json::Map<String, Value> =
            self.subject.attributes.iter().map(|(letters, value)| ((*letters).to_owned(), json!(value))).collect();
        json!({
            "CertificateAuthorityArn": authority.arn,
            "SigningAlgorithm": authority.algorithm.as_str(),
            "TemplateArn": TEMPLATE,
            "Validity": { "Type": "DAYS", "Value": self.days },
            "ApiPassthrough": {
                "Subject": subject,
                "Extensions": {
                    "KeyUsage": { "DigitalSignature": true, "NonRepudiation": true },
                    "ExtendedKeyUsage": ["DOCUMENT_SIGNING", "EMAIL_PROTECTION", PURPOSE],
                },
            },
        })
    }
}

fn name(subject: &Subject) -> Asn1Subject {
    let mut name = Asn1Subject::builder();
    for (letters, value) in &subject.attributes {
        name = match *letters {
            "O" => name.organization(value),
            "OU" => name.organizational_unit(value),
            "L" => name.locality(value),
            "ST" => name.state(value),
            "C" => name.country(value),
            "SERIALNUMBER" => name.serial_number(value),
            _ => name.common_name(value),
        };
    }
    name.build()
}
