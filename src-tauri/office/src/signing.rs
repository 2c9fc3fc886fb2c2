//! Signing a file: prepare, ask the key, write beside the original, verify, and only then give the result its name.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use cades::{Certificate, Hash, KeyKind, SignatureAlgorithm};
use chrono::{DateTime, Utc};
use filemap::FileMap;
use keys::{Signer, kms};
use pades::{Claims, DocumentFacts, Policy, Request, RevocationRule, Verdict};
use pdf::Document;
use trust::{Anchors, TrustList};

use crate::{
    AwsEnvironment, Environment, Level, Office, OfficeError, TrustChoice, Verified, VerifyRequest, clock,
    output::{self, Unfinished, suggested_name},
};

/// What to sign, with which key, and where the result goes.
#[derive(Debug, Clone)]
pub struct SignRequest {
    /// The document.
    pub input: PathBuf,
    /// The new file; beside the original if not given.
    pub output: Option<PathBuf>,
    /// Whether an existing file may be replaced.
    pub overwrite: bool,
    /// Where the key is.
    pub environment: Environment,
    /// Which key of the demonstration; elsewhere the environment names it.
    pub key: Option<String>,
    /// How; the key's usual way if not given.
    pub algorithm: Option<SignatureAlgorithm>,
    /// Further claims.
    pub claims: Claims,
    /// SHA-256 (lower-case hexadecimal) of the document that the person saw.
    pub expected_sha256: Option<String>,
    /// How far the signature goes.
    pub level: Level,
    /// Time stamping authorities to be asked in place of the environment's.
    pub time_stampers: Vec<String>,
    /// Whether to go less far where the stamp or the long-term data do not come, rather than not to sign.
    pub or_lower: bool,
}

/// Where a signing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The new revision is made and hashed.
    Preparing,
    /// The key was asked.
    Signing,
    /// The new file is written.
    Writing,
    /// The new file is verified.
    Checking,
    /// The new file has its name.
    Done,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct SignOutcome {
    /// The new file.
    pub output: PathBuf,
    /// Name of the new field.
    pub field: String,
    /// The key, as the person knows it.
    pub key: String,
    /// How it was signed.
    pub algorithm: SignatureAlgorithm,
    /// `x-amzn-RequestId`, by which CloudTrail's event is found again.
    pub request_id: Option<String>,
    /// The Region that stood in for the key's own, which failed.
    pub stand_by: Option<String>,
    /// What a person should know about the key; the name of its text.
    pub notice: Option<&'static str>,
    /// How far it went.
    pub level: Level,
    /// Why it went less far than asked: the code of what failed.
    pub lowered: Option<&'static str>,
    /// The verification of the new file that preceded its name.
    pub verified: Verified,
}

/// What signing a document would mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signable {
    /// Who would sign.
    pub signer: String,
    /// With which key.
    pub key: String,
    /// Whether the signature would be the first, which certifies.
    pub certifies: bool,
}

/// Asks a running signing to stop. After the new file has its name it is too late, and the result stands.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Waits until it is asked.
    pub async fn asked(&self) {
        cancelled(self).await;
    }

    pub(crate) fn check(&self) -> Result<(), OfficeError> {
        if self.0.load(Ordering::Relaxed) { Err(OfficeError::Cancelled) } else { Ok(()) }
    }
}

/// How often a waiting signing looks whether it was cancelled.
const CANCEL_POLL: std::time::Duration = std::time::Duration::from_millis(100);

