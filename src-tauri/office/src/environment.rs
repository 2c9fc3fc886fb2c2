//! Environments: which account, Region, key and trust a piece of work belongs to.
//!
//! One TOML file each, which an administrator shares. The computer's own folder comes before a person's, and a file of
//! it that is `locked` cannot be gone around: neither by a file of the person nor by options of a command.

use std::path::{Path, PathBuf};

use cades::SignatureAlgorithm;
use keys::{
    creation::{Purpose, is_set},
    kms::{DEFAULT_REGION, Expected, StandBy, official_endpoint},
    sign_in::IdentityCenter,
};
use pades::RevocationRule;
use serde::Deserialize;

use crate::{OfficeError, files};

/// Names that an environment may have besides the demonstration.
const NAMES: [&str; 3] = ["dev", "homolog", "prod"];

/// Longest name of a Region; the longest today has 14 letters.
const MAX_REGION: usize = 32;

/// Largest file of an environment.
const MAX_FILE: u64 = 64 * 1024;

/// Version of the files that this program reads.
const VERSION: u32 = 1;

/// What every key of the office is tagged with, unless its file says otherwise.
const SYSTEM_TAG: (&str, &str) = ("Sistema", "CartorioDigital");
const USE_TAG: &str = "Uso";
const ENVIRONMENT_TAG: &str = "Ambiente";

/// Where work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// The embedded demonstration office.
    Demo,
    /// Keys in AWS KMS.
    Aws(Box<AwsEnvironment>),
}

/// An environment in AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsEnvironment {
    /// dev, homolog or prod.
    pub name: String,
    /// The office, as its people call it.
    pub office: Option<String>,
    /// Region of the keys.
    pub region: String,
    /// Other end point of KMS and STS, for tests; in prod always the services' own.
    pub endpoint: Option<String>,
    /// The key to sign with.
    pub key: Option<String>,
    /// How the key signs, where it is not the usual way of its kind.
    pub algorithm: Option<SignatureAlgorithm>,
    /// ARN of the authority in AWS Private CA that issues certificates for the key.
    pub private_ca: Option<String>,
    /// Other end point of AWS Private CA, for tests.
    pub private_ca_endpoint: Option<String>,
    /// File with the signer's certificate and its chain; the person's own folder where nothing is said.
    pub certificates: Option<PathBuf>,
    /// Account and tags of the key; nothing where no file describes the environment.
    pub expected: Option<Expected>,
    /// Where the key's replica stands by.
    pub stand_by: Option<StandBy>,
    /// How people get credentials; a server's own where there is nothing.
    pub identity_center: Option<IdentityCenter>,
    /// Time stamping authorities, in the order in which they are asked.
    pub time_stampers: Vec<String>,
    /// Files of certificates that are trusted when verifying.
    pub trust: Vec<PathBuf>,
    /// What to do about revocation when verifying.
    pub revocation: Option<RevocationRule>,
    /// The file it was read from.
    pub source: Option<PathBuf>,
    /// Whether an administrator fixed it: a command repeats what it says, and changes nothing.
    pub is_locked: bool,
}

/// What a command says itself, against or beside the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Region of the keys.
    pub region: Option<String>,
    /// Other end point of KMS.
    pub endpoint: Option<String>,
    /// The key.
    pub key: Option<String>,
    /// The certificates.
    pub certificates: Option<PathBuf>,
    /// Use a server's own credentials, though no file chooses them.
    pub server_credentials: bool,
}

