"""The `qa` command."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from qa import __version__
from qa.errors import BadRequest, IndexCorrupt, QAError
from qa.places import data_folder, index_place
from qa.serving.arenas import few_arenas
from qa.serving.options import MOST_PROCESSES, within

from .bench import add_bench
from .config import add_config, add_options, resolved, typed
from .evaluate import add_evaluate
from .expecting import expecting, unanswerable_flag
from .feedback import add_feedback
from .mcp import add_mcp
from .store import add_store, store_flag
from .suggest import add_suggest
from .token import add_token

Command = Callable[[argparse.Namespace], int]
_SEEDS = Path("seeds")


def main(arguments: Sequence[str] | None = None) -> int:
    """0: done; 1: it could not be done, and the sentence on stderr says why; 2: wrong usage."""
    options = parser().parse_args(arguments)
    run: Command = options.run
    _never_stumble(sys.stdout, sys.stderr)
    try:
        status = run(options)
        sys.stdout.flush()
        return status
    except QAError as error:
        print(f"qa: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("qa: stopped.", file=sys.stderr)
        return 130
    except (
        BrokenPipeError
    ):  # the reader of a pipe, such as `head`, has left: nothing more may be flushed into it
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
        _add_index,
        _add_ask,
        _add_serve,
        _add_articles,
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


def _command(commands: Any, name: str, run: Command, help: str, description: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=description)
    parser.set_defaults(run=run)
    parser.add_argument(
        "--data",
        metavar="FOLDER",
        help="where the index lives (default: $QA_DATA, else your user data folder for verbatim-qa)",
    )
    return parser


def _json_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def _encoder_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--encoder",
        metavar="NAME_OR_FOLDER",
        help="another sentence-transformers model: a folder, or a name (default: all-MiniLM-L6-v2, which is installed)",
    )


def _replace_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--replace",
        action="store_true",
        help="where the index is of other folders, put the new one in its place",
    )


def _add_index(commands: Any) -> None:
    parser = _command(
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
        "there are cores)",
    )
    _replace_flag(parser)
    store_flag(parser)
    _encoder_flag(parser)
    _json_flag(parser)


def _add_ask(commands: Any) -> None:
    parser = _command(
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
    _json_flag(parser)


def _add_serve(commands: Any) -> None:
    parser = _command(
        commands,
        "serve",
        _serve,
        "serve the page and /ask",
        "Serves the page and the HTTP interface. With --articles the index is built first where there is none or the "
        "articles have changed.",
    )
    add_options(parser)
    _replace_flag(parser)


def _add_articles(commands: Any) -> None:
    parser = _command(commands, "articles", _articles, "list what is indexed", "Lists the indexed articles.")
    parser.add_argument("--passages", action="store_true", help="show each article's passages too")
    store_flag(parser)
    _json_flag(parser)


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
    _check_replaced(roots, _place(options), options)
    if options.watch:
        return _watch(roots, options)
    report = _build(roots, _place(options), _settings(options), workers=options.workers)
    _print_report(report, options)
    return 0


def _check_replaced(roots: Sequence[Path], data: str | Path, options: argparse.Namespace) -> None:
    """Raises BadRequest where an index of other articles would be replaced and nobody has said so."""
    from qa.index.catalog import open_catalog
    from qa.upkeep.index import left_out

    lost = [] if options.replace else left_out(roots, data)
    if lost:
        named, name = ", ".join(str(root) for root in roots), open_catalog(data).name
        raise BadRequest(
            f"The index in {name} is of {', '.join(lost)}, and an index of {named} would take its "
            "place. To replace it, add --replace. To keep both apart, give this one a data folder of its own: --data "
            "FOLDER. To ask both at once: qa index with both folders."
        )


def _print_report(report: Any, options: argparse.Namespace) -> None:
    from . import terminal

    if options.json:
        _print_json(terminal.report_dict(report))
    else:
        print(terminal.report_text(report), flush=True)


def _check_index(options: argparse.Namespace) -> int:
    from qa.index.catalog import open_catalog
    from qa.snapshot import open_encoder

    from . import terminal

    catalog = open_catalog(_place(options))
    try:
        encoder = open_encoder(catalog.manifest().encoder["name"])
    except IndexCorrupt:
        encoder = None  # what is wrong is for the check to say
    checked = catalog.check(encoder)
    print(terminal.checked_text(checked), file=sys.stderr if checked.problems else sys.stdout)
    return 1 if checked.problems else 0


def _rollback(options: argparse.Namespace) -> int:
    from qa.index.catalog import open_catalog

    done = open_catalog(_place(options)).rollback(options.rollback or None)
    for version in done.passed_over:
        print(f"qa: index {version} is damaged and was passed over.", file=sys.stderr)
    forward = f" Back again with: qa index --rollback {done.before}" if done.before else ""
    print(f"index {done.now}: in service now, in place of {done.before or 'none'}.{forward}")
    return 0


def _watch(roots: Sequence[Path], options: argparse.Namespace) -> int:
    import threading

    from qa.snapshot import open_encoder
    from qa.upkeep.index import index
    from qa.upkeep.watch import watch

    settings = _settings(options)
    encoder = open_encoder(settings.encoder)  # once, not for each build

    def build(settle: float) -> Any:
        return index(
            roots,
            _place(options),
            settings=settings,
            encoder=encoder,
            settle=settle,
            workers=options.workers,
        )

    def tell(result: Any) -> None:
        if isinstance(result, QAError):
            print(f"qa: {result}", file=sys.stderr)
        else:
            _print_report(result, options)

    print(
        f"Watching {', '.join(str(root) for root in roots)} (stop with Ctrl+C)", file=sys.stderr, flush=True
    )
    watch(roots, data_folder(options.data), build, stop=threading.Event(), told=tell)
    return 0


def _ask(options: argparse.Namespace) -> int:
    from qa.answer_json import to_dict
    from qa.engine import Engine

    from . import terminal

    answer = Engine.open(_place(options), settings=expecting(options)).ask(
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
        _print_json(to_dict(answer))
    else:
        print(terminal.answer_text(answer, colour=terminal.colours(sys.stdout)))
        if answer.explain is not None:
            print("\n" + terminal.explain_text(answer.explain))
    return 0


def _serve(options: argparse.Namespace) -> int:
    few_arenas()
    from qa.upkeep.collections import loose_files

    chosen = {name: one.value for name, one in resolved(options).items()}
    options.encoder, options.store = chosen["encoder"], chosen["store"]
    encoder = None if options.encoder is None else _settings(options).encoder
    if chosen["processes"] > 1:  # before anything counts: the processes' figures are told together
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="verbatim-metrics-"))

    from web.serve import (  # the page stands on top of this package, and only this command needs it
        check,
        serve,
    )

    served = check(data_folder(options.data), {**chosen, "encoder": encoder})
    if chosen["collections"] and (loose := loose_files(chosen["collections"])):
        named = ", ".join(loose[:5]) + (" …" if len(loose) > 5 else "")
        print(f"qa: belonging to no collection, and so not read: {named}", file=sys.stderr)
    _index_served(served.collections, options)
    serve(served)
    return 0


def _index_served(collections: Sequence[Any], options: argparse.Namespace) -> None:
    """Build each index that is not of its articles as they are. Where one cannot be built, the one before it, if any,
    goes on serving; else the page says what is missing."""
    from qa.snapshot import open_encoder
    from qa.upkeep.index import up_to_date

    from . import terminal

    settings, encoder = _settings(options), None
    named = [(one, [one.articles]) for one in collections if one.articles is not None]
    for one, roots in named:
        _check_replaced(roots, one.place, options)
    for one, roots in named:
        if up_to_date(roots, one.place, settings):
            continue
        if one.title:
            print(f"Collection {one.title}, at /c/{one.name}/", file=sys.stderr)
        try:
            encoder = encoder or open_encoder(settings.encoder)
            print(terminal.report_text(_build(roots, one.place, settings, encoder)), file=sys.stderr)
        except QAError as error:
            print(f"qa: {error}", file=sys.stderr)


def _articles(options: argparse.Namespace) -> int:
    from qa.snapshot import open_store

    from . import terminal

    store = open_store(_place(options))
    listed = [
        (article, store.passages_of(article.id) if options.passages else None) for article in store.articles()
    ]
    if options.json:
        _print_json([terminal.article_dict(article, passages) for article, passages in listed])
    else:
        print("\n".join(terminal.article_text(article, passages) for article, passages in listed))
    return 0


def _build(
    roots: Sequence[Path],
    data: str | Path | None,
    settings: Any,
    encoder: Any = None,
    workers: int | None = None,
) -> Any:
    from qa.upkeep.index import index

    from . import terminal

    with terminal.Bars(sys.stderr) as bars:
        return index(roots, data, settings=settings, encoder=encoder, progress=bars, workers=workers)


def _place(options: argparse.Namespace) -> str | Path:
    return index_place(options.data, options.store)


def _settings(options: argparse.Namespace) -> Any:
    from qa.settings import Settings

    fields = getattr(options, "fields", None) or ""
    if options.encoder is None:
        return Settings(fields=fields)
    folder = Path(options.encoder).expanduser()
    return Settings(encoder=str(folder.resolve()) if folder.is_dir() else options.encoder, fields=fields)


def _print_json(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # lone surrogates in a file's name, or a stream that is not UTF-8
        text = json.dumps(value, indent=2)
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
