//! A certificate request for a key that never leaves its service (PKCS #10, RFC 2986).

use cades::{
    Hash, SignatureAlgorithm,
    asn1::{Tlv, context, tag},
    der, oid,
};

use crate::{
    KeyError,
    unsigned::{Unsigned, extension},
};

/// pkcs-9-at-extensionRequest (RFC 2985, 5.4.2).
const EXTENSION_REQUEST: &str = "1.2.840.113549.1.9.14";

/// id-kp-documentSigning (RFC 9336), and e-mail protection for readers that do not know it yet.
const PURPOSES: [&str; 2] = ["1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4"];

/// digitalSignature and nonRepudiation, as the bits of keyUsage (RFC 5280, 4.2.1.3).
const USAGE: [u8; 4] = [tag::BIT_STRING, 2, 6, 0xC0];

/// Longest value of one attribute of the name (RFC 5280, A.1: ub-name is 32 768, ub-common-name 64).
const MAX_ATTRIBUTE: usize = 64;

/// Kinds of attributes that a name may have, by the letters people write.
const ATTRIBUTES: [(&str, &str); 7] = [
    ("CN", "2.5.4.3"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("C", "2.5.4.6"),
    ("SERIALNUMBER", "2.5.4.5"),
];

/// The name of whoever asks: attributes in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Letters of the attribute (`CN`, `O` …) and its value.
    pub attributes: Vec<(&'static str, String)>,
}

impl Subject {
    /// Reads `CN=Maria, O=1º Ofício, C=BR`; a comma inside a value is written `\,`.
    ///
    /// # Errors
    /// [`KeyError::Subject`] with the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let wrong = |part: &str| KeyError::Subject(part.trim().chars().take(MAX_ATTRIBUTE).collect());
        let mut attributes = Vec::new();
        for part in split(text) {
            let (letters, value) = part.split_once('=').ok_or_else(|| wrong(&part))?;
            let (letters, value) = (letters.trim().to_uppercase(), value.trim());
            let known = ATTRIBUTES.iter().find(|(known, _)| *known == letters).ok_or_else(|| wrong(&part))?;
            if !fits(known.0, value) {
                return Err(wrong(&part));
            }
            attributes.push((known.0, value.to_owned()));
        }
        if !attributes.iter().any(|(letters, _)| *letters == "CN") {
            return Err(wrong("CN"));
        }
        Ok(Self { attributes })
    }

    /// A person, and the office that they work for if it is said, in Brazil.
    ///
    /// # Errors
    /// [`KeyError::Subject`] with the part that is wrong.
    pub fn of_person(person: &str, office: &str) -> Result<Self, KeyError> {
        let escaped = |text: &str| text.trim().replace('\\', "\\\\").replace(',', "\\,");
        let office = if office.trim().is_empty() { String::new() } else { format!("O={},", escaped(office)) };
        Self::parse(&format!("CN={},{office}C=BR", escaped(person)))
    }

    /// The name that people say; every subject has one.
    #[must_use]
    pub fn common_name(&self) -> &str {
        self.attributes.iter().find(|(letters, _)| *letters == "CN").map_or("", |(_, value)| value)
    }

    /// Its attributes by object identifier, in their order.
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.attributes.iter().map(|(letters, value)| {
            // Only known letters are ever put into a subject.
            let kind = ATTRIBUTES.iter().find(|(known, _)| known == letters).map_or("2.5.4.3", |(_, oid)| *oid);
            (kind, value.as_str())
        })
    }

    /// Whether a name in DER says the same, in whatever order.
    #[must_use]
    pub fn is_named_by(&self, name: &[u8]) -> bool {
        let mut own: Vec<_> = self.kinds().map(|(kind, value)| (kind.to_owned(), value.to_owned())).collect();
        let mut theirs = cades::x509::name_attributes(name);
        own.sort();
        theirs.sort();
        own == theirs
    }

    /// The name in DER (RFC 5280, 4.1.2.4).
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        /// Country and serial number are PrintableString (RFC 5280, A.1).
        const PRINTABLE: [&str; 2] = ["2.5.4.6", "2.5.4.5"];
        let parts: Vec<Vec<u8>> = self
            .kinds()
            .map(|(kind, value)| {
                let string = if PRINTABLE.contains(&kind) { tag::PRINTABLE_STRING } else { tag::UTF8_STRING };
                der::set_of(vec![der::sequence(&[&der::oid(kind), &der::value(string, value.as_bytes())])])
            })
            .collect();
        der::sequence(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}

