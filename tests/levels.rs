//! Signatures that last: each level, judged by programs that nobody here wrote.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use acceptance::{
    assert_qpdf,
    doubles::{Reply, Request as Asked, Server},
    judges_python, program, root, run, samples,
};
use keys::vault::NoVault;
use office::{
    Cancel, Environment, ExtendRequest, Level, Office, OfficeError, SignOutcome, SignRequest, TrustChoice,
    VerifyRequest,
};
use pades::{Claims, RevocationRule, Verdict};
use serde_json::Value;

/// A demonstration office in a folder, its root as a file beside it.
struct Desk {
    office: Office,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let office = Office::new(folder.path().join("home"), Arc::new(NoVault));
        fs::write(folder.path().join("root.pem"), trust::to_pem(office.demo().unwrap().root())).unwrap();
        Self { office, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sign(&self, request: SignRequest) -> Result<SignOutcome, OfficeError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.office.sign(&request, &Cancel::default(), &|_| {}))
    }

    fn extend(&self, input: &Path, output: &str, level: Level) -> Result<PathBuf, OfficeError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let request = ExtendRequest {
            input: input.to_owned(),
            output: Some(self.path(output)),
            overwrite: false,
            environment: Environment::Demo,
            level,
            time_stampers: Vec::new(),
        };
        runtime.block_on(self.office.extend(&request, &Cancel::default(), &|_| {})).map(|outcome| outcome.output)
    }

    fn request(&self, input: &Path, output: &str, level: Level) -> SignRequest {
        SignRequest {
            input: input.to_owned(),
            output: Some(self.path(output)),
            overwrite: false,
            environment: Environment::Demo,
            key: None,
            algorithm: None,
            claims: Claims::default(),
            expected_sha256: None,
            level,
            time_stampers: Vec::new(),
            or_lower: false,
        }
    }

    /// Every judge on a file with so many signatures of people; ours names the level that the last of them has.
    fn assert_judged(&self, file: &Path, level: Level, signatures: usize) {
        self.assert_every_judge(file, level, signatures, &["intact", "valid", "trusted", "docmdp_ok", "stamped"]);
    }

    /// The same where the time is that of a stamp over the document.
    fn assert_extended(&self, file: &Path, level: Level, signatures: usize) {
        self.assert_every_judge(file, level, signatures, &["intact", "valid", "trusted", "docmdp_ok"]);
    }

    fn assert_every_judge(&self, file: &Path, level: Level, signatures: usize, questions: &[&str]) {
        assert_qpdf(file);
        if let Some(pdfsig) = program("pdfsig") {
            let (_, text) = run(Command::new(pdfsig).arg("-nocert").arg(file));
            assert_eq!(text.matches("Signature is Valid").count(), signatures, "{}\n{text}", file.display());
        }
        let name = level.label().to_lowercase();
        if level > Level::Basic
            && let Some(python) = judges_python()
        {
            let script = root().join("tests/judges/pyhanko_ltv.py");
            let (output, text) = run(Command::new(python).arg(script).arg(self.path("root.pem")).arg(&name).arg(file));
            assert!(output.status.success(), "{}\n{text}", file.display());
            let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
            let last = answer["signatures"].as_array().unwrap().last().unwrap();
            for question in questions {
                assert_eq!(last[*question], Value::Bool(true), "{question} of {}\n{answer}", file.display());
            }
            // pyHanko's process knows the time of a signature only from a stamp inside it.
            if level == Level::Archive && questions.contains(&"stamped") {
                assert_eq!(last["process"], "OK", "{}\n{answer}", file.display());
            }
        }
        let trust = TrustChoice { given: vec![self.path("root.pem")], ..TrustChoice::default() };
        let rule = if level >= Level::LongTerm { RevocationRule::Required } else { RevocationRule::IfPresent };
        let policy = self.office.policy(&VerifyRequest { trust, at: None, revocation: Some(rule) }).unwrap();
        let verified = self.office.verify(file, &policy).unwrap();
        assert_eq!(verified.judgement.verdict, Some(Verdict::Valid), "{}", file.display());
        // Stamps over the document stand among the signatures; `pdfsig` does not look at them.
        let people = verified.facts.signatures.iter().zip(&verified.judgement.signatures);
        let people: Vec<_> = people.filter(|(facts, _)| facts.token.is_none()).map(|(_, judged)| judged).collect();
        assert_eq!(people.len(), signatures);
        if level >= Level::LongTerm {
            let store = verified.facts.dss.as_ref().unwrap();
            let (noted, stored) = (&store.vri, store.crls.iter().map(|list| list.since).max().unwrap());
            let names = verified
                .facts
                .signatures
                .iter()
                .filter(|facts| facts.token.is_none() && facts.revision <= Some(stored));
            for name in names.map(|facts| &facts.vri_names[0]) {
                assert!(noted.contains(name), "{}: {name} in {noted:?}", file.display());
            }
        }
        let own = people.last().unwrap();
        assert_eq!(own.level.reached.as_deref(), Some(level.label()), "{}: {:?}", file.display(), own.level);
    }
}

