"""Questions over articles that the reader was not trained on, asked of the engine over all of their paragraphs.

Of SQuAD 2.0's training file every tenth title is held out (see `held_out_titles`). About a third of its questions were
written by people so that their paragraph, which is about the same, does not answer them. They were asked beside a
paragraph: what leaves its subject unsaid ("What did he do?") may be answered by another one as well.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from qa.answer.decide.judge import Weighed
from qa.engine import Engine
from qa.errors import BadRequest
from qa.lab.sets import squad
from qa.lab.sets.collection import collection
from qa.lab.sets.progress import counted
from qa.lab.train.mixture import held_out_titles
from qa.ports import Encoder, Reader
from qa.settings import Settings

ONE_IN = 10  # titles


@dataclass(frozen=True, slots=True)
class Asked:
    """group: its article's title. golds: what is right, none of a question without an answer in the collection."""

    question: str
    group: str
    golds: tuple[str, ...]
    weighed: Weighed

    @property
    def answerable(self) -> bool:
        return bool(self.golds)


def drawn(
    paragraphs: list[squad.Paragraph], limit: int | None, seed: int = 7
) -> list[tuple[squad.Paragraph, squad.Question]]:
    """At most `limit` of the questions of held-out titles, at random; of a larger limit the first ones are the same."""
    titles = held_out_titles(paragraphs, ONE_IN)
    chosen = [(p, q) for p in paragraphs if p.title in titles for q in p.questions]
    random.Random(seed).shuffle(chosen)
    return chosen[:limit]


def ask(
    file: Path,
    limit: int | None,
    settings: Settings,
    encoder: Encoder,
    reader: Reader,
    cache: Path | None = None,
) -> list[Asked]:
    """The drawn questions, each with all that the engine had to decide on. cache: where the index is kept.

    Raises BadRequest where the file is not in SQuAD's layout, or all its questions are answerable, or none is.
    """
    paragraphs = squad.read(file)
    titles = held_out_titles(paragraphs, ONE_IN)
    contexts = list(dict.fromkeys((p.title, p.context) for p in paragraphs if p.title in titles))
    questions = drawn(paragraphs, limit)
    if len({q.answerable for _, q in questions}) < 2:
        raise BadRequest(
            f"{file} must hold answerable and unanswerable questions under its every tenth title."
        )
    asked = []
    with collection(contexts, encoder, settings, cache) as folder:
        engine = Engine.open(folder, settings=settings, encoder=encoder, reader=reader)
        for paragraph, question in counted(questions, "asking"):
            weighed = engine.consider(question.text).weighed
            asked.append(Asked(question.text, paragraph.title, question.answer_texts, weighed))
    return asked
