from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qa.answer.decide.confidence import ConfidenceModel
from qa.command.main import main
from qa.lab.measure import evaluate
from qa.ports import Encoder, Reader
from qa.records import Passage, Span
from qa.settings import Settings
from qa.snapshot import open_confidence

CONTEXTS = {
    "The_bridge": "The stone bridge over the river opened in May 1912. It was paid for by Anna Kovacs.",
    "Bread": "Bread is made of flour and water. The bakery of Peter Moser opens at six.",
    "Ships": "The ferry Aurora crosses the lake in forty minutes. Its captain is Marta Silva.",
}
ASKED = [
    ("The_bridge", "Who paid for the stone bridge?", "Anna Kovacs"),
    ("The_bridge", "When did the bridge over the river open?", "May 1912"),
    ("Bread", "Who has a bakery?", "Peter Moser"),
    ("Bread", "What is bread made of?", "flour and water"),
    ("Ships", "Who is the captain of the ferry Aurora?", "Marta Silva"),
    ("Bread", "Who invented bread?", None),
]


class ListReader:
    """Knows these phrases, each with its margin, wherever they stand."""

    name = "list"

    def __init__(self, **margins: float) -> None:
        self.margins = {phrase.replace("_", " "): margin for phrase, margin in margins.items()}
        self.asked: list[str] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        self.asked.append(question)
        found = [
            Span(passage, at, at + len(phrase), margin, margin)
            for passage in passages
            for phrase, margin in self.margins.items()
            if (at := passage.text.find(phrase)) >= 0
        ]
        return sorted(found, key=lambda span: -span.score)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> ListReader:
    """In place of the installed reader; the encoder is the real one, opened once."""
    reader = ListReader(Anna_Kovacs=2.0, Peter_Moser=1.0, the_bakery=-1.0, Marta_Silva=3.0)
    monkeypatch.setattr(evaluate, "open_reader", lambda *_: reader)
    monkeypatch.setattr(evaluate, "open_encoder", lambda *_: encoder)
    return reader


