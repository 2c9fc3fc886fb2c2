//! ministack, the independent judge of KMS, with keys and certificates for them; and a front on which failures can be
//! ordered.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{judges_python, program, root, run};

/// A port that nobody listens on.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// ministack bound to loopback, checking permissions, with keys in it and certificates for them.
pub struct Service {
    child: Child,
    /// Its address.
    pub endpoint: String,
    /// Where its certificates are.
    pub folder: tempfile::TempDir,
    /// What `kms_setup.py` made in it.
    pub setup: Value,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    /// Starts one; `None` where it is not installed.
    #[must_use]
    pub fn start() -> Option<Self> {
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

    /// A file beside its certificates.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
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
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", subject, "-keyout", "ca.key",
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
                "90",
                "-extfile",
                "usage.cnf",
                "-out",
                &out,
            ]);
            let chain = [fs::read(self.path(&out)).unwrap(), fs::read(self.path("ca.pem")).unwrap()].concat();
            fs::write(self.path(&format!("{name}.pem")), chain).unwrap();
        }
    }

    /// The ARN of a key.
    #[must_use]
    pub fn key(&self, name: &str) -> &str {
        self.setup["keys"][name].as_str().unwrap()
    }
}

/// What a double answers to one request.
#[derive(Clone)]
pub enum Answer {
    /// An error of the service: status, type.
    Error(u16, &'static str),
    /// Handed on to the real service behind.
    Forward(String),
}

/// A double in front of the service, on which failures can be ordered.
pub struct Double {
    /// Its address.
    pub endpoint: String,
    /// How often it was asked.
    pub asked: Arc<AtomicUsize>,
}

impl Double {
    /// Answers the first requests with `first` and every other one with `then`; `date` is what its clock says.
    #[must_use]
    pub fn start(first: Vec<Answer>, then: Answer, date: Option<&'static str>) -> Self {
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