/// The file of an environment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvironmentFile {
    version: u32,
    name: String,
    office: Option<String>,
    #[serde(default)]
    locked: bool,
    account: String,
    region: Option<String>,
    stand_by_region: Option<String>,
    key: String,
    algorithm: Option<String>,
    private_ca: Option<String>,
    certificates: Option<PathBuf>,
    credentials: CredentialsChoice,
    identity_center: Option<IdentityCenterFile>,
    #[serde(default)]
    tags: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    time_stampers: Vec<String>,
    #[serde(default)]
    trust: Vec<PathBuf>,
    revocation: Option<RevocationChoice>,
    endpoints: Option<Endpoints>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CredentialsChoice {
    IdentityCenter,
    Server,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityCenterFile {
    start_url: String,
    region: Option<String>,
    role: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RevocationChoice {
    Required,
    IfPresent,
    Ignore,
}

/// Other addresses, for tests. A file of prod that has any is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Endpoints {
    aws: Option<String>,
    stand_by: Option<String>,
    private_ca: Option<String>,
    oidc: Option<String>,
    portal: Option<String>,
}

impl AwsEnvironment {
    /// Whether what a command says may stand where the file says something: always, unless the file is locked.
    ///
    /// # Errors
    /// [`OfficeError::Environment`], naming `what`.
    pub fn check_choice<T: PartialEq>(
        &self,
        what: &str,
        own: Option<&T>,
        given: Option<&T>,
    ) -> Result<(), OfficeError> {
        match given {
            Some(given) if self.is_locked && own.is_some_and(|own| own != given) => {
                Err(OfficeError::Environment(format!("A administração fixou {what} do ambiente {}.", self.name)))
            }
            _ => Ok(()),
        }
    }

    /// Account and tags of a key for that purpose; nothing where no file describes the environment.
    #[must_use]
    pub fn expected_for(&self, purpose: Purpose) -> Option<Expected> {
        let mut expected = self.expected.clone()?;
        for (_, value) in expected.tags.iter_mut().filter(|(tag, _)| tag == USE_TAG && purpose != Purpose::Documents) {
            purpose.tag().clone_into(value);
        }
        Some(expected)
    }
}

impl Environment {
    /// The environment of that name, from the first folder that has its file; the first folder is the computer's own.
    ///
    /// # Errors
    /// [`OfficeError::Environment`], [`OfficeError::EnvironmentFile`], [`OfficeError::File`].
    pub fn named(name: &str, folders: &[PathBuf], overrides: &Overrides) -> Result<Self, OfficeError> {
        let refused = |reason: String| Err(OfficeError::Environment(reason));
        if name == "demo" {
            return match overrides {
                Overrides { endpoint: Some(_), .. } => refused("A demonstração não usa o KMS.".to_owned()),
                Overrides { region: Some(_), .. } | Overrides { certificates: Some(_), .. } => {
                    refused("A demonstração traz a própria chave e o próprio certificado.".to_owned())
                }
                _ => Ok(Self::Demo),
            };
        }
        if !NAMES.contains(&name) {
            return refused(format!("O ambiente “{name}” não existe."));
        }
        if name == "prod" && overrides.endpoint.is_some() {
            return refused("Em produção o endereço do KMS não pode ser trocado.".to_owned());
        }
        let mut found = None;
        for folder in folders {
            if let Some(file) = read(&folder.join(format!("{name}.toml")))? {
                found = Some(file);
                break;
            }
        }
        let environment = match found {
            Some((file, path)) => {
                let own = from_file(file, name, &path)?;
                if own.is_locked {
                    check_lock(&own, overrides)?
                }
                own
            }
            // Production without an administrator's file is nobody's production.
            None if name == "prod" || !overrides.server_credentials => {
                return Err(OfficeError::NoEnvironmentFile(name.to_owned()));
            }
            None => bare(name),
        };
        Ok(Self::Aws(Box::new(with_overrides(environment, overrides)?)))
    }

    /// How its key signs, where its file says so.
    pub(crate) fn algorithm(&self) -> Option<SignatureAlgorithm> {
        match self {
            Self::Demo => None,
            Self::Aws(environment) => environment.algorithm,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Demo => "demo",
            Self::Aws(environment) => &environment.name,
        }
    }
}

fn read(path: &Path) -> Result<Option<(EnvironmentFile, PathBuf)>, OfficeError> {
    let failed = |line: usize, reason: &str| OfficeError::EnvironmentFile {
        file: path.to_owned(),
        line,
        reason: reason.to_owned(),
    };
    let bytes = match files::read_bounded(path, MAX_FILE) {
        Err(OfficeError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => other?.ok_or_else(|| failed(1, "o arquivo é grande demais"))?,
    };
    let text = String::from_utf8(bytes).map_err(|_| failed(1, "o arquivo não está em UTF-8"))?;
    let file: EnvironmentFile = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
        failed(line, "há uma chave desconhecida, repetida, ausente ou de outro tipo")
    })?;
    if file.version != VERSION {
        return Err(failed(1, "a versão do arquivo é outra"));
    }
    Ok(Some((file, path.to_owned())))
}

