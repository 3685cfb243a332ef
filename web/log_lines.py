"""What is logged stays on a line of its own: addresses and articles are strangers' text, and could forge others."""

from __future__ import annotations

import logging
from typing import Any


class OneLine(logging.Formatter):
    """A record's message on one line, and below it, moved in, what was raised; no character of them moves a cursor."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # as another formatter may have left it
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return "\n".join(f"  {_printable(line)}" for line in super().formatException(ei).splitlines())


def _printable(text: str) -> str:
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )
