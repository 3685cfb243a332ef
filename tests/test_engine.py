"""What an engine answers, over small indexes with stand-ins at the ports."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from fakes import PhraseReader
from weather import ENCODER, index_of, opened

from qa import Engine, Turn
from qa.answer_json import to_dict
from qa.records import Passage, Span
from qa.upkeep.index import index


def test_an_answer_carries_reader_version_and_the_time_of_each_step(tmp_path: Path) -> None:
    report = index_of(tmp_path)

    answer = opened(tmp_path).ask("Which ships came?", [Turn("Who?", None)])

    assert (answer.text, answer.reader, answer.index_version) == (
        "ships on the day",
        "phrase",
        report.version,
    )
    assert list(answer.timings_ms) == ["understand", "retrieve", "read", "decide", "total"]
    assert sum(list(answer.timings_ms.values())[:4]) <= answer.timings_ms["total"]


class ReaderOf(PhraseReader):
    """Finds its phrase where the question has a word."""

    def __init__(self, phrase: str, word: str) -> None:
        super().__init__(phrase)
        self.word = word

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        return super().read(question, passages) if self.word in question else []


@pytest.mark.parametrize(
    ("word", "understood", "other"),
    [
        ("Rosneft", "Who runs Rosneft?", "Who runs Yugansk?"),
        ("Yugansk", "Who runs Yugansk?", "Who runs Rosneft?"),
        ("runs", "Who runs Rosneft?", "Who runs Yugansk?"),  # both as surely
    ],
)
def test_of_two_readings_the_surer_is_answered_and_the_other_offered(
    tmp_path: Path, word: str, understood: str, other: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "oil.txt").write_text("Oil\n\nRosneft bought Yugansk. Igor Lund runs it now.")
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    engine = Engine.open(tmp_path / "data", encoder=ENCODER, reader=ReaderOf("Igor Lund", word))

    answer = engine.ask("Who runs it?", [Turn("For how much did Rosneft buy Yugansk?", "$9.3bn")])

    assert (answer.text, answer.understood, answer.other_reading) == ("Igor Lund", understood, other)
    assert to_dict(answer)["other_reading"] == other


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("How is the mill gate opened?", "How is the mill gate opened?"),  # of another article
        ("Who led the crew?", "Who led the crew of Skarven?"),
    ],
)
def test_what_points_to_nothing_said_before_is_asked_as_what_the_articles_are_nearer_to(
    tmp_path: Path, question: str, understood: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ferry.txt").write_text("Ferry\n\nIgor Lund led the crew of the ferry Skarven.")
    (tmp_path / "in" / "mill.txt").write_text("Mill\n\nThe mill gate is opened by a wheel.")
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    engine = Engine.open(tmp_path / "data", encoder=ENCODER, reader=PhraseReader("Igor Lund"))

    assert engine.ask(question, [Turn("Which ferry came?", "the Skarven")]).understood == understood


_NEWS = {
    "harbour.txt": "Published: 2022-05-02\n\nThe harbour counted 12 ships on Sunday. It was calm.",
    "copy.txt": "Published: 2022-05-03\n\nOur harbour: The harbour counted 12 ships on Sunday, people say. Few came.",
    "later.txt": "Published: 2022-05-09\n\nMost people think that 14 ships came to the harbour that Sunday. It rained.",
}


class _NumberReader:
    """Each passage's number with its noun, all of them as sure."""

    name = "numbers"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        found = [(passage, match) for passage in passages if (match := re.search(r"\d+ ships", passage.text))]
        return [Span(passage, *match.span(), 0.9, 0.9) for passage, match in found]


def _news(tmp_path: Path) -> Engine:
    (tmp_path / "in").mkdir()
    for name, text in _NEWS.items():
        (tmp_path / "in" / name).write_text(text)
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    return Engine.open(tmp_path / "data", encoder=ENCODER, reader=_NumberReader())


def test_sources_that_agree_are_counted_and_what_another_says_stands_beside(tmp_path: Path) -> None:
    told = to_dict(_news(tmp_path).ask("How many ships came to the harbour?", threshold=0.3))

    answers = {told["answer"], *(other["answer"] for other in told["alternatives"])}
    assert answers == {"12 ships", "14 ships"}
    of_twelve = told if told["answer"] == "12 ships" else told["alternatives"][0]
    assert sorted(cited["file"] for cited in of_twelve["citations"]) == ["copy.txt", "harbour.txt"]
    if of_twelve is told:
        assert told["agreement"]["sources"] == 1  # the copy repeats the sentence
    assert told["answer_type"] == "span"


