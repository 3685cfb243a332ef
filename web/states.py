"""What a turn is, and how the page speaks of it: under a guess nothing claims that there is an answer, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qa.records import Answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is asked of who reads, and what the buttons say that mean "right" and "wrong"."""

    asks: str
    right: str = "Right"
    wrong: str = "Wrong"


@dataclass(frozen=True, slots=True)
class State:
    """why: the heading of its reasons. verdict: None where a kept one would be true of nothing."""

    name: Literal["answer", "evidence", "differ", "guess", "quotes", "unsaid", "nothing"]
    why: str
    verdict: Verdict | None
    copy: str = "Copy with citation"


_SAID = Verdict("Do the articles say?", right="No, they do not say", wrong="Yes, they do say")

ANSWER = State("answer", "Why this answer", Verdict("Was this right?"))
EVIDENCE = State("evidence", "Why this evidence", Verdict("Was this the right evidence?"))
DIFFER = State("differ", "Why these answers", Verdict("Was the likeliest right?"))
GUESS = State("guess", "Why this is only a guess", Verdict("Was the guess right?"))
QUOTES = State("quotes", "Why these quotes", None)
UNSAID = State("unsaid", "Why they do not say", _SAID, "Copy")
NOTHING = State("nothing", "Why no sure answer", _SAID, "Copy")


def state(answer: Answer) -> State:
    if answer.text is not None:
        return DIFFER if answer.alternatives else EVIDENCE if answer.answer_type == "evidence" else ANSWER
    if answer.quotes:
        return QUOTES
    if answer.guess is not None:
        return GUESS
    return UNSAID if answer.established else NOTHING
