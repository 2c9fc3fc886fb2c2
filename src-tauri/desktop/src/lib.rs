//! The window: Tauri's set-up, native dialogs, and thin adapters from the contract's commands to the office.
//!
//! The page gets opaque ids. A path that comes from the page is never accepted: documents are opened by the native
//! dialog, by dropping them on the window, or by naming them when the program is started.
#![forbid(unsafe_code)]

mod commands;
mod desk;
mod environment_commands;

use std::{path::PathBuf, process::ExitCode};

use api::office::{Environment, Office, OfficeError, Overrides};
use tauri::{DragDropEvent, Emitter, Manager, Window, WindowEvent};

use desk::Desk;

/// Names the environment that the window begins with.
const ENVIRONMENT_VARIABLE: &str = "CARTORIO_ENV";

/// The event by which the page learns of a dropped document.
const DOCUMENT_OPENED: &str = "document-opened";

/// The event by which the page learns that a dropped document could not be opened.
const DOCUMENT_REFUSED: &str = "document-refused";

/// Runs the program until its window closes.
#[must_use]
pub fn run() -> ExitCode {
    keys::forbid_core_dumps();
    let office = match Office::of_this_computer() {
        Ok(office) => office,
        Err(error) => return stop(&api::Failure::from(error)),
    };
    let environment = match first_environment(&office) {
        Ok(environment) => environment,
        Err(error) => return stop(&api::Failure::from(error)),
    };
    let pending = std::env::args_os().nth(1).map(PathBuf::from);
    let result = tauri::Builder::default()
        .manage(Desk::new(office, environment, pending))
        .invoke_handler(tauri::generate_handler![
            commands::pending_document,
            commands::choose_document,
            commands::open_sample,
            commands::read_range,
            commands::verify_document,
            commands::plan_signing,
            commands::sign_document,
            commands::cancel_signing,
            commands::close_document,
            commands::show_in_folder,
            environment_commands::desk_state,
            environment_commands::environments,
            environment_commands::choose_environment,
            environment_commands::sign_in,
            environment_commands::cancel_sign_in,
            environment_commands::sign_out,
            environment_commands::list_keys,
            environment_commands::show_key,
            environment_commands::plan_key,
            environment_commands::carry_out_key_plan,
            environment_commands::request_certificate,
            environment_commands::check_certificate,
            environment_commands::choose_certificate,
            environment_commands::install_certificate,
        ])
        .on_window_event(|window, event| {
            if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
                let (window, paths) = (window.clone(), paths.clone());
                // A slow network drive must not freeze the window.
                std::thread::spawn(move || open_dropped(&window, &paths));
            }
        })
        .run(tauri::generate_context!());
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            stop(&api::Failure::of("program.no_window", &[]))
        }
    }
}

/// Where work begins: in the demonstration, unless whoever starts the program says otherwise. Production is only ever
/// entered by typing its name.
fn first_environment(office: &Office) -> Result<Environment, OfficeError> {
    match std::env::var(ENVIRONMENT_VARIABLE).ok().filter(|name| !name.is_empty() && name != "prod") {
        Some(name) => office.environment(&name, &Overrides::default()),
        None => Ok(Environment::Demo),
    }
}

/// Opens the first dropped document and says so if there were more.
fn open_dropped(window: &Window, paths: &[PathBuf]) {
    let Some(path) = paths.first() else { return };
    // A page that does not listen has nothing to show; the drop is then without effect.
    let _ = match window.state::<Desk>().open(path) {
        Ok(document) => window.emit(DOCUMENT_OPENED, document),
        Err(failure) => window.emit(DOCUMENT_REFUSED, failure),
    };
    if paths.len() > 1 {
        let _ = window.emit(DOCUMENT_REFUSED, api::Failure::of("file.one_at_a_time", &[]));
    }
}

/// Says why the program cannot start: in a window of the system where there is no terminal to read.
fn stop(failure: &api::Failure) -> ExitCode {
    eprintln!("{}: {} {}", failure.title, failure.cause, failure.remedy);
    if cfg!(not(target_os = "linux")) {
        rfd::MessageDialog::new()
            .set_level(rfd::MessageLevel::Error)
            .set_title(&failure.title)
            .set_description(format!("{}\n\n{}", failure.cause, failure.remedy))
            .show();
    }
    ExitCode::FAILURE
}
