"""The same application behind several WSGI servers, with the same number of threads, in one run.

The servers that Verbatim does not need are installed into a folder of their own, and use what is installed here.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import platformdirs

from qa.errors import QAError
from qa.lab.sets.progress import counted
from qa.serving.gate import cores
from qa.settings import Settings

from .corpus import Corpus, Question
from .load import under_load
from .machine import percentile, spread
from .server import body_of, free_port, started

CLIENTS = (1, 16, 64)
REQUIREMENTS = (  # each the newest that was tried; all kept up and in use
    "gunicorn>=23,<28",
    "cheroot>=10,<12",
    "granian>=2.5,<3",
)
# {port} and {threads} are put in. One process; idle connections are kept for 120 s and 1,024 may wait to be taken in,
# which are waitress's defaults: a client that was told when to come again then finds its connection open.
COMMANDS: Mapping[str, str] = {
    "waitress": "waitress --listen=127.0.0.1:{port} --threads={threads} --connection-limit=500 "
    "--asyncore-use-poll app:application",
    "gunicorn": "gunicorn --bind=127.0.0.1:{port} --workers=1 --worker-class=gthread --threads={threads} "
    "--keep-alive=120 --backlog=1024 app:application",
    "cheroot": "cheroot --bind=127.0.0.1:{port} --threads={threads} --max-threads={threads} --timeout=120 "
    "--request-queue-size=1024 app:application",
    "granian": "granian --interface=wsgi --host=127.0.0.1 --port={port} --workers=1 "
    "--blocking-threads={threads} --backlog=1024 app:application",
}
_APP = """
from qa.engine import Engine
from web.app import create_app

application = create_app(Engine.open())
"""
_SPARE = 8  # threads beside those that work or wait for the models, as `qa serve` has them
_WARMING = 2.0


def servers(
    corpus: Corpus, environment: Path | None, *, clients: Sequence[int], seconds: float, rounds: int
) -> dict[str, Any]:
    """Each server with each number of clients, `seconds` of each in so many rounds.

    All are up from the first to the last, and take turns, so that a machine that slows down slows all. refused: told
    503 and when to come again. streams: whether the steps of an answer come as they begin, and not with its end.
    """
    extra = installed(environment or platformdirs.user_cache_path("verbatim-qa") / "servers")
    settings = Settings()
    threads = (settings.workers or cores()) + settings.waiting + _SPARE
    told: dict[tuple[int, str], list[dict[str, Any]]] = {}
    with ExitStack() as stack:
        place = stack.enter_context(TemporaryDirectory())
        (Path(place) / "app.py").write_text(_APP, encoding="utf-8")
        paths = [place, str(extra), *filter(None, sys.path)]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "QA_DATA": str(corpus.data)}
        versions = {one.name: one.version for one in distributions(path=paths)}
        ports, streams = {}, {}
        for name, command in COMMANDS.items():
            ports[name] = port = free_port()
            words = command.format(port=port, threads=threads).split()
            stack.enter_context(started([sys.executable, "-m", *words], port, environ))
            under_load(port, _bodies(corpus.warming), max(clients), min(_WARMING, seconds))
            streams[name] = _streams(port, corpus.questions[0])
        for count in counted([count for _ in range(rounds) for count in clients], "turns"):
            for name, port in ports.items():
                turn = under_load(port, _bodies(corpus.questions), count, seconds / rounds)
                told.setdefault((count, name), []).append(turn)
    return {
        "corpus": corpus.name,
        "threads": threads,
        "seconds_each": seconds,
        "rounds": rounds,
        "answers": [
            {"server": f"{name} {versions[name]}", "clients": count, **_row(turns), "streams": streams[name]}
            for (count, name), turns in sorted(told.items(), key=lambda item: item[0][0])
        ],
    }


def installed(folder: Path) -> Path:
    """The folder with the servers, which are put there first where they are not. Raises QAError, with what pip said."""
    digest = hashlib.sha256(" ".join(REQUIREMENTS).encode()).hexdigest()
    stamp = folder / "installed"
    if not stamp.is_file() or stamp.read_text() != digest:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        command = [*pip, "--target", str(folder), *REQUIREMENTS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise QAError(f"The servers cannot be installed into {folder}: {done.stderr.strip()[-1000:]}")
        stamp.write_text(digest)
    return folder


def _bodies(questions: Sequence[Question]) -> list[str]:
    return [body_of(question).decode() for question in questions]


def _row(turns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    waited = [milliseconds for turn in turns for milliseconds in turn["answered_ms"]]
    kinds = sum((Counter(turn["errors"]) for turn in turns), Counter[str]())
    return {
        "answers_per_s": spread([len(turn["answered_ms"]) / turn["seconds"] for turn in turns], 2),
        "p50_ms": round(percentile(waited, 50), 1) if waited else None,
        "p99_ms": round(percentile(waited, 99), 1) if waited else None,
        "refused": sum(len(turn["refused_ms"]) for turn in turns),
        "errors": kinds.total(),
        "error_kinds": dict(kinds),
    }


def _streams(port: int, question: Question) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/ask/stream", body_of(question), {"Content-Type": "application/json"})
        response = connection.getresponse()
        first, rest = response.read1(), response.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return b"event: step" in first and b"event: answer" not in first and b"event: answer" in rest
