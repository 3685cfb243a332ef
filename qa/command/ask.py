"""`qa ask`"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from .common import add_command, json_flag, place, print_json
from .expecting import expecting, unanswerable_flag
from .store import store_flag


def add_ask(commands: Any) -> None:
    parser = add_command(
        commands,
        "ask",
        _ask,
        "ask a question",
        "Answers from the indexed articles, in their words, with the file and the place. Where they do not answer, it "
        "says so and why.",
    )
    parser.add_argument("question", help='the question, in quotes: qa ask "Who is ...?"')
    parser.add_argument("--top-k", type=int, metavar="N", help="passages to read, 1 to 100 (default: 10)")
    parser.add_argument(
        "--published-after", metavar="DAY", help="ask only articles of this day (2022-02-04) or later"
    )
    parser.add_argument("--published-before", metavar="DAY", help="ask only articles of this day or earlier")
    parser.add_argument(
        "--source", help="ask only articles of this source (TASS), or of this host (tass.com)"
    )
    parser.add_argument("--folder", help="ask only articles in this folder of what was indexed (news/2022)")
    parser.add_argument(
        "--article", metavar="ID", help="ask only this article, by its id, which qa articles lists"
    )
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="SHARE",
        help="confidence, 0 to 1, from which to answer (default: fitted)",
    )
    unanswerable_flag(parser)
    parser.add_argument("--explain", action="store_true", help="tell too what was found, read and weighed")
    store_flag(parser)
    json_flag(parser)


def _ask(options: argparse.Namespace) -> int:
    from qa.answer_json import to_dict
    from qa.engine import Engine

    from . import terminal

    answer = Engine.open(place(options), settings=expecting(options)).ask(
        options.question,
        top_k=options.top_k,
        published_after=options.published_after,
        published_before=options.published_before,
        source=options.source,
        folder=options.folder,
        article=options.article,
        threshold=options.threshold,
        explain=options.explain,
    )
    if options.json:
        print_json(to_dict(answer))
    else:
        print(terminal.answer_text(answer, colour=terminal.colours(sys.stdout)))
        if answer.explain is not None:
            print("\n" + terminal.explain_text(answer.explain))
    return 0
