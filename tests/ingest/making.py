"""Files of every format, made for tests: well-formed ones, and ones that are not."""

from __future__ import annotations

import html
import io
import json
import random
import zipfile
from functools import cache

import docx

WORDS = (
    "harbour council bridge the a of and on Tuesday said Minister 2021 January 17 café naïve Größe 東京 река مدينة "
    "U.S. Jan. No. 3.5% €9 “quoted” 'it’s' (so-called) [1] e\u0301lan ﬁnal co-\u00adoperate 🚢 👩\u200d🚀 "
    "Ã©tÃ© â€œmojiâ€\x9d"
).split(" ")
FURNITURE = (
    "Read more", "Top stories", "© 2021 The Paper. All rights reserved.", "Accept cookies", "Share", "Home > World",
    "Advertisement", "Comments (3)", "20220204", "https://paper.example/a", "date 2021-12-10", "Podcasts", "• • •",
    "icon-a icon-b icon-c icon-d icon-e icon-f icon-g icon-h icon-i icon-j icon-k icon-l", "العربيةespрусde",
)  # fmt: skip
ODD = "\u00a0\u200b\ufeff\u2028\u2029\x85\x0b\x0c\x1c\t\u00ad\u0301\ufffd\u202e\ue000"
BREAKS = ("\n", "\n\n", "\r\n", "\r", "\r\n\r\n", "\u2028")


def sentence(rng: random.Random) -> str:
    said = " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 25)))
    return said[:1].upper() + said[1:] + rng.choice((".", ".", ".", "?", "!", "", "…", ".”", ":"))


def paragraph(rng: random.Random) -> str:
    if rng.random() < 0.2:
        return rng.choice(FURNITURE)
    text = " ".join(sentence(rng) for _ in range(rng.randint(1, 4)))
    if rng.random() < 0.3:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + "".join(rng.choice(ODD) for _ in range(rng.randint(1, 3))) + text[at:]
    return text


def text(rng: random.Random) -> str:
    dateline = "MOSCOW, December 10. /TASS/. " if rng.random() < 0.1 else ""
    mark = "\ufeff" if rng.random() < 0.1 else ""
    return mark + dateline + rng.choice(BREAKS).join(paragraph(rng) for _ in range(rng.randint(0, 12)))


def txt(rng: random.Random) -> bytes:
    encoding = rng.choice(("utf-8",) * 5 + ("utf-16", "cp1252", "cp1251", "utf-16-le", "shift_jis"))
    return text(rng).encode(encoding, "replace")


def markdown(rng: random.Random) -> bytes:
    lines = ["---", "title: T", "date: 2020-01-02", "---"] if rng.random() < 0.3 else []
    for _ in range(rng.randint(0, 12)):
        words = paragraph(rng)
        lines.append(
            rng.choice(
                ("", "# ", "## ", "- ", "> ", "1. ", "| ", "```", "![x](y.png) ", "[link](http://x.example) ")
            )
            + words.replace(" ", rng.choice((" ", " **", "_ ", " `")), 2)
        )
    return "\n".join(lines).encode("utf-8", "replace")


def page(rng: random.Random) -> bytes:
    tags = (
        "p",
        "div",
        "li",
        "h2",
        "td",
        "span",
        "nav",
        "aside",
        "blockquote",
        "pre",
        "a",
        "figcaption",
        "x-y",
    )
    parts = []
    for _ in range(rng.randint(0, 14)):
        tag, words = rng.choice(tags), html.escape(paragraph(rng))
        close = f"</{tag}>" if rng.random() < 0.9 else ""
        parts.append(f'<{tag} class="{rng.choice(("", "share", "text", "x y"))}">{words}{close}')
    head = f"<title>{html.escape(sentence(rng))}</title><meta name='date' content='{rng.choice(WORDS)}'>"
    return f"<!doctype html><html><head>{head}</head><body>{''.join(parts)}</body></html>".encode(
        "utf-8", "replace"
    )


def jsonl(rng: random.Random) -> bytes:
    lines = []
    for _ in range(rng.randint(1, 3)):
        record: dict[str, object] = {
            "title": sentence(rng),
            "text": text(rng),
            "date": rng.choice(WORDS),
            "url": rng.choice(FURNITURE),
        }
        for key in list(record):
            if rng.random() < 0.1:
                record[key] = rng.choice((None, 3, [], "", "\ud800"))
        lines.append(json.dumps(record))
    return "\n".join(lines).encode()


@cache
def _empty_docx() -> bytes:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    return buffer.getvalue()


def word(rng: random.Random) -> bytes:
    body = "".join(
        f"<w:p><w:r><w:t>{html.escape(''.join(c for c in paragraph(rng) if c.isprintable()))}</w:t></w:r></w:p>"
        for _ in range(rng.randint(0, 8))
    )
    return docx_of(body)


def docx_of(body: str) -> bytes:
    """A Word document with this XML as its body."""
    buffer = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(_empty_docx()))
    with zipfile.ZipFile(buffer, "w") as package:
        for part in source.namelist():
            data = source.read(part)
            if part == "word/document.xml":
                head = data.decode("utf-8").partition("<w:body>")[0]
                data = f"{head}<w:body>{body}</w:body></w:document>".encode()
            package.writestr(part, data)
    return buffer.getvalue()


def pdf(rng: random.Random) -> bytes:
    return pdf_of(
        ["\n".join(paragraph(rng) for _ in range(rng.randint(0, 6))) for _ in range(rng.randint(1, 3))]
    )


FORMATS = {".txt": txt, ".md": markdown, ".html": page, ".jsonl": jsonl, ".docx": word, ".pdf": pdf}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Cut off, with bytes changed, doubled or put in, as copying and scraping do it."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(4):
            case 0:
                del changed[at:]
            case 1:
                changed[at : at + rng.randint(1, 8)] = rng.randbytes(rng.randint(0, 8))
            case 2:
                changed[at:at] = rng.choice(
                    (b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"<", b"]]>", b"\x1b", b"&#0;", b"{")
                )
            case _:
                changed[at:at] = changed[at // 2 : at]
    return bytes(changed[:200_000])


def pdf_of(pages: list[str]) -> bytes:
    """A small PDF, one line a page, written by hand: enough for a reader, no library needed."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, text in enumerate(pages):
        lines = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").split("\n")
        stream = "BT /F1 10 Tf 14 TL 40 760 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * i} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(
            f"<< /Length {len(stream.encode('cp1252', 'replace'))} >>\nstream\n{stream}\nendstream"
        )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252", "replace")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
        ).encode()
    )
