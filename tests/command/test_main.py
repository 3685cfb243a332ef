"""The `qa` command as it is typed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import qa.snapshot as qa_snapshot
import qa.upkeep.index as qa_indexing
from qa import Engine
from qa.answer_json import to_dict
from qa.command.main import main
from qa.command.terminal import Bars, answer_text
from qa.ports import Encoder
from qa.records import Alternative, Answer, Citation
from qa.snapshot import open_encoder

HANDED_OVER = "What did the US hand over on January 26?"
COMMANDS = ["index", "ask", "serve", "articles"]


class Typed:
    """What a command printed, and how it ended."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def qa(
    capsys: pytest.CaptureFixture[str], encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Typed]:
    """qa("ask", "Who?", ...) in this process, with the default encoder opened once for all tests."""

    def opened_once(name: str, precision: str = "auto") -> Encoder:
        return encoder if name == encoder.name else open_encoder(name, precision)

    for module in (qa_snapshot, qa_indexing):
        monkeypatch.setattr(module, "open_encoder", opened_once)

    def run(*arguments: str | Path) -> Typed:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            status = int(ended.code or 0)
        printed = capsys.readouterr()
        return Typed(status, printed.out, printed.err)

    return run


def _refused(typed: Typed) -> str:
    """The sentence on stderr of a command that could not do what was asked."""
    assert (typed.status, typed.out) == (1, "")
    assert typed.err.startswith("qa: ")
    assert "Traceback" not in typed.err
    return typed.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_its_options(qa: Callable[..., Typed], command: str) -> None:
    assert re.search(rf"^\s+{command}\s+\w+", qa("--help").out, re.MULTILINE)
    told = qa(command, "--help")
    assert told.status == 0
    assert "--data" in told.out
    for option in re.findall(r"^  (?:-h, )?(--[\w-]+)(.*(?:\n {10,}.*)*)", told.out, re.MULTILINE):
        assert re.search(r"[a-z]{3,}", option[1]), f"{option[0]} says nothing"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["ask"],
        ["ask", "a", "b"],
        ["serve", "--port", "70000"],
        ["ask", "x", "--top-k", "two"],
        ["ask", "x", "--unanswerable", "1"],
    ],
)
def test_wrong_usage_exits_2(qa: Callable[..., Typed], arguments: list[str]) -> None:
    typed = qa(*arguments)
    assert typed.status == 2
    assert "usage: qa" in typed.err


def test_index_ends_with_a_table_or_the_same_as_json(
    qa: Callable[..., Typed], seeds: Path, tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "noise.bin").write_bytes(b"\x00\xff\xfe\x01" * 300)
    (tmp_path / "more" / "hi.txt").write_text("A ship came in. It brought tea.")

    told = qa("index", seeds, tmp_path / "more", "--data", tmp_path / "d", "--json").json()
    table = qa("index", seeds, tmp_path / "more", "--data", tmp_path / "d").out

    assert (told["articles"], told["files_read"], told["duplicates"]) == (6, 7, 0)
    assert told["passages"] == told["encoded"] > 6
    assert [rejected["path"] for rejected in told["rejected"]] == ["noise.bin"]
    assert told["rejected"][0]["reason"]
    assert re.search(r"^articles +6$", table, re.MULTILINE)
    assert re.search(r"^rejected +1$", table, re.MULTILINE)
    assert f"noise.bin: {told['rejected'][0]['reason']}" in table
    assert told["version"] in table


