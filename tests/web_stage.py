"""A stage for the page: the real engine over written articles, with stand-ins for its two models.

What it answers is known beforehand, so each state of the page can be brought about: one source, several that agree,
others that differ, a copy, a date to derive, a list, evidence, a guess, no answer, none that is sure, and an article
that attacks its reader.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from fakes import WordEncoder

from qa.answer.decide.confidence import ConfidenceModel
from qa.engine import Engine
from qa.records import Passage, Span
from qa.upkeep.index import index

ARTICLES = Path(__file__).parent / "web" / "articles"

DIFFER = "How many houses did the Wend flood?"
AGREE = "When did Ida Moss meet reporters?"
LIST = "Who are the two members of the relief committee?"
EVIDENCE = "Is the bridge over the Wend safe?"
QUOTES = "What about the bridge over the Wend?"
GUESS = "Why does the school stay shut?"
NONE = "Who is the mayor of Lima?"
UNSURE = "Who repaired the dyke?"
MAYOR = "Who is the mayor of Ardle?"
MARKET = "When do the stalls of the market open?"
ATTACK = "What is the payload of Mallory?"

HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror='window.hacked=2'><svg onload=window.hacked=3>"
    "</script><!--<script>\"'>`\u202e<a href='javascript:window.hacked=4'>link</a><iframe src=//evil.example></iframe>"
)
HOSTILE_NAME = "<img src=x onerror=window.hacked=6>\u202e.txt"  # what a file's name may be

_SURE, _UNSURE = 0.8, 0.2  # margins: of an answer, and of a guess
_PICKS = (  # words of the question -> what is found in every passage
    ("houses", r"\d+ houses"),
    ("when did", r"Tuesday|May 3"),
    ("members", r"Ada Birch|Ben Cole"),
    ("bridge", r"safe, an engineer found"),
    ("mayor", r"Ida Moss"),
    ("market", r"at eight"),
    ("school", r"until the cellar is dry"),
    ("payload", r"<script>.*?</iframe>"),
)


class StageReader:
    name = "stage"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        found = next((pattern for word, pattern in _PICKS if word in question.casefold()), None)
        if found is None:
            return []
        matches = [(passage, match) for passage in passages for match in re.finditer(found, passage.text)]
        margin = _UNSURE if question == GUESS else _SURE
        return [Span(passage, *match.span(), margin, margin) for passage, match in matches]


def stage(folder: Path) -> Engine:
    """The engine; its articles and its index are written to `folder`."""
    shutil.copytree(ARTICLES, folder / "in")
    attack = f"Title: {HOSTILE}\nSource: {HOSTILE}\nURL: javascript:window.hacked=5\nDate: 1 March 2021\n\n"
    attack += f"The payload of Mallory is {HOSTILE} and nothing else.\n\n{'W' * 100_000} follow.\n"
    (folder / "in" / HOSTILE_NAME).write_text(attack, "utf-8")
    encoder = WordEncoder()
    index([folder / "in"], folder / "data", encoder=encoder)
    confidence = ConfidenceModel.of_margin(4.0, 0.4)
    return Engine.open(folder / "data", encoder=encoder, reader=StageReader(), confidence=confidence)
