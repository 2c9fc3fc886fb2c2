//! The standard security handler, opened with the empty user password (ISO 32000-2, 7.6).
//!
//! RC4 and MD5 are here because old files need them to be read; nothing is ever written with them.

use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
use aws_lc_rs::digest;
use md5::{Digest, Md5};

use crate::{Dictionary, Document, Kind, ObjectId, PdfError, Value};

/// The string that pads every password (7.6.4.3.2).
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// Decrypts strings and streams of one file.
pub(crate) struct Decryptor {
    key: Vec<u8>,
    strings: Method,
    streams: Method,
    encrypts_metadata: bool,
    /// The encryption dictionary itself is never encrypted.
    own_id: Option<ObjectId>,
}

impl Decryptor {
    /// The decryptor of a file, `None` if it is not encrypted.
    pub(crate) fn of(document: &Document<'_>) -> Result<Option<Self>, PdfError> {
        let revision = document.newest();
        let trailer = document.trailer()?;
        let Some(encrypt) = document.lookup(trailer, b"Encrypt", revision)? else { return Ok(None) };
        let encrypt_dictionary = encrypt.as_dictionary().ok_or(PdfError::Type("Encrypt"))?;
        let own_id = trailer.get(b"Encrypt").and_then(Value::as_reference);
        let first_id = match document.lookup(trailer, b"ID", revision)? {
            Some(id) => {
                id.as_array().and_then(|ids| ids.first()).and_then(Value::as_string).unwrap_or_default().to_vec()
            }
            None => Vec::new(),
        };
        Self::open(encrypt_dictionary, &first_id, own_id).map(Some)
    }

    fn open(encrypt: &Dictionary, first_id: &[u8], own_id: Option<ObjectId>) -> Result<Self, PdfError> {
        if encrypt.name(b"Filter") != Some(b"Standard") || encrypt.is_ambiguous() {
            return Err(PdfError::UnsupportedEncryption);
        }
        let version = encrypt.integer(b"V").unwrap_or(0);
        let handler = encrypt.integer(b"R").unwrap_or(0);
        let encrypts_metadata = match encrypt.get(b"EncryptMetadata").map(|value| &value.kind) {
            None => true,
            Some(Kind::Boolean(flag)) => *flag,
            Some(_) => return Err(PdfError::UnsupportedEncryption),
        };
        let (strings, streams) = match version {
            1 | 2 => (Method::Rc4, Method::Rc4),
            4 | 5 => (filter_method(encrypt, b"StrF")?, filter_method(encrypt, b"StmF")?),
            _ => return Err(PdfError::UnsupportedEncryption),
        };
        let bits = encrypt.integer(b"Length").unwrap_or(if version == 4 { 128 } else { 40 });
        let length = match version {
            1 => 5,
            // Some writers give the length in bytes.
            2 | 4 if (5..=16).contains(&bits) => usize::try_from(bits).unwrap_or(5),
            2 | 4 => usize::try_from(bits / 8)
                .ok()
                .filter(|length| (5..=16).contains(length))
                .ok_or(PdfError::UnsupportedEncryption)?,
            _ => 32,
        };
        let key = match handler {
            2..=4 => legacy_key(encrypt, first_id, handler, length, encrypts_metadata)?,
            5 | 6 => aes256_key(encrypt, handler)?,
            _ => return Err(PdfError::UnsupportedEncryption),
        };
        Ok(Self { key, strings, streams, encrypts_metadata, own_id })
    }

    /// Decrypts every string inside a value, but for the `/Contents` of a signature, which is never encrypted (7.6.2).
    pub(crate) fn decrypt_strings(&self, id: ObjectId, value: &mut Value) {
        if Some(id) != self.own_id && self.strings != Method::Identity {
            self.walk(id, value);
        }
    }

    fn walk(&self, id: ObjectId, value: &mut Value) {
        match &mut value.kind {
            // A string that does not decrypt is left as it stands: it is shown, never trusted.
            Kind::String { bytes, .. } => {
                if let Ok(plain) = self.decrypt(self.strings, id, bytes) {
                    *bytes = plain;
                }
            }
            Kind::Array(values) => values.iter_mut().for_each(|value| self.walk(id, value)),
            Kind::Dictionary(dictionary) => {
                let is_signature = dictionary.get(b"ByteRange").is_some();
                for entry in &mut dictionary.entries {
                    if !(is_signature && entry.key == b"Contents") {
                        self.walk(id, &mut entry.value);
                    }
                }
            }
            _ => {}
        }
    }

