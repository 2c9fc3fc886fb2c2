//! `cartorio ca`: the office's own authority.

use std::{path::Path, process::ExitCode};

use api::{
    Failure,
    office::{
        Authority, AuthorityState, NewAuthority, Office, OfficeError, Overrides, chain_pem, check_report, clock,
        read_request, save_report,
    },
};
use keys::{inventory::MONTHLY_PRICE, request::Subject};
use serde_json::json;

use crate::{
    arguments::{CaArguments, CaCommand, Confirmation, Revoked, SessionArguments},
    detail,
    keys_command::{confirm, confirm_production},
    say, shown,
};

pub(crate) fn run(arguments: &CaArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    match &arguments.command {
        CaCommand::Create { root_key, issuing_key, root, issuing, list_url, session, confirmation } => {
            let name = |text: &str| Subject::parse(text).map_err(OfficeError::from);
            let wanted = NewAuthority {
                root_key: root_key.clone(),
                issuing_key: issuing_key.clone(),
                root: name(root)?,
                issuing: name(issuing)?,
                list_url: list_url.clone(),
            };
            create(&office, session, &wanted, confirmation)
        }
        CaCommand::Issue { request, days, out, overwrite, session, confirmation } => {
            issue(&office, session, request, *days, (out, *overwrite), confirmation)
        }
        CaCommand::Revoke { which, session, confirmation } => revoke(&office, session, which, confirmation),
        CaCommand::List { root, session, confirmation } => renew(&office, session, *root, confirmation),
        CaCommand::Show { session } => show(&office, session),
    }
}

fn open(office: &Office, session: &SessionArguments) -> Result<Authority, Failure> {
    Ok(office.authority(&office.environment(&session.env, &Overrides::default())?)?)
}

fn create(
    office: &Office,
    session: &SessionArguments,
    wanted: &NewAuthority,
    confirmation: &Confirmation,
) -> Result<ExitCode, Failure> {
    let environment = office.environment(&session.env, &Overrides::default())?;
    eprintln!("{}", texts::text("cli-ca-create", &[("root", &wanted.root_key), ("issuing", &wanted.issuing_key)]));
    for (role, subject) in [("cli-ca-root", &wanted.root), ("cli-ca-issuing", &wanted.issuing)] {
        let name: Vec<_> = subject.attributes.iter().map(|(letters, value)| format!("{letters}={value}")).collect();
        eprintln!("  {}", texts::text(role, &[("name", &name.join(", "))]));
    }
    let (own, theirs) = ((2 * MONTHLY_PRICE).to_string(), keys::private_ca::MONTHLY_PRICE.to_string());
    eprintln!("  {}", texts::text("cli-ca-price", &[("own", &own), ("theirs", &theirs)]));
    confirm(&environment, confirmation, &wanted.root_key)?;
    let state = crate::runtime()?.block_on(office.found_authority(&environment, wanted))?;
    if session.json {
        say(&as_json(&state).to_string());
    } else {
        say(&texts::text("cli-ca-created", &[("folder", &shown(&state.folder))]));
        detail("cli-ca-trust", &[("file", &shown(&state.root_file))]);
        detail("cli-ca-keep", &[]);
        detail(api::session::legal_class(&environment), &[]);
    }
    Ok(ExitCode::SUCCESS)
}

fn issue(
    office: &Office,
    session: &SessionArguments,
    file: &Path,
    days: u32,
    (out, overwrite): (&Path, bool),
    confirmation: &Confirmation,
) -> Result<ExitCode, Failure> {
    let request = read_request(file)?;
    let environment = office.environment(&session.env, &Overrides::default())?;
    let mut authority = office.authority(&environment)?;
    authority.check(&request)?;
    check_report(out, overwrite)?;
    eprintln!("{}", texts::text("cli-ca-issue", &[("days", &days.to_string())]));
    for (letters, value) in request.name() {
        eprintln!("  {letters}: {value}");
    }
    eprintln!("  {}", texts::text("cli-csr-fingerprint", &[("fingerprint", &request.fingerprint)]));
    confirm(&environment, confirmation, &request.common_name())?;
    let chain = crate::runtime()?.block_on(authority.issue(&request, days))?;
    let state = authority.state();
    let serial = state.issued.last().map(|issued| issued.serial.clone()).unwrap_or_default();
    save_report(out, chain_pem(&chain).as_bytes(), overwrite).map_err(|error| {
        let kept = state.folder.join(format!("{serial}.pem"));
        OfficeError::IssuedNotSaved { serial: serial.clone(), kept, cause: error.code() }
    })?;
    if session.json {
        say(&json!({ "serial": serial, "file": out.to_string_lossy() }).to_string());
    } else {
        say(&texts::text("cli-ca-issued", &[("file", &shown(out))]));
        detail("cli-certificate-serial", &[("serial", &serial)]);
        detail("cli-ca-then", &[("file", &shown(out))]);
    }
    Ok(ExitCode::SUCCESS)
}

