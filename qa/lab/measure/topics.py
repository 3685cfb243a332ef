"""Measure whether a question that points to nothing said before is asked in the right reading of the two it has.

It may go on with what the conversation is about ("Where did he play?" needs no measuring, "Which team won?" does), or
begin a new topic. Which one is known of two kinds of question:

  follow-ups    of CANARD, which a person had to complete; right is a passage of the same dialogue, of whose title and
                answers the passages are made
  new topics    of a file in SQuAD's layout whose questions stand alone, each after another one and its answer; right is
                a passage of its own paragraph's title

Told of each kind: how many, the share that has two readings, and of these the share whose nearest passage (cosine,
among all passages of both files) is right: as typed, as completed, and in the nearer reading, which `Engine.ask` asks;
then the share that is asked as typed, and the share of these to which the other reading is offered. In per cent.

    python -m qa.lab.measure.topics CANARD QUESTIONS [--half measure] [--limit 500]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.answer.understand.followup import readings
from qa.engine import AS_NEAR
from qa.lab.sets import squad
from qa.ports import Encoder
from qa.records import Turn
from qa.settings import Settings
from qa.snapshot import open_encoder

from .followups import HALVES, bag, percent, read

_CHARS = 700  # of a passage: what the encoder reads of it


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in its conversation. topic: whose passages are right."""

    question: str
    history: tuple[Turn, ...]
    topic: str


@dataclass(frozen=True, slots=True)
class Passage:
    topic: str
    text: str


def follow_ups(file: Path, half: str) -> tuple[list[Asked], list[Passage]]:
    """Those that a person completed, and a passage of each answer under the dialogue's title."""
    told = read(file, half)
    longest = {one.dialogue: one.history for one in sorted(told, key=lambda one: len(one.history))}
    passages = [
        Passage(dialogue, f"{turns[0].question}. {turn.answer}"[:_CHARS])
        for dialogue, turns in longest.items()
        for turn in turns[1:]
        if turn.answer
    ]
    completed = [one for one in told if bag(one.rewrite) - bag(one.question)]
    return [Asked(one.question, one.history, one.dialogue) for one in completed], passages


def new_topics(file: Path, limit: int, seed: int = 0) -> tuple[list[Asked], list[Passage]]:
    """Answerable questions, each after one of another paragraph; and the paragraphs."""
    rng, paragraphs = random.Random(seed), squad.read(file)
    questions = [(p, q) for p in paragraphs for q in p.questions if q.answerable]
    asked = []
    for paragraph, question in rng.sample(questions, min(limit, len(questions))):
        before, earlier = rng.choice(questions)
        if before.title != paragraph.title:
            asked.append(
                Asked(question.text, (Turn(earlier.text, earlier.answer_texts[0]),), paragraph.title)
            )
    return asked, [Passage(p.title, p.context[:_CHARS]) for p in paragraphs]


def compared(asked: Sequence[Asked], passages: Sequence[Passage], encoder: Encoder) -> dict[str, object]:
    """The figures of one kind of question."""
    twofold = list(_twofold(asked))
    if not twofold:
        return {"questions": len(asked), "two_readings": 0.0}
    of = np.array([passage.topic for passage in passages])
    vectors = encoder.encode([passage.text for passage in passages])
    near, right = [], []
    for texts in zip(*((typed, completed) for _, typed, completed in twofold), strict=True):
        likeness = encoder.encode(list(texts)) @ vectors.T
        near.append(likeness.max(axis=1))
        right.append(of[likeness.argmax(axis=1)] == np.array([one.topic for one, _, _ in twofold]))
    as_typed = near[0] > near[1]
    return {
        "questions": len(asked),
        "two_readings": percent([True] * len(twofold) + [False] * (len(asked) - len(twofold))),
        "right_as_typed": percent(right[0].tolist()),
        "right_as_completed": percent(right[1].tolist()),
        "right_as_nearer": percent(np.where(as_typed, *right).tolist()),
        "asked_as_typed": percent(as_typed.tolist()),
        "of_these_offered": percent((near[0] - near[1] < AS_NEAR)[as_typed].tolist()),
    }


def _twofold(asked: Sequence[Asked]) -> Iterator[tuple[Asked, str, str]]:
    """(question, as typed, as completed) of those that point to nothing and have two readings; the shorter is the typed
    one, but for names given in part."""
    for one in asked:
        told = readings(one.question, one.history)
        if not told.tied and len(told.texts) == 2:
            typed, completed = sorted(told.texts, key=len)
            yield one, typed, completed


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("canard", type=Path, help="CANARD (.json or .json.gz)")
    parser.add_argument("questions", type=Path, help="in SQuAD's layout, questions that stand alone")
    parser.add_argument("--half", choices=HALVES, default="measure", help="of CANARD (default: measure)")
    parser.add_argument("--limit", type=int, default=500, help="new topics at most (default: 500)")
    options = parser.parse_args()
    encoder = open_encoder(Settings().encoder)
    on, said = follow_ups(options.canard, options.half)
    new, paragraphs = new_topics(options.questions, options.limit)
    told = {
        "follow_ups": compared(on, [*said, *paragraphs], encoder),
        "new_topics": compared(new, [*said, *paragraphs], encoder),
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
