//! From nothing to a signed certidão: sign-in (double of Identity Center), the system's real keyring, keys in ministack.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use acceptance::{
    cartorio,
    doubles::{Reply, Server, browse, identity_center::IdentityCenter, ministack::Service},
    program, root, run,
};
use serde_json::Value;

/// How a credential store can be.
#[derive(Clone, Copy, PartialEq)]
enum Store {
    Unlocked,
    Locked,
    Absent,
}

/// A computer of the office: a home folder, the environment's file, a private bus.
struct Computer {
    folder: tempfile::TempDir,
    service: Service,
    center: Arc<IdentityCenter>,
}

impl Computer {
    fn new(key: &str, chain: &str) -> Option<Self> {
        let (service, center) = (Service::start()?, IdentityCenter::start());
        let word = |index: usize| service.setup["session"][index].as_str().unwrap().to_owned();
        center.set(|double| double.role_keys = Some((word(0), word(1), word(2), 3_600)));
        let folder = tempfile::tempdir().unwrap();
        fs::copy(root().join("assets/samples/certidao-imovel.pdf"), folder.path().join("a.pdf")).unwrap();
        let computer = Self { folder, service, center: Arc::new(center) };
        computer.environment(&format!("key = \"{key}\"\n"), chain, &computer.service.endpoint);
        Some(computer)
    }

    /// Writes the file of the environment dev.
    fn environment(&self, key: &str, chain: &str, aws: &str) {
        let folder = self.home().join("ambientes");
        fs::create_dir_all(&folder).unwrap();
        let (center, stand_by) = (self.center.url(), &self.service.endpoint);
        let text = format!(
            "version = 1\nname = \"dev\"\naccount = \"123456789012\"\nregion = \"sa-east-1\"\n{key}\
             certificates = {:?}\ncredentials = \"identity-center\"\nstand_by_region = \"us-east-1\"\n\
             [identity_center]\nstart_url = \"https://exemplo.awsapps.com/start\"\nrole = \"Assinatura\"\n\
             [endpoints]\naws = \"{aws}\"\nstand_by = \"{stand_by}\"\noidc = \"{center}\"\nportal = \"{center}\"\n",
            self.service.path(chain)
        );
        fs::write(folder.join("dev.toml"), text).unwrap();
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Runs a shell script in a session of its own; `$cartorio` is the program, and the browser follows every address.
    fn session(&self, store: Store, script: &str) -> Option<(Output, String)> {
        let (bus, _) = (program("dbus-run-session")?, program("gnome-keyring-daemon")?);
        let runtime = tempfile::tempdir().unwrap();
        let start = match store {
            Store::Unlocked => {
                "printf %s senha-de-teste | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
            }
            Store::Locked => "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; ",
            Store::Absent => "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent; ",
        };
        let programs = self.folder.path().join("programs");
        fs::create_dir_all(&programs).unwrap();
        // The system's browser: the test's own hand, told by a file which address was opened.
        let opened = self.folder.path().join("opened");
        let script_path = programs.join("xdg-open");
        fs::write(&script_path, format!("#!/bin/sh\nprintf %s \"$1\" > {0}.new && mv {0}.new {0}\n", opened.display()))
            .unwrap();
        let (made, text) = run(Command::new("chmod").arg("+x").arg(&script_path));
        assert!(made.status.success(), "{text}");
        let path = format!("{}:/usr/bin:/bin", programs.display());
        let child = Command::new(bus)
            .args(["--", "bash", "-c", &format!("{start}{script}")])
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("LANG", "C.UTF-8")
            .env("HOME", self.folder.path())
            .env("XDG_DATA_HOME", self.folder.path().join("share"))
            .env("XDG_RUNTIME_DIR", runtime.path())
            .env("XDG_DATA_DIRS", self.folder.path().join("nothing"))
            .env("CARTORIO_HOME", self.home())
            .env("CARTORIO_ENV", "dev")
            .env("RUST_LOG", "trace")
            .env("cartorio", cartorio())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The person, who answers whatever the browser opens while the session lasts.
        thread::spawn(move || {
            let deadline = Instant::now() + Duration::from_secs(60);
            while Instant::now() < deadline {
                if let Ok(address) = fs::read_to_string(&opened) {
                    fs::remove_file(&opened).unwrap();
                    let _ = browse(&address);
                }
                thread::sleep(Duration::from_millis(20));
            }
        });
        let output = child.wait_with_output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Some((output, text))
    }

    /// Whose credentials Identity Center hands out, by the names of `kms_setup.py`.
    fn signs_in_as(&self, who: &str) {
        let word = |index: usize| self.service.setup[who][index].as_str().unwrap().to_owned();
        self.center.set(|double| double.role_keys = Some((word(0), word(1), word(2), 3_600)));
    }

    /// What a call of a signed-in person prints, as JSON.
    fn prints(&self, call: &str) -> Value {
        let (output, text) = self.session(Store::Unlocked, call).unwrap();
        assert!(output.status.success(), "{call}: {text}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{call}: {error}: {text}"))
    }

