//! Time-stamp tokens (RFC 3161, 2.4.2).

use chrono::{DateTime, Utc};

use crate::{
    CadesError, Hash, SignedData,
    asn1::{Reader, Tlv, context, tag},
    der, oid,
    x509::read_extension,
};

/// Least accuracy that still says when (2.4.2): authorities state a second or less.
const MAX_ACCURACY_SECONDS: u64 = 60;

/// A token: signed data around the statement that a digest existed at a time.
#[derive(Debug, Clone)]
pub struct TimeStampToken<'a> {
    /// The signed data.
    pub signed: SignedData<'a>,
    /// DER of `TSTInfo`: what the authority signed.
    pub content: Vec<u8>,
    /// The authority's policy, dotted.
    pub policy: String,
    /// Hash algorithm of the imprint, dotted.
    pub imprint_algorithm: String,
    /// What was stamped.
    pub imprint: Vec<u8>,
    /// When.
    pub time: DateTime<Utc>,
}

impl<'a> TimeStampToken<'a> {
    /// Reads the token at the beginning of a buffer.
    ///
    /// # Errors
    /// [`CadesError::Malformed`], [`CadesError::TooDeep`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CadesError> {
        let signed = SignedData::parse(bytes)?;
        if signed.content_type != oid::TST_INFO {
            return Err(CadesError::Malformed("TSTInfo"));
        }
        let content = signed.content.clone().ok_or(CadesError::Malformed("TSTInfo"))?.into_owned();
        let info = Reader::new(&content).expect(tag::SEQUENCE, "TSTInfo")?;
        if info.raw.len() != content.len() {
            return Err(CadesError::Malformed("TSTInfo"));
        }
        let mut fields = info.children();
        if fields.read()?.unsigned()? != 1 {
            return Err(CadesError::Malformed("TSTInfo version"));
        }
        let policy = fields.read()?.oid()?;
        let mut imprint = fields.expect(tag::SEQUENCE, "messageImprint")?.children();
        let imprint_algorithm = imprint.expect(tag::SEQUENCE, "messageImprint")?.children().read()?.oid()?;
        let digest = imprint.expect(tag::OCTET_STRING, "messageImprint")?.content.to_vec();
        imprint.end("messageImprint")?;
        fields.expect(tag::INTEGER, "serialNumber")?;
        let time = fields.expect(tag::GENERALIZED_TIME, "genTime")?.time()?;
        let is_known = |value: &Tlv<'_>| {
            matches!(value.tag, tag::SEQUENCE | tag::BOOLEAN | tag::INTEGER) || value.tag & 0xC0 == 0x80
        };
        while !fields.is_empty() {
            let field = fields.read()?;
            if !is_known(&field) {
                return Err(CadesError::Malformed("TSTInfo"));
            }
            // An authority that does not know the hour proves no time.
            if field.tag == tag::SEQUENCE {
                let mut parts = field.children();
                let seconds = parts.optional(tag::INTEGER)?;
                let mut is_fine =
                    seconds.map(|seconds| seconds.unsigned()).transpose()?.unwrap_or(0) <= MAX_ACCURACY_SECONDS;
                while !parts.is_empty() {
                    // Thousandths and millionths, one to 999 of each.
                    let digits = parts.read()?.content;
                    let number = digits.iter().take(3).fold(0u32, |number, byte| number << 8 | u32::from(*byte));
                    is_fine &= digits.len() <= 2 && number <= 999;
                }
                if !is_fine {
                    return Err(CadesError::Malformed("accuracy"));
                }
            }
            // Whoever does not understand a critical extension must not use the token (2.4.2).
            if field.tag == context(1) {
                let mut extensions = field.children();
                while !extensions.is_empty() {
                    if read_extension(&extensions.read()?)?.critical {
                        return Err(CadesError::Malformed("TSTInfo extension"));
                    }
                }
            }
        }
        Ok(Self { signed, policy, imprint_algorithm, imprint: digest, time, content })
    }
}

/// What an authority is asked to stamp (RFC 3161, 2.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStampRequest {
    /// Hash of the imprint.
    pub hash: Hash,
    /// What is to be stamped, by that hash.
    pub imprint: Vec<u8>,
    /// A number that nobody can guess: an old answer does not have it.
    pub nonce: [u8; 8],
}

/// Why an authority did not stamp, or not what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeStampFault {
    /// The answer cannot be read.
    Unreadable,
    /// It says no; its status and the bit of its reason, if it gives one (2.4.2).
    Refused {
        /// 2 to 5
        status: u64,
        /// 0 for a bad algorithm, 14 for no time source, and so on.
        reason: Option<u32>,
    },
    /// It stamps something else, or answers somebody else.
    Different,
}

