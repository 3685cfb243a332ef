"""Peers are asked what Verbatim is asked, by a stand-in that speaks as they do; nothing is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer, BertForQuestionAnswering

from embeddings.words import shared
from qa.answer.read.neural import WEIGHTS
from qa.errors import QAError
from qa.lab.bench import peers as bench_peers
from qa.lab.bench.corpus import Question, of_squad

PEERS = Path(bench_peers.__file__).parent.parent / "peers"
STAND_IN = """
DISTRIBUTION = "numpy"

def open_peer(encoder, reader, passages, top_k):
    assert len(passages) == 3 and top_k == 10
    print("a library that prints")

    def ask(question):
        if "fail" in question:
            raise TypeError("no")
        return "the 1851"

    return ask
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "peers"
    folder.mkdir()
    shutil.copy(PEERS / "speak.py", folder)
    (folder / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    monkeypatch.setattr(bench_peers, "_HERE", folder)
    monkeypatch.setattr(bench_peers, "PEERS", {"Stand-in": "stand_in"})
    monkeypatch.setattr(bench_peers, "installed", lambda folder: Path(sys.executable))
    return folder


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    file = tmp_path / "squad.json"
    paragraphs = []
    for number, thing in enumerate(["harbour", "bridge", "library"]):
        context = f"The {thing} of Oslo was opened in 1851. It stands by the water."
        asked = [f"When was the {thing} of Oslo opened?", f"In what year did they open the {thing}?"]
        answers = [{"text": "1851", "answer_start": context.index("1851")}]
        qas = [{"id": f"{number}-{n}", "question": q, "answers": answers} for n, q in enumerate(asked)]
        paragraphs.append({"context": context, "qas": qas})
    file.write_text(json.dumps({"data": [{"title": "Oslo", "paragraphs": paragraphs}]}), encoding="utf-8")
    return file


def test_all_systems_are_asked_the_same_questions(squad: Path, stand_in: Path) -> None:
    with of_squad(squad, 2) as corpus:
        told = bench_peers.peers(corpus, None, limit=1, rounds=1)
    rows = {(row["system"].split()[0], row["clients"]): row for row in told["answers"]}
    assert set(rows) == {(name, n) for name in ("Verbatim", "Stand-in") for n in bench_peers.CLIENTS}
    for row in rows.values():
        assert row["answers_per_s"]["p50"] > 0
        assert row["p50_ms"] is not None
        assert row["failed"] == 0
        assert row["exact_match"] == row["f1"] == 100.0  # "the" does not count
    for clients in bench_peers.CLIENTS:
        assert rows["Verbatim", clients]["times"] == 1.0
        assert rows["Verbatim", clients]["p50_ms"] > rows["Stand-in", clients]["p50_ms"]  # which does nothing


def test_what_a_peer_raises_is_counted_and_the_others_keep_their_places(stand_in: Path) -> None:
    lines = [
        {"encoder": "", "reader": "", "passages": [("", "")] * 3, "top_k": 10},
        {"questions": ["one", "fail", "three"], "clients": 2},
    ]
    done = subprocess.run(
        [sys.executable, str(stand_in / "speak.py"), "stand_in"],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
    )
    ready, told = map(json.loads, done.stdout.splitlines())
    assert ready["ready"] is True
    assert [reply.get("answer", reply.get("error")) for reply in told["replies"]] == [
        "the 1851",
        "TypeError",
        "the 1851",
    ]
    assert told["seconds"] > 0


def test_a_peer_that_ends_over_a_question_has_answered_none(squad: Path, stand_in: Path) -> None:
    script = (stand_in / "stand_in.py").read_text(encoding="utf-8")
    ending = script.replace('raise TypeError("no")', "import os; os._exit(3)")
    (stand_in / "stand_in.py").write_text(ending, encoding="utf-8")
    questions = [Question("one"), Question("fail")]
    with (
        of_squad(squad, 2) as corpus,
        bench_peers._peer(Path(sys.executable), "stand_in", corpus, squad) as peer,
    ):
        told = [peer.ask(questions, 1), peer.ask(questions[:1], 1)]
    assert [reply for one in told for reply in one["replies"]] == [{"error": "ended"}] * 3
    assert [bench_peers._rate(one) for one in told] == [0.0, 0.0]


def test_a_peer_that_cannot_begin_is_an_error(squad: Path, stand_in: Path) -> None:
    (stand_in / "stand_in.py").write_text("import nothing_of_that_name", encoding="utf-8")
    with of_squad(squad, 2) as corpus, pytest.raises(QAError, match="stand_in has ended"):
        bench_peers.peers(corpus, None, limit=1, rounds=1)


def test_the_reader_that_peers_get_is_whole() -> None:
    with bench_peers._as_published(WEIGHTS) as folder:
        loaded: Any = BertForQuestionAnswering.from_pretrained(folder, output_loading_info=True)
        assert AutoTokenizer.from_pretrained(folder).model_max_length == 512
    model, told = loaded
    assert not told["missing_keys"]
    words = json.loads((WEIGHTS / "reader.json").read_text(encoding="utf-8"))["words"]
    held = model.get_input_embeddings().weight.detach()
    assert held.dtype == torch.float32
    assert torch.equal(held.bfloat16(), shared(words["of"], words["sha256"]))


def test_an_environment_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    with pytest.raises(QAError, match="cannot be installed"):
        bench_peers.installed(taken / "inside")


def test_an_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        tmp_path.mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr("qa.lab.bench.peers.subprocess.run", run)
    assert bench_peers.installed(tmp_path) == bench_peers.installed(tmp_path)
    assert len(ran) == 2  # the environment, and what is in it
    assert str(PEERS / "requirements.txt") in ran[1]
