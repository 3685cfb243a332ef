"""`qa serve --processes 2`: real processes, stopped and killed from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from qa.index.publish import building
from qa.ports import Encoder
from qa.upkeep.index import index
from web.limits import MAX_BODY_BYTES

PATIENCE = 120.0  # seconds, for a process that opens its models on a busy machine
TOKEN = {"Authorization": "Bearer open sesame, wide and for good"}
FERRY = "The ferry\n\nThe ferry to Larnholm sails at noon. It takes an hour."

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds processes in /proc")


class Server:
    """The first process, and what it takes to reach a certain one of the two."""

    def __init__(self, process: subprocess.Popen[str], data: Path) -> None:
        assert process.stdout is not None
        told = re.search(r":(\d+)/", process.stdout.readline())
        assert told is not None
        self.process, self.data, self.port = process, data, int(told[1])

    def other(self) -> int:
        """The process id of the one beside the first."""
        (found,) = _until(lambda: _spawned(self.process.pid))
        return int(found)

    def first(self) -> HTTPConnection:
        return self._past(self.other())

    def second(self) -> HTTPConnection:
        return self._past(self.process.pid)

    def _past(self, pid: int) -> HTTPConnection:
        """A connection that the other process than this one has taken."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        os.kill(pid, signal.SIGSTOP)
        try:
            _ask(connection, "GET", "/openapi.json")
        finally:
            os.kill(pid, signal.SIGCONT)
        return connection


