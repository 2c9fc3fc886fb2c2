//! Many files, explanations, and reports in every form.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use acceptance::{cartorio, program, root, run};
use serde_json::Value;

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A folder as `cartorio demo` leaves it, and what else is put beside it.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let (status, text) = desk.run(&["demo", "--out", "d"]);
        assert_eq!(status, 0, "{text}");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn signed(&self) -> PathBuf {
        let mut found: Vec<PathBuf> =
            fs::read_dir(self.path("d")).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.retain(|path| path.to_string_lossy().ends_with("-assinado.pdf"));
        found.pop().unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(cartorio());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CARTORIO_HOME", self.path("home"))
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env_remove("CARTORIO_ENV");
        let (output, text) = run(&mut command);
        (output.status.code().unwrap(), text)
    }

    fn verify(&self, arguments: &[&str]) -> (i32, String) {
        self.run(&[&["verify", "--offline", "--trust", "d/demo-root.pem"], arguments].concat())
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_folder_is_judged_whole_and_the_worst_stands_first() {
    let desk = Desk::new();
    let signed = fs::read(desk.signed()).unwrap();
    fs::create_dir_all(desk.path("lote/dentro")).unwrap();
    for number in 0..10 {
        fs::write(desk.path(&format!("lote/{number:02}.pdf")), &signed).unwrap();
    }
    let mut altered = signed.clone();
    altered[1_000] ^= 1;
    fs::write(desk.path("lote/dentro/=alterado.pdf"), &altered).unwrap();
    fs::write(desk.path("lote/nota.txt"), "não é um PDF").unwrap();
    let (status, printed) = desk.verify(&["lote", "--csv", "tabela.csv"]);
    assert_eq!(status, 1, "{printed}");
    let table = printed.split("Resultado, dos piores").nth(1).expect("a table");
    let worst = table.lines().nth(1).unwrap();
    assert!(worst.contains("alterado.pdf") && worst.contains("Reprovado"), "{table}");
    assert!(table.contains("11 arquivos: 1 reprovado, 10 aprovado"), "{table}");
    let csv = fs::read_to_string(desk.path("tabela.csv")).unwrap();
    assert_eq!(csv.lines().count(), 12);
    assert!(csv.lines().nth(1).unwrap().starts_with("\"lote/dentro/=alterado.pdf\""), "{csv}");
    let (_, again) = desk.verify(&["lote", "--csv", "tabela.csv"]);
    assert!(again.contains("já existe"), "a table is not overwritten unasked: {again}");
    let (status, json) = desk.verify(&["lote", "--json"]);
    assert_eq!(status, 1);
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["files"].as_array().unwrap().len(), 11);
}

#[test]
fn stored_facts_are_judged_again_without_the_document() {
    let desk = Desk::new();
    let signed = desk.signed();
    let (status, printed) = desk.verify(&["--report", "json", "--out", "fatos.json", text(&signed)]);
    assert_eq!(status, 0, "{printed}");
    fs::remove_file(&signed).unwrap();
    let judge = |arguments: &[&str]| desk.run(&[&["judge", "fatos.json"], arguments].concat());
    assert_eq!(judge(&["--trust", "d/demo-root.pem"]).0, 0);
    let (status, printed) = judge(&["--trust", "d/demo-root.pem", "--revocation", "required"]);
    assert_eq!(status, 2, "{printed}");
    let (status, printed) = judge(&["--trust", "d/demo-root.pem", "--at", "2001-01-01T00:00:00Z", "--json"]);
    assert_eq!(status, 1, "{printed}");
    for (name, content) in
        [("lixo.json", "{"), ("outro.json", "{\"version\": 99}"), ("fundo.json", &"[".repeat(100_000))]
    {
        fs::write(desk.path(name), content).unwrap();
        let (status, printed) = desk.run(&["judge", name]);
        assert_eq!(status, 3, "{printed}");
        assert!(printed.contains("Não é um arquivo de fatos"), "{printed}");
    }
}

#[test]
fn an_explanation_names_code_bytes_and_the_way_to_the_next_level() {
    let desk = Desk::new();
    let (status, printed) = desk.verify(&["--explain", text(&desk.signed())]);
    assert_eq!(status, 0, "{printed}");
    for wanted in [
        "TOTAL-PASSED",
        "signature.valid",
        "PAdES B-B",
        "falta para B-T: carimbo do tempo válido",
        "âncora de confiança",
        "De quem são os bytes do arquivo",
        "Um segundo leitor",
    ] {
        assert!(printed.contains(wanted), "{wanted} in\n{printed}");
    }
}