const LEVELS: [Level; 4] = [Level::Basic, Level::Time, Level::LongTerm, Level::Archive];

#[test]
fn every_level_satisfies_every_judge_with_every_key() {
    let desk = Desk::new();
    let input = root().join("assets/samples/certidao-imovel.pdf");
    for level in LEVELS {
        for algorithm in ["rsa-pkcs1-sha256", "rsa-pss-sha256", "ecdsa-p256-sha256"] {
            let name = format!("{algorithm}-{}.pdf", level.label());
            let mut request = desk.request(&input, &name, level);
            request.algorithm = cades::SignatureAlgorithm::from_name(algorithm);
            let outcome = desk.sign(request).unwrap();
            assert_eq!(outcome.level, level);
            desk.assert_judged(&outcome.output, level, 1);
        }
    }
}

#[test]
fn every_kind_of_document_reaches_every_level_and_keeps_what_was_signed_before() {
    let desk = Desk::new();
    for sample in samples() {
        let stem = sample.file_stem().unwrap().to_string_lossy().into_owned();
        for level in [Level::LongTerm, Level::Archive] {
            let first = desk.sign(desk.request(&sample, &format!("{}-1-{stem}.pdf", level.label()), Level::Basic));
            let first = first.unwrap().output;
            let second = desk.sign(desk.request(&first, &format!("{}-2-{stem}.pdf", level.label()), level)).unwrap();
            desk.assert_judged(&second.output, level, 2);
            // A third signature after a stamp over everything leaves all of it standing.
            let third =
                desk.sign(desk.request(&second.output, &format!("{}-3-{stem}.pdf", level.label()), Level::Time));
            // What proves it is in the file already, for the key is the same.
            desk.assert_judged(&third.unwrap().output, Level::LongTerm, 3);
        }
    }
}

#[test]
fn signatures_of_before_are_extended_step_by_step_and_at_once_and_renewed() {
    let desk = Desk::new();
    for sample in samples() {
        let stem = sample.file_stem().unwrap().to_string_lossy().into_owned();
        let name = |step: &str| format!("{step}-{stem}.pdf");
        let signed = desk.sign(desk.request(&sample, &name("1"), Level::Basic)).unwrap().output;
        let signed = desk.sign(desk.request(&signed, &name("2"), Level::Basic)).unwrap().output;
        let mut file = signed.clone();
        for level in &LEVELS[1..] {
            file = desk.extend(&file, &name(level.label()), *level).unwrap();
            desk.assert_extended(&file, *level, 2);
        }
        let renewed = desk.extend(&file, &name("renewed"), Level::Archive).unwrap();
        desk.assert_extended(&renewed, Level::Archive, 2);
        assert!(fs::read(&renewed).unwrap().starts_with(&fs::read(&signed).unwrap()), "what was there stays");
        let at_once = desk.extend(&signed, &name("at-once"), Level::Archive).unwrap();
        desk.assert_extended(&at_once, Level::Archive, 2);
    }
}

