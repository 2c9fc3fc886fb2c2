//! The demonstration's keys and the operating system's credential store: a real gnome-keyring on a private bus.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

use acceptance::{cartorio, program, root, run};

/// How a credential store can be.
#[derive(Clone, Copy, PartialEq)]
enum Store {
    /// Unlocked when the session begins.
    Unlocked,
    /// Running, never unlocked, with nobody to answer its prompt.
    Locked,
    /// Not there at all.
    Absent,
}

/// A computer with a home folder and documents; each session on it has its own bus.
struct Computer {
    folder: tempfile::TempDir,
}

impl Computer {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(root().join("assets/samples/certidao-imovel.pdf"), folder.path().join("a.pdf")).unwrap();
        Self { folder }
    }

    /// Runs a shell script in a session; `$cartorio` is the program. `None` where the programs are not installed.
    fn session(&self, store: Store, script: &str) -> Option<(Output, String)> {
        let (bus, _) = (program("dbus-run-session")?, program("gnome-keyring-daemon")?);
        let runtime = tempfile::tempdir().unwrap();
        let start = match store {
            Store::Unlocked => {
                "printf %s senha-de-teste | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
            }
            Store::Locked => "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; ",
            Store::Absent => "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent; ",
        };
        Some(run(Command::new(bus)
            .args(["--", "bash", "-c", &format!("{start}{script}")])
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("XDG_DATA_HOME", self.folder.path().join("share"))
            .env("XDG_RUNTIME_DIR", runtime.path())
            // Without service files the bus can start nothing by itself.
            .env("XDG_DATA_DIRS", self.folder.path().join("nothing"))
            .env("CARTORIO_HOME", self.home())
            .env("cartorio", cartorio())
            .env_remove("DISPLAY")))
    }

    fn home(&self) -> std::path::PathBuf {
        self.folder.path().join("home")
    }

    fn office_file(&self) -> std::path::PathBuf {
        self.home().join("demo/office.json")
    }
}

const SIGN: &str = "$cartorio sign a.pdf --key p-256 --overwrite";

#[test]
fn keys_sealed_by_the_keyring_serve_the_next_session() {
    let computer = Computer::new();
    let Some((first, text)) = computer.session(Store::Unlocked, SIGN) else { return };
    assert!(first.status.success() && !text.contains("Aviso"), "{text}");
    let kept = fs::read_to_string(computer.office_file()).unwrap();
    assert!(!kept.contains("PRIVATE KEY"));
    let (second, text) =
        computer.session(Store::Unlocked, &format!("{SIGN} && $cartorio verify a-assinado.pdf")).unwrap();
    assert!(second.status.success() && !text.contains("Aviso"), "{text}");
    assert_eq!(fs::read_to_string(computer.office_file()).unwrap(), kept, "nothing was made anew");
}

#[test]
fn no_private_key_is_readable_on_disk() {
    let computer = Computer::new();
    let Some((output, text)) = computer.session(Store::Unlocked, SIGN) else { return };
    assert!(output.status.success(), "{text}");
    let file: serde_json::Value = serde_json::from_slice(&fs::read(computer.office_file()).unwrap()).unwrap();
    let sealed = file["keys"]["p-256"]["sealed_key"].as_str().unwrap();
    // Every PKCS #8 key begins with the same few bytes; base64 of a sealed one does not.
    for plain in ["MIG", "MIIE", "MIIG", "MIIJ"] {
        assert!(!sealed.starts_with(plain) && !sealed.get(16..).unwrap().starts_with(plain));
    }
    assert_eq!(names(&computer.home().join("demo")), ["office.json", "office.lock"]);
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_locked_keyring_hangs_nothing_and_replaces_nothing() {
    let computer = Computer::new();
    let Some((founded, text)) = computer.session(Store::Unlocked, SIGN) else { return };
    assert!(founded.status.success(), "{text}");
    let kept = fs::read(computer.office_file()).unwrap();
    let started = Instant::now();
    let (locked, text) = computer.session(Store::Locked, SIGN).unwrap();
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(locked.status.code(), Some(1), "{text}");
    assert!(text.contains("demo.vault_locked"), "{text}");
    assert_eq!(fs::read(computer.office_file()).unwrap(), kept);

    // Nothing was founded yet: the demonstration works in memory, and says why.
    let (new, text) = Computer::new().session(Store::Locked, SIGN).unwrap();
    assert!(new.status.success(), "{text}");
    assert!(text.contains("está bloqueado ou não responde"), "{text}");
}

#[test]
fn without_a_keyring_keys_live_in_memory_and_it_is_said() {
    let computer = Computer::new();
    let Some((output, text)) = computer.session(Store::Absent, SIGN) else { return };
    assert!(output.status.success(), "{text}");
    assert!(text.contains("Aviso: Sem cofre de senhas"), "{text}");
    assert!(!computer.office_file().exists());
}

#[test]
fn what_another_keyring_sealed_is_set_aside_and_it_is_said() {
    let computer = Computer::new();
    let Some((output, text)) = computer.session(Store::Unlocked, SIGN) else { return };
    assert!(output.status.success(), "{text}");
    fs::remove_dir_all(computer.folder.path().join("share/keyrings")).unwrap();
    let (output, text) = computer.session(Store::Unlocked, SIGN).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("Aviso: As chaves antigas"), "{text}");
    assert!(names(&computer.home().join("demo")).iter().any(|name| name.starts_with("office.json.unreadable-")));
    let (output, text) = computer.session(Store::Unlocked, SIGN).unwrap();
    assert!(output.status.success() && !text.contains("Aviso"), "said once: {text}");
}

#[test]
fn programs_that_start_together_share_one_office() {
    let computer = Computer::new();
    let keys = ["rsa-2048", "rsa-3072", "p-256", "p-384", "rsa-2048", "p-256"];
    let each: Vec<String> = keys
        .iter()
        .enumerate()
        .map(|(number, key)| format!("$cartorio sign a.pdf --key {key} --out {number}.pdf & "))
        .collect();
    let script = format!("{} wait; $cartorio verify ?.pdf a.pdf; [ $? = 3 ]", each.concat());
    let Some((output, text)) = computer.session(Store::Unlocked, &script) else { return };
    for number in 0..keys.len() {
        assert!(computer.folder.path().join(format!("{number}.pdf")).exists(), "{number}: {text}");
    }
    assert!(output.status.success(), "all six are approved, the original is unsigned: {text}");
    let file: serde_json::Value = serde_json::from_slice(&fs::read(computer.office_file()).unwrap()).unwrap();
    assert_eq!(file["keys"].as_object().unwrap().len(), 5, "no key was lost");
}
