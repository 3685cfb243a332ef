"""Root may read and write everywhere; to be refused by the file system, a test becomes somebody else for a while."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[None]:
    """This process as a user whom file modes bind; skips the test where there is none to become."""
    if not hasattr(os, "setresuid"):
        pytest.skip("the system has no such users")
    if os.geteuid() != 0:
        yield
        return
    try:
        os.setresuid(_NOBODY, _NOBODY, 0)
    except OSError as error:
        pytest.skip(f"root cannot become somebody else here: {error}")
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@contextmanager
def place_for_all() -> Iterator[Path]:
    """A new folder that every user may write to; pytest's own are its user's alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)