#[test]
fn reports_are_written_in_every_form_and_judged_by_others() {
    let desk = Desk::new();
    let signed = desk.signed();
    for (form, name) in [("html", "r.html"), ("pdf", "r.pdf"), ("etsi", "r.xml")] {
        let (status, printed) = desk.verify(&["--report", form, "--out", name, text(&signed)]);
        assert_eq!(status, 0, "{printed}");
        let (status, printed) = desk.verify(&["--report", form, "--out", name, text(&signed)]);
        assert!(status != 0 && printed.contains("já existe"), "not overwritten unasked: {printed}");
    }
    let html = fs::read_to_string(desk.path("r.html")).unwrap();
    assert!(html.contains("Aprovado") && html.contains("não é o relatório do VALIDAR") && !html.contains("<script"));
    if let (Some(qpdf), Some(pdftotext)) = (program("qpdf"), program("pdftotext")) {
        let (output, printed) = run(Command::new(qpdf).arg("--check").arg(desk.path("r.pdf")));
        assert!(output.status.success(), "{printed}");
        let (_, printed) = run(Command::new(pdftotext).arg(desk.path("r.pdf")).arg("-"));
        assert!(printed.contains("Aprovado") && printed.contains("Resumo SHA-256"), "{printed}");
    }
    let schema = root().join(".judges/xsd/1910202xmlSchema.xsd");
    match (schema.exists(), program("xmllint")) {
        (true, Some(xmllint)) => {
            let mut command = Command::new(xmllint);
            command.args(["--noout", "--nonet", "--schema"]).arg(schema).arg(desk.path("r.xml"));
            let (output, printed) = run(&mut command);
            assert!(output.status.success(), "{printed}");
        }
        _ => eprintln!("SKIPPED: the schema of ETSI TS 119 102-2 is not installed (make judges, with Maven)"),
    }
    let unsigned = desk.path("d").join("certidao-imovel.pdf");
    let unsigned = if unsigned.exists() { unsigned } else { root().join("assets/samples/certidao-imovel.pdf") };
    let (_, printed) = desk.verify(&["--report", "etsi", "--out", "u.xml", text(&unsigned)]);
    assert!(printed.contains("não tem nenhuma") && !desk.path("u.xml").exists(), "{printed}");
}

#[test]
fn no_report_replaces_a_document_or_another_report_of_the_same_run() {
    let desk = Desk::new();
    for folder in ["a", "b"] {
        fs::create_dir(desk.path(folder)).unwrap();
        fs::copy(desk.signed(), desk.path(folder).join("n.pdf")).unwrap();
    }
    fs::create_dir(desk.path("out")).unwrap();
    let before = fs::read(desk.path("a/n.pdf")).unwrap();
    for arguments in [
        &["a/n.pdf", "--report", "html", "--out", "b/../a/n.pdf", "--overwrite"][..],
        &["a/n.pdf", "--csv", "a/n.pdf", "--overwrite"],
        &["a/n.pdf", "b/n.pdf", "--report", "html", "--out", "out", "--overwrite"],
        &["a/n.pdf", "--csv", "out/x.html", "--report", "html", "--out", "out/x.html", "--overwrite"],
    ] {
        let (status, text) = desk.verify(arguments);
        assert!(status == 64 && text.contains("file.in_use"), "{arguments:?}: {text}");
    }
    assert_eq!(fs::read(desk.path("a/n.pdf")).unwrap(), before);
}

#[test]
fn facts_made_up_by_a_stranger_neither_stop_the_program_nor_command_the_terminal() {
    let desk = Desk::new();
    let (status, text) =
        desk.verify(&[self::text(&desk.signed()), "--report", "json", "--out", "facts.json", "--overwrite"]);
    assert_eq!(status, 0, "{text}");
    let facts: Value = serde_json::from_slice(&fs::read(desk.path("facts.json")).unwrap()).unwrap();
    let judged = |change: &dyn Fn(&mut Value)| {
        let mut facts = facts.clone();
        change(&mut facts["facts"]);
        fs::write(desk.path("made-up.json"), facts.to_string()).unwrap();
        desk.run(&["judge", "made-up.json", "--trust", "d/demo-root.pem"])
    };
    let (status, text) = judged(&|facts| facts["signatures"][0]["byte_range"] = serde_json::json!([0, u64::MAX, 1, 2]));
    assert_eq!(status, 3, "{text}");
    let (_, text) = judged(&|facts| facts["signatures"][0]["field"] = "\u{1B}]0;x\u{7}\u{202E}".into());
    assert!(!text.contains(['\u{1B}', '\u{7}', '\u{202E}']), "{text:?}");
}
