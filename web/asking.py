"""A request's bytes -> the question it asks. Anything unclear is refused with a sentence that says what.

Here only the form is judged; whether a question can be asked (length, turns, top_k) is the engine's to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from qa.errors import BadRequest
from qa.records import Turn

OPTIONS = ("top_k", "published_after", "published_before", "source", "threshold", "explain")
FIELDS = ("question", "history", *OPTIONS)


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    history: tuple[Turn, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # those of Engine.ask that were given


def from_query(query: bytes, more: tuple[str, ...] = ()) -> Asked:
    """GET /ask?q=…&top_k=…; raises BadRequest. more: parameters that are for the caller to read."""
    fields = parse_query(query)
    only(fields, ("q", *OPTIONS, *more), "parameter")
    question = single(fields, "q")
    if question is None:
        raise BadRequest(
            "The question is missing. Give it as the parameter q, for instance /ask?q=Who+spoke%3F"
        )
    written = {name: value for name in OPTIONS if (value := single(fields, name)) is not None}
    return Asked(
        question, (), {name: _READ.get(name, _as_is)(value, name) for name, value in written.items()}
    )


def parse_query(query: bytes) -> dict[str, list[str]]:
    """Every field of a query string, decoded strictly; raises BadRequest where it is not UTF-8."""
    try:
        pairs = parse_qsl(query.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except UnicodeDecodeError:
        raise BadRequest(
            "The address is not valid UTF-8. Encode the question as UTF-8, then as %XX."
        ) from None
    except ValueError:
        raise BadRequest("The address has more than 100 parameters.") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def single(fields: Mapping[str, list[str]], name: str) -> str | None:
    """A parameter's one value, None where it is absent; raises BadRequest where it is repeated."""
    values = fields.get(name, [])
    if len(values) > 1:
        raise BadRequest(f"The parameter {name} is given {len(values)} times. Give it once.")
    return values[0] if values else None


def whole_number(written: str, name: str) -> int:
    """Raises BadRequest for anything but one to nine digits."""
    if not (written.isascii() and written.isdigit() and len(written) <= 9):
        raise BadRequest(f"{name} is {_shown(written)}. It must be a whole number.")
    return int(written)


def number(written: str, name: str) -> float:
    """Raises BadRequest for anything but digits and one decimal point."""
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9}", written):
        raise BadRequest(f"{name} is {_shown(written)}. It must be a number, such as 0.5.")
    return float(written)


def truth(written: str, name: str) -> bool:
    """Raises BadRequest for anything but true and false."""
    if written not in ("true", "false"):
        raise BadRequest(f"{name} is {_shown(written)}. It must be true or false.")
    return written == "true"


def _as_is(written: str, name: str) -> str:
    return written


def only(fields: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
    """Raises BadRequest where `fields` has one that is not `known`."""
    unknown = sorted(set(fields) - set(known))
    if unknown:
        raise BadRequest(f"Unknown {what}: {_shown(unknown[0])}. Known are {', '.join(known)}.")


def body_of(request: Request) -> dict[str, Any]:
    """A request's JSON object; raises BadRequest, or werkzeug's 413 and 415."""
    if request.mimetype != "application/json":
        given = request.content_type or "none"
        raise UnsupportedMediaType(
            f"The content type is {_shown(given)}. Send Content-Type: application/json."
        )
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(f"The charset is {_shown(charset)}. JSON is sent as UTF-8.")
    return _object(request.get_data(cache=False))


def from_body(request: Request) -> Asked:
    """POST /ask with a JSON object; raises as `body_of` does."""
    body = body_of(request)
    only(body, FIELDS, "field")
    if "question" not in body:
        raise BadRequest('The field "question" is missing.')
    given = {name: body[name] for name in OPTIONS if body.get(name) is not None}
    options = {name: _CHECKED.get(name, text_field)(value, name) for name, value in given.items()}
    return Asked(text_field(body["question"], "question"), _history(body.get("history")), options)


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequest(f'The field "{name}" is {_shown(value)}. It must be a whole number.')
    return value


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise BadRequest(f'The field "{name}" is {_shown(value)}. It must be true or false.')
    return value


def _any_number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadRequest(f'The field "{name}" is {_shown(value)}. It must be a number.')
    return value


def _object(data: bytes) -> dict[str, Any]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not valid UTF-8: byte {error.start} cannot be read.") from None
    try:
        body = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise BadRequest("The JSON of the body is nested too deeply.") from None
    except ValueError:  # int() refuses thousands of digits
        raise BadRequest("The JSON of the body holds a number that is too long.") from None
    if not isinstance(body, dict):
        raise BadRequest(f"The body is {_shown(body)}. It must be a JSON object with a question.")
    return body


def _no_constant(name: str) -> None:
    raise BadRequest(f"The body is not JSON: {name} is not a JSON value.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise BadRequest("The body gives the same field twice.")
    return fields


def _history(value: Any) -> tuple[Turn, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadRequest(f'The field "history" is {_shown(value)}. It must be a list of earlier turns.')
    return tuple(_turn(turn, f"history[{at}]") for at, turn in enumerate(value))


def _turn(value: Any, where: str) -> Turn:
    if not isinstance(value, dict):
        raise BadRequest(f"{where} is {_shown(value)}. It must be an object with question and answer.")
    only(value, ("question", "answer"), f"{where} field")
    if "question" not in value:
        raise BadRequest(f'{where} has no "question".')
    answer = value.get("answer")
    return Turn(
        text_field(value["question"], f"{where}.question"),
        None if answer is None else text_field(answer, f"{where}.answer"),
    )


def text_field(value: Any, where: str) -> str:
    """A body's field that must be text; where: what to call it. Raises BadRequest."""
    if not isinstance(value, str):
        raise BadRequest(f'The field "{where}" is {_shown(value)}. It must be a string.')
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRequest(f'The field "{where}" holds half of a surrogate pair, which is not text.') from None
    return value


def _shown(value: Any) -> str:
    """What was given, in a few words that are safe to send back."""
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 40 else value[:40] + "…")
    if isinstance(value, (bool, int, float)) or value is None:
        return json.dumps(value)[:40]
    return {list: "a list", dict: "an object"}[type(value)]


_READ: Mapping[str, Callable[[str, str], Any]] = {
    "top_k": whole_number,
    "threshold": number,
    "explain": truth,
}
_CHECKED: Mapping[str, Callable[[Any, str], Any]] = {
    "top_k": _whole,
    "threshold": _any_number,
    "explain": _truth,
}
