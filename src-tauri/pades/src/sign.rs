//! Signing in two steps: a new revision with room for the signature, then the signature in that room.
//!
//! Between the two stands [`Prepared`], a value that can be kept: a lost session or a throttled key service resumes
//! from it. The key is asked for one digest and never sees the document.

use std::collections::HashSet;

use aws_lc_rs::digest;
use cades::{Certificate, SignatureAlgorithm, cms};
use chrono::{DateTime, FixedOffset};
use pdf::{
    Dictionary, DictionaryEdit, Document, ObjectId, PdfError, Update, Value, array_with,
    build::{self, Object},
    hex,
};
use serde::{Deserialize, Serialize};

use crate::{
    PadesError, bytes64, extract,
    facts::FieldLock,
    fields::{self, SignatureField, SignatureValue},
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
}

/// A revision that waits for its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// Bytes to append to the original.
    #[serde(with = "bytes64")]
    appended: Vec<u8>,
    /// Where in `appended` the hexadecimal digits of `/Contents` begin, and how many there are.
    digits_at: usize,
    digits: usize,
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

/// Digits of one number in the `/ByteRange` placeholder: enough for [`pdf::limits::MAX_FILE_BYTES`].
const BYTE_RANGE_DIGITS: usize = 10;

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
    let room = cms::assemble(&placeholder, algorithm, &longest, &request.chain, Vec::new()).len();

    let signature_id = update.reserve()?;
    let widget_id = update.reserve()?;
    let appearance_id = update.reserve()?;
    let field = unused_name(document, &existing)?;
    let page = first_page(document)?;
    let transform_id = if certifies { Some(update.reserve()?) } else { None };
    if let Some(id) = transform_id {
        update.put(id, b"<< /Type /TransformParams /P 2 /V /1.2 >>".as_slice());
    }
    let body = signature_dictionary(request, signer, room, transform_id)?;
    let (range_in_body, digits_in_body) = (body.byte_range_at, body.digits_at);
    update.put(signature_id, body.bytes);
    update.put(widget_id, widget(&field, signature_id, appearance_id, page)?);
    update.put(
        appearance_id,
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 0 0] /Resources << >> /Length 0 >>\nstream\n\nendstream"
            .as_slice(),
    );
    add_to_page(document, &mut update, page, widget_id)?;
    add_to_catalog(document, &mut update, widget_id, signature_id, certifies)?;

    let original = document.bytes();
    let seed = id_seed(original, &signer.fingerprint(), request);
    let appended = update.finish(seed)?;
    let value_at = *appended.value_offsets.get(&signature_id.number).ok_or(PdfError::Damaged)? - original.len();
    let mut prepared = Prepared {
        appended: appended.bytes,
        digits_at: value_at + digits_in_body,
        digits: room * 2,
        signed_attributes: Vec::new(),
        algorithm: algorithm_name.to_owned(),
        chain: request.chain.iter().map(|certificate| bytes64::encode(certificate.der())).collect(),
        field,
    };
    prepared.write_byte_range(original.len(), value_at + range_in_body)?;
    let message_digest = prepared.digest_of_ranges(original, algorithm.hash.algorithm())?;
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

    /// Puts the signature in its room; the answer goes after the original's last byte.
    ///
    /// # Errors
    /// [`PadesError::WrongSignature`] if the signature is not by the certificate's key; [`PadesError::DoesNotFit`].
    pub fn finish(mut self, signature: &[u8]) -> Result<Vec<u8>, PadesError> {
        let algorithm = self.algorithm()?;
        let decoded: Option<Vec<Vec<u8>>> = self.chain.iter().map(|der| bytes64::decode(der)).collect();
        let chain = decoded.ok_or(PadesError::NoCertificate)?;
        let chain = chain.iter().map(|der| Certificate::parse(der)).collect::<Result<Vec<_>, _>>()?;
        let signer = chain.first().ok_or(PadesError::NoCertificate)?;
        algorithm.verify(&signer.spki, &self.signed_attributes, signature).map_err(|_| PadesError::WrongSignature)?;
        let digits = hex(&cms::assemble(&self.signed_attributes, algorithm, signature, &chain, Vec::new()));
        let end = self.digits_at + digits.len();
        let room = self.appended.get_mut(self.digits_at..end).filter(|_| digits.len() <= self.digits);
        room.ok_or(PadesError::DoesNotFit)?.copy_from_slice(digits.as_bytes());
        Ok(self.appended)
    }

    /// Offsets in `appended` of `<` and of just after `>`.
    fn gap(&self) -> (usize, usize) {
        (self.digits_at - 1, self.digits_at + self.digits + 1)
    }

    fn write_byte_range(&mut self, original: usize, at: usize) -> Result<(), PadesError> {
        let (gap_start, gap_end) = self.gap();
        let tail = self.appended.len() - gap_end;
        let range = format!("[0 {} {} {}]", original + gap_start, original + gap_end, tail);
        let room = self.appended.get_mut(at..at + range.len()).ok_or(PdfError::Damaged)?;
        room.copy_from_slice(range.as_bytes());
        Ok(())
    }

    fn digest_of_ranges(&self, original: &[u8], algorithm: &'static digest::Algorithm) -> Result<Vec<u8>, PadesError> {
        let (gap_start, gap_end) = self.gap();
        let mut context = digest::Context::new(algorithm);
        context.update(original);
        context.update(self.appended.get(..gap_start).ok_or(PdfError::Damaged)?);
        context.update(self.appended.get(gap_end..).ok_or(PdfError::Damaged)?);
        Ok(context.finish().as_ref().to_vec())
    }
}

