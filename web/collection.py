"""What a request is about: the only collection, at /, or one of several, each the whole service below /c/NAME/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request

from qa.errors import BadRequest, QAError
from qa.feedback import FeedbackStore
from qa.suggest.upkeep import SuggestionUpkeep
from web.contract import responses

if TYPE_CHECKING:
    from web.engine_source import EngineSource
    from web.jobs import Management

PREFIX = "/c/"
_NAMED = "verbatim.collection"  # in the environment of a request

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]


class NoCollection(BadRequest):
    """There are several, and the address names none."""


@dataclass(frozen=True, slots=True)
class Collection:
    """management: what may be changed over HTTP; None: nothing. suggestions, feedback: None: there are none."""

    source: EngineSource
    management: Management | None = None
    suggestions: SuggestionUpkeep | None = None
    feedback: FeedbackStore | None = None
    title: str = ""


class Mounted:
    """Of a request to /c/NAME/… the collection is noted, and the rest becomes the address."""

    def __init__(self, app: WSGI, names: Iterable[str]) -> None:
        self._app, self._names = app, frozenset(names)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        name, slash, rest = path.removeprefix(PREFIX).partition("/")
        if path.startswith(PREFIX) and name in self._names:
            root = f"{environ.get('SCRIPT_NAME', '')}{PREFIX}{name}"
            environ = {**environ, "SCRIPT_NAME": root, "PATH_INFO": slash + rest or "/", _NAMED: name}
        return self._app(environ, start_response)


def collections() -> Mapping[str, Collection]:
    """By name; one named "" where the server has but one."""
    served: Mapping[str, Collection] = current_app.extensions["collections"]
    return served


def named() -> str | None:
    """The collection that the address names; "" where there is but one, None where it names none of several."""
    name = request.environ.get(_NAMED, "")
    return name if name in collections() else None


def collection() -> Collection:
    """Raises NoCollection."""
    name = named()
    if name is None:
        ways = ", ".join(f"{PREFIX}{one}{request.path}" for one in list(collections())[:10])
        raise NoCollection(f"There are several collections here. Name one in the address: {ways}")
    return collections()[name]


def address_of(name: str) -> str:
    """Of a collection's first page, from wherever the request is."""
    root = request.script_root.removesuffix(f"{PREFIX}{request.environ.get(_NAMED)}")
    return f"{root}{PREFIX}{name}/"


@dataclass(frozen=True, slots=True)
class Choice:
    """Of the switch on each page."""

    title: str
    address: str
    chosen: bool


def choices() -> list[Choice]:
    """None where there is but one."""
    return [
        Choice(one.title, address_of(name), name == named()) for name, one in collections().items() if name
    ]


def told() -> list[responses.Collection]:
    """Every collection with its articles, or why it cannot be asked; none where there is but one."""
    return [_told(name, one) for name, one in collections().items() if name]


def ready() -> list[responses.Collection]:
    """The same, where one at least can be asked: one that is empty does not take the server out of service. Else
    raises what is wrong with the first."""
    listed = told()
    first = next((one for one in listed if one.problem is None), listed[0])
    collections()[first.name].source.get().reach()  # where there is a store, all are in the same
    return listed


def _told(name: str, of: Collection) -> responses.Collection:
    try:
        articles, problem = of.source.get().manifest.counts["articles"], None
    except QAError as error:
        articles, problem = 0, error.afar
    return responses.Collection(name, of.title, address_of(name), articles, problem)


def register(app: Flask, served: Mapping[str, Collection]) -> None:
    app.extensions["collections"] = served
    app.wsgi_app = Mounted(app.wsgi_app, [name for name in served if name])  # type: ignore[method-assign]
    app.add_template_global(choices)
    app.add_template_global(lambda: named() is not None, "in_collection")
