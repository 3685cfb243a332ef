"""How long an answer takes, as a whole and step by step, in this process and over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

from qa import answer_json
from qa.engine import Engine
from qa.errors import QAError
from qa.lab.sets.progress import counted

from .corpus import Corpus, Question
from .floor import Floors, Rates
from .machine import significant, spread
from .server import Client, body_of, serving

QUESTIONS = 100  # of each corpus, where no other number is asked for: a file may hold ten thousand
_FLOORED = ("retrieve", "read", "total")  # the steps in which a model works


def ask(corpus: Corpus, rates: Rates, *, rounds: int) -> dict[str, Any]:
    """One question after the other, each once in a round, of an engine and of a server; each round opens them anew.

    No answers are kept. first_answer_s: from starting `qa serve` to its first answer. Milliseconds otherwise; each as
    a multiple of its floor too.
    """
    replies: dict[str, list[Mapping[str, Any]]] = {"in process": [], "HTTP": []}
    started: list[float] = []
    for _ in range(rounds):
        engine = Engine.open(corpus.data)
        _of_engine(engine, corpus.warming)
        replies["in process"] += _of_engine(engine, counted(corpus.questions, "asking in process"))
        began = time.perf_counter()
        with serving(corpus.data) as port:
            _of_server(port, corpus.warming[:1])
            started.append(time.perf_counter() - began)
            _of_server(port, corpus.warming)
            replies["HTTP"] += _of_server(port, counted(corpus.questions, "asking over HTTP"))
    floors = Floors(rates, engine.encoder, engine.manifest.counts["passages"])
    floor = _floor(replies["in process"], floors)
    return {
        "corpus": corpus.name,
        "articles": engine.manifest.counts["articles"],
        "passages": engine.manifest.counts["passages"],
        "reader": engine.reader,
        "questions": len(corpus.questions),
        "rounds": rounds,
        "answered": sum(reply["answer"] is not None for reply in replies["HTTP"]),
        "passages_read": spread([len(reply["passages"]) for reply in replies["in process"]])["p50"],
        "first_answer_s": spread(started, 2),
        "milliseconds": [{"way": way, **row} for way, told in replies.items() for row in _rows(told, floor)],
    }


def _of_engine(engine: Engine, questions: Iterable[Question]) -> list[Mapping[str, Any]]:
    return [answer_json.to_dict(engine.ask(question.text, question.history)) for question in questions]


def _of_server(port: int, questions: Iterable[Question]) -> list[Mapping[str, Any]]:
    """Raises QAError where a question is not answered. The whole is the client's; the engine's is told beside it."""
    replies: list[Mapping[str, Any]] = []
    with closing(Client(port)) as client:
        for question in questions:
            reply = client.ask(body_of(question))
            if reply.status != 200:
                raise QAError(f"The server answered {question.text!r} with {reply.status}: {reply.answer}")
            steps = reply.answer["timings_ms"]
            timings = {**steps, "total": reply.milliseconds, "engine": steps["total"]}
            replies.append({**reply.answer, "timings_ms": timings})
    return replies


def _floor(replies: Sequence[Mapping[str, Any]], floors: Floors) -> dict[str, float]:
    """Milliseconds of the median question."""
    steps: dict[str, list[float]] = {step: [] for step in _FLOORED}
    for reply in replies:
        retrieve = floors.retrieve(reply["understood"])
        read = floors.read(reply["understood"], [passage["text"] for passage in reply["passages"]])
        for step, seconds in zip(_FLOORED, (retrieve, read, retrieve + read), strict=True):
            steps[step].append(seconds * 1000)
    return {step: spread(values, 3)["p50"] for step, values in steps.items()}


def _rows(replies: Sequence[Mapping[str, Any]], floor: Mapping[str, float]) -> list[dict[str, Any]]:
    steps = dict.fromkeys(step for reply in replies for step in reply["timings_ms"])
    rows = []
    for step in steps:
        figures = spread([reply["timings_ms"][step] for reply in replies if step in reply["timings_ms"]])
        least = floor.get("total" if step == "engine" else step)
        times = (
            {"floor": round(least, 2), "times_floor": significant(figures["p50"] / least)} if least else {}
        )
        rows.append({"step": step, **figures, **times})
    return rows
