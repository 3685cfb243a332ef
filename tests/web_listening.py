"""The server that `qa serve` runs, over a socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from qa.settings import Settings
from web.limits import Limits
from web.listening import Listening, bound
from web.serve import threads


@contextmanager
def listening(app: Flask, limits: Limits | None = None) -> Iterator[int]:
    """Its port, until the end of the block; what it has begun by then is answered first."""
    server = Listening(app, bound("127.0.0.1", 0), threads(Settings()), limits)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.stop()
        thread.join(30)
