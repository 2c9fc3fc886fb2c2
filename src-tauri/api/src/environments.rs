//! Environments, the certificate and the keys of one, as the window shows them.

use office::{AwsEnvironment, CheckedCertificate, Environment, KeyDone, KeyPlan, Lifetime, clock};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Failure,
    session::{SessionView, environment_id},
    view::{Detail, class_id},
};

/// An environment, or why it cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EnvironmentView {
    /// demo, dev, homolog or prod.
    pub name: String,
    /// Its name in capitals, as on the ribbon.
    pub title: String,
    /// What is said beside it: the office, or that nothing here has legal value.
    pub notice: String,
    /// Account, Region, key, role and file.
    pub details: Vec<Detail>,
    /// Whether people sign in to it.
    pub signs_in: bool,
    /// The word to be typed before work is done there.
    pub word: Option<String>,
    /// Why it cannot be chosen.
    pub problem: Option<Failure>,
}

impl EnvironmentView {
    /// An environment that can be used.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let is_prod = environment.name() == "prod";
        let office = match environment {
            Environment::Aws(own) => own.office.clone(),
            Environment::Demo => None,
        };
        let notice = match office {
            Some(office) if is_prod => cades::readable(&office),
            Some(office) => format!("{} · {}", cades::readable(&office), texts::text("environment-demo-notice", &[])),
            None if is_prod => String::new(),
            None => texts::text("environment-demo-notice", &[]),
        };
        Self {
            name: environment.name().to_owned(),
            title: texts::text(environment_id(environment), &[]),
            notice,
            details: match environment {
                Environment::Aws(own) => details(own),
                Environment::Demo => vec![],
            },
            signs_in: matches!(environment, Environment::Aws(own) if own.identity_center.is_some()),
            word: is_prod.then(|| texts::text("environment-prod", &[])),
            problem: None,
        }
    }

    /// One that cannot be used.
    #[must_use]
    pub fn of_problem(name: &str, problem: Failure) -> Self {
        let id = match name {
            "dev" => "environment-dev",
            "homolog" => "environment-homolog",
            _ => "environment-prod",
        };
        Self {
            name: name.to_owned(),
            title: texts::text(id, &[]),
            notice: String::new(),
            details: vec![],
            signs_in: false,
            word: None,
            problem: Some(problem),
        }
    }
}

fn details(environment: &AwsEnvironment) -> Vec<Detail> {
    let center = environment.identity_center.as_ref();
    let lines = [
        ("ui-environment-account", environment.expected.as_ref().map(|expected| expected.account.clone())),
        ("ui-environment-region", Some(environment.region.clone())),
        ("ui-environment-stand-by", environment.stand_by.as_ref().map(|place| place.region.clone())),
        ("ui-environment-key", environment.key.clone()),
        ("ui-environment-role", center.map(|center| center.role.clone())),
        ("ui-environment-file", environment.source.as_ref().map(|file| file.to_string_lossy().into_owned())),
    ];
    let shown = |(id, value): (&str, Option<String>)| {
        Some(Detail { name: texts::text(id, &[]), value: cades::readable(&value?) })
    };
    lines.into_iter().filter_map(shown).collect()
}

/// A certificate as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CertificateView {
    /// Whose it is.
    pub subject: String,
    /// Everything else: issuers, dates, number, fingerprint, class.
    pub details: Vec<Detail>,
    /// That it ends soon, in words.
    pub renewal: Option<String>,
}

impl CertificateView {
    /// The certificate in use, the first of its chain.
    #[must_use]
    pub fn new(chain: &[cades::Certificate]) -> Option<Self> {
        let certificate = chain.first()?;
        let issuers: Vec<_> = chain.iter().skip(1).map(cades::Certificate::subject_label).collect();
        let dates = [("from", clock::spoken(certificate.not_before)), ("until", clock::spoken(certificate.not_after))];
        let dates = dates.each_ref().map(|(name, value)| (*name, value.as_str()));
        let lines = [
            ("ui-certificate-issuers", issuers.join(" ← ")),
            ("ui-certificate-dates", texts::text("ui-certificate-period", &dates)),
            ("ui-certificate-fingerprint", cades::Hash::Sha256.hex_digest(certificate.der())),
        ];
        let lifetime = Lifetime::of(certificate, clock::now());
        let (until, days) = (clock::spoken(lifetime.until), lifetime.days.max(0).to_string());
        Some(Self {
            subject: certificate.subject_label(),
            details: lines.map(|(id, value)| Detail { name: texts::text(id, &[]), value }).into(),
            renewal: lifetime.is_due.then(|| texts::text("certificate-renew", &[("until", &until), ("days", &days)])),
        })
    }

