"""Verbatim beside Haystack and txtai: the same reader weights, encoder, passages and questions, in one run.

The peers live in an environment of their own, which is made the first time, and answer in process; Verbatim answers
over HTTP from `qa serve`. They take turns with the same questions, so that a machine that slows down slows all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import platformdirs

from embeddings import models
from qa.answer.read.neural import WEIGHTS
from qa.errors import QAError
from qa.lab.sets import metrics
from qa.lab.sets.progress import counted
from qa.settings import Settings
from qa.snapshot import open_store

from .corpus import Corpus, Question
from .load import under_load
from .machine import percentile, spread
from .server import body_of, serving

PEERS = {"Haystack": "with_haystack", "txtai": "with_txtai"}
CLIENTS = (1, 16)
QUESTIONS = 60  # for each number of clients
HOW = {
    "Verbatim": "over HTTP, from qa serve that keeps no answers",
    "Haystack": "in process; the reader reads every passage whole",
    "txtai": "in process, one question at a time, as several at once end its process; the passages are joined and read "
    "as far as 512 tokens reach; where the reader prefers no answer it raises an error",
}
_HERE = Path(__file__).parent.parent / "peers"
_READER_TOKENS = 512
_ENDED = "ended"  # instead of an error's name: the peer was not there any more
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "false"}

Told = dict[str, Any]  # {"seconds", "replies": [{"answer", "ms"} or {"error"}]}, as peers/speak.py tells


def peers(corpus: Corpus, environment: Path | None, *, limit: int, rounds: int) -> dict[str, Any]:
    """Answers a second and exact match, of `limit` questions for each number of clients, asked once a round.

    Every system is made to answer (Verbatim by a threshold of 0), for all questions have an answer. failed: neither
    answered nor refused to answer, but raised an error; it counts as wrong. times: how many questions Verbatim deals
    with while the other deals with one.
    """
    python = installed(environment or platformdirs.user_cache_path("verbatim-qa") / "peers")
    asked = {
        clients: corpus.questions[turn * limit : (turn + 1) * limit] or corpus.questions[:limit]
        for turn, clients in enumerate(CLIENTS)
    }
    told: dict[tuple[str, int], list[Told]] = {}
    with ExitStack() as stack:
        reader = stack.enter_context(_as_published(WEIGHTS))
        opened = {
            name: stack.enter_context(_peer(python, script, corpus, reader)) for name, script in PEERS.items()
        }
        for _ in counted(range(rounds), "rounds"):
            for clients, questions in asked.items():
                told.setdefault(("Verbatim", clients), []).append(_verbatim(corpus, questions, clients))
                for name, peer in opened.items():
                    told.setdefault((name, clients), []).append(peer.ask(questions, clients))
        versions = {"Verbatim": version("verbatim-qa")} | {name: of.version for name, of in opened.items()}
    return {
        "corpus": corpus.name,
        "questions_each": len(asked[CLIENTS[0]]),
        "rounds": rounds,
        **{f"{name} answers": how for name, how in HOW.items() if name in versions},
        "answers": [
            _row(name, versions[name], clients, asked[clients], of, told["Verbatim", clients])
            for (name, clients), of in sorted(told.items(), key=lambda item: item[0][1])
        ],
    }


def _row(
    name: str,
    number: str,
    clients: int,
    questions: Sequence[Question],
    told: Sequence[Told],
    ours: Sequence[Told],
) -> dict[str, Any]:
    replies = [reply for one in told for reply in one["replies"]]
    golds = [question.golds for _ in told for question in questions]
    answers = [reply.get("answer") or "" for reply in replies]
    waited = [reply["ms"] for reply in replies if "ms" in reply]
    rates = [_rate(one) for one in told]
    times = [_rate(our) / rate for our, rate in zip(ours, rates, strict=True) if rate]
    return {
        "system": f"{name} {number}",
        "clients": clients,
        "answers_per_s": spread(rates, 2),
        "p50_ms": round(percentile(waited, 50), 1) if waited else None,
        "exact_match": _percent(map(metrics.exact_match, answers, golds), len(answers)),
        "f1": _percent(map(metrics.f1, answers, golds), len(answers)),
        "failed": sum("error" in reply for reply in replies),
        "times": spread(times, 2)["p50"] if times else None,
    }


def _rate(told: Told) -> float:
    """Questions dealt with a second; one over which an error was raised was worked on too."""
    dealt_with: int = sum(reply.get("error") != _ENDED for reply in told["replies"])
    seconds: float = told["seconds"]
    return dealt_with / seconds


def _percent(values: Iterable[float], count: int) -> float:
    return round(100 * sum(values) / count, 2)


def _verbatim(corpus: Corpus, questions: Sequence[Question], clients: int) -> Told:
    """A server that keeps no answers, warmed with other questions."""
    bodies = [[body_of(one, threshold=0).decode() for one in many] for many in (corpus.warming, questions)]
    with serving(corpus.data) as port:
        for asked in bodies:
            told = under_load(port, asked, clients, None)
    return told


class _Peer:
    """A peer that has its passages, in a process of its own."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self._name, self._process = name, process
        self.version = ""

    def ask(self, questions: Sequence[Question], clients: int) -> Told:
        """A peer that ends over it has answered none, now and from then on."""
        began = time.perf_counter()
        try:
            return self.say({"questions": [question.text for question in questions], "clients": clients})
        except QAError as error:
            print(error, file=sys.stderr)
            seconds = time.perf_counter() - began
            return {"seconds": seconds, "replies": [{"error": _ENDED} for _ in questions]}

    def say(self, line: Mapping[str, Any]) -> Told:
        """Raises QAError where the peer has ended."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps(line) + "\n")
            self._process.stdin.flush()
            told = self._process.stdout.readline()
        except BrokenPipeError:
            told = ""
        if not told:
            raise QAError(
                f"The peer {self._name} has ended: status {self._process.wait()}. See what it said above."
            )
        reply: Told = json.loads(told)
        return reply


@contextmanager
def _peer(python: Path, script: str, corpus: Corpus, reader: Path) -> Iterator[_Peer]:
    settings, store = Settings(), open_store(corpus.data)
    passages = [(title, passage.text) for title, passage in store.titled_passages()]
    store.close()
    process = subprocess.Popen(
        [str(python), str(_HERE / "speak.py"), script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | _OFFLINE,
    )
    try:
        peer = _Peer(script, process)
        encoder = str(models.find(settings.encoder))
        job = {"encoder": encoder, "reader": str(reader), "passages": passages, "top_k": settings.top_k}
        peer.version = peer.say(job)["version"]
        peer.ask(corpus.warming, 1)
        yield peer
    finally:
        process.communicate()  # the end of its input ends it


@contextmanager
def _as_published(folder: Path) -> Iterator[Path]:
    """The reader as a published model is: whole, with the word embeddings that ours takes from the encoder's package,
    in float32, as transformers computes in what it finds, and bfloat16 takes ten times as long without hardware for
    it; and the tokenizer's settings beside its files."""
    from safetensors.torch import load_file, save_file  # imports torch, a second

    from embeddings.bert import WORDS
    from embeddings.words import shared

    with TemporaryDirectory() as place:
        for name in ("config.json", "tokenizer.json"):
            shutil.copy(folder / name, place)
        weights = load_file(folder / "model.safetensors")
        if words := json.loads((folder / "reader.json").read_text(encoding="utf-8")).get("words"):
            weights[f"bert.{WORDS}"] = shared(words["of"], words["sha256"])
        save_file(
            {name: one.float() for name, one in weights.items()},
            Path(place) / "model.safetensors",
            {"format": "pt"},
        )
        told = {"tokenizer_class": "BertTokenizer", "model_max_length": _READER_TOKENS}
        (Path(place) / "tokenizer_config.json").write_text(json.dumps(told), encoding="utf-8")
        yield Path(place)


def installed(environment: Path) -> Path:
    """The Python of the peers' environment in this folder, made first where it is not there or is another's.

    Raises QAError where it cannot be made, with what pip said.
    """
    wanted = _HERE / "requirements.txt"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    stamp = environment / "installed"
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    if stamp.is_file() and stamp.read_text() == digest:
        return python
    print(f"Installing the peers into {environment} (some minutes, once) ...", file=sys.stderr)
    began = time.monotonic()
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)]
    for command in ([sys.executable, "-m", "venv", str(environment)], pip):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise QAError(f"The peers cannot be installed into {environment}: {done.stderr.strip()[-1000:]}")
    stamp.write_text(digest)
    print(f"Installed in {time.monotonic() - began:.0f} s.", file=sys.stderr)
    return python
