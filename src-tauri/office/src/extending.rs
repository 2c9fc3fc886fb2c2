//! Making signatures last that are in a document already, whoever made them (ETSI EN 319 142-1, 5.4 and 6).

use std::path::PathBuf;

use filemap::FileMap;
use pades::{DocumentFacts, Judgement, Policy, RevocationRule, SignatureJudgement, Verdict, facts::SignatureFacts};
use pdf::Document;

use crate::{
    Cancel, Environment, Level, Office, OfficeError, Step, Verified, clock,
    output::{Unfinished, suggested_name},
    signing::{cancelled, check_earlier, check_output, copy_aside, name_file},
};

/// A signed document, and how far its signatures shall go.
#[derive(Debug, Clone)]
pub struct ExtendRequest {
    /// The signed document.
    pub input: PathBuf,
    /// The new file; otherwise beside the document.
    pub output: Option<PathBuf>,
    /// Whether the new file may take the place of another.
    pub overwrite: bool,
    /// Whose authorities stamp and are trusted.
    pub environment: Environment,
    /// How far. B-LTA, where it is there already, renews the stamp over everything.
    pub level: Level,
    /// Authorities in place of the environment's own, in the order in which they are asked.
    pub time_stampers: Vec<String>,
}

/// The new file.
#[derive(Debug)]
pub struct ExtendOutcome {
    /// Where it is.
    pub output: PathBuf,
    /// What all its signatures have at least; nothing where one of them has a form outside PAdES, which lasts all the same.
    pub level: Option<Level>,
    /// The verification that preceded its name.
    pub verified: Verified,
}

impl Office {
    /// Adds time stamps and long-term data to a signed document, all or nothing. What was there stays, byte for byte.
    ///
    /// # Errors
    /// [`OfficeError::NothingToExtend`], [`OfficeError::LevelReached`], [`OfficeError::NotExtendable`] with the first signature
    /// that is not good, and those of [`Office::sign`]; whichever it is, no new file exists.
    pub async fn extend(
        &self,
        request: &ExtendRequest,
        cancel: &Cancel,
        progress: &(dyn Fn(Step) + Sync),
    ) -> Result<ExtendOutcome, OfficeError> {
        progress(Step::Preparing);
        let output = request.output.clone().unwrap_or_else(|| suggested_name(&request.input));
        check_output(&request.input, &output, request.overwrite)?;
        let stamper = self.stamper(&request.environment, &request.time_stampers)?;
        let original = FileMap::open(&request.input).map_err(OfficeError::file(&request.input))?;
        let facts = pades::extract(&original)?;
        let mut policy = self.level_policy(&request.environment, &[])?;
        policy.revocation = RevocationRule::IfPresent;
        let with_evidence = pades::judge(&facts, &policy);
        // What is wrong with evidence may be what is about to be added.
        policy.revocation = RevocationRule::Ignore;
        let without = pades::judge(&facts, &policy);
        let needs_stamp = check_extendable(request, &facts, &with_evidence, &without)?;
        pades::check_signable(&Document::open(&original)?)?;
        let unfinished = copy_aside(&request.input, &output).join();
        let unfinished = unfinished.map_err(|_| OfficeError::file(&output)(std::io::ErrorKind::Other.into()))?;
        let mut unfinished = unfinished.map_err(OfficeError::file(&output))?;

        progress(Step::Writing);
        let added = tokio::select! {
            added = self.add(&mut unfinished, request, &stamper, needs_stamp) => added?,
            () = cancelled(cancel) => return Err(OfficeError::Cancelled),
        };
        if added == 0 {
            return Err(OfficeError::LevelReached(request.level.label()));
        }

        progress(Step::Checking);
        unfinished.file().sync_all().map_err(OfficeError::file(&output))?;
        let verified = {
            let map = FileMap::of(unfinished.file()).map_err(OfficeError::file(&output))?;
            // Somebody wrote to the document while it was copied.
            if map.get(..original.len()) != Some(&original[..]) {
                return Err(OfficeError::Changed(request.input.clone()));
            }
            self.check_extended(&map, request, policy)?
        };
        check_earlier(&original, &verified.facts, added)?;
        cancel.check()?;
        name_file(unfinished, request.overwrite)?;
        progress(Step::Done);
        Ok(ExtendOutcome { output, level: lowest_level(&verified.facts, &verified.judgement), verified })
    }