    /// A call of a signed-in person is refused with that code, cause and remedy.
    fn refuses(&self, call: &str, code: &str) {
        let (output, text) = self.session(Store::Unlocked, call).unwrap();
        assert_eq!(output.status.code(), Some(1), "{call}: {text}");
        let at = text.find(&format!("[{code}]")).unwrap_or_else(|| panic!("{code}: {text}"));
        let words = text[at..].lines().skip(1).filter(|line| line.starts_with("  ") && line.len() > 12).count();
        assert_eq!(words, 2, "cause and remedy: {text}");
    }

    /// ministack has no idea of `kms:SigningAlgorithm` and `kms:MessageType`: a policy that asks for them refuses
    /// everybody there. This gives the key one that asks for nothing.
    fn opens_to_all(&self, key: &str) {
        let script = format!(
            "import boto3, json; allow = dict(Effect='Allow', Principal='*', Action='kms:*', Resource='*'); \
             boto3.client('kms', endpoint_url='{}', region_name='sa-east-1', aws_access_key_id='test', \
             aws_secret_access_key='test').put_key_policy(KeyId='{key}', PolicyName='default', \
             Policy=json.dumps(dict(Version='2012-10-17', Statement=[allow])))",
            self.service.endpoint
        );
        let (made, text) = run(Command::new(acceptance::judges_python().unwrap()).args(["-c", &script]));
        assert!(made.status.success(), "{text}");
    }

    /// The authority of the tests answers a request, and its own certificate follows.
    fn certify(&self, request: &str, out: &str) {
        let script = format!(
            "openssl x509 -req -in {request} -CA {0}/ca.pem -CAkey {0}/ca.key -copy_extensions copyall -days 30 -out leaf.pem \
             && cat leaf.pem {0}/ca.pem > {out}",
            self.service.folder.path().display()
        );
        let (made, text) = run(Command::new("sh").arg("-c").arg(script).current_dir(self.folder.path()));
        assert!(made.status.success(), "{text}");
    }

    /// No secret of the session stands in any file of the computer, nor in what was printed.
    fn assert_nothing_leaked(&self, printed: &str) {
        let word = |index: usize| self.service.setup["session"][index].as_str().unwrap().to_owned();
        let secrets: Vec<String> = self
            .center
            .secrets()
            .into_iter()
            // The client's id is a name; the code is spent, and only ever in the browser's address.
            .filter(|secret| !secret.starts_with("client-") && !secret.starts_with("code-"))
            .chain([word(1), word(2)])
            .collect();
        assert!(secrets.len() >= 4);
        let mut files = vec![];
        walk(self.folder.path(), &mut files);
        assert!(files.iter().any(|file| file.ends_with("dev.toml")));
        for secret in &secrets {
            let part = &secret.as_bytes()[..secret.len().min(24)];
            assert!(!printed.as_bytes().windows(part.len()).any(|window| window == part), "printed: {secret:.12}");
            for file in &files {
                let bytes = fs::read(file).unwrap_or_default();
                let found = bytes.windows(part.len()).any(|window| window == part);
                assert!(!found, "{secret:.12} in {}", file.display());
            }
        }
        assert!(!self.folder.path().join(".aws").exists(), "nothing of ~/.aws is written");
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&entry.path(), files),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}