impl Office {
    /// Signs one document, all or nothing.
    ///
    /// # Errors
    /// [`OfficeError`]; whichever it is, the original is untouched and no new file exists.
    pub async fn sign(
        &self,
        request: &SignRequest,
        cancel: &Cancel,
        progress: &(dyn Fn(Step) + Sync),
    ) -> Result<SignOutcome, OfficeError> {
        progress(Step::Preparing);
        thread::spawn(keys::seed_randomness);
        let output = request.output.clone().unwrap_or_else(|| suggested_name(&request.input));
        check_output(&request.input, &output, request.overwrite)?;
        let original = FileMap::open(&request.input).map_err(OfficeError::file(&request.input))?;
        check_expected(request, &original)?;
        let document = Document::open(&original)?;
        pades::check_signable(&document)?;
        let signer = tokio::select! {
            signer = self.signer(request) => signer?,
            () = cancelled(cancel) => return Err(OfficeError::Cancelled),
        };
        if let Environment::Aws(own) = &request.environment {
            own.check_choice("o algoritmo", own.algorithm.as_ref(), request.algorithm.as_ref())?;
        }
        let wanted = request.algorithm.or_else(|| request.environment.algorithm());
        let algorithm = wanted.map_or_else(|| usual_algorithm(signer.chain()), Ok)?;
        check_chain(signer.chain(), clock::now())?;
        let stamper = match request.level {
            Level::Basic => None,
            _ => Some(self.stamper(&request.environment, &request.time_stampers)?),
        };
        let stamp_room = match &stamper {
            Some(stamper) => stamper.room().await?,
            None => 0,
        };
        // The disk works while the document is hashed, and a full one is known before the key is asked.
        let copying = copy_aside(&request.input, &output);
        let prepared = pades::prepare(
            &document,
            &Request {
                chain: signer.chain().to_vec(),
                algorithm,
                claimed_time: clock::now_here(),
                claims: marked(&request.claims, &request.environment),
                stamp_room,
            },
        )?;
        let unfinished = copying.join().map_err(|_| OfficeError::file(&output)(std::io::ErrorKind::Other.into()))?;
        let mut unfinished = unfinished.map_err(OfficeError::file(&output))?;
        cancel.check()?;

        progress(Step::Signing);
        let digest = prepared.to_be_signed()?;
        let signed = tokio::select! {
            signed = signer.sign_digest(algorithm, &digest) => signed?,
            () = cancelled(cancel) => return Err(OfficeError::Cancelled),
        };

        let imprint = Hash::Sha256.digest(&signed.signature);
        let mut reached = request.level;
        let mut lowered = None;
        let token = match &stamper {
            Some(stamper) => tokio::select! {
                token = stamper.stamp(&imprint) => or_lower(request, token, Level::Basic, &mut reached, &mut lowered)?,
                () = cancelled(cancel) => return Err(OfficeError::Cancelled),
            },
            None => None,
        };

        progress(Step::Writing);
        let field = prepared.field().to_owned();
        let appended = prepared.finish(&signed.signature, token.as_deref())?;
        unfinished.append(&appended).map_err(OfficeError::file(&output))?;
        cancel.check()?;
        let mut revisions = 1;
        if reached >= Level::LongTerm {
            let added = self.add_long_term_data(&mut unfinished, &request.environment, signer.chain());
            revisions += or_lower(request, added, Level::Time, &mut reached, &mut lowered)?.unwrap_or(0);
        }
        if let Some(stamper) = stamper.as_ref().filter(|_| reached >= Level::Archive) {
            let added = tokio::select! {
                added = self.add_stamp(&mut unfinished, stamper) => added,
                () = cancelled(cancel) => return Err(OfficeError::Cancelled),
            };
            let added = or_lower(request, added, Level::LongTerm, &mut reached, &mut lowered)?;
            revisions += usize::from(added.is_some());
        }
        cancel.check()?;
        let anchors = self.anchors_of(request, signer.chain())?;
        let verified = check(request, unfinished, &original, anchors, &field, reached, revisions, cancel, progress)?;
        progress(Step::Done);
        Ok(SignOutcome {
            output,
            field,
            key: signer.label(),
            algorithm,
            request_id: signed.request_id,
            stand_by: signed.stand_by,
            notice: signer.notice(),
            level: reached,
            lowered,
            verified,
        })
    }

    /// Whom the check of a new file trusts: the signer's own root, and for stamps what the environment trusts.
    fn anchors_of(&self, request: &SignRequest, chain: &[Certificate]) -> Result<Anchors, OfficeError> {
        let mut anchors = own_anchor(chain);
        if request.level > Level::Basic {
            let mut trust = TrustChoice { demo: request.environment == Environment::Demo, ..TrustChoice::default() };
            if let Environment::Aws(own) = &request.environment {
                trust.office.clone_from(&own.trust);
            }
            let known = self.policy(&VerifyRequest { trust, at: None, revocation: Some(RevocationRule::Ignore) })?;
            anchors.add(TrustList::Office, known.anchors.iter().cloned());
        }
        Ok(anchors)
    }

