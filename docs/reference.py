"""docs/reference.md, made of the command's own help and of the comments beside the settings.

    python docs/reference.py

A test holds the page against what this makes.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from qa import settings
from qa.command.main import parser

PAGE = Path(__file__).parent / "reference.md"
_OPENING = """# Reference

Every command with its options, and every setting. `qa COMMAND --help` says the same in the terminal.
"""
_SETTINGS = """## Settings

What `Settings(...)` of the Python interface takes; how each default was chosen stands beside it in `qa/settings.py`.

| setting | default | |
|---|---|---|
"""


def page() -> str:
    commands = "\n".join(_command(name, command) for name, command in _commands(parser(), "qa"))
    return f"{_OPENING}\n## Commands\n\n{commands}\n{_SETTINGS}{_settings()}"


def _commands(of: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, of
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command, sub in action.choices.items():
                yield from _commands(sub, f"{name} {command}")


def _command(name: str, command: argparse.ArgumentParser) -> str:
    rows = [
        f"| {_names(action)} | {_cell(action.help)} |\n"
        for action in command._actions
        if not isinstance(action, (argparse._SubParsersAction, argparse._HelpAction))
    ]
    table = "| | |\n|---|---|\n" + "".join(rows) + "\n" if rows else ""
    return f"### `{name}`\n\n{_cell(command.description)}\n\n{table}".rstrip("\n") + "\n"


def _names(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{action.metavar or action.dest.upper()}`"
    choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()
    value = "" if action.nargs == 0 else f" {action.metavar or choices}"
    return ", ".join(f"`{option}{value}`" for option in action.option_strings)


def _cell(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").replace("%%", "%").replace("|", "\\|")


def _settings() -> str:
    lines = Path(settings.__file__).read_text(encoding="utf-8").splitlines()
    rows = []
    for field in fields(settings.Settings):
        at = next(number for number, line in enumerate(lines) if line.startswith(f"    {field.name}:"))
        comment: list[str] = []
        while lines[at - 1].startswith("    # ") and "# ---" not in lines[at - 1]:
            at -= 1
            comment.insert(0, lines[at].removeprefix("    # "))
        rows.append(
            f"| `{field.name}` | `{field.default!r}` | {_cell(_first_sentence(' '.join(comment)))} |\n"
        )
    return "".join(rows)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[^A-Z\s][.:])\s+(?=[A-Z])|(?<=\.)\s+(?=\d)", text)[0]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
