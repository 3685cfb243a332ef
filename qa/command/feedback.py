"""`qa feedback`: what people said of answers, listed, and exported as gold questions."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from qa.errors import BadRequest

from .common import data_flag


def add_feedback(commands: Any) -> None:
    """Register `feedback` among the sub-commands of an argparse parser."""
    feedback = commands.add_parser(
        "feedback",
        help="list or export what people said of answers",
        description="Reads what was said of answers on the page: right, wrong, or right passage but wrong words.",
    )
    what = feedback.add_subparsers(title="what", metavar="WHAT", required=True)
    listing = what.add_parser("list", help="every verdict, the newest first")
    listing.set_defaults(run=_list)
    export = what.add_parser(
        "export",
        help="gold questions (.jsonl), for: qa evaluate gold FILE",
        description="Writes a gold question for each question whose right answer is known: answers and guesses said to "
        "be right, wordings given instead of wrong ones, and questions that were rightly not answered.",
    )
    export.add_argument("file", type=Path, metavar="FILE", help="to write, a JSON object a line")
    export.set_defaults(run=_export)
    for parser in (listing, export):
        data_flag(parser)


def _list(options: argparse.Namespace) -> int:
    for one in _store(options).newest():
        said = {"right": "right", "wrong": "WRONG", "words": "WORDS"}[one.verdict]
        meant = f", should be {one.wording!r}" if one.wording else ""
        perhaps = "perhaps " if one.guess else ""
        print(f"{one.at}  {said}  {one.question!r}: {perhaps}{one.answer!r} ({one.confidence:.0%}){meant}")
    return 0


def _export(options: argparse.Namespace) -> int:
    gold = _store(options).gold()
    try:
        with options.file.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in gold)
    except OSError as error:
        raise BadRequest(f"{options.file} cannot be written: {error}. Name another file.") from error
    print(
        f"{len(gold)} gold questions in {options.file}. Judge by them: qa evaluate gold {options.file} --seeds FOLDER"
    )
    return 0


def _store(options: argparse.Namespace) -> Any:
    from qa.feedback import FeedbackStore
    from qa.places import data_folder

    return FeedbackStore(data_folder(options.data))
