"""The `qa` command."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TextIO

from qa import __version__
from qa.errors import QAError

from .articles import add_articles
from .ask import add_ask
from .bench import add_bench
from .common import Command
from .config import add_config
from .evaluate import add_evaluate
from .feedback import add_feedback
from .index import add_index
from .mcp import add_mcp
from .serve import add_serve
from .store import add_store
from .suggest import add_suggest
from .token import add_token


def main(arguments: Sequence[str] | None = None) -> int:
    """0: done; 1: it could not be done, and the sentence on stderr says why; 2: wrong usage."""
    options = parser().parse_args(arguments)
    run: Command = options.run
    _never_stumble(sys.stdout, sys.stderr)
    try:
        status = run(options)
        if not sys.stdout.closed:  # an MCP server's client closes it
            sys.stdout.flush()
        return status
    except QAError as error:
        print(f"qa: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("qa: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has left: nothing more may be flushed into it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _never_stumble(*streams: TextIO) -> None:
    """A terminal that lacks a letter shows an escape in its place."""
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qa",
        description="Answers questions about your articles in the articles' own words, with the exact place.",
        epilog='Begin with: qa index FOLDER, then: qa ask "...". Each command explains itself: qa COMMAND --help',
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"verbatim-qa {__version__} (Python {platform.python_version()}, {platform.machine()})",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        add_index,
        add_ask,
        add_serve,
        add_articles,
        add_store,
        add_suggest,
        add_mcp,
        add_config,
        add_token,
        add_feedback,
        add_evaluate,
        add_bench,
    ):
        add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
