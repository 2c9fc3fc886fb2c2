//! Levels beyond the signature itself: a time stamp, long-term data, and the stamp over both (ETSI EN 319 142-1, 6).

use std::{collections::HashSet, sync::Arc, thread};

use cades::{Certificate, Hash, TimeStampFault, TimeStampRequest};
use evidence::Guard;
use filemap::FileMap;
use keys::demo::DemoOffice;
use pades::{
    LongTermData, Note, Policy, RevocationRule, SignatureJudgement, Verdict,
    facts::{Blob, SignatureFacts, Stored},
};
use pdf::Document;

use crate::{
    Environment, Office, OfficeError, TrustChoice, VerifyRequest, clock, online::Fetched, output::Unfinished,
    signing::chain_of,
};

/// Bytes left for the token of an authority whose tokens were never seen: the largest met have ten thousand.
const STAMP_ROOM: usize = 16 * 1024;

/// What a token may have beyond the one that was measured: signatures by curves vary by some bytes.
const STAMP_MARGIN: usize = 64;

/// How far a signature goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The signature.
    #[default]
    Basic,
    /// With a time stamp.
    Time,
    /// With everything that proves it long after.
    LongTerm,
    /// With a stamp over that.
    Archive,
}

/// The levels by the names that people write.
pub const LEVELS: [(&str, Level); 4] =
    [("b-b", Level::Basic), ("b-t", Level::Time), ("b-lt", Level::LongTerm), ("b-lta", Level::Archive)];

impl Level {
    /// The level of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        LEVELS.iter().find(|(known, _)| *known == name).map(|(_, level)| *level)
    }

    /// The level with that name in the standard.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        LEVELS.iter().map(|(_, level)| *level).find(|level| level.label() == label)
    }

    /// Its name in capitals, as in the standard.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Basic => "B-B",
            Self::Time => "B-T",
            Self::LongTerm => "B-LT",
            Self::Archive => "B-LTA",
        }
    }
}

/// Who stamps.
pub(crate) enum Stamper {
    /// The demonstration itself.
    Demo(Arc<DemoOffice>),
    /// Time stamping authorities, in the order in which they are asked.
    Servers(Vec<String>),
}

impl Stamper {
    /// Bytes that a token takes at the most.
    pub(crate) async fn room(&self) -> Result<usize, OfficeError> {
        Ok(match self {
            Self::Demo(_) => self.stamp(&[0; 32]).await?.len() + STAMP_MARGIN,
            // Authorities charge for every stamp: none is asked for only to be measured.
            Self::Servers(_) => STAMP_ROOM,
        })
    }

    /// A token over a SHA-256, of the first authority that gives one.
    ///
    /// # Errors
    /// [`OfficeError::NoTimeStamper`], [`OfficeError::TimeStamp`] with what the last one said.
    pub(crate) async fn stamp(&self, imprint: &[u8]) -> Result<Vec<u8>, OfficeError> {
        let nonce = keys::authority::new_serial()?;
        let nonce = nonce.first_chunk().copied().unwrap_or_default();
        let request = TimeStampRequest { hash: Hash::Sha256, imprint: imprint.to_vec(), nonce };
        match self {
            Self::Demo(office) => Ok(office.stamp(&request, clock::now())?),
            Self::Servers(servers) => {
                let mut last = OfficeError::NoTimeStamper;
                for server in servers {
                    match evidence::post_time_stamp(server, request.to_der(), Guard::Anything).await {
                        Ok(answer) => match request.token_of(&answer) {
                            // One that does not fit is no reason not to ask the next authority.
                            Ok(token) if token.len() > STAMP_ROOM => last = failed(server, "stamp.too_large"),
                            Ok(token) => return Ok(token),
                            Err(fault) => last = failed(server, fault_code(fault)),
                        },
                        Err(error) => last = failed(server, error.code()),
                    }
                }
                Err(last)
            }
        }
    }
}

