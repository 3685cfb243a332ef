"""The training files -> examples for the reader, and parts of them held out.

An example is (question, context, answers); no answers means null: "this context does not answer". Five kinds of
null are mixed in, so that the null score is learnt: questions that people wrote to be unanswerable (SQuAD 2.0, half
a), contexts that the project's own retriever ranks high but that do not hold the answer, a question's own context
without the sentence that answers it, near misses, and questions with a name exchanged for another of the context.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from qa.answer.retrieve.fuse import fuse
from qa.english.sentences import sentence_spans
from qa.index.lexical import LexicalIndex
from qa.lab.sets import squad
from qa.lab.sets.near_miss import NearMisses, exchanged

OVERLAP_WORDS = 13  # a shared run this long means the same text (Brown et al., 2020, appendix C)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Example:
    # "own", "human" (unanswerable, by people), "retrieved", "cut" (answer cut out), "near_miss", "exchanged" (names)
    kind: str
    file: str
    title: str
    question: str
    context: str
    answers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What goes into an epoch. Each number is a share of the questions it names."""

    half_a: bool = True
    half_a_times: int = 1  # how often an epoch holds it
    vague: float = (
        0.5  # share of the paragraphs of the two large collections that are not of Wikipedia, an epoch
    )
    qamr_questions: int = 8000  # short questions over 979 sentences: a few per sentence is all they teach
    qamr_sentences: int = 4  # sentences joined into one context, so that there is something to choose from
    retrieved: float = 0.6  # per question whose own context the retriever finds among its first five
    retrieved_vague: float = 0.35  # per question of the two collections whose questions name no subject
    cut: float = 0.15
    near_miss: float = 0.45
    exchanged: float = (
        0.8  # per question that names something, in training only: what is held out stays the same
    )
    seed: int = 7


MADE_NULLS = ("retrieved", "retrieved_vague", "cut", "near_miss", "exchanged")
VAGUE = ("squadshifts-reddit", "squadshifts-amazon-reviews")
SPECIFIC = ("squadshifts-new-wiki",)
HALF_A = "squad-2.0-dev-a"
QAMR = "qamr-wiki"
HELD_OUT_TITLES = {"squadshifts-new-wiki": 4, HALF_A: 2}  # whole articles, so nothing of theirs was seen
HELD_OUT_PARAGRAPHS = 0.05  # of the two collections that are not made of articles


class TrainingData:
    """Reads the files once; `epoch(n)` gives the examples of the n-th epoch, `held_out` those never trained on."""

    def __init__(self, folder: Path, recipe: Recipe, measured: Sequence[Path], cache: Path) -> None:
        self.recipe = recipe
        self._cache = cache
        runs = _word_runs(
            text
            for file in measured
            for text in (
                [p.context for p in squad.read(file)]
                if ".json" in file.name
                else [file.read_text(encoding="utf-8")]
            )
        )
        names = [*SPECIFIC, *VAGUE, *([HALF_A] if recipe.half_a else [])]
        self.dropped: dict[str, int] = {}
        self.train: list[Example] = []
        self.held_out: list[Example] = []
        for name in names:
            paragraphs = squad.read(folder / f"{name}.json.gz")
            kept = [p for p in paragraphs if name == HALF_A or not _shares_run(p.context, runs)]
            self.dropped[name] = len(paragraphs) - len(kept)
            for paragraph in kept:
                target = self.held_out if _is_held_out(name, paragraph, kept) else self.train
                target.extend(_examples(name, paragraph))
        qamr = squad.read(folder / f"{QAMR}.json.gz")
        self._qamr = [p for p in qamr if not _shares_run(p.context, runs)]
        self.dropped[QAMR] = len(qamr) - len(self._qamr)
        self._ranked = self._retrieve(self.train + self.held_out)
        self._near_misses = NearMisses(e.context for e in self.train if e.file not in VAGUE)
        self._unseen = {e.context for e in self.held_out}
        self.held_out += self._nulls(self.held_out, random.Random(recipe.seed))

    def epoch(self, number: int) -> list[Example]:
        """The examples of one epoch, shuffled; the negatives differ from epoch to epoch."""
        rng = random.Random(self.recipe.seed * 1000 + number)
        contexts = sorted({e.context for e in self.train if e.file in VAGUE})
        left_out = set(rng.sample(contexts, round(len(contexts) * (1 - self.recipe.vague))))
        own = [
            example
            for example in self.train
            for _ in range(self.recipe.half_a_times if example.file == HALF_A else 1)
            if example.context not in left_out
        ]
        examples = [*own, *self._nulls(own, rng, self._unseen), *self._exchanged(own, rng)]
        examples += self._qamr_examples(rng)
        rng.shuffle(examples)
        return examples

    def _nulls(
        self, own: Sequence[Example], rng: random.Random, without: Collection[str] = ()
    ) -> list[Example]:
        """Questions of `own` over contexts, not among `without`, that do not answer them."""
        nulls = []
        for example in own:
            if not example.answers:
                continue
            share = self.recipe.retrieved_vague if example.file in VAGUE else self.recipe.retrieved
            found = [c for c in self._ranked.get(example.question, []) if c not in without]
            for _ in range(int(share + rng.random())):
                if found:
                    context = found[
                        min(int(rng.expovariate(0.25)), len(found) - 1)
                    ]  # mean rank 4: hard ones first
                    nulls.append(
                        Example("retrieved", example.file, example.title, example.question, context, ())
                    )
            if rng.random() < self.recipe.cut:
                rest = without_answer(example.context, example.answers)
                if rest is not None:
                    nulls.append(Example("cut", example.file, example.title, example.question, rest, ()))
            if rng.random() < self.recipe.near_miss:
                changed = self._near_misses.make(example.question, example.context, rng)
                if changed is not None:
                    nulls.append(
                        Example("near_miss", example.file, example.title, changed, example.context, ())
                    )
        return nulls

    def _exchanged(self, own: Sequence[Example], rng: random.Random) -> Iterator[Example]:
        """Near misses whose new name the context holds too."""
        for example in own:
            if example.answers and rng.random() < self.recipe.exchanged:
                changed = exchanged(example.question, example.context, rng)
                if changed is not None:
                    yield Example("exchanged", example.file, example.title, changed, example.context, ())

    def _qamr_examples(self, rng: random.Random) -> list[Example]:
        pairs = [(p, q) for p in self._qamr for q in p.questions]
        examples = []
        for paragraph, question in rng.sample(pairs, min(len(pairs), self.recipe.qamr_questions)):
            others = [p.context for p in rng.sample(self._qamr, self.recipe.qamr_sentences - 1)]
            at = rng.randrange(len(others) + 1)
            before = " ".join(others[:at]) + (" " if at else "")
            context = " ".join([*others[:at], paragraph.context, *others[at:]])
            answers = tuple((text, start + len(before)) for text, start in question.answers)
            examples.append(Example("own", QAMR, paragraph.title, question.text, context, answers))
        return examples

    def _retrieve(self, examples: Sequence[Example]) -> dict[str, list[str]]:
        """question -> contexts that rank high for it and hold none of its answers; kept in the cache folder.

        Only for questions whose own context is among the first five: where it is not, the question names no
        subject ("What colour is it?") and other contexts may well answer it.
        """
        contexts = sorted({e.context for e in examples})
        answerable = [e for e in examples if e.answers]
        key = hashlib.sha256("\0".join(contexts + [e.question for e in answerable]).encode()).hexdigest()[:16]
        kept = self._cache / f"retrieved-{key}.json"
        if not kept.is_file():
            self._cache.mkdir(parents=True, exist_ok=True)
            found = _search_all(contexts, answerable)
            kept.write_text(json.dumps(found), encoding="utf-8")
        ranked: dict[str, list[int]] = json.loads(kept.read_text(encoding="utf-8"))
        return {question: [contexts[i] for i in rows] for question, rows in ranked.items()}


