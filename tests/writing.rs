//! Everything we write, judged by programs that nobody here wrote.

use std::{fs, path::Path, process::Command};

use acceptance::{
    TestOffice, assert_openssl, assert_pdfsig, assert_pyhanko, assert_qpdf, judges_python, program, root, run, samples,
    try_sign,
};
use pades::Verdict;

const ALGORITHMS: [(&str, &str); 12] = [
    ("rsa-2048", "rsa-pkcs1-sha256"),
    ("rsa-2048", "rsa-pkcs1-sha384"),
    ("rsa-2048", "rsa-pkcs1-sha512"),
    ("rsa-2048", "rsa-pss-sha256"),
    ("rsa-2048", "rsa-pss-sha384"),
    ("rsa-2048", "rsa-pss-sha512"),
    ("rsa-3072", "rsa-pkcs1-sha256"),
    ("rsa-3072", "rsa-pss-sha256"),
    ("rsa-4096", "rsa-pkcs1-sha512"),
    ("rsa-4096", "rsa-pss-sha512"),
    ("p-256", "ecdsa-p256-sha256"),
    ("p-384", "ecdsa-p384-sha384"),
];

/// All judges on a file with so many signatures; our own verifier is one of them.
fn assert_judged(office: &TestOffice, name: &str, bytes: &[u8], signatures: usize) {
    let path = office.write(name, bytes);
    assert_pdfsig(&path, signatures);
    assert_qpdf(&path);
    assert_pyhanko(&path, &office.root, signatures);
    assert_openssl(bytes, office);
    let (_, judgement) = office.judge(bytes).unwrap();
    assert_eq!(judgement.signatures.len(), signatures, "{name}");
    for signature in &judgement.signatures {
        assert_eq!(signature.verdict, Verdict::Valid, "{name}: {}", signature.code);
    }
}

#[test]
fn every_algorithm_satisfies_every_judge() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    for (key, algorithm) in ALGORITHMS {
        let signed = office.sign(&original, key, algorithm);
        assert_judged(&office, &format!("{key}-{algorithm}.pdf"), &signed, 1);
    }
}

#[test]
fn every_sample_takes_three_signatures_and_keeps_them_all() {
    let office = TestOffice::new();
    for sample in samples() {
        let name = sample.file_stem().unwrap().to_string_lossy().into_owned();
        let mut bytes = fs::read(&sample).unwrap();
        for (number, (key, algorithm)) in
            [("rsa-2048", "rsa-pkcs1-sha256"), ("p-256", "ecdsa-p256-sha256"), ("rsa-2048", "rsa-pss-sha256")]
                .iter()
                .enumerate()
        {
            let signed = office.sign(&bytes, key, algorithm);
            assert!(signed.starts_with(&bytes), "earlier bytes stay as they were");
            bytes = signed;
            // The folder keeps names apart that pyHanko has to read as hybrid files.
            let folder = office.folder.path().join(number.to_string());
            fs::create_dir_all(&folder).unwrap();
            assert_judged(&office, &format!("{number}/{name}-assinado.pdf"), &bytes, number + 1);
        }
    }
}

/// Rewrites a sample with qpdf, so that each file style occurs.
fn variant(office: &TestOffice, sample: &Path, name: &str, options: &[&str]) -> Option<Vec<u8>> {
    let path = office.folder.path().join(name);
    let (output, text) = run(Command::new(program("qpdf")?).args(options).arg(sample).arg(&path));
    assert!(output.status.success(), "{text}");
    Some(fs::read(path).unwrap())
}

#[test]
fn object_streams_linearised_and_plain_files_are_extended_in_their_own_style() {
    let office = TestOffice::new();
    let sample = root().join("assets/samples/certidao-nascimento.pdf");
    for (name, options, style) in [
        ("streams", &["--object-streams=generate"][..], b"/Type /XRef".as_slice()),
        ("linear", &["--linearize"][..], b"\nxref\n"),
        ("linear-streams", &["--linearize", "--object-streams=generate"][..], b"/Type /XRef"),
        ("plain", &["--object-streams=disable", "--stream-data=uncompress"][..], b"\nxref\n"),
        ("pdf2", &["--force-version=2.0"][..], b"\nxref\n"),
    ] {
        let Some(original) = variant(&office, &sample, &format!("{name}.in.pdf"), options) else { return };
        let once = office.sign(&original, "rsa-2048", "rsa-pkcs1-sha256");
        let appended = &once[original.len()..];
        assert!(appended.windows(style.len()).any(|window| window == style), "{name}");
        assert_judged(&office, &format!("{name}-1.pdf"), &once, 1);
        let twice = office.sign(&once, "p-384", "ecdsa-p384-sha384");
        assert_judged(&office, &format!("{name}-2.pdf"), &twice, 2);
    }
}

