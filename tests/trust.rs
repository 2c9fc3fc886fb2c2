//! Trust lists: pinned roots, importing, updating, ICP-Brasil's authorities and policies.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use acceptance::{cartorio, judges_python, run, shared_data};
use cades::{Certificate, Hash, asn1::Tlv};
use chrono::{TimeZone, Utc};
use trust::{Anchors, PathProblem, PathSettings, find_path, lists, signature_policies};

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(cartorio());
        command.args(arguments).env("CARTORIO_HOME", self.0.path().join("home")).env_remove("CARTORIO_ENV");
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        let (output, text) = run(&mut command);
        (output.status.success(), text)
    }
}

/// A certificate of somebody's own, as PEM.
fn own_authority(name: &str) -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    parameters.self_signed(&key).unwrap().pem()
}

/// Serves files of a folder until the test ends.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 2_048];
            let read = stream.read(&mut request).unwrap_or(0);
            let line = String::from_utf8_lossy(&request[..read]).into_owned();
            let name = line.split_whitespace().nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
            let answer = match fs::read(folder.join(&name)) {
                Ok(body) => {
                    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
                    answer.extend(body);
                    answer
                }
                Err(_) => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
            };
            let _ = stream.write_all(&answer);
        }
    });
    format!("http://{address}")
}

fn zip(python: &Path, target: &Path, files: &[PathBuf]) {
    let script = "import sys,zipfile,os\nz=zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED)\nfor f in sys.argv[2:]: z.write(f,os.path.basename(f))\nz.close()";
    let (output, text) = run(Command::new(python).arg("-c").arg(script).arg(target).args(files));
    assert!(output.status.success(), "{text}");
}

#[test]
fn the_roots_are_known_before_anything_is_imported() {
    let desk = Desk::new();
    let (done, text) = desk.run(&["trust", "list"]);
    assert!(done, "{text}");
    for pinned in &lists::PINNED {
        assert!(text.contains(&pinned.sha256.to_lowercase()), "{}", pinned.name);
    }
    assert!(text.contains("cartorio trust update"), "{text}");
}

#[test]
fn an_imported_authority_helps_and_is_trusted_only_when_the_office_says_so() {
    let desk = Desk::new();
    let pem = desk.path("autoridade.pem");
    fs::write(
        &pem,
        own_authority("AC desta serventia") + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let (done, text) = desk.run(&["trust", "import", pem.to_str().unwrap()]);
    assert!(done && text.contains("1 certificado novo") && text.contains("1 ilegíveis"), "{text}");
    assert!(desk.run(&["trust", "list"]).1.contains("emissor                  AC desta serventia"));
    let (done, text) = desk.run(&["trust", "import", "--office", pem.to_str().unwrap()]);
    assert!(done && text.contains("1 já conhecidos"), "{text}");
    assert!(desk.run(&["trust", "list"]).1.contains("desta serventia          AC desta serventia"));
    fs::write(desk.path("nota.txt"), "nada").unwrap();
    let (done, text) = desk.run(&["trust", "import", desk.path("nota.txt").to_str().unwrap()]);
    assert!(!done && text.contains("Nenhum certificado"), "{text}");
}

#[test]
fn the_published_set_is_brought_in_only_if_its_hash_is_right() {
    let Some(python) = judges_python() else { return };
    let desk = Desk::new();
    let files: Vec<PathBuf> = ["AC Um", "AC Dois"]
        .iter()
        .map(|name| {
            let path = desk.path(&format!("{}.crt", name.replace(' ', "-")));
            fs::write(&path, own_authority(name)).unwrap();
            path
        })
        .collect();
    let published = desk.path("publicado");
    fs::create_dir(&published).unwrap();
    let set = published.join("ACcompactado.zip");
    zip(&python, &set, &files);
    let address = format!("{}/ACcompactado.zip", serve(published.clone()));
    let update = || desk.run(&["trust", "update", "--from", &address]);

    let (done, text) = update();
    assert!(!done && text.contains("fetch.status"), "the hash file is not there: {text}");
    fs::write(published.join("hashsha512.txt"), "00 ACcompactado.zip").unwrap();
    let (done, text) = update();
    assert!(!done && text.contains("trust.hash_differs"), "{text}");
    assert!(!desk.run(&["trust", "list"]).1.contains("AC Um"), "nothing was changed");
    let hash = pdf::hex(&Hash::Sha512.digest(&fs::read(&set).unwrap())).to_lowercase();
    fs::write(published.join("hashsha512.txt"), format!("{hash}  ACcompactado.zip\n")).unwrap();
    let (done, text) = update();
    assert!(done && text.contains("2 certificados novos"), "{text}");
    assert!(desk.run(&["trust", "list"]).1.contains("AC Dois"));
}

/// Every authority in force leads to a root that is pinned, or needs an algorithm that is named.
#[test]
fn the_authorities_of_icp_brasil_lead_to_pinned_roots() {
    let Some(data) = shared_data() else { return };
    let mut certificates = Vec::new();
    for entry in fs::read_dir(data.join("icp-brasil/certs")).unwrap() {
        let (read, _) = trust::read_each(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        certificates.extend(read);
    }
    assert!(certificates.len() > 160, "{}", certificates.len());
    let mut anchors = Anchors::new("ICP-Brasil", Vec::new());
    lists::pin_all(&mut anchors);
    let pool: Vec<&Certificate> = certificates.iter().collect();
    let time = Utc.with_ymd_and_hms(2026, 11, 1, 12, 0, 0).unwrap();
    let (mut good, mut unsupported) = (0, 0);
    let mut others = Vec::new();
    for certificate in &certificates {
        match find_path(certificate, &pool, &anchors, &PathSettings::at(time)) {
            Ok(path) => {
                assert!(anchors.list_of(path.certificates.last().unwrap()).is_some());
                good += 1;
            }
            Err(PathProblem::Unsupported(_)) => unsupported += 1,
            Err(problem) => others.push(format!("{}: {problem:?}", certificate.subject_label())),
        }
    }
    println!(
        "ICP-Brasil: {good} authorities lead to a pinned root, {unsupported} need algorithms that are not computed"
    );
    assert!(others.is_empty(), "{}", others.join("\n"));
    assert!(good > 140, "{good}");
}

/// The table of policies holds the hash inside each policy, not that of its file (DOC-ICP-15.03, Annex 1, note 2).
#[test]
fn the_table_of_signature_policies_is_that_of_the_published_files() {
    let Some(data) = shared_data() else { return };
    let mut found = 0;
    for entry in fs::read_dir(data.join("icp-brasil/policies")).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_string_lossy().starts_with("PA_") {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let mut fields = Tlv::parse(&bytes).unwrap().fields().unwrap();
        let algorithm = fields.read().unwrap();
        let info = fields.read().unwrap();
        let stated = fields.read().unwrap();
        let oid = info.fields().unwrap().read().unwrap().oid().unwrap();
        let policy = signature_policies::find(&oid).unwrap_or_else(|| panic!("{oid}"));
        assert_eq!(pdf::hex(stated.content).to_lowercase(), policy.hash, "{}", policy.name);
        let computed = Hash::Sha256.digest(&[algorithm.raw, info.raw].concat());
        assert_eq!(pdf::hex(&computed).to_lowercase(), policy.hash, "{}", policy.name);
        found += 1;
    }
    assert_eq!(found, signature_policies::POLICIES.len());
}
