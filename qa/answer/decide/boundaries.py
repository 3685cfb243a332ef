"""Where spans begin and end: widened to all that their question asked for, where the sentence shows how far that goes.

Readers learn from short answers: of an enumeration they take an item, of a title its first word, and of "61 per cent"
the number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.english.names import find
from qa.english.numbers import NUMBERS, SCALES, SMALL
from qa.english.sentences import sentence_spans
from qa.records import Span

from .features import Candidate
from .sentence import around

_ENUMERATION = re.compile(r"\S,? (?:and|or|as well as) \S|\S; \S")
_ITEM = r"[^,;:.!?()\n]{1,60}?"
_LAST_WORDS = 8  # of the last item, which nothing but punctuation ends
_NAME = r"[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*"
_NAMES = re.compile(rf"{_NAME}(?:, {_NAME})*")
_MORE_NAMES = re.compile(rf"(?:, (?:the )?{_NAME})*,? (?:and|or|as well as) (?P<last>(?:the )?{_NAME})")
_MORE = re.compile(rf"(?:, {_ITEM})*,? (?:and|or|as well as) (?P<last>[^,;:.!?()\n]+)")
_BEFORE = re.compile(rf"(?::|such as|including) (?P<items>(?:{_ITEM}, )+(?:(?:and|or) )?)$")
_NAMES_BEFORE = re.compile(rf"\b(?P<items>(?:{_NAME}, )*{_NAME},? (?:and|or) (?:the )?)$")
_COUNTED = re.compile(
    rf"\b(?:what|which|who|name|list)\b(?: \w+){{0,3}} (?P<count>{'|'.join(SMALL[2:])}|\d{{1,2}})\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r",? (?:and|or|as well as) |[,;] ")
_WHO_IS = re.compile(r"^who (?:is|was) (?P<name>.+?)\W*$", re.IGNORECASE)
_QUOTATION = re.compile(r"[\"“]([^\"“”]+?),?[\"”]")
_RANK = re.compile(
    r"\b(?:(?:[Dd]eputy|[Vv]ice|[Aa]cting|[Aa]ssistant|[Aa]ssociate|[Ff]ormer|[Ii]nterim|[Ee]xecutive|[Ee]x)[- ])+$"
)
# "over two hours" may be how long something took; "a little over two hours" only says how long it was.
_DEGREE = r"(?:(?:a )?little|a bit|just|slightly|well|far|only just|barely) "
_BOUND = re.compile(
    rf"\b(?:(?:{_DEGREE})?(?:more than|less than|fewer than)|{_DEGREE}(?:over|under|above|below)|at least|at most|"
    r"no more than|no fewer than|nearly|almost|up to|as many as|upwards of) (?:[$£€] ?)?$",
    re.IGNORECASE,
)
_COUNTS = re.compile(rf"[$£€]?\d|(?:{'|'.join((*NUMBERS, *SCALES))}|an?|half)\b", re.IGNORECASE)
# What no title holds: verbs, and prepositions that tie a name to a verb.
_OUTSIDE = (
    r"(?:is|was|are|were|be|been|has|had|have|will|would|can|could|said|says|told|who|which|that|[a-z]+ed|"
    r"with|by|from|after|before|during|against|without|about)\b"
)
_WORDS = "|".join(NUMBERS)
_NUMBER = re.compile(rf"(?:\d|\b(?:{_WORDS}))$", re.IGNORECASE)
_SCALE = rf"[\s-](?:{'|'.join(SCALES)})\b(?:[\s-](?:and\s)?(?:{_WORDS})\b)*"
_QUANTITY = re.compile(rf"(?:{_SCALE})*(?:\s?%|[\s-]per\s?cent\b)?(?![\w-])", re.IGNORECASE)


def whole_enumerations(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates; a span that is the first item of an enumeration, or the last of names, or any after a
    colon, becomes all of it: of "three ways: a bridge, a tunnel and a ferry" not "a bridge" alone."""

    def widened(span: Span) -> tuple[int, int]:
        text = span.passage.text
        sentence = next((s for s in sentence_spans(text) if s[0] <= span.start and span.end <= s[1]), None)
        if sentence is None:
            return span.start, span.end
        before, rest = text[sentence[0] : span.start], text[span.end : sentence[1]]
        more = (_MORE_NAMES if _NAMES.fullmatch(span.text) else _MORE).match(rest)
        items = _BEFORE.search(before) or (_NAMES.match(span.text) and _NAMES_BEFORE.search(before))
        end = span.end + more.end() if more and len(more["last"].split()) <= _LAST_WORDS else span.end
        return (span.start - len(items["items"]) if items else span.start), end

    return _each(candidates, widened)


