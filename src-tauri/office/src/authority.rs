//! The office's own authority: root and issuing keys in KMS, its certificates, lists and register in a folder.
//!
//! The register is written before anything leaves the house: what was issued can be revoked. One program at a time
//! works on it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use cades::{Certificate, KeyKind, PublicKey};
use chrono::{DateTime, Duration, SubsecRound, Utc};
use keys::{
    KeyError, KmsKey,
    authority::{Issuer, NewCertificate, NewList, Revocation, Role, SERIAL_LENGTH, new_serial, positive},
    creation::Purpose,
    kms::KmsSettings,
    request::{CertificateRequest, Subject},
};
use serde::{Deserialize, Serialize};
use trust::Anchors;

use crate::{
    AwsEnvironment, Environment, Office, OfficeError, certificate::chain_pem, clock, files, output, verifying,
};

/// How long each certificate lasts. Whoever is issued one at the end of its issuer's gets less.
const ROOT_YEARS: i64 = 20;
const ISSUING_YEARS: i64 = 10;

/// Days of a year, leap days aside.
const YEAR: i64 = 365;

/// Days a person's certificate lasts unless told otherwise, and at most: people leave, and keys age.
pub const SIGNER_DAYS: u32 = 730;
const MAX_SIGNER_DAYS: u32 = 1_095;

/// Days until the next list: people's changes often, the root's almost never.
const LIST_DAYS: i64 = 30;
const ROOT_LIST_DAYS: i64 = 180;

/// Clocks of other computers are late by as much, and still take what was just issued.
const BACKDATED_MINUTES: i64 = 5;

/// Version of the register.
const VERSION: u32 = 1;

/// Largest register that is read: some 300 bytes a certificate.
const MAX_REGISTER: u64 = 64 * 1024 * 1024;

const REGISTER: &str = "registro.json";
const LOCK: &str = "registro.lock";
const ROOT_FILE: &str = "raiz.pem";
const ISSUING_FILE: &str = "emissora.pem";
const ROOT_LIST: &str = "raiz.crl";
const ISSUING_LIST: &str = "emissora.crl";

/// There while an authority is founded: what lies beside it has signed nothing for anybody yet.
const FOUNDING: &str = "fundacao";

/// What whoever founds an authority says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuthority {
    /// KMS key of the root: ARN or alias.
    pub root_key: String,
    /// KMS key of the issuing authority.
    pub issuing_key: String,
    /// Name of the root.
    pub root: Subject,
    /// Name of the issuing authority.
    pub issuing: Subject,
    /// Where the issuing authority's list will be published, http or https.
    pub list_url: Option<String>,
}

/// A certificate that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Its number, hexadecimal.
    pub serial: String,
    /// Whose it is.
    pub subject: String,
    /// Last moment.
    pub not_after: DateTime<Utc>,
    /// SHA-256 of its key.
    pub key: String,
    /// Since when and why it no longer counts (RFC 5280, 5.3.1).
    pub revoked: Option<(DateTime<Utc>, u8)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Register {
    version: u32,
    root_key: String,
    issuing_key: String,
    list_url: Option<String>,
    root_list: u64,
    issuing_list: u64,
    issued: Vec<Issued>,
}

/// The authority of an environment, open; nobody else works on it meanwhile.
pub struct Authority {
    folder: PathBuf,
    register: Register,
    root: Certificate,
    issuing: Certificate,
    settings: KmsSettings,
    _lock: File,
}

/// How an authority stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityState {
    /// Its folder.
    pub folder: PathBuf,
    /// The root's certificate, which others trust.
    pub root_file: PathBuf,
    /// The issuing authority's list, to be published.
    pub list_file: PathBuf,
    /// The root.
    pub root: Certificate,
    /// The issuing authority.
    pub issuing: Certificate,
    /// When its list has to be renewed; nothing where there is none.
    pub list_until: Option<DateTime<Utc>>,
    /// Everything issued, the oldest first.
    pub issued: Vec<Issued>,
}

impl Office {
    fn authority_folder(&self, environment: &AwsEnvironment) -> PathBuf {
        self.data.join("autoridade").join(&environment.name)
    }

