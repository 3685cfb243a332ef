"""Where requests get the engine: opened once, shared by every thread, tried again while it cannot be opened.

An index that is published meanwhile is taken over between requests: each request sees one index from its first step
to its last.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import g

from qa.engine import Engine
from qa.errors import QAError
from qa.records import ArticleInfo
from web import listing
from web.collection import collection

RETRY_SECONDS = 2.0  # opening a damaged index reads every file of it: not once for each waiting request
WATCH_SECONDS = 0.25  # reading the pointer takes 20 microseconds

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """Every article by path, their sources, the commonest first, and their folders by name."""

    version: str
    articles: Sequence[ArticleInfo] = ()
    sources: Sequence[str] = ()
    folders: Sequence[str] = ()


class EngineSource:
    """Holds an Engine, or the function that opens one."""

    def __init__(self, engine: Engine | Callable[[], Engine]) -> None:
        self._open = engine if callable(engine) else None
        self._engine = None if callable(engine) else engine
        self._lock = threading.Lock()
        self._failure: QAError | None = None
        self._failed_at = 0.0
        self._listed = Listed("")

    def get(self) -> Engine:
        """The open engine, over the index that is in service now and with that index for good.

        While one request takes over a new index, the others are answered from the one before. Raises the QAError
        that opening it ended with (IndexMissing, IndexCorrupt, …).
        """
        engine = self.opened()
        try:
            engine.refresh(wait=False)
        except QAError as error:  # the one before goes on serving, and /health says why
            _log.warning("%s", error)
        return engine.pinned()

    def opened(self) -> Engine:
        """The engine itself. Raises as `get` does."""
        with self._lock:
            if self._engine is not None:
                return self._engine
            assert self._open is not None
            if self._failure is None or time.monotonic() - self._failed_at >= RETRY_SECONDS:
                try:
                    self._engine = self._open()
                except QAError as error:
                    self._failure, self._failed_at = error, time.monotonic()
                else:
                    if self._engine.warning:
                        _log.warning("%s", self._engine.warning)
                    return self._engine
            raise self._failure.with_traceback(None)

    def watch(self, stop: threading.Event) -> threading.Thread:
        """Take new indexes over as they are published, so that no request has to wait for it."""

        def look() -> None:
            while not stop.wait(WATCH_SECONDS):
                try:
                    self.get()
                except QAError:  # nothing is indexed yet: whoever asks is told
                    continue

        thread = threading.Thread(target=look, name="index watcher", daemon=True)
        thread.start()
        return thread

    def listed(self, engine: Engine) -> Listed:
        """Read once for each version: every page needs it."""
        listed = self._listed
        if listed.version != engine.version:
            articles = listing.by_path(engine.articles())
            sources, folders = listing.sources(articles), listing.folders(articles)
            self._listed = listed = Listed(engine.version, articles, sources, folders)
        return listed


def engine() -> Engine:
    """The engine for this request, the same from its first step to its last; raises as EngineSource.get does, and
    NoCollection."""
    if "engine" not in g:
        g.engine = collection().source.get()
    opened: Engine = g.engine
    return opened


def all_articles() -> tuple[str, Sequence[ArticleInfo]]:
    """(index version, every article by path) of that engine; raises as it does."""
    listed = everything_listed()
    return listed.version, listed.articles


def everything_listed() -> Listed:
    """Of that engine; raises as it does."""
    return collection().source.listed(engine())
