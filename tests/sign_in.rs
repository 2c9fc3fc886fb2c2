//! Signing in with Identity Center, against a double that botocore's own clients find right.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use acceptance::{
    doubles::{browse, identity_center::IdentityCenter as Double},
    judges_python, root, run,
};
use chrono::{DateTime, TimeDelta, Utc};
use keys::{
    sign_in::{IdentityCenter, Pages, SessionInfo, SignIn, SignInError},
    vault::{Vault, VaultError},
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// A credential store that the test steers.
#[derive(Default)]
struct TestVault {
    secrets: Mutex<BTreeMap<String, Vec<u8>>>,
    refuses: Mutex<Option<VaultError>>,
    refuses_writing: Mutex<Option<VaultError>>,
    takes: Mutex<Duration>,
    reads: AtomicUsize,
}

impl TestVault {
    fn only(&self) -> Vec<u8> {
        self.secrets.lock().unwrap().values().next().cloned().unwrap_or_default()
    }

    fn call(&self) -> Result<(), VaultError> {
        thread::sleep(*self.takes.lock().unwrap());
        self.refuses.lock().unwrap().map_or(Ok(()), Err)
    }
}

impl Vault for TestVault {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.call()?;
        Ok(self.secrets.lock().unwrap().get(name).cloned().map(Zeroizing::new))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
        self.call()?;
        self.refuses_writing.lock().unwrap().map_or(Ok(()), Err)?;
        self.secrets.lock().unwrap().insert(name.to_owned(), secret.to_vec());
        Ok(())
    }

    fn erase(&self, name: &str) -> Result<(), VaultError> {
        self.call()?;
        self.secrets.lock().unwrap().remove(name);
        Ok(())
    }
}

/// A computer with a credential store, and Identity Center somewhere.
struct Computer {
    double: Double,
    vault: Arc<TestVault>,
    folder: tempfile::TempDir,
}

impl Computer {
    fn new() -> Self {
        Self { double: Double::start(), vault: Arc::default(), folder: tempfile::tempdir().unwrap() }
    }

    fn center(&self) -> IdentityCenter {
        IdentityCenter {
            start_url: "https://exemplo.awsapps.com/start".to_owned(),
            region: "sa-east-1".to_owned(),
            account: "123456789012".to_owned(),
            role: "Assinatura".to_owned(),
            endpoints: Some((self.double.url(), self.double.url())),
        }
    }

    fn lock(&self) -> PathBuf {
        self.folder.path().join("data/session.lock")
    }

    /// A program that starts: it knows only what the credential store knows.
    fn program(&self) -> Arc<SignIn> {
        self.program_at(office::clock::now)
    }

    fn program_at(&self, clock: fn() -> DateTime<Utc>) -> Arc<SignIn> {
        let vault = Arc::clone(&self.vault) as Arc<dyn Vault>;
        Arc::new(SignIn::new(self.center(), vault, "sign-in-dev".to_owned(), self.lock(), clock))
    }
}

fn pages() -> Pages {
    Pages { done: "pronto".to_owned(), failed: "não deu".to_owned() }
}

async fn by_browser(program: &SignIn) -> (Result<SessionInfo, SignInError>, String) {
    let started = program.start_browser().await.unwrap();
    let url = started.url.clone();
    let browser = tokio::task::spawn_blocking(move || browse(&url));
    let signed_in = program.finish_browser(started, &pages()).await;
    (signed_in, browser.await.unwrap())
}

async fn signed_in(computer: &Computer) -> Arc<SignIn> {
    let program = computer.program();
    by_browser(&program).await.0.unwrap();
    program
}

#[test]
fn the_double_is_what_botocore_expects() {
    let Some(python) = judges_python() else { return };
    let double = Double::start();
    let script = root().join("tests/judges/identity_center.py");
    let (output, text) = run(Command::new(python).arg(script).arg(double.url()));
    assert!(output.status.success() && text.contains("judged right"), "{text}");
}

