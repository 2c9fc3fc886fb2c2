//! Whether a certificate was revoked, by the lists and answers at hand (RFC 5280, 6.3; RFC 6960, 3.2 and 4.2.2.2).

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cades::{
    Certificate, Crl, GeneralName, OcspResponse,
    crl::{IssuingDistributionPoint, RevokedEntry, reason},
    names::same_name,
    ocsp::CertificateStatus,
    oid,
    x509::DistributionPoint,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Anchors, Budget, Path, PathProblem, PathSettings, algorithms, cache, find_accepted_path,
    path::{weight, weight_of},
};

/// keyUsage bit cRLSign (RFC 5280, 4.2.1.3).
const CRL_SIGN: u16 = 1 << 6;

/// All reasons but unspecified, as bits of `ReasonFlags`.
const ALL_REASONS: u16 = 0b1_1111_1110;

/// How deep the evidence on who signs evidence is followed.
const MAX_DEPTH: usize = 3;

/// Most work on signatures of lists and answers for one question, in checks of ordinary ones.
const MAX_CHECKS: usize = 400;

/// Most look-alikes of a list's signer whose own standing is looked into for one question.
const MAX_OTHER_SIGNERS: usize = 8;

/// How old evidence that names no next one may be when it is used: it is made seconds before the stamp that seals it.
const GRACE: TimeDelta = TimeDelta::minutes(15);

/// Reasons for which a key is given up without having been in other hands: what it signed before stands (RFC 3161, 4).
pub const RETIRED: [u8; 4] = [0, 3, 4, 5];

/// Those of them that say so themselves: what such an issuer says is dated by its own word.
const RETIRED_IN_ORDER: [u8; 3] = [3, 4, 5];

/// Whether an issuer was revoked in a way that lets anybody have its key: from then on only what is known to be older
/// counts. Gives since when.
#[must_use]
pub fn lost_key(issuer: Option<&Status>) -> Option<DateTime<Utc>> {
    match issuer {
        Some(Status::Revoked { date, reason, .. })
            if !reason.is_some_and(|reason| RETIRED_IN_ORDER.contains(&reason)) =>
        {
            Some(*date)
        }
        // Who had the key until then nobody knows.
        Some(Status::OnHold { date, .. }) => Some(*date),
        _ => None,
    }
}

/// keyUsage bits digitalSignature and nonRepudiation, with which responders sign.
const MAY_SIGN: u16 = 0b11;

/// Critical extensions that a responder's certificate may have.
const RESPONDER_EXTENSIONS: [&str; 9] = [
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::SUBJECT_ALT_NAME,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::OCSP_NO_CHECK,
];

/// How much later than the time of judgement evidence may claim to be: clocks and time zones differ by this much.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::hours(24);

/// How those above a certificate stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Since when a key on the way up is in other hands: from then on only what is known to be older counts.
    pub lost: Option<DateTime<Utc>>,
    /// Since when the issuer itself no longer speaks.
    pub retired: Option<DateTime<Utc>>,
}

/// Lists and answers at hand, each parsed once.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Revocation lists.
    pub crls: Vec<Arc<Crl>>,
    /// OCSP responses.
    pub ocsps: Vec<Arc<OcspResponse>>,
    /// By when some of them are known to have existed, by [`Evidence::key`]; the others are as young as the judgement.
    pub known_by: HashMap<usize, DateTime<Utc>>,
}

impl Evidence {
    /// What tells a list or an answer from the others of the same [`Evidence`].
    #[must_use]
    pub fn key<T>(item: &Arc<T>) -> usize {
        Arc::as_ptr(item).addr()
    }

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
        /// Which piece of evidence says so, by [`Evidence::key`]; of several that say it together, the oldest.
        item: usize,
    },
    /// Revoked.
    Revoked {
        /// Since when.
        date: DateTime<Utc>,
        /// Why, by its number (RFC 5280, 5.3.1).
        reason: Option<u8>,
        /// Which piece of evidence says so, by [`Evidence::key`].
        item: usize,
        /// Whether what says so would be believed if it said "good": what it says of the time before then counts.
        believed: bool,
    },
    /// Suspended; it may be good again.
    OnHold {
        /// Since when.
        date: DateTime<Utc>,
        /// As of [`Status::Revoked`].
        believed: bool,
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
    /// By when a certificate is known to have existed. Asked only where its issuer's key is in other hands.
    pub certificate_known_by: &'s dyn Fn(&Certificate) -> DateTime<Utc>,
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
    /// What all questions of one file together may cost.
    pub budget: Budget,
}

