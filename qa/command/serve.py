"""`qa serve`"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

from qa.errors import QAError
from qa.places import data_folder
from qa.serving.arenas import few_arenas

from .building import build, check_replaced
from .common import add_command, replace_flag, settings_of
from .config import add_options, resolved


def add_serve(commands: Any) -> None:
    parser = add_command(
        commands,
        "serve",
        _serve,
        "serve the page and /ask",
        "Serves the page and the HTTP interface. With --articles the index is built first where there is none or the "
        "articles have changed.",
    )
    add_options(parser)
    replace_flag(parser)


def _serve(options: argparse.Namespace) -> int:
    few_arenas()
    from qa.upkeep.collections import loose_files

    chosen = {name: one.value for name, one in resolved(options).items()}
    options.encoder, options.store = chosen["encoder"], chosen["store"]
    encoder = None if options.encoder is None else settings_of(options).encoder
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

    settings, encoder = settings_of(options), None
    named = [(one, [one.articles]) for one in collections if one.articles is not None]
    for one, roots in named:
        check_replaced(roots, one.place, options)
    for one, roots in named:
        if up_to_date(roots, one.place, settings):
            continue
        if one.title:
            print(f"Collection {one.title}, at /c/{one.name}/", file=sys.stderr)
        try:
            encoder = encoder or open_encoder(settings.encoder)
            print(terminal.report_text(build(roots, one.place, settings, encoder)), file=sys.stderr)
        except QAError as error:
            print(f"qa: {error}", file=sys.stderr)
