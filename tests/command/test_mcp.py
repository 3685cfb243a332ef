"""`qa mcp`, asked by the protocol's own client."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.memory import create_connected_server_and_client_session as connected
from mcp.types import CallToolResult, TextContent

from qa.command.expecting import expecting
from qa.command.main import main, parser
from qa.command.mcp import tools
from qa.engine import Engine
from qa.settings import Settings

T = TypeVar("T")
HANDED_OVER = "What did the US hand over on January 26?"


def run(asked: Callable[[], Awaitable[T]]) -> T:
    """In a thread of its own: while a browser of other tests is open, Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, asked).result()


def _text(result: CallToolResult) -> str:
    (told,) = result.content
    assert isinstance(told, TextContent)
    return told.text


def call(engine: Engine, tool: str, **given: Any) -> Any:
    async def asked() -> Any:
        async with connected(tools(engine)) as client:
            result = await client.call_tool(tool, given)
            told = _text(result)
            return told if result.isError else json.loads(told)

    return run(asked)


def test_the_tools_are_told_with_what_they_give(demo_engine: Engine) -> None:
    async def listed() -> list[tuple[str, str]]:
        async with connected(tools(demo_engine)) as client:
            return [(tool.name, tool.description or "") for tool in (await client.list_tools()).tools]

    told = dict(run(listed))
    assert sorted(told) == ["article", "ask", "quotes", "search"]
    assert all("place" in told[name] for name in ("ask", "quotes", "search"))


def test_an_answer_is_cited_exactly_and_its_article_can_be_read(demo_engine: Engine) -> None:
    answer = call(demo_engine, "ask", question=HANDED_OVER)
    assert "written response" in answer["answer"]
    cited = answer["citations"][0]
    article = call(
        demo_engine, "article", article_id=cited["article_id"], start=cited["start"], end=cited["end"]
    )
    assert article["text"] == cited["quote"]
    assert call(demo_engine, "ask", question="Who is the mayor of Lima?")["answer"] is None


def test_passages_and_quotes_come_with_places_that_hold_them(demo_engine: Engine) -> None:
    for told in (
        call(demo_engine, "search", query="security guarantees", limit=3)["passages"],
        call(demo_engine, "quotes", topic="What about the security guarantees?")["quotes"],
    ):
        assert told
        for one in told:
            raw = demo_engine.article(one["article_id"]).raw
            assert raw[one["start"] : one["end"]] == one.get("quote", one.get("text"))


@pytest.mark.parametrize(("tool", "given"), [("ask", {"question": " "}), ("article", {"article_id": "nope"})])
def test_what_cannot_be_done_is_told_in_words(demo_engine: Engine, tool: str, given: dict[str, str]) -> None:
    assert "Error" in call(demo_engine, tool, **given)


def test_a_client_starts_it_over_standard_input_and_output(demo_data: Path, tmp_path: Path) -> None:
    async def asked() -> Any:
        command = ["-m", "qa.command.main", "mcp", "--data", str(demo_data)]
        started = StdioServerParameters(command=sys.executable, args=command, cwd=Path.cwd())
        with (tmp_path / "errors").open("w") as errors:
            async with (
                stdio_client(started, errlog=errors) as (reading, writing),
                ClientSession(reading, writing) as client,
            ):
                await client.initialize()
                return json.loads(_text(await client.call_tool("ask", {"question": HANDED_OVER})))

    assert "written response" in run(asked)["answer"]
    assert "Traceback" not in (tmp_path / "errors").read_text()


@contextmanager
def _served(data: Path, *options: str) -> Iterator[int]:
    """Its port, while it is served over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "qa.command.main", "mcp", "--data", str(data), "--http", *options]
    with subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            while "Uvicorn running" not in (line := server.stderr.readline()):
                assert line, "it ended before it listened"
            yield port
        finally:
            server.kill()


def test_a_client_reaches_it_over_http(demo_data: Path) -> None:
    async def asked(port: int) -> tuple[Any, Any]:
        async with (
            streamable_http_client(f"http://127.0.0.1:{port}/mcp") as (reading, writing, _),
            ClientSession(reading, writing) as client,
        ):
            await client.initialize()
            answer = json.loads(_text(await client.call_tool("ask", {"question": HANDED_OVER})))
            cited = answer["citations"][0]
            place = {name: cited[name] for name in ("article_id", "start", "end")}
            return cited, json.loads(_text(await client.call_tool("article", place)))

    with _served(demo_data) as port:
        cited, article = run(partial(asked, port))
    assert "written response" in cited["quote"]
    assert article["text"] == cited["quote"]


def _initialized(port: int, headers: dict[str, str]) -> int:
    """The status of a client's first request."""
    told = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": told})
    accepts = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/mcp", body, accepts | headers)
    with connection.getresponse() as response:
        status = response.status
    connection.close()
    return status


def test_over_http_no_page_of_another_name_reads_by_it(demo_data: Path) -> None:
    """Where it can be reached from elsewhere too: a name that somebody points here (DNS rebinding)."""
    with _served(
        demo_data, "--host", "0.0.0.0", "--reading", "open", "--trusted-hosts", "news.example"
    ) as port:
        assert _initialized(port, {}) == _initialized(port, {"Host": "news.example"}) == 200
        assert _initialized(port, {"Host": "evil.example"}) == 421
        assert _initialized(port, {"Host": f"evil.example:{port}"}) == 421
        assert _initialized(port, {"Origin": "http://evil.example"}) == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "news.example"])
def test_over_http_beyond_this_computer_it_asks_who_may_read(
    host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["mcp", "--http", "--host", host, "--data", str(tmp_path)]
    assert main(asked) == 1
    assert "--reading open" in capsys.readouterr().err
    for chosen in ([*asked, "--reading", "open"], ["mcp", "--http", "--data", str(tmp_path)]):
        assert main(chosen) == 1
        assert "no index" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["mcp"], ["ask", "Who?"]])
def test_what_answers_may_be_told_how_many_questions_have_no_answer(command: list[str]) -> None:
    told = parser().parse_args([*command, "--unanswerable", "0.6"])
    assert expecting(told).unanswerable == 0.6
    assert expecting(parser().parse_args(command)) == Settings()
    with pytest.raises(SystemExit):
        parser().parse_args([*command, "--unanswerable", "1"])
