//! Signing with keys in AWS KMS, against ministack; and what the program says when the service does not sign.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use acceptance::{cartorio, judges_python, program, root, run};
use serde_json::Value;

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// ministack bound to loopback, checking permissions, with keys in it and certificates for them.
struct Service {
    child: Child,
    endpoint: String,
    folder: tempfile::TempDir,
    setup: Value,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    fn start() -> Option<Self> {
        let (ministack, python) = (program("ministack")?, judges_python()?);
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let child = Command::new(ministack)
            .current_dir(folder.path())
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("IOT_MTLS_ENABLED", "0")
            .env("AUTH", "true")
            .env("MINISTACK_REGION", "sa-east-1")
            .env("MINISTACK_ACCOUNT_ID", "123456789012")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let endpoint = format!("http://127.0.0.1:{port}");
        let mut service = Self { child, endpoint, folder, setup: Value::Null };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let (output, text) =
            run(Command::new(python).arg(root().join("tests/judges/kms_setup.py")).arg(&service.endpoint));
        assert!(output.status.success(), "{text}");
        service.setup = serde_json::from_slice(&output.stdout).unwrap();
        service.issue_certificates();
        Some(service)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let (output, text) =
            run(Command::new(program("openssl").expect("openssl")).current_dir(self.folder.path()).args(arguments));
        assert!(output.status.success(), "{arguments:?}\n{text}");
    }

    /// A root by openssl, and below it a certificate for the public half of each key.
    fn issue_certificates(&self) {
        let subject = "/O=TESTE/CN=AC de teste";
        self.openssl(&[
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", subject, "-keyout", "ca.key",
            "-out", "ca.pem",
        ]);
        fs::write(
            self.path("usage.cnf"),
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n",
        )
        .unwrap();
        for (name, public) in self.setup["public"].as_object().unwrap() {
            let der: Vec<u8> = public
                .as_str()
                .unwrap()
                .as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect();
            fs::write(self.path("public.der"), der).unwrap();
            self.openssl(&["pkey", "-pubin", "-inform", "DER", "-in", "public.der", "-out", "public.pem"]);
            let (subject, out) = (format!("/O=TESTE/CN=Escrevente de teste {name}"), format!("{name}.crt"));
            self.openssl(&[
                "x509",
                "-new",
                "-subj",
                &subject,
                "-force_pubkey",
                "public.pem",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-days",
                "30",
                "-extfile",
                "usage.cnf",
                "-out",
                &out,
            ]);
            let chain = [fs::read(self.path(&out)).unwrap(), fs::read(self.path("ca.pem")).unwrap()].concat();
            fs::write(self.path(&format!("{name}.pem")), chain).unwrap();
        }
    }

    fn key(&self, name: &str) -> &str {
        self.setup["keys"][name].as_str().unwrap()
    }

    /// `cartorio sign` in the environment dev, on a computer that knows nothing of AWS but these credentials.
    fn sign(&self, output: &str, key: &str, chain: &str, more: &[&str]) -> Call {
        Call::new(&self.endpoint, self.folder.path().to_owned()).sign(output, key, chain, more)
    }
}

struct Call {
    command: Command,
    folder: PathBuf,
}

