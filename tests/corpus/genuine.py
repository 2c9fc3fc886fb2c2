"""Genuine files: what honest producers write, and strict verifiers are known to reject. All must be accepted.

Also files without a signature, and files that need a password: neither is a forgery, and neither is valid.
"""

import base64
import io
import subprocess
import tempfile
import zlib

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields

from common import (
    Update,
    Variants,
    array,
    changed,
    docmdp,
    elements,
    entries,
    number_of,
    open_signature,
    pki,
    ref,
    seal,
    sign,
    sign_raw,
    signature_dictionary,
    stream,
    text,
)
from documents import Certidao, base, page_content, tx, with_font
from edits import POPUP, annotate, check, choose, fill, metadata, note, rewrite, set_keys, updated, without
from rawpdf import Pdf

variant = Variants("genuine")
VALID = "valid"


def build(corpus):
    variant.build(corpus)


def qpdf(data, *arguments):
    """What qpdf makes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = folder + "/in.pdf", folder + "/out.pdf"
        with open(source, "wb") as file:
            file.write(data)
        subprocess.run(["qpdf", *arguments, source, target], check=True, capture_output=True)
        with open(target, "rb") as file:
            return file.read()


def encrypted(data, user, owner="dono", bits="256"):
    """The file encrypted by qpdf: RC4 with 40 bits, AES with 128 and 256."""
    weak = ["--allow-weak-crypto"] if bits != "256" else []
    return qpdf(data, *weak, "--encrypt", user, owner, bits, *(["--use-aes=y"] if bits == "128" else []), "--")


# --- one signature ---------------------------------------------------------------------------------------------------------


@variant("ok", "one-approval", VALID)
def one_approval():
    """One approval signature"""
    plain = Certidao().write()
    yield sign(plain), "PAdES, EC, pyHanko"
    yield sign(plain, signer=pki().rsa), "PAdES, RSA, pyHanko"
    yield sign(plain, adbe=True, signer=pki().rsa), "adbe.pkcs7.detached, RSA, pyHanko"
    yield sign_raw(plain), "PAdES, another producer"
    yield sign_raw(plain, pki().rsa, cades=False, signing_time=True), "adbe with signing-time, another producer"


@variant("ok", "first-revision", VALID)
def first_revision():
    """Signed while exported: only one revision"""
    yield Certidao().signed_first()
    yield Certidao(form=True, compress=True).signed_first("objstm", pki().rsa, cades=False)
    yield Certidao(tagged=True).signed_first("stream", certify=2), "certified P=2"
    yield Certidao(outlines=True, tagged=True).signed_first("hybrid", version=b"1.5"), "hybrid"


@variant("ok", "outer-form", VALID)
def outer_form():
    """Outer forms: cross-reference streams, object streams, predictors"""
    yield sign(Certidao().write("stream")), "cross-reference stream"
    yield (
        sign(Certidao(pages=3, tree=True, compress=True).write("objstm", predictor=True)),
        "object streams and predictor",
    )
    yield sign_raw(Certidao(outlines=True).write("objstm"), pack=True), "the update has an object stream too"
    yield sign_raw(Certidao(form=True).write("objstm"), signer=pki().rsa, pack=True, certify=2), "certified, packed"


@variant("ok", "hybrid", VALID)
def hybrid():
    """Hybrid-reference files: both readings agree"""
    for kind in ("hybrid", "word"):
        yield sign(Certidao(tagged=True, outlines=True).write(kind), strict=False), f"{kind}, pyHanko"
        yield sign_raw(Certidao(tagged=True, pages=2).write(kind)), f"{kind}, another producer"


@variant("ok", "header", VALID)
def header():
    """PDF versions 1.3 to 2.0, with and without binary comment"""
    for version, binary in ((b"1.3", True), (b"1.4", False), (b"1.5", True), (b"1.6", False), (b"2.0", True)):
        yield sign_raw(Certidao(xmp=False).write(version=version, binary=binary)), version.decode()
    yield sign(Certidao().write(version=b"2.0", identifier=True)), "2.0 by pyHanko"
    yield sign_raw(Certidao(info=False, xmp=False).write(version=b"1.4", identifier=False)), "no /ID, no /Info"


@variant("ok", "line-ends", VALID)
def line_ends():
    """CR LF and CR line ends"""
    yield sign_raw(Certidao().write(eol=b"\r\n"), eol=b"\r\n", after=b"\r\n"), "CR LF throughout"
    yield sign_raw(Certidao().write(eol=b"\r\n")), "CR LF, then LF"
    yield sign_raw(Certidao(outlines=True).write(eol=b"\r", tail=b"\r"), eol=b"\r", after=b"\r"), "CR throughout"
    yield sign(Certidao(form=True).write(eol=b"\r\n", tail=b"\r\n")), "CR LF, then pyHanko"


@variant("ok", "before-header", VALID)
def before_header():
    """Stray bytes before %PDF- that were there at signing; offsets count from the header"""
    for prefix, what in (
        (b"\xef\xbb\xbf", "byte order mark"),
        (b"\r\n\r\n", "empty lines"),
        (b"Content-Type: application/pdf\r\nContent-Disposition: inline\r\n\r\n", "mail headers"),
    ):
        yield Certidao().signed_first(prefix=prefix), what


@variant("ok", "end", VALID)
def end_of_file():
    """Coverage and the last end of line"""
    data = base("classic")[0]
    yield data.rstrip(b"\n") + b"\n", "one LF at the end"
    yield base("first")[0] + b"\n", "one LF after the covered bytes"
    yield base("compact")[0] + b"\r\n", "CR LF after the covered bytes"
    yield base("p2")[0] + b"\r\n\r\n", "four bytes of line ends after the covered bytes"
    yield sign_raw(Certidao().write(), after=b""), "no line end at the end"
    without_end = seal(_open_revision()[:-1])
    yield without_end + b"\n", "coverage ends before the final end of line"


def _open_revision(data=None, **how):
    update = Update(data or Certidao().write())
    open_signature(update, **how)
    return update.finish()


@variant("ok", "contents", VALID)
def contents():
    """/Contents: case of the digits, size of the padding"""
    yield sign_raw(Certidao().write(), upper=False), "lower case"
    yield sign_raw(Certidao(form=True).write("objstm"), upper=False, room=8192), "lower case, more room"
    yield sign_raw(Certidao().write(), room=60_000), "60 000 bytes reserved"
    yield sign(Certidao(tagged=True).write(), size=32_768), "32 KiB reserved by pyHanko"


@variant("ok", "dictionary-order", VALID)
def dictionary_order():
    """Keys of the signature dictionary in other orders and spellings of white space"""
    plain = Certidao().write()

    def resealed(change):
        update = Update(plain)
        value, _, _ = open_signature(update)
        update.put(value, change(update.raw(value)))
        return seal(update.finish())

    yield (
        resealed(
            lambda b: b"<<" + b"".join(b"/%s %s" % (k.encode(), v) for k, v in reversed(entries(b).items())) + b">>"
        ),
        "reversed",
    )
    yield (
        resealed(lambda b: b"<<\n" + b"".join(b"/%s\n%s\n" % (k.encode(), v) for k, v in entries(b).items()) + b">>"),
        "one a line",
    )
    yield (
        resealed(
            lambda b: (
                b"<<"
                + b"".join(b"/%s%s" % (k.encode(), v if v[:1] in b"/<([" else b" " + v) for k, v in entries(b).items())
                + b">>"
            )
        ),
        "no blanks",
    )
    yield (
        resealed(
            lambda b: changed(
                b,
                Reason=text("Conferência"),
                Location=text("Exemplópolis"),
                ContactInfo=b"(00)",
                Prop_Build=b"<< /App << /Name /Corpus >> >>",
            )
        ),
        "reason, place, build",
    )
    yield (
        resealed(lambda b: changed(b, Reason=b"<FEFF0043006F006E0066006500720065>", Name=b"(Tabeli\\343)")),
        "UTF-16 and octal strings",
    )


@variant("ok", "size", VALID)
def sizes():
    """Larger files"""
    yield sign(Certidao(bulk=1024 * 1024).write()), "1 MB"
    yield sign(Certidao(bulk=5 * 1024 * 1024, pages=3).write("stream")), "5 MB"
    yield sign_raw(Certidao(pages=300, tree=True, compress=True).write("objstm"), pki().rsa), "300 pages"


@variant("ok", "page-shapes", VALID)
def page_shapes():
    """Page trees, inherited attributes, arrays of contents, shared streams"""
    yield sign(Certidao(pages=7, tree=True, inherit=True).write()), "nested tree, inherited resources"
    yield sign(Certidao(contents_array=True, pages=2).write("objstm")), "/Contents arrays"
    yield sign_raw(Certidao(layers=True).write(), certify=2), "layers"
    yield sign(Certidao(indirect_annots=True, links=True).write()), "indirect /Annots"


@variant("ok", "linearised", VALID)
def linearised():
    """Linearised by qpdf, then signed"""
    yield sign(qpdf(Certidao(pages=5).write(), "--linearize")), "classic"
    yield (
        sign(qpdf(Certidao(pages=3, form=True).write(), "--linearize", "--object-streams=generate"), certify=2),
        "object streams",
    )
    yield sign_raw(qpdf(Certidao(outlines=True).write(), "--linearize"), pki().rsa), "another producer"


@variant("ok", "rewritten-by-qpdf", VALID)
def by_qpdf():
    """Rewritten by qpdf, then signed"""
    yield sign(qpdf(Certidao(form=True).write(), "--object-streams=generate"))
    yield sign(qpdf(Certidao(pages=4, tree=True).write("objstm"), "--object-streams=disable", "--qdf")), "QDF"


@variant("ok", "encrypted", VALID)
def encrypted_signed():
    """Encrypted with an empty user password, then signed"""
    plain = Certidao(form=True).write()
    for bits in ("40", "128", "256"):
        yield sign(encrypted(plain, "", bits=bits), password="", strict=False), f"{bits} bits"
    yield (
        sign(encrypted(Certidao(pages=2).write("objstm"), "", bits="256"), password="", certify=2, strict=False),
        "256 bits, streams, certified",
    )
    once = sign(encrypted(plain, "", bits="256"), password="", strict=False)
    yield sign(once, "Assinatura2", pki().rsa, password="", strict=False), "two signatures"


@variant("ok", "earlier-revisions", VALID)
def earlier_revisions():
    """Several revisions before the first signature"""
    certidao = Certidao(form=True)
    n, data = certidao.numbers, certidao.write()
    for step in range(3):
        data = updated(data, fill(n, "observacao", f"Rascunho {step}"))
    yield sign(data), "drafts"
    data = updated(Certidao(pages=3).write(), lambda u: u.edit(u.pdf.root, PageMode=b"/UseNone"), kind="stream")
    yield sign(data, strict=False), "a stream after a table"
    certidao = Certidao(pages=2, links=True)
    data = updated(
        certidao.write(),
        lambda u: without(u, certidao.numbers["page"][0], certidao.numbers["link"]),
        lambda u: u.free(certidao.numbers["link"]),
    )
    yield sign(data), "an object was freed"
    data = updated(data, lambda u: u.put(certidao.numbers["link"], b"<< /Reused true >>", 1))
    yield sign_raw(data), "and its number reused with the next generation, all before signing"


@variant("ok", "visible", VALID)
def visible():
    """A visible signature"""
    yield base("visible")[0], "pyHanko"
    yield sign(Certidao(form=True).write("objstm"), box=(72, 80, 272, 130), certify=2, reason="Certidão"), "certified"
    look = with_font(tx("Assinado por Tabeli\xe3 Fict\xedcia", 200, 50), Certidao().numbers["font"]).replace(
        b"/Helv 10", b"/Helv 8"
    )
    yield sign_raw(Certidao().write(), rect=b"[300 100 500 150]", appearance=look), "another producer"


@variant("ok", "empty-field", VALID)
def empty_field():
    """Empty signature fields"""
    plain = Certidao(empty_field=True).write()
    yield sign(plain, existing=True), "filled in place"
    yield sign(plain, "Assinatura9"), "another field stays empty"
    yield sign(Certidao(empty_field=True, form=True).write("objstm"), existing=True, certify=2), "filled, certified"
    once = sign(plain, "Assinatura9", certify=2)
    yield sign(once, "Assinatura1", pki().rsa, existing=True), "the empty field filled by a second signature"


# --- several signatures -------------------------------------------------------------------------------------------------------


@variant("ok", "two", VALID)
def two():
    """Two signatures"""
    yield base("two")[0], "approvals, pyHanko"
    yield sign_raw(base("compact")[0], name=b"(Assinatura2)"), "streams, another producer"
    yield sign(base("p2")[0], "Assinatura2", pki().rsa), "after certification P=2"
    yield sign(base("p3")[0], "Assinatura2", pki().rsa), "after certification P=3"
    yield sign(base("first-stream")[0], "Assinatura2"), "after a first-revision signature"
    yield sign(base("form")[0], "Segunda via", pki().rsa), "in a form"
    yield sign(base("hybrid")[0], "Assinatura2", strict=False), "in a hybrid file"
    yield sign_raw(base("hybrid")[0], name=b"(Assinatura2)"), "in a hybrid file, another producer"


@variant("ok", "second-visible", VALID)
def second_visible():
    """A second, visible signature in its own rectangle"""
    yield sign(base("classic")[0], "Assinatura2", pki().rsa, box=(300, 160, 500, 210)), "pyHanko"
    yield sign(base("visible")[0], "Assinatura2", pki().rsa, box=(72, 100, 272, 150)), "beside the first visible one"
    yield sign(base("p2")[0], "Assinatura2", pki().rsa, box=(320, 200, 500, 250)), "after P=2"
    yield sign(base("pages")[0], "Assinatura2", pki().rsa, box=(320, 200, 500, 250), page=3), "on the last page"
    font = base("first")[1]["font"]
    look = with_font(tx("Outro Signat\xe1rio", 200, 50), font)
    yield (
        sign_raw(base("first")[0], pki().other, name=b"(Assinatura2)", rect=b"[300 100 500 150]", appearance=look),
        "another producer",
    )


@variant("ok", "many", VALID)
def many():
    """Many signatures in a row"""
    data = Certidao().write()
    for i in range(5):
        data = sign(data, f"Assinatura{i + 1}", (pki().ec, pki().rsa, pki().other)[i % 3])
    yield data, "five"
    data = Certidao(form=True).write("objstm")
    for i in range(12):
        data = sign_raw(data, (pki().ec, pki().other)[i % 2], name=b"(Via %d)" % i)
    yield data, "twelve"


# --- forms ------------------------------------------------------------------------------------------------------------------------

FORMS = ("form", "form-stream", "p2", "p2-stream", "p3-first")


@variant("fill", "text", VALID)
def fill_text():
    """A text field filled after signing, with a matching appearance"""
    for name in FORMS:
        data, n = base(name)
        yield updated(data, fill(n, "observacao", "Conferido em balcão")), name
    data, n = base("form")
    yield updated(data, fill(n, "nome", "Fulana de Exemplo Silva", reuse=True)), "same appearance object rewritten"
    data, n = base("p2-stream")
    yield updated(data, fill(n, "observacao", "Sim"), pack=True), "update packed into an object stream"


@variant("fill", "button", VALID)
def fill_button():
    """Check boxes and radio buttons after signing"""
    for name in ("form", "p2", "p2-stream"):
        data, n = base(name)
        yield updated(data, check(n)), f"check box, {name}"
    for name in ("form-stream", "p3-first"):
        data, n = base(name)
        yield updated(data, choose(n, "digital")), f"radio, {name}"


@variant("fill", "choice", VALID)
def fill_choice():
    """A choice field after signing"""
    for name in ("form", "p2"):
        data, n = base(name)
        yield updated(data, fill(n, "oficio", "Segundo")), name


@variant("fill", "nested", VALID)
def fill_nested():
    """A field deep in a hierarchy, named in parts"""
    for name in ("form", "p2-stream"):
        data, n = base(name)
        yield updated(data, fill(n, "nomeComprador", "Sicrano de Exemplo"), fill(n, "documento", "123")), name


def fill_with_pyhanko(data, name, value):
    """pyHanko's writer sets the value; the appearance is ours, because pyHanko fills no forms."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    form = writer.root["/AcroForm"]
    helv = form["/DR"]["/Font"].raw_get("/Helv")
    field = next(f.get_object() for f in form["/Fields"] if f.get_object().get("/T") == name)
    field["/V"] = generic.TextStringObject(value)
    look = generic.StreamObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/XObject"),
            generic.NameObject("/Subtype"): generic.NameObject("/Form"),
            generic.NameObject("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 220, 18))),
            generic.NameObject("/Resources"): generic.DictionaryObject(
                {generic.NameObject("/Font"): generic.DictionaryObject({generic.NameObject("/Helv"): helv})}
            ),
        },
        stream_data=b"/Tx BMC q BT /Helv 10 Tf 0 g 2 5 Td " + text(value) + b" Tj ET Q EMC",
    )
    field["/AP"] = generic.DictionaryObject({generic.NameObject("/N"): writer.add_object(look)})
    writer.update_container(field)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@variant("fill", "pyhanko", VALID)