impl TimeStampRequest {
    /// The request in DER; the authority's certificate is asked for.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let yes = [tag::BOOLEAN, 1, 0xFF];
        der::sequence(&[&der::integer(1), &self.message_imprint(), &self.nonce_in_der(), &yes])
    }

    fn message_imprint(&self) -> Vec<u8> {
        let algorithm = der::sequence(&[&der::oid(self.hash.oid()), &der::null()]);
        der::sequence(&[&algorithm, &der::octet_string(&self.imprint)])
    }

    fn nonce_in_der(&self) -> Vec<u8> {
        let mut digits = self.nonce;
        // Positive, and as long as can be: then it has one form.
        digits[0] = digits[0] & 0x7F | 0x40;
        der::value(tag::INTEGER, &digits)
    }

    /// The statement that an authority signs, DER of `TSTInfo` (2.4.2).
    #[must_use]
    pub fn statement(&self, policy: &str, serial: &[u8], time: DateTime<Utc>) -> Vec<u8> {
        let time = time.format("%Y%m%d%H%M%SZ").to_string();
        // One second.
        let accuracy = der::sequence(&[&der::integer(1)]);
        der::sequence(&[
            &der::integer(1),
            &der::oid(policy),
            &self.message_imprint(),
            &der::value(tag::INTEGER, serial),
            &der::value(tag::GENERALIZED_TIME, time.as_bytes()),
            &accuracy,
            &self.nonce_in_der(),
        ])
    }

    /// The token of an authority's answer, if it stamps what was asked. Who the authority is, and whether its signature
    /// holds, is asked elsewhere.
    ///
    /// # Errors
    /// [`TimeStampFault`]
    pub fn token_of(&self, answer: &[u8]) -> Result<Vec<u8>, TimeStampFault> {
        let answer = Answer::read(answer).map_err(|_| TimeStampFault::Unreadable)?;
        // Granted, or granted with changes.
        if answer.status > 1 {
            return Err(TimeStampFault::Refused { status: answer.status, reason: answer.reason });
        }
        let token = answer.token.ok_or(TimeStampFault::Unreadable)?;
        let read = TimeStampToken::parse(&token).map_err(|_| TimeStampFault::Unreadable)?;
        let nonce = read.nonce().map_err(|_| TimeStampFault::Unreadable)?;
        let is_asked = read.imprint == self.imprint
            && read.imprint_algorithm == self.hash.oid()
            && nonce.is_some_and(|nonce| nonce == self.nonce_in_der());
        if is_asked { Ok(token) } else { Err(TimeStampFault::Different) }
    }
}

impl TimeStampToken<'_> {
    /// The request's number in its DER, where the token repeats one.
    fn nonce(&self) -> Result<Option<Vec<u8>>, CadesError> {
        let info = Reader::new(&self.content).expect(tag::SEQUENCE, "TSTInfo")?;
        let mut fields = info.children();
        // Version, policy, imprint, number, time.
        for _ in 0..5 {
            fields.read()?;
        }
        while !fields.is_empty() {
            let field = fields.read()?;
            if field.tag == tag::INTEGER {
                return Ok(Some(field.raw.to_vec()));
            }
        }
        Ok(None)
    }
}

/// A `TimeStampResp`.
struct Answer {
    status: u64,
    reason: Option<u32>,
    token: Option<Vec<u8>>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Result<Self, CadesError> {
        let mut whole = Reader::new(bytes);
        let mut fields = whole.expect(tag::SEQUENCE, "TimeStampResp")?.children();
        whole.end("TimeStampResp")?;
        let mut info = fields.expect(tag::SEQUENCE, "PKIStatusInfo")?.children();
        let status = info.expect(tag::INTEGER, "status")?.unsigned()?;
        info.optional(tag::SEQUENCE)?;
        let bits = info.optional(tag::BIT_STRING)?;
        let bits = bits.and_then(|bits| bits.content.get(1..)).unwrap_or_default();
        let mut bits = bits.iter().flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0));
        let reason = bits.position(|is_set| is_set).and_then(|bit| u32::try_from(bit).ok());
        Ok(Self { status, reason, token: fields.optional(tag::SEQUENCE)?.map(|token| token.raw.to_vec()) })
    }
}

/// An answer that grants a token, as an authority gives it.
#[must_use]
pub fn granted(token: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::sequence(&[&der::integer(0)]), token])
}

/// An answer that refuses, with the bit of its reason below 32.
#[must_use]
pub fn refused(reason: u8) -> Vec<u8> {
    let bits = (1u32 << 31 >> (reason & 31)).to_be_bytes();
    let bits = der::value(tag::BIT_STRING, &[&[0], &bits[..]].concat());
    der::sequence(&[&der::sequence(&[&der::integer(2), &bits])])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> TimeStampRequest {
        TimeStampRequest { hash: Hash::Sha256, imprint: vec![7; 32], nonce: [0x80; 8] }
    }

    #[test]
    fn a_refusal_says_why() {
        let refusal = TimeStampFault::Refused { status: 2, reason: Some(14) };
        assert_eq!(request().token_of(&refused(14)), Err(refusal));
    }

    #[test]
    fn an_answer_that_is_none_is_unreadable() {
        for answer in [&b""[..], b"<html>", &granted(b"")[..], &granted(&der::sequence(&[]))[..]] {
            assert_eq!(request().token_of(answer), Err(TimeStampFault::Unreadable));
        }
    }

    #[test]
    fn a_nonce_has_one_form() {
        let der = request().to_der();
        assert!(der.windows(10).any(|part| part == [2, 8, 0x40, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]));
    }
}
