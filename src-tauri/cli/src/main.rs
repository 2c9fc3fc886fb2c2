//! `cartorio`, the command line: for scripts, servers and people who like to type.
#![forbid(unsafe_code)]

mod arguments;
mod ca;
mod certificate;
mod demo;
mod extend;
mod keys_command;
mod session;
mod sign;
mod trust;
mod verify;

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use api::Failure;
use clap::Parser;

use arguments::{Arguments, Command};

/// Wrong use, as `sysexits.h` numbers it.
const WRONG_USE: u8 = 64;

/// Something that was asked for could not be done.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    keys::forbid_core_dumps();
    keys::hide_memory();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return arguments::report(&error),
    };
    let is_verify = matches!(arguments.command, Command::Verify(_) | Command::Judge(_));
    let result = match arguments.command {
        Command::Sign(arguments) => sign::run(arguments),
        Command::Extend(arguments) => extend::run(arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Judge(arguments) => verify::judge(&arguments),
        Command::Trust(arguments) => trust::run(&arguments),
        Command::Login(arguments) => session::login(&arguments),
        Command::Logout(arguments) => session::logout(&arguments),
        Command::Whoami(arguments) => session::whoami(&arguments),
        Command::Keys(arguments) => keys_command::run(&arguments),
        Command::Csr(arguments) => keys_command::csr(&arguments),
        Command::Certificate(arguments) => certificate::run(&arguments),
        Command::Ca(arguments) => ca::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
    };
    result.unwrap_or_else(|failure| {
        print_failure(&failure);
        // 1 means "some invalid" when verifying: a call in which nothing was judged must not end with it.
        let wrong_use = is_verify
            || matches!(
                failure.code.as_str(),
                "environment.unknown" | "environment.no_file" | "sign.key_needed" | "sign.no_certificate"
            );
        ExitCode::from(if wrong_use { WRONG_USE } else { FAILED })
    })
}

/// One thread drives what waits for the network: one document, one sign-in at a time.
fn io_runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// As [`io_runtime`], for those whose errors are told to people.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    io_runtime().map_err(|_| Failure::of("program.internal", &[]))
}

/// Prints a line. Whoever closed the pipe has seen enough: what was done stays done, and the status still tells.
fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Prints a line of the catalogue under the one before.
fn detail(id: &str, arguments: &[(&str, &str)]) {
    say(&format!("  {}", texts::text(id, arguments)));
}

/// What cannot be taken back is confirmed with a word, by whoever types it or wrote the script (`given`).
fn confirm(given: Option<&str>, word: &str, question: &str, refusal: &str) -> Result<(), Failure> {
    let typed = match given {
        Some(typed) => typed.to_owned(),
        None if io::stdin().is_terminal() && io::stderr().is_terminal() => {
            eprintln!("{question}");
            let mut typed = String::new();
            // Whoever closes the terminal has not confirmed.
            let _ = io::stdin().read_line(&mut typed);
            typed
        }
        None => String::new(),
    };
    if typed.trim() == word { Ok(()) } else { Err(Failure::of(refusal, &[("word", word.to_owned())])) }
}

/// A path as a person reads it; its name may come from a stranger.
fn shown(path: &Path) -> String {
    cades::readable(&path.to_string_lossy())
}

/// Cause and remedy, one line each, on the error stream.
fn print_failure(failure: &Failure) {
    eprintln!("{}", texts::text("cli-error", &[("title", &failure.title), ("code", &failure.code)]));
    for line in [&failure.cause, &failure.remedy] {
        if !line.is_empty() {
            eprintln!("  {line}");
        }
    }
}