def test_index_reads_fields_by_the_names_that_it_is_told(qa: Callable[..., Typed], tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    line = '{"story": "Fog lay on the river all day long.", "text": "not this", "h": "Fog"}'
    (tmp_path / "a" / "x.jsonl").write_text(line)
    told = qa(
        "index", tmp_path / "a", "--data", tmp_path / "d", "--fields", "text=story,title=h", "--json"
    ).json()
    assert (told["articles"], told["warnings"]) == (1, [])
    assert qa("articles", "--data", tmp_path / "d", "--json").json()[0]["title"] == "Fog"
    again = qa("index", tmp_path / "a", "--data", tmp_path / "d", "--json").json()
    assert again["anew"].startswith("settings have changed: fields was text=story,title=h")
    wrong = qa("index", tmp_path / "a", "--data", tmp_path / "d", "--fields", "words=story")
    assert wrong.status == 2 and "PART=FIELD" in wrong.err


def test_ask_prints_answer_sentence_and_place(qa: Callable[..., Typed], demo_data: Path) -> None:
    told = qa("ask", HANDED_OVER, "--data", demo_data)

    assert told.status == 0
    assert "written response" in told.out
    assert re.search(r"(001_a9e5b03705c695f2|004_86f673c54a83fc4f)\.txt \[\d+:\d+\]", told.out)
    assert "\x1b" not in told.out
    assert told.err == ""


def test_ask_json_is_the_engine_s_answer(
    qa: Callable[..., Typed], demo_data: Path, demo_engine: Engine
) -> None:
    told = qa("ask", HANDED_OVER, "--data", demo_data, "--json", "--top-k", "4").json()
    expected = to_dict(demo_engine.ask(HANDED_OVER, top_k=4))

    assert told.keys() == expected.keys()
    for same in ("question", "understood", "answer", "confidence", "citations", "index_version", "reader"):
        assert (
            told[same] == pytest.approx(expected[same], abs=1e-3) if same == "confidence" else expected[same]
        )
    assert len(told["passages"]) == 4


def test_ask_is_less_sure_the_more_questions_are_to_be_without_an_answer(
    qa: Callable[..., Typed], demo_data: Path
) -> None:
    few, fitted, many = (
        qa("ask", HANDED_OVER, "--data", demo_data, "--json", *share).json()["confidence"]
        for share in (("--unanswerable", "0.1"), (), ("--unanswerable", "0.7"))
    )
    assert few > fitted > many


def test_ask_says_that_there_is_no_answer_and_why(qa: Callable[..., Typed], demo_data: Path) -> None:
    told = qa("ask", "What is the capital of Australia?", "--data", demo_data)
    assert told.status == 0
    assert re.match(r"No answer\. \w+", told.out)


def test_articles_lists_files_and_on_demand_passages(
    qa: Callable[..., Typed], demo_data: Path, seeds: Path
) -> None:
    paths = sorted(file.name for file in seeds.iterdir())

    listed = qa("articles", "--data", demo_data, "--json").json()
    with_passages = qa("articles", "--data", demo_data, "--json", "--passages").json()
    shown = qa("articles", "--data", demo_data, "--passages").out

    assert [article["path"] for article in listed] == paths
    assert "passages" in listed[0] and not isinstance(listed[0]["passages"], list)
    for article in with_passages:
        assert article["path"] in shown
        assert len(article["passages"]) > 0
        assert f"[{article['passages'][0]['start']}:{article['passages'][0]['end']}]" in shown


@pytest.mark.parametrize("command", [["ask", "Who?"], ["articles"]])
def test_without_an_index_the_error_says_how_to_build_one(
    qa: Callable[..., Typed], tmp_path: Path, command: list[str]
) -> None:
    told = _refused(qa(*command, "--data", tmp_path / "none"))
    assert str(tmp_path / "none") in told
    assert "qa index" in told


def test_an_empty_folder_is_refused_and_the_index_before_stays(
    qa: Callable[..., Typed], tmp_path: Path, seeds: Path
) -> None:
    (tmp_path / "empty").mkdir()
    qa("index", seeds, "--data", tmp_path / "d")

    told = _refused(qa("index", tmp_path / "empty", "--data", tmp_path / "d"))

    assert str(tmp_path / "empty") in told
    assert len(qa("articles", "--data", tmp_path / "d", "--json").json()) == 5


def test_a_folder_of_files_that_are_not_text_names_each_with_its_reason(
    qa: Callable[..., Typed], tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "noise.txt").write_bytes(zlib.compress(bytes(range(256)) * 99))
    (tmp_path / "in" / "nothing.txt").write_bytes(b"")

    told = _refused(qa("index", tmp_path / "in", "--data", tmp_path / "d"))

    assert re.search(r"noise\.txt: \w+", told)
    assert re.search(r"nothing\.txt: \w+", told)


def test_a_path_that_is_not_there_is_named(qa: Callable[..., Typed], tmp_path: Path) -> None:
    assert "nowhere" in _refused(qa("index", tmp_path / "nowhere", "--data", tmp_path / "d"))


@pytest.mark.parametrize("question", ["", "   ", "?", "x" * 1001])
def test_a_bad_question_is_refused(qa: Callable[..., Typed], demo_data: Path, question: str) -> None:
    assert "question" in _refused(qa("ask", question, "--data", demo_data))


@pytest.mark.parametrize("top_k", ["0", "101", "-3"])
def test_a_top_k_out_of_range_is_refused(qa: Callable[..., Typed], demo_data: Path, top_k: str) -> None:
    assert "1 to 100" in _refused(qa("ask", HANDED_OVER, "--data", demo_data, f"--top-k={top_k}"))


def test_an_index_of_another_folder_is_replaced_only_when_told_so(
    qa: Callable[..., Typed], tmp_path: Path, seeds: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "a.txt").write_text(
            f"The {name} market of Ardle moves to another day in May."
        )
    data = ("--data", tmp_path / "d")
    qa("index", tmp_path / "in" / "one", *data)
    for command in (("index", tmp_path / "in" / "two"), ("index", "--watch", tmp_path / "in" / "two")):
        told = _refused(qa(*command, *data))
        assert str(tmp_path / "in" / "one") in told
        assert "--replace" in told
    assert "Ardle" in qa("articles", "--passages", *data).out
    assert "one market" in qa("articles", "--passages", *data).out
    assert qa("index", tmp_path / "in" / "one", tmp_path / "in" / "two", *data).status == 0  # nothing is lost
    assert "one market" in qa("articles", "--passages", *data).out
    assert "two" in _refused(qa("index", tmp_path / "in" / "one", *data))
    assert qa("index", tmp_path / "in", *data).status == 0  # the folder above holds both
    assert qa("index", tmp_path / "in" / "two", "--replace", *data).status == 0
    assert "one market" not in qa("articles", "--passages", *data).out


def test_a_corrupt_index_names_its_file(qa: Callable[..., Typed], tmp_path: Path, seeds: Path) -> None:
    qa("index", seeds, "--data", tmp_path)
    (vectors,) = (tmp_path / "generations").glob("*/vectors/rows.npy")
    vectors.write_bytes(vectors.read_bytes()[:-1])

    told = _refused(qa("ask", HANDED_OVER, "--data", tmp_path))

    assert str(vectors) in told
    assert "Build the index again" in told


@pytest.mark.parametrize("model", ["nobody/no-such-model", "no-such-folder"])
def test_a_missing_model_says_what_to_do(
    qa: Callable[..., Typed], tmp_path: Path, seeds: Path, model: str
) -> None:
    told = _refused(qa("index", seeds, "--data", tmp_path / "d", "--encoder", model))
    assert model in told
    assert "folder" in told


def test_an_encoder_s_folder_may_be_named(qa: Callable[..., Typed], tmp_path: Path, seeds: Path) -> None:
    from embeddings import models

    qa("index", seeds, "--data", tmp_path, "--encoder", models.find())
    assert "written response" in qa("ask", HANDED_OVER, "--data", tmp_path).out


def _answer(title: str, sentence: str) -> Answer:
    cited = Citation(
        "id", "a\x1b.txt", title, None, None, sentence[4:8], 14, 18, sentence, 10, 10 + len(sentence)
    )
    return Answer("q", "q", sentence[4:8], 0.5, None, (cited,), (), "sentence", "v", {})


def test_colours_mark_the_answer_only_where_they_are_shown() -> None:
    answer = _answer("Title", "The bell rang.")
    assert "The \x1b[1;32mbell\x1b[0m rang." in answer_text(answer, colour=True)
    assert "\x1b" not in answer_text(answer, colour=False)


def test_a_guess_is_told_as_one() -> None:
    answer = _answer("Title", "The bell rang.")
    unsure = replace(answer, text=None, citations=(), guess=Alternative("bell", 0.31, answer.citations))
    shown = answer_text(unsure, colour=False)
    assert shown.startswith("Perhaps: bell\n(not sure; confidence 31%")
    assert "The bell rang." in shown


def test_an_article_cannot_command_the_terminal() -> None:
    shown = answer_text(_answer("\x1b]0;owned\x07", "The bell\x1b[2J\x9b31m rang."), colour=False)
    assert not [char for char in shown if not char.isprintable() and char != "\n"]


def test_progress_is_shown_on_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars(sys.stderr) as bars:
        bars("encode", 1, 10)
    assert capsys.readouterr().err == ""


def test_a_pipe_that_closes_early_is_no_error(demo_data: Path) -> None:
    command = f"{sys.executable} -m qa.command.main articles --passages --data '{demo_data}' | head -n 1"
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert (told.stdout.count("\n"), told.stderr) == (1, "")


def test_a_terminal_without_unicode_still_gets_the_answer(demo_data: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "qa.command.main", "articles", "--json", "--data", str(demo_data)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert len(json.loads(told.stdout.decode("ascii"))) == 5


def test_serve_builds_the_index_and_answers_over_http(seeds: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "qa.command.main",
        "serve",
        "--articles",
        str(seeds),
        "--data",
        str(tmp_path),
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert address is not None
            asked = urllib.request.Request(
                f"{address[0]}/ask",
                data=json.dumps({"question": HANDED_OVER}).encode(),
                headers={"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(asked, timeout=60) as response:
                told = json.load(response)
        finally:
            server.terminate()
    assert "written response" in told["citations"][0]["sentence"]
    assert (tmp_path / "CURRENT").read_text().strip() == told["index_version"]


def test_the_package_is_run_as_the_command() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "qa", "ask", "--help"], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("usage: qa ask")
    wrong = subprocess.run([sys.executable, "-m", "qa", "nothing"], capture_output=True, check=False)
    assert wrong.returncode == 2
