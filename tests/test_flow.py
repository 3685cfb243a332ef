"""The whole way, with the real models: from the demo articles to cited answers."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from qa import Engine, Turn
from qa.answer_json import to_dict
from qa.errors import BadQuestion, BadRequest, NotFound
from qa.records import Answer

HANDED_OVER = "What did the US hand over on January 26?"
QUESTIONS = [
    HANDED_OVER,
    "Who is Vladimir Yermakov?",
    "When did Russia publish draft agreements on security guarantees?",
    "How long did the video call between Putin and Biden last?",
    "What did Washington ask Moscow not to do?",
    "Where were Lavrov and Blinken due to meet on Friday?",
    "What is the capital of Australia?",
]


@pytest.fixture(scope="module")
def demo_engine(engine_of_each_format: Engine) -> Engine:
    """Here every test walks the whole way once in each number format."""
    return engine_of_each_format


def _true_to_the_files(answer: Answer, seeds: Path) -> None:
    for citation in answer.citations:
        on_disk = (seeds / citation.file).read_bytes().decode("utf-8")
        assert on_disk[citation.start : citation.end] == citation.quote != ""
        assert on_disk[citation.sentence_start : citation.sentence_end] == citation.sentence
        assert citation.sentence_start <= citation.start < citation.end <= citation.sentence_end
    for passage in answer.passages:
        on_disk = (seeds / passage.file).read_bytes().decode("utf-8")
        first, last = passage.text.split()[0], passage.text.split()[-1]
        assert on_disk[passage.start : passage.end].startswith(first)
        assert on_disk[passage.start : passage.end].endswith(last)


def test_what_was_handed_over_is_answered_from_the_files_that_say_it(
    demo_engine: Engine, seeds: Path
) -> None:
    answer = demo_engine.ask(HANDED_OVER)

    assert answer.text is not None
    assert "written response" in answer.citations[0].sentence
    assert answer.citations[0].file in {"001_a9e5b03705c695f2.txt", "004_86f673c54a83fc4f.txt"}
    assert answer.outcome == "answer"
    # What every number format reaches: float32 0.525, bfloat16 0.527, int8 0.488.
    assert 0.45 < answer.confidence <= 1
    assert answer.reason is None
    _true_to_the_files(answer, seeds)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_quotes_its_file_exactly(demo_engine: Engine, seeds: Path, question: str) -> None:
    answer = demo_engine.ask(question)

    assert (answer.text is None) == (not answer.citations) == (answer.reason is not None)
    assert 1 <= len(answer.passages) <= 10
    _true_to_the_files(answer, seeds)


def test_what_no_article_is_about_gets_no_answer_and_a_reason(demo_engine: Engine) -> None:
    answer = demo_engine.ask("What is the capital of Australia?")

    assert (answer.text, answer.citations, answer.confidence) == (None, (), 0.0)
    assert answer.reason


def test_a_mistyped_word_is_asked_as_the_articles_spell_it(demo_engine: Engine) -> None:
    typed = demo_engine.ask("Who is the foriegn minister of Russia?")
    meant = demo_engine.ask("Who is the foreign minister of Russia?")
    assert typed.understood == meant.question
    assert (typed.text, typed.confidence) == (meant.text, meant.confidence)
    assert typed.question == "Who is the foriegn minister of Russia?"

    unmended = demo_engine.ask("Who is the minister of Ruritania?").understood
    assert unmended == "Who is the minister of Ruritania?"  # another name asks of somebody else


def test_top_k_is_how_many_passages_come_back(demo_engine: Engine) -> None:
    assert len(demo_engine.ask(HANDED_OVER, top_k=1).passages) == 1
    assert len(demo_engine.ask(HANDED_OVER, top_k=3).passages) == 3


def test_filters_leave_only_their_articles(demo_engine: Engine) -> None:
    december = demo_engine.ask(HANDED_OVER, published_before="2021-12-31")
    assert {p.file[:3] for p in december.passages} == {"000", "002"}
    late = demo_engine.ask(HANDED_OVER, published_after="2022-01-28", source="tass")
    assert {p.file[:3] for p in late.passages} == {"004"}
    assert {p.file[:3] for p in demo_engine.ask(HANDED_OVER, source="tass.com").passages} == {"004"}
    one = demo_engine.articles()[1]
    asked = demo_engine.ask(HANDED_OVER, article=one.id)
    assert {p.article_id for p in asked.passages} == {one.id}
    assert asked.citations[0].article_id == one.id
    nowhere = demo_engine.ask(HANDED_OVER, folder="elsewhere").reason
    assert nowhere is not None and nowhere.startswith("No article is in the folder elsewhere.")


def test_filters_that_nothing_passes_give_a_reason(demo_engine: Engine) -> None:
    unknown = demo_engine.ask(HANDED_OVER, source="BBC")
    assert (unknown.text, unknown.passages) == (None, ())
    assert unknown.reason == "No article is from BBC. Sources that articles name are: TASS."
    assert demo_engine.ask(HANDED_OVER, published_after="2030-01-01").reason == (
        "No article is published on or after 2030-01-01. "
        "The articles with a date are from 2021-12-10 to 2022-02-04."
    )


def test_a_threshold_of_one_answers_nothing(demo_engine: Engine) -> None:
    assert demo_engine.ask(HANDED_OVER, threshold=1).text is None


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), True, "0.5"])
def test_a_threshold_out_of_range_is_refused(demo_engine: Engine, threshold: object) -> None:
    with pytest.raises(BadRequest, match="0 to 1"):
        demo_engine.ask(HANDED_OVER, threshold=threshold)  # type: ignore[arg-type]


@pytest.mark.parametrize("top_k", [0, -1, 101, True, 2.0, "3"])
def test_a_top_k_out_of_range_is_refused(demo_engine: Engine, top_k: object) -> None:
    with pytest.raises(BadRequest, match="1 to 100"):
        demo_engine.ask(HANDED_OVER, top_k=top_k)  # type: ignore[arg-type]


@pytest.mark.parametrize("question", ["", "  \n\t ", "\x00\x07", "?!", "x" * 1001])
def test_a_question_that_asks_nothing_or_too_much_is_refused(demo_engine: Engine, question: str) -> None:
    with pytest.raises(BadQuestion):
        demo_engine.ask(question)


def test_a_question_of_exactly_the_limit_is_answered(demo_engine: Engine) -> None:
    assert demo_engine.ask(("word " * 200)[:999] + "?").passages


@pytest.mark.parametrize("mark", ["\ud800", "\udfff", "\x00", "\x1b[31m", "\u202e", "😀", '"+-(*:~^[]{}\\'])
def test_odd_characters_in_a_question_change_nothing_and_break_nothing(
    demo_engine: Engine, seeds: Path, mark: str
) -> None:
    answer = demo_engine.ask(f"What did the US {mark} hand over on January 26?")

    assert answer.passages
    _true_to_the_files(answer, seeds)
    json.dumps(to_dict(answer), ensure_ascii=False).encode("utf-8")


def test_too_long_a_history_is_refused_and_a_short_one_taken(demo_engine: Engine) -> None:
    turn = Turn("Who is Konstantin Gavrilov?", None)
    with pytest.raises(BadRequest, match="51 turns"):
        demo_engine.ask(HANDED_OVER, [turn] * 51)
    assert demo_engine.ask(HANDED_OVER, [turn]).passages


def test_the_same_question_gets_the_same_answer_from_many_threads(demo_engine: Engine) -> None:
    def asked(question: str) -> dict[str, Any]:
        answer = to_dict(demo_engine.ask(question))
        del answer["timings_ms"]
        return answer

    alone = {question: asked(question) for question in QUESTIONS[:3]}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(asked, QUESTIONS[:3] * 6))
    for answer in together:
        expected = alone[answer["question"]]
        assert answer["answer"] == expected["answer"]
        assert answer["citations"] == expected["citations"]


def test_the_response_keeps_its_contract(demo_engine: Engine) -> None:
    told = json.loads(json.dumps(to_dict(demo_engine.ask(HANDED_OVER))))

    assert set(told) == {
        *("question", "understood", "answer", "confidence", "reason", "citations", "passages"),
        *("reader", "index_version", "timings_ms", "answer_type", "agreement", "alternatives"),
        *("outcome", "guess", "answerable", "established", "did_you_mean", "quotes", "notice"),
        "other_reading",
    }
    assert set(told["citations"][0]) == {
        *("article_id", "file", "title", "url", "published", "quote", "start", "end"),
        *("sentence", "sentence_start", "sentence_end", "page", "derived", "selectors", "role"),
        *("header", "cells"),
    }
    assert set(told["passages"][0]) == {
        *("article_id", "file", "title", "start", "end", "text", "score", "dense_rank", "lexical_rank"),
    }
    assert told["index_version"] == demo_engine.version
    assert all(
        c["published"] is None or re.fullmatch(r"\d{4}-\d\d-\d\d", c["published"]) for c in told["citations"]
    )
    assert {"understand", "retrieve", "read", "decide"} <= set(told["timings_ms"])


def test_the_articles_are_listed_with_their_raw_text(demo_engine: Engine, seeds: Path) -> None:
    listed = demo_engine.articles()

    assert [info.path for info in listed] == sorted(file.name for file in seeds.iterdir())
    for info in listed:
        article = demo_engine.article(info.id)
        assert article.raw.encode("utf-8") == (seeds / info.path).read_bytes()
        assert len(demo_engine.passages(info.id)) == info.passages > 0
        for passage in demo_engine.passages(info.id):
            assert article.text[passage.start : passage.end] == passage.text


@pytest.mark.parametrize("article_id", ["", "nothing", "../../CURRENT", "\ud800", "x" * 10_000])
def test_an_unknown_article_is_not_found(demo_engine: Engine, article_id: str) -> None:
    with pytest.raises(NotFound):
        demo_engine.article(article_id)
    with pytest.raises(NotFound):
        demo_engine.passages(article_id)