/// Whether the new signature may be made at all, and whether it is the first, which certifies.
fn check_earlier_signatures(document: &Document<'_>, existing: &[SignatureField]) -> Result<bool, PadesError> {
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
        let own = match field.id {
            Some(id) => extract::field_lock(document, id, newest)?.and_then(|(_, permission)| permission),
            None => None,
        };
        if transforms.doc_mdp == Some(1) || own == Some(1) || transforms.lock == Some(FieldLock::All) {
            return Err(PadesError::SigningForbidden);
        }
    }
    Ok(first)
}

struct SignatureBody {
    bytes: Vec<u8>,
    byte_range_at: usize,
    digits_at: usize,
}

fn signature_dictionary(
    request: &Request,
    signer: &Certificate,
    room: usize,
    transform: Option<ObjectId>,
) -> Result<SignatureBody, PadesError> {
    let mut bytes = b"<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n/ByteRange ".to_vec();
    let byte_range_at = bytes.len();
    bytes.extend(b" ".repeat("[0   ]".len() + 3 * BYTE_RANGE_DIGITS));
    bytes.extend(b"\n/Contents <");
    let digits_at = bytes.len();
    bytes.extend(b"0".repeat(room * 2));
    bytes.extend(b">\n");
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
    Ok(SignatureBody { bytes, byte_range_at, digits_at })
}

/// A date as ISO 32000-2, 7.9.4 writes it: `D:20261124101500-03'00'`.
fn pdf_date(time: DateTime<FixedOffset>) -> String {
    let offset = time.offset().local_minus_utc() / 60;
    let sign = if offset < 0 { '-' } else { '+' };
    format!("D:{}{sign}{:02}'{:02}'", time.format("%Y%m%d%H%M%S"), offset.abs() / 60, offset.abs() % 60)
}

/// Field and widget merged in one object; invisible, yet printable as PDF/A demands (ISO 19005-2, 6.3.2).
fn widget(field: &str, signature: ObjectId, appearance: ObjectId, page: ObjectId) -> Result<Vec<u8>, PadesError> {
    let mut body = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T ".to_vec();
    body.extend(pdf::write_value(&Object::string_literal(field))?);
    let rest = format!(
        " /V {} 0 R /F 132 /Rect [0 0 0 0] /AP << /N {} 0 R >> /P {} {} R >>",
        signature.number, appearance.number, page.number, page.generation
    );
    body.extend(rest.as_bytes());
    Ok(body)
}

