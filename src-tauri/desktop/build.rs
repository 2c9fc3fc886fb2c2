//! Gives every command a permission of its own, so that no window can call what it was not given.

include!("../api/src/names.rs");

fn main() {
    // Without this a binary compiled before the interface was built would never get it.
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes = tauri_build::Attributes::new()
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS))
        .capabilities_path_pattern("./src-tauri/desktop/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script reports by failing.
        println!("cargo::error={error:#}");
        std::process::exit(1);
    }
}
