"""The training sets -> windows to learn from, by rounds, and those held out."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from qa.lab.sets import squad

from .recipe import MAIN, Recipe

OVERLAP_WORDS = 13  # a shared run this long means the same text (Brown et al., 2020, appendix C)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Example:
    """answers: (text, start in the context); none: the context does not answer. group: whose number the contexts share
    that are read for one question, None where it is this one alone."""

    file: str
    title: str
    question: str
    context: str
    answers: tuple[tuple[str, int], ...]
    group: int | None = None


class Measured:
    """What weights are measured on: runs of words of its texts, and its questions."""

    def __init__(self, files: Sequence[Path]) -> None:
        """files: in SQuAD's layout (.json, .json.gz), gold questions (.jsonl), or plain texts."""
        self._runs: set[tuple[str, ...]] = set()
        self._questions: set[str] = set()
        for file in files:
            if file.suffix == ".jsonl":
                lines = file.read_text(encoding="utf-8").splitlines()
                self._questions |= {_normal(json.loads(line)["question"]) for line in lines if line.strip()}
            elif ".json" in file.name:
                for paragraph in squad.read(file):
                    self._runs.update(_runs(paragraph.context))
                    self._questions |= {_normal(question.text) for question in paragraph.questions}
            else:
                self._runs.update(_runs(file.read_text(encoding="utf-8")))

    def holds_text(self, context: str) -> bool:
        return any(run in self._runs for run in _runs(context))

    def holds_question(self, question: str) -> bool:
        return _normal(question) in self._questions


class Mixture:
    """Reads the files once. `train` and `held_out` by file; `dropped`: paragraphs and questions, by file."""

    def __init__(
        self, folder: Path, recipe: Recipe, measured: Measured, retrieved: Path | None = None
    ) -> None:
        """retrieved: questions with the pieces that the product finds for them, as `qa.lab.train.retrieved` wrote
        them. Raises BadRequest where a file is missing or not in SQuAD's layout, OSError for the others."""
        self._recipe = recipe
        self.train: dict[str, list[Example]] = {}
        self.held_out: dict[str, list[Example]] = {}
        self.dropped: dict[str, tuple[int, int]] = {}
        for name, _ in recipe.weights:
            self._add(name, squad.read(folder / f"{name}.json.gz"), measured)
        found = pieces(retrieved) if retrieved is not None else []
        self._retrieved = [list(of) for _, of in groupby(found, key=lambda piece: piece.group)]

    def _add(self, name: str, paragraphs: Sequence[squad.Paragraph], measured: Measured) -> None:
        kept = [p for p in paragraphs if not measured.holds_text(p.context)]
        every = [Example(name, p.title, q.text, p.context, q.answers) for p in kept for q in p.questions]
        examples = [e for e in every if not measured.holds_question(e.question)]
        self.dropped[name] = len(paragraphs) - len(kept), len(every) - len(examples)
        apart = held_out_titles(paragraphs, self._recipe.held_out) if name == MAIN else None
        self.train[name], self.held_out[name] = [], []
        for example in examples:
            out = (
                _in_share(example.context, self._recipe.held_out) if apart is None else example.title in apart
            )
            (self.held_out if out else self.train)[name].append(example)

    def round(self, number: int) -> list[Example]:
        """The examples of one round, shuffled, and after them groups of what was found for a question; the rounds of a
        pass share out what it holds."""
        recipe = self._recipe
        whole, part = divmod(number, recipe.rounds_per_pass)
        examples = list(self._of_pass(random.Random(recipe.seed * 7919 + whole)))[
            part :: recipe.rounds_per_pass
        ]
        count = len(examples) / (1 - recipe.retrieved_share)
        rng = random.Random(recipe.seed * 104_729 + number)
        for group in rng.sample(self._retrieved, len(self._retrieved)):
            if len(examples) + len(group) > count:
                break
            examples += group
        return examples

    def _of_pass(self, rng: random.Random) -> list[Example]:
        drawn: list[Example] = []
        for name, weight in self._recipe.weights:
            examples = self.train[name]
            drawn += examples * int(weight)
            drawn += rng.sample(examples, round(len(examples) * (weight % 1)))
        rng.shuffle(drawn)
        return drawn


def held_out_titles(paragraphs: Iterable[squad.Paragraph], every: int) -> frozenset[str]:
    """Every so manieth of the sorted titles, beginning with the first."""
    return frozenset(sorted({p.title for p in paragraphs})[::every])


def _in_share(text: str, one_in: int) -> bool:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % one_in == 0


def pieces(file: Path) -> list[Example]:
    """What `retrieved` wrote; a question's pieces stand together, as one group."""
    told = json.loads(gzip.decompress(file.read_bytes()))
    passages = told["passages"]
    return [
        Example("retrieved", one["title"], one["question"], passages[passage], answers, group)
        for group, one in enumerate(told["asked"])
        for passage, answers in (
            *((n, ((text, at),)) for n, text, at in one["answering"]),
            *((n, ()) for n in one["others"]),
        )
    ]


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return (tuple(words[i : i + OVERLAP_WORDS]) for i in range(len(words) - OVERLAP_WORDS + 1))


def _normal(question: str) -> str:
    return " ".join(_WORD.findall(question.lower()))
