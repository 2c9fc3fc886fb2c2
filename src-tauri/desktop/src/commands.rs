//! Adapters: one function per command of the contract, nothing but translation.
#![allow(clippy::needless_pass_by_value, reason = "Tauri hands arguments over by value")]

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
};

use api::{
    DocumentView, Failure,
    commands::{OpenDocument, SignedDocument, SigningChoice, SigningPlan, SigningStep},
    environments::EnvironmentView,
    office::{Cancel, Environment, Office, SignRequest, TrustChoice, VerifyRequest, samples, suggested_name},
};
use pades::Claims;
use tauri::{
    State,
    ipc::{Channel, Response},
};

use crate::desk::{Desk, Opened};

/// Most bytes handed to the viewer at once; it asks again for what follows.
const MAX_RANGE: usize = 1024 * 1024;

/// Longest text that a person may add to a signature.
const MAX_CLAIM: usize = 500;

#[tauri::command]
pub(crate) async fn pending_document(desk: State<'_, Desk>) -> Result<Option<OpenDocument>, Failure> {
    desk.take_pending().map(|path| desk.open(&path)).transpose()
}

#[tauri::command]
pub(crate) async fn choose_document(
    desk: State<'_, Desk>,
    window: tauri::Window,
) -> Result<Option<OpenDocument>, Failure> {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(texts::text("ui-choose-title", &[]))
        .add_filter("PDF", &["pdf", "PDF"])
        .set_parent(&window);
    match dialog.pick_file().await {
        Some(file) => desk.open(file.path()).map(Some),
        None => Ok(None),
    }
}

#[tauri::command]
pub(crate) async fn open_sample(desk: State<'_, Desk>) -> Result<OpenDocument, Failure> {
    let folder = desk.office.samples_folder();
    let copy = folder.clone();
    blocking(move || Ok(samples::write(&copy, true)?)).await?;
    desk.open(&folder.join(samples::FIRST))
}

#[tauri::command]
pub(crate) async fn read_range(
    desk: State<'_, Desk>,
    id: String,
    start: usize,
    end: usize,
) -> Result<Response, Failure> {
    let document = desk.document(&id)?;
    let range = start..end.min(document.bytes.len()).min(start.saturating_add(MAX_RANGE));
    blocking(move || Ok(Response::new(document.bytes.get(range).unwrap_or_default().to_vec()))).await
}

#[tauri::command]
pub(crate) async fn verify_document(desk: State<'_, Desk>, id: String) -> Result<DocumentView, Failure> {
    let (office, environment, document) = (Arc::clone(&desk.office), desk.environment(), desk.document(&id)?);
    blocking(move || verify(&office, &environment, &document)).await
}

fn verify(office: &Office, environment: &Environment, document: &Opened) -> Result<DocumentView, Failure> {
    let request = match environment {
        Environment::Demo => {
            VerifyRequest { trust: TrustChoice { demo: true, ..TrustChoice::default() }, ..VerifyRequest::default() }
        }
        Environment::Aws(own) => VerifyRequest {
            trust: TrustChoice { office: own.trust.clone(), ..TrustChoice::default() },
            revocation: own.revocation,
            at: None,
        },
    };
    let policy = office.policy(&request)?;
    let verified = office.verify_bytes(&document.bytes, &policy)?;
    let mut shown = document.sha256.lock().unwrap_or_else(PoisonError::into_inner);
    match shown.as_ref() {
        Some(shown) if *shown != verified.facts.sha256 => {
            return Err(Failure::of("file.changed_on_disk", &[("file", document.name.clone())]));
        }
        _ => *shown = Some(verified.facts.sha256.clone()),
    }
    Ok(DocumentView::new(&document.name, &verified))
}

