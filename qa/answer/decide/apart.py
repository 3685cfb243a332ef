"""What stands beside an article's story, as its parts tell: who wrote it, who took the picture, where it was sent from,
what a picture shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer.understand.kind import Kind
from qa.answer.understand.question import Question
from qa.records import Role

from .features import Candidate

_ASKS = re.compile(
    r"\b(?:wrote|written|writes?|author|byline|reporter|reported|journalist|photo\w*|pictures?|image|credit\w*)\b",
    re.IGNORECASE,
)
_THIS = r"(?:this|the|that|these|those) (?:\w+ )?"
_PICTURE = r"(?:photo\w*|pictures?|images?)"
_OF_ARTICLE = r"(?:article|story|report|piece|text|column|review)"
# Of each role, the questions that it is there to answer.
_MEANT: dict[Role, re.Pattern[str]] = {
    "byline": re.compile(
        rf"\bwho (?:wrote|authored|reported) {_THIS}{_OF_ARTICLE}\b"
        rf"|\bwho (?:is|was) the (?:author|writer|reporter) of {_THIS}{_OF_ARTICLE}\b"
        rf"|\bby whom (?:is|was) {_THIS}{_OF_ARTICLE}\b",
        re.IGNORECASE,
    ),
    "credit": re.compile(
        rf"\bwho (?:took|shot|made|captured) {_THIS}{_PICTURE}\b|\bwhose {_PICTURE}\b"
        rf"|\bwho (?:is|was) credited (?:for|with) {_THIS}{_PICTURE}\b",
        re.IGNORECASE,
    ),
    "caption": re.compile(
        rf"\bwhat (?:does|do) {_THIS}{_PICTURE}\b.*\b(?:show|depict)"
        rf"|\b(?:who|what) (?:is|are|was|were) (?:shown|seen|pictured|depicted) (?:in|on) {_THIS}{_PICTURE}\b",
        re.IGNORECASE,
    ),
}
_WHERE_AND_WHO = (Kind.WHO, Kind.NAME, Kind.WHERE)


def asks_of_article(question: str) -> bool:
    """Whether a question may be about the article itself: "Who wrote it?", "Whose photo is it?" """
    return _ASKS.search(question) is not None


def meant(question: str) -> Role | None:
    """The role of what a question is about, where it is about the article itself: "Who took the picture?" """
    return next((role for role, asked in _MEANT.items() if asked.search(question)), None)


def may_answer(question: Question, role: Role | None) -> bool:
    """Whether what has this role can be the answer. Of a dateline the day can be: it is when something was told."""
    if role in (None, "caption") or asks_of_article(question.text):
        return True
    return role == "dateline" and question.kind is Kind.WHEN


def doubtful(question: Question, role: Role | None) -> bool:
    """Whether it is likelier to be of the picture than of the story: where and when it was taken, whom it shows."""
    beside = role == "caption" and question.kind in (*_WHERE_AND_WHO, Kind.WHEN)
    return beside and not asks_of_article(question.text)


def first(question: Question, telling: Sequence[Candidate]) -> list[Candidate]:
    """Those that are asked for what the question is about: the part of the article that it means, where it means one;
    else the story. Where these do not answer, all of them may."""
    wanted = meant(question.text)
    if wanted is not None:
        return [one for one in telling if one.role == wanted] or list(telling)
    return [one for one in telling if not doubtful(question, one.role)]
