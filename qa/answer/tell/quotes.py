"""A question that no span answers -> the quotes that are about it, each with its place, nothing written besides.

What is quoted is a unit of the article: a sentence, a list with the line that opens it, a row of a table with its
header. Units of the passages that were found are ordered by their likeness to the question, in meaning and in telling
words; copies of one another are quoted once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa.answer.understand.broad import NO_SPAN, Broad
from qa.english.sentences import sentence_spans
from qa.english.words import is_common, stems
from qa.records import Answer, Article, CitedPassage, ListItem, Quoted

from .cite import cite_text
from .reason import QUOTED_INSTEAD

MOST = 8  # quotes; more are not read
UNITS = 48  # that are compared: MiniLM encodes about a thousand sentences a second on two cores
LEAST = 0.35  # likeness from which a unit is about the question
BEHIND = 0.3  # so far behind the best unit nothing is quoted
ENOUGH = 5  # quotes: with fewer, what else the likeliest article says is quoted too, from this likeness on
ELSE_LEAST = 0.1
WORDS_WEIGH = 0.25  # the share of the question's telling words, beside a cosine
ALIKE = 0.6  # of their words in common (Jaccard): one says what the other does
LONGEST = 1_200  # characters of a unit; a longer list or table is cut after an item
LEAST_WORDS = 4  # a shorter sentence is a heading or a scrap
LEAST_OPEN_WORDS = 8  # and so is a shorter one that nothing ends
TITLE_CHARS = 200  # of an article's title, read with each of its units

_ITEM = re.compile(r"\s*(?:\(?(?:\d{1,2}|[a-zA-Z])[.)]|[-*•–‣])\s+\S")
_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]{2,}")

# What a question asks with, not what it is about.
_ASKING = stems(
    "tell show give list name enumerate compare comparison difference summarize describe explain known step"
)

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Unit:
    """[start, end) of an article's text; header: of the table whose row it is."""

    article: Article
    start: int
    end: int
    header: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def read(self) -> str:
        """What it is compared by."""
        told = self.article.text[slice(*self.header)] + "\n" if self.header else ""
        return f"{self.article.title[:TITLE_CHARS]}\n{told}{self.text}"


def with_quotes(answer: Answer, kind: Broad, articles: Mapping[str, Article], encode: Encode) -> Answer:
    """Quotes in place of a span, where `kind` asks for more than one can say; beside it, where it may be a part."""
    found = quotes(answer.understood, answer.passages, articles, encode)
    if not found or (answer.text is not None and kind not in NO_SPAN):
        return replace(answer, quotes=found)
    return replace(
        answer,
        text=None,
        answer_type="quotes",
        quotes=found,
        reason=QUOTED_INSTEAD,
        guess=None,
        established=False,
        citations=(),
        agreement=None,
        alternatives=(),
    )


def quotes(
    question: str, passages: Sequence[CitedPassage], articles: Mapping[str, Article], encode: Encode
) -> tuple[Quoted, ...]:
    """Grouped by article, the likeliest article first, in the article's own order; none where none is about it.

    passages: the best first. articles: theirs, by id. encode: texts -> unit vectors (n, d).
    """
    if any(not _mentioned(name, articles) for name in _NAME.findall(question)):
        return ()
    units = list(_units(passages, articles))[:UNITS]
    if not units:
        return ()
    wanted = stems(question) - _ASKING
    vectors = encode([question, *(unit.read for unit in units)])
    cosines = (vectors[1:] @ vectors[0]).tolist()
    shared = [len(wanted & stems(unit.read)) / len(wanted) if wanted else 0.0 for unit in units]
    scores = [cosine + WORDS_WEIGH * share for cosine, share in zip(cosines, shared, strict=True)]
    order = sorted(range(len(units)), key=lambda at: -scores[at])
    first, chosen = order[0], list[int]()
    for at in order:
        near = scores[at] >= max(LEAST, scores[first] - BEHIND)
        of_the_first = units[at].article is units[first].article and scores[at] >= ELSE_LEAST
        wanted_still = len(chosen) < MOST and (near or (of_the_first and chosen and len(chosen) < ENOUGH))
        if wanted_still and not any(_alike(units[at], units[other]) for other in chosen):
            chosen.append(at)
    best: dict[str, float] = {}
    for at in chosen:
        best.setdefault(units[at].article.id, scores[at])
    kept = sorted(
        (units[at] for at in chosen), key=lambda one: (-best[one.article.id], one.article.id, one.start)
    )
    return tuple(_quoted(unit) for unit in kept)


