"""An answer told as it comes about: server-sent events (WHATWG HTML, 9.2).

Events, in this order: `step` for each step as it begins, then one `answer` or one `problem`. Data is JSON on one line.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

from flask import Response, current_app, stream_with_context

from qa.errors import QAError
from qa.records import Answer
from web import errors

# A proxy that buffers would deliver every step at the end; nginx and those that follow it heed this.
HEADERS = {"X-Accel-Buffering": "no"}


def respond(
    ask: Callable[..., Answer],
    answered: Callable[[Answer], Any],
    failed: Callable[[errors.Problem], Any],
) -> Response:
    """A stream of what `ask`, called with `on_step`, does. answered, failed: the data of the last event."""

    def events() -> Iterator[str]:
        for item in _told(ask):
            if isinstance(item, str):
                yield event("step", {"step": item})
            elif isinstance(item, Answer):
                yield event("answer", answered(item))
            else:
                if not isinstance(item, QAError):
                    current_app.logger.error("answering a question failed", exc_info=item)
                yield event("problem", failed(errors.describe(item)))

    return Response(stream_with_context(events()), mimetype="text/event-stream", headers=HEADERS)


def event(name: str, data: Any) -> str:
    """JSON has no line breaks of its own, so one `data:` line holds it; ASCII, so half a surrogate pair survives."""
    return f"event: {name}\ndata: {json.dumps(data, allow_nan=False)}\n\n"


def _told(ask: Callable[..., Answer]) -> Iterator[str | Answer | Exception]:
    """The steps of `ask` as they begin, then its answer or what it raised.

    It works on a thread of its own, since a response is written by the one that waits for the next step. Whoever
    hangs up leaves it to end by itself.
    """
    told: SimpleQueue[str | Answer | Exception] = SimpleQueue()

    def work() -> None:
        try:
            told.put(ask(on_step=told.put))
        except Exception as error:  # becomes a problem, as every error of a request does
            told.put(error)

    threading.Thread(target=work, name="question", daemon=True).start()
    while isinstance(item := told.get(), str):
        yield item
    yield item
