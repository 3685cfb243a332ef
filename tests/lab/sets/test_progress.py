from __future__ import annotations

import pytest

from qa.lab.sets import progress


def test_long_work_tells_how_far_it_is_and_short_work_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(progress.counted("abc", "reading")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""

    clock = iter(range(0, 1000, 20))  # each item takes 20 seconds
    monkeypatch.setattr("qa.lab.sets.progress.time.monotonic", lambda: next(clock))
    assert list(progress.counted("abcd", "reading")) == ["a", "b", "c", "d"]
    assert capsys.readouterr().err.startswith("reading: 1 of 4\n")
