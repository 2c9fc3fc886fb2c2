//! What the demonstration office gives besides keys: time stamps, and lists of revoked certificates.
//!
//! Both say what is true there: its clock is this computer's, and nothing was ever revoked.

use aws_lc_rs::signature::{self, EcdsaKeyPair};
use cades::{Certificate, SignatureAlgorithm, TimeStampRequest, cms};
use chrono::{DateTime, Duration, Utc};
use rcgen::KeyPair;
use zeroize::Zeroizing;

use super::{DemoOffice, DemoSigner, TIME_STAMPER};
use crate::{
    KeyError,
    authority::{Issuer, NewList, new_serial, positive},
};

/// Policy of the demonstration's stamps: an arc for examples (2.999), so that nobody takes it for an authority's.
const STAMP_POLICY: &str = "2.999.1";

/// How long a list of the demonstration says that it is current.
const LIST_DAYS: i64 = 7;

impl DemoOffice {
    /// Stamps what was asked, with this computer's time (RFC 3161, 2.4.2).
    ///
    /// # Errors
    /// [`KeyError::DemoCrypto`], [`KeyError::DemoStore`].
    pub fn stamp(&self, request: &TimeStampRequest, now: DateTime<Utc>) -> Result<Vec<u8>, KeyError> {
        let key = self.key(TIME_STAMPER, now)?;
        let stamper = DemoSigner {
            name: TIME_STAMPER.to_owned(),
            private: key.private,
            chain: vec![key.certificate, self.issuing.clone(), self.root.clone()],
        };
        let authority = stamper.chain.first().ok_or(KeyError::NoCertificate)?;
        let kind = authority.public_key().map_err(|_| KeyError::DemoCrypto)?.kind;
        let algorithm = SignatureAlgorithm::usual(kind).ok_or(KeyError::DemoCrypto)?;
        let statement = request.statement(STAMP_POLICY, &positive(new_serial()?), now);
        let attributes = cms::token_attributes(&algorithm.hash.digest(&statement), authority);
        let value = stamper.sign(algorithm, &algorithm.hash.digest(&attributes))?;
        Ok(cms::assemble_token(&statement, &attributes, algorithm, &value, &stamper.chain))
    }

    /// The lists of the root and of the issuing authority, DER; nothing where the root's was not made when the office was
    /// founded, since its key ended then.
    ///
    /// # Errors
    /// [`KeyError::DemoCrypto`]
    pub fn lists(&self, now: DateTime<Utc>) -> Result<Option<[Vec<u8>; 2]>, KeyError> {
        let Some(root_list) = &self.root_list else { return Ok(None) };
        let own = empty_list(&self.issuing, &self.issuing_key, now, now + Duration::days(LIST_DAYS))?;
        Ok(Some([root_list.clone(), own]))
    }
}

/// The list of an authority that revoked nothing.
pub(super) fn empty_list(
    issuer: &Certificate,
    key: &Zeroizing<Vec<u8>>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<u8>, KeyError> {
    let number = u64::try_from(now.timestamp()).unwrap_or_default();
    let list = NewList { number, this_update: now, next_update: until, revoked: &[] };
    let unsigned = list.unsigned(&Issuer::of(issuer)?)?;
    let pair =
        EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, key).map_err(|_| KeyError::DemoCrypto)?;
    let digest = aws_lc_rs::digest::Digest::import_less_safe(&unsigned.digest(), &aws_lc_rs::digest::SHA256)
        .map_err(|_| KeyError::DemoCrypto)?;
    let value = pair.sign_digest(&digest).map_err(|_| KeyError::DemoCrypto)?;
    unsigned.finish(value.as_ref(), TIME_STAMPER)
}

/// The key pair as rcgen keeps it, in the form in which lists are signed with it.
pub(super) fn private_of(pair: &KeyPair) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(pair.serialize_der())
}