#[tokio::test]
async fn the_browser_signs_in_and_hears_how_it_went() {
    let computer = Computer::new();
    let program = computer.program();
    assert_eq!(program.info().await, Err(SignInError::NotSignedIn));
    let (info, page) = by_browser(&program).await;
    let info = info.unwrap();
    assert_eq!((page.as_str(), info.account.as_str(), info.role.as_str()), ("pronto", "123456789012", "Assinatura"));
    assert!(info.renews && info.memory_only.is_none());
    assert_eq!(
        computer.double.calls(),
        ["POST /client/register", "GET /authorize", "POST /token"],
        "nothing superfluous is asked"
    );
    program.role_credentials().await.unwrap();
    program.role_credentials().await.unwrap();
    assert_eq!(computer.double.calls().len(), 4, "credentials are kept while they last");
    assert_eq!(computer.vault.reads.load(Ordering::SeqCst), 1, "one read a launch");
}

#[tokio::test]
async fn the_browsers_refusal_is_told_in_both_places() {
    let computer = Computer::new();
    computer.double.set(|double| double.allows = false);
    let (refused, page) = by_browser(&computer.program()).await;
    assert_eq!((refused, page.as_str()), (Err(SignInError::Refused), "não deu"));
    assert!(computer.vault.only().is_empty());
}

#[tokio::test]
async fn a_code_on_another_device_signs_in() {
    let computer = Computer::new();
    computer.double.set(|double| double.interval = 1);
    let program = computer.program();
    let started = program.start_device().await.unwrap();
    assert!(started.complete_uri.contains(&started.user_code) && !started.user_code.is_empty());
    let complete = started.complete_uri.clone();
    let waited = Instant::now();
    let confirm = tokio::task::spawn_blocking(move || {
        thread::sleep(Duration::from_millis(1_500));
        browse(&complete)
    });
    let info = program.finish_device(started).await.unwrap();
    confirm.await.unwrap();
    assert!(info.renews, "device sign-ins have a scope, and so a refresh token");
    assert!(waited.elapsed() >= Duration::from_secs(2), "it polls no faster than it was told");
}

#[tokio::test]
async fn device_codes_that_are_refused_or_run_out_say_so() {
    let computer = Computer::new();
    let program = computer.program();
    let started = program.start_device().await.unwrap();
    computer.double.confirm_device(false);
    assert_eq!(program.finish_device(started).await.err(), Some(SignInError::Refused));
    computer.double.set(|double| double.device_seconds = 2);
    let started = program.start_device().await.unwrap();
    assert_eq!(program.finish_device(started).await.err(), Some(SignInError::CodeExpired));
}

#[tokio::test]
async fn a_kept_registration_that_the_service_forgot_is_made_anew() {
    let computer = Computer::new();
    let program = computer.program();
    let started = program.start_device().await.unwrap();
    computer.double.confirm_device(true);
    program.finish_device(started).await.unwrap();
    computer.double.forget_clients();
    assert!(program.start_device().await.is_ok());
}

#[tokio::test]
async fn a_browsers_sign_in_that_nobody_answered_is_tried_again_with_a_new_registration() {
    let computer = Computer::new();
    let program = signed_in(&computer).await;
    computer.double.forget_clients();
    let started = program.start_browser().await.unwrap();
    let url = started.url.clone();
    tokio::task::spawn_blocking(move || browse(&url)).await.unwrap();
    drop(started);
    assert!(by_browser(&program).await.0.is_ok(), "the service told only the browser that it forgot the program");
}

#[tokio::test]
async fn a_program_that_starts_later_is_signed_in_already() {
    let computer = Computer::new();
    signed_in(&computer).await.note_person("maria").await;
    let later = computer.program();
    assert_eq!(later.info().await.unwrap().person.as_deref(), Some("maria"));
    later.role_credentials().await.unwrap();
    assert_eq!(computer.double.calls().iter().filter(|call| *call == "POST /token").count(), 1);
}