def _mentioned(name: str, articles: Mapping[str, Article]) -> bool:
    if is_common(name):
        return True
    told = stems(name)
    return any(told <= stems(article.title) or told <= stems(article.text) for article in articles.values())


def _units(passages: Sequence[CitedPassage], articles: Mapping[str, Article]) -> Iterator[_Unit]:
    """Of the passages, each once, the best passage's first; a list or table that one cuts through is taken whole."""
    seen: set[tuple[str, int]] = set()
    cut: dict[str, list[_Unit]] = {}
    for passage in passages:
        article = articles[passage.article_id]
        place = article.alignment.to_text(passage.start, passage.end)
        if place is None:
            continue
        if article.id not in cut:
            cut[article.id] = list(_cut(article))
        for unit in cut[article.id]:
            key = (article.id, unit.start)
            if unit.start < place[1] and unit.end > place[0] and key not in seen:
                seen.add(key)
                yield unit


def _cut(article: Article) -> Iterator[_Unit]:
    """An article's lists, tables and sentences, in order."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", article.text)]
    lists = {item.start: item.list_id for item in article.items}
    rows = {row[0].start: (table, row[-1].end) for table in article.tables for row in table.rows}
    heads = {table.header[0].start: table.named[1] for table in article.tables}
    at = 0
    while at < len(lines):
        line = article.text[slice(*lines[at])]
        end = max(_run(article.text, lines, at, _ITEM), _listed(lists, lines, at))
        if end - at >= 2 and lines[at + 1][1] - lines[at][0] <= LONGEST:
            opens = at > 0 and not article.text[slice(*lines[at - 1])].rstrip().endswith((".", "!", "?"))
            start = lines[at - 1][0] if opens else lines[at][0]
            yield _Unit(article, start, _last(lines, at, end, start))
            at = end
            continue
        start = lines[at][0]
        if start in rows and rows[start][1] - start <= LONGEST:
            table, stop = rows[start]
            yield _Unit(article, start, stop, table.named)
            at = _after(lines, at, stop)
            continue
        if start in heads:
            at = _after(lines, at, heads[start])
            continue
        for start, stop in sentence_spans(line):
            said = line[start:stop]
            ended = said.rstrip("\"'”’»)]").endswith((".", "!", "?", "…", "。"))
            if len(said.split()) >= (LEAST_WORDS if ended else LEAST_OPEN_WORDS):
                yield _Unit(article, lines[at][0] + start, lines[at][0] + stop)
        at += 1


def _run(text: str, lines: Sequence[tuple[int, int]], at: int, pattern: re.Pattern[str]) -> int:
    """The line after the last of those in a row that are like the one at `at`."""
    while at < len(lines) and pattern.match(text[slice(*lines[at])]):
        at += 1
    return at


def _after(lines: Sequence[tuple[int, int]], at: int, end: int) -> int:
    """The line after the one at `at` and those that begin before `end`."""
    at += 1
    while at < len(lines) and lines[at][0] < end:
        at += 1
    return at


def _listed(lists: Mapping[int, int], lines: Sequence[tuple[int, int]], at: int) -> int:
    """The line after the last of those in a row that are items of the list of the one at `at`. lists: by where their
    items begin."""
    own = lists.get(lines[at][0])
    while own is not None and at < len(lines) and lists.get(lines[at][0]) == own:
        at += 1
    return at


def _last(lines: Sequence[tuple[int, int]], at: int, end: int, start: int) -> int:
    whole = [line for line in lines[at:end] if line[1] - start <= LONGEST]
    return whole[-1][1] if whole else lines[at][1]


def _alike(one: _Unit, other: _Unit) -> bool:
    a, b = stems(one.text), stems(other.text)
    return len(a & b) >= ALIKE * len(a | b) if a | b else one.text == other.text


def _quoted(unit: _Unit) -> Quoted:
    return Quoted(cite_text(unit.article, (unit.start, unit.end)), tuple(_items(unit)))


def _items(unit: _Unit) -> Iterator[ListItem]:
    """Those that begin in it, in the raw text."""
    for item in unit.article.items:
        if unit.start <= item.start < unit.end:
            start, end = unit.article.alignment.to_raw(item.start, min(item.end, unit.end))
            yield replace(item, start=start, end=end)
