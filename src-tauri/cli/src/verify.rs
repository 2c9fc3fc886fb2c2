//! `cartorio verify` and `cartorio judge`

use std::{
    collections::{BTreeMap, HashSet},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use api::{
    DocumentView, Failure, FileReport,
    documents::{self, Form},
    office::{
        Environment, Office, OfficeError, Overrides, TrustChoice, Verified, VerifyRequest, files, online::Fetched,
        save_report,
    },
    report::{self, FileVerdict},
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    arguments::{JudgeArguments, Judging, ReportForm, VerifyArguments},
    say, shown,
};

/// From this many files on a bar is worth looking at.
const BAR_FROM: usize = 10;

/// From this many files on each gets a line, and a table closes.
const LINES_FROM: usize = 10;

/// Stack of a thread that reads strangers' files: nesting is bounded, and this is many times what the bound needs.
const STACK: usize = 64 * 1024 * 1024;

/// How far the fastest thread may be ahead of the slowest file: what is kept in memory does not grow with the number of
/// files.
const AHEAD: usize = 64;

type Result<T> = std::result::Result<T, Failure>;
type Outcome = std::result::Result<Verified, OfficeError>;

fn request(office: &Office, judging: &Judging) -> Result<VerifyRequest> {
    // Verifying needs no keys: an environment that no file describes has only no trust of its own.
    let overrides = Overrides { server_credentials: true, ..Overrides::default() };
    let environment = match office.environment(&judging.env, &overrides) {
        Err(OfficeError::NoEnvironmentFile(_)) => None,
        other => Some(other?),
    };
    let own = match &environment {
        Some(Environment::Aws(environment)) => Some(environment),
        _ => None,
    };
    Ok(VerifyRequest {
        trust: TrustChoice {
            given: judging.trust.clone(),
            office: own.map(|own| own.trust.clone()).unwrap_or_default(),
            demo: environment == Some(Environment::Demo),
        },
        at: judging.at,
        revocation: judging.revocation.map(Into::into).or(own.and_then(|own| own.revocation)),
    })
}

pub(crate) fn run(arguments: &VerifyArguments) -> Result<ExitCode> {
    let office = Office::of_this_computer()?;
    let request = request(&office, &arguments.judging)?;
    let policy = office.policy(&request)?;
    let list = files::expand(&arguments.files)?;
    if list.is_empty() {
        let folder = arguments.files.iter().map(|path| shown(path)).collect::<Vec<_>>().join(", ");
        return Err(Failure::of("file.no_pdf", &[("folder", folder)]));
    }
    let fetched = (!arguments.offline).then(Fetched::default);
    let mut out = Printer::new(&office, arguments, &list, &request);
    out.begin();
    let verify = |file: &Path| office.verify_with(file, &policy, fetched.as_ref());
    let mut failure = None;
    let mut targets = Targets::new(&list);
    if let Some(path) = &arguments.csv {
        targets.claim(path)?;
    }
    in_order(&list, &verify, &mut |file, outcome| {
        if let (Some(form), Ok(verified)) = (arguments.report, &outcome)
            && let Err(error) = write_report(arguments, form, file, verified, &mut targets)
        {
            failure.get_or_insert(error);
        }
        out.file(file, &outcome);
    });
    out.end(fetched.as_ref());
    if let Some(path) = &arguments.csv {
        save_report(path, out.csv().as_bytes(), arguments.overwrite)?;
        if !arguments.judging.json {
            say(&texts::text("cli-csv-written", &[("file", &shown(path))]));
        }
    }
    match failure {
        Some(failure) => Err(failure),
        None => Ok(ExitCode::from(out.status())),
    }
}

pub(crate) fn judge(arguments: &JudgeArguments) -> Result<ExitCode> {
    let office = Office::of_this_computer()?;
    let request = request(&office, &arguments.judging)?;
    let policy = office.policy(&request)?;
    let mut seen = Seen::default();
    let mut reports = Vec::new();
    // The document was not looked at: whoever wrote the facts is believed in everything.
    eprintln!("{}", texts::text("cli-warning", &[("text", &texts::text("cli-judged-facts", &[]))]));
    for file in &arguments.files {
        let outcome = office.judge_stored(file, &policy);
        let verdict = verdict_of(&outcome);
        seen.note(verdict);
        if arguments.judging.json {
            reports.push(FileReport::new(&file.to_string_lossy(), &outcome));
        } else {
            // Whoever closed the pipe has seen enough.
            let _ = print(&mut io::stdout().lock(), file, &outcome, true);
        }
    }
    if arguments.judging.json {
        say(&serde_json::to_string_pretty(&report::Report { files: reports }).unwrap_or_default());
    }
    Ok(ExitCode::from(report::exit_status(|verdict| seen.has(verdict))))
}

/// Which verdicts there were.
#[derive(Default)]
struct Seen(Vec<FileVerdict>);

impl Seen {
    fn note(&mut self, verdict: FileVerdict) {
        if !self.0.contains(&verdict) {
            self.0.push(verdict);
        }
    }

    fn has(&self, verdict: FileVerdict) -> bool {
        self.0.contains(&verdict)
    }
}

/// Verifies on all cores; hands the outcomes on in the order of the list as soon as they can be.
fn in_order(list: &[PathBuf], verify: &(dyn Fn(&Path) -> Outcome + Sync), take: &mut dyn FnMut(&Path, Outcome)) {
    let next = AtomicUsize::new(0);
    let taken = (Mutex::new(0usize), Condvar::new());
    let (sender, receiver) = mpsc::channel::<(usize, Outcome)>();
    let workers = thread::available_parallelism().map_or(1, Into::into).min(list.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, taken) = (sender.clone(), &next, &taken);
            let work = move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = list.get(index) else { break };
                    let guard = taken.0.lock().unwrap_or_else(PoisonError::into_inner);
                    drop(taken.1.wait_while(guard, |taken| index > *taken + AHEAD));
                    if sender.send((index, verify(file))).is_err() {
                        break;
                    }
                }
            };
            // Only the system's refusal to start a thread keeps a worker from coming; the others do its part.
            if thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        drop(sender);
        let mut waiting: BTreeMap<usize, Outcome> = BTreeMap::new();
        let mut due = 0;
        for (index, outcome) in receiver {
            waiting.insert(index, outcome);
            while let Some(outcome) = waiting.remove(&due) {
                if let Some(file) = list.get(due) {
                    take(file, outcome);
                }
                due += 1;
                *taken.0.lock().unwrap_or_else(PoisonError::into_inner) = due;
                taken.1.notify_all();
            }
        }
    });
}

