//! The embedded demonstration office: its own root, issuing CA, signers and time stamper.
//!
//! It goes through the same code as AWS and is no mock. Every name it issues says that it has no legal value. Private
//! keys rest on disk sealed with AES-256-GCM under a key that only the operating system's credential store has; without
//! such a store everything stays in memory and ends with the program.

mod services;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::{
    aead, digest, rand,
    signature::{self, EcdsaKeyPair, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use cades::{Certificate, Hash, Scheme, SignatureAlgorithm};
use chrono::{DateTime, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, RsaKeySize,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    KeyError, Signed, Signer, Signing,
    vault::{Vault, VaultError},
};

/// What every name issued here says.
pub const DISCLAIMER: &str = "DEMONSTRAÇÃO – SEM VALIDADE JURÍDICA";

/// The key a clerk signs with unless another is asked for.
pub const DEFAULT_KEY: &str = "rsa-2048";

/// Keys the demonstration can make, each when it is first asked for.
pub const KEYS: [&str; 5] = [DEFAULT_KEY, "rsa-3072", "rsa-4096", "p-256", "p-384"];

/// Name of the sealing key in the credential store.
const SEALING_KEY: &str = "demo-sealing-key";

const OFFICE_FILE: &str = "office.json";
const LOCK_FILE: &str = "office.lock";

/// id-kp-documentSigning (RFC 9336).
const DOCUMENT_SIGNING: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 3, 36];

/// DER of extendedKeyUsage with id-kp-timeStamping alone; rcgen cannot mark its own as critical (RFC 3161, 2.3).
const TIME_STAMPING_USAGE: [u8; 12] = [0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

/// How the demonstration's keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Sealed in the program's data folder.
    Sealed,
    /// In memory only, and why.
    MemoryOnly(VaultError),
}

impl Keeping {
    /// Code of what a person should know about it, if anything.
    #[must_use]
    pub fn notice(self) -> Option<&'static str> {
        match self {
            Self::Sealed => None,
            Self::MemoryOnly(VaultError::Absent) => Some("demo-memory-only"),
            Self::MemoryOnly(_) => Some("demo-memory-only-locked"),
        }
    }
}

/// The demonstration office.
pub struct DemoOffice {
    root: Certificate,
    issuing: Certificate,
    issuing_key: Zeroizing<Vec<u8>>,
    /// The root's list of revoked certificates, for as long as the root lasts: its key ended when it was made.
    root_list: Option<Vec<u8>>,
    keys: Mutex<BTreeMap<String, DemoKey>>,
    store: Option<Store>,
    keeping: Keeping,
    recreated: bool,
}

#[derive(Clone)]
struct DemoKey {
    private: Zeroizing<Vec<u8>>,
    certificate: Certificate,
}

#[derive(Clone)]
struct Store {
    folder: PathBuf,
    sealing: Zeroizing<Vec<u8>>,
}

/// The file in the data folder. Private keys are sealed, certificates are not.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeFile {
    version: u32,
    root: String,
    /// Since version 2.
    root_list: Option<String>,
    issuing: KeyRecord,
    keys: BTreeMap<String, KeyRecord>,
}

/// What every version of the file has: a newer program's file is left alone.
#[derive(Deserialize)]
struct OfficeVersion {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRecord {
    certificate: String,
    sealed_key: String,
}

const FILE_VERSION: u32 = 2;

/// Name under which the time stamper's key is kept.
const TIME_STAMPER: &str = "time-stamper";

impl DemoOffice {
    /// Opens the office in a folder, or founds it on first use.
    ///
    /// # Errors
    /// [`KeyError::DemoStore`], [`KeyError::DemoCrypto`]. A missing credential store is no error; see [`DemoOffice::keeping`].
    pub fn open(folder: &Path, vault: &dyn Vault, now: DateTime<Utc>) -> Result<Self, KeyError> {
        fs::create_dir_all(folder).map_err(|error| store_error(&error))?;
        // Two programs founding the office at once would each overwrite the other's sealing key.
        let _lock = lock(folder)?;
        let is_founded = folder.join(OFFICE_FILE).exists();
        let sealing = match sealing_key(vault) {
            Ok(key) => key,
            // The keys that exist are not replaced behind the person's back only because nobody unlocked the store.
            Err(VaultError::Locked | VaultError::Failed) if is_founded => return Err(KeyError::VaultLocked),
            Err(reason) => return Self::found(None, Keeping::MemoryOnly(reason), now),
        };
        let store = Store { folder: folder.to_owned(), sealing };
        match store.read() {
            Ok(Some(office)) => Ok(office),
            Ok(None) => Self::found(Some(store), Keeping::Sealed, now),
            Err(KeyError::DemoCrypto) => {
                // Sealed by a key that the credential store no longer has. Nothing of value is lost, but it is said.
                let set_aside = folder.join(format!("{OFFICE_FILE}.unreadable-{}", now.format("%Y%m%dT%H%M%SZ")));
                fs::rename(folder.join(OFFICE_FILE), set_aside).map_err(|error| store_error(&error))?;
                let mut office = Self::found(Some(store), Keeping::Sealed, now)?;
                office.recreated = true;
                Ok(office)
            }
            Err(error) => Err(error),
        }
    }

