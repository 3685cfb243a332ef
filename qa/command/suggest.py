"""`qa suggest`: the questions that the page will suggest, made and shown."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from .common import data_flag, json_flag, place
from .store import store_flag


def add_suggest(commands: Any) -> None:
    """Register `suggest` among the sub-commands of an argparse parser."""
    suggest = commands.add_parser(
        "suggest",
        help="make the questions that the page suggests",
        description="Makes questions of the articles' sentences by rules, asks each of them, and keeps those that are "
        "answered with the right words and surely. `qa serve` does the same in the background.",
    )
    data_flag(suggest)
    store_flag(suggest)
    json_flag(suggest)
    suggest.set_defaults(run=_suggest)


def _suggest(options: argparse.Namespace) -> int:
    from qa.engine import Engine
    from qa.errors import BuildFailed
    from qa.places import data_folder
    from qa.suggest.make import make
    from qa.suggest.store import save

    data, engine = data_folder(options.data), Engine.open(place(options))
    made = make(engine)
    try:
        save(data, engine.version, made)
    except OSError as error:
        raise BuildFailed(f"The suggestions cannot be kept in {data}: {error}.") from error
    if options.json:
        print(json.dumps([asdict(one) for one in made], indent=2))
    else:
        print("\n".join(f"{one.confidence:4.0%}  {one.question}  {one.answer}  [{one.file}]" for one in made))
    return 0
