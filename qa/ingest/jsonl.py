"""A .jsonl file -> one article a line: {"title", "text", "date"?, "url"?, "source"?}, or names that `Fields` tells.

An article's path is the file's with "#" and the line's number. A .json file holds the same in one list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from qa.ingest.document import Document, Unreadable
from qa.ingest.fields import Fields
from qa.ingest.json_places import past_space, places, strings
from qa.records import Rejected

LIST_DEPTH = 3  # objects around a list of records: Elasticsearch's answers have two
MAX_LINE_BYTES = 16 * 2**20  # as much as the largest text file


def read_jsonl(path: str, lines: Iterable[bytes], fields: Fields) -> Iterator[Document | Rejected]:
    """One result for every line that is not blank."""
    before: int | None = 0  # characters before the line; None behind one that was not read whole
    for number, line in enumerate(lines, start=1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield _article(f"{path}#{number}", line, before, fields)
        whole = before is not None and len(line) <= MAX_LINE_BYTES
        before = before + len(line.decode("utf-8", "replace")) if whole and before is not None else None


def _article(path: str, line: bytes, before: int | None, fields: Fields) -> Document | Rejected:
    if len(line) > MAX_LINE_BYTES:
        return Rejected(path, f"a line of more than {MAX_LINE_BYTES // 2**20} MiB")
    try:
        text = line.decode("utf-8")
        record: Any = json.loads(text)
    except UnicodeDecodeError as error:
        return Rejected(path, f"not UTF-8 (byte {error.start})")
    except (ValueError, RecursionError) as error:
        return Rejected(path, f"not JSON: {error}")
    found = _of_record(path, record, fields)
    name = fields.name(record, "text") if isinstance(found, Document) else None
    # Text that was HTML is another than what stands there.
    if not isinstance(found, Document) or before is None or name is None or found.raw != record[name]:
        return found
    return (
        replace(found, in_file=places(found.raw, text, strings(text)[name], before)) if found.raw else found
    )


def read_json(path: str, text: str, fields: Fields) -> Iterator[Document | Rejected]:
    """A .json file: one record, or a list of them, called by their numbers. Raises Unreadable where it is neither."""
    try:
        values = list(_values(text.removeprefix("\ufeff")))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error
    told: Any = values[0] if len(values) == 1 else values
    told = _list_in(told, fields)
    if isinstance(told, list):
        yield from (
            _of_record(f"{path}#{number}", record, fields) for number, record in enumerate(told, start=1)
        )
    else:
        yield _of_record(path, told, fields)


def _values(text: str) -> Iterator[Any]:
    """One after the other, as programs write them whether the file is called .json or .jsonl."""
    decoder, at = json.JSONDecoder(), past_space(text, 0)
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        at = past_space(text, at)
        yield value


def _list_in(told: Any, fields: Fields) -> Any:
    """Where an object is no article itself, the list of objects in it, as interfaces answer ({"articles": […]})."""
    for _ in range(LIST_DEPTH):
        if not isinstance(told, dict) or fields.of(told, "text") is not None:
            return told
        lists = [
            value
            for value in told.values()
            if isinstance(value, list) and value and isinstance(value[0], dict)
        ]
        inner = [value for value in told.values() if isinstance(value, dict)]
        if lists:
            return max(lists, key=len)
        if not inner:
            return told
        outer, told = told, max(inner, key=len)
    return outer


def _of_record(path: str, record: Any, fields: Fields) -> Document | Rejected:
    if not isinstance(record, dict):
        return Rejected(path, 'not a JSON object with "title" and "text"')
    try:
        return fields.article(path, record)
    except Unreadable as error:
        return Rejected(path, str(error))
