//! `cartorio keys` and `cartorio csr`

use std::process::ExitCode;

use api::{
    Failure,
    office::{Environment, KeyDone, KeyOrder, KeyPlan, KeyWish, Office, OfficeError, Overrides, clock, save_report},
};
use keys::{
    KeyError,
    creation::Purpose,
    inventory::{KeyLine, MONTHLY_PRICE},
    kms,
    request::Subject,
};
use serde_json::json;

use crate::{
    arguments::{
        Confirmation, CsrArguments, KeyUse, KeysArguments, KeysCommand, NewKeyArguments, RotationArguments,
        SessionArguments,
    },
    detail, say, shown,
};

pub(crate) fn run(arguments: &KeysArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    match &arguments.command {
        KeysCommand::List { session, all } => list(&office, session, *all),
        KeysCommand::Show { key, session } => show(&office, session, key.clone()),
        KeysCommand::Create { new } => create(&office, new),
        KeysCommand::Rotate { rotation } => rotate(&office, rotation),
        KeysCommand::Replica { region, session, confirmation } => replica(&office, session, region, confirmation),
    }
}

/// The settings of an environment's key, or of another one in it.
fn settings(office: &Office, session: &SessionArguments, key: Option<String>) -> Result<kms::KmsSettings, Failure> {
    let environment = office.environment(&session.env, &Overrides { key, ..Overrides::default() })?;
    Ok(office.kms_settings(&environment)?)
}

pub(crate) fn wait<T>(answer: impl Future<Output = Result<T, KeyError>>) -> Result<T, Failure> {
    Ok(crate::runtime()?.block_on(answer).map_err(OfficeError::from)?)
}

/// Whatever costs money, moves a key or ends a certificate is confirmed with a word; in production its name stands in
/// front, so that nobody takes it for a trial.
pub(crate) fn confirm(environment: &Environment, confirmation: &Confirmation, word: &str) -> Result<(), Failure> {
    let word = match environment.name() {
        "prod" => format!("{} {word}", texts::text("environment-prod", &[])),
        _ => word.to_owned(),
    };
    let question = texts::text("cli-keys-confirm", &[("word", &word)]);
    crate::confirm(confirmation.confirm.as_deref(), &word, &question, "kms.not_confirmed")
}

/// In production what would else be done without a question asks for its word.
pub(crate) fn confirm_production(environment: &Environment, confirmation: &Confirmation) -> Result<(), Failure> {
    if environment.name() != "prod" {
        return Ok(());
    }
    let word = texts::text("environment-prod", &[]);
    let question = texts::text("cli-confirm-production", &[("word", &word)]);
    crate::confirm(confirmation.confirm.as_deref(), &word, &question, "environment.not_confirmed")
}

