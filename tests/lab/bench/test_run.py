"""`qa bench`, each part once and as little of it as shows that it works; no figure is held to a value."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from qa.command.main import main
from qa.errors import QAError
from qa.lab.bench import hostile, memory
from qa.lab.bench import servers as bench_servers

STEPS = {"understand", "retrieve", "read", "decide", "total"}
SEEDS = Path(__file__).parents[3] / "seeds"
GOLD = Path(__file__).parents[2] / "regression"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only steadies a figure is cut short."""
    monkeypatch.setattr(hostile, "_BEGINNING", 0.2)
    monkeypatch.setattr(memory, "_WARMING", 1)


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    """Three paragraphs with two questions each, in SQuAD's layout."""
    facts = [("harbour", "Oslo", "1851"), ("bridge", "Bergen", "1902"), ("library", "Tromsø", "1977")]
    file = tmp_path / "squad.json"
    paragraphs = []
    for number, (thing, place, year) in enumerate(facts):
        context = f"The {thing} of {place} was opened in {year}. It stands by the water in {place}."
        questions = [(f"When was the {thing} opened?", year), (f"Where does the {thing} stand?", place)]
        paragraphs.append(
            {
                "context": context,
                "qas": [
                    {
                        "id": f"{number}-{n}",
                        "question": q,
                        "answers": [{"text": a, "answer_start": context.index(a)}],
                    }
                    for n, (q, a) in enumerate(questions)
                ],
            }
        )
    file.write_text(
        json.dumps({"data": [{"title": "Buildings", "paragraphs": paragraphs}]}), encoding="utf-8"
    )
    return file


