"""Conditions of a request that name no day: they are ignored (RFC 9110, 13.1.3), whatever stands in them."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.http import parse_date


def register(app: Flask) -> None:
    """werkzeug asks for the day of such a header with a year that no calendar has, and fails."""

    @app.before_request
    def forget() -> None:
        for name, with_it in (
            ("HTTP_IF_MODIFIED_SINCE", ()),
            ("HTTP_IF_UNMODIFIED_SINCE", ()),
            ("HTTP_IF_RANGE", ("HTTP_RANGE",)),  # what does not hold asks for all (13.1.5)
        ):
            try:
                parse_date(request.environ.get(name))
            except (OverflowError, ValueError):
                for one in (name, *with_it):
                    request.environ.pop(one, None)