    fn found(store: Option<Store>, keeping: Keeping, now: DateTime<Utc>) -> Result<Self, KeyError> {
        let root_key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(|_| KeyError::DemoCrypto)?;
        let mut root = parameters("AC Raiz", now, 3650)?;
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let root_certificate = root.self_signed(&root_key).map_err(|_| KeyError::DemoCrypto)?;
        let root_private = services::private_of(&root_key);
        let root_issuer = Issuer::new(root, root_key);

        let issuing_key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(|_| KeyError::DemoCrypto)?;
        let mut issuing = parameters("AC Emissora", now, 3650)?;
        issuing.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        issuing.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        issuing.use_authority_key_identifier_extension = true;
        let issuing_certificate = issuing.signed_by(&issuing_key, &root_issuer).map_err(|_| KeyError::DemoCrypto)?;

        // The root's private key ends here: everything further is issued below it. Its list has to last as long as itself.
        let root = parse(root_certificate.der())?;
        let root_list = services::empty_list(&root, &root_private, now, root.not_after)?;
        drop(root_private);
        let office = Self {
            root,
            root_list: Some(root_list),
            issuing: parse(issuing_certificate.der())?,
            issuing_key: Zeroizing::new(issuing_key.serialize_der()),
            keys: Mutex::default(),
            store,
            keeping,
            recreated: false,
        };
        office.new_key(DEFAULT_KEY, now)?;
        office.new_key(TIME_STAMPER, now)?;
        Ok(office)
    }

    /// The root, the only certificate of the demonstration that is ever an anchor.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        &self.root
    }

    /// How the keys are kept.
    #[must_use]
    pub fn keeping(&self) -> Keeping {
        self.keeping
    }

    /// Whether an unreadable office was set aside and this one founded in its place.
    #[must_use]
    pub fn was_recreated(&self) -> bool {
        self.recreated
    }

    /// The signer that holds one of [`KEYS`].
    ///
    /// # Errors
    /// [`KeyError::UnknownKey`], [`KeyError::DemoCrypto`], [`KeyError::DemoStore`].
    pub fn signer(&self, name: &str, now: DateTime<Utc>) -> Result<DemoSigner, KeyError> {
        if !KEYS.contains(&name) {
            return Err(KeyError::UnknownKey(name.to_owned()));
        }
        let key = self.key(name, now)?;
        Ok(DemoSigner {
            name: name.to_owned(),
            private: key.private,
            chain: vec![key.certificate, self.issuing.clone(), self.root.clone()],
        })
    }

