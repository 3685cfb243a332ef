"""A file -> documents, by what it is rather than what it is called; or the reason why not.

Whatever a file holds, reading it ends and stays within the size limits here, which bound time and memory alike.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from qa.ingest.decode import SAMPLE_BYTES, decode, wide_encoding
from qa.ingest.document import Document, Unreadable
from qa.ingest.docx import read_docx
from qa.ingest.fields import Fields
from qa.ingest.formats import FORMATS
from qa.ingest.html import read_html
from qa.ingest.jsonl import MAX_LINE_BYTES, read_jsonl
from qa.ingest.markdown import read_markdown
from qa.ingest.package import format_of_package
from qa.ingest.pdf import read_pdf
from qa.ingest.table import read_table
from qa.records import Rejected

MIB = 2**20
MAX_PACKAGE_BYTES = 64 * MIB
MAX_BYTES = {
    ".txt": 16 * MIB,  # War and Peace five times over
    ".md": 16 * MIB,
    ".html": 8 * MIB,  # the tree of a page takes about 20 times its size in memory
    ".csv": 64 * MIB,
    ".pdf": 64 * MIB,  # pictures and fonts are most of a PDF
    ".docx": MAX_PACKAGE_BYTES,
    ".jsonl": 1024 * MIB,  # read a line at a time
}
_SAME_AS = {
    ".htm": ".html",
    ".xhtml": ".html",
    ".markdown": ".md",
    ".text": ".txt",
    ".ndjson": ".jsonl",
    ".tsv": ".csv",
    ".docm": ".docx",
    ".dotx": ".docx",
    ".dotm": ".docx",
}
_SIGNATURES = (
    (b"%PDF-", ".pdf"),
    (b"PK\x03\x04", ".zip"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"BZh", "a compressed file; unpack it first"),
    (b"\xfd7zXZ", "a compressed file; unpack it first"),
    (b"7z\xbc\xaf", "a compressed file; unpack it first"),
    (b"Rar!", "a compressed file; unpack it first"),
    (b"\xd0\xcf\x11\xe0", ".ole"),
    (b"{\\rtf", "a rich-text file; save it as .docx or .txt"),
    (b"SQLite format 3", "a database"),
)
# Streams of the old Office's compound files, by which they are told apart.
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted: it asks for a password. Save it without one and index it again"),
    ("WordDocument", "an old Word document; save it as .docx"),
    ("PowerPoint Document", "an old PowerPoint presentation; save it as .pptx"),
    ("Workbook", "an old Excel workbook; save its sheets as .csv"),
    ("__substg1.0_", "a message of Outlook; save it as .eml"),
)
_TEXT = frozenset({".txt", ".md", ".html", ".jsonl", ".csv"})


def load(
    file: Path, path: str, *, today: date, fields: Fields | None = None
) -> Iterator[Document | Rejected]:
    """The documents in `file`, which is called `path` in the results. Never raises for what the file is or holds.

    fields: which fields of .jsonl and .csv files are the parts of an article, where they have names of their own.
    """
    try:
        with opened(file) as stream:
            yield from _documents(stream, path, file.suffix.lower(), today, fields or Fields())
    except Unreadable as error:
        yield Rejected(path, str(error))
    except FileNotFoundError:
        yield Rejected(path, "it was gone when it was to be read")
    except PermissionError:
        yield Rejected(path, "no permission to read it")
    except OSError as error:
        yield Rejected(path, f"it cannot be read: {error.strerror or error}")
    except (
        Exception,
        MemoryError,
    ) as error:  # the parsers of strangers' files raise anything; one file, one reason
        yield Rejected(path, f"it cannot be read: {type(error).__name__}: {str(error)[:200]}")


def opened(file: Path) -> BinaryIO:
    """The file, opened so that neither a pipe nor a device can hold the build up."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(file, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unreadable("not a regular file")
    return os.fdopen(handle, "rb")


def _documents(
    opened: BinaryIO, path: str, suffix: str, today: date, fields: Fields
) -> Iterator[Document | Rejected]:
    format_ = _format(opened.read(1024), suffix)
    opened.seek(0)
    limit = MAX_BYTES.get(format_, MAX_PACKAGE_BYTES)
    size = os.fstat(opened.fileno()).st_size
    if size > limit:
        raise Unreadable(
            f"{size / MIB:,.0f} MiB, more than the {limit // MIB} MiB that are read of a {format_} file"
        )
    if format_ == ".jsonl":
        yield from read_jsonl(path, _lines(opened, limit), fields)
        return
    data = opened.read(limit + 1)  # it may have grown since its size was asked
    if len(data) > limit:
        raise Unreadable(f"more than the {limit // MIB} MiB that are read of a {format_} file")
    if not data.strip(b" \t\r\n\0"):
        raise Unreadable("empty")
    if format_ == ".ole":
        raise Unreadable(_ole_kind(data))
    if format_ == ".zip":
        format_ = format_of_package(data)
    if format_ == ".pdf":
        yield read_pdf(path, data)
    elif format_ == ".docx":
        yield read_docx(path, data)
    elif format_ == ".html":
        yield read_html(path, data, today=today)
    elif format_ == ".md":
        yield read_markdown(path, decode(data))
    elif format_ == ".csv":
        yield from read_table(path, decode(data), fields)
    else:
        yield Document(path, decode(data))


def _format(start: bytes, suffix: str) -> str:
    """The format by the file's first bytes where they tell, otherwise by its name's ending."""
    for signature, what in _SIGNATURES:
        if start.startswith(signature) and (what.startswith(".") or len(signature) > 2 or b"\0" in start):
            if what.startswith("."):
                return what
            raise Unreadable(f"not text: {what}")
    suffix = _SAME_AS.get(suffix, suffix)
    if suffix in (".pdf", ".docx"):
        raise Unreadable("empty" if not start.strip(b" \t\r\n\0") else f"called {suffix}, but it is not one")
    if suffix in ("", ".txt") and start.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower().startswith(
        (b"<!doctype html", b"<html")
    ):
        return ".html"
    if suffix in _TEXT:
        return suffix
    if suffix == "":
        return ".txt"
    raise Unreadable(f"a kind of file that is not read ({suffix}); these are: {FORMATS}")


def _ole_kind(data: bytes) -> str:
    """Why a compound file of the old Office is not read, and what to do."""
    for stream, why in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return why
    return "a file of an old Office program; save it as .docx or .pdf"


def _lines(opened: BinaryIO, limit: int) -> Iterator[bytes]:
    """Lines in UTF-8 of at most MAX_LINE_BYTES + 1 bytes; the rest of a longer one is skipped."""
    wide = wide_encoding(opened.read(SAMPLE_BYTES))
    opened.seek(0)
    text = io.TextIOWrapper(opened, wide, errors="replace", newline="\n") if wide else None

    def line_of() -> bytes:
        if text is None:
            return opened.readline(MAX_LINE_BYTES + 1)
        return text.readline(MAX_LINE_BYTES + 1).removeprefix("\ufeff").encode("utf-8", "replace")

    total = 0
    try:
        while total < limit and (line := line_of()):
            total += len(line)
            yield line
            while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n") and line:
                line = line_of()
                total += len(line)
    finally:
        if text is not None:
            text.detach()  # who opened the file closes it
