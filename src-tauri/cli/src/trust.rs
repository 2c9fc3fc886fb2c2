//! `cartorio trust`

use std::process::ExitCode;

use api::{
    Failure,
    office::{
        Office, TrustList, clock,
        trust_store::{Imported, Role, TrustLine},
    },
};

use crate::{
    arguments::{TrustArguments, TrustCommand},
    say,
};

pub(crate) fn run(arguments: &TrustArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    match &arguments.command {
        TrustCommand::List => list(&office)?,
        TrustCommand::Import { file, office: own } => {
            let role = if *own { Role::Office } else { Role::Issuer };
            imported(&office.import_trust(file, role)?);
        }
        TrustCommand::Update { from } => imported(&office.update_trust(from.as_deref())?),
    }
    Ok(ExitCode::SUCCESS)
}

fn imported(imported: &Imported) {
    let number = |number: usize| number.to_string();
    say(&texts::text(
        "cli-trust-imported",
        &[
            ("count", &number(imported.added)),
            ("known", &number(imported.known)),
            ("unreadable", &number(imported.unreadable)),
        ],
    ));
}

fn list(office: &Office) -> Result<(), Failure> {
    for line in office.trust_lines()? {
        say(&line_text(&line));
    }
    match office.trust_store()?.updated() {
        Some(date) => say(&texts::text("cli-trust-updated", &[("date", &clock::spoken(date))])),
        None => say(&texts::text("cli-trust-none", &[])),
    }
    Ok(())
}

fn line_text(line: &TrustLine) -> String {
    let list = texts::text(
        match line.list {
            Some(TrustList::IcpBrasil) => "cli-trust-icp",
            Some(TrustList::IcpBrasilHistorical) => "cli-trust-icp-old",
            Some(TrustList::IcpBrasilOther) => "cli-trust-icp-other",
            Some(TrustList::GovBr) => "cli-trust-gov-br",
            Some(_) => "cli-trust-office",
            None => "cli-trust-issuer",
        },
        &[],
    );
    let validity = match line.validity {
        Some((from, until)) => format!("{} – {}", from.format("%d/%m/%Y"), until.format("%d/%m/%Y")),
        None => texts::text("cli-trust-absent", &[]),
    };
    let source = line.origin.as_ref().map_or(String::new(), |origin| format!(" · {}", origin.source));
    format!("{list:<24} {} · {validity} · {}{source}", line.name, line.sha256)
}
