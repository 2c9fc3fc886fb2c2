//! A certificate request for a key that never leaves its service (PKCS #10, RFC 2986).

use cades::{Hash, KeyKind, PublicKey, SignatureAlgorithm, asn1::tag, der, oid};

use crate::KeyError;

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
            let is_country = known.0 == "C";
            let fits = !value.is_empty()
                && value.chars().count() <= MAX_ATTRIBUTE
                && cades::readable(value) == value
                && (!is_country || (value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase())));
            if !fits {
                return Err(wrong(&part));
            }
            attributes.push((known.0, value.to_owned()));
        }
        if !attributes.iter().any(|(letters, _)| *letters == "CN") {
            return Err(wrong("CN"));
        }
        Ok(Self { attributes })
    }

    fn to_der(&self) -> Vec<u8> {
        let parts: Vec<Vec<u8>> = self
            .attributes
            .iter()
            .map(|(letters, value)| {
                let kind = ATTRIBUTES.iter().find(|(known, _)| known == letters).map_or("2.5.4.3", |(_, oid)| *oid);
                // Country and serial number are PrintableString (RFC 5280, A.1).
                let string =
                    if matches!(*letters, "C" | "SERIALNUMBER") { tag::PRINTABLE_STRING } else { tag::UTF8_STRING };
                der::set_of(vec![der::sequence(&[&der::oid(kind), &der::value(string, value.as_bytes())])])
            })
            .collect();
        der::sequence(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
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

/// A request whose signature is still to be made.
pub struct UnsignedRequest {
    info: Vec<u8>,
    spki: Vec<u8>,
    algorithm: SignatureAlgorithm,
}

impl UnsignedRequest {
    /// Asks for a certificate to sign documents with (keyUsage, extendedKeyUsage) for a public key.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmDoesNotFit`].
    pub fn new(subject: &Subject, spki: &[u8], algorithm: SignatureAlgorithm) -> Result<Self, KeyError> {
        let kind = key_kind(spki)?;
        if !algorithm.fits(kind) {
            return Err(KeyError::AlgorithmDoesNotFit);
        }
        let extension = |kind: &str, critical: bool, value: &[u8]| {
            let critical: &[u8] = if critical { &[tag::BOOLEAN, 1, 0xFF] } else { &[] };
            der::sequence(&[&der::oid(kind), critical, &der::octet_string(value)])
        };
        let purposes = PURPOSES.map(der::oid);
        let purposes = der::sequence(&purposes.each_ref().map(Vec::as_slice));
        let extensions = der::sequence(&[
            &extension(oid::KEY_USAGE, true, &USAGE),
            &extension(oid::EXTENDED_KEY_USAGE, false, &purposes),
        ]);
        let attribute = der::sequence(&[&der::oid(EXTENSION_REQUEST), &der::set_of(vec![extensions])]);
        let attributes = der::value(cades::asn1::context(0), &attribute);
        let info = der::sequence(&[&der::integer(0), &subject.to_der(), spki, &attributes]);
        Ok(Self { info, spki: spki.to_vec(), algorithm })
    }

    /// What the key signs.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        self.algorithm.hash.digest(&self.info)
    }

    /// The request in DER, once its signature was checked with the key itself.
    ///
    /// # Errors
    /// [`KeyError::KeyMismatch`] where the signature is not the key's.
    pub fn finish(self, signature: &[u8], label: &str) -> Result<Vec<u8>, KeyError> {
        if self.algorithm.verify_digest(&self.spki, &self.digest(), signature).is_err() {
            return Err(KeyError::KeyMismatch(label.to_owned()));
        }
        let bits = [&[0], signature].concat();
        Ok(der::sequence(&[&self.info, &self.algorithm.to_der(), &der::value(tag::BIT_STRING, &bits)]))
    }
}

pub(crate) fn key_kind(spki: &[u8]) -> Result<KeyKind, KeyError> {
    PublicKey::parse(spki).map(|key| key.kind).map_err(|_| KeyError::AlgorithmDoesNotFit)
}

/// PEM of a request, with its fingerprint, by which an authority and an office compare what they talk about.
#[must_use]
pub fn to_pem(request: &[u8]) -> (String, String) {
    (pem::encode(&pem::Pem::new("CERTIFICATE REQUEST", request)), Hash::Sha256.hex_digest(request))
}

#[cfg(test)]
mod tests {
    use super::*;

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