    fn key(&self, name: &str, now: DateTime<Utc>) -> Result<DemoKey, KeyError> {
        let good =
            |keys: &BTreeMap<String, DemoKey>| keys.get(name).filter(|key| key.certificate.not_after > now).cloned();
        if let Some(key) = good(&self.keys.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(key);
        }
        let Some(store) = &self.store else { return self.new_key(name, now) };
        let _lock = lock(&store.folder)?;
        // Another program of this computer may have made keys since; what it stored is neither lost nor made twice.
        let Some(stored) = store.read()?.filter(|stored| stored.root == self.root) else {
            return Err(KeyError::DemoStore(io::ErrorKind::StaleNetworkFileHandle));
        };
        let stored = stored.keys.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).extend(stored);
        // A name of its own: the guard must be gone before a new key takes it again.
        let found = good(&self.keys.lock().unwrap_or_else(PoisonError::into_inner));
        found.map_or_else(|| self.new_key(name, now), Ok)
    }

    /// Makes a key and stores it; whoever calls this holds the lock of the folder.
    fn new_key(&self, name: &str, now: DateTime<Utc>) -> Result<DemoKey, KeyError> {
        let key = self.issue(name, now)?;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(name.to_owned(), key.clone());
        if let Some(store) = &self.store {
            store.write(self, &keys)?;
        }
        Ok(key)
    }

    fn issue(&self, name: &str, now: DateTime<Utc>) -> Result<DemoKey, KeyError> {
        let pair = generate(name)?;
        let mut subject = parameters(if name == TIME_STAMPER { "Carimbo do Tempo" } else { "Escrevente" }, now, 730)?;
        subject.use_authority_key_identifier_extension = true;
        subject.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        if name == TIME_STAMPER {
            let mut usage = CustomExtension::from_oid_content(&[2, 5, 29, 37], TIME_STAMPING_USAGE.to_vec());
            usage.set_criticality(true);
            subject.custom_extensions.push(usage);
        } else {
            subject.key_usages.push(KeyUsagePurpose::ContentCommitment);
            // Readers that do not know RFC 9336 yet look for e-mail protection.
            subject.extended_key_usages = vec![
                ExtendedKeyUsagePurpose::Other(DOCUMENT_SIGNING.to_vec()),
                ExtendedKeyUsagePurpose::EmailProtection,
            ];
        }
        let issuing_key = KeyPair::try_from(self.issuing_key.as_slice()).map_err(|_| KeyError::DemoCrypto)?;
        let mut authority = parameters("AC Emissora", now, 3650)?;
        authority.key_identifier_method =
            rcgen::KeyIdMethod::PreSpecified(self.issuing.subject_key_identifier().unwrap_or_default());
        let issuer = Issuer::new(authority, issuing_key);
        let certificate = subject.signed_by(&pair, &issuer).map_err(|_| KeyError::DemoCrypto)?;
        Ok(DemoKey { private: Zeroizing::new(pair.serialize_der()), certificate: parse(certificate.der())? })
    }
}

/// The root of the office that a folder holds, without opening the credential store; `None` before first use.
///
/// # Errors
/// [`KeyError::DemoStore`], [`KeyError::DemoCrypto`].
pub fn stored_root(folder: &Path) -> Result<Option<Certificate>, KeyError> {
    let text = match fs::read(folder.join(OFFICE_FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(store_error(&error)),
    };
    let file: OfficeFile = serde_json::from_slice(&text).map_err(|_| KeyError::DemoCrypto)?;
    parse(&STANDARD.decode(&file.root).map_err(|_| KeyError::DemoCrypto)?).map(Some)
}

fn generate(name: &str) -> Result<KeyPair, KeyError> {
    let pair = match name {
        "rsa-3072" => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_3072),
        "rsa-4096" => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_4096),
        "p-256" | TIME_STAMPER => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
        "p-384" => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
        _ => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048),
    };
    pair.map_err(|_| KeyError::DemoCrypto)
}

fn parameters(role: &str, now: DateTime<Utc>, days: i64) -> Result<CertificateParams, KeyError> {
    let mut parameters = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "BR");
    name.push(DnType::OrganizationName, DISCLAIMER);
    name.push(DnType::CommonName, format!("{role} – {DISCLAIMER}"));
    parameters.distinguished_name = name;
    let at = |time: DateTime<Utc>| {
        time::OffsetDateTime::from_unix_timestamp(time.timestamp()).map_err(|_| KeyError::DemoCrypto)
    };
    // A day of grace: computers beside this one may run a little slow.
    parameters.not_before = at(now - chrono::TimeDelta::days(1))?;
    parameters.not_after = at(now + chrono::TimeDelta::days(days))?;
    let mut serial = vec![0; 16];
    rand::fill(&mut serial).map_err(|_| KeyError::DemoCrypto)?;
    // Positive and without a leading zero octet (RFC 5280, 4.1.2.2).
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x7F) | 0x40;
    }
    parameters.serial_number = Some(serial.into());
    Ok(parameters)
}

fn parse(der: &[u8]) -> Result<Certificate, KeyError> {
    Certificate::parse(der).map_err(|_| KeyError::DemoCrypto)
}

fn store_error(error: &io::Error) -> KeyError {
    KeyError::DemoStore(error.kind())
}

fn lock(folder: &Path) -> Result<File, KeyError> {
    let lock = File::create(folder.join(LOCK_FILE)).map_err(|error| store_error(&error))?;
    lock.lock().map_err(|error| store_error(&error))?;
    Ok(lock)
}

