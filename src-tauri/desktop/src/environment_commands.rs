//! Adapters for environments, sign-in, keys and certificates.

use std::sync::Arc;

use api::{
    Failure,
    environments::{
        CertificateName, CertificateView, DeskState, EnvironmentView, KeyOrderForm, KeyPlanView, KeySheetView, KeyView,
        RequestView, SignInMessage, done_with_key,
    },
    office::{
        CheckedCertificate, Environment, KeyOrder, KeyWish, Office, OfficeError, Overrides, SignInStep, SignInWay,
        clock,
    },
    session::SessionView,
    view::Detail,
};
use keys::{
    creation::Purpose,
    kms::{self, KmsSettings},
    request::Subject,
};
use tauri::{State, async_runtime::block_on, ipc::Channel};

use crate::{commands::blocking, desk::Desk};

/// The environments that a person may meet, in the order in which work moves through them.
const NAMES: [&str; 4] = ["demo", "dev", "homolog", "prod"];

/// Largest certificate text that is read from the page.
const MAX_PEM: usize = 256 * 1024;

#[tauri::command]
pub(crate) async fn desk_state(desk: State<'_, Desk>) -> Result<DeskState, Failure> {
    let (office, environment) = (Arc::clone(&desk.office), desk.environment());
    blocking(move || Ok(state(&office, &environment))).await
}

fn state(office: &Office, environment: &Environment) -> DeskState {
    let session = office.sign_in(environment).ok().and_then(|sign_in| block_on(sign_in.info()).ok());
    let chain = match environment {
        Environment::Aws(own) => office.certificate_in_use(own).ok(),
        Environment::Demo => None,
    };
    DeskState {
        environment: EnvironmentView::new(environment),
        session: session.map(|info| SessionView::new(environment, &info, clock::now())),
        certificate: chain.and_then(|chain| CertificateView::new(&chain)),
    }
}

#[tauri::command]
pub(crate) async fn environments(desk: State<'_, Desk>) -> Result<Vec<EnvironmentView>, Failure> {
    let office = Arc::clone(&desk.office);
    blocking(move || {
        let views = NAMES.iter().map(|name| match office.environment(name, &Overrides::default()) {
            Ok(environment) => EnvironmentView::new(&environment),
            Err(error) => EnvironmentView::of_problem(name, error.into()),
        });
        Ok(views.collect())
    })
    .await
}

/// Another environment; production asks for its word.
#[tauri::command]
pub(crate) async fn choose_environment(
    desk: State<'_, Desk>,
    name: String,
    word: String,
) -> Result<DeskState, Failure> {
    let environment = desk.office.environment(&name, &Overrides::default())?;
    let wanted = EnvironmentView::new(&environment).word;
    if let Some(wanted) = wanted.filter(|wanted| word.trim() != wanted) {
        return Err(Failure::of("environment.not_confirmed", &[("word", wanted)]));
    }
    desk.enter(environment.clone());
    let office = Arc::clone(&desk.office);
    blocking(move || Ok(state(&office, &environment))).await
}

#[tauri::command]
pub(crate) async fn sign_in(
    desk: State<'_, Desk>,
    device: bool,
    progress: Channel<SignInMessage>,
) -> Result<DeskState, Failure> {
    let (office, environment, cancel) = (Arc::clone(&desk.office), desk.environment(), desk.begin_sign_in());
    blocking(move || {
        let way = if device { SignInWay::Device } else { SignInWay::Browser };
        let step = |step: SignInStep| {
            if let SignInStep::Browser { url } = &step {
                // Where no browser opens by itself, the page shows the address.
                let _ = open::that_detached(url);
            }
            // A page that went away no longer wants to know.
            let _ = progress.send(step.into());
        };
        block_on(office.sign_in_now(&environment, way, &api::session::pages(), &cancel, &step))?;
        Ok(state(&office, &environment))
    })
    .await
}

#[tauri::command]
pub(crate) fn cancel_sign_in(desk: State<'_, Desk>) {
    desk.cancel_sign_in();
}

/// Signs out, and says in sentences what became of the session.
#[tauri::command]
pub(crate) async fn sign_out(desk: State<'_, Desk>) -> Result<Vec<String>, Failure> {
    let (office, environment) = (Arc::clone(&desk.office), desk.environment());
    blocking(move || Ok(api::session::farewell(&block_on(office.sign_out(&environment))?))).await
}

#[tauri::command]
pub(crate) async fn list_keys(desk: State<'_, Desk>) -> Result<Vec<KeyView>, Failure> {
    let (office, environment) = (Arc::clone(&desk.office), desk.environment());
    blocking(move || {
        let settings = office.kms_settings(&environment)?;
        let keys = block_on(keys::inventory::list(&settings, false, clock::now)).map_err(OfficeError::from)?;
        Ok(keys.iter().map(KeyView::from).collect())
    })
    .await
}

/// Everything about one key, by alias or ARN.
#[tauri::command]
pub(crate) async fn show_key(desk: State<'_, Desk>, key: String) -> Result<KeySheetView, Failure> {
    let (office, environment) = (Arc::clone(&desk.office), desk.environment());
    blocking(move || {
        let settings = KmsSettings { key, ..office.kms_settings(&environment)? };
        let sheet = block_on(keys::inventory::show(&settings, clock::now)).map_err(OfficeError::from)?;
        Ok(KeySheetView::from(&sheet))
    })
    .await
}

