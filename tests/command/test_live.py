"""`qa index` and `qa serve` as they keep an index: --check, --rollback, --watch, --token, as they are typed."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import pytest

import qa.snapshot as qa_snapshot
import qa.upkeep.index as qa_indexing
from qa.command.main import main
from qa.index.publish import current, generations
from qa.ports import Encoder
from qa.snapshot import open_encoder

PATIENCE = 300.0  # seconds, for a process that opens its models on a busy machine
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "ferry.txt").write_text("The ferry\n\nThe ferry to Larnholm sails at noon. It takes an hour.")
    return folder


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """run("index", ...) -> (status, what it printed, what it printed as errors), with the default encoder."""
    monkeypatch.setenv("QA_DATA", str(tmp_path / "data"))
    for module in (qa_snapshot, qa_indexing):
        monkeypatch.setattr(
            module,
            "open_encoder",
            lambda name, *how: encoder if name == encoder.name else open_encoder(name, *how),
        )

    def typed(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return typed


def _add(articles: Path, number: int) -> None:
    (articles / f"tram{number}.txt").write_text(f"Tram {number}\n\nTram number {number} goes to the mill.")


def test_check_proves_an_index_whole_and_names_what_is_damaged(
    run: Run, articles: Path, tmp_path: Path
) -> None:
    run("index", articles)
    version = current(tmp_path / "data").name

    status, told, errors = run("index", "--check")

    assert (status, errors) == (0, "")
    assert told.startswith(f"index {version} is whole")
    database = current(tmp_path / "data") / "store.sqlite"
    whole = bytearray(database.read_bytes())
    whole[len(whole) // 2] ^= 1
    database.write_bytes(whole)
    status, told, errors = run("index", "--check")
    assert (status, told) == (1, "")
    assert "not whole" in errors
    assert str(database) in errors


def test_check_and_rollback_without_an_index_say_how_to_get_one(run: Run) -> None:
    for option in ("--check", "--rollback"):
        status, told, errors = run("index", option)
        assert (status, told) == (1, "")
        assert errors.startswith("qa: ")
        assert "qa index" in errors


def test_rollback_goes_back_forward_by_name_and_says_how(run: Run, articles: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    run("index", articles)
    first = current(data).name
    _add(articles, 1)
    run("index", articles)
    second = current(data).name

    status, told, _ = run("index", "--rollback", "--data", data)

    assert told.rstrip().endswith(f"--data {data}")
    assert (status, current(data).name) == (0, first)
    assert f"index {first}: in service now, in place of {second}" in told
    forward = re.search(r"qa (index --rollback .+)", told)
    assert forward is not None
    assert run(*shlex.split(forward[1]))[0] == 0
    assert current(data).name == second
    status, _, errors = run("index", "--rollback", "20000101T000000-none")
    assert status == 1
    assert first in errors
    assert second in errors
    assert current(data).name == second


def test_check_rollback_and_watch_exclude_each_other(run: Run) -> None:
    for options in (["--check", "--rollback"], ["--watch", "--check"], ["--watch", "--rollback"]):
        with pytest.raises(SystemExit) as ended:
            run("index", *options)
        assert ended.value.code == 2


def test_index_watch_builds_when_a_file_comes_and_ends_with_ctrl_c(articles: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with _running("index", articles, "--watch", "--json", "--data", data) as process:
        _until(lambda: (data / "CURRENT").exists())
        first = current(data).name
        _add(articles, 1)
        _until(lambda: current(data).name != first)
        assert process.stdout is not None
        reports = [_object(process.stdout), _object(process.stdout)]  # told as each index is built
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Watching" in errors
    assert "Traceback" not in errors
    reports += _objects(told)
    assert [report["articles"] for report in reports] == [1, 2]
    assert [report["version"] for report in reports] == [f.name for f in reversed(generations(data))]


def test_serve_watches_and_obeys_who_has_the_token(articles: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    options: list[str | Path] = [
        "--articles",
        articles,
        "--data",
        data,
        "--port",
        "0",
        "--watch",
        "--token",
        "open sesame, wide and for good",
    ]
    with _running("serve", *options) as process:
        assert process.stdout is not None
        address = _address(process.stdout)
        (articles / "ferry.txt").write_text("The ferry\n\nThe ferry to Larnholm sails at dusk. It is slow.")
        asked = f"{address}/ask?q=When+does+the+ferry+to+Larnholm+sail"
        _until(lambda: "at dusk" in json.dumps(_json(asked)["citations"]))
        with pytest.raises(urllib.error.HTTPError) as refused:
            _json(f"{address}/index", method="POST")
        assert refused.value.code == 401
        refused.value.close()
        told = _json(
            f"{address}/index",
            method="POST",
            headers={"Authorization": "Bearer open sesame, wide and for good"},
        )
        assert told["state"] in ("running", "done")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in errors


@contextmanager
def _running(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, ended whatever happens.

    Ctrl+C ends it even where these tests run in a shell's background, whose children ignore that.
    """
    interruptible = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "qa.command.main", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=interruptible,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


def _address(stream: IO[str]) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", stream.readline())
    assert found is not None
    return found[0]


def _json(address: str, **request: Any) -> Any:
    with urllib.request.urlopen(urllib.request.Request(address, **request), timeout=PATIENCE) as response:
        return json.load(response)


def _object(stream: IO[str]) -> Any:
    """The next JSON object, once all of it is told."""
    text = ""
    while line := stream.readline():
        text += line
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            continue
    raise AssertionError(f"no object in {text!r}")


def _objects(text: str) -> list[Any]:
    """JSON objects, one after the other."""
    decoder, found = json.JSONDecoder(), []
    while text := text.strip():
        one, end = decoder.raw_decode(text)
        found.append(one)
        text = text[end:]
    return found
