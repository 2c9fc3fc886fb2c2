//! What must never be called valid: changed bits, and the attack classes that need no key.

use std::fs;

use acceptance::{Dice, TestOffice, program, root, run, samples, try_sign};
use pades::{Judgement, Verdict};

fn signed_sample(office: &TestOffice) -> Vec<u8> {
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    office.sign(&original, "rsa-2048", "rsa-pkcs1-sha256")
}

/// Positions of hexadecimal letters of `/Contents`: another case there is the same value, and nothing changed.
fn is_hex_letter(office: &TestOffice, bytes: &[u8], at: usize) -> bool {
    let (facts, _) = office.judge(bytes).unwrap();
    let inside = facts.signatures.iter().any(|signature| {
        let [_, a, b, _] = signature.byte_range.unwrap().map(|number| number as usize);
        (a..b).contains(&at)
    });
    inside && bytes[at].is_ascii_alphabetic()
}

fn assert_never_valid_with_a_flipped_bit(office: &TestOffice, bytes: &[u8], seed: u64, rounds: usize) {
    let mut dice = Dice::new(seed);
    for _ in 0..rounds {
        let (at, bit) = (dice.roll(bytes.len()), dice.roll(8));
        let mut changed = bytes.to_vec();
        changed[at] ^= 1 << bit;
        if bit == 5 && is_hex_letter(office, bytes, at) {
            continue;
        }
        let verdict = office.verdict(&changed);
        assert_ne!(verdict, Some(Verdict::Valid), "bit {bit} of byte {at}");
    }
}

#[test]
fn a_flipped_bit_is_never_valid() {
    let office = TestOffice::new();
    assert_never_valid_with_a_flipped_bit(&office, &signed_sample(&office), 2026, 200);
}

#[test]
fn a_flipped_bit_in_any_sample_with_two_signatures_is_never_valid() {
    let office = TestOffice::new();
    for (seed, sample) in (1..).zip(samples()) {
        let once = office.sign(&fs::read(sample).unwrap(), "p-256", "ecdsa-p256-sha256");
        let twice = office.sign(&once, "rsa-2048", "rsa-pss-sha256");
        assert_never_valid_with_a_flipped_bit(&office, &twice, seed, 100);
    }
}

#[test]
fn every_bit_of_the_signature_itself_counts() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let signed = office.sign(&original, "p-256", "ecdsa-p256-sha256");
    let (facts, _) = office.judge(&signed).unwrap();
    let [_, a, b, _] = facts.signatures[0].byte_range.unwrap().map(|number| number as usize);
    // Each digit is replaced by the next one: all of /Contents, chain included, byte by byte.
    for at in a + 1..b - 1 {
        let mut changed = signed.clone();
        changed[at] = match changed[at] {
            b'9' => b'A',
            b'F' | b'f' => b'0',
            digit => digit + 1,
        };
        assert_ne!(
            office.verdict(&changed),
            Some(Verdict::Valid),
            "digit {} of {}: {}",
            at - a,
            b - a,
            String::from_utf8_lossy(&signed[at - 60..at + 20])
        );
    }
}

/// A classic revision appended by someone without a key: objects, table, trailer.
struct Forgery {
    bytes: Vec<u8>,
    entries: Vec<(u32, Option<usize>)>,
    previous: usize,
    size: u32,
    root: String,
}

impl Forgery {
    fn on(bytes: &[u8]) -> Self {
        let document = pdf::Document::open(bytes).unwrap();
        let text = String::from_utf8_lossy(bytes);
        let previous = text.rsplit("startxref").next().unwrap().split_whitespace().next().unwrap().parse().unwrap();
        let root = document.trailer().unwrap().get(b"Root").unwrap().as_reference().unwrap();
        let mut bytes = bytes.to_vec();
        bytes.push(b'\n');
        Self {
            bytes,
            entries: Vec::new(),
            previous,
            size: document.next_number(),
            root: format!("{} {} R", root.number, root.generation),
        }
    }

    fn put(mut self, number: u32, body: &str) -> Self {
        self.entries.push((number, Some(self.bytes.len())));
        self.bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
        self.size = self.size.max(number + 1);
        self
    }

