"""What a page says of its article in JSON-LD (schema.org): title, dates, and sometimes the whole text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from qa.ingest import dates
from qa.ingest.document import web_address
from qa.ingest.markup import is_markup

MIN_NAME, MAX_NAME = 4, 80  # characters of an author's name: "dpa" is found in many words
MAX_NODES = 20_000  # of one page's data; shops list a few hundred products
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^<>]*>", re.I)
# What hides a script's text from readers of other dialects (XHTML's CDATA section, a comment) around what it holds.
_OPENED = re.compile(r"\A(?://|/\*)?\s{0,9}(?:<!--|<!\[CDATA\[)(?:\s{0,9}\*/)?")
_CLOSED = re.compile(r"(?:(?://|/\*)\s{0,9})?(?:-->|\]\]>)(?:\s{0,9}\*/)?\Z")
# In the order in which they speak for the page.
_ARTICLES = ("Article", "NewsArticle", "BlogPosting", "Report", "Posting", "Recipe", "HowTo", "WebPage")


@dataclass(frozen=True, slots=True)
class PageData:
    title: str | None = None
    published: date | None = None
    modified: date | None = None
    source: str | None = None
    url: str | None = None
    body: str | None = None  # a line a paragraph
    recipe: str | None = None  # its ingredients and steps, or those of another instruction, a line each
    authors: tuple[str, ...] = ()  # their names

    @property
    def text(self) -> str:
        """All that it holds of the article's own text, a line a paragraph, an ingredient or a step."""
        return "\n".join(filter(None, (self.body, self.recipe)))


def page_data(tree: HtmlElement) -> PageData:
    nodes = [node for script in _scripts(tree) for node in _nodes(script)]
    articles = sorted((node for node in nodes if _rank(node) < len(_ARTICLES)), key=_rank)
    bodies = [_text(node.get("articleBody")) for node in articles]
    return PageData(
        title=next((name for node in articles[:1] if (name := _line(node.get("headline")))), None),
        published=_first_day(articles, "datePublished") or _first_day(articles, "dateCreated"),
        modified=_first_day(articles, "dateModified"),
        source=next((name for node in articles if (name := _publisher(node))), None),
        url=next((url for node in articles if (url := web_address(_line(node.get("url"))))), None),
        body=max((body for body in bodies if body), key=len, default=None),
        recipe=max((text for node in articles if (text := _recipe(node))), key=len, default=None),
        authors=tuple(name for node in articles for name in _authors(node)),
    )


def _scripts(tree: HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            yield _CLOSED.sub("", _OPENED.sub("", script.text.strip()))


def _nodes(source: str) -> list[dict[str, Any]]:
    try:
        waiting = [json.loads(source, strict=False)]
    except (ValueError, RecursionError):
        return []
    found: list[dict[str, Any]] = []
    while waiting and len(found) < MAX_NODES:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node[:MAX_NODES])
        elif isinstance(node, dict):
            found.append(node)
            waiting.extend(node.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage"))
    return found


def _rank(node: dict[str, Any]) -> int:
    kinds = node.get("@type")
    names = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
    known = (at for at, end in enumerate(_ARTICLES) for name in names if name.endswith(end))
    return min(known, default=len(_ARTICLES))


def _first_day(nodes: list[dict[str, Any]], key: str) -> date | None:
    return next((day for node in nodes if (day := dates.parsed(str(node.get(key) or "")))), None)


def _publisher(node: dict[str, Any]) -> str | None:
    publisher = node.get("publisher")
    return _line(publisher.get("name")) if isinstance(publisher, dict) else None


def _authors(node: dict[str, Any]) -> Iterator[str]:
    told = node.get("author")
    for author in told if isinstance(told, list) else [told]:
        name = _line(author.get("name") if isinstance(author, dict) else author)
        if name and MIN_NAME <= len(name) <= MAX_NAME:
            yield name


def _recipe(node: dict[str, Any]) -> str | None:
    told = (node.get(key) for key in ("recipeIngredient", "recipeInstructions", "step"))
    return _text([line for part in told for line in _strings(part)])


def _strings(value: object) -> Iterator[str]:
    """Of a text, a HowToStep, a HowToSection with steps, or a list of any of them."""
    waiting = [value]
    for one in waiting:
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting.extend(one[:MAX_NODES])
        elif isinstance(one, dict):
            waiting += [one.get("text"), one.get("itemListElement")]


def _line(value: object) -> str | None:
    return (" ".join(unescape(value).split()) or None) if isinstance(value, str) else None


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = "\n".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return None
    value = _unmarked(value)
    if is_markup(value):  # programs escape what was escaped already
        value = _unmarked(value)
    return "\n".join(line for part in value.splitlines() if (line := " ".join(part.split()))) or None


def _unmarked(text: str) -> str:
    return unescape(_TAG.sub("", _BREAK.sub("\n", text)))
