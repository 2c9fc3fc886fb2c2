//! What a file contains and what was computed of it: no opinion, no time, no trust.
//!
//! Facts can be stored and judged again under another policy without the file.

use serde::{Deserialize, Serialize};

/// How much of the file a signature covers, from nothing sure to everything (`H` of the house: only the last two pass).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// It cannot be said.
    Unclear,
    /// From the first byte on without a hole, but not up to the end of a revision.
    ContiguousFromStart,
    /// Exactly one revision; others follow.
    WholeRevision,
    /// Everything, but for a line end at most.
    WholeFile,
}

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// Carries DocMDP: says what may change afterwards.
    Certification,
    /// Any other signature of a person or seal.
    Approval,
    /// A document time stamp (`ETSI.RFC3161`).
    DocumentTimeStamp,
}

/// What is wrong with the frame around a signature: its dictionary, ranges and gap (ISO 32000-2, 12.8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FrameFault {
    /// The dictionary is inside an object stream or not an object of its own place.
    NotTopLevel,
    /// A key of the dictionary occurs twice.
    DuplicateKeys,
    /// `/ByteRange` is absent or not four whole, ascending numbers from 0 inside the file.
    ByteRange,
    /// `/Contents` is absent or empty.
    Contents,
    /// The bytes left out are not exactly the hexadecimal string of `/Contents`.
    Gap,
    /// Bytes other than zero follow the signature inside `/Contents`.
    Padding,
    /// A later revision redefines the signature dictionary.
    Redefined,
    /// Another signature covers the same revision.
    SharedRange,
    /// The range ends where no revision ends.
    NotARevision,
    /// The dictionary does not stand in the revision that it signs.
    OtherRevision,
    /// `/Type` or `/Filter` is not what a signature has.
    Dictionary,
}

/// What is wrong inside the CMS (RFC 5652; ETSI EN 319 122-1, 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CmsFault {
    /// It cannot be read as `SignedData`.
    Malformed,
    /// PAdES demands DER, and it is not.
    NotDer,
    /// Not exactly one signer.
    Signers,
    /// Content is embedded, or is not id-data.
    Content,
    /// A version number contradicts the structure.
    Version,
    /// The digest algorithms named in different places contradict each other.
    DigestAlgorithms,
    /// There are no signed attributes.
    NoSignedAttributes,
    /// content-type is absent, repeated or wrong.
    ContentType,
    /// message-digest is absent or repeated.
    MessageDigest,
    /// An attribute occurs twice.
    RepeatedAttribute,
    /// The signer's certificate is not embedded.
    NoSignerCertificate,
    /// signing-certificate is absent where PAdES demands it, or names another certificate.
    SigningCertificate,
}

/// How the cryptographic check of the signature value ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "result", content = "algorithm")]
pub enum ValueCheck {
    /// It belongs to the signed attributes and the certificate's key.
    Good,
    /// It does not.
    Bad,
    /// The algorithm cannot be computed here.
    Unsupported(String),
    /// It was not reached, since the structure is broken.
    NotDone,
}

/// What the CMS says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CmsFacts {
    /// What is wrong with it.
    pub faults: Vec<CmsFault>,
    /// Whether the digest of the two ranges is the one that was signed; `None` if it could not be computed.
    pub digest_matches: Option<bool>,
    /// The signature value.
    pub value: ValueCheck,
    /// Name of the algorithm, for people.
    pub algorithm: Option<String>,
    /// Whether the message digest is SHA-1.
    pub weak_digest: bool,
    /// Every embedded certificate that can be read, DER in base64.
    pub certificates: Vec<String>,
    /// Which of them is the signer's.
    pub signer: Option<usize>,
    /// How many embedded certificates cannot be read.
    pub unreadable_certificates: usize,
    /// Revocation evidence is embedded (attribute or CRL field).
    pub has_revocation: bool,
    /// A signature-time-stamp is embedded.
    pub has_time_stamp: bool,
    /// The prohibited signing-time attribute is there.
    pub has_signing_time: bool,
}