    fn free(mut self, number: u32) -> Self {
        self.entries.push((number, None));
        self
    }

    fn finish(self) -> Vec<u8> {
        let root = self.root.clone();
        self.finish_with(&format!("/Root {root}"))
    }

    fn finish_with(mut self, keys: &str) -> Vec<u8> {
        let at = self.bytes.len();
        self.bytes.extend(b"xref\n");
        for (number, offset) in &self.entries {
            let line = match offset {
                Some(offset) => format!("{number} 1\n{offset:010} 00000 n\r\n"),
                None => format!("{number} 1\n0000000000 00001 f\r\n"),
            };
            self.bytes.extend(line.as_bytes());
        }
        let end =
            format!("trailer\n<< /Size {} /Prev {} {keys} >>\nstartxref\n{at}\n%%EOF\n", self.size, self.previous);
        self.bytes.extend(end.as_bytes());
        self.bytes
    }
}

/// What a document is made of, for those who want to replace a part.
struct Parts {
    catalog: u32,
    page: u32,
    content: u32,
}

fn parts(bytes: &[u8]) -> Parts {
    let document = pdf::Document::open(bytes).unwrap();
    let newest = document.newest();
    let catalog = document.root().unwrap();
    let mut node = catalog.dictionary().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
    loop {
        let object = document.object(node).unwrap();
        let keys = object.dictionary().unwrap();
        match document.lookup(keys, b"Kids", newest).unwrap() {
            Some(kids) => node = kids.as_array().unwrap()[0].as_reference().unwrap(),
            None => {
                let contents = keys.get(b"Contents").unwrap();
                let content =
                    contents.as_reference().unwrap_or_else(|| contents.as_array().unwrap()[0].as_reference().unwrap());
                return Parts { catalog: catalog.id.number, page: node.number, content: content.number };
            }
        }
    }
}

fn raw(bytes: &[u8], number: u32) -> String {
    let document = pdf::Document::open(bytes).unwrap();
    String::from_utf8_lossy(document.object(pdf::ObjectId::new(number)).unwrap().raw_value()).into_owned()
}

/// The interactive form, an object of its own in what we write.
fn form(bytes: &[u8]) -> (u32, String) {
    let document = pdf::Document::open(bytes).unwrap();
    let catalog = document.root().unwrap();
    let form = catalog.dictionary().unwrap().get(b"AcroForm").unwrap().as_reference().unwrap().number;
    (form, raw(bytes, form))
}

/// A dictionary's text with one more element at the end of an array.
fn with_last(text: &str, array: &str, element: &str) -> String {
    let at = text.find(array).unwrap();
    let end = at + text[at..].find(']').unwrap();
    format!("{} {element}{}", &text[..end], &text[end..])
}

fn assert_not_valid(office: &TestOffice, what: &str, bytes: &[u8]) -> Option<Judgement> {
    let judged = office.judge(bytes).ok().map(|(_, judgement)| judgement);
    let verdict = judged.as_ref().and_then(|judgement| judgement.verdict);
    assert_ne!(verdict, Some(Verdict::Valid), "{what}");
    judged
}

const SHOWS_ANOTHER_TEXT: &str = "<< /Length 47 >>\nstream\nBT /F1 24 Tf 72 700 Td (Outro conteudo) Tj ET  \nendstream";