    /// Whether a document can be signed with an environment's usual key, before anybody is asked to confirm it.
    ///
    /// # Errors
    /// As [`Office::sign`]; nothing is written and no key is used.
    pub fn check_signable(&self, environment: &Environment, bytes: &[u8]) -> Result<Signable, OfficeError> {
        let document = Document::open(bytes)?;
        let certifies = pades::check_signable(&document)?;
        let (chain, key) = match environment {
            Environment::Demo => {
                let signer = self.demo()?.signer(keys::demo::DEFAULT_KEY, clock::now())?;
                (signer.chain().to_vec(), signer.label())
            }
            Environment::Aws(own) => (self.certificate_in_use(own)?, own.key.clone().ok_or(OfficeError::KeyNeeded)?),
        };
        check_chain(&chain, clock::now())?;
        let signer = chain.first().map(Certificate::subject_label).unwrap_or_default();
        Ok(Signable { signer, key, certifies })
    }

    /// Key and credentials of an environment in AWS, for those who manage keys.
    ///
    /// # Errors
    /// [`OfficeError::Environment`] in the demonstration, [`OfficeError::KeyNeeded`].
    pub fn kms_settings(&self, environment: &Environment) -> Result<kms::KmsSettings, OfficeError> {
        let Environment::Aws(environment) = environment else {
            return Err(OfficeError::Environment("A demonstração não usa o KMS.".to_owned()));
        };
        let key = environment.key.clone().ok_or(OfficeError::KeyNeeded)?;
        Ok(settings(environment, key, self.credentials(environment)?))
    }

    /// The key of a request, checked against its certificate.
    async fn signer(&self, request: &SignRequest) -> Result<Arc<dyn Signer>, OfficeError> {
        match &request.environment {
            Environment::Demo => {
                let key = request.key.as_deref().unwrap_or(match request.algorithm {
                    Some(algorithm) if algorithm.fits(KeyKind::P256) => "p-256",
                    Some(algorithm) if algorithm.fits(KeyKind::P384) => "p-384",
                    _ => keys::demo::DEFAULT_KEY,
                });
                Ok(Arc::new(self.demo()?.signer(key, clock::now())?))
            }
            Environment::Aws(environment) => Ok(self.kms_signer(environment).await?),
        }
    }

    /// The key of an environment: checked the first time it is used in this run, then known.
    async fn kms_signer(&self, environment: &AwsEnvironment) -> Result<Arc<kms::KmsSigner>, OfficeError> {
        let key = environment.key.clone().ok_or(OfficeError::KeyNeeded)?;
        let chain = self.certificate_in_use(environment)?;
        let credentials = self.credentials(environment)?;
        // A key is known by all that it was checked against.
        let certificate = chain.first().map(Certificate::fingerprint).unwrap_or_default();
        let name = format!("{environment:?} {}", pdf::hex(&certificate));
        if let Some(known) = self.signers.lock().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return Ok(Arc::clone(known));
        }
        let settings = settings(environment, key, credentials);
        let signer = Arc::new(kms::KmsSigner::connect(&settings, chain, clock::now).await?);
        self.signers.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::clone(&signer));
        Ok(signer)
    }
}

pub(crate) fn settings(environment: &AwsEnvironment, key: String, credentials: keys::Credentials) -> kms::KmsSettings {
    kms::KmsSettings {
        key,
        region: environment.region.clone(),
        endpoint: environment.endpoint.clone(),
        credentials,
        expected: environment.expected.clone(),
        stand_by: environment.stand_by.clone(),
    }
}

/// Copies the original into a file that has no name yet. Whoever gives up lets go of it, and nothing is left.
pub(crate) fn copy_aside(input: &Path, output: &Path) -> thread::JoinHandle<std::io::Result<Unfinished>> {
    let (input, output) = (input.to_owned(), output.to_owned());
    thread::spawn(move || {
        let mut unfinished = Unfinished::new(&output)?;
        unfinished.copy(&input)?;
        Ok(unfinished)
    })
}

pub(crate) async fn cancelled(cancel: &Cancel) {
    while cancel.check().is_ok() {
        tokio::time::sleep(CANCEL_POLL).await;
    }
}

