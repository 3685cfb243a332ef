from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import BadRequest
from qa.lab.bench.engines import ENGINES
from qa.lab.bench.lexical import compare

TEXTS = [
    "The mill by the river grinds barley.",
    "A dam holds the river back.",
    "The quay was rebuilt in stone.",
    "Bridges cross the rivers of the valley.",
]
BUILT = pytest.mark.parametrize("name", ENGINES)


@BUILT
def test_every_engine_finds_stems_and_ignores_stop_words(name: str, tmp_path: Path) -> None:
    ENGINES[name].build(tmp_path / "built", enumerate(TEXTS))
    engine = ENGINES[name](tmp_path / "built")
    assert set(engine.search("Which rivers are there?")) == {0, 1, 3}
    assert engine.search("Who was grinding by the river?")[0] == 0
    assert engine.search("telescope") == []


@BUILT
def test_an_odd_question_is_searched_for_too(name: str, tmp_path: Path) -> None:
    ENGINES[name].build(tmp_path / "built", enumerate(TEXTS))
    engine = ENGINES[name](tmp_path / "built")
    for question in ('"', "?!", "AND OR NOT", 'the "stone" quay*', "\ud800"):
        assert set(engine.search(question)) <= {0, 1, 2, 3}
    assert engine.search('the "stone" quay*') == [2]


@pytest.mark.parametrize("name", [name for name, engine in ENGINES.items() if engine.change])
def test_a_passage_goes_and_another_comes(name: str, tmp_path: Path) -> None:
    ENGINES[name].build(tmp_path / "built", enumerate(TEXTS))
    engine = ENGINES[name](ENGINES[name].change(tmp_path / "built", (1, TEXTS[1]), (9, "A telescope.")))
    assert (engine.search("dam"), engine.search("telescope")) == ([], [9])


def test_no_passages_are_refused() -> None:
    with pytest.raises(BadRequest, match="at least 1"):
        compare(Path("none.json"), [0])