    fn authority_settings(&self, environment: &AwsEnvironment, key: &str) -> Result<KmsSettings, OfficeError> {
        let expected = environment.expected_for(Purpose::Authority).ok_or_else(|| {
            OfficeError::Environment(
                "A autoridade precisa do arquivo do ambiente, que diz conta e etiquetas.".to_owned(),
            )
        })?;
        let settings = crate::signing::settings(environment, key.to_owned(), self.credentials(environment)?);
        Ok(KmsSettings { expected: Some(expected), stand_by: None, ..settings })
    }

    /// Founds the authority of an environment: two certificates, two empty lists, a register.
    ///
    /// # Errors
    /// [`OfficeError::AuthorityExists`], [`OfficeError::Key`], [`OfficeError::File`]. Whichever it is, there is none.
    pub async fn found_authority(
        &self,
        environment: &Environment,
        wanted: &NewAuthority,
    ) -> Result<AuthorityState, OfficeError> {
        let environment = in_aws(environment)?;
        if wanted.list_url.as_deref().is_some_and(|url| !is_list_url(url)) {
            return Err(OfficeError::ListUrl);
        }
        if cades::names::same_name(&wanted.root.to_der(), &wanted.issuing.to_der()) {
            return Err(KeyError::Subject("CN".to_owned()).into());
        }
        let folder = self.authority_folder(environment);
        fs::create_dir_all(&folder).map_err(OfficeError::file(&folder))?;
        let lock = lock(&folder)?;
        if folder.join(REGISTER).exists() {
            return Err(OfficeError::AuthorityExists(environment.name.clone()));
        }
        check_lost(&folder)?;
        let settings = self.authority_settings(environment, &wanted.root_key)?;
        let root_key = KmsKey::open(&settings, clock::now).await?;
        let issuing_settings = KmsSettings { key: wanted.issuing_key.clone(), ..settings.clone() };
        let issuing_key = KmsKey::open(&issuing_settings, clock::now).await?;
        if root_key.arn() == issuing_key.arn() {
            return Err(KeyError::SameKey(wanted.issuing_key.clone()).into());
        }
        let (now, name) = (from_now(), wanted.root.to_der());
        let itself = Issuer::new(name.clone(), root_key.spki())?;
        let root = NewCertificate {
            role: Role::Root,
            serial: new_serial()?,
            subject: &name,
            spki: root_key.spki(),
            not_before: now,
            not_after: now + Duration::days(ROOT_YEARS * YEAR),
            list_url: None,
        };
        let root = Certificate::parse(&root_key.sign(root.unsigned(&itself)?).await?)?;
        let issuing = NewCertificate {
            role: Role::Issuing,
            serial: new_serial()?,
            subject: &wanted.issuing.to_der(),
            spki: issuing_key.spki(),
            not_before: now,
            not_after: now + Duration::days(ISSUING_YEARS * YEAR),
            list_url: None,
        };
        let issuing = Certificate::parse(&root_key.sign(issuing.unsigned(&itself)?).await?)?;
        let mut authority = Authority {
            register: Register {
                version: VERSION,
                root_key: root_key.arn().to_owned(),
                issuing_key: issuing_key.arn().to_owned(),
                list_url: wanted.list_url.clone(),
                // Numbers only grow, also those of an authority that is founded anew with the same keys.
                root_list: seconds(),
                issuing_list: seconds(),
                issued: Vec::new(),
            },
            root,
            issuing,
            settings,
            folder,
            _lock: lock,
        };
        let root_list = authority.sign_list(&root_key, Role::Root).await?;
        let issuing_list = authority.sign_list(&issuing_key, Role::Issuing).await?;
        authority.write(FOUNDING, b"")?;
        authority.write(ROOT_FILE, trust::to_pem(&authority.root).as_bytes())?;
        authority.write(ISSUING_FILE, trust::to_pem(&authority.issuing).as_bytes())?;
        authority.write(ROOT_LIST, &root_list)?;
        authority.write(ISSUING_LIST, &issuing_list)?;
        // Last: an authority is there from when its register is.
        authority.keep()?;
        let founding = authority.folder.join(FOUNDING);
        fs::remove_file(&founding).map_err(OfficeError::file(&founding))?;
        Ok(authority.state())
    }

