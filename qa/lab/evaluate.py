"""Measure the service: on files in SQuAD's layout, each question over its own paragraph or over all of them, and on
gold questions over a folder of articles."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from ..answer.rank import rank
from ..answer.retrieve import fuse
from ..engine import Engine, open_encoder, open_reader
from ..errors import BadRequest
from ..index.build import build
from ..index.local import LocalStore
from ..index.publish import current
from ..indexing import index
from ..ports import Reader
from ..records import Article, Hit, Passage, Span
from ..settings import Settings
from . import gold, metrics, squad
from .progress import counted

Pair = tuple[squad.Paragraph, squad.Question]
T = TypeVar("T")
RECALLS = (1, 5, 10, 20)


def spread(items: Sequence[T], limit: int | None) -> Sequence[T]:
    """At most `limit` of the items: every k-th, spread over the whole. Raises BadRequest for a limit below 1."""
    if limit is None:
        return items
    if limit < 1:
        raise BadRequest(f"--limit is {limit}; it must be at least 1.")
    step = max(1, -(-len(items) // limit))
    return items[::step]


def squad_gold(file: Path, *, limit: int | None, threshold: float, settings: Settings) -> dict[str, Any]:
    """Each question over its own paragraph.

    exact_match, f1: the best span for a file whose questions are all answerable; where some are not, an answer is
    given only above `threshold` (a null margin). In per cent.
    """
    reader = open_reader(open_encoder(settings.encoder), settings)
    asked = spread(_pairs(file), limit)
    answers, margins = [], []
    for paragraph, question in counted(asked, "reading"):
        best = _best(reader, question.text, [_whole(paragraph)])
        answers.append(best.text if best else "")
        margins.append(best.null_margin if best else float("-inf"))
    questions = [question for _, question in asked]
    return {"mode": "gold", "reader": reader.name, **score(questions, answers, margins, threshold)}


def score(
    questions: Sequence[squad.Question], answers: Sequence[str], margins: Sequence[float], threshold: float
) -> dict[str, Any]:
    """EM and F1 in per cent; with unanswerable questions also the parts, the best threshold and AUROC."""
    golds = [question.answer_texts for question in questions]
    answerable = [question.answerable for question in questions]
    forced_em = [metrics.exact_match(a, g) for a, g in zip(answers, golds, strict=True)]
    forced_f1 = [metrics.f1(a, g) for a, g in zip(answers, golds, strict=True)]
    if all(answerable):
        return {"questions": len(golds), "exact_match": _percent(forced_em), "f1": _percent(forced_f1)}
    given = [a if margin > threshold else "" for a, margin in zip(answers, margins, strict=True)]
    em = [metrics.exact_match(a, g) for a, g in zip(given, golds, strict=True)]
    f1 = [metrics.f1(a, g) for a, g in zip(given, golds, strict=True)]
    best = metrics.best_threshold(margins, forced_f1, answerable)
    parts: dict[str, Any] = {}
    for name, wanted in (("has_answer", True), ("no_answer", False)):
        chosen = [i for i, has in enumerate(answerable) if has is wanted]
        parts[name] = {
            "questions": len(chosen),
            "exact_match": _percent([em[i] for i in chosen]),
            "f1": _percent([f1[i] for i in chosen]),
        }
    return {
        "questions": len(golds),
        "exact_match": _percent(em),
        "f1": _percent(f1),
        "threshold": threshold,
        **parts,
        "best_threshold": {"threshold": round(best.value, 3), "f1": round(100 * best.f1, 2)},
        "auroc": round(metrics.auroc(margins, answerable), 4),
    }


def squad_open(file: Path, *, limit: int | None, settings: Settings) -> dict[str, Any]:
    """Every question asked of all the file's paragraphs at once; the best span counts, whatever its margin.

    recall, mrr: of the question's own paragraph, in per cent and 0..1, as each retriever ranks it; `after_reading`:
    as the passages stand once read, by the best span of each.
    """
    encoder = open_encoder(settings.encoder)
    reader = open_reader(encoder, settings)
    paragraphs = list(dict.fromkeys((p.title, p.context) for p in squad.read(file)))
    asked = [pair for pair in spread(_pairs(file), limit) if pair[1].answerable]
    if not asked:
        raise BadRequest(f"{file} holds no answerable question.")
    articles = [_article(number, title, context) for number, (title, context) in enumerate(paragraphs)]
    article_of = {context: article.id for (_, context), article in zip(paragraphs, articles, strict=True)}
    ranks: dict[str, list[int | None]] = {"dense": [], "lexical": [], "fused": [], "after_reading": []}
    em, f1 = [], []
    with tempfile.TemporaryDirectory() as data:
        cut = [(article, [(0, len(article.text))]) for article in articles]
        build(Path(data), cut, encoder, settings, sources={}, report={}, progress=lambda *_: None)
        store = LocalStore(current(Path(data)))
        try:
            vectors = encoder.encode([question.text for _, question in asked])
            for row, (paragraph, question) in enumerate(counted(asked, "asking")):
                dense = store.search_dense(vectors[row], settings.candidates)
                lexical = store.search_lexical(question.text, settings.candidates)
                fused = fuse(dense, lexical, settings.rrf_k)
                passages = store.passages([item.id for item in fused])
                own = article_of[paragraph.context]
                owned = {p.id for p in passages if p.article_id == own}
                ranks["dense"].append(_rank([id_ for id_, _ in dense], owned))
                ranks["lexical"].append(_rank([id_ for id_, _ in lexical], owned))
                ranks["fused"].append(_rank([item.id for item in fused], owned))
                hits = [
                    Hit(p, item.score, item.dense_rank, item.lexical_rank)
                    for p, item in zip(passages, fused, strict=True)
                ][: settings.top_k]
                spans = reader.read(question.text, [hit.passage for hit in hits])
                spans = rank(hits, spans, settings.retrieval_weight)
                answer = spans[0].text if spans else ""
                ranks["after_reading"].append(_rank(list(dict.fromkeys(s.passage.id for s in spans)), owned))
                em.append(metrics.exact_match(answer, question.answer_texts))
                f1.append(metrics.f1(answer, question.answer_texts))
        finally:
            store.close()
    return {
        "mode": "open",
        "reader": reader.name,
        "questions": len(asked),
        "paragraphs": len(paragraphs),
        "exact_match": _percent(em),
        "f1": _percent(f1),
        "ranks": {name: _ranking(found) for name, found in ranks.items()},
    }


def gold_questions(file: Path, seeds: Path, *, settings: Settings) -> dict[str, Any]:
    """The gold questions of `file`, asked of the articles in `seeds`."""
    questions = gold.read(file)
    with tempfile.TemporaryDirectory() as data:
        index([seeds], data, settings=settings)
        engine = Engine.open(data, settings=settings)
        verdicts = [gold.judge(q, engine.ask(q.question, q.history)) for q in counted(questions, "asking")]
    return {
        "questions": len(verdicts),
        "right": sum(verdict.right for verdict in verdicts),
        "details": [asdict(verdict) for verdict in verdicts],
    }


def _pairs(file: Path) -> list[Pair]:
    return [(paragraph, question) for paragraph in squad.read(file) for question in paragraph.questions]


def _whole(paragraph: squad.Paragraph) -> Passage:
    return Passage(0, "", 0, len(paragraph.context), paragraph.context)


def _best(reader: Reader, question: str, passages: Sequence[Passage]) -> Span | None:
    return next(iter(reader.read(question, passages)), None)


def _article(number: int, title: str, context: str) -> Article:
    return Article(
        id=f"{number:06d}", path=f"{number:06d}", raw=context, title=title.replace("_", " "), text=context
    )


def _rank(ids: Iterable[int], wanted: set[int]) -> int | None:
    return next((rank for rank, id_ in enumerate(ids, 1) if id_ in wanted), None)


def _ranking(found: Sequence[int | None]) -> dict[str, float]:
    recalls = {f"recall@{k}": round(100 * metrics.recall_at(found, k), 2) for k in RECALLS}
    return {**recalls, "mrr": round(metrics.mean_reciprocal_rank(found), 4)}


def _percent(values: Sequence[float]) -> float:
    return round(100 * sum(values) / len(values), 2) if values else 0.0