const SIGN: &str = "$cartorio sign a.pdf --overwrite --json";

#[test]
fn from_nothing_to_a_signed_certidao_through_the_browser() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    let script = format!("$cartorio login && $cartorio whoami --json && {SIGN}");
    let Some((output, text)) = computer.session(Store::Unlocked, &script) else { return };
    assert!(output.status.success(), "{text}");
    assert!(text.contains("Conta esperada: 123456789012 · perfil Assinatura"), "said before: {text}");
    assert!(text.contains("Você entrou como maria.exemplo"), "{text}");
    assert!(text.contains("DESENVOLVIMENTO"), "{text}");
    assert!(text.matches("Aviso").count() == 1 && text.contains("a chave é de uma só região"), "{text}");
    let signed = computer.folder.path().join("a-assinado.pdf");
    acceptance::assert_pdfsig(&signed, 1);
    acceptance::assert_pyhanko(&signed, &computer.service.path("ca.pem"), 1);
    assert_eq!(
        computer.center.calls(),
        [
            "POST /client/register",
            "GET /authorize",
            "POST /token",
            "GET /federation/credentials",
            "GET /federation/credentials"
        ],
        "one exchange; each program asks for its own credentials, which live in memory"
    );
    computer.assert_nothing_leaked(&text);

    // Another session of the same person: nobody signs in again, until somebody signs out.
    let script = format!("{SIGN} && $cartorio logout; $cartorio whoami");
    let (output, text) = computer.session(Store::Unlocked, &script).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("Você saiu.") && text.contains("[session.none]"), "{text}");
    computer.assert_nothing_leaked(&text);
    let keyring = fs::read_dir(computer.folder.path().join("share/keyrings")).unwrap().count();
    assert!(keyring > 0, "the real keyring was used");
}

#[test]
fn from_nothing_to_a_signed_certidao_through_a_code() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    let center = Arc::clone(&computer.center);
    let person = thread::spawn(move || {
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline && !center.calls().contains(&"POST /token".to_owned()) {
            thread::sleep(Duration::from_millis(50));
        }
        center.confirm_device(true);
    });
    let script = format!("$cartorio login --device && {SIGN}");
    let Some((output, text)) = computer.session(Store::Unlocked, &script) else { return };
    person.join().unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("Confira se o código é o mesmo: ABCD-"), "{text}");
    acceptance::assert_pdfsig(&computer.folder.path().join("a-assinado.pdf"), 1);
    computer.assert_nothing_leaked(&text);
}

#[test]
fn a_keyring_that_cannot_be_used_hangs_nothing_and_is_named() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    let Some((output, text)) = computer.session(Store::Unlocked, "$cartorio login") else { return };
    assert!(output.status.success(), "{text}");
    for (store, code) in [(Store::Locked, "[session.store_locked]"), (Store::Absent, "[session.store_absent]")] {
        let started = Instant::now();
        let (output, text) = computer.session(store, "$cartorio whoami").unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(code), "{text}");
        assert!(started.elapsed() < Duration::from_secs(7), "the deadline is four seconds, and the session's start");
        let (output, text) = computer.session(store, SIGN).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(code), "{text}");
        // A sign-in without a store serves the program that makes it: alone it would serve nobody, and is ended again.
        let (output, text) = computer.session(store, "$cartorio login").unwrap();
        assert!(output.status.code() == Some(1) && text.contains(code), "{text}");
        let (output, text) = computer.session(store, &format!("{SIGN} --login")).unwrap();
        assert!(output.status.success() && text.contains("Aviso"), "{text}");
    }
    // What was kept is still there.
    let (output, text) = computer.session(Store::Unlocked, SIGN).unwrap();
    assert!(output.status.success(), "{text}");
}