def _search_all(
    contexts: Sequence[str], examples: Sequence[Example], depth: int = 30
) -> dict[str, list[int]]:
    encoder = Encoder()
    vectors = encoder.encode(contexts)
    questions = encoder.encode([e.question for e in examples])
    found: dict[str, list[int]] = {}
    own: dict[str, set[str]] = defaultdict(set)  # some questions are asked of several contexts
    for example in examples:
        own[example.question].add(example.context)
    with tempfile.TemporaryDirectory() as folder:
        lexical = LexicalIndex.build(Path(folder), enumerate(contexts))
        for example, vector in zip(examples, questions, strict=True):
            scores = vectors @ vector
            dense = np.argsort(-scores, kind="stable")[:depth]
            near = [(row, float(scores[row])) for row in dense.tolist()]
            rows = [item.id for item in fuse(near, lexical.search(example.question, depth), k=60)]
            if example.context not in [contexts[row] for row in rows[:5]]:
                continue
            answers = [text.lower() for text, _ in example.answers]
            found[example.question] = [
                row
                for row in rows[:20]
                if contexts[row] not in own[example.question]
                and not any(a in contexts[row].lower() for a in answers)
            ]
    return found


def without_answer(context: str, answers: Sequence[tuple[str, int]]) -> str | None:
    """`context` without the sentences that hold an answer; None where nothing or an answer's words remain."""
    kept = [
        context[start:end]
        for start, end in sentence_spans(context)
        if all(at + len(text) <= start or end <= at for text, at in answers)
    ]
    rest = " ".join(kept)
    return None if not rest or any(text.lower() in rest.lower() for text, _ in answers) else rest


def _examples(name: str, paragraph: squad.Paragraph) -> Iterable[Example]:
    for question in paragraph.questions:
        kind = "own" if question.answerable else "human"
        yield Example(kind, name, paragraph.title, question.text, paragraph.context, question.answers)


def _is_held_out(name: str, paragraph: squad.Paragraph, all_paragraphs: Sequence[squad.Paragraph]) -> bool:
    titles = HELD_OUT_TITLES.get(name)
    if titles is None:
        return (
            int(hashlib.sha256(paragraph.context.encode()).hexdigest(), 16) % 1000
            < HELD_OUT_PARAGRAPHS * 1000
        )
    by_hash = sorted({p.title for p in all_paragraphs}, key=lambda t: hashlib.sha256(t.encode()).hexdigest())
    return paragraph.title in by_hash[:titles]


def _word_runs(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return {run for text in texts for run in _runs(text)}


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return (tuple(words[i : i + OVERLAP_WORDS]) for i in range(len(words) - OVERLAP_WORDS + 1))


def _shares_run(text: str, runs: set[tuple[str, ...]]) -> bool:
    return any(run in runs for run in _runs(text))
