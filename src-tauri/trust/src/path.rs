//! From a certificate to an anchor (RFC 5280, 6.1, the part this program needs first).

use cades::{CadesError, Certificate, oid};
use chrono::{DateTime, Utc};

use crate::Anchors;

/// Longest path: ICP-Brasil has four certificates, nobody has ten.
const MAX_LENGTH: usize = 10;

/// Most signatures checked while searching; a forger may offer many issuers of one name.
const MAX_SIGNATURE_CHECKS: usize = 200;

/// keyUsage bit keyCertSign (RFC 5280, 4.2.1.3).
const KEY_CERT_SIGN: u16 = 1 << 5;

/// Extensions whose meaning this module enforces, or which do not limit a path to a document signer.
const UNDERSTOOD: [&str; 4] =
    [oid::BASIC_CONSTRAINTS, oid::KEY_USAGE, oid::EXTENDED_KEY_USAGE, oid::CERTIFICATE_POLICIES];

/// A way that leads to an anchor, the signer first, the anchor last.
#[derive(Debug, Clone)]
pub struct Path {
    /// Its certificates.
    pub certificates: Vec<Certificate>,
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
    /// An issuer on the way was not valid at that time; names its subject.
    IssuerOutOfValidity(String),
    /// The signer's certificate is not valid yet.
    NotYetValid(DateTime<Utc>),
    /// The signer's certificate has expired.
    Expired(DateTime<Utc>),
}

/// Searches a way from `signer` to one of the anchors over the given issuers, valid at `time`.
///
/// # Errors
/// The most telling [`PathProblem`] of all ways tried.
pub fn find_path(
    signer: &Certificate,
    issuers: &[Certificate],
    anchors: &Anchors,
    time: DateTime<Utc>,
) -> Result<Path, PathProblem> {
    let mut search = Search { issuers, anchors, time, checks: 0, worst: PathProblem::NoAnchor };
    let mut way = vec![signer.clone()];
    // An unknown issuer is not reported as a mere question of dates.
    let found = search.extend(&mut way);
    if !found && !matches!(search.worst, PathProblem::IssuerOutOfValidity(_)) {
        return Err(search.worst);
    }
    if time < signer.not_before {
        return Err(PathProblem::NotYetValid(signer.not_before));
    }
    if time > signer.not_after {
        return Err(PathProblem::Expired(signer.not_after));
    }
    if found { Ok(Path { certificates: way }) } else { Err(search.worst) }
}

struct Search<'s> {
    issuers: &'s [Certificate],
    anchors: &'s Anchors,
    time: DateTime<Utc>,
    checks: usize,
    worst: PathProblem,
}

impl Search<'_> {
    fn note(&mut self, problem: PathProblem) {
        if problem > self.worst {
            self.worst = problem;
        }
    }

    fn extend(&mut self, way: &mut Vec<Certificate>) -> bool {
        let Some(last) = way.last().cloned() else { return false };
        if let Err(problem) = check_extensions(&last) {
            self.note(problem);
            return false;
        }
        if self.anchors.contains(&last) {
            return true;
        }
        if way.len() >= MAX_LENGTH {
            return false;
        }
        let anchors: Vec<Certificate> = self.anchors.iter().cloned().collect();
        let candidates: Vec<Certificate> = anchors
            .into_iter()
            .chain(self.issuers.iter().cloned())
            .filter(|issuer| issuer.subject == last.issuer && !way.contains(issuer))
            .collect();
        for issuer in candidates {
            if self.checks >= MAX_SIGNATURE_CHECKS {
                return false;
            }
            self.checks += 1;
            match last.verify_signed_by(&issuer) {
                Ok(()) => {}
                Err(CadesError::Unsupported(what)) => {
                    self.note(PathProblem::Unsupported(what));
                    continue;
                }
                Err(_) => {
                    self.note(PathProblem::BadSignature);
                    continue;
                }
            }
            if let Err(problem) = self.check_issuer(&issuer, way) {
                self.note(problem);
                continue;
            }
            way.push(issuer);
            if self.extend(way) {
                return true;
            }
            way.pop();
        }
        false
    }

    fn check_issuer(&self, issuer: &Certificate, way: &[Certificate]) -> Result<(), PathProblem> {
        let constraint = || PathProblem::Constraint(issuer.subject_label());
        let (is_ca, length) = issuer.basic_constraints().map_err(|_| constraint())?.unwrap_or((false, None));
        // Old roots of version 1 have no basicConstraints; an anchor is believed for its own sake.
        if !is_ca && !self.anchors.contains(issuer) {
            return Err(constraint());
        }
        let below = way.iter().skip(1).filter(|certificate| !certificate.is_self_issued()).count();
        if length.is_some_and(|length| below as u64 > length) {
            return Err(constraint());
        }
        if issuer.key_usage().map_err(|_| constraint())?.is_some_and(|usage| usage & KEY_CERT_SIGN == 0) {
            return Err(constraint());
        }
        if self.time < issuer.not_before || self.time > issuer.not_after {
            return Err(PathProblem::IssuerOutOfValidity(issuer.subject_label()));
        }
        Ok(())
    }
}

/// A critical extension that is not understood forbids the certificate (RFC 5280, 4.2). Name constraints are not
/// enforced yet, so they forbid it too, critical or not.
fn check_extensions(certificate: &Certificate) -> Result<(), PathProblem> {
    let forbids = certificate.extensions.iter().any(|extension| {
        extension.oid == oid::NAME_CONSTRAINTS || (extension.critical && !UNDERSTOOD.contains(&extension.oid.as_str()))
    });
    if forbids { Err(PathProblem::Constraint(certificate.subject_label())) } else { Ok(()) }
}
