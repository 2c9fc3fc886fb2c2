//! Who is signed in, in words: the same for the window and the command line.

use chrono::{DateTime, Utc};
use keys::{
    sign_in::{Pages, SessionInfo, SignedOut},
    vault::VaultError,
};
use office::{Environment, clock};
use serde::Serialize;
use ts_rs::TS;

/// A session as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SessionView {
    /// Name of the environment, in capitals as on the ribbon.
    pub environment: String,
    /// Who.
    pub person: String,
    /// In which account.
    pub account: String,
    /// As what.
    pub role: String,
    /// Until when, in words.
    pub until: String,
    /// What a person should know, such as that the session ends with the program.
    pub notice: Option<String>,
}

impl SessionView {
    /// Puts a session into words.
    #[must_use]
    pub fn new(environment: &Environment, info: &SessionInfo, now: DateTime<Utc>) -> Self {
        let until = clock::spoken(info.access_until);
        let id = match (info.renews, info.access_until > now) {
            (true, _) => "session-renews",
            (false, true) => "session-until",
            (false, false) => "session-over",
        };
        Self {
            environment: texts::text(environment_id(environment), &[]),
            person: info.person.clone().unwrap_or_else(|| texts::text("session-unknown-person", &[])),
            account: info.account.clone(),
            role: info.role.clone(),
            until: texts::text(id, &[("until", &until)]),
            notice: info.memory_only.map(|reason| texts::text(notice(reason), &[])),
        }
    }
}

/// The words for an environment.
#[must_use]
pub fn environment_id(environment: &Environment) -> &'static str {
    match environment.name() {
        "dev" => "environment-dev",
        "homolog" => "environment-homolog",
        "prod" => "environment-prod",
        _ => "environment-demo",
    }
}

/// What a signature made there can be at most: no key in KMS has a certificate of ICP-Brasil.
#[must_use]
pub fn legal_class(environment: &Environment) -> &'static str {
    match environment {
        Environment::Demo => "legal-class-demo",
        Environment::Aws(environment) if environment.name == "prod" => "class-private-ca",
        Environment::Aws(_) => "legal-class-test",
    }
}

/// What became of a session that somebody ended, in sentences.
#[must_use]
pub fn farewell(out: &SignedOut) -> Vec<String> {
    let mut said = vec![match &out.erased {
        Ok(()) => texts::text("cli-logout", &[]),
        Err(error) => texts::text("cli-logout-not-erased", &[("reason", &texts::text(notice(*error), &[]))]),
    }];
    if let Err(error) = &out.revoked {
        let arguments = error.arguments();
        let arguments: Vec<_> = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        let failure = crate::Failure::of(error.code(), &arguments);
        said.push(texts::text("cli-logout-not-revoked", &[("reason", &failure.cause)]));
    }
    if let Some(until) = out.role_until {
        said.push(texts::text("cli-logout-role", &[("until", &clock::spoken(until))]));
    }
    said
}

/// Why a session ends with the program.
#[must_use]
pub fn notice(reason: VaultError) -> &'static str {
    match reason {
        VaultError::Absent => "session-memory-absent",
        VaultError::Locked => "session-memory-locked",
        _ => "session-memory-failed",
    }
}

/// What the person reads in the browser when the sign-in ended there.
#[must_use]
pub fn pages() -> Pages {
    let page = |id: &str| {
        let text = texts::text(id, &[]);
        format!(
            "<!doctype html><html lang=\"pt-BR\"><meta charset=\"utf-8\"><title>Cartório Digital</title><h1>{text}</h1></html>"
        )
    };
    Pages { done: page("session-page-done"), failed: page("session-page-failed") }
}
