//! `cartorio keys` and `cartorio csr`

use std::process::ExitCode;

use api::{
    Failure,
    office::{Office, OfficeError, Overrides, clock, save_report},
};
use keys::{inventory::KeyLine, kms, request::Subject};

use crate::{
    arguments::{CsrArguments, KeysArguments, KeysCommand},
    say, shown,
};

pub(crate) fn run(arguments: &KeysArguments) -> Result<ExitCode, Failure> {
    let KeysCommand::List { session, all } = &arguments.command;
    let office = Office::of_this_computer()?;
    let environment = office.environment(&session.env, &Overrides::default())?;
    let settings = office.kms_settings(&environment)?;
    let found = crate::runtime()?.block_on(keys::inventory::list(&settings, *all, clock::now));
    let found = found.map_err(OfficeError::from)?;
    if session.json {
        let keys: Vec<_> = found.iter().map(json).collect();
        say(&serde_json::to_string_pretty(&serde_json::json!({ "keys": keys })).unwrap_or_default());
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
    let detail = |id, arguments: &[(&str, &str)]| say(&format!("  {}", texts::text(id, arguments)));
    detail("cli-keys-kind", &[("spec", &key.spec), ("usage", &key.usage), ("state", &key.state)]);
    detail(
        "cli-keys-tags",
        &[("environment", &cades::readable(tag("Ambiente"))), ("use", &cades::readable(tag("Uso")))],
    );
    let replicas = if key.replicas.is_empty() { "—".to_owned() } else { key.replicas.join(", ") };
    detail("cli-keys-price", &[("price", &key.monthly_price().to_string()), ("replicas", &replicas)]);
}

fn json(key: &KeyLine) -> serde_json::Value {
    serde_json::json!({
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
