"""Verbatim: answers questions about a collection of articles in the articles' own words.

from qa import Engine

answer = Engine.open("data").ask("Who is Vladimir Yermakov?")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine import Engine
    from .errors import BadQuestion, BadRequest, IndexCorrupt, IndexMissing, ModelMissing, NotFound, QAError
    from .records import Answer, Turn
    from .settings import Settings
    from .upkeep.index import index as build_index

__version__ = "0.2.0"

__all__ = [
    "Answer",
    "BadQuestion",
    "BadRequest",
    "Engine",
    "IndexCorrupt",
    "IndexMissing",
    "ModelMissing",
    "NotFound",
    "QAError",
    "Settings",
    "Turn",
    "__version__",
    "build_index",
]

_HOME = {"Answer": "records", "Engine": "engine", "Settings": "settings", "Turn": "records"}


def __getattr__(name: str) -> Any:  # FAISS and NumPy are imported when first needed: `qa --help` is quick
    from importlib import import_module

    if name == "build_index":
        return import_module(".upkeep.index", __name__).index
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME.get(name, 'errors')}", __name__), name)
