//! Whether a certificate was revoked, by the lists and answers at hand (RFC 5280, 6.3; RFC 6960, 3.2 and 4.2.2.2).

use std::{cell::Cell, sync::Arc};

use cades::{
    Certificate, Crl, GeneralName, OcspResponse,
    crl::{IssuingDistributionPoint, reason},
    names::same_name,
    ocsp::CertificateStatus,
    oid,
    x509::DistributionPoint,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Anchors, Path, PathSettings, algorithms, find_accepted_path};

/// keyUsage bit cRLSign (RFC 5280, 4.2.1.3).
const CRL_SIGN: u16 = 1 << 6;

/// All reasons but unspecified, as bits of `ReasonFlags`.
const ALL_REASONS: u16 = 0b1_1111_1110;

/// How deep the evidence on who signs evidence is followed.
const MAX_DEPTH: usize = 3;

/// Most signatures of lists and answers checked for one question.
const MAX_CHECKS: usize = 400;

/// How much later than the time of judgement evidence may claim to be: clocks and time zones differ by this much.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::hours(24);

/// Lists and answers at hand, each parsed once.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Revocation lists.
    pub crls: Vec<Arc<Crl>>,
    /// OCSP responses.
    pub ocsps: Vec<Arc<OcspResponse>>,
}

impl Evidence {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.ocsps.is_empty()
    }
}

/// What kind of evidence decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A revocation list.
    Crl,
    /// An OCSP response.
    Ocsp,
}

/// What the evidence says of a certificate at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Not revoked at that time.
    Good {
        /// When the evidence was made.
        issued: DateTime<Utc>,
        /// What kind it is.
        source: Source,
    },
    /// Revoked.
    Revoked {
        /// Since when.
        date: DateTime<Utc>,
        /// Why, by its number (RFC 5280, 5.3.1).
        reason: Option<u8>,
    },
    /// Suspended; it may be good again.
    OnHold {
        /// Since when.
        date: DateTime<Utc>,
    },
    /// Evidence says "good", but was out of date at that time.
    Stale {
        /// When it was made.
        issued: DateTime<Utc>,
    },
    /// Evidence claims to be about the certificate and cannot be believed.
    Unusable,
    /// There is none.
    Missing,
}

/// In which surroundings evidence is weighed.
pub struct Surroundings<'s> {
    /// Certificates that may have signed evidence.
    pub certificates: &'s [&'s Certificate],
    /// Whom to trust.
    pub anchors: &'s Anchors,
    /// Lists and answers.
    pub evidence: &'s Evidence,
    /// The time at which certificates have to be good: the best signature time.
    pub time: DateTime<Utc>,
    /// The time of the judgement: no evidence can be newer.
    pub now: DateTime<Utc>,
    /// The algorithms of evidence are judged by the table; off only for suites older than the table.
    pub check_algorithms: bool,
}

/// Weighs all evidence on `certificate`, which `issuer` issued on a path that ends in `anchor`. A revocation outweighs
/// any number of good answers.
#[must_use]
pub fn status(
    certificate: &Certificate,
    issuer: &Certificate,
    anchor: &Certificate,
    around: &Surroundings<'_>,
) -> Status {
    let weighing = Weighing { around, anchor, checks: Cell::new(0) };
    weighing.status(certificate, issuer, 0)
}

/// Since when, and why.
type Revocation = (DateTime<Utc>, Option<u8>);

struct Weighing<'w, 's> {
    around: &'w Surroundings<'s>,
    anchor: &'w Certificate,
    checks: Cell<usize>,
}

impl Weighing<'_, '_> {
    fn status(&self, certificate: &Certificate, issuer: &Certificate, depth: usize) -> Status {
        let by_answer = self.by_ocsp(certificate, issuer, depth);
        let by_list = self.by_crl(certificate, issuer, depth);
        self.better(by_answer, by_list)
    }

    fn better(&self, a: Status, b: Status) -> Status {
        at_that_time(a, b, self.around.time)
    }

    fn may_check(&self) -> bool {
        self.checks.set(self.checks.get() + 1);
        self.checks.get() <= MAX_CHECKS
    }

    /// What evidence of that date says when it says "good".
    fn good(
        &self,
        certificate: &Certificate,
        issued: DateTime<Utc>,
        next: Option<DateTime<Utc>>,
        keeps_expired: Option<DateTime<Utc>>,
        source: Source,
    ) -> Status {
        // Once expired, a certificate may have been dropped from the list; before it existed nothing was known.
        let after_expiry =
            issued > certificate.not_after && keeps_expired.is_none_or(|since| since > certificate.not_after);
        if issued > self.around.now + CLOCK_TOLERANCE || after_expiry || issued < certificate.not_before {
            return Status::Unusable;
        }
        let is_fresh = issued >= self.around.time || next.is_some_and(|next| self.around.time <= next);
        if is_fresh { Status::Good { issued, source } } else { Status::Stale { issued } }
    }

