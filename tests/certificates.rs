//! Certificates for keys in KMS: the office's own authority, AWS Private CA, and what is put in use. The doubles that
//! stand for the services are judged by botocore's own clients first.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use acceptance::{
    cartorio,
    doubles::{kms::Kms, private_ca::PrivateCa},
    judges_python, program, root, run,
};
use serde_json::Value;

/// A computer of the office, both services, and three people.
struct Desk {
    folder: tempfile::TempDir,
    kms: Kms,
    ca: PrivateCa,
}

/// Who asks.
#[derive(Clone, Copy)]
enum Person {
    Administrator,
    Clerk,
    Registrar,
    Authority,
}

impl Person {
    const ALL: [Self; 4] = [Self::Administrator, Self::Clerk, Self::Registrar, Self::Authority];

    fn access(self) -> &'static str {
        match self {
            Self::Administrator => "ADMIN",
            Self::Clerk => "CLERK",
            Self::Registrar => "REGISTRAR",
            Self::Authority => "AUTHORITY",
        }
    }

    fn role(self) -> &'static str {
        match self {
            Self::Administrator => "AWSReservedSSO_Administracao_0123456789abcdef",
            Self::Clerk => "AWSReservedSSO_Assinatura_0123456789abcdef",
            Self::Registrar => "AWSReservedSSO_Cadastro_0123456789abcdef",
            Self::Authority => "AWSReservedSSO_Autoridade_0123456789abcdef",
        }
    }
}

fn with_people(kms: &Kms) {
    kms.set(|double| {
        for person in Person::ALL {
            let name = (person.role().to_owned(), "maria.exemplo".to_owned());
            double.people.insert(person.access().to_owned(), name);
        }
    });
}

impl Desk {
    fn new() -> Self {
        let (kms, ca) = (Kms::start(), PrivateCa::start());
        with_people(&kms);
        let folder = tempfile::tempdir().unwrap();
        fs::copy(root().join("assets/samples/certidao-imovel.pdf"), folder.path().join("a.pdf")).unwrap();
        let desk = Self { folder, kms, ca };
        desk.environment("");
        desk
    }

    /// Writes the file of the environment dev, with more lines if need be.
    fn environment(&self, more: &str) {
        let folder = self.folder.path().join("home/ambientes");
        fs::create_dir_all(&folder).unwrap();
        let (kms, ca, authority) = (self.kms.url(), self.ca.url(), self.ca.authority());
        let text = format!(
            "version = 1\nname = \"dev\"\naccount = \"123456789012\"\nkey = \"alias/assinatura\"\n\
             credentials = \"server\"\nprivate_ca = \"{authority}\"\n{more}\
             [endpoints]\naws = \"{kms}\"\nstand_by = \"{kms}\"\nprivate_ca = \"{ca}\"\n"
        );
        fs::write(folder.join("dev.toml"), text).unwrap();
    }