/// Values that the signer wrote into the dictionary: claims, read from the signed revision only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimFacts {
    /// `/Name`
    pub name: Option<String>,
    /// `/Reason`
    pub reason: Option<String>,
    /// `/Location`
    pub location: Option<String>,
    /// `/M` as RFC 3339, where it is a date.
    pub signed_at: Option<String>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureFacts {
    /// Name of its field.
    pub field: String,
    /// What it is for.
    pub kind: SignatureKind,
    /// `/SubFilter`
    pub sub_filter: String,
    /// Number of the dictionary's object.
    pub object: u32,
    /// `/ByteRange` as far as it is four numbers.
    pub byte_range: Option<[u64; 4]>,
    /// The revision it signs, from 0.
    pub revision: Option<usize>,
    /// How much it covers.
    pub coverage: Coverage,
    /// What is wrong with its frame.
    pub faults: Vec<FrameFault>,
    /// DocMDP's P.
    pub doc_mdp: Option<i64>,
    /// FieldMDP locks some fields.
    pub locks_fields: bool,
    /// What the signer claims.
    pub claims: ClaimFacts,
    /// What the CMS says; `None` if there is none to be read.
    pub cms: Option<CmsFacts>,
}

/// What one revision changed in the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeFacts {
    /// The revision, from 0.
    pub revision: usize,
    /// Signatures it adds, by field name.
    pub signatures_added: Vec<String>,
    /// Objects it touches that no rule explains.
    pub unexplained: Vec<u32>,
    /// Bytes of the revision, from and up to, that belong to nothing its cross-reference names.
    pub unaccounted: Vec<[usize; 2]>,
    /// The document information or other data that is not shown changed.
    pub notes: Vec<u32>,
}

impl ChangeFacts {
    /// Whether the rules explain everything that the revision did.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.unexplained.is_empty() && self.unaccounted.is_empty()
    }
}

/// Something about the file's structure (see [`pdf::Anomaly`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum StructureFact {
    /// Objects had to be searched for.
    Repaired,
    /// Bytes precede the header.
    PrefixBytes {
        /// How many.
        count: usize,
    },
    /// A cross-reference section stands outside its revision.
    MisplacedSection {
        /// Of this revision.
        revision: usize,
    },
    /// Table and stream of a hybrid section disagree.
    HybridDisagrees {
        /// In this revision.
        revision: usize,
    },
    /// A trailer has a key twice.
    RepeatedKeys {
        /// Of this revision.
        revision: usize,
    },
    /// The cross-reference can be found in two ways.
    TwoBases,
    /// Bytes follow the last `%%EOF`.
    TrailingBytes {
        /// First of them.
        from: usize,
        /// Just after the last.
        to: usize,
    },
    /// A limit was reached, so that not everything was looked at.
    Incomplete,
}

impl DocumentFacts {
    /// Whether a later revision is all explained and ends with a signature that covers it and is good by computation.
    /// Who appends without a key cannot have that; whether the signer is to be trusted is that signature's own verdict.
    #[must_use]
    pub fn stands(&self, change: &ChangeFacts) -> bool {
        change.is_explained()
            && self.signatures.iter().any(|signature| {
                signature.revision == Some(change.revision)
                    && signature.faults.is_empty()
                    && signature.coverage >= Coverage::WholeRevision
                    && signature.cms.as_ref().is_some_and(|cms| {
                        cms.faults.is_empty() && cms.digest_matches == Some(true) && cms.value == ValueCheck::Good
                    })
            })
    }
}

/// Everything found in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// Its size in bytes.
    pub size: usize,
    /// SHA-256 of the whole file, lower-case hexadecimal.
    pub sha256: String,
    /// How many revisions it has.
    pub revisions: usize,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// What is unusual about its structure.
    pub structure: Vec<StructureFact>,
    /// Its signatures, in the order of their revisions.
    pub signatures: Vec<SignatureFacts>,
    /// Names of signature fields that hold no signature.
    pub empty_fields: Vec<String>,
    /// What each revision after the first signed one changed.
    pub changes: Vec<ChangeFacts>,
    /// Long-term validation data are there (`/DSS`).
    pub has_dss: bool,
}
