//! `cartorio certificate`

use std::{path::Path, process::ExitCode};

use api::{
    Failure,
    office::{CheckedCertificate, Environment, Lifetime, Office, OfficeError, Overrides, check_lifetime, clock},
};
use cades::Certificate;
use keys::{
    kms,
    private_ca::{MONTHLY_PRICE, Order, PrivateCaClient},
    request::Subject,
};
use serde_json::json;

use crate::{
    arguments::{CertificateArguments, CertificateCommand, Confirmation, FromPrivateCa, Revoked, SessionArguments},
    detail,
    keys_command::{confirm, confirm_production, told, wait},
    say, shown,
};

pub(crate) fn run(arguments: &CertificateArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    match &arguments.command {
        CertificateCommand::Show { session } => show(&office, session),
        CertificateCommand::Import { file, check, session, confirmation } => {
            import(&office, session, file, *check, confirmation)
        }
        CertificateCommand::Issue { subject, days, from } => issue(&office, from, subject, *days),
        CertificateCommand::Fetch { certificate, from } => fetch(&office, from, certificate),
        CertificateCommand::Revoke { which, from } => revoke(&office, from, which),
    }
}

fn open(office: &Office, session: &SessionArguments) -> Result<Environment, Failure> {
    Ok(office.environment(&session.env, &Overrides::default())?)
}

fn show(office: &Office, session: &SessionArguments) -> Result<ExitCode, Failure> {
    let environment = open(office, session)?;
    let Environment::Aws(own) = &environment else {
        return Err(OfficeError::from(keys::KeyError::NoCertificate).into());
    };
    let chain = office.certificate_in_use(own)?;
    if session.json {
        let lifetime = chain.first().map(|certificate| Lifetime::of(certificate, clock::now()));
        let (days, is_due) = (lifetime.map(|own| own.days), lifetime.map(|own| own.is_due));
        say(&json!({ "certificate": as_json(&chain), "days_left": days, "renewal_due": is_due }).to_string());
    } else {
        print(&chain);
        warn_of_renewal(office, &environment);
    }
    Ok(ExitCode::SUCCESS)
}

fn import(
    office: &Office,
    session: &SessionArguments,
    file: &Path,
    only_check: bool,
    confirmation: &Confirmation,
) -> Result<ExitCode, Failure> {
    let environment = open(office, session)?;
    // A page is signed to try it out: with the key of production not without a word either.
    confirm_production(&environment, confirmation)?;
    let checked = crate::runtime()?.block_on(office.check_certificate(&environment, file))?;
    if only_check {
        report(session, &checked, None);
        return Ok(ExitCode::SUCCESS);
    }
    install(office, session, &environment, &checked)
}

fn install(
    office: &Office,
    session: &SessionArguments,
    environment: &Environment,
    checked: &CheckedCertificate,
) -> Result<ExitCode, Failure> {
    let (file, kept) = office.install_certificate(environment, checked)?;
    report(session, checked, Some(&file));
    if let Some(kept) = kept.filter(|_| !session.json) {
        detail("cli-certificate-kept", &[("file", &shown(&kept))]);
    }
    Ok(ExitCode::SUCCESS)
}

fn report(session: &SessionArguments, checked: &CheckedCertificate, file: Option<&Path>) {
    let class = api::view::class_id(checked.class);
    if session.json {
        let (certificate, file) = (as_json(&checked.chain), file.map(|file| file.to_string_lossy()));
        say(&json!({ "certificate": certificate, "key": checked.key, "class": class, "file": file }).to_string());
        return;
    }
    print(&checked.chain);
    detail("cli-certificate-key", &[("key", &checked.key)]);
    detail("cli-certificate-tested", &[]);
    detail(class, &[]);
    match file {
        Some(file) => detail("cli-certificate-installed", &[("file", &shown(file))]),
        None => detail("cli-certificate-unchanged", &[]),
    }
}

fn print(chain: &[Certificate]) {
    let Some(certificate) = chain.first() else { return };
    say(&texts::text("cli-certificate", &[("subject", &certificate.subject_label())]));
    let issuers: Vec<_> = chain.iter().skip(1).map(Certificate::subject_label).collect();
    detail("cli-certificate-issuers", &[("list", &issuers.join(" ← "))]);
    let (from, until) = (clock::spoken(certificate.not_before), clock::spoken(certificate.not_after));
    detail("cli-certificate-dates", &[("from", &from), ("until", &until)]);
    let serial = serial(certificate);
    detail("cli-certificate-serial", &[("serial", &serial)]);
    detail("cli-certificate-fingerprint", &[("fingerprint", &cades::Hash::Sha256.hex_digest(certificate.der()))]);
}

