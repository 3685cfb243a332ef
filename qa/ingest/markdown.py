"""Markdown -> the file's text with its marks as removed spans, and what its front matter tells.

The raw text is the file. Parsers give line numbers but no character places, so the marks are found here: those of
CommonMark, GitHub, and of the dialects that people keep notes in (Obsidian's links and callouts, the shortcodes and
admonitions of site generators). In code nothing is a mark but what makes it code.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from qa.ingest.document import Document
from qa.ingest.front import front_matter
from qa.ingest.kinds import UNSPACED
from qa.records import Part

Span = tuple[int, int]

_FENCE = re.compile(
    r"^[ \t]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<code>(?:.*(?:\n|\Z))*?)(?:[ \t]{0,3}(?P=fence)[`~]*[ \t]*\r?$|\Z)",
    re.M,
)
_CODE = re.compile(r"(?<!`)(?P<ticks>`{1,3})(?!`)(?P<code>[^`\n](?:[^\n]{0,2000}?[^`\n])?)(?P=ticks)(?!`)")
_HEADING = re.compile(
    r"^[ \t]{0,3}#{1,2}[ \t]+(?P<marked>.+?)[ \t#]*\r?$"
    r"|^(?P<underlined>[^\n]{1,300}?)[ \t]*\r?\n[ \t]{0,3}(?:=+|-{2,})[ \t]*\r?$",
    re.M,
)
_DEFINED = re.compile(r"^[ \t]{0,3}\[(?!\^)(?P<label>[^\[\]\n]{1,200})\]:[ \t]*\S", re.M)
_SHORTCUT = re.compile(r"(?<![\]\\!\[])\[(?P<label>[^\[\]\n]{1,200})\](?![\[(:])")
_AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^<>\s]{1,1000}>")
_TAGS = (
    "a|abbr|address|article|aside|audio|b|blockquote|body|br|button|center|cite|code|col|colgroup|dd|del|details|dfn|div|dl"
    "|dt|em|figcaption|figure|font|footer|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta"
    "|nav|ol|p|picture|pre|q|rp|rt|ruby|s|samp|section|small|source|span|strike|strong|sub|summary|sup|svg|table|tbody|td"
    "|tfoot|th|thead|time|tr|tt|u|ul|var|video|wbr"
)

# Each group that takes part is a removed span.
_MARKS = re.compile(
    r"(<!--(?s:.{0,20000}?)-->|%%(?s:[^%]{1,2000})%%|<(?P<unseen>script|style)\b(?s:.{0,20000}?)</(?P=unseen)>)"
    r"|^([ \t]{0,3}#{1,6}[ \t]+)|([ \t]+#+[ \t]*)$"
    r"|^([ \t]{0,3}(?:>[ \t]?){1,5}(?:\[![\w-]{1,30}\][+-]?[ \t]*)?)"
    r"|^([ \t]{0,3}(?:=+|-{2,}|\*{3,}|_{3,}|:{3,}[^\n]{0,80})[ \t]*)\r?$"
    r"|^([ \t]*\|?[ \t]*:?-{2,}[-:| \t]*)\r?$"
    r"|^([ \t]*\|[ \t]*)|([ \t]*\|[ \t]*)\r?$"
    r"|^([ \t]{0,8}\[(?!\^)[^\]\n]{1,200}\]:[ \t]+\S{1,500}.*)$"
    r"|^(!!![ \t]+[\w-]{1,30}[ \t]*|\[TOC\][ \t]*$)"
    r"|(\{\{[<%][^\n]{0,500}?[%>]\}\}|\{%[^\n]{0,500}?%\}|[ \t]?\{[:#.][^{}\n]{1,200}\})"
    r"|^([ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\][ \t]+)"
    r"|([ \t]+\^(?=[\w-]{0,59}[a-z-])[\w-]{2,60})[ \t]*\r?$"
    r"|(!\[\[[^\[\]\n]{1,300}\]\]|!\[[^\]\n]{0,300}\](?:\([^()\n]{0,1000}\)|\[[^\[\]\n]{0,200}\]))"
    r"|(\[\^[^\]\s]{1,60}\]:?[ \t]?)"
    r"|(?<!\\)(\[\[(?:[^\[\]|\n]{1,300}\|)?)(?=[^\[\]\n]{1,300}\]\])|(\]\])"
    r"|(?<!\\)(\[)(?=[^\[\]\n]{1,500}\][(\[])|(?<!\\)(\[)(?=!\[[^\]\n]{0,300}\]\([^()\n]{0,1000}\)\]\()"
    r"|(\](?:\[[^\[\]\n]{0,200}\]|\((?:<[^<>\n]{0,1000}>|(?:[^()\s]|\([^()\s]{0,200}\)){1,1000})?"
    r"(?:[ \t]+(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'))?[ \t]*\)))"
    r"|^([ \t]*(?:</?(?-i:[A-Z])[\w.]{0,60}(?:[ \t][^<>\n]{0,300})?>[ \t]*){1,9})\r?$"
    r"|^(import [^\n]{1,200} from ['\"][^'\"\n]{1,200}['\"];?[ \t]*)\r?$"
    rf"|(</?(?:{_TAGS})\b[^<>\n]{{0,500}}>)"
    r"|(==)(?=[^\s=])|(?<=[^\s=])(==)|(~~)(?=[^\s~])|(?<=[^\s~])(~~)"
    rf"|(?:(?<![\w*\\])|(?<=[{UNSPACED}]))(\*{{1,3}})(?=[^\s*])"
    rf"|(?<=[^\s*\\])(\*{{1,3}})(?:(?![\w*])|(?=[{UNSPACED}]))"
    r"|(?<![\w_\\])(_{1,3})(?=[^\s_])|(?<=[^\s_\\])(_{1,3})(?![\w_])"
    r"|(\\)(?=[\\`*_{}\[\]()#+.!>|~-])",
    re.M | re.I,
)

# An image alone on its line; an emphasized line right below it is its caption.
_PICTURE = re.compile(
    r"^[ \t]{0,3}\[?!\[(?P<alt>[^\]\n]{0,300})\](?:\([^()\n]{0,1000}\)|\[[^\[\]\n]{0,200}\])"
    r"(?:\]\([^()\s]{0,1000}\))?[ \t]*\r?$"
    r"(?:\n(?P<below>[ \t]{0,3}(?:\*(?!\*)[^*\n]{1,1000}\*|_(?!_)[^_\n]{1,1000}_)[ \t]*\r?)$)?",
    re.M,
)
_FIGCAPTION = re.compile(r"<figcaption\b[^<>\n]{0,500}>(?P<text>[^<]{1,1000})</figcaption>", re.I)
ALT_WORDS = 4  # fewer name a picture ("logo", "map of Riga") and say nothing of it


def read_markdown(path: str, raw: str) -> Document:
    """raw: the decoded file."""
    meta, start = front_matter(raw)
    code = sorted(_code(raw, start))
    removed = [(0, start)] if start else []
    removed += [span for fence in code for span in fence[1]]
    removed += _marks(raw, start, [fence[0] for fence in code])
    described, parts = _captions(raw, start, [fence[0] for fence in code])
    if meta.title is None:
        meta = replace(meta, title=_first_heading(raw, start, [fence[0] for fence in code]))
    removed = [one for span in _disjoint(removed) for one in _around(span, described)]
    return Document(path, raw, meta, tuple(removed), parts=tuple(parts))


def _captions(raw: str, start: int, code: list[Span]) -> tuple[list[Span], list[Part]]:
    """The descriptions of pictures that are shown, being the only captions, and all captions."""
    described, parts = [], []
    for found in _PICTURE.finditer(raw, start):
        if _within(found.span(), code):
            continue
        if found["below"]:
            parts.append(Part(*found.span("below"), "caption"))
        elif len(found["alt"].split()) >= ALT_WORDS:
            described.append(found.span("alt"))
            parts.append(Part(*found.span("alt"), "caption"))
    parts += [Part(*found.span("text"), "caption") for found in _FIGCAPTION.finditer(raw, start)]
    return described, parts


def _around(span: Span, kept: list[Span]) -> Iterator[Span]:
    """What is left of a span without those kept that lie in it, which are in order and disjoint."""
    start, end = span
    at = bisect_left(kept, (start, 0))
    yield from _between([one for one in kept[at : at + 1] if one[1] <= end], start, end)


def _code(raw: str, start: int) -> Iterator[tuple[Span, list[Span]]]:
    """Each piece of code, and the marks that make it code."""
    fences = [found.span() for found in _FENCE.finditer(raw, start)]
    for found in _FENCE.finditer(raw, start):
        yield found.span(), [(found.start(), found.start("code")), (found.end("code"), found.end())]
    for low, high in _between(fences, start, len(raw)):
        for found in _CODE.finditer(raw, low, high):
            yield found.span(), [found.span("ticks"), (found.end("code"), found.end())]


def _between(spans: list[Span], start: int, end: int) -> Iterator[Span]:
    """What is left of raw[start:end] without the spans, which are in order and disjoint."""
    for low, high in spans:
        if start < low:
            yield start, low
        start = max(start, high)
    if start < end:
        yield start, end


def _marks(raw: str, start: int, code: list[Span]) -> list[Span]:
    labels = {found["label"].casefold() for found in _DEFINED.finditer(raw, start)}
    removed: list[Span] = []
    for found in _MARKS.finditer(raw, start):
        group = next((at for at in range(1, _MARKS.groups + 1) if found[at] is not None), None)
        if group is not None and not _within(found.span(group), code):
            removed.append(found.span(group))
    around = list(_AUTOLINK.finditer(raw, start))
    around += [found for found in _SHORTCUT.finditer(raw, start) if found["label"].casefold() in labels]
    for found in around:
        if not _within(found.span(), code):
            removed += [(found.start(), found.start() + 1), (found.end() - 1, found.end())]
    return removed


def _within(span: Span, code: list[Span]) -> bool:
    """Whether a span meets one of the pieces of code, which are in order and disjoint."""
    at = bisect_left(code, (span[1], 0)) - 1
    return at >= 0 and code[at][1] > span[0]


def _disjoint(spans: list[Span]) -> Iterator[Span]:
    """In order, overlapping ones as one."""
    at: Span | None = None
    for low, high in sorted(span for span in spans if span[0] < span[1]):
        if at and low <= at[1]:
            at = at[0], max(at[1], high)
        else:
            if at:
                yield at
            at = low, high
    if at:
        yield at


def _first_heading(raw: str, start: int, code: list[Span]) -> str | None:
    for found in _HEADING.finditer(raw, start):
        text = found["marked"] or found["underlined"]
        if not _within(found.span(), code) and re.search(r"\w", text):
            return _unmarked(text) or None
    return None


def _unmarked(text: str) -> str:
    code = sorted(_code(text, 0))
    spans = [span for _, marks in code for span in marks]
    spans += _marks(text, 0, [span for span, _ in code])
    for start, end in reversed(list(_disjoint(spans))):
        text = text[:start] + text[end:]
    return text.strip()
