//! `cartorio sign`

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use api::{
    Failure,
    office::{Cancel, Environment, Keeping, Office, OfficeError, SignOutcome, SignRequest, Step},
};
use indicatif::ProgressBar;
use pades::Claims;

use crate::arguments::SignArguments;

pub(crate) fn run(arguments: SignArguments) -> Result<ExitCode, Failure> {
    let environment = Environment::named(&arguments.env, arguments.region.as_deref(), arguments.endpoint.as_deref())?;
    let office = Office::of_this_computer()?;
    let request = SignRequest {
        input: arguments.input,
        output: arguments.out,
        overwrite: arguments.overwrite,
        environment,
        key: arguments.key,
        certificates: arguments.cert,
        algorithm: arguments.algorithm,
        claims: Claims { reason: arguments.reason, location: arguments.location },
        expected_sha256: None,
    };
    let outcome = sign(&office, &request)?;
    if arguments.json {
        let value = serde_json::json!({
            "output": outcome.output,
            "sha256": outcome.verified.facts.sha256,
            "field": outcome.field,
            "key": outcome.key,
            "algorithm": outcome.algorithm.label(),
            "request_id": outcome.request_id,
        });
        println!("{value}");
    } else {
        print(&request, &outcome);
    }
    warn_of_memory(&office, &request)?;
    Ok(ExitCode::SUCCESS)
}

/// Signs with a spinner on a terminal.
pub(crate) fn sign(office: &Office, request: &SignRequest) -> Result<SignOutcome, OfficeError> {
    let spinner = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let progress = |step: Step| {
        spinner.set_message(match step {
            Step::Preparing => texts::text("step-preparing", &[]),
            Step::Signing => texts::text("step-signing", &[]),
            Step::Writing => texts::text("step-writing", &[]),
            Step::Checking => texts::text("step-checking", &[]),
            Step::Done => texts::text("step-done", &[]),
        });
        spinner.tick();
    };
    // One document, one call: a single thread drives it; the demonstration needs no reactor at all.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| OfficeError::File { file: request.input.clone(), source })?;
    let outcome = runtime.block_on(office.sign(request, &Cancel::default(), &progress));
    spinner.finish_and_clear();
    outcome
}

fn print(request: &SignRequest, outcome: &SignOutcome) {
    let signer = outcome.verified.judgement.signatures.last().and_then(|signature| signature.signer.clone());
    println!("Assinado: {}", outcome.output.display());
    println!("  Signatário: {}", signer.unwrap_or_default());
    println!("  Chave: {} · {} · ambiente {}", outcome.key, outcome.algorithm.label(), request.environment.name());
    if let Some(id) = &outcome.request_id {
        println!("  Pedido ao KMS: {id}");
    }
    println!("  {}", texts::text(legal_class(&request.environment), &[]));
    println!("  O resultado foi conferido antes de receber o nome; o original não foi alterado.");
}

fn legal_class(environment: &Environment) -> &'static str {
    match environment {
        Environment::Demo => "legal-class-demo",
        Environment::Kms { .. } => "legal-class-private-ca",
    }
}

/// Says in words that the keys will be gone, where there is no credential store.
pub(crate) fn warn_of_memory(office: &Office, request: &SignRequest) -> Result<(), Failure> {
    if request.environment == Environment::Demo {
        let demo = office.demo()?;
        if let Keeping::MemoryOnly(_) = demo.keeping() {
            eprintln!("Aviso: {}", texts::text("demo-memory-only", &[]));
        }
        if demo.was_recreated() {
            eprintln!("Aviso: {}", texts::text("demo-recreated", &[]));
        }
    }
    Ok(())
}