pub(crate) fn told(value: &serde_json::Value) {
    eprintln!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Shows what will be done, asks for the word, and has it done.
fn carry_out(
    office: &Office,
    environment: &Environment,
    plan: &KeyPlan,
    confirmation: &Confirmation,
) -> Result<KeyDone, Failure> {
    let settings = office.kms_settings(environment)?;
    let about = [("operation", plan.operation()), ("region", settings.region.as_str())];
    eprintln!("{}", texts::text("cli-keys-request", &about));
    told(&plan.request());
    match plan {
        KeyPlan::Create(key) => eprintln!("{}", texts::text("cli-keys-request-alias", &[("alias", &key.alias)])),
        KeyPlan::Succeed { succession, .. } => {
            let lines = [("alias", succession.alias.as_str()), ("old", &succession.old), ("new", &succession.new)];
            eprintln!("{}", texts::text("cli-keys-succession", &lines));
        }
        KeyPlan::Replicate(_) => {}
    }
    if plan.has_price() {
        eprintln!("{}", texts::text("cli-keys-will-cost", &[("price", &MONTHLY_PRICE.to_string())]));
    }
    confirm(environment, confirmation, plan.word())?;
    Ok(crate::runtime()?.block_on(office.carry_out_key_plan(environment, plan))?)
}

fn create(office: &Office, new: &NewKeyArguments) -> Result<ExitCode, Failure> {
    let environment = office.environment(&new.session.env, &Overrides::default())?;
    let wish = KeyWish {
        alias: new.alias.clone(),
        purpose: match new.purpose {
            KeyUse::Documents => Purpose::Documents,
            KeyUse::Authority => Purpose::Authority,
        },
        kind: new.kind,
        algorithm: new.algorithm,
        multi_region: new.multi_region,
        signers: new.signers.clone(),
        requesters: new.requesters.clone(),
    };
    let plan = crate::runtime()?.block_on(office.plan_key(&environment, KeyOrder::Create(wish)))?;
    let done = carry_out(office, &environment, &plan, &new.confirmation)?;
    let alias = plan.word();
    if new.session.json {
        say(&json!({ "arn": done.arn, "alias": alias, "monthly_price_usd": MONTHLY_PRICE }).to_string());
    } else {
        say(&texts::text("cli-keys-created", &[("key", alias)]));
        say(&format!("  {}", done.arn));
        let next = if new.purpose == KeyUse::Authority { "cli-keys-next-ca" } else { "cli-keys-next" };
        detail(next, &[("key", alias), ("environment", &new.session.env)]);
    }
    Ok(ExitCode::SUCCESS)
}

fn rotate(office: &Office, rotation: &RotationArguments) -> Result<ExitCode, Failure> {
    let environment = office.environment(&rotation.session.env, &Overrides::default())?;
    let (Some(successor), Some(file)) = (&rotation.to, &rotation.cert) else {
        let settings = office.kms_settings(&environment)?;
        wait(keys::succession::rotate_by_itself(&settings, clock::now))?;
        say(&texts::text("cli-keys-rotates", &[("key", &settings.key)]));
        return Ok(ExitCode::SUCCESS);
    };
    let certificates = office.certificates_of_file(file)?;
    let order = KeyOrder::Succeed { successor: successor.clone(), certificates };
    let plan = crate::runtime()?.block_on(office.plan_key(&environment, order))?;
    let done = carry_out(office, &environment, &plan, &rotation.confirmation)?;
    let (KeyPlan::Succeed { succession, .. }, Some(kept)) = (&plan, done.kept) else { return Ok(ExitCode::SUCCESS) };
    if rotation.session.json {
        let kept = kept.display().to_string();
        let (old, new) = (&succession.old, &succession.new);
        say(&json!({ "alias": succession.alias, "old": old, "new": new, "old_public_key": kept }).to_string());
    } else {
        say(&texts::text("cli-keys-moved", &[("alias", &succession.alias)]));
        match &done.certificate {
            Some(certificate) => detail("cli-certificate-installed", &[("file", &shown(certificate))]),
            None => detail("cli-keys-not-installed", &[("file", &shown(file))]),
        }
        detail("cli-keys-kept", &[("file", &shown(&kept))]);
        detail("cli-keys-then", &[("old", &succession.old)]);
    }
    Ok(ExitCode::SUCCESS)
}

fn replica(
    office: &Office,
    session: &SessionArguments,
    region: &str,
    confirmation: &Confirmation,
) -> Result<ExitCode, Failure> {
    let environment = office.environment(&session.env, &Overrides::default())?;
    let order = KeyOrder::Replicate { region: region.to_owned() };
    let plan = crate::runtime()?.block_on(office.plan_key(&environment, order))?;
    let done = carry_out(office, &environment, &plan, confirmation)?;
    if session.json {
        say(&json!({ "arn": done.arn, "region": region }).to_string());
    } else {
        say(&texts::text("cli-keys-replicated", &[("region", region)]));
        say(&format!("  {}", done.arn));
        detail("cli-keys-stand-by", &[("region", region)]);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(office: &Office, session: &SessionArguments, key: Option<String>) -> Result<ExitCode, Failure> {
    let settings = settings(office, session, key)?;
    let sheet = wait(keys::inventory::show(&settings, clock::now))?;
    let policy: serde_json::Value = serde_json::from_str(&sheet.policy).unwrap_or_default();
    if session.json {
        let last = sheet.last_use.map(|(what, time)| json!({ "operation": what, "time": time.to_rfc3339() }));
        let whole = json!({
            "key": as_json(&sheet.line),
            "algorithms": sheet.algorithms,
            "public_key_sha256": sheet.public_key,
            "last_use": last,
            "policy": policy,
        });
        say(&serde_json::to_string_pretty(&whole).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    print(&sheet.line);
    say(&format!("  {}", sheet.line.arn));
    detail("cli-keys-algorithms", &[("list", &sheet.algorithms.join(", "))]);
    if let Some(fingerprint) = &sheet.public_key {
        detail("cli-keys-public", &[("fingerprint", fingerprint)]);
    }
    let last = sheet.last_use.map_or_else(|| "—".to_owned(), |(what, time)| format!("{what}, {}", clock::spoken(time)));
    detail("cli-keys-last-use", &[("last", &last)]);
    let rotation =
        if sheet.line.spec == "SYMMETRIC_DEFAULT" { "cli-keys-can-rotate" } else { "cli-keys-cannot-rotate" };
    detail(rotation, &[]);
    if !policy.is_null() {
        let text = serde_json::to_string_pretty(&policy).unwrap_or_default();
        text.lines().for_each(|line| say(&format!("  {}", cades::readable(line))));
    }
    Ok(ExitCode::SUCCESS)
}

fn list(office: &Office, session: &SessionArguments, all: bool) -> Result<ExitCode, Failure> {
    let settings = settings(office, session, None)?;
    let found = wait(keys::inventory::list(&settings, all, clock::now))?;
    if session.json {
        let keys: Vec<_> = found.iter().map(as_json).collect();
        say(&serde_json::to_string_pretty(&json!({ "keys": keys })).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    for key in &found {
        print(key);
    }
    let price: u32 = found.iter().map(KeyLine::monthly_price).sum();
    say(&texts::text("cli-keys-total", &[("count", &found.len().to_string()), ("price", &price.to_string())]));
    Ok(ExitCode::SUCCESS)
}

fn print(key: &KeyLine) {
    let name = key.aliases.first().unwrap_or(&key.arn);
    let tag = |name: &str| key.tags.get(name).map_or("—", String::as_str);
    say(&cades::readable(name));
    detail("cli-keys-kind", &[("spec", &key.spec), ("usage", &key.usage), ("state", &key.state)]);
    detail(
        "cli-keys-tags",
        &[("environment", &cades::readable(tag("Ambiente"))), ("use", &cades::readable(tag("Uso")))],
    );
    let replicas = if key.replicas.is_empty() { "—".to_owned() } else { key.replicas.join(", ") };
    detail("cli-keys-price", &[("price", &key.monthly_price().to_string()), ("replicas", &replicas)]);
}

fn as_json(key: &KeyLine) -> serde_json::Value {
    json!({
        "arn": key.arn,
        "aliases": key.aliases,
        "tags": key.tags,
        "spec": key.spec,
        "usage": key.usage,
        "state": key.state,
        "created": key.created.map(|created| created.to_rfc3339()),
        "replicas": key.replicas,
        "monthly_price_usd": key.monthly_price(),
    })
}

pub(crate) fn csr(arguments: &CsrArguments) -> Result<ExitCode, Failure> {
    let subject = Subject::parse(&arguments.subject).map_err(OfficeError::from)?;
    let office = Office::of_this_computer()?;
    let overrides = Overrides { key: arguments.key.clone(), ..Overrides::default() };
    let environment = office.environment(&arguments.session.env, &overrides)?;
    confirm_production(&environment, &arguments.confirmation)?;
    let settings = office.kms_settings(&environment)?;
    let request =
        crate::runtime()?.block_on(kms::request_certificate(&settings, &subject, arguments.algorithm, clock::now));
    let (pem, fingerprint) = keys::request::to_pem(&request.map_err(OfficeError::from)?);
    save_report(&arguments.out, pem.as_bytes(), arguments.overwrite)?;
    say(&texts::text("cli-csr", &[("file", &shown(&arguments.out))]));
    for (letters, value) in &subject.attributes {
        say(&format!("  {letters}: {value}"));
    }
    say(&format!("  {}", texts::text("cli-csr-key", &[("key", &settings.key)])));
    say(&format!("  {}", texts::text("cli-csr-fingerprint", &[("fingerprint", &fingerprint)])));
    Ok(ExitCode::SUCCESS)
}
