//! Signing a PDF and judging one.
//!
//! Signing: [`prepare`] makes a revision with room for the signature and the digest to be signed, [`Prepared::finish`]
//! fills the room. Judging: [`extract`] collects **facts**, [`judge()`] applies a policy to them. The two are separate
//! types, so that stored facts can be judged again without the file. No I/O, no clock: bytes and time are arguments.
#![forbid(unsafe_code)]

mod bytes64;
mod changes;
mod dss;
mod error;
mod extract;
pub mod facts;
mod fields;
mod hashing;
mod imitation;
mod judge;
mod long_term;
mod read_cms;
mod revision;
mod room;
mod sign;
mod stamp;

pub use error::PadesError;
pub use extract::extract;
pub use facts::DocumentFacts;
pub use judge::{
    Conformity, Finding, Judgement, LegalClass, Level, Missing, PathStep, Policy, RevocationRule, Severity,
    SignatureJudgement, TimeStampJudgement, Verdict, judge, may_sign_documents,
};
pub use long_term::{LongTermData, Note, append_long_term_data};
pub use sign::{Claims, Prepared, Request, check_signable, prepare};
pub use stamp::{PreparedStamp, prepare_stamp};
