"""Writing what a question left unsaid into it. Each function gives a writer: (question, referent) -> question."""

from __future__ import annotations

import re
from collections.abc import Callable

from qa.english.words import FUNCTION_WORDS, POSSESSIVES

from .conversation import Referent

Write = Callable[[str, Referent], str]
_END = re.compile(r"\s*([?.!]*)\s*$")


def in_place(pattern: re.Pattern[str]) -> Write:
    def write(question: str, referent: Referent) -> str:
        match = pattern.search(question)
        if match is None:
            return question
        name = _called(referent, match.start())
        name = _possessive(name) if owns(question, match) else name
        return question[: match.start()] + name + question[match.end() :]

    return write


def owns(question: str, pronoun: re.Match[str]) -> bool:
    if pronoun.group().casefold() != "her":
        return pronoun.group().casefold() in POSSESSIVES
    after = re.match(r"\s+(\w+)", question[pronoun.end() :])
    return after is not None and after.group(1).casefold() not in FUNCTION_WORDS


def _possessive(name: str) -> str:
    return name + ("'" if name.endswith("s") else "'s")


def _called(referent: Referent, at: int) -> str:
    """As it is written at a place of a question: a thing with its article, a capital only where one belongs."""
    name = f"the {referent.text}" if referent.kind == "thing" else referent.text
    if at == 0:
        return name[:1].upper() + name[1:]
    return name[0].lower() + name[1:] if name.startswith(("The ", "A ", "An ", "In ")) else name


def shown(pointing: str) -> Write:
    def write(question: str, referent: Referent) -> str:
        return re.sub(rf"\b{pointing}\b", lambda m: _called(referent, m.start()), question, count=1)

    return write


def apposed_to(pointing: str, noun: str) -> Write:
    def write(question: str, referent: Referent) -> str:
        def apposed(match: re.Match[str]) -> str:
            if noun.casefold() in referent.words:
                return _called(referent, match.start())
            if noun.casefold() in referent.called or referent.kind == "title":
                return f"the {noun} {referent.text}"
            if referent.kind == "name":
                return f"{_possessive(referent.text)} {noun}"
            return f"{match.group()} ({referent.text})"

        return re.sub(rf"\b{pointing}\s+{noun}\b", apposed, question, count=1)

    return write


def completed(name: str) -> Write:
    def write(question: str, referent: Referent) -> str:
        if referent.text in question:
            return question
        return re.sub(rf"\b{re.escape(name)}", lambda _: referent.text, question, count=1)

    return write


def besides(question: str, referent: Referent) -> str:
    return _before_end(question, f", besides {_called(referent, 1)}")


def regarding(question: str, referent: Referent) -> str:
    if referent.kind == "date":
        return _before_end(question, f" in {referent.text}")
    return _before_end(question, f" {_preposition(question)} {_called(referent, 1)}")


def _preposition(question: str) -> str:
    if "happen" in question.casefold():
        return "to"
    return "of" if re.search(r"\bthe\b", question, re.IGNORECASE) else "in"


def _before_end(question: str, words_: str) -> str:
    end = _END.search(question)
    assert end is not None
    return question[: end.start()] + words_ + end.group(1)
