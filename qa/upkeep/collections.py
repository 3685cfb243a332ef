"""A folder of collections: each folder in it is one, with articles and an index of its own."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from qa.errors import BadRequest
from qa.places import holds_index

INDEXES = "collections"  # the folder of their indexes, in the data folder
_NAME_CHARS = 60
_SCHEMA_CHARS = 48


@dataclass(frozen=True, slots=True)
class Collection:
    """name: in addresses, of a-z, 0-9 and "-" alone, and so never a path; "" where there is but one. title: its
    folder's own name. articles: what it is made of; None: what it was made of last. data: where its index lives, or
    where that is in a `store`, all else of it."""

    name: str
    title: str
    articles: Path | None
    data: Path
    store: str | None = None

    @property
    def place(self) -> str | Path:
        """Where its index is."""
        return self.store or self.data


def collections_in(folder: Path, data: Path, store: str | None = None) -> list[Collection]:
    """Those of `folder`, by name, without `data` itself or another folder of an index; in a store each has a schema
    of its own.

    Raises BadRequest where there are none, or two would have the same name.
    """
    try:
        titles = sorted(one.name for one in folder.iterdir() if _is_collection(one, data))
    except OSError as error:
        raise BadRequest(f"The collections in {folder} cannot be listed: {error.strerror}.") from error
    if not titles:
        raise BadRequest(
            f"There are no folders in {folder}. Give each collection a folder of its own there, or serve {folder} as "
            "one with --articles."
        )
    found: dict[str, Collection] = {}
    for title in titles:
        name = name_of(title)
        if name in found:
            raise BadRequest(
                f"The folders {found[name].title!r} and {title!r} in {folder} would both be at /c/{name}/. Rename one."
            )
        found[name] = Collection(
            name, _shown(title), folder / title, data / INDEXES / name, _store_of(store, name)
        )
    return [found[name] for name in sorted(found)]


def _shown(name: str) -> str:
    """A file's name as text, on one line, without what moves a cursor or turns the direction of writing."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else " " for char in text)


def _is_collection(folder: Path, data: Path) -> bool:
    if folder.is_symlink() or not folder.is_dir() or folder.name.startswith("."):
        return False  # links are followed nowhere below what is named to be read
    if folder.resolve() == data.resolve():
        return False
    try:
        return not holds_index(os.listdir(folder))  # noqa: PTH208
    except OSError:  # its page says that it cannot be read
        return True


def name_of(title: str) -> str:
    """Annual Reports (2024) -> annual-reports-2024; where no letter is of ASCII, a checksum."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain.lower())[:_NAME_CHARS].strip("-")
    return name or f"collection-{hashlib.sha256(os.fsencode(title)).hexdigest()[:8]}"


def _store_of(store: str | None, name: str) -> str | None:
    """The address of the schema news_annual_reports, where the store's own is `news`."""
    if store is None:
        return None
    place, _, query = store.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    schema = f"{options.get('schema', 'verbatim')}_{name.replace('-', '_')}"
    if len(schema) > _SCHEMA_CHARS:
        schema = f"{schema[: _SCHEMA_CHARS - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return f"{place}?{urlencode({**options, 'schema': schema}, quote_via=quote)}"


def loose_files(folder: Path) -> Sequence[str]:
    """Files beside the folders, and links, which belong to no collection."""
    there = [one for one in folder.iterdir() if not one.name.startswith(".")]
    return sorted(_shown(one.name) for one in there if one.is_symlink() or one.is_file())
