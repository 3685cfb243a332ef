"""A .jsonl file -> one article a line: {"title", "text", "date"?, "url"?, "source"?}.

The raw text of such an article is its "text", and its path is the file's with "#" and the line's number. Surrogates
that stand alone in JSON escapes are no characters; they become U+FFFD, one for one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from qa.ingest import dates
from qa.ingest.document import Document, Metadata, web_address
from qa.records import Rejected

MAX_LINE_BYTES = 16 * 2**20  # as much as the largest text file

_SURROGATES = re.compile("[\ud800-\udfff]")


def read_jsonl(path: str, lines: Iterable[bytes]) -> Iterator[Document | Rejected]:
    """One result for every line that is not blank."""
    for number, line in enumerate(lines, start=1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield _article(f"{path}#{number}", line)


def _article(path: str, line: bytes) -> Document | Rejected:
    if len(line) > MAX_LINE_BYTES:
        return Rejected(path, f"a line of more than {MAX_LINE_BYTES // 2**20} MiB")
    try:
        record: Any = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Rejected(path, f"not UTF-8 (byte {error.start})")
    except (ValueError, RecursionError) as error:
        return Rejected(path, f"not JSON: {error}")
    if not isinstance(record, dict):
        return Rejected(path, 'not a JSON object with "title" and "text"')
    text = record.get("text")
    if not isinstance(text, str):
        return Rejected(path, 'no "text", or it is not a string')
    told = _text(record, "date")
    meta = Metadata(
        title=_text(record, "title"),
        published=dates.parsed(told) if told else None,
        source=_text(record, "source"),
        url=web_address(_text(record, "url")),
    )
    return Document(path, _SURROGATES.sub("\ufffd", text), meta)


def _text(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    return " ".join(_SURROGATES.sub("\ufffd", value).split()) or None if isinstance(value, str) else None
