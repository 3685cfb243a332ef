"""`qa store`: an index from one store to another."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from .common import json_flag


def add_store(commands: Any) -> None:
    """Register `store` among the sub-commands of an argparse parser."""
    store = commands.add_parser(
        "store",
        help="copy an index between a folder and a database",
        description="Where an index is kept: in a folder, or in PostgreSQL with pgvector (docs/scale.md).",
    )
    what = store.add_subparsers(title="what", metavar="WHAT", required=True)
    copy = what.add_parser(
        "copy",
        help="put the index of one into service at the other",
        description="Copies articles, passages and vectors; nothing is read or encoded again. The copy is then "
        "compared with the index: by its counts, and by what a hundred questions find in both. What the other had "
        "before is there to go back to.",
    )
    place = "a data folder, or postgresql://HOST/DATABASE?schema=NAME"
    copy.add_argument("source", metavar="FROM", help=place)
    copy.add_argument("target", metavar="TO", help=place)
    json_flag(copy)
    copy.set_defaults(run=_copy)


def store_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store",
        metavar="ADDRESS",
        help="where the index is, if in PostgreSQL: postgresql://HOST/DATABASE?schema=NAME (default: $QA_STORE, else "
        "the data folder)",
    )


def _copy(options: argparse.Namespace) -> int:
    from qa.index.catalog import open_catalog
    from qa.upkeep.copying import copy

    from . import terminal

    source, target = open_catalog(options.source), open_catalog(options.target)
    with terminal.Bars(sys.stderr) as bars:
        done = copy(source, target, bars)
    if options.json:
        print(json.dumps(asdict(done)))
    else:
        print(
            f"index {done.version}: {done.articles} articles, {done.passages} passages, from {source.name} to "
            f"{target.name}. Of {done.questions} questions {done.same_first} find the same first passage; of their "
            f"first ten, {done.same_ten:.0%} are the same."
        )
    return 0
