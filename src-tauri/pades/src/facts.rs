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
    /// A later revision took the signature out of the document.
    Removed,
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
    /// CMSAlgorithmProtection contradicts the algorithms used (RFC 6211).
    AlgorithmProtection,
}

/// How the cryptographic check of the signature value ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "result", content = "algorithm")]
pub enum ValueCheck {
    /// It belongs to the signed attributes and the certificate's key.
    Good,
    /// It does not.
    Bad,
    /// The algorithm cannot be computed here.
    Unsupported(String),
    /// It was not reached, since the structure is broken.
    #[default]
    NotDone,
}

/// Bytes, as base64 in stored facts.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blob(#[serde(with = "crate::bytes64")] pub Vec<u8>);

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

/// The signature policy that a signature names (ETSI EN 319 122-1, 5.2.9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFacts {
    /// Its object identifier; empty where it is only implied.
    pub oid: String,
    /// Hash algorithm, dotted, and the hash in lower-case hexadecimal.
    pub hash: Option<(String, String)>,
    /// How many qualifiers there are.
    pub qualifiers: usize,
    /// Where it says the policy is.
    pub uris: Vec<String>,
    /// The attribute cannot be read.
    pub malformed: bool,
}

/// What the CMS says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CmsFacts {
    /// How many certificates and pieces of evidence were more than are read.
    #[serde(default)]
    pub left_out: usize,
    /// What is wrong with it.
    pub faults: Vec<CmsFault>,
    /// Whether the digest of the two ranges is the one that was signed; `None` if it could not be computed.
    pub digest_matches: Option<bool>,
    /// The signature value.
    pub value: ValueCheck,
    /// Name of the algorithm, for people.
    pub algorithm: Option<String>,
    /// Name of the digest algorithm.
    pub digest: Option<String>,
    /// DER of the signature's `AlgorithmIdentifier`.
    pub signature_algorithm: Option<Blob>,
    /// Every embedded certificate that can be read, DER.
    pub certificates: Vec<Blob>,
    /// Which of them is the signer's.
    pub signer: Option<usize>,
    /// What stands among the certificates and cannot be read as one.
    pub unreadable_certificates: Vec<Blob>,
    /// Embedded revocation lists, DER.
    pub crls: Vec<Blob>,
    /// Embedded OCSP responses, DER.
    pub ocsps: Vec<Blob>,
    /// Types of the signed attributes, in their order.
    pub signed_attributes: Vec<String>,
    /// Types of the unsigned attributes, in their order.
    pub unsigned_attributes: Vec<String>,
    /// The value belongs to the attributes in the order of DER, not as they were sent.
    pub signed_in_other_order: bool,
    /// The signed attributes do not stand in the order of DER.
    pub attributes_unordered: bool,
    /// signing-time, RFC 3339.
    pub signing_time: Option<String>,
    /// The policy it names.
    pub policy: Option<PolicyFacts>,
    /// Its signature time stamps.
    pub time_stamps: Vec<TokenFacts>,
    /// Its content time stamps.
    pub content_time_stamps: Vec<TokenFacts>,
}

/// A time-stamp token (RFC 3161), on a signature or on the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// It cannot be read.
    pub malformed: bool,
    /// Whether the imprint is the digest of what is stamped; `None` if it could not be computed.
    pub imprint_matches: Option<bool>,
    /// Hash of the imprint, by name.
    pub imprint_hash: Option<String>,
    /// genTime, RFC 3339.
    pub time: Option<String>,
    /// The authority's policy, dotted.
    pub policy: Option<String>,
    /// The signed data around it.
    pub cms: CmsFacts,
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
    /// Number of the field's object, where it is an indirect one.
    pub field_object: Option<u32>,
    /// `/ByteRange` as far as it is four numbers.
    pub byte_range: Option<[u64; 4]>,
    /// The revision it signs, from 0.
    pub revision: Option<usize>,
    /// How much it covers.
    pub coverage: Coverage,
    /// What is wrong with its frame.
    pub faults: Vec<FrameFault>,
    /// `/Filter`
    pub filter: String,
    /// Its own bytes in the file, from and up to.
    pub span: Option<[usize; 2]>,
    /// DocMDP's P.
    pub doc_mdp: Option<i64>,
    /// `/P` of the field's `/Lock`, which limits what follows as DocMDP does (table 236).
    #[serde(default)]
    pub lock_permission: Option<i64>,
    /// The catalog's `/Perms` names this signature as the certifying one; `None` where the catalog names none.
    pub named_by_perms: Option<bool>,
    /// Fields that may not change once it is there (FieldMDP, `/Lock`).
    pub lock: Option<FieldLock>,
    /// What the signer claims.
    pub claims: ClaimFacts,
    /// What the CMS says; `None` if there is none to be read.
    pub cms: Option<CmsFacts>,
    /// The token of a document time stamp.
    pub token: Option<TokenFacts>,
    /// Upper-case SHA-1 of `/Contents` with its padding and without: its names in the DSS's `/VRI`.
    pub vri_names: Vec<String>,
}