/// What may not be written over, whatever `--overwrite` says: the documents verified, and what this run has written.
struct Targets {
    taken: HashSet<PathBuf>,
    inputs: usize,
}

impl Targets {
    fn new(list: &[PathBuf]) -> Self {
        Self { taken: list.iter().map(|file| real(file)).collect(), inputs: list.len() }
    }

    fn claim(&mut self, target: &Path) -> Result<()> {
        if self.taken.insert(real(target)) {
            return Ok(());
        }
        Err(Failure::of("file.in_use", &[("file", shown(target))]))
    }
}

/// One path for one file, links followed; of a file that is not there yet, its folder's.
fn real(path: &Path) -> PathBuf {
    let of_folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        folder.canonicalize().map(|folder| folder.join(path.file_name().unwrap_or_default()))
    };
    path.canonicalize().or_else(|_| of_folder()).unwrap_or_else(|_| path.to_owned())
}

/// What is kept of a file for table and CSV.
struct Row {
    file: String,
    verdict: FileVerdict,
    title: String,
    signers: String,
    sha256: String,
}

/// Says what comes of each file, in the form that was asked for.
struct Printer<'p> {
    office: &'p Office,
    arguments: &'p VerifyArguments,
    bar: ProgressBar,
    count: usize,
    done: usize,
    demo: bool,
    rows: Vec<Row>,
    seen: Seen,
}

