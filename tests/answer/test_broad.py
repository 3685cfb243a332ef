"""Which questions ask for more than a span, and which of a text's units are quoted for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.answer.tell.quotes import LONGEST, MOST, quotes
from qa.answer.understand.broad import Broad, broad
from qa.engine import Engine
from qa.english.words import stems
from qa.ingest.tables import tables_of_lines
from qa.listed import lines
from qa.ports import Encoder
from qa.records import Alignment, Article, CitedPassage, ListItem, Quoted
from qa.upkeep.index import index

TESTS = Path(__file__).parent.parent
QUESTIONS = [
    json.loads(line) for line in (TESTS / "regression" / "broad.jsonl").read_text("utf-8").splitlines()
]
THINGS = ("the strainer", "the bridge", "a passport", "old bricks", "the council of Brennick")
FORMS = {
    Broad.STEPS: (
        "How do I clean {}?",
        "how to clean {}",
        "What are the steps to clean {}?",
        "How can one mend {}?",
    ),
    Broad.COMPARE: ("Compare {} and the mill", "What is the difference between {} and the mill?"),
    Broad.SAID: (
        "What did Ada Birch say about {}?",
        "What has the mayor said on {}?",
        "What are the views of Ada on {}?",
    ),
    Broad.ABOUT: (
        "What about {}?",
        "Tell me about {}",
        "What is known about {}?",
        "Summarize what happened to {}",
    ),
    Broad.LIST: ("List the owners of {}", "What are the parts of {}?", "Name all the rooms of {}"),
}
ONE_SPAN = (
    "Who cleaned {}?",
    "When was {} built?",
    "How many people saw {}?",
    "How old is {}?",
    "How did {} fall down?",
    "What did the mayor say?",
    "Is {} closed?",
    "Why was {} closed?",
)


class Letters:
    """Texts as counts of their stems over a fixed vocabulary, as unit vectors."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vocabulary = sorted({stem for text in texts for stem in stems(text)})
        rows = np.array([[stem in stems(text) for stem in vocabulary] for text in texts], dtype=np.float32)
        unit: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
        return unit


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("thing", THINGS)
def test_a_question_for_more_than_a_span_is_known_by_its_form(kind: Broad, thing: str) -> None:
    assert [broad(form.format(thing)) for form in FORMS[kind]] == [kind] * len(FORMS[kind])


@pytest.mark.parametrize("form", ONE_SPAN)
@pytest.mark.parametrize("thing", THINGS)
def test_what_a_span_can_answer_is_not_one(form: str, thing: str) -> None:
    assert broad(form.format(thing)) is None


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("ferry repairs", Broad.KEYWORDS),
        ("hosepipe ban", Broad.KEYWORDS),
        ("who left", None),
        ("Vienna?", None),
    ],
)
def test_bare_keywords_are_one(typed: str, kind: Broad | None) -> None:
    assert broad(typed) is kind


TEXT = """The strainer is made of steel.
Cleaning the strainer:
1. Let the strainer cool.
2. Rinse the strainer.
Member | Fee
Adult | 40 crowns
Student | 15 crowns
Nothing else is told about any of it here."""


def quoted(question: str, *texts: str) -> list[tuple[str, str | None]]:
    articles = {
        str(n): Article(str(n), f"{n}.txt", text, "T", text, tables=tables_of_lines(text, text, Alignment()))
        for n, text in enumerate(texts)
    }
    passages = [
        CitedPassage(id_, f"{id_}.txt", "T", 0, len(article.raw), article.raw, 0.1, 1, 1)
        for id_, article in articles.items()
    ]
    found = quotes(question, passages, articles, Letters())
    for one in found:
        raw = articles[one.citation.article_id].raw
        assert raw[one.citation.start : one.citation.end] == one.citation.quote
    cited = [one.citation for one in found]
    return [(one.quote, one.header.quote if one.header else None) for one in cited]


def test_a_list_comes_whole_with_its_numbers_and_the_line_that_opens_it() -> None:
    assert ("Cleaning the strainer:\n1. Let the strainer cool.\n2. Rinse the strainer.", None) in quoted(
        "How do I clean the strainer?", TEXT
    )


def test_a_row_of_a_table_comes_with_its_header() -> None:
    assert ("Student | 15 crowns", "Member | Fee") in quoted("What is the fee of a student member?", TEXT)


def test_copies_are_quoted_once_and_what_is_named_nowhere_is_not_quoted_about() -> None:
    found = quoted("What about the strainer?", TEXT, TEXT)
    assert len(found) == len({quote for quote, _ in found}) <= MOST
    assert quoted("What did Zorblax say about the strainer?", TEXT) == []
    assert quoted("What about the strainer?") == []


def marked(*texts: str, size: int = 0) -> Article:
    """A text of these lines, those between the first and the last items of a list; size: of each, at least."""
    lines = [
        texts[0],
        *(f"{text} {'It dries slowly. ' * (size // 16)}".strip() for text in texts[1:-1]),
        texts[-1],
    ]
    starts = [sum(len(line) + 1 for line in lines[:at]) for at in range(len(lines))]
    items = [
        ListItem(start, start + len(line), 1, 0, f"{number}.")
        for number, (start, line) in enumerate(zip(starts, lines, strict=True))
    ]
    raw = "\n".join(lines)
    return Article("0", "0.html", raw, "T", raw, items=tuple(items[1:-1]))


STEPS = (
    "Cleaning the strainer:",
    "Let the strainer cool.",
    "Rinse the strainer.",
    "Nothing else is told of it.",
)


def found_in(article: Article) -> tuple[Quoted, ...]:
    passage = CitedPassage("0", "0.html", "T", 0, len(article.raw), article.raw, 0.1, 1, 1)
    return quotes("How do I clean the strainer?", [passage], {"0": article}, Letters())


def test_a_list_whose_marks_are_no_text_comes_whole_and_with_its_numbers_beside_it() -> None:
    (one,) = [one for one in found_in(marked(*STEPS)) if one.items]
    assert one.citation.quote == "\n".join(STEPS[:3])
    assert [str(line) for line in lines(one)] == [STEPS[0], f"1. {STEPS[1]}", f"2. {STEPS[2]}"]


def test_what_is_a_list_only_by_its_markup_is_quoted_by_sentences() -> None:
    """Pages lay whole articles out as items."""
    found = found_in(marked(*STEPS, size=LONGEST))
    assert found and all("\n" not in one.citation.quote for one in found)
    (item,) = next(one.items for one in found if one.citation.quote == STEPS[1])
    assert (item.marker, item.start, item.end) == ("1.", len(STEPS[0]) + 1, len(STEPS[0]) + 1 + len(STEPS[1]))


@pytest.fixture(scope="module")
def shelf(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    data = tmp_path_factory.mktemp("broad")
    index([TESTS / "regression" / "articles", TESTS / "regression" / "more"], data, encoder=encoder)
    return Engine.open(data, encoder=encoder)


def test_most_of_the_thirty_questions_get_quotes_that_say_what_was_wanted(shelf: Engine) -> None:
    """The rule: every wanted phrase stands in a quote or in the answer. Before there were quotes: 6 of 30."""
    right = 0
    for one in QUESTIONS:
        answer = shelf.ask(one["question"])
        assert answer.text is not None or answer.quotes
        assert all(shelf.article(q.citation.article_id).raw.count(q.citation.quote) for q in answer.quotes)
        told = " ".join(" ".join([answer.text or "", *(q.citation.quote for q in answer.quotes)]).split())
        right += all(" ".join(wanted.split()) in told for wanted in one["quoted"])
    assert len(QUESTIONS) == 30
    assert right >= 24