def fill_pyhanko():
    """Filled through pyHanko's incremental writer"""
    for name in ("form", "p2", "form-stream"):
        yield fill_with_pyhanko(base(name)[0], "observacao", "Pago"), name


@variant("fill", "then-signed", VALID)
def fill_then_sign():
    """Filled and signed again"""
    data, n = base("form")
    yield sign(updated(data, fill(n, "observacao", "Lido")), "Assinatura2", pki().rsa), "two revisions"
    data, n = base("p2")
    yield sign_raw(data, pki().rsa, name=b"(Assinatura2)", prepare=fill(n, "observacao", "Lido")), "one revision"
    data, n = base("p2-stream")
    filled = updated(data, check(n), choose(n, "papel"))
    yield sign(filled, "Assinatura2", pki().rsa), "after P=2, buttons"


@variant("fill", "unlocked", VALID)
def fill_unlocked():
    """A field filled that the signature's lock leaves open"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    yield updated(sign(certidao.write(), lock=("include", ["valor"])), fill(n, "observacao", "Livre")), "include"
    yield (
        updated(sign(certidao.write("objstm"), lock=("exclude", ["observacao"])), fill(n, "observacao", "Livre")),
        "exclude",
    )
    yield sign(Certidao(form=True, nested=True).write(), lock=("all", [])), "all locked, nothing changed"


# --- annotations under P=3 ----------------------------------------------------------------------------------------------------------


@variant("annotation", "note", VALID)
def notes():
    """Under P=3 a note beside the content"""
    data, n = base("p3")
    yield updated(data, annotate(note())), "text note"
    yield updated(data, annotate(note(), popup=POPUP)), "text note with popup"
    data, n = base("p3-first")
    yield updated(data, annotate(note("Visto"))), "one-revision file"
    look = stream(b"1 1 0 rg 0 0 20 20 re f 0 g 4 4 12 12 re S", b"/Type /XObject /Subtype /Form /BBox [0 0 20 20]")

    def drawn(update):
        annotate(note(extra=b"/AP << /N %s >> " % ref(update.new(look))))(update)

    yield updated(base("p3")[0], drawn), "with an appearance"


@variant("annotation", "edit", VALID)
def edit_annotations():
    """Under P=3 a note edited or removed"""
    certidao = Certidao(filler=_with_note)
    n = certidao.numbers
    data = sign(certidao.write(), certify=3)
    yield updated(data, set_keys(n["note"], Contents=b"(Revisto.)", M=b"(D:20260917100000-03'00')")), "text edited"
    yield updated(data, lambda u: without(u, n["page"][0], n["note"]), lambda u: u.free(n["note"])), "removed and freed"
    yield updated(data, lambda u: without(u, n["page"][0], n["note"])), "removed from the page"


def _with_note(certidao, catalog):
    n, doc = certidao.numbers, certidao.doc
    n["note"] = doc.add(note().replace(b"/P 0 0 R", b"/P " + ref(n["page"][0])))
    doc.objects[n["page"][0]]["Annots"] = array(ref(n["note"]))


@variant("annotation", "tabs", VALID)
def tabs():
    """Under P=3 /Tabs beside a note; struct-tree entry for the note"""
    data, n = base("p3")
    yield updated(data, annotate(note()), set_keys(n["page"][0], Tabs=b"/S")), "/Tabs"
    certidao = Certidao(tagged=True)
    n = certidao.numbers
    data = sign(certidao.write(), certify=3)

    def tagged_note(update):
        element = update.new(
            b"<< /Type /StructElem /S /Annot /P %s /Pg %s >>" % (ref(n["document"]), ref(n["page"][0]))
        )
        annotate(note(extra=b"/StructParent 7 "))(update)
        annotation = number_of(elements(update.dict(n["page"][0])["Annots"])[-1])
        update.edit(element, K=b"<< /Type /OBJR /Obj %s /Pg %s >>" % (ref(annotation), ref(n["page"][0])))
        update.append_to(n["document"], "K", ref(element))
        update.put(
            n["parents"],
            changed(update.raw(n["parents"]), Nums=update.dict(n["parents"])["Nums"][:-1] + b" 7 %s]" % ref(element)),
        )
        update.edit(n["struct"], ParentTreeNextKey=b"8")

    yield updated(data, tagged_note), "with struct element"


# --- bookkeeping and harmless rewriting -----------------------------------------------------------------------------------------------


@variant("tagged", "new-field", VALID)
def tagged_field():
    """Tagged: the struct tree gets an element for a new signature field"""
    certidao = Certidao(tagged=True, pages=2)
    n = certidao.numbers
    for kind, certify in (("table", None), ("objstm", 2)):
        data = sign(certidao.write(kind), certify=certify)

        def keep(update, n=n):
            element = update.new(
                b"<< /Type /StructElem /S /Form /P %s /Pg %s /K << /Type /OBJR /Obj %s /Pg %s >> >>"
                % (ref(n["document"]), ref(n["page"][0]), ref(update.next + 3), ref(n["page"][0]))
            )
            update.append_to(n["document"], "K", ref(element))
            nums = update.dict(n["parents"])["Nums"][:-1] + b" 9 %s]" % ref(element)
            update.edit(n["parents"], Nums=nums)
            update.edit(n["struct"], ParentTreeNextKey=b"10")

        yield (
            sign_raw(data, pki().rsa, name=b"(Assinatura2)", prepare=keep, field_extra=b"/F 132 /StructParent 9"),
            kind,
        )
    yield sign(base("tagged")[0], "Assinatura2", pki().rsa), "pyHanko, /Tabs /S"


@variant("rewritten", "identical", VALID)
def rewritten():
    """Objects written again with the same bytes or equal values, in the revision of a second signature"""
    data, n = base("pages")

    def second(*steps, source=data):
        def prepare(update):
            for step in steps:
                step(update)

        return sign_raw(source, pki().other, name=b"(Assinatura2)", prepare=prepare)

    yield second(rewrite(n["outlines"]), rewrite(n["item"])), "outlines"
    yield second(*(rewrite(p) for p in n["page"])), "pages"
    yield second(rewrite(n["dests"]), rewrite(n["font"]), rewrite(n["content"][0])), "font, content, names"
    classic, m = base("classic")
    yield (
        second(set_keys(m["page"][0], MediaBox=b"[0.0 0 595.275590 841.88976]"), source=classic),
        "numbers re-printed equally",
    )
    yield (
        second(lambda u: u.put(m["resources"], u.raw(m["resources"]).replace(b" ", b"\n", 2)), source=classic),
        "other white space",
    )
    yield (
        second(set_keys(m["page"][0], Resources=b"<< /Font << /F1 %s >> >>" % ref(m["font"])), source=classic),
        "indirect made direct",
    )
    yield (
        second(lambda u: u.edit(m["page"][0], MediaBox=ref(u.new(b"[0 0 595.27559 841.88976]"))), source=classic),
        "direct made indirect",
    )

    def reordered(update):
        pairs = dict(sorted(update.dict(m["page"][0]).items()))
        update.put(m["page"][0], b"<< " + b" ".join(b"/%s %s" % (k.encode(), v) for k, v in pairs.items()) + b" >>")

    yield second(reordered, source=classic), "keys in another order"


@variant("rewritten", "without-signature", VALID)
def rewritten_unsigned():
    """Objects written again unchanged in a revision without a signature"""
    data, n = base("pages")
    yield updated(data, rewrite(n["outlines"]), rewrite(n["page"][1])), "outlines and a page"
    data, n = base("compact")
    yield updated(data, rewrite(n["outlines"]), rewrite(n["content"][0])), "streams"


@variant("metadata", "after", VALID)
def metadata_after():
    """XMP and Info dates updated after signing (NOTE)"""
    for name in ("classic", "compact", "p2", "p3"):
        data, n = base(name)
        yield updated(data, metadata(n)), name
    data, n = base("classic")
    yield sign_raw(data, pki().rsa, name=b"(Assinatura2)", prepare=metadata(n)), "with a second signature"


@variant("P5", "note", VALID)
def metadata_keys():
    """/Lang, /PieceInfo, /Info changed after an approval (NOTE)"""
    data, n = base("first")
    yield updated(data, set_keys(n["root"], Lang=b"(pt-BR)")), "/Lang"
    yield (
        updated(data, set_keys(n["root"], PieceInfo=b"<< /Corpus << /LastModified (D:20260916) /Private 1 >> >>")),
        "/PieceInfo",
    )
    data, n = base("form-stream")
    yield updated(data, set_keys(n["info"], Title=b"(Outro t\\355tulo)")), "title in /Info"


@variant("P7", "orphan", VALID)
def orphans():
    """Unreferenced objects in a later revision (NOTE)"""
    yield updated(base("classic")[0], lambda u: u.new(b"<< /Resto true >>")), "a dictionary"
    yield updated(base("compact")[0], lambda u: u.new(stream(page_content(1, 1)))), "a stream that looks like content"
    yield (
        sign_raw(base("p2")[0], pki().rsa, name=b"(Assinatura2)", prepare=lambda u: u.new(b"[1 2 3]")),
        "in a signed revision",
    )


@variant("freed", "references", VALID)
def freed():
    """References freed after signing that nothing reaches, as rewriting producers leave them"""

    def spare(certidao, catalog):
        certidao.numbers["spare"] = certidao.doc.add(b"<< /Sobra true >>")

    for kind in ("table", "stream"):
        certidao = Certidao(filler=spare)
        yield updated(sign(certidao.write(kind)), lambda u: u.free(certidao.numbers["spare"])), kind
        yield (
            sign_raw(
                sign(certidao.write(kind)),
                pki().rsa,
                name=b"(Assinatura2)",
                prepare=lambda u: u.free(certidao.numbers["spare"]),
            ),
            f"{kind}, in a signed revision",
        )


@variant("extensions", "added", VALID)
def extensions():
    """/Extensions added or raised after signing"""
    level = b"<< /ESIC << /BaseVersion /1.7 /ExtensionLevel %d >> >>"
    data, n = base("p2-stream")  # not by pyHanko, which writes extensions of its own
    yield updated(data, set_keys(n["root"], Extensions=level % 5)), "added"
    data, n = base("first")
    yield (
        sign_raw(data, pki().rsa, name=b"(Assinatura2)", prepare=set_keys(n["root"], Extensions=level % 5)),
        "with a second signature",
    )

    def levelled(certidao, catalog):
        catalog["Extensions"] = level % 2

    certidao = Certidao(filler=levelled)
    yield (
        updated(sign_raw(certidao.write("objstm")), set_keys(certidao.numbers["root"], Extensions=level % 5)),
        "raised",
    )


@variant("names", "partial", VALID)
def partial_names():
    """Signature fields in hierarchies and with unusual names"""
    yield sign(Certidao(form=True, nested=True).write(), "parte.assinatura"), "below an existing node"
    yield sign(Certidao().write(), "cartorio.oficio.assinatura"), "new hierarchy"
    once = sign(Certidao().write("stream"), "assinaturas.primeira")
    yield sign(once, "assinaturas.segunda", pki().rsa), "two below one node"
    yield sign_raw(Certidao().write(), name=b"<FEFF00C900E7>"), "UTF-16 name"
    yield sign_raw(Certidao().write(), name=b"(a\\)b\\\\c)"), "escaped name"
    yield sign(Certidao().write(), "Tabeliã 1º"), "accents"


@variant("names", "separate-widget", VALID)
def separate_widget():
    """Field and widget as two objects"""

    def build_it(update):
        page = update.pdf.pages()[0]
        value = update.new(signature_dictionary())
        field = update.new(b"<< /FT /Sig /T (Assinatura1) /V %s /Kids [%s] >>" % (ref(value), ref(update.next + 1)))
        kid = update.new(
            b"<< /Type /Annot /Subtype /Widget /Parent %s /Rect [0 0 0 0] /F 132 /P %s >>" % (ref(field), ref(page))
        )
        update.append_to(page, "Annots", ref(kid))
        update.add_field(field)

    for kind in ("table", "objstm", "stream"):
        yield seal(updated(Certidao(links=True).write(kind), build_it)), kind


@variant("X8", "harmless", VALID)
def harmless_decoys():
    """Text that looks like an end of file inside signed strings and streams"""
    decoy = b"%%EOF\nstartxref\n9\n%%EOF\n"
    yield sign(Certidao(filler=lambda c, cat: c.doc.add(stream(decoy))).write()), "in a stream"
    yield (
        sign(Certidao(content=b"% endstream endobj 1 0 obj\n" + page_content(1, 1)).write()),
        "in a comment of content",
    )
    yield sign_raw(Certidao(filler=lambda c, cat: cat.update(Texto=text(decoy))).write("objstm")), "in a string"


@variant("D2", "false-name", VALID)
def false_name():
    """/Name or appearance differs from the certificate: identity comes from the certificate (NOTE)"""
    yield sign(Certidao().write(), name="Presidente de Exemplo")
    yield sign_raw(Certidao(form=True).write("objstm"), pki().rsa, extra=b"/Name (Beltrano de Exemplo)")
    look = with_font(tx("Assinado por Sicrano", 200, 50), Certidao().numbers["font"])
    yield sign_raw(Certidao().write(), rect=b"[300 100 500 150]", appearance=look, certify=2), "appearance"


@variant("Z3", "attachment", VALID)
def attachments():
    """A signed PDF inside a signed PDF: the verdict is of the outer one"""
    inner = base("first")[0]
    for name, load in (("good", inner), ("tampered", inner.replace(b"R$ 100.000,00", b"R$ 900.000,00"))):
        yield sign(_carrier(load).write()), f"inner one {name}"
    yield sign(_carrier(inner, portfolio=True).write("objstm"), certify=2), "portfolio"


def _carrier(load, portfolio=False):
    def attach(certidao, catalog):
        doc = certidao.doc
        file = doc.add(stream(load, b"/Type /EmbeddedFile /Subtype /application#2Fpdf", compress=True))
        entry = doc.add(b"<< /Type /Filespec /F (anexo.pdf) /UF (anexo.pdf) /EF << /F %s >> >>" % ref(file))
        catalog["Names"] = b"<< /EmbeddedFiles << /Names [(anexo.pdf) %s] >> >>" % ref(entry)
        if portfolio:
            catalog["Collection"] = b"<< /Type /Collection /View /D >>"

    return Certidao(filler=attach)


@variant("G5", "zeros", VALID)
def oversize_gap():
    """A gap far larger than its CMS that holds nothing but zeros (NOTE)"""
    yield sign_raw(Certidao().write(), room=100_000), "approval"
    yield sign_raw(Certidao(form=True).write("objstm"), pki().rsa, room=80_000, certify=2), "certification"
    yield sign(Certidao().write("stream"), size=150_000), "pyHanko"


@variant("X6", "filters", VALID)
def filter_chains():
    """Streams with unusual but exact filters, signed like that"""
    inside = page_content(1, 1)
    flate = zlib.compress(inside)
    forms = {
        "hexadecimal": (inside.hex().encode() + b">", b"/Filter /ASCIIHexDecode"),
        "ASCII85 over Flate": (base64.a85encode(flate) + b"~>", b"/Filter [/ASCII85Decode /FlateDecode]"),
        "null parameters": (flate, b"/Filter [/FlateDecode] /DecodeParms [null]"),
        "run length": (
            b"".join(bytes([len(inside[i : i + 128]) - 1]) + inside[i : i + 128] for i in range(0, len(inside), 128))
            + b"\x80",
            b"/Filter /RunLengthDecode",
        ),
    }
    for what, (data, head) in forms.items():
        yield sign(_with_content(stream(data, head)).write()), what

    def indirect(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        doc.objects[n["content"][0]] = stream(inside, length=ref(doc.add(b"%d" % len(inside))))

    for kind in ("table", "objstm"):
        yield sign_raw(Certidao(filler=indirect).write(kind)), f"indirect /Length, {kind}"


def _with_content(body):
    return Certidao(filler=lambda c, catalog: c.doc.objects.update({c.numbers["content"][0]: body}))


@variant("X3", "earlier-startxref", VALID)
def earlier_startxref():
    """An earlier revision's startxref is off by a few bytes; the chain does not pass there (NOTE)"""
    for kind, off in (("table", 3), ("stream", -2), ("objstm", 1)):
        draft = Certidao(outlines=True).write(kind)
        start = Pdf(draft).startxref
        data = updated(draft, lambda u: u.edit(u.pdf.root, PageMode=b"/UseNone"))
        at = data.index(b"startxref")
        yield sign(data[:at] + data[at:].replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + off), 1)), kind