#[test]
fn a_signature_after_pyhankos_own_leaves_both_valid() {
    let Some(python) = judges_python() else { return };
    let office = TestOffice::new();
    let script = root().join("tests/judges/pyhanko_sign.py");
    let (input, output) = (root().join("assets/samples/certidao-imovel.pdf"), office.folder.path().join("foreign.pdf"));
    let foreign_root = office.folder.path().join("foreign-root.pem");
    let (done, text) = run(Command::new(python).arg(script).arg(&input).arg(&output).arg(&foreign_root));
    assert!(done.status.success(), "{text}");
    let foreign = fs::read(&output).unwrap();
    let signed = office.sign(&foreign, "rsa-2048", "rsa-pkcs1-sha256");
    let path = office.write("foreign-signed.pdf", &signed);
    assert_pdfsig(&path, 2);
    assert_qpdf(&path);
    let both = [fs::read(&office.root).unwrap(), fs::read(&foreign_root).unwrap()].concat();
    let both = office.write("both.pem", &both);
    assert_pyhanko_each(&path, &both);
    let (facts, judgement) = office.judge(&signed).unwrap();
    assert_eq!(judgement.signatures[0].code, "chain.unknown_issuer", "of their signer we know nothing");
    assert_eq!(judgement.signatures[1].verdict, Verdict::Valid, "{:?}", judgement.signatures[1]);
    assert!(facts.changes.iter().all(pades::facts::ChangeFacts::only_signs));
}

/// With several roots pyHanko is asked about integrity and permitted changes only.
fn assert_pyhanko_each(path: &Path, roots: &Path) {
    let Some(answers) = acceptance::pyhanko(path, roots) else { return };
    assert_eq!(answers.len(), 2);
    for answer in answers {
        assert_eq!(
            (&answer["intact"], &answer["valid"], &answer["docmdp_ok"]),
            (&true.into(), &true.into(), &true.into()),
            "{answer}"
        );
    }
}

#[test]
fn a_signature_after_pdfsigs_own_leaves_both_valid() {
    let (Some(pdfsig), Some(certutil), Some(pk12util)) = (program("pdfsig"), program("certutil"), program("pk12util"))
    else {
        return;
    };
    let Some(openssl) = program("openssl") else { return };
    let office = TestOffice::new();
    let folder = office.folder.path();
    let shell = |command: &mut Command| {
        let (output, text) = run(command.current_dir(folder));
        assert!(output.status.success(), "{text}");
    };
    shell(Command::new(&openssl).args([
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "30",
        "-subj",
        "/CN=Outro programa (teste)",
        "-keyout",
        "k.pem",
        "-out",
        "c.pem",
    ]));
    shell(Command::new(&openssl).args([
        "pkcs12", "-export", "-inkey", "k.pem", "-in", "c.pem", "-name", "teste", "-passout", "pass:", "-out", "k.p12",
    ]));
    fs::create_dir(folder.join("nss")).unwrap();
    shell(Command::new(&certutil).args(["-N", "-d", "sql:nss", "--empty-password"]));
    shell(Command::new(&pk12util).args(["-i", "k.p12", "-d", "sql:nss", "-W", ""]));
    fs::copy(root().join("assets/samples/certidao-imovel.pdf"), folder.join("in.pdf")).unwrap();
    shell(Command::new(&pdfsig).args(["-nssdir", "nss", "-add-signature", "-nick", "teste", "in.pdf", "out.pdf"]));

    let signed = office.sign(&fs::read(folder.join("out.pdf")).unwrap(), "rsa-2048", "rsa-pkcs1-sha256");
    let path = office.write("both.pdf", &signed);
    assert_pdfsig(&path, 2);
    let (facts, judgement) = office.judge(&signed).unwrap();
    assert_eq!(judgement.signatures[1].verdict, Verdict::Valid, "{:?}", judgement.signatures[1]);
    assert!(facts.changes.iter().all(pades::facts::ChangeFacts::only_signs));
}

