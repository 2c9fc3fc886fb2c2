//! Every command the user interface can give, declared once, with its types.
//!
//! Both doors, window and command line, speak through this crate: a file's report ([`report`]), the words for it
//! ([`view`]), errors with cause and remedy ([`Failure`]), and the window's commands ([`commands`]) with the TypeScript
//! that is generated from them. Nothing below this crate knows a screen; nothing above it knows a signature.
#![forbid(unsafe_code)]

pub mod commands;
pub mod documents;
pub mod environments;
mod failure;
#[allow(missing_docs, reason = "the file is also read by a build script")]
pub mod names;
pub mod report;
pub mod session;
pub mod view;

pub use failure::Failure;
pub use office;
pub use report::{FileReport, Report};
pub use view::{DocumentView, FindingView, SignatureView};