#[test]
fn revisions_appended_without_a_key_are_never_valid() {
    let office = TestOffice::new();
    let signed = signed_sample(&office);
    let Parts { catalog, page, content } = parts(&signed);
    let document = pdf::Document::open(&signed).unwrap();
    let next = document.next_number();
    let (catalog_now, page_now) = (raw(&signed, catalog), raw(&signed, page));
    let attacks: Vec<(&str, Vec<u8>)> = vec![
        ("the page's content is replaced", Forgery::on(&signed).put(content, SHOWS_ANOTHER_TEXT).finish()),
        ("the page's content is freed", Forgery::on(&signed).free(content).finish()),
        (
            "the page gains an annotation",
            Forgery::on(&signed)
                .put(next, "<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 800] /Contents (x) >>")
                .put(page, &page_now.replace("/Annots[", &format!("/Annots[{next} 0 R ")))
                .finish(),
        ),
        (
            "another page tree",
            Forgery::on(&signed)
                .put(next, &format!("<< /Type /Pages /Count 0 /Kids [] /X {content} 0 R >>"))
                .put(catalog, &catalog_now.replacen("/Pages ", &format!("/Pages {next} 0 R /Was "), 1))
                .finish(),
        ),
        ("another catalog", Forgery::on(&signed).put(next, &catalog_now).finish_with(&format!("/Root {next} 0 R"))),
        (
            "an open action",
            Forgery::on(&signed)
                .put(catalog, &catalog_now.replacen("<<", "<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> ", 1))
                .finish(),
        ),
        (
            "a field without a signature, over the page",
            Forgery::on(&signed)
                .put(
                    next,
                    &format!("<< /Type /Annot /Subtype /Widget /FT /Tx /T (x) /V (y) /Rect [0 0 9 9] /P {page} 0 R >>"),
                )
                .put(page, &page_now.replace("/Annots[", &format!("/Annots[{next} 0 R ")))
                .finish(),
        ),
        (
            "content named like a cross-reference stream",
            Forgery::on(&signed)
                .put(content, &SHOWS_ANOTHER_TEXT.replacen("<<", "<< /Type /ObjStm /N 0 /First 0", 1))
                .finish(),
        ),
        ("an empty revision that nobody signed", Forgery::on(&signed).finish()),
        ("bytes after the end", [&signed[..], b"\n% nada\n1 0 obj\n(x)\nendobj\n"].concat()),
        ("a broken end", [&signed[..], b"\nstartxref\n7\n%%EOF\n"].concat()),
    ];
    for (what, bytes) in &attacks {
        let judgement = assert_not_valid(&office, what, bytes);
        if let Some(judgement) = judgement {
            assert!(!judgement.signatures.is_empty() || what.contains("catalog") || what.contains("end"), "{what}");
        }
    }
}

/// The cross-reference stream of a later revision takes the number of the page's content.
#[test]
fn a_cross_reference_stream_cannot_take_the_place_of_a_page() {
    let office = TestOffice::new();
    let Some(qpdf) = program("qpdf") else { return };
    let input = office.folder.path().join("streams.pdf");
    let (output, text) = run(std::process::Command::new(qpdf)
        .args(["--object-streams=generate", "--stream-data=uncompress"])
        .arg(root().join("assets/samples/certidao-imovel.pdf"))
        .arg(&input));
    assert!(output.status.success(), "{text}");
    let signed = office.sign(&fs::read(input).unwrap(), "rsa-2048", "rsa-pkcs1-sha256");
    let Parts { content, .. } = parts(&signed);
    let document = pdf::Document::open(&signed).unwrap();
    let root = document.trailer().unwrap().get(b"Root").unwrap().as_reference().unwrap().number;
    let text = String::from_utf8_lossy(&signed);
    let previous: usize = text.rsplit("startxref").next().unwrap().split_whitespace().next().unwrap().parse().unwrap();
    let at = signed.len();
    let mut record = vec![1u8];
    record.extend(&u32::try_from(at).unwrap().to_be_bytes());
    record.push(0);
    // What a reader draws is the stream's data: operators may follow the records that /Index counts.
    let data = [&record[..], b" BT /F1 24 Tf 72 700 Td (Outro) Tj ET"].concat();
    let mut forged = signed.clone();
    forged.extend(
        format!(
            "{content} 0 obj\n<< /Type /XRef /W [1 4 1] /Index [{content} 1] /Size {} /Prev {previous} /Root {root} 0 R /Length {} >>\nstream\n",
            document.next_number(),
            data.len()
        )
        .as_bytes(),
    );
    forged.extend(&data);
    forged.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").as_bytes());
    assert!(!pdf::Document::open(&forged).unwrap().is_repaired(), "the attack is well-formed");
    let judgement = assert_not_valid(&office, "content as cross-reference stream", &forged).unwrap();
    assert_eq!(judgement.signatures[0].code, "change.altered");
}