fn failed(server: &str, cause: &'static str) -> OfficeError {
    OfficeError::TimeStamp { server: server.to_owned(), cause }
}

/// Stable code of what was wrong with an authority's answer.
fn fault_code(fault: TimeStampFault) -> &'static str {
    match fault {
        TimeStampFault::Unreadable => "stamp.unreadable",
        TimeStampFault::Refused { .. } => "stamp.refused",
        TimeStampFault::Different => "stamp.different",
    }
}

impl Office {
    /// Who stamps in an environment; `servers` are asked in place of its own.
    pub(crate) fn stamper(&self, environment: &Environment, servers: &[String]) -> Result<Stamper, OfficeError> {
        match environment {
            _ if !servers.is_empty() => Ok(Stamper::Servers(servers.to_vec())),
            Environment::Demo => Ok(Stamper::Demo(self.demo()?)),
            Environment::Aws(own) if own.time_stampers.is_empty() => Err(OfficeError::NoTimeStamper),
            Environment::Aws(own) => Ok(Stamper::Servers(own.time_stampers.clone())),
        }
    }

    /// What an environment trusts and has at hand, by which its own signatures are completed.
    pub(crate) fn level_policy(&self, environment: &Environment, chain: &[Certificate]) -> Result<Policy, OfficeError> {
        let mut trust = TrustChoice { demo: *environment == Environment::Demo, ..TrustChoice::default() };
        if let Environment::Aws(own) = environment {
            trust.office.clone_from(&own.trust);
        }
        let mut policy = self.policy(&VerifyRequest { trust, at: None, revocation: Some(RevocationRule::Required) })?;
        if let Some(last) = chain.last() {
            policy.anchors.add(trust::TrustList::Office, vec![last.clone()]);
        }
        if *environment == Environment::Demo {
            let lists = self.demo()?.lists(clock::now())?.ok_or(OfficeError::DemoWithoutLists)?;
            policy.evidence.crls.extend(lists.iter().filter_map(|der| trust::cache::crl(der)));
        }
        Ok(policy)
    }

    /// Adds what proves a document's signatures to a file that is still without a name; the count of revisions added.
    ///
    /// # Errors
    /// [`OfficeError::LongTermIncomplete`], and whatever keeps the document from being changed.
    pub(crate) fn add_long_term_data(
        &self,
        unfinished: &mut Unfinished,
        environment: &Environment,
        chain: &[Certificate],
    ) -> Result<usize, OfficeError> {
        let file = unfinished.target().to_owned();
        let failed = OfficeError::file(&file);
        let policy = self.level_policy(environment, chain)?;
        let is_online = *environment != Environment::Demo;
        let appended = {
            let map = FileMap::of(unfinished.file()).map_err(&failed)?;
            // What is fetched is waited for on a thread of its own.
            let data = thread::scope(|scope| scope.spawn(|| self.collect(&map, policy, is_online)).join());
            let data = data.map_err(|_| OfficeError::SelfCheck("panic".to_owned()))??;
            pades::append_long_term_data(&Document::open(&map)?, &data, clock::now_here())?
        };
        let Some(appended) = appended else { return Ok(0) };
        unfinished.append(&appended).map_err(&failed)?;
        Ok(1)
    }

    /// Stamps a whole document that is still without a name.
    ///
    /// # Errors
    /// [`OfficeError::TimeStamp`], and whatever keeps the document from being changed.
    pub(crate) async fn add_stamp(&self, unfinished: &mut Unfinished, stamper: &Stamper) -> Result<(), OfficeError> {
        let file = unfinished.target().to_owned();
        let failed = OfficeError::file(&file);
        let room = stamper.room().await?;
        let appended = {
            let map = FileMap::of(unfinished.file()).map_err(&failed)?;
            let prepared = pades::prepare_stamp(&Document::open(&map)?, room, clock::now_here())?;
            let token = stamper.stamp(prepared.imprint()).await?;
            prepared.finish(&token)?
        };
        unfinished.append(&appended).map_err(&failed)
    }

