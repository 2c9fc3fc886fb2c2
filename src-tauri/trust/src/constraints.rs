//! Name constraints on their way down a path (RFC 5280, 4.2.1.10 and 6.1.4 g).

use cades::{
    CadesError, Certificate, GeneralName,
    names::{self, NameConstraints},
    oid, x509,
};

/// What the certificates so far allow those below.
#[derive(Debug, Default)]
pub(crate) struct NameState {
    constraints: Vec<NameConstraints>,
}

impl NameState {
    /// Adds what a certificate asks for; each constraint on the way has to be met, which is their intersection.
    pub(crate) fn restrict(&mut self, constraints: NameConstraints) {
        self.constraints.push(constraints);
    }

    /// Whether all names of a certificate lie where they may.
    pub(crate) fn admits(&self, certificate: &Certificate) -> Result<bool, CadesError> {
        if self.constraints.is_empty() {
            return Ok(true);
        }
        let mut named = certificate.alternative_names()?;
        let has_email = named.iter().any(|name| matches!(name, GeneralName::Email(_)));
        let attributes = x509::name_attributes(&certificate.subject);
        // An empty sequence has two octets; one whose attributes cannot be read is a name all the same.
        if certificate.subject.len() > 2 {
            named.push(GeneralName::Directory(certificate.subject.clone()));
        }
        // An address in the subject counts where no other is given (4.2.1.10).
        if !has_email {
            let emails = attributes.into_iter().filter(|(kind, _)| kind == oid::EMAIL_ADDRESS);
            named.extend(emails.map(|(_, text)| GeneralName::Email(text)));
        }
        Ok(self.constraints.iter().all(|constraints| named.iter().all(|name| admits(constraints, name))))
    }
}

fn admits(constraints: &NameConstraints, name: &GeneralName) -> bool {
    if constraints.excluded.iter().any(|base| lies_within(name, base) != Some(false) && same_kind(name, base)) {
        return false;
    }
    let mut of_kind = constraints.permitted.iter().filter(|base| same_kind(name, base)).peekable();
    of_kind.peek().is_none() || of_kind.any(|base| lies_within(name, base) == Some(true))
}

fn same_kind(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::Unsupported(a), GeneralName::Unsupported(b)) => a == b,
        // Other names of another type are another form of name.
        (GeneralName::Other { oid: a, .. }, GeneralName::Other { oid: b, .. }) => a == b,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// Nothing for forms whose constraints are not understood: then neither "within" nor "outside" may be concluded.
fn lies_within(name: &GeneralName, base: &GeneralName) -> Option<bool> {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => names::is_below(name, base),
        (GeneralName::Email(name), GeneralName::Email(base)) => names::email_within(name, base),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => Some(names::dns_within(name, base)),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => names::uri_within(name, base),
        (GeneralName::Ip(name), GeneralName::Ip(base)) => Some(names::ip_within(name, base)),
        _ => None,
    }
}
