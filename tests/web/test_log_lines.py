"""What strangers send comes into the log, and writes no line of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from web_fakes import FakeEngine, app_of

from qa.serving.options import resolve
from qa.serving.tokens import Tokens
from web import serve
from web.access import Access
from web.log_lines import OneLine

FORGED = "x%0AFORGED%0D%1b[2J%E2%80%A8FORGED%E2%80%AE"


@pytest.fixture
def log() -> Iterator[StringIO]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def whole_lines(written: str) -> list[str]:
    """After it was seen that nothing in them moves a cursor."""
    lines = written.split("\n")
    assert all(line.isprintable() for line in lines)
    return [line for line in lines if line]


def test_an_address_forges_no_line_of_the_log(fake_engine: FakeEngine, tmp_path: Path, log: StringIO) -> None:
    client = app_of(fake_engine, access=Access(None, Tokens(tmp_path))).test_client()
    answer = client.delete(f"/articles/{FORGED}", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    (line,) = whole_lines(log.getvalue())
    assert line.startswith("A wrong token from") and r"x\nFORGED\r\x1b[2J\u2028FORGED\u202e" in line


def test_what_fails_forges_no_line_of_the_log(fake_engine: FakeEngine, log: StringIO) -> None:
    fake_engine.error = ValueError("no number:\nFORGED\x1b[2J")
    assert app_of(fake_engine).test_client().post("/ask", json={"question": "Who?"}).status_code == 500
    first, *raised = whole_lines(log.getvalue())
    assert first.startswith("Exception on /ask")
    assert raised and all(line.startswith("  ") for line in raised)
    assert any(re.fullmatch(r"  FORGED\\x1b\[2J", line) for line in raised)


def test_the_server_logs_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    serve._log_to_stderr(
        serve.check(tmp_path, {name: one.value for name, one in resolve({}, tmp_path, {}).items()})
    )
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler.formatter, OneLine)