/// A cross-reference entry of the signed revision that points behind its end: the object comes later, unsigned.
#[test]
fn an_object_cannot_stand_in_bytes_that_were_added_later() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let Parts { content, .. } = parts(&original);
    // Where the forged object will stand is only known after signing: one round to measure, one to forge.
    let mut place = original.len() + 20_000;
    for _ in 0..2 {
        let mut prepared = Forgery::on(&original).put(9_000, "(x)");
        prepared.entries.push((content, Some(place)));
        let prepared = prepared.finish();
        // The colluding author signs although the content cannot be read yet.
        let signed = office.sign(&prepared, "rsa-2048", "rsa-pkcs1-sha256");
        let mut forged = signed.clone();
        forged.push(b'\n');
        place = forged.len();
        let with_content = Forgery::on(&signed).put(9_999, "(y)").finish();
        let shown = format!("{content} 0 obj\n{SHOWS_ANOTHER_TEXT}\nendobj\n");
        forged.extend(shown.as_bytes());
        assert_not_valid(&office, "object behind the end", &forged);
        assert_not_valid(&office, "object behind the end, with a revision", &with_content);
    }
}

#[test]
fn a_number_that_the_signed_document_misses_cannot_be_filled_in_later() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let Parts { page, .. } = parts(&original);
    let missing = pdf::Document::open(&original).unwrap().next_number() + 500;
    let now = raw(&original, page);
    let contents = now.find("/Contents").unwrap();
    let prepared = format!("{}/Contents {missing} 0 R /Was{}", &now[..contents], &now[contents + 9..]);
    let prepared = Forgery::on(&original).put(page, &prepared).finish();
    let signed = office.sign(&prepared, "rsa-2048", "rsa-pkcs1-sha256");
    let filled = Forgery::on(&signed).put(missing, SHOWS_ANOTHER_TEXT).finish();
    let judgement = assert_not_valid(&office, "dangling content", &filled).unwrap();
    assert_eq!(judgement.signatures[0].code, "change.altered");
}

/// Titles and dates are shown on no page: whoever changes them is told of, and the signature stands (class P5).
#[test]
fn information_changed_by_nobody_is_told_and_no_more() {
    let office = TestOffice::new();
    let signed = signed_sample(&office);
    let Parts { catalog, .. } = parts(&signed);
    let next = pdf::Document::open(&signed).unwrap().next_number();
    let keys = format!("/Root {catalog} 0 R /Info {next} 0 R");
    let told = Forgery::on(&signed).put(next, "<< /Title (x) >>").finish_with(&keys);
    let (_, judgement) = office.judge(&told).unwrap();
    assert_eq!(judgement.verdict, Some(Verdict::Valid));
    assert!(judgement.findings.iter().any(|finding| finding.code == "change.information"));
    let acting = Forgery::on(&signed).put(next, "<< /Title (x) /A << /S /JavaScript >> >>").finish_with(&keys);
    assert_not_valid(&office, "information that acts", &acting);
}

#[test]
fn a_document_information_that_is_also_the_page_cannot_change() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let Parts { page, .. } = parts(&original);
    let root = pdf::Document::open(&original).unwrap().trailer().unwrap().get(b"Root").unwrap().as_reference().unwrap();
    let keys = format!("/Root {} 0 R /Info {page} 0 R", root.number);
    let prepared = Forgery::on(&original).put(9_000, "(x)").finish_with(&keys);
    let signed = office.sign(&prepared, "rsa-2048", "rsa-pkcs1-sha256");
    let changed =
        Forgery::on(&signed).put(page, &raw(&signed, page).replacen("/Contents", "/Was", 1)).finish_with(&keys);
    assert_not_valid(&office, "page as information", &changed);
}

