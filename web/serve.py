"""The application on a port, by a server that is made for it."""

from __future__ import annotations

import math
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from qa.engine import Engine
from qa.errors import QAError
from qa.feedback import FeedbackStore
from qa.places import data_folder
from qa.serving.gate import cores
from qa.settings import Settings
from qa.suggest.upkeep import SuggestionUpkeep
from qa.upkeep.keeper import Upkeep
from qa.upkeep.watch import SETTLE_SECONDS
from web.app import create_app
from web.engine_source import EngineSource
from web.jobs import MAX_UPLOAD_BYTES, Builds, Management, bears
from web.limits import Limits
from web.listening import Listening, bound
from web.processes import Others

PAGES = 8  # threads for pages and lists, and for refusing at once, while every place at the models and in line is taken
ANSWERS_KEPT = 1000
# For a build to notice that it is cancelled: one that goes on while Python ends can only fail.
ENDING_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """What each process must know. articles, encoder, watch: as `serve` has them; settings: of one process."""

    data: Path
    articles: Path | None
    encoder: str | None
    token: str | None
    watch: bool
    settings: Settings


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
    processes: int = 1,
) -> None:
    """Serves until interrupted. Comes up without an index too, and then says on every page what is missing.

    articles: what the index is made of, by default what it was made of last. token: who sends it may change the
    index. watch: build it whenever the articles change. answers_kept: for who asks the same again, in each process.
    processes: that answer, this one included; they share the cores, the places in line and the files of the index,
    and each has the models for itself. Raises QAError where the address cannot be listened on.
    """
    settings = _share(Settings(answers_kept=answers_kept), processes)
    served = _Served(
        data=data_folder(data),
        articles=articles,
        encoder=encoder,
        token=token,
        watch=watch,
        settings=settings,
    )
    sockets = bound(host, port)
    upkeep = _upkeep(served)
    with Others(processes - 1, partial(_serve_too, served, sockets), upkeep.jobs):
        _run(served, sockets, upkeep, None, lambda: _tell(host, sockets))


def _serve_too(served: _Served, sockets: Sequence[socket.socket], builds: Builds) -> None:
    """What another process than the first does; the builds are the first one's."""
    _run(served, sockets, _upkeep(served), builds, lambda: None)


def _run(
    served: _Served,
    sockets: Sequence[socket.socket],
    upkeep: Upkeep,
    elsewhere: Builds | None,
    listening: Callable[[], None],
) -> None:
    """Answer on the sockets. elsewhere: the builds, where another process makes them and all else but answers."""
    first = elsewhere is None
    suggestions = SuggestionUpkeep(served.data, makes=first)
    app = create_app(
        lambda: Engine.open(served.data, settings=served.settings),
        management=Management(elsewhere or upkeep.jobs, served.data, upkeep.roots, served.token),
        suggestions=suggestions,
        feedback_store=FeedbackStore(served.data),
    )
    source: EngineSource = app.extensions["engine"]
    upkeep.engine = source.opened
    upkeep.published = suggestions.engine = source.get
    try:
        source.get()  # now, so that the first question does not wait for the models
    except QAError as error:
        if first:
            print(f"{error}", file=sys.stderr)
    server = Listening(app, sockets, threads(served.settings), body_limit=partial(_body_limit, served.token))
    listening()
    stop = threading.Event()
    source.watch(stop)
    suggestions.watch(stop)
    if served.watch and first:
        threading.Thread(target=upkeep.watch, args=[stop], name="articles watcher", daemon=True).start()
    try:
        server.run()
    finally:
        stop.set()
        upkeep.jobs.end(ENDING_SECONDS)


def threads(settings: Settings) -> int:
    """Requests worked on at a time: questions at the models and in line, and pages beside them."""
    return (settings.workers or cores()) + settings.waiting + PAGES


def _body_limit(token: str | None, method: str, path: str, headers: Mapping[str, str]) -> int:
    """Bytes of a body that are read: many only of who may send articles."""
    uploads = (method, path) == ("POST", "/articles") and bears(token, headers.get("AUTHORIZATION", ""))
    return Limits().read_bytes + (MAX_UPLOAD_BYTES if uploads else 0)


def _share(settings: Settings, processes: int) -> Settings:
    """Of one process: its part of the cores and of the line before the models."""
    workers = max(1, (settings.workers or cores()) // processes)
    return replace(settings, workers=workers, waiting=math.ceil(settings.waiting / processes))


def _upkeep(served: _Served) -> Upkeep:
    return Upkeep(served.data, served.articles, served.encoder, SETTLE_SECONDS if served.watch else 0.0)


def _tell(host: str, sockets: Sequence[socket.socket]) -> None:
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)
    print(f"Verbatim is at http://{shown}:{sockets[0].getsockname()[1]}/ (stop with Ctrl+C)", flush=True)