impl<'p> Printer<'p> {
    fn new(office: &'p Office, arguments: &'p VerifyArguments, list: &[PathBuf], request: &VerifyRequest) -> Self {
        let bar = if list.len() >= BAR_FROM && io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} documentos")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(list.len() as u64).with_style(style)
        } else {
            ProgressBar::hidden()
        };
        let demo = request.trust.given.is_empty() && request.trust.demo;
        Self { office, arguments, bar, count: list.len(), done: 0, demo, rows: Vec::new(), seen: Seen::default() }
    }

    fn is_json(&self) -> bool {
        self.arguments.judging.json
    }

    fn begin(&self) {
        if self.is_json() {
            say("{\n  \"files\": [");
        } else if self.demo {
            // Where the demonstration's root is trusted, that is the first thing to be read.
            let notice = texts::text("environment-demo-notice", &[]);
            say(&format!("{} — {notice}\n", texts::text("environment-demo", &[])));
        }
    }

    fn file(&mut self, file: &Path, outcome: &Outcome) {
        self.done += 1;
        self.bar.inc(1);
        self.seen.note(verdict_of(outcome));
        if self.is_json() {
            let report = FileReport::new(&file.to_string_lossy(), outcome);
            let text = serde_json::to_string_pretty(&report).unwrap_or_default().replace('\n', "\n    ");
            say(&format!("    {text}{}", if self.done < self.count { "," } else { "" }));
        } else if self.count < LINES_FROM || self.arguments.explain {
            // Whoever closed the pipe has seen enough: what was done stays done, and the status still tells.
            let _ = print(&mut io::stdout().lock(), file, outcome, self.arguments.explain);
            if self.arguments.explain && outcome.is_ok() {
                say(&format!("  {}\n", second_reading(self.office, file)));
            }
        } else {
            let row = row_of(file, outcome);
            self.bar.suspend(|| say(&format!("{} {}: {}", shape(row.verdict), row.file, row.title)));
        }
        if self.arguments.csv.is_some() || (!self.is_json() && self.count >= LINES_FROM) {
            self.rows.push(row_of(file, outcome));
        }
    }

    fn end(&mut self, fetched: Option<&Fetched>) {
        self.bar.finish_and_clear();
        if self.is_json() {
            say("  ]\n}");
            return;
        }
        self.rows.sort_by(|a, b| rank(b.verdict).cmp(&rank(a.verdict)).then_with(|| a.file.cmp(&b.file)));
        if self.count >= LINES_FROM {
            self.table();
        }
        let log = fetched.map(|fetched| fetched.log.lock().unwrap_or_else(PoisonError::into_inner).clone());
        if let Some(log) = log.filter(|log| self.arguments.explain && !log.is_empty()) {
            say(&texts::text("cli-fetched", &[]));
            for (address, code) in log {
                say(&format!("  {}: {}", cades::readable(&address), texts::text(code, &[])));
            }
        }
    }

    fn table(&self) {
        say(&format!("\n{}", texts::text("cli-table", &[])));
        for row in &self.rows {
            say(&format!("  {} {:<14} {} — {}", shape(row.verdict), short(row.verdict), row.file, row.title));
        }
        let verdicts = [
            FileVerdict::Invalid,
            FileVerdict::Unreadable,
            FileVerdict::Indeterminate,
            FileVerdict::Unsigned,
            FileVerdict::Valid,
        ];
        let parts: Vec<String> = verdicts
            .into_iter()
            .map(|verdict| (verdict, self.rows.iter().filter(|row| row.verdict == verdict).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(verdict, count)| format!("{count} {}", short(verdict).to_lowercase()))
            .collect();
        let count = self.rows.len().to_string();
        say(&texts::text("cli-summary", &[("count", &count), ("details", &parts.join(", "))]));
    }

    fn csv(&mut self) -> String {
        self.rows.sort_by(|a, b| rank(b.verdict).cmp(&rank(a.verdict)).then_with(|| a.file.cmp(&b.file)));
        // The mark tells spreadsheets that this is UTF-8.
        let mut text = String::from("\u{FEFF}arquivo;resultado;motivo;signatarios;sha256\r\n");
        for row in &self.rows {
            let cells = [&row.file, short(row.verdict).as_str(), &row.title, &row.signers, &row.sha256].map(cell);
            text.push_str(&cells.join(";"));
            text.push_str("\r\n");
        }
        text
    }

    fn status(&self) -> u8 {
        report::exit_status(|verdict| self.seen.has(verdict))
    }
}

/// A cell that no spreadsheet takes for a formula: names come from strangers' files.
fn cell(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    format!("\"{}\"", guarded.replace('"', "\"\""))
}

fn short(verdict: FileVerdict) -> String {
    texts::text(verdict.code(), &[])
}

/// Worst last: the order of the table, turned round.
fn rank(verdict: FileVerdict) -> u8 {
    match verdict {
        FileVerdict::Valid => 0,
        FileVerdict::Unsigned => 1,
        FileVerdict::Indeterminate => 2,
        FileVerdict::Unreadable => 3,
        FileVerdict::Invalid => 4,
    }
}

fn verdict_of(outcome: &Outcome) -> FileVerdict {
    match outcome {
        Ok(verified) => verified.judgement.verdict.map_or(FileVerdict::Unsigned, FileVerdict::from),
        Err(_) => FileVerdict::Unreadable,
    }
}

fn row_of(file: &Path, outcome: &Outcome) -> Row {
    let (title, signers, sha256) = match outcome {
        Ok(verified) => {
            let signers: Vec<String> =
                verified.judgement.signatures.iter().filter_map(|judged| judged.signer.clone()).collect();
            let view = DocumentView::new("", verified);
            (view.title, signers.join(", "), verified.facts.sha256.clone())
        }
        Err(error) => (Failure::from(error).title, String::new(), String::new()),
    };
    Row { file: shown(file), verdict: verdict_of(outcome), title, signers, sha256 }
}

