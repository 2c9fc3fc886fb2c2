//! The certificate of an environment's key: checked, tried out, put in its place, and due for renewal in time.

use std::path::{Path, PathBuf};

use cades::Certificate;
use chrono::{DateTime, Duration, Utc};
use keys::{KeyError, Signer, private_ca::PrivateCaSettings, request::CertificateRequest};
use pades::{Claims, LegalClass, RevocationRule};
use pdf::Document;

use crate::{
    AwsEnvironment, Environment, Level, Office, OfficeError, TrustChoice, VerifyRequest, clock, files, output,
    signing::{chain_of, check_chain, marked, own_anchor, settings, usual_algorithm, verify_own},
    trust_store,
};

/// Days before the end from when on renewal is brought up: requests, identification and issue take weeks.
const RENEWAL_DAYS: i64 = 30;

/// A certificate that passed every check, with what a person wants to see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCertificate {
    /// The certificate and its issuers, the certificate first.
    pub chain: Vec<Certificate>,
    /// The key it belongs to, as the environment names it.
    pub key: String,
    /// What a signature made with it is worth here.
    pub class: LegalClass,
}

/// How long a certificate still serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Last moment.
    pub until: DateTime<Utc>,
    /// Whole days from now; negative once it is over.
    pub days: i64,
    /// Whether renewal should begin.
    pub is_due: bool,
}

impl Lifetime {
    /// The lifetime of a certificate at some time.
    #[must_use]
    pub fn of(certificate: &Certificate, now: DateTime<Utc>) -> Self {
        let left = certificate.not_after - now;
        Self { until: certificate.not_after, days: left.num_days(), is_due: left <= Duration::days(RENEWAL_DAYS) }
    }
}

impl Office {
    /// Where the certificate of an environment is kept: where its file says, else in this person's folder.
    #[must_use]
    pub fn certificate_file(&self, environment: &AwsEnvironment) -> PathBuf {
        let own = || self.data.join("certificados").join(format!("{}.pem", environment.name));
        environment.certificates.clone().unwrap_or_else(own)
    }

    /// The certificate in use and its issuers.
    ///
    /// # Errors
    /// [`keys::KeyError::NoCertificate`] where none was put in its place; [`OfficeError::File`], [`OfficeError::Trust`].
    pub fn certificate_in_use(&self, environment: &AwsEnvironment) -> Result<Vec<Certificate>, OfficeError> {
        let file = self.certificate_file(environment);
        if environment.certificates.is_none() && !file.exists() {
            return Err(KeyError::NoCertificate.into());
        }
        Ok(crate::signing::order_chain(crate::verifying::read_certificates(&file)?))
    }

    /// How long the certificate in use still serves; nothing where it cannot be read, which signing will tell.
    #[must_use]
    pub fn certificate_lifetime(&self, environment: &Environment) -> Option<Lifetime> {
        let Environment::Aws(environment) = environment else { return None };
        let chain = self.certificate_in_use(environment).ok()?;
        chain.first().map(|certificate| Lifetime::of(certificate, clock::now()))
    }

    /// Checks the certificate of a file (PEM, DER, P7B, zip) as a certificate of the environment's key: key, uses, dates
    /// and chain. Issuers that this computer knows complete the chain. Nothing is changed.
    ///
    /// # Errors
    /// [`keys::KeyError::KeyMismatch`] where no certificate of the file is the key's, and whatever keeps it from signing.
    pub async fn check_certificate(
        &self,
        environment: &Environment,
        file: &Path,
    ) -> Result<CheckedCertificate, OfficeError> {
        let found = trust_store::read_file(file)?;
        self.check_certificates(environment, found).await
    }

    /// As [`Office::check_certificate`], of certificates at hand.
    ///
    /// # Errors
    /// As there.
    pub async fn check_certificates(
        &self,
        environment: &Environment,
        mut found: Vec<Certificate>,
    ) -> Result<CheckedCertificate, OfficeError> {
        let Environment::Aws(own) = environment else {
            return Err(OfficeError::Environment("A demonstração traz o próprio certificado.".to_owned()));
        };
        let settings = self.kms_settings(environment)?;
        let key = keys::KmsKey::open(&settings, clock::now).await?;
        let mismatch = || OfficeError::Key(KeyError::KeyMismatch(settings.key.clone()));
        // A key that was renewed has several: the newest counts.
        let own_key = found.iter().filter(|certificate| certificate.spki == key.spki());
        let signer = own_key.max_by_key(|certificate| certificate.not_before).cloned().ok_or_else(mismatch)?;
        let (anchors, issuers) = self.installed_trust(String::new())?;
        found.extend(issuers);
        found.extend(anchors.iter().cloned());
        let chain = chain_of(signer, &found);
        check_chain(&chain, clock::now())?;
        let mut checked = CheckedCertificate { chain, key: settings.key, class: LegalClass::UnknownIssuer };
        checked.class = self.try_out(own, &checked.chain).await?;
        Ok(checked)
    }