    /// Decrypts stream data.
    pub(crate) fn decrypt_stream(
        &self,
        id: ObjectId,
        dictionary: &Dictionary,
        data: &[u8],
    ) -> Result<Vec<u8>, PdfError> {
        let kind = dictionary.name(b"Type");
        let is_clear = kind == Some(b"XRef") || (kind == Some(b"Metadata") && !self.encrypts_metadata);
        let uses_own_filter = match dictionary.get(b"Filter").map(|value| &value.kind) {
            Some(Kind::Name(name)) => name == b"Crypt",
            Some(Kind::Array(names)) => names.iter().any(|name| name.as_name() == Some(b"Crypt")),
            _ => false,
        };
        if is_clear || uses_own_filter { Ok(data.to_vec()) } else { self.decrypt(self.streams, id, data) }
    }

    fn decrypt(&self, method: Method, id: ObjectId, data: &[u8]) -> Result<Vec<u8>, PdfError> {
        match method {
            Method::Identity => Ok(data.to_vec()),
            Method::Rc4 => Ok(rc4(&self.object_key(id, false), data)),
            Method::Aes128 => aes_cbc(&self.object_key(id, true), data),
            Method::Aes256 => aes_cbc(&self.key, data),
        }
    }

    /// Algorithm 1: the key of one object.
    fn object_key(&self, id: ObjectId, aes: bool) -> Vec<u8> {
        let mut hash = Md5::new();
        hash.update(&self.key);
        hash.update(&id.number.to_le_bytes()[..3]);
        hash.update(id.generation.to_le_bytes());
        if aes {
            hash.update(b"sAlT");
        }
        hash.finalize().iter().copied().take((self.key.len() + 5).min(16)).collect()
    }
}

/// A name that may be absent. One kept in an object of its own is followed by some readers only.
fn direct_name<'d>(keys: &'d Dictionary, key: &[u8]) -> Result<Option<&'d [u8]>, PdfError> {
    match (keys.get(key), keys.name(key)) {
        (Some(_), None) => Err(PdfError::UnsupportedEncryption),
        (_, name) => Ok(name),
    }
}

fn filter_method(encrypt: &Dictionary, which: &[u8]) -> Result<Method, PdfError> {
    let name = direct_name(encrypt, which)?.unwrap_or(b"Identity");
    if name == b"Identity" {
        return Ok(Method::Identity);
    }
    let filter = encrypt
        .get(b"CF")
        .and_then(Value::as_dictionary)
        .and_then(|filters| filters.get(name))
        .and_then(Value::as_dictionary)
        .ok_or(PdfError::UnsupportedEncryption)?;
    match direct_name(filter, b"CFM")? {
        None | Some(b"None") => Ok(Method::Identity),
        Some(b"V2") => Ok(Method::Rc4),
        Some(b"AESV2") => Ok(Method::Aes128),
        Some(b"AESV3") => Ok(Method::Aes256),
        _ => Err(PdfError::UnsupportedEncryption),
    }
}

fn text<'d>(encrypt: &'d Dictionary, key: &'static [u8], least: usize) -> Result<&'d [u8], PdfError> {
    encrypt
        .get(key)
        .and_then(Value::as_string)
        .filter(|text| text.len() >= least)
        .ok_or(PdfError::UnsupportedEncryption)
}

/// Algorithms 2, 4 and 5: the file key of handlers 2 to 4, checked against `/U`.
fn legacy_key(
    encrypt: &Dictionary,
    first_id: &[u8],
    handler: i64,
    length: usize,
    encrypts_metadata: bool,
) -> Result<Vec<u8>, PdfError> {
    let owner = text(encrypt, b"O", 32)?;
    let user = text(encrypt, b"U", 16)?;
    // /P is a signed 32-bit number; some files print it unsigned.
    let permissions = encrypt.integer(b"P").unwrap_or(0).to_le_bytes();
    let mut hash = Md5::new();
    hash.update(PADDING);
    hash.update(owner.get(..32).unwrap_or(owner));
    hash.update(&permissions[..4]);
    hash.update(first_id);
    if handler >= 4 && !encrypts_metadata {
        hash.update([0xFF; 4]);
    }
    let mut key = hash.finalize().to_vec();
    key.truncate(length);
    if handler >= 3 {
        for _ in 0..50 {
            key = Md5::digest(&key).to_vec();
            key.truncate(length);
        }
    }
    let expected = if handler == 2 {
        rc4(&key, &PADDING)
    } else {
        let mut hash = Md5::new();
        hash.update(PADDING);
        hash.update(first_id);
        let mut value = hash.finalize().to_vec();
        for round in 0..20u8 {
            let round_key: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
            value = rc4(&round_key, &value);
        }
        value
    };
    if user.starts_with(&expected) { Ok(key) } else { Err(PdfError::PasswordNeeded) }
}