fn revoke(
    office: &Office,
    session: &SessionArguments,
    which: &Revoked,
    confirmation: &Confirmation,
) -> Result<ExitCode, Failure> {
    let environment = office.environment(&session.env, &Overrides::default())?;
    let mut authority = office.authority(&environment)?;
    let state = authority.state();
    let whose = state.issued.iter().find(|issued| issued.serial.eq_ignore_ascii_case(&which.serial));
    if let Some(issued) = whose {
        eprintln!("{}", texts::text("cli-certificate", &[("subject", &issued.subject)]));
    }
    confirm(&environment, confirmation, &which.serial)?;
    let next = crate::runtime()?.block_on(authority.revoke(&which.serial, which.reason.number()))?;
    published(session, &authority.state(), next);
    Ok(ExitCode::SUCCESS)
}

fn renew(
    office: &Office,
    session: &SessionArguments,
    also_root: bool,
    confirmation: &Confirmation,
) -> Result<ExitCode, Failure> {
    let environment = office.environment(&session.env, &Overrides::default())?;
    confirm_production(&environment, confirmation)?;
    let mut authority = office.authority(&environment)?;
    let runtime = crate::runtime()?;
    if also_root {
        runtime.block_on(authority.renew_root_list())?;
    }
    let next = runtime.block_on(authority.renew_list())?;
    published(session, &authority.state(), next);
    Ok(ExitCode::SUCCESS)
}

fn published(session: &SessionArguments, state: &AuthorityState, next: chrono::DateTime<chrono::Utc>) {
    let file = &state.list_file;
    if session.json {
        say(&json!({ "list": file.to_string_lossy(), "next_update": next.to_rfc3339() }).to_string());
    } else {
        say(&texts::text("cli-ca-list", &[("file", &shown(file)), ("until", &clock::spoken(next))]));
        detail("cli-ca-publish", &[]);
    }
}

fn show(office: &Office, session: &SessionArguments) -> Result<ExitCode, Failure> {
    let state = open(office, session)?.state();
    if session.json {
        say(&as_json(&state).to_string());
        return Ok(ExitCode::SUCCESS);
    }
    for (role, certificate) in [("cli-ca-root", &state.root), ("cli-ca-issuing", &state.issuing)] {
        say(&texts::text(role, &[("name", &certificate.subject_label())]));
        let until = clock::spoken(certificate.not_after);
        detail("cli-ca-until", &[("until", &until)]);
    }
    if let Some(until) = state.list_until {
        detail("cli-ca-list-until", &[("until", &clock::spoken(until))]);
    }
    for issued in &state.issued {
        let until = clock::spoken(issued.not_after);
        say(&texts::text(
            "cli-ca-line",
            &[("serial", &issued.serial), ("subject", &issued.subject), ("until", &until)],
        ));
        if let Some((since, _)) = issued.revoked {
            detail("cli-ca-revoked", &[("since", &clock::spoken(since))]);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(state: &AuthorityState) -> serde_json::Value {
    let issued: Vec<_> = state
        .issued
        .iter()
        .map(|issued| {
            json!({
                "serial": issued.serial,
                "subject": issued.subject,
                "not_after": issued.not_after.to_rfc3339(),
                "revoked": issued.revoked.map(|(since, reason)| json!({ "since": since.to_rfc3339(), "reason": reason })),
            })
        })
        .collect();
    json!({
        "folder": state.folder.to_string_lossy(),
        "root": state.root.subject_label(),
        "issuing": state.issuing.subject_label(),
        "list_until": state.list_until.map(|until| until.to_rfc3339()),
        "issued": issued,
    })
}
