"""Build whenever the articles change: file events from watchfiles, files read only once they have settled."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import watchfiles

from qa.errors import BuildFailed, BuildRunning, NothingToIndex, QAError
from qa.records import BuildReport

SETTLE_SECONDS = 0.5  # copying a file writes it many times a second; a pause this long is its end
RETRY_SECONDS = 30.0  # after a build that failed: a full disk is not fuller the next moment


def watch(
    roots: Sequence[Path],
    data: Path | None,
    build: Callable[[float], BuildReport],
    *,
    stop: threading.Event,
    told: Callable[[BuildReport | QAError], None] = lambda result: None,
    settle: float = SETTLE_SECONDS,
) -> None:
    """Until `stop`: build(settle) at first, then each time that something under `roots` has changed and settled.

    A file that is still being written is left as it was, and read when it has settled. data: a folder in which nothing
    is looked at. told: gets every report of a new index, and every error; after an error it goes on. Raises QAError
    where the folders cannot be watched.
    """
    due: float | None = time.monotonic()
    for changed in _events(roots, data, stop, settle):
        now = time.monotonic()
        if changed:
            due = min(due or math.inf, now + settle)
        if due is None or now < due:
            continue
        due = None
        try:
            report = build(settle)
        except BuildRunning:
            due = now + 1.0
        except NothingToIndex as error:
            if error.unsettled:
                due = time.monotonic() + settle
            else:
                told(error)
        except QAError as error:
            told(error)
            due = now + RETRY_SECONDS if isinstance(error, BuildFailed) else None
        else:
            if report.unsettled:
                due = time.monotonic() + settle
            if report.published:
                told(report)


def _events(roots: Sequence[Path], data: Path | None, stop: threading.Event, settle: float) -> Iterator[bool]:
    """Whether something has changed, asked several times within the time of settling."""
    own = data.resolve() if data is not None else None

    def foreign(change: watchfiles.Change, path: str) -> bool:
        # an index within the articles' folder is not a change of them
        return own is None or not Path(path).is_relative_to(own)

    try:
        for changes in watchfiles.watch(
            *(root.resolve() for root in roots),
            watch_filter=foreign,
            stop_event=stop,
            debounce=100,
            step=50,
            rust_timeout=max(10, int(settle * 500)),
            yield_on_timeout=True,
        ):
            yield bool(changes)
    except (OSError, RuntimeError) as error:
        where = ", ".join(str(root) for root in roots)
        why = str(error).rstrip(".")
        raise QAError(f"{where} cannot be watched: {why}. Index it by hand with: qa index") from error
