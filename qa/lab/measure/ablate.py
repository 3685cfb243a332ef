"""What each part of the engine brings: each switched off in turn, the decision staying as it was fitted with all.

What each of the decision's features brings, the others fitted anew, is told by `qa.lab.fit.confidence`.

    python -m qa.lab.measure.ablate --gold tests/regression/questions.jsonl \\
        --articles seeds tests/regression/articles --squad DATA/squad-2.0-dev-b.json.gz --limit 200 --to docs/parts.md

Prints a Markdown table, or writes it as a page. Gold: answerable questions answered rightly, and unanswerable ones
refused. SQuAD open: every question asked of all the file's paragraphs; exact match in per cent, an unanswerable
question's being no answer.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.read.neural import NeuralReader
from qa.engine import Engine
from qa.lab.sets import gold, metrics, squad
from qa.lab.sets.collection import collection
from qa.lab.sets.progress import counted
from qa.ports import Reader
from qa.settings import Settings
from qa.snapshot import open_confidence, open_encoder
from qa.upkeep.index import index

from .evaluate import spread
from .remember import Remembering


@dataclass(frozen=True, slots=True)
class Variant:
    """The engine without one of its parts."""

    name: str
    settings: Settings
    reader: Reader
    confidence: ConfidenceModel


@dataclass(frozen=True, slots=True)
class Figures:
    right: int
    refused: int
    exact: float | None  # per cent


def variants(
    settings: Settings,
    reader: Reader,
    unwidened: Reader,
    model: ConfidenceModel,
) -> list[Variant]:
    """unwidened: the same reader, whose spans stay as they scored best."""

    def on(name: str, **changed: Any) -> Variant:
        return Variant(name, replace(settings, **changed), reader, model)

    def by(name: str, confidence: ConfidenceModel) -> Variant:
        return Variant(name, settings, reader, confidence)

    return [
        on("all parts"),
        on("without dense search", dense_weight=0.0),
        on("without lexical search", lexical_weight=0.0),
        by("without threshold: always answers", replace(model, threshold=0.0)),
        on("without the question type", check_form=False),
        on("without dates", use_dates=False),
        on("without refusing what nothing mentions", refuse_unmentioned=False),
        Variant("without widening spans", settings, unwidened, model),
    ]


_PAGE = """# What each part brings

The engine with one of its parts switched off at a time; the decision stays as it was fitted with all (what each of its
features brings, the others fitted anew, is told with [confidence](calibration.md)). Gold: the questions over the demo
articles and those written for them. SQuAD open: questions asked of all the file's paragraphs at once, exact match as
served, an unanswerable question's being no answer. `python -m qa.lab.measure.ablate --help` says how to measure it
again.
"""


def on_gold(variant: Variant, folder: Path, questions: Sequence[gold.GoldQuestion]) -> tuple[int, int]:
    """Answerable questions answered rightly, and unanswerable ones refused."""
    engine = _engine(variant, folder)
    right = [gold.judge(q, engine.ask(q.question, q.history)).right for q in counted(questions, variant.name)]
    answerable = [bool(q.answers) for q in questions]
    return (
        sum(hit for hit, has in zip(right, answerable, strict=True) if has),
        sum(hit for hit, has in zip(right, answerable, strict=True) if not has),
    )


def on_squad(variant: Variant, folder: Path, questions: Sequence[squad.Question]) -> float:
    """Exact match as served, in per cent."""
    engine = _engine(variant, folder)
    answers = [engine.ask(question.text).text or "" for question in counted(questions, variant.name)]
    scores = [metrics.exact_match(a, q.answer_texts) for a, q in zip(answers, questions, strict=True)]
    return 100 * sum(scores) / len(scores)


def _engine(variant: Variant, folder: Path) -> Engine:
    return Engine.open(
        folder,
        settings=variant.settings,
        encoder=open_encoder(variant.settings.encoder),
        reader=variant.reader,
        confidence=variant.confidence,
    )


def ablate(
    questions: Path, articles: Sequence[Path], squad_file: Path | None, limit: int | None
) -> tuple[list[tuple[str, Figures]], str]:
    """The figures of each variant, and what the columns count."""
    settings = Settings()
    encoder = open_encoder(settings.encoder)
    threads = settings.model_threads
    neural = NeuralReader(threads=threads)
    reader = Remembering(neural)
    unwidened = Remembering(NeuralReader(threads=threads, slack=0.0))
    asked = gold.read(questions)
    paragraphs = squad.read(squad_file) if squad_file else []
    drawn = spread([question for paragraph in paragraphs for question in paragraph.questions], limit)
    contexts = list(dict.fromkeys((p.title, p.context) for p in paragraphs))
    opened = collection(contexts, encoder, settings) if drawn else nullcontext(Path())
    found = []
    with tempfile.TemporaryDirectory() as folder, opened as squad_folder:
        index(articles, folder, settings=settings)
        model = open_confidence(neural, settings)
        for variant in variants(settings, reader, unwidened, model):
            right, refused = on_gold(variant, Path(folder), asked)
            exact = on_squad(variant, squad_folder, drawn) if drawn else None
            found.append((variant.name, Figures(right, refused, exact)))
    answerable = sum(bool(question.answers) for question in asked)
    counts = f"gold: {answerable} answerable, {len(asked) - answerable} not"
    if not drawn:
        return found, counts
    error = 50 / math.sqrt(len(drawn))  # the standard error of a share near one half, in per cent
    return found, f"{counts}; SQuAD open: {len(drawn)} questions, so give or take {error:.1f}"


def table(found: Sequence[tuple[str, Figures]]) -> str:
    """In Markdown."""
    rows = [
        f"| {name} | {f.right} | {f.refused} | {'' if f.exact is None else format(f.exact, '.1f')} |"
        for name, f in found
    ]
    head = [
        "| engine | gold: answered rightly | gold: rightly refused | SQuAD open: exact match |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gold", type=Path, required=True, help="gold questions (.jsonl)")
    parser.add_argument(
        "--articles", type=Path, nargs="+", required=True, help="the articles they are asked of"
    )
    parser.add_argument("--squad", type=Path, help="a file in SQuAD's layout")
    parser.add_argument("--limit", type=int, metavar="N", help="only N of its questions, spread over it")
    parser.add_argument("--to", type=Path, metavar="FILE", help="write a page in place of printing")
    arguments = parser.parse_args()
    found, counts = ablate(arguments.gold, arguments.articles, arguments.squad, arguments.limit)
    told = f"{_PAGE}\n{table(found)}\n\n{counts}.\n"
    if arguments.to is None:
        print(told)
    else:
        arguments.to.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