@variant("annotation", "removed", VALID)
def removed_annotations():
    """Under P=3 all notes removed, and one removed with its struct entry"""
    certidao = Certidao(tagged=True, filler=_with_tagged_note)
    n = certidao.numbers
    for kind in ("table", "objstm"):
        data = sign(certidao.write(kind), certify=3)

        def remove(update):
            without(update, n["page"][0], n["note"])
            update.edit(n["document"], K=array(*(ref(p) for p in n["paragraph"])))
            update.edit(n["parents"], Nums=b"[0 [%s]]" % ref(n["paragraph"][0]))
            update.free(n["note"]).free(n["element"])

        yield updated(data, remove), f"with its struct entry, {kind}"


def _with_tagged_note(certidao, catalog):
    n, doc = certidao.numbers, certidao.doc
    n["note"] = doc.add(note(extra=b"/StructParent 7 ").replace(b"/P 0 0 R", b"/P " + ref(n["page"][0])))
    n["element"] = doc.add(
        b"<< /Type /StructElem /S /Annot /P %s /Pg %s /K << /Type /OBJR /Obj %s /Pg %s >> >>"
        % (ref(n["document"]), ref(n["page"][0]), ref(n["note"]), ref(n["page"][0]))
    )
    doc.objects[n["page"][0]]["Annots"] = array(ref(n["note"]))
    doc.objects[n["document"]] = changed(
        doc.objects[n["document"]], K=array(*(ref(p) for p in n["paragraph"]), ref(n["element"]))
    )
    doc.objects[n["parents"]] = b"<< /Nums [0 [%s] 7 %s] >>" % (ref(n["paragraph"][0]), ref(n["element"]))


