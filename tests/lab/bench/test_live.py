"""`qa bench live`, as little of it as shows that a change is answered from."""

from __future__ import annotations

import math

import pytest

from qa.lab.bench import live


@pytest.mark.model
def test_every_change_is_answered_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_PATIENCE", 60.0)

    told = live.measure(articles=5, changes=2)

    assert (told["articles"], told["answered_after_s"]["worst"] < math.inf) == (5, True)
    assert told["answered_after_s"]["of_it_settling"] <= told["answered_after_s"]["median"]
