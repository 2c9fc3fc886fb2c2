/// Names of all commands of the window. The build script of the desktop reads this file, so that each command needs a
/// permission of its own; a test keeps it equal to the contract.
pub const COMMANDS: &[&str] = &[
    "pending_document",
    "choose_document",
    "open_sample",
    "read_range",
    "verify_document",
    "plan_signing",
    "sign_document",
    "cancel_signing",
    "close_document",
    "show_in_folder",
];
