//! Time-stamp tokens (RFC 3161, 2.4.2).

use chrono::{DateTime, Utc};

use crate::{
    CadesError, SignedData,
    asn1::{Reader, Tlv, context, tag},
    oid,
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
            if field.tag == tag::SEQUENCE
                && let Some(seconds) = field.children().optional(tag::INTEGER)?
                && seconds.unsigned()? > MAX_ACCURACY_SECONDS
            {
                return Err(CadesError::Malformed("accuracy"));
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
