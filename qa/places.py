"""Where things are kept on this computer."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_folder(data: str | Path | None = None) -> Path:
    """Where indexes live: `data`, else $QA_DATA, else the user's data folder for this application."""
    named = data or os.environ.get("QA_DATA") or platformdirs.user_data_dir("verbatim-qa")
    return Path(named).expanduser()
