//! `cartorio demo`: the main job from beginning to end, on sample documents.

use std::{io, path::Path, process::ExitCode};

use api::{
    Failure,
    office::{
        Environment, Level, Office, OfficeError, SignRequest, TrustChoice, VerifyRequest, samples, suggested_name,
    },
};
use pades::Claims;

use crate::{arguments::DemoArguments, say, shown, sign, verify};

/// By this file a folder is known as one of the demonstration's, whose files may be written anew.
const ROOT_FILE: &str = "demo-root.pem";

pub(crate) fn run(arguments: &DemoArguments) -> Result<ExitCode, Failure> {
    let folder = &arguments.out;
    let office = Office::of_this_computer()?;
    let shown_folder = shown(folder);
    say(&format!("{} — {}\n", texts::text("environment-demo", &[]), texts::text("environment-demo-notice", &[])));

    let written = samples::write(folder, folder.join(ROOT_FILE).exists())?;
    say(&texts::text("cli-demo-samples", &[("folder", &shown_folder)]));
    for name in &written {
        say(&format!("   {name}"));
    }

    let request = request(&folder.join(samples::FIRST), folder.join(ROOT_FILE).exists());
    samples::write_root(&folder.join(ROOT_FILE), office.demo()?.root())?;
    say(&texts::text("cli-demo-root", &[("file", ROOT_FILE)]));

    let outcome = sign::sign(&office, &request)?;
    say(&texts::text("cli-demo-signed", &[("file", &shown(&outcome.output))]));
    say(&format!("   {}", texts::text("legal-class-demo", &[])));

    say(&format!("{}\n", texts::text("cli-demo-verified", &[])));
    let trust = TrustChoice { given: vec![folder.join(ROOT_FILE)], ..TrustChoice::default() };
    let policy = office.policy(&VerifyRequest { trust, ..VerifyRequest::default() })?;
    let result = office.verify(&outcome.output, &policy);
    // A closed pipe loses the words, not the work.
    let _ = verify::print(&mut io::stdout().lock(), &outcome.output, &result, false);
    sign::warn_of_memory(&office, &request)?;
    say(&texts::text("cli-demo-again", &[]));
    say(&format!("   cartorio verify --trust {} {}", shown(&folder.join(ROOT_FILE)), shown(&outcome.output)));
    let approved = result.map_err(Failure::from)?.judgement.verdict == Some(pades::Verdict::Valid);
    if approved { Ok(ExitCode::SUCCESS) } else { Err(OfficeError::SelfCheck("demo".to_owned()).into()) }
}

fn request(input: &Path, overwrite: bool) -> SignRequest {
    SignRequest {
        input: input.to_owned(),
        output: Some(suggested_name(input)),
        overwrite,
        environment: Environment::Demo,
        key: None,
        algorithm: None,
        claims: Claims { reason: Some("Demonstração".to_owned()), location: None },
        expected_sha256: None,
        level: Level::default(),
        time_stampers: Vec::new(),
        or_lower: false,
    }
}
