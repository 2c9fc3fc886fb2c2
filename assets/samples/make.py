#!/usr/bin/env python3
"""Makes the sample certidões from nothing: invented people, every page marked as a sample.

Needs LibreOffice Writer (`soffice`), reportlab and Pillow. The results are committed, so that nobody who builds the
program needs any of these. Run: python3 assets/samples/make.py
"""

import io
import random
import subprocess
import tempfile
import zlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

HERE = Path(__file__).parent
FONTS = Path("/usr/share/fonts/truetype/dejavu")
MARK = "AMOSTRA – DOCUMENTO FICTÍCIO – SEM VALOR LEGAL"

BIRTH = """
<html><head><meta charset="utf-8"><title>Certidão de nascimento (amostra)</title></head>
<body style="font-family: Liberation Serif; font-size: 12pt">
<p align="center"><b>{mark}</b></p>
<h1 align="center">CERTIDÃO DE NASCIMENTO</h1>
<p align="center">Matrícula de exemplo: 000000 00 00 0000 0 00000 000 0000000 00</p>
<p>CERTIFICO que, no livro A-000, folha 000, termo 00000 deste Ofício Fictício de Registro Civil das Pessoas Naturais,
consta o registro de nascimento de <b>FULANA EXEMPLO DA SILVA FICTÍCIA</b>, do sexo feminino, nascida no primeiro dia
de janeiro de dois mil, às 10h00, na cidade imaginária de Vila Exemplo.</p>
<p>Filiação: BELTRANO EXEMPLO FICTÍCIO e SICRANA DA SILVA FICTÍCIA.</p>
<p>O referido é fictício e não dou fé. Vila Exemplo, hoje.</p>
<p align="center"><b>{mark}</b></p>
</body></html>
"""

PROPERTY = [
    "CERTIDÃO DE INTEIRO TEOR DA MATRÍCULA",
    "",
    "CNM de exemplo: 000000.2.0000000-00",
    "",
    "IMÓVEL: lote imaginário nº 0 da quadra 0 do Loteamento Fictício,",
    "Vila Exemplo, com área de 000,00 m².",
    "PROPRIETÁRIA: Fulana Exemplo da Silva Fictícia.",
    "R.1: Não há ônus, porque não há imóvel.",
]