#[test]
fn a_range_that_leaves_more_than_the_signature_out_is_invalid() {
    let office = TestOffice::new();
    let signed = signed_sample(&office);
    let (facts, _) = office.judge(&signed).unwrap();
    let [_, a, b, c] = facts.signatures[0].byte_range.unwrap();
    let old = format!("/ByteRange [0 {a} {b} {c}]");
    let at = signed.windows(12).rposition(|window| window == b"/ByteRange [").unwrap();
    let length = signed[at..].iter().position(|byte| *byte == b']').unwrap() + 1;
    assert!(length >= old.len());
    for range in [
        format!("[0 {} {b} {c}]", a - 1),
        format!("[0 {a} {} {}]", b + 1, c - 1),
        format!("[0 {a} {b} {}]", c - 1),
        format!("[0 {a} {b} {}]", c + 1),
        format!("[1 {} {b} {c}]", a - 1),
        format!("[0 {a} {b} -1]"),
        "[0 0 0 0]".to_owned(),
        "[]".to_owned(),
        format!("[0 {a} {b}]"),
    ] {
        let mut changed = signed.clone();
        let text = format!("{:<length$}", format!("/ByteRange {range}"));
        if text.len() != length {
            continue;
        }
        changed[at..at + length].copy_from_slice(text.as_bytes());
        let judgement = assert_not_valid(&office, &range, &changed).unwrap();
        assert_eq!(judgement.verdict, Some(Verdict::Invalid), "{range}");
    }
}

#[test]
fn another_documents_signature_is_invalid_here() {
    let office = TestOffice::new();
    let one = signed_sample(&office);
    let other = fs::read(root().join("assets/samples/certidao-digitalizada.pdf")).unwrap();
    let other = office.sign(&other, "rsa-2048", "rsa-pkcs1-sha256");
    let gap = |bytes: &[u8]| {
        let (facts, _) = office.judge(bytes).unwrap();
        let [_, a, b, _] = facts.signatures[0].byte_range.unwrap().map(|number| number as usize);
        a..b
    };
    let (from, to) = (gap(&other), gap(&one));
    assert_eq!(from.len(), to.len(), "the same key and chain need the same room");
    let mut changed = one.clone();
    changed[to].copy_from_slice(&other[from]);
    let judgement = assert_not_valid(&office, "a signature from elsewhere", &changed).unwrap();
    assert_eq!(judgement.signatures[0].code, "signature.hash_failure");
}

#[test]
fn a_stranger_with_the_same_names_is_not_trusted() {
    let (office, stranger) = (TestOffice::new(), TestOffice::new());
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let signed = try_sign(&original, &stranger.signer("rsa-2048"), "rsa-pkcs1-sha256").unwrap();
    let (_, judgement) = office.judge(&signed).unwrap();
    assert_ne!(judgement.verdict, Some(Verdict::Valid));
    assert_eq!(stranger.verdict(&signed), Some(Verdict::Valid));
}

