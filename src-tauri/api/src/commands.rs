//! The window's commands: declared once, from which the TypeScript contract is generated.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    DocumentView, Failure,
    environments::{CertificateName, CertificateView, DeskState, EnvironmentView, KeyView, RequestView, SignInMessage},
};

/// An open document as the page knows it: an opaque id, never a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OpenDocument {
    /// Opaque id.
    pub id: String,
    /// File name without folder.
    pub name: String,
    /// Size in bytes; JSON numbers hold it exactly below 2^53.
    #[ts(type = "number")]
    pub size: usize,
}

/// What the person is asked to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SigningPlan {
    /// File to be signed.
    pub file: String,
    /// Name of the new file.
    pub output: String,
    /// Name of the folder it goes to.
    pub folder: String,
    /// Who signs.
    pub signer: String,
    /// Alias of the key.
    pub key: String,
    /// Name of the environment, in capitals as on the ribbon.
    pub environment: String,
    /// The legal class, in the law's words.
    pub legal_class: String,
    /// First and last eight digits of the document's SHA-256.
    pub digest: String,
    /// Whether it certifies (first signature) or approves.
    pub certifies: bool,
    /// Something to be said first, such as that there is no credential store.
    pub notice: Option<String>,
    /// The word to be typed before the signature is made; nothing outside production.
    pub word: Option<String>,
}

/// What the person adds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SigningChoice {
    /// `/Reason`, empty for none.
    pub reason: String,
    /// `/Location`, empty for none.
    pub location: String,
    /// The word by which work in production is confirmed; empty elsewhere.
    pub word: String,
}

/// Where a signing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SigningStep {
    /// The new revision is made.
    Preparing,
    /// The key was asked.
    Signing,
    /// The new file is written.
    Writing,
    /// The new file is verified.
    Checking,
    /// Done.
    Done,
}

/// What came of a signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SignedDocument {
    /// The new file, open.
    pub document: OpenDocument,
    /// Its verdict.
    pub view: DocumentView,
    /// The service's request id.
    pub request_id: Option<String>,
}

impl From<office::Step> for SigningStep {
    fn from(step: office::Step) -> Self {
        match step {
            office::Step::Preparing => Self::Preparing,
            office::Step::Signing => Self::Signing,
            office::Step::Writing => Self::Writing,
            office::Step::Checking => Self::Checking,
            office::Step::Done => Self::Done,
        }
    }
}

/// The contract as TypeScript: every type, and the commands with their payloads and answers.
#[must_use]
pub fn typescript() -> String {
    let types = [
        declaration::<crate::report::FileVerdict>(),
        declaration::<Failure>(),
        declaration::<crate::view::Answer>(),
        declaration::<crate::view::Detail>(),
        declaration::<crate::FindingView>(),
        declaration::<crate::SignatureView>(),
        declaration::<DocumentView>(),
        declaration::<OpenDocument>(),
        declaration::<SigningPlan>(),
        declaration::<SigningChoice>(),
        declaration::<SigningStep>(),
        declaration::<SignedDocument>(),
        declaration::<crate::session::SessionView>(),
        declaration::<EnvironmentView>(),
        declaration::<CertificateView>(),
        declaration::<DeskState>(),
        declaration::<SignInMessage>(),
        declaration::<CertificateName>(),
        declaration::<RequestView>(),
        declaration::<KeyView>(),
        declaration::<crate::environments::KeySheetView>(),
        declaration::<crate::environments::KeyOrderForm>(),
        declaration::<crate::environments::KeyPlanView>(),
    ];
    let commands: [(&str, &str, &str); 24] = [
        ("pending_document", "Record<string, never>", "OpenDocument | null"),
        ("choose_document", "Record<string, never>", "OpenDocument | null"),
        ("open_sample", "Record<string, never>", "OpenDocument"),
        ("read_range", "{ id: string; start: number; end: number }", "ArrayBuffer"),
        ("verify_document", "{ id: string }", "DocumentView"),
        ("plan_signing", "{ id: string }", "SigningPlan"),
        ("sign_document", "{ id: string; choice: SigningChoice; progress: Progress<SigningStep> }", "SignedDocument"),
        ("cancel_signing", "{ id: string }", "null"),
        ("close_document", "{ id: string }", "null"),
        ("show_in_folder", "{ id: string }", "null"),
        ("desk_state", "Record<string, never>", "DeskState"),
        ("environments", "Record<string, never>", "EnvironmentView[]"),
        ("choose_environment", "{ name: string; word: string }", "DeskState"),
        ("sign_in", "{ device: boolean; progress: Progress<SignInMessage> }", "DeskState"),
        ("cancel_sign_in", "Record<string, never>", "null"),
        ("sign_out", "Record<string, never>", "string[]"),
        ("list_keys", "Record<string, never>", "KeyView[]"),
        ("show_key", "{ key: string }", "KeySheetView"),
        ("plan_key", "{ order: KeyOrderForm }", "KeyPlanView"),
        ("carry_out_key_plan", "{ word: string }", "string[]"),
        ("request_certificate", "{ subject: CertificateName }", "RequestView"),
        ("check_certificate", "{ pem: string }", "CertificateView"),
        ("choose_certificate", "Record<string, never>", "CertificateView | null"),
        ("install_certificate", "Record<string, never>", "DeskState"),
    ];
    let mut out = String::from("// Generated from src-tauri/api; `make contract` writes it anew.\n\n");
    for text in types {
        out.push_str(&format!("export {text}\n"));
    }
    out.push_str(
        "\n/** Receives what a running command reports. */\nexport type Progress<T> = (message: T) => void;\n",
    );
    out.push_str("\n/** Every command: what it takes, what it answers. */\nexport type Commands = {\n");
    for (name, takes, answers) in commands {
        out.push_str(&format!("  {name}: {{ takes: {takes}; answers: {answers} }};\n"));
    }
    out.push_str("};\n");
    out
}

fn declaration<T: TS>() -> String {
    T::decl(&ts_rs::Config::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/contract/gen.ts");

    #[test]
    fn the_committed_contract_is_the_generated_one() {
        if std::env::var_os("UPDATE_CONTRACT").is_some() {
            std::fs::create_dir_all(std::path::Path::new(GENERATED).parent().unwrap()).unwrap();
            std::fs::write(GENERATED, typescript()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(GENERATED).unwrap(), typescript(), "run `make contract`");
    }

    #[test]
    fn every_command_has_its_permission_name() {
        let text = typescript();
        for name in crate::names::COMMANDS {
            assert!(text.contains(&format!("  {name}: {{ takes")), "{name}");
        }
        assert_eq!(text.matches("{ takes: ").count(), crate::names::COMMANDS.len());
    }
}
