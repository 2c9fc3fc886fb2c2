//! `cartorio verify`

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use api::{
    DocumentView, Failure, FileReport, Report,
    office::{Environment, Office, OfficeError, TrustChoice, Verified, VerifyRequest},
    report::FileVerdict,
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{arguments::VerifyArguments, shown};

/// From this many files on a bar is worth looking at.
const BAR_FROM: usize = 10;

pub(crate) fn run(arguments: &VerifyArguments) -> Result<ExitCode, Failure> {
    let environment = Environment::named(&arguments.env, None, None)?;
    let request = VerifyRequest {
        trust: TrustChoice { given: arguments.trust.clone(), demo: environment == Environment::Demo },
        at: arguments.at,
        revocation: arguments.revocation.map(Into::into),
    };
    // Nothing is fetched yet, with or without it; the option is accepted so that scripts can already say what they mean.
    let _ = arguments.offline;
    let office = Office::of_this_computer()?;
    let results = verify_all(&office, arguments, &request)?;
    let names = || arguments.files.iter().map(|file| file.to_string_lossy().into_owned());
    let report = Report { files: names().zip(&results).map(|(name, result)| FileReport::new(&name, result)).collect() };
    let mut out = io::stdout().lock();
    let written = if arguments.json {
        serde_json::to_writer(&mut out, &report).map_err(io::Error::from).and_then(|()| writeln!(out))
    } else {
        print_ribbon(&mut out, &request).and_then(|()| {
            arguments.files.iter().zip(&results).try_for_each(|(file, result)| print(&mut out, file, result))
        })
    };
    // Whoever closed the pipe has seen enough; the status still tells.
    let _ = written;
    Ok(ExitCode::from(report.exit_status()))
}

/// Files in parallel, each judged alone, answers in the order of the questions.
fn verify_all(
    office: &Office,
    arguments: &VerifyArguments,
    request: &VerifyRequest,
) -> Result<Vec<Result<Verified, OfficeError>>, Failure> {
    let policy = office.policy(request)?;
    let files = &arguments.files;
    let bar = if files.len() >= BAR_FROM && io::stderr().is_terminal() {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} documentos")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(files.len() as u64).with_style(style)
    } else {
        ProgressBar::hidden()
    };
    if let [file] = files.as_slice() {
        return Ok(vec![office.verify(file, &policy)]);
    }
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<Verified, OfficeError>>>> = Mutex::new(files.iter().map(|_| None).collect());
    let workers = thread::available_parallelism().map_or(1, Into::into).min(files.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(index) else { break };
                    let result = office.verify(file, &policy);
                    if let Some(slot) = results.lock().unwrap_or_else(PoisonError::into_inner).get_mut(index) {
                        *slot = Some(result);
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    Ok(results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect())
}

/// Where the demonstration's root is trusted, that is the first thing to be read.
fn print_ribbon(out: &mut dyn Write, request: &VerifyRequest) -> io::Result<()> {
    if request.trust.given.is_empty() && request.trust.demo {
        let notice = texts::text("environment-demo-notice", &[]);
        writeln!(out, "{} — {notice}\n", texts::text("environment-demo", &[]))?;
    }
    Ok(())
}

pub(crate) fn print(out: &mut dyn Write, file: &Path, result: &Result<Verified, OfficeError>) -> io::Result<()> {
    let name = shown(Path::new(file.file_name().unwrap_or(file.as_os_str())));
    match result {
        Ok(verified) => print_view(out, &DocumentView::new(&name, verified)),
        Err(error) => {
            let failure = Failure::from(error);
            writeln!(out, "{name}\n  ✖ {}", texts::text(FileVerdict::Unreadable.code(), &[]))?;
            let remedy = texts::text("cli-remedy", &[("text", &failure.remedy)]);
            writeln!(out, "  {}: {}\n  {remedy}\n", failure.title, failure.cause)
        }
    }
}

fn shape(verdict: FileVerdict) -> &'static str {
    match verdict {
        FileVerdict::Valid => "✔",
        FileVerdict::Indeterminate => "▲",
        FileVerdict::Invalid | FileVerdict::Unreadable => "✖",
        FileVerdict::Unsigned => "○",
    }
}

fn print_view(out: &mut dyn Write, view: &DocumentView) -> io::Result<()> {
    writeln!(out, "{}", view.name)?;
    writeln!(out, "  {} {} — {}", shape(view.verdict), view.title, texts::text("verdict-local", &[]))?;
    if !view.counts.is_empty() {
        writeln!(out, "  {}", view.counts)?;
    }
    if view.signatures.is_empty() {
        writeln!(out, "  {}", view.sentence)?;
    }
    for signature in &view.signatures {
        writeln!(out, "\n  {} {}: {}", shape(signature.verdict), signature.field, signature.title)?;
        writeln!(out, "    {}", signature.sentence)?;
        let questions = [
            ("question-who", &signature.who),
            ("question-changed", &signature.changed),
            ("question-trust", &signature.trust),
        ];
        for (question, answer) in questions {
            writeln!(out, "    {} {} {}", shape(answer.verdict), texts::text(question, &[]), answer.text)?;
        }
    }
    for finding in &view.findings {
        writeln!(out, "  {} {}", if finding.grave { "▲" } else { "·" }, finding.text)?;
    }
    writeln!(out, "  {}", texts::text("cli-remedy", &[("text", &view.remedy)]))?;
    writeln!(out, "  SHA-256: {}", view.sha256)?;
    writeln!(out, "  {}\n", texts::text("verdict-disclaimer", &[]))
}
