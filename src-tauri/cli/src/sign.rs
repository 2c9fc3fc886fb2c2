//! `cartorio sign`

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    time::Duration,
};

use api::{
    Failure,
    office::{Cancel, Environment, Office, OfficeError, Overrides, SignInWay, SignOutcome, SignRequest, Step},
};
use indicatif::ProgressBar;
use pades::Claims;

use crate::{arguments::SignArguments, detail, say, shown};

/// How often the spinner turns while a key is awaited.
const TICK: Duration = Duration::from_millis(100);

/// Region and address of the service, which scripts may set for a whole session.
const REGION_VARIABLE: &str = "CARTORIO_REGION";
const ENDPOINT_VARIABLE: &str = "CARTORIO_KMS_ENDPOINT";

/// What the command says against the environment's file. Variables are for scripts outside the demonstration.
fn overrides(arguments: &SignArguments) -> Overrides {
    let is_demo = arguments.new_file.env == "demo";
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty() && !is_demo);
    Overrides {
        region: arguments.region.clone().or_else(|| variable(REGION_VARIABLE)),
        endpoint: arguments.endpoint.clone().or_else(|| variable(ENDPOINT_VARIABLE)),
        key: arguments.key.clone().filter(|_| !is_demo),
        certificates: arguments.cert.clone(),
        server_credentials: arguments.server_credentials,
    }
}

pub(crate) fn run(arguments: SignArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    let environment = office.environment(&arguments.new_file.env, &overrides(&arguments))?;
    // What the signature will be worth is said before it is made.
    if !matches!(environment, Environment::Demo) {
        eprintln!("{}", texts::text(api::session::legal_class(&environment), &[]));
    }
    confirm(&environment, &arguments)?;
    if arguments.login {
        crate::session::sign_in(&office, &environment, SignInWay::Browser)?;
    }
    let request = SignRequest {
        input: arguments.input,
        output: arguments.new_file.out,
        overwrite: arguments.new_file.overwrite,
        environment,
        key: arguments.key,
        algorithm: arguments.algorithm,
        claims: Claims { reason: arguments.reason, location: arguments.location },
        expected_sha256: None,
        level: arguments.level,
        time_stampers: arguments.new_file.time_stampers,
        or_lower: arguments.or_lower,
    };
    let outcome = sign(&office, &request)?;
    if arguments.json {
        let value = serde_json::json!({
            "output": outcome.output.to_string_lossy(),
            "sha256": outcome.verified.facts.sha256,
            "field": outcome.field,
            "key": outcome.key,
            "algorithm": outcome.algorithm.label(),
            "request_id": outcome.request_id,
            "stand_by_region": outcome.stand_by,
            "level": outcome.level.label(),
            "lowered": outcome.lowered,
        });
        say(&value.to_string());
    } else {
        print(&request, &outcome);
    }
    if let Some(code) = outcome.lowered {
        let title = texts::text(&code.replace('.', "-"), &[]);
        let (level, wanted) = (outcome.level.label(), request.level.label());
        let arguments = [("level", level), ("wanted", wanted), ("title", &title), ("code", code)];
        eprintln!("{}", texts::text("cli-warning", &[("text", &texts::text("cli-lowered", &arguments))]));
    }
    if let Some(notice) = outcome.notice {
        eprintln!("{}", texts::text("cli-warning", &[("text", &texts::text(notice, &[]))]));
    }
    warn_of_memory(&office, &request)?;
    crate::certificate::warn_of_renewal(&office, &request.environment);
    Ok(ExitCode::SUCCESS)
}

/// In production a person types its name.
fn confirm(environment: &Environment, arguments: &SignArguments) -> Result<(), Failure> {
    if environment.name() != "prod" {
        return Ok(());
    }
    let word = texts::text("environment-prod", &[]);
    let question = texts::text("cli-confirm", &[("file", &shown(&arguments.input)), ("word", &word)]);
    crate::confirm(arguments.confirm.as_deref(), &word, &question, "sign.not_confirmed")
}

/// Signs with a spinner on a terminal.
pub(crate) fn sign(office: &Office, request: &SignRequest) -> Result<SignOutcome, OfficeError> {
    let spinner = spinner();
    let progress = |step: Step| spinner.set_message(step_text(step));
    let runtime = crate::io_runtime().map_err(|source| OfficeError::File { file: request.input.clone(), source })?;
    let outcome = runtime.block_on(office.sign(request, &Cancel::default(), &progress));
    spinner.finish_and_clear();
    outcome
}

/// Turns on a terminal, hidden elsewhere.
pub(crate) fn spinner() -> ProgressBar {
    let spinner = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    spinner.enable_steady_tick(TICK);
    spinner
}

/// What is being done.
pub(crate) fn step_text(step: Step) -> String {
    match step {
        Step::Preparing => texts::text("step-preparing", &[]),
        Step::Signing => texts::text("step-signing", &[]),
        Step::Writing => texts::text("step-writing", &[]),
        Step::Checking => texts::text("step-checking", &[]),
        Step::Done => texts::text("step-done", &[]),
    }
}

fn print(request: &SignRequest, outcome: &SignOutcome) {
    // A stamp over everything comes after the signature.
    let verified = &outcome.verified;
    let own = verified.facts.signatures.iter().position(|signature| signature.field == outcome.field);
    let judgement = own.and_then(|own| verified.judgement.signatures.iter().find(|judged| judged.signature == own));
    let signer = judgement.and_then(|judged| judged.signer.clone());
    say(&texts::text("cli-signed", &[("file", &shown(&outcome.output))]));
    detail("cli-signer", &[("signer", &signer.unwrap_or_default())]);
    let (algorithm, environment) = (outcome.algorithm.label(), request.environment.name());
    detail("cli-key", &[("key", &outcome.key), ("algorithm", &algorithm), ("environment", environment)]);
    detail("cli-level", &[("level", outcome.level.label())]);
    if let Some(id) = &outcome.request_id {
        detail("cli-request", &[("id", id)]);
    }
    if let Some(region) = &outcome.stand_by {
        detail("cli-stand-by", &[("region", region)]);
    }
    detail(api::session::legal_class(&request.environment), &[]);
    detail("cli-checked", &[]);
}

/// Says in words that the keys will be gone, where there is no credential store.
pub(crate) fn warn_of_memory(office: &Office, request: &SignRequest) -> Result<(), Failure> {
    if request.environment == Environment::Demo {
        let demo = office.demo()?;
        let recreated = demo.was_recreated().then_some("demo-recreated");
        for notice in demo.keeping().notice().into_iter().chain(recreated) {
            eprintln!("{}", texts::text("cli-warning", &[("text", &texts::text(notice, &[]))]));
        }
    }
    Ok(())
}
