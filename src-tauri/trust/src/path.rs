//! From a certificate to an anchor: finding the way, and validating it (RFC 5280, 6.1).

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use cades::{CadesError, Certificate, SignatureAlgorithm, oid};
use chrono::{DateTime, Utc};

use crate::{Anchors, cache, constraints::NameState, policy_tree::PolicyState};

/// Longest path: ICP-Brasil has four certificates, PKITS seven, nobody has twenty.
const MAX_LENGTH: usize = 20;

/// Most work on signatures in one search, in checks of ordinary ones; a forger may offer many issuers of one name.
const MAX_SIGNATURE_CHECKS: usize = 400;

/// Most complete ways validated; each costs the whole of section 6.1.
const MAX_CANDIDATES: usize = 32;

/// keyUsage bit keyCertSign (RFC 5280, 4.2.1.3).
const KEY_CERT_SIGN: u16 = 1 << 5;

/// Extensions whose meaning is enforced here, or which do not limit what a document signer's path may do.
const UNDERSTOOD: [&str; 10] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
    oid::NAME_CONSTRAINTS,
    oid::SUBJECT_ALT_NAME,
    oid::CRL_DISTRIBUTION_POINTS,
];

/// anyExtendedKeyUsage (RFC 5280, 4.2.1.12).
const ANY_PURPOSE: &str = "2.5.29.37.0";

/// Purposes under which documents are signed: RFC 9336, Microsoft's and Adobe's for documents, e-mail, and the client
/// authentication that ICP-Brasil writes into people's certificates.
pub const DOCUMENT_PURPOSES: [&str; 6] = [
    ANY_PURPOSE,
    "1.3.6.1.5.5.7.3.36",
    "1.3.6.1.4.1.311.10.3.12",
    "1.2.840.113583.1.1.5",
    "1.3.6.1.5.5.7.3.4",
    "1.3.6.1.5.5.7.3.2",
];

/// A way that leads to an anchor, the signer first, the anchor last.
#[derive(Debug, Clone)]
pub struct Path<'p> {
    /// Its certificates.
    pub certificates: Vec<&'p Certificate>,
}

/// Why no way is good. The order is that of preference when several ways fail: the later one says more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PathProblem {
    /// No anchor is reached.
    NoAnchor,
    /// An issuer of that name is there, but the signature is not its own.
    BadSignature,
    /// An algorithm on the way cannot be computed.
    Unsupported(String),
    /// A certificate on the way may not do what it did; names the certificate's subject.
    Constraint(String),
    /// No policy is valid for the whole way (6.1.5).
    Policy,
    /// An issuer on the way was not valid at that time; names its subject.
    IssuerOutOfValidity(String),
    /// The signer's certificate is not valid yet.
    NotYetValid(DateTime<Utc>),
    /// The signer's certificate has expired.
    Expired(DateTime<Utc>),
    /// The caller refused the way (revocation).
    Refused,
    /// There were more candidates than are tried.
    TooMany,
}

/// Under which inputs a path is validated (6.1.1).
#[derive(Debug, Clone)]
pub struct PathSettings {
    /// When.
    pub time: DateTime<Utc>,
    /// Policies of which one has to be valid for the whole way; any where there are none.
    pub initial_policies: Vec<String>,
    /// A policy has to be valid whatever the certificates ask for.
    pub require_explicit_policy: bool,
    /// Policies are not mapped.
    pub inhibit_policy_mapping: bool,
    /// anyPolicy is no policy.
    pub inhibit_any_policy: bool,
    /// Purposes of which authorities and the last certificate together have to leave one; any where there are none.
    pub purposes: Vec<&'static str>,
    /// What all searches and questions together may cost.
    pub budget: Budget,
}

/// Work on signatures that may still be done for one file, in checks of ordinary ones. Its clones draw on one account.
#[derive(Debug, Clone)]
pub struct Budget(Arc<AtomicUsize>);

