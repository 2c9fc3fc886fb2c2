//! NIST PKITS, whole: path validation and revocation of `trust` (RFC 5280, 6.1 and 6.3).
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use std::{fs, path::Path, sync::Arc};

use acceptance::shared_data;
use cades::{Certificate, Crl};
use chrono::{DateTime, TimeZone, Utc};
use serde_json::Value;
use trust::{
    Anchors, PathProblem, PathSettings, find_accepted_path,
    revocation::{Evidence, Standing, Status, Surroundings, status},
};

/// PKITS is valid from 2010 to 2030.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap()
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Valid,
    Invalid,
    Unsupported,
}

fn run(folder: &Path, case: &Value, root: &Certificate, root_crl: &Arc<Crl>) -> Outcome {
    let names = |key: &str| -> Vec<String> {
        case[key].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let read = |name: &str| fs::read(folder.join("certs").join(name)).unwrap();
    let Ok(leaf) = Certificate::parse(&read(case["leaf"].as_str().unwrap())) else { return Outcome::Invalid };
    let issuers: Vec<Certificate> =
        names("intermediates").iter().filter_map(|name| Certificate::parse(&read(name)).ok()).collect();
    let mut crls: Vec<Arc<Crl>> = names("crls")
        .iter()
        .filter_map(|name| Crl::parse(&fs::read(folder.join("crls").join(name)).unwrap()).ok())
        .map(Arc::new)
        .collect();
    crls.push(Arc::clone(root_crl));
    let anchors = Anchors::new("PKITS", vec![root.clone()]);
    let evidence = Evidence { crls, ..Evidence::default() };
    let issuers: Vec<&Certificate> = issuers.iter().collect();
    let around = Surroundings {
        certificates: &issuers,
        certificate_known_by: &|_| now(),
        anchors: &anchors,
        evidence: &evidence,
        time: now(),
        now: now(),
        check_algorithms: false,
        budget: trust::Budget::default(),
    };
    let setting = |key: &str| case["settings"][key].as_bool().unwrap_or(false);
    let settings = PathSettings {
        initial_policies: case["settings"]["user_initial_policy_set"]
            .as_array()
            .map(|list| list.iter().map(|policy| policy.as_str().unwrap().to_owned()).collect())
            .unwrap_or_default(),
        require_explicit_policy: setting("initial_explicit_policy"),
        inhibit_policy_mapping: setting("initial_policy_mapping_inhibit"),
        inhibit_any_policy: setting("initial_any_policy_inhibit"),
        ..PathSettings::at(now())
    };
    let mut accept = |path: &trust::Path<'_>| {
        let good = |pair: &[&Certificate]| status(pair[0], pair[1], root, Standing::default(), &around);
        path.certificates.windows(2).all(|pair| matches!(good(pair), Status::Good { .. }))
    };
    match find_accepted_path(&leaf, &issuers, &anchors, &settings, &mut accept) {
        Ok(_) => Outcome::Valid,
        Err(PathProblem::Unsupported(_)) => Outcome::Unsupported,
        Err(_) => Outcome::Invalid,
    }
}

#[test]
fn pkits_passes_whole_and_dsa_is_named_as_unsupported() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("pkits");
    let root = Certificate::parse(&fs::read(folder.join("certs/TrustAnchorRootCertificate.crt")).unwrap()).unwrap();
    let root_crl = Arc::new(Crl::parse(&fs::read(folder.join("crls/TrustAnchorRootCRL.crl")).unwrap()).unwrap());
    let cases: Vec<Value> = serde_json::from_slice(&fs::read(folder.join("cases.json")).unwrap()).unwrap();
    let (mut passed, mut unsupported) = (0, 0);
    let mut wrong = Vec::new();
    for case in &cases {
        let uses_dsa = case["name"].as_str().unwrap().contains("dsa");
        let expected = match case["expect"].as_str().unwrap() {
            _ if uses_dsa => Outcome::Unsupported,
            "valid" => Outcome::Valid,
            _ => Outcome::Invalid,
        };
        let outcome = run(&folder, case, &root, &root_crl);
        // A DSA signature that is no signature at all is told as that.
        let is_right = outcome == expected || (uses_dsa && case["expect"] == "invalid" && outcome == Outcome::Invalid);
        match is_right {
            true if uses_dsa => unsupported += 1,
            true => passed += 1,
            false => wrong.push(format!("{} {}: {outcome:?}, not {expected:?}", case["id"], case["name"])),
        }
    }
    println!("PKITS: {passed} of {} as expected, {unsupported} with DSA: unsupported algorithm", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 240);
}
