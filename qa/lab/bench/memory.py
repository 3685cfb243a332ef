"""Whether a server's memory stays, over thousands of questions and many rebuilds: `qa bench memory`.

Copies the articles, serves them with `qa serve`, and after warming up changes an article, has the index built anew and
asks a part of the questions, so many times. What the process holds is read from its own /metrics.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from qa.errors import QAError

from .corpus import Question
from .load import under_load
from .machine import mib
from .server import body_of, free_port, started

QUESTIONS, REBUILDS = 5_000, 20
_WARMING = 3  # rebuilds with their questions, before anything is compared
_CLIENTS = 4
_LOOKING = 0.2
_PATIENCE = 600.0  # seconds for a build


def measure(
    asking: Sequence[Question],
    articles: Sequence[Path],
    *,
    questions: int = QUESTIONS,
    rebuilds: int = REBUILDS,
) -> dict[str, Any]:
    """MiB after warming up, after each rebuild with its part of the questions, and the growth in percent.

    asking: what is asked of the articles, over and over where there are fewer than `questions`. Raises QAError where a
    build or a question fails.
    """
    asked = _asked(asking)
    with TemporaryDirectory() as place, _Server(Path(place), articles) as server:
        for rebuild in range(_WARMING):
            server.rebuild(rebuild)
            _ask(server.port, list(islice(asked, max(1, questions // rebuilds))))
        held = [server.resident()]
        for rebuild in range(rebuilds):
            server.rebuild(_WARMING + rebuild)
            _ask(server.port, list(islice(asked, max(1, questions // rebuilds))))
            held.append(server.resident())
            print(f"rebuild {rebuild + 1}: {held[-1]} MiB", file=sys.stderr, flush=True)
    return {
        "questions": max(1, questions // rebuilds) * rebuilds,
        "different_questions": len(asking),
        "rebuilds": rebuilds,
        "memory_mib": {"warm": held[0], "most": max(held), "last": held[-1]},
        "after_each_mib": held[1:],
        "growth_percent": round(100 * (held[-1] / held[0] - 1), 1),
    }


def _asked(asking: Sequence[Question]) -> Iterator[str]:
    """Without end; whoever asks for other passages to be read is not told what is kept."""
    for top_k in cycle(range(10, 5, -1)):
        yield from (body_of(one, top_k=top_k).decode() for one in asking)


def _ask(port: int, bodies: list[str]) -> None:
    told = under_load(port, bodies, _CLIENTS, None)
    if told["errors"]:
        raise QAError(f"Questions failed: {told['errors']}")


class _Server:
    """`qa serve` over a copy of the articles, while the block lasts."""

    def __init__(self, place: Path, articles: Sequence[Path]) -> None:
        self._folder, self.port = place / "articles", free_port()
        for root in articles:
            shutil.copytree(root, self._folder / root.name)
        self._token = secrets.token_urlsafe()
        command = [sys.executable, "-m", "qa.command.main", "serve", "--port", str(self.port)]
        command += ["--articles", str(self._folder), "--data", str(place / "data")]
        self._running = started(command, self.port, {**os.environ, "QA_TOKEN": self._token})

    def __enter__(self) -> _Server:
        self._running.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._running.__exit__(*error)

    def rebuild(self, number: int) -> None:
        """After an article has changed. Raises QAError where the build does not end well."""
        text = f"The harbour\n\nThe harbour has {number} berths.\n"
        (self._folder / "changing.txt").write_text(text, encoding="utf-8")
        job, until = json.loads(self._said("POST", "/index")), time.monotonic() + _PATIENCE
        while job["state"] in ("running", "waiting"):
            if time.monotonic() > until:
                raise QAError(f"A build has not ended after {_PATIENCE:g} s.")
            time.sleep(_LOOKING)
            job = json.loads(self._said("GET", "/index"))
        if job["state"] != "done":
            raise QAError(f"A build {job['state']}: {job['error'] or job}")

    def resident(self) -> float:
        """MiB. Raises QAError where the system does not tell."""
        found = re.search(
            r"^process_resident_memory_bytes (\S+)$", self._said("GET", "/metrics"), re.MULTILINE
        )
        if found is None:
            raise QAError("This system does not tell how much memory a process holds.")
        return mib(int(float(found[1])))

    def _said(self, method: str, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            connection.request(method, path, headers={"Authorization": f"Bearer {self._token}"})
            return connection.getresponse().read().decode()
        finally:
            connection.close()
