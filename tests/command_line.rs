//! `cartorio` as scripts and people meet it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use acceptance::{Dice, cartorio, judges_python, root, run};
use serde_json::Value;

/// A computer without a credential store: keys of the demonstration live for one call.
struct Desk {
    folder: tempfile::TempDir,
    home: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), home: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(cartorio());
        command
            .current_dir(self.folder.path())
            .env("CARTORIO_HOME", self.home.path())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env_remove("CARTORIO_ENV");
        command
    }

    fn run(&self, arguments: &[&str]) -> (Output, String) {
        run(self.command().args(arguments))
    }

    fn status(&self, arguments: &[&str]) -> i32 {
        self.run(arguments).0.status.code().unwrap()
    }

    /// A folder as `cartorio demo` leaves it.
    fn demo(&self) -> PathBuf {
        let (output, text) = self.run(&["demo", "--out", "d"]);
        assert!(output.status.success(), "{text}");
        self.path("d")
    }

    fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn signed_file(folder: &Path) -> PathBuf {
    let signed: Vec<_> = names(folder).into_iter().filter(|name| name.ends_with("-assinado.pdf")).collect();
    assert_eq!(signed.len(), 1, "{signed:?}");
    folder.join(&signed[0])
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn sample(name: &str) -> PathBuf {
    root().join("assets/samples").join(name)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn demo_makes_signs_and_verifies_and_can_be_repeated() {
    let desk = Desk::new();
    let folder = desk.demo();
    let signed = signed_file(&folder);
    let pem = folder.join("demo-root.pem");
    assert!(fs::read_to_string(&pem).unwrap().contains("BEGIN CERTIFICATE"));
    assert_eq!(desk.status(&["verify", "--trust", text(&pem), text(&signed)]), 0);
    acceptance::assert_pdfsig(&signed, 1);
    acceptance::assert_qpdf(&signed);
    acceptance::assert_pyhanko(&signed, &pem, 1);
    desk.demo();
}

#[test]
fn demo_leaves_other_peoples_files_alone() {
    let desk = Desk::new();
    let folder = desk.path("d");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("certidao-nascimento.pdf"), "meu").unwrap();
    let (output, said) = desk.run(&["demo", "--out", "d"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("file.exists"), "{said}");
    assert_eq!(fs::read(folder.join("certidao-nascimento.pdf")).unwrap(), b"meu");
}

#[test]
fn each_verdict_has_its_exit_status() {
    let desk = Desk::new();
    let folder = desk.demo();
    let pem = folder.join("demo-root.pem");
    let valid = signed_file(&folder);
    let mut bytes = fs::read(&valid).unwrap();
    bytes[1_000] ^= 1;
    let invalid = desk.path("invalid.pdf");
    fs::write(&invalid, &bytes).unwrap();
    let unsigned = sample("certidao-imovel.pdf");
    let nothing = desk.path("nothing.pdf");
    fs::write(&nothing, "").unwrap();
    let missing = desk.path("missing.pdf");
    let stranger = desk.path("stranger.pdf");
    let (output, said) = desk.run(&["sign", text(&unsigned), "--key", "p-256", "--out", text(&stranger)]);
    assert!(output.status.success(), "{said}");

    let status = |files: &[&Path]| {
        let mut arguments = vec!["verify", "--trust", text(&pem)];
        arguments.extend(files.iter().map(|file| text(file)));
        desk.status(&arguments)
    };
    assert_eq!(status(&[&valid]), 0);
    assert_eq!(status(&[&invalid]), 1);
    assert_eq!(status(&[&stranger]), 2);
    for other in [&unsigned, &nothing, &missing] {
        assert_eq!(status(&[other]), 3);
    }
    // The lowest that applies.
    assert_eq!(status(&[&unsigned, &stranger, &invalid, &valid]), 1);
    assert_eq!(status(&[&unsigned, &stranger, &valid]), 2);
    assert_eq!(status(&[&valid, &nothing]), 3);
}

#[test]
fn the_report_follows_its_schema_and_the_order_of_the_question() {
    let desk = Desk::new();
    let folder = desk.demo();
    let valid = signed_file(&folder);
    let mut bytes = fs::read(&valid).unwrap();
    bytes[1_000] ^= 1;
    fs::write(desk.path("invalid.pdf"), &bytes).unwrap();
    fs::write(desk.path("nothing.pdf"), "").unwrap();
    fs::write(desk.path("long.pdf"), [&fs::read(&valid).unwrap()[..], b"\nlixo"].concat()).unwrap();
    let unsigned = sample("certidao-imovel.pdf");
    let pem = folder.join("demo-root.pem");
    let files =
        [text(&valid), "invalid.pdf", text(&unsigned), "nothing.pdf", "missing.pdf", "long.pdf"].map(str::to_owned);
    let mut arguments = vec!["verify", "--json", "--trust", text(&pem)];
    arguments.extend(files.iter().map(String::as_str));
    let (output, _) = desk.run(&arguments);
    let report = json(&output);
    let listed = report["files"].as_array().unwrap();
    let of =
        |key: &str| listed.iter().map(|file| file[key].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
    assert_eq!(of("file"), files);
    assert_eq!(of("verdict"), ["valid", "invalid", "unsigned", "unreadable", "unreadable", "invalid"]);
    let signature = &listed[0]["signatures"][0];
    assert_eq!(signature["kind"], "certification");
    assert_eq!(signature["coverage"], "whole-file");
    assert_eq!(signature["code"], "signature.valid");
    assert!(signature["algorithm"].as_str().unwrap().contains("RSA"));
    let Some(python) = judges_python() else { return };
    let instance = desk.path("report.json");
    fs::write(&instance, &output.stdout).unwrap();
    let (judged, said) = run(Command::new(python)
        .arg(root().join("tests/judges/json_schema.py"))
        .arg(root().join("docs/verify.schema.json"))
        .arg(&instance));
    assert!(judged.status.success(), "{said}");
}

#[test]
fn the_original_stays_and_the_new_file_is_beside_it() {
    let desk = Desk::new();
    let original = fs::read(sample("certidao-imovel.pdf")).unwrap();
    fs::write(desk.path("minha certidão.pdf"), &original).unwrap();
    let (output, said) = desk.run(&["sign", "minha certidão.pdf", "--key", "p-256", "--json"]);
    assert!(output.status.success(), "{said}");
    assert!(json(&output)["output"].as_str().unwrap().ends_with("minha certidão-assinado.pdf"));
    assert_eq!(fs::read(desk.path("minha certidão.pdf")).unwrap(), original);
    assert!(fs::read(desk.path("minha certidão-assinado.pdf")).unwrap().starts_with(&original));
    assert_eq!(desk.names(), ["minha certidão-assinado.pdf", "minha certidão.pdf"], "nothing else is left");
    assert!(!desk.home.path().join("demo/office.json").exists(), "without a store no key is kept");
}

#[test]
fn nothing_is_overwritten_unasked_and_the_original_never() {
    let desk = Desk::new();
    fs::copy(sample("certidao-imovel.pdf"), desk.path("a.pdf")).unwrap();
    fs::write(desk.path("a-assinado.pdf"), "outro").unwrap();
    let (output, said) = desk.run(&["sign", "a.pdf", "--key", "p-256"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("file.exists"), "{said}");
    assert_eq!(fs::read(desk.path("a-assinado.pdf")).unwrap(), b"outro");
    assert_eq!(desk.status(&["sign", "a.pdf", "--key", "p-256", "--overwrite"]), 0);
    assert!(fs::read(desk.path("a-assinado.pdf")).unwrap().starts_with(b"%PDF"));

    let original = fs::read(desk.path("a.pdf")).unwrap();
    std::os::unix::fs::symlink(desk.path("a.pdf"), desk.path("link.pdf")).unwrap();
    fs::hard_link(desk.path("a.pdf"), desk.path("hard.pdf")).unwrap();
    // A second name of the original may be given to the new file; the original keeps its first.
    assert_eq!(desk.status(&["sign", "a.pdf", "--key", "p-256", "--overwrite", "--out", "hard.pdf"]), 0);
    assert_eq!(fs::read(desk.path("a.pdf")).unwrap(), original);
    for out in ["a.pdf", "./a.pdf", "link.pdf"] {
        let (output, said) = desk.run(&["sign", "a.pdf", "--key", "p-256", "--overwrite", "--out", out]);
        assert_eq!(output.status.code(), Some(1), "{out}: {said}");
        assert_eq!(fs::read(desk.path("a.pdf")).unwrap(), original, "{out}");
    }
}

#[test]
fn wrong_use_ends_with_64_and_says_why_in_portuguese() {
    let desk = Desk::new();
    fs::copy(sample("certidao-imovel.pdf"), desk.path("a.pdf")).unwrap();
    for arguments in [
        &["sign"][..],
        &[],
        &["assinar"],
        &["verify"],
        &["verify", "a.pdf", "--nada"],
        &["verify", "a.pdf", "--at", "ontem"],
        &["sign", "a.pdf", "--algorithm", "md5"],
        &["verify", "a.pdf", "--revocation", "talvez"],
        &["verify", "a.pdf", "--env", "lua"],
        &["sign", "a.pdf", "--env", "prod", "--endpoint", "http://127.0.0.1:1", "--key", "alias/x"],
        &["sign", "a.pdf", "--cert", "cadeia.pem"],
        &["sign", "a.pdf", "--region", "sa-east-1"],
        &["sign", "a.pdf", "--env", "dev", "--region", "x.example.com/", "--key", "alias/x"],
        &["sign", "a.pdf", "--env", "dev"],
        &["verify", "a.pdf", "--trust", "nao-existe.pem"],
    ] {
        let (output, said) = desk.run(arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {said}");
        assert!(said.starts_with("Erro"), "{said}");
        for english in ["error:", "Usage", "were not", "tip:", "unexpected"] {
            assert!(!said.contains(english), "{arguments:?}: {said}");
        }
    }
}

#[test]
fn a_level_that_cannot_be_had_stops_or_is_lowered_in_words() {
    let desk = Desk::new();
    let input = root().join("assets/samples/certidao-imovel.pdf");
    let out = desk.folder.path().join("carimbada.pdf");
    // Nobody listens there.
    let mut arguments =
        vec!["sign", text(&input), "--out", text(&out), "--level", "b-lta", "--tsa", "http://127.0.0.1:9/"];
    let (output, said) = desk.run(&arguments);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("[stamp.failed]") && !out.exists(), "{said}");
    arguments.push("--or-lower");
    let (output, said) = desk.run(&arguments);
    assert!(output.status.success() && out.exists(), "{said}");
    assert!(said.contains("B-B") && said.contains("B-LTA") && said.contains("[stamp.failed]"), "{said}");
    let (output, said) = desk.run(&["extend", text(&input)]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("[extend.unsigned]"), "{said}");
}

#[test]
fn help_is_in_portuguese() {
    let desk = Desk::new();
    for arguments in
        [&["--help"][..], &["sign", "--help"], &["extend", "--help"], &["verify", "-h"], &["demo", "--help"]]
    {
        let (output, said) = desk.run(arguments);
        assert!(output.status.success());
        assert!(said.contains("Uso:"), "{said}");
        for english in ["Usage", "Options", "Arguments", "Commands", "Print", "help", "default", "possible", "the "] {
            assert!(!said.replace("--help", "").contains(english), "{english}: {said}");
        }
    }
}

#[test]
fn only_the_given_anchors_count_and_the_demonstration_counts_only_in_demo() {
    let desk = Desk::new();
    let folder = desk.demo();
    let (signed, pem) = (signed_file(&folder), folder.join("demo-root.pem"));
    let code = |arguments: &[&str]| {
        let mut all = vec!["verify", "--json", text(&signed)];
        all.extend(arguments);
        json(&desk.run(&all).0)["files"][0]["signatures"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code(&["--trust", text(&pem)]), "signature.valid");
    let anchors = desk.path("anchors");
    fs::create_dir(&anchors).unwrap();
    fs::copy(&pem, anchors.join("root.pem")).unwrap();
    assert_eq!(code(&["--trust", text(&anchors)]), "signature.valid");
    assert_eq!(code(&["--env", "prod"]), "chain.unknown_issuer");
    assert_eq!(code(&["--trust", text(&pem), "--env", "prod"]), "signature.valid");
    assert_eq!(code(&["--trust", text(&pem), "--revocation", "required"]), "revocation.missing");
    assert_eq!(code(&["--trust", text(&pem), "--at", "2001-01-01T00:00:00Z"]), "chain.not_yet_valid");
    assert_eq!(code(&["--trust", text(&pem), "--at", "2150-01-01T00:00:00-03:00"]), "chain.expired");
    let (output, said) = desk.run(&["verify", text(&signed), "--trust", text(&signed)]);
    assert_eq!(output.status.code(), Some(64), "nothing was judged: {said}");
    assert!(said.contains("trust.no_certificate"), "{said}");
    fs::write(anchors.join("chave.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    assert_eq!(code(&["--trust", text(&anchors)]), "signature.valid", "a folder may hold other things");
}

#[test]
fn a_disk_that_refuses_leaves_nothing_behind() {
    let desk = Desk::new();
    fs::copy(sample("certidao-imovel.pdf"), desk.path("a.pdf")).unwrap();
    let (output, said) = desk.run(&["sign", "a.pdf", "--key", "p-256", "--out", "nao/existe.pdf"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("file.not_found"), "{said}");
    // A file may not grow beyond one block: writing fails in the middle.
    let mut shell = Command::new("bash");
    let own = desk.command();
    for (name, value) in own.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        shell.env(name, value);
    }
    shell
        .current_dir(desk.folder.path())
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -f 1; exec {} sign a.pdf --key p-256", cartorio().display()));
    let (output, said) = run(&mut shell);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("file."), "{said}");
    assert_eq!(desk.names(), ["a.pdf"]);
}

#[test]
fn two_hundred_signings_killed_at_random_leave_the_whole_file_or_none() {
    let desk = Desk::new();
    let original = fs::read(sample("certidao-digitalizada.pdf")).unwrap();
    let work = desk.path("work");
    fs::create_dir(&work).unwrap();
    let input = work.join("a.pdf");
    fs::write(&input, &original).unwrap();
    let start = std::time::Instant::now();
    let arguments = ["sign", "work/a.pdf", "--key", "p-256"];
    assert_eq!(desk.status(&arguments), 0);
    let usual = start.elapsed();
    let mut dice = Dice::new(7);
    let mut finished = 0;
    for round in 0..200 {
        let _ = fs::remove_file(work.join("a-assinado.pdf"));
        let mut child = desk.command().args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let moment = usual.as_micros() as usize;
        thread::sleep(Duration::from_micros(dice.roll(moment + moment / 4) as u64));
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(fs::read(&input).unwrap(), original, "round {round}");
        match names(&work).as_slice() {
            [only] => assert_eq!(only, "a.pdf"),
            [signed, _] => {
                assert_eq!(signed, "a-assinado.pdf", "round {round}");
                let bytes = fs::read(work.join(signed)).unwrap();
                let facts = pades::extract(&bytes).unwrap();
                assert_eq!(facts.signatures[0].cms.as_ref().unwrap().digest_matches, Some(true), "round {round}");
                finished += 1;
            }
            other => panic!("round {round}: {other:?}"),
        }
    }
    assert!((1..200).contains(&finished), "{finished} of 200 came to their end: the moments were not spread");
}

#[test]
fn only_a_file_is_ever_replaced() {
    let desk = Desk::new();
    fs::copy(sample("certidao-imovel.pdf"), desk.path("a.pdf")).unwrap();
    fs::create_dir(desk.path("pasta")).unwrap();
    let (made, _) = run(Command::new("mkfifo").arg(desk.path("cano")));
    assert!(made.status.success());
    for out in ["pasta", "cano"] {
        let (output, said) = desk.run(&["sign", "a.pdf", "--key", "p-256", "--overwrite", "--out", out]);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("file.not_a_file"), "{said}");
        assert!(!desk.path(out).metadata().unwrap().is_file());
    }
    // Reading from a pipe would wait for whoever writes to it.
    assert_eq!(desk.status(&["verify", "cano", "pasta"]), 3);
}

#[test]
fn many_files_are_answered_in_order() {
    let desk = Desk::new();
    let folder = desk.demo();
    let signed = signed_file(&folder);
    let files: Vec<String> = (0..40)
        .map(|number| {
            let path = desk.path(&format!("{number:02}.pdf"));
            match number % 3 {
                0 => fs::copy(&signed, &path).map(drop).unwrap(),
                1 => fs::write(&path, "x").unwrap(),
                _ => fs::copy(sample("certidao-imovel.pdf"), &path).map(drop).unwrap(),
            }
            text(&path).to_owned()
        })
        .collect();
    let pem = folder.join("demo-root.pem");
    let mut arguments = vec!["verify", "--json", "--trust", text(&pem)];
    arguments.extend(files.iter().map(String::as_str));
    let (output, _) = desk.run(&arguments);
    let report = json(&output);
    for (number, file) in report["files"].as_array().unwrap().iter().enumerate() {
        assert_eq!(file["file"], files[number].as_str());
        assert_eq!(file["verdict"], ["valid", "unreadable", "unsigned"][number % 3]);
    }
}

#[test]
fn a_document_that_cannot_be_extended_is_refused_with_cause_and_remedy() {
    let desk = Desk::new();
    fs::write(desk.path("foto.pdf"), b"\xFF\xD8\xFF nada").unwrap();
    let (output, said) = desk.run(&["sign", "foto.pdf", "--key", "p-256"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("[pdf.not_pdf]") && said.lines().count() >= 3, "{said}");
    let (output, said) = desk.run(&["sign", "foto.pdf", "--key", "nada"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("[pdf.not_pdf]") || said.contains("[sign.unknown_key]"), "{said}");
    assert_eq!(desk.names(), ["foto.pdf"]);
}

#[test]
fn a_reader_who_goes_away_stops_nothing() {
    let desk = Desk::new();
    fs::copy(sample("certidao-imovel.pdf"), desk.path("a.pdf")).unwrap();
    for arguments in [&["sign", "a.pdf", "--key", "p-256"][..], &["demo", "--out", "d"]] {
        let mut child = desk.command().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(desk.path("a-assinado.pdf").exists());
    signed_file(&desk.path("d"));
}

#[test]
fn names_that_are_no_unicode_or_that_command_a_terminal_do_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let odd = desk.folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9 \x1b[2J.pdf"));
    fs::copy(sample("certidao-imovel.pdf"), &odd).unwrap();
    for json in [&["--json"][..], &["--overwrite"]] {
        let (output, said) = run(desk.command().arg("sign").arg(&odd).args(["--key", "p-256"]).args(json));
        assert!(output.status.success(), "{said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
    let (output, said) = run(desk.command().arg("verify").arg(&odd));
    assert_eq!(output.status.code(), Some(3));
    assert!(!said.contains('\u{1b}'), "{said:?}");
}