/// Whether a value can stand in a name: read alike by all, short enough, and of its kind's letters (RFC 5280, A.1).
fn fits(letters: &str, value: &str) -> bool {
    let is_printable = |byte: u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte);
    !value.trim().is_empty()
        && value.chars().count() <= MAX_ATTRIBUTE
        && cades::readable(value) == value
        && match letters {
            "C" => value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase()),
            "SERIALNUMBER" => value.bytes().all(is_printable),
            _ => true,
        }
}

fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, parts.last_mut()) {
            ('\\', Some(part)) => part.extend(letters.next()),
            (',', _) => parts.push(String::new()),
            (letter, Some(part)) => part.push(letter),
            (_, None) => {}
        }
    }
    parts
}

/// A request for a certificate to sign documents with (keyUsage, extendedKeyUsage), to be signed by its own key.
///
/// # Errors
/// [`KeyError::AlgorithmDoesNotFit`].
pub fn unsigned(subject: &Subject, spki: &[u8], algorithm: SignatureAlgorithm) -> Result<Unsigned, KeyError> {
    let extensions = document_signing();
    let extensions = der::sequence(&extensions.each_ref().map(Vec::as_slice));
    let attribute = der::sequence(&[&der::oid(EXTENSION_REQUEST), &der::set_of(vec![extensions])]);
    let attributes = der::value(context(0), &attribute);
    Unsigned::new(der::sequence(&[&der::integer(0), &subject.to_der(), spki, &attributes]), spki, algorithm)
}

/// keyUsage and extendedKeyUsage of a certificate that signs documents and nothing else.
pub(crate) fn document_signing() -> [Vec<u8>; 2] {
    let purposes = PURPOSES.map(der::oid);
    let purposes = der::sequence(&purposes.each_ref().map(Vec::as_slice));
    [extension(oid::KEY_USAGE, true, &USAGE), extension(oid::EXTENDED_KEY_USAGE, false, &purposes)]
}

/// A request that somebody made, whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRequest {
    /// The name asked for, DER.
    pub subject: Vec<u8>,
    /// The key, `SubjectPublicKeyInfo`.
    pub spki: Vec<u8>,
    /// How the request is signed.
    pub algorithm: SignatureAlgorithm,
    /// SHA-256 of the whole, hexadecimal.
    pub fingerprint: String,
}

