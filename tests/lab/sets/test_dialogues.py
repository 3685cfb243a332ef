"""Twenty dialogues over news: what the last question of each is understood as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.answer.understand.followup import readings
from qa.answer.understand.mentions import words
from qa.records import Turn

FILE = Path(__file__).parents[2] / "regression" / "dialogues.jsonl"
DIALOGUES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("told", DIALOGUES, ids=lambda told: told["id"])
def test_a_follow_up_over_news_is_understood(told: dict[str, Any]) -> None:
    """Right: unchanged where a new topic begins; else it holds all words of each name it means, and none of others'."""
    first = readings(told["question"], [Turn(**turn) for turn in told["history"]]).texts[0]
    if told.get("same"):
        assert first == told["question"]
        return
    understood = words(first)
    assert all(set(words(name)) <= set(understood) for name in told["names"]), first
    assert not any(set(words(name)) <= set(understood) for name in told["not"]), first