fn write_report(
    arguments: &VerifyArguments,
    form: ReportForm,
    file: &Path,
    verified: &Verified,
    targets: &mut Targets,
) -> Result<()> {
    let (form, extension) = match form {
        ReportForm::Html => (Form::Html, "html"),
        ReportForm::Pdf => (Form::Pdf, "pdf"),
        ReportForm::Json => (Form::Facts, "json"),
        ReportForm::Etsi => (Form::Etsi, "xml"),
    };
    let stem = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let name = format!("{stem}-conferencia.{extension}");
    let target = match &arguments.out {
        Some(out) if targets.inputs == 1 && !out.is_dir() => out.clone(),
        Some(folder) => folder.join(name),
        None => file.with_file_name(name),
    };
    let display = shown(Path::new(file.file_name().unwrap_or(file.as_os_str())));
    let bytes = documents::render(form, &display, verified)?;
    targets.claim(&target)?;
    save_report(&target, &bytes, arguments.overwrite)?;
    if !arguments.judging.json {
        say(&texts::text("cli-report-written", &[("file", &shown(&target))]));
    }
    Ok(())
}

pub(crate) fn print(out: &mut dyn Write, file: &Path, outcome: &Outcome, explain: bool) -> io::Result<()> {
    let name = shown(Path::new(file.file_name().unwrap_or(file.as_os_str())));
    match outcome {
        Ok(verified) => {
            print_view(out, &DocumentView::new(&name, verified), explain)?;
            if explain { print_parts(out, verified) } else { Ok(()) }
        }
        Err(error) => {
            let failure = Failure::from(error);
            writeln!(out, "{name}\n  ✖ {}", texts::text(FileVerdict::Unreadable.code(), &[]))?;
            let remedy = texts::text("cli-remedy", &[("text", &failure.remedy)]);
            writeln!(out, "  {}: {}\n  {remedy}\n", failure.title, failure.cause)
        }
    }
}

/// Whether a reader written by others agrees on where everything is.
fn second_reading(office: &Office, file: &Path) -> String {
    match office.second_reading(file) {
        Ok(Some(differing)) if differing.is_empty() => texts::text("second-agrees", &[]),
        Ok(Some(differing)) => {
            let objects: Vec<String> = differing.iter().take(8).map(u32::to_string).collect();
            texts::text("second-differs", &[("objects", &objects.join(", "))])
        }
        Ok(None) | Err(_) => texts::text("second-cannot", &[]),
    }
}

fn print_parts(out: &mut dyn Write, verified: &Verified) -> io::Result<()> {
    writeln!(out, "  {}:", texts::text("report-parts", &[]))?;
    for line in documents::part_lines(verified) {
        writeln!(out, "    {line}")?;
    }
    writeln!(out)
}

fn shape(verdict: FileVerdict) -> &'static str {
    match verdict {
        FileVerdict::Valid => "✔",
        FileVerdict::Indeterminate => "▲",
        FileVerdict::Invalid | FileVerdict::Unreadable => "✖",
        FileVerdict::Unsigned => "○",
    }
}

fn print_view(out: &mut dyn Write, view: &DocumentView, explain: bool) -> io::Result<()> {
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
        if explain {
            writeln!(out, "    {} {}", texts::text("cli-explain", &[]), signature.remedy)?;
            for detail in &signature.details {
                writeln!(out, "      {}: {}", detail.name, detail.value)?;
            }
        }
    }
    for finding in &view.findings {
        writeln!(out, "  {} {}", if finding.grave { "▲" } else { "·" }, finding.text)?;
    }
    writeln!(out, "  {}", texts::text("cli-remedy", &[("text", &view.remedy)]))?;
    writeln!(out, "  SHA-256: {}", view.sha256)?;
    writeln!(out, "  {}\n", texts::text("verdict-disclaimer", &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_becomes_a_formula() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("certidão.pdf"), "\"certidão.pdf\"");
    }

    #[test]
    fn outcomes_come_in_the_order_of_the_question() {
        let list: Vec<PathBuf> = (0..500).map(|number| PathBuf::from(number.to_string())).collect();
        let mut taken = Vec::new();
        let verify = |_: &Path| Err(OfficeError::Cancelled);
        in_order(&list, &verify, &mut |file, _| taken.push(file.to_owned()));
        assert_eq!(taken, list);
    }
}
