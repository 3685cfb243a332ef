"""A template -> a response."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, current_app, render_template

SURROGATE = re.compile("[\ud800-\udfff]")


def render(template: str, **context: Any) -> Response:
    """The page; Jinja escapes what articles and questions hold."""
    return current_app.response_class(text(template, **context))


def text(template: str, **context: Any) -> str:
    """Halves of surrogate pairs, which UTF-8 cannot carry, become U+FFFD: a file's name may hold one."""
    return SURROGATE.sub("\ufffd", render_template(template, **context))