@pytest.fixture(scope="module")
def server(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("two")
    (folder / "in").mkdir()
    (folder / "in" / "ferry.txt").write_text(FERRY)
    index([folder / "in"], folder / "data", encoder=encoder)
    with _serving(folder / "data") as server:
        yield server


@pytest.fixture
def first(server: Server) -> Iterator[HTTPConnection]:
    with closing(server.first()) as connection:
        yield connection


@pytest.fixture
def second(server: Server) -> Iterator[HTTPConnection]:
    with closing(server.second()) as connection:
        yield connection


def test_each_process_answers_and_keeps_its_answers(first: HTTPConnection, second: HTTPConnection) -> None:
    for connection in (first, second):
        status, told = _ask(connection, "GET", "/ask?q=When+does+the+ferry+to+Larnholm+sail")
        assert (status, told["answer"]) == (200, "noon")
        assert (
            "kept" in _ask(connection, "GET", "/ask?q=When+does+the+ferry+to+Larnholm+sail")[1]["timings_ms"]
        )


def test_each_process_tells_an_answer_as_it_comes_about(
    first: HTTPConnection, second: HTTPConnection
) -> None:
    for connection in (first, second):
        connection.request("GET", "/ask/stream?q=How+long+does+the+ferry+take")
        told = re.findall(r"^event: (\w+)$", connection.getresponse().read().decode(), re.MULTILINE)
        assert told[-1] == "answer"
        assert set(told[:-1]) == {"step"}


def test_what_is_said_of_answers_to_one_is_known_to_the_other(
    first: HTTPConnection, second: HTTPConnection
) -> None:
    said = {"verdict": "right", "question": "When?", "answer": "noon", "confidence": 1, "index_version": "1"}
    cited = {"citations": [{"file": "ferry.txt", "start": 44, "end": 48}]}
    assert _ask(second, "POST", "/feedback", said | cited)[0] < 300
    assert "When?" in json.dumps(_ask(first, "GET", "/feedback")[1])


def test_a_build_that_one_is_asked_for_is_the_same_seen_from_the_other(
    server: Server, first: HTTPConnection, second: HTTPConnection
) -> None:
    assert _ask(second, "DELETE", "/index")[0] == 404
    with building(server.data):
        status, told = _ask(second, "POST", "/index")
        assert (status, told["type"]) == (409, "/problems#build-running")
    status, job = _ask(second, "POST", "/index")
    assert status == 202
    for connection in (first, second):
        told = _until(partial(_done, connection))
        assert told["started"] == job["started"]


def test_an_article_that_one_takes_in_both_answer_from_and_the_other_removes(
    first: HTTPConnection, second: HTTPConnection
) -> None:
    body = (
        '--x\r\nContent-Disposition: form-data; name="file"; filename="tram.txt"\r\n\r\n'
        "The tram\n\nThe tram to the mill leaves at dawn.\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    second.request("POST", "/articles", body.encode(), TOKEN | kind)
    assert second.getresponse().read() and _until(partial(_done, first))
    for connection in (first, second):
        _until(lambda: len(_articles(connection)) == 2)  # noqa: B023
    (tram,) = (one for one in _articles(second) if one["file"].startswith("tram"))
    assert _ask(first, "DELETE", f"/articles/{tram['id']}")[0] == 202
    for connection in (first, second):
        _until(lambda: len(_articles(connection)) == 1)  # noqa: B023


def test_a_process_that_is_killed_is_started_again(server: Server) -> None:
    killed = server.other()
    os.kill(killed, signal.SIGKILL)
    _until(lambda: _spawned(server.process.pid) not in ([], [killed]))
    with closing(server.second()) as connection:
        assert _ask(connection, "GET", "/health")[0] == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_the_first_ends_all_end(how: signal.Signals, tmp_path: Path) -> None:
    with _serving(tmp_path) as server:
        server.second().close()
        server.process.send_signal(how)
        server.process.wait(PATIENCE)
        with suppress(ConnectionRefusedError):  # as soon as nobody holds the socket
            _until(lambda: _connects(server.port) is None)
        assert "Traceback" not in server.process.communicate()[1]


@pytest.mark.parametrize("number", ["0", "-1", "65", "two"])
def test_a_number_of_processes_that_cannot_be_had_is_refused(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from qa.command.main import main

    with pytest.raises(SystemExit, match="2"):
        main(["serve", "--processes", number])
    assert "--processes" in capsys.readouterr().err


def test_collections_are_built_for_and_served_by_both_processes(tmp_path: Path) -> None:
    for name in ("Ferries", "Trams"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "one.txt").write_text(FERRY.replace("ferry", name.lower()[:-1]))
    page = "<h1>The bus</h1><p>The bus to the mill leaves at dawn. It takes an hour.</p><!-- "
    large = page + "x" * 2 * MAX_BODY_BYTES + " -->"
    body = (
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="bus.html"\r\n\r\n{large}\r\n--x--\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    with (
        _serving(tmp_path / "data", "--collections", str(tmp_path / "in")) as server,
        closing(server.first()) as first,
        closing(server.second()) as second,
    ):
        second.request("POST", "/c/trams/articles", body.encode(), TOKEN | kind)
        assert second.getresponse().read() and _until(partial(_done, first, "/c/trams/index"))
        for connection in (first, second):
            _until(lambda: len(_articles(connection, "/c/trams/articles")) == 2)  # noqa: B023
            assert len(_articles(connection, "/c/ferries/articles")) == 1
            told = _ask(connection, "GET", "/c/ferries/ask?q=When+does+the+ferrie+to+Larnholm+sail")[1]
            assert told["answer"] == "noon"
    assert len(list((tmp_path / "in" / "Trams").iterdir())) == 2


@contextmanager
def _serving(data: Path, *more: str) -> Iterator[Server]:
    """Ctrl+C ends it even where these tests run in a shell's background, whose children ignore that."""
    command = [
        sys.executable,
        "-m",
        "qa.command.main",
        "serve",
        "--data",
        str(data),
        "--port",
        "0",
        "--processes",
        "2",
        *more,
    ]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "QA_TOKEN": "open sesame, wide and for good"},
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield Server(process, data)
        finally:
            process.kill()


def _spawned(pid: int) -> list[int]:
    """The processes that this one has started by multiprocessing, and that have not ended."""
    children = [
        child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()
    ]
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _ask(connection: HTTPConnection, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    kind = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), TOKEN | kind)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def _done(connection: HTTPConnection, address: str = "/index") -> Any:
    told = _ask(connection, "GET", address)[1]
    assert told["state"] in ("running", "done")
    return told if told["state"] == "done" else None


def _articles(connection: HTTPConnection, address: str = "/articles") -> list[Any]:
    return list(_ask(connection, "GET", address)[1]["articles"])


def _connects(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.connect()
    connection.close()
    return True


def _until(told: Callable[[], Any]) -> Any:
    """What it tells, as soon as that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := told()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found