    fn revoked(&self, date: DateTime<Utc>, reason: Option<u8>) -> Status {
        if reason == Some(reason::CERTIFICATE_HOLD) {
            return Status::OnHold { date };
        }
        Status::Revoked { date, reason }
    }

    fn by_ocsp(&self, certificate: &Certificate, issuer: &Certificate, depth: usize) -> Status {
        let mut best = Status::Missing;
        for response in &self.around.evidence.ocsps {
            for answer in response.answers.iter().filter(|answer| answer.is_about(certificate, issuer)) {
                let believed = !answer.not_understood && self.is_authorised(response, certificate, issuer, depth);
                let said = if !believed {
                    Status::Unusable
                } else {
                    match &answer.status {
                        CertificateStatus::Revoked { date, reason } => self.revoked(*date, *reason),
                        CertificateStatus::Unknown => Status::Unusable,
                        CertificateStatus::Good => self.good(
                            certificate,
                            answer.this_update.min(response.produced_at),
                            answer.next_update,
                            answer.archive_cutoff,
                            Source::Ocsp,
                        ),
                    }
                };
                best = self.better(best, said);
            }
        }
        best
    }

    /// The issuer itself, or somebody whom the issuer made a responder (RFC 6960, 4.2.2.2).
    fn is_authorised(
        &self,
        response: &OcspResponse,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> bool {
        let algorithm = || response.signature_algorithm();
        if response.names(issuer) && self.may_check() && response.verify(&issuer.spki).is_ok() {
            return self.is_strong(algorithm(), &issuer.spki);
        }
        response.certificates.iter().chain(self.around.certificates.iter().copied()).any(|responder| {
            response.names(responder)
                // Who is asked about does not answer.
                && responder.spki != certificate.spki
                && same_name(&responder.issuer, &issuer.subject)
                && (responder.not_before..=responder.not_after).contains(&response.produced_at)
                && responder
                    .extended_key_usage()
                    .is_ok_and(|purposes| purposes.iter().any(|purpose| purpose == oid::KP_OCSP_SIGNING))
                && self.may_check()
                && responder.verify_signed_by(issuer).is_ok()
                && response.verify(&responder.spki).is_ok()
                && self.is_strong(algorithm(), &responder.spki)
                && self.is_strong(responder.signature_algorithm(), &issuer.spki)
                && self.responder_stands(responder, issuer, depth)
        })
    }

    fn responder_stands(&self, responder: &Certificate, issuer: &Certificate, depth: usize) -> bool {
        let is_exempt = responder.extension(oid::OCSP_NO_CHECK).is_some();
        let status = || {
            if depth < MAX_DEPTH { self.by_crl(responder, issuer, depth + 1) } else { Status::Missing }
        };
        is_exempt || matches!(status(), Status::Good { .. })
    }

    fn is_strong(&self, algorithm: Result<cades::SignatureAlgorithm, cades::CadesError>, spki: &[u8]) -> bool {
        !self.around.check_algorithms || algorithms::check_signed_with(algorithm, spki, self.around.time).is_ok()
    }

    fn by_crl(&self, certificate: &Certificate, issuer: &Certificate, depth: usize) -> Status {
        let Ok(mut points) = certificate.distribution_points() else { return Status::Unusable };
        // A list of the issuer itself is looked at whatever the certificate names (6.3.3, last paragraph).
        points.push(DistributionPoint::default());
        let mut best = Status::Missing;
        let mut covered = 0u16;
        let mut good: Option<Status> = None;
        for point in &points {
            for crl in &self.around.evidence.crls {
                let Some((mask, said)) = self.by_list(crl, point, certificate, issuer, depth) else { continue };
                match said {
                    Status::Good { .. } => {
                        covered |= mask;
                        // All parts have to be good; the oldest says how fresh the whole is.
                        good =
                            Some(good.map_or(
                                said.clone(),
                                |other| if issued(&other) < issued(&said) { other } else { said },
                            ));
                    }
                    said => best = self.better(best, said),
                }
            }
        }
        match good {
            Some(status) if covered & ALL_REASONS == ALL_REASONS => self.better(best, status),
            // Some reasons were never asked about.
            Some(_) => self.better(best, Status::Unusable),
            None => best,
        }
    }

    /// What one list says, and which reasons it is about; nothing if it is about other certificates.
    fn by_list(
        &self,
        crl: &Crl,
        point: &DistributionPoint,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> Option<(u16, Status)> {
        if crl.is_delta() {
            return None;
        }
        let scope = match crl.distribution_point() {
            Ok(scope) => scope.unwrap_or_default(),
            Err(_) => return None,
        };
        if !self.is_in_scope(crl, &scope, point, certificate, issuer) {
            return None;
        }
        if !crl.is_understood() {
            return Some((0, Status::Unusable));
        }
        let Some(signer) = self.signer_of(crl, certificate, issuer, depth) else { return Some((0, Status::Unusable)) };
        let mask = scope.reasons.unwrap_or(ALL_REASONS) & point.reasons.unwrap_or(ALL_REASONS);
        let entry = match self.entry(crl, &scope, certificate, signer) {
            Ok(entry) => entry,
            Err(()) => return Some((0, Status::Unusable)),
        };
        let said = match entry {
            Some((date, reason)) => self.revoked(date, reason),
            None => self.good(certificate, crl.this_update, crl.next_update, crl.keeps_expired(), Source::Crl),
        };
        Some((mask, said))
    }

    /// 6.3.3 (b) (1) and (2).
    fn is_in_scope(
        &self,
        crl: &Crl,
        scope: &IssuingDistributionPoint,
        point: &DistributionPoint,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> bool {
        let is_named =
            |name: &GeneralName| matches!(name, GeneralName::Directory(name) if same_name(name, &crl.issuer));
        let is_issuer = if point.crl_issuer.is_empty() {
            same_name(&crl.issuer, &issuer.subject)
        } else {
            scope.indirect && point.crl_issuer.iter().any(is_named)
        };
        let is_ca = certificate.basic_constraints().ok().flatten().is_some_and(|(is_ca, _)| is_ca);
        if !is_issuer || scope.only_attributes || (scope.only_users && is_ca) || (scope.only_authorities && !is_ca) {
            return false;
        }
        let list_names = full_names(&scope.names, scope.relative.as_deref(), &crl.issuer);
        if list_names.is_empty() {
            return true;
        }
        let base = point.crl_issuer.iter().find_map(|name| match name {
            GeneralName::Directory(name) => Some(name.as_slice()),
            _ => None,
        });
        let mut names = full_names(&point.names, point.relative.as_deref(), base.unwrap_or(&certificate.issuer));
        if names.is_empty() {
            names = point.crl_issuer.clone();
        }
        names.iter().any(|name| list_names.iter().any(|other| same_general_name(name, other)))
    }

    /// Whose key signed the list: the issuer's own, or that of another certificate of the list's issuer (6.3.3 f, g).
    fn signer_of<'c>(
        &'c self,
        crl: &Crl,
        certificate: &Certificate,
        issuer: &'c Certificate,
        depth: usize,
    ) -> Option<&'c Certificate> {
        let may_sign = |signer: &Certificate| {
            signer.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage & CRL_SIGN != 0))
        };
        let signed = |signer: &Certificate| {
            same_name(&signer.subject, &crl.issuer)
                && may_sign(signer)
                && self.may_check()
                && crl.verify(&signer.spki).is_ok()
                && self.is_strong(crl.signature_algorithm(), &signer.spki)
        };
        if signed(issuer) {
            return Some(issuer);
        }
        // Whoever is not the issuer has to be told apart from any holder of the same name (4.2.1.3).
        let is_named = |signer: &Certificate| signer.key_usage().is_ok_and(|usage| usage.is_some());
        let around = self.around;
        let others = around.certificates.iter().copied().chain(around.anchors.iter());
        others
            .filter(|other| other.spki != issuer.spki && other.spki != certificate.spki)
            .find(|other| depth < MAX_DEPTH && is_named(other) && signed(other) && self.stands(other, depth + 1))
    }

    /// Whether another signer of lists leads to the anchor of the path that is weighed (6.3.3 f) and is not known to be
    /// revoked.
    fn stands(&self, signer: &Certificate, depth: usize) -> bool {
        let settings = PathSettings::at(self.around.time);
        let mut is_same = |path: &Path<'_>| {
            path.certificates
                .last()
                .is_some_and(|last| last.spki == self.anchor.spki && same_name(&last.subject, &self.anchor.subject))
        };
        let pool = self.around.certificates;
        let Ok(path) = find_accepted_path(signer, pool, self.around.anchors, &settings, &mut is_same) else {
            return false;
        };
        path.certificates.windows(2).all(|pair| match pair {
            [certificate, issuer] => {
                // A list may be the only evidence on its own signer: what cannot be said is not held against it.
                !matches!(self.by_crl(certificate, issuer, depth), Status::Revoked { .. } | Status::OnHold { .. })
            }
            _ => true,
        })
    }

    /// The certificate's entry, deltas considered (6.3.3 h to l).
    fn entry(
        &self,
        crl: &Crl,
        scope: &IssuingDistributionPoint,
        certificate: &Certificate,
        signer: &Certificate,
    ) -> Result<Option<Revocation>, ()> {
        let find = |list: &Crl| {
            list.find(&certificate.issuer, &certificate.serial)
                .map(|entry| entry.map(|entry| (entry.date, entry.reason)))
                .map_err(|_| ())
        };
        let mut entry = find(crl)?;
        let completes = |delta: &&Arc<Crl>| {
            let is_younger = || -> Option<bool> {
                let (base, own) = (delta.number(oid::DELTA_CRL_INDICATOR)?, delta.number(oid::CRL_NUMBER)?);
                let complete = crl.number(oid::CRL_NUMBER)?;
                Some(!is_greater(&base, &complete) && !is_greater(&complete, &own))
            };
            delta.is_delta()
                && same_name(&delta.issuer, &crl.issuer)
                && delta.distribution_point().is_ok_and(|point| point.unwrap_or_default() == *scope)
                && delta.is_understood()
                && is_younger() == Some(true)
                && delta.authority_key_identifier() == crl.authority_key_identifier()
                && delta.next_update.is_none_or(|next| self.around.time <= next)
                && self.may_check()
                && delta.verify(&signer.spki).is_ok()
        };
        let deltas = self.around.evidence.crls.iter().filter(completes);
        if let Some(delta) = deltas.max_by_key(|delta| delta.this_update)
            && let Some((date, reason)) = find(delta)?
        {
            entry = (reason != Some(reason::REMOVE_FROM_CRL)).then_some((date, reason));
        }
        Ok(entry)
    }
}

