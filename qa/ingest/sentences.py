"""Text -> the exact places of its sentences.

Sentence ends are found by sentencex (kept by Wikimedia). Two things are added that news text needs: a line's
end always ends a sentence (headlines and list items carry no full stop), and a dateline such as
"MOSCOW, January 27. /TASS/." belongs to the sentence it opens.
"""

from __future__ import annotations

import re

from sentencex import get_sentence_boundaries

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# Capitalized place, month and day, perhaps an agency: "NEW YORK, Jan. 26. /TASS/." or "PARIS, 3 May (AP) -".
_DATELINE = re.compile(
    r"(?P<place>[A-ZÀ-Þ][\w.'’ ()/-]{1,60}),\s*"
    rf"(?:{_MONTH}\.?\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH})\b(?:,?\s+\d{{4}})?"
    r"[.,:]?(?:\s*(?:/(?P<slashed>[^/\n]{2,40})/|\((?P<bracketed>[^()\n]{2,40})\)|(?P<bare>[A-Z]{2,10})(?=[.\s])))?"
    r"[.,:]?\s*(?:[-–—]+\s+)?"
)


def dateline(line: str) -> re.Match[str] | None:
    """The dateline a line of text opens with, if it does; groups `place`, `slashed`, `bracketed`, `bare`."""
    return _DATELINE.match(line)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of `text`, in order, in characters, without outer white space.

    Every character outside the spans is white space, and no span holds a line's end.
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        spans.extend(_line_spans(line.group(), line.start()))
    return spans


def _line_spans(line: str, offset: int) -> list[tuple[int, int]]:
    lead = len(line) - len(line.lstrip())
    opening = dateline(line[lead:])
    opening_end = lead + opening.end() if opening else 0
    spans: list[tuple[int, int]] = []
    start = lead
    for boundary in get_sentence_boundaries("en", line):
        end = boundary["end_index"]
        stripped = len(line[start:end].rstrip()) + start
        if stripped <= start:
            start = max(start, end)
            continue
        if end <= opening_end and end < len(line.rstrip()):
            continue  # still inside the dateline: let it run on into the sentence it opens
        spans.append((offset + start, offset + stripped))
        start = end + len(line[end:]) - len(line[end:].lstrip())
    rest = line[start:].rstrip()
    if rest:
        spans.append((offset + start, offset + start + len(rest)))
    return spans