def of_the_count(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of a question that says how many there are, those that enumerate so many, where one does; else all."""
    asked = _COUNTED.search(question)
    if asked is None:
        return list(candidates)
    told = asked["count"].casefold()
    count = int(told) if told.isdigit() else SMALL.index(told)
    fitting = [one for one in candidates if len(_BETWEEN.split(one.span.text)) == count]
    return fitting or list(candidates)


def whole_titles(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates; of a question who somebody is, each span that begins a title right before the name is the
    whole title: "Director of the Department Vladimir Yermakov"."""
    asked = _WHO_IS.match(question.strip())
    names = find(asked["name"]) if asked else []
    if len(names) != 1 or names[0].kind != "name":
        return list(candidates)
    first = re.escape(names[0].text.split()[0])
    title = re.compile(rf"(?: (?!{_OUTSIDE})[\w’'-]+)*?(?= {first}\b)")

    def widened(span: Span) -> tuple[int, int]:
        more = title.match(span.passage.text, span.end)
        return span.start, more.end() if more else span.end

    return _each(candidates, widened)


def in_one_line(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates; of a span that runs from a heading or a byline into the text below it, what is below."""

    def cut(span: Span) -> tuple[int, int]:
        above = span.text.rstrip().rfind("\n")
        return span.start + above + 1, span.end

    return _each(candidates, cut)


def within_marks(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates; of a span that is one quotation, what stands between its marks: people mark that in four of
    five such answers (1,911 of 2,380 in six training files)."""

    def cut(span: Span) -> tuple[int, int]:
        quoted = _QUOTATION.fullmatch(span.text)
        return (
            (span.start + quoted.start(1), span.start + quoted.end(1)) if quoted else (span.start, span.end)
        )

    return _each(candidates, cut)


def whole_qualified(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates; what a word right before a span makes of it belongs to it: a "Deputy Foreign Minister" is no
    Foreign Minister, and "more than 40" are not 40."""

    def widened(span: Span) -> tuple[int, int]:
        before = span.passage.text[: span.start]
        rank = _RANK.search(before) if span.text[:1].isalpha() else None
        bound = _BOUND.search(before) if _COUNTS.match(span.text) else None
        found = rank or bound
        return (found.start() if found else span.start), span.end

    return _each(candidates, widened)


def whole_quantities(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates; a number that ends a span keeps its scale and its "per cent": not "2.5" of "2.5 million"."""

    def widened(span: Span) -> tuple[int, int]:
        more = _QUANTITY.match(span.passage.text, span.end) if _NUMBER.search(span.text) else None
        return span.start, more.end() if more else span.end

    return _each(candidates, widened)


def _each(candidates: Sequence[Candidate], widened: Callable[[Span], tuple[int, int]]) -> list[Candidate]:
    found = []
    for candidate in candidates:
        start, end = widened(candidate.span)
        found.append(replace(candidate, span=replace(candidate.span, start=start, end=end)))
    return found


def enumerates(text: str) -> bool:
    """Whether a span names several things already."""
    return _ENUMERATION.search(text) is not None


def as_evidence(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates, each span widened to the sentences that it stands in: no span says yes or no."""
    widened = []
    for candidate in candidates:
        span = candidate.span
        start, end = around(span)
        widened.append(replace(candidate, span=replace(span, start=start, end=end)))
    return widened