#[test]
fn what_cannot_be_extended_is_refused_and_leaves_no_file() {
    let desk = Desk::new();
    let input = root().join("assets/samples/certidao-imovel.pdf");
    let refused = |file: &Path, level: Level| {
        let code = desk.extend(file, "never.pdf", level).unwrap_err().code();
        assert!(!desk.path("never.pdf").exists());
        code
    };
    assert_eq!(refused(&input, Level::Time), "extend.unsigned");
    let signed = desk.sign(desk.request(&input, "signed.pdf", Level::LongTerm)).unwrap().output;
    assert_eq!(refused(&signed, Level::Time), "extend.reached");
    assert_eq!(refused(&signed, Level::LongTerm), "extend.reached");
    let mut bytes = fs::read(&signed).unwrap();
    bytes[20] ^= 1;
    fs::write(desk.path("broken.pdf"), &bytes).unwrap();
    assert!(["extend.not_good", "pdf.syntax"].contains(&refused(&desk.path("broken.pdf"), Level::Archive)));
    // Whoever signed is unknown to another office.
    let stranger = Desk::new();
    let strange = stranger.sign(stranger.request(&input, "strange.pdf", Level::Basic)).unwrap().output;
    assert_eq!(refused(&strange, Level::Archive), "extend.not_good");
    // A certification that forbids every change forbids stamps too: readers would call it broken.
    let certified = desk.sign(desk.request(&input, "certified.pdf", Level::Basic)).unwrap().output;
    let bytes = fs::read(&certified).unwrap();
    let at = bytes.windows(4).position(|window| window == b"/P 2").expect("our certification allows signatures");
    let mut closed = bytes;
    closed[at + 3] = b'1';
    fs::write(desk.path("closed.pdf"), &closed).unwrap();
    assert_eq!(refused(&desk.path("closed.pdf"), Level::Archive), "extend.not_good");
}

/// A time stamping authority of openssl's: our request and its answer are read by a program of others.
fn authority(folder: &Path) -> Option<Server> {
    let openssl = program("openssl")?;
    let step = |arguments: &[&str]| {
        let (output, text) = run(Command::new(&openssl).current_dir(folder).args(arguments));
        assert!(output.status.success(), "{text}");
    };
    fs::write(
        folder.join("tsa.cnf"),
        "[tsa]\ndefault_tsa=own\n[own]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\ncerts=ca-tsa.pem\n\
         signer_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\n\
         [ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
         [leaf]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
         extendedKeyUsage=critical,timeStamping\n",
    )
    .unwrap();
    fs::write(folder.join("serial"), "01").unwrap();
    step(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca-tsa.key",
        "-out",
        "ca-tsa.pem",
        "-subj",
        "/CN=AC do Carimbo de Exemplo",
        "-days",
        "30",
        "-config",
        "tsa.cnf",
        "-extensions",
        "ca",
    ]);
    step(&[
        "req",
        "-new",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "tsa.key",
        "-out",
        "tsa.csr",
        "-subj",
        "/CN=Carimbo de Exemplo",
        "-config",
        "tsa.cnf",
    ]);
    step(&[
        "x509",
        "-req",
        "-in",
        "tsa.csr",
        "-CA",
        "ca-tsa.pem",
        "-CAkey",
        "ca-tsa.key",
        "-CAcreateserial",
        "-days",
        "20",
        "-extfile",
        "tsa.cnf",
        "-extensions",
        "leaf",
        "-out",
        "tsa.pem",
    ]);
    // One more certificate in its chain, and the token fits into no room.
    let config = fs::read_to_string(folder.join("tsa.cnf")).unwrap();
    fs::write(folder.join("big.cnf"), format!("{config}[big]\nnsComment={}\n", "x".repeat(20_000))).unwrap();
    fs::write(folder.join("large.cnf"), config.replace("certs=ca-tsa.pem", "certs=big.pem")).unwrap();
    let big = "req -x509 -key tsa.key -out big.pem -subj /CN=Grande -days 9 -config big.cnf -extensions big";
    step(&big.split(' ').collect::<Vec<_>>());
    let folder = folder.to_owned();
    Some(Server::start(move |asked: &Asked| {
        assert_eq!(asked.header("content-type"), Some("application/timestamp-query"));
        if asked.path == "/down" {
            return Reply::Answer { status: 503, headers: Vec::new(), body: Vec::new() };
        }
        if asked.path == "/no" {
            return Reply::Answer { status: 200, headers: Vec::new(), body: cades::time_stamp::refused(14) };
        }
        let config = if asked.path == "/large" { "large.cnf" } else { "tsa.cnf" };
        fs::write(folder.join("query.tsq"), &asked.body).unwrap();
        let (output, text) = run(Command::new(&openssl).current_dir(&folder).args([
            "ts",
            "-reply",
            "-config",
            config,
            "-queryfile",
            "query.tsq",
            "-out",
            "reply.tsr",
        ]));
        assert!(output.status.success(), "{text}");
        Reply::Answer { status: 200, headers: Vec::new(), body: fs::read(folder.join("reply.tsr")).unwrap() }
    }))
}

