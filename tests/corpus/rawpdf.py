"""PDF written and read byte by byte.

Attacks live in details that PDF libraries hide or repair, so the corpus has a writer that emits exactly what it is told:
values are raw bytes, dictionaries are ordered maps from key to raw bytes, and nothing is re-printed unless asked for.
"""

import hashlib
import re
import zlib

# --- lexing: just enough to find where a value ends --------------------------------------------------------------------

_BLANK = re.compile(rb"(?:[ \t\r\n\f\0]|%[^\r\n]*)*")
_WORD = re.compile(rb"[^ \t\r\n\f\0()<>\[\]{}/%]*")
_REFERENCE = re.compile(rb"\d+\s+\d+\s+R(?![^\s()<>\[\]{}/%])")


def skip_white(data, at):
    return _BLANK.match(data, at).end()


def _word_end(data, at):
    return _WORD.match(data, at).end()


def _string_end(data, at):
    depth = 0
    while True:
        char = data[at : at + 1]
        if char == b"\\":
            at += 1
        elif char == b"(":
            depth += 1
        elif char == b")":
            depth -= 1
        at += 1
        if depth == 0:
            return at


def value_end(data, at):
    """Where the value that starts at `at` ends; `7 0 R` is one value."""
    if data.startswith(b"<<", at):
        at += 2
        while True:
            at = skip_white(data, at)
            if data.startswith(b">>", at):
                return at + 2
            at = value_end(data, at)
    head = data[at : at + 1]
    if head == b"[":
        at += 1
        while True:
            at = skip_white(data, at)
            if data[at : at + 1] == b"]":
                return at + 1
            at = value_end(data, at)
    if head == b"(":
        return _string_end(data, at)
    if head == b"<":
        return data.index(b">", at) + 1
    if head == b"/":
        return _word_end(data, at + 1)
    reference = _REFERENCE.match(data, at)
    if reference:
        return reference.end()
    end = _word_end(data, at)
    if end == at:
        raise ValueError(f"no value at {at}: {data[at : at + 20]!r}")
    return end


def entries(body):
    """Keys of the dictionary that `body` starts with, and their values as raw bytes."""
    at = skip_white(body, 0)
    if not body.startswith(b"<<", at):
        raise ValueError(f"not a dictionary: {body[:40]!r}")
    at, found = at + 2, {}
    while True:
        at = skip_white(body, at)
        if body.startswith(b">>", at):
            return found
        key_end = value_end(body, at)
        start = skip_white(body, key_end)
        end = value_end(body, start)
        found[body[at + 1 : key_end].decode("latin-1")] = body[start:end]
        at = end


def elements(array):
    """Elements of an array, raw."""
    at, found = skip_white(array, 0) + 1, []
    while True:
        at = skip_white(array, at)
        if array[at : at + 1] == b"]":
            return found
        end = value_end(array, at)
        found.append(array[at:end])
        at = end


def dictionary(pairs):
    """A dictionary from a map; `None` leaves a key out."""
    return b"<< " + b" ".join(b"/%s %s" % (k.encode("latin-1"), v) for k, v in pairs.items() if v is not None) + b" >>"


def changed(body, **keys):
    """The dictionary with keys set (bytes) or removed (None); everything else keeps its bytes. Streams keep their data."""
    at = skip_white(body, 0)
    end = value_end(body, at)
    pairs = entries(body)
    pairs.update(keys)
    return dictionary(pairs) + body[end:]


def array(*values):
    return b"[" + b" ".join(values) + b"]"


def ref(number, generation=0):
    return b"%d %d R" % (number, generation)


def number_of(reference):
    return int(reference.split()[0])


def text(value):
    """A literal string in WinAnsi/PDFDoc (equal for the letters used here)."""
    raw = value.encode("cp1252") if isinstance(value, str) else value
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def stream(data, head=b"", *, compress=False, length=None):
    """A stream object; `head` is what its dictionary holds besides /Length."""
    if compress:
        data, head = zlib.compress(data), head + b" /Filter /FlateDecode"
    size = b"%d" % len(data) if length is None else length
    return b"<< %s /Length %s >>\nstream\n%s\nendstream" % (head.strip(), size, data)


# --- reading ------------------------------------------------------------------------------------------------------------