fn sealing_key(vault: &dyn Vault) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    if let Some(key) = vault.read(SEALING_KEY)?.filter(|key| key.len() == aead::AES_256_GCM.key_len()) {
        return Ok(key);
    }
    let mut key = Zeroizing::new(vec![0; aead::AES_256_GCM.key_len()]);
    rand::fill(&mut key).map_err(|_| VaultError::Failed)?;
    vault.write(SEALING_KEY, &key)?;
    Ok(key)
}

impl Store {
    fn read(&self) -> Result<Option<DemoOffice>, KeyError> {
        let text = match fs::read(self.folder.join(OFFICE_FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(store_error(&error)),
        };
        // A torn or foreign file is treated as one that cannot be unsealed: set aside, not trusted.
        let version: OfficeVersion = serde_json::from_slice(&text).map_err(|_| KeyError::DemoCrypto)?;
        if version.version > FILE_VERSION {
            return Err(KeyError::DemoNewer);
        }
        let file: OfficeFile = serde_json::from_slice(&text).map_err(|_| KeyError::DemoCrypto)?;
        let mut keys = BTreeMap::new();
        for (name, record) in &file.keys {
            keys.insert(name.clone(), self.unseal(name, record)?);
        }
        let issuing = self.unseal("issuing", &file.issuing)?;
        let root = STANDARD.decode(&file.root).map_err(|_| KeyError::DemoCrypto)?;
        Ok(Some(DemoOffice {
            root: parse(&root)?,
            root_list: file
                .root_list
                .map(|list| STANDARD.decode(list).map_err(|_| KeyError::DemoCrypto))
                .transpose()?,
            issuing: issuing.certificate,
            issuing_key: issuing.private,
            keys: Mutex::new(keys),
            store: Some(self.clone()),
            keeping: Keeping::Sealed,
            recreated: false,
        }))
    }

    fn write(&self, office: &DemoOffice, keys: &BTreeMap<String, DemoKey>) -> Result<(), KeyError> {
        let issuing = DemoKey { private: office.issuing_key.clone(), certificate: office.issuing.clone() };
        let mut records = BTreeMap::new();
        for (name, key) in keys {
            records.insert(name.clone(), self.seal(name, key)?);
        }
        let file = OfficeFile {
            version: FILE_VERSION,
            root: STANDARD.encode(office.root.der()),
            root_list: office.root_list.as_ref().map(|list| STANDARD.encode(list)),
            issuing: self.seal("issuing", &issuing)?,
            keys: records,
        };
        let text = serde_json::to_vec_pretty(&file).map_err(|_| KeyError::DemoCrypto)?;
        let mut temporary = tempfile::NamedTempFile::new_in(&self.folder).map_err(|error| store_error(&error))?;
        temporary.write_all(&text).map_err(|error| store_error(&error))?;
        temporary.as_file().sync_all().map_err(|error| store_error(&error))?;
        temporary.persist(self.folder.join(OFFICE_FILE)).map_err(|error| store_error(&error.error))?;
        Ok(())
    }

    fn cipher(&self) -> Result<aead::LessSafeKey, KeyError> {
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, &self.sealing).map_err(|_| KeyError::DemoCrypto)?;
        Ok(aead::LessSafeKey::new(key))
    }

    /// nonce ‖ ciphertext ‖ tag; name and certificate are bound to the key, so that records cannot be exchanged.
    fn seal(&self, name: &str, key: &DemoKey) -> Result<KeyRecord, KeyError> {
        let mut nonce = [0; aead::NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| KeyError::DemoCrypto)?;
        // Room for the tag from the beginning: a buffer that grew would leave the plain key behind in freed memory.
        let mut sealed = Vec::with_capacity(key.private.len() + aead::MAX_TAG_LEN);
        sealed.extend_from_slice(&key.private);
        self.cipher()?
            .seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                context(name, &key.certificate),
                &mut sealed,
            )
            .map_err(|_| KeyError::DemoCrypto)?;
        let sealed_key = STANDARD.encode([&nonce[..], &sealed].concat());
        Ok(KeyRecord { certificate: STANDARD.encode(key.certificate.der()), sealed_key })
    }

    fn unseal(&self, name: &str, record: &KeyRecord) -> Result<DemoKey, KeyError> {
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| KeyError::DemoCrypto);
        let certificate = parse(&decode(&record.certificate)?)?;
        let mut sealed = decode(&record.sealed_key)?;
        let body = sealed.split_off(aead::NONCE_LEN.min(sealed.len()));
        let nonce = aead::Nonce::try_assume_unique_for_key(&sealed).map_err(|_| KeyError::DemoCrypto)?;
        let mut body = Zeroizing::new(body);
        let plain = self
            .cipher()?
            .open_in_place(nonce, context(name, &certificate), &mut body)
            .map_err(|_| KeyError::DemoCrypto)?;
        Ok(DemoKey { private: Zeroizing::new(plain.to_vec()), certificate })
    }
}

