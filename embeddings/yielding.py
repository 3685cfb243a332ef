"""Work for which answers shall not wait."""

from __future__ import annotations

import os
import sys
from threading import get_native_id

_NICENESS = 10  # of threads that build: a question that comes meanwhile goes first


def yield_to_others() -> None:
    """Lower the priority of this thread, and of those that it starts, where a thread has a priority of its own."""
    if sys.platform != "linux":
        return
    thread = get_native_id()
    if os.getpriority(os.PRIO_PROCESS, thread) < _NICENESS:  # to raise it is not allowed
        os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