fn from_file(file: EnvironmentFile, name: &str, path: &Path) -> Result<AwsEnvironment, OfficeError> {
    let wrong =
        |reason: &str| Err(OfficeError::EnvironmentFile { file: path.to_owned(), line: 0, reason: reason.to_owned() });
    if file.name != name {
        return wrong("o nome dentro do arquivo não é o do ambiente");
    }
    if file.account.len() != 12 || !file.account.bytes().all(|byte| byte.is_ascii_digit()) {
        return wrong("account tem 12 algarismos");
    }
    let region = file.region.unwrap_or_else(|| DEFAULT_REGION.to_owned());
    let regions = [
        Some(&region),
        file.stand_by_region.as_ref(),
        file.identity_center.as_ref().and_then(|center| center.region.as_ref()),
    ];
    if regions.into_iter().flatten().any(|region| !is_region(region)) {
        return wrong("uma região não tem o nome de uma região");
    }
    if name == "prod" && file.endpoints.is_some() {
        return wrong("em produção não há endpoints");
    }
    let is_server = file.credentials == CredentialsChoice::Server;
    if is_server == file.identity_center.is_some() {
        return wrong("credentials e [identity_center] não combinam");
    }
    let is_https = |address: &str| url::Url::parse(address).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    if file.identity_center.as_ref().is_some_and(|center| !is_https(&center.start_url) || !is_set(&center.role)) {
        return wrong("start_url começa com https:// e role é o nome de um perfil");
    }
    let algorithm = file.algorithm.as_deref().map(SignatureAlgorithm::from_name);
    if algorithm == Some(None) {
        return wrong("algorithm é um destes: rsa-pkcs1-sha256, rsa-pss-sha256, ecdsa-p256-sha256, …");
    }
    if file.private_ca.as_deref().is_some_and(|arn| !arn.starts_with("arn:aws:acm-pca:")) {
        return wrong("private_ca é o ARN de uma autoridade da AWS Private CA");
    }
    let endpoints = file.endpoints.as_ref();
    let given = |pick: fn(&Endpoints) -> &Option<String>| endpoints.and_then(|endpoints| pick(endpoints).clone());
    let beside = |file: PathBuf| path.parent().map_or_else(|| file.clone(), |folder| folder.join(&file));
    let mut tags = std::collections::BTreeMap::from([
        (SYSTEM_TAG.0.to_owned(), SYSTEM_TAG.1.to_owned()),
        (ENVIRONMENT_TAG.to_owned(), name.to_owned()),
        (USE_TAG.to_owned(), Purpose::Documents.tag().to_owned()),
    ]);
    // Which environment and which use a key has is what keeps them apart: no file says otherwise.
    if file.tags.keys().any(|tag| tags.contains_key(tag)) {
        return wrong("as etiquetas Sistema, Ambiente e Uso são do programa");
    }
    tags.extend(file.tags);
    // In production the address is fixed here, so that no variable or profile of the computer can change it.
    let fixed = |region: &str| (name == "prod").then(|| official_endpoint(region));
    Ok(AwsEnvironment {
        name: name.to_owned(),
        office: file.office,
        endpoint: fixed(&region).or_else(|| given(|endpoints| &endpoints.aws)),
        key: Some(file.key),
        algorithm: algorithm.flatten(),
        private_ca: file.private_ca,
        private_ca_endpoint: (name == "prod")
            .then(|| format!("https://acm-pca.{region}.amazonaws.com"))
            .or_else(|| given(|endpoints| &endpoints.private_ca)),
        certificates: file.certificates.map(beside),
        expected: Some(Expected { account: file.account.clone(), tags: tags.into_iter().collect() }),
        stand_by: file.stand_by_region.map(|stand_by| StandBy {
            endpoint: fixed(&stand_by).or_else(|| given(|endpoints| &endpoints.stand_by)),
            region: stand_by,
        }),
        identity_center: file.identity_center.map(|center| IdentityCenter {
            start_url: center.start_url,
            region: center.region.unwrap_or_else(|| region.clone()),
            account: file.account,
            role: center.role,
            endpoints: given(|endpoints| &endpoints.oidc).zip(given(|endpoints| &endpoints.portal)),
        }),
        region,
        time_stampers: file.time_stampers,
        trust: file.trust.into_iter().map(beside).collect(),
        revocation: file.revocation.map(|rule| match rule {
            RevocationChoice::Required => RevocationRule::Required,
            RevocationChoice::IfPresent => RevocationRule::IfPresent,
            RevocationChoice::Ignore => RevocationRule::Ignore,
        }),
        source: Some(path.to_owned()),
        is_locked: file.locked,
    })
}

