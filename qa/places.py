"""Where things are kept on this computer."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import platformdirs


def data_folder(data: str | Path | None = None) -> Path:
    """Where indexes live: `data`, else $QA_DATA, else the user's data folder for this application."""
    named = data or os.environ.get("QA_DATA") or platformdirs.user_data_dir("verbatim-qa")
    return Path(named).expanduser()


def index_place(data: str | Path | None = None, store: str | None = None) -> str | Path:
    """Where the index is: at `store`, else $QA_STORE, else in the data folder; all else is in the data folder."""
    return store or os.environ.get("QA_STORE") or data_folder(data)


def holds_index(names: Collection[str]) -> bool:
    """Whether a folder with these names in it is one that an index lives in, wherever it was told to be."""
    return "generations" in names and ("CURRENT" in names or "build.lock" in names)
