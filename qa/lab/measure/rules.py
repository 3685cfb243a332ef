"""What each rule of language brings: each switched off in turn, over questions whose passages were read once.

    python -m qa.lab.measure.rules DATA/squad-2.0-train-rebuilt.json.gz --limit 600 --cache runs/cache
    python -m qa.lab.measure.rules QUESTIONS.jsonl --articles FOLDER --cache runs/cache

Questions of a SQuAD file's held-out articles (every tenth title) are asked of all paragraphs of those articles, gold
questions of the folder's. Decided again without a rule: how many of the answerable are answered rightly (exact match;
gold: as `gold.matches` has it, guesses not counted), how many of the others are refused, and how many answers become
other ones. Nothing is fitted anew.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.judge import judge, weigh
from qa.answer.decide.meaning import Saying
from qa.answer.read.reading import read
from qa.answer.retrieve.found import Found
from qa.answer.understand.kind import Kind
from qa.answer.understand.question import understand
from qa.answer.understand.request import Request
from qa.answer.understand.wanted import AnswerType
from qa.engine import Engine
from qa.lab.sets import gold, metrics, squad
from qa.lab.sets.collection import collection
from qa.lab.sets.progress import counted
from qa.ports import Encoder, Reader, Store
from qa.settings import Settings
from qa.snapshot import open_confidence, open_encoder, open_reader, open_store
from qa.upkeep.index import index

from .remember import Remembering


@dataclass(frozen=True, slots=True)
class Rule:
    """off: what stands in the rule's place, by the full name of what it replaces. settings: changed instead."""

    name: str
    off: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    request: Request
    found: Found
    golds: tuple[str, ...]


def _same(found: Sequence[Any]) -> list[Any]:
    return list(found)


def _equal(one: Saying, other: Saying) -> bool:
    return one.words == other.words


_DECIDE, _UNDERSTAND = "qa.answer.decide", "qa.answer.understand.question"
RULES = (
    Rule("all rules"),
    Rule("names and days that nothing mentions refuse", settings={"refuse_unmentioned": False}),
    Rule("words of a name that tell nobody apart", {"qa.answer.read.absent.telling": lambda n, texts: n}),
    Rule("dates: periods, and days met by an article's date", settings={"use_dates": False}),
    Rule("kind of question", {f"{_UNDERSTAND}.kind_of": lambda text: Kind.WHAT}),
    Rule("lists and evidence", {f"{_UNDERSTAND}.wanted": lambda text, kind: AnswerType.SPAN}),
    Rule("a number for how many, a name for whose name", {f"{_DECIDE}.judge._FORMAL": ()}),
    Rule("no pronoun, nothing the question says itself", {f"{_DECIDE}.judge._telling": lambda q, read, of: [*read]}),
    Rule("the story before what stands beside it", {
        f"{_DECIDE}.judge.may_answer": lambda question, role: True,
        f"{_DECIDE}.judge.doubtful": lambda question, role: False,
        f"{_DECIDE}.judge.first": lambda question, telling: _same(telling),
    }),
    Rule("the part that is asked about", {f"{_DECIDE}.judge.plays": lambda question, span, published: True}),
    Rule("as many as the question counts", {f"{_DECIDE}.judge.of_the_count": lambda text, found: _same(found)}),
    Rule("what its sentence takes back", {f"{_DECIDE}.judge._holding": _same}),
    Rule("whole titles", {f"{_DECIDE}.judge.whole_titles": lambda text, found: _same(found)}),
    Rule("whole quantities", {f"{_DECIDE}.judge.whole_quantities": _same}),
    Rule("whole enumerations", {f"{_DECIDE}.judge.whole_enumerations": _same}),
    Rule("the same in other words", dict.fromkeys((f"{_DECIDE}.agree.same", f"{_DECIDE}.features.same"), _equal)),
)  # fmt: skip


def drawn(file: Path, limit: int, seed: int = 7) -> tuple[list[tuple[str, str]], list[squad.Question]]:
    """The paragraphs (title, context) of the held-out articles, and questions about them drawn at random."""
    paragraphs = squad.read(file)
    held_out = set(sorted({paragraph.title for paragraph in paragraphs})[::10])
    kept = [paragraph for paragraph in paragraphs if paragraph.title in held_out]
    questions = [question for paragraph in kept for question in paragraph.questions]
    random.Random(seed).shuffle(questions)
    return list(dict.fromkeys((p.title, p.context) for p in kept)), questions[:limit]