/// Weighs all evidence on `certificate`, which `issuer` issued on a path that ends in `anchor`. A revocation outweighs
/// any number of good answers. Nothing good that the issuer said after its own revocation counts.
#[must_use]
pub fn status(
    certificate: &Certificate,
    issuer: &Certificate,
    anchor: &Certificate,
    standing: Standing,
    around: &Surroundings<'_>,
) -> Status {
    let weighing = Weighing {
        around,
        anchor,
        issuer,
        standing,
        stood: RefCell::default(),
        hands: RefCell::default(),
        charged: RefCell::default(),
        checks: Cell::new(0),
        gave_up: Cell::new(false),
    };
    let status = weighing.status(certificate, issuer, 0);
    match status {
        // What was not looked at may be the very list that reveals it.
        Status::Good { .. } | Status::Stale { .. } | Status::Missing if weighing.gave_up.get() => Status::Unusable,
        status => status,
    }
}

/// Whether two certificates of one name are by the same hand, by their fingerprints.
type Hands = HashMap<(Vec<u8>, Vec<u8>), bool>;

/// Whether a signer of lists stands, by its fingerprint and the list's time.
type Stood = HashMap<(Vec<u8>, DateTime<Utc>), bool>;

/// Evidence that does not name the certificate as revoked, or not yet.
#[derive(Clone, Copy)]
struct Clean {
    issued: DateTime<Utc>,
    next: Option<DateTime<Utc>>,
    keeps_expired: Option<DateTime<Utc>>,
    source: Source,
    known_by: DateTime<Utc>,
    item: usize,
}

impl Clean {
    /// Of a certificate that is named, nobody asks whether it was dropped once it had expired.
    fn of_an_entry(self) -> Self {
        Self { keeps_expired: Some(DateTime::<Utc>::MIN_UTC), ..self }
    }
}

struct Weighing<'w, 's> {
    around: &'w Surroundings<'s>,
    anchor: &'w Certificate,
    issuer: &'w Certificate,
    standing: Standing,
    /// Whether other signers of lists stand, by their certificates and the list's time.
    stood: RefCell<Stood>,
    /// Whether two certificates of one name are by the same hand, by their fingerprints.
    hands: RefCell<Hands>,
    /// Lists whose check with a certificate's key was charged.
    charged: RefCell<HashSet<(usize, Vec<u8>)>>,
    checks: Cell<usize>,
    /// Some evidence was not looked at, because there was too much of it.
    gave_up: Cell<bool>,
}