impl Call {
    fn new(endpoint: &str, folder: PathBuf) -> Self {
        let mut command = Command::new(cartorio());
        command
            .current_dir(&folder)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", &folder)
            .env("CARTORIO_HOME", folder.join("home"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("CARTORIO_KMS_ENDPOINT", endpoint);
        Self { command, folder }
    }

    fn sign(mut self, output: &str, key: &str, chain: &str, more: &[&str]) -> Self {
        self.command
            .arg("sign")
            .arg(root().join("assets/samples/certidao-imovel.pdf"))
            .args(["--env", "dev", "--out", output, "--key", key, "--cert", chain, "--json"])
            .args(more);
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    fn run(mut self) -> (Output, String) {
        run(&mut self.command)
    }

    /// The call fails with this code, says cause and remedy, and writes nothing.
    fn fails(mut self, code: &str) {
        let (output, text) = run(&mut self.command);
        assert_eq!(output.status.code(), Some(1), "{code}: {text}");
        assert!(text.contains(&format!("[{code}]")), "{code}: {text}");
        let words: Vec<_> = text.lines().filter(|line| line.starts_with("  ") && line.len() > 12).collect();
        assert_eq!(words.len(), 2, "cause and remedy: {text}");
        assert!(!self.folder.join("x.pdf").exists(), "{code}");
    }
}

#[test]
fn keys_in_kms_sign_what_every_judge_accepts() {
    let Some(service) = Service::start() else { return };
    let ca = service.path("ca.pem");
    for (key, algorithm) in [
        ("rsa-2048", "rsa-pkcs1-sha256"),
        ("rsa-2048", "rsa-pss-sha256"),
        ("rsa-3072", "rsa-pss-sha512"),
        ("p-256", "ecdsa-p256-sha256"),
        ("p-384", "ecdsa-p384-sha384"),
    ] {
        let name = format!("{key}-{algorithm}.pdf");
        let chain = format!("{key}.pem");
        let (output, text) = service.sign(&name, service.key(key), &chain, &["--algorithm", algorithm]).run();
        assert!(output.status.success(), "{name}: {text}");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(answer["request_id"].as_str().is_some_and(|id| id.len() >= 32), "x-amzn-RequestId is kept: {answer}");
        let path = service.path(&name);
        acceptance::assert_pdfsig(&path, 1);
        acceptance::assert_qpdf(&path);
        acceptance::assert_pyhanko(&path, &ca, 1);
        let (verified, text) = run(Command::new(cartorio()).arg("verify").arg(&path).arg("--trust").arg(&ca));
        assert!(verified.status.success(), "{text}");
    }
    // By alias, with the key's usual algorithm, on a file that is signed already.
    let (output, text) = service.sign("alias.pdf", "alias/escrevente", "rsa-2048.pem", &[]).run();
    assert!(output.status.success(), "{text}");
}

#[test]
fn each_refusal_of_the_service_is_told_apart() {
    let Some(service) = Service::start() else { return };
    let sign = |key: &str, chain: &str| service.sign("x.pdf", key, chain, &[]);
    sign(service.key("disabled"), "disabled.pem").fails("kms.key_disabled");
    sign(service.key("pending"), "pending.pem").fails("kms.key_pending_deletion");
    sign(service.key("cipher"), "cipher.pem").fails("kms.wrong_usage");
    sign(service.key("other"), "rsa-2048.pem").fails("kms.key_mismatch");
    sign("alias/nao-existe", "rsa-2048.pem").fails("kms.not_found");
    let nobody = &service.setup["nobody"];
    sign(service.key("rsa-2048"), "rsa-2048.pem")
        .env("AWS_ACCESS_KEY_ID", nobody[0].as_str().unwrap())
        .env("AWS_SECRET_ACCESS_KEY", nobody[1].as_str().unwrap())
        .fails("kms.access_denied");
    sign(service.key("rsa-2048"), "rsa-2048.pem")
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .fails("kms.no_credentials");
    let (leaf, ca) = (fs::read(service.path("rsa-2048.crt")).unwrap(), fs::read(service.path("ca.pem")).unwrap());
    sign(service.key("rsa-2048"), "rsa-2048.crt").fails("sign.chain_incomplete");
    // The order of the certificates in the file is of no importance.
    fs::write(service.path("reversed.pem"), [ca, leaf].concat()).unwrap();
    let (output, text) = service.sign("reversed.pdf", service.key("rsa-2048"), "reversed.pem", &[]).run();
    assert!(output.status.success(), "{text}");
    let (_, text) = service.sign("x.pdf", service.key("p-256"), "p-256.pem", &["--algorithm", "rsa-pss-sha256"]).run();
    assert!(text.contains("[sign.algorithm_does_not_fit]") || text.contains("[kms.wrong_usage]"), "{text}");
}

/// What a double answers to one request.
#[derive(Clone)]
enum Answer {
    /// An error of the service: status, type.
    Error(u16, &'static str),
    /// Handed on to the real service behind.
    Forward(String),
}

/// A double in front of the service, on which failures can be ordered.
struct Double {
    endpoint: String,
    asked: Arc<AtomicUsize>,
}

impl Double {
    /// Answers the first requests with `first` and every other one with `then`; `date` is what its clock says.
    fn start(first: Vec<Answer>, then: Answer, date: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let Some(request) = read_request(&mut stream) else { continue };
                let number = count.fetch_add(1, Ordering::SeqCst);
                let answer = first.get(number).unwrap_or(&then);
                let _ = stream.write_all(&respond(answer, &request, date));
            }
        });
        Self { endpoint, asked }
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.to_ascii_lowercase().starts_with("connection:") {
            continue;
        }
        if line == "\r\n" {
            break;
        }
        head.extend(line.as_bytes());
    }
    head.extend(b"connection: close\r\n\r\n");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some([head, body].concat())
}

fn respond(answer: &Answer, request: &[u8], date: Option<&str>) -> Vec<u8> {
    match answer {
        Answer::Error(status, kind) => {
            let body = format!(r#"{{"__type":"{kind}","message":"double"}}"#);
            let date = date.map_or_else(String::new, |date| format!("date: {date}\r\n"));
            format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\nx-amzn-requestid: double\r\n{date}content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        }
        Answer::Forward(endpoint) => {
            let mut service = TcpStream::connect(endpoint.trim_start_matches("http://")).unwrap();
            service.write_all(request).unwrap();
            let mut response = Vec::new();
            let _ = service.read_to_end(&mut response);
            response
        }
    }
}

/// Signs against a double with a certificate that the demonstration would refuse nothing about.
fn against(double: &Double, folder: &tempfile::TempDir) -> Call {
    let office = acceptance::TestOffice::new();
    let chain: String =
        keys::Signer::chain(&office.signer("rsa-2048")).iter().map(trust::to_pem).collect::<Vec<_>>().concat();
    fs::write(folder.path().join("chain.pem"), chain).unwrap();
    Call::new(&double.endpoint, folder.path().to_owned()).sign("x.pdf", "alias/x", "chain.pem", &[])
}

#[test]
fn failures_of_service_and_session_have_their_own_words() {
    let folder = tempfile::tempdir().unwrap();
    for (status, kind, date, code) in [
        (400, "ExpiredTokenException", None, "kms.expired_token"),
        (400, "UnrecognizedClientException", None, "kms.invalid_credentials"),
        (400, "InvalidSignatureException", Some("Mon, 01 Jan 2035 00:00:00 GMT"), "kms.clock_skewed"),
        (403, "SignatureDoesNotMatch", None, "kms.invalid_credentials"),
        (400, "AccessDeniedException", None, "kms.access_denied"),
        (400, "NotFoundException", None, "kms.not_found"),
        (400, "InvalidKeyUsageException", None, "kms.wrong_usage"),
        (400, "UnsupportedOperationException", None, "kms.wrong_usage"),
        (400, "SomethingNewException", None, "kms.unexpected"),
        (418, "", None, "kms.unexpected"),
    ] {
        let double = Double::start(vec![], Answer::Error(status, kind), date);
        against(&double, &folder).fails(code);
    }
}

#[test]
fn throttling_is_waited_out_and_said_only_when_it_does_not_end() {
    let folder = tempfile::tempdir().unwrap();
    let double = Double::start(vec![], Answer::Error(400, "ThrottlingException"), None);
    let started = std::time::Instant::now();
    against(&double, &folder).fails("kms.throttled");
    assert!(double.asked.load(Ordering::SeqCst) >= 3, "it tried again");
    assert!(started.elapsed() < Duration::from_secs(25), "inside its deadline");

    let Some(service) = Service::start() else { return };
    let busy = vec![Answer::Error(400, "ThrottlingException"), Answer::Error(500, "KMSInternalException")];
    let double = Double::start(busy, Answer::Forward(service.endpoint.clone()), None);
    let (output, text) = service
        .sign("patient.pdf", service.key("rsa-2048"), "rsa-2048.pem", &[])
        .env("CARTORIO_KMS_ENDPOINT", &double.endpoint)
        .run();
    assert!(output.status.success(), "{text}");
}

#[test]
fn without_a_network_it_says_so_inside_its_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = Double { endpoint: format!("http://127.0.0.1:{}", free_port()), asked: Arc::default() };
    let started = std::time::Instant::now();
    against(&nobody, &folder).fails("kms.network");
    assert!(started.elapsed() < Duration::from_secs(25));
}

#[test]
fn a_double_that_answers_with_another_key_is_found_out() {
    let Some(service) = Service::start() else { return };
    // The certificate is of one key, the service holds another under that name.
    let call = service.sign("x.pdf", service.key("rsa-2048"), "other.pem", &[]);
    call.fails("kms.key_mismatch");
}
