//! What the acceptance tests share: places, programs that judge, and signing in memory.
//!
//! A judge that is not installed is a failure where `CARTORIO_REQUIRE_JUDGES` is set (as `make test` does), and a
//! skipped comparison, said aloud, anywhere else.

pub mod doubles;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use cades::SignatureAlgorithm;
use chrono::{DateTime, FixedOffset, Utc};
use keys::{
    Signer,
    demo::{DemoOffice, DemoSigner},
    vault::NoVault,
};
use pades::{Claims, DocumentFacts, Judgement, Policy, RevocationRule, Verdict};
use serde_json::Value;
use trust::Anchors;

/// The project's folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_owned()
}

/// The command line, built beside these tests.
#[must_use]
pub fn cartorio() -> PathBuf {
    if let Some(path) = std::env::var_os("CARTORIO_BINARY") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("tests have a path");
    let folder = test.ancestors().nth(2).expect("target/debug/deps/test");
    let path = folder.join("cartorio");
    assert!(path.exists(), "build the workspace first: {}", path.display());
    path
}

/// The committed sample certidões.
#[must_use]
pub fn samples() -> Vec<PathBuf> {
    let mut samples: Vec<PathBuf> = fs::read_dir(root().join("assets/samples"))
        .expect("samples")
        .map(|entry| entry.expect("sample").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect();
    samples.sort();
    assert!(samples.len() >= 4);
    samples
}

/// The data that are not part of the project (PKITS, certificates of ICP-Brasil), if they are beside it.
#[must_use]
pub fn shared_data() -> Option<PathBuf> {
    let folder = root().parent().expect("a parent").join("shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no shared data");
    None
}

/// A program on this computer, if it is there.
#[must_use]
pub fn program(name: &str) -> Option<PathBuf> {
    let own = root().join(".judges/bin").join(name);
    let on_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let found = std::iter::once(own).chain(on_path.map(|folder| folder.join(name))).find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("CARTORIO_REQUIRE_JUDGES").is_none(), "{name} is not installed");
        eprintln!("SKIPPED: {name} is not installed");
    }
    found
}

/// Python with pyHanko, if it is there.
#[must_use]
pub fn judges_python() -> Option<PathBuf> {
    let python = root().join(".judges/bin/python");
    if python.exists() {
        return Some(python);
    }
    assert!(std::env::var_os("CARTORIO_REQUIRE_JUDGES").is_none(), ".judges is not installed: make judges");
    eprintln!("SKIPPED: .judges is not installed");
    None
}

/// Runs a program and gives what it printed, both streams.
pub fn run(command: &mut Command) -> (Output, String) {
    let output = command.output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output, text)
}

/// A demonstration office in memory, with its root as a file for the judges.
pub struct TestOffice {
    /// The office.
    pub office: DemoOffice,
    /// A folder for everything written.
    pub folder: tempfile::TempDir,
    /// The root as PEM.
    pub root: PathBuf,
}

impl TestOffice {
    /// Founds it.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let office = DemoOffice::open(&folder.path().join("office"), &NoVault, now()).expect("office");
        let root = folder.path().join("root.pem");
        fs::write(&root, trust::to_pem(office.root())).expect("root");
        Self { office, folder, root }
    }

    /// Its signer with one of the demonstration's keys.
    #[must_use]
    pub fn signer(&self, key: &str) -> DemoSigner {
        self.office.signer(key, now()).expect("signer")
    }

    /// Signs bytes and gives the whole new file.
    #[must_use]
    pub fn sign(&self, original: &[u8], key: &str, algorithm: &str) -> Vec<u8> {
        try_sign(original, &self.signer(key), algorithm).expect("signed")
    }

    /// Writes a file into the folder.
    #[must_use]
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    /// Judges bytes with this office's root as the only anchor.
    pub fn judge(&self, bytes: &[u8]) -> Result<(DocumentFacts, Judgement), pdf::PdfError> {
        let facts = pades::extract(bytes)?;
        let anchors = Anchors::new("de teste", vec![self.office.root().clone()]);
        let policy = Policy {
            anchors,
            issuers: Vec::new(),
            evidence: trust::revocation::Evidence::default(),
            without_revocation: Vec::new(),
            time: now(),
            revocation: RevocationRule::IfPresent,
        };
        let judgement = pades::judge(&facts, &policy);
        Ok((facts, judgement))
    }

    /// The word for bytes; `None` where they are unsigned or unreadable.
    #[must_use]
    pub fn verdict(&self, bytes: &[u8]) -> Option<Verdict> {
        self.judge(bytes).ok().and_then(|(_, judgement)| judgement.verdict)
    }
}

impl Default for TestOffice {
    fn default() -> Self {
        Self::new()
    }
}