/// Who signed a list, and whether it is believed when it says "good": a revocation is believed from whoever may sign.
struct ListSigner<'c> {
    certificate: &'c Certificate,
    is_strong: bool,
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

    fn may_check(&self, weight: usize) -> bool {
        self.checks.set(self.checks.get().saturating_add(weight));
        self.keeps_on(self.checks.get() <= MAX_CHECKS && self.around.budget.take(weight))
    }

    /// A list is charged once a question for each key, whatever other files had it checked before: a verdict does not
    /// depend on what was judged earlier.
    fn may_check_list(&self, crl: &Arc<Crl>, signer: &Certificate) -> bool {
        let pair = (Evidence::key(crl), signer.fingerprint());
        let weight = crl.weight() * weight_of(crl.signature_algorithm(), signer);
        !self.charged.borrow_mut().insert(pair) || self.may_check(weight)
    }

    fn keeps_on(&self, may: bool) -> bool {
        self.gave_up.set(self.gave_up.get() || !may);
        may
    }

    /// By when something is known to have existed, at which time its algorithms are judged.
    fn known_by<T>(&self, item: &Arc<T>) -> DateTime<Utc> {
        self.around.evidence.known_by.get(&Evidence::key(item)).copied().unwrap_or(self.around.now)
    }

    /// What evidence of that date says when it says "good".
    fn good(&self, certificate: &Certificate, issuer: &Certificate, signer: &Certificate, clean: &Clean) -> Status {
        let Clean { issued, next, keeps_expired, source, known_by, item } = *clean;
        // Whoever signs evidence is in office then, and not yet revoked. A key in other hands may date it as it likes,
        // and make others that sign.
        let signer_known_by =
            || if signer.spki == issuer.spki { known_by } else { (self.around.certificate_known_by)(signer) };
        // What is known of the path's issuers says nothing of others.
        let own = Some(self.standing).filter(|_| issuer.spki == self.issuer.spki);
        let is_before_loss =
            own.and_then(|own| own.lost).is_none_or(|date| known_by < date && signer_known_by() < date);
        let is_in_office = own.and_then(|own| own.retired).is_none_or(|date| issued < date);
        let is_believed = is_before_loss && is_in_office;
        if issued > signer.not_after || !is_believed {
            return Status::Unusable;
        }
        // Once expired, a certificate may have been dropped from the list; before it existed nothing was known.
        let after_expiry =
            issued > certificate.not_after && keeps_expired.is_none_or(|since| since > certificate.not_after);
        let time = self.around.time;
        let is_fresh = issued >= time
            || match next {
                Some(next) => time <= next,
                None => issued >= time - GRACE,
            };
        // Before it existed nothing was known of it.
        if issued > self.around.now + CLOCK_TOLERANCE || after_expiry || issued < certificate.not_before {
            return Status::Unusable;
        }
        if is_fresh { Status::Good { issued, source, item } } else { Status::Stale { issued } }
    }

    fn revoked(&self, date: DateTime<Utc>, reason: Option<u8>, item: usize) -> Status {
        if reason == Some(reason::CERTIFICATE_HOLD) {
            return Status::OnHold { date, believed: false };
        }
        Status::Revoked { date, reason, item, believed: false }
    }

    /// A revocation also says that until then all was well: that is believed as far as one that says just that. Bad news
    /// it is in any case.
    fn as_far_as_believed(&self, mut said: Status, as_good: impl FnOnce() -> Status) -> Status {
        if let Status::Revoked { date, believed, .. } | Status::OnHold { date, believed } = &mut said {
            *believed = match as_good() {
                Status::Good { .. } => true,
                Status::Stale { .. } => *date <= self.around.time,
                _ => false,
            };
        }
        said
    }

    fn by_ocsp(&self, certificate: &Certificate, issuer: &Certificate, depth: usize) -> Status {
        let mut best = Status::Missing;
        for response in &self.around.evidence.ocsps {
            let mut responder = None;
            for answer in response.answers.iter().filter(|answer| answer.is_about(certificate, issuer)) {
                let known = *responder.get_or_insert_with(|| self.responder_of(response, certificate, issuer, depth));
                let item = Evidence::key(response);
                let clean = Clean {
                    issued: answer.this_update.min(response.produced_at),
                    next: answer.next_update,
                    keeps_expired: answer.archive_cutoff,
                    source: Source::Ocsp,
                    known_by: self.known_by(response),
                    item,
                };
                let is_clear = !answer.not_understood;
                let said = match (known, &answer.status) {
                    (Some((signer, is_strong)), CertificateStatus::Revoked { date, reason }) => self
                        .as_far_as_believed(self.revoked(*date, *reason, item), || match is_strong && is_clear {
                            true => self.good(certificate, issuer, signer, &clean.of_an_entry()),
                            false => Status::Unusable,
                        }),
                    (Some((signer, true)), CertificateStatus::Good) if is_clear => {
                        self.good(certificate, issuer, signer, &clean)
                    }
                    // Whatever is odd about who says so: the issuer made it a responder, and it says "revoked".
                    (None, CertificateStatus::Revoked { date, reason })
                        if self.is_delegated(response, issuer, depth) =>
                    {
                        self.revoked(*date, *reason, item)
                    }
                    _ => Status::Unusable,
                };
                best = self.better(best, said);
            }
        }
        best
    }

    /// Whether somebody whom the issuer made a responder signed it, in office or not; but not one that was revoked.
    fn is_delegated(&self, response: &Arc<OcspResponse>, issuer: &Certificate, depth: usize) -> bool {
        response.certificates.iter().chain(self.around.certificates.iter().copied()).any(|responder| {
            !self.gave_up.get()
                && response.names(responder)
                && responder.names_as_issuer(issuer)
                && may_respond(responder)
                && self.may_check(weight(responder, issuer) + weight_of(response.signature_algorithm(), responder))
                && cache::signed_by(responder, issuer).is_ok()
                && response.verify(&responder.spki).is_ok()
                && depth < MAX_DEPTH
                && !matches!(self.status(responder, issuer, depth + 1), Status::Revoked { .. } | Status::OnHold { .. })
        })
    }

    /// The issuer itself, or somebody whom the issuer made a responder (RFC 6960, 4.2.2.2), and whether the algorithms
    /// are good enough.
    fn responder_of<'c>(
        &'c self,
        response: &'c Arc<OcspResponse>,
        certificate: &Certificate,
        issuer: &'c Certificate,
        depth: usize,
    ) -> Option<(&'c Certificate, bool)> {
        let known_by = self.known_by(response);
        let algorithm = || response.signature_algorithm();
        let weight_by = |signer: &Certificate| weight_of(response.signature_algorithm(), signer);
        if response.names(issuer) && self.may_check(weight_by(issuer)) && response.verify(&issuer.spki).is_ok() {
            return Some((issuer, self.is_strong(algorithm(), &issuer.spki, known_by)));
        }
        let found = response.certificates.iter().chain(self.around.certificates.iter().copied()).find(|responder| {
            !self.gave_up.get()
                && response.names(responder)
                // Who is asked about does not answer.
                && responder.spki != certificate.spki
                && responder.names_as_issuer(issuer)
                && (responder.not_before..=responder.not_after).contains(&response.produced_at)
                // Once expired nobody watches its key any more: then it counts that the answer is older.
                && (self.around.time <= responder.not_after || known_by <= responder.not_after)
                && may_respond(responder)
                && self.may_check(weight(responder, issuer) + weight_by(responder))
                && cache::signed_by(responder, issuer).is_ok()
                && response.verify(&responder.spki).is_ok()
                && self.responder_stands(responder, response.produced_at, issuer, depth)
        })?;
        let is_strong = self.is_strong(algorithm(), &found.spki, known_by)
            && self.is_strong(found.signature_algorithm(), &issuer.spki, known_by);
        Some((found, is_strong))
    }

    fn responder_stands(
        &self,
        responder: &Certificate,
        made: DateTime<Utc>,
        issuer: &Certificate,
        depth: usize,
    ) -> bool {
        let status = if depth < MAX_DEPTH { self.status(responder, issuer, depth + 1) } else { Status::Missing };
        match status {
            Status::Good { .. } => true,
            // Retired in good order after it had answered.
            Status::Revoked { date, reason: Some(reason), believed: true, .. }
                if RETIRED_IN_ORDER.contains(&reason) =>
            {
                made < date
            }
            Status::Revoked { .. } | Status::OnHold { .. } => false,
            // Nobody need ask (RFC 6960, 4.2.2.2.1); an answer that is there counts all the same.
            _ => responder.extension(oid::OCSP_NO_CHECK).is_some(),
        }
    }

    fn is_strong(
        &self,
        algorithm: Result<cades::SignatureAlgorithm, cades::CadesError>,
        spki: &[u8],
        known_by: DateTime<Utc>,
    ) -> bool {
        !self.around.check_algorithms || algorithms::check_signed_with(algorithm, spki, known_by).is_ok()
    }

    fn by_crl(&self, certificate: &Certificate, issuer: &Certificate, depth: usize) -> Status {
        let points = certificate.distribution_points();
        let is_readable = points.is_ok();
        let mut points = points.unwrap_or_default();
        // A list of the issuer itself is looked at whatever the certificate names (6.3.3, last paragraph).
        points.push(DistributionPoint::default());
        let mut heard: Vec<(&Arc<Crl>, u16, Status)> = Vec::new();
        for point in &points {
            for crl in &self.around.evidence.crls {
                if let Some((mask, said)) = self.by_list(crl, point, certificate, issuer, depth) {
                    heard.push((crl, mask, said));
                }
            }
        }
        let hands = || [issuer].into_iter().chain(self.around.certificates.iter().copied());
        let by_one_hand = |a: &Arc<Crl>, b: &Arc<Crl>| {
            hands().any(|hand| {
                hand.is_issuer_of(a)
                    && self.may_check_list(a, hand)
                    && self.may_check_list(b, hand)
                    && a.verify(&hand.spki).is_ok()
                    && b.verify(&hand.spki).is_ok()
            })
        };
        // A younger whole list of the same scope and signer that no longer has a suspension lifts it.
        let is_lifted = |list: &Arc<Crl>, said: &Status| {
            matches!(said, Status::OnHold { .. })
                && heard.iter().any(|(other, _, other_said)| {
                    matches!(other_said, Status::Good { .. })
                        && other.this_update > list.this_update
                        && other.scope().ok() == list.scope().ok()
                        && by_one_hand(other, list)
                })
        };
        let mut best = Status::Missing;
        let mut covered = 0u16;
        let mut good: Option<Status> = None;
        for (list, mask, said) in &heard {
            if !is_lifted(list, said) {
                let said = said.clone();
                match said {
                    Status::Good { .. } => {
                        covered |= mask;
                        // All parts have to be good; the oldest says how fresh the whole is.
                        good =
                            Some(good.map_or(
                                said.clone(),
                                |other: Status| {
                                    if issued(&other) < issued(&said) { other } else { said }
                                },
                            ));
                    }
                    said => best = self.better(best, said),
                }
            }
        }
        match good {
            // What the certificate says of its lists cannot be read: then only a revocation counts.
            _ if !is_readable => match best {
                Status::Revoked { .. } | Status::OnHold { .. } => best,
                _ => Status::Unusable,
            },
            Some(status) if covered & ALL_REASONS == ALL_REASONS => self.better(best, status),
            // Some reasons were never asked about.
            Some(_) => self.better(best, Status::Unusable),
            None => best,
        }
    }

    /// What one list says, and which reasons it is about; nothing if it is about other certificates.
    fn by_list(
        &self,
        crl: &Arc<Crl>,
        point: &DistributionPoint,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> Option<(u16, Status)> {
        match self.in_scope(crl, point, certificate, issuer, depth) {
            Some((mask, revoked @ (Status::Revoked { .. } | Status::OnHold { .. }))) => Some((mask, revoked)),
            other => self.plainly_revoked(crl, certificate, issuer).map(|revoked| (0, revoked)).or(other),
        }
    }

    fn in_scope(
        &self,
        crl: &Arc<Crl>,
        point: &DistributionPoint,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> Option<(u16, Status)> {
        if crl.is_delta() {
            return None;
        }
        let scope = crl.scope().ok()?;
        if !self.is_in_scope(crl, scope, point, certificate, issuer) {
            return None;
        }
        let is_for_others = scope.indirect && !point.crl_issuer.is_empty();
        let Some(signer) = self.signer_of(crl, certificate, issuer, is_for_others, depth) else {
            return Some((0, Status::Unusable));
        };
        let mask = scope.reasons.unwrap_or(ALL_REASONS) & point.reasons.unwrap_or(ALL_REASONS);
        let clean = Clean {
            issued: crl.this_update,
            next: crl.next_update,
            keeps_expired: crl.keeps_expired(),
            source: Source::Crl,
            known_by: self.known_by(crl),
            item: Evidence::key(crl),
        };
        let said = match self.entry(crl, scope, certificate, &signer) {
            // Whatever else is odd about the list: its issuer says there that the certificate was revoked.
            Some(revoked @ (Status::Revoked { .. } | Status::OnHold { .. })) => {
                // Of some reasons alone nobody says that all was well.
                let is_whole = mask & ALL_REASONS == ALL_REASONS;
                self.as_far_as_believed(revoked, || match crl.is_understood() && signer.is_strong && is_whole {
                    true => self.good(certificate, issuer, signer.certificate, &clean.of_an_entry()),
                    false => Status::Unusable,
                })
            }
            Some(_) if crl.is_understood() && signer.is_strong => {
                self.good(certificate, issuer, signer.certificate, &clean)
            }
            _ => return Some((0, Status::Unusable)),
        };
        Some((mask, said))
    }

    /// Whether a list that the issuer itself signed names the certificate as revoked by then, whatever else it says of
    /// itself: which certificates it is about matters only where it does not name one.
    fn plainly_revoked(&self, crl: &Arc<Crl>, certificate: &Certificate, issuer: &Certificate) -> Option<Status> {
        if !issuer.is_issuer_of(crl) || crl.scope().is_ok_and(|scope| scope.only_attributes) {
            return None;
        }
        // Suspensions are lifted by rules of their own.
        let is_plain =
            |entry: &&&RevokedEntry| !matches!(entry.reason, Some(reason::CERTIFICATE_HOLD | reason::REMOVE_FROM_CRL));
        // What nobody signed is not even looked through.
        if !self.may_check_list(crl, issuer) || crl.verify(&issuer.spki).is_err() {
            return None;
        }
        let entries = crl.find(&certificate.issuer, &certificate.serial).ok()?;
        let said =
            entries.iter().filter(is_plain).map(|entry| self.entry_status(entry, certificate, Evidence::key(crl)));
        said.reduce(|all, said| self.better(all, said))
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
            issuer.is_issuer_of(crl)
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

    /// Whose key signed the list: the issuer's own, or that of another certificate of the list's issuer (6.3.3 f, g),
    /// Bad news is heard from anybody below the anchor who bears that name; that all is well only from those to whom the
    /// issuer itself, or whoever made it one, gave the name, or where the certificate names another one for its lists.
    fn signer_of<'c>(
        &'c self,
        crl: &Arc<Crl>,
        certificate: &Certificate,
        issuer: &'c Certificate,
        is_for_others: bool,
        depth: usize,
    ) -> Option<ListSigner<'c>> {
        let may_sign = |signer: &Certificate| {
            signer.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage & CRL_SIGN != 0))
        };
        let signed = |signer: &Certificate| {
            signer.is_issuer_of(crl)
                && may_sign(signer)
                && self.may_check_list(crl, signer)
                && crl.verify(&signer.spki).is_ok()
        };
        let known_by = self.known_by(crl);
        let told = |certificate: &'c Certificate| ListSigner {
            certificate,
            is_strong: self.is_strong(crl.signature_algorithm(), &certificate.spki, known_by),
        };
        if signed(issuer) {
            return Some(told(issuer));
        }
        // Whoever is not the issuer has to be told apart from any holder of the same name (4.2.1.3).
        let is_named = |signer: &Certificate| signer.key_usage().is_ok_and(|usage| usage.is_some());
        let around = self.around;
        let others = around.certificates.iter().copied().chain(around.anchors.iter());
        others
            .filter(|other| other.spki != issuer.spki && other.spki != certificate.spki)
            .find(|other| {
                depth < MAX_DEPTH && is_named(other) && signed(other) && self.stands(other, crl.this_update, depth + 1)
            })
            .map(told)
            .map(|other| ListSigner {
                is_strong: other.is_strong && (is_for_others || self.is_by_the_same_hand(other.certificate, issuer)),
                ..other
            })
    }

    /// Whether whoever bears an issuer's name got it from that issuer, or from whoever made it one: others below the anchor
    /// may call themselves as they like.
    fn is_by_the_same_hand(&self, other: &Certificate, issuer: &Certificate) -> bool {
        let pair = (other.fingerprint(), issuer.fingerprint());
        if let Some(known) = self.hands.borrow().get(&pair) {
            return *known;
        }
        let is_signed = |certificate: &Certificate, by: &Certificate| {
            certificate.names_as_issuer(by)
                && self.may_check(weight(certificate, by))
                && cache::signed_by(certificate, by).is_ok()
        };
        // An anchor is whoever it says it is.
        let is_anchor = |certificate: &Certificate| self.around.anchors.find(certificate).is_some();
        let hands = || self.around.certificates.iter().copied().chain(self.around.anchors.iter());
        let is_same = (is_anchor(other) && is_anchor(issuer))
            || is_signed(other, issuer)
            // An older key certified by the newer one.
            || is_signed(issuer, other)
            || hands().any(|hand| is_signed(issuer, hand) && is_signed(other, hand));
        self.hands.borrow_mut().insert(pair, is_same);
        is_same
    }

    /// Whether another signer of lists leads to the anchor of the path that is weighed (6.3.3 f) and is not known to be
    /// revoked.
    fn stands(&self, signer: &Certificate, made: DateTime<Utc>, depth: usize) -> bool {
        let key = (signer.fingerprint(), made);
        if let Some(known) = self.stood.borrow().get(&key) {
            return *known;
        }
        let distinct: HashSet<Vec<u8>> = self.stood.borrow().keys().map(|(signer, _)| signer.clone()).collect();
        let is_known = distinct.contains(&key.0);
        if !self.keeps_on(is_known || distinct.len() < MAX_OTHER_SIGNERS) {
            return false;
        }
        // While it is looked into, it vouches for nothing.
        self.stood.borrow_mut().insert(key.clone(), false);
        let stands = self.leads_to_the_anchor(signer, made, depth);
        self.stood.borrow_mut().insert(key, stands);
        stands
    }

    fn leads_to_the_anchor(&self, signer: &Certificate, made: DateTime<Utc>, depth: usize) -> bool {
        let settings = PathSettings { budget: self.around.budget.clone(), ..PathSettings::at(self.around.time) };
        let mut is_same = |path: &Path<'_>| {
            path.certificates
                .last()
                .is_some_and(|last| last.spki == self.anchor.spki && same_name(&last.subject, &self.anchor.subject))
        };
        let pool = self.around.certificates;
        let path = match find_accepted_path(signer, pool, self.around.anchors, &settings, &mut is_same) {
            Ok(path) => path,
            Err(problem) => {
                self.keeps_on(problem != PathProblem::TooMany);
                return false;
            }
        };
        path.certificates.windows(2).all(|pair| match pair {
            [certificate, issuer] if depth < MAX_DEPTH => match self.status(certificate, issuer, depth) {
                // Retired in good order after the list was made.
                Status::Revoked { date, reason: Some(reason), .. } if RETIRED_IN_ORDER.contains(&reason) => made < date,
                // A list may be the only evidence on its own signer: what cannot be said is not held against it.
                status => !matches!(status, Status::Revoked { .. } | Status::OnHold { .. }),
            },
            [_, _] => self.keeps_on(false),
            _ => true,
        })
    }

    /// The certificate's entries, deltas considered (6.3.3 h to l): revoked, on hold, or [`Status::Missing`] where there
    /// is none; nothing where the list does not let itself be read.
    fn entry(
        &self,
        crl: &Arc<Crl>,
        scope: &IssuingDistributionPoint,
        certificate: &Certificate,
        signer: &ListSigner<'_>,
    ) -> Option<Status> {
        let mut lifted: Option<DateTime<Utc>> = None;
        let mut found: Vec<Status> = Vec::new();
        for entry in crl.find(&certificate.issuer, &certificate.serial).ok()? {
            found.push(self.entry_status(entry, certificate, Evidence::key(crl)));
        }
        let is_delta = |delta: &&Arc<Crl>| {
            delta.is_delta()
                && delta.has_issuer_of(crl)
                && delta.scope().ok() == Some(scope)
                && self.may_check_list(delta, signer.certificate)
                && delta.verify(&signer.certificate.spki).is_ok()
        };
        for delta in self.around.evidence.crls.iter().filter(is_delta) {
            for entry in delta.find(&certificate.issuer, &certificate.serial).ok()? {
                if entry.reason != Some(reason::REMOVE_FROM_CRL) {
                    // What revokes counts in any delta of this signer.
                    found.push(self.entry_status(entry, certificate, Evidence::key(delta)));
                } else if self.may_lift(delta, crl, certificate, signer) {
                    lifted = lifted.max(Some(delta.this_update));
                }
            }
        }
        // Only a suspension is ever lifted, and by a younger statement; what came after it stands.
        let is_lifted =
            |said: &Status| matches!((said, lifted), (Status::OnHold { date, .. }, Some(since)) if *date < since);
        let standing = found.into_iter().filter(|said| !is_lifted(said));
        Some(standing.fold(Status::Missing, |all, said| self.better(all, said)))
    }

    fn entry_status(&self, entry: &RevokedEntry, certificate: &Certificate, item: usize) -> Status {
        // With an extension that would have to be understood, nobody knows since when.
        let date = if entry.is_odd { entry.date.min(certificate.not_before) } else { entry.date };
        self.revoked(date, entry.reason, item)
    }

    /// Whether a delta completes this list and is good enough to take something back.
    fn may_lift(&self, delta: &Arc<Crl>, crl: &Crl, certificate: &Certificate, signer: &ListSigner<'_>) -> bool {
        let is_younger = || -> Option<bool> {
            let (base, own) = (delta.number(oid::DELTA_CRL_INDICATOR)?, delta.number(oid::CRL_NUMBER)?);
            let complete = crl.number(oid::CRL_NUMBER)?;
            Some(!is_greater(&base, &complete) && !is_greater(&complete, &own))
        };
        delta.is_understood()
            && is_younger() == Some(true)
            && delta.authority_key_identifier() == crl.authority_key_identifier()
            && delta.next_update.is_none_or(|next| self.around.time <= next)
            && delta.this_update <= self.around.now + CLOCK_TOLERANCE
            // Expired certificates are dropped under the same reason (5.3.1).
            && delta.this_update <= certificate.not_after
            && self.is_strong(delta.signature_algorithm(), &signer.certificate.spki, self.known_by(delta))
    }
}

