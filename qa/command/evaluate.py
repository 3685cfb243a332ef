"""`qa evaluate`: the command line of what measures answers."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.errors import BadRequest
from qa.settings import PRECISIONS, Settings

from .common import json_flag
from .expecting import expecting, unanswerable_flag

_SEEDS = Path("seeds")
_JUDGED = {1.0: "right", 0.5: "half ", 0.0: "WRONG"}


def add_evaluate(commands: Any) -> None:
    """Register `evaluate` among the sub-commands of an argparse parser."""
    evaluate = commands.add_parser(
        "evaluate",
        help="measure how good the answers are",
        description="Measures answers on files in SQuAD's layout and on gold questions.",
    )
    what = evaluate.add_subparsers(title="what", metavar="WHAT", required=True)
    squad = what.add_parser(
        "squad",
        help="a file in SQuAD's layout (.json or .json.gz)",
        description="--mode gold asks each question of its own paragraph; --mode open asks it of all the file's "
        "paragraphs at once. Figures are in per cent.",
    )
    squad.add_argument("file", type=Path, help="a file in SQuAD's layout, plain or gzipped")
    squad.add_argument(
        "--mode", choices=("gold", "open"), default="gold", help="what is asked (default: gold)"
    )
    squad.add_argument("--limit", type=int, metavar="N", help="only N questions, spread over the file")
    squad.add_argument(
        "--read-first",
        type=int,
        default=Settings().read_first,
        metavar="N",
        help="mode open: passages read first; others only where these do not answer clearly, or bear on it (default: "
        "3; 0: read all)",
    )
    squad.add_argument(
        "--read-margin",
        type=float,
        default=Settings().read_margin,
        metavar="MARGIN",
        help="with --read-first, the null margin of an answer that is clear (default: 2)",
    )
    squad.add_argument(
        "--threshold",
        type=float,
        default=0.0,
        metavar="MARGIN",
        help="null margin above which to answer, in a file with unanswerable questions (default: 0)",
    )
    squad.add_argument(
        "--precision",
        choices=PRECISIONS,
        default=Settings().precision,
        help="how the models compute (default: auto, what suits the processor)",
    )
    unanswerable_flag(squad)
    gold = what.add_parser(
        "gold",
        help="gold questions (.jsonl) over a folder of articles",
        description="Asks every question of the file, and judges text and first citation.",
    )
    gold.add_argument("file", type=Path, help="gold questions, a JSON object a line")
    gold.add_argument(
        "--seeds", type=Path, default=_SEEDS, metavar="FOLDER", help="the articles (default: seeds)"
    )
    gold.add_argument(
        "--store",
        metavar="ADDRESS",
        help="ask the index that is there, postgresql://HOST/DATABASE?schema=NAME, and build none",
    )
    gold.add_argument("--verbose", action="store_true", help="show each question")
    followups = what.add_parser(
        "followups",
        help="a file in CANARD's layout (.json or .json.gz)",
        description="Compares what follow-up questions are understood as with what people rewrote them to: F1 of the "
        "words added, and the share of stand-alone questions left alone. Figures are in per cent.",
    )
    followups.add_argument("file", type=Path, help="a file in CANARD's layout, plain or gzipped")
    followups.add_argument(
        "--half",
        choices=("tune", "measure"),
        default="measure",
        help="which half of the dialogues (default: measure)",
    )
    for parser, run in ((squad, _squad), (gold, _gold), (followups, _followups)):
        json_flag(parser)
        parser.set_defaults(run=run)


def _squad(options: argparse.Namespace) -> int:
    from qa.lab.measure import evaluate

    if options.read_first < 0:
        raise BadRequest(f"--read-first is {options.read_first}; it must be at least 0.")
    settings = replace(
        expecting(options),
        read_first=options.read_first,
        read_margin=options.read_margin,
        precision=options.precision,
    )
    if options.mode == "open":
        result = evaluate.squad_open(options.file, limit=options.limit, settings=settings)
    else:
        result = evaluate.squad_gold(
            options.file, limit=options.limit, threshold=options.threshold, settings=settings
        )
    print(json.dumps(result, indent=None if options.json else 2))
    return 0


def _gold(options: argparse.Namespace) -> int:
    from qa.lab.measure import evaluate

    result = evaluate.gold_questions(options.file, options.seeds, settings=Settings(), store=options.store)
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
        return 0
    for detail in result["details"]:
        if options.verbose or not detail["right"]:
            said = repr(detail["answer"] if detail["guess"] is None else f"perhaps {detail['guess']}")
            print(f"{_JUDGED[detail['score']]}  {detail['id']}: {said} ({detail['why']})")
    told, unsaid = result["unanswerable"], result["unsaid"]
    print(f"{result['right']} of {result['questions']} right; {result['score']:g} with guesses counted half")
    print(f"answered though the articles do not: {told['answered']} of {told['questions']}")
    print(f"said that they do not: {unsaid['claimed']} times, rightly {unsaid['rightly']}")
    return 0


def _followups(options: argparse.Namespace) -> int:
    from qa.lab.measure import followups

    print(json.dumps(followups.measure(options.file, options.half), indent=None if options.json else 2))
    return 0