    /// One that was checked and tried out, with what its signatures are worth.
    #[must_use]
    pub fn of_checked(checked: &CheckedCertificate) -> Option<Self> {
        let mut view = Self::new(&checked.chain)?;
        let class =
            Detail { name: texts::text("ui-certificate-class", &[]), value: texts::text(class_id(checked.class), &[]) };
        view.details.push(Detail { name: texts::text("ui-environment-key", &[]), value: checked.key.clone() });
        view.details.push(class);
        Some(view)
    }
}

/// Where work is done now, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeskState {
    /// The environment chosen.
    pub environment: EnvironmentView,
    /// Who is signed in there.
    pub session: Option<SessionView>,
    /// The certificate in use there.
    pub certificate: Option<CertificateView>,
}

/// Where the person has to go to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SignInMessage {
    /// The address.
    pub url: String,
    /// The code to be compared; nothing where the browser of this computer is used.
    pub code: Option<String>,
    /// How long that is good, in words.
    pub minutes: Option<String>,
}

impl From<office::SignInStep> for SignInMessage {
    fn from(step: office::SignInStep) -> Self {
        match step {
            office::SignInStep::Browser { url } => Self { url, code: None, minutes: None },
            office::SignInStep::Device { url, code, minutes } => Self {
                url: cades::readable(&url),
                code: Some(cades::readable(&code)),
                minutes: Some(minutes.to_string()),
            },
        }
    }
}

/// The name for a certificate, as a person fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CertificateName {
    /// The person's name.
    pub person: String,
    /// The office, empty for none.
    pub office: String,
    /// The key that it is for, empty for the environment's.
    pub key: String,
}

/// A request for a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RequestView {
    /// The request, PEM.
    pub pem: String,
    /// Its fields, as the authority will read them.
    pub details: Vec<Detail>,
    /// Where it was kept.
    pub file: String,
}

/// A key of the environment's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct KeyView {
    /// Its alias, or its ARN.
    pub name: String,
    /// Kind, use and state.
    pub kind: String,
    /// What it costs, and where it has replicas.
    pub price: String,
}

impl From<&keys::inventory::KeyLine> for KeyView {
    fn from(key: &keys::inventory::KeyLine) -> Self {
        let replicas = if key.replicas.is_empty() { "—".to_owned() } else { key.replicas.join(", ") };
        let price = key.monthly_price().to_string();
        Self {
            name: cades::readable(key.aliases.first().unwrap_or(&key.arn)),
            kind: texts::text("cli-keys-kind", &[("spec", &key.spec), ("usage", &key.usage), ("state", &key.state)]),
            price: texts::text("cli-keys-price", &[("price", &price), ("replicas", &replicas)]),
        }
    }
}

/// All that can be asked about one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct KeySheetView {
    /// Its ARN.
    pub name: String,
    /// Kind, tags, algorithms, fingerprint, last use, renewal, price.
    pub details: Vec<Detail>,
    /// Its policy.
    pub policy: String,
}

impl From<&keys::inventory::KeySheet> for KeySheetView {
    fn from(sheet: &keys::inventory::KeySheet) -> Self {
        let line = &sheet.line;
        let view = KeyView::from(line);
        let tags: Vec<_> = line.tags.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let rotation = if line.spec == "SYMMETRIC_DEFAULT" { "ui-keys-renews-itself" } else { "ui-keys-never-renews" };
        let last = sheet.last_use.as_ref();
        let lines = [
            ("ui-keys-kind", view.kind),
            ("ui-keys-price", view.price),
            ("ui-keys-tags", tags.join(", ")),
            ("ui-keys-algorithms", sheet.algorithms.join(", ")),
            ("ui-keys-fingerprint", sheet.public_key.clone().unwrap_or_default()),
            ("ui-keys-last-use", last.map_or_else(String::new, |(what, at)| format!("{what}, {}", clock::spoken(*at)))),
            ("ui-keys-renewal", texts::text(rotation, &[])),
        ];
        let known = |value: String| if value.is_empty() { "—".to_owned() } else { cades::readable(&value) };
        let details = lines.map(|(id, value)| Detail { name: texts::text(id, &[]), value: known(value) });
        Self { name: cades::readable(&line.arn), details: details.into(), policy: in_lines(&sheet.policy) }
    }
}