#[test]
fn keys_that_are_not_the_environments_sign_nothing() {
    let Some(computer) = Computer::new("alias/homologacao", "foreign.pem") else { return };
    let Some((output, text)) = computer.session(Store::Unlocked, &format!("$cartorio login && {SIGN}")) else { return };
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("[kms.wrong_tag]") && text.contains("“homolog”") && text.contains("“dev”"), "{text}");
    let file = computer.home().join("ambientes/dev.toml");
    let other = fs::read_to_string(&file).unwrap().replace("123456789012", "999999999999");
    fs::write(&file, other).unwrap();
    let (output, text) = computer.session(Store::Unlocked, SIGN).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("[session.none]"), "a session of another account is none: {text}");
    let account = ("999999999999".to_owned(), "Assinatura".to_owned());
    computer.center.set(|double| double.assigned.extend([account]));
    let (output, text) = computer.session(Store::Unlocked, "$cartorio login; $cartorio whoami").unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("[session.wrong_account]") && text.contains("999999999999"), "{text}");
    assert!(text.contains("[session.none]"), "nothing is kept of it: {text}");
    assert!(!computer.folder.path().join("a-assinado.pdf").exists());
}

#[test]
fn the_second_signature_of_a_run_makes_one_call() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    let (endpoint, calls) = counted(&computer.service.endpoint);
    computer.environment("key = \"alias/assinatura\"\n", "office.pem", &endpoint.url());
    let outcomes = sign_in_process(&computer, 2);
    assert!(outcomes.iter().all(|outcome| outcome.is_ok()), "{outcomes:?}");
    assert_eq!(
        *calls.lock().unwrap(),
        ["GetCallerIdentity", "DescribeKey", "ListResourceTags", "GetPublicKey", "Sign", "Sign"]
    );
}

#[test]
fn when_a_region_fails_the_replica_signs_the_rest_once_each() {
    let Some(computer) = Computer::new("alias/replicada", "everywhere.pem") else { return };
    let (endpoint, calls) = failing_after(&computer.service.endpoint, 4);
    computer.environment("key = \"alias/replicada\"\n", "everywhere.pem", &endpoint.url());
    let outcomes = sign_in_process(&computer, 10);
    let regions: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().map(Option::as_deref)).collect();
    assert_eq!(regions[..4], [Ok(None); 4], "{regions:?}");
    assert_eq!(regions[4..], [Ok(Some("us-east-1")); 6], "{regions:?}");
    for number in 0..10 {
        acceptance::assert_pdfsig(&computer.folder.path().join(format!("{number}.pdf")), 1);
    }
    assert_eq!(calls.lock().unwrap().iter().filter(|call| *call == "Sign").count(), 4, "signed there before it failed");
}

/// Signs in and signs `count` documents, all in one run of the program; gives the Region that stood in.
fn sign_in_process(computer: &Computer, count: usize) -> Vec<Result<Option<String>, String>> {
    use office::{Cancel, Office, Overrides, SignRequest};
    let office = Office::new(computer.home(), Arc::new(keys::vault::NoVault));
    let environment = office.environment("dev", &Overrides::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let sign_in = office.sign_in(&environment).unwrap();
        let started = sign_in.start_browser().await.unwrap();
        let url = started.url.clone();
        tokio::task::spawn_blocking(move || browse(&url));
        let pages = keys::sign_in::Pages { done: "pronto".to_owned(), failed: "não".to_owned() };
        sign_in.finish_browser(started, &pages).await.unwrap();
        office.confirm_session(&environment).await.unwrap();
        let mut outcomes = Vec::new();
        for number in 0..count {
            let request = SignRequest {
                input: computer.folder.path().join("a.pdf"),
                output: Some(computer.folder.path().join(format!("{number}.pdf"))),
                overwrite: false,
                environment: environment.clone(),
                key: None,
                algorithm: None,
                claims: pades::Claims::default(),
                expected_sha256: None,
                level: office::Level::default(),
                time_stampers: Vec::new(),
                or_lower: false,
            };
            let outcome = office.sign(&request, &Cancel::default(), &|_| {}).await;
            outcomes.push(outcome.map(|outcome| outcome.stand_by).map_err(|error| error.code().to_owned()));
        }
        outcomes
    })
}

