"""Measure the service: on files in SQuAD's layout, each question over its own paragraph or over all of them, and on
gold questions over a folder of articles."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from qa.answer.decide.choose import rank
from qa.answer.decide.judge import judge
from qa.answer.retrieve.fuse import search
from qa.engine import Engine
from qa.errors import BadRequest
from qa.lab.sets import gold, metrics, squad
from qa.lab.sets.collection import article_id, collection
from qa.lab.sets.progress import counted
from qa.ports import Encoder, Reader, Store
from qa.records import Hit, Passage, Span
from qa.settings import Settings
from qa.snapshot import open_confidence, open_encoder, open_reader, open_store
from qa.upkeep.index import index

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
    reader = open_reader(open_encoder(settings.encoder, settings.precision), settings)
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
    """EM and F1 in per cent; with unanswerable questions also the parts, the best threshold and AUROC (None where
    all are unanswerable)."""
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
        "auroc": _auroc(margins, answerable),
    }


def squad_open(file: Path, *, limit: int | None, settings: Settings) -> dict[str, Any]:
    """Every question asked of all the file's paragraphs at once, through the engine.

    exact_match, f1: of the best answer to each answerable question, whatever its confidence, in per cent. ranks: of
    the question's own paragraph, by each retriever, fused, and after reading, by the best span of each passage.
    confidence: how far what was answered can be trusted (see metrics); auroc_answerable, of answerable against not,
    counts what was refused whatever the threshold as confidence 0. served: where some are unanswerable, the scores of
    what is answered from the fitted threshold on.
    """
    encoder = open_encoder(settings.encoder, settings.precision)
    reader = open_reader(encoder, settings)
    model = open_confidence(reader, settings)
    paragraphs = list(dict.fromkeys((p.title, p.context) for p in squad.read(file)))
    number_of = {paragraph: number for number, paragraph in enumerate(paragraphs)}
    asked = spread(_pairs(file), limit)
    if not any(question.answerable for _, question in asked):
        raise BadRequest(
            f"None of the {len(asked)} questions taken from {file} is answerable: nothing to find."
        )
    ranks: dict[str, list[int | None]] = {name: [] for name in ("dense", "lexical", "fused", "after_reading")}
    answers, sure = [], []
    with collection(paragraphs, encoder, settings) as folder:
        engine = Engine.open(folder, settings=settings, encoder=encoder, reader=reader)
        store = open_store(folder, settings)
        for paragraph, question in counted(asked, "asking"):
            weighed = engine.consider(question.text).weighed
            decision = judge(weighed, model, 0.0).decision
            answers.append(decision.text or "")
            sure.append(decision.confidence)
            if question.answerable:
                own = article_id(number_of[paragraph.title, paragraph.context])
                ranked = _ranked(question.text, store, encoder, settings)
                owned = [hit for hit in ranked if hit.passage.article_id == own]
                ranks["dense"].append(owned[0].dense_rank if owned else None)
                ranks["lexical"].append(owned[0].lexical_rank if owned else None)
                ranks["fused"].append(ranked.index(owned[0]) + 1 if owned else None)
                ordered = rank(weighed.telling, model)
                read = list(dict.fromkeys(candidate.span.passage.article_id for candidate in ordered))
                ranks["after_reading"].append(read.index(own) + 1 if own in read else None)
        store.close()
    questions = [question for _, question in asked]
    best = [(a, q.answer_texts) for a, q in zip(answers, questions, strict=True) if q.answerable]
    answerable = [question.answerable for question in questions]
    result = {
        "mode": "open",
        "reader": reader.name,
        "questions": len(asked),
        "answerable": sum(answerable),
        "paragraphs": len(paragraphs),
        "exact_match": _percent([metrics.exact_match(a, golds) if a else 0.0 for a, golds in best]),
        "f1": _percent([metrics.f1(a, golds) for a, golds in best]),
        "ranks": {name: _ranking(found) for name, found in ranks.items()},
        "confidence": {**_trust(questions, answers, sure), "auroc_answerable": _auroc(sure, answerable)},
    }
    return (
        result if all(answerable) else {**result, "served": score(questions, answers, sure, model.threshold)}
    )


def _ranked(question: str, store: Store, encoder: Encoder, settings: Settings) -> list[Hit]:
    vector = encoder.encode_question(question)
    return search(
        store,
        question,
        vector,
        top_k=max(RECALLS),
        candidates=settings.candidates,
        rrf_k=settings.rrf_k,
        lexical_weight=settings.lexical_weight,
    )


def _trust(
    questions: Sequence[squad.Question], answers: Sequence[str], sure: Sequence[float]
) -> dict[str, float | int | None]:
    """Calibration of what was answered at all, right being exactly right."""
    told = [
        (confidence, question.answerable and bool(metrics.exact_match(answer, question.answer_texts)))
        for question, answer, confidence in zip(questions, answers, sure, strict=True)
        if answer
    ]
    confidences, right = [confidence for confidence, _ in told], [hit for _, hit in told]
    return {
        "answered": len(told),
        "ece": round(metrics.expected_calibration_error(confidences, right), 4) if told else None,
        "brier": round(metrics.brier(confidences, right), 4) if told else None,
        "auroc_right": _auroc(confidences, right),
    }


def gold_questions(
    file: Path, seeds: Path, *, settings: Settings, store: str | None = None
) -> dict[str, Any]:
    """The gold questions of `file`, asked of the articles in `seeds`, or of the index that is at `store`.

    score: the right ones, a guess counting half where it is right or nothing is. unanswerable: how many were answered
    all the same. unsaid: how often it was said that the articles do not say, and how often that was true.
    """
    questions = gold.read(file)
    with tempfile.TemporaryDirectory() as data:
        if store is None:
            index([seeds], data, settings=settings)
        engine = Engine.open(store or data, settings=settings)
        answers = [engine.ask(q.question, q.history) for q in counted(questions, "asking")]
    verdicts = [gold.judge(q, answer) for q, answer in zip(questions, answers, strict=True)]
    unanswerable = [not q.answers for q in questions]
    claimed = [none for none, answer in zip(unanswerable, answers, strict=True) if answer.established]
    answered = [none for none, answer in zip(unanswerable, answers, strict=True) if answer.text is not None]
    return {
        "questions": len(verdicts),
        "right": sum(verdict.right for verdict in verdicts),
        "score": sum(verdict.score for verdict in verdicts),
        "unanswerable": {"questions": sum(unanswerable), "answered": sum(answered)},
        "unsaid": {"claimed": len(claimed), "rightly": sum(claimed)},
        "details": [asdict(verdict) for verdict in verdicts],
    }


def _pairs(file: Path) -> list[Pair]:
    pairs = [(paragraph, question) for paragraph in squad.read(file) for question in paragraph.questions]
    if not pairs:
        raise BadRequest(f"{file} holds no question.")
    return pairs


def _whole(paragraph: squad.Paragraph) -> Passage:
    return Passage(0, "", 0, len(paragraph.context), paragraph.context)


def _best(reader: Reader, question: str, passages: Sequence[Passage]) -> Span | None:
    return next(iter(reader.read(question, passages)), None)


def _auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """None where all are of one kind."""
    return round(metrics.auroc(scores, positive), 4) if len(set(positive)) == 2 else None


def _ranking(found: Sequence[int | None]) -> dict[str, float]:
    recalls = {f"recall@{k}": round(100 * metrics.recall_at(found, k), 2) for k in RECALLS}
    return {**recalls, "mrr": round(metrics.mean_reciprocal_rank(found), 4)}


def _percent(values: Sequence[float]) -> float:
    return round(100 * sum(values) / len(values), 2) if values else 0.0