fn as_json(chain: &[Certificate]) -> serde_json::Value {
    let certificate = chain.first();
    json!({
        "subject": certificate.map(Certificate::subject_label),
        "issuers": chain.iter().skip(1).map(Certificate::subject_label).collect::<Vec<_>>(),
        "serial": certificate.map(serial),
        "not_before": certificate.map(|certificate| certificate.not_before.to_rfc3339()),
        "not_after": certificate.map(|certificate| certificate.not_after.to_rfc3339()),
        "sha256": certificate.map(|certificate| cades::Hash::Sha256.hex_digest(certificate.der())),
    })
}

fn serial(certificate: &Certificate) -> String {
    certificate.serial.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Says in time that renewal should begin.
pub(crate) fn warn_of_renewal(office: &Office, environment: &Environment) {
    if let Some(lifetime) = office.certificate_lifetime(environment).filter(|lifetime| lifetime.is_due) {
        let (until, days) = (clock::spoken(lifetime.until), lifetime.days.max(0).to_string());
        let text = texts::text("certificate-renew", &[("until", &until), ("days", &days)]);
        eprintln!("{}", texts::text("cli-warning", &[("text", &text)]));
    }
}

fn issue(office: &Office, from: &FromPrivateCa, subject: &str, days: u32) -> Result<ExitCode, Failure> {
    let subject = Subject::parse(subject).map_err(OfficeError::from)?;
    let environment = open(office, &from.session)?;
    let settings = office.private_ca(&environment, from.authority.clone())?;
    let key = office.kms_settings(&environment)?;
    let client = wait(PrivateCaClient::new(&settings, clock::now))?;
    let authority = wait(client.authority())?;
    check_lifetime(days, authority.not_after)?;
    let request = wait(kms::request_certificate(&key, &subject, None, clock::now))?;
    let word = subject.common_name().to_owned();
    let order = Order { days, subject, request };
    eprintln!("{}", texts::text("cli-certificate-order", &[("authority", &authority.name)]));
    told(&order.shown(&authority));
    eprintln!("{}", texts::text("cli-certificate-price", &[("price", &MONTHLY_PRICE.to_string())]));
    if !authority.tells_revocation {
        let text = texts::text("cli-certificate-no-list", &[]);
        eprintln!("{}", texts::text("cli-warning", &[("text", &text)]));
    }
    confirm(&environment, &from.confirmation, &word)?;
    let arn = wait(client.order(&authority, &order))?;
    eprintln!("{}", texts::text("cli-certificate-ordered", &[("arn", &arn)]));
    let chain = wait(client.collect(&arn))?;
    client.compare(&chain, &order).map_err(OfficeError::from)?;
    let checked = crate::runtime()?.block_on(office.check_certificates(&environment, chain))?;
    install(office, &from.session, &environment, &checked)
}

fn fetch(office: &Office, from: &FromPrivateCa, certificate: &str) -> Result<ExitCode, Failure> {
    let environment = open(office, &from.session)?;
    confirm_production(&environment, &from.confirmation)?;
    let settings = office.private_ca(&environment, from.authority.clone())?;
    let client = wait(PrivateCaClient::new(&settings, clock::now))?;
    let chain = wait(client.collect(certificate))?;
    let checked = crate::runtime()?.block_on(office.check_certificates(&environment, chain))?;
    install(office, &from.session, &environment, &checked)
}

fn revoke(office: &Office, from: &FromPrivateCa, which: &Revoked) -> Result<ExitCode, Failure> {
    let environment = open(office, &from.session)?;
    let settings = office.private_ca(&environment, from.authority.clone())?;
    confirm(&environment, &from.confirmation, &which.serial)?;
    let client = wait(PrivateCaClient::new(&settings, clock::now))?;
    // The service writes numbers in pairs with colons.
    let digits: Vec<char> = which.serial.chars().filter(char::is_ascii_hexdigit).collect();
    let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    wait(client.revoke(&pairs.join(":"), which.reason.number()))?;
    say(&texts::text("cli-certificate-revoked", &[("serial", &cades::readable(&which.serial))]));
    Ok(ExitCode::SUCCESS)
}
