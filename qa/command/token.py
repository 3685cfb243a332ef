"""`qa token`: make, list and revoke what lets others read, change the index, or read the feedback."""

from __future__ import annotations

import argparse
from typing import Any

from qa.serving.tokens import SCOPES, Tokens

from .common import data_flag


def add_token(commands: Any) -> None:
    """Register `token` among the sub-commands of an argparse parser."""
    token = commands.add_parser(
        "token",
        help="make, list and revoke tokens",
        description="A token is sent as: Authorization: Bearer TOKEN. Only its hash is kept, in tokens.json in the "
        "data folder. What is made or revoked counts at once, for a server that runs too.",
    )
    what = token.add_subparsers(title="what", metavar="WHAT", required=True)
    make = what.add_parser("make", help="a new token, shown once")
    make.add_argument("name", help="whose it is, or what for")
    make.add_argument(
        "--scope",
        action="append",
        choices=SCOPES,
        help="read: ask and read where reading is not open; index: build, upload, remove; feedback: read it; "
        "may be given several times (default: all)",
    )
    make.set_defaults(run=_make)
    listing = what.add_parser("list", help="names, what for, and since when")
    listing.set_defaults(run=_list)
    revoke = what.add_parser("revoke", help="it no longer lets anybody in")
    revoke.add_argument("name", help="as it is listed")
    revoke.set_defaults(run=_revoke)
    for parser in (make, listing, revoke):
        data_flag(parser)


def _make(options: argparse.Namespace) -> int:
    print(_tokens(options).make(options.name, options.scope or SCOPES))
    return 0


def _list(options: argparse.Namespace) -> int:
    for one in _tokens(options).list():
        print(f"{one.name}  {', '.join(one.scopes)}  since {one.made}")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    _tokens(options).revoke(options.name)
    print(f"{options.name} is revoked.")
    return 0


def _tokens(options: argparse.Namespace) -> Tokens:
    from qa.places import data_folder

    return Tokens(data_folder(options.data))