/// A JSON text with its lines set in, without what nobody sees.
fn in_lines(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.lines().map(cades::readable).collect::<Vec<_>>().join("\n")
}

/// Work on keys, as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "work", rename_all = "snake_case", deny_unknown_fields)]
pub enum KeyOrderForm {
    /// A new key.
    Create {
        /// Its alias, with or without `alias/`.
        alias: String,
        /// rsa-2048, rsa-3072, rsa-4096, p-256 or p-384.
        kind: String,
        /// Whether it is one of the office's own authority, and not one that signs documents.
        for_authority: bool,
        /// Whether other Regions can get a replica.
        multi_region: bool,
    },
    /// Another key takes over the environment's alias.
    Succeed {
        /// ARN or alias of the successor.
        successor: String,
        /// Its certificate, PEM.
        pem: String,
    },
    /// The environment's key gets a replica.
    Replicate {
        /// In which Region.
        region: String,
    },
}

/// What will be done with keys, word for word, before it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct KeyPlanView {
    /// What it is, in a sentence, and what follows from it.
    pub sentences: Vec<String>,
    /// The request as it goes to KMS.
    pub request: String,
    /// The word to be typed.
    pub word: String,
}

impl KeyPlanView {
    /// A plan of an environment.
    #[must_use]
    pub fn new(plan: &KeyPlan, region: &str) -> Self {
        let price = keys::inventory::MONTHLY_PRICE.to_string();
        let mut sentences =
            vec![texts::text("cli-keys-request", &[("operation", plan.operation()), ("region", region)])];
        match plan {
            KeyPlan::Create(key) => {
                sentences.push(texts::text("cli-keys-request-alias", &[("alias", &key.alias)]));
            }
            KeyPlan::Succeed { succession, .. } => {
                let keys = [("alias", succession.alias.as_str()), ("old", &succession.old), ("new", &succession.new)];
                sentences.push(texts::text("cli-keys-succession", &keys));
            }
            KeyPlan::Replicate(_) => {}
        }
        if plan.has_price() {
            sentences.push(texts::text("cli-keys-will-cost", &[("price", &price)]));
        }
        Self { sentences, request: in_lines(&plan.request().to_string()), word: plan.word().to_owned() }
    }
}

/// What was done with a key, and what comes next, in sentences.
#[must_use]
pub fn done_with_key(plan: &KeyPlan, done: &KeyDone) -> Vec<String> {
    let mut sentences = match plan {
        KeyPlan::Create(key) => vec![
            texts::text("cli-keys-created", &[("key", &key.alias)]),
            done.arn.clone(),
            texts::text("ui-keys-then-certificate", &[("key", &key.alias)]),
        ],
        KeyPlan::Succeed { succession, .. } => vec![
            texts::text("cli-keys-moved", &[("alias", &succession.alias)]),
            texts::text("cli-keys-then", &[("old", &succession.old)]),
        ],
        KeyPlan::Replicate(replica) => vec![
            texts::text("cli-keys-replicated", &[("region", &replica.region)]),
            done.arn.clone(),
            texts::text("cli-keys-stand-by", &[("region", &replica.region)]),
        ],
    };
    if let Some(file) = &done.certificate {
        sentences
            .push(texts::text("cli-certificate-installed", &[("file", &cades::readable(&file.to_string_lossy()))]));
    }
    if done.kept.is_some() && done.certificate.is_none() {
        sentences.push(texts::text("ui-keys-not-installed", &[]));
    }
    if let Some(file) = &done.kept {
        sentences.push(texts::text("cli-keys-kept", &[("file", &cades::readable(&file.to_string_lossy()))]));
    }
    sentences
}
