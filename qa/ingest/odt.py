"""An OpenDocument text -> its extracted text: paragraphs and table rows, one a line, a blank line between them.

Deletions that are tracked, comments, tables of contents and the reading above characters (ruby) are not text of the
document; notes follow the paragraph that they belong to. (OpenDocument 1.3, part 3.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa.ingest import dates
from qa.ingest.document import Document, DocumentLine, Metadata, RowLine, Unreadable, marked
from qa.ingest.odt_lists import Lists
from qa.ingest.package import Package
from qa.ingest.titles import unless_left_behind

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_PARAGRAPHS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_SKIPPED = frozenset(
    {
        f"{_TEXT}tracked-changes",
        f"{_TEXT}table-of-content",
        f"{_TEXT}ruby-text",
        f"{_TEXT}note-citation",
        f"{_TEXT}hidden-text",
        f"{_TEXT}hidden-paragraph",
        f"{_OFFICE}annotation",
        f"{_OFFICE}forms",
        f"{_TEXT}sequence-decls",
    }
)
# LibreOffice's names; those that end in a number are made of them.
_CAPTIONS = frozenset({"Caption", "Illustration", "Figure", "Drawing"})
# Inside a paragraph, and yet lines of their own.
_OWN_LINES = frozenset({f"{_TEXT}note-body", f"{_DRAW}text-box"})
MAX_SPACES = 100  # of which one element stands for; an attribute may say a billion


def read_odt(path: str, data: bytes) -> Document:
    """Raises Unreadable for broken and encrypted documents."""
    package = Package(data, "an OpenDocument text")
    manifest = package.optional_xml("META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter("{*}encryption-data"), None) is not None:
        raise Unreadable("encrypted: it asks for a password. Save it without one and index it again")
    content = package.xml("content.xml")
    body = content.find(f".//{_OFFICE}text")
    try:
        lines = list(_lines(body)) if body is not None else []
        items = Lists(content, package.optional_xml("styles.xml")).items(body) if body is not None else {}
    except RecursionError as error:
        raise Unreadable("its tables or boxes stand in one another too deeply to be read") from error
    raw = "\n\n".join(text for text, _ in lines)
    if not raw.strip():
        raise Unreadable("no text in it")
    captions = _captions(content)
    told = marked(
        lines,
        caption=lambda paragraph: _style(paragraph) in captions,
        item=lambda paragraph: items.get(paragraph),
    )
    return Document(path, raw, _metadata(package), **told._asdict())


def _captions(content: Any) -> frozenset[str]:
    """The names of styles that captions have: the office program's own, and those that the document made of them."""
    made = content.iterfind(f".//{_STYLE}style")
    return _CAPTIONS.union(
        style.get(f"{_STYLE}name") or ""
        for style in made
        if style.get(f"{_STYLE}parent-style-name") in _CAPTIONS
    )


def _style(paragraph: Any) -> str:
    return paragraph.get(f"{_TEXT}style-name") or ""


def _lines(element: Any) -> Iterator[DocumentLine]:
    for child in element:
        if child.tag in _SKIPPED or child.get(f"{_TEXT}display") == "none":
            continue
        if child.tag in _PARAGRAPHS:
            yield from _paragraph(child)
        elif child.tag == f"{_TABLE}table-row":
            yield from _row(child)
        else:
            yield from _lines(child)


def _row(row: Any) -> Iterator[DocumentLine]:
    """The cells of a row in one line; the rows of tables in it follow in lines of their own."""
    cells, inner = list[tuple[str, int]](), list[DocumentLine]()
    # Covered cells keep the columns of merged ones.
    of_columns = row.iterfind(f"{_TABLE}*")
    for column, cell in enumerate(of_columns):
        if cell.tag != f"{_TABLE}table-cell":
            continue
        own = [line for part in cell if part.tag != f"{_TABLE}table" for line, _ in _lines_of(part)]
        cells.append((" ".join(" ".join(own).split()), column))
        inner += [line for table in cell.iterfind(f"{_TABLE}table") for line in _lines(table)]
    heads = row.getparent().tag == f"{_TABLE}table-header-rows"
    line = RowLine(next(row.iterancestors(f"{_TABLE}table"), None), tuple(cells), heads)
    yield line.text, line
    yield from inner


def _lines_of(part: Any) -> Iterator[DocumentLine]:
    return _paragraph(part) if part.tag in _PARAGRAPHS else _lines(part)


def _paragraph(paragraph: Any) -> Iterator[DocumentLine]:
    parts: list[str] = []
    after: list[Any] = []
    _collect(paragraph, parts, after)
    yield "".join(parts), paragraph
    for box in after:
        yield from _lines(box)


def _collect(element: Any, parts: list[str], after: list[Any]) -> None:
    """An element's own text into `parts`, and what in it has lines of its own into `after`."""
    parts.append(_flat(element.text))
    for child in element:
        if child.tag in _OWN_LINES:
            after.append(child)
        elif child.tag == f"{_TEXT}s":
            told = child.get(f"{_TEXT}c") or "1"
            parts.append(" " * min(int(told) if told.isdecimal() else 1, MAX_SPACES))
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            _collect(child, parts, after)
        parts.append(_flat(child.tail))


def _flat(text: str | None) -> str:
    """White space as an office program shows it: a line's end of the file is a space."""
    return (text or "").replace("\r", " ").replace("\n", " ")


def _metadata(package: Package) -> Metadata:
    meta = package.optional_xml("meta.xml")
    if meta is None:
        return Metadata()
    title = " ".join((meta.findtext(".//{http://purl.org/dc/elements/1.1/}title") or "").split())
    made = meta.findtext(".//{*}creation-date") or meta.findtext(".//{http://purl.org/dc/elements/1.1/}date")
    return Metadata(title=unless_left_behind(title) or None, created=dates.parsed(made) if made else None)
