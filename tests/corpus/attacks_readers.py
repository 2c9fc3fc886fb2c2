"""Bytes that one reader takes for what was signed and another for something else (S): filters, encryption, numbers."""

import base64
import hashlib
import re
import zlib

from attacks_frame import FORGED
from common import Pdf, Update, Variants, array, changed, elements, number_of, ref, sign, sign_raw, stream
from documents import Certidao, base, page_content

variant = Variants("forgery")
INVALID, FAILING = "invalid", "invalid indeterminate"
BASES = ("classic", "p1", "p2", "compact", "first", "tagged")
ANOTHER_PAGE = b"1 g 0 0 595 842 re f 0 g " + FORGED


def contents(data):
    """Number of the content stream of the first page, and its content."""
    pdf = Pdf(data)
    found = pdf.dict(pdf.pages()[0])["Contents"]
    while found.startswith(b"[") or not found.endswith(b"R"):
        found = elements(found)[0] if found.startswith(b"[") else pdf.raw(number_of(found))
    number = number_of(found)
    return number, pdf.decoded(number)


def repacked(name, pack):
    """The content of the page in another packing, which one lenient reader unpacks to what it was."""
    data, _ = base(name)
    number, content = contents(data)
    update = Update(data)
    update.put(number, stream(*pack(content)))
    return update.finish(), name


def ascii85(data):
    return base64.a85encode(data, foldspaces=False)


def with_zero_bytes(content):
    whole = len(content) // 4 * 4
    left = content[whole:]
    middle = ascii85((left + b"\n\n\n\n")[:4]) if left else b""
    cut = len(left) + 1 if left else 0
    head = ascii85(content[:whole]) + middle[:cut]
    return head + b"\0" * 5 + middle[cut:] + ascii85(b"    \n" + ANOTHER_PAGE) + b"~>", b"/Filter /ASCII85Decode"


@variant("S7", "ascii85-zero", INVALID)
def zero_in_ascii85():
    """The content ends at a zero byte for some readers and goes on, with another page, for all others"""
    for name in BASES:
        yield repacked(name, with_zero_bytes)


@variant("S7", "no-zlib-header", INVALID)
def spoilt_header():
    """The content without the header of zlib: some readers mend it, most show an empty page"""
    for name in ("classic", "p1", "compact"):
        yield repacked(name, lambda content: (b"\0\0" + zlib.compress(content)[2:], b"/Filter /FlateDecode"))


@variant("S7", "cut-short", INVALID)
def cut_short():
    """The content without its checksum, or followed by other data"""
    for name in ("classic", "p1"):
        yield repacked(name, lambda content: (zlib.compress(content)[:-4], b"/Filter /FlateDecode"))
        more = zlib.compress(ANOTHER_PAGE)
        yield repacked(name, lambda content: (zlib.compress(content) + more, b"/Filter /FlateDecode"))


@variant("S7", "stray-parameters", INVALID)
def stray_parameters():
    """An array of filters beside one dictionary of parameters, which most readers leave out"""

    def pack(content):
        steps = bytes([content[0]]) + bytes((b - a) & 255 for a, b in zip(content, content[1:]))
        keys = b"/Filter [/FlateDecode] /DecodeParms << /Predictor 2 /Columns %d >>" % len(content)
        return zlib.compress(steps), keys

    for name in ("classic", "p1", "compact"):
        yield repacked(name, pack)


@variant("S7", "long-number", INVALID)
def long_number():
    """A page size of hundreds of digits: equal as numbers, unreadable to some"""
    for name in ("classic", "p1"):
        data, _ = base(name)
        update = Update(data)
        page = update.pdf.pages()[0]
        left, bottom, width, height = elements(update.pdf.dict(page)["MediaBox"])
        point = b"" if b"." in height else b"."
        update.edit(page, MediaBox=b"[%s %s %s %s]" % (left, bottom, width, height + point + b"0" * 400))
        yield update.finish(), name


PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
FILE_ID, OWNER, PERMISSIONS = bytes(range(16)), bytes(range(32)), b"\xfc\xff\xff\xff"