type Calls = Arc<std::sync::Mutex<Vec<String>>>;

/// A front that counts calls by their names.
fn counted(service: &str) -> (Server, Calls) {
    failing_after(service, usize::MAX)
}

/// A front that counts calls, and cuts every connection once so many signatures were made.
fn failing_after(service: &str, signatures: usize) -> (Server, Calls) {
    let (calls, service) = (Calls::default(), service.to_owned());
    let counted = Arc::clone(&calls);
    let server = Server::start(move |request| {
        let target = request.header("x-amz-target").and_then(|target| target.split('.').next_back());
        let name = target.unwrap_or("GetCallerIdentity").to_owned();
        {
            let mut calls = counted.lock().unwrap();
            if calls.iter().filter(|call| *call == "Sign").count() >= signatures {
                return Reply::Cut;
            }
            calls.push(name);
        }
        request.forward(&service)
    });
    (server, calls)
}

#[test]
fn an_open_session_is_shown_as_json_for_programs() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    let script = "$cartorio login >/dev/null && $cartorio whoami --json";
    let Some((output, text)) = computer.session(Store::Unlocked, script) else { return };
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"));
    assert_eq!(answer["account"], "123456789012");
    assert_eq!(answer["person"], "maria.exemplo");
}

#[test]
fn keys_are_listed_and_ask_for_their_certificates_themselves() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    let ask = |key: &str, algorithm: &str, out: &str| {
        format!(
            "$cartorio csr --key {key} --algorithm {algorithm} --out {out} \
             --subject 'CN=Maria de Exemplo, O=1º Ofício\\, São Paulo, C=BR' && "
        )
    };
    let script = format!(
        "$cartorio login >/dev/null && {}{}{}$cartorio keys list --json",
        ask("alias/assinatura", "rsa-pkcs1-sha256", "pkcs1.csr"),
        ask("alias/assinatura", "rsa-pss-sha256", "pss.csr"),
        ask("alias/curva", "ecdsa-p256-sha256", "p256.csr"),
    );
    let Some((output, text)) = computer.session(Store::Unlocked, &script) else { return };
    assert!(output.status.success(), "{text}");
    for request in ["pkcs1.csr", "pss.csr", "p256.csr"] {
        let (checked, text) = run(Command::new(program("openssl").expect("openssl"))
            .current_dir(computer.folder.path())
            .args(["req", "-verify", "-noout", "-text", "-nameopt", "utf8", "-in", request]));
        assert!(checked.status.success() && text.contains("verify OK"), "{request}: {text}");
        assert!(text.contains("Digital Signature, Non Repudiation"), "{text}");
        assert!(text.contains("1.3.6.1.5.5.7.3.36") && text.contains("CN=Maria de Exemplo"), "{text}");
        assert!(text.contains("São Paulo"), "{text}");
    }
    let json = text.find("{\n  \"keys\"").map(|at| &text[at..]).unwrap();
    let listed: Value = serde_json::Deserializer::from_str(json).into_iter().next().unwrap().unwrap();
    let keys = listed["keys"].as_array().unwrap();
    assert!(keys.iter().all(|key| key["tags"]["Sistema"] == "CartorioDigital"), "{listed}");
    let replicated = keys.iter().find(|key| key["aliases"][0] == "alias/replicada").unwrap();
    assert_eq!(replicated["usage"], "SIGN_VERIFY");
    assert!(replicated["monthly_price_usd"].as_u64() >= Some(1));
    // Another office's name, and a file that is there, stop it before any key is asked.
    let (output, text) =
        computer.session(Store::Unlocked, "$cartorio csr --subject 'O=Sem nome' --out novo.csr").unwrap();
    assert!(output.status.code() == Some(1) && text.contains("[sign.subject]"), "{text}");
    assert!(!computer.folder.path().join("novo.csr").exists());
    computer.assert_nothing_leaked(&text);
}

