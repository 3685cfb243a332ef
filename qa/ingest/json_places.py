"""Where the characters of a record's strings stand in the line of JSON that it was read from (RFC 8259)."""

from __future__ import annotations

import re
from json import JSONDecoder

from qa.ingest.align import TextBuilder
from qa.records import Alignment

# Each of them is one character: a pair of surrogates, any other number, and the short escapes.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|u\w{4}|.)")
_SPACE = re.compile(r"[ \t\r\n]*")
_VALUES = JSONDecoder()


def strings(line: str) -> dict[str, int]:
    """The names of an object's own fields that hold strings -> the place of each one's opening quotation mark. Where a
    name is told twice the last one counts. line: an object that can be read."""
    found: dict[str, int] = {}
    at = past_space(line, line.index("{") + 1)
    while line[at] != "}":
        name, at = _VALUES.raw_decode(line, at)
        at = past_space(line, past_space(line, at) + 1)  # the colon
        found.pop(name, None)
        if line[at] == '"':
            found[name] = at
        at = past_space(line, _VALUES.raw_decode(line, at)[1])
        if line[at] == ",":
            at = past_space(line, at + 1)
    return found


def places(text: str, line: str, opening: int, before: int) -> Alignment:
    """The text of the string that opens at `opening`, aligned with the file. before: characters before the line."""
    builder, at, told = TextBuilder(), opening + 1, 0
    for escape in _ESCAPE.finditer(line, at, _VALUES.raw_decode(line, opening)[1] - 1):
        plain = escape.start() - at
        builder.put(text[told : told + plain], before + at, before + escape.start())
        told += plain
        builder.put(text[told], before + escape.start(), before + escape.end())
        told, at = told + 1, escape.end()
    builder.put(text[told:], before + at, before + at + len(text) - told)
    return builder.build()[1]


def past_space(line: str, at: int) -> int:
    """Behind white space."""
    space = _SPACE.match(line, at)
    assert space is not None
    return space.end()
