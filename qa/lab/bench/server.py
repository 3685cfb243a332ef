"""A real `qa serve` in a process of its own, and what it takes to ask it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from qa.errors import QAError

from .corpus import Question

_HOST = "127.0.0.1"
_STARTING = 120.0  # seconds after which a server counts as not coming up
_LOOKING = 0.02
_ENDING = 10.0
_WAITING = 120.0  # seconds for an answer


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    milliseconds: float
    retry_after: float | None
    answer: dict[str, Any]


class Client:
    """One connection, kept open. `ask` raises OSError or http.client.HTTPException where it fails."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(_HOST, port, timeout=_WAITING)

    def ask(self, body: bytes) -> Reply:
        began = time.perf_counter()
        try:
            self._connection.request("POST", "/ask", body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next one opens it again
            raise
        milliseconds = (time.perf_counter() - began) * 1000
        wait = response.getheader("Retry-After")
        seconds = float(wait) if wait is not None and wait.isdigit() else None
        return Reply(response.status, milliseconds, seconds, json.loads(content))

    def close(self) -> None:
        self._connection.close()


def body_of(question: Question, **options: Any) -> bytes:
    history = [{"question": turn.question, "answer": turn.answer} for turn in question.history]
    return json.dumps({"question": question.text, "history": history, **options}).encode()


@contextmanager
def serving(data: Path, processes: int = 1) -> Iterator[int]:
    """The port on which `qa serve` answers from the index in `data`; it is stopped when the block ends.

    It keeps no answers, so that each question is work. Raises QAError as `started` does.
    """
    port = free_port()
    command = [sys.executable, "-m", "qa.command.main", "serve", "--data", str(data), "--port", str(port)]
    command += ["--answers-kept", "0", "--processes", str(processes)]
    with started(command, port):
        yield port


@contextmanager
def started(
    command: Sequence[str], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A command that serves on this port, from when it is up to the end of the block.

    Raises QAError, with what it said, where it does not come up.
    """
    with TemporaryFile() as said:
        server = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
        try:
            if not _comes_up(server, port):
                said.seek(0)
                told = said.read().decode("utf-8", "replace").strip()
                name = " ".join(command[1:4])
                raise QAError(f"{name} did not come up on port {port}. It said: {told or 'nothing'}")
            yield
        finally:
            server.terminate()
            try:
                server.wait(_ENDING)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _comes_up(server: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + _STARTING
    while server.poll() is None and time.monotonic() < until:
        connection = http.client.HTTPConnection(_HOST, port, timeout=_WAITING)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return True
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(_LOOKING)
    return False


def free_port() -> int:
    with socket.create_server((_HOST, 0)) as taken:
        return int(taken.getsockname()[1])