impl Default for Budget {
    fn default() -> Self {
        /// Fifty signatures with their stamps, lists and answers take some hundreds; so many take a second.
        const WHOLE: usize = 10_000;
        Self(Arc::new(AtomicUsize::new(WHOLE)))
    }
}

impl Budget {
    /// Takes what checking that certificate with that issuer costs; false where there is not enough left.
    #[must_use]
    pub fn affords(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.take(weight(certificate, issuer))
    }

    /// Takes some of it; false where there is not enough left.
    pub(crate) fn take(&self, weight: usize) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(weight)).is_ok()
    }
}

impl PathSettings {
    /// Any policy will do, at this time.
    #[must_use]
    pub fn at(time: DateTime<Utc>) -> Self {
        Self {
            time,
            initial_policies: Vec::new(),
            require_explicit_policy: false,
            inhibit_policy_mapping: false,
            inhibit_any_policy: false,
            purposes: Vec::new(),
            budget: Budget::default(),
        }
    }
}

/// Searches a way from `signer` to one of the anchors over the given issuers.
///
/// # Errors
/// The most telling [`PathProblem`] of all ways tried.
pub fn find_path<'p>(
    signer: &'p Certificate,
    issuers: &[&'p Certificate],
    anchors: &'p Anchors,
    settings: &PathSettings,
) -> Result<Path<'p>, PathProblem> {
    find_accepted_path(signer, issuers, anchors, settings, &mut |_| true)
}

/// As [`find_path`], but a valid way also has to be accepted by the caller, or another one is searched.
///
/// # Errors
/// The most telling [`PathProblem`]; [`PathProblem::Refused`] if there are valid ways and none was accepted.
pub fn find_accepted_path<'p>(
    signer: &'p Certificate,
    issuers: &[&'p Certificate],
    anchors: &'p Anchors,
    settings: &PathSettings,
    accept: &mut dyn FnMut(&Path<'p>) -> bool,
) -> Result<Path<'p>, PathProblem> {
    let mut search = Search {
        issuers,
        anchors,
        settings,
        accept,
        checks: 0,
        candidates: 0,
        problem: PathProblem::NoAnchor,
        reached: false,
        found: None,
    };
    search.extend(&mut vec![signer]);
    if let Some(path) = search.found {
        return Ok(path);
    }
    let Search { problem, reached, .. } = search;
    // An unknown issuer is not reported as a mere question of dates.
    if reached && settings.time < signer.not_before {
        return Err(PathProblem::NotYetValid(signer.not_before));
    }
    if reached && settings.time > signer.not_after {
        return Err(PathProblem::Expired(signer.not_after));
    }
    Err(problem)
}

struct Search<'p, 's> {
    issuers: &'s [&'p Certificate],
    anchors: &'p Anchors,
    settings: &'s PathSettings,
    accept: &'s mut dyn FnMut(&Path<'p>) -> bool,
    checks: usize,
    candidates: usize,
    problem: PathProblem,
    /// Some way of good signatures led to an anchor.
    reached: bool,
    found: Option<Path<'p>>,
}