@pytest.fixture
def one_encoder(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> None:
    """Opens the encoder once for all tests."""
    for module in ("qa.snapshot", "qa.upkeep.index", "qa.lab.measure.evaluate"):
        monkeypatch.setattr(f"{module}.open_encoder", lambda *_: encoder)


def _squad(folder: Path, asked: Sequence[tuple[str, str, str | None]]) -> Path:
    def qa(number: int, title: str, question: str, answer: str | None) -> dict[str, Any]:
        answers = [{"text": answer, "answer_start": CONTEXTS[title].index(answer)}] if answer else []
        return {"id": str(number), "question": question, "answers": answers, "is_impossible": not answer}

    data = [
        {
            "title": title,
            "paragraphs": [
                {
                    "context": context,
                    "qas": [qa(n, *item) for n, item in enumerate(asked) if item[0] == title],
                }
            ],
        }
        for title, context in CONTEXTS.items()
    ]
    file = folder / "dev.json"
    file.write_text(json.dumps({"data": data}), encoding="utf-8")
    return file


def _json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    status = main(["evaluate", *map(str, arguments), "--json"])
    printed = capsys.readouterr()
    assert status == 0, printed.err

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    told = json.loads(printed.out, parse_constant=refuse)
    assert isinstance(told, dict)
    return told


def _refusal(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["evaluate", *map(str, arguments), "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("qa: ") and printed.err.count("\n") == 1
    return printed.err


# --- qa evaluate squad --mode gold


def test_each_question_is_asked_of_its_own_paragraph(
    tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _json(capsys, "squad", _squad(tmp_path, ASKED[:5]), "--mode", "gold")

    # Right: who paid, the bakery, the captain. When it opened and what of: the paragraph's best span is a name.
    assert told == {"mode": "gold", "reader": "list", "questions": 5, "exact_match": 60.0, "f1": 60.0}
    assert reader.asked == [question for _, question, _ in ASKED[:5]]


def test_a_file_with_unanswerable_questions_is_measured_as_squad_2_is(
    tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _squad(tmp_path, ASKED)

    told = _json(capsys, "squad", file)
    strict = _json(capsys, "squad", file, "--threshold", "1.5")

    assert {"exact_match", "f1", "has_answer", "no_answer", "best_threshold", "auroc"} <= told.keys()
    assert told["questions"] == told["has_answer"]["questions"] + told["no_answer"]["questions"] == 6
    assert (told["no_answer"]["f1"], strict["no_answer"]["f1"]) == (0.0, 100.0)  # "Peter Moser" has margin 1
    assert (told["has_answer"]["exact_match"], strict["has_answer"]["exact_match"]) == (60.0, 40.0)


def test_a_limit_asks_fewer(tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str]) -> None:
    told = _json(capsys, "squad", _squad(tmp_path, ASKED[:5]), "--limit", "2")

    assert told["questions"] == len(reader.asked) == 2


# --- qa evaluate squad --mode open


def test_each_question_is_asked_of_all_paragraphs(
    tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _json(capsys, "squad", _squad(tmp_path, ASKED[:5]), "--mode", "open")

    assert {"mode": "open", "reader": "list", "questions": 5, "paragraphs": 3}.items() <= told.items()
    assert 0 <= told["exact_match"] <= told["f1"] <= 100
    assert set(told["ranks"]) == {"dense", "lexical", "fused", "after_reading"}
    for ranking in told["ranks"].values():
        assert set(ranking) == {"recall@1", "recall@5", "recall@10", "recall@20", "mrr"}
        assert (
            ranking["recall@1"] <= ranking["recall@5"] <= ranking["recall@10"] <= ranking["recall@20"] <= 100
        )
        assert ranking["recall@1"] / 100 <= ranking["mrr"] <= 1
    # Three short paragraphs, and questions in their own words.
    assert told["ranks"]["fused"] == {
        **dict.fromkeys(("recall@1", "recall@5", "recall@10", "recall@20"), 100.0),
        "mrr": 1.0,
    }
    assert told["ranks"]["lexical"]["recall@5"] == told["ranks"]["dense"]["recall@5"] == 100.0


def test_a_reader_that_prefers_another_paragraph_spoils_the_rank_after_reading_only(
    tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.margins = {"Anna Kovacs": 90.0, "Peter Moser": 60.0, "Marta Silva": 30.0}

    told = _json(capsys, "squad", _squad(tmp_path, ASKED[:5]), "--mode", "open")

    assert told["ranks"]["fused"]["recall@1"] == 100.0
    # Always the bridge, then bread, then ships: 2 questions at rank 1, 2 at 2 and 1 at 3.
    assert told["ranks"]["after_reading"]["recall@1"] == 40.0
    assert told["ranks"]["after_reading"]["mrr"] == pytest.approx((2 + 2 / 2 + 1 / 3) / 5, abs=1e-4)
    assert told["exact_match"] == 20.0


def test_only_answerable_questions_count_among_all_paragraphs(
    tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _json(capsys, "squad", _squad(tmp_path, ASKED), "--mode", "open")
    without = _json(capsys, "squad", _squad(tmp_path, ASKED[:5]), "--mode", "open")

    assert [told[key] for key in ("exact_match", "f1", "ranks")] == [
        without[key] for key in ("exact_match", "f1", "ranks")
    ]


@pytest.mark.parametrize("mode", ["gold", "open"])
def test_both_models_compute_as_asked(
    mode: str,
    tmp_path: Path,
    reader: ListReader,
    encoder: Encoder,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed: list[str] = []

    def opened_encoder(_: str, precision: str) -> Encoder:
        computed.append(precision)
        return encoder

    def opened_reader(_: Encoder, settings: Settings) -> ListReader:
        computed.append(settings.precision)
        return reader

    monkeypatch.setattr(evaluate, "open_encoder", opened_encoder)
    monkeypatch.setattr(evaluate, "open_reader", opened_reader)
    _json(capsys, "squad", _squad(tmp_path, ASKED[:2]), "--mode", mode, "--precision", "float32")

    assert computed == ["float32", "float32"]


def test_confidence_is_that_of_the_share_without_an_answer_that_is_expected(
    tmp_path: Path,
    reader: ListReader,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected: list[float | None] = []
    opened = open_confidence

    def noting(reader: Reader, settings: Settings) -> ConfidenceModel:
        expected.append(settings.unanswerable)
        return opened(reader, settings)

    monkeypatch.setattr(evaluate, "open_confidence", noting)
    _json(capsys, "squad", _squad(tmp_path, ASKED), "--mode", "open", "--unanswerable", "0.47")

    assert expected == [0.47]


# --- qa evaluate squad: what cannot be measured


def test_a_file_in_another_layout_is_refused(
    tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"rows": []}', encoding="utf-8")

    for mode in ("gold", "open"):
        assert f"There is no file {tmp_path / 'none.json'}" in _refusal(
            capsys, "squad", tmp_path / "none.json", "--mode", mode
        )
        assert f"{other} is not a file in SQuAD's layout" in _refusal(capsys, "squad", other, "--mode", mode)


def test_a_file_without_questions_is_refused(
    tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = _squad(tmp_path, [])

    for mode in ("gold", "open"):
        assert f"{empty} holds no question." in _refusal(capsys, "squad", empty, "--mode", mode)
    impossible = _squad(tmp_path, ASKED[5:])
    assert "None of the 1 questions" in _refusal(capsys, "squad", impossible, "--mode", "open")


@pytest.mark.parametrize("limit", ["0", "-3"])
def test_a_bad_limit_is_refused(
    tmp_path: Path, reader: ListReader, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    for mode in ("gold", "open"):
        told = _refusal(capsys, "squad", _squad(tmp_path, ASKED), "--mode", mode, "--limit", limit)
        assert f"--limit is {limit}; it must be at least 1." in told


@pytest.mark.parametrize("arguments", [["--limit", "few"], ["--mode", "shut"], []])
def test_wrong_usage_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "squad", *(["dev.json", *arguments] if arguments else [])])

    assert ended.value.code == 2
    assert "usage: qa evaluate squad" in capsys.readouterr().err


# --- qa evaluate gold


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for title, context in CONTEXTS.items():
        (folder / f"{title.lower()}.txt").write_text(
            f"{title.replace('_', ' ')}\n\n{context}\n", encoding="utf-8"
        )
    return folder


def _gold(folder: Path) -> Path:
    lines = [
        # The reader answers with the sentence where no neural one is installed: at most six words around the span.
        {
            "id": "flour",
            "question": "What is bread made of?",
            "answers": ["flour and water"],
            "sources": ["bread.txt"],
        },
        {
            "id": "elsewhere",
            "question": "What is bread made of?",
            "answers": ["flour and water"],
            "sources": ["ships.txt"],
        },
        {"id": "absent", "question": "How many moons has Jupiter?", "answers": [], "sources": []},
    ]
    file = folder / "gold.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return file


@pytest.mark.usefixtures("one_encoder")
def test_gold_questions_are_judged_one_by_one(
    tmp_path: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the models that are installed."""
    told = _json(capsys, "gold", _gold(tmp_path), "--seeds", articles)

    assert set(told) == {"questions", "right", "score", "unanswerable", "unsaid", "details"}
    assert told["questions"] == len(told["details"]) == 3
    assert told["right"] == sum(detail["right"] for detail in told["details"])
    assert told["score"] == sum(detail["score"] for detail in told["details"])
    assert told["unanswerable"] == {"questions": 1, "answered": 0}
    assert all(
        set(detail) == {"id", "right", "answer", "why", "score", "guess"} for detail in told["details"]
    )
    by_id = {detail["id"]: detail for detail in told["details"]}
    assert by_id["flour"]["right"] and "flour" in by_id["flour"]["answer"]
    assert not by_id["elsewhere"]["right"] and "cites bread.txt" in by_id["elsewhere"]["why"]
    assert by_id["absent"] == by_id["absent"] | {"right": True, "answer": None, "score": 1.0, "guess": None}


@pytest.mark.usefixtures("one_encoder")
def test_gold_questions_are_asked_of_an_index_that_is_there(
    tmp_path: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = _json(capsys, "gold", _gold(tmp_path), "--seeds", articles)
    assert main(["index", str(articles), "--data", str(tmp_path / "data")]) == 0
    capsys.readouterr()
    asked = ("gold", _gold(tmp_path), "--store", tmp_path / "data", "--seeds", tmp_path / "nowhere")
    assert _json(capsys, *asked) == built


@pytest.mark.usefixtures("one_encoder")
def test_without_json_the_wrong_ones_are_shown_and_with_verbose_all(
    tmp_path: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["evaluate", "gold", str(_gold(tmp_path)), "--seeds", str(articles)]

    assert main(asked) == 0
    brief = capsys.readouterr().out.splitlines()
    assert main([*asked, "--verbose"]) == 0
    full = capsys.readouterr().out.splitlines()

    assert [line.split()[0] for line in brief] == ["WRONG", "2", "answered", "said"]
    assert [line.split()[0] for line in full] == ["right", "WRONG", "right", "2", "answered", "said"]
    assert brief[1] == full[3] == "2 of 3 right; 2 with guesses counted half"


@pytest.mark.usefixtures("one_encoder")
def test_gold_files_and_folders_that_are_not_there_are_refused(
    tmp_path: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": 1}', encoding="utf-8")

    assert f"{tmp_path / 'none.jsonl'} cannot be read" in _refusal(
        capsys, "gold", tmp_path / "none.jsonl", "--seeds", articles
    )
    assert f"Line 1 of {bad} is not a gold question" in _refusal(capsys, "gold", bad, "--seeds", articles)
    assert str(tmp_path / "nowhere") in _refusal(
        capsys, "gold", _gold(tmp_path), "--seeds", tmp_path / "nowhere"
    )