#[test]
fn a_key_is_made_gets_its_certificate_and_takes_over_the_alias() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    computer.signs_in_as("administrator");
    let create = "$cartorio keys create --alias assinatura-2 --algorithm rsa-pss-sha256 --requesters Cadastro";
    let script = format!("$cartorio login >/dev/null && {create}");
    let Some((output, text)) = computer.session(Store::Unlocked, &script) else { return };
    assert!(output.status.code() == Some(1) && text.contains("[kms.not_confirmed]"), "{text}");
    for shown in [
        "\"KeySpec\": \"RSA_2048\"",
        "\"SIGN_VERIFY\"",
        "RSASSA_PSS_SHA_256",
        "AWSReservedSSO_Assinatura_????????????????",
        "1 US$",
    ] {
        assert!(text.contains(shown), "{shown} is shown before anything is made: {text}");
    }
    let confirmed = format!("{create} --confirm alias/assinatura-2 --json");
    let made = computer.prints(&confirmed);
    let arn = made["arn"].as_str().unwrap().to_owned();
    assert!(arn.starts_with("arn:aws:kms:sa-east-1:123456789012:key/"), "{made}");
    computer.refuses(&confirmed, "kms.alias_taken");
    let sheet = computer.prints("$cartorio keys show alias/assinatura-2 --json");
    assert_eq!(sheet["key"]["arn"], arn.as_str());
    assert_eq!((&sheet["key"]["spec"], &sheet["key"]["usage"]), (&"RSA_2048".into(), &"SIGN_VERIFY".into()));
    assert_eq!(sheet["key"]["tags"]["Ambiente"], "dev");
    assert_eq!(sheet["policy"]["Statement"][0]["Sid"], "Administrar", "KMS has the policy that was shown: {sheet}");

    // Without its certificate, or with another's, it takes over nothing.
    let rotate = "$cartorio keys rotate --to alias/assinatura-2 --confirm alias/assinatura";
    computer.refuses(&format!("{rotate} --cert {}", computer.service.path("office.pem").display()), "kms.key_mismatch");
    computer.opens_to_all(&arn);
    let request = "$cartorio csr --key alias/assinatura-2 --out novo.csr --subject 'CN=Maria de Exemplo, C=BR'";
    let (output, text) = computer.session(Store::Unlocked, request).unwrap();
    assert!(output.status.success(), "{text}");
    computer.certify("novo.csr", "novo.pem");
    let moved = computer.prints(&format!("{rotate} --cert novo.pem --json"));
    assert_eq!(moved["new"], arn.as_str());
    let kept = fs::read_to_string(moved["old_public_key"].as_str().unwrap()).unwrap();
    assert!(kept.starts_with("-----BEGIN PUBLIC KEY-----"));
    computer.refuses(&format!("{rotate} --cert novo.pem"), "kms.same_key");
    // The certificate came in use with the alias: nothing lies between.
    let sign = "$cartorio sign a.pdf --algorithm rsa-pss-sha256 --out b.pdf";
    let (output, text) = computer.session(Store::Unlocked, sign).unwrap();
    assert!(output.status.success(), "{text}");
    acceptance::assert_pdfsig(&computer.folder.path().join("b.pdf"), 1);
    acceptance::assert_pyhanko(&computer.folder.path().join("b.pdf"), &computer.service.path("ca.pem"), 1);

    computer.refuses("$cartorio keys rotate --automatic", "kms.no_rotation");
    computer.refuses("$cartorio keys replica us-west-2 --confirm us-west-2", "kms.not_multi_region");
    computer.refuses("$cartorio keys create --alias 'não' --confirm x", "kms.alias");
    computer.assert_nothing_leaked(&text);
}