def rc4(key, data):
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i, j, out = 0, 0, bytearray()
    for byte in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(out)


def encrypted(way, certify):
    """A certidão encrypted without password. The page draws another text and covers it with the honest one; then the
    honest stream moves to a number of its own, where only those who never decrypted it still read it."""
    certidao = Certidao(xmp=False)
    n, doc = certidao.numbers, certidao.doc
    seed = PADDING + OWNER + PERMISSIONS + FILE_ID + (b"\xff" * 4 if way == "metadata" else b"")
    key = hashlib.md5(seed).digest()
    for _ in range(50):
        key = hashlib.md5(key).digest()
    user = hashlib.md5(PADDING + FILE_ID).digest()
    for turn in range(20):
        user = rc4(bytes(byte ^ turn for byte in key), user)
    streams = ref(doc.add(b"/StdCF")) if way == "filter" else b"/StdCF"
    method = ref(doc.add(b"/V2")) if way == "method" else b"/V2"
    rule = doc.add(
        b"<< /Filter /Standard /V 4 /R 4 /Length 128 /P -4 /O <%s> /U <%s> %s /CF << /StdCF << /CFM %s"
        b" /AuthEvent /DocOpen /Length 16 >> >> /StmF %s /StrF /Identity >>"
        % (OWNER.hex().encode(), (user + bytes(16)).hex().encode(),
           b"/EncryptMetadata false" if way == "metadata" else b"", method, streams)
    )
    crypt = b"/Filter [/Crypt] /DecodeParms [<< /Name /StdCF >>]"
    keys = {"metadata": b"/Type /Metadata", "crypt": crypt}.get(way, b"")

    def locked(number, content):
        return rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest(), content)

    false, honest = doc.reserve(), doc.reserve()
    raw = locked(honest, b"1 g 0 0 595 842 re f 0 g " + page_content(1, 1))
    doc.objects[false] = stream(locked(false, ANOTHER_PAGE))
    doc.objects[honest] = stream(raw, keys)
    page = n["page"][0]
    doc.objects[page] = changed(doc.objects[page], Contents=array(ref(false), ref(honest)))
    data = doc.write("table")
    at = data.index(b"<<", data.rindex(b"trailer")) + 2
    identity = FILE_ID.hex().encode()
    trailer = re.sub(rb"/ID \[.*?\]", b"", data[at:], flags=re.S)
    data = data[:at] + b" /Encrypt %s /ID [<%s><%s>] " % (ref(rule), identity, identity) + trailer
    update = Update(sign_raw(data, certify=certify))
    moved = update.new(stream(raw, keys))
    update.edit(update.pdf.pages()[0], Contents=array(ref(false), ref(moved)))
    return update.finish()


@variant("S7", "encryption", FAILING)
def encryption():
    """Encrypted by rules that readers follow differently; a stream is moved as it stands"""
    for way in ("filter", "method", "metadata", "crypt"):
        for certify in (None, 1):
            yield encrypted(way, certify), f"{way}, P {certify}"


@variant("S7", "two-roles", FAILING)
def two_roles():
    """A stream that is an annotation, and is drawn under a key that elsewhere leads back to a page"""
    for key in (b"D", b"P", b"Page", b"Data", b"Popup"):
        certidao = Certidao()
        n, doc = certidao.numbers, certidao.doc
        keys = (
            b"/Type /Annot /Subtype /Form /BBox [0 0 595 842] /Rect [0 0 0 0] /F 2"
            b" /Resources << /Font << /F1 %s >> >>" % ref(n["font"])
        )
        both = doc.add(stream(page_content(1, 1), keys))
        doc.objects[n["resources"]] = changed(doc.objects[n["resources"]], XObject=b"<< /%s %s >>" % (key, ref(both)))
        doc.objects[n["content"][0]] = stream(b"q /%s Do Q" % key)
        page = n["page"][0]
        doc.objects[page] = changed(doc.objects[page], Annots=array(ref(both)))
        update = Update(sign(certidao.write()))
        update.put(both, stream(ANOTHER_PAGE, keys))
        yield update.finish(), key.decode()