    /// Opens the authority of an environment.
    ///
    /// # Errors
    /// [`OfficeError::NoAuthority`], [`OfficeError::AuthorityBusy`], [`OfficeError::AuthorityDamaged`].
    pub fn authority(&self, environment: &Environment) -> Result<Authority, OfficeError> {
        let environment = in_aws(environment)?;
        let folder = self.authority_folder(environment);
        if !folder.join(REGISTER).exists() {
            check_lost(&folder)?;
            return Err(OfficeError::NoAuthority(environment.name.clone()));
        }
        let lock = lock(&folder)?;
        let damaged = || OfficeError::AuthorityDamaged(folder.join(REGISTER));
        let bytes = files::read_bounded(&folder.join(REGISTER), MAX_REGISTER)?.ok_or_else(damaged)?;
        let register: Register = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        if register.version != VERSION || register.issued.iter().any(|one| serial_bytes(&one.serial).is_none()) {
            return Err(damaged());
        }
        let certificate = |name: &str| {
            let found = verifying::read_certificates(&folder.join(name))?;
            found.into_iter().next().ok_or(OfficeError::Key(KeyError::NoCertificate))
        };
        let (root, issuing) = (certificate(ROOT_FILE)?, certificate(ISSUING_FILE)?);
        let settings = self.authority_settings(environment, &register.issuing_key)?;
        Ok(Authority { folder, register, root, issuing, settings, _lock: lock })
    }
}

impl Authority {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> AuthorityState {
        let list = fs::read(self.folder.join(ISSUING_LIST)).ok().and_then(|list| cades::Crl::parse(&list).ok());
        AuthorityState {
            folder: self.folder.clone(),
            root_file: self.folder.join(ROOT_FILE),
            list_file: self.folder.join(ISSUING_LIST),
            root: self.root.clone(),
            issuing: self.issuing.clone(),
            list_until: list.and_then(|list| list.next_update),
            issued: self.register.issued.clone(),
        }
    }

    /// Issues a person's certificate for a request, and gives it with its chain, the person's first.
    ///
    /// # Errors
    /// [`OfficeError::Lifetime`], [`OfficeError::CompromisedKey`], [`OfficeError::Key`], [`OfficeError::File`].
    pub async fn issue(&mut self, request: &CertificateRequest, days: u32) -> Result<Vec<Certificate>, OfficeError> {
        check_lifetime(days, Some(self.issuing.not_after))?;
        self.check(request)?;
        let (now, subject) = (from_now(), request.strict_subject()?.to_der());
        let key = self.open(&self.register.issuing_key).await?;
        let wanted = NewCertificate {
            role: Role::Signer,
            serial: new_serial()?,
            subject: &subject,
            spki: &request.spki,
            not_before: now,
            not_after: now + Duration::days(days.into()),
            list_url: self.register.list_url.as_deref(),
        };
        let signed = key.sign(wanted.unsigned(&Issuer::of(&self.issuing)?)?).await?;
        let certificate = Certificate::parse(&signed)?;
        let anchors = Anchors::new("da própria autoridade", vec![self.root.clone()]);
        let settings = trust::PathSettings::at(clock::now());
        if trust::find_path(&certificate, &[&self.issuing, &self.root], &anchors, &settings).is_err()
            || !pades::may_sign_documents(&certificate)
        {
            return Err(OfficeError::ChainUnfit(certificate.subject_label()));
        }
        let serial = hexadecimal(&positive(wanted.serial));
        let chain = vec![certificate, self.issuing.clone(), self.root.clone()];
        // First the register: what stands there can be revoked.
        self.register.issued.push(Issued {
            serial: serial.clone(),
            subject: chain.first().map(Certificate::subject_label).unwrap_or_default(),
            not_after: chain.first().map_or(now, |certificate| certificate.not_after),
            key: key_fingerprint(&request.spki),
            revoked: None,
        });
        self.keep()?;
        self.write(&format!("{serial}.pem"), chain_pem(&chain).as_bytes())?;
        Ok(chain)
    }

