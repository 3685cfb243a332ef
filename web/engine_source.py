"""Where requests get the engine: opened once, shared by every thread, tried again while it cannot be opened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from flask import current_app

from qa.engine import Engine
from qa.errors import QAError
from qa.records import ArticleInfo

RETRY_SECONDS = 2.0  # opening a damaged index reads every file of it: not once for each waiting request


class EngineSource:
    """Holds an Engine, or the function that opens one."""

    def __init__(self, engine: Engine | Callable[[], Engine]) -> None:
        self._open = engine if callable(engine) else None
        self._engine = None if callable(engine) else engine
        self._lock = threading.Lock()
        self._failure: QAError | None = None
        self._failed_at = 0.0
        self._listed: tuple[str, Sequence[ArticleInfo]] = ("", ())

    def get(self) -> Engine:
        """The open engine. Raises the QAError that opening it ended with (IndexMissing, IndexCorrupt, …)."""
        with self._lock:
            if self._engine is not None:
                return self._engine
            assert self._open is not None
            if self._failure is None or time.monotonic() - self._failed_at >= RETRY_SECONDS:
                try:
                    self._engine = self._open()
                    return self._engine
                except QAError as error:
                    self._failure, self._failed_at = error, time.monotonic()
            raise self._failure.with_traceback(None)

    def all_articles(self) -> tuple[str, Sequence[ArticleInfo]]:
        """(index version, every article by path); read once for each version, for every page needs it."""
        engine = self.get()
        version, listed = self._listed
        if version != engine.version:
            version, listed = engine.version, engine.articles()
            self._listed = (version, listed)
        return version, listed


def engine() -> Engine:
    """The engine of the application that is serving this request; raises as EngineSource.get does."""
    return _source().get()


def all_articles() -> tuple[str, Sequence[ArticleInfo]]:
    """Of that engine; raises as it does."""
    return _source().all_articles()


def _source() -> EngineSource:
    source: EngineSource = current_app.extensions["engine"]
    return source
