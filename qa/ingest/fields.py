"""A record with named fields (a line of .jsonl, a row of .csv) -> an article.

The raw text of such an article is the field that holds its text; where that field is HTML, what a reader sees of it.
Surrogates that stand alone in JSON escapes are no characters; they become U+FFFD, one for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qa.ingest import dates
from qa.ingest.document import Document, Metadata, Unreadable, web_address
from qa.ingest.markup import Seen, is_markup, seen, seen_whole

# What exports call these fields, without case, spaces and marks; the first that a record has a value for is taken. Also
# as a table's first row has them in the languages of most tables.
KNOWN = {
    "text": (
        "text body content article articlebody articletext articlecontent fulltext maintext bodytext contenttext"
        " textcontent pagecontent rawtext cleantext plaintext contenthtml bodyhtml html paragraphs"
        " inhalt artikeltext texte contenu texto contenido conteudo conteúdo testo contenuto tekst treść текст"
        " 正文 内容 內容 本文 文章 본문 내용 abstract"
    ).split(),
    "title": (
        "title headline name subject titel überschrift titre título titulo titular titolo tytuł заголовок название"
        " 标题 標題 题目 タイトル 題名 見出し 제목"
    ).split(),
    "date": (
        "date published publishedat pubdate datepublished publishdate publisheddate publicationdate publishedon"
        " dateofpublication releasedate timestamp createdat created posted postedat datum veröffentlicht"
        " datepublication fecha дата 日期 日付 发布时间 发布日期 發布日期 時間 날짜 data"
    ).split(),
    "url": "url link permalink canonicalurl articleurl sourceurl href webaddress".split(),
    "source": "source publisher site sitename domain outlet publication quelle fuente fonte источник 来源 來源".split(),
}
# In which records of programs hold the parts of an article, or all that belongs to its text.
_HOLDERS = "metadata meta _source attributes properties fields data article document".split()
# In which programs hold a value with what it is: WordPress's interface, MongoDB's exports, XML made JSON.
_WRAPPED = ("rendered", "$date", "$numberLong", "#text", "_text")
NAMES_SHOWN = 12  # of a record's fields, where none of them is the text

_MARKS = re.compile(r"[\W_]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}|\d{16}")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fields:
    """Which field of a record is which part of an article; `named` stands before what exports usually call them."""

    named: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parsed(cls, told: str) -> Fields:
        """From "text=body,title=headline". Raises ValueError, which says what is wrong with it."""
        named: dict[str, str] = {}
        for pair in told.split(","):
            part, equals, name = (piece.strip() for piece in pair.partition("="))
            if not equals or not name or part not in KNOWN:
                raise ValueError(
                    f"{pair.strip()!r} is not PART=FIELD, where PART is one of {', '.join(KNOWN)}"
                )
            named[part] = name
        return cls(named)

    def __str__(self) -> str:
        return ",".join(f"{part}={name}" for part, name in self.named.items())

    def of(self, record: Mapping[str, Any], part: str) -> Any:
        """The value of a part of the article; None where the record has no field for it."""
        if (name := self.name(record, part)) is not None:
            return _plain(record.get(name))
        if part in self.named:
            return None
        lower = {name.lower(): value for name, value in record.items() if isinstance(name, str)}
        inner = (value for name in _HOLDERS if isinstance(value := lower.get(name), dict))
        return next(
            (_plain(value[name]) for value in inner if (name := self.name(value, part)) is not None), None
        )

    def name(self, record: Mapping[str, Any], part: str) -> str | None:
        """What the record itself calls a part of the article; None where it has no field with a value for it."""
        if part in self.named:
            return self.named[part] if self.named[part] in record else None
        called: dict[str, str] = {}
        for name, value in record.items():
            if isinstance(name, str) and _plain(value) not in (None, ""):
                called.setdefault(_MARKS.sub("", name.lower()), name)
        return next((called[name] for name in KNOWN[part] if name in called), None)

    def article(self, path: str, record: Mapping[str, Any]) -> Document:
        """Raises Unreadable where the record has no text."""
        text = self.of(record, "text")
        if not isinstance(text, str):
            raise Unreadable(self._no_text(record))
        text = _SURROGATES.sub("\ufffd", text)
        meta = Metadata(
            title=self._line(record, "title"),
            published=day_of(self.of(record, "date")),
            source=self._line(record, "source"),
            url=web_address(self._line(record, "url")),
        )
        shown = seen_whole(text) if is_markup(text) else Seen(text)
        return shown.document(path, meta)

    def _line(self, record: Mapping[str, Any], part: str) -> str | None:
        value = self.of(record, part)
        if not isinstance(value, str):
            return None
        value = _SURROGATES.sub("\ufffd", value)
        return " ".join((seen(value) if is_markup(value) else value).split()) or None

    def _no_text(self, record: Mapping[str, Any]) -> str:
        wanted = self.named.get("text", "text")
        names = [str(name) for name in record]
        shown = ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")
        return (
            f'no "{wanted}", or it is not a string. It has: {shown or "nothing"}. '
            "Name the field of the text with: --fields text=NAME"
        )


def _plain(value: Any) -> Any:
    """A field's value: of one that stands in a wrapper that, of a list of texts (as crawlers keep what they found) all
    of them, a line each; None where it is another object or list."""
    if isinstance(value, dict):
        return next((_plain(value[name]) for name in _WRAPPED if name in value), None)
    if isinstance(value, list):
        texts = all(isinstance(one, str) for one in value)
        return "\n".join(value) if texts else None
    return value


def day_of(value: Any) -> date | None:
    """The day of a written date, or of seconds, milliseconds or microseconds since 1970."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _since_1970(float(value))
    if not isinstance(value, str):
        return None
    value = value.strip()
    return (
        _since_1970(float(value)) if _EPOCH.fullmatch(value) else dates.parsed(value) or dates.of_line(value)
    )


def _since_1970(count: float) -> date | None:
    """The unit is the one in which the count lies between 1990 and 2100: those ranges do not meet."""
    for unit in (1, 1_000, 1_000_000):
        try:
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=count / unit)
        except (OverflowError, ValueError):
            continue
        if _EARLIEST <= at < _LATEST:
            return at.date()
    return None