/// Which fields a signature locks (ISO 32000-2, 12.8.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "action", content = "fields")]
pub enum FieldLock {
    /// All.
    All,
    /// These, and those below them.
    Include(Vec<String>),
    /// All but these and those below them.
    Exclude(Vec<String>),
    /// What any of several rules locks.
    AnyOf(Vec<FieldLock>),
}

impl FieldLock {
    /// Two rules that hold together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::AnyOf(mut locks) => {
                locks.push(other);
                Self::AnyOf(locks)
            }
            one => Self::AnyOf(vec![one, other]),
        }
    }

    /// Whether it locks the field with this qualified name.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        let is_named = |fields: &[String]| {
            fields.iter().any(|field| {
                name == field || name.strip_prefix(field.as_str()).is_some_and(|rest| rest.starts_with('.'))
            })
        };
        match self {
            Self::All => true,
            Self::Include(fields) => is_named(fields),
            Self::Exclude(fields) => !is_named(fields),
            Self::AnyOf(locks) => locks.iter().any(|lock| lock.covers(name)),
        }
    }
}

/// How far a change goes, compared with `<=` against what a signature permits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeLevel {
    /// Nothing.
    #[default]
    None,
    /// Long-term data, time stamps, and what only describes the document.
    LongTerm,
    /// Values filled in, signatures added.
    FormFilling,
    /// Annotations that are not seen on the page.
    Annotations,
    /// Annotations that are seen, beside what the page shows.
    VisibleAnnotations,
    /// Annotations that lie on what the page shows, or hide.
    CoveringAnnotations,
    /// Everything else.
    Other,
}

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// A signature in a field of its own or in one that was empty.
    SignatureAdded,
    /// A document time stamp.
    TimeStampAdded,
    /// A signature field without signature.
    EmptySignatureField,
    /// A signature field that is too large, off the page, or does more than sign.
    ImmodestSignature,
    /// A signed field, or one yet to be signed, was altered.
    SignatureFieldChanged,
    /// A value filled in, and shown as it is.
    FieldFilled,
    /// A field's value and what it shows are two things.
    ValueNotShown,
    /// A field was filled in, and what it shows cannot be compared with its value.
    ValueUnclear,
    /// A read-only field was filled in.
    ReadOnlyField,
    /// A field was made read-only, which is what a lock asks for.
    FieldLocked,
    /// A hidden field was filled in, or a field was hidden or shown.
    HiddenField,
    /// A field other than a signature's was added.
    FieldAdded,
    /// An annotation was added.
    AnnotationAdded,
    /// An annotation was altered.
    AnnotationChanged,
    /// An annotation was removed.
    AnnotationRemoved,
    /// Data for long-term validation were added.
    LongTermData,
    /// Data for long-term validation were removed or altered.
    LongTermDataRemoved,
    /// The note on extensions, or the version, was raised.
    Extensions,
    /// XMP metadata.
    Metadata,
    /// The document information dictionary.
    Information,
    /// Language, private data or viewer preferences.
    Description,
    /// The structure follows annotations or fields.
    StructureTree,
    /// No rule explains it.
    Unexplained,
}