/// An environment that no file describes: for servers and tests, which say everything themselves.
fn bare(name: &str) -> AwsEnvironment {
    AwsEnvironment {
        name: name.to_owned(),
        office: None,
        region: DEFAULT_REGION.to_owned(),
        endpoint: None,
        key: None,
        algorithm: None,
        private_ca: None,
        private_ca_endpoint: None,
        certificates: None,
        expected: None,
        stand_by: None,
        identity_center: None,
        time_stampers: Vec::new(),
        trust: Vec::new(),
        revocation: None,
        source: None,
        is_locked: false,
    }
}

/// What an administrator locked stays: a command may repeat it, not change it.
fn check_lock(own: &AwsEnvironment, overrides: &Overrides) -> Result<(), OfficeError> {
    let differs = |given: &Option<String>, own: Option<&String>| given.as_ref().is_some_and(|given| Some(given) != own);
    let what = if differs(&overrides.region, Some(&own.region)) {
        "a região"
    } else if differs(&overrides.endpoint, own.endpoint.as_ref()) {
        "o endereço do KMS"
    } else if differs(&overrides.key, own.key.as_ref()) {
        "a chave"
    } else if overrides.certificates.is_some() && overrides.certificates != own.certificates {
        "o certificado"
    } else if overrides.server_credentials && own.identity_center.is_some() {
        "o modo de entrar"
    } else {
        return Ok(());
    };
    Err(OfficeError::Environment(format!("A administração fixou {what} do ambiente {}.", own.name)))
}

fn with_overrides(mut environment: AwsEnvironment, overrides: &Overrides) -> Result<AwsEnvironment, OfficeError> {
    if let Some(region) = &overrides.region {
        if !is_region(region) {
            return Err(OfficeError::Environment(format!("“{region}” não é o nome de uma região.")));
        }
        environment.region.clone_from(region);
        if environment.name == "prod" {
            environment.endpoint = Some(official_endpoint(region));
        }
    }
    if overrides.endpoint.is_some() {
        environment.endpoint.clone_from(&overrides.endpoint);
    }
    if overrides.key.is_some() {
        environment.key.clone_from(&overrides.key);
    }
    if overrides.certificates.is_some() {
        environment.certificates.clone_from(&overrides.certificates);
    }
    if overrides.server_credentials {
        environment.identity_center = None;
    }
    Ok(environment)
}

