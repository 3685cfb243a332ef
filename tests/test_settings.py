"""Settings are checked where they are made."""

from __future__ import annotations

from typing import Any

import pytest

from qa import Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoder": " "},
        {"passage_tokens": 5},
        {"top_k": 0},
        {"top_k": 101},
        {"candidates": 0},
        {"rrf_k": -1},
        {"keep_generations": 0},
        {"search_threads": 0},
        {"sentence_threshold": 2.0},
        {"precision": "int3"},
    ],
)
def test_a_setting_that_makes_no_sense_fails_when_it_is_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)