#[test]
fn the_structure_is_the_one_that_pades_b_b_demands() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let once = office.sign(&original, "rsa-2048", "rsa-pss-sha256");
    let twice = office.sign(&once, "rsa-2048", "rsa-pkcs1-sha256");
    let (facts, _) = office.judge(&twice).unwrap();
    let kinds: Vec<_> = facts.signatures.iter().map(|signature| (signature.kind, signature.doc_mdp)).collect();
    use pades::facts::SignatureKind::{Approval, Certification};
    assert_eq!(kinds, [(Certification, Some(2)), (Approval, None)]);
    for signature in &facts.signatures {
        assert_eq!(signature.sub_filter, "ETSI.CAdES.detached");
        let cms = signature.cms.as_ref().unwrap();
        assert_eq!(cms.certificates.len(), 3, "the whole chain");
        assert!(cms.signing_time.is_none());
    }
    let (contents, _) = acceptance::last_signature(&once);
    assert!(cades::asn1::is_der(&contents));
    let signed = cades::SignedData::parse(&contents).unwrap();
    let attributes: Vec<_> =
        signed.signers[0].signed_attributes.iter().map(|attribute| attribute.oid.as_str()).collect();
    assert_eq!(attributes, [cades::oid::CONTENT_TYPE, cades::oid::MESSAGE_DIGEST, cades::oid::SIGNING_CERTIFICATE_V2]);
    assert!(signed.signers[0].unsigned_attributes.is_empty());
}

#[test]
fn the_room_for_the_signature_is_exactly_what_it_needs() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let signed = office.sign(&original, "rsa-2048", "rsa-pkcs1-sha256");
    let (facts, _) = office.judge(&signed).unwrap();
    let [_, a, b, _] = facts.signatures[0].byte_range.unwrap();
    let (contents, _) = acceptance::last_signature(&signed);
    assert_eq!(b - a, 2 + 2 * contents.len() as u64);
}

#[test]
fn a_prepared_signing_survives_being_stored() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let signer = office.signer("rsa-2048");
    let document = pdf::Document::open(&original).unwrap();
    let algorithm = cades::SignatureAlgorithm::from_name("rsa-pkcs1-sha256").unwrap();
    let request = pades::Request {
        chain: keys::Signer::chain(&signer).to_vec(),
        algorithm,
        claimed_time: acceptance::claimed_time(),
        claims: pades::Claims::default(),
        stamp_room: 0,
    };
    let prepared = pades::prepare(&document, &request).unwrap();
    let stored = serde_json::to_string(&prepared).unwrap();
    let resumed: pades::Prepared = serde_json::from_str(&stored).unwrap();
    assert_eq!(resumed, prepared);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let digest = resumed.to_be_signed().unwrap();
    let signed = runtime.block_on(keys::Signer::sign_digest(&signer, algorithm, &digest)).unwrap();
    let whole = [&original[..], &resumed.finish(&signed.signature, None).unwrap()].concat();
    assert_eq!(office.verdict(&whole), Some(Verdict::Valid));
}

#[test]
fn a_signature_by_another_key_is_refused_before_it_is_embedded() {
    let (office, other) = (TestOffice::new(), TestOffice::new());
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    struct Swapped(keys::demo::DemoSigner, keys::demo::DemoSigner);
    impl keys::Signer for Swapped {
        fn chain(&self) -> &[cades::Certificate] {
            self.0.chain()
        }
        fn label(&self) -> String {
            String::new()
        }
        fn sign_digest<'s>(&'s self, algorithm: cades::SignatureAlgorithm, digest: &'s [u8]) -> keys::Signing<'s> {
            self.1.sign_digest(algorithm, digest)
        }
    }
    let swapped = Swapped(office.signer("rsa-2048"), other.signer("rsa-2048"));
    assert_eq!(try_sign(&original, &swapped, "rsa-pkcs1-sha256"), Err(pades::PadesError::WrongSignature));
}

#[test]
fn files_that_must_not_be_extended_are_refused_with_their_own_code() {
    let office = TestOffice::new();
    let sample = root().join("assets/samples/certidao-imovel.pdf");
    let original = fs::read(&sample).unwrap();
    let signer = office.signer("rsa-2048");
    let code = |bytes: &[u8]| try_sign(bytes, &signer, "rsa-pkcs1-sha256").unwrap_err().code();

    let startxref = original.windows(9).rposition(|word| word == b"startxref").unwrap();
    let mut wrong = original.clone();
    wrong[startxref + 10] = b'9';
    assert_eq!(code(&wrong), "pdf.repaired_not_extended");
    assert_eq!(code(&[b"From: correio\r\n\r\n".as_slice(), &original].concat()), "pdf.prefix_not_extended");
    assert_eq!(code(b"%PDF-1.7\nnada"), "pdf.damaged");
    assert_eq!(code(b"texto"), "pdf.not_pdf");
    assert_eq!(code(b""), "pdf.empty");
    if let Some(encrypted) = variant(&office, &sample, "e.pdf", &["--encrypt", "", "dono", "256", "--"]) {
        assert_eq!(code(&encrypted), "pdf.encrypted_not_extended");
    }
    if let Some(locked) = variant(&office, &sample, "l.pdf", &["--encrypt", "usuario", "dono", "256", "--"]) {
        assert_eq!(code(&locked), "pdf.password_protected");
    }
}
