//! What is in this file, byte by byte.
//!
//! A PDF is a chain of revisions. This crate reads the chain as it stands ([`Document`]), knows the cross-reference of
//! every revision and the span of every object, and appends a revision in the style of the file it extends
//! ([`Update`]), leaving all earlier bytes as they were. It knows nothing of signatures, does no I/O, and never looks
//! at the clock. lopdf decodes streams and spells new objects; it is also the second reader that tests compare with.
#![forbid(unsafe_code)]

mod append;
mod crypt;
mod document;
mod edit;
mod error;
pub mod limits;
mod repair;
mod stream;
pub mod syntax;
mod xref;

pub use append::{Appended, Update, hex};
pub use document::{Anomaly, Document, Home, Object, Revision};
pub use edit::{DictionaryEdit, array_with, write_value};
pub use error::PdfError;
pub use lopdf as build;
pub use syntax::{Dictionary, Entry, Kind, ObjectId, Span, Value};
pub use xref::{Entries, Location, Section, SectionKind, Tail};
