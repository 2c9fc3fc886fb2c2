"""Invented certidões in the styles of different producers, and signed files that attacks start from."""

import functools
import random
import zlib

from common import (
    Doc,
    array,
    changed,
    dictionary,
    docmdp,
    elements,
    entries,
    number_of,
    pki,
    ref,
    seal,
    sign,
    sign_raw,
    signature_dictionary,
    stream,
    text,
    widget,
)

TITLE = "CERTIDÃO DE INTEIRO TEOR"
LINES = [
    "Ofício de Registro de Imóveis de Exemplópolis",
    "Matrícula nº 4.321, Livro 2, Registro Geral",
    "Certifico que o imóvel da Rua das Acácias Fictícias, 100,",
    "pertence a FULANA DE EXEMPLO, brasileira, solteira.",
    "O referido é verdade e dou fé.",
]
AMOUNT = "Valor da transmissão: R$ 100.000,00"


def show(lines, x=72, y=760, size=11, font=b"/F1", leading=18):
    """A piece of content that shows lines of text."""
    body = b"".join(text(line) + b" Tj T* " for line in lines)
    return b"BT %s %d Tf %d TL %d %d Td %sET\n" % (font, size, leading, x, y, body)


def page_content(number, total):
    return (
        show([TITLE], size=15)
        + show(LINES, y=720)
        + show([AMOUNT], y=600, size=13)
        + show([f"Folha {number} de {total}"], x=450, y=60, size=9)
    )


def tx(value, width=220, height=18):
    """The appearance of a text field, as form fillers write it."""
    inner = b"/Tx BMC q 1 1 %d %d re W n BT /Helv 10 Tf 0 g 2 5 Td %s Tj ET Q EMC" % (
        width - 2,
        height - 2,
        text(value),
    )
    return stream(
        inner,
        b"/Type /XObject /Subtype /Form /BBox [0 0 %d %d] /Resources << /Font << /Helv %%s >> >>" % (width, height),
    )


def with_font(body, font):
    return body.replace(b"%s", ref(font), 1)