#[tauri::command]
pub(crate) async fn plan_signing(desk: State<'_, Desk>, id: String) -> Result<SigningPlan, Failure> {
    let (office, environment, document) = (Arc::clone(&desk.office), desk.environment(), desk.document(&id)?);
    blocking(move || {
        let view = verify(&office, &environment, &document)?;
        let check = office.check_signable(&environment, &document.bytes)?;
        let notice = match &environment {
            Environment::Demo => {
                let demo = office.demo()?;
                demo.keeping().notice().or_else(|| demo.was_recreated().then_some("demo-recreated"))
            }
            Environment::Aws(_) => None,
        };
        let output = free_name(&document.path);
        *document.planned.lock().unwrap_or_else(PoisonError::into_inner) = Some((output.clone(), environment.clone()));
        let part = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let digest = view.sha256.replace(' ', "");
        let (first, last) =
            (digest.get(..8).unwrap_or_default(), digest.get(digest.len().saturating_sub(8)..).unwrap_or_default());
        Ok(SigningPlan {
            file: document.name.clone(),
            output: part(&output),
            folder: output.parent().map(part).filter(|name| !name.is_empty()).unwrap_or_else(|| "/".to_owned()),
            signer: check.signer,
            key: check.key,
            environment: texts::text(api::session::environment_id(&environment), &[]),
            legal_class: texts::text(api::session::legal_class(&environment), &[]),
            digest: format!("{first}…{last}"),
            certifies: check.certifies,
            notice: notice.map(|id| texts::text(id, &[])),
            word: word_of(&environment),
        })
    })
    .await
}

/// What has to be typed before work is done in an environment.
fn word_of(environment: &Environment) -> Option<String> {
    EnvironmentView::new(environment).word
}

/// The first suggested name that is free: the window never asks to overwrite.
fn free_name(original: &Path) -> PathBuf {
    let mut name = suggested_name(original);
    while name.symlink_metadata().is_ok() {
        name = suggested_name(&name);
    }
    name
}

#[tauri::command]
pub(crate) async fn sign_document(
    desk: State<'_, Desk>,
    id: String,
    choice: SigningChoice,
    progress: Channel<SigningStep>,
) -> Result<SignedDocument, Failure> {
    let document = desk.document(&id)?;
    let claim =
        |text: String| Some(text.trim().chars().take(MAX_CLAIM).collect::<String>()).filter(|text| !text.is_empty());
    let planned = document.planned.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let shown = document.sha256.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // Nothing is signed that was not verified, shown and confirmed first.
    let (Some((planned, environment)), Some(shown)) = (planned, shown) else {
        return Err(Failure::of("program.internal", &[]));
    };
    if environment != desk.environment() {
        return Err(Failure::of("program.internal", &[]));
    }
    if let Some(word) = word_of(&environment).filter(|word| choice.word.trim() != word) {
        return Err(Failure::of("sign.not_confirmed", &[("word", word)]));
    }
    let request = SignRequest {
        input: document.path.clone(),
        output: Some(planned),
        overwrite: false,
        environment: environment.clone(),
        key: None,
        algorithm: None,
        claims: Claims { reason: claim(choice.reason), location: claim(choice.location) },
        expected_sha256: Some(shown),
        level: api::office::Level::default(),
        time_stampers: Vec::new(),
        or_lower: false,
    };
    let cancel = Cancel::default();
    *document.cancel.lock().unwrap_or_else(PoisonError::into_inner) = cancel.clone();
    let office = Arc::clone(&desk.office);
    let outcome = blocking(move || {
        let report = |step: api::office::Step| {
            // A page that went away no longer wants to know.
            let _ = progress.send(step.into());
        };
        Ok(tauri::async_runtime::block_on(office.sign(&request, &cancel, &report))?)
    })
    .await?;
    let opened = desk.open(&outcome.output)?;
    let (office, signed) = (Arc::clone(&desk.office), desk.document(&opened.id)?);
    let view = blocking(move || verify(&office, &environment, &signed)).await?;
    Ok(SignedDocument { document: opened, view, request_id: outcome.request_id })
}

#[tauri::command]
pub(crate) fn cancel_signing(desk: State<'_, Desk>, id: String) -> Result<(), Failure> {
    desk.document(&id)?.cancel.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    Ok(())
}

#[tauri::command]
pub(crate) fn close_document(desk: State<'_, Desk>, id: String) {
    desk.close(&id);
}

/// Shows the folder in the system's file manager, which is told a path that came from the desk, not from the page.
#[tauri::command]
pub(crate) fn show_in_folder(desk: State<'_, Desk>, id: String) -> Result<(), Failure> {
    let document = desk.document(&id)?;
    let folder = document.path.parent().map(Path::to_owned).unwrap_or_default();
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let failed = |_| Failure::of("file.io", &[("file", document.name.clone())]);
    let mut child = std::process::Command::new(program).arg(folder).spawn().map_err(failed)?;
    // Waited for elsewhere: a child that nobody waits for stays in the system's tables.
    std::thread::spawn(move || child.wait());
    Ok(())
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Failure::of("program.internal", &[])),
    }
}
