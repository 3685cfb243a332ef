"""Who may do what: reading is open or needs a token, changing always does; failures are slowed down and logged.

A program sends a token as a bearer (RFC 6750). A browser, where reading is not open, asks for it in its own dialog
(RFC 7617) and sends it as the password; that lets nobody change anything, since a page of another site could have the
browser send it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
import time
from dataclasses import dataclass, field

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from qa.serving.tokens import Tokens
from web.clients import client

FAILURES_PER_MINUTE = 10
OPEN_TO_ALL = ("static", "api.health")
_ASK_FOR_THEIR_OWN = ("jobs.", "feedback.listed", "feedback.gold")  # scopes
HOW_TO_GET_ONE = (
    "Make a token with: qa token make NAME (or start the server with QA_TOKEN=... in its environment), and send "
    "Authorization: Bearer <that token>."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """token: one that may do everything; tokens: others. reading_open: reading needs none."""

    token: str | None = None
    tokens: Tokens | None = None
    reading_open: bool = True
    _failures: Limiter = field(default_factory=lambda: Limiter(FAILURES_PER_MINUTE))

    @property
    def given_out(self) -> bool:
        """Whether there is any token."""
        return bool(self.token or (self.tokens and self.tokens.list()))

    def may(self, scope: str, header: str, *, by_password: bool = False) -> bool | None:
        """Whether who sends this Authorization header may; None: it holds no token that is known."""
        given = _given(header, by_password)
        if given is None:
            return None
        right = self.token is not None and hmac.compare_digest(
            given.encode("utf-8", "replace"), self.token.encode()
        )
        holder = self.tokens.holder(given) if self.tokens else None
        if right:
            return True
        return None if holder is None else scope in holder.scopes

    def require(self, scope: str, *, by_password: bool = False) -> None:
        """Raises werkzeug's 401, 403 where the token is for something else, 429 after many failures."""
        header = request.headers.get("Authorization", "")
        asker = client()
        if header:
            self._failures.check(asker, "failed attempts with a token", count=False)
        may = self.may(scope, header, by_password=by_password)
        if may:
            return
        if may is False:
            raise Forbidden(f"This token is not for that: it lacks the scope {scope!r}.")
        if header:
            _log.warning(
                "A wrong token from %s for %s %s.",
                request.remote_addr,
                request.method,
                request.script_root + request.path,
            )
            self._failures.check(asker, "failed attempts with a token")
        what = "The token is wrong." if header else "A token is needed."
        kinds = [WWWAuthenticate("bearer", {"realm": "Verbatim"})]
        if by_password:
            kinds.append(WWWAuthenticate("basic", {"realm": "Verbatim"}))
        raise Unauthorized(f"{what} {HOW_TO_GET_ONE}", www_authenticate=kinds)


class Limiter:
    """So many a minute of each client; 0: without a limit. Counts in this process."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._item = RateLimitItemPerMinute(max(1, per_minute))
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def check(self, client: str, what: str, *, count: bool = True) -> None:
        """Raises werkzeug's 429, with the seconds after which to come again."""
        if not self._per_minute:
            return
        within = self._window.hit if count else self._window.test
        if not within(self._item, client):
            seconds = self._window.get_window_stats(self._item, client).reset_time - time.time()
            raise TooManyRequests(
                f"More than {self._per_minute} {what} in a minute come from your address.",
                retry_after=max(1, int(seconds) + 1),
            )


def _given(header: str, by_password: bool) -> str | None:
    """The token in an Authorization header."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if by_password and scheme.lower() == "basic":
        try:
            return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2] or None
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None


def access() -> Access:
    of: Access = current_app.extensions["access"]
    return of


def register(app: Flask, access: Access) -> None:
    """Before anything else is looked at: how often this client asks, and whether it may read."""
    app.extensions["access"] = access
    app.add_template_global(lambda: access.given_out, "manageable")
    limiter = Limiter(app.config.get("REQUESTS_PER_MINUTE", 0))

    @app.before_request
    def let_in() -> None:
        endpoint = request.endpoint or ""
        if endpoint in OPEN_TO_ALL:
            return
        limiter.check(client(), "requests")
        asked_beforehand = request.method == "OPTIONS"  # by a browser, without a token
        if not (access.reading_open or asked_beforehand or endpoint.startswith(_ASK_FOR_THEIR_OWN)):
            access.require("read", by_password=True)
