//! Signing in two steps: a new revision with room for the signature, then the signature in that room.
//!
//! Between the two stands [`Prepared`], a value that can be kept: a lost session or a throttled key service resumes
//! from it. The key is asked for one digest and never sees the document.

use aws_lc_rs::digest;
use cades::{Certificate, SignatureAlgorithm, cms};
use chrono::{DateTime, FixedOffset};
use pdf::{Dictionary, Document, ObjectId, PdfError, Update, build};
use serde::{Deserialize, Serialize};

use crate::{
    PadesError, bytes64, extract,
    facts::FieldLock,
    fields::{self, SignatureField, SignatureValue},
    revision::{add_field, first_page, unused_name},
    room::{Body, Room},
};

/// What the signer wants to say beside the signature itself (ISO 32000-2, table 255). Claims, never proofs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `/Reason`
    pub reason: Option<String>,
    /// `/Location`
    pub location: Option<String>,
}

/// With what, when, and saying what.
#[derive(Debug, Clone)]
pub struct Request {
    /// The signer's certificate and its issuers, the signer first.
    pub chain: Vec<Certificate>,
    /// Scheme and hash.
    pub algorithm: SignatureAlgorithm,
    /// The computer's time, for `/M`.
    pub claimed_time: DateTime<FixedOffset>,
    /// Further claims.
    pub claims: Claims,
    /// Bytes that a time stamp over the signature will take, at the most; 0 where there will be none.
    pub stamp_room: usize,
}

/// A revision that waits for its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    room: Room,
    /// DER of the signed attributes, as the key signs them.
    #[serde(with = "bytes64")]
    signed_attributes: Vec<u8>,
    /// Name of the algorithm.
    algorithm: String,
    /// Certificates, the signer first, each DER in base64.
    chain: Vec<String>,
    /// Name of the new field.
    field: String,
}

/// Prepares a PAdES B-B signature (ETSI EN 319 142-1, 6.3): the first one certifies with DocMDP P=2, later ones approve.
///
/// # Errors
/// [`PadesError`] names why the file must not be signed, or why this key cannot sign it.
pub fn prepare(document: &Document<'_>, request: &Request) -> Result<Prepared, PadesError> {
    let signer = request.chain.first().ok_or(PadesError::NoCertificate)?;
    let key = signer.public_key()?.kind;
    let algorithm = cades::SIGNING_ALGORITHMS.iter().find(|(_, known)| *known == request.algorithm);
    let (algorithm_name, algorithm) = *algorithm.ok_or(PadesError::AlgorithmDoesNotFit)?;
    if !algorithm.fits(key) {
        return Err(PadesError::AlgorithmDoesNotFit);
    }
    let mut update = Update::new(document)?;
    let existing = fields::signature_fields(document, document.newest())?;
    let certifies = check_earlier_signatures(document, &existing)?;

    // The room is measured on the very structure that will fill it, with the longest signature such a key makes.
    let placeholder = cms::signed_attributes(&vec![0; algorithm.hash.length()], signer);
    let longest = vec![0xFF; key.max_signature_length()];
    let stamp = (request.stamp_room > 0).then(|| cms::time_stamp_attribute(&vec![0; request.stamp_room]));
    let room = cms::assemble(&placeholder, algorithm, &longest, &request.chain, stamp.into_iter().collect()).len();

    let signature_id = update.reserve()?;
    let field = unused_name(document, &existing, "Assinatura")?;
    let transform_id = if certifies { Some(update.reserve()?) } else { None };
    if let Some(id) = transform_id {
        update.put(id, b"<< /Type /TransformParams /P 2 /V /1.2 >>".as_slice());
    }
    let body = signature_dictionary(request, signer, room, transform_id)?;
    let places = body.places(room);
    update.put(signature_id, body.bytes);
    add_field(document, &mut update, &field, signature_id, certifies)?;

    let original = document.bytes();
    let seed = id_seed(original, &signer.fingerprint(), request.claimed_time);
    let appended = update.finish(seed)?;
    let mut prepared = Prepared {
        room: Room::of(original, appended, signature_id, places)?,
        signed_attributes: Vec::new(),
        algorithm: algorithm_name.to_owned(),
        chain: request.chain.iter().map(|certificate| bytes64::encode(certificate.der())).collect(),
        field,
    };
    let message_digest = prepared.room.digest(original, algorithm.hash.algorithm())?;
    prepared.signed_attributes = cms::signed_attributes(&message_digest, signer);
    Ok(prepared)
}

/// Whether the document can be signed at all, before a key is asked for; answers whether the signature would certify.
///
/// # Errors
/// As [`prepare`].
pub fn check_signable(document: &Document<'_>) -> Result<bool, PadesError> {
    Update::new(document)?;
    first_page(document)?;
    check_earlier_signatures(document, &fields::signature_fields(document, document.newest())?)
}

impl Prepared {
    /// The digest that the key has to sign: of the signed attributes, by the algorithm's hash.
    ///
    /// # Errors
    /// [`PadesError::AlgorithmDoesNotFit`] if a stored value names an unknown algorithm.
    pub fn to_be_signed(&self) -> Result<Vec<u8>, PadesError> {
        Ok(self.algorithm()?.hash.digest(&self.signed_attributes))
    }

    /// The algorithm this was prepared for.
    ///
    /// # Errors
    /// As [`Prepared::to_be_signed`].
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, PadesError> {
        SignatureAlgorithm::from_name(&self.algorithm).ok_or(PadesError::AlgorithmDoesNotFit)
    }

