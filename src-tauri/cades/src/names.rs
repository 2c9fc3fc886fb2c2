//! Names as X.509 compares and limits them (RFC 5280, 4.2.1.6, 4.2.1.10 and 7).

use unicode_normalization::UnicodeNormalization;

use crate::{
    CadesError,
    asn1::{Reader, Tlv, context, context_primitive, tag},
};

/// Most names read from one extension; real ones have a handful. Names and constraints multiply.
const MAX_NAMES: usize = 1_000;

/// Longest directory name that is compared by its parts, in bytes; longer ones are equal when their bytes are. Some
/// letters unfold into many, and names are compared often.
const MAX_NAME: usize = 2 * 1024;

/// id-on-SmtpUTF8Mailbox (RFC 9598).
const SMTP_UTF8_MAILBOX: &str = "1.3.6.1.5.5.7.8.9";

/// One `GeneralName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// otherName: its type and the value inside.
    Other {
        /// Type, dotted.
        oid: String,
        /// The value's text, where it is a string of characters or of octets.
        text: Option<String>,
    },
    /// An e-mail address.
    Email(String),
    /// A host name.
    Dns(String),
    /// DER of a directory name.
    Directory(Vec<u8>),
    /// A URI.
    Uri(String),
    /// An address, or address and mask.
    Ip(Vec<u8>),
    /// x400Address, ediPartyName or registeredID, by their tag.
    Unsupported(u8),
}

impl GeneralName {
    /// Reads one.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn parse(value: &Tlv<'_>) -> Result<Self, CadesError> {
        let text = || String::from_utf8_lossy(value.content).into_owned();
        Ok(match value.tag {
            tag if tag == context(0) => {
                let mut fields = value.children();
                let oid = fields.read()?.oid()?;
                let inner = fields.expect(context(0), "otherName")?.children().read()?;
                let octets = || {
                    (inner.tag == tag::OCTET_STRING).then(|| crate::readable(&String::from_utf8_lossy(inner.content)))
                };
                match inner.text() {
                    // An address with letters beyond ASCII is an address (RFC 9598).
                    Some(address) if oid == SMTP_UTF8_MAILBOX => Self::Email(address),
                    text => Self::Other { oid, text: text.or_else(octets) },
                }
            }
            tag if tag == context_primitive(1) => Self::Email(text()),
            tag if tag == context_primitive(2) => Self::Dns(text()),
            tag if tag == context(4) => Self::Directory(value.children().expect(tag::SEQUENCE, "name")?.raw.to_vec()),
            tag if tag == context_primitive(6) => Self::Uri(text()),
            tag if tag == context_primitive(7) => Self::Ip(value.content.to_vec()),
            other => Self::Unsupported(other & 0x1F),
        })
    }

    /// Reads all that follow.
    ///
    /// # Errors
    /// [`CadesError::Malformed`].
    pub fn read_all(mut names: Reader<'_>) -> Result<Vec<Self>, CadesError> {
        let mut all = Vec::new();
        while !names.is_empty() {
            if all.len() >= MAX_NAMES {
                return Err(CadesError::Malformed("names"));
            }
            all.push(Self::parse(&names.read()?)?);
        }
        Ok(all)
    }
}

/// nameConstraints: subtrees as general names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// What names must lie within, by kind.
    pub permitted: Vec<GeneralName>,
    /// What names must lie outside.
    pub excluded: Vec<GeneralName>,
}

impl NameConstraints {
    /// Reads the extension's value.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], also for the minimum and maximum that RFC 5280 does not use.
    pub fn parse(value: &[u8]) -> Result<Self, CadesError> {
        let mut fields = Tlv::parse(value)?.fields()?;
        let mut subtrees = |number: u8| -> Result<Vec<GeneralName>, CadesError> {
            let Some(list) = fields.optional(context(number))? else { return Ok(Vec::new()) };
            let mut list = list.children();
            let mut bases = Vec::new();
            while !list.is_empty() {
                let mut subtree = list.read()?.fields()?;
                bases.push(GeneralName::parse(&subtree.read()?)?);
                if let Some(minimum) = subtree.optional(context_primitive(0))?
                    && minimum.content != [0]
                {
                    return Err(CadesError::Malformed("nameConstraints"));
                }
                subtree.end("nameConstraints")?;
                if bases.len() > MAX_NAMES {
                    return Err(CadesError::Malformed("nameConstraints"));
                }
            }
            Ok(bases)
        };
        Ok(Self { permitted: subtrees(0)?, excluded: subtrees(1)? })
    }
}

/// Whether two directory names are the same (7.1): case and runs of blanks do not count in strings, whatever their type.
#[must_use]
pub fn same_name(a: &[u8], b: &[u8]) -> bool {
    a == b || matches!((normalized(a, folded), normalized(b, folded)), (Some(a), Some(b)) if a == b)
}

/// What two equal names share and no others: a digest that is computed once and compared often.
#[must_use]
pub(crate) fn identity(name: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    match normalized(name, folded) {
        Some(parts) => {
            for part in parts {
                text.push(b'/');
                for (kind, value) in part {
                    text.extend(format!("{kind}={}:", value.len()).into_bytes());
                    text.extend(value);
                }
            }
        }
        None => text.extend(name),
    }
    crate::Hash::Sha256.digest(&text)
}

