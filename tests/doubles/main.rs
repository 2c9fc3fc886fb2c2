//! The doubles as a program, for tests that are not written in Rust: prints one line of JSON and serves until its
//! standard input ends. Lines on it steer: `confirm`, `refuse`, `end-sessions`, `calls`, `secrets`. With `--kms`
//! ministack is started as well, with keys of an office, and a person's credentials for them.

use std::io::{BufRead, Write};

use acceptance::doubles::{identity_center::IdentityCenter, ministack::Service};
use serde_json::{Value, json};

fn main() {
    let center = IdentityCenter::start();
    let has = |wanted: &str| std::env::args().any(|word| word == wanted);
    // Whose keys the portal hands out: of the person who signs, or of the one who manages keys.
    let person = if has("--administrator") { "administrator" } else { "session" };
    let service = has("--kms").then(|| Service::start().expect("ministack"));
    let say = |value: Value| {
        println!("{value}");
        std::io::stdout().flush().expect("somebody reads");
    };
    let mut session = Vec::new();
    if let Some(service) = &service {
        session = (0..3).map(|index| service.setup[person][index].as_str().expect("a word").to_owned()).collect();
        let keys = (session[0].clone(), session[1].clone(), session[2].clone(), 3_600);
        center.set(|double| double.role_keys = Some(keys));
    }
    let kms = service.as_ref().map(|service| json!({ "endpoint": service.endpoint, "folder": service.folder.path() }));
    say(json!({ "identity_center": center.url(), "kms": kms }));
    for line in std::io::stdin().lock().lines() {
        match line.expect("lines of text").trim() {
            "confirm" => center.confirm_device(true),
            "refuse" => center.confirm_device(false),
            "end-sessions" => center.end_sessions(),
            "calls" => say(center.calls().into()),
            "secrets" => {
                let secrets = center.secrets().into_iter().chain(session.iter().skip(1).cloned());
                say(secrets.collect::<Vec<_>>().into());
            }
            other => eprintln!("unknown: {other}"),
        }
    }
}
