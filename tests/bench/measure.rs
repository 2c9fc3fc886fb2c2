//! In-process times for `make bench`: `measure p95 ROOT FOLDER` and `measure many ROOT MANY ONE`, printed as JSON.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measuring program")]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use pades::{Policy, RevocationRule};
use trust::{Anchors, revocation::Evidence};

/// Largest file of the first bar.
const SMALL: u64 = 1024 * 1024;

/// How often each file is verified.
const ROUNDS: usize = 21;

fn policy(root: &str) -> Policy {
    let certificates = trust::read_certificates(&fs::read(root).unwrap()).unwrap();
    Policy {
        anchors: Anchors::new("bench", certificates),
        issuers: Vec::new(),
        evidence: Evidence::default(),
        time: chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
        revocation: RevocationRule::IfPresent,
        without_revocation: Vec::new(),
    }
}

#[allow(clippy::disallowed_methods, reason = "measuring is reading a clock")]
fn median(work: &dyn Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

fn verify(bytes: &[u8], policy: &Policy) {
    if let Ok(facts) = pades::extract(bytes) {
        std::hint::black_box(pades::judge(&facts, policy));
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let policy = policy(&arguments[2]);
    match arguments[1].as_str() {
        "p95" => {
            let mut times = Vec::new();
            for entry in fs::read_dir(Path::new(&arguments[3])).unwrap() {
                let path = entry.unwrap().path();
                if path.metadata().unwrap().len() <= SMALL {
                    let bytes = fs::read(&path).unwrap();
                    times.push(median(&|| verify(&bytes, &policy)).as_secs_f64() * 1000.0);
                }
            }
            times.sort_by(f64::total_cmp);
            let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)];
            println!("{{\"count\": {}, \"p50\": {}, \"p95\": {}, \"max\": {}}}", times.len(), at(50), at(95), at(100));
        }
        _ => {
            let of = |path: &str| {
                let bytes = fs::read(path).unwrap();
                let whole = median(&|| verify(&bytes, &policy)).as_secs_f64() * 1000.0;
                let hash =
                    median(&|| drop(std::hint::black_box(cades::Hash::Sha256.digest(&bytes)))).as_secs_f64() * 1000.0;
                (whole, hash)
            };
            let ((many, many_hash), (one, one_hash)) = (of(&arguments[3]), of(&arguments[4]));
            println!("{{\"many\": {many}, \"many_hash\": {many_hash}, \"one\": {one}, \"one_hash\": {one_hash}}}");
        }
    }
}
