"""Errors between processes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from qa import errors


@pytest.mark.parametrize(
    "error",
    [
        errors.BadQuestion("It is empty."),
        errors.ModelMissing("a model", "a folder", "Install it."),
        errors.IndexMissing(Path("data")),
        errors.IndexCorrupt(Path("data/file"), "it is cut off"),
        errors.NothingToIndex("There is nothing.", unsettled=True),
        errors.BuildRunning(Path("data"), "somebody"),
        errors.Overloaded(3),
        errors.TookTooLong(1.5, "read"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_to_another_process_as_it_was(error: errors.QAError) -> None:
    came = pickle.loads(pickle.dumps(error))
    assert type(came) is type(error)
    assert str(came) == str(error) != ""
    assert vars(came) == vars(error)