/// Someone adds a signature of their own and, in the same revision, changes what is shown. Whatever that signature is
/// worth, the first one no longer stands for what is shown.
#[test]
fn a_second_signature_is_no_cover_for_other_changes() {
    let office = TestOffice::new();
    let signed = signed_sample(&office);
    let Parts { page, content, .. } = parts(&signed);
    let document = pdf::Document::open(&signed).unwrap();
    let next = document.next_number();
    let (signature, widget, extra) = (next, next + 1, next + 2);
    let (form, form_now) = form(&signed);
    let form_then = with_last(&form_now, "/Fields [", &format!("{widget} 0 R"));
    let with_widget = |page_now: &str| with_last(page_now, "/Annots[", &format!("{widget} 0 R"));
    let page_now = raw(&signed, page);
    let value =
        "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00> >>";
    let plain = |page: u32, rest: &str| {
        format!("<< /Type /Annot /Subtype /Widget /FT /Sig /T (S2) /V {signature} 0 R /P {page} 0 R {rest} >>")
    };
    let add =
        |widget_body: &str| Forgery::on(&signed).put(signature, value).put(widget, widget_body).put(form, &form_then);
    let invisible = "/F 132 /Rect [0 0 0 0]";
    let first = |bytes: &[u8]| {
        let (facts, judgement) = office.judge(bytes).unwrap();
        let index = facts.signatures.iter().position(|found| found.object != signature).unwrap();
        judgement.signatures[index].clone()
    };

    let is_explained = |bytes: &[u8]| {
        let (facts, _) = office.judge(bytes).unwrap();
        facts.changes.last().is_some_and(pades::facts::ChangeFacts::only_signs)
    };
    // Alone, the new signature is explained; but this one is no signature, so that nothing stands on it.
    let honest = add(&plain(page, invisible)).put(page, &with_widget(&page_now)).finish();
    assert!(is_explained(&honest));
    assert_eq!(first(&honest).code, "change.not_signed");

    let object = document.object(pdf::ObjectId::new(content)).unwrap();
    let data = object.data.clone().unwrap();
    let forged_stream =
        format!("{}\nstream\n{}\nendstream", String::from_utf8_lossy(object.raw_value()), "Q".repeat(data.len()));
    let attacks = [
        ("its page is really the content", add(&plain(content, invisible)).put(content, &forged_stream).finish()),
        (
            "its appearance covers the page",
            add(&plain(page, &format!("/F 132 /Rect [0 0 200 200] /AP << /N {extra} 0 R >>")))
                .put(extra, "<< /Type /XObject /Subtype /Form /BBox [0 0 200 200] /Length 17 >>\nstream\n1 g 0 0 99 99 re f\nendstream")
                .put(page, &with_widget(&page_now))
                .finish(),
        ),
        (
            "its appearance has no bounds",
            add(&plain(page, &format!("{invisible} /AP << /N {extra} 0 R >>")))
                .put(extra, "<< /Type /XObject /Subtype /Form /Length 17 >>\nstream\n1 g 0 0 99 99 re f\nendstream")
                .put(page, &with_widget(&page_now))
                .finish(),
        ),
        ("a string hides an object behind a comment", {
            let hidden = format!("{invisible} /TU (\n{content} 0 obj%\n<< >>\nendobj\n)");
            add(&plain(page, &hidden)).put(page, &with_widget(&page_now)).finish()
        }),
        ("an object touches its generation", {
            let hidden = format!("{invisible} /TU (\n{content} 0obj\n<< >>\nendobj\n)");
            add(&plain(page, &hidden)).put(page, &with_widget(&page_now)).finish()
        }),
        (
            "an object stream that no entry uses",
            add(&plain(page, invisible))
                .put(extra, "<< /Type /ObjStm /N 1 /First 4 /Length 10 >>\nstream\n5 0 << >>\n\nendstream")
                .put(page, &with_widget(&page_now))
                .finish(),
        ),
        ("its table's entries are too short", {
            let bytes = add(&plain(page, invisible)).put(page, &with_widget(&page_now)).finish();
            let at = bytes.windows(4).rposition(|window| window == b" n\r\n").unwrap();
            [&bytes[..at + 2], &bytes[at + 3..]].concat()
        }),
        ("its trailer hides an object in a string", {
            let root = document.trailer().unwrap().get(b"Root").unwrap().as_reference().unwrap().number;
            let keys = format!("/Root {root} 0 R /X (\n{content} 0 obj\n<< >>\nendobj\n)");
            add(&plain(page, invisible)).put(page, &with_widget(&page_now)).finish_with(&keys)
        }),
        (
            "its widget acts",
            add(&plain(page, &format!("{invisible} /A << /S /JavaScript /JS (x) >>"))).put(page, &with_widget(&page_now)).finish(),
        ),
        (
            "the page changes too",
            add(&plain(page, invisible))
                .put(page, &with_widget(&page_now).replacen("/MediaBox", "/CropBox [0 0 9 9] /MediaBox", 1))
                .finish(),
        ),
        (
            "an object hides in a string",
            add(&plain(page, &format!("{invisible} /TU (\n{content} 0 obj << >> endobj\n)")))
                .put(page, &with_widget(&page_now))
                .finish(),
        ),
        ("it takes the first one's name", {
            let (facts, _) = office.judge(&signed).unwrap();
            let name = format!("/T ({})", facts.signatures[0].field);
            add(&plain(page, invisible).replace("/T (S2)", &name)).put(page, &with_widget(&page_now)).finish()
        }),
    ];
    for (what, bytes) in &attacks {
        assert_ne!(first(bytes).verdict, Verdict::Valid, "{what}");
        assert!(!is_explained(bytes), "{what}");
    }
}