fn context(name: &str, certificate: &Certificate) -> aead::Aad<Vec<u8>> {
    aead::Aad::from([name.as_bytes(), b"\0", &certificate.fingerprint()].concat())
}

/// A clerk of the demonstration.
pub struct DemoSigner {
    name: String,
    private: Zeroizing<Vec<u8>>,
    chain: Vec<Certificate>,
}

impl Signer for DemoSigner {
    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn label(&self) -> String {
        self.name.clone()
    }

    fn sign_digest<'s>(&'s self, algorithm: SignatureAlgorithm, digest: &'s [u8]) -> Signing<'s> {
        Box::pin(async move {
            let signature = self.sign(algorithm, digest)?;
            Ok(Signed { signature, request_id: None, stand_by: None })
        })
    }
}

impl DemoSigner {
    fn sign(&self, algorithm: SignatureAlgorithm, digest: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signer = self.chain.first().ok_or(KeyError::NoCertificate)?;
        let kind = signer.public_key().map_err(|_| KeyError::DemoCrypto)?.kind;
        if !algorithm.fits(kind) {
            return Err(KeyError::AlgorithmDoesNotFit);
        }
        let digest = digest::Digest::import_less_safe(digest, algorithm.hash.algorithm())
            .map_err(|_| KeyError::AlgorithmDoesNotFit)?;
        let encoding: &dyn signature::RsaEncoding = match (algorithm.scheme, algorithm.hash) {
            (Scheme::RsaPkcs1, Hash::Sha256) => &signature::RSA_PKCS1_SHA256,
            (Scheme::RsaPkcs1, Hash::Sha384) => &signature::RSA_PKCS1_SHA384,
            (Scheme::RsaPkcs1, Hash::Sha512) => &signature::RSA_PKCS1_SHA512,
            (Scheme::RsaPss, Hash::Sha256) => &signature::RSA_PSS_SHA256,
            (Scheme::RsaPss, Hash::Sha384) => &signature::RSA_PSS_SHA384,
            (Scheme::RsaPss, Hash::Sha512) => &signature::RSA_PSS_SHA512,
            (Scheme::Ecdsa, Hash::Sha256) => {
                return self.sign_ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &digest);
            }
            (Scheme::Ecdsa, Hash::Sha384) => {
                return self.sign_ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING, &digest);
            }
            _ => return Err(KeyError::AlgorithmDoesNotFit),
        };
        let pair = RsaKeyPair::from_pkcs8(&self.private).map_err(|_| KeyError::DemoCrypto)?;
        let mut value = vec![0; pair.public_modulus_len()];
        pair.sign_digest(encoding, &digest, &mut value).map_err(|_| KeyError::DemoCrypto)?;
        Ok(value)
    }

    fn sign_ecdsa(
        &self,
        algorithm: &'static signature::EcdsaSigningAlgorithm,
        digest: &digest::Digest,
    ) -> Result<Vec<u8>, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, &self.private).map_err(|_| KeyError::DemoCrypto)?;
        Ok(pair.sign_digest(digest).map_err(|_| KeyError::DemoCrypto)?.as_ref().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::NoVault;

    #[derive(Default)]
    struct MemoryVault(Mutex<BTreeMap<String, Vec<u8>>>);

    impl Vault for MemoryVault {
        fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
            Ok(self.0.lock().unwrap().get(name).cloned().map(Zeroizing::new))
        }

        fn write(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
            self.0.lock().unwrap().insert(name.to_owned(), secret.to_vec());
            Ok(())
        }

        fn erase(&self, name: &str) -> Result<(), VaultError> {
            self.0.lock().unwrap().remove(name);
            Ok(())
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    #[test]
    fn the_office_opens_again_with_the_same_root_and_keys() {
        let (folder, vault) = (tempfile::tempdir().unwrap(), MemoryVault::default());
        let first = DemoOffice::open(folder.path(), &vault, now()).unwrap();
        let second = DemoOffice::open(folder.path(), &vault, now()).unwrap();
        assert_eq!(first.root(), second.root());
        let chain = |office: &DemoOffice| office.signer(DEFAULT_KEY, now()).unwrap().chain().to_vec();
        assert_eq!(chain(&first), chain(&second));
        assert_eq!(second.keeping(), Keeping::Sealed);
    }

    #[test]
    fn no_private_key_rests_unsealed() {
        let (folder, vault) = (tempfile::tempdir().unwrap(), MemoryVault::default());
        let office = DemoOffice::open(folder.path(), &vault, now()).unwrap();
        let text = fs::read_to_string(folder.path().join(OFFICE_FILE)).unwrap();
        for key in office.keys.lock().unwrap().values() {
            assert!(!text.contains(&STANDARD.encode(&key.private[..])));
        }
        assert!(!text.contains("PRIVATE KEY"));
    }

    #[test]
    fn a_lost_sealing_key_founds_a_new_office_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        DemoOffice::open(folder.path(), &MemoryVault::default(), now()).unwrap();
        let office = DemoOffice::open(folder.path(), &MemoryVault::default(), now()).unwrap();
        assert!(office.was_recreated());
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(names.iter().any(|name| name.to_string_lossy().starts_with("office.json.unreadable-")), "{names:?}");
    }

    #[test]
    fn two_programs_keep_each_others_new_keys() {
        let (folder, vault) = (tempfile::tempdir().unwrap(), MemoryVault::default());
        let first = DemoOffice::open(folder.path(), &vault, now()).unwrap();
        let second = DemoOffice::open(folder.path(), &vault, now()).unwrap();
        first.signer("p-256", now()).unwrap();
        second.signer("p-384", now()).unwrap();
        let third = DemoOffice::open(folder.path(), &vault, now()).unwrap();
        let kept = third.keys.lock().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(kept, ["p-256", "p-384", "rsa-2048", "time-stamper"]);
        let chain = |office: &DemoOffice| office.signer("p-256", now()).unwrap().chain().to_vec();
        assert_eq!(chain(&first), chain(&second));
    }

    #[test]
    fn what_a_newer_version_wrote_is_left_alone() {
        let (folder, vault) = (tempfile::tempdir().unwrap(), MemoryVault::default());
        fs::write(folder.path().join(OFFICE_FILE), r#"{"version":3,"more":true}"#).unwrap();
        assert_eq!(DemoOffice::open(folder.path(), &vault, now()).err(), Some(KeyError::DemoNewer));
        assert!(fs::read_to_string(folder.path().join(OFFICE_FILE)).unwrap().contains("more"));
    }

    #[test]
    fn a_locked_store_replaces_nothing() {
        struct LockedVault;
        impl Vault for LockedVault {
            fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
                Err(VaultError::Locked)
            }
            fn write(&self, _: &str, _: &[u8]) -> Result<(), VaultError> {
                Err(VaultError::Locked)
            }
            fn erase(&self, _: &str) -> Result<(), VaultError> {
                Err(VaultError::Locked)
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let founded = DemoOffice::open(folder.path(), &LockedVault, now()).unwrap();
        assert_eq!(founded.keeping(), Keeping::MemoryOnly(VaultError::Locked));
        DemoOffice::open(folder.path(), &MemoryVault::default(), now()).unwrap();
        let kept = fs::read(folder.path().join(OFFICE_FILE)).unwrap();
        assert_eq!(DemoOffice::open(folder.path(), &LockedVault, now()).err(), Some(KeyError::VaultLocked));
        assert_eq!(fs::read(folder.path().join(OFFICE_FILE)).unwrap(), kept);
    }

    #[test]
    fn without_a_store_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let office = DemoOffice::open(folder.path(), &NoVault, now()).unwrap();
        assert_eq!(office.keeping(), Keeping::MemoryOnly(VaultError::Absent));
        assert!(!folder.path().join(OFFICE_FILE).exists());
    }

    #[test]
    fn every_name_says_that_it_has_no_legal_value() {
        let folder = tempfile::tempdir().unwrap();
        let office = DemoOffice::open(folder.path(), &NoVault, now()).unwrap();
        let time_stamper = office.key(TIME_STAMPER, now()).unwrap().certificate;
        for certificate in office.signer(DEFAULT_KEY, now()).unwrap().chain().iter().chain([&time_stamper]) {
            assert!(certificate.subject_label().contains(DISCLAIMER), "{}", certificate.subject_label());
        }
    }
}
