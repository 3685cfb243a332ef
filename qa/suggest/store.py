"""Suggestions on disk, one file for each version of the index, and the search in them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from qa.index.publish import generations

from .make import Suggestion

FOLDER = "suggestions"
SHORT = 70  # characters that fit one line of the page
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Those of one version of the index, the first to be shown first."""

    version: str = ""
    all: tuple[Suggestion, ...] = ()

    def find(self, typed: str, limit: int) -> list[Suggestion]:
        """Those with a word that begins with each of the typed ones; first those that begin as it was typed."""
        wanted = _words(typed)
        found = [one for one in self.all if _begins_each(wanted, _words(one.question))]
        begun = " ".join(wanted)
        return sorted(found, key=lambda one: not " ".join(_words(one.question)).startswith(begun))[:limit]

    def varied(self, limit: int) -> list[Suggestion]:
        """A few for who has typed nothing: articles and kinds in turn; short ones, and the surest, first."""
        chosen: list[Suggestion] = []
        left = sorted(self.all, key=lambda one: (len(one.question) > SHORT, -one.confidence))
        while left and len(chosen) < limit:
            kinds, articles = [c.kind for c in chosen], [c.article_id for c in chosen]
            best = min(left, key=lambda one: (articles.count(one.article_id), kinds.count(one.kind)))
            left.remove(best)
            chosen.append(best)
        return chosen

    def within(self, article_ids: Iterable[str]) -> Suggestions:
        """Those of these articles."""
        known = frozenset(article_ids)
        return Suggestions(self.version, tuple(one for one in self.all if one.article_id in known))


def load(data: Path, version: str) -> Suggestions | None:
    """None where there are none of this version, or they cannot be read: then they are made anew."""
    try:
        told = json.loads(_file(data, version).read_text(encoding="utf-8"))
        if told["format"] != _FORMAT or told["version"] != version:
            return None
        return Suggestions(version, tuple(Suggestion(**one) for one in told["suggestions"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(data: Path, version: str, made: Sequence[Suggestion]) -> Suggestions:
    """Written aside and renamed; those of versions that have gone are removed. Raises OSError."""
    file = _file(data, version)
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    told = {"format": _FORMAT, "version": version, "suggestions": [asdict(one) for one in made]}
    try:
        aside.write_text(json.dumps(told, indent=1), encoding="utf-8")
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    there = {folder.name for folder in generations(data)} | {version}
    for other in file.parent.glob("*.json"):
        if other.stem not in there:
            other.unlink(missing_ok=True)
    return Suggestions(version, tuple(made))


def _file(data: Path, version: str) -> Path:
    return data / FOLDER / f"{version}.json"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _begins_each(wanted: Sequence[str], given: Sequence[str]) -> bool:
    return all(any(word.startswith(begun) for word in given) for begun in wanted)
