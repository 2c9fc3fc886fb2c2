"""Forms that lie (F): what a field says, shows, or may not change."""

from attacks_frame import resign
from common import Update, Variants, array, changed, ref, sign, stream
from documents import Certidao, base, tx, with_font
from edits import check, choose, fill, set_keys, updated, without

variant = Variants("forgery")
INVALID, FAILING = "invalid", "invalid indeterminate"
FORMS = ("form", "form-stream", "p2", "p2-stream", "p3-first")


@variant("F1", "read-only", INVALID)
def read_only():
    """A read-only or hidden field changed, or a widget hidden"""
    for name in FORMS:
        data, n = base(name)
        yield updated(data, fill(n, "protocolo", "2026-9999")), f"read-only, {name}"
        yield (
            updated(data, set_keys(n["field protocolo"], Ff=b"0"), fill(n, "protocolo", "2026-9999")),
            f"flag taken off first, {name}",
        )
        yield updated(data, set_keys(n["field valor"], F=b"6")), f"widget hidden, {name}"
        yield updated(data, set_keys(n["field valor"], F=b"36")), f"widget not viewed, {name}"
        yield updated(data, lambda u: without(u, n["page"][0], n["field valor"])), f"widget off the page, {name}"
        yield (
            updated(data, set_keys(n["field observacao"], Rect=b"[72 500 292 518]"), fill(n, "observacao", "Sicrano")),
            f"moved over another, {name}",
        )
    for name in ("form", "p2"):
        data, n = base(name)
        yield resign(data, fill(n, "protocolo", "2026-9999")), f"read-only, {name}, signed by another"

    def concealed(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        doc.objects[n["field valor"]] = changed(doc.objects[n["field valor"]], F=b"2")

    for kind, certify in (("table", None), ("objstm", 2)):
        certidao = Certidao(form=True, filler=concealed)
        data = sign(certidao.write(kind), certify=certify)
        yield updated(data, fill(certidao.numbers, "valor", "R$ 900.000,00")), f"value of a hidden field, {kind}"
        yield updated(data, set_keys(certidao.numbers["field valor"], F=b"4")), f"hidden field shown, {kind}"


@variant("F2", "appearance", INVALID)
def appearance():
    """The appearance says something else than /V"""
    for name in FORMS:
        data, n = base(name)
        yield updated(data, fill(n, "valor", "R$ 100.000,00", "R$ 900.000,00")), f"only the appearance changes, {name}"
        yield updated(data, fill(n, "valor", "R$ 900.000,00", "R$ 100.000,00")), f"only /V changes, {name}"
        yield updated(data, fill(n, "observacao", "Com \xf4nus", "Sem \xf4nus")), f"both change, unlike, {name}"
        yield (
            updated(
                data,
                set_keys(n["field valor"], V=b"(R$ 900.000,00)", AP=None),
                set_keys(n["form"], NeedAppearances=b"true"),
            ),
            f"/NeedAppearances, {name}",
        )
        yield updated(data, fill(n, "oficio", "Segundo", "Primeiro")), f"choice, {name}"
        yield updated(data, set_keys(n["field quitado"], AS=b"/Sim")), f"/AS without /V, {name}"
        yield (
            updated(data, set_keys(n["field via"], V=b"/papel"), set_keys(n["via digital"], AS=b"/digital")),
            f"radio unlike, {name}",
        )

        def painted(update):
            look = with_font(tx("Sim"), n["helv"]).replace(b"/Tx BMC q", b"/Tx BMC q", 1)
            inside = look.split(b"stream\n")[1].split(b"\nendstream")[0] + b" BT /Helv 10 Tf 80 5 Td (e R$ 1,00) Tj ET"
            look = stream(
                inside,
                b"/Type /XObject /Subtype /Form /BBox [0 0 220 18] /Resources << /Font << /Helv %s >> >>"
                % ref(n["helv"]),
            )
            update.edit(n["field observacao"], V=b"(Sim)", AP=b"<< /N %s >>" % ref(update.new(look)))

        yield updated(data, painted), f"more text than /V, {name}"
    for name in ("form", "p2-stream"):
        data, n = base(name)
        yield (
            resign(data, fill(n, "valor", "R$ 100.000,00", "R$ 900.000,00")),
            f"only the appearance, {name}, signed by another",
        )


SWAPPED = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [49 /nine] >> >>"


@variant("F3", "fonts", INVALID)
def fonts():
    """Fonts of the form swapped so that a value reads differently"""
    for name in FORMS:
        data, n = base(name)
        yield updated(data, lambda u: u.put(n["helv"], SWAPPED)), f"font object redefined, {name}"
        yield (
            updated(data, lambda u: u.edit(n["form"], DR=b"<< /Font << /Helv %s >> >>" % ref(u.new(SWAPPED)))),
            f"/DR, {name}",
        )
        yield updated(data, set_keys(n["field valor"], DA=b"(/ZaDb 10 Tf 1 g)")), f"/DA, {name}"

        def look(update):
            body = with_font(tx("R$ 100.000,00"), update.new(SWAPPED))
            update.edit(n["field valor"], AP=b"<< /N %s >>" % ref(update.new(body)))

        yield updated(data, look), f"appearance with another font, {name}"
    data, n = base("p2")
    yield resign(data, lambda u: u.put(n["helv"], SWAPPED)), "font object redefined, P=2, signed by another"
    yield (
        resign(base("form")[0], lambda u: u.put(base("form")[1]["helv"], SWAPPED)),
        "font object redefined, signed by another",
    )


@variant("F3", "certified-1", INVALID)
def fonts_p1():
    """Fonts of the form swapped under P=1"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    for kind in ("table", "stream", "objstm"):
        data = sign(certidao.write(kind), certify=1)
        yield updated(data, set_keys(n["helv"], BaseFont=b"/Symbol")), kind


XFA = (
    b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template xmlns="http://www.xfa.org/schema/xfa-template/3.3/"><subform name="f">'
    b'<field name="valor"/></subform></template><xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><f>'
    b"<valor>%s</valor></f></xfa:data></xfa:datasets></xdp:xdp>"
)


def _with_xfa(certidao, catalog):
    n, doc = certidao.numbers, certidao.doc
    n["xfa"] = doc.add(stream(XFA % b"100"))
    doc.objects[n["form"]] = changed(doc.objects[n["form"]], XFA=ref(n["xfa"]))


@variant("F4", "xfa", FAILING)
def xfa():
    """An XFA packet added or changed after signing"""
    for name in ("form", "p2", "p2-stream"):
        data, n = base(name)
        yield updated(data, lambda u: u.edit(n["form"], XFA=ref(u.new(stream(XFA % b"900"))))), f"added, {name}"
        yield (
            updated(data, lambda u: u.edit(n["form"], XFA=b"[(datasets) %s]" % ref(u.new(stream(XFA % b"900"))))),
            f"added in parts, {name}",
        )
        yield (
            resign(data, lambda u: u.edit(n["form"], XFA=ref(u.new(stream(XFA % b"900"))))),
            f"added, {name}, signed by another",
        )
    for kind, certify in (("table", None), ("objstm", 2), ("stream", 3)):
        certidao = Certidao(form=True, filler=_with_xfa)
        n = certidao.numbers
        data = sign(certidao.write(kind), certify=certify)
        yield updated(data, lambda u: u.put(n["xfa"], stream(XFA % b"900"))), f"changed, {kind}"
        yield updated(data, set_keys(n["form"], XFA=None)), f"removed, {kind}"


def locked(action, names, kind="table", certify=None, nested=True, dictionary_too=True):
    certidao = Certidao(form=True, nested=nested)
    return sign(certidao.write(kind), lock=(action, names), certify=certify), certidao.numbers


@variant("F5", "locked", INVALID)
def locked_fields():
    """A field changed that the signature locks"""
    for kind, certify in (("table", None), ("objstm", 2), ("stream", None)):
        data, n = locked("all", [], kind, certify)
        yield updated(data, fill(n, "observacao", "x")), f"all: value, {kind}"
        yield updated(data, check(n)), f"all: check box, {kind}"
        data, n = locked("include", ["valor", "parte", "via"], kind, certify)
        yield updated(data, fill(n, "valor", "R$ 900.000,00")), f"include: value, {kind}"
        yield updated(data, fill(n, "nomeComprador", "Sicrano")), f"include: child of a locked field, {kind}"
        yield updated(data, choose(n, "digital")), f"include: kid without name, {kind}"
        yield updated(data, set_keys(n["field parte"], V=b"(Sicrano)")), f"include: value on the parent, {kind}"
        yield (
            updated(data, set_keys(n["field comprador"], Kids=array(ref(n["field nomeComprador"])))),
            f"include: kid removed, {kind}",
        )
        yield (
            updated(
                data,
                lambda u: u.append_to(
                    n["field comprador"],
                    "Kids",
                    ref(u.new(b"<< /FT /Tx /T (novo) /V (x) /Parent %s >>" % ref(n["field comprador"]))),
                ),
            ),
            f"include: kid added, {kind}",
        )
        yield (
            updated(
                data,
                set_keys(n["field valor"], T=b"(valorAntigo)"),
                lambda u: u.put(
                    n["field observacao"], u.raw(n["field observacao"]).replace(b"(observacao)", b"(valor)")
                ),
            ),
            f"include: renamed, {kind}",
        )
        yield resign(data, fill(n, "valor", "R$ 900.000,00")), f"include: value, {kind}, signed by another"
        data, n = locked("exclude", ["observacao"], kind, certify)
        yield updated(data, fill(n, "valor", "R$ 900.000,00")), f"exclude: value, {kind}"
        yield (
            updated(data, fill(n, "observacao", "livre"), fill(n, "nome", "Sicrano")),
            f"exclude: one free, one not, {kind}",
        )


@variant("F5", "lock-removed", INVALID)
def lock_removed():
    """The lock itself is changed first"""
    for kind in ("table", "objstm", "stream"):
        data, n = locked("include", ["valor"], kind)
        update = Update(data)
        signature_field = update.pdf.fields()["Assinatura1"]
        yield (
            updated(data, set_keys(signature_field, Lock=None), fill(n, "valor", "R$ 900.000,00")),
            f"/Lock gone, {kind}",
        )
        number = update.pdf.signature()
        yield (
            updated(data, set_keys(number, Reference=None), fill(n, "valor", "R$ 900.000,00")),
            f"/Reference gone, {kind}",
        )


@variant("F6", "shared-value", FAILING)
def shared_value():
    """One /V referenced by several fields, changed through the one that may change"""

    def shared(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        n["value"] = doc.add(b"(R$ 100.000,00)")
        for name in ("valor", "observacao", "protocolo"):
            doc.objects[n["field " + name]] = changed(doc.objects[n["field " + name]], V=ref(n["value"]))

    for kind, certify in (("table", None), ("stream", 2), ("objstm", None)):
        certidao = Certidao(form=True, filler=shared)
        n = certidao.numbers
        data = sign(certidao.write(kind), certify=certify)

        def through(update):
            update.put(n["value"], b"(R$ 900.000,00)")
            update.edit(
                n["field observacao"], AP=b"<< /N %s >>" % ref(update.new(with_font(tx("R$ 900.000,00"), n["helv"])))
            )

        yield updated(data, through), kind
        yield resign(data, through), f"{kind}, signed by another"
        yield updated(data, lambda u: u.put(n["value"], b"(R$ 900.000,00)")), f"{kind}, no appearance touched"
    certidao = Certidao(
        form=True,
        filler=lambda c, cat: c.doc.objects.update(
            {
                c.numbers["field observacao"]: changed(
                    c.doc.objects[c.numbers["field observacao"]], AP=b"<< /N %s >>" % ref(c.numbers["ap protocolo"])
                )
            }
        ),
    )
    n = certidao.numbers
    data = sign(certidao.write(), certify=2)
    yield (
        updated(
            data,
            lambda u: u.put(n["ap protocolo"], with_font(tx("Pago"), n["helv"])),
            set_keys(n["field observacao"], V=b"(Pago)"),
        ),
        "one appearance for two fields",
    )
