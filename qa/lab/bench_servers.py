"""The same application behind several WSGI servers, with the same number of threads, in one run.

The servers that Verbatim does not need are installed into a folder of their own, and use what is installed here.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import platformdirs

from ..errors import QAError
from ..gate import cores
from ..settings import Settings
from .bench_corpus import Corpus, Question
from .bench_load import under_load
from .bench_machine import percentile
from .bench_server import body_of, free_port, started
from .progress import counted

CLIENTS = (1, 16, 64)
REQUIREMENTS = (  # each the newest that was tried; all kept up and in use
    "gunicorn>=23,<28",
    "cheroot>=10,<12",
    "granian>=2.5,<3",
)
# {port} and {threads} are put in; each is started as its documentation says, one process, threads for requests.
COMMANDS: Mapping[str, str] = {
    "waitress": "waitress --listen=127.0.0.1:{port} --threads={threads} --connection-limit=500 "
    "--asyncore-use-poll app:application",
    "gunicorn": "gunicorn --bind=127.0.0.1:{port} --workers=1 --worker-class=gthread --threads={threads} "
    "app:application",
    "cheroot": "cheroot --bind=127.0.0.1:{port} --threads={threads} --max-threads={threads} app:application",
    "granian": "granian --interface=wsgi --host=127.0.0.1 --port={port} --workers=1 "
    "--blocking-threads={threads} app:application",
}
_APP = """
from qa.engine import Engine
from web.app import create_app

application = create_app(Engine.open)
application.extensions["engine"].get()
"""
_SPARE = 8  # threads beside those that work or wait for the models, as `qa serve` has them
_WARMING = 2.0


def servers(
    corpus: Corpus, environment: Path | None, *, clients: Sequence[int], seconds: float
) -> dict[str, Any]:
    """Each server with each number of clients.

    refused: told 503 and when to come again. streams: whether the steps of an answer come as they begin, and not with
    its end.
    """
    extra = installed(environment or platformdirs.user_cache_path("verbatim-qa") / "servers")
    settings = Settings()
    threads = (settings.workers or cores()) + settings.waiting + _SPARE
    rows: list[dict[str, Any]] = []
    with TemporaryDirectory() as place:
        (Path(place) / "app.py").write_text(_APP, encoding="utf-8")
        paths = [place, str(extra), *filter(None, sys.path)]
        told = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "QA_DATA": str(corpus.data)}
        versions = {one.name: one.version for one in distributions(path=paths)}
        for name, command in counted(list(COMMANDS.items()), "servers"):
            port = free_port()
            words = command.format(port=port, threads=threads).split()
            with started([sys.executable, "-m", *words], port, told):
                under_load(port, _bodies(corpus.warming), max(clients), min(_WARMING, seconds))
                streams = _streams(port, corpus.questions[0])
                for count in clients:
                    row = _row(under_load(port, _bodies(corpus.questions), count, seconds))
                    server = f"{name} {versions[name]}"
                    rows.append({"server": server, "clients": count, **row, "streams": streams})
    return {"corpus": corpus.name, "threads": threads, "seconds_each": seconds, "answers": rows}


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


def _row(told: dict[str, Any]) -> dict[str, Any]:
    waited = told["answered_ms"]
    return {
        "answers_per_s": round(len(waited) / told["seconds"], 2),
        "p50_ms": round(percentile(waited, 50), 1) if waited else None,
        "p99_ms": round(percentile(waited, 99), 1) if waited else None,
        "refused": len(told["refused_ms"]),
        "errors": sum(told["errors"].values()),
        "error_kinds": told["errors"],
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
