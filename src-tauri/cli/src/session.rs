//! `cartorio login`, `logout` and `whoami`

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    time::Duration,
};

use api::{
    Failure,
    office::{Cancel, Environment, Office, OfficeError, Overrides, SignInStep, SignInWay, clock},
    session::SessionView,
};
use indicatif::ProgressBar;
use keys::sign_in::SessionInfo;

use crate::{
    FAILED,
    arguments::{LoginArguments, SessionArguments},
    detail, say,
};

/// How often the spinner turns while the browser is awaited.
const TICK: Duration = Duration::from_millis(100);

pub(crate) fn login(arguments: &LoginArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    let environment = office.environment(&arguments.session.env, &Overrides::default())?;
    let way = if arguments.device { SignInWay::Device } else { SignInWay::Browser };
    let info = sign_in(&office, &environment, way)?;
    let Some(reason) = info.memory_only else { return Ok(ExitCode::SUCCESS) };
    // This program ends here, and nobody would ever use or end what cannot be kept.
    crate::runtime()?.block_on(office.sign_out(&environment))?;
    Err(failed(keys::SignInError::Store(reason)))
}

/// Signs in, and says as whom.
pub(crate) fn sign_in(office: &Office, environment: &Environment, way: SignInWay) -> Result<SessionInfo, Failure> {
    let sign_in = office.sign_in(environment)?;
    let center = sign_in.center();
    // Who is asked for, before anything opens: a browser that is signed in as somebody else surprises nobody.
    eprintln!("{}", texts::text("cli-login", &[("environment", &texts::text(environment_name(environment), &[]))]));
    let hint = |id: &str, arguments: &[(&str, &str)]| eprintln!("  {}", texts::text(id, arguments));
    hint("cli-login-expected", &[("account", &center.account), ("role", &center.role)]);
    let runtime = crate::runtime()?;
    let spinner = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let step = |step: SignInStep| {
        let waiting = match step {
            SignInStep::Browser { url } => {
                hint("cli-login-browser", &[("url", &url)]);
                // Where no browser opens by itself, the person opens the address that was printed.
                let _ = open::that_detached(&url);
                "cli-login-waiting"
            }
            SignInStep::Device { url, code, minutes } => {
                hint("cli-login-device", &[("uri", &cades::readable(&url))]);
                hint("cli-login-code", &[("code", &cades::readable(&code)), ("minutes", &minutes.to_string())]);
                "cli-login-waiting-device"
            }
        };
        spinner.set_message(texts::text(waiting, &[]));
        spinner.enable_steady_tick(TICK);
    };
    let (pages, cancel) = (api::session::pages(), Cancel::default());
    let signed_in = runtime.block_on(office.sign_in_now(environment, way, &pages, &cancel, &step));
    spinner.finish_and_clear();
    let info = signed_in?;
    print(&SessionView::new(environment, &info, clock::now()));
    Ok(info)
}

pub(crate) fn logout(arguments: &SessionArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    let environment = office.environment(&arguments.env, &Overrides::default())?;
    let out = crate::runtime()?.block_on(office.sign_out(&environment))?;
    let mut status = ExitCode::SUCCESS;
    match &out.erased {
        Ok(()) => say(&texts::text("cli-logout", &[])),
        Err(error) => {
            status = ExitCode::from(FAILED);
            say(&texts::text("cli-logout-not-erased", &[("reason", &texts::text(api::session::notice(*error), &[]))]));
        }
    }
    if let Err(error) = out.revoked {
        status = ExitCode::from(FAILED);
        let failure = failed(error);
        detail("cli-logout-not-revoked", &[("reason", &failure.cause)]);
    }
    if let Some(until) = out.role_until {
        detail("cli-logout-role", &[("until", &clock::spoken(until))]);
    }
    Ok(status)
}

pub(crate) fn whoami(arguments: &SessionArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    let environment = office.environment(&arguments.env, &Overrides::default())?;
    let sign_in = office.sign_in(&environment)?;
    let info = crate::runtime()?.block_on(sign_in.info());
    let info = info.map_err(failed)?;
    let view = SessionView::new(&environment, &info, clock::now());
    if arguments.json {
        say(&serde_json::to_string_pretty(&view).unwrap_or_default());
    } else {
        print(&view);
        crate::certificate::warn_of_renewal(&office, &environment);
    }
    Ok(ExitCode::SUCCESS)
}

fn failed(error: keys::SignInError) -> Failure {
    OfficeError::from(keys::KeyError::from(error)).into()
}

fn print(view: &SessionView) {
    say(&texts::text("cli-session", &[("person", &view.person), ("environment", &view.environment)]));
    detail("cli-session-account", &[("account", &view.account), ("role", &view.role)]);
    detail("cli-session-until", &[("until", &view.until)]);
    if let Some(notice) = &view.notice {
        eprintln!("{}", texts::text("cli-warning", &[("text", notice)]));
    }
}

/// The words for an environment, as on the ribbon.
fn environment_name(environment: &Environment) -> &'static str {
    api::session::environment_id(environment)
}
