"""Making suggestions behind a server's back: after each new index, in a thread that waits more than it works, and for
as long as anybody else is being answered. Of several collections one's at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ..engine import Engine
from ..errors import QAError
from ..records import ArticleInfo
from .make import Suggestion, make
from .store import Suggestions, load, save

LOOK_SECONDS = 1.0  # how often it is looked whether there is another index
SETTLE_SECONDS = 3.0  # an index that is replaced sooner, as when many files are being copied, gets none
REST = 3.0  # times as long as each step took: at most a quarter of one core
GIVING_WAY_SECONDS = 0.25  # before it is looked again whether the others have been answered

_turn = threading.Lock()  # whose it is to make some

_log = logging.getLogger(__name__)


def _no_engine() -> Engine:
    raise QAError("No engine is open.")


class SuggestionUpkeep:
    """The suggestions of the index in service in `data`.

    engine: gives the engine that serves, or raises a QAError. makes: whether they are made here, where there are none
    yet; else those that another process makes are taken over.
    """

    def __init__(self, data: Path, makes: bool = True) -> None:
        self._data, self._makes = data, makes
        self.engine: Callable[[], Engine] = _no_engine
        self._now = Suggestions()

    def of(self, version: str, listed: Sequence[ArticleInfo]) -> Suggestions:
        """For this version of the index, which holds these articles; none where none were made yet.

        Until its own are made, those of the version before whose articles are still there.
        """
        now = self._now
        return now if now.version == version else now.within(info.id for info in listed)

    def watch(self, stop: threading.Event) -> threading.Thread:
        """Make them for each index that comes into service, until `stop`."""
        thread = threading.Thread(target=self._watch, args=[stop], name="suggestions", daemon=True)
        thread.start()
        return thread

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_SECONDS):
            try:
                engine = self.engine().pinned()
                if engine.version != self._now.version:
                    self.bring_up_to_date(engine, stop)
            except QAError:  # nothing is indexed yet
                continue
            except Exception:  # nobody waits for this thread; without suggestions everything else goes on
                _log.exception("Suggested questions could not be made.")
                stop.wait(60.0)

    def bring_up_to_date(self, engine: Engine, stop: threading.Event) -> None:
        """Load those of this engine's index, or make and keep them; nothing where another index comes meanwhile."""
        known = load(self._data, engine.version)
        if known is not None:
            self._now = known
            return
        if not self._makes or stop.wait(SETTLE_SECONDS):
            return
        with _turn:
            made = self._made(engine, stop)
        if stop.is_set() or not self._current(engine.version):
            return
        try:
            self._now = save(self._data, engine.version, made)
        except OSError as error:  # shown all the same, and made again after the next start
            _log.warning("Suggested questions cannot be kept in %s: %s", self._data, error)
            self._now = Suggestions(engine.version, tuple(made))

    def _made(self, engine: Engine, stop: threading.Event) -> list[Suggestion]:
        """Fewer where they are not wanted any more."""
        since = time.monotonic()

        def go_on() -> bool:
            nonlocal since
            stopped = stop.wait((time.monotonic() - since) * REST)
            while not stopped and engine.busy:
                stopped = stop.wait(GIVING_WAY_SECONDS)
            since = time.monotonic()
            return not stopped and self._current(engine.version)

        return make(engine, go_on)

    def _current(self, version: str) -> bool:
        with suppress(QAError):
            return self.engine().version == version
        return False