    fn call(&self, person: Person, arguments: &[&str]) -> (Output, String) {
        run(Command::new(cartorio())
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.folder.path())
            .env("CARTORIO_HOME", self.folder.path().join("home"))
            .env("CARTORIO_ENV", "dev")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", person.access())
            .env("AWS_SECRET_ACCESS_KEY", "x"))
    }

    /// What a call prints as JSON.
    fn prints(&self, person: Person, arguments: &[&str]) -> Value {
        let (output, text) = self.call(person, &[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {text}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }

    fn does(&self, person: Person, arguments: &[&str]) -> String {
        let (output, text) = self.call(person, arguments);
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    }

    /// A call is refused with that code, cause and remedy.
    fn refuses(&self, person: Person, arguments: &[&str], code: &str) {
        let (output, text) = self.call(person, arguments);
        // 64: what is missing has to be said by whoever calls.
        assert!(matches!(output.status.code(), Some(1 | 64)), "{arguments:?}: {text}");
        let at = text.find(&format!("[{code}]")).unwrap_or_else(|| panic!("{code}: {text}"));
        let words = text[at..].lines().skip(1).filter(|line| line.starts_with("  ") && line.len() > 12).count();
        assert_eq!(words, 2, "cause and remedy: {text}");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The key that signs documents, as an administrator makes it.
    fn create_key(&self, more: &[&str]) {
        let create = ["keys", "create", "--alias", "assinatura", "--signers", "Assinatura", "--requesters", "Cadastro"];
        self.does(Person::Administrator, &[&create[..], &["--confirm", "alias/assinatura"], more].concat());
    }

    /// A request of the office's key.
    fn request(&self, person: Person) {
        let subject = "CN=Maria de Exemplo, O=1º Ofício de Exemplo, C=BR";
        self.does(person, &["csr", "--subject", subject, "--out", "pedido.csr", "--overwrite"]);
    }

    /// Two keys and an authority on them.
    fn found_authority(&self) -> Value {
        for alias in ["ac-raiz", "ac-emissora"] {
            let name = format!("alias/{alias}");
            let create = ["keys", "create", "--use", "authority", "--kind", "p-256", "--signers", "Autoridade"];
            self.does(Person::Administrator, &[&create[..], &["--alias", alias, "--confirm", &name]].concat());
        }
        self.prints(Person::Authority, &CREATE)
    }

    fn openssl(&self, arguments: &[&str]) -> (Output, String) {
        run(Command::new(program("openssl").expect("openssl")).current_dir(self.folder.path()).args(arguments))
    }

    /// What openssl says of a chain, lists of both authorities included.
    fn chain_holds(&self, root: &str, untrusted: &str, lists: &str, leaf: &str) -> bool {
        let arguments = ["verify", "-crl_check_all", "-x509_strict", "-CAfile", root, "-untrusted", untrusted];
        let (output, text) = self.openssl(&[&arguments[..], &["-CRLfile", lists, leaf]].concat());
        assert!(output.status.success() || text.contains("certificate revoked"), "{text}");
        output.status.success()
    }
}

const CREATE: [&str; 13] = [
    "ca",
    "create",
    "--root-key",
    "alias/ac-raiz",
    "--issuing-key",
    "alias/ac-emissora",
    "--root",
    "CN=AC Raiz do 1º Ofício de Exemplo, C=BR",
    "--issuing",
    "CN=AC Emissora do 1º Ofício de Exemplo, C=BR",
    "--list-url=http://exemplo.invalid/emissora.crl",
    "--confirm",
    "alias/ac-raiz",
];

#[test]
fn the_double_of_kms_is_what_botocore_expects() {
    let Some(python) = judges_python() else { return };
    let kms = Kms::start();
    with_people(&kms);
    let script = root().join("tests/judges/kms_double.py");
    let (output, text) = run(Command::new(python).arg(script).arg(kms.url()));
    assert!(output.status.success() && text.contains("judged right"), "{text}");
}

#[test]
fn the_double_of_private_ca_is_what_botocore_expects() {
    let Some(python) = judges_python() else { return };
    let ca = PrivateCa::start();
    let script = root().join("tests/judges/private_ca.py");
    let (output, text) = run(Command::new(python).arg(script).args([ca.url(), ca.authority()]));
    assert!(output.status.success() && text.contains("judged right"), "{text}");
}

#[test]
fn the_policy_of_a_new_key_lets_each_do_their_own_and_nothing_else() {
    let desk = Desk::new();
    desk.create_key(&["--algorithm", "rsa-pss-sha256"]);
    desk.refuses(Person::Administrator, &["csr", "--subject", "CN=x", "--out", "x.csr"], "kms.access_denied");
    desk.refuses(Person::Clerk, &["csr", "--subject", "CN=x", "--out", "x.csr"], "kms.access_denied");
    // Whoever has certificates made signs the request in the older way, and no document.
    desk.request(Person::Registrar);
    let (output, text) = desk.openssl(&["req", "-verify", "-noout", "-in", "pedido.csr"]);
    assert!(output.status.success() && text.contains("verify OK"), "{text}");
    desk.found_authority();
    desk.does(Person::Authority, &["ca", "issue", "pedido.csr", "--out", "maria.pem", "--confirm", "Maria de Exemplo"]);
    desk.refuses(Person::Clerk, &["certificate", "import", "maria.pem"], "kms.access_denied");
    // The environment says how the key signs; then the clerk's own way is open.
    desk.environment("algorithm = \"rsa-pss-sha256\"\n");
    desk.does(Person::Clerk, &["certificate", "import", "maria.pem"]);
    desk.does(Person::Clerk, &["sign", "a.pdf", "--out", "b.pdf"]);
    acceptance::assert_pdfsig(&desk.path("b.pdf"), 1);
    desk.refuses(
        Person::Clerk,
        &["sign", "a.pdf", "--out", "c.pdf", "--algorithm", "rsa-pkcs1-sha256"],
        "kms.access_denied",
    );
    desk.refuses(Person::Registrar, &["sign", "a.pdf", "--out", "c.pdf"], "kms.access_denied");
    desk.refuses(Person::Administrator, &["sign", "a.pdf", "--out", "c.pdf"], "kms.access_denied");
    assert!(!desk.path("c.pdf").exists());
    // A key of the authority signs no document, and a document's key founds no authority.
    let create: Vec<&str> =
        CREATE.iter().map(|word| word.strip_prefix("alias/ac-raiz").map_or(*word, |_| "alias/assinatura")).collect();
    fs::remove_dir_all(desk.path("home/autoridade")).unwrap();
    desk.refuses(Person::Clerk, &create, "kms.wrong_tag");
}

#[test]
fn an_office_issues_and_revokes_with_its_own_authority() {
    let desk = Desk::new();
    desk.create_key(&[]);
    desk.request(Person::Clerk);
    desk.refuses(Person::Authority, &["ca", "show"], "authority.none");
    let state = desk.found_authority();
    desk.refuses(Person::Authority, &CREATE, "authority.exists");
    let folder = PathBuf::from(state["folder"].as_str().unwrap());
    let file = |name: &str| folder.join(name).display().to_string();

    let issue = ["ca", "issue", "pedido.csr", "--out", "maria.pem"];
    desk.refuses(Person::Authority, &issue, "kms.not_confirmed");
    desk.refuses(
        Person::Authority,
        &[&issue[..], &["--days", "4000", "--confirm", "Maria de Exemplo"]].concat(),
        "authority.lifetime",
    );
    assert!(!desk.path("maria.pem").exists(), "nothing is issued before it is confirmed");
    let issued = desk.prints(Person::Authority, &[&issue[..], &["--confirm", "Maria de Exemplo"]].concat());
    desk.refuses(Person::Authority, &[&issue[..], &["--confirm", "Maria de Exemplo"]].concat(), "file.exists");

    let lists = |name: &str| {
        let (both, _) = (desk.path(name), ());
        let pem: String = ["emissora.crl", "raiz.crl"]
            .iter()
            .map(|list| {
                let (output, text) = desk.openssl(&["crl", "-inform", "DER", "-in", &file(list)]);
                assert!(output.status.success(), "{text}");
                String::from_utf8(output.stdout).unwrap()
            })
            .collect();
        fs::write(both, pem).unwrap();
    };
    lists("antes.pem");
    let (root, issuing) = (file("raiz.pem"), file("emissora.pem"));
    assert!(desk.chain_holds(&root, &issuing, "antes.pem", "maria.pem"));
    let (_, text) = desk.openssl(&["x509", "-in", "maria.pem", "-noout", "-text"]);
    for said in ["Digital Signature, Non Repudiation", "CA:FALSE", "1.3.6.1.5.5.7.3.36", "exemplo.invalid/emissora.crl"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }

    let installed = desk.prints(Person::Clerk, &["certificate", "import", "maria.pem"]);
    assert_eq!(installed["class"], "class-unknown", "nobody was told to trust that root yet: {installed}");
    desk.does(Person::Clerk, &["trust", "import", "--office", &root]);
    let installed = desk.prints(Person::Clerk, &["certificate", "import", "maria.pem"]);
    assert_eq!(installed["class"], "class-private-ca", "{installed}");
    desk.does(Person::Clerk, &["sign", "a.pdf", "--out", "b.pdf"]);
    acceptance::assert_pdfsig(&desk.path("b.pdf"), 1);
    acceptance::assert_pyhanko(&desk.path("b.pdf"), Path::new(&root), 1);

    let serial = issued["serial"].as_str().unwrap();
    let revoke = ["ca", "revoke", serial, "--reason", "chave-comprometida"];
    desk.refuses(Person::Authority, &revoke, "kms.not_confirmed");
    // Somebody left; that the key was in other hands is found out later, and takes the other reason's place.
    let left = ["ca", "revoke", serial, "--reason", "saiu", "--confirm", serial];
    desk.does(Person::Authority, &left);
    desk.does(Person::Authority, &[&revoke[..], &["--confirm", serial]].concat());
    desk.refuses(Person::Authority, &left, "authority.already_revoked");
    lists("depois.pem");
    assert!(!desk.chain_holds(&root, &issuing, "depois.pem", "maria.pem"), "openssl sees that it is revoked");
    desk.refuses(Person::Authority, &[&revoke[..], &["--confirm", serial]].concat(), "authority.already_revoked");
    desk.refuses(
        Person::Authority,
        &["ca", "revoke", "00ff", "--reason", "saiu", "--confirm", "00ff"],
        "authority.unknown_serial",
    );
    // Without its register nobody knows what it revoked: it is not founded anew over what is left.
    let (register, aside) = (desk.path("home/autoridade/dev/registro.json"), desk.path("registro.json"));
    fs::rename(&register, &aside).unwrap();
    desk.refuses(Person::Authority, &["ca", "show"], "authority.lost");
    fs::rename(&aside, &register).unwrap();
    // The same key gets no other certificate: it is in other hands.
    let again = ["ca", "issue", "pedido.csr", "--out", "outra.pem", "--confirm", "Maria de Exemplo"];
    desk.refuses(Person::Authority, &again, "authority.compromised_key");
    let state = desk.prints(Person::Authority, &["ca", "show"]);
    assert_eq!(state["issued"][0]["revoked"]["reason"], 1, "{state}");
    desk.does(Person::Authority, &["ca", "list", "--root"]);
    lists("de-novo.pem");
    assert!(!desk.chain_holds(&root, &issuing, "de-novo.pem", "maria.pem"));
    fs::write(desk.path("torto.csr"), "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n")
        .unwrap();
    desk.refuses(Person::Authority, &["ca", "issue", "torto.csr", "--out", "x.pem"], "certificate.request");
    // A name is certified only as it was shown: one common name, known parts, no other spelling of the authority's own.
    for subject in [
        "/CN=Maria/CN=Jose",
        "/CN=Maria/emailAddress=a@b.invalid",
        "/C=BR/O=Sem nome",
        "/CN=ac raiz do 1º ofício de exemplo/C=BR",
    ] {
        let made = [
            "req", "-new", "-utf8", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", "x.key", "-out",
            "x.csr",
        ];
        let (output, text) = desk.openssl(&made);
        assert!(output.status.success(), "{text}");
        desk.refuses(
            Person::Authority,
            &["ca", "issue", "x.csr", "--out", "x.pem", "--confirm", "Maria"],
            "sign.subject",
        );
    }
    let made =
        ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Outra", "-keyout", "x.key", "-out", "x.csr"];
    assert!(desk.openssl(&made).0.status.success());
    desk.refuses(
        Person::Authority,
        &["ca", "issue", "x.csr", "--days", "4000000000", "--out", "x.pem", "--confirm", "Outra"],
        "authority.lifetime",
    );
    // A register that cannot be read issues nothing.
    fs::write(folder.join("registro.json"), "{}").unwrap();
    desk.refuses(Person::Authority, &again, "authority.damaged");
}

#[test]
fn private_ca_issues_what_was_asked_for_and_revokes_it() {
    let desk = Desk::new();
    desk.create_key(&[]);
    let issue = ["certificate", "issue", "--subject", "CN=Maria de Exemplo, O=1º Ofício de Exemplo, C=BR"];
    let (output, text) = desk.call(Person::Clerk, &issue);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for shown in [
        "BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough/V1",
        "400 US$",
        "NonRepudiation",
        "[kms.not_confirmed]",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    assert!(!desk.ca.calls().contains(&"IssueCertificate".to_owned()), "nothing is ordered before it is confirmed");
    let confirmed = [&issue[..], &["--confirm", "Maria de Exemplo"]].concat();
    let issued = desk.prints(Person::Clerk, &confirmed);
    let file = issued["file"].as_str().unwrap().to_owned();
    fs::write(desk.path("raiz.pem"), desk.ca.root()).unwrap();
    fs::write(desk.path("listas.pem"), desk.ca.lists()).unwrap();
    assert!(desk.chain_holds("raiz.pem", &file, "listas.pem", &file));
    desk.does(Person::Clerk, &["sign", "a.pdf", "--out", "b.pdf"]);
    acceptance::assert_pdfsig(&desk.path("b.pdf"), 1);
    acceptance::assert_pyhanko(&desk.path("b.pdf"), &desk.path("raiz.pem"), 1);
    let (_, text) = desk.openssl(&["x509", "-in", &file, "-noout", "-text", "-nameopt", "utf8"]);
    assert!(text.contains("CN=Maria de Exemplo") && text.contains("1.3.6.1.5.5.7.3.36"), "{text}");

    let serial = issued["certificate"]["serial"].as_str().unwrap();
    let revoke = ["certificate", "revoke", serial, "--reason", "saiu"];
    desk.refuses(Person::Clerk, &revoke, "kms.not_confirmed");
    desk.does(Person::Clerk, &[&revoke[..], &["--confirm", serial]].concat());
    desk.refuses(Person::Clerk, &[&revoke[..], &["--confirm", serial]].concat(), "private_ca.already_revoked");
    fs::write(desk.path("listas.pem"), desk.ca.lists()).unwrap();
    assert!(!desk.chain_holds("raiz.pem", &file, "listas.pem", &file));
}

#[test]
fn private_ca_refuses_in_words() {
    let desk = Desk::new();
    desk.create_key(&[]);
    let confirmed = ["certificate", "issue", "--subject", "CN=Maria de Exemplo", "--confirm", "Maria de Exemplo"];
    let refuses = |change: &dyn Fn(&mut acceptance::doubles::private_ca::Behaviour), code: &str| {
        desk.ca.set(|double| change(double));
        desk.refuses(Person::Clerk, &confirmed, code);
        desk.ca.set(|double| {
            double.status = "ACTIVE".to_owned();
            double.mode = "GENERAL_PURPOSE".to_owned();
            double.other_key = None;
            double.fault = None;
        });
    };
    refuses(&|double| double.mode = "SHORT_LIVED_CERTIFICATE".to_owned(), "private_ca.short_lived");
    refuses(&|double| double.status = "DISABLED".to_owned(), "private_ca.inactive");
    for (status, shape, code) in [
        (400, "AccessDeniedException", "private_ca.denied"),
        (400, "LimitExceededException", "private_ca.limit"),
        (400, "InvalidArgsException", "private_ca.refused"),
        (400, "ResourceNotFoundException", "private_ca.not_found"),
        (400, "MalformedCSRException", "certificate.request"),
        (400, "ExpiredTokenException", "kms.expired_token"),
        (400, "SomethingNewException", "kms.unexpected"),
    ] {
        refuses(&|double| double.fault = Some((status, shape.to_owned())), code);
    }
    // What comes back is compared with what was asked for, and put in use only if it is that.
    let other = acceptance::TestOffice::new();
    let other = keys::Signer::chain(&other.signer("rsa-2048"))[0].spki.clone();
    refuses(&|double| double.other_key = Some(other.clone()), "private_ca.different");
    desk.refuses(Person::Clerk, &["certificate", "show"], "sign.no_certificate");
    let twice = ["certificate", "issue", "--subject", "CN=Maria, OU=a, OU=b", "--confirm", "Maria"];
    desk.refuses(Person::Clerk, &twice, "sign.subject");
    let long = ["certificate", "issue", "--subject", "CN=Maria", "--days", "5000", "--confirm", "Maria"];
    desk.refuses(Person::Clerk, &long, "authority.lifetime");
    // A certificate that takes its time is fetched later.
    desk.ca.set(|double| double.polls = 3);
    let issued = desk.prints(Person::Clerk, &confirmed);
    assert_eq!(issued["certificate"]["subject"], "Maria de Exemplo");
}

#[test]
fn a_certificate_is_put_in_use_only_after_every_check() {
    let desk = Desk::new();
    desk.create_key(&[]);
    desk.request(Person::Clerk);
    let folder = desk.found_authority()["folder"].as_str().unwrap().to_owned();
    let import = |file: &str, code: &str| desk.refuses(Person::Clerk, &["certificate", "import", file], code);
    fs::write(desk.path("lixo.pem"), "nada").unwrap();
    import("lixo.pem", "trust.no_certificate");
    import("nao-ha.pem", "file.not_found");
    import(&format!("{folder}/raiz.pem"), "kms.key_mismatch");
    desk.does(Person::Authority, &["ca", "issue", "pedido.csr", "--out", "maria.pem", "--confirm", "Maria de Exemplo"]);
    // The certificate alone: its issuers are nowhere on this computer.
    let whole = fs::read_to_string(desk.path("maria.pem")).unwrap();
    let end = whole.find("-----END CERTIFICATE-----\n").unwrap() + "-----END CERTIFICATE-----\n".len();
    fs::write(desk.path("so.pem"), &whole[..end]).unwrap();
    import("so.pem", "sign.chain_incomplete");
    // An authority of others, for the same key: with uses that are not for documents, and out of date.
    let unfit = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,keyEncipherment\nextendedKeyUsage=serverAuth\n";
    fs::write(desk.path("tls.cnf"), unfit).unwrap();
    fs::write(desk.path("fit.cnf"), "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n")
        .unwrap();
    let made =
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=AC", "-keyout", "ca.key", "-out", "ca.pem"];
    assert!(desk.openssl(&made).0.status.success());
    for (extensions, days, out) in [("tls.cnf", "30", "tls"), ("fit.cnf", "-1", "vencido"), ("fit.cnf", "20", "curto")]
    {
        let mut arguments =
            vec!["x509", "-req", "-in", "pedido.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "leaf.pem"];
        arguments.extend(["-extfile", extensions, "-days", days]);
        let (output, text) = desk.openssl(&arguments);
        assert!(output.status.success(), "{text}");
        let chain = [fs::read(desk.path("leaf.pem")).unwrap(), fs::read(desk.path("ca.pem")).unwrap()].concat();
        fs::write(desk.path(&format!("{out}.pem")), chain).unwrap();
    }
    import("tls.pem", "sign.chain_unfit");
    import("vencido.pem", "sign.certificate_not_valid");
    desk.refuses(Person::Clerk, &["certificate", "show"], "sign.no_certificate");
    desk.refuses(Person::Clerk, &["sign", "a.pdf"], "sign.no_certificate");

    let checked = desk.prints(Person::Clerk, &["certificate", "import", "maria.pem", "--check"]);
    assert!(checked["file"].is_null(), "only checked: {checked}");
    desk.refuses(Person::Clerk, &["certificate", "show"], "sign.no_certificate");
    let text = desk.does(Person::Clerk, &["certificate", "import", "maria.pem"]);
    assert!(text.contains("Maria de Exemplo") && text.contains("assinada com a chave e conferida"), "{text}");
    assert_eq!(desk.prints(Person::Clerk, &["certificate", "show"])["renewal_due"], false);
    // One that ends soon says so wherever it is used; the one before it is kept.
    let text = desk.does(Person::Clerk, &["certificate", "import", "curto.pem"]);
    let kept =
        text.lines().find_map(|line| line.strip_prefix("  O anterior fica em ")).unwrap_or_else(|| panic!("{text}"));
    assert_eq!(fs::read_to_string(kept).unwrap(), whole);
    let text = desk.does(Person::Clerk, &["sign", "a.pdf", "--out", "b.pdf"]);
    assert!(text.contains("Comece a renovação"), "{text}");
}

#[test]
fn a_service_that_stumbles_is_told_apart_from_one_that_refuses() {
    let desk = Desk::new();
    desk.environment("stand_by_region = \"us-east-1\"\n");
    desk.create_key(&["--multi-region"]);
    desk.request(Person::Clerk);
    desk.found_authority();
    desk.does(Person::Authority, &["ca", "issue", "pedido.csr", "--out", "maria.pem", "--confirm", "Maria de Exemplo"]);
    desk.does(Person::Clerk, &["certificate", "import", "maria.pem"]);
    desk.does(Person::Administrator, &["keys", "replica", "us-east-1", "--confirm", "us-east-1"]);
    let sign = |out: &str| ["sign".to_owned(), "a.pdf".to_owned(), "--out".to_owned(), out.to_owned()];
    let refuses = |out: &str, code: &str| {
        let arguments = sign(out);
        desk.refuses(Person::Clerk, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), code);
        assert!(!desk.path(out).exists());
    };
    desk.kms.set(|double| double.throttle_every = 2);
    desk.does(Person::Clerk, &["sign", "a.pdf", "--out", "gargalo.pdf"]);
    desk.kms.set(|double| double.throttle_every = 1);
    refuses("x.pdf", "kms.throttled");
    desk.kms.set(|double| {
        double.throttle_every = 0;
        double.expired.insert("CLERK".to_owned());
    });
    refuses("x.pdf", "kms.expired_token");
    desk.kms.set(|double| {
        double.expired.clear();
        double.minutes_ahead = 20;
    });
    let (_, text) = desk.call(Person::Clerk, &["sign", "a.pdf", "--out", "x.pdf"]);
    assert!(text.contains("[kms.clock_skewed]") && text.contains("20"), "{text}");
    desk.kms.set(|double| double.minutes_ahead = 0);
    // The Region fails once the key was checked there: what signs then is the replica, with the same certificate.
    let before = desk.kms.calls().len();
    desk.does(Person::Clerk, &["sign", "a.pdf", "--out", "perto.pdf"]);
    let calls = desk.kms.calls();
    assert_eq!(calls[before..], ["DescribeKey", "ListResourceTags", "GetPublicKey", "Sign"]);
    desk.kms.set(|double| {
        double.failing.insert("sa-east-1".to_owned());
    });
    refuses("x.pdf", "kms.network");
}