_PHOTOGRAPHED = (
    "<html><head><title>The harbour is full again</title></head><body><article><h1>The harbour is full again</h1>"
    "<p>The harbour was full of ships on Sunday, for the first time in three years, and many people came to look.</p>"
    "<figure><figcaption>Anna Berg waves to the ships at Skarv. <i class=photo-credit>Photo: Bo Chen</i></figcaption>"
    "</figure><p>They had waited for the end of the strike, which took eleven weeks and which nobody had wanted.</p>"
    "<p>The mayor said that the town will help all those who lost their work while the harbour was shut.</p>"
    "</article></body></html>"
)


@pytest.mark.parametrize(
    ("question", "phrase", "role"),
    [
        ("Who took the picture?", "Bo Chen", "credit"),
        ("Who waved to the ships?", "Anna Berg", "caption"),
        ("Who will help those who lost their work?", "The mayor", None),
        ("Who waved to the ships?", "Bo Chen", "none of it"),
    ],
)
def test_an_answer_tells_whether_it_stands_in_a_caption(
    tmp_path: Path, question: str, phrase: str, role: str | None
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "harbour.html").write_text(_PHOTOGRAPHED)
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    engine = Engine.open(tmp_path / "data", encoder=ENCODER, reader=PhraseReader(phrase, 4.0))
    told = to_dict(engine.ask(question, threshold=0.3, explain=True))
    if role == "none of it":
        assert told["answer"] is told["guess"] is None
        return
    (cited,) = told["citations"]
    assert (cited["quote"], cited["role"]) == (phrase, role)
    assert told["explain"]["candidates"][0]["role"] == role


def test_the_latest_is_asked_of_the_newest_article(tmp_path: Path) -> None:
    answer = _news(tmp_path).ask("What is the latest number of ships?", threshold=0.3)
    assert answer.text == "14 ships"
    assert [other.text for other in answer.alternatives] == ["12 ships"]


def test_a_yes_or_no_question_gets_a_sentence_as_evidence(tmp_path: Path) -> None:
    answer = _news(tmp_path).ask("Did 14 ships come to the harbour?", threshold=0.3)
    assert answer.answer_type == "evidence"
    assert answer.text == answer.citations[0].sentence == answer.citations[0].quote


def test_days_of_the_question_and_of_the_quote_are_told(tmp_path: Path) -> None:
    engine = _news(tmp_path)
    told = to_dict(
        engine.ask("How many ships came last week?", threshold=0, explain=True, today=date(2022, 5, 12))
    )
    assert told["explain"]["dates"]["periods"] == [
        {"text": "last week", "first": "2022-05-02", "last": "2022-05-08"}
    ]
    answer = engine.ask("Did 12 ships come to the harbour?", threshold=0)
    assert {d.text: d.day for cited in answer.citations for d in cited.derived} == {
        "Sunday": date(2022, 5, 1)
    }


def test_what_an_answer_was_decided_from_is_told_only_when_asked(tmp_path: Path) -> None:
    engine = _news(tmp_path)
    assert engine.ask("How many ships?").explain is None

    told = engine.ask("How many ships?", explain=True, source="x.org", threshold=0.25).explain
    assert told is not None
    assert (told["threshold"], told["kind"], told["filters"]["source"]) == (0.25, "how many", "x.org")
    assert told["candidates"] == told["passages"] == []

    full = engine.ask("How many ships?", explain=True).explain
    assert full is not None
    assert len(full["passages"]) == 3
    for candidate in full["candidates"]:
        whole = full["bias"] + sum(candidate["contributions"].values())
        assert candidate["log_odds"] == pytest.approx(whole, abs=0.01)
    json.dumps(full)


def test_an_answer_over_articles_in_another_language_says_so(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "hafen.txt").write_text(
        "Mehr Schiffe im Hafen\n\nIm Hafen lagen am Montag neun Schiffe. Die Bürger freuten sich darüber sehr."
    )
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    german = opened(tmp_path, "neun Schiffe").ask("Which ships lay in the Hafen?")
    assert german.notice == "Most of the closest passages look German: the reader answers in English."
    assert to_dict(german)["notice"] == german.notice

    index_of(tmp_path)
    assert opened(tmp_path).ask("Which ships came?").notice is None