def without(
    rule: Rule, cases: Sequence[Case], store: Store, reader: Reader, model: ConfidenceModel
) -> list[str]:
    """What is answered to each case without the rule; "" where nothing is."""
    settings, answers = replace(Settings(), **rule.settings), []
    with ExitStack() as stack:
        for name, instead in rule.off.items():
            stack.enter_context(patch(name, instead))
        for case in counted(cases, rule.name):
            question = understand(case.request, settings).questions[0]
            reading = read(question, case.found, reader, store, settings)
            weighed = weigh(question, case.found, reading.spans, check_form=settings.check_form)
            answers.append(judge(weighed, model).decision.text or "")
    return answers


def gold_match(answer: str, acceptable: Sequence[str]) -> float:
    return float(any(gold.matches(answer, one) for one in acceptable))


def table(
    found: Sequence[tuple[str, Sequence[str]]],
    cases: Sequence[Case],
    score: Callable[[str, Sequence[str]], float] = metrics.exact_match,
) -> str:
    """In Markdown; the first row is of all rules. score: of an answer against acceptable ones, 0 or 1."""
    rows = ["| without | answered rightly | refused rightly | other answers |", "|---|---|---|---|"]
    for name, answers in found:
        pairs = list(zip(answers, cases, strict=True))
        right = sum(score(a, c.golds) for a, c in pairs if a and c.golds)
        refused = sum(not a and not c.golds for a, c in pairs)
        others = sum(a != b for a, b in zip(answers, found[0][1], strict=True))
        rows.append(f"| {name} | {right:.0f} | {refused} | {others} |")
    return "\n".join(rows)


def measure(file: Path, limit: int, cache: Path, rules: Sequence[Rule] = RULES) -> str:
    settings = Settings()
    paragraphs, questions = drawn(file, limit)
    asked = [(Request.of(question.text), question.answer_texts) for question in questions]
    encoder = open_encoder(settings.encoder, settings.precision)
    with collection(paragraphs, encoder, settings, cache) as folder:
        return f"{_switched_off(folder, asked, encoder, cache, rules)} {len(paragraphs)} paragraphs."


def measure_gold(file: Path, articles: Path, cache: Path, rules: Sequence[Rule] = RULES) -> str:
    settings = Settings()
    asked = [(Request.of(one.question, one.history), one.answers) for one in gold.read(file)]
    encoder = open_encoder(settings.encoder, settings.precision)
    with tempfile.TemporaryDirectory() as folder:
        report = index([articles], folder, settings=settings, encoder=encoder)
        told = _switched_off(Path(folder), asked, encoder, cache, rules, gold_match)
        return f"{told} {report.articles} articles."


def _switched_off(
    folder: Path,
    asked: Sequence[tuple[Request, tuple[str, ...]]],
    encoder: Encoder,
    cache: Path,
    rules: Sequence[Rule],
    score: Callable[[str, Sequence[str]], float] = metrics.exact_match,
) -> str:
    settings = Settings()
    neural = open_reader(encoder, settings)
    reader = Remembering(neural, cache / "rules-read.json")
    model = open_confidence(neural, settings)
    engine = Engine.open(folder, settings=settings, encoder=encoder, reader=reader, confidence=model)
    store = open_store(folder, settings)
    cases = [
        Case(request, engine.consider(request.text, request.history).found, golds)
        for request, golds in counted(asked, "reading")
    ]
    reader.save()
    found = [(rule.name, without(rule, cases, store, reader, model)) for rule in rules]
    reader.save()
    store.close()
    answerable = sum(bool(case.golds) for case in cases)
    return f"{table(found, cases, score)}\n\n{answerable} answerable questions, {len(cases) - answerable} not, of"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="a file in SQuAD's layout, or gold questions with --articles")
    parser.add_argument("--articles", type=Path, metavar="FOLDER", help="that gold questions are asked of")
    parser.add_argument("--limit", type=int, default=600, metavar="N", help="questions (default: 600)")
    parser.add_argument("--cache", type=Path, required=True, help="where index and reading are kept")
    arguments = parser.parse_args()
    if arguments.articles is None:
        print(measure(arguments.file, arguments.limit, arguments.cache))
    else:
        print(measure_gold(arguments.file, arguments.articles, arguments.cache))


if __name__ == "__main__":
    main()
