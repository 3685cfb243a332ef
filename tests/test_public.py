"""What `import qa` gives to those who build on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

import qa
from qa.engine import Engine
from qa.records import Answer

NOTHING = Answer("Who?", "Who?", None, 0.1, "Nothing is\nabout this.", (), (), "r", "v", {})


def test_every_public_name_is_there_and_unknown_ones_are_not() -> None:
    records = ["Answer", "Engine", "Settings", "Turn"]
    errors = [
        "BadQuestion",
        "BadRequest",
        "IndexCorrupt",
        "IndexMissing",
        "ModelMissing",
        "NotFound",
        "QAError",
    ]
    assert sorted(qa.__all__) == sorted([*records, *errors, "__version__", "build_index"])
    assert all(getattr(qa, name).__name__ == name for name in (*records, *errors))
    assert callable(qa.build_index)
    with pytest.raises(AttributeError):
        qa.nothing_like_it  # noqa: B018


def test_an_answer_is_shown_on_one_line() -> None:
    assert repr(NOTHING) == "Answer(none: 'Nothing is about this.', confidence=0.10)"
    assert repr(replace(NOTHING, text="x" * 200)).count("x") == 80


@pytest.mark.parametrize("question", [None, 5, ["Who?"]])
def test_what_is_no_text_cannot_be_asked(demo_engine: Engine, question: object) -> None:
    with pytest.raises(qa.BadQuestion, match="must be text"):
        demo_engine.ask(question)  # type: ignore[arg-type]