#[test]
fn a_key_is_asked_for_once_even_where_the_service_stumbles() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    computer.signs_in_as("administrator");
    let (calls, service) = (Calls::default(), computer.service.endpoint.clone());
    let counted = Arc::clone(&calls);
    let front = Server::start(move |request| {
        if !request.header("x-amz-target").is_some_and(|target| target.ends_with(".CreateKey")) {
            return request.forward(&service);
        }
        counted.lock().unwrap().push("CreateKey".to_owned());
        Reply::json(500, &serde_json::json!({ "__type": "KMSInternalException", "message": "double" }))
    });
    computer.environment("key = \"alias/assinatura\"\n", "office.pem", &front.url());
    let Some((output, text)) = computer.session(Store::Unlocked, "$cartorio login") else { return };
    assert!(output.status.success(), "{text}");
    computer.refuses("$cartorio keys create --alias nova --confirm alias/nova", "kms.key_unavailable");
    assert_eq!(calls.lock().unwrap().len(), 1, "a second answer would be a second key, and a second price");
}

#[test]
fn a_replica_is_made_where_a_key_was_made_for_it() {
    let Some(computer) = Computer::new("alias/replicada", "everywhere.pem") else { return };
    computer.signs_in_as("administrator");
    let script = "$cartorio login >/dev/null && $cartorio keys replica eu-west-1";
    let Some((output, text)) = computer.session(Store::Unlocked, script) else { return };
    assert!(output.status.code() == Some(1) && text.contains("[kms.not_confirmed]"), "{text}");
    assert!(text.contains("\"ReplicaRegion\": \"eu-west-1\"") && text.contains("1 US$"), "{text}");
    let made = computer.prints("$cartorio keys replica eu-west-1 --confirm eu-west-1 --json");
    assert!(
        made["arn"].as_str().is_some_and(|arn| arn.starts_with("arn:aws:kms:eu-west-1:123456789012:key/mrk-")),
        "{made}"
    );
    computer.refuses("$cartorio keys replica eu-west-1 --confirm eu-west-1", "kms.replica_exists");
    computer.refuses("$cartorio keys replica sa-east-1 --confirm sa-east-1", "kms.replica_exists");
}

#[test]
fn production_asks_before_anything_else() {
    let Some(computer) = Computer::new("alias/assinatura", "office.pem") else { return };
    let folder = computer.home().join("ambientes");
    let text = fs::read_to_string(folder.join("dev.toml")).unwrap();
    let text = text.replace("name = \"dev\"", "name = \"prod\"");
    fs::write(folder.join("prod.toml"), &text).unwrap();
    let (output, said) = computer.session(Store::Unlocked, "$cartorio sign a.pdf --env prod").unwrap();
    assert!(output.status.code() == Some(1) && said.contains("[environment.file]"), "no other addresses: {said}");
    let text = text.split("[endpoints]").next().unwrap();
    fs::write(folder.join("prod.toml"), text).unwrap();
    let (_, said) = computer.session(Store::Unlocked, "$cartorio ca list --env prod").unwrap();
    assert!(said.contains("environment.not_confirmed"), "{said}");
    for call in ["$cartorio sign a.pdf --env prod", "$cartorio sign a.pdf --env prod --confirm producao"] {
        let (output, said) = computer.session(Store::Unlocked, call).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("[sign.not_confirmed]"), "{said}");
        let class = "Assinatura eletrônica avançada. O certificado não foi emitido pela ICP-Brasil";
        assert!(said.contains(class), "what it will be worth is said before it is confirmed: {said}");
    }
    let confirmed = "$cartorio sign a.pdf --env prod --confirm PRODUÇÃO";
    let (_, said) = computer.session(Store::Unlocked, confirmed).unwrap();
    assert!(said.contains("[session.none]"), "confirmed, and nobody has signed in there: {said}");
}