impl<'p> Search<'p, '_> {
    fn note(&mut self, problem: PathProblem) {
        if problem > self.problem {
            self.problem = problem;
        }
    }

    /// Goes on from the last certificate of the way; stops at the first accepted one.
    fn extend(&mut self, way: &mut Vec<&'p Certificate>) {
        let Some(last) = way.last().copied() else { return };
        if let Some(anchor) = self.anchors.find(last) {
            self.try_way(way, anchor);
            return;
        }
        if way.len() >= MAX_LENGTH {
            return;
        }
        let anchors: Vec<&'p Certificate> = self.anchors.iter().collect();
        let mut candidates: Vec<&'p Certificate> = anchors
            .into_iter()
            .chain(self.issuers.iter().copied())
            .filter(|issuer| last.names_as_issuer(issuer))
            .filter(|issuer| !way.iter().any(|seen| seen.der() == issuer.der()))
            .collect();
        // The key that the certificate names is tried first; another one of the same name may still be right.
        if let Some(key) = last.authority_key_identifier() {
            candidates.sort_by_key(|issuer| issuer.subject_key_identifier().is_some_and(|own| own != key));
        }
        for issuer in candidates {
            if self.found.is_some() {
                return;
            }
            let weight = weight(last, issuer);
            let may_check = self.checks < MAX_SIGNATURE_CHECKS && self.candidates < MAX_CANDIDATES;
            if !may_check || !self.settings.budget.take(weight) {
                self.note(PathProblem::TooMany);
                return;
            }
            self.checks += weight;
            match cache::signed_by(last, issuer) {
                Ok(()) => {
                    way.push(issuer);
                    self.extend(way);
                    way.pop();
                }
                Err(CadesError::Unsupported(what)) => self.note(PathProblem::Unsupported(what)),
                Err(_) => self.note(PathProblem::BadSignature),
            }
        }
    }

    fn try_way(&mut self, way: &[&'p Certificate], anchor: &'p Certificate) {
        self.candidates += 1;
        self.reached = true;
        match validate(way, anchor, self.settings) {
            Ok(()) => {
                let path = Path { certificates: way.to_vec() };
                if (self.accept)(&path) {
                    self.found = Some(path);
                } else {
                    self.note(PathProblem::Refused);
                }
            }
            Err(problem) => self.note(problem),
        }
    }
}

/// The purposes that critical extendedKeyUsage extensions on the way down leave: an authority for some alone makes no
/// certificates for others.
#[derive(Default)]
struct Purposes {
    left: Option<Vec<String>>,
}

impl Purposes {
    fn pass(&mut self, authority: &Certificate) -> Result<(), CadesError> {
        if authority.extension(oid::EXTENDED_KEY_USAGE).is_none_or(|extension| !extension.critical) {
            return Ok(());
        }
        let own = authority.extended_key_usage()?;
        if own.iter().any(|own| own == ANY_PURPOSE) {
            return Ok(());
        }
        self.left = Some(match self.left.take() {
            Some(left) => left.into_iter().filter(|purpose| own.contains(purpose)).collect(),
            None => own,
        });
        Ok(())
    }

    fn leave_one_of(&self, wanted: &[&str], last: &Certificate) -> Result<bool, CadesError> {
        let Some(left) = &self.left else { return Ok(true) };
        let own = last.extended_key_usage()?;
        let has = |purpose: &String| own.is_empty() || own.iter().any(|own| own == purpose || own == ANY_PURPOSE);
        Ok(left.iter().any(|purpose| (wanted.is_empty() || wanted.contains(&purpose.as_str())) && has(purpose)))
    }
}

