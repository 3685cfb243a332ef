from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.index.lexical import LexicalIndex

TEXTS = {
    3: "The US handed over its response.",
    5: "They told us a story about Genève.",
    2: "A bell rang twice. The bell was loud.",
    9: "One bell rang.",
}


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return LexicalIndex.build(tmp_path_factory.mktemp("lexical") / "l", TEXTS.items())


def _found(lexical: LexicalIndex, question: str) -> list[int]:
    return [id_ for id_, _ in lexical.search(question, 10)]


@pytest.mark.parametrize("few", [0, 5_000])
def test_within_some_ids_the_best_of_them_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("qa.index.lexical._FEW_IDS", few)  # looked up, and found by going deeper
    index = LexicalIndex.build(tmp_path / "l", [(id_, "bread " * (id_ % 17 + 1)) for id_ in range(400)])
    every = index.search("bread", 400)
    worst = sorted(id_ for id_, _ in every[-5:])

    found = index.search("bread", 3, np.array([*worst, 999], dtype=np.int64))

    expected = [item for item in every if item[0] in worst][:3]
    assert [id_ for id_, _ in found] == [id_ for id_, _ in expected]
    assert dict(found) == pytest.approx(dict(expected))
    assert [id_ for id_, _ in index.search("bread", 9, np.array(worst))] == [id_ for id_, _ in every[-5:]]


def test_capitals_tell_a_name_from_a_word_that_questions_are_made_of(lexical: LexicalIndex) -> None:
    assert set(_found(lexical, "What about the US?")) == {3, 5}
    assert set(_found(lexical, "Did a bell ring for us?")) == {2, 9}


def test_accents_and_endings_do_not_matter(lexical: LexicalIndex) -> None:
    assert _found(lexical, "GENEVE stories") == [5]
    assert set(_found(lexical, "bells")) == {2, 9}


def test_a_question_of_nothing_but_common_words_searches_for_them(lexical: LexicalIndex) -> None:
    assert 5 in _found(lexical, "they us")


def test_it_opens_as_it_was_built(lexical: LexicalIndex, tmp_path: Path) -> None:
    LexicalIndex.build(tmp_path / "l", TEXTS.items())
    opened = LexicalIndex.open(tmp_path / "l")
    assert len(opened) == len(lexical) == 4
    assert opened.search("loud bell", 5) == lexical.search("loud bell", 5)


def test_it_opens_without_writing_to_its_folder(lexical: LexicalIndex, tmp_path: Path) -> None:
    LexicalIndex.build(tmp_path / "l", TEXTS.items())
    for lock in (tmp_path / "l").glob("*.lock"):
        lock.unlink()
    before = sorted((tmp_path / "l").iterdir())

    opened = LexicalIndex.open_read_only(tmp_path / "l")

    assert sorted((tmp_path / "l").iterdir()) == before
    assert opened.search("loud bell", 5) == lexical.search("loud bell", 5)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    empty = LexicalIndex.build(tmp_path / "l", [])
    assert (len(empty), empty.search("bell", 5)) == (0, [])


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises((ValueError, OSError)):
        LexicalIndex.open(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec=None), max_size=80), st.integers(1, 5))
def test_any_text_may_be_asked(lexical: LexicalIndex, question: str, k: int) -> None:
    found = lexical.search(question, k)
    assert len(found) <= k
    assert {id_ for id_, _ in found} <= TEXTS.keys()
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