/// Algorithms 2.A and 11: the file key of handlers 5 and 6.
fn aes256_key(encrypt: &Dictionary, handler: i64) -> Result<Vec<u8>, PdfError> {
    let user = text(encrypt, b"U", 48)?;
    let sealed = text(encrypt, b"UE", 32)?;
    let part = |range| user.get(range).ok_or(PdfError::UnsupportedEncryption);
    let (hash, validation_salt, key_salt) = (part(0..32)?, part(32..40)?, part(40..48)?);
    let digest = |salt: &[u8]| {
        if handler == 5 { digest::digest(&digest::SHA256, salt).as_ref().to_vec() } else { hash_2b(salt) }
    };
    if digest(validation_salt) != hash {
        return Err(PdfError::PasswordNeeded);
    }
    let key = digest(key_salt);
    let sealed = sealed.get(..32).ok_or(PdfError::UnsupportedEncryption)?;
    cbc::Decryptor::<aes::Aes256>::new_from_slices(&key, &[0; 16])
        .map_err(|_| PdfError::UnsupportedEncryption)?
        .decrypt_padded_vec::<NoPadding>(sealed)
        .map_err(|_| PdfError::UnsupportedEncryption)
}

/// Algorithm 2.B for the empty user password.
fn hash_2b(salt: &[u8]) -> Vec<u8> {
    let mut key = digest::digest(&digest::SHA256, salt).as_ref().to_vec();
    let mut round = 0usize;
    loop {
        let block = key.repeat(64);
        let (Some(aes_key), Some(iv)) = (key.get(..16), key.get(16..32)) else { return key };
        let Ok(cipher) = cbc::Encryptor::<aes::Aes128>::new_from_slices(aes_key, iv) else { return key };
        let encrypted = cipher.encrypt_padded_vec::<NoPadding>(&block);
        let remainder = encrypted.iter().take(16).map(|byte| u32::from(*byte)).sum::<u32>() % 3;
        let algorithm = match remainder {
            0 => &digest::SHA256,
            1 => &digest::SHA384,
            _ => &digest::SHA512,
        };
        key = digest::digest(algorithm, &encrypted).as_ref().to_vec();
        round += 1;
        let last = encrypted.last().copied().map_or(0, usize::from);
        if round >= 64 && last + 32 <= round {
            key.truncate(32);
            return key;
        }
    }
}

/// AES in CBC mode: the first 16 bytes are the initialisation vector, the last block is padded (7.6.3.1).
fn aes_cbc(key: &[u8], data: &[u8]) -> Result<Vec<u8>, PdfError> {
    // Some writers leave what is empty as it is.
    if data.is_empty() {
        return Ok(Vec::new());
    }
    let (iv, body) = data.split_at_checked(16).ok_or(PdfError::Stream)?;
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let plain = match key.len() {
        16 => cbc::Decryptor::<aes::Aes128>::new_from_slices(key, iv)
            .map_err(|_| PdfError::Stream)?
            .decrypt_padded_vec::<NoPadding>(body),
        32 => cbc::Decryptor::<aes::Aes256>::new_from_slices(key, iv)
            .map_err(|_| PdfError::Stream)?
            .decrypt_padded_vec::<NoPadding>(body),
        _ => return Err(PdfError::Stream),
    };
    let mut plain = plain.map_err(|_| PdfError::Stream)?;
    // Wrong padding is common and harmless to reading; only a padding that is right is taken off: of another one some
    // readers take nothing, some a part, and some the whole block.
    let padding = plain.last().copied().unwrap_or(0);
    let rest = plain.len().saturating_sub(usize::from(padding));
    let is_right = (1..=16).contains(&padding) && plain.iter().skip(rest).all(|byte| *byte == padding);
    if is_right {
        plain.truncate(rest);
    }
    Ok(plain)
}

fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state = [0u8; 256];
    for (slot, value) in state.iter_mut().zip(0..=255) {
        *slot = value;
    }
    let at = |state: &[u8; 256], index: u8| state.get(usize::from(index)).copied().unwrap_or(0);
    let mut j = 0u8;
    for (i, part) in (0..=255u8).zip(key.iter().cycle()) {
        j = j.wrapping_add(at(&state, i)).wrapping_add(*part);
        state.swap(usize::from(i), usize::from(j));
    }
    let (mut i, mut j) = (0u8, 0u8);
    data.iter()
        .map(|byte| {
            i = i.wrapping_add(1);
            j = j.wrapping_add(at(&state, i));
            state.swap(usize::from(i), usize::from(j));
            byte ^ at(&state, at(&state, i).wrapping_add(at(&state, j)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rc4_matches_the_published_vector() {
        assert_eq!(rc4(b"Key", b"Plaintext"), [0xBB, 0xF3, 0x16, 0xE8, 0xD9, 0x40, 0xAF, 0x0A, 0xD3]);
    }
}
