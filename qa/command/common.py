"""What several commands share: flags, and what they are read as."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qa.places import index_place

Command = Callable[[argparse.Namespace], int]


def add_command(
    commands: Any, name: str, run: Command, help: str, description: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=description)
    parser.set_defaults(run=run)
    data_flag(parser)
    return parser


def data_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        metavar="FOLDER",
        help="where the index lives (default: $QA_DATA, else your user data folder for verbatim-qa)",
    )


def json_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def encoder_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--encoder",
        metavar="NAME_OR_FOLDER",
        help="another sentence-transformers model: a folder, or a name (default: all-MiniLM-L6-v2, which is installed)",
    )


def replace_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--replace",
        action="store_true",
        help="where the index is of other folders, put the new one in its place",
    )


def place(options: argparse.Namespace) -> str | Path:
    return index_place(options.data, options.store)


def settings_of(options: argparse.Namespace) -> Any:
    from qa.settings import Settings

    fields = getattr(options, "fields", None) or ""
    if options.encoder is None:
        return Settings(fields=fields)
    folder = Path(options.encoder).expanduser()
    return Settings(encoder=str(folder.resolve()) if folder.is_dir() else options.encoder, fields=fields)


def print_json(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # lone surrogates in a file's name, or a stream that is not UTF-8
        text = json.dumps(value, indent=2)
    print(text, flush=True)
