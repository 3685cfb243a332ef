"""Questions held out from the reader's training, asked of the engine over all of their collection's paragraphs.

Four kinds, as they are met in use: "own" is answered by its paragraph; of "withheld" ones that paragraph is taken out
of the collection; "human" ones were written by people so that the paragraph does not answer; of "near_miss" ones a
date, a number, a name or another word was changed so that it does not. Questions whose wording names no subject can
only be asked beside their text, and are left out with the collections that they come from.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.answer.decide.judge import Weighed
from qa.engine import Engine
from qa.index.publish import current
from qa.lab.sets.collection import article_id, collection
from qa.lab.sets.progress import counted
from qa.lab.sets.training import HALF_A, SPECIFIC, Example, TrainingData
from qa.lab.sets.withholding import Withholding
from qa.ports import Encoder, Reader
from qa.settings import Settings

WITHHELD = 0.35  # of the answerable questions
ASKED = ("own", "human", "near_miss")


@dataclass(frozen=True, slots=True)
class Asked:
    """group: its article's title. golds: what is right, none of a question without an answer in the collection."""

    question: str
    group: str
    kind: str
    golds: tuple[str, ...]
    weighed: Weighed

    @property
    def answerable(self) -> bool:
        return bool(self.golds)


def chosen(held_out: Sequence[Example], limit: int | None, seed: int = 7) -> list[Example]:
    """Questions that can be asked of a collection, at most `limit` of them, drawn at random."""
    can_be = [e for e in held_out if e.file in (*SPECIFIC, HALF_A) and e.kind in ASKED]
    rng = random.Random(seed)
    drawn = can_be if limit is None or limit >= len(can_be) else rng.sample(can_be, limit)
    withheld = [e.kind == "own" and rng.random() < WITHHELD for e in drawn]
    return [
        Example("withheld", e.file, e.title, e.question, e.context, ()) if hide else e
        for e, hide in zip(drawn, withheld, strict=True)
    ]


def ask(
    data: TrainingData,
    limit: int | None,
    settings: Settings,
    encoder: Encoder,
    reader: Reader,
    cache: Path | None = None,
) -> list[Asked]:
    """The drawn questions, each with all that the engine had to decide on. cache: where the index is kept."""
    named = [e for e in (*data.train, *data.held_out) if e.file in (*SPECIFIC, HALF_A) and e.kind in ASKED]
    paragraphs = list(dict.fromkeys((e.title, e.context) for e in named))
    number_of = {paragraph: number for number, paragraph in enumerate(paragraphs)}
    asked = []
    with collection(paragraphs, encoder, settings, cache) as folder:
        store = Withholding(current(folder))
        engine = Engine.open(folder, settings=settings, encoder=encoder, reader=reader).asking(store)
        for example in counted(chosen(data.held_out, limit), "asking"):
            own = article_id(number_of[example.title, example.context])
            store.withhold(own if example.kind == "withheld" else None)
            golds = tuple(text for text, _ in example.answers)
            weighed = engine.consider(example.question).weighed
            asked.append(Asked(example.question, example.title, example.kind, golds, weighed))
        store.close()
    return asked
