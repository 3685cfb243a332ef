"""How many answers a second a server gives, and how long each client waits, as clients become more."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from qa.errors import QAError
from qa.lab.sets.progress import counted
from qa.settings import Settings
from qa.snapshot import open_encoder, open_store

from .corpus import Corpus, Question
from .floor import Floors, Rates
from .machine import percentile, significant
from .server import Client, body_of, serving

CLIENTS, SECONDS = (1, 2, 4, 16, 64), 60.0
# Seconds of as many clients at once, for every process and thread of the server to have worked.
_WARMING = 2.0


def load(
    corpus: Corpus, rates: Rates, *, clients: Sequence[int], seconds: float, processes: int = 1
) -> dict[str, Any]:
    """Each number of clients against a server of its own, which keeps no answers.

    refused: told 503 and when to come again, counted apart from errors. floor_per_s: answers a second if the models'
    operations ran at the full rate of all cores, and nothing else took time.
    """
    store = open_store(corpus.data)
    floors = Floors(rates, open_encoder(Settings().encoder), store.manifest.counts["passages"])
    store.close()
    rows = []
    for count in counted(clients, "clients"):
        with serving(corpus.data, processes) as port:
            floor = statistics.median(_warm(port, corpus, floors))
            under_load(port, _bodies(corpus.warming), count, min(_WARMING, seconds))
            told = under_load(port, _bodies(corpus.questions), count, seconds)
        rows.append(_row(told, count, floor))
    return {
        "corpus": corpus.name,
        "questions": len(corpus.questions),
        "seconds_each": seconds,
        "processes": processes,
        "load": rows,
    }


def _warm(port: int, corpus: Corpus, floors: Floors) -> list[float]:
    """Asks the warming questions; their floors, in seconds."""
    client, seconds = Client(port), []
    for question in corpus.warming:
        reply = client.ask(body_of(question))
        if reply.status != 200:
            raise QAError(f"The server answered {question.text!r} with {reply.status}: {reply.answer}")
        understood = reply.answer["understood"]
        read = floors.read(understood, [passage["text"] for passage in reply.answer["passages"]])
        seconds.append(floors.retrieve(understood) + read)
    client.close()
    return seconds


def _bodies(questions: Sequence[Question]) -> list[str]:
    return [body_of(question).decode() for question in questions]


def _row(told: dict[str, Any], clients: int, floor: float) -> dict[str, Any]:
    answered = told["answered_ms"]
    rate = len(answered) / told["seconds"]
    return {
        "clients": clients,
        "answers_per_s": round(rate, 2),
        "p50_ms": round(percentile(answered, 50), 1) if answered else None,
        "p99_ms": round(percentile(answered, 99), 1) if answered else None,
        "asked": told["asked"],
        "answered": len(answered),
        "refused": len(told["refused_ms"]),
        "refused_p99_ms": round(percentile(told["refused_ms"], 99), 1) if told["refused_ms"] else None,
        "errors": sum(told["errors"].values()),
        "error_kinds": told["errors"],
        "floor_per_s": round(1 / floor, 1),
        "times_floor": significant(1 / floor / rate) if rate else None,
    }


def under_load(port: int, bodies: Sequence[str], clients: int, seconds: float | None) -> dict[str, Any]:
    """What `bench_clients.load` tells, from a process of its own. Raises QAError where that fails."""
    job = {"port": port, "bodies": list(bodies), "clients": clients, "seconds": seconds}
    command = [sys.executable, "-m", "qa.lab.bench.clients"]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=False)
    if done.returncode:
        raise QAError(f"The clients failed. They said: {done.stderr.strip()}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told