/// What failed outside this program lowers the level, where the person said so; anything else ends the signing.
fn or_lower<T>(
    request: &SignRequest,
    result: Result<T, OfficeError>,
    lower: Level,
    reached: &mut Level,
    lowered: &mut Option<&'static str>,
) -> Result<Option<T>, OfficeError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error @ (OfficeError::TimeStamp { .. } | OfficeError::LongTermIncomplete { .. })) if request.or_lower => {
            *reached = lower;
            *lowered = Some(error.code());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub(crate) fn check_output(input: &Path, output: &Path, overwrite: bool) -> Result<(), OfficeError> {
    let same = match (input.canonicalize(), output.canonicalize()) {
        (Ok(input), Ok(output)) => input == output,
        _ => false,
    };
    if same {
        return Err(OfficeError::SameAsOriginal(output.to_owned()));
    }
    output::check_target(output)?;
    // Looked at early, so that nobody waits for a key in vain; the name itself is given without overwriting.
    if !overwrite && output.symlink_metadata().is_ok() {
        return Err(OfficeError::Exists(output.to_owned()));
    }
    Ok(())
}

pub(crate) fn usual_algorithm(chain: &[Certificate]) -> Result<SignatureAlgorithm, OfficeError> {
    let kind = chain.first().ok_or(keys::KeyError::NoCertificate)?.public_key()?.kind;
    SignatureAlgorithm::usual(kind).ok_or(OfficeError::Key(keys::KeyError::AlgorithmDoesNotFit))
}

/// What is signed is what the person saw: asked before any key is.
fn check_expected(request: &SignRequest, original: &[u8]) -> Result<(), OfficeError> {
    match &request.expected_sha256 {
        Some(expected) if *expected != Hash::Sha256.hex_digest(original) => {
            Err(OfficeError::Changed(request.input.clone()))
        }
        _ => Ok(()),
    }
}

/// Whatever our own verifier would refuse about the certificates is refused before the key is asked.
pub(crate) fn check_chain(chain: &[Certificate], now: DateTime<Utc>) -> Result<(), OfficeError> {
    let (Some(signer), Some(last)) = (chain.first(), chain.last()) else {
        return Err(keys::KeyError::NoCertificate.into());
    };
    if now < signer.not_before || now > signer.not_after {
        return Err(OfficeError::CertificateNotValid {
            from: clock::spoken(signer.not_before),
            until: clock::spoken(signer.not_after),
        });
    }
    // PAdES B-B embeds the whole chain (ETSI EN 319 142-1, 6.3).
    if !last.is_self_issued() {
        return Err(OfficeError::ChainIncomplete(last.issuer_label()));
    }
    let anchors = Anchors::new("do próprio signatário", vec![last.clone()]);
    if !pades::may_sign_documents(signer)
        || trust::find_path(signer, &chain.iter().collect::<Vec<_>>(), &anchors, &trust::PathSettings::at(now)).is_err()
    {
        return Err(OfficeError::ChainUnfit(signer.subject_label()));
    }
    Ok(())
}

/// Outside production the file itself says that it has no legal value, wherever it goes.
pub(crate) fn marked(claims: &Claims, environment: &Environment) -> Claims {
    let name = environment.name();
    if matches!(environment, Environment::Demo) || name == "prod" {
        // The certificates of the demonstration say it.
        return claims.clone();
    }
    let mark = format!("{NO_LEGAL_VALUE} – ambiente {name}");
    let reason = match &claims.reason {
        Some(reason) => format!("{mark}: {reason}"),
        None => mark,
    };
    Claims { reason: Some(reason), ..claims.clone() }
}

/// What stands in front of every reason outside production.
const NO_LEGAL_VALUE: &str = "SEM VALIDADE JURÍDICA";

/// Certificates as they come in a file, put in order: the signer, its issuer, and so on; strangers are left out.
pub(crate) fn order_chain(certificates: Vec<Certificate>) -> Vec<Certificate> {
    let issues_another = |candidate: &Certificate| {
        certificates.iter().any(|other| other != candidate && other.issuer == candidate.subject)
    };
    let Some(signer) = certificates.iter().find(|certificate| !issues_another(certificate)) else {
        return certificates;
    };
    chain_of(signer.clone(), &certificates)
}

/// A certificate and its issuers, as far as they are at hand.
pub(crate) fn chain_of(signer: Certificate, certificates: &[Certificate]) -> Vec<Certificate> {
    let mut chain = vec![signer];
    while let Some(last) = chain.last()
        && !last.is_self_issued()
        && let Some(issuer) =
            certificates.iter().find(|issuer| issuer.subject == last.issuer && last.verify_signed_by(issuer).is_ok())
        && !chain.contains(issuer)
    {
        chain.push(issuer.clone());
    }
    chain
}

/// Verifies the new file as it stands on disk, and gives it its name.
#[allow(clippy::too_many_arguments, reason = "each is a different thing, used once, here")]
fn check(
    request: &SignRequest,
    mut unfinished: Unfinished,
    original: &[u8],
    anchors: Anchors,
    field: &str,
    reached: Level,
    revisions: usize,
    cancel: &Cancel,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Verified, OfficeError> {
    progress(Step::Checking);
    let output = unfinished.target().to_owned();
    let failed = OfficeError::file(&output);
    // The disk and the processor work at the same time: both are needed before the file gets its name.
    let to_sync = unfinished.file().try_clone().map_err(&failed)?;
    let verified = thread::scope(|scope| {
        let sync = scope.spawn(move || to_sync.sync_all());
        let map = FileMap::of(unfinished.file()).map_err(&failed)?;
        let verified = match verify_own(&map, anchors, field, reached) {
            // The likeliest reason is that somebody wrote to the original while it was copied.
            Err(_) if map.get(..original.len()) != Some(original) => {
                return Err(OfficeError::Changed(request.input.clone()));
            }
            other => other?,
        };
        sync.join().map_err(|_| failed(std::io::ErrorKind::Other.into()))?.map_err(&failed)?;
        Ok(verified)
    })?;
    check_earlier(original, &verified.facts, revisions)?;
    cancel.check()?;
    name_file(unfinished, request.overwrite)?;
    Ok(verified)
}

/// Gives a whole file its name.
pub(crate) fn name_file(unfinished: Unfinished, overwrite: bool) -> Result<(), OfficeError> {
    let output = unfinished.target().to_owned();
    unfinished.commit(overwrite).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => OfficeError::Exists(output.clone()),
        _ => OfficeError::file(&output)(error),
    })
}

