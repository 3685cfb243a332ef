"""Articles -> questions that they answer: proposed by rules, then asked; kept where the right words come back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, zip_longest
from typing import Protocol

from qa.english import words
from qa.english.languages import READ
from qa.english.sentences import sentence_spans

from ..errors import Overloaded
from ..records import Answer, Article, ArticleInfo, Citation
from .questions import Proposed, propose

ARTICLES = 200  # looked at; of more, as many spread evenly from the newest to the oldest
KEPT = 120  # more would only be shown to whoever types, and each costs at least one question
KEPT_OF_ONE = 4  # of an article
ASKED_OF_ONE = 12
SENTENCES = 400  # of an article that are looked at
SURE = 0.6  # confidence; what the page calls "fairly confident" or better
# Of the words of a text, so many are common ones of English. Of 1,326 paragraphs of SQuAD 2.0 train 0.3 % have fewer,
# of their sentences 2.6 %; sentences of German, French, Spanish, Norwegian, Dutch and Italian news had 0 to 0.15, for
# "in", "was", "me" and "no" are words of theirs too.
ENGLISH_SHARE = 0.2
ENGLISH_CHARS = 5_000  # of an article that are looked at for it
ALIKE = 0.6  # questions that share so much of their words (Jaccard) are one


ROLE_WORDS = 2  # that tell who somebody is: "singer", "the suspect" or "chief executive" hardly do
# Tell no more of a role before its noun: whose or what's it is stands in other words.
_RANKS = frozenset(
    "a an the his her its their our my chief vice deputy executive managing general senior junior principal acting "
    "interim assistant associate former current then new old first second founding co financial operating technical "
    "personal private retired longtime younger older elder late ex".split()
)
# A role goes on with what it is a role of: "a professor at Cornell", "spokesman for the ministry".
_GOES_ON_AS_A_ROLE = re.compile(r"\s+(?:at|for|to)\s+(?:(?:the|an?|his|her|its|their)\s+\w|[A-Z])")
_GOES_ON = re.compile(r"[-–@&/]\w|[’']s\b|\s+of\s+\w|\s+(?:per\s?cent|million|billion|trillion)\b|\s?%")
_BEGUN = re.compile(r"(?:\w[-–@&/]|[’']s\s+|\b(?:[Dd]eputy|[Vv]ice|[Aa]cting|[Ff]ormer|ex)[\s-]+)$")
_AMID_A_WORD = re.compile(r"\s[^\w\s]\w")  # "DJI fell" of "the average .DJI fell"
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that was answered, by [start, end) of the raw text of an article."""

    question: str
    kind: str
    answer: str
    confidence: float
    article_id: str
    file: str
    start: int
    end: int


class Answering(Protocol):
    """What is needed of an engine."""

    def articles(self) -> list[ArticleInfo]: ...
    def article(self, article_id: str) -> Article: ...
    def ask(self, question: str) -> Answer: ...


def make(engine: Answering, go_on: Callable[[], bool] = lambda: True) -> list[Suggestion]:
    """One of each article, then a second of each, and so on.

    go_on: called before each article is read and each question asked; it may wait, and False ends the making with
    what there is.
    """
    kept: list[Suggestion] = []
    waiting = [_tries(engine, info.id, go_on) for info in spread(engine.articles(), ARTICLES)]
    for _ in range(KEPT_OF_ONE):
        going = []
        for tries in waiting:
            found = _first_answered(engine, tries, kept, go_on)
            if found is not None:
                kept.append(found)
                going.append(tries)
            if len(kept) == KEPT:
                return kept
        waiting = going
    return kept


