//! What can stop the work of an office.

use std::{
    io,
    path::{Path, PathBuf},
};

use cades::CadesError;
use keys::KeyError;
use pades::PadesError;
use pdf::PdfError;
use trust::TrustError;

/// Why something was not done. Whatever it is, no half-written file is left behind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfficeError {
    /// The document cannot be signed.
    #[error(transparent)]
    Pades(#[from] PadesError),
    /// The key does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A certificate cannot be used.
    #[error(transparent)]
    Cades(#[from] CadesError),
    /// A file of certificates cannot be used.
    #[error("{file}: {source}")]
    Trust {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: TrustError,
    },
    /// A file cannot be read or written.
    #[error("{file}: {source}")]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The output exists, and overwriting was not asked for.
    #[error("{0} exists")]
    Exists(PathBuf),
    /// The output would be the original itself.
    #[error("{0} is the original")]
    SameAsOriginal(PathBuf),
    /// The original is not the file that was opened before.
    #[error("{0} changed on disk")]
    Changed(PathBuf),
    /// The result did not pass our own verification; the code of what failed.
    #[error("self-check failed: {0}")]
    SelfCheck(String),
    /// The signer's certificate is not valid now.
    #[error("certificate valid from {from} until {until}")]
    CertificateNotValid {
        /// First moment, as people write it.
        from: String,
        /// Last moment.
        until: String,
    },
    /// The certificates given do not lead to a root; who issued the last of them.
    #[error("no certificate of {0}")]
    ChainIncomplete(String),
    /// The certificate may not sign documents, or its chain does not hold; whose it is.
    #[error("certificate of {0} unfit")]
    ChainUnfit(String),
    /// Outside the demonstration a key has to be named.
    #[error("no key named")]
    KeyNeeded,
    /// The environment is not allowed; why, in words.
    #[error("environment: {0}")]
    Environment(String),
    /// No file describes the environment.
    #[error("no file of environment {0}")]
    NoEnvironmentFile(String),
    /// The file of an environment is wrong.
    #[error("{file}:{line}: {reason}")]
    EnvironmentFile {
        /// The file.
        file: PathBuf,
        /// Where in it; 0 where it is about the whole.
        line: usize,
        /// What is wrong, in words.
        reason: String,
    },
    /// Something could not be fetched.
    #[error(transparent)]
    Fetch(evidence::EvidenceError),
    /// What was fetched is not what its hash file says.
    #[error("hash differs")]
    HashDiffers,
    /// The environment has an authority already.
    #[error("authority of {0} exists")]
    AuthorityExists(String),
    /// The environment has no authority.
    #[error("no authority of {0}")]
    NoAuthority(String),
    /// Another program works on the authority.
    #[error("authority in use")]
    AuthorityBusy,
    /// The register cannot be read.
    #[error("register {0}")]
    AuthorityDamaged(PathBuf),
    /// A certificate would last too long, or longer than its issuer.
    #[error("lifetime: {most} days at most, issuer until {until}")]
    Lifetime {
        /// Most days that one lasts.
        most: u32,
        /// Last moment of the issuer.
        until: String,
    },
    /// The key of a request is the authority's own, or was given up as compromised.
    #[error("key of the request")]
    CompromisedKey,
    /// No certificate of that number was issued.
    #[error("serial {0}")]
    UnknownSerial(String),
    /// The certificate is revoked already.
    #[error("{serial} revoked since {date}")]
    AlreadyRevoked {
        /// Its number.
        serial: String,
        /// Since when.
        date: String,
    },
    /// Nobody is named who stamps.
    #[error("no time stamper")]
    NoTimeStamper,
    /// A time stamping authority gave no stamp.
    #[error("{server}: {cause}")]
    TimeStamp {
        /// Its address.
        server: String,
        /// Stable code of what was wrong.
        cause: &'static str,
    },
    /// What proves a signature in the long term is not complete.
    #[error("{field}: {cause}")]
    LongTermIncomplete {
        /// The signature's field.
        field: String,
        /// Code of its verdict.
        cause: String,
    },
    /// A document without a signature has nothing that could last.
    #[error("nothing to extend")]
    NothingToExtend,
    /// Every signature has the level already.
    #[error("{0} reached already")]
    LevelReached(&'static str),
    /// A signature that is not good, or whose level would not be reached.
    #[error("{field}: {cause}")]
    NotExtendable {
        /// The signature's field.
        field: String,
        /// Code of its verdict.
        cause: String,
    },
    /// The demonstration was founded by a version that made no lists.
    #[error("demonstration without lists")]
    DemoWithoutLists,
    /// Files of an authority without the register that says what it issued.
    #[error("register lost in {0}")]
    AuthorityLost(PathBuf),
    /// The certificate is revoked, and the list that says so was not made.
    #[error("{serial} revoked, list not made: {cause}")]
    ListNotMade {
        /// Its number.
        serial: String,
        /// Code of what kept it.
        cause: &'static str,
    },
    /// The certificate was issued and not written where it was wanted.
    #[error("{serial} issued, not written: {cause}")]
    IssuedNotSaved {
        /// Its number.
        serial: String,
        /// Where the authority keeps it.
        kept: PathBuf,
        /// Code of what kept it from being written.
        cause: &'static str,
    },
    /// The address of a list is none.
    #[error("address of the list")]
    ListUrl,
    /// Stored facts cannot be read.
    #[error("stored facts")]
    Facts,
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The system knows no home folder.
    #[error("no data folder")]
    NoDataFolder,
}

impl From<PdfError> for OfficeError {
    fn from(error: PdfError) -> Self {
        Self::Pades(error.into())
    }
}

impl OfficeError {
    pub(crate) fn file(file: &Path) -> impl Fn(io::Error) -> Self + '_ {
        move |source| Self::File { file: file.to_owned(), source }
    }

    /// Stable code, the key of the texts that people read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pades(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Cades(error) => error.code(),
            Self::Trust { source, .. } => source.code(),
            Self::File { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => "file.not_found",
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "file.no_permission",
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "file.no_space",
                io::ErrorKind::InvalidInput | io::ErrorKind::IsADirectory => "file.not_a_file",
                _ => "file.io",
            },
            Self::Exists(_) => "file.exists",
            Self::SameAsOriginal(_) => "file.same_as_original",
            Self::Changed(_) => "file.changed_on_disk",
            Self::SelfCheck(_) => "pdf.self_check",
            Self::CertificateNotValid { .. } => "sign.certificate_not_valid",
            Self::ChainIncomplete(_) => "sign.chain_incomplete",
            Self::ChainUnfit(_) => "sign.chain_unfit",
            Self::KeyNeeded => "sign.key_needed",
            Self::Environment(_) => "environment.unknown",
            Self::NoEnvironmentFile(_) => "environment.no_file",
            Self::EnvironmentFile { .. } => "environment.file",
            Self::Fetch(error) => error.code(),
            Self::HashDiffers => "trust.hash_differs",
            Self::AuthorityExists(_) => "authority.exists",
            Self::NoAuthority(_) => "authority.none",
            Self::AuthorityBusy => "authority.busy",
            Self::AuthorityDamaged(_) => "authority.damaged",
            Self::Lifetime { .. } => "authority.lifetime",
            Self::CompromisedKey => "authority.compromised_key",
            Self::UnknownSerial(_) => "authority.unknown_serial",
            Self::AlreadyRevoked { .. } => "authority.already_revoked",
            Self::NoTimeStamper => "stamp.none",
            Self::TimeStamp { .. } => "stamp.failed",
            Self::LongTermIncomplete { .. } => "level.incomplete",
            Self::NothingToExtend => "extend.unsigned",
            Self::LevelReached(_) => "extend.reached",
            Self::NotExtendable { .. } => "extend.not_good",
            Self::DemoWithoutLists => "demo.without_lists",
            Self::AuthorityLost(_) => "authority.lost",
            Self::ListNotMade { .. } => "authority.list_not_made",
            Self::IssuedNotSaved { .. } => "authority.issued_not_saved",
            Self::ListUrl => "authority.list_url",
            Self::Facts => "file.no_facts",
            Self::Cancelled => "sign.cancelled",
            Self::NoDataFolder => "program.no_data_folder",
        }
    }

    /// What the words of that code need. Files are named without their folder.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let name = |file: &Path| file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        match self {
            Self::Key(error) => error.arguments(),
            Self::Trust { file, .. } | Self::File { file, .. } => vec![("file", name(file))],
            Self::Exists(file) | Self::SameAsOriginal(file) | Self::Changed(file) => vec![("file", name(file))],
            Self::AuthorityDamaged(file) => vec![("file", name(file))],
            Self::AuthorityExists(environment) | Self::NoAuthority(environment) => {
                vec![("environment", environment.clone())]
            }
            Self::Lifetime { most, until } => vec![("most", most.to_string()), ("until", until.clone())],
            Self::UnknownSerial(serial) => vec![("serial", cades::readable(serial))],
            Self::AlreadyRevoked { serial, date } => vec![("serial", serial.clone()), ("date", date.clone())],
            Self::TimeStamp { server, cause } => {
                vec![("server", cades::readable(server)), ("cause", (*cause).to_owned())]
            }
            Self::LevelReached(level) => vec![("level", (*level).to_owned())],
            Self::LongTermIncomplete { field, cause } | Self::NotExtendable { field, cause } => {
                vec![("field", cades::readable(field)), ("cause", cause.clone())]
            }
            Self::AuthorityLost(folder) => vec![("folder", cades::readable(&folder.to_string_lossy()))],
            Self::ListNotMade { serial, cause } => vec![("serial", serial.clone()), ("cause", (*cause).to_owned())],
            Self::IssuedNotSaved { serial, kept, cause } => vec![
                ("serial", serial.clone()),
                ("kept", cades::readable(&kept.to_string_lossy())),
                ("cause", (*cause).to_owned()),
            ],
            Self::ChainIncomplete(issuer) => vec![("issuer", issuer.clone())],
            Self::ChainUnfit(signer) => vec![("signer", signer.clone())],
            Self::SelfCheck(reason) => vec![("reason", reason.clone())],
            Self::CertificateNotValid { from, until } => vec![("from", from.clone()), ("until", until.clone())],
            Self::Environment(reason) => vec![("reason", reason.clone())],
            Self::NoEnvironmentFile(environment) => vec![("environment", environment.clone())],
            Self::EnvironmentFile { file, line, reason } => {
                vec![("file", name(file)), ("line", line.to_string()), ("reason", reason.clone())]
            }
            _ => Vec::new(),
        }
    }
}
