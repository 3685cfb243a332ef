"""Whether a span plays the part that its question asks about: who did it and not where, then and not before."""

from __future__ import annotations

import re
from datetime import date

from qa.answer.understand.kind import Kind
from qa.answer.understand.question import Question
from qa.english.calendar import MONTH, YEAR
from qa.english.dates import resolve
from qa.records import Span

from .sentence import around

_PERSON = (Kind.WHO, Kind.NAME)
_NAME = re.compile(r"[A-Z][\w’'-]*")
_WORD = re.compile(r"[^\W\d_]+")
_TITLE_WORDS = 3  # of an office: "foreign minister", "prime minister of"
_NAME_FOLLOWS = re.compile(r" ([A-Z][\w-]*)")
_WHO_IS = re.compile(r"who(?:['’]s| is| was| are| were) [A-Z]", re.IGNORECASE)
_HOLDS = re.compile(r"who(?:['’]s| is| was| are| were)\b", re.IGNORECASE)
_BASED = re.compile(r"where (?:is|are|was|were)\b.*\b(?:based|headquartered|headquarters)\b", re.IGNORECASE)
_LESSER = r"\b(deputy|vice|assistant|associate|under(?=[ -]secretary))[ -]"
_LESSER_BEFORE = re.compile(rf".*{_LESSER}((?:(?!and )[\w’'.-]++ ?){{1,7}})", re.IGNORECASE | re.DOTALL)
_LESSER_AFTER = re.compile(
    rf"(?:,| \() ?(?:the |an? )?(?:(?!and |former )[\w’'-]+ ){{0,2}}?{_LESSER}([^,;:.()]*)(?=[,;.)]|$)",
    re.IGNORECASE,
)
_PLACED = re.compile(r"\b(?:in|at|near|outside|across|throughout) (?:the )?$")
_HOW_OLD = re.compile(r"\bhow old\b", re.IGNORECASE)
_AGED = re.compile(r"(?:an? )?[\w-]+[- ]years?[- ]old\b", re.IGNORECASE)
_SOMEBODY = re.compile(r"\ban?(?: \w+)? $", re.IGNORECASE)
_STILL = re.compile(
    r"^when (?:will|does|do)\b|^when (?:is|are)\b.*\b(?:next|upcoming|due|coming)\b", re.IGNORECASE
)
# "When is the election?", and not "When is it believed to have begun?"
_STANDS = re.compile(
    r"^when (?:is|are) (?!.*\b(?:\w+ed|first|last|earliest|oldest|known|thought|said|born|birthday|anniversary)\b)",
    re.IGNORECASE,
)
_WHICH_DAY = re.compile(r"\b(?:what|which) day\b", re.IGNORECASE)
_NO_DAY = re.compile(rf"\W*(?:in )?(?:{MONTH}\W*)?(?:{YEAR})?\W*")
_RISE = re.compile(
    r"\b(?:up|r(?:ise|ises|ose|isen|ising)|gain(?:s|ed|ing)?|climb(?:s|ed|ing)?|increas(?:e|es|ed|ing)|grow(?:s|n|th|ing)?|"
    r"grew|jump(?:s|ed)?|surg(?:e|es|ed)|soar(?:s|ed)?|higher)\b",
    re.IGNORECASE,
)
_FALL = re.compile(
    r"\b(?:down|f(?:all|alls|ell|allen|alling)|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|"
    r"shr(?:ink|inks|ank|unk)|plung(?:e|es|ed)|slump(?:s|ed)?|slid(?:e|es)?|tumbl(?:e|es|ed)|lower)\b",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(r"\b(?:what|which) (?:per ?cent|percentage)\b", re.IGNORECASE)
_CURRENCY = re.compile(r"[$£€]\s?\d")
_AMOUNT = re.compile(
    r"\bhow (?:much|many|far)\b|\b(?:what|which) (?:per ?cent|percentage|share)\b", re.IGNORECASE
)
_OVER = re.compile(r"^when (?:did|was|were)\b", re.IGNORECASE)


def plays(question: Question, span: Span, published: date | None) -> bool:
    """Whether it can; generous, for what surely cannot is all that is kept back. published: its article's day."""
    if question.kind in _PERSON and (_first_name_given(question, span) or _place(span)):
        return False
    if _BASED.match(question.text) and not _NAME.search(span.text):
        return False
    if _HOLDS.match(question.text) and _of_lesser_rank(question, span):
        return False
    if question.kind is Kind.NAME and not _new_name(question, span):
        return False
    if _WHICH_DAY.search(question.text) and _NO_DAY.fullmatch(span.text):
        return False
    if _PERCENTAGE.search(question.text) and _CURRENCY.search(span.text):
        return False
    if _AMOUNT.search(question.text) and _other_way(question, span):
        return False
    if _HOW_OLD.search(question.text) and _somebody_else(question, span):
        return False
    return published is None or not _of_another_time(question, span, published)


def _first_name_given(question: Question, span: Span) -> bool:
    """The first name of somebody whose last name the question gives: "Mauricio" of who took over from Pochettino.
    Titles come before names too, and are what "who is" asks for."""
    follows = _NAME_FOLLOWS.match(span.passage.text, span.end)
    if follows is None or not _NAME.fullmatch(span.text) or _WHO_IS.match(question.text):
        return False
    given = _given(question)
    return follows[1] in given and span.text not in given


def _place(span: Span) -> bool:
    """A name behind "in" or "at": where it was, and not who it was."""
    return _NAME.match(span.text) is not None and _PLACED.search(span.passage.text[: span.start]) is not None


def _of_lesser_rank(question: Question, span: Span) -> bool:
    """The deputy foreign minister, where the foreign minister is asked for, by what stands before or after the name."""
    start, _ = around(span)
    text = span.passage.text
    asked = {word.casefold() for word in _WORD.findall(question.text)}
    found = (_LESSER_BEFORE.fullmatch(text, start, span.end), _LESSER_AFTER.match(text, span.end))
    return any(
        told is not None
        and told[1].casefold() not in asked
        and not asked.isdisjoint(
            word.casefold() for word in _WORD.findall(told[2])[:_TITLE_WORDS] if len(word) > 3
        )
        for told in found
    )


def _new_name(question: Question, span: Span) -> bool:
    """A name that the question does not have itself."""
    return not set(_NAME.findall(span.text)) <= _given(question)


def _somebody_else(question: Question, span: Span) -> bool:
    """The age of somebody whom its sentence brings in ("a 57-year-old man"), and who is nobody that was asked about."""
    given, text = _given(question), span.passage.text
    start, end = around(span)
    introduced = _AGED.match(text, span.start) and (
        span.text[:2].casefold() == "a " or _SOMEBODY.search(text[start : span.start])
    )
    return bool(introduced and given) and given.isdisjoint(_NAME.findall(text[start:end]))


def _other_way(question: Question, span: Span) -> bool:
    """An amount of a rise for that of a fall, or the other way round, by the words of its sentence."""
    start, end = around(span)
    sentence = span.passage.text[start:end]
    for asked, other in ((_RISE, _FALL), (_FALL, _RISE)):
        if asked.search(question.text) and not other.search(question.text):
            return other.search(sentence) is not None and asked.search(sentence) is None
    return False


def _of_another_time(question: Question, span: Span, published: date) -> bool:
    """A day before its article for what is still to come, or after it for what is over."""
    still = _STILL.match(question.text) or _STANDS.match(question.text)
    over = _OVER.match(question.text)
    if not still and not over:
        return False
    told = [w for w in resolve(span.passage.text, published) if span.start < w.end and w.start < span.end]
    if still:  # which year a day means is judged by the words around it, not surely enough for this
        return bool(told) and all(not when.relative and when.last < published for when in told)
    return bool(told) and all(when.first > published for when in told)


def _given(question: Question) -> set[str]:
    """The words of the names that the question gives."""
    return {word for name in question.dates.given if name.kind == "name" for word in _NAME.findall(name.text)}
