//! The doubles as a program, for tests that are not written in Rust: prints one line of JSON and serves until its
//! standard input ends. Lines on it steer: `confirm`, `refuse`, `end-sessions`, `calls`, `secrets`.

use std::io::{BufRead, Write};

use acceptance::doubles::identity_center::IdentityCenter;

fn main() {
    let center = IdentityCenter::start();
    let say = |value: serde_json::Value| {
        println!("{value}");
        std::io::stdout().flush().expect("somebody reads");
    };
    say(serde_json::json!({"identity_center": center.url()}));
    for line in std::io::stdin().lock().lines() {
        match line.expect("lines of text").trim() {
            "confirm" => center.confirm_device(true),
            "refuse" => center.confirm_device(false),
            "end-sessions" => center.end_sessions(),
            "calls" => say(center.calls().into()),
            "secrets" => say(center.secrets().into()),
            other => eprintln!("unknown: {other}"),
        }
    }
}
