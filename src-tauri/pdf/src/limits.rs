//! Every bound that hostile input meets in this crate, with its reason.

/// Deepest nesting of arrays and dictionaries. Real files stay under 20; the parser recurses, so the bound protects the stack.
pub const MAX_NESTING: usize = 100;

/// Most links followed from one reference to another before giving up on a value.
pub const MAX_REFERENCE_DEPTH: usize = 32;

/// Most revisions in one file. Each costs a chain step; no office has ever signed a file this often.
pub const MAX_REVISIONS: usize = 10_000;

/// Most cross-reference entries in one file (about 120 MB of table at 24 bytes each).
pub const MAX_OBJECTS: usize = 5_000_000;

/// Most bytes one stream may decode to: object streams and cross-reference streams are far smaller.
pub const MAX_DECODED_STREAM: usize = 64 * 1024 * 1024;

/// Decoded object streams kept at a time; beyond it the cache starts afresh.
pub const MAX_CACHED_BYTES: usize = 32 * 1024 * 1024;

/// Where `%PDF-` has to begin (ISO 32000-2, Annex I: readers accept it within the first 1024 bytes).
pub const HEADER_WINDOW: usize = 1024;

/// How far from the end `startxref` is searched. Wider than the usual 1024 bytes, since trailing junk is common in mail.
pub const STARTXREF_WINDOW: usize = 4096;

/// Highest object number readers agree on (ISO 32000-1, Annex C: 8 388 607 indirect objects).
pub const MAX_OBJECT_NUMBER: u32 = 8_388_607;

/// Largest file that is opened. Classic tables hold ten digits, so more could not be referenced.
pub const MAX_FILE_BYTES: usize = 2 * 1024 * 1024 * 1024;

/// Longest comment between objects: writers leave their name and version there.
pub const MAX_COMMENT: usize = 120;

/// Line-end bytes that may follow the last `%%EOF` and its own line end. Many hide the end from readers that look for it in
/// the last 1 024 bytes only.
pub const MAX_TRAILING_LINE_ENDS: usize = 4;

/// Whether what follows the last `%%EOF` is nothing to any reader.
#[must_use]
pub fn is_blank_end(rest: &[u8]) -> bool {
    rest.len() <= MAX_TRAILING_LINE_ENDS && rest.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

/// Most values in one object: the largest real arrays (page trees, widths) have thousands.
pub const MAX_VALUES: usize = 1_000_000;

/// Bytes that may be parsed and decoded for one file besides a multiple of its size. Objects that overlap, share
/// their parts or unfold could otherwise cost without end.
pub const WORK_BASE: usize = 256 * 1024 * 1024;

/// How often a file may be parsed over, on average: once a revision for comparing, and some more.
pub const WORK_PER_BYTE: usize = 32;

/// What asking one revision for an object counts as, in bytes parsed.
pub const WORK_PER_LOOKUP: usize = 8;

/// Most filters of one stream: two are in use.
pub const MAX_FILTERS: usize = 4;

/// Most colours of a row that was predicted: more exist in no file.
pub const MAX_COLORS: usize = 32;

/// Longest number, in characters. Readers count the digits of longer ones until they overflow, each in its own way.
pub const MAX_NUMBER: usize = 64;