/// Signs with any signer.
///
/// # Errors
/// Why the document cannot be signed.
pub fn try_sign(original: &[u8], signer: &dyn Signer, algorithm: &str) -> Result<Vec<u8>, pades::PadesError> {
    let document = pdf::Document::open(original)?;
    let algorithm = SignatureAlgorithm::from_name(algorithm).expect("known algorithm");
    let prepared = pades::prepare(
        &document,
        &pades::Request {
            chain: signer.chain().to_vec(),
            algorithm,
            claimed_time: claimed_time(),
            claims: Claims {
                reason: Some("Conferência – ação".to_owned()), location: Some("Vila Exemplo".to_owned())
            },
            stamp_room: 0,
        },
    )?;
    let digest = prepared.to_be_signed()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("runtime");
    let signed = runtime.block_on(signer.sign_digest(algorithm, &digest)).expect("signature");
    Ok([original, &prepared.finish(&signed.signature, None)?].concat())
}

/// The moment all tests live in: the judges read the computer's clock, so it is that.
#[must_use]
pub fn now() -> DateTime<Utc> {
    office::clock::now()
}

/// What a signer's computer claims.
#[must_use]
pub fn claimed_time() -> DateTime<FixedOffset> {
    now().with_timezone(&FixedOffset::west_opt(3 * 3600).expect("offset"))
}

/// pdfsig says of each signature that it is valid; the last one covers the whole file.
pub fn assert_pdfsig(path: &Path, signatures: usize) {
    let Some(pdfsig) = program("pdfsig") else { return };
    let (_, text) = run(Command::new(pdfsig).arg("-nocert").arg(path));
    assert_eq!(text.matches("Signature is Valid").count(), signatures, "{}\n{text}", path.display());
    assert_eq!(text.matches("Total document signed").count(), 1, "{}\n{text}", path.display());
    assert_eq!(text.matches("Not total document signed").count(), signatures - 1, "{}\n{text}", path.display());
}

/// qpdf finds nothing to complain about.
pub fn assert_qpdf(path: &Path) {
    let Some(qpdf) = program("qpdf") else { return };
    let (output, text) = run(Command::new(qpdf).arg("--check").arg(path));
    assert!(output.status.success(), "{}\n{text}", path.display());
    assert!(!text.contains("WARNING"), "{}\n{text}", path.display());
}

/// pyHanko's answer for one file.
#[must_use]
pub fn pyhanko(path: &Path, root_pem: &Path) -> Option<Vec<Value>> {
    let python = judges_python()?;
    let script = root().join("tests/judges/pyhanko_judge.py");
    let (output, text) = run(Command::new(python).arg(script).arg(root_pem).arg(path));
    assert!(output.status.success(), "{}\n{text}", path.display());
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    Some(answer["signatures"].as_array().expect("signatures").clone())
}

/// pyHanko says of each signature that it is intact, valid and trusted, and that later changes are permitted.
pub fn assert_pyhanko(path: &Path, root_pem: &Path, signatures: usize) {
    let Some(answers) = pyhanko(path, root_pem) else { return };
    assert_eq!(answers.len(), signatures, "{}", path.display());
    for answer in answers {
        for question in ["intact", "valid", "trusted", "docmdp_ok"] {
            assert_eq!(answer[question], Value::Bool(true), "{question} of {}\n{answer}", path.display());
        }
    }
}

/// openssl verifies the CMS of the last signature over its two ranges, chain included.
pub fn assert_openssl(bytes: &[u8], office: &TestOffice) {
    let Some(openssl) = program("openssl") else { return };
    let (contents, content) = last_signature(bytes);
    let cms = office.write("signature.der", &contents);
    let content = office.write("content.bin", &content);
    let (output, text) = run(Command::new(openssl)
        .args(["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null", "-in"])
        .arg(cms)
        .arg("-content")
        .arg(content)
        .arg("-CAfile")
        .arg(&office.root));
    assert!(output.status.success(), "{text}");
}

/// The CMS and the covered bytes of the last signature, by its own `/ByteRange`.
#[must_use]
pub fn last_signature(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let facts = pades::extract(bytes).expect("readable");
    let [_, a, b, c] = facts.signatures.last().expect("signed").byte_range.expect("range").map(|n| n as usize);
    let digits = &bytes[a + 1..b - 1];
    let der: Vec<u8> = digits
        .chunks(2)
        .map(|pair| pdf::syntax::hex_digit(pair[0]).unwrap() << 4 | pdf::syntax::hex_digit(pair[1]).unwrap())
        .collect();
    let length = cades::asn1::Reader::new(&der).read().expect("DER").raw.len();
    (der[..length].to_vec(), [&bytes[..a], &bytes[b..b + c]].concat())
}

/// Numbers that look random and are the same in every run.
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below a bound (xorshift64*).
    pub fn roll(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }
}
