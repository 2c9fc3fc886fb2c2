//! Signing with keys in AWS KMS, against ministack; and what the program says when the service does not sign.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use acceptance::{
    cartorio,
    doubles::ministack::{Answer, Double, Service, free_port},
    root, run,
};
use serde_json::Value;

/// `cartorio sign` in the environment dev, on a computer that knows nothing of AWS but these credentials.
fn sign_with(service: &Service, output: &str, key: &str, chain: &str, more: &[&str]) -> Call {
    Call::new(&service.endpoint, service.folder.path().to_owned()).sign(output, key, chain, more)
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
            .env("CARTORIO_SERVER_CREDENTIALS", "1")
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
        let (output, text) = sign_with(&service, &name, service.key(key), &chain, &["--algorithm", algorithm]).run();
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
    // Outside production the file itself says so, also beside a reason of its own.
    let (output, text) =
        sign_with(&service, "marked.pdf", "alias/escrevente", "rsa-2048.pem", &["--reason", "Teste"]).run();
    assert!(output.status.success(), "{text}");
    let (_, text) =
        run(Command::new(cartorio()).args(["verify", "--explain", "--trust"]).arg(&ca).arg(service.path("marked.pdf")));
    assert!(text.contains("SEM VALIDADE JURÍDICA – ambiente dev: Teste"), "{text}");
    // By alias, with the key's usual algorithm, on a file that is signed already.
    let (output, text) = sign_with(&service, "alias.pdf", "alias/escrevente", "rsa-2048.pem", &[]).run();
    assert!(output.status.success(), "{text}");
}

#[test]
fn each_refusal_of_the_service_is_told_apart() {
    let Some(service) = Service::start() else { return };
    let sign = |key: &str, chain: &str| sign_with(&service, "x.pdf", key, chain, &[]);
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
    let (output, text) = sign_with(&service, "reversed.pdf", service.key("rsa-2048"), "reversed.pem", &[]).run();
    assert!(output.status.success(), "{text}");
    let (_, text) =
        sign_with(&service, "x.pdf", service.key("p-256"), "p-256.pem", &["--algorithm", "rsa-pss-sha256"]).run();
    assert!(text.contains("[sign.algorithm_does_not_fit]") || text.contains("[kms.wrong_usage]"), "{text}");
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
        (400, "DisabledException", None, "kms.key_disabled"),
        (400, "KMSInvalidStateException", None, "kms.key_pending_deletion"),
        (400, "KeyUnavailableException", None, "kms.key_unavailable"),
        (400, "DependencyTimeoutException", None, "kms.key_unavailable"),
        (500, "KMSInternalException", None, "kms.key_unavailable"),
        (400, "LimitExceededException", None, "kms.throttled"),
        (400, "RequestExpired", Some("Mon, 01 Jan 2035 00:00:00 GMT"), "kms.clock_skewed"),
        (400, "IncompleteSignature", None, "kms.invalid_credentials"),
        (400, "MissingAuthenticationTokenException", None, "kms.invalid_credentials"),
        (400, "ValidationException", None, "kms.unexpected"),
        (400, "InvalidGrantTokenException", None, "kms.unexpected"),
        (400, "AlreadyExistsException", None, "kms.alias_taken"),
        (400, "MalformedPolicyDocumentException", None, "kms.policy_refused"),
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
    let (output, text) = sign_with(&service, "patient.pdf", service.key("rsa-2048"), "rsa-2048.pem", &[])
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
    let call = sign_with(&service, "x.pdf", service.key("rsa-2048"), "other.pem", &[]);
    call.fails("kms.key_mismatch");
}
