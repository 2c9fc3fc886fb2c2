//! Reading what other programs wrote: every file style, byte by byte, with lopdf as the second reader.

use std::{fs, process::Command};

use acceptance::{Dice, TestOffice, judges_python, program, root, run, samples};
use pades::Verdict;
use pdf::{Document, Home, Kind, Location, ObjectId, Value};

/// Each sample in every style that qpdf can write: name, bytes.
fn styles() -> Vec<(String, Vec<u8>)> {
    let mut styles = Vec::new();
    let Some(qpdf) = program("qpdf") else { return styles };
    let folder = tempfile::tempdir().unwrap();
    for sample in samples() {
        let name = sample.file_stem().unwrap().to_string_lossy().into_owned();
        styles.push((name.clone(), fs::read(&sample).unwrap()));
        for (style, options) in [
            ("classic", &["--object-streams=disable"][..]),
            ("streams", &["--object-streams=generate"]),
            ("linear", &["--linearize", "--object-streams=disable"]),
            ("linear-streams", &["--linearize", "--object-streams=generate"]),
            ("rc4-128", &["--allow-weak-crypto", "--encrypt", "", "dono", "128", "--use-aes=n", "--"]),
            ("aes-128", &["--allow-weak-crypto", "--encrypt", "", "dono", "128", "--use-aes=y", "--"]),
            ("aes-256", &["--encrypt", "", "dono", "256", "--"]),
            ("aes-256-streams", &["--object-streams=generate", "--encrypt", "", "dono", "256", "--"]),
        ] {
            let path = folder.path().join("styled.pdf");
            let (output, text) = run(Command::new(&qpdf).args(options).arg(&sample).arg(&path));
            assert!(output.status.code() != Some(2), "{name} {style}: {text}");
            styles.push((format!("{name} {style}"), fs::read(&path).unwrap()));
        }
    }
    styles
}

/// Numbers of all objects in use in the newest revision.
fn numbers(document: &Document<'_>) -> Vec<u32> {
    (1..document.next_number())
        .filter(|number| !matches!(document.locate(*number, document.newest()), None | Some(Location::Free)))
        .collect()
}

fn id_of(document: &Document<'_>, number: u32) -> ObjectId {
    match document.locate(number, document.newest()) {
        Some(Location::Offset { generation, .. }) => ObjectId { number, generation },
        _ => ObjectId::new(number),
    }
}