/// Whether two directory names are spelled alike, letter by letter; the type of their strings does not count.
///
/// For a name that no signature covers: one letter in another case was not written by whoever signed.
#[must_use]
pub fn spelled_alike(a: &[u8], b: &[u8]) -> bool {
    a == b || matches!((normalized(a, spelled), normalized(b, spelled)), (Some(a), Some(b)) if a == b)
}

/// Whether `name` lies at or below `base` in the directory; nothing where one of them cannot be compared.
#[must_use]
pub fn is_below(name: &[u8], base: &[u8]) -> Option<bool> {
    Some(normalized(name, folded)?.starts_with(&normalized(base, folded)?))
}

/// Type and folded value of each attribute of one part of a name.
type Part = Vec<(String, Vec<u8>)>;

/// The parts of a name, each with its attributes in order of type.
fn normalized(name: &[u8], read: fn(&Tlv<'_>) -> Option<Vec<u8>>) -> Option<Vec<Part>> {
    if name.len() > MAX_NAME {
        return None;
    }
    let mut parts = Vec::new();
    let mut sets = Tlv::parse(name).ok()?.fields().ok()?;
    while !sets.is_empty() {
        let set = sets.expect(tag::SET, "name").ok()?;
        let mut attributes = Vec::new();
        let mut members = set.children();
        while !members.is_empty() {
            let mut pair = members.read().ok()?.fields().ok()?;
            let (kind, value) = (pair.read().ok()?.oid().ok()?, pair.read().ok()?);
            attributes.push((kind, read(&value)?));
        }
        attributes.sort();
        parts.push(attributes);
    }
    Some(parts)
}

/// Nothing for what is no text: such names are equal when their bytes are, and lie nowhere.
fn folded(value: &Tlv<'_>) -> Option<Vec<u8>> {
    // What nobody sees, and how a letter is put together, does not tell two names apart (RFC 4518, 2).
    let text: String = crate::readable(&value.exact_text()?).nfkc().collect();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().into_bytes())
}

fn spelled(value: &Tlv<'_>) -> Option<Vec<u8>> {
    Some(value.exact_text().map_or_else(|| value.raw.to_vec(), |text| text.as_bytes().to_vec()))
}

/// Whether an e-mail address lies within a constraint: a mailbox, a host, or (with a leading point) a domain; nothing
/// for what is no address.
#[must_use]
pub fn email_within(email: &str, constraint: &str) -> Option<bool> {
    let (email, constraint) = (host_of(email), host_of(constraint));
    if constraint.contains('@') {
        return Some(email == constraint);
    }
    let (_, host) = email.rsplit_once('@')?;
    Some(if constraint.starts_with('.') { host.ends_with(&constraint) } else { host == constraint })
}

/// A host without the point of the root, in small letters.
fn host_of(text: &str) -> String {
    text.strip_suffix('.').unwrap_or(text).to_lowercase()
}

/// Whether a host name lies within a constraint: the name itself or anything with labels added on its left.
#[must_use]
pub fn dns_within(host: &str, constraint: &str) -> bool {
    let (host, constraint) = (host_of(host), host_of(constraint));
    let constraint = constraint.trim_start_matches('.');
    constraint.is_empty() || host == constraint || host.ends_with(&format!(".{constraint}"))
}

/// Whether the host of a URI lies within a constraint; with a leading point only below it. Nothing where it is not plain
/// which host it has.
#[must_use]
pub fn uri_within(uri: &str, constraint: &str) -> Option<bool> {
    let constraint = host_of(constraint);
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host_of(host.split(':').next().unwrap_or_default());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if host.is_empty() || !host.bytes().all(is_plain) || authority.contains('\\') {
        return None;
    }
    Some(if constraint.starts_with('.') { host.ends_with(&constraint) } else { host == constraint })
}

/// Whether an address lies within address and mask.
#[must_use]
pub fn ip_within(address: &[u8], constraint: &[u8]) -> bool {
    let (network, mask) = constraint.split_at(constraint.len() / 2);
    address.len() == network.len()
        && mask.len() == network.len()
        && address.iter().zip(network).zip(mask).all(|((address, network), mask)| address & mask == network & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_contain_what_is_below_them_and_no_look_alike() {
        assert!(dns_within("a.cartorio.example", "cartorio.example"));
        assert!(!dns_within("outrocartorio.example", "cartorio.example"));
        assert_eq!(email_within("x@a.cartorio.example", ".cartorio.example"), Some(true));
        assert_eq!(email_within("x@cartorio.example", ".cartorio.example"), Some(false));
        assert_eq!(email_within("x@cartorio.example.", "cartorio.example"), Some(true));
        assert_eq!(uri_within("http://a.cartorio.example:80/x", ".cartorio.example"), Some(true));
        for unclear in ["http:a.cartorio.example", "http://a.cartorio.example\\@x", "http://", "mailto:x"] {
            assert_eq!(uri_within(unclear, ".cartorio.example"), None, "{unclear}");
        }
        assert!(ip_within(&[10, 1, 2, 3], &[10, 1, 0, 0, 255, 255, 0, 0]));
        assert!(!ip_within(&[10, 2, 2, 3], &[10, 1, 0, 0, 255, 255, 0, 0]));
    }
}
