//! The certificates that this computer knows beside the pinned roots: issuers of ICP-Brasil and gov.br, and the
//! authorities that the office itself trusts. One file of PEM, one of JSON that says where each came from.

use std::{
    collections::{HashMap, HashSet},
    fs,
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

use cades::{Certificate, Hash, SignedData};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trust::{Anchors, TrustList, lists};

use crate::{Office, OfficeError, clock, output};

/// Where ITI publishes the certificates of every authority in force.
pub const PUBLISHED_SET: &str =
    "http://acraiz.icpbrasil.gov.br/credenciadas/CertificadosAC-ICP-Brasil/ACcompactado.zip";

/// Name of the file beside it that holds its SHA-512.
const HASH_FILE: &str = "hashsha512.txt";

/// Most certificates kept: the published set has fewer than 200, history a few hundred more.
const MAX_CERTIFICATES: usize = 5_000;

/// Most files read of a zip, and most bytes of one: the published one has 200 of two kilobytes.
const MAX_ZIP_FILES: usize = 5_000;
const MAX_ZIP_FILE_BYTES: u64 = 1024 * 1024;

/// Most bytes that all files of an archive may unpack to: the published set has less than one mebibyte.
const MAX_ZIP_BYTES: u64 = 64 * 1024 * 1024;

/// Largest file that is imported.
const MAX_IMPORT: u64 = 32 * 1024 * 1024;

/// How a certificate serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Only helps to find a way to a pinned root.
    Issuer,
    /// Believed for its own sake, because this office says so.
    Office,
}

/// Where a certificate came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// How it serves.
    pub role: Role,
    /// Name of the file or address.
    pub source: String,
    /// When it was brought in, RFC 3339.
    pub imported: String,
}

/// Everything that was brought in.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    folder: PathBuf,
    /// Certificates with where they came from.
    pub entries: Vec<(Certificate, Origin)>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Certificates that are new here.
    pub added: usize,
    /// Certificates that were here already.
    pub known: usize,
    /// Files or parts that are no certificate that can be read.
    pub unreadable: usize,
    /// Pinned roots among them.
    pub pinned: usize,
}

/// A line of the list of trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustLine {
    /// What to call it.
    pub name: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// The list it is on; `None` for one that only helps.
    pub list: Option<TrustList>,
    /// Whether the certificate is at hand, and not only its fingerprint.
    pub present: bool,
    /// First and last moment of validity, where it is at hand.
    pub validity: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Where it came from.
    pub origin: Option<Origin>,
}

impl TrustStore {
    fn open(folder: PathBuf) -> Result<Self, OfficeError> {
        let mut store = Self { folder, entries: Vec::new() };
        let bytes = match fs::read(store.certificates()) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(store),
            Err(error) => return Err(OfficeError::file(&store.certificates())(error)),
        };
        let origins: HashMap<String, Origin> = match fs::read(store.origins()) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_default(),
            Err(_) => HashMap::new(),
        };
        let certificates = match trust::read_certificates(&bytes) {
            Ok(certificates) => certificates,
            Err(trust::TrustError::NoCertificate) => Vec::new(),
            Err(source) => return Err(OfficeError::Trust { file: store.certificates(), source }),
        };
        for certificate in certificates {
            let unknown = || Origin { role: Role::Issuer, source: String::new(), imported: String::new() };
            let origin = origins.get(&fingerprint(&certificate)).cloned().unwrap_or_else(unknown);
            store.entries.push((certificate, origin));
        }
        Ok(store)
    }

    fn certificates(&self) -> PathBuf {
        self.folder.join("certificados.pem")
    }

    fn origins(&self) -> PathBuf {
        self.folder.join("origem.json")
    }

    fn save(&self) -> Result<(), OfficeError> {
        fs::create_dir_all(&self.folder).map_err(OfficeError::file(&self.folder))?;
        let pem: String = self.entries.iter().map(|(certificate, _)| trust::to_pem(certificate)).collect();
        let origins: HashMap<String, &Origin> =
            self.entries.iter().map(|(certificate, origin)| (fingerprint(certificate), origin)).collect();
        let json = serde_json::to_vec_pretty(&origins).unwrap_or_default();
        // Certificates first: one without origin only helps, an origin without certificate says nothing.
        output::replace(&self.certificates(), pem.as_bytes())?;
        output::replace(&self.origins(), &json)
    }

    /// When something was last brought in.
    #[must_use]
    pub fn updated(&self) -> Option<DateTime<Utc>> {
        let times = self.entries.iter().filter_map(|(_, origin)| DateTime::parse_from_rfc3339(&origin.imported).ok());
        times.map(|time| time.to_utc()).max()
    }

    fn add(
        &mut self,
        certificates: Vec<Certificate>,
        origin: &Origin,
        imported: &mut Imported,
    ) -> Result<(), OfficeError> {
        for certificate in certificates {
            imported.pinned += usize::from(lists::find(&certificate.fingerprint()).is_some());
            let is_full = self.entries.len() >= MAX_CERTIFICATES;
            match self.entries.iter_mut().find(|(known, _)| known.der() == certificate.der()) {
                Some((_, known)) => {
                    imported.known += 1;
                    // Whoever names it as an authority of the office means it; bringing it in again takes nothing away.
                    if origin.role == Role::Office {
                        *known = origin.clone();
                    }
                }
                None if is_full => {
                    return Err(OfficeError::Trust {
                        file: PathBuf::from(&origin.source),
                        source: trust::TrustError::TooMany,
                    });
                }
                None => {
                    imported.added += 1;
                    self.entries.push((certificate, origin.clone()));
                }
            }
        }
        Ok(())
    }
}