    /// Signs an empty page with the key and its certificate, in memory, and judges it: gives what such a signature is
    /// worth under the environment's trust.
    async fn try_out(&self, environment: &AwsEnvironment, chain: &[Certificate]) -> Result<LegalClass, OfficeError> {
        let key = environment.key.clone().ok_or(OfficeError::KeyNeeded)?;
        let settings = settings(environment, key, self.credentials(environment)?);
        let signer = keys::kms::KmsSigner::connect(&settings, chain.to_vec(), clock::now).await?;
        let algorithm = environment.algorithm.map_or_else(|| usual_algorithm(chain), Ok)?;
        let page = empty_page();
        let request = pades::Request {
            chain: chain.to_vec(),
            algorithm,
            claimed_time: clock::now_here(),
            claims: marked(&Claims::default(), &Environment::Aws(Box::new(environment.clone()))),
            stamp_room: 0,
        };
        let prepared = pades::prepare(&Document::open(&page)?, &request)?;
        let field = prepared.field().to_owned();
        let signed = signer.sign_digest(algorithm, &prepared.to_be_signed()?).await?;
        let signed = [page, prepared.finish(&signed.signature, None)?].concat();
        verify_own(&signed, own_anchor(chain), &field, Level::Basic)?;
        let trust = TrustChoice { office: environment.trust.clone(), ..TrustChoice::default() };
        let revocation = Some(RevocationRule::Ignore);
        let policy = self.policy(&VerifyRequest { trust, at: None, revocation })?;
        let judged = self.verify_bytes(&signed, &policy)?;
        Ok(judged.judgement.signatures.first().map_or(LegalClass::UnknownIssuer, |signature| signature.class))
    }

    /// Checks certificates of a text that somebody was sent: PEM.
    ///
    /// # Errors
    /// As [`Office::check_certificate`].
    pub async fn check_certificate_text(
        &self,
        environment: &Environment,
        text: &str,
    ) -> Result<CheckedCertificate, OfficeError> {
        self.check_certificates(environment, self.certificates_of_text(text)?).await
    }

    /// Keeps a request in this person's folder, and says where.
    ///
    /// # Errors
    /// [`OfficeError::File`]
    pub fn keep_request(&self, environment: &Environment, pem: &str) -> Result<PathBuf, OfficeError> {
        let folder = self.data.join("certificados");
        std::fs::create_dir_all(&folder).map_err(OfficeError::file(&folder))?;
        let mark: String = cades::Hash::Sha256.hex_digest(pem.as_bytes()).chars().take(8).collect();
        let file = folder.join(format!("{}-{mark}.csr", environment.name()));
        output::replace(&file, pem.as_bytes())?;
        Ok(file)
    }

    /// The authority in AWS Private CA that issues for an environment, or another one.
    ///
    /// # Errors
    /// [`OfficeError::Environment`] where nobody says which.
    pub fn private_ca(
        &self,
        environment: &Environment,
        authority: Option<String>,
    ) -> Result<PrivateCaSettings, OfficeError> {
        let refused = |reason: &str| Err(OfficeError::Environment(reason.to_owned()));
        let Environment::Aws(environment) = environment else {
            return refused("A demonstração traz o próprio certificado.");
        };
        environment.check_choice("a autoridade", environment.private_ca.as_ref(), authority.as_ref())?;
        let Some(authority) = authority.or_else(|| environment.private_ca.clone()) else {
            return refused("Diga qual autoridade da AWS Private CA emite: --authority, ou private_ca no arquivo.");
        };
        Ok(PrivateCaSettings {
            authority,
            region: environment.region.clone(),
            endpoint: environment.private_ca_endpoint.clone(),
            credentials: self.credentials(environment)?,
        })
    }

    /// Puts a checked certificate in its place. One that was there is kept beside it, and said.
    ///
    /// # Errors
    /// [`OfficeError::File`], for example where an administrator's file names a place that this person cannot write.
    pub fn install_certificate(
        &self,
        environment: &Environment,
        checked: &CheckedCertificate,
    ) -> Result<(PathBuf, Option<PathBuf>), OfficeError> {
        let Environment::Aws(environment) = environment else { return Err(KeyError::NoCertificate.into()) };
        let file = self.certificate_file(environment);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(OfficeError::file(folder))?;
        }
        let text = chain_pem(&checked.chain);
        let kept = match std::fs::read(&file) {
            Ok(earlier) if earlier == text.as_bytes() => None,
            Ok(earlier) => {
                let mark: String = cades::Hash::Sha256.hex_digest(&earlier).chars().take(8).collect();
                let beside = file.with_extension(format!("{mark}.pem"));
                output::replace(&beside, &earlier)?;
                Some(beside)
            }
            Err(_) => None,
        };
        output::replace(&file, text.as_bytes())?;
        Ok((file, kept))
    }
}

/// Largest request that is read; real ones have two kilobytes.
const MAX_REQUEST: u64 = 64 * 1024;

/// Somebody's request for a certificate, PEM or DER, whose signature holds.
///
/// # Errors
/// [`keys::KeyError::Request`], [`OfficeError::File`].
pub fn read_request(file: &Path) -> Result<CertificateRequest, OfficeError> {
    let bytes = files::read_bounded(file, MAX_REQUEST)?.ok_or(KeyError::Request)?;
    Ok(CertificateRequest::read(&bytes)?)
}

/// Certificates as they are handed on: PEM, one after the other.
#[must_use]
pub fn chain_pem(chain: &[Certificate]) -> String {
    chain.iter().map(trust::to_pem).collect()
}

/// A PDF with one page and nothing on it.
fn empty_page() -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        // A4 in points.
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>".to_owned(),
    ];
    let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let at = out.len();
    out.extend(format!("{table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").into_bytes());
    out
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn the_empty_page_is_a_document_without_objections() {
        let page = empty_page();
        let document = Document::open(&page).unwrap();
        assert!(pades::check_signable(&document).unwrap());
    }

    #[test]
    fn renewal_is_brought_up_a_month_before_the_end() {
        let office = keys::demo::DemoOffice::open(
            tempfile::tempdir().unwrap().path(),
            &keys::vault::NoVault,
            Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap(),
        );
        let root = office.unwrap().root().clone();
        let at = |days| Lifetime::of(&root, root.not_after - Duration::days(days));
        assert!(!at(31).is_due && at(30).is_due && at(-1).is_due);
        assert_eq!((at(31).days, at(-1).days), (31, -1));
    }
}
