"""Errors between processes, and to other computers."""

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


@pytest.mark.parametrize(
    "error",
    [
        errors.ModelMissing("/srv/here/model", "/srv/here/model/x.json", "It is not in /srv/here."),
        errors.IndexMissing(Path("/srv/here")),
        errors.IndexCorrupt(Path("/srv/here/rows.npy"), "it cannot be read (no '/srv/here/rows.npy')"),
        errors.IndexCorrupt(Path("/srv/here/generations/2026-a/lexical/meta.json"), "it is missing"),
        errors.BuildRunning(Path("/srv/here"), "somebody"),
        errors.BuildFailed("/srv/here is full.", afar="It is full."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_who_asks_from_another_computer_is_told_no_place_on_this_one(error: errors.QAError) -> None:
    assert "/srv/here" in str(error)
    assert "/srv" not in error.afar != ""


def test_which_index_is_damaged_is_told_to_everybody() -> None:
    file = Path("/srv/here/generations/2026-a/lexical/meta.json")
    assert (
        str(Path("file 2026-a/lexical/meta.json cannot")) in errors.IndexCorrupt(file, "it is missing").afar
    )