fn fingerprint(certificate: &Certificate) -> String {
    pdf_hex(&certificate.fingerprint())
}

fn pdf_hex(bytes: &[u8]) -> String {
    pdf::hex(bytes).to_lowercase()
}

impl Office {
    /// What this computer knows beside the pinned roots.
    ///
    /// # Errors
    /// [`OfficeError::File`], [`OfficeError::Trust`].
    pub fn trust_store(&self) -> Result<TrustStore, OfficeError> {
        TrustStore::open(self.data.join("confianca"))
    }

    /// Brings in the certificates of a file: zip, PEM, DER or P7B.
    ///
    /// # Errors
    /// [`OfficeError::File`], [`OfficeError::Trust`]; nothing is changed then.
    pub fn import_trust(&self, file: &Path, role: Role) -> Result<Imported, OfficeError> {
        let Some(bytes) = crate::files::read_bounded(file, MAX_IMPORT)? else {
            return Err(OfficeError::Trust { file: file.to_owned(), source: trust::TrustError::TooMany });
        };
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        self.import_bytes(&bytes, file, &name, role)
    }

    fn import_bytes(&self, bytes: &[u8], file: &Path, source: &str, role: Role) -> Result<Imported, OfficeError> {
        let mut imported = Imported::default();
        let certificates = read_any(bytes, &mut imported.unreadable);
        if certificates.is_empty() {
            return Err(OfficeError::Trust { file: file.to_owned(), source: trust::TrustError::NoCertificate });
        }
        let origin = Origin { role, source: cades::readable(source), imported: clock::now().to_rfc3339() };
        let mut store = self.trust_store()?;
        store.add(certificates, &origin, &mut imported)?;
        store.save()?;
        Ok(imported)
    }

    /// Fetches ITI's published set, checks it against its hash file, and brings it in.
    ///
    /// # Errors
    /// [`OfficeError::Fetch`], [`OfficeError::HashDiffers`], and those of [`Office::import_trust`].
    pub fn update_trust(&self, address: Option<&str>) -> Result<Imported, OfficeError> {
        let zip = address.unwrap_or(PUBLISHED_SET);
        let (folder, name) = zip.rsplit_once('/').ok_or(OfficeError::HashDiffers)?;
        let hash_file = format!("{folder}/{HASH_FILE}");
        // What the person typed may be anywhere; the published address is public.
        let guard = if address.is_some() { evidence::Guard::Anything } else { evidence::Guard::Public };
        let (set, hashes) = crate::online::block_on(async {
            let set = evidence::get(zip, evidence::MAX_SET, guard).await?;
            let hashes = evidence::get(&hash_file, evidence::MAX_ISSUER, guard).await?;
            Ok::<_, evidence::EvidenceError>((set, hashes))
        })?
        .map_err(OfficeError::Fetch)?;
        let wanted = pdf_hex(&Hash::Sha512.digest(&set));
        let hashes = String::from_utf8_lossy(&hashes).to_lowercase();
        if !hashes.split(|character: char| !character.is_ascii_hexdigit()).any(|word| word == wanted) {
            return Err(OfficeError::HashDiffers);
        }
        self.import_bytes(&set, Path::new(name), zip, Role::Issuer)
    }

