"""The lists of a Word document: which paragraphs are in one, and the markers that Word shows before them, which are
no text of the file (ISO/IEC 29500-1, 17.9).

Paragraphs in a row are one list, those of deeper levels with them. Bullets of any form are "•".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from qa.ingest.numerals import numeral
from qa.ingest.page_lists import BULLET

Marks = dict[str, tuple[int, int, str]]  # by the bookmark in the paragraph: number of the list, level, marker

MAX_BASES = 20  # styles that are based on one another; a circle has no end
MAX_MARKER = 40  # characters: "Article 12.", not a paragraph of its own
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES = {"w": WORD}
_MARK = "list item "  # Word's own bookmarks have no spaces in their names
_FORMS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I", "decimalZero": "01"}


@dataclass(frozen=True, slots=True)
class _Level:
    form: str  # as the file names it: "decimal", "bullet" ...
    text: str  # "%1.%2)"
    start: int
    style: str  # of paragraphs that are of this level


@dataclass(slots=True)
class _Numbers:
    """What the lists of one definition have counted to, by level; seen: lists that have begun."""

    counted: dict[int, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


class Lists:
    """Walks through the paragraphs of the document, and then of its notes."""

    def __init__(self, numbering: Any | None, styles: Any | None, marks: Marks) -> None:
        """numbering, styles: the roots of these parts. marks: where what is found is kept."""
        self._marks = marks
        self._levels: dict[str, dict[int, _Level]] = {}  # by definition
        self._definitions: dict[str, str] = {}  # by list
        self._starts: dict[str, dict[int, int]] = {}  # by list, where it begins anew
        self._styles = {
            style.get(f"{{{WORD}}}styleId") or "": style
            for style in (styles.iterfind("w:style", _NAMES) if styles is not None else ())
        }
        if numbering is not None:
            self._read(numbering)
        self._numbers: dict[str, _Numbers] = {}
        # The number of the list that is open, and its name in the file; "": none is.
        self._list, self._top = 0, ""

    def _read(self, numbering: Any) -> None:
        links = {}
        for one in numbering.iterfind("w:abstractNum", _NAMES):
            name = one.get(f"{{{WORD}}}abstractNumId") or ""
            self._levels[name] = {
                _integer(level.get(f"{{{WORD}}}ilvl")): _level(level)
                for level in one.iterfind("w:lvl", _NAMES)
            }
            links[name] = value(one, "w:numStyleLink")
        for one in numbering.iterfind("w:num", _NAMES):
            name = one.get(f"{{{WORD}}}numId") or ""
            self._definitions[name] = value(one, "w:abstractNumId")
            self._starts[name] = {
                _integer(level.get(f"{{{WORD}}}ilvl")): _integer(value(level, "w:startOverride"))
                for level in one.iterfind("w:lvlOverride", _NAMES)
                if level.find("w:startOverride", _NAMES) is not None
            }
        for name, style in links.items():
            linked = self._styles.get(style)
            number = "" if linked is None else value(linked, "w:pPr/w:numPr/w:numId")
            if (definition := self._definitions.get(number)) in self._levels:
                self._levels[name] = self._levels[name] or self._levels[definition]

    def mark(self, root: Any) -> None:
        """Puts a bookmark into each paragraph of a list that holds text."""
        for paragraph in root.iter(f"{{{WORD}}}p"):
            if paragraph.find("w:pPr/w:rPr/w:del", _NAMES) is not None:
                continue  # it goes on in the next
            told = self._of(paragraph)
            has_text = any(text.text for text in paragraph.iter(f"{{{WORD}}}t"))
            if told is None:
                self._top = "" if has_text else self._top
                continue
            name, level = told
            marker = self._counted(name, level)
            if not has_text:
                continue
            if not self._top or (level == 0 and name != self._top):
                self._list, self._top = self._list + 1, name
            mark = f"{_MARK}{len(self._marks)}"
            self._marks[mark] = self._list, level, marker
            bookmark = etree.Element(f"{{{WORD}}}bookmarkStart")
            bookmark.set(f"{{{WORD}}}name", mark)
            paragraph.insert(1 if paragraph.find("w:pPr", _NAMES) is not None else 0, bookmark)
        self._top = ""

    def _of(self, paragraph: Any) -> tuple[str, int] | None:
        """The list, by its name in the file, and the level; the paragraph's own, or its style's."""
        style = value(paragraph, "w:pPr/w:pStyle")
        own = paragraph.find("w:pPr/w:numPr", _NAMES)
        name = "" if own is None else value(own, "w:numId")
        level = "" if own is None else value(own, "w:ilvl")
        of_style = style
        for _ in range(MAX_BASES):
            if name or of_style not in self._styles:
                break
            name = value(self._styles[of_style], "w:pPr/w:numPr/w:numId")
            level = level or value(self._styles[of_style], "w:pPr/w:numPr/w:ilvl")
            of_style = value(self._styles[of_style], "w:basedOn")
        levels = self._levels.get(self._definitions.get(name, ""), {})
        if own is None:
            level = next((str(at) for at, one in levels.items() if style and one.style == style), level)
        return (name, _integer(level)) if _integer(level) in levels else None

    def _counted(self, name: str, level: int) -> str:
        """The marker of the next item."""
        definition = self._definitions[name]
        levels = self._levels[definition]
        numbers = self._numbers.setdefault(definition, _Numbers())
        counted = numbers.counted
        if name not in numbers.seen:
            numbers.seen.add(name)
            for at, start in self._starts[name].items():
                counted[at] = start - 1
        counted[level] = counted.get(level, levels[level].start - 1) + 1
        for deeper in [at for at in counted if at > level]:
            del counted[deeper]
        if levels[level].form == "bullet":
            return BULLET

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            if at not in levels or levels[at].form == "none":
                return ""
            return numeral(_FORMS.get(levels[at].form, "1"), counted.get(at, levels[at].start))

        return re.sub(r"%([1-9])", shown, levels[level].text).strip()[:MAX_MARKER]


def _level(level: Any) -> _Level:
    start = level.find("w:start", _NAMES)
    return _Level(
        form=value(level, "w:numFmt") or "decimal",
        text=value(level, "w:lvlText")[:MAX_MARKER],
        start=1 if start is None else _integer(value(level, "w:start")),
        style=value(level, "w:pStyle"),
    )


def value(element: Any, name: str) -> str:
    """The w:val of what is found by a path such as "w:pPr/w:pStyle"; "" where there is none."""
    found = element.find(name, _NAMES)
    return "" if found is None else found.get(f"{{{WORD}}}val") or ""


def _integer(told: str | None) -> int:
    return int(told) if told and re.fullmatch(r"-?\d{1,9}", told, re.ASCII) else 0