#[test]
fn every_object_of_every_style_is_read_and_has_its_span() {
    for (name, bytes) in styles() {
        let document = Document::open(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(document.anomalies(), [], "{name}");
        assert_eq!(document.is_encrypted(), name.contains("rc4") || name.contains("aes"), "{name}");
        let numbers = numbers(&document);
        assert!(numbers.len() > 4, "{name}");
        for number in numbers {
            let object =
                document.object(id_of(&document, number)).unwrap_or_else(|error| panic!("{name} {number}: {error}"));
            if let Home::TopLevel(span) = object.home {
                let text = &bytes[span];
                assert!(
                    text.starts_with(format!("{number} ").as_bytes()) && text.ends_with(b"endobj"),
                    "{name} {number}"
                );
            }
        }
    }
}

fn same(ours: &Value, theirs: &lopdf::Object) -> bool {
    use lopdf::Object;
    match (&ours.kind, theirs) {
        (Kind::Null, Object::Null) => true,
        (Kind::Boolean(a), Object::Boolean(b)) => a == b,
        (Kind::Integer(a), Object::Integer(b)) => a == b,
        (Kind::Real(a), Object::Real(b)) => (a - f64::from(*b)).abs() <= a.abs() * 1e-5 + 1e-5,
        (Kind::String { bytes, .. }, Object::String(other, _)) => bytes == other,
        (Kind::Name(a), Object::Name(b)) => a == b,
        (Kind::Reference(a), Object::Reference(b)) => (a.number, a.generation) == *b,
        (Kind::Array(a), Object::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Kind::Dictionary(a), Object::Dictionary(b)) => same_keys(a, b),
        (Kind::Dictionary(a), Object::Stream(b)) => same_keys(a, &b.dict),
        _ => false,
    }
}

fn same_keys(ours: &pdf::Dictionary, theirs: &lopdf::Dictionary) -> bool {
    // lopdf writes /Length into the dictionaries of streams it has decrypted.
    ours.entries
        .iter()
        .all(|entry| entry.key == b"Length" || theirs.get(&entry.key).is_ok_and(|value| same(&entry.value, value)))
}

#[test]
fn a_second_reader_reads_the_same_values() {
    let mut compared = 0;
    for (name, bytes) in styles() {
        let document = Document::open(&bytes).unwrap();
        let second = lopdf::Document::load_mem(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        for number in numbers(&document) {
            let id = id_of(&document, number);
            let object = document.object(id).unwrap();
            let Ok(theirs) = second.get_object((id.number, id.generation)) else { continue };
            // Containers and the encryption's own dictionary are consumed by lopdf while it reads.
            let kind = object.value.as_dictionary().and_then(|keys| keys.name(b"Type"));
            if matches!(kind, Some(b"XRef" | b"ObjStm"))
                || document.trailer().unwrap().get(b"Encrypt").and_then(Value::as_reference) == Some(id)
            {
                continue;
            }
            assert!(same(&object.value, theirs), "{name} {number}\n{:?}\n{theirs:?}", object.value);
            if let (Some(_), lopdf::Object::Stream(stream)) = (&object.data, theirs) {
                let is_picture =
                    stream.dict.get(b"Subtype").is_ok_and(|kind| kind.as_name().is_ok_and(|kind| kind == b"Image"));
                if !is_picture {
                    let decoded = document.decoded(&object).unwrap();
                    assert_eq!(
                        decoded,
                        stream.decompressed_content().unwrap_or_else(|_| stream.content.clone()),
                        "{name} {number}"
                    );
                }
            }
            compared += 1;
        }
    }
    assert!(compared > 300 || program("qpdf").is_none(), "{compared} objects compared");
}

#[test]
fn bytes_before_the_header_are_read_past_and_said() {
    let bytes = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let shifted = [b"From: correio\r\n\r\n".as_slice(), &bytes].concat();
    let document = Document::open(&shifted).unwrap();
    assert_eq!(document.anomalies(), [pdf::Anomaly::PrefixBytes(17)]);
    assert_eq!(numbers(&document), numbers(&Document::open(&bytes).unwrap()));
}

#[test]
fn each_signature_adds_one_revision_and_all_can_be_looked_at() {
    let office = TestOffice::new();
    for (name, bytes) in styles().into_iter().filter(|(name, _)| !name.contains("rc4") && !name.contains("aes")) {
        let before = Document::open(&bytes).unwrap().revisions().len();
        let once = office.sign(&bytes, "p-256", "ecdsa-p256-sha256");
        let twice = office.sign(&once, "p-256", "ecdsa-p256-sha256");
        let document = Document::open(&twice).unwrap();
        assert_eq!(document.revisions().len(), before + 2, "{name}");
        assert!(document.revisions()[before - 1].end <= bytes.len(), "{name}: the original's end");
        assert_eq!(document.revisions()[before].end, once.len(), "{name}");
        for revision in 0..document.revisions().len() {
            document.root_at(revision).unwrap();
        }
        assert_eq!(office.verdict(&twice), Some(Verdict::Valid), "{name}");
    }
}

#[test]
fn signatures_that_pyhanko_writes_are_valid_with_its_root() {
    let Some(python) = judges_python() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, options) in [("pades", &[][..]), ("adbe", &["--adbe"])] {
        let (out, pem) = (folder.path().join(format!("{name}.pdf")), folder.path().join(format!("{name}.pem")));
        let (output, text) = run(Command::new(&python)
            .arg(root().join("tests/judges/pyhanko_sign.py"))
            .arg(root().join("assets/samples/certidao-imovel.pdf"))
            .arg(&out)
            .arg(&pem)
            .args(options));
        assert!(output.status.success(), "{text}");
        let root = trust::read_certificates(&fs::read(&pem).unwrap()).unwrap();
        let facts = pades::extract(&fs::read(&out).unwrap()).unwrap();
        let policy = pades::Policy {
            evidence: trust::revocation::Evidence::default(),
            without_revocation: Vec::new(),
            anchors: trust::Anchors::new("de teste", root),
            issuers: Vec::new(),
            time: acceptance::now(),
            revocation: pades::RevocationRule::IfPresent,
        };
        let judgement = pades::judge(&facts, &policy);
        assert_eq!(judgement.verdict, Some(Verdict::Valid), "{name}: {:?}", judgement.signatures);
    }
}

/// Whatever the bytes are, reading them ends in an answer.
#[test]
fn damaged_files_end_in_an_answer_and_never_in_valid() {
    let office = TestOffice::new();
    let mut dice = Dice::new(99);
    for sample in samples() {
        let signed = office.sign(&fs::read(sample).unwrap(), "p-256", "ecdsa-p256-sha256");
        for _ in 0..60 {
            let mut bytes = signed.clone();
            match dice.roll(4) {
                0 => bytes.truncate(dice.roll(signed.len())),
                1 => {
                    let (at, length) = (dice.roll(signed.len()), dice.roll(300) + 1);
                    bytes.drain(at..(at + length).min(signed.len()));
                }
                2 => {
                    let (at, piece) = (dice.roll(signed.len()), dice.roll(signed.len() - 400));
                    let copy = signed[piece..piece + 1 + dice.roll(399)].to_vec();
                    bytes.splice(at..at, copy);
                }
                _ => {
                    for _ in 0..=dice.roll(20) {
                        let at = dice.roll(bytes.len());
                        bytes[at] = dice.roll(256) as u8;
                    }
                }
            }
            if bytes != signed {
                assert_ne!(office.verdict(&bytes), Some(Verdict::Valid));
            }
        }
    }
}

/// A file whose catalog is as given, with further objects; offsets are right.
fn built(catalog: &str, objects: &[String]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, body) in std::iter::once(&catalog.to_owned()).chain(objects).enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{body}\nendobj\n", number + 1).as_bytes());
    }
    let at = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f\r\n", offsets.len() + 1).as_bytes());
    for offset in &offsets {
        bytes.extend(format!("{offset:010} 00000 n\r\n").as_bytes());
    }
    bytes
        .extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n", offsets.len() + 1).as_bytes());
    bytes
}

