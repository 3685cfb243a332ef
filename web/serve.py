"""The application on a port, by a server that is made for it."""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path

import waitress
from flask import Flask
from waitress.server import BaseWSGIServer

from qa.engine import Engine
from qa.errors import QAError
from qa.feedback import FeedbackStore
from qa.gate import cores
from qa.places import data_folder
from qa.settings import Settings
from qa.suggest.upkeep import SuggestionUpkeep
from qa.upkeep import Upkeep
from qa.watching import SETTLE_SECONDS
from web.app import MAX_BODY_BYTES, create_app
from web.engine_source import EngineSource
from web.jobs import MAX_UPLOAD_BYTES, Management

PAGES = 8  # threads for pages and lists, and for refusing at once, while every place at the models and in line is taken
ANSWERS_KEPT = 1000
MAX_READ_BYTES = 256 * MAX_BODY_BYTES  # up to here a body is read, and refused as a problem; beyond, cut off


def serve(
    data: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    articles: Path | None = None,
    encoder: str | None = None,
    token: str | None = None,
    watch: bool = False,
    answers_kept: int = ANSWERS_KEPT,
) -> None:
    """Serves until interrupted. Comes up without an index too, and then says on every page what is missing.

    articles: what the index is made of, by default what it was made of last. token: who sends it may change the
    index. watch: build it whenever the articles change. answers_kept: for who asks the same again. Raises QAError
    where the address cannot be listened on.
    """
    folder = data_folder(data)
    upkeep = Upkeep(folder, articles, encoder, SETTLE_SECONDS if watch else 0.0)
    management = Management(upkeep.jobs, folder, upkeep.roots, token)
    settings, suggestions = Settings(answers_kept=answers_kept), SuggestionUpkeep(folder)
    app = create_app(
        lambda: Engine.open(folder, settings=settings),
        management=management,
        suggestions=suggestions,
        feedback_store=FeedbackStore(folder),
    )
    source: EngineSource = app.extensions["engine"]
    upkeep.engine = source.opened
    upkeep.published = suggestions.engine = source.get
    try:
        source.get()  # now, so that the first question does not wait for the models
    except QAError as error:
        print(f"{error}", file=sys.stderr)
    server = listen(app, host, port, MAX_READ_BYTES + (MAX_UPLOAD_BYTES if token else 0))
    print(f"Verbatim is at http://{_shown(host)}:{_port(server)}/ (stop with Ctrl+C)", flush=True)
    stop = threading.Event()
    source.watch(stop)
    suggestions.watch(stop)
    if watch:
        threading.Thread(target=upkeep.watch, args=[stop], name="articles watcher", daemon=True).start()
    try:
        server.run()
    finally:
        stop.set()
        server.close()


def listen(app: Flask, host: str, port: int, max_body: int = MAX_READ_BYTES) -> BaseWSGIServer:
    """The server of `app`, listening and not yet running. Raises QAError where the address cannot be had."""
    settings = Settings()
    return waitress.create_server(
        app,
        sockets=_bound(host, port),  # bound here: where that fails, waitress would leave its own open
        threads=(settings.workers or cores()) + settings.waiting + PAGES,
        ident="verbatim",
        max_request_body_size=max_body,
    )


def _bound(host: str, port: int) -> list[socket.socket]:
    """A socket for every address of `host`."""
    bound: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            bound.append(socket.create_server(address[:2], family=family))
    except OSError as error:
        for opened in bound:
            opened.close()
        raise QAError(f"Cannot listen on {host} port {port}: {error}. Choose another with --port.") from error
    return bound


def _shown(host: str) -> str:
    return {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)


def _port(server: object) -> int:
    listening = getattr(server, "effective_listen", None)  # where a name has several addresses
    return int(listening[0][1] if listening else server.effective_port)  # type: ignore[attr-defined]