def bench(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    demo = ["--articles", str(SEEDS), str(GOLD / "articles"), "--questions", str(GOLD / "questions.jsonl")]
    assert main(["bench", *arguments, "--quick", "--json", *demo]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["machine"]["processor"]
    assert told["machine"]["libraries"]["torch"]
    assert all(rate > 0 for rate in told["rates"].values())
    return told


def test_every_step_is_timed_in_process_and_over_http(
    capsys: pytest.CaptureFixture[str], squad: Path
) -> None:
    told = bench(capsys, "ask", "--squad", str(squad))["ask"]
    assert set(told) == {"demo", "SQuAD"}
    assert told["SQuAD"]["passages"] == 3
    assert told["demo"]["articles"] > 10
    for corpus in told.values():
        rows = {(row["way"], row["step"]): row for row in corpus["milliseconds"]}
        assert {step for way, step in rows if way == "in process"} - {"wait"} == STEPS
        assert {step for way, step in rows if way == "HTTP"} - {"wait"} == STEPS | {"engine"}
        for row in rows.values():
            assert row["min"] <= row["p50"] <= row["p95"] <= row["max"]
            assert row["iqr"] <= row["max"] - row["min"] + 0.2  # each is rounded
        assert rows["HTTP", "engine"]["p50"] <= rows["HTTP", "total"]["p50"]
        assert corpus["first_answer_s"]["p50"] * 1000 > rows["HTTP", "total"]["min"]
        for step in ("retrieve", "read", "total"):
            assert rows["in process", step]["floor"] > 0
            assert rows["in process", step]["times_floor"] > 0


def test_every_question_of_a_load_is_answered_refused_or_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    told = bench(capsys, "load", "--processes", "2")["load"]["demo"]
    assert told["processes"] == 2
    assert [row["clients"] for row in told["load"]] == [1, 2]
    for row in told["load"]:
        assert row["asked"] == row["answered"] + row["refused"] + row["errors"]
        assert row["answered"] > 0
        assert row["errors"] == 0
        assert 0 < row["p50_ms"] <= row["p99_ms"]
        assert row["floor_per_s"] > 0


def test_the_application_is_measured_behind_other_servers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Behind the one of them that is installed here."""
    monkeypatch.setattr(bench_servers, "installed", lambda folder: folder)
    monkeypatch.setattr(bench_servers, "COMMANDS", {"waitress": bench_servers.COMMANDS["waitress"]})
    told = bench(capsys, "servers", "--env", str(tmp_path))["servers"]
    assert [row["clients"] for row in told["answers"]] == [1, 2]
    for row in told["answers"]:
        assert row["server"].startswith("waitress ")
        assert row["answers_per_s"]["p50"] > 0
        assert (row["errors"], row["streams"]) == (0, True)


def test_servers_that_cannot_be_installed_say_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench_servers, "REQUIREMENTS", ("this is no requirement",))
    with pytest.raises(QAError, match="Invalid requirement"):
        bench_servers.installed(tmp_path)
    assert not (tmp_path / "installed").exists()


def test_a_build_is_measured_beside_plain_encoding(capsys: pytest.CaptureFixture[str]) -> None:
    told = bench(capsys, "index")["index"]
    rows = {row["what"]: row for row in told["passages_per_s"]}
    assert set(rows) == {"whole build", "its encoding", "SentenceTransformer.encode"}
    assert told["passages"] >= 3
    assert rows["whole build"]["p50"] < rows["its encoding"]["p50"]
    assert all(row["floor_per_s"] > 0 for row in rows.values())
    assert told["overlap_of_top_10"] > 0.9
    assert told["times_faster"]["p50"] > 0
    assert told["times_less_processor"]["p50"] > 0


def test_a_changed_file_is_answered_from(capsys: pytest.CaptureFixture[str]) -> None:
    told = bench(capsys, "live")["live"]
    assert told["articles"] == 5
    assert 0 < told["answered_after_s"]["median"] < float("inf")


def test_memory_is_told_after_each_rebuild(capsys: pytest.CaptureFixture[str]) -> None:
    told = bench(capsys, "memory")["memory"]
    assert (told["questions"], told["rebuilds"], len(told["after_each_mib"])) == (4, 1, 1)
    assert told["memory_mib"]["warm"] > 0


def test_memory_over_paragraphs_is_told_with_their_own_questions(
    capsys: pytest.CaptureFixture[str], squad: Path
) -> None:
    told = bench(capsys, "memory", "--squad", str(squad))["memory"]
    assert (told["questions"], told["different_questions"]) == (4, 6)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one loopback address")
def test_a_polite_client_is_timed_alone_and_beside_hostile_ones(capsys: pytest.CaptureFixture[str]) -> None:
    told = bench(capsys, "hostile", "--clients", "8")["hostile"]
    assert len(told["hostile"]) == 8
    rows = told["waits"]
    assert [row["answered"] for row in rows] == [4] * 10  # alone, beside each kind, and beside all at once
    assert [row["refused"] for row in rows] == [0] * 10
    assert rows[0]["times"] == 1.0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one loopback address")
def test_a_good_client_is_answered_beside_what_is_no_http(capsys: pytest.CaptureFixture[str]) -> None:
    told = bench(capsys, "broken", "--clients", "8")["broken"]
    assert told["good_client"]["answered"] > 0
    assert told["good_client"]["refused"] == 0
    assert told["sent_altogether"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--articles", "nowhere"], "There is no nowhere"),
        (["--questions", "nothing.jsonl"], "There is no nothing.jsonl"),
        (["--squad", "no.json"], "There is no no.json"),
    ],
)
def test_what_is_not_there_is_said(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = ["--articles", str(SEEDS), "--questions", str(GOLD / "questions.jsonl")]
    assert main(["bench", "ask", *demo, *arguments]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--rounds", "0"], ["--seconds", "0"], ["--clients", "0"], ["--processes", "0"], ["nothing"]],
)
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["bench", *arguments])


def test_retrieval_is_measured_over_ever_more_passages(
    capsys: pytest.CaptureFixture[str], squad: Path
) -> None:
    told = bench(capsys, "scale", "--squad", str(squad))["scale"]
    assert [row["passages"] for row in told["scale"]] == [20, 40]
    assert all(row["recall_at_10"] == 1.0 for row in told["scale"])
    assert all(row["server_memory_mib"] > row["memory_mib"]["after_all_questions"] for row in told["scale"])


def test_lexical_engines_are_measured_side_by_side(capsys: pytest.CaptureFixture[str], squad: Path) -> None:
    rows = bench(capsys, "lexical", "--squad", str(squad))["lexical"]["engines"]
    assert [row["passages"] for row in rows] == [20, 20, 20, 40, 40, 40]
    assert [row["engine"].split()[0] for row in rows[:3]] == ["tantivy", "SQLite", "bm25s"]
    assert all(row["overlap_of_top_10"] == 1.0 for row in rows if row["engine"].startswith("tantivy"))
    assert all(row["build_peak_memory_mib"] > 0 and row["milliseconds"]["max"] > 0 for row in rows)
    assert all((row["changed_s"] is None) == row["engine"].startswith("bm25s") for row in rows)


@pytest.mark.parametrize("part", ["scale", "lexical"])
def test_without_text_to_make_passages_of_it_says_what_to_name(
    capsys: pytest.CaptureFixture[str], part: str
) -> None:
    assert main(["bench", part, "--quick"]) == 1
    assert "--squad FILE" in capsys.readouterr().err
