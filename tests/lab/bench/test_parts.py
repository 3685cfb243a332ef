"""What the measurements are made of, by hand."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch

from qa.errors import BadRequest, QAError
from qa.lab.bench import corpus as bench_corpus
from qa.lab.bench import floor
from qa.lab.bench import server as bench_server
from qa.lab.bench.clients import load
from qa.lab.bench.floor import Floors, Rates, Transformer
from qa.lab.bench.index import agreement
from qa.lab.bench.machine import machine, percentile, spread
from qa.lab.bench.table import markdown
from qa.ports import Encoder
from qa.serving.gate import cores


def test_spread_by_hand() -> None:
    twenty = [float(n) for n in range(1, 21)]
    assert spread(twenty) == {"p50": 10.5, "p95": 19.0, "iqr": 9.5, "min": 1.0, "max": 20.0}
    assert spread([7.0]) == {"p50": 7.0, "p95": 7.0, "iqr": 0.0, "min": 7.0, "max": 7.0}
    assert [percentile(twenty, p) for p in (0, 1, 50, 99, 100)] == [1.0, 1.0, 10.0, 20.0, 20.0]


def test_the_machine_is_described() -> None:
    told = machine()
    assert told["processor"]
    assert told["cores"] == cores() >= 1
    assert {"torch", "numpy"} <= told["libraries"].keys()


def test_operations_by_hand() -> None:
    # Width 2, inner 3, four tokens: projections 4·(2·4·2·2), attention 2·(2·4·4·2), feed-forward 2·(2·4·2·3).
    assert Transformer(layers=1, width=2, inner=3).operations(4) == 128 + 128 + 96
    assert Transformer(layers=5, width=2, inner=3).operations(4) == 5 * 352
    assert Transformer(layers=2, width=2, inner=3).weights == 2 * (16 + 12)


def test_a_floor_is_the_slower_of_computing_and_reading() -> None:
    rates = Rates(float32=10.0, bandwidth=5.0, bfloat16=20.0)
    assert rates.seconds(100.0, 1.0) == 5.0
    assert rates.seconds(100.0, 50.0) == 10.0


def test_more_passages_and_longer_texts_have_a_higher_floor(encoder: Encoder) -> None:
    rates = Rates(float32=1e9, bandwidth=1e9)
    small, large = (Floors(rates, encoder, passages) for passages in (10, 1_000_000))
    assert 0 < small.retrieve("Who?") < large.retrieve("Who?")
    assert small.read("Who?", []) == 0
    assert 0 < small.read("Who?", ["a b c"]) < small.read("Who?", ["a b c"] * 2)
    # Both are cut to what the model sees.
    assert small.encode(["word " * 1000]) == small.encode(["word " * 2000])


def test_agreement_is_the_share_of_neighbours_found() -> None:
    vectors = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert agreement(vectors, vectors) == 1.0
    assert agreement(vectors[::-1].copy(), vectors) < 0.6


def test_only_questions_whose_sources_are_indexed_are_asked(tmp_path: Path) -> None:
    articles, questions = tmp_path / "articles", tmp_path / "questions.jsonl"
    articles.mkdir()
    (articles / "here.txt").write_text(
        "The mill\n\nThe mill of Lund was built by Karin Holm.\n", encoding="utf-8"
    )
    asked = [("Who built the mill?", ["here.txt"]), ("Who lost?", ["gone.txt"]), ("Who came?", [])]
    lines = [{"id": q, "question": q, "answers": [], "sources": sources} for q, sources in asked]
    questions.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with bench_corpus.demo([articles], questions, None) as corpus:
        taken = [one.text for one in (*corpus.warming, *corpus.questions)]
        assert sorted(taken) == ["Who built the mill?", "Who came?"]
        assert len(corpus.warming) == 1
    assert not corpus.data.exists()
    questions.write_text(json.dumps(lines[0]), encoding="utf-8")
    with pytest.raises(BadRequest, match="at least 2"), bench_corpus.demo([articles], questions, None):
        pass


def test_a_server_that_does_not_come_up_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_server, "_STARTING", 3.0)
    (tmp_path / "data").write_text("not a folder", encoding="utf-8")
    with pytest.raises(QAError, match="did not come up"), bench_server.serving(tmp_path / "data"):
        pass


def test_refusals_and_errors_are_counted_apart() -> None:
    replies: list[tuple[int, dict[str, str], dict[str, object]]] = [
        (200, {}, {"answer": None}),
        (503, {"Retry-After": "0"}, {"title": "busy"}),
        (503, {}, {"title": "broken"}),
        (500, {}, {"title": "broken"}),
        (200, {}, {"no": "answer"}),
    ]
    with _answering(replies) as port:
        told = load(port, ['{"question": "Who?"}'], clients=2, seconds=1.0)
    kinds = told["errors"]
    assert told["asked"] == len(told["answered_ms"]) + len(told["refused_ms"]) + sum(kinds.values())
    assert told["answered_ms"]
    assert told["refused_ms"]
    assert set(kinds) == {"status 503", "status 500", "status 200"}


def test_a_server_that_is_gone_is_an_error() -> None:
    with _answering([(200, {}, {"answer": None})]) as port:
        pass
    told = load(port, ["{}"], clients=1, seconds=0.2)
    assert set(told["errors"]) == {"ConnectionRefusedError"}
    assert told["asked"] == sum(told["errors"].values())


def test_asked_once_each_question_is_answered_in_its_place_though_refused_at_first() -> None:
    replies: list[tuple[int, dict[str, str], dict[str, object]]] = [
        (503, {"Retry-After": "0"}, {"title": "busy"}),
        (200, {}, {"answer": "first"}),
        (200, {}, {"answer": None}),
        (500, {}, {"title": "broken"}),
    ]
    with _answering(replies) as port:
        told = load(port, ["{}", "{}", "{}"], clients=1, seconds=None)
    assert [reply.get("answer", reply.get("error")) for reply in told["replies"]] == [
        "first",
        None,
        "status 500",
    ]
    assert told["asked"] == 4
    assert len(told["refused_ms"]) == 1
    assert told["errors"] == {"status 500": 1}


@contextmanager
def _answering(replies: list[tuple[int, dict[str, str], dict[str, object]]]) -> Iterator[int]:
    """A server that gives these replies (status, headers, body) in turn, again and again."""
    turn = count()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = replies[next(turn) % len(replies)]
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_figures_become_lists_and_tables() -> None:
    rows = [{"step": "read", "p50": 1.5}, {"step": "a|b", "more": None}]
    told = {
        "machine": {"cores": 2, "threads": {"model": 1}},
        "ask": {"demo": {"first_s": 1234.5, "rows": rows}},
    }
    assert markdown(told) == (
        "## machine\n\n- cores: 2\n- threads: model 1\n\n## ask\n\n### demo\n\n- first s: 1,234\n\n#### rows\n\n"
        "| step | p50 | more |\n| --- | --- | --- |\n| read | 1.5 |  |\n| a\\|b |  |  |\n"
    )


@pytest.mark.parametrize("has", [True, False])
def test_only_formats_that_the_processor_has_are_measured(has: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "embeddings.bert.fast_type", lambda: {True: torch.bfloat16, False: torch.float32}[has]
    )
    rates = floor.measure(quick=True)
    assert (rates.bfloat16 is not None) == has == ("bfloat16_gflops" in rates.told())
    assert rates.best == max(rates.float32, rates.bfloat16 or 0.0)
    assert min(rates.told().values()) > 0


def test_a_rate_is_measured_once_where_the_time_for_it_is_over() -> None:
    runs: list[None] = []
    assert floor._least(lambda: runs.append(None), rounds=20, seconds=0.0) >= 0
    assert len(runs) == 2  # the first is not counted
    floor._least(lambda: runs.append(None), rounds=20, seconds=60.0)
    assert len(runs) == 2 + 21