    /// Name of the new signature field.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Puts the signature in its room, and a time stamp over its value if there is one (ETSI EN 319 122-1, 5.3); the answer
    /// goes after the original's last byte.
    ///
    /// # Errors
    /// [`PadesError::WrongSignature`] if the signature is not by the certificate's key; [`PadesError::DoesNotFit`].
    pub fn finish(self, signature: &[u8], time_stamp: Option<&[u8]>) -> Result<Vec<u8>, PadesError> {
        let algorithm = self.algorithm()?;
        let decoded: Option<Vec<Vec<u8>>> = self.chain.iter().map(|der| bytes64::decode(der)).collect();
        let chain = decoded.ok_or(PadesError::NoCertificate)?;
        let chain = chain.iter().map(|der| Certificate::parse(der)).collect::<Result<Vec<_>, _>>()?;
        let signer = chain.first().ok_or(PadesError::NoCertificate)?;
        algorithm.verify(&signer.spki, &self.signed_attributes, signature).map_err(|_| PadesError::WrongSignature)?;
        let unsigned = time_stamp.map(cms::time_stamp_attribute).into_iter().collect();
        self.room.fill(&cms::assemble(&self.signed_attributes, algorithm, signature, &chain, unsigned))
    }
}

/// Whether the new signature may be made at all, and whether it is the first, which certifies.
pub(crate) fn check_earlier_signatures(
    document: &Document<'_>,
    existing: &[SignatureField],
) -> Result<bool, PadesError> {
    let newest = document.newest();
    let catalog = document.root()?;
    let catalog = catalog.dictionary()?;
    let flag = |dictionary: &Dictionary, key: &[u8]| -> Result<bool, PadesError> {
        Ok(matches!(document.lookup(dictionary, key, newest)?.map(|value| value.kind), Some(pdf::Kind::Boolean(true))))
    };
    if flag(catalog, b"NeedsRendering")? {
        return Err(PadesError::DynamicForm);
    }
    let mut first = document.lookup(catalog, b"Perms", newest)?.is_none_or(|permissions| {
        permissions.as_dictionary().is_none_or(|permissions| permissions.get(b"DocMDP").is_none())
    });
    for field in existing {
        let signature = match &field.value {
            None => continue,
            Some(SignatureValue::Object(id)) => document.object(*id)?.value,
            Some(SignatureValue::Direct(id)) => {
                let holder = document.object(*id)?;
                holder.dictionary()?.get(b"V").cloned().ok_or(PdfError::Type("V"))?
            }
        };
        first = false;
        let transforms = fields::transforms(document, signature.as_dictionary().ok_or(PdfError::Type("V"))?, newest)?;
        let (own_lock, own_permission) = match field.id {
            Some(id) => extract::field_lock(document, id, newest)?.unzip(),
            None => (None, None),
        };
        let locks_all_new = [transforms.lock, own_lock].iter().flatten().any(locks_new_fields);
        if transforms.doc_mdp == Some(1) || own_permission.flatten() == Some(1) || locks_all_new {
            return Err(PadesError::SigningForbidden);
        }
    }
    Ok(first)
}

/// Whether a lock holds for a field that it cannot have named: some readers call a document broken that gets one.
fn locks_new_fields(lock: &FieldLock) -> bool {
    lock.covers("\0")
}

fn signature_dictionary(
    request: &Request,
    signer: &Certificate,
    room: usize,
    transform: Option<ObjectId>,
) -> Result<Body, PadesError> {
    let mut body = Body::begin("Sig", "ETSI.CAdES.detached", room);
    let bytes = &mut body.bytes;
    let mut put = |key: &str, text: &str| -> Result<(), PadesError> {
        bytes.extend(format!("/{key} ").as_bytes());
        bytes.extend(pdf::write_value(&build::text_string(text))?);
        bytes.push(b'\n');
        Ok(())
    };
    put("M", &pdf_date(request.claimed_time))?;
    // Readers show /Name as if it were true, so it is never anything but what the certificate says.
    put("Name", &signer.subject_label())?;
    if let Some(reason) = &request.claims.reason {
        put("Reason", reason)?;
    }
    if let Some(location) = &request.claims.location {
        put("Location", location)?;
    }
    if let Some(id) = transform {
        let reference =
            format!("/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams {} 0 R >>]\n", id.number);
        bytes.extend(reference.as_bytes());
    }
    bytes.extend(b">>");
    Ok(body)
}

/// A date as ISO 32000-2, 7.9.4 writes it: `D:20261124101500-03'00'`.
fn pdf_date(time: DateTime<FixedOffset>) -> String {
    let offset = time.offset().local_minus_utc() / 60;
    let sign = if offset < 0 { '-' } else { '+' };
    format!("D:{}{sign}{:02}'{:02}'", time.format("%Y%m%d%H%M%S"), offset.abs() / 60, offset.abs() % 60)
}

/// The new half of `/ID`: different for each signing, the same when a signing is repeated from the same inputs.
pub(crate) fn id_seed(original: &[u8], what: &[u8], time: DateTime<FixedOffset>) -> [u8; 16] {
    let mut context = digest::Context::new(&digest::SHA256);
    // The tail names the revision; hashing everything again would double the work on a large file.
    context.update(original.get(original.len().saturating_sub(4096)..).unwrap_or_default());
    context.update(&original.len().to_be_bytes());
    context.update(what);
    context.update(time.to_rfc3339().as_bytes());
    let mut seed = [0; 16];
    for (to, from) in seed.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    seed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_on_all_fields_but_some_holds_for_new_ones_too() {
        let names = || vec!["nome".to_owned()];
        assert!(locks_new_fields(&FieldLock::All));
        assert!(locks_new_fields(&FieldLock::Exclude(names())));
        assert!(!locks_new_fields(&FieldLock::Include(names())));
        assert!(locks_new_fields(&FieldLock::Include(names()).and(FieldLock::All)));
    }
}
