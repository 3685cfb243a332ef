"""The server that `qa serve` runs, over a socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from waitress.server import BaseWSGIServer

from qa.settings import Settings
from web.serve import bound, listen


@contextmanager
def listening(app: Flask) -> Iterator[int]:
    """Its port, until the end of the block; what it has begun by then is answered first."""
    server = listen(app, bound("127.0.0.1", 0), Settings())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stop(server)
        thread.join(30)


def stop(server: BaseWSGIServer) -> None:
    """Close it in its own thread, and wait for what its workers have begun."""
    # Locked, or an answer's own pull may close the trigger before this one is written to it.
    with server.trigger.lock:
        server.trigger.thunks.append(server.close)
        server.pull_trigger()
    server.task_dispatcher.shutdown()
