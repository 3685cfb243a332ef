"""`--unanswerable`, of the commands that answer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from qa.serving.options import UNANSWERABLE, share

from .config import typed

if TYPE_CHECKING:
    from qa.settings import Settings


def unanswerable_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--unanswerable", type=typed(share), metavar="SHARE", help=f"{UNANSWERABLE} (default: a third)"
    )


def expecting(options: argparse.Namespace) -> Settings:
    """The settings of an engine that is asked by a command."""
    from qa.settings import Settings

    return Settings() if options.unanswerable is None else Settings(unanswerable=options.unanswerable)
