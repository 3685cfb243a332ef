"""One line of JSON for each request, and an id that ties it to what else is logged.

What was asked is not written, unless LOG_QUESTIONS says so: a newsroom's questions are its own.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
log = logging.getLogger("verbatim.access")


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        g.request_began = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        request_id = g.get("request_id", "")
        if request_id:
            response.headers["X-Request-Id"] = request_id
        if not log.isEnabledFor(logging.INFO):
            return response
        told = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "id": request_id,
            "client": request.remote_addr,
            "method": request.method,
            "path": (request.script_root + request.path)[:200],
            "status": response.status_code,
        }
        if app.config.get("LOG_QUESTIONS") and (asked := g.get("asked")):
            told["question"] = asked
        began = g.get("request_began", time.perf_counter())

        def end() -> None:
            ms = round((time.perf_counter() - began) * 1000, 1)
            log.info("%s", json.dumps({**told, "ms": ms}))

        response.call_on_close(end)
        return response
