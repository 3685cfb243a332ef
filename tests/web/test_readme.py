"""What the README shows is what happens."""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import shlex
from pathlib import Path

import pytest

from qa.command.main import parser
from qa.engine import Engine
from qa.ports import Encoder
from qa.settings import Settings

ROOT = Path(__file__).parent.parent.parent
README_FILE = ROOT / "README.md"
README = README_FILE.read_text("utf-8")


def test_the_outputs_in_the_readme_are_what_the_engine_answers(encoder: Encoder, demo_data: Path) -> None:
    """Where this fails because answers have changed, `make docs` makes the README true again."""
    # As `make docs` does.
    engine = Engine.open(demo_data, encoder=encoder, settings=Settings(precision="float32"))
    spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs" / "refresh.py")
    assert spec is not None and spec.loader is not None
    refresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(refresh)
    now = refresh.outputs(engine, README, str(demo_data))
    assert refresh.block("python").search(README)[2] == now["python"]
    shown, real = json.loads(refresh.block("json").search(README)[2]), json.loads(now["json"])
    assert abs(shown.pop("confidence") - real.pop("confidence")) < 0.02  # processors round differently
    assert shown == real


def test_every_habit_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"`?make (\w+)", README))
    assert named >= {"serve", "test", "lint", "evaluate", "bench", "train"}
    assert named <= set(re.findall(r"^(\w+):", makefile, re.M))


def test_every_place_in_the_layout_and_every_picture_exists() -> None:
    found = re.search(r"## Layout\n\n```\n(.*?)```", README, re.S)
    assert found is not None
    layout = found[1]
    for place in [line.split()[0] for line in layout.splitlines()] + re.findall(
        r"!\[[^\]]*\]\(([^)]+)\)", README
    ):
        assert (ROOT / place).exists(), place


def commands(page: str) -> list[str]:
    """Those of `qa` that a page shows, inline or in a block."""
    inline = re.findall(r"`(?:[A-Z_]+=\S* )*(?:\S*/)?(qa [^`\n]+)`", page)
    blocks = re.findall(r"^```\w*\n(.*?)^```", page, re.S | re.M)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    told = [re.match(r"(?:[A-Z_]+=\S* )*(?:\S*/)?(qa .+)", line.strip()) for line in lines]
    return inline + [match[1] for match in told if match]


@pytest.mark.parametrize(
    "page",
    [
        README_FILE,
        *sorted(set((ROOT / "docs").glob("*.md")) - {ROOT / "docs" / "reference.md"}),
    ],  # which is made of them
    ids=lambda page: page.name,
)
def test_every_command_that_a_page_shows_exists_with_its_options(page: Path) -> None:
    for written in commands(page.read_text("utf-8")):
        of, words = parser(), shlex.split(written.partition(" #")[0])[1:]
        while words and (subs := [a for a in of._actions if isinstance(a, argparse._SubParsersAction)]):
            if words[0].startswith("-"):
                break
            assert words[0] in subs[0].choices, written
            of = subs[0].choices[words.pop(0)]
        known = {option for action in of._actions for option in action.option_strings}
        for word in words:
            if re.fullmatch(r"--?[a-z][a-z-]*(?:=.*)?", word):
                assert word.partition("=")[0] in known, written


def test_the_commands_of_the_readme_are_found() -> None:
    assert len(commands(README)) >= 10


def test_what_the_readme_says_was_measured_stands_among_the_figures() -> None:
    figures = "".join((ROOT / "docs" / name).read_text("utf-8") for name in ("figures.md", "quotes.md"))
    measured = re.findall(r"^- .*$", README.partition("## Measured")[2], re.M)
    assert len(measured) >= 5
    for line in measured:
        for figure in re.findall(r"\d+\.\d+", re.sub(r"SQuAD \d\.\d", "", line)):
            assert figure in figures, line