class Pdf:
    """The current view of a well-formed file: where its objects are, and their raw bytes."""

    def __init__(self, data):
        self.data = data
        self.base = max(data.find(b"%PDF-"), 0)
        self.startxref = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
        self.places, self.sections, self._unpacked = {}, [], {}
        self.trailer = None
        waiting, seen = [self.startxref], set()
        while waiting:
            at = waiting.pop(0)
            if at in seen:
                continue
            seen.add(at)
            trailer = self._section(at + self.base)
            if self.trailer is None:
                self.trailer = trailer
            if "XRefStm" in trailer:
                waiting.append(int(trailer["XRefStm"]))
            if "Prev" in trailer:
                waiting.append(int(trailer["Prev"]))

    @property
    def kind(self):
        return self.sections[0]

    @property
    def size(self):
        return max(int(self.trailer["Size"]), max(self.places) + 1)

    @property
    def root(self):
        return number_of(self.trailer["Root"])

    def _section(self, at):
        at = skip_white(self.data, at)
        if self.data.startswith(b"xref", at):
            self.sections.append("table")
            return self._table(at + 4)
        self.sections.append("stream")
        return self._xref_stream(at)

    def _table(self, at):
        while True:
            at = skip_white(self.data, at)
            if self.data.startswith(b"trailer", at):
                return entries(self.data[skip_white(self.data, at + 7) :])
            head = re.compile(rb"(\d+)\s+(\d+)\s+").match(self.data, at)
            at, first = head.end(), int(head[1])
            for number in range(first, first + int(head[2])):
                row = re.compile(rb"(\d+) (\d+) ([nf])\s*").match(self.data, at)
                at = row.end()
                place = ("n", int(row[1]), int(row[2])) if row[3] == b"n" else ("f", int(row[1]), int(row[2]))
                self.places.setdefault(number, place)

    def _xref_stream(self, at):
        body = self._body_at(at)
        head = entries(body)
        data = self._decoded(body)
        widths = [int(x) for x in elements(head["W"])]
        index = [int(x) for x in elements(head.get("Index", b"[0 %s]" % head["Size"]))]
        row, step = 0, sum(widths)
        for first, count in zip(index[::2], index[1::2]):
            for number in range(first, first + count):
                cells, offset = [], row * step
                for width in widths:
                    cells.append(int.from_bytes(data[offset : offset + width], "big"))
                    offset += width
                kind = cells[0] if widths[0] else 1
                self.places.setdefault(number, ("fns"[kind], cells[1], cells[2]))
                row += 1
        return head

    def _body_at(self, at):
        start = re.compile(rb"\s*\d+\s+\d+\s+obj\s*").match(self.data, at).end()
        end = value_end(self.data, start)
        after = re.compile(rb"\s*stream\r?\n").match(self.data, end)
        if after:
            length = entries(self.data[start:end])["Length"]
            size = int(self.raw(number_of(length))) if length.endswith(b"R") else int(length)
            end = self.data.index(b"endstream", after.end() + size) + 9
        return self.data[start:end]

    def _decoded(self, body):
        head = entries(body)
        end = value_end(body, skip_white(body, 0))
        start = re.compile(rb"\s*stream\r?\n").match(body, end).end()
        length = head["Length"]
        size = int(self.raw(number_of(length))) if length.endswith(b"R") else int(length)
        data = body[start : start + size]
        if b"FlateDecode" in head.get("Filter", b""):
            data = zlib.decompress(data)
            parameters = (
                entries(
                    elements(head["DecodeParms"])[0] if head["DecodeParms"].startswith(b"[") else head["DecodeParms"]
                )
                if "DecodeParms" in head
                else {}
            )
            if int(parameters.get("Predictor", b"1")) >= 10:
                data = _png_up(data, int(parameters.get("Columns", b"1")))
        return data

    def raw(self, number):
        """The bytes of an object's value, as they stand in the file."""
        kind, where, _ = self.places[number]
        if kind == "n":
            return self._body_at(where + self.base)
        if kind == "f":
            raise KeyError(f"object {number} is free")
        return self._container(where)[number]

    def _container(self, container):
        if container not in self._unpacked:
            body = self.raw(container)
            data, first = self._decoded(body), int(entries(body)["First"])
            numbers = [int(x) for x in data[:first].split()]
            starts = [first + x for x in numbers[1::2]]
            found = {}
            for number, start in zip(numbers[::2], starts):
                start = skip_white(data, start)
                found[number] = data[start : value_end(data, start)]
            self._unpacked[container] = found
        return self._unpacked[container]

    def dict(self, number):
        return entries(self.raw(number))

    def decoded(self, number):
        return self._decoded(self.raw(number))

    def offset(self, number):
        """Offset of an object in the file (not from the header)."""
        return self.places[number][1] + self.base

    def follow(self, value):
        return self.raw(number_of(value)) if value.endswith(b"R") else value

    def pages(self, number=None):
        """Object numbers of the pages, in order."""
        number = number_of(self.dict(self.root)["Pages"]) if number is None else number
        node = self.dict(number)
        if "Kids" not in node:
            return [number]
        return [page for kid in elements(self.follow(node["Kids"])) for page in self.pages(number_of(kid))]

    def fields(self):
        """Fully qualified name -> object number, of all terminal fields."""
        form = self.dict(self.root).get("AcroForm")
        found = {}

        def walk(number, path):
            node = self.dict(number)
            name = node.get("T")
            path = path + [_plain(name)] if name is not None else path
            kids = [number_of(kid) for kid in elements(self.follow(node["Kids"]))] if "Kids" in node else []
            named = [kid for kid in kids if "T" in self.dict(kid)]
            if not named:
                found[".".join(path)] = number
            for kid in named:
                walk(kid, path)

        if form is not None:
            for field in elements(self.follow(entries(self.follow(form)).get("Fields", b"[]"))):
                walk(number_of(field), [])
        return found

    def signature(self, which=-1):
        """Number of the dictionary of a signature, by order of appearance in the fields."""
        values = [self.dict(n).get("V") for n in self.fields().values() if self.dict(n).get("FT") == b"/Sig"]
        return [number_of(v) for v in values if v is not None and v.endswith(b"R")][which]


