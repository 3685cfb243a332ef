"""What an answer was decided from -> the sentences and tables of "Why this answer", or guess, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qa.records import Answer, CitedPassage
from web.words import count, day, percent

WANTED = {"span": "one span of words", "evidence": "a sentence of evidence", "list": "several spans"}
PREFERRED = (  # from this lead of a span over the null score on, these words
    (4.0, "clearly preferred that to"),
    (0.0, "preferred that to"),
    (float("-inf"), "would rather have said"),
)
SHORT_CHARS = 120
STEPS = {
    "understand": "Understanding the question",
    "retrieve": "Finding passages",
    "read": "Reading them",
    "decide": "Weighing the answer",
    "quote": "Choosing quotes",
    "wait": "Waiting for its turn",
    "kept": "Answered before, and kept",
    "total": "Altogether",
}
WEIGHED = {  # what the confidence model calls each thing it weighs
    "margin": "the reader prefers it to “does not answer”",
    "elsewhere": "other articles that say the same",
    "likeness": "how near its passage is to the question in meaning",
    "behind": "other passages were found before its own",
}


@dataclass(frozen=True, slots=True)
class PassageRow:
    passage: CitedPassage
    cosine: float | None


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A span that could have been the answer. null_score: the reader's, of its passage not answering at all."""

    text: str
    title: str
    score: float
    null_score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Weight:
    """What a feature added to the log odds; share: of the largest of them, -1..1."""

    name: str
    label: str
    value: float
    added: float
    share: float


@dataclass(frozen=True, slots=True)
class Why:
    told: list[str]  # in sentences
    facts: list[tuple[str, str]]
    found: list[PassageRow]
    candidates: list[CandidateRow]
    weights: list[Weight]  # of the answer, or of the best candidate where there is none; largest first
    bias: float
    times: list[tuple[str, float]]  # milliseconds


def why(answer: Answer) -> Why | None:
    """None where the answer was not asked to explain itself."""
    told = answer.explain
    if told is None:
        return None
    titles = {passage.article_id: passage.title for passage in answer.passages}
    chosen = _chosen(answer, told["candidates"])
    weights = _weights(chosen)
    return Why(
        told=_sentences(answer, told, chosen, weights, titles),
        facts=_facts(told),
        found=[PassageRow(p, of["cosine"]) for p, of in zip(answer.passages, told["passages"], strict=True)],
        candidates=[
            CandidateRow(
                text=one["text"],
                title=titles.get(one["article_id"], ""),
                score=one["score"],
                null_score=one["score"] - one["null_margin"],
                confidence=one["confidence"],
            )
            for one in told["candidates"]
        ],
        weights=weights,
        bias=told["bias"],
        times=[(STEPS.get(name, name), ms) for name, ms in answer.timings_ms.items()],
    )


def _sentences(
    answer: Answer,
    told: Mapping[str, Any],
    chosen: Mapping[str, Any] | None,
    weights: list[Weight],
    titles: Mapping[str, str],
) -> list[str]:
    """The same as the tables tell, for people: what was read, what was found in it, what counted."""
    passages = count(len(answer.passages), "passage")
    said = [
        f"{passages} of {count(len(titles), 'article')} {'was' if len(answer.passages) == 1 else 'were'} found."
    ]
    if answer.answer_type == "quotes":
        quotes = count(len(answer.quotes), "quote")
        return [*said, f"{quotes} of what they say came nearest to the question, in meaning and in words."]
    if chosen is None:
        return [*said, "No words in them were likely enough to be weighed as an answer."] if titles else said
    where = titles.get(chosen["article_id"])
    words = f"“{_short(chosen['text'])}”" + (f" in “{_short(where)}”" if where else "")
    if answer.text is None:
        sure, least = percent(chosen["confidence"]), percent(told["threshold"])
        said.append(f"The likeliest words were {words}, at {sure}: an answer is given from {least} on.")
    else:
        how = next(told for least, told in PREFERRED if chosen["null_margin"] >= least)
        said.append(f"The reader chose {words}; it {how} “this passage does not answer”.")
    for sign, opening in ((1, "Most spoke for it"), (-1, "Against it spoke")):
        counted = [weight for weight in weights if weight.added * sign > 0 and weight.name != "margin"]
        labels = [weight.label for weight in counted[:2]]
        if labels:
            said.append(f"{opening}: {'; '.join(labels)}.")
    texts = {chosen["text"], answer.text}
    other = next((one for one in told["candidates"] if one["text"] not in texts), None)
    if other and answer.text is not None:
        said.append(f"Next came “{_short(other['text'])}”, at {percent(other['confidence'])}.")
    return said


def _short(text: str) -> str:
    return text if len(text) <= SHORT_CHARS else text[: SHORT_CHARS - 1].rsplit(" ", 1)[0] + "…"


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
        Weight(
            name, WEIGHED.get(name, name.replace("_", " ")), candidate["features"][name], value, value / most
        )
        for name, value in sorted(added.items(), key=lambda item: -abs(item[1]))
        if value
    ]