/// Most nodes of the page tree visited on the way to its first page; some trees begin with empty branches.
const MAX_NODES_SEARCHED: usize = 10_000;

/// Most nodes waiting to be visited: branches that share one long list would add it up.
const MAX_NODES_PENDING: usize = 1_000_000;

/// The first leaf of the page tree, in its own order.
fn first_page(document: &Document<'_>) -> Result<ObjectId, PadesError> {
    let catalog = document.root()?;
    let mut pending =
        vec![catalog.dictionary()?.get(b"Pages").and_then(Value::as_reference).ok_or(PadesError::NoPage)?];
    let mut seen = HashSet::new();
    while let Some(id) = pending.pop() {
        if seen.len() > MAX_NODES_SEARCHED {
            return Err(PdfError::Limit("page tree").into());
        }
        if !seen.insert(id) {
            continue;
        }
        let node = document.object(id)?;
        let Some(kids) = document.lookup(node.dictionary()?, b"Kids", document.newest())? else { return Ok(id) };
        pending.extend(kids.as_array().ok_or(PdfError::Type("Kids"))?.iter().rev().filter_map(Value::as_reference));
        if pending.len() > MAX_NODES_PENDING {
            return Err(PdfError::Limit("page tree").into());
        }
    }
    Err(PadesError::NoPage)
}

fn reference(id: ObjectId) -> String {
    format!("{} {} R", id.number, id.generation)
}

/// Adds an element to the array under a key, wherever the array stands; `edit` receives the key if the holder changes.
fn extend_array(
    document: &Document<'_>,
    update: &mut Update<'_, '_>,
    edit: &mut DictionaryEdit<'_>,
    source: &[u8],
    holder: &Dictionary,
    key: &str,
    element: &str,
) -> Result<(), PadesError> {
    match holder.get(key.as_bytes()) {
        Some(value) if value.as_array().is_some() => {
            edit.set(key, array_with(source, value, element.as_bytes())?);
        }
        Some(value) if document.lookup(holder, key.as_bytes(), document.newest())?.is_some() => {
            let id = value.as_reference().ok_or(PdfError::Type("array"))?;
            let array = document.object(id)?;
            update.put(id, array_with(array.source(), &array.value, element.as_bytes())?);
        }
        _ => {
            edit.set(key, format!("[{element}]"));
        }
    }
    Ok(())
}

fn add_to_page(
    document: &Document<'_>,
    update: &mut Update<'_, '_>,
    page: ObjectId,
    widget: ObjectId,
) -> Result<(), PadesError> {
    let object = document.object(page)?;
    let dictionary = object.dictionary()?;
    let mut edit = DictionaryEdit::new(object.source(), &object.value)?;
    extend_array(document, update, &mut edit, object.source(), dictionary, "Annots", &reference(widget))?;
    let changed = edit.finish()?;
    if dictionary.get(b"Annots").is_none_or(|annotations| annotations.as_reference().is_none()) {
        update.put(page, changed);
    }
    Ok(())
}

