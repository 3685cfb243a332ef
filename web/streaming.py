"""An answer told as it comes about: server-sent events (WHATWG HTML, 9.2).

Events, in this order: `step` for each step as it begins, then one `answer` or one `problem`. Data is JSON on one line.
Whoever leaves takes their question with them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import chain
from queue import SimpleQueue
from typing import Any

from flask import Response, current_app, request, stream_with_context

from qa.errors import QAError
from qa.records import Answer
from web import errors, metrics
from web.clients import client

# A proxy that buffers would deliver every step at the end; nginx and those that follow it heed this.
HEADERS = {"X-Accel-Buffering": "no"}


def respond(
    ask: Callable[..., Answer],
    answered: Callable[[Answer], Any],
    failed: Callable[[errors.Problem], Any],
    *,
    refused: bool = True,
) -> Response:
    """A stream of what `ask`, called with `on_step`, does. answered, failed: the data of the last event.

    refused: what ends before its first step is raised, and so has a status of its own; else it is an event too.
    """
    told = _told(ask)
    begun = [next(told)] if refused else []
    if begun and isinstance(begun[0], QAError):
        raise begun[0]

    def events() -> Iterator[str]:
        with closing(told):
            for item in chain(begun, told):
                if isinstance(item, str):
                    yield event("step", {"step": item})
                elif isinstance(item, Answer):
                    metrics.answered(item)
                    yield event("answer", answered(item))
                else:
                    if not isinstance(item, QAError):
                        current_app.logger.error("answering a question failed", exc_info=item)
                    problem = errors.describe(item)
                    metrics.metrics().problems.labels(problem.kind.name).inc()
                    yield event("problem", failed(problem))

    return Response(stream_with_context(events()), mimetype="text/event-stream", headers=HEADERS)


def asker_gone() -> Callable[[], bool]:
    """Whether the client of this request has closed its connection, where the server can tell."""
    gone: Callable[[], bool] = request.environ.get("waitress.client_disconnected", lambda: False)
    return gone


def event(name: str, data: Any) -> str:
    """JSON has no line breaks of its own, so one `data:` line holds it; ASCII, so half a surrogate pair survives."""
    return f"event: {name}\ndata: {json.dumps(data, allow_nan=False)}\n\n"


def _told(ask: Callable[..., Answer]) -> Generator[str | Answer | Exception, None, None]:
    """The steps of `ask` as they begin, then its answer or what it raised.

    It works on a thread of its own, since a response is written by the one that waits for the next step.
    """
    told: SimpleQueue[str | Answer | Exception] = SimpleQueue()
    closed, left, whose = threading.Event(), asker_gone(), client()

    def work() -> None:
        try:
            told.put(ask(on_step=told.put, gone=lambda: closed.is_set() or left(), client=whose))
        except Exception as error:  # becomes a problem, as every error of a request does
            told.put(error)

    threading.Thread(target=work, name="question", daemon=True).start()
    try:
        while isinstance(item := told.get(), str):
            yield item
        yield item
    finally:
        closed.set()