impl CertificateRequest {
    /// Reads a request, PEM or DER (RFC 2986, 4). What it asks for beside name and key is the authority's to decide.
    ///
    /// # Errors
    /// [`KeyError::Request`] where it cannot be read, or its key did not sign it.
    pub fn read(bytes: &[u8]) -> Result<Self, KeyError> {
        match pem::parse(bytes) {
            // OpenSSL's older name for the same.
            Ok(block) if ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"].contains(&block.tag()) => {
                Self::parse(block.contents())
            }
            Ok(_) => None,
            Err(_) => Self::parse(bytes),
        }
        .ok_or(KeyError::Request)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut outer = Tlv::parse(bytes).ok()?.fields().ok()?;
        let info = outer.expect(tag::SEQUENCE, "certificationRequestInfo").ok()?;
        let algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm").ok()?;
        let signature = outer.expect(tag::BIT_STRING, "signature").ok()?.bits().ok()?;
        outer.end("request").ok()?;
        let mut fields = info.children();
        fields.expect(tag::INTEGER, "version").ok()?;
        let subject = fields.expect(tag::SEQUENCE, "subject").ok()?;
        let spki = fields.expect(tag::SEQUENCE, "subjectPKInfo").ok()?;
        let algorithm = SignatureAlgorithm::from_der(&algorithm, None).ok()?;
        algorithm.verify_digest(spki.raw, &algorithm.hash.digest(info.raw), signature).ok()?;
        Some(Self {
            subject: subject.raw.to_vec(),
            spki: spki.raw.to_vec(),
            algorithm,
            fingerprint: Hash::Sha256.hex_digest(bytes),
        })
    }

    /// The name asked for, as one that this program would write itself: what an authority certifies is what was shown.
    ///
    /// # Errors
    /// [`KeyError::Subject`] where there is anything in it that was not shown, or no single common name.
    pub fn strict_subject(&self) -> Result<Subject, KeyError> {
        let wrong = || KeyError::Subject("CN".to_owned());
        let read = || -> Result<Vec<(&'static str, String)>, cades::CadesError> {
            let malformed = cades::CadesError::Malformed("name");
            let mut sets = Tlv::parse(&self.subject)?.fields()?;
            let mut attributes = Vec::new();
            while !sets.is_empty() {
                let mut members = sets.expect(tag::SET, "name")?.children();
                let mut pair = members.expect(tag::SEQUENCE, "name")?.fields()?;
                members.end("name")?;
                let kind = pair.read()?.oid()?;
                let value = pair.read()?.exact_text().ok_or(malformed.clone())?;
                pair.end("name")?;
                let known = ATTRIBUTES.iter().find(|(_, oid)| *oid == kind).ok_or(malformed.clone())?;
                attributes.push((known.0, value));
            }
            Ok(attributes)
        };
        let attributes = read().map_err(|_| wrong())?;
        let is_one = attributes.iter().filter(|(letters, _)| *letters == "CN").count() == 1;
        let odd = attributes.iter().find(|(letters, value)| !fits(letters, value));
        match odd {
            Some((_, value)) => Err(KeyError::Subject(value.chars().take(MAX_ATTRIBUTE).collect())),
            None if !is_one || !cades::asn1::is_der(&self.subject) => Err(wrong()),
            None => Ok(Subject { attributes }),
        }
    }

    /// Whether the key is written as everybody writes it: another spelling of the same key would pass for another one.
    #[must_use]
    pub fn has_usual_key(&self) -> bool {
        /// `AlgorithmIdentifier` of RSA, P-256 and P-384 (RFC 3279, 2.3.1; RFC 5480, 2.1.1).
        const RSA: [u8; 15] = [48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0];
        const P256: [u8; 21] = [48, 19, 6, 7, 42, 134, 72, 206, 61, 2, 1, 6, 8, 42, 134, 72, 206, 61, 3, 1, 7];
        const P384: [u8; 18] = [48, 16, 6, 7, 42, 134, 72, 206, 61, 2, 1, 6, 5, 43, 129, 4, 0, 34];
        const UNCOMPRESSED: u8 = 4;
        let Ok(mut fields) = Tlv::parse(&self.spki).and_then(|spki| spki.fields()) else { return false };
        let (Ok(algorithm), Ok(key)) = (fields.read(), fields.read()) else { return false };
        let Ok(bits) = key.bits() else { return false };
        let is_usual = match algorithm.raw {
            raw if raw == RSA => cades::asn1::is_der(bits),
            raw if raw == P256 || raw == P384 => bits.first() == Some(&UNCOMPRESSED),
            _ => false,
        };
        is_usual && fields.is_empty() && cades::asn1::is_der(&self.spki)
    }

    /// The common name asked for, empty where there is none.
    #[must_use]
    pub fn common_name(&self) -> String {
        self.name().into_iter().find(|(letters, _)| letters == "CN").map_or_else(String::new, |(_, value)| value)
    }

    /// The name asked for, as pairs of letters and value; kinds without letters go by their number.
    #[must_use]
    pub fn name(&self) -> Vec<(String, String)> {
        let letters = |oid: String| {
            ATTRIBUTES.iter().find(|(_, known)| *known == oid).map_or(oid.clone(), |(letters, _)| (*letters).to_owned())
        };
        let attributes = cades::x509::name_attributes(&self.subject);
        attributes.into_iter().map(|(oid, value)| (letters(oid), cades::readable(&value))).collect()
    }
}

/// PEM of a request, with its fingerprint, by which an authority and an office compare what they talk about.
#[must_use]
pub fn to_pem(request: &[u8]) -> (String, String) {
    (pem::encode(&pem::Pem::new("CERTIFICATE REQUEST", request)), Hash::Sha256.hex_digest(request))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_request_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(CertificateRequest::read(&bytes).is_err());
        }
    }

    #[test]
    fn a_request_is_read_back_and_every_changed_bit_is_noticed() {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let mut wanted = rcgen::CertificateParams::default();
        wanted.distinguished_name.push(rcgen::DnType::CommonName, "Maria de Exemplo");
        let request = wanted.serialize_request(&key).unwrap();
        let read = CertificateRequest::read(request.der()).unwrap();
        assert_eq!(read.name(), [("CN".to_owned(), "Maria de Exemplo".to_owned())]);
        assert_eq!(CertificateRequest::read(request.pem().unwrap().as_bytes()), Ok(read));
        for at in 0..request.der().len() {
            let mut changed = request.der().to_vec();
            changed[at] ^= 1;
            assert_eq!(CertificateRequest::read(&changed), Err(KeyError::Request), "byte {at}");
        }
    }

    #[test]
    fn names_are_read_as_people_write_them() {
        let subject = Subject::parse(r"CN=Maria de Exemplo, O=1º Ofício\, São Paulo, c=BR").unwrap();
        assert_eq!(subject.attributes[1], ("O", "1º Ofício, São Paulo".to_owned()));
        assert_eq!(subject.attributes[2], ("C", "BR".to_owned()));
        for wrong in [
            "",
            "Maria",
            "O=x",
            "CN=",
            "CN=x, C=brasil",
            "CN=x, X=y",
            "CN=a\u{202e}b",
            &format!("CN={}", "a".repeat(65)),
        ] {
            assert!(Subject::parse(wrong).is_err(), "{wrong}");
        }
    }
}
