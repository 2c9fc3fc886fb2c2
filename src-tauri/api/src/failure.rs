//! Errors as people meet them.

use office::OfficeError;
use serde::Serialize;
use ts_rs::TS;

/// An error: a stable code for programs, three sentences for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Failure {
    /// Stable code.
    pub code: String,
    /// What it is, in a few words.
    pub title: String,
    /// What happened.
    pub cause: String,
    /// What to do.
    pub remedy: String,
}

impl Failure {
    /// The error of a code.
    #[must_use]
    pub fn of(code: &str, arguments: &[(&str, String)]) -> Self {
        let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let explained = texts::explain(code, &arguments);
        Self { code: code.to_owned(), title: explained.title, cause: explained.cause, remedy: explained.remedy }
    }
}

impl From<&OfficeError> for Failure {
    fn from(error: &OfficeError) -> Self {
        Self::of(error.code(), &error.arguments())
    }
}

impl From<OfficeError> for Failure {
    fn from(error: OfficeError) -> Self {
        Self::from(&error)
    }
}