def spread(listed: Sequence[ArticleInfo], n: int) -> list[ArticleInfo]:
    """At most n, evenly from the newest to the oldest; those without a date last."""
    ordered = sorted(listed, key=lambda info: (-(info.published or date.min).toordinal(), info.path))
    if len(ordered) <= n:
        return ordered
    return [ordered[at * len(ordered) // n] for at in range(n)]


@dataclass(frozen=True, slots=True)
class _Try:
    """A question, and where in the article's raw text its answer should stand."""

    proposed: Proposed
    sentence: int
    article: Article
    start: int
    end: int


def _tries(engine: Answering, article_id: str, go_on: Callable[[], bool]) -> Iterator[_Try]:
    """Those of an article, kinds in turn; read only when the first is asked for."""
    if not go_on():
        return
    article = engine.article(article_id)
    if article.language not in (None, READ) or not _english(article.text[:ENGLISH_CHARS]):
        return
    by_kind: dict[str, list[_Try]] = {}
    for number, (start, end) in enumerate(sentence_spans(article.text)[:SENTENCES]):
        sentence = article.text[start:end]
        if _AMID_A_WORD.match(article.text, max(0, start - 2)) or not _english(sentence):
            continue
        for one in _cased(propose(sentence), sentence, article.text):
            place = article.alignment.to_raw(start + one.start, start + one.end)
            by_kind.setdefault(one.kind, []).append(_Try(one, number, article, *place))
    in_turn = [one for row in zip_longest(*by_kind.values()) for one in row if one is not None]
    yield from islice(in_turn, ASKED_OF_ONE)


def _english(text: str) -> bool:
    """Whether enough of its words are those that English is made of; the rules for questions are English."""
    found = _WORD.findall(text)
    return sum(map(words.is_common, found)) >= ENGLISH_SHARE * max(len(found), 1)


def _cased(found: Sequence[Proposed], sentence: str, text: str) -> Iterator[Proposed]:
    """The questions with the sentence's first word written as the article writes it inside a sentence.

    At the beginning its capital tells nothing. Where the article never has it elsewhere, and it is no common word,
    nobody knows, and what asks with it in small letters is left out.
    """
    opening = _WORD.match(sentence)
    first = opening.group() if opening else ""
    small = re.compile(rf"(?<!^)\b{re.escape(first[:1].lower() + first[1:])}\b")
    for one in found:
        if first and first != first.lower() and not words.is_common(first) and small.search(one.question):
            if re.search(rf"[\w,;] {re.escape(first)}\b", text):
                one = replace(one, question=small.sub(first, one.question, count=1))
            elif not small.search(text):
                continue
        yield one


def _first_answered(
    engine: Answering, tries: Iterator[_Try], kept: Sequence[Suggestion], go_on: Callable[[], bool]
) -> Suggestion | None:
    for one in tries:
        if any(_alike(one.proposed.question, other.question) for other in kept):
            continue
        if not go_on():
            return None
        found = answered(engine, one.proposed.question, one.proposed.kind, one.article, one.start, one.end)
        if found is not None and sum(other.article_id == found.article_id for other in kept) < KEPT_OF_ONE:
            return found
    return None


def answered(
    engine: Answering, question: str, kind: str, article: Article, start: int, end: int
) -> Suggestion | None:
    """The suggestion, where the engine surely answers with raw[start:end] of this article, give or take a word, or
    with what other articles say and this one agrees with there."""
    try:
        answer = engine.ask(question)
    except Overloaded:  # people are asking: this one is passed over
        return None
    if answer.text is None or answer.confidence < SURE or answer.answer_type not in (None, "span"):
        return None
    if any(_part_of(answer.text, other.text) for other in answer.alternatives):
        return None
    if kind == "who is" and not _tells_who(answer.text):
        return None
    if not any(cited.article_id == article.id and _meets(cited, start, end) for cited in answer.citations):
        return None
    first = answer.citations[0]  # of those that agree, perhaps another article's
    raw = article.raw if first.article_id == article.id else engine.article(first.article_id).raw
    if not _stands_alone(raw, first.start, first.end):
        return None
    if kind == "who is" and _GOES_ON_AS_A_ROLE.match(raw, first.end):
        return None
    place = first.article_id, first.file, first.start, first.end
    return Suggestion(question, kind, answer.text, answer.confidence, *place)


def _meets(cited: Citation, start: int, end: int) -> bool:
    """Whether two thirds of the longer of the two, in characters, are common to both."""
    shared = min(cited.end, end) - max(cited.start, start)
    return 3 * shared >= 2 * max(cited.end - cited.start, end - start)


def _tells_who(role: str) -> bool:
    """Whether it says more than a rank: "Yukos chief executive", not "chief executive"."""
    told = [word for word in role.split()[:-1] if word.casefold() not in _RANKS]
    return len(told) + 1 >= ROLE_WORDS


def _part_of(answer: str, other: str) -> bool:
    """Whether another article says more than these words, and they are among them."""
    return answer.casefold() != other.casefold() and f" {answer} ".casefold() in f" {other} ".casefold()


def _stands_alone(raw: str, start: int, end: int) -> bool:
    """Whether raw[start:end] is no part of longer words: not "Secretary" of "Secretary-General", nor "chairman" of
    "chairman of the bank"."""
    return _GOES_ON.match(raw, end) is None and _BEGUN.search(raw[max(0, start - 40) : start]) is None


def _alike(one: str, other: str) -> bool:
    """Such as those that ask for two parts of one sentence."""
    a, b = words.stems(one), words.stems(other)
    return bool(a | b) and len(a & b) >= ALIKE * len(a | b)
