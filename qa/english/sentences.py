"""Text -> the exact places of its sentences.

Sentence ends are found by sentencex (kept by Wikimedia). Two things are added that news text needs: a line's
end always ends a sentence (headlines and list items carry no full stop), and a dateline such as
"MOSCOW, January 27. /TASS/." belongs to the sentence it opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from .calendar import MONTH

WINDOW = 100_000  # characters given to sentencex at once: it answers with a copy of every sentence

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")

# Capitalized place, month and day, perhaps an agency: "NEW YORK, Jan. 26. /TASS/." or "PARIS, 3 May (AP) -".
_DATELINE = re.compile(
    r"(?P<place>[A-ZÀ-Þ][\w.'’ ()/-]{1,60}(?:, [A-Z][\w.]{1,20})?),\s*"
    rf"(?:(?P<month>{MONTH})\.?\s+(?P<day>\d{{1,2}})|(?P<day_before>\d{{1,2}})\s+(?P<month_after>{MONTH}))"
    r"\b(?:,?\s+\d{4})?[.,:]?"
    r"(?:\s*(?:/(?P<slashed>[^/\n]{2,40})/|\((?P<bracketed>[^()\n]{2,40})\)|(?P<bare>[A-Z]{2,10})(?=[.\s])))?"
    r"[.,:]?\s*(?:[-–—]+\s+)?"
)

# Chinese and Japanese set no space after a sentence, which sentencex asks of English. A closing bracket after the full
# stop is left to sentencex.
_WIDE_END = re.compile(r"[。｡！？]+(?![」』）)】”’…。！？])")

# That stand alone, as file names and JSON escapes may hold them: sentencex takes only what UTF-8 can write.
_SURROGATE = re.compile("[\ud800-\udfff]")

_STRAY_QUOTE = re.compile(r"([\"”’'»)\]]+)(?:\s+|$)")


def dateline(line: str) -> re.Match[str] | None:
    """The dateline a line of text opens with, if it does.

    Groups: place; month and day, or day_before and month_after; slashed, bracketed or bare for the agency. The
    place is in capitals, or an agency or a dash follows: "On Monday, December 10" is no dateline.
    """
    found = _DATELINE.match(line)
    if not found:
        return None
    told = found["slashed"] or found["bracketed"] or found["bare"] or re.search(r"[-–—]\s*$", found.group())
    return found if told or found["place"].split()[0].isupper() else None


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of `text`, in order, in characters, without outer white space.

    Every character outside the spans is white space, and no span holds a line's end.
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        spans.extend(_line_spans(line.group(), line.start()))
    return spans


def _boundaries(line: str) -> Iterator[int]:
    """Where sentences end in a line, its trailing white space included; long lines are looked at in windows."""
    at = 0
    while at < len(line):
        window = line[at : at + WINDOW]
        found = get_sentence_boundaries("en", _SURROGATE.sub("\ufffd", window))
        ends = [boundary["end_index"] for boundary in found] or [len(window)]
        if wide := {one.end() for one in _WIDE_END.finditer(window)}:
            ends = sorted(wide.union(ends))
        if at + WINDOW < len(line) and len(ends) > 1:
            ends.pop()  # the last sentence may go on: it opens the next window
        for end in ends:
            yield at + end
        at += ends[-1]


def _line_spans(line: str, offset: int) -> list[tuple[int, int]]:
    lead = len(line) - len(line.lstrip())
    whole = len(line.rstrip())
    opening = dateline(line[lead:])
    opening_end = lead + opening.end() if opening else 0
    spans: list[tuple[int, int]] = []
    start = lead
    for boundary in _boundaries(line):
        end = start + len(line[start:boundary].rstrip())
        if end <= start or (end < opening_end and end < whole):
            continue  # nothing new, or still inside the dateline, which runs on into the sentence it opens
        if spans and (stray := _STRAY_QUOTE.match(line, start, end)):
            # A closing quotation mark after the full stop belongs to the sentence it closes.
            spans[-1] = (spans[-1][0], offset + stray.end(1))
            start = stray.end()
        if start < end:
            spans.append((offset + start, offset + end))
        start = end
        while start < whole and line[start].isspace():
            start += 1
    if start < whole:
        spans.append((offset + start, offset + whole))
    return spans
