"""`qa articles`"""

from __future__ import annotations

import argparse
from typing import Any

from .common import add_command, json_flag, place, print_json
from .store import store_flag


def add_articles(commands: Any) -> None:
    parser = add_command(
        commands, "articles", _articles, "list what is indexed", "Lists the indexed articles."
    )
    parser.add_argument("--passages", action="store_true", help="show each article's passages too")
    store_flag(parser)
    json_flag(parser)


def _articles(options: argparse.Namespace) -> int:
    from qa.snapshot import open_store

    from . import terminal

    store = open_store(place(options))
    listed = [
        (article, store.passages_of(article.id) if options.passages else None) for article in store.articles()
    ]
    if options.json:
        print_json([terminal.article_dict(article, passages) for article, passages in listed])
    else:
        print("\n".join(terminal.article_text(article, passages) for article, passages in listed))
    return 0