/// Whether one number, given as octets without leading zeros, is greater than another.
fn is_greater(a: &[u8], b: &[u8]) -> bool {
    (a.len(), a) > (b.len(), b)
}

/// Names of a point; a relative one is completed by the name it hangs below (4.2.1.13).
fn full_names(names: &[GeneralName], relative: Option<&[u8]>, base: &[u8]) -> Vec<GeneralName> {
    let Some(relative) = relative else { return names.to_vec() };
    let Ok(base) = cades::asn1::Tlv::parse(base) else { return Vec::new() };
    let part = cades::der::value(cades::asn1::tag::SET, relative);
    vec![GeneralName::Directory(cades::der::sequence(&[base.content, &part]))]
}

fn same_general_name(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::Directory(a), GeneralName::Directory(b)) => same_name(a, b),
        (a, b) => a == b,
    }
}

fn issued(status: &Status) -> Option<DateTime<Utc>> {
    match status {
        Status::Good { issued, .. } | Status::Stale { issued } => Some(*issued),
        _ => None,
    }
}

/// Which of two statements counts: a revocation before all else, then what is good, then why nothing is.
fn weight(status: &Status) -> (u8, Option<DateTime<Utc>>) {
    let rank = match status {
        Status::Missing => 0,
        Status::Unusable => 1,
        Status::Stale { .. } => 2,
        Status::Good { .. } => 3,
        Status::OnHold { .. } => 4,
        Status::Revoked { .. } => 5,
    };
    // Of good ones the newest, of revocations the earliest, which the caller compares with its own time.
    (rank, issued(status))
}

fn better(a: Status, b: Status) -> Status {
    match (&a, &b) {
        (Status::Revoked { date: first, .. }, Status::Revoked { date: second, .. })
        | (Status::OnHold { date: first }, Status::OnHold { date: second }) => {
            if first <= second {
                a
            } else {
                b
            }
        }
        _ if weight(&b) > weight(&a) => b,
        _ => a,
    }
}

/// As [`better`], with a hold before the time judged that became a revocation only after it: what was good in between
/// nobody knows.
fn at_that_time(a: Status, b: Status, time: DateTime<Utc>) -> Status {
    match (&a, &b) {
        (Status::OnHold { date: held }, Status::Revoked { date: revoked, .. }) if *held <= time && *revoked > time => a,
        (Status::Revoked { date: revoked, .. }, Status::OnHold { date: held }) if *held <= time && *revoked > time => b,
        _ => better(a, b),
    }
}
