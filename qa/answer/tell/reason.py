"""Why there is no answer, in a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from qa.answer.decide.choose import Decision
from qa.answer.read.reading import Reading
from qa.answer.retrieve.found import Found
from qa.answer.understand.asked_dates import AskedDates
from qa.answer.understand.question import Question
from qa.english.dates import When
from qa.english.language import ASKED_LETTERS, language_of
from qa.english.languages import READ, language_name
from qa.english.names import Named
from qa.filters import Filters
from qa.ports import Store
from qa.records import Hit, Respelled

NOTHING_INDEXED = "There is no article: everything that was indexed has been removed."
NOTHING_ABOUT_IT = "Nothing in the articles is about this."
QUOTED_INSTEAD = "No single passage of words answers this; these quotes are about it."
NOT_SAID = "The closest passages are about this, but none of them says."
NOT_SURE = "No sure answer was found; these words come closest."
NOT_FOUND = "None of the closest passages surely answers it."
# What begins so is English, whatever it names: of 16,000 English questions (SQuAD 2.0's training set, TyDi QA, Natural
# Questions, SQuADShifts) 24 looked otherwise, most for a name ("How old was Fritz von ...?"), and 2 do now.
_ASKS_IN_ENGLISH = re.compile(
    r"\W*(?:how|who|whom|whose|what|when|where|why|which|did|does|were|could|would|should)\b", re.IGNORECASE
)
RELATED_COSINE = 0.35  # below it, MiniLM's nearest passages of a collection on other matters are found
_SOURCES_SHOWN = 10


class Occurs(Protocol):
    """Whether anything in the articles mentions it."""

    def name(self, named: Named) -> bool: ...

    def period(self, period: When) -> bool: ...


def reason(
    question: Question,
    found: Found,
    reading: Reading,
    decision: Decision,
    meant: Sequence[Respelled],
    *,
    filters: Filters,
    store: Store,
) -> str:
    """Why nothing is answered. meant: what absent names are spelled like. filters: the asker's."""
    if filters and not found.hits:
        return nothing_in_scope(filters, store.sources(), store.published_range())
    if told := asked_in_another_language(question.text):
        return told
    if reading.absent:
        return not_mentioned(reading.absent, [respelled.found for respelled in meant])
    guessed = decision.guess is not None
    return no_answer(question.dates, found.hits, reading.occurrences, unsaid=decision.unsaid, guessed=guessed)


def no_answer(
    asked: AskedDates, hits: Sequence[Hit], occurs: Occurs, *, unsaid: bool = False, guessed: bool = False
) -> str:
    """The most telling reason that holds: a day, a number or a name that is mentioned nowhere comes first.

    unsaid: it is as good as certain that the articles do not answer; else that is not claimed. guessed: the likeliest
    words are told beside it.
    """
    named = [(n.start, n.text) for n in asked.given if not occurs.name(n)]
    periods = [period for period in asked.periods if not occurs.period(period)]
    absent = named + [(period.start, period.text) for period in periods if not period.relative]
    if absent:
        return not_mentioned([text for _, text in sorted(absent)])
    if past := [period for period in periods if period.relative]:
        return f"No article is from {past[0].text} ({_days(past[0])}) or speaks of it."
    named_there = any(n.kind == "name" for n in asked.given)  # and none of them absent
    near = any(hit.cosine is not None and hit.cosine >= RELATED_COSINE for hit in hits)
    if guessed:
        return NOT_SURE
    if not near and not (named_there and hits):
        return NOTHING_ABOUT_IT
    return NOT_SAID if unsaid else NOT_FOUND


def asked_in_another_language(question: str) -> str | None:
    language = language_of(question, ASKED_LETTERS)
    if language in (None, READ) or _ASKS_IN_ENGLISH.match(question):
        return None
    return f"The question looks {language_name(language)}, and is understood only in {language_name(READ)}."


def other_language(languages: Sequence[str | None]) -> str | None:
    """What to know where most of the closest passages are in another language than the reader reads.

    languages: of each passage's article, None where it cannot be told.
    """
    others = Counter(language for language in languages if language not in (None, READ))
    if others.total() * 2 <= len(languages):
        return None
    name = language_name(others.most_common(1)[0][0])
    return f"Most of the closest passages look {name}: the reader answers in {language_name(READ)}."


def not_mentioned(absent: Sequence[str], meant: Sequence[str] = ()) -> str:
    """meant: names spelled like them that the articles do mention."""
    told = f"The articles do not mention {_listed(absent)}."
    return f"{told} Did you mean {_listed(meant)}?" if meant else told


def nothing_in_scope(filters: Filters, sources: Sequence[str], published: tuple[date, date] | None) -> str:
    """Why not one passage could be asked. sources, published: what there is instead."""
    known = {source.casefold() for source in sources}
    if filters.source and filters.source.casefold() not in known and sources:
        shown = ", ".join(sources[:_SOURCES_SHOWN]) + (" and others" if len(sources) > _SOURCES_SHOWN else "")
        return f"No article is{filters.told()}. Sources that articles name are: {shown}."
    there = f" The articles with a date are from {published[0]} to {published[1]}." if published else ""
    return f"No article is{filters.told()}.{there}"


def _days(period: When) -> str:
    return str(period.first) if period.first == period.last else f"{period.first} to {period.last}"


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
