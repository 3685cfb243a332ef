"""`qa bench`: what is measured, each part beside the floor that was measured in the same run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import BadRequest
from qa.serving.gate import cores

from . import ask, broken, corpus, floor, hostile, index, lexical, live, load, memory, peers, scale, servers
from .corpus import Corpus
from .floor import Rates
from .machine import machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """articles, questions: the demo corpus. squad: a file in SQuAD's layout, measured beside it. limit: of questions.

    seconds: of each number of clients, and of `broken`. processes: of the server they load. environment: of the peers
    or servers.
    generated: of `live`. changes: of `live` and `memory`. passages: of `scale` and `lexical`. kept: where the
    indexes of `scale` stay. quick: as little of everything as shows that it works.
    """

    articles: tuple[Path, ...]
    questions: Path
    squad: Path | None = None
    limit: int | None = None
    rounds: int = 3
    clients: tuple[int, ...] | None = None
    seconds: float | None = None
    processes: int = 1
    environment: Path | None = None
    generated: int = 10_000
    changes: int | None = None
    passages: tuple[int, ...] = scale.COUNTS
    kept: Path | None = None
    quick: bool = False


def run(parts: Sequence[str], options: Options) -> dict[str, Any]:
    """The machine, its rates, and the parts that are named. Raises QAError."""
    about = machine()
    rates = floor.measure(quick=options.quick)
    told = {"machine": about, "rates": rates.told() | {"cores": cores()}}
    for part in parts:
        began = time.monotonic()
        told[part] = PARTS[part](options, rates)
        print(f"{part}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return told


def _ask(options: Options, rates: Rates) -> dict[str, Any]:
    asked = options.limit or ask.QUESTIONS
    corpora = _corpora(options, asked)
    return {name: ask.ask(corpus, rates, rounds=options.rounds) for name, corpus in corpora}


def _load(options: Options, rates: Rates) -> dict[str, Any]:
    return {
        name: load.load(
            corpus,
            rates,
            clients=options.clients or load.CLIENTS,
            seconds=options.seconds or load.SECONDS,
            processes=options.processes,
        )
        for name, corpus in _corpora(options, options.limit)
    }


def _servers(options: Options, rates: Rates) -> dict[str, Any]:
    clients = options.clients or servers.CLIENTS
    with corpus.demo(options.articles, options.questions, options.limit) as asked_of:
        return servers.servers(
            asked_of,
            options.environment,
            clients=clients,
            seconds=options.seconds or load.SECONDS,
            rounds=options.rounds,
        )


def _index(options: Options, rates: Rates) -> dict[str, Any]:
    articles = 3 if options.quick else index.GENERATED
    return index.measure(options.squad, rates, rounds=options.rounds, articles=articles)


def _peers(options: Options, rates: Rates) -> dict[str, Any]:
    if options.squad is None:
        raise BadRequest("The peers are asked questions with known answers: name a file with --squad FILE.")
    limit = options.limit or peers.QUESTIONS
    with corpus.of_squad(options.squad, len(peers.CLIENTS) * limit) as asked_of:
        return peers.peers(asked_of, options.environment, limit=limit, rounds=options.rounds)


def _live(options: Options, rates: Rates) -> dict[str, Any]:
    return live.measure(options.generated, options.changes or live.CHANGES)


def _memory(options: Options, rates: Rates) -> dict[str, Any]:
    asked, rebuilds = options.limit or memory.QUESTIONS, options.changes or memory.REBUILDS
    if options.squad is not None:
        with corpus.squad_files(options.squad) as (folder, questions):
            return memory.measure(questions, [folder], questions=asked, rebuilds=rebuilds)
    with corpus.demo(options.articles, options.questions, None) as asked_of:
        return memory.measure(asked_of.questions, options.articles, questions=asked, rebuilds=rebuilds)


def _hostile(options: Options, rates: Rates) -> dict[str, Any]:
    clients = max(options.clients or (hostile.CLIENTS,))
    with corpus.demo(options.articles, options.questions, options.limit) as asked_of:
        return hostile.measure(asked_of, clients=clients, asked=options.limit or hostile.ASKED)


def _broken(options: Options, rates: Rates) -> dict[str, Any]:
    clients = max(options.clients or (broken.CLIENTS,))
    with corpus.demo(options.articles, options.questions, options.limit) as asked_of:
        return broken.measure(asked_of, clients=clients, seconds=options.seconds or broken.SECONDS)


def _scale(options: Options, rates: Rates) -> dict[str, Any]:
    asked = options.limit or scale.QUESTIONS
    return scale.run(_real(options), options.passages, questions=asked, folder=options.kept)


def _lexical(options: Options, rates: Rates) -> dict[str, Any]:
    asked = options.limit or scale.QUESTIONS
    return lexical.compare(_real(options), options.passages, questions=asked)


def _real(options: Options) -> Path:
    if options.squad is None:
        raise BadRequest(
            "Passages are made of real text, and questions are real: name a file with --squad FILE."
        )
    return options.squad


PARTS: dict[str, Callable[[Options, Rates], dict[str, Any]]] = {
    "ask": _ask,
    "load": _load,
    "servers": _servers,
    "index": _index,
    "peers": _peers,
    "live": _live,
    "memory": _memory,
    "hostile": _hostile,
    "broken": _broken,
    "lexical": _lexical,
    "scale": _scale,
}


def _corpora(options: Options, limit: int | None) -> Iterator[tuple[str, Corpus]]:
    """One after the other, each gone when the next is taken."""
    with corpus.demo(options.articles, options.questions, limit) as asked_of:
        yield "demo", asked_of
    if options.squad is not None:
        with corpus.of_squad(options.squad, limit) as asked_of:
            yield "SQuAD", asked_of
