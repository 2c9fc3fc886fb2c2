//! The words of the program.
//!
//! One pt-BR catalogue in Fluent serves window, terminal and reports, so that a verdict reads the same everywhere.
//! Codes such as `pdf.damaged` are message ids with the points written as hyphens.
#![forbid(unsafe_code)]

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

/// The catalogue's source, for those who hand it on (the window reads the same file).
pub const CATALOGUE: &str = include_str!("../../../assets/texts/pt-BR.ftl");

/// Names and values that a message needs.
pub type Arguments<'a> = [(&'a str, &'a str)];

/// Arguments that are numbers to the catalogue.
const COUNTS: [&str; 2] = ["count", "total"];

static BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    // A broken message is left out here and found by this crate's tests.
    let resource = FluentResource::try_new(CATALOGUE.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let mut bundle = FluentBundle::new_concurrent(vec![pt_br()]);
    // Isolation marks would get into file names and copied text.
    bundle.set_use_isolating(false);
    // Fails on a duplicate id only, which the tests exclude.
    let _ = bundle.add_resource(resource);
    bundle
});

/// Falls back to the root language, whose plurals are the same for the counts used here.
fn pt_br() -> LanguageIdentifier {
    "pt-BR".parse().unwrap_or_default()
}

/// An error or verdict in three sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// What it is, in a few words.
    pub title: String,
    /// What happened.
    pub cause: String,
    /// What to do.
    pub remedy: String,
}

/// The message of an id or code; the code itself where there is none, which tests exclude.
#[must_use]
pub fn text(code: &str, arguments: &Arguments<'_>) -> String {
    format(&id(code), None, arguments).unwrap_or_else(|| code.to_owned())
}

/// Title, cause and remedy of a code.
#[must_use]
pub fn explain(code: &str, arguments: &Arguments<'_>) -> Explained {
    let id = id(code);
    let part = |attribute| format(&id, attribute, arguments).unwrap_or_default();
    Explained { title: text(code, arguments), cause: part(Some("cause")), remedy: part(Some("remedy")) }
}

/// Whether the catalogue has this code.
#[must_use]
pub fn knows(code: &str) -> bool {
    BUNDLE.has_message(&id(code))
}

fn id(code: &str) -> String {
    code.replace('.', "-")
}

fn format(id: &str, attribute: Option<&str>, arguments: &Arguments<'_>) -> Option<String> {
    let message = BUNDLE.get_message(id)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    let mut values = FluentArgs::new();
    for (name, value) in arguments {
        // Counts choose the plural; everything else is text, whatever it looks like.
        let value = match value.parse::<u32>() {
            Ok(number) if COUNTS.contains(name) => FluentValue::from(f64::from(number)),
            _ => FluentValue::from(*value),
        };
        values.set(*name, value);
    }
    let mut errors = Vec::new();
    Some(BUNDLE.format_pattern(pattern, Some(&values), &mut errors).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_no_syntax_error_and_no_duplicate() {
        let resource = FluentResource::try_new(CATALOGUE.to_owned()).map_err(|(_, errors)| errors).unwrap();
        let mut bundle = FluentBundle::new_concurrent(vec![pt_br()]);
        bundle.add_resource(resource).unwrap();
    }

    #[test]
    fn plurals_follow_the_count() {
        assert_eq!(text("verdict-count-valid", &[("count", "1")]), "1 aprovada");
        assert_eq!(text("verdict-count-valid", &[("count", "2")]), "2 aprovadas");
    }

    #[test]
    fn errors_have_cause_and_remedy() {
        let explained = explain("pdf.damaged", &[]);
        assert_eq!(explained.title, "Arquivo danificado");
        assert!(!explained.cause.is_empty() && !explained.remedy.is_empty());
    }
}
