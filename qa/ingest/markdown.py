"""Markdown -> the file's text with its marks as removed spans, and what its front matter tells.

The raw text is the file. Parsers give line numbers but no character places, so the marks are found here.
"""

from __future__ import annotations

import re

from qa.ingest import dates
from qa.ingest.document import Document, Metadata, web_address

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<body>(?:.*\r?\n){0,100}?)---[ \t]*(?:\r?\n|$)")
_FIELD = re.compile(
    r"^(title|date|published|url|link|source)[ \t]*:[ \t]*[\"']?(.*?)[\"']?[ \t]*\r?$", re.I | re.M
)
_HEADING = re.compile(r"^[ \t]{0,3}#{1,2}[ \t]+(.+?)[ \t#]*\r?$", re.M)

# Each group that takes part is a removed span.
_MARKS = re.compile(
    r"(<!--(?s:.{0,20000}?)-->)"
    r"|^[ \t]{0,3}((?:```|~~~)[^\n]{0,80})$"
    r"|^([ \t]{0,3}#{1,6}[ \t]+)|([ \t]+#+[ \t]*)$"
    r"|^([ \t]{0,3}(?:>[ \t]?){1,5})"
    r"|^([ \t]{0,3}(?:=+|-{2,}|\*{3,}|_{3,})[ \t]*)\r?$"
    r"|^([ \t]*\|?[ \t]*:?-{2,}[-:| \t]*)\r?$"
    r"|^([ \t]*\|[ \t]*)|([ \t]*\|[ \t]*)\r?$"
    r"|^([ \t]{0,8}\[[^\]\n]{1,100}\]:[ \t]+\S{1,500}.*)$"
    r"|(!\[[^\]\n]{0,300}\]\([^()\n]{0,1000}\))"
    r"|(?<!\\)(\[)(?=[^\[\]\n]{1,500}\]\()"
    r"|(?<=\])(\((?:[^()\s]|\([^()\s]{0,200}\)){1,1000}(?:[ ]\"[^\"\n]{0,200}\")?\))"
    r"|(\])(?=\([^()\s]{1,1000})"
    r"|(</?(?:b|i|em|strong|br|p|div|span|a|img|sup|sub|u|center|details|summary|kbd|hr|table|tr|td|th|h[1-6])\b[^<>\n]{0,500}>)"
    r"|(?<![\w*\\])(\*{1,3})(?=[^\s*])|(?<=[^\s*\\])(\*{1,3})(?![\w*])"
    r"|(?<![\w_\\])(_{1,3})(?=[^\s_])|(?<=[^\s_\\])(_{1,3})(?![\w_])"
    r"|(?<!\\)(`{1,3})|(\\)(?=[\\`*_{}\[\]()#+.!>|~-])",
    re.M,
)


def read_markdown(path: str, raw: str) -> Document:
    """raw: the decoded file."""
    front = _FRONT.match(raw)
    fields = {name.lower(): value for name, value in _FIELD.findall(front["body"])} if front else {}
    removed = [(0, front.end())] if front else []
    at = front.end() if front else 0
    removed += [found.span(found.lastindex or 0) for found in _MARKS.finditer(raw, at) if found.lastindex]
    heading = _HEADING.search(raw, at)
    title = fields.get("title") or (_unmarked(heading.group(1)) if heading else "")
    told = fields.get("date") or fields.get("published")
    meta = Metadata(
        title=title or None,
        published=dates.parsed(told) if told else None,
        source=fields.get("source") if not web_address(fields.get("source")) else None,
        url=web_address(fields.get("url") or fields.get("link") or fields.get("source")),
    )
    return Document(path, raw, meta, tuple(span for span in removed if span[0] < span[1]))


def _unmarked(text: str) -> str:
    for found in reversed(list(_MARKS.finditer(text))):
        start, end = found.span(found.lastindex or 0)
        text = text[:start] + text[end:]
    return text.strip()