    /// What keeps a request from being granted, before any key is asked.
    ///
    /// # Errors
    /// [`OfficeError::CompromisedKey`], [`OfficeError::Key`].
    pub fn check(&self, request: &CertificateRequest) -> Result<(), OfficeError> {
        let kind = PublicKey::parse(&request.spki).map(|key| key.kind).map_err(|_| KeyError::AlgorithmDoesNotFit)?;
        if !matches!(kind, KeyKind::Rsa(2048..=4096) | KeyKind::P256 | KeyKind::P384) {
            return Err(KeyError::AlgorithmDoesNotFit.into());
        }
        let subject = request.strict_subject()?.to_der();
        let is_own = |own: &Certificate| cades::names::same_name(&own.subject, &subject);
        if is_own(&self.root) || is_own(&self.issuing) {
            return Err(KeyError::Subject(request.common_name()).into());
        }
        let own = [&self.root.spki, &self.issuing.spki];
        let key = key_fingerprint(&request.spki);
        let is_compromised = |issued: &Issued| {
            issued.key == key && issued.revoked.is_some_and(|(_, why)| why == cades::crl::reason::KEY_COMPROMISE)
        };
        if !request.has_usual_key() {
            return Err(KeyError::AlgorithmDoesNotFit.into());
        }
        if own.contains(&&request.spki) || self.register.issued.iter().any(is_compromised) {
            return Err(OfficeError::CompromisedKey);
        }
        Ok(())
    }

    /// Revokes a certificate by its number (hexadecimal) and makes the list that says so. One that is revoked already
    /// may still turn out to have lost its key: its date stays, the reason becomes that.
    ///
    /// # Errors
    /// [`OfficeError::UnknownSerial`], [`OfficeError::AlreadyRevoked`], [`OfficeError::ListNotMade`]: revoked all the same.
    pub async fn revoke(&mut self, serial: &str, reason: u8) -> Result<DateTime<Utc>, OfficeError> {
        let wanted: String = serial.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_lowercase();
        let unknown = || OfficeError::UnknownSerial(serial.to_owned());
        let found = self.register.issued.iter_mut().find(|issued| issued.serial == wanted).ok_or_else(unknown)?;
        let compromise = cades::crl::reason::KEY_COMPROMISE;
        let is_listed = |number: &[u8]| {
            let list = fs::read(self.folder.join(ISSUING_LIST)).ok().and_then(|list| cades::Crl::parse(&list).ok());
            list.is_some_and(|list| list.find(&self.issuing.subject, number).is_ok_and(|found| !found.is_empty()))
        };
        let date = match found.revoked {
            Some((date, before)) if before == compromise || reason != compromise => {
                // The list that says so may still have to be made.
                if !serial_bytes(&wanted).is_some_and(|number| is_listed(&number)) {
                    return self.renew_list().await;
                }
                return Err(OfficeError::AlreadyRevoked { serial: wanted, date: clock::spoken(date) });
            }
            Some((date, _)) => date,
            None => clock::now().trunc_subsecs(0),
        };
        found.revoked = Some((date, reason));
        // Decided is decided: should the key not answer now, the next list says it.
        self.keep()?;
        self.renew_list().await.map_err(|error| OfficeError::ListNotMade { serial: wanted, cause: error.code() })
    }

    /// Makes the issuing authority's list anew, and gives when the next one is due.
    ///
    /// # Errors
    /// [`OfficeError::Key`], [`OfficeError::File`].
    pub async fn renew_list(&mut self) -> Result<DateTime<Utc>, OfficeError> {
        let key = self.open(&self.register.issuing_key).await?;
        self.publish(&key, Role::Issuing, ISSUING_LIST).await
    }

    /// Makes the root's list anew, and gives when the next one is due.
    ///
    /// # Errors
    /// As [`Authority::renew_list`].
    pub async fn renew_root_list(&mut self) -> Result<DateTime<Utc>, OfficeError> {
        let key = self.open(&self.register.root_key).await?;
        self.publish(&key, Role::Root, ROOT_LIST).await
    }

    async fn publish(&mut self, key: &KmsKey, role: Role, file: &str) -> Result<DateTime<Utc>, OfficeError> {
        let list = self.sign_list(key, role).await?;
        // First the register: a number is never given twice, and what was revoked stays so.
        self.keep()?;
        self.write(file, &list)?;
        let list = cades::Crl::parse(&list)?;
        list.next_update.ok_or_else(|| KeyError::Unexpected("nextUpdate".to_owned()).into())
    }

    async fn sign_list(&mut self, key: &KmsKey, role: Role) -> Result<Vec<u8>, OfficeError> {
        let register = &mut self.register;
        let (number, days, certificate) = match role {
            Role::Root => (&mut register.root_list, ROOT_LIST_DAYS, &self.root),
            Role::Issuing | Role::Signer => (&mut register.issuing_list, LIST_DAYS, &self.issuing),
        };
        *number += 1;
        let revoked: Vec<Revocation> = register
            .issued
            .iter()
            .filter(|_| role != Role::Root)
            .filter_map(|issued| {
                let (date, reason) = issued.revoked?;
                Some(Revocation { serial: serial_bytes(&issued.serial)?, date, reason })
            })
            .collect();
        let now = clock::now();
        let list =
            NewList { number: *number, this_update: now, next_update: now + Duration::days(days), revoked: &revoked };
        let issuer = Issuer::of(certificate)?;
        Ok(key.sign(list.unsigned(&issuer)?).await?)
    }