impl ChangeKind {
    /// Whether it only describes the document, so that even a certified one says so and no more.
    #[must_use]
    pub fn only_describes(self) -> bool {
        matches!(self, Self::Metadata | Self::Information | Self::Description)
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What kind it is.
    pub kind: ChangeKind,
    /// How far it goes.
    pub level: ChangeLevel,
    /// The object in which it was found; 0 where it is none.
    pub object: u32,
    /// That object's bytes, from and up to.
    pub span: Option<[usize; 2]>,
    /// The way to it: page, field, key.
    pub path: String,
    /// The field's qualified name.
    pub field: Option<String>,
    /// The field's object, where it is a signature's.
    pub field_object: Option<u32>,
    /// Whether the field was there before.
    #[serde(default)]
    pub is_old_field: bool,
    /// Its value before.
    pub was: Option<String>,
    /// Its value now.
    pub is: Option<String>,
}

/// What one revision changed in the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeFacts {
    /// The revision, from 0.
    pub revision: usize,
    /// The farthest of its changes.
    pub level: ChangeLevel,
    /// Every change.
    pub changes: Vec<Change>,
    /// Bytes of the revision, from and up to, that belong to nothing its cross-reference names.
    pub unaccounted: Vec<[usize; 2]>,
    /// Its cross-reference is written so that readers may understand it differently.
    pub irregular: bool,
    /// Objects it writes that the document does not reach.
    pub orphans: Vec<u32>,
    /// Objects of it that say two things under one key.
    pub ambiguous_objects: Vec<u32>,
}

impl ChangeFacts {
    /// Whether it does no more than filling in and signing, written as every reader expects it.
    #[must_use]
    pub fn only_signs(&self) -> bool {
        self.level <= ChangeLevel::FormFilling
            && !self.irregular
            && self.unaccounted.is_empty()
            && self.ambiguous_objects.is_empty()
            && self.orphans.is_empty()
    }
}

/// Whose bytes a part of the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Owner {
    /// Covered by this signature, an index into the signatures, and by later ones.
    Signed {
        /// The first that covers it.
        signature: usize,
    },
    /// The value of a signature itself.
    SignatureValue {
        /// Which.
        signature: usize,
    },
    /// Added by a later revision, which no signature covers.
    Added {
        /// From 0.
        revision: usize,
    },
    /// Line ends after the last revision.
    LineEnd,
    /// Nothing explains it.
    Unexplained,
}

/// A part of the file and whose it is; the parts together are the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// First byte.
    pub from: usize,
    /// Just after the last.
    pub to: usize,
    /// Whose it is.
    pub owner: Owner,
}

/// Long-term validation data of the document (ETSI EN 319 142-1, 5.4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DssFacts {
    /// Certificates, DER.
    pub certificates: Vec<Stored>,
    /// Revocation lists, DER.
    pub crls: Vec<Stored>,
    /// OCSP responses, DER.
    pub ocsps: Vec<Stored>,
    /// Names of its notes by signature.
    pub vri: Vec<String>,
    /// The first revision that has it, from 0.
    pub since: usize,
}

/// A piece of long-term data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Itself.
    pub data: Blob,
    /// The revision that wrote it, from 0.
    pub since: usize,
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
    /// An object of the signed document says two things under one key.
    ConflictingKeys {
        /// Its number.
        object: u32,
    },
    /// Readers that search for objects find another document in the signed bytes than the cross-reference names.
    HiddenObjects {
        /// In this revision.
        revision: usize,
    },
    /// What stands before the header is a file of another kind.
    Polyglot,
    /// An object that the document needs cannot be read where its cross-reference says.
    UnreadableObject {
        /// Its number.
        object: u32,
    },
    /// The page tree leads back to itself, or to one page twice.
    PageTree,
    /// The file cannot be opened, though it has what looks like a signature.
    Unopened {
        /// Stable code of the reason.
        code: String,
    },
    /// A signature stands in the file and belongs to no field of the document.
    UnreachedSignature,
    /// Several fields show one signature.
    SharedValue {
        /// The field that is not the signature's own.
        field: String,
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

impl SignatureFacts {
    /// Whether it is good by computation: whom to trust is another question.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let sound =
            |cms: &CmsFacts| cms.faults.is_empty() && cms.digest_matches == Some(true) && cms.value == ValueCheck::Good;
        let is_computed = match (&self.cms, &self.token) {
            (Some(cms), _) => sound(cms),
            (None, Some(token)) => !token.malformed && token.imprint_matches == Some(true) && sound(&token.cms),
            (None, None) => false,
        };
        self.faults.is_empty() && self.coverage >= Coverage::WholeRevision && is_computed
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
    /// Long-term validation data, if there are any.
    pub dss: Option<DssFacts>,
    /// Every byte of the file, and whose it is.
    pub parts: Vec<Part>,
    /// Words or pictures on its pages that look like a signature: where, and what was found.
    pub imitations: Vec<Imitation>,
}

/// Something on a page that looks like a signature and is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imitation {
    /// The page, from 1.
    pub page: usize,
    /// The words found, or the kind of picture.
    pub what: String,
    /// The object they stand in.
    pub object: u32,
}
