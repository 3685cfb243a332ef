"""A rich-text file -> its text, as striprtf reads it: code pages, Unicode, tables a row a line; notes and boxes after
the paragraph in which they stand, nothing that is hidden or deleted."""

from __future__ import annotations

import re
from datetime import date

from striprtf.striprtf import remove_pict_groups, rtf_to_text

from qa.ingest import dates
from qa.ingest.document import Document, Metadata, Unreadable
from qa.ingest.rtf_groups import as_seen
from qa.ingest.titles import unless_left_behind

_TITLE = re.compile(r"\{\\title\s((?:[^{}\\]|\\'[0-9a-f]{2}|\\u-?\d+\s?\??){1,500})\}", re.I)
_MADE = re.compile(r"\{\\creatim((?:\\[a-z]+\d+)+)\}")
_BAR = "\x01"  # stands for "|" while that stands for the end of a cell


def read_rtf(path: str, data: bytes) -> Document:
    """Raises Unreadable where nothing of it is text."""
    try:
        source = as_seen(remove_pict_groups(data.decode("latin-1")).replace("|", _BAR))  # type: ignore[no-untyped-call]
        raw = _text(source)
        title = _TITLE.search(source)
        heading = _text("{\\rtf1\\ansi " + title.group(1) + "}") if title else ""
    except (ValueError, LookupError, IndexError) as error:
        raise Unreadable(f"a broken rich-text file: {error}") from error
    if not raw.strip():
        raise Unreadable("no text in it")
    raw = raw.replace("|\n", "\n").replace("|", " \t").replace(_BAR, "|")
    return Document(
        path,
        raw,
        Metadata(title=unless_left_behind(" ".join(heading.split())) or None, created=_made(source)),
    )


def _text(source: str) -> str:
    text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    return text


def _made(source: str) -> date | None:
    found = _MADE.search(source)
    told = dict(re.findall(r"\\(yr|mo|dy)(\d{1,4})", found.group(1))) if found else {}
    return dates.made(*(int(told[part]) for part in ("yr", "mo", "dy"))) if len(told) == 3 else None