/// Whether a certificate made for answering may answer (RFC 6960, 4.2.2.2).
fn may_respond(responder: &Certificate) -> bool {
    let purposes = responder.extended_key_usage();
    purposes.is_ok_and(|purposes| purposes.iter().any(|purpose| purpose == oid::KP_OCSP_SIGNING))
        && !responder.repeats_extensions()
        && responder.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage & MAY_SIGN != 0))
        && responder
            .extensions
            .iter()
            .all(|extension| !extension.critical || RESPONDER_EXTENSIONS.contains(&extension.oid.as_str()))
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
fn says_most(status: &Status) -> (u8, Option<DateTime<Utc>>) {
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

/// How much a reason takes from what was signed before.
fn gravity(reason: Option<u8>) -> u8 {
    match reason {
        Some(reason) if RETIRED_IN_ORDER.contains(&reason) => 0,
        Some(0) => 1,
        _ => 2,
    }
}

fn better(a: Status, b: Status) -> Status {
    match (&a, &b) {
        // Since the earliest date, and for the gravest reason that anybody gives.
        (
            Status::Revoked { date: first, reason: one, item, believed },
            Status::Revoked { date: second, reason: other, believed: also, .. },
        ) => {
            let reason = if gravity(*one) >= gravity(*other) { *one } else { *other };
            Status::Revoked { date: *first.min(second), reason, item: *item, believed: *believed || *also }
        }
        (Status::OnHold { date: first, believed }, Status::OnHold { date: second, believed: also }) => {
            Status::OnHold { date: *first.min(second), believed: *believed || *also }
        }
        // Suspended first: who had the key until then nobody knows, whatever is said later.
        (Status::OnHold { date: held, .. }, Status::Revoked { date, item, believed, .. })
        | (Status::Revoked { date, item, believed, .. }, Status::OnHold { date: held, .. })
            if held < date =>
        {
            let reason = Some(reason::CERTIFICATE_HOLD);
            Status::Revoked { date: *held, reason, item: *item, believed: *believed }
        }
        _ if says_most(&b) > says_most(&a) => b,
        _ => a,
    }
}

/// As [`better`], with a hold before the time judged that became a revocation only after it: what was good in between
/// nobody knows.
fn at_that_time(a: Status, b: Status, time: DateTime<Utc>) -> Status {
    match (&a, &b) {
        (Status::OnHold { date: held, .. }, Status::Revoked { date: revoked, .. })
            if *held <= time && *revoked > time =>
        {
            a
        }
        (Status::Revoked { date: revoked, .. }, Status::OnHold { date: held, .. })
            if *held <= time && *revoked > time =>
        {
            b
        }
        _ => better(a, b),
    }
}