/// Section 6.1 for one way; its signatures were checked while it was found.
fn validate(way: &[&Certificate], anchor: &Certificate, settings: &PathSettings) -> Result<(), PathProblem> {
    let time = settings.time;
    // An anchor is believed for its own sake; only its time is over one day.
    if time < anchor.not_before || time > anchor.not_after {
        let is_signer = way.len() == 1;
        return Err(match (is_signer, time < anchor.not_before) {
            (true, true) => PathProblem::NotYetValid(anchor.not_before),
            (true, false) => PathProblem::Expired(anchor.not_after),
            (false, _) => PathProblem::IssuerOutOfValidity(anchor.subject_label()),
        });
    }
    let below: Vec<&Certificate> = way.iter().rev().skip(1).copied().collect();
    let mut names = NameState::default();
    let mut policies = PolicyState::new(below.len(), settings);
    let mut max_path_length = below.len() as u64;
    let mut purposes = Purposes::default();
    let is_strange =
        |extension: &cades::x509::Extension| extension.critical && !UNDERSTOOD.contains(&extension.oid.as_str());
    // Who trusts somebody's own certificate does not trust what that person issues: an anchor that says what it may do
    // is held to it.
    if !below.is_empty() && !anchor.extensions.is_empty() {
        let refused = |_| PathProblem::Constraint(anchor.subject_label());
        let (is_ca, length) = anchor.basic_constraints().map_err(refused)?.unwrap_or((false, None));
        let may_issue = anchor.key_usage().map_err(refused)?.is_none_or(|usage| usage & KEY_CERT_SIGN != 0);
        purposes.pass(anchor).map_err(refused)?;
        if let Some(constraints) = anchor.name_constraints().map_err(refused)? {
            names.restrict(constraints);
        }
        if !is_ca || !may_issue || anchor.repeats_extensions() || anchor.extensions.iter().any(is_strange) {
            return Err(PathProblem::Constraint(anchor.subject_label()));
        }
        max_path_length = length.map_or(max_path_length, |length| max_path_length.min(length));
    }
    // What only concerns dates is said last: a certificate that may not sign at all is the graver fault.
    let mut out_of_date: Option<PathProblem> = None;
    for (index, certificate) in below.iter().enumerate() {
        let is_last = index + 1 == below.len();
        let constraint = |_| PathProblem::Constraint(certificate.subject_label());
        let refused = || PathProblem::Constraint(certificate.subject_label());
        if time < certificate.not_before || time > certificate.not_after {
            out_of_date = out_of_date.or(Some(match (is_last, time < certificate.not_before) {
                (true, true) => PathProblem::NotYetValid(certificate.not_before),
                (true, false) => PathProblem::Expired(certificate.not_after),
                (false, _) => PathProblem::IssuerOutOfValidity(certificate.subject_label()),
            }));
        }
        if certificate.repeats_extensions() {
            return Err(refused());
        }
        let is_self_issued = certificate.is_self_issued();
        if (!is_self_issued || is_last) && !names.admits(certificate).map_err(constraint)? {
            return Err(refused());
        }
        policies.process(certificate, index + 1, is_last).map_err(constraint)?;
        if policies.failed() {
            return Err(PathProblem::Policy);
        }
        if certificate.extensions.iter().any(is_strange) {
            return Err(refused());
        }
        if is_last {
            policies.finish_with(certificate).map_err(constraint)?;
            if !purposes.leave_one_of(&settings.purposes, certificate).map_err(constraint)? {
                return Err(refused());
            }
            break;
        }
        policies.prepare_next(certificate).map_err(constraint)?;
        if let Some(constraints) = certificate.name_constraints().map_err(constraint)? {
            names.restrict(constraints);
        }
        let (is_ca, length) = certificate.basic_constraints().map_err(constraint)?.unwrap_or((false, None));
        if !is_ca {
            return Err(refused());
        }
        if !is_self_issued {
            max_path_length = max_path_length.checked_sub(1).ok_or_else(refused)?;
        }
        if let Some(length) = length {
            max_path_length = max_path_length.min(length);
        }
        if certificate.key_usage().map_err(constraint)?.is_some_and(|usage| usage & KEY_CERT_SIGN == 0) {
            return Err(refused());
        }
        purposes.pass(certificate).map_err(constraint)?;
    }
    if !policies.finish() {
        return Err(PathProblem::Policy);
    }
    out_of_date.map_or(Ok(()), Err)
}

/// What checking the signature of a certificate costs.
pub(crate) fn weight(certificate: &Certificate, issuer: &Certificate) -> usize {
    weight_of(certificate.signature_algorithm(), issuer)
}

/// What checking a signature of this algorithm by a certificate's key costs; nothing is computed of what is unknown.
pub(crate) fn weight_of(algorithm: Result<SignatureAlgorithm, CadesError>, signer: &Certificate) -> usize {
    match (algorithm, signer.public_key()) {
        (Ok(algorithm), Ok(key)) => algorithm.weight(key.kind),
        _ => 1,
    }
}