def _plain(value):
    """A string as people see it, good enough for the field names used here."""
    raw = bytes.fromhex(value[1:-1].decode()) if value.startswith(b"<") else value[1:-1].replace(b"\\", b"")
    return raw[2:].decode("utf-16-be") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def _png_up(data, columns):
    out, previous = bytearray(), bytes(columns)
    for at in range(0, len(data), columns + 1):
        kind, row = data[at], data[at + 1 : at + 1 + columns]
        previous = bytes((a + b) & 255 for a, b in zip(row, previous)) if kind == 2 else row
        out += previous
    return bytes(out)


# --- writing cross-references ---------------------------------------------------------------------------------------------


def _runs(numbers):
    run = []
    for number in sorted(numbers):
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def xref_table(places, eol=b"\n"):
    """A table; `places` maps number -> ("n", offset, generation) or ("f", next, generation)."""
    end = b"\r\n" if eol == b"\r\n" else b" " + eol
    rows = [b"xref" + eol]
    for run in _runs(places):
        rows.append(b"%d %d" % (run[0], len(run)) + eol)
        rows += [b"%010d %05d %s" % (places[n][1], places[n][2], places[n][0].encode()) + end for n in run]
    return b"".join(rows)


def xref_stream_object(places, trailer, *, widths=None, predictor=False):
    """The value of a cross-reference stream; places may also be ("s", container, index)."""
    widths = widths or (1, 4, 2 if all(place[2] < 65536 for place in places.values()) else 4)
    data = b"".join(
        b"".join(
            value.to_bytes(width, "big")
            for value, width in zip(("fns".index(places[n][0]), places[n][1], places[n][2]), widths)
        )
        for run in _runs(places)
        for n in run
    )
    index = b" ".join(b"%d %d" % (run[0], len(run)) for run in _runs(places))
    parameters = b""
    if predictor:
        step, previous, out = sum(widths), bytes(sum(widths)), bytearray()
        for at in range(0, len(data), step):
            row = data[at : at + step]
            out += b"\2" + bytes((a - b) & 255 for a, b in zip(row, previous))
            previous = row
        data, parameters = bytes(out), b" /DecodeParms << /Columns %d /Predictor 12 >>" % step
    head = b"/Type /XRef /W [%d %d %d] /Index [%s]%s " % (*widths, index, parameters)
    return stream(
        data, head + b" ".join(b"/%s %s" % (k.encode(), v) for k, v in trailer.items() if v is not None), compress=True
    )


def object_stream(items, extra=b""):
    """The value of an object stream that holds (number, body) pairs."""
    starts, at = [], 0
    for number, body in items:
        starts.append(b"%d %d " % (number, at))
        at += len(body) + 1
    head, data = b"".join(starts), b"".join(body + b"\n" for _, body in items)
    return stream(head + data, b"/Type /ObjStm /N %d /First %d %s" % (len(items), len(head), extra), compress=True)


def is_packable(body):
    """Whether an object may live in an object stream: no stream, no signature dictionary."""
    return b"stream" not in body[-10:] and b"/ByteRange" not in body and not body.strip().isdigit()


# --- a document from scratch ------------------------------------------------------------------------------------------------


class Doc:
    """Objects of a new file. Numbers are given in order; `write` chooses the outer form."""

    def __init__(self):
        self.objects, self.next = {}, 1
        self.root = self.info = None

    def reserve(self):
        self.next += 1
        return self.next - 1

    def add(self, body, number=None):
        number = self.reserve() if number is None else number
        self.objects[number] = body
        return number

    def write(
        self,
        kind="table",
        *,
        version=b"1.7",
        eol=b"\n",
        binary=True,
        prefix=b"",
        identifier=True,
        tail=b"\n",
        extra=b"",
        predictor=False,
    ):
        """`kind`: table, stream (cross-reference stream only), objstm (object streams too), hybrid, word (hybrid in the
        style of office suites: full table, then an empty one that names the cross-reference stream)."""
        out = bytearray(b"%PDF-" + version + eol + (b"%\xe2\xe3\xcf\xd3" + eol if binary else b""))
        objects = dict(self.objects)
        packed = {}
        if kind == "objstm":
            packed = {n: b for n, b in objects.items() if is_packable(b)}
        elif kind in ("hybrid", "word"):  # only what old readers can do without: structure, outlines
            packed = {
                n: b
                for n, b in objects.items()
                if is_packable(b)
                and re.search(rb"/S /(Document|P|Form|Span)\b|/Type /(StructTreeRoot|Outlines)|/Title", b)
            }
        trailer = {"Root": ref(self.root), "Info": ref(self.info) if self.info else None}
        if identifier:
            digest = hashlib.md5(b"".join(objects.values())).hexdigest().encode()
            trailer["ID"] = b"[<%s> <%s>]" % (digest, digest)
        places, size = {0: ("f", 0, 65535)}, self.next
        container = None
        if packed:
            container, size = size, size + 1
            items = list(packed.items())
            objects = {n: b for n, b in objects.items() if n not in packed}
            objects[container] = object_stream(items)
            places.update({n: ("s", container, i) for i, (n, _) in enumerate(items)})
        for number, body in objects.items():
            places[number] = ("n", len(out), 0)
            out += b"%d 0 obj" % number + eol + body + eol + b"endobj" + eol
        if kind == "table":
            start = len(out)
            out += xref_table(places, eol) + b"trailer" + eol
            out += dictionary({"Size": b"%d" % size, **trailer})[:-2] + extra + b">>" + eol
        elif kind in ("stream", "objstm"):
            start, number = len(out), size
            places[number] = ("n", start, 0)
            body = xref_stream_object(places, {"Size": b"%d" % (number + 1), **trailer}, predictor=predictor)
            out += b"%d 0 obj" % number + eol + body + eol + b"endobj" + eol
        else:
            hidden = {n: p for n, p in places.items() if p[0] == "s"}
            shown = {n: (("f", 0, 65535 if n == 0 else 0) if p[0] != "n" else p) for n, p in places.items()}
            number = size
            second = len(out)
            stm = xref_stream_object(hidden or {0: places[0]}, {"Size": b"%d" % (number + 1), **trailer})
            out += b"%d 0 obj" % number + eol + stm + eol + b"endobj" + eol
            shown[number] = ("n", second, 0)
            start = len(out)
            full = {"Size": b"%d" % (number + 1), **trailer}
            if kind == "hybrid":
                full["XRefStm"] = b"%d" % second
            out += xref_table(shown, eol) + b"trailer" + eol + dictionary(full) + eol
            if kind == "word":
                first = start
                out += b"startxref" + eol + b"%d" % first + eol + b"%%EOF" + eol
                start = len(out)
                full.update(Prev=b"%d" % first, XRefStm=b"%d" % second)
                out += b"xref" + eol + b"0 0" + eol + b"trailer" + eol + dictionary(full) + eol
        out += b"startxref" + eol + b"%d" % start + eol + b"%%EOF" + tail
        return prefix + bytes(out)


# --- an incremental update ----------------------------------------------------------------------------------------------------


