"""The application on a port, by a server that is made for it."""

from __future__ import annotations

import logging
import math
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from qa.engine import Engine
from qa.errors import BadRequest, QAError
from qa.feedback import FeedbackStore
from qa.serving import names
from qa.serving.gate import cores
from qa.serving.shared import Shared
from qa.serving.tokens import LEAST_CHARS, Tokens
from qa.settings import Settings
from qa.snapshot import Models
from qa.suggest.upkeep import SuggestionUpkeep
from qa.upkeep.collections import Collection, collections_in
from qa.upkeep.keeper import Upkeep
from qa.upkeep.watch import SETTLE_SECONDS
from web import access_log
from web import collection as mounted
from web.access import Access
from web.app import app_of
from web.engine_source import EngineSource
from web.jobs import MAX_UPLOAD_BYTES, Management
from web.limits import Limits
from web.listening import Listening, bound
from web.log_lines import OneLine
from web.processes import FarBuilds, Others

PAGES = 8  # threads for pages and lists, and for refusing at once, while every place at the models and in line is taken
# For a build to notice that it is cancelled: one that goes on while Python ends can only fail.
ENDING_SECONDS = 5.0


_UPLOAD = re.compile(rf"({mounted.PREFIX}[^/]+)?/articles")
_AS_CHOSEN = (
    *("host", "port", "encoder", "watch", "processes", "token", "proxies", "cors_origins"),
    *("access_log", "log_questions", "requests_per_minute"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What each process must know: as `qa.serving.options` has it. settings: of one process."""

    data: Path
    host: str
    port: int
    collections: tuple[Collection, ...]
    encoder: str | None
    watch: bool
    processes: int
    token: str | None
    reading_open: bool
    trusted_hosts: tuple[str, ...]
    proxies: int
    requests_per_minute: int
    cors_origins: tuple[str, ...]
    access_log: bool
    log_questions: bool
    settings: Settings

    def access(self) -> Access:
        return Access(self.token, Tokens(self.data), self.reading_open)


def check(data: Path, chosen: Mapping[str, Any]) -> Served:
    """chosen: every option by its name, as `qa.serving.options` resolves them. Raises BadRequest where they do not go
    together."""
    if chosen["reading"] is None:
        where = "A service behind a proxy" if chosen["proxies"] else chosen["host"]
        raise BadRequest(
            f"{where} can be reached from other computers. Choose who may read there: --reading open for "
            "everybody, or --reading token for who has a token (qa token make NAME --scope read)."
        )
    token = chosen["token"]
    if token is not None and len(token) < LEAST_CHARS:
        raise BadRequest(
            f"The token has {len(token)} characters; it must have at least {LEAST_CHARS}. Make one with: qa token make "
            "NAME"
        )
    if chosen["articles"] and chosen["collections"]:
        raise BadRequest(
            "Both articles and collections are named. Serve one folder as a whole with --articles, or each folder in "
            "it as a collection with --collections."
        )
    settings = Settings(answers_kept=chosen["answers_kept"], unanswerable=chosen["unanswerable"])
    return Served(
        data=data,
        collections=_collections(data, chosen["articles"], chosen["collections"], chosen["store"]),
        reading_open=chosen["reading"] == "open",
        trusted_hosts=tuple(names.trusted(chosen["host"], chosen["trusted_hosts"])),
        settings=_share(settings, chosen["processes"]),
        **{name: chosen[name] for name in _AS_CHOSEN},
    )


def _collections(
    data: Path, articles: Path | None, several: Path | None, store: str | None
) -> tuple[Collection, ...]:
    if several is not None:
        return tuple(collections_in(several, data, store))
    return (Collection("", "", articles, data, store),)


def serve(served: Served) -> None:
    """Serves until it is told to stop. Comes up without an index too, and then says on every page what is missing.

    Processes share the cores, the places in line and the files of the index, and each has the models for itself.
    Raises QAError where the address cannot be listened on.
    """
    signal.signal(signal.SIGTERM, _stop)
    sockets = bound(served.host, served.port)
    upkeep = _upkeep(served)
    builds = {name: one.jobs for name, one in upkeep.items()}
    with Others(served.processes - 1, partial(_serve_too, served, sockets), builds):
        _run(served, sockets, upkeep, None, lambda: _tell(served.host, sockets))


def _stop(*_: object) -> None:
    """What is being answered is answered first, as after Ctrl+C."""
    raise KeyboardInterrupt


def _serve_too(served: Served, sockets: Sequence[socket.socket], builds: FarBuilds) -> None:
    """What another process than the first does; the builds are the first one's."""
    _run(served, sockets, _upkeep(served), builds, lambda: None)


def _run(
    served: Served,
    sockets: Sequence[socket.socket],
    upkeep: Mapping[str, Upkeep],
    elsewhere: FarBuilds | None,
    listening: Callable[[], None],
) -> None:
    """Answer on the sockets. elsewhere: the builds, where another process makes them and all else but answers."""
    first = elsewhere is None
    access, limits = served.access(), Limits(connections_per_client=0) if served.proxies else Limits()
    _log_to_stderr(served)
    models, shared = Models(served.settings), Shared(served.settings)
    collections = {
        one.name: _collection(one, upkeep[one.name], elsewhere, served.settings, models, shared)
        for one in served.collections
    }
    app = app_of(
        collections,
        access=access,
        config={
            "TRUSTED_HOSTS": served.trusted_hosts,
            "REQUESTS_PER_MINUTE": served.requests_per_minute,
            "CORS_ORIGINS": served.cors_origins,
            "LOG_QUESTIONS": served.log_questions,
            "PROXIES": served.proxies,
        },
    )
    for one in collections.values():
        try:
            one.source.get()  # now, so that the first question does not wait for the models
        except QAError as error:
            if first:
                print(f"{error}", file=sys.stderr)
    server = Listening(
        app, sockets, threads(served.settings), limits, partial(_body_limit, access, limits.read_bytes)
    )
    listening()
    stop = threading.Event()
    for name, one in collections.items():
        one.source.watch(stop)
        if one.suggestions:
            one.suggestions.watch(stop)
        if served.watch and first:
            keep = upkeep[name].watch
            threading.Thread(target=keep, args=[stop], name=f"articles watcher {name}", daemon=True).start()
    try:
        server.run()
    finally:
        stop.set()
        for kept in upkeep.values():
            kept.jobs.end(ENDING_SECONDS)


def _collection(
    one: Collection,
    upkeep: Upkeep,
    elsewhere: FarBuilds | None,
    settings: Settings,
    models: Models,
    shared: Shared,
) -> mounted.Collection:
    """As the application serves it. models, shared: what all collections have in common."""
    source = EngineSource(lambda: Engine.open(one.place, settings=settings, models=models, shared=shared))
    suggestions = SuggestionUpkeep(one.data, makes=elsewhere is None)
    upkeep.engine = source.opened
    upkeep.published = suggestions.engine = source.get
    builds = elsewhere.of(one.name) if elsewhere else upkeep.jobs
    management = Management(builds, one.place, upkeep.roots)
    return mounted.Collection(source, management, suggestions, FeedbackStore(one.data), one.title)


def threads(settings: Settings) -> int:
    """Requests worked on at a time: questions at the models and in line, and pages beside them."""
    return (settings.workers or cores()) + settings.waiting + PAGES


def _body_limit(access: Access, read: int, method: str, path: str, headers: Mapping[str, str]) -> int:
    """Bytes of a body that are read: many only of who may send articles."""
    if method != "POST" or not _UPLOAD.fullmatch(path):
        return read
    try:
        return read + (MAX_UPLOAD_BYTES if access.may("index", headers.get("AUTHORIZATION", "")) else 0)
    except QAError:  # the tokens cannot be read: the request itself is told so
        return read


def _log_to_stderr(served: Served) -> None:
    told = logging.StreamHandler()
    told.setFormatter(OneLine())
    logging.basicConfig(handlers=[told])
    if served.access_log:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        access_log.log.addHandler(handler)
        access_log.log.setLevel(logging.INFO)
        access_log.log.propagate = False


def _share(settings: Settings, processes: int) -> Settings:
    """Of one process: its part of the cores and of the line before the models."""
    workers = max(1, (settings.workers or cores()) // processes)
    return replace(settings, workers=workers, waiting=math.ceil(settings.waiting / processes))


def _upkeep(served: Served) -> dict[str, Upkeep]:
    """By the collection's name."""
    settle = SETTLE_SECONDS if served.watch else 0.0
    return {one.name: Upkeep(one.place, one.articles, served.encoder, settle) for one in served.collections}


def _tell(host: str, sockets: Sequence[socket.socket]) -> None:
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)
    print(f"Verbatim is at http://{shown}:{sockets[0].getsockname()[1]}/ (stop with Ctrl+C)", flush=True)