    /// The steps in the standard's order: a time, what proves everything at that time, a stamp over it.
    async fn add(
        &self,
        unfinished: &mut Unfinished,
        request: &ExtendRequest,
        stamper: &crate::levels::Stamper,
        needs_stamp: bool,
    ) -> Result<usize, OfficeError> {
        let mut added = 0;
        if needs_stamp {
            self.add_stamp(unfinished, stamper).await?;
            added += 1;
        }
        if request.level >= Level::LongTerm {
            added += self.add_long_term_data(unfinished, &request.environment, &[])?;
        }
        if request.level >= Level::Archive {
            self.add_stamp(unfinished, stamper).await?;
            added += 1;
        }
        Ok(added)
    }

    /// Our own verifier, with nothing but the file and whom this computer trusts, finds in every signature what was asked for.
    fn check_extended(
        &self,
        bytes: &[u8],
        request: &ExtendRequest,
        mut policy: Policy,
    ) -> Result<Verified, OfficeError> {
        if request.level >= Level::LongTerm {
            policy.revocation = RevocationRule::Required;
            policy.issuers = Vec::new();
        }
        policy.evidence = trust::revocation::Evidence::default();
        policy.time = clock::now();
        let facts = pades::extract(bytes)?;
        let judgement = pades::judge(&facts, &policy);
        for (signature, judged) in facts.signatures.iter().zip(&judgement.signatures) {
            let is_person = signature.token.is_none();
            let reached = level_of(judged);
            // Forms outside PAdES have no level to be named; time and evidence they have like any other.
            let is_enough = !is_person || reached.map_or(judged.time_is_proven, |reached| reached >= request.level);
            // The evidence of a document's last stamp comes with the next one.
            let is_good = judged.verdict == Verdict::Valid || !is_person && judged.verdict != Verdict::Invalid;
            if !is_good || !is_enough {
                let cause = if is_good { "level.not_reached".to_owned() } else { judged.code.clone() };
                return Err(OfficeError::NotExtendable { field: signature.field.clone(), cause });
            }
        }
        let time = policy.time;
        Ok(Verified { list: policy.anchors.name.clone(), facts, judgement, time, online: false })
    }
}

/// Whether the signatures can be made to last; answers whether one of them has no proven time yet.
fn check_extendable(
    request: &ExtendRequest,
    facts: &DocumentFacts,
    with_evidence: &Judgement,
    without: &Judgement,
) -> Result<bool, OfficeError> {
    if of_people(facts, without).next().is_none() {
        return Err(OfficeError::NothingToExtend);
    }
    let mut bad = of_people(facts, without).filter(|(_, judged)| judged.verdict != Verdict::Valid);
    let mut revoked = of_people(facts, with_evidence).filter(|(_, judged)| judged.verdict == Verdict::Invalid);
    if let Some((signature, judged)) = bad.next().or_else(|| revoked.next()) {
        return Err(OfficeError::NotExtendable { field: signature.field.clone(), cause: judged.code.clone() });
    }
    let reached = lowest_level(facts, with_evidence);
    if request.level < Level::Archive && reached.is_some_and(|reached| reached >= request.level) {
        return Err(OfficeError::LevelReached(request.level.label()));
    }
    Ok(of_people(facts, without).any(|(_, judged)| !judged.time_is_proven))
}

fn of_people<'a>(
    facts: &'a DocumentFacts,
    judgement: &'a Judgement,
) -> impl Iterator<Item = (&'a SignatureFacts, &'a SignatureJudgement)> {
    facts.signatures.iter().zip(&judgement.signatures).filter(|(signature, _)| signature.token.is_none())
}

fn level_of(judged: &SignatureJudgement) -> Option<Level> {
    judged.level.reached.as_deref().and_then(Level::from_label)
}

/// What all signatures of people have at least.
fn lowest_level(facts: &DocumentFacts, judgement: &Judgement) -> Option<Level> {
    of_people(facts, judgement).map(|(_, judged)| level_of(judged)).min().flatten()
}
