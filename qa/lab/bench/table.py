"""Figures -> Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def markdown(told: Mapping[str, Any]) -> str:
    """Each record under a heading of its own: single figures in one list, a list of records as a table.

    A record of figures within another is one line of its list. The columns of a table are the keys of its records, in
    the order in which they first come up.
    """
    return "\n".join(_section(told, 2)).strip() + "\n"


def _section(told: Mapping[str, Any], level: int) -> Iterator[str]:
    apart = {key: value for key, value in told.items() if _stands_apart(value, level)}
    listed = {key: value for key, value in told.items() if key not in apart}
    yield from (f"- {_name(key)}: {_shown(value)}" for key, value in listed.items())
    if listed:
        yield ""
    for key, value in apart.items():
        yield f"{'#' * level} {_name(key)}\n"
        yield from _table(value) if _is_table(value) else _section(value, level + 1)


def _table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    yield _row(map(_name, columns))
    yield _row("---" for _ in columns)
    for row in rows:
        yield _row(_shown(row.get(column)) for column in columns)
    yield ""


def _row(cells: Iterator[str] | map[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _stands_apart(value: Any, level: int) -> bool:
    if isinstance(value, Mapping):
        return level == 2 or any(_stands_apart(item, level) for item in value.values())
    return _is_table(value)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _name(key: str) -> str:
    return key.replace("_", " ")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{_name(key)} {_shown(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_shown, value))
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value).replace("|", "\\|").replace("\n", " ")
