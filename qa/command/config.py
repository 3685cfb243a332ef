"""`qa config`: what a server would be run with, and where each value is from; and the options of `qa serve`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from qa.places import data_folder
from qa.serving.options import OPTIONS, Set, resolve

from .common import data_flag


def add_config(commands: Any) -> None:
    """Register `config` among the sub-commands of an argparse parser."""
    parser = commands.add_parser(
        "config",
        help="show what qa serve is run with, and why",
        description="Shows every option of qa serve, its value, and where that is from: a flag, the environment, the "
        "file that $QA_CONFIG names (by default verbatim.toml in the data folder), or the default; the first of these "
        "that sets it counts. It takes the flags of qa serve.",
    )
    data_flag(parser)
    add_options(parser)
    parser.set_defaults(run=_config)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of a server, as flags that are None where they are not given."""
    for option in OPTIONS:
        names = [option.flag, "--seeds"] if option.name == "articles" else [option.flag]
        default = _shown(option.default)
        told = option.help
        told += f" (default: {default}; ${option.variable})" if option.metavar else f" (${option.variable})"
        if option.metavar:
            parser.add_argument(*names, metavar=option.metavar, type=typed(option.read), help=told)
        else:
            parser.add_argument(*names, action="store_const", const=True, help=told)


def _shown(default: Any) -> str:
    return f"{default:.2g}" if isinstance(default, float) else str(default or "none")


def typed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """What argparse takes for a type, of what reads an option; so the message says what would make sense."""

    def checked(written: str) -> Any:
        try:
            return read(written)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{written!r}: {error}") from None

    return checked


def resolved(options: argparse.Namespace) -> dict[str, Set]:
    """Raises BadRequest."""
    return resolve(vars(options), data_folder(options.data))


def _config(options: argparse.Namespace) -> int:
    for name, one in resolved(options).items():
        value = "(set, not shown)" if one.option.secret and one.value else one.value
        print(f"{name} = {value}  ({one.source})")
    return 0
