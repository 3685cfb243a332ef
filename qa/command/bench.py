"""`qa bench`: its command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from qa.errors import BadRequest

from .common import json_flag

MINUTES = {
    "ask": 10,
    "load": 15,
    "servers": 45,
    "index": 10,
    "peers": 15,
    "live": 10,
    "memory": 20,
    "hostile": 8,
    "broken": 6,
    "lexical": 30,
    "scale": 60,
}
PARTS = tuple(MINUTES)
_DEMO = (Path("seeds"), Path("tests/regression/articles"))
_QUESTIONS = Path("tests/regression/questions.jsonl")


def add_bench(commands: Any) -> None:
    """Register `bench` among the sub-commands of an argparse parser."""
    bench = commands.add_parser(
        "bench",
        help="measure time and throughput",
        description="Measures, and tells each figure as a multiple of the floor too: what the models must compute and "
        "read, at the rates measured in the same run. Measure on a machine that does nothing else.",
        epilog="ask: each step of an answer, in process and over HTTP. load: answers a second of many clients. "
        "servers: the same behind other WSGI servers. index: passages a second, beside plain "
        "SentenceTransformer.encode. peers: the same reader through Haystack and txtai. live: how soon a changed file "
        "is answered from. memory: whether it stays over thousands of questions and many rebuilds. hostile: how long "
        "a client waits beside 64 that mean harm. broken: whether it is answered beside what is no HTTP. lexical: "
        "ours beside SQLite's FTS5 and bm25s. scale: retrieval over up to a million passages. Minutes at most on two "
        "cores with AVX2 and nothing more, once what is compared with is installed: "
        + ", ".join(f"{part} {minutes}" for part, minutes in MINUTES.items())
        + ".",
    )
    bench.add_argument("what", nargs="?", default="ask", choices=(*PARTS, "all"), help="default: ask")
    json_flag(bench)
    bench.add_argument(
        "--quick", action="store_true", help="as little as shows that it works; its figures mean nothing"
    )
    bench.add_argument(
        "--squad",
        type=Path,
        metavar="FILE",
        help="a file in SQuAD's layout: all its paragraphs and questions, beside the demo corpus or, for memory, "
        "instead of it",
    )
    bench.add_argument(
        "--articles",
        type=Path,
        nargs="+",
        metavar="FOLDER",
        help=f"of the demo corpus (default: {' and '.join(map(str, _DEMO))})",
    )
    bench.add_argument(
        "--questions", type=Path, metavar="FILE", help=f"gold questions over them (default: {_QUESTIONS})"
    )
    bench.add_argument(
        "--limit",
        type=_count,
        metavar="N",
        help="only N questions of each corpus (default: ask 100, peers 60, lexical and scale 500, memory 5000)",
    )
    bench.add_argument(
        "--rounds", type=_count, metavar="N", help="ask, index, peers, servers: times each (default: 3)"
    )
    bench.add_argument(
        "--clients",
        type=_count,
        nargs="+",
        metavar="N",
        help="load (default: 1 2 4 16 64), servers (default: 1 16 64)",
    )
    bench.add_argument(
        "--seconds",
        type=_seconds,
        metavar="S",
        help="load, servers: of each number (default: 60), broken (300)",
    )
    bench.add_argument("--processes", type=_count, metavar="N", help="load: of the server (default: 1)")
    bench.add_argument(
        "--env",
        type=Path,
        metavar="FOLDER",
        help="peers, servers: their environment, made where it is not there (default: in your cache folder)",
    )
    bench.add_argument("--generated", type=_count, metavar="N", help="live: articles (default: 10000)")
    bench.add_argument(
        "--changes", type=_count, metavar="N", help="live: files changed (default: 5), memory: rebuilds (20)"
    )
    bench.add_argument(
        "--passages",
        type=_count,
        nargs="+",
        metavar="N",
        help="lexical, scale (default: 10000 100000 1000000)",
    )
    bench.add_argument(
        "--kept",
        type=Path,
        metavar="FOLDER",
        help="scale: keep its indexes there, and measure again what is there",
    )
    bench.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    from qa.lab.bench import run as bench  # seconds to import, and `qa --help` must not wait
    from qa.lab.bench.table import markdown

    parts = PARTS if options.what == "all" else (options.what,)
    told = bench.run(parts, _options(options))
    print(json.dumps(told, ensure_ascii=False) if options.json else markdown(told))
    return 0


def _options(options: argparse.Namespace) -> Any:
    from qa.lab.bench.run import Options

    quick: dict[str, Any] = {"quick": options.quick}
    if options.quick:
        quick |= {"limit": 4, "rounds": 1, "clients": (1, 2), "seconds": 1.0, "generated": 5, "changes": 1}
        quick |= {"passages": (20, 40)}
    articles = tuple(options.articles or _DEMO)
    questions = options.questions or _QUESTIONS
    for path in (*articles, questions, *([options.squad] if options.squad else [])):
        if not path.exists():
            raise BadRequest(
                f"There is no {path}. Name articles with --articles FOLDER and gold questions with --questions FILE."
            )
    names = ("limit", "rounds", "clients", "seconds", "processes", "generated", "changes", "passages", "kept")
    given = {name: value for name in names if (value := getattr(options, name)) is not None}
    return Options(
        articles=articles,
        questions=questions,
        squad=options.squad,
        environment=options.env,
        **(quick | given),
    )


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{count} is too few: at least 1")
    return count


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{seconds} s cannot be measured for: more than 0")
    return seconds
