"""How a server is run: each option from a flag, the environment, a file, or its default, in this order.

The file is TOML, with the names below as its keys: QA_CONFIG names it, or it is verbatim.toml in the data folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa.errors import BadRequest
from qa.serving.names import is_local
from qa.settings import Settings

FILE = "verbatim.toml"
MOST_PROCESSES = 64  # far more than there are cores; each holds the models in memory
READING = ("open", "token")
REQUESTS_PER_MINUTE = 600  # of one client, where others reach the service
UNANSWERABLE = (
    "of the questions, the share to expect without an answer: the more of them, the more it takes to give one"
)


@dataclass(frozen=True, slots=True)
class Option:
    """read: from a string, as flags and the environment give it; raises ValueError. help: as the command shows it."""

    name: str
    default: Any
    read: Callable[[str], Any]
    help: str
    metavar: str | None = None  # None: a switch
    secret: bool = False

    @property
    def flag(self) -> str:
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        return f"QA_{self.name.upper()}"

    def of(self, value: Any) -> Any:
        """From a value of any of its sources. Raises ValueError."""
        if isinstance(value, (list, tuple)):
            value = ",".join(str(one) for one in value)
        return self.read(str(value).lower() if isinstance(value, bool) else str(value))


@dataclass(frozen=True, slots=True)
class Set:
    """An option's value, and where it is from."""

    option: Option
    value: Any
    source: str


def _truth(written: str) -> bool:
    truths = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
    if written.lower() not in truths:
        raise ValueError("it must be true or false")
    return truths[written.lower()]


def within(least: int, most: int) -> Callable[[str], int]:
    """What reads a whole number from `least` to `most`, or raises ValueError."""

    def read(written: str) -> int:
        try:
            value = int(written)
        except ValueError:
            raise ValueError("it must be a whole number") from None
        if not least <= value <= most:
            raise ValueError(f"it must be from {least} to {most}")
        return value

    return read


def share(written: str) -> float:
    """Of a whole, without the ends: more than nothing and less than all. Raises ValueError."""
    try:
        value = float(written)
    except ValueError:
        raise ValueError("it must be a number") from None
    if not 0 < value < 1:
        raise ValueError("it must be between 0 and 1")
    return value


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(written: str) -> str:
        if written not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}")
        return written

    return read


def _list(written: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in written.split(",") if one.strip())


OPTIONS = (
    Option("host", "127.0.0.1", str, "address to listen on; the default is this computer only", "HOST"),
    Option("port", 8000, within(0, 65535), "port to listen on", "PORT"),
    Option("articles", None, Path, "index this folder first, unless that is done already", "FOLDER"),
    Option("collections", None, Path, "serve each folder in this one as a collection of its own, at /c/NAME/, indexed "
           "first like --articles", "FOLDER"),
    Option("store", None, str, "keep the index in PostgreSQL, postgresql://HOST/DATABASE?schema=NAME; better set as "
           "$QA_STORE, which others on this computer cannot read", "ADDRESS", secret=True),
    Option("watch", False, _truth, "build the index again whenever the articles change"),
    Option("token", None, str, "one that may do everything, of at least 22 characters; better set as $QA_TOKEN, which "
           "others on this computer cannot read, or made with qa token", "TOKEN", secret=True),
    Option("reading", None, _one_of(*READING), "who may ask and read: open, or whoever has a token for it; must be "
           "chosen where --host is not this computer alone, and behind a proxy", "|".join(READING)),
    Option("trusted_hosts", (), _list, "further names that the service answers under, as that of a proxy; by default "
           "this computer's and --host", "NAME,..."),
    Option("proxies", 0, within(0, 9), "reverse proxies in front, whose X-Forwarded-For, -Proto and -Host are "
           "believed", "N"),
    Option("requests_per_minute", None, within(0, 10**6), "of one client; 0: any number, the default where only this "
           "computer reaches the service, else 600", "N"),
    Option("cors_origins", (), _list, "sites whose pages may read answers in a browser, as https://example.org",
           "ORIGIN,..."),
    Option("access_log", False, _truth, "tell each request on stderr, a line of JSON"),
    Option("log_questions", False, _truth, "with --access-log, what was asked too"),
    Option("answers_kept", 1000, within(0, 10**6), "answers kept for who asks the same again of the same index; 0: "
           "none, as for measuring", "N"),
    Option("unanswerable", Settings().unanswerable, share, UNANSWERABLE, "SHARE"),
    Option("processes", 1, within(1, MOST_PROCESSES), "processes that answer; they share the cores and the index, "
           "and each has the models for itself, some hundred MB", "N"),
    Option("encoder", None, str, "another sentence-transformers model: a folder, or a name", "NAME_OR_FOLDER"),
)  # fmt: skip


def resolve(
    flags: Mapping[str, Any], data: Path, environment: Mapping[str, str] = os.environ
) -> dict[str, Set]:
    """Every option by its name. flags: what the command line gave, None where nothing.

    Raises BadRequest for a value that makes no sense, with where it stands.
    """
    named = environment.get("QA_CONFIG")
    file = Path(named).expanduser() if named else data / FILE
    written = _file(file, must_be_there=bool(named))
    found = {}
    for option in OPTIONS:
        sources = (
            (option.flag, flags.get(option.name)),
            (f"${option.variable}", environment.get(option.variable)),
            (str(file), written.get(option.name)),
        )
        source, value = next(
            ((source, value) for source, value in sources if value not in (None, "")), ("default", None)
        )
        try:
            found[option.name] = Set(option, option.default if value is None else option.of(value), source)
        except ValueError as error:
            shown = "" if option.secret else f" {str(value)[:60]!r}"
            raise BadRequest(f"{option.name} is{shown} in {source}: {error}.") from None
    return found | _by_reach(found)


def _by_reach(found: Mapping[str, Set]) -> dict[str, Set]:
    """What the defaults are that depend on whether others reach the service: from elsewhere, or through a proxy."""
    alone = is_local(found["host"].value) and not found["proxies"].value
    defaults = {
        "reading": "open" if alone else None,
        "requests_per_minute": 0 if alone else REQUESTS_PER_MINUTE,
    }
    source = "default, as only this computer reaches it" if alone else "default, as others reach it"
    return {
        name: replace(found[name], value=value, source=source)
        for name, value in defaults.items()
        if found[name].value is None
    }


def _file(file: Path, must_be_there: bool) -> dict[str, Any]:
    try:
        written: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_be_there:
            raise BadRequest(f"There is no file {file}, which QA_CONFIG names.") from None
        return {}
    except (OSError, ValueError) as error:
        raise BadRequest(f"{file} cannot be read: {error}.") from error
    unknown = sorted(set(written) - {option.name for option in OPTIONS})
    if unknown:
        known = ", ".join(option.name for option in OPTIONS)
        raise BadRequest(f"{file} sets {unknown[0]!r}, which is no option. Known are {known}.")
    return written
