"""Verbatim: answers questions about a collection of articles in the articles' own words.

from qa import Engine

answer = Engine.open("data").ask("Who is Vladimir Yermakov?")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine import Engine
    from .records import Answer, Turn
    from .settings import Settings

__version__ = "0.2.0"

__all__ = ["Answer", "Engine", "Settings", "Turn"]

_HOME = {"Answer": "records", "Engine": "engine", "Settings": "settings", "Turn": "records"}


def __getattr__(name: str) -> Any:  # FAISS and NumPy are imported when first needed: `qa --help` is quick
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOME[name]}", __name__), name)