    /// Everything that proves the document's signatures: every certificate and all evidence that the judgement drew on.
    fn collect(&self, bytes: &[u8], mut policy: Policy, is_online: bool) -> Result<LongTermData, OfficeError> {
        let facts = pades::extract(bytes)?;
        let fetched = is_online.then(Fetched::default);
        let judgement = self.judge_completing(&facts, &mut policy, fetched.as_ref());
        if let Some(open) = judgement.signatures.iter().find(|signature| signature.verdict != Verdict::Valid) {
            let field = facts.signatures.get(open.signature).map(|signature| signature.field.clone());
            return Err(OfficeError::LongTermIncomplete { field: field.unwrap_or_default(), cause: open.code.clone() });
        }
        let kept = facts
            .dss
            .iter()
            .flat_map(|store| &store.crls)
            .filter_map(|Stored { data: Blob(der), .. }| trust::cache::crl(der));
        policy.evidence.crls.extend(kept);
        let signatures = facts.signatures.iter().zip(&judgement.signatures);
        let known: Vec<Certificate> = policy.issuers.iter().chain(policy.anchors.iter()).cloned().collect();
        let own: Vec<_> =
            signatures.map(|(signature, judged)| (signature, own_certificates(signature, judged, &known))).collect();
        let mut seen = HashSet::new();
        let all = own.iter().flat_map(|(_, certificates)| certificates).map(Certificate::der);
        Ok(LongTermData {
            certificates: all.filter(|der| seen.insert(*der)).map(<[u8]>::to_vec).collect(),
            crls: policy.evidence.crls.iter().map(|list| list.der().to_vec()).collect(),
            ocsps: policy.evidence.ocsps.iter().map(|answer| answer.der().to_vec()).collect(),
            notes: own.iter().filter_map(|(signature, own)| note(signature, own, &policy)).collect(),
        })
    }
}

/// Which evidence belongs to one signature: what speaks of its certificates and of those of its stamps.
fn note(signature: &SignatureFacts, own: &[Certificate], policy: &Policy) -> Option<Note> {
    let crls = policy.evidence.crls.iter().filter(|list| own.iter().any(|own| own.issuer == list.issuer));
    let ocsps = policy.evidence.ocsps.iter().filter(|response| {
        let mut pairs = own.iter().flat_map(|one| own.iter().map(move |issuer| (one, issuer)));
        pairs.any(|(one, issuer)| response.answers.iter().any(|answer| answer.is_about(one, issuer)))
    });
    Some(Note {
        name: signature.vri_names.first()?.clone(),
        crls: crls.map(|list| list.der().to_vec()).collect(),
        ocsps: ocsps.map(|response| response.der().to_vec()).collect(),
        certificates: own.iter().map(|certificate| certificate.der().to_vec()).collect(),
    })
}

/// What signature and stamps brought along, what the path needed besides, and the issuers of all of them that are known.
fn own_certificates(
    signature: &SignatureFacts,
    judged: &SignatureJudgement,
    known: &[Certificate],
) -> Vec<Certificate> {
    let tokens = signature.cms.iter().flat_map(|cms| &cms.time_stamps).chain(&signature.token).map(|token| &token.cms);
    let brought = signature.cms.iter().chain(tokens).flat_map(|cms| &cms.certificates);
    let brought = brought.filter_map(|Blob(der)| Certificate::parse(der).ok());
    let of_path = judged
        .path
        .iter()
        .filter_map(|step| known.iter().find(|known| Hash::Sha256.hex_digest(known.der()) == step.sha256).cloned());
    let mut seen = HashSet::new();
    let chains = brought.chain(of_path).flat_map(|certificate| chain_of(certificate, known));
    chains.filter(|certificate| seen.insert(certificate.fingerprint())).collect()
}