    async fn open(&self, arn: &str) -> Result<KmsKey, OfficeError> {
        let key = KmsKey::open(&KmsSettings { key: arn.to_owned(), ..self.settings.clone() }, clock::now).await?;
        if ![&self.root.spki, &self.issuing.spki].iter().any(|spki| *spki == key.spki()) {
            return Err(KeyError::KeyMismatch(arn.to_owned()).into());
        }
        Ok(key)
    }

    fn keep(&self) -> Result<(), OfficeError> {
        let text = serde_json::to_vec_pretty(&self.register)
            .map_err(|_| OfficeError::AuthorityDamaged(self.folder.join(REGISTER)))?;
        self.write(REGISTER, &text)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), OfficeError> {
        output::replace(&self.folder.join(name), bytes)
    }
}

/// Whether a certificate of so many days may be issued below one that ends then.
///
/// # Errors
/// [`OfficeError::Lifetime`]
pub fn check_lifetime(days: u32, issuer_until: Option<DateTime<Utc>>) -> Result<(), OfficeError> {
    let outlives = || issuer_until.is_some_and(|issuer| clock::now() + Duration::days(days.into()) > issuer);
    if (1..=MAX_SIGNER_DAYS).contains(&days) && !outlives() {
        return Ok(());
    }
    Err(OfficeError::Lifetime {
        most: MAX_SIGNER_DAYS,
        until: issuer_until.map_or_else(|| "—".to_owned(), clock::spoken),
    })
}

fn in_aws(environment: &Environment) -> Result<&AwsEnvironment, OfficeError> {
    match environment {
        Environment::Aws(environment) => Ok(environment),
        Environment::Demo => Err(OfficeError::Environment("A demonstração traz a própria autoridade.".to_owned())),
    }
}

fn seconds() -> u64 {
    u64::try_from(clock::now().timestamp()).unwrap_or_default()
}

/// An authority whose register is gone is not founded again over what is left of it: everything revoked would be
/// forgotten.
fn check_lost(folder: &Path) -> Result<(), OfficeError> {
    let has = |name: &str| folder.join(name).exists();
    let is_lost = [ROOT_FILE, ISSUING_FILE, ROOT_LIST, ISSUING_LIST].into_iter().any(has) && !has(FOUNDING);
    if is_lost { Err(OfficeError::AuthorityLost(folder.to_owned())) } else { Ok(()) }
}

fn from_now() -> DateTime<Utc> {
    (clock::now() - Duration::minutes(BACKDATED_MINUTES)).trunc_subsecs(0)
}

fn lock(folder: &Path) -> Result<File, OfficeError> {
    let path = folder.join(LOCK);
    let lock = File::create(&path).map_err(OfficeError::file(&path))?;
    // Whoever comes second is told, rather than kept waiting behind a question on somebody's screen.
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(OfficeError::AuthorityBusy),
        Err(fs::TryLockError::Error(error)) => Err(OfficeError::file(&path)(error)),
    }
}

fn is_list_url(url: &str) -> bool {
    // Written as it is read: what a parser mends silently stands in every certificate.
    let is_plain = |parsed: &url::Url| matches!(parsed.scheme(), "http" | "https") && parsed.as_str() == url;
    url::Url::parse(url).is_ok_and(|parsed| is_plain(&parsed) && parsed.has_host())
}

fn key_fingerprint(spki: &[u8]) -> String {
    cades::Hash::Sha256.hex_digest(spki)
}

fn hexadecimal(bytes: &[u8]) -> String {
    pdf::hex(bytes).to_lowercase()
}

/// The number of a certificate; nothing where the register holds none.
fn serial_bytes(serial: &str) -> Option<Vec<u8>> {
    (serial.len() == 2 * SERIAL_LENGTH).then_some(())?;
    let byte = |at: usize| serial.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..serial.len()).step_by(2).map(byte).collect()
}