class Certidao:
    """Builds a document step by step; `doc` is complete after the constructor, `numbers` names what attacks aim at."""

    def __init__(
        self,
        pages=1,
        *,
        form=False,
        tagged=False,
        outlines=False,
        links=False,
        xmp=True,
        info=True,
        nested=False,
        inherit=False,
        compress=False,
        empty_field=False,
        indirect_annots=False,
        tree=False,
        bulk=0,
        lang=False,
        contents_array=False,
        layers=False,
        content=None,
        filler=None,
    ):
        self.doc = doc = Doc()
        self.numbers = n = {}
        n["root"], n["pages"] = doc.reserve(), doc.reserve()
        n["font"] = doc.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        if bulk:
            n["image"] = doc.add(
                stream(
                    zlib.compress(_noise(bulk), 1),
                    b"/Type /XObject /Subtype /Image /Width %d /Height %d "
                    b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode" % (1024, bulk // 1024),
                )
            )
        fonts = b"/F1 " + ref(n["font"])
        more = b" /XObject << /Im %s >>" % ref(n["image"]) if bulk else b""
        if layers:
            n["layer"] = doc.add(b"<< /Type /OCG /Name (Texto) >>")
            n["layer2"] = doc.add(b"<< /Type /OCG /Name (Ressalva) >>")
            more += b" /Properties << /L1 %s /L2 %s >>" % (ref(n["layer"]), ref(n["layer2"]))
        resources = b"<< /Font << %s >>%s >>" % (fonts, more)
        n["resources"] = doc.add(resources) if not inherit else None
        n["page"] = [doc.reserve() for _ in range(pages)]
        n["content"] = []
        catalog = {"Type": b"/Catalog", "Pages": ref(n["pages"])}
        kids = [ref(p) for p in n["page"]]
        parent = n["pages"]
        if tree:  # an inner node per two pages
            inner = [doc.reserve() for _ in range((pages + 1) // 2)]
            for i, node in enumerate(inner):
                own = kids[2 * i : 2 * i + 2]
                doc.add(
                    b"<< /Type /Pages /Parent %s /Kids %s /Count %d >>" % (ref(n["pages"]), array(*own), len(own)), node
                )
            kids = [ref(node) for node in inner]
        for i, number in enumerate(n["page"]):
            inside = page_content(i + 1, pages) if content is None else content
            if layers:
                inside += b"/OC /L2 BDC " + show(["Há ônus sobre o imóvel."], y=560) + b"EMC\n"
            if tagged:
                inside = b"/P << /MCID 0 >> BDC\n" + inside + b"EMC\n"
            if bulk and i == 0:
                inside += b"q 100 0 0 100 400 400 cm /Im Do Q\n"
            if contents_array:
                half = doc.add(stream(b"q\n")), doc.add(stream(inside, compress=compress)), doc.add(stream(b"Q\n"))
                reference = array(*(ref(x) for x in half))
                n["content"].append(half[1])
            else:
                n["content"].append(doc.add(stream(inside, compress=compress)))
                reference = ref(n["content"][-1])
            page = {"Type": b"/Page", "Parent": ref(inner[i // 2]) if tree else ref(parent), "Contents": reference}
            if not inherit:
                page.update(MediaBox=b"[0 0 595.27559 841.88976]", Resources=ref(n["resources"]))
            if tagged:
                page["StructParents"] = b"%d" % i
                page["Tabs"] = b"/S"
            doc.objects[number] = page
        self.pages_extra = {"MediaBox": b"[0 0 595 842]", "Resources": resources} if inherit else {}
        doc.objects[n["pages"]] = {"Type": b"/Pages", "Kids": array(*kids), "Count": b"%d" % pages, **self.pages_extra}
        annotations = []
        if links:
            n["link"] = doc.add(
                b"<< /Type /Annot /Subtype /Link /Rect [72 640 300 655] /Border [0 0 0] /F 4 "
                b"/A << /S /URI /URI (https://registro.exemplo.invalid/consulta) >> >>"
            )
            annotations.append(n["link"])
        if form:
            annotations += self._form(catalog, nested)
        if empty_field:
            n["empty"] = doc.add(widget(n["page"][0], None, b"(Assinatura1)", b"[300 100 500 150]", b"/F 4"))
            annotations.append(n["empty"])
            catalog.setdefault("AcroForm", b"<< /Fields [] >>")
            catalog["AcroForm"] = catalog["AcroForm"].replace(b"/Fields [", b"/Fields [%s " % ref(n["empty"]))
        if annotations:
            listing = array(*(ref(a) for a in annotations))
            if indirect_annots:
                n["annots"] = doc.add(listing)
                listing = ref(n["annots"])
            doc.objects[n["page"][0]]["Annots"] = listing
        if outlines:
            n["outlines"], n["item"] = doc.reserve(), doc.reserve()
            doc.add(
                b"<< /Type /Outlines /First %s /Last %s /Count 1 >>" % (ref(n["item"]), ref(n["item"])), n["outlines"]
            )
            doc.add(
                b"<< /Title (Matr\\355cula) /Parent %s /Dest [%s /Fit] >>" % (ref(n["outlines"]), ref(n["page"][0])),
                n["item"],
            )
            catalog["Outlines"] = ref(n["outlines"])
            catalog["PageLabels"] = b"<< /Nums [0 << /S /D >>] >>"
            n["dests"] = doc.add(b"<< /Names [(folha) [%s /Fit]] >>" % ref(n["page"][0]))
            catalog["Names"] = b"<< /Dests %s >>" % ref(n["dests"])
        if tagged:
            self._tags(catalog, pages)
        if layers:
            catalog["OCProperties"] = b"<< /OCGs [%s %s] /D << /Order [%s %s] /ON [%s %s] >> >>" % (
                ref(n["layer"]),
                ref(n["layer2"]),
                ref(n["layer"]),
                ref(n["layer2"]),
                ref(n["layer"]),
                ref(n["layer2"]),
            )
        if lang or tagged:
            catalog["Lang"] = b"(pt-BR)"
        if xmp:
            n["xmp"] = doc.add(stream(packet("2026-09-15T10:00:00-03:00"), b"/Type /Metadata /Subtype /XML"))
            catalog["Metadata"] = ref(n["xmp"])
        if info:
            n["info"] = doc.info = doc.add(
                b"<< /Title (Certid\\343o) /Producer (Corpus) /CreationDate (D:20260915100000-03'00') "
                b"/ModDate (D:20260915100000-03'00') >>"
            )
        if filler:
            filler(self, catalog)
        doc.objects[n["root"]] = catalog
        doc.root = n["root"]
        for number, value in list(doc.objects.items()):
            if isinstance(value, dict):
                doc.objects[number] = dictionary(value)
        doc.objects = dict(sorted(doc.objects.items()))

    def _form(self, catalog, nested):
        doc, n = self.doc, self.numbers
        page = n["page"][0]
        n["helv"] = doc.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        top, widgets = [], []

        def text_field(name, value, y, *, parent=None, extra=b""):
            look = doc.add(with_font(tx(value), n["helv"]))
            n["ap " + name] = look
            up = b"/Parent %s " % ref(parent) if parent else b""
            field = doc.add(
                b"<< /Type /Annot /Subtype /Widget /FT /Tx %s/T (%s) /V %s /DA (/Helv 10 Tf 0 g) /F 4 /P %s "
                b"/Rect [72 %d 292 %d] /AP << /N %s >> %s>>"
                % (up, name.encode(), text(value), ref(page), y, y + 18, ref(look), extra)
            )
            n["field " + name] = field
            widgets.append(field)
            return field

        top.append(text_field("nome", "Fulana de Exemplo", 500))
        top.append(text_field("valor", "R$ 100.000,00", 470))
        top.append(text_field("observacao", "", 440))
        top.append(text_field("protocolo", "2026-0001", 410, extra=b"/Ff 1 "))
        if nested:
            party, buyer = doc.reserve(), doc.reserve()
            name = text_field("nomeComprador", "Beltrano de Exemplo", 380, parent=buyer)
            paper = text_field("documento", "000", 350, parent=buyer)
            doc.add(b"<< /T (comprador) /Parent %s /Kids [%s %s] >>" % (ref(party), ref(name), ref(paper)), buyer)
            doc.add(b"<< /T (parte) /Kids [%s] >>" % ref(buyer), party)
            n["field parte"], n["field comprador"] = party, buyer
            top.append(party)
        mark = doc.add(
            stream(
                b"q 0 0 14 14 re S 2 2 m 12 12 l 2 12 m 12 2 l S Q", b"/Type /XObject /Subtype /Form /BBox [0 0 14 14]"
            )
        )
        blank = doc.add(stream(b"q 0 0 14 14 re S Q", b"/Type /XObject /Subtype /Form /BBox [0 0 14 14]"))
        states = b"/AP << /N << /%%s %s /Off %s >> >>" % (ref(mark), ref(blank))
        n["field quitado"] = doc.add(
            b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (quitado) /V /Off /AS /Off /F 4 /P %s "
            b"/Rect [72 320 86 334] /MK << /CA (8) >> %s >>" % (ref(page), states.replace(b"%s", b"Sim"))
        )
        top.append(n["field quitado"])
        radio, first, second = doc.reserve(), doc.reserve(), doc.reserve()
        for kid, state, x in ((first, b"papel", 120), (second, b"digital", 150)):
            doc.add(
                b"<< /Type /Annot /Subtype /Widget /Parent %s /AS /Off /F 4 /P %s /Rect [%d 320 %d 334] %s >>"
                % (ref(radio), ref(page), x, x + 14, states.replace(b"%s", state)),
                kid,
            )
        doc.add(b"<< /FT /Btn /Ff 49152 /T (via) /V /Off /Kids [%s %s] >>" % (ref(first), ref(second)), radio)
        n["field via"], n["via papel"], n["via digital"] = radio, first, second
        top.append(radio)
        look = doc.add(with_font(tx("Primeiro", 120), n["helv"]))
        n["ap oficio"] = look
        n["field oficio"] = doc.add(
            b"<< /Type /Annot /Subtype /Widget /FT /Ch /Ff 131072 /T (oficio) /Opt [(Primeiro) (Segundo)] "
            b"/V (Primeiro) /DA (/Helv 10 Tf 0 g) /F 4 /P %s /Rect [200 316 320 334] /AP << /N %s >> >>"
            % (ref(page), ref(look))
        )
        top.append(n["field oficio"])
        n["form"] = doc.add(
            b"<< /Fields [%s] /DR << /Font << /Helv %s >> >> /DA (/Helv 10 Tf 0 g) >>"
            % (b" ".join(ref(f) for f in top), ref(n["helv"]))
        )
        catalog["AcroForm"] = ref(n["form"])
        return [*widgets, n["field quitado"], first, second, n["field oficio"]]

    def _tags(self, catalog, pages):
        doc, n = self.doc, self.numbers
        n["struct"], n["document"] = doc.reserve(), doc.reserve()
        parts = [
            doc.add(
                b"<< /Type /StructElem /S /P /P %s /Pg %s /K 0 /ActualText %s >>"
                % (ref(n["document"]), ref(page), text(AMOUNT))
            )
            for page in n["page"]
        ]
        n["paragraph"] = parts
        doc.add(
            b"<< /Type /StructElem /S /Document /P %s /K %s >>" % (ref(n["struct"]), array(*(ref(p) for p in parts))),
            n["document"],
        )
        n["parents"] = doc.add(b"<< /Nums [%s] >>" % b" ".join(b"%d [%s]" % (i, ref(p)) for i, p in enumerate(parts)))
        doc.add(
            b"<< /Type /StructTreeRoot /K [%s] /ParentTree %s /ParentTreeNextKey %d >>"
            % (ref(n["document"]), ref(n["parents"]), pages),
            n["struct"],
        )
        catalog["StructTreeRoot"] = ref(n["struct"])
        catalog["MarkInfo"] = b"<< /Marked true >>"

    def write(self, *args, **how):
        return self.doc.write(*args, **how)

    def signed_first(
        self, kind="table", signer=None, *, certify=None, cades=True, rect=b"[0 0 0 0]", signing_time=False, **how
    ):
        """Signed in its first revision, as producers do that sign while exporting."""
        doc, n = self.doc, self.numbers
        page = n["page"][0]
        value = doc.add(
            signature_dictionary(
                extra=docmdp(certify) if certify else b"",
                subfilter=b"/ETSI.CAdES.detached" if cades else b"/adbe.pkcs7.detached",
            )
        )
        look = doc.add(stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 0 0]"))
        field = doc.add(widget(page, ref(value), rect=rect, extra=b"/F 132 /AP << /N %s >>" % ref(look)))
        old = entries(doc.objects[page]).get("Annots", b"[]")
        if old.endswith(b"R"):
            holder = number_of(old)
            doc.objects[holder] = array(*elements(doc.objects[holder]), ref(field))
        else:
            doc.objects[page] = changed(doc.objects[page], Annots=array(*elements(old), ref(field)))
        if "form" in n:
            form = doc.objects[n["form"]]
            doc.objects[n["form"]] = changed(
                form, Fields=array(*elements(entries(form)["Fields"]), ref(field)), SigFlags=b"3"
            )
        else:
            doc.objects[n["root"]] = changed(
                doc.objects[n["root"]], AcroForm=b"<< /Fields [%s] /SigFlags 3 >>" % ref(field)
            )
        if certify:
            doc.objects[n["root"]] = changed(doc.objects[n["root"]], Perms=b"<< /DocMDP %s >>" % ref(value))
        n["signature"], n["signature field"] = value, field
        return seal(doc.write(kind, **how), signer, cades=cades, signing_time=signing_time)


def _noise(count):
    """Bytes that do not compress, the same in every run."""
    return random.Random(2026).randbytes(count)


def packet(date, title="Certidão"):
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<xmp:CreateDate>2026-09-15T10:00:00-03:00</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        f'</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


# --- signed files that attacks and later revisions start from --------------------------------------------------------------
# Each is (bytes, numbers). They differ in outer form, signer, kind of signature and who produced them.


@functools.cache
def base(name):
    """Signed files by name; cached, because many variants start from the same one."""
    return BASES[name]()


def _of(certidao, data):
    return data, certidao.numbers


def _pyhanko(kind="table", signed=None, **options):
    certidao = Certidao(**options)
    signed = dict(signed or {})
    if signed.get("signer"):
        signed["signer"] = getattr(pki(), signed["signer"])
    return _of(certidao, sign(certidao.write(kind), strict=kind not in ("hybrid", "word"), **signed))


def _raw(kind="table", signed=None, signer="ec", **options):
    certidao = Certidao(**options)
    return _of(certidao, sign_raw(certidao.write(kind), getattr(pki(), signer), **(signed or {})))


def _first(kind="table", signed=None, signer="ec", **options):
    certidao = Certidao(**options)
    data = certidao.signed_first(kind, getattr(pki(), signer), **(signed or {}))
    return _of(certidao, data)


def _two():
    data, numbers = base("classic")
    return sign(data, "Assinatura2", pki().rsa), numbers


BASES = {
    "classic": lambda: _pyhanko(links=True),
    "compact": lambda: _raw(
        "objstm", signer="rsa", signed={"cades": False, "signing_time": True}, compress=True, outlines=True
    ),
    "first": lambda: _first(pages=2, inherit=True),
    "first-stream": lambda: _first("objstm", signer="rsa", pages=3, tree=True, compress=True),
    "two": _two,
    "p1": lambda: _pyhanko(signed={"certify": 1}),
    "p2": lambda: _pyhanko(signed={"certify": 2}, form=True),
    "p2-stream": lambda: _raw("objstm", signed={"certify": 2}, form=True, nested=True, compress=True),
    "p3": lambda: _pyhanko(signed={"certify": 3}, links=True),
    "p3-first": lambda: _first(signed={"certify": 3}, form=True),
    "form": lambda: _pyhanko(form=True, nested=True),
    "form-stream": lambda: _raw("objstm", signer="rsa", form=True, indirect_annots=True),
    "tagged": lambda: _pyhanko("objstm", tagged=True, pages=2, compress=True),
    "pages": lambda: _raw(pages=4, tree=True, inherit=True, outlines=True),
    "hybrid": lambda: _raw("hybrid", tagged=True, outlines=True),
    "visible": lambda: _pyhanko(signed={"box": (300, 100, 500, 150)}, links=True),
    "layers": lambda: _pyhanko(layers=True),
}