fn is_region(region: &str) -> bool {
    (1..=MAX_REGION).contains(&region.len())
        && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
version = 1
name = "homolog"
office = "1º Ofício de Exemplo"
account = "123456789012"
key = "alias/assinatura"
certificates = "cadeia.pem"
credentials = "identity-center"
stand_by_region = "us-east-1"

[identity_center]
start_url = "https://exemplo.awsapps.com/start"
role = "Assinatura"
"#;

    fn folders(system: Option<&str>, own: Option<&str>, name: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let paths = vec![folder.path().join("system"), folder.path().join("own")];
        for (path, text) in paths.iter().zip([system, own]) {
            std::fs::create_dir(path).unwrap();
            if let Some(text) = text {
                std::fs::write(path.join(format!("{name}.toml")), text).unwrap();
            }
        }
        (folder, paths)
    }

    fn open(text: &str, name: &str, overrides: &Overrides) -> Result<AwsEnvironment, OfficeError> {
        let (_folder, paths) = folders(None, Some(text), name);
        match Environment::named(name, &paths, overrides)? {
            Environment::Aws(environment) => Ok(*environment),
            Environment::Demo => panic!("{name} is no demonstration"),
        }
    }

    #[test]
    fn a_file_says_account_role_key_and_tags() {
        let environment = open(FILE, "homolog", &Overrides::default()).unwrap();
        let expected = environment.expected.unwrap();
        assert_eq!(expected.account, "123456789012");
        assert_eq!(
            expected.tags,
            [("Ambiente", "homolog"), ("Sistema", "CartorioDigital"), ("Uso", "Assinatura")]
                .map(|(tag, value)| (tag.to_owned(), value.to_owned()))
        );
        let center = environment.identity_center.unwrap();
        assert_eq!((center.account.as_str(), center.role.as_str()), ("123456789012", "Assinatura"));
        assert_eq!(center.region, "sa-east-1");
        assert!(environment.certificates.unwrap().ends_with("own/cadeia.pem"), "beside the file");
        assert_eq!(environment.stand_by.unwrap().region, "us-east-1");
    }

    #[test]
    fn in_production_addresses_are_fixed_and_a_file_is_needed() {
        let prod = FILE.replace("homolog", "prod");
        let environment = open(&prod, "prod", &Overrides::default()).unwrap();
        assert_eq!(environment.endpoint.as_deref(), Some("https://kms.sa-east-1.amazonaws.com"));
        assert_eq!(environment.stand_by.unwrap().endpoint.as_deref(), Some("https://kms.us-east-1.amazonaws.com"));
        let endpoint = Overrides { endpoint: Some("http://127.0.0.1:1".to_owned()), ..Overrides::default() };
        assert!(open(&prod, "prod", &endpoint).is_err());
        let with_endpoints = format!("{prod}\n[endpoints]\naws = \"http://127.0.0.1:1\"\n");
        assert!(open(&with_endpoints, "prod", &Overrides::default()).is_err());
        let server = Overrides { server_credentials: true, ..Overrides::default() };
        let nothing = Environment::named("prod", &[], &server);
        assert_eq!(nothing.unwrap_err().code(), "environment.no_file");
        assert!(Environment::named("dev", &[], &server).is_ok(), "a server says everything itself");
        assert_eq!(Environment::named("dev", &[], &Overrides::default()).unwrap_err().code(), "environment.no_file");
    }

    #[test]
    fn what_an_administrator_locked_stays() {
        let locked = FILE.replace("version = 1", "version = 1\nlocked = true");
        let key = Overrides { key: Some("alias/outra".to_owned()), ..Overrides::default() };
        assert!(open(&locked, "homolog", &key).is_err());
        let same = Overrides { key: Some("alias/assinatura".to_owned()), ..Overrides::default() };
        assert!(open(&locked, "homolog", &same).is_ok());
        assert_eq!(open(FILE, "homolog", &key).unwrap().key.as_deref(), Some("alias/outra"));
        // The computer's file comes before the person's.
        let own = FILE.replace("123456789012", "999999999999");
        let (_folder, paths) = folders(Some(&locked), Some(&own), "homolog");
        let Environment::Aws(found) = Environment::named("homolog", &paths, &Overrides::default()).unwrap() else {
            panic!("homolog is in AWS")
        };
        assert_eq!(found.expected.unwrap().account, "123456789012");
    }

    #[test]
    fn a_file_that_is_wrong_says_where() {
        for (text, line) in [
            (FILE.replace("key =", "chave ="), 6),
            (FILE.replace("version = 1", "version = 2"), 1),
            (FILE.replace("\"123456789012\"", "\"12345\""), 0),
            (FILE.replace("identity-center", "server"), 0),
            (FILE.replace("https://exemplo", "http://exemplo"), 0),
            (FILE.replace("\"Assinatura\"", "\"a/b\""), 0),
            (FILE.replace("name = \"homolog\"", "name = \"dev\""), 0),
            (FILE.replace("us-east-1", "us-east-1.evil.example/"), 0),
            (FILE.replace("key =", "algorithm = \"rsa\"\nkey ="), 0),
            (FILE.replace("key =", "private_ca = \"arn:aws:kms:x\"\nkey ="), 0),
            ("\u{0}".to_owned(), 1),
            (String::new(), 1),
        ] {
            match open(&text, "homolog", &Overrides::default()) {
                Err(OfficeError::EnvironmentFile { line: found, .. }) => assert_eq!(found, line, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_region_is_no_part_of_another_address() {
        for region in ["", "sa-east-1.example.com/", "SA-EAST-1", "a b", &"x".repeat(99)] {
            let overrides =
                Overrides { region: Some((*region).to_owned()), server_credentials: true, ..Overrides::default() };
            assert!(Environment::named("dev", &[], &overrides).is_err(), "{region}");
        }
    }
}