@variant("F4", "signed-xfa", "valid indeterminate")
def signed_xfa():
    """A static XFA packet that was there at signing and is untouched (NOTE or refused)"""

    def packed(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        xdp = doc.add(stream(b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"></xdp:xdp>'))
        doc.objects[n["form"]] = changed(doc.objects[n["form"]], XFA=ref(xdp))

    for kind in ("table", "stream", "objstm"):
        yield sign(Certidao(form=True, filler=packed).write(kind)), kind


@variant("C5", "no-perms", "valid indeterminate")
def no_perms():
    """DocMDP without /Perms in the catalog, as one validation service advises"""
    for kind, p in (("table", 2), ("stream", 3), ("objstm", 2)):
        yield sign_raw(Certidao().write(kind), extra=docmdp(p)), f"P={p}, {kind}"


# --- no signature, or not readable without help -----------------------------------------------------------------------------------------


@variant("unsigned", "plain", "unsigned", kind="unsigned")
def unsigned():
    """No signature at all"""
    yield Certidao().write(), "table"
    yield Certidao(pages=3, form=True).write("objstm"), "streams and a form"
    yield qpdf(Certidao(pages=2).write(), "--linearize"), "linearised"
    yield encrypted(Certidao().write(), ""), "encrypted, empty user password"


@variant("U13", "empty-field", "unsigned", kind="unsigned")
def unsigned_field():
    """An empty signature field is no signature"""
    certidao = Certidao(empty_field=True)
    yield certidao.write(), "no /V"
    certidao = Certidao(empty_field=True)
    certidao.doc.objects[certidao.numbers["empty"]] = changed(
        certidao.doc.objects[certidao.numbers["empty"]], V=b"null"
    )
    yield certidao.write("stream"), "/V null"
    writer = IncrementalPdfFileWriter(io.BytesIO(Certidao(form=True).write()))
    fields.append_signature_field(writer, fields.SigFieldSpec("Assinatura1", box=(300, 100, 500, 150)))
    out = io.BytesIO()
    writer.write(out)
    yield out.getvalue(), "made by pyHanko"


@variant("U13", "beside-signed", VALID)
def empty_beside():
    """An empty field beside a signed one is not counted"""
    for kind in ("table", "stream", "objstm"):
        certidao = Certidao(empty_field=True)
        certidao.doc.objects[certidao.numbers["empty"]] = changed(
            certidao.doc.objects[certidao.numbers["empty"]], V=b"null"
        )
        yield sign_raw(certidao.write(kind), name=b"(Assinatura2)"), f"/V null, {kind}"


@variant("D3", "imitation", "unsigned", kind="unsigned")
def imitation():
    """A picture of a signature without a signature"""
    tick = b"q 0 0.6 0 RG 4 w 300 120 m 310 105 l 340 150 l S Q BT /F1 9 Tf 345 125 Td (Assinado digitalmente e verificado) Tj ET\n"
    yield Certidao(content=page_content(1, 1) + tick).write(), "drawn on the page"
    stamp = b"<< /Type /Annot /Subtype /Stamp /Rect [300 100 500 150] /P 0 0 R /F 4 /Name /Approved /Contents (Assinatura valida) >>"
    yield updated(Certidao().write(), annotate(stamp)), "a stamp"

    def button(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        look = doc.add(stream(b"0 0.6 0 rg 0 0 200 50 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 200 50]"))
        n["button"] = doc.add(
            b"<< /Type /Annot /Subtype /Widget /FT /Btn /Ff 65536 /T (Assinatura1) /Rect [300 100 500 150] "
            b"/F 4 /P %s /AP << /N %s >> >>" % (ref(n["page"][0]), ref(look))
        )
        doc.objects[n["page"][0]]["Annots"] = array(ref(n["button"]))
        catalog["AcroForm"] = b"<< /Fields [%s] >>" % ref(n["button"])

    yield Certidao(filler=button).write("stream"), "a push button"


@variant("password", "needed", "unreadable indeterminate")
def password_needed():
    """A password is needed: ask for it, not "invalid\""""
    for bits in ("128", "256"):
        yield (
            sign(encrypted(Certidao().write(), "segredo", bits=bits), password="segredo", strict=False),
            f"signed, {bits} bits",
        )
    yield encrypted(Certidao(form=True).write(), "segredo"), "not signed"
