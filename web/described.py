"""The description of the programming interface -> what its page shows: operations by tag, and the shapes of what they
take and give."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from web.openapi import DESCRIPTION, EVENTS, JSON

_SCHEMAS: Mapping[str, Any] = DESCRIPTION["components"]["schemas"]


@dataclass(frozen=True, slots=True)
class Field:
    """place: path, query or body; "" of a shape. example: as text; "" where there is none."""

    name: str
    place: str
    kind: str
    needed: bool
    told: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """body: an example of what is sent, as JSON; None where nothing is. files: whether files are sent instead."""

    name: str
    method: str
    path: str
    summary: str
    fields: list[Field]
    body: str | None
    files: bool
    token: bool
    gives: str
    answers: list[tuple[str, str]]  # status, meaning

    def curl(self, base: str) -> str:
        """The same in a terminal. base: where the service is."""
        query = {
            field.name: field.example for field in self.fields if field.place == "query" and field.example
        }
        address = base + self.path.replace("{", "").replace("}", "").replace("article_id", "ID")
        parts = ["curl", "-s", *(["-X", self.method] if self.method == "DELETE" or self._bare_post else [])]
        parts += ["-H", "Authorization: Bearer TOKEN"] if self.token else []
        parts += ["-F", "file=@article.txt"] if self.files else []
        parts += ["-H", f"Content-Type: {JSON}", "-d", json.dumps(json.loads(self.body))] if self.body else []
        return shlex.join([*parts, address + (f"?{urlencode(query)}" if query else "")])

    @property
    def _bare_post(self) -> bool:
        return self.method == "POST" and not self.files and self.body is None


def operations() -> dict[str, list[Operation]]:
    """By tag, in the order of the description."""
    tags: dict[str, list[Operation]] = {tag["name"]: [] for tag in DESCRIPTION["tags"]}
    for path, methods in DESCRIPTION["paths"].items():
        for method, of in methods.items():
            tags[of["tags"][0]].append(_operation(path, method, of))
    return tags


def shapes() -> dict[str, tuple[str, list[Field]]]:
    """By name: what it is, and its fields."""
    return {
        name: (schema.get("description", ""), _fields(schema, ""))
        for name, schema in sorted(_SCHEMAS.items())
        if "properties" in schema
    }


def _operation(path: str, method: str, of: Mapping[str, Any]) -> Operation:
    content = of.get("requestBody", {}).get("content", {})
    schema = _resolved(content[JSON]["schema"]) if JSON in content else None
    given = [
        Field(
            one["name"],
            one["in"],
            kind(one["schema"]),
            one["required"],
            one["schema"].get("description", ""),
            _example(one["schema"]),
        )
        for one in of.get("parameters", ())
    ]
    fine = next(told for status, told in of["responses"].items() if status.startswith("2"))
    media, given_back = next(iter(fine["content"].items()))
    return Operation(
        name=of["operationId"],
        method=method.upper(),
        path=path,
        summary=of["summary"],
        fields=sorted(
            [*given, *(_fields(schema, "body") if schema else ())], key=lambda field: not field.needed
        ),
        body=json.dumps(schema["examples"][0], indent=2, ensure_ascii=False) if schema else None,
        files="multipart/form-data" in content,
        token="security" in of,
        gives="server-sent events" if media == EVENTS else kind(given_back["schema"]),
        answers=[(status, told["description"]) for status, told in of["responses"].items()],
    )


def _fields(schema: Mapping[str, Any], place: str) -> list[Field]:
    needed = schema.get("required", ())
    return [
        Field(name, place, kind(of), name in needed, _told(of), _example(of))
        for name, of in schema["properties"].items()
    ]


def kind(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in few words: "list of Citation", "integer from 1 to 100 or null"."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " or ".join(kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(json.dumps(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}" if schema.get("items") else "list"
    of = str(schema.get("format") or schema.get("type") or "anything")
    bounds = [
        f"{word} {schema[name]}" for name, word in (("minimum", "from"), ("maximum", "to")) if name in schema
    ]
    return " ".join([of, *bounds])


def _told(schema: Mapping[str, Any]) -> str:
    """What a field is, wherever of it that stands."""
    parts = [schema, *schema.get("anyOf", ())]
    return next((part["description"] for part in parts if "description" in part), "")


def _example(schema: Mapping[str, Any]) -> str:
    examples = schema.get("examples") or [""]
    return str(examples[0])


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _SCHEMAS[schema["$ref"].rsplit("/", 1)[-1]]
    return found
