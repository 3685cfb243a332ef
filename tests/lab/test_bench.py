from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.cli import main
from qa.lab.bench import machine, percentiles


def test_percentiles_by_hand() -> None:
    assert percentiles([float(n) for n in range(1, 21)]) == {"p50": 10.5, "p95": 19.0, "min": 1.0}
    assert percentiles([7.0]) == {"p50": 7.0, "p95": 7.0, "min": 7.0}


def test_the_machine_is_described() -> None:
    assert machine()["processor"]
    assert machine()["cores"] >= 1


def test_every_question_is_timed_step_by_step(
    demo_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"id": "1", "question": "Who met in Geneva?", "answers": [], "sources": []}\n', encoding="utf-8"
    )
    assert main(["bench", str(file), "--data", str(demo_data), "--rounds", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == 2
    assert set(told["milliseconds"]) == {"understand", "retrieve", "read", "decide", "total"}
    assert all(step["min"] <= step["p50"] <= step["p95"] for step in told["milliseconds"].values())


def test_no_rounds_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", str(tmp_path / "q.jsonl"), "--rounds", "0"]) == 1
    assert "at least 1" in capsys.readouterr().err
