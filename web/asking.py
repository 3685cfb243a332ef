"""A request's bytes -> a record of `web.contract.requests`. What is no such record is refused with what to change.

A parameter that is no text is read as JSON is, so both ways to ask take the same values: top_k=26.0, explain=true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec
from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from qa.errors import BadRequest
from web.contract.fields import Record

Asked = TypeVar("Asked", bound=Record)

_MUST = {  # what JSON Schema calls a type -> what it must be
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_TYPE = re.compile(r"Expected `(\w+)(?: \| null)?`, got `\w+`")
_LIMIT = re.compile(r"Expected `\w+` (of length )?(>=|<=) (\S+)")
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SAFE_INTEGER = 2**53  # up to here every whole number is one of floating point too


def from_query(query: bytes, record: type[Asked]) -> Asked:
    """A query string as `record`. Raises BadRequest."""
    fields = parse_query(query)
    texts = {name for name, of in get_type_hints(record).items() if str in (of, *get_args(of))}
    written = {name: single(fields, name) or "" for name in fields}
    values = {name: value if name in texts else _scalar(value) for name, value in written.items()}
    return _record(values, record, "parameter")


def from_body(request: Request, record: type[Asked]) -> Asked:
    """A request's JSON object as `record`. Raises BadRequest, or werkzeug's 413 and 415."""
    refuse_compressed(request)
    if request.mimetype != "application/json":
        given = request.content_type or "none"
        raise UnsupportedMediaType(
            f"The content type is {_shown(given)}. Send Content-Type: application/json."
        )
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(f"The charset is {_shown(charset)}. JSON is sent as UTF-8.")
    return _record(_json(request.get_data(cache=False)), record, "field")


def refuse_compressed(request: Request) -> None:
    """Raises werkzeug's 415: what a body unpacks to is not looked at for its size (RFC 9110, 15.5.16)."""
    coded = request.headers.get("Content-Encoding", "identity")
    if coded.strip().lower() != "identity":
        raise UnsupportedMediaType(f"The body is compressed ({_shown(coded)}). Send it as it is.")


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
        raise BadRequest(f"The parameter {_shown(name)} is given {len(values)} times. Give it once.")
    return values[0] if values else None


def whole_number(written: str, name: str) -> int:
    """Raises BadRequest for anything but one to nine digits."""
    if not (written.isascii() and written.isdigit() and len(written) <= 9):
        raise BadRequest(f"{name} is {_shown(written)}. It must be a whole number.")
    return int(written)


def _scalar(written: str) -> Any:
    """What JSON reads; anything else stays text, and is refused as that. So does null: an address leaves it out."""
    with suppress(ValueError, RecursionError, BadRequest):
        read = _loads(written)
        return written if read is None else read
    return written


def _json(data: bytes) -> Any:
    try:
        return _loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not valid UTF-8: byte {error.start} cannot be read.") from None
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise BadRequest("The JSON of the body is nested too deeply.") from None
    except ValueError:  # int() refuses thousands of digits
        raise BadRequest("The JSON of the body holds a number that is too long.") from None


def _loads(text: str) -> Any:
    return json.loads(
        text, parse_float=_number, parse_constant=_no_constant, object_pairs_hook=_no_duplicates
    )


def _number(written: str) -> float:
    """26.0 is a whole number to JSON Schema."""
    value = float(written)
    return int(value) if value.is_integer() and abs(value) <= _SAFE_INTEGER else value


def _no_constant(name: str) -> None:
    raise BadRequest(f"The body is not JSON: {name} is not a JSON value.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise BadRequest("The body gives the same field twice.")
    return fields


def _record(values: Any, record: type[Asked], what: str) -> Asked:
    """what: its fields are called."""
    for where, text in _texts(values, ""):
        if _LONE_SURROGATE.search(text):
            raise BadRequest(f'The {what} "{where}" holds half of a surrogate pair, which is not text.')
    try:
        return msgspec.convert(values, record)
    except msgspec.ValidationError as error:
        raise BadRequest(_told(error, values, record, what)) from None


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Every text of a JSON value, with its place in it."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{where}.{name}".lstrip("."))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _texts(inner, f"{where}[{at}]")


def _told(error: msgspec.ValidationError, values: Any, record: type[Record], what: str) -> str:
    """msgspec's message, such as "Expected `int`, got `str` - at `$.history[0].x`", in the words of this interface."""
    why, _, path = str(error).rpartition(" - at `$") if " - at `$" in str(error) else (str(error), "", "")
    path = path.rstrip("`").lstrip(".")
    value = _at(values, path)
    of = f'The {what} "{path}"' if path and what == "field" else f"The {what} {path}" if path else "The body"
    if match := _FIELD.fullmatch(why):
        return _field_told(match, path, record, what)
    if match := _TYPE.fullmatch(why):
        return f"{of} is {_shown(value)}. It must be {_MUST.get(match[1], match[1])}."
    if match := _LIMIT.fullmatch(why):
        bound = f"at {'least' if match[2] == '>=' else 'most'} {match[3].removesuffix('.0')}"
        if not match[1]:
            return f"{of} is {_shown(value)}. It must be {bound}."
        counted = "characters" if isinstance(value, str) else "items"
        return f"{of} has {len(value):,} {counted}. It must have {bound}."
    if why.startswith("Invalid enum value"):
        return f"{of} is {_shown(value)}. It must be one of {', '.join(_choices(record, path))}."
    return f"{of} is {_shown(value)}, which is no value of it."


def _field_told(match: re.Match[str], path: str, record: type[Record], what: str) -> str:
    if match[1] == "missing required":
        return f'{path} has no "{match[2]}".' if path else f'The {what} "{match[2]}" is missing.'
    if path:
        return f"{path} has an unknown field: {_shown(match[2])}."
    known = ", ".join(record.__struct_fields__)
    return f"Unknown {what}: {_shown(match[2])}. Known are {known}."


def _choices(record: type[Record], name: str) -> tuple[str, ...]:
    hint = get_type_hints(record).get(name)
    options: tuple[str, ...] = get_args(hint) if get_origin(hint) is Literal else ()
    return options


def _at(value: Any, path: str) -> Any:
    """The value at history[0].answer; what is above it, where that is not there."""
    for name, at in re.findall(r"(\w+)|\[(\d+)\]", path):
        try:
            value = value[int(at)] if at else value[name]
        except (KeyError, IndexError, TypeError):
            break
    return value


def _shown(value: Any) -> str:
    """What was given, in a few words that are safe to send back."""
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 40 else value[:40] + "…")
    if isinstance(value, (bool, int, float)) or value is None:
        return json.dumps(value)[:40]
    return "a list" if isinstance(value, list) else "an object"