    /// Everything that trust rests on: the pinned roots, then the office's own authorities, then what only helps.
    ///
    /// # Errors
    /// As [`Office::trust_store`].
    pub fn trust_lines(&self) -> Result<Vec<TrustLine>, OfficeError> {
        let store = self.trust_store()?;
        let line = |certificate: &Certificate, list, origin: Option<&Origin>| TrustLine {
            name: certificate.subject_label(),
            sha256: fingerprint(certificate),
            list,
            present: true,
            validity: Some((certificate.not_before, certificate.not_after)),
            origin: origin.cloned(),
        };
        let mut lines = Vec::new();
        for pinned in &lists::PINNED {
            let own = store
                .entries
                .iter()
                .find(|(certificate, _)| lists::find(&certificate.fingerprint()).is_some_and(|found| found == pinned));
            lines.push(match own {
                Some((certificate, origin)) => line(certificate, Some(pinned.list), Some(origin)),
                None => TrustLine {
                    name: pinned.name.to_owned(),
                    sha256: pinned.sha256.to_lowercase(),
                    list: Some(pinned.list),
                    present: false,
                    validity: None,
                    origin: None,
                },
            });
        }
        let rest = || store.entries.iter().filter(|(certificate, _)| lists::find(&certificate.fingerprint()).is_none());
        let office = rest().filter(|(_, origin)| origin.role == Role::Office);
        lines.extend(office.map(|(certificate, origin)| line(certificate, Some(TrustList::Office), Some(origin))));
        let issuers = rest().filter(|(_, origin)| origin.role == Role::Issuer);
        lines.extend(issuers.map(|(certificate, origin)| line(certificate, None, Some(origin))));
        Ok(lines)
    }

    /// The lists of this computer as anchors, and the issuers that help.
    pub(crate) fn installed_trust(&self, name: String) -> Result<(Anchors, Vec<Certificate>), OfficeError> {
        let mut anchors = Anchors::new(name, Vec::new());
        lists::pin_all(&mut anchors);
        let (mut office, mut issuers) = (Vec::new(), Vec::new());
        for (certificate, origin) in self.trust_store()?.entries {
            match origin.role {
                Role::Office => office.push(certificate),
                Role::Issuer => issuers.push(certificate),
            }
        }
        anchors.add(TrustList::Office, office);
        Ok((anchors, issuers))
    }
}

/// Certificates of a file of any of the usual forms, at least one.
pub(crate) fn read_file(file: &Path) -> Result<Vec<Certificate>, OfficeError> {
    let failed = |source| OfficeError::Trust { file: file.to_owned(), source };
    let bytes = crate::files::read_bounded(file, MAX_IMPORT)?.ok_or_else(|| failed(trust::TrustError::TooMany))?;
    let found = read_any(&bytes, &mut 0);
    if found.is_empty() { Err(failed(trust::TrustError::NoCertificate)) } else { Ok(found) }
}

/// Certificates of a file of any of the usual forms; what is none is counted.
fn read_any(bytes: &[u8], unreadable: &mut usize) -> Vec<Certificate> {
    if bytes.starts_with(b"PK\x03\x04") {
        return read_zip(bytes, unreadable);
    }
    if let Ok(signed) = SignedData::parse(bytes) {
        let read: Vec<_> = signed.certificates.iter().map(|der| Certificate::parse(der)).collect();
        *unreadable += signed.left_out + read.iter().filter(|certificate| certificate.is_err()).count();
        return read.into_iter().flatten().collect();
    }
    match trust::read_each(bytes) {
        Ok((certificates, failed)) => {
            *unreadable += failed;
            certificates
        }
        Err(_) => {
            *unreadable += 1;
            Vec::new()
        }
    }
}

fn read_zip(bytes: &[u8], unreadable: &mut usize) -> Vec<Certificate> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        *unreadable += 1;
        return Vec::new();
    };
    let mut certificates: Vec<Certificate> = Vec::new();
    let mut seen = HashSet::new();
    let mut left = MAX_ZIP_BYTES;
    for index in 0..archive.len().min(MAX_ZIP_FILES) {
        let Ok(file) = archive.by_index(index) else {
            *unreadable += 1;
            continue;
        };
        let name = file.name().map(|name| name.to_lowercase()).unwrap_or_default();
        let extension = name.rsplit('.').next().unwrap_or_default();
        if file.is_dir() || !["crt", "cer", "der", "pem", "p7b"].contains(&extension) {
            continue;
        }
        let mut content = Vec::new();
        // A bound of its own: the size that an archive names may be a lie.
        let read = file.take(left.min(MAX_ZIP_FILE_BYTES) + 1).read_to_end(&mut content);
        let length = content.len() as u64;
        if length > left || certificates.len() > MAX_CERTIFICATES {
            *unreadable += 1;
            break;
        }
        left -= length;
        if read.is_err() || length > MAX_ZIP_FILE_BYTES || content.starts_with(b"PK") {
            *unreadable += 1;
            continue;
        }
        let found = read_any(&content, unreadable);
        certificates.extend(found.into_iter().filter(|certificate| seen.insert(certificate.der().to_vec())));
    }
    certificates
}
