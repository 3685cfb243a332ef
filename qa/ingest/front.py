"""The front matter of a Markdown file (YAML between ---, TOML between +++) -> what it tells of the article."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import yaml

from qa.ingest.document import Metadata, web_address
from qa.ingest.fields import day_of

_FRONT = re.compile(
    r"\ufeff?(?P<mark>---|\+\+\+)[ \t]*\r?\n(?P<body>(?:.*\r?\n){0,200}?)(?:(?P=mark)|\.\.\.)[ \t]*(?:\r?\n|$)"
)
_FIELD = re.compile(r"^([\w-]{1,40})[ \t]*[:=][ \t]*[\"']?(.*?)[\"']?[ \t]*\r?$", re.M)

# What site generators call these fields; when an article was updated is not when it was published.
_TITLE = ("title", "headline")
_DATE = (
    "date",
    "pubdate",
    "publishdate",
    "publish_date",
    "published",
    "published_at",
    "datepublished",
    "created",
)
_URL = ("url", "link", "canonical", "canonical_url", "permalink", "source")
_SOURCE = ("source", "publisher", "publication", "site")


def front_matter(raw: str) -> tuple[Metadata, int]:
    """What the front matter at the head of a file tells, and where the text begins; (nothing, 0) without one."""
    front = _FRONT.match(raw)
    if not front:
        return Metadata(), 0
    fields = _fields(front["body"], toml=front["mark"] == "+++")
    source = _text(fields, _SOURCE)
    meta = Metadata(
        title=_text(fields, _TITLE),
        published=next((day for name in _DATE if (day := _day(fields.get(name)))), None),
        source=None if web_address(source) else source,
        url=next((url for name in _URL if (url := web_address(_text(fields, (name,))))), None),
    )
    return meta, front.end()


def _fields(body: str, toml: bool) -> dict[str, Any]:
    """Names in lower case. What no parser reads (a colon in a bare title) is read line by line."""
    try:
        told: Any = tomllib.loads(body.replace("\r\n", "\n")) if toml else yaml.safe_load(body)
    except (ValueError, yaml.YAMLError, RecursionError):  # a TOML error is a ValueError
        told = None
    if not isinstance(told, Mapping):
        told = dict(_FIELD.findall(body))
    return {str(name).lower(): value for name, value in told.items()}


def _text(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, (str, int, float)) and (text := " ".join(str(value).split())):
            return text
    return None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else day_of(value)
