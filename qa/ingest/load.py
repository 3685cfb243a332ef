"""A file -> documents, by what it is rather than what it is called; or the reason why not.

Whatever a file holds, reading it ends and stays within the size limits here, which bound time and memory alike.
"""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from qa.ingest.decode import SAMPLE_BYTES, decode, wide_encoding
from qa.ingest.document import Document, Unreadable
from qa.ingest.docx import read_docx
from qa.ingest.epub import read_epub
from qa.ingest.feed import read_feed
from qa.ingest.fields import Fields
from qa.ingest.html import read_html
from qa.ingest.jsonl import MAX_LINE_BYTES, read_json, read_jsonl
from qa.ingest.mail import read_mail, read_mailbox, read_mhtml
from qa.ingest.markdown import read_markdown
from qa.ingest.odt import read_odt
from qa.ingest.package import format_of_package
from qa.ingest.pdf import read_pdf
from qa.ingest.pptx import read_pptx
from qa.ingest.rtf import read_rtf
from qa.ingest.sniff import BLANK, EMPTY, SNIFFED_BYTES, compound_file, format_of
from qa.ingest.table import read_table
from qa.records import Alignment, Rejected

MIB = 2**20
MAX_PACKAGE_BYTES = 64 * MIB
MAX_BYTES = {
    ".txt": 16 * MIB,  # War and Peace five times over
    ".md": 16 * MIB,
    ".html": 8 * MIB,  # the tree of a page takes about 20 times its size in memory
    ".csv": 64 * MIB,
    ".json": 64 * MIB,
    ".pdf": 64 * MIB,  # pictures and fonts are most of a PDF
    ".rtf": 64 * MIB,  # pictures stand in it as digits
    ".eml": 64 * MIB,
    ".mht": 64 * MIB,
    ".mbox": 256 * MIB,
    ".xml": 16 * MIB,
    ".jsonl": 1024 * MIB,  # read a line at a time
}
_WHOLE = re.compile(rb"\[\s*(?:\{|$)|\{\s*$")
# What reads a format that holds one article and needs nothing but the bytes.
_OF_ONE: dict[str, Callable[[str, bytes], Document]] = {
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".odt": read_odt,
    ".epub": read_epub,
    ".rtf": read_rtf,
    ".eml": read_mail,
}


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


def is_plain(file: Path) -> bool:
    """Whether it is read as plain text, which takes as long as it is large; or cannot be read at all."""
    try:
        with opened(file) as stream:
            return format_of(stream.read(SNIFFED_BYTES), file.suffix.lower()) == ".txt"
    except (OSError, Unreadable):
        return True


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
    format_ = format_of(opened.read(SNIFFED_BYTES), suffix)
    opened.seek(0)
    limit = MAX_BYTES.get(format_, MAX_PACKAGE_BYTES)
    size = os.fstat(opened.fileno()).st_size
    if size > limit:
        raise Unreadable(
            f"{size / MIB:,.0f} MiB, more than the {limit // MIB} MiB that are read of a {format_} file. Split it"
        )
    if format_ == ".jsonl" and size <= MAX_BYTES[".json"] and _is_whole(opened):
        format_ = ".json"
    if format_ == ".jsonl":
        yield from read_jsonl(path, _lines(opened, limit), fields)
        return
    data = opened.read(limit + 1)  # it may have grown since its size was asked
    if len(data) > limit:
        raise Unreadable(f"more than the {limit // MIB} MiB that are read of a {format_} file. Split it")
    if not data.strip(BLANK):
        raise Unreadable(EMPTY)
    if format_ == ".ole":
        raise Unreadable(compound_file(data))
    if format_ == ".zip":
        format_ = format_of_package(data)
    if reader := _OF_ONE.get(format_):
        yield reader(path, data)
    elif format_ == ".html":
        yield read_html(path, data, today=today)
    elif format_ == ".mht":
        yield read_mhtml(path, data, today=today)
    elif format_ == ".md":
        yield replace(read_markdown(path, decode(data)), in_file=Alignment())
    elif format_ == ".csv":
        yield from read_table(path, decode(data), fields)
    elif format_ == ".json":
        yield from read_json(path, decode(data), fields)
    elif format_ == ".mbox":
        yield from read_mailbox(path, data)
    elif format_ == ".xml":
        yield from read_feed(path, data)
    else:
        yield Document(path, decode(data), in_file=Alignment())


def _is_whole(opened: BinaryIO) -> bool:
    """Whether what is called lines of JSON is a list, or objects of several lines each, as .json files hold them."""
    first = opened.read(SNIFFED_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip(BLANK).partition(b"\n")[0]
    opened.seek(0)
    return _WHOLE.match(first) is not None


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
