"""JSON as the service writes it."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider


class JSONText(DefaultJSONProvider):
    """Readable in a terminal (’ and not \\u2019), in the order of the contract, and never NaN.

    A file name or an article may hold half of a surrogate pair, which UTF-8 cannot carry: then everything
    outside ASCII is escaped, and the text still arrives as it is.
    """

    sort_keys = False
    ensure_ascii = False
    compact = True

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        kwargs.setdefault("allow_nan", False)
        text = super().dumps(obj, **kwargs)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            text = super().dumps(obj, **{**kwargs, "ensure_ascii": True})
        return text