def libreoffice_pdfa() -> bytes:
    """PDF/A-2b as LibreOffice exports it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "certidao.html"
        source.write_text(BIRTH.format(mark=MARK), encoding="utf-8")
        options = 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}'
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--infilter=HTML (StarWriter)",
             "--convert-to", options, "--outdir", folder, str(source)],
            check=True, capture_output=True,
        )
        return (Path(folder) / "certidao.pdf").read_bytes()


def reportlab_text() -> bytes:
    """Embedded TrueType subset, compressed streams, classic table."""
    pdfmetrics.registerFont(TTFont("DejaVu", str(FONTS / "DejaVuSans.ttf")))
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4, invariant=1)
    page.setTitle("Certidão de matrícula (amostra)")
    for number in (1, 2):
        page.setFont("DejaVu", 9)
        page.drawCentredString(A4[0] / 2, A4[1] - 40, MARK)
        page.setFont("DejaVu", 12)
        for line, text in enumerate(PROPERTY):
            page.drawString(72, A4[1] - 110 - 22 * line, text)
        page.drawString(72, 60, f"Página {number} de 2")
        page.showPage()
    page.save()
    return out.getvalue()


def scanned() -> bytes:
    """A page that is nothing but a picture, as a scanner makes it: slightly turned, grainy, JPEG."""
    dice = random.Random(1042)
    picture = Image.new("L", (1240, 1754), 250)
    draw = ImageDraw.Draw(picture)
    small = ImageFont.truetype(str(FONTS / "DejaVuSans.ttf"), 26)
    large = ImageFont.truetype(str(FONTS / "DejaVuSans-Bold.ttf"), 44)
    draw.text((140, 90), MARK, font=small, fill=60)
    draw.text((140, 240), "CERTIDÃO NEGATIVA DE PROTESTO", font=large, fill=30)
    lines = ["CERTIFICO que nada consta em nome de", "BELTRANO EXEMPLO FICTÍCIO,", "porque a pessoa não existe."]
    for line, text in enumerate(lines):
        draw.text((140, 380 + 60 * line), text, font=small, fill=40)
    picture = picture.rotate(0.6, fillcolor=248, resample=Image.BICUBIC).filter(ImageFilter.GaussianBlur(0.7))
    grain = Image.frombytes("L", picture.size, bytes(dice.choices(range(0, 26), k=picture.width * picture.height)))
    picture = Image.blend(picture, grain.point(lambda v: 230 + v), 0.25)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=55)
    from reportlab.lib.utils import ImageReader

    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4, invariant=1)
    page.setTitle("Certidão digitalizada (amostra)")
    page.drawImage(ImageReader(io.BytesIO(jpeg.getvalue())), 0, 0, *A4)
    page.showPage()
    page.save()
    return out.getvalue()


def hybrid() -> bytes:
    """A hybrid-reference file as word processors write it: a table for old readers, and a cross-reference stream that
    also knows the structure tree in an object stream (ISO 32000-2, 7.5.8.4)."""
    text = "\n".join(
        f"BT /F1 {size} Tf 72 {y} Td ({line}) Tj ET"
        for size, y, line in [
            (9, 800, "AMOSTRA - DOCUMENTO FICTICIO - SEM VALOR LEGAL"),
            (18, 720, "PROCURACAO (AMOSTRA)"),
            (12, 680, "Outorgante: Fulana Exemplo da Silva Ficticia."),
            (12, 660, "Outorgado: Beltrano Exemplo Ficticio."),
            (12, 640, "Poderes: nenhum, porque as pessoas nao existem."),
        ]
    )
    text = f"/P <</MCID 0>> BDC\n{text}\nEMC"
    content = zlib.compress(text.encode("ascii"))
    plain = {
        1: b"<</Type/Catalog/Pages 2 0 R/Lang(pt-BR)/StructTreeRoot 6 0 R/MarkInfo<</Marked true>>>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 4 0 R>>>>/MediaBox[0 0 595.32001 841.92004]/Contents 5 0 R"
           b"/Tabs/S/StructParents 0>>",
        4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        5: b"<</Filter/FlateDecode/Length %d>>\nstream\n" % len(content) + content + b"\nendstream",
        9: b"<</Title(Procuracao - amostra)/Producer(assets/samples/make.py)>>",
    }
    hidden = {
        6: b"<</Type/StructTreeRoot/K 7 0 R/ParentTree 8 0 R/ParentTreeNextKey 1>>",
        7: b"<</S/P/Type/StructElem/P 6 0 R/Pg 3 0 R/K 0>>",
        8: b"<</Nums[0[7 0 R]]>>",
    }
    out = bytearray(b"%PDF-1.7\r\n%\xb5\xb5\xb5\xb5\r\n")
    offsets = {}
    for number, body in plain.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\r\n" % number + body + b"\r\nendobj\r\n"
    pairs, bodies = [], b""
    for number, body in hidden.items():
        pairs.append(b"%d %d" % (number, len(bodies)))
        bodies += body + b" "
    index = b" ".join(pairs) + b" "
    packed = zlib.compress(index + bodies)
    offsets[10] = len(out)
    out += (b"10 0 obj\r\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\r\nstream\r\n"
            % (len(hidden), len(index), len(packed)) + packed + b"\r\nendstream\r\nendobj\r\n")
    xref_stream = len(out)
    records = b""
    for number in range(12):
        if number in hidden:
            records += b"\x02" + (10).to_bytes(4, "big") + list(hidden).index(number).to_bytes(2, "big")
        elif number in offsets or number == 11:
            offset = xref_stream if number == 11 else offsets[number]
            records += b"\x01" + offset.to_bytes(4, "big") + b"\0\0"
        else:
            records += b"\0" + bytes(4) + b"\xff\xff"
    identifier = b"[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]"
    packed = zlib.compress(records)
    out += (b"11 0 obj\r\n<</Type/XRef/Size 12/W[1 4 2]/Root 1 0 R/Info 9 0 R/ID%s/Filter/FlateDecode/Length %d>>\r\n"
            b"stream\r\n" % (identifier, len(packed)) + packed + b"\r\nendstream\r\nendobj\r\n")
    table = len(out)
    out += b"xref\r\n0 12\r\n"
    free = [0, 6, 7, 8]
    for number in range(12):
        if number in free:
            following = free[(free.index(number) + 1) % len(free)]
            out += b"%010d 65535 f\r\n" % following
        else:
            out += b"%010d 00000 n\r\n" % (xref_stream if number == 11 else offsets[number])
    out += (b"trailer\r\n<</Size 12/Root 1 0 R/Info 9 0 R/ID%s/XRefStm %d>>\r\nstartxref\r\n%d\r\n%%%%EOF\r\n"
            % (identifier, xref_stream, table))
    return bytes(out)


if __name__ == "__main__":
    for name, make in {
        "certidao-nascimento.pdf": libreoffice_pdfa,
        "certidao-imovel.pdf": reportlab_text,
        "certidao-digitalizada.pdf": scanned,
        "procuracao-hibrida.pdf": hybrid,
    }.items():
        content = make()
        (HERE / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")