class Update:
    """A revision appended to a file. Every part of it can be given a twist in `finish`."""

    def __init__(self, data, kind=None, eol=b"\n"):
        self.data, self.pdf, self.eol = data, Pdf(data), eol
        self.kind = kind or self.pdf.kind
        self.objects, self.freed, self.next = [], {}, self.pdf.size

    def raw(self, number):
        for known, _, body in reversed(self.objects):
            if known == number:
                return body
        return self.pdf.raw(number)

    def dict(self, number):
        return entries(self.raw(number))

    def put(self, number, body, generation=0):
        self.objects = [o for o in self.objects if o[0] != number] + [(number, generation, body)]
        self.next = max(self.next, number + 1)
        return self

    def new(self, body):
        number = self.next
        self.put(number, body)
        return number

    def edit(self, number, **keys):
        return self.put(number, changed(self.raw(number), **keys))

    def append_to(self, number, key, value):
        """Adds an element to an array that is a value of dictionary `number`, direct or not; makes it if absent."""
        current = self.dict(number).get(key)
        if current is not None and current.endswith(b"R"):
            holder = number_of(current)
            self.put(holder, array(*elements(self.raw(holder)), value))
        else:
            self.edit(number, **{key: array(*(elements(current) if current else []), value)})
        return self

    def free(self, number, generation=1):
        self.freed[number] = generation
        return self

    def form(self):
        """Object number of the dictionary that holds /Fields, and whether it is the catalog's own direct value."""
        form = self.dict(self.pdf.root).get("AcroForm")
        return number_of(form) if form is not None and form.endswith(b"R") else None

    def add_field(self, number):
        """Names a field in /Fields; makes /AcroForm if there is none."""
        holder = self.form()
        if holder is not None:
            self.append_to(holder, "Fields", ref(number))
            flags = self.dict(holder).get("SigFlags")
            if flags != b"3":
                self.edit(holder, SigFlags=b"3")
        else:
            form = entries(self.dict(self.pdf.root).get("AcroForm", b"<< >>"))
            form["Fields"] = array(*elements(form.get("Fields", b"[]")), ref(number))
            form["SigFlags"] = b"3"
            self.edit(self.pdf.root, AcroForm=dictionary(form))
        return self

    def finish(
        self,
        *,
        root=None,
        prev=None,
        size=None,
        extra=b"",
        drop=(),
        xref=True,
        shift=0,
        between=b"",
        after=b"\n",
        pack=False,
        startxref=None,
        more=None,
        predictor=False,
    ):
        """The file with this revision. Twists: another /Root, /Prev or /Size; `drop` trailer keys; `extra` raw trailer
        text; no `xref` at all; offsets `shift`ed; bytes `between` objects and cross-reference; `more` places."""
        base, eol = self.pdf.base, self.eol
        out = bytearray(self.data)
        if out[-1:] not in (b"\n", b"\r"):
            out += b"\n"
        places = {n: ("f", 0, g) for n, g in self.freed.items()}
        if self.freed:  # the free list: 0 -> lowest freed -> ... -> 0
            chain = [0, *sorted(self.freed), 0]
            for number, following in zip(chain, chain[1:]):
                places[number] = ("f", following, self.freed.get(number, 65535))
        loose, packed = self.objects, []
        if pack:
            packed = [(n, b) for n, _, b in self.objects if is_packable(b)]
            loose = [o for o in self.objects if o[0] not in dict(packed)]
            if packed:
                container = self.next
                self.next += 1
                loose = loose + [(container, 0, object_stream(packed))]
                places.update({n: ("s", container, i) for i, (n, _) in enumerate(packed)})
        for number, generation, body in loose:
            places[number] = ("n", len(out) - base + shift, generation)
            out += b"%d %d obj" % (number, generation) + eol + body + eol + b"endobj" + eol
        out += between
        if not xref:
            return bytes(out)
        places.update(more or {})
        keep = {
            k: self.pdf.trailer[k] for k in ("Root", "Info", "Encrypt", "ID") if k in self.pdf.trailer and k not in drop
        }
        if root is not None:
            keep["Root"] = ref(root)
        if "ID" in keep:
            keep["ID"] = array(elements(keep["ID"])[0], b"<%s>" % hashlib.md5(bytes(out)).hexdigest().encode())
        if "Prev" not in drop:
            keep["Prev"] = b"%d" % (self.pdf.startxref if prev is None else prev)
        start = len(out) - base
        if self.kind == "table":
            out += xref_table(places, eol) if places else b"xref" + eol + b"0 0" + eol
            keep = {"Size": b"%d" % (size or self.next), **keep}
            out += b"trailer" + eol + dictionary(keep)[:-2] + extra + b">>" + eol
        else:
            number = self.next
            places[number] = ("n", start, 0)
            body = xref_stream_object(places, {"Size": b"%d" % (size or number + 1), **keep}, predictor=predictor)
            if extra:
                body = body.replace(b"/Type /XRef", b"/Type /XRef " + extra, 1)
            out += b"%d 0 obj" % number + eol + body + eol + b"endobj" + eol
        out += b"startxref" + eol + b"%d" % (start if startxref is None else startxref) + eol + b"%%EOF" + after
        return bytes(out)
