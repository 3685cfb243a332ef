"""Builds in the background, one at a time, with progress; they can be cancelled."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from qa.errors import BuildRunning, NotFound, QAError
from qa.index.catalog import Catalog
from qa.ports import Progress
from qa.records import BuildReport

Build = Callable[[Progress], BuildReport]
RETRY_SECONDS = 0.5  # how often a build that is queued behind another process's looks whether it may begin

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobState:
    """What GET /index tells. seconds_left: of the phase, None where it cannot be told."""

    state: str = "idle"  # idle, waiting, running, cancelling, done, failed or cancelled
    phase: str | None = None
    done: int = 0
    total: int = 0
    started: str | None = None  # ISO 8601, UTC
    seconds: float = 0.0
    seconds_left: float | None = None
    queued: bool = False  # another build follows this one
    elsewhere: str | None = None  # which other process is building
    error: str | None = None
    report: BuildReport | None = None  # of the last build that ended well

    @property
    def busy(self) -> bool:
        return self.state in ("waiting", "running", "cancelling")


class _Cancelled(Exception):
    pass


class Jobs:
    """The builds of the index in `catalog`. May be called from several threads.

    build: builds it, passing on progress. published: called after each build that published something.
    """

    def __init__(
        self, catalog: Catalog, build: Build, published: Callable[[], object] = lambda: None
    ) -> None:
        self._catalog, self._build, self._published = catalog, build, published
        self._state = JobState()
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        self._began = self._phase_began = 0.0

    def start(self) -> JobState:
        """Begin a build. Raises BuildRunning where one is under way, here or in another process."""
        with self._lock:
            if self._state.busy:
                raise BuildRunning(self._catalog.name, f"this server, since {self._state.started}")
            if elsewhere := self._catalog.who_builds():
                raise BuildRunning(self._catalog.name, elsewhere)
            return self._begin()

    def request(self) -> JobState:
        """See to it that a build begins after this: now, or when the one under way has ended."""
        with self._lock:
            if not self._state.busy:
                return self._begin()
            self._state = replace(self._state, queued=True)
            return self._state

    def cancel(self) -> JobState:
        """Stop the build under way as soon as it can be; nothing of it is published. Raises NotFound."""
        with self._lock:
            if not self._state.busy:
                raise NotFound("No build is under way that could be cancelled.")
            self._cancel.set()
            self._state = replace(self._state, state="cancelling", queued=False)
            return self._state

    def end(self, within: float) -> None:
        """Cancel what is under way, as the process ends, and wait for that so many seconds."""
        with suppress(NotFound):
            self.cancel()
        self.wait(within)

    def state(self) -> JobState:
        with self._lock:
            now = self._state
            if now.busy:
                seconds = time.monotonic() - self._began
                now = replace(now, seconds=round(seconds, 3), seconds_left=self._seconds_left(now))
        return now if now.busy else replace(now, elsewhere=self._catalog.who_builds())

    def wait(self, timeout: float | None = None) -> JobState:
        """Until no build is under way here."""
        while (thread := self._thread) is not None and thread.is_alive():
            thread.join(timeout)
            if timeout is not None:
                break
        return self.state()

    def _begin(self) -> JobState:
        self._cancel.clear()
        self._began = self._phase_began = time.monotonic()
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self._state = JobState(state="running", started=started, report=self._state.report)
        self._thread = threading.Thread(target=self._run, name="build", daemon=True)
        self._thread.start()
        return self._state

    def _run(self) -> None:
        end = self._ended()
        if end.state == "done":
            try:
                self._published()
            except QAError as error:
                _log.warning("%s", error)
                end = replace(end, state="failed", error=error.afar)
        with self._lock:
            again = self._state.queued
            self._state = end
            if again:
                self._begin()

    def _ended(self) -> JobState:
        try:
            report = self._built()
            return self._last("done", report=report)
        except _Cancelled:
            return self._last("cancelled")
        except QAError as error:
            _log.warning("%s", error)
            return self._last("failed", error=error.afar)
        except Exception:  # nobody waits for this thread: what it ends with must be told
            _log.exception("A build ended unexpectedly.")
            return self._last("failed", error="An unexpected error; the server's log has the cause.")

    def _built(self) -> BuildReport:
        while True:
            self._stop_if_cancelled()
            try:
                return self._build(self._progress)
            except BuildRunning as error:
                with self._lock:
                    if self._state.state != "cancelling":
                        self._state = replace(self._state, state="waiting", elsewhere=error.who)
                self._cancel.wait(RETRY_SECONDS)

    def _progress(self, phase: str, done: int, total: int) -> None:
        self._stop_if_cancelled()
        with self._lock:
            if phase != self._state.phase:
                self._phase_began = time.monotonic()
            state = "cancelling" if self._state.state == "cancelling" else "running"
            self._state = replace(
                self._state, state=state, phase=phase, done=done, total=total, elsewhere=None
            )

    def _stop_if_cancelled(self) -> None:
        if self._cancel.is_set():
            raise _Cancelled

    def _seconds_left(self, now: JobState) -> float | None:
        if not 0 < now.done < now.total:
            return None
        return round((time.monotonic() - self._phase_began) * (now.total - now.done) / now.done, 1)

    def _last(self, state: str, *, report: BuildReport | None = None, error: str | None = None) -> JobState:
        before = self._state
        return JobState(
            state=state,
            started=before.started,
            seconds=round(time.monotonic() - self._began, 3),
            error=error,
            report=report or before.report,
        )