#[test]
fn an_authority_of_others_stamps_and_the_next_one_is_asked_when_one_fails() {
    let desk = Desk::new();
    let Some(server) = authority(desk.folder.path()) else { return };
    let input = root().join("assets/samples/certidao-imovel.pdf");
    let address = |path: &str| format!("{}{path}", server.url());
    let mut request = desk.request(&input, "untrusted.pdf", Level::Time);
    request.time_stampers = vec![address("/down"), address("/no"), address("/large"), address("/")];
    // Whoever stamped is not trusted here: such a file would not be called valid, and gets no name.
    let refused = desk.sign(request.clone());
    assert_eq!(refused.unwrap_err().code(), "pdf.self_check");
    assert!(!desk.path("untrusted.pdf").exists());
    desk.office.import_trust(&desk.path("ca-tsa.pem"), office::trust_store::Role::Office).unwrap();
    request.output = Some(desk.path("trusted.pdf"));
    desk.sign(request.clone()).unwrap();
    if let Some(openssl) = program("openssl") {
        let bytes = fs::read(desk.path("trusted.pdf")).unwrap();
        let facts = pades::extract(&bytes).unwrap();
        let token = &facts.signatures[0].cms.as_ref().unwrap().time_stamps[0];
        assert_eq!(token.cms.certificates.len(), 2, "the authority's chain");
        let (output, text) = run(Command::new(openssl).current_dir(desk.folder.path()).args([
            "ts",
            "-verify",
            "-queryfile",
            "query.tsq",
            "-in",
            "reply.tsr",
            "-CAfile",
            "ca-tsa.pem",
        ]));
        assert!(output.status.success(), "{text}");
    }
    // The authority's evidence cannot be had: what is asked for is made, or the person is told how far it went.
    request.time_stampers = vec![address("/")];
    request.level = Level::LongTerm;
    request.output = Some(desk.path("lower.pdf"));
    assert_eq!(desk.sign(request.clone()).unwrap_err().code(), "level.incomplete");
    assert!(!desk.path("lower.pdf").exists());
    request.or_lower = true;
    let lower = desk.sign(request.clone()).unwrap();
    assert_eq!((lower.level, lower.lowered), (Level::Time, Some("level.incomplete")));
    request.time_stampers = vec![address("/down")];
    request.output = Some(desk.path("lowest.pdf"));
    let lowest = desk.sign(request.clone()).unwrap();
    assert_eq!((lowest.level, lowest.lowered), (Level::Basic, Some("stamp.failed")));
    desk.assert_judged(&lowest.output, Level::Basic, 1);
    request.or_lower = false;
    for path in ["/down", "/no", "/large"] {
        request.time_stampers = vec![address(path)];
        request.output = Some(desk.path("never.pdf"));
        let refused = desk.sign(request.clone()).unwrap_err();
        assert_eq!(refused.code(), "stamp.failed", "{path}");
        assert!(!desk.path("never.pdf").exists());
    }
}
