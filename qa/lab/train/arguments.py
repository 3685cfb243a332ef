"""The arguments that name training data, its recipe and who teaches, and what they name."""

from __future__ import annotations

import argparse
from pathlib import Path

from qa.lab.sets.training import MADE_NULLS, Recipe, TrainingData
from qa.lab.train.teacher import check_shares
from qa.lab.train.told import Told


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files (*.json.gz)")
    parser.add_argument(
        "--measured",
        type=Path,
        nargs="+",
        required=True,
        help="files that are measured (SQuAD's layout, or text): what shares a 13-word run with them is dropped",
    )
    parser.add_argument(
        "--without-half-a", action="store_true", help="leave out half a of SQuAD 2.0's development set"
    )
    parser.add_argument(
        "--half-a-times", type=int, default=Recipe().half_a_times, help="how often an epoch holds half a"
    )
    parser.add_argument(
        "--vague",
        type=float,
        default=Recipe().vague,
        help="share of Reddit's and the reviews' paragraphs, an epoch",
    )
    parser.add_argument("--qamr-questions", type=int, default=Recipe().qamr_questions, help="an epoch")
    parser.add_argument(
        "--made-nulls", type=float, default=1.0, help="times the recipe's shares of nulls that nobody wrote"
    )


def data(arguments: argparse.Namespace, cache: Path) -> TrainingData:
    """cache: the folder where what search finds for the training questions is kept."""
    shares = {name: getattr(Recipe(), name) * arguments.made_nulls for name in MADE_NULLS}
    recipe = Recipe(
        **shares,
        half_a=not arguments.without_half_a,
        half_a_times=arguments.half_a_times,
        vague=arguments.vague,
        qamr_questions=arguments.qamr_questions,
    )
    return TrainingData(arguments.data, recipe, arguments.measured, cache)


def add_teachers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--teacher",
        type=Path,
        nargs="+",
        default=[],
        help="folders of trained readers whose scores are learnt as well, and the first one's hidden states",
    )
    parser.add_argument(
        "--teacher-shares",
        type=float,
        nargs="+",
        metavar="SHARE",
        help="what each teacher's scores count, 1 together; by default all the same",
    )


def teachers(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> dict[Path, float]:
    """What the scores of each teacher's folder count. Ends the program where the shares do not fit."""
    folders: list[Path] = arguments.teacher
    shares = arguments.teacher_shares or [1 / len(folders) for _ in folders]
    if folders:
        try:
            check_shares(folders, shares)
        except ValueError as error:
            parser.error(str(error))
    return dict(zip(folders, shares, strict=True))


def add_told(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--told",
        type=Path,
        metavar="FILE",
        help="what `tell_windows` kept of teachers' scores, in the place of --teacher; with its recipe",
    )


def told(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> Told | None:
    """Ends the program where the file is none, or where there are teachers besides."""
    file: Path | None = arguments.told
    if file is None:
        return None
    if arguments.teacher:
        parser.error("--told takes the place of --teacher: give one of them")
    try:
        return Told.open(file)
    except (OSError, ValueError, KeyError) as error:
        parser.error(f"{file} cannot be read as what tell_windows keeps: {error}")
