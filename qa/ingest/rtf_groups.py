"""A rich-text source -> the same with what its reader sees, for a reader of running text.

Hidden text and deletions that are tracked go; notes and boxes of text, which stand in destinations of their own inside
a paragraph, follow it as paragraphs. (Microsoft, Rich Text Format Specification 1.9.1.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<value>-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]|[^\\{}]+|\\",
    re.DOTALL,
)
_ASIDE = frozenset({"footnote", "shptxt", "dptxbxtext"})
_AGAIN = frozenset({"shprslt"})  # a box once more, as a drawing for older programs
_ENDS = frozenset({"par", "row", "sect"})


@dataclass(slots=True)
class _Group:
    """opens_aside: it is a note or a box, the parts of which are collected apart."""

    hidden: bool = False
    deleted: bool = False
    opens_aside: bool = False


@dataclass(slots=True)
class _Writer:
    """Where the parts go: the source's own, or a note's; a note is let out where the paragraph around it ends."""

    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def as_seen(source: str) -> str:
    """Groups are balanced in what is returned where they are in the source."""
    groups, writers = [_Group()], [_Writer()]
    for token in _TOKEN.finditer(source):
        text, word = token.group(), token["word"]
        here, writer = groups[-1], writers[-1]
        if text == "{":
            groups.append(replace(here, opens_aside=False))
        elif text == "}" and len(groups) > 1:
            groups.pop()
            if here.opens_aside:
                note = "".join(writers.pop().parts)
                if not here.hidden:
                    writers[-1].notes.append(note)
                writer = writers[-1]
            if len(groups) == 1:
                _let_out(writer)  # the document ends
        elif word in _ASIDE:
            if not here.opens_aside:
                here.opens_aside = True
                writers.append(_Writer())
            continue
        elif word in _AGAIN:
            here.hidden = True
        elif word in ("v", "deleted", "plain"):
            _set(here, word, token["value"])
        elif (here.hidden or here.deleted) and (not word or word == "u"):
            continue
        writer.parts.append(text)
        if word in _ENDS:
            _let_out(writer)
    # What was never closed is text as well.
    return "".join(part for writer in writers for part in writer.parts)


def _let_out(writer: _Writer) -> None:
    writer.parts += [f"{{\\par {note}\\par }}" for note in writer.notes]
    writer.notes.clear()


def _set(group: _Group, word: str, value: str | None) -> None:
    if word == "plain":
        group.hidden = group.deleted = False
    elif word == "v":
        group.hidden = value != "0"
    else:
        group.deleted = value != "0"
