"""A Word document -> its extracted text: paragraphs and table rows, one a line.

The raw text is what python-docx reads, a blank line between paragraphs. The package is checked before it is
opened: a zip bomb declares what it unpacks to, and zipfile never unpacks more than is declared.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table

from qa.ingest.document import Document, Metadata, Unreadable

MAX_UNPACKED_BYTES = 64 * 2**20  # pictures and all; text beyond this is no article
MAX_XML_BYTES = 16 * 2**20  # an XML tree takes about ten times its text in memory
MAX_PARTS = 5_000
MAX_CELLS = 20_000  # merged tables repeat their cells


def read_docx(path: str, data: bytes) -> Document:
    """Raises Unreadable where it is no Word document, or one that unpacks to too much."""
    _check_package(data)
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, ValueError, KeyError) as error:
        raise Unreadable(f"a broken Word document: {error}") from error
    raw = "\n\n".join(_blocks(document))
    if not raw.strip():
        raise Unreadable("no text in it")
    told = document.core_properties
    title = " ".join((told.title or "").split())
    created = told.created or told.modified
    return Document(path, raw, Metadata(title=title or None, created=created.date() if created else None))


def _check_package(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Unreadable(f"a broken Word document: {error}") from error
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("encrypted: it asks for a password. Save it without one and index it again")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Unreadable(f"it unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB or {MAX_PARTS:,} parts")
    if any(part.file_size > MAX_XML_BYTES for part in parts if part.filename.endswith((".xml", ".rels"))):
        raise Unreadable(f"a part of it unpacks to more than {MAX_XML_BYTES // 2**20} MiB")
    if "word/document.xml" not in {part.filename for part in parts}:
        raise Unreadable("a zip archive, not a Word document")


def _blocks(document: WordDocument) -> Iterator[str]:
    cells = 0
    for block in document.iter_inner_content():
        if not isinstance(block, Table):
            yield block.text
            continue
        for row in block.rows:
            texts: list[str] = []
            for cell in row.cells:
                cells += 1
                if cells > MAX_CELLS:
                    raise Unreadable(f"tables of more than {MAX_CELLS:,} cells: not an article")
                text = " ".join(cell.text.split())
                if text and (not texts or texts[-1] != text):  # a merged cell comes once for each column
                    texts.append(text)
            yield " \t".join(texts)