/// The chain's own last certificate.
pub(crate) fn own_anchor(chain: &[Certificate]) -> Anchors {
    Anchors::new("do próprio signatário", chain.last().cloned().into_iter().collect())
}

/// Our own verifier judges the result as it would judge anybody's file.
pub(crate) fn verify_own(bytes: &[u8], anchors: Anchors, field: &str, level: Level) -> Result<Verified, OfficeError> {
    let time = clock::now();
    let policy = Policy {
        anchors,
        issuers: Vec::new(),
        evidence: trust::revocation::Evidence::default(),
        time,
        revocation: if level >= Level::LongTerm { RevocationRule::IfPresent } else { RevocationRule::Ignore },
        without_revocation: Vec::new(),
    };
    let facts = pades::extract(bytes)?;
    let judgement = pades::judge(&facts, &policy);
    let own = facts.signatures.iter().zip(&judgement.signatures).find(|(signature, _)| signature.field == field);
    match own {
        Some((_, own)) if own.verdict == Verdict::Valid => {
            let reached = own.level.reached.as_deref().and_then(Level::from_label);
            if level > Level::Basic && reached < Some(level) {
                return Err(OfficeError::SelfCheck("level.not_reached".to_owned()));
            }
            Ok(Verified { list: policy.anchors.name.clone(), facts, judgement, time, online: false })
        }
        Some((_, own)) => Err(OfficeError::SelfCheck(own.code.clone())),
        None => Err(OfficeError::SelfCheck("field.missing".to_owned())),
    }
}

/// Earlier signatures must stand as they stood, and our revision must explain itself.
pub(crate) fn check_earlier(original: &[u8], after: &DocumentFacts, revisions: usize) -> Result<(), OfficeError> {
    let own = after.revisions.saturating_sub(revisions);
    if after.changes.iter().any(|change| change.revision >= own && !change.only_signs()) {
        return Err(OfficeError::SelfCheck("change.unexplained".to_owned()));
    }
    // With our own signature alone there is nothing earlier to compare, and a large file is not hashed once more.
    if after.signatures.len() <= 1 {
        return Ok(());
    }
    let before = pades::extract(original)?;
    for earlier in &before.signatures {
        let same = after.signatures.iter().any(|later| {
            later.object == earlier.object
                && later.cms == earlier.cms
                && later.faults == earlier.faults
                && later.byte_range == earlier.byte_range
                && later.revision == earlier.revision
        });
        if !same {
            return Err(OfficeError::SelfCheck("signature.earlier".to_owned()));
        }
    }
    Ok(())
}
