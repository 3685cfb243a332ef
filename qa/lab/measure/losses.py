"""Where the understanding of follow-up questions loses, on one half of a file in CANARD's layout.

In: the half (`followups.read`). Out: F1 of the words added, in per cent, of what is understood; of questions rewritten
without looking at what they say; and of what would be understood were one kind of choice always the best of those it
has. A kind of choice is a slot (`salience`), or whether a question without a pronoun leaves anything unsaid.

    python -m qa.lab.measure.losses FILE [--half measure]
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path

from qa.answer.understand import salience
from qa.answer.understand.conversation import Referent
from qa.answer.understand.followup import Chooser, understand
from qa.answer.understand.salience import Slot, shipped
from qa.lab.fit.salience import conversations
from qa.lab.measure.followups import HALVES, FollowUp, added_f1, percent, read, scores

KINDS: dict[str, tuple[str, ...]] = {
    "pronouns": (salience.PERSON, salience.THEY, salience.IT),
    "demonstratives": (salience.THIS, salience.NOUN),
    "the album": (salience.THE,),
    "names in part": (salience.PART,),
    "besides": (salience.ELSE,),
    "a topic left unsaid": (salience.NEEDS, salience.CONTEXT, salience.MORE),
    "all of these": (salience.NEEDS, *salience.SLOTS),
}
_PRONOUN = re.compile(r"\b(?:he|she|him|his|hers?|they|them|theirs?|it|its)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^()]*\)")


class Best(Chooser):
    """Chooses as the shipped weights do, but for some kinds of choice what adds most to F1, or nothing."""

    def __init__(self, one: FollowUp, kinds: tuple[str, ...]) -> None:
        super().__init__(shipped())
        self.one, self.kinds, self.text = one, kinds, one.question

    def needs(self, values: dict[str, float]) -> bool:
        return salience.NEEDS in self.kinds or super().needs(values)

    def choose(
        self, slot: Slot, among: Sequence[Referent], values: Sequence[dict[str, float]]
    ) -> Referent | None:
        chosen = super().choose(slot, among, values)
        if slot.kind in self.kinds:
            chosen = max(among, key=self._with)
            chosen = chosen if self._with(chosen) > self._with(None) else None
        self.text += f" {chosen.text}" if chosen else ""
        return chosen

    def _with(self, referent: Referent | None) -> float:
        text = f"{self.text} {referent.text}" if referent else self.text
        return added_f1(self.one.question, text, self.one.rewrite)


def best(asked: Sequence[FollowUp], kinds: tuple[str, ...] = ()) -> float:
    """F1 where choices of these kinds are the best ones; of none, as it is."""
    usual = Chooser(shipped())
    return _mean(
        asked,
        [
            understand(one.question, deepcopy(said), Best(one, kinds))
            for one, _, said in conversations(asked, [usual] * len(asked))
        ],
    )


def plainly(asked: Sequence[FollowUp], rewrite: Callable[[str, str], str]) -> float:
    """F1 where each question is rewritten from itself and the first thing its conversation names."""
    return _mean(asked, [rewrite(one.question, _subject(one)) for one in asked])


def appended(question: str, subject: str) -> str:
    return f"{question.rstrip(' ?')} {subject}?"


def for_pronouns(question: str, subject: str) -> str:
    return _PRONOUN.sub(lambda _: subject, question)


def _subject(one: FollowUp) -> str:
    return _BRACKETS.sub("", one.history[0].question) if one.history else ""


def _mean(asked: Sequence[FollowUp], understood: Sequence[str]) -> float:
    return percent(scores(asked, understood)) or 0.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="CANARD (.json or .json.gz)")
    parser.add_argument("--half", choices=HALVES, default="tune", help="which half (default: tune)")
    options = parser.parse_args()
    asked = read(options.file, options.half)
    told = {
        "understood": best(asked),
        "subject_for_every_pronoun": plainly(asked, for_pronouns),
        "subject_appended_always": plainly(asked, appended),
        "were_they_best": {name: best(asked, kinds) for name, kinds in KINDS.items()},
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