#[tokio::test]
async fn tokens_are_renewed_ahead_of_time_and_once() {
    let computer = Computer::new();
    // Fourteen minutes are less than the quarter of an hour that must be left.
    computer.double.set(|double| double.access_seconds = 14 * 60);
    let program = signed_in(&computer).await;
    computer.double.set(|double| {
        double.access_seconds = 3_600;
        double.delay = Duration::from_millis(100);
    });
    let many: Vec<_> = (0..20)
        .map(|_| {
            let program = Arc::clone(&program);
            tokio::spawn(async move { program.role_credentials().await.map(drop) })
        })
        .collect();
    for one in many {
        one.await.unwrap().unwrap();
    }
    let calls = computer.double.calls();
    assert_eq!(calls.iter().filter(|call| *call == "POST /token").count(), 2, "signed in, renewed once: {calls:?}");
    assert_eq!(calls.iter().filter(|call| call.ends_with("credentials")).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn programs_that_renew_together_use_each_refresh_token_once() {
    let computer = Computer::new();
    computer.double.set(|double| double.access_seconds = 14 * 60);
    let first = signed_in(&computer).await;
    let programs: Vec<_> = std::iter::once(first).chain((0..3).map(|_| computer.program())).collect();
    for program in &programs {
        program.info().await.unwrap();
    }
    computer.double.set(|double| {
        double.access_seconds = 3_600;
        double.delay = Duration::from_millis(50);
    });
    let all: Vec<_> =
        programs.iter().cloned().map(|program| tokio::spawn(async move { program.role_credentials().await })).collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    let calls = computer.double.calls();
    assert_eq!(calls.iter().filter(|call| *call == "POST /token").count(), 2, "one renewal serves all four: {calls:?}");
}

#[tokio::test]
async fn a_session_that_ended_is_forgotten_and_said() {
    let computer = Computer::new();
    let program = signed_in(&computer).await;
    computer.double.end_sessions();
    assert_eq!(program.role_credentials().await.err(), Some(SignInError::Ended));
    assert_eq!(program.role_credentials().await.err(), Some(SignInError::NotSignedIn));
    assert!(computer.vault.only().is_empty(), "nothing of it is kept");
}

#[tokio::test]
async fn an_access_token_that_ended_early_is_renewed_without_a_person() {
    let computer = Computer::new();
    let program = signed_in(&computer).await;
    computer.double.end_access_tokens();
    program.role_credentials().await.unwrap();
}

#[tokio::test]
async fn a_renewal_that_fails_for_a_moment_ends_no_session() {
    let computer = Computer::new();
    computer.double.set(|double| double.access_seconds = 14 * 60);
    let program = signed_in(&computer).await;
    computer.double.set(|double| {
        double.faults.push(("/token".to_owned(), 500, "InternalServerException".to_owned(), json!({})));
    });
    program.role_credentials().await.unwrap();
    assert!(!computer.vault.only().is_empty());
    computer.double.set(|double| double.faults.push(("/token".to_owned(), 0, String::new(), json!({}))));
    program.forget_role_credentials();
    program.role_credentials().await.unwrap();
}

#[tokio::test]
async fn signing_out_ends_the_token_and_leaves_nothing() {
    let computer = Computer::new();
    let program = signed_in(&computer).await;
    program.role_credentials().await.unwrap();
    let out = program.sign_out().await;
    assert_eq!((out.revoked, out.erased), (Ok(()), Ok(())));
    assert!(out.role_until.is_some(), "what lives on is said");
    assert!(computer.vault.only().is_empty());
    assert_eq!(program.info().await, Err(SignInError::NotSignedIn));
    assert_eq!(program.role_credentials().await.err(), Some(SignInError::NotSignedIn));
    assert!(computer.double.calls().contains(&"POST /logout".to_owned()));
    // Another program of this computer, which still had it in memory, learns of it.
    let (here, there) = (signed_in(&computer).await, computer.program());
    there.info().await.unwrap();
    here.sign_out().await;
    assert!(there.role_credentials().await.is_err_and(|error| error.needs_sign_in()));
}

#[tokio::test]
async fn every_answer_of_the_services_has_its_own_word() {
    let account = ("123456789012".to_owned(), "Assinatura".to_owned());
    let not_assigned = SignInError::NotAssigned { account: account.0.clone(), role: account.1.clone() };
    let no_such_role = SignInError::NoSuchRole { account: account.0, role: account.1 };
    let configuration = |shape: &str| SignInError::Configuration(shape.to_owned());
    let kms = json!({"reason": "KMS_AccessDeniedException"});
    let cases: Vec<(&str, u16, &str, Value, SignInError)> = vec![
        (
            "/client/register",
            400,
            "InvalidClientMetadataException",
            json!({}),
            configuration("InvalidClientMetadataException"),
        ),
        (
            "/client/register",
            400,
            "InvalidRedirectUriException",
            json!({}),
            configuration("InvalidRedirectUriException"),
        ),
        ("/client/register", 400, "InvalidScopeException", json!({}), configuration("InvalidScopeException")),
        (
            "/client/register",
            400,
            "UnsupportedGrantTypeException",
            json!({}),
            configuration("UnsupportedGrantTypeException"),
        ),
        ("/client/register", 400, "InvalidRequestException", json!({}), configuration("InvalidRequestException")),
        ("/token", 400, "AccessDeniedException", json!({}), SignInError::Refused),
        (
            "/token",
            400,
            "AccessDeniedException",
            kms,
            SignInError::DirectoryKey("KMS_AccessDeniedException".to_owned()),
        ),
        (
            "/token",
            400,
            "InvalidRequestException",
            json!({"reason": "KMS_DisabledException"}),
            SignInError::DirectoryKey("KMS_DisabledException".to_owned()),
        ),
        ("/token", 400, "InvalidGrantException", json!({}), SignInError::Ended),
        ("/token", 401, "InvalidClientException", json!({}), SignInError::Ended),
        ("/token", 400, "UnauthorizedClientException", json!({}), configuration("UnauthorizedClientException")),
        ("/token", 400, "ExpiredTokenException", json!({}), SignInError::CodeExpired),
        ("/token", 400, "SlowDownException", json!({}), SignInError::Throttled),
        ("/token", 500, "InternalServerException", json!({}), SignInError::Unavailable),
        (
            "/token",
            400,
            "SomethingNewException",
            json!({}),
            SignInError::Unexpected("SomethingNewException".to_owned()),
        ),
        ("/token", 0, "", json!({}), SignInError::Network),
        ("/federation/credentials", 403, "ForbiddenException", json!({}), not_assigned),
        ("/federation/credentials", 404, "ResourceNotFoundException", json!({}), no_such_role),
        (
            "/federation/credentials",
            400,
            "InvalidRequestException",
            json!({}),
            configuration("InvalidRequestException"),
        ),
    ];
    for (path, status, shape, more, expected) in cases {
        let computer = Computer::new();
        computer.double.set(|double| double.faults.push((path.to_owned(), status, shape.to_owned(), more)));
        let program = computer.program();
        let found = async {
            let started = program.start_browser().await?;
            let url = started.url.clone();
            tokio::task::spawn_blocking(move || browse(&url));
            program.finish_browser(started, &pages()).await?;
            program.role_credentials().await.map(drop)
        };
        assert_eq!(found.await.err(), Some(expected.clone()), "{path} {shape}");
        let arguments = expected.arguments();
        let arguments: Vec<_> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let words = texts::explain(expected.code(), &arguments);
        assert!(words.cause.len() > 12 && words.remedy.len() > 12, "{}", expected.code());
    }
}

#[tokio::test]
async fn a_busy_portal_is_waited_for_and_said_only_when_it_stays_busy() {
    let computer = Computer::new();
    let program = signed_in(&computer).await;
    let busy = || ("/federation/credentials".to_owned(), 429, "TooManyRequestsException".to_owned(), json!({}));
    computer.double.set(|double| double.faults.extend([busy(), busy()]));
    program.role_credentials().await.unwrap();
    program.forget_role_credentials();
    computer.double.set(|double| double.faults.extend((0..9).map(|_| busy())));
    assert_eq!(program.role_credentials().await.err(), Some(SignInError::Throttled));
}

#[tokio::test]
async fn a_portal_that_cannot_be_reached_is_said_in_time() {
    let computer = Computer::new();
    let program = signed_in(&computer).await;
    drop(computer.double);
    let started = Instant::now();
    assert_eq!(program.role_credentials().await.err(), Some(SignInError::Network));
    assert!(started.elapsed() < Duration::from_secs(21));
}

#[tokio::test]
async fn without_a_credential_store_the_session_lives_in_memory_and_it_is_said() {
    for reason in [VaultError::Absent, VaultError::Locked, VaultError::Failed] {
        let computer = Computer::new();
        *computer.vault.refuses.lock().unwrap() = Some(reason);
        let program = computer.program();
        let info = by_browser(&program).await.0.unwrap();
        assert_eq!(info.memory_only, Some(reason));
        program.role_credentials().await.unwrap();
        assert_eq!(computer.program().info().await, Err(SignInError::Store(reason)), "another program knows nothing");
    }
}

#[tokio::test]
async fn a_full_credential_store_leaves_the_session_in_memory() {
    let computer = Computer::new();
    *computer.vault.refuses_writing.lock().unwrap() = Some(VaultError::Failed);
    let program = computer.program();
    assert_eq!(by_browser(&program).await.0.unwrap().memory_only, Some(VaultError::Failed));
    program.role_credentials().await.unwrap();
}

#[tokio::test]
async fn who_signs_in_beside_a_full_store_is_nobody_elses_session() {
    let computer = Computer::new();
    signed_in(&computer).await;
    *computer.vault.refuses_writing.lock().unwrap() = Some(VaultError::Failed);
    let program = computer.program();
    assert_eq!(by_browser(&program).await.0.unwrap().memory_only, Some(VaultError::Failed));
    // Room again: what a name is written to is the session that it belongs to, and the earlier one is gone.
    *computer.vault.refuses_writing.lock().unwrap() = None;
    program.note_person("ana.exemplo").await;
    assert_eq!(program.info().await.unwrap().person.as_deref(), Some("ana.exemplo"));
    assert_eq!(computer.program().info().await, Err(SignInError::NotSignedIn));
}

#[tokio::test]
async fn what_a_damaged_store_holds_is_no_session_and_no_crash() {
    let computer = Computer::new();
    signed_in(&computer).await;
    let good = computer.vault.only();
    let mut other_version: Value = serde_json::from_slice(&good).unwrap();
    other_version["version"] = json!(99);
    let mut other_account: Value = serde_json::from_slice(&good).unwrap();
    other_account["account"] = json!("999999999999");
    let mut damaged: Vec<Vec<u8>> = vec![
        vec![],
        b"{}".to_vec(),
        vec![0xFF; 3_000],
        other_version.to_string().into(),
        other_account.to_string().into(),
    ];
    damaged.extend((0..good.len()).step_by(97).map(|at| good[..at].to_vec()));
    for bytes in damaged {
        computer.vault.secrets.lock().unwrap().insert("sign-in-dev".to_owned(), bytes.clone());
        let program = computer.program();
        assert_eq!(program.info().await, Err(SignInError::NotSignedIn), "{}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn another_program_that_holds_the_lock_delays_and_stops_nothing() {
    let computer = Computer::new();
    computer.double.set(|double| double.access_seconds = 14 * 60);
    let program = signed_in(&computer).await;
    std::fs::create_dir_all(computer.lock().parent().unwrap()).unwrap();
    let held = std::fs::File::create(computer.lock()).unwrap();
    held.lock().unwrap();
    let started = Instant::now();
    program.role_credentials().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "the token that is left still works");
}

#[tokio::test]
async fn credentials_that_arrive_expired_name_the_clock() {
    static AHEAD: AtomicI64 = AtomicI64::new(0);
    let computer = Computer::new();
    let program = computer.program_at(|| office::clock::now() + TimeDelta::minutes(AHEAD.load(Ordering::SeqCst)));
    by_browser(&program).await.0.unwrap();
    computer.double.set(|double| double.role_seconds = -600);
    let error = program.role_credentials().await.err();
    assert!(matches!(error, Some(SignInError::ClockSkewed(minutes)) if (9..=11).contains(&minutes)), "{error:?}");
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let computer = Computer::new();
    let program = signed_in(&computer).await;
    let shown = format!("{:?} {:?}", program.info().await, program.role_credentials().await.unwrap());
    let started = program.start_browser().await.unwrap();
    let shown = format!("{shown} {}", started.url);
    for secret in computer.double.secrets() {
        // The client's id and the access key's id are names, not secrets.
        if !secret.starts_with("client-") {
            assert!(!shown.contains(&secret), "{secret:.20}");
        }
    }
}