/// A reader that cannot follow the cross-reference searches for objects, and finds what no cross-reference names.
#[test]
fn objects_that_no_cross_reference_names_are_noticed() {
    let office = TestOffice::new();
    let signed = signed_sample(&office);
    let Parts { content, .. } = parts(&signed);
    let orphan = format!("{content} 0 obj\n{SHOWS_ANOTHER_TEXT}\nendobj\n");
    let text = String::from_utf8_lossy(&signed);
    let previous: usize = text.rsplit("startxref").next().unwrap().split_whitespace().next().unwrap().parse().unwrap();
    let root = pdf::Document::open(&signed).unwrap().trailer().unwrap().get(b"Root").unwrap().as_reference().unwrap();
    for (what, blank, end) in [
        ("plainly", "\n", "%%EOF\n".to_owned()),
        ("behind a byte that not every reader skips", "\0", "%%EOF\n".to_owned()),
        ("far before the end", "\n", format!("%%EOF\n{}", "\n".repeat(2_500))),
        ("in a comment", "\n", "%%EOF\n".to_owned()),
    ] {
        let mut forged = signed.clone();
        let orphan = if what == "in a comment" { format!("% {}\n", orphan.replace('\n', " ")) } else { orphan.clone() };
        forged.extend(orphan.as_bytes());
        let at = forged.len();
        let size = pdf::Document::open(&signed).unwrap().next_number();
        forged.extend(
            format!(
                "xref\n0 0\ntrailer\n<< /Size {size} /Prev {previous} /Root {} 0 R >>\nstartxref{blank}{at}\n{end}",
                root.number
            )
            .as_bytes(),
        );
        assert_not_valid(&office, what, &forged);
    }
    assert_not_valid(&office, "line ends without end", &[&signed[..], &[b'\n'; 3_000]].concat());
}

#[test]
fn a_file_whose_fields_cannot_be_read_is_not_called_unsigned() {
    let office = TestOffice::new();
    let signed = signed_sample(&office);
    let (form, now) = form(&signed);
    let next = pdf::Document::open(&signed).unwrap().next_number();
    let at = now.find("/Fields [").unwrap() + 9;
    let end = at + now[at..].find(']').unwrap();
    let broken = |fields: &str| {
        let mut forgery = Forgery::on(&signed).put(form, &format!("{}{fields}{}", &now[..at], &now[end..]));
        forgery.entries.push((next, Some(17)));
        forgery.finish()
    };
    let (_, judgement) = office.judge(&broken(&format!("{next} 0 R"))).unwrap();
    assert_eq!(judgement.verdict, Some(Verdict::Invalid), "the signature was taken out of the form");
    let (facts, judgement) = office.judge(&broken(&format!("{next} 0 R {}", &now[at..end]))).unwrap();
    let still_there = |signature: &&pades::facts::SignatureFacts| signature.faults.is_empty();
    assert_eq!(facts.signatures.iter().filter(still_there).count(), 1, "one broken field hides no other");
    assert_ne!(judgement.verdict, Some(Verdict::Valid));
}

#[test]
fn names_in_certificates_cannot_command_a_terminal() {
    let text = "\u{1b}[2JAprovado\u{202e}";
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, text);
    let certificate = cades::Certificate::parse(parameters.self_signed(&key).unwrap().der()).unwrap();
    assert_eq!(certificate.subject_label(), "[2JAprovado");
}

