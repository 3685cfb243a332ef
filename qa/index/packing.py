"""An article as the columns of a database, and back: texts as bytes, numbers as bytes of int64."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Sequence
from datetime import date
from typing import Any

from ..records import Alignment, Article, ArticleInfo, Cell, ListItem, Part, Table

# The columns that an article is read from, in the order of `row`.
SEALED = (
    "id, path, title, raw, text, length, published, published_inferred, source, url, alignment, page_starts,"
    " also_in, language, in_file, parts"
)
INFO = "id, path, title, published, published_inferred, source, url, length, also_in, language"  # of `info`


def row(article: Article) -> tuple[Any, ...]:
    """The columns SEALED. A text that is equal to the raw one is None."""
    return (
        article.id,
        pack(article.path),
        pack(article.title),
        pack(article.raw),
        None if article.text == article.raw else pack(article.text),
        len(article.raw),
        article.published.isoformat() if article.published else None,
        int(article.published_inferred),
        None if article.source is None else pack(article.source),
        None if article.url is None else pack(article.url),
        _pack_alignment(article.alignment),
        array("q", article.page_starts).tobytes(),
        json.dumps(article.also_in).encode(),
        article.language,
        None if article.in_file is None else _pack_alignment(article.in_file),
        pack_parts(article),
    )


def pack_parts(article: Article) -> bytes:
    """Its parts, three values each, then the items of its lists, five each, then its tables, two each."""
    parts = [(part.start, part.end, part.role) for part in article.parts]
    items = [(one.start, one.end, one.list_id, one.level, one.marker) for one in article.items]
    tables = [(_cells(one.header), [_cells(row) for row in one.rows]) for one in article.tables]
    return json.dumps([*parts, *items, *tables]).encode()


def _cells(cells: Sequence[Cell]) -> list[tuple[int, int, int]]:
    return [(one.start, one.end, one.column) for one in cells]


def _unpack_cells(cells: Sequence[Sequence[int]]) -> tuple[Cell, ...]:
    return tuple(Cell(*one) for one in cells)


def _pack_alignment(alignment: Alignment) -> bytes:
    return array("q", (value for run in alignment.runs for value in run)).tobytes()


def _unpack_alignment(value: bytes) -> Alignment:
    numbers = _unpack_ints(value)
    return Alignment(tuple(zip(numbers[0::3], numbers[1::3], numbers[2::3], strict=True)))


def seal(row: Sequence[Any]) -> bytes:
    """Of the columns SEALED; 16 bytes. BLAKE2b (RFC 7693) takes 1 ms a megabyte."""
    total = hashlib.blake2b(digest_size=16)
    for value in row:
        told = value if isinstance(value, bytes) else repr(value).encode()
        total.update(b"%d:" % len(told))
        total.update(told)
    return total.digest()


def pack(text: str) -> bytes:
    # SQLite's own text refuses lone surrogates, which file names and JSON escapes can hold, and stops at NUL.
    return text.encode("utf-8", "surrogatepass")


def unpack(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")


def unpack_or_none(value: bytes | None) -> str | None:
    return None if value is None else unpack(value)


def _unpack_ints(value: bytes) -> list[int]:
    numbers = array("q")
    numbers.frombytes(value)
    return numbers.tolist()


def article(columns: Sequence[Any]) -> Article:
    """What `row` made these columns of."""
    id_, path, title, raw, text, _, published, inferred, source, url, alignment, pages, also_in, *rest = (
        columns
    )
    language, in_file, packed = rest
    parts = json.loads(packed)
    return Article(
        id=id_,
        path=unpack(path),
        raw=(unpacked := unpack(raw)),
        title=unpack(title),
        text=unpacked if text is None else unpack(text),
        published=day(published),
        published_inferred=bool(inferred),
        source=unpack_or_none(source),
        url=unpack_or_none(url),
        alignment=_unpack_alignment(alignment),
        page_starts=tuple(_unpack_ints(pages)),
        also_in=tuple(json.loads(also_in)),
        language=language,
        in_file=None if in_file is None else _unpack_alignment(in_file),
        parts=tuple(Part(*part) for part in parts if len(part) == 3),
        items=tuple(ListItem(*part) for part in parts if len(part) == 5),
        tables=tuple(
            Table(_unpack_cells(part[0]), tuple(map(_unpack_cells, part[1])))
            for part in parts
            if len(part) == 2
        ),
    )


def info(columns: Sequence[Any]) -> ArticleInfo:
    """Of the columns INFO, and the number of its passages."""
    id_, path, title, published, inferred, source, url, length, also_in, language, passages = columns
    return ArticleInfo(
        id=id_,
        path=unpack(path),
        title=unpack(title),
        published=day(published),
        published_inferred=bool(inferred),
        source=unpack_or_none(source),
        url=unpack_or_none(url),
        length=length,
        passages=passages,
        also_in=tuple(json.loads(also_in)),
        language=language,
    )


def day(value: str | None) -> date | None:
    """Of ISO 8601."""
    return None if value is None else date.fromisoformat(value)
