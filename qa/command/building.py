"""Building an index, with bars, for the commands that do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.errors import BadRequest


def check_replaced(roots: Sequence[Path], data: str | Path, options: argparse.Namespace) -> None:
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


def build(
    roots: Sequence[Path],
    data: str | Path | None,
    settings: Any,
    encoder: Any = None,
    workers: int | None = None,
    in_parts: Any = None,
) -> Any:
    from qa.upkeep.index import index

    from . import terminal

    with terminal.Bars(sys.stderr) as bars:
        return index(
            roots,
            data,
            settings=settings,
            encoder=encoder,
            progress=bars,
            workers=workers,
            in_parts=in_parts,
        )