fn add_to_catalog(
    document: &Document<'_>,
    update: &mut Update<'_, '_>,
    widget: ObjectId,
    signature: ObjectId,
    certifies: bool,
) -> Result<(), PadesError> {
    let newest = document.newest();
    let catalog = document.root()?;
    let dictionary = catalog.dictionary()?;
    let mut edit = DictionaryEdit::new(catalog.source(), &catalog.value)?;
    let mut changed = false;

    let add_field = |update: &mut Update<'_, '_>, source: &[u8], form: &Value| -> Result<Vec<u8>, PadesError> {
        let holder = form.as_dictionary().ok_or(PdfError::Type("AcroForm"))?;
        let mut edit = DictionaryEdit::new(source, form)?;
        extend_array(document, update, &mut edit, source, holder, "Fields", &reference(widget))?;
        let flags = document.lookup(holder, b"SigFlags", newest)?.and_then(|flags| flags.as_integer()).unwrap_or(0);
        if flags & 3 != 3 {
            edit.set("SigFlags", (flags | 3).to_string());
        }
        Ok(edit.finish()?)
    };
    match dictionary.get(b"AcroForm") {
        Some(form) if form.as_dictionary().is_some() => {
            edit.set("AcroForm", add_field(update, catalog.source(), form)?);
            changed = true;
        }
        Some(form) if document.lookup(dictionary, b"AcroForm", newest)?.is_some() => {
            let id = form.as_reference().ok_or(PdfError::Type("AcroForm"))?;
            let object = document.object(id)?;
            let body = add_field(update, object.source(), &object.value)?;
            update.put(id, body);
        }
        _ => {
            let id = update.reserve()?;
            update.put(id, format!("<< /Fields [{}] /SigFlags 3 >>", reference(widget)));
            edit.set("AcroForm", reference(id));
            changed = true;
        }
    }
    if certifies {
        let entry = reference(signature);
        match dictionary.get(b"Perms") {
            Some(permissions) if permissions.as_dictionary().is_some() => {
                let mut inner = DictionaryEdit::new(catalog.source(), permissions)?;
                inner.set("DocMDP", entry);
                edit.set("Perms", inner.finish()?);
            }
            Some(permissions) if document.lookup(dictionary, b"Perms", newest)?.is_some() => {
                let id = permissions.as_reference().ok_or(PdfError::Type("Perms"))?;
                let object = document.object(id)?;
                let mut inner = DictionaryEdit::new(object.source(), &object.value)?;
                inner.set("DocMDP", entry);
                update.put(id, inner.finish()?);
            }
            _ => {
                edit.set("Perms", format!("<< /DocMDP {entry} >>"));
            }
        }
        // Tells old readers that ETSI.CAdES.detached is in use; PDF 2.0 knows it by itself (ETSI EN 319 142-1, 5.6).
        if dictionary.get(b"Extensions").is_none() && !is_pdf_2(document, dictionary) {
            edit.set("Extensions", "<< /ESIC << /BaseVersion /1.7 /ExtensionLevel 2 >> >>");
        }
        changed = true;
    }
    if changed {
        update.put(catalog.id, edit.finish()?);
    }
    Ok(())
}

fn is_pdf_2(document: &Document<'_>, catalog: &Dictionary) -> bool {
    document.bytes().starts_with(b"%PDF-2") || catalog.name(b"Version").is_some_and(|version| version.starts_with(b"2"))
}

fn unused_name(document: &Document<'_>, existing: &[SignatureField]) -> Result<String, PadesError> {
    let newest = document.newest();
    let catalog = document.root()?;
    let mut taken: Vec<String> = existing.iter().map(|field| field.name.clone()).collect();
    if let Some(form) = document.lookup(catalog.dictionary()?, b"AcroForm", newest)?
        && let Some(list) =
            form.as_dictionary().map(|form| document.lookup(form, b"Fields", newest)).transpose()?.flatten()
    {
        for field in list.as_array().unwrap_or_default() {
            let field = document.resolve(field, newest)?;
            let name = field.as_dictionary().map(|field| document.lookup(field, b"T", newest)).transpose()?.flatten();
            taken.extend(name.as_ref().and_then(Value::as_string).map(fields::text));
        }
    }
    let mut number = existing.len() + 1;
    loop {
        let name = format!("Assinatura{number}");
        if !taken.contains(&name) {
            return Ok(name);
        }
        number += 1;
    }
}

/// The new half of `/ID`: different for each signing, the same when a signing is repeated from the same inputs.
fn id_seed(original: &[u8], fingerprint: &[u8], request: &Request) -> [u8; 16] {
    let mut context = digest::Context::new(&digest::SHA256);
    // The tail names the revision; hashing everything again would double the work on a large file.
    context.update(original.get(original.len().saturating_sub(4096)..).unwrap_or_default());
    context.update(&original.len().to_be_bytes());
    context.update(fingerprint);
    context.update(request.claimed_time.to_rfc3339().as_bytes());
    let mut seed = [0; 16];
    for (to, from) in seed.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    seed
}