/// Checks work on keys, and shows what will be asked for. Nothing is changed.
#[tauri::command]
pub(crate) async fn plan_key(desk: State<'_, Desk>, order: KeyOrderForm) -> Result<KeyPlanView, Failure> {
    drop(desk.take_key_plan());
    let (office, environment) = (Arc::clone(&desk.office), desk.environment());
    let own = environment.clone();
    let (plan, region) = blocking(move || {
        let order = key_order(&office, order)?;
        let plan = block_on(office.plan_key(&own, order))?;
        Ok((plan, office.kms_settings(&own)?.region))
    })
    .await?;
    let view = KeyPlanView::new(&plan, &region);
    desk.remember_key_plan(environment, plan);
    Ok(view)
}

fn key_order(office: &Office, form: KeyOrderForm) -> Result<KeyOrder, Failure> {
    Ok(match form {
        KeyOrderForm::Create { alias, kind, for_authority, multi_region } => KeyOrder::Create(KeyWish {
            alias: alias.trim().to_owned(),
            purpose: if for_authority { Purpose::Authority } else { Purpose::Documents },
            kind: cades::KeyKind::from_name(&kind).ok_or_else(|| Failure::of("program.internal", &[]))?,
            algorithm: None,
            multi_region,
            signers: None,
            requesters: None,
        }),
        KeyOrderForm::Succeed { successor, pem } => KeyOrder::Succeed {
            successor: successor.trim().to_owned(),
            certificates: office.certificates_of_text(&pem.chars().take(MAX_PEM).collect::<String>())?,
        },
        KeyOrderForm::Replicate { region } => KeyOrder::Replicate { region: region.trim().to_owned() },
    })
}

/// Does the work that was shown last, once its word was typed; says in sentences what became of it.
#[tauri::command]
pub(crate) async fn carry_out_key_plan(desk: State<'_, Desk>, word: String) -> Result<Vec<String>, Failure> {
    let (environment, plan) = desk.take_key_plan().ok_or_else(|| Failure::of("program.internal", &[]))?;
    if word.trim() != plan.word() {
        let wanted = plan.word().to_owned();
        desk.remember_key_plan(environment, plan);
        return Err(Failure::of("kms.not_confirmed", &[("word", wanted)]));
    }
    let office = Arc::clone(&desk.office);
    blocking(move || {
        let done = block_on(office.carry_out_key_plan(&environment, &plan))?;
        Ok(done_with_key(&plan, &done))
    })
    .await
}

/// A request made and signed by the key of the environment, kept in a file of the person's folder.
#[tauri::command]
pub(crate) async fn request_certificate(
    desk: State<'_, Desk>,
    subject: CertificateName,
) -> Result<RequestView, Failure> {
    let (office, environment) = (Arc::clone(&desk.office), desk.environment());
    blocking(move || {
        let subject_key = subject.key;
        let subject = Subject::of_person(&subject.person, &subject.office).map_err(OfficeError::from)?;
        let mut settings = office.kms_settings(&environment)?;
        if !subject_key.trim().is_empty() {
            subject_key.trim().clone_into(&mut settings.key);
        }
        let request = block_on(kms::request_certificate(&settings, &subject, None, clock::now));
        let (pem, fingerprint) = keys::request::to_pem(&request.map_err(OfficeError::from)?);
        let file = office.keep_request(&environment, &pem)?;
        let fields = subject.attributes.iter().map(|(letters, value)| ((*letters).to_owned(), value.clone()));
        let more = [("ui-environment-key", settings.key), ("ui-certificate-fingerprint", fingerprint)];
        let more = more.map(|(id, value)| (texts::text(id, &[]), value));
        Ok(RequestView {
            pem,
            details: fields.chain(more).map(|(name, value)| Detail { name, value }).collect(),
            file: cades::readable(&file.to_string_lossy()),
        })
    })
    .await
}

/// Checks a certificate that the person pasted, and tries it out.
#[tauri::command]
pub(crate) async fn check_certificate(desk: State<'_, Desk>, pem: String) -> Result<CertificateView, Failure> {
    let (office, environment) = (Arc::clone(&desk.office), desk.environment());
    let pem: String = pem.chars().take(MAX_PEM).collect();
    let own = environment.clone();
    let checked = blocking(move || Ok(block_on(office.check_certificate_text(&own, &pem))?)).await?;
    remember(&desk, environment, checked)
}

/// As [`check_certificate`], of a file that the person chooses.
#[tauri::command]
pub(crate) async fn choose_certificate(
    desk: State<'_, Desk>,
    window: tauri::Window,
) -> Result<Option<CertificateView>, Failure> {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(texts::text("ui-certificate-choose", &[]))
        .add_filter("PEM, DER, P7B", &["pem", "crt", "cer", "der", "p7b", "p7c", "zip"])
        .set_parent(&window);
    let Some(file) = dialog.pick_file().await else { return Ok(None) };
    let (office, environment) = (Arc::clone(&desk.office), desk.environment());
    let own = environment.clone();
    let checked = blocking(move || Ok(block_on(office.check_certificate(&own, file.path()))?)).await?;
    remember(&desk, environment, checked).map(Some)
}

fn remember(desk: &Desk, environment: Environment, checked: CheckedCertificate) -> Result<CertificateView, Failure> {
    let view = CertificateView::of_checked(&checked).ok_or_else(|| Failure::of("program.internal", &[]))?;
    desk.remember_checked(environment, checked);
    Ok(view)
}

/// Puts the certificate in use that was checked and shown last.
#[tauri::command]
pub(crate) async fn install_certificate(desk: State<'_, Desk>) -> Result<DeskState, Failure> {
    let office = Arc::clone(&desk.office);
    let (environment, checked) = desk.take_checked().ok_or_else(|| Failure::of("program.internal", &[]))?;
    blocking(move || {
        office.install_certificate(&environment, &checked)?;
        Ok(state(&office, &environment))
    })
    .await
}