#[test]
fn files_that_unfold_share_or_loop_end_in_an_answer() {
    let form = |fields: &str| format!("<< /Type /Catalog /AcroForm << /Fields {fields} >> >>");
    let kids = |count: usize, number: usize| format!("[{}]", format!("{number} 0 R ").repeat(count));
    let files = [
        ("fields in a circle", built(&form("[2 0 R]"), &["<< /T (a) /Kids [2 0 R 1 0 R] >>".to_owned()])),
        (
            "one long name, many children",
            built(&form("[2 0 R]"), &[
                format!("<< /T ({}) /Kids 3 0 R >>", "x".repeat(500_000)),
                format!("[{}]", "<< /T (y) /FT /Sig >> ".repeat(2_000)),
            ]),
        ),
        (
            "one large value under many fields",
            built(&form(&format!("[{}]", "<< /FT /Sig /T (a) /V 2 0 R >> ".repeat(2_000))), &[format!(
                "<< /Type /Sig /Filter /F /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <{}> >>",
                "30".repeat(500_000)
            )]),
        ),
        ("depth", built(&form(&"[".repeat(100_000)), &[])),
        ("references to references", built("2 0 R", &["3 0 R".to_owned(), "2 0 R".to_owned()])),
        (
            "filter parameters that double at every step",
            built(&form("[3 0 R]"), &std::iter::once(String::new())
                .chain((3..30).map(|number| format!("[{0} 0 R {0} 0 R]", number + 1)))
                .chain(["<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /DecodeParms 4 0 R /Length 3 >>\nstream\nabc\nendstream".to_owned()])
                .collect::<Vec<_>>()),
        ),
        ("a page tree of shared lists", built("<< /Type /Catalog /Pages 2 0 R >>", &[
            format!("<< /Kids {} >>", kids(100_000, 3)),
            format!("<< /Kids {} >>", kids(100_000, 2)),
        ])),
        ("an endless /Prev", b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f\r\ntrailer\n<< /Size 1 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n".to_vec()),
        ("nothing but trailers", b"%PDF-1.7\ntrailer << /Root (".repeat(20_000)),
        ("nothing but headers", [b"%PDF-1.7\n".to_vec(), b"1 0 obj<</XRef(".repeat(100_000)].concat()),
    ];
    let office = TestOffice::new();
    for (name, bytes) in files {
        assert_ne!(office.verdict(&bytes), Some(Verdict::Valid), "{name}");
        let _ = acceptance::try_sign(&bytes, &office.signer("p-256"), "ecdsa-p256-sha256");
    }
}

#[test]
fn damaged_certificates_and_signatures_end_in_an_answer() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let (cms, _) = acceptance::last_signature(&office.sign(&original, "rsa-2048", "rsa-pss-sha256"));
    let certificate = office.office.root().der().to_vec();
    let mut dice = Dice::new(5);
    for _ in 0..20_000 {
        for whole in [&cms, &certificate] {
            let mut bytes = whole.clone();
            for _ in 0..=dice.roll(3) {
                let at = dice.roll(bytes.len());
                bytes[at] = dice.roll(256) as u8;
            }
            bytes.truncate(bytes.len() - if dice.roll(4) == 0 { dice.roll(bytes.len()) } else { 0 });
            if let Ok(signed) = cades::SignedData::parse(&bytes) {
                for signer in &signed.signers {
                    let _ = (signer.message_digest(), signer.signing_certificates(), signer.signed_bytes());
                }
            }
            if let Ok(certificate) = cades::Certificate::parse(&bytes) {
                let _ = (certificate.key_usage(), certificate.basic_constraints(), certificate.subject_label());
            }
        }
    }
}

#[test]
fn a_stream_that_readers_may_decode_in_different_ways_is_not_decoded() {
    for keys in ["/F /ASCIIHexDecode", "/DP << >>", "/FFilter /ASCIIHexDecode", "/Filter [null]", "/Filter 7"] {
        let bytes = built("<< /Type /Catalog >>", &[format!("<< {keys} /Length 4 >>\nstream\n4142\nendstream")]);
        let document = Document::open(&bytes).unwrap();
        let object = document.object(ObjectId::new(2)).unwrap();
        assert_eq!(document.decoded(&object), Err(pdf::PdfError::Stream), "{keys}");
    }
}
