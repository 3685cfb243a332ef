"""`qa index`"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.errors import IndexCorrupt, QAError
from qa.places import data_folder
from qa.serving.options import MOST_PROCESSES, within

from .building import build, check_replaced
from .common import add_command, encoder_flag, json_flag, place, print_json, replace_flag, settings_of
from .config import typed
from .store import store_flag

_SEEDS = Path("seeds")


def add_index(commands: Any) -> None:
    parser = add_command(
        commands,
        "index",
        _index,
        "read articles and build the index",
        "Reads every article under the paths, builds the index, and puts it into service in place of the one "
        "before. Vectors of unchanged articles are taken over. If anything fails, the index before goes on serving.",
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="folders and files of articles (default: seeds)"
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--watch", action="store_true", help="go on, and build again whenever the articles change"
    )
    instead.add_argument(
        "--check", action="store_true", help="build nothing; prove that the index in service is whole"
    )
    instead.add_argument(
        "--rollback",
        nargs="?",
        const="",
        metavar="VERSION",
        help="build nothing; put an older index into service: the one before, or the named one",
    )
    parser.add_argument(
        "--fields",
        type=_fields,
        metavar="PART=FIELD,...",
        help="what .jsonl and .csv files call the parts of an article: text=body,title=headline (parts: text, title, "
        "date, url, source)",
    )
    parser.add_argument(
        "--workers",
        type=typed(within(1, MOST_PROCESSES)),
        metavar="N",
        help="processes that read at most, one for every hundred files that are new or changed (default: as many as "
        "there are cores); with --parts so many encode too",
    )
    parser.add_argument(
        "--parts",
        action="store_true",
        help="encode in parts that are kept in the data folder until the index is in service, so that a build that "
        "was ended goes on from them",
    )
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="the same, and a Ray cluster makes the parts: HOST:PORT, or auto on one of its machines, or local to "
        "start one here",
    )
    replace_flag(parser)
    store_flag(parser)
    encoder_flag(parser)
    json_flag(parser)


def _fields(text: str) -> str:
    from qa.ingest.fields import Fields

    try:
        return str(Fields.parsed(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _index(options: argparse.Namespace) -> int:
    if options.check:
        return _check_index(options)
    if options.rollback is not None:
        return _rollback(options)
    roots = options.paths or [_SEEDS]
    check_replaced(roots, place(options), options)
    if options.watch:
        return _watch(roots, options)
    report = build(
        roots, place(options), settings_of(options), workers=options.workers, in_parts=_in_parts(options)
    )
    _print_report(report, options)
    return 0


def _in_parts(options: argparse.Namespace) -> Any:
    if not (options.parts or options.ray):
        return None
    from qa.upkeep.parts import InParts

    return InParts(data_folder(options.data) / "parts", options.ray)


def _print_report(report: Any, options: argparse.Namespace) -> None:
    from . import terminal

    if options.json:
        print_json(terminal.report_dict(report))
    else:
        print(terminal.report_text(report), flush=True)


def _check_index(options: argparse.Namespace) -> int:
    from qa.index.catalog import open_catalog
    from qa.snapshot import open_encoder

    from . import terminal

    catalog = open_catalog(place(options))
    try:
        encoder = open_encoder(catalog.manifest().encoder["name"])
    except IndexCorrupt:
        encoder = None  # what is wrong is for the check to say
    checked = catalog.check(encoder)
    print(terminal.checked_text(checked), file=sys.stderr if checked.problems else sys.stdout)
    return 1 if checked.problems else 0


def _rollback(options: argparse.Namespace) -> int:
    from qa.index.catalog import open_catalog

    done = open_catalog(place(options)).rollback(options.rollback or None)
    for version in done.passed_over:
        print(f"qa: index {version} is damaged and was passed over.", file=sys.stderr)
    where = f" --data {shlex.quote(options.data)}" if options.data else ""
    forward = f" Back again with: qa index --rollback {done.before}{where}" if done.before else ""
    print(f"index {done.now}: in service now, in place of {done.before or 'none'}.{forward}")
    return 0


def _watch(roots: Sequence[Path], options: argparse.Namespace) -> int:
    import threading

    from qa.snapshot import open_encoder
    from qa.upkeep.index import index
    from qa.upkeep.watch import watch

    settings = settings_of(options)
    encoder = open_encoder(settings.encoder)  # once, not for each build

    def again(settle: float) -> Any:
        return index(
            roots,
            place(options),
            settings=settings,
            encoder=encoder,
            settle=settle,
            workers=options.workers,
            in_parts=_in_parts(options),
        )

    def tell(result: Any) -> None:
        if isinstance(result, QAError):
            print(f"qa: {result}", file=sys.stderr)
        else:
            _print_report(result, options)

    print(
        f"Watching {', '.join(str(root) for root in roots)} (stop with Ctrl+C)", file=sys.stderr, flush=True
    )
    watch(roots, data_folder(options.data), again, stop=threading.Event(), told=tell)
    return 0
