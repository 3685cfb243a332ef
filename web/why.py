"""What an answer was decided from -> the tables of "Why this answer"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qa.records import Answer, CitedPassage
from web.words import day, percent

WANTED = {"span": "one span of words", "evidence": "a sentence of evidence", "list": "several spans"}
STEPS = {
    "understand": "Understanding the question",
    "retrieve": "Finding passages",
    "read": "Reading them",
    "decide": "Weighing the answer",
    "wait": "Waiting for its turn",
    "kept": "Answered before, and kept",
    "total": "Altogether",
}
WEIGHED = {  # what the confidence model calls each thing it weighs
    "margin": "the reader prefers it to “does not answer”",
    "lead": "its lead on the next best answer",
    "relevance": "how well its passage was found",
    "cosine": "likeness of question and passage",
    "passage_words": "words of the question in the passage",
    "sentence_words": "words of the question in its sentence",
    "negated": "the question asks what is not, its sentence denies nothing",
    "missing": "days, numbers and names the passage lacks",
    "fit": "whether it has the form asked for",
    "repeats": "words it repeats from the question",
    "elsewhere": "other articles that say the same",
    "length": "its length",
}


@dataclass(frozen=True, slots=True)
class Found:
    passage: CitedPassage
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that could have been the answer. null_score: the reader's, of its passage not answering at all."""

    text: str
    title: str
    score: float
    null_score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Weight:
    """What a feature added to the log odds; share: of the largest of them, -1..1."""

    label: str
    value: float
    added: float
    share: float


@dataclass(frozen=True, slots=True)
class Why:
    facts: list[tuple[str, str]]
    found: list[Found]
    candidates: list[Candidate]
    weights: list[Weight]  # of the answer, or of the best candidate where there is none; largest first
    bias: float
    times: list[tuple[str, float]]  # milliseconds


def why(answer: Answer) -> Why | None:
    """None where the answer was not asked to explain itself."""
    told = answer.explain
    if told is None:
        return None
    titles = {passage.article_id: passage.title for passage in answer.passages}
    return Why(
        facts=_facts(told),
        found=[Found(p, of["cosine"]) for p, of in zip(answer.passages, told["passages"], strict=True)],
        candidates=[
            Candidate(
                text=one["text"],
                title=titles.get(one["article_id"], ""),
                score=one["score"],
                null_score=one["score"] - one["null_margin"],
                confidence=one["confidence"],
            )
            for one in told["candidates"]
        ],
        weights=_weights(_chosen(answer, told["candidates"])),
        bias=told["bias"],
        times=[(STEPS.get(name, name), ms) for name, ms in answer.timings_ms.items()],
    )


def _facts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [
        ("Kind of question", told["kind"]),
        ("To be answered with", WANTED[told["wanted"]]),
        ("Answered from a confidence of", percent(told["threshold"])),
    ]
    periods = [f"{p['text']} ({_period(p['first'], p['last'])})" for p in told["dates"]["periods"]]
    if periods:
        facts.append(("Days in the question", ", ".join(periods)))
    if named := [named["text"] for named in told["dates"]["named"]]:
        facts.append(("Must be mentioned", ", ".join(named)))
    if told["dates"]["latest"]:
        facts.append(("Of several answers", "the newest article’s"))
    return facts


def _period(first: str, last: str) -> str:
    began, ended = day(date.fromisoformat(first)), day(date.fromisoformat(last))
    return began if began == ended else f"{began} to {ended}"


def _chosen(answer: Answer, candidates: list[dict[str, Any]]) -> Mapping[str, Any] | None:
    """The candidate that the answer is; where nothing was answered, the best one."""
    ids = {cited.article_id for cited in answer.citations}
    same = (one for one in candidates if one["text"] == answer.text and one["article_id"] in ids)
    return next(same, candidates[0] if candidates else None)


def _weights(candidate: Mapping[str, Any] | None) -> list[Weight]:
    if candidate is None:
        return []
    added: Mapping[str, float] = candidate["contributions"]
    most = max((abs(value) for value in added.values()), default=0) or 1
    return [
        Weight(WEIGHED.get(name, name.replace("_", " ")), candidate["features"][name], value, value / most)
        for name, value in sorted(added.items(), key=lambda item: -abs(item[1]))
        if value
    ]