/// In a linearised file two sections count as one revision. A decoy section in the signed bytes, reached by an appended
/// revision, must not join the signed one.
#[test]
fn a_decoy_section_does_not_join_the_signed_revision() {
    let office = TestOffice::new();
    let prepared = |signed_section: usize| {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let mut offsets = Vec::new();
        let mut put = |bytes: &mut Vec<u8>, body: &str| {
            offsets.push(bytes.len());
            bytes.extend(format!("{} 0 obj\n{body}\nendobj\n", offsets.len()).as_bytes());
        };
        put(&mut bytes, "<< /Linearized 1 >>");
        put(&mut bytes, "<< /Type /Catalog /Pages 3 0 R >>");
        put(&mut bytes, "<< /Type /Pages /Kids [4 0 R] /Count 1 >>");
        put(&mut bytes, "<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Contents 5 0 R >>");
        put(&mut bytes, "<< /Length 4 >>\nstream\nq  Q\nendstream");
        let start = bytes.len() + "6 0 obj\n<< /Length 0000000999 >>\nstream\n".len();
        let shown = format!("5 0 obj\n{SHOWS_ANOTHER_TEXT}\nendobj\n");
        let decoy = start + shown.len();
        let section = format!(
            "xref\n5 1\n{start:010} 00000 n\r\ntrailer\n<< /Size 99 /Root 2 0 R /Prev {signed_section:010} >>\nstartxref\n0\n%%EOF\n"
        );
        let length = shown.len() + section.len();
        put(&mut bytes, &format!("<< /Length {length:010} >>\nstream\n{shown}{section}\nendstream"));
        let at = bytes.len();
        bytes.extend(format!("xref\n0 {}\n0000000000 65535 f\r\n", offsets.len() + 1).as_bytes());
        for offset in &offsets {
            bytes.extend(format!("{offset:010} 00000 n\r\n").as_bytes());
        }
        bytes
            .extend(format!("trailer\n<< /Size 7 /Root 2 0 R /ID [<00> <00>] >>\nstartxref\n{at}\n%%EOF\n").as_bytes());
        (bytes, decoy)
    };
    // Room and lengths are always the same, so that the place of the signed section can be foreseen.
    let sign = |section| office.sign(&prepared(section).0, "rsa-2048", "rsa-pkcs1-sha256");
    let startxref = |bytes: &[u8]| -> usize {
        String::from_utf8_lossy(bytes)
            .rsplit("startxref")
            .next()
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    let section = startxref(&sign(0));
    let signed = sign(section);
    // The decoy is found in the signed bytes already: a reader that searches would show what it holds.
    assert_eq!((startxref(&signed), office.verdict(&signed)), (section, Some(Verdict::Invalid)));
    let mut forged = signed.clone();
    let at = forged.len();
    let decoy = prepared(section).1;
    forged.extend(
        format!("xref\n0 0\ntrailer\n<< /Size 99 /Root 2 0 R /Prev {decoy} >>\nstartxref\n{at}\n%%EOF\n").as_bytes(),
    );
    assert_not_valid(&office, "decoy section", &forged);
}

#[test]
fn another_spelling_of_the_same_number_is_a_change() {
    let office = TestOffice::new();
    let signed = signed_sample(&office);
    let Parts { page, .. } = parts(&signed);
    let now = raw(&signed, page);
    for (what, then) in [
        ("a whole number as a real one", now.replacen("/MediaBox", "/Rotate 0.0 /MediaBox", 1)),
        ("a key with a byte that ends names", now.replacen("/MediaBox", "/Contents#00 1 0 R /MediaBox", 1)),
        ("a key twice", now.replacen("/MediaBox", "/Contents 1 0 R /MediaBox", 1)),
    ] {
        assert_not_valid(&office, what, &Forgery::on(&signed).put(page, &then).finish());
    }
    let document = pdf::Document::open(&signed).unwrap();
    let root = document.trailer().unwrap().get(b"Root").unwrap().as_reference().unwrap().number;
    let twice = Forgery::on(&signed).finish_with(&format!("/Root {root} 0 R /Prev 17"));
    assert_not_valid(&office, "a trailer's key twice", &twice);
}

/// An orphan in the signed bytes is seen by readers that search; a later revision could make them do so.
#[test]
fn an_orphan_in_the_signed_bytes_keeps_a_later_revision_from_standing() {
    let office = TestOffice::new();
    let original = fs::read(root().join("assets/samples/certidao-imovel.pdf")).unwrap();
    let Parts { content, .. } = parts(&original);
    let orphan = format!("\n{content} 0 obj\n{SHOWS_ANOTHER_TEXT}\nendobj\n");
    let prepared = Forgery::on(&[&original[..], orphan.as_bytes()].concat()).put(9_000, "(x)").finish();
    let once = office.sign(&prepared, "rsa-2048", "rsa-pkcs1-sha256");
    let twice = office.sign(&once, "p-256", "ecdsa-p256-sha256");
    for signed in [&once, &twice] {
        let (_, judgement) = office.judge(signed).unwrap();
        assert_eq!(judgement.signatures[0].code, "structure.two_documents");
        assert!(judgement.findings.iter().any(|finding| finding.code == "structure.hidden_objects"));
    }
}
