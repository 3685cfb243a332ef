"""What the README shows is what happens."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

from qa.engine import Engine
from qa.ports import Encoder
from qa.settings import Settings

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_outputs_in_the_readme_are_what_the_engine_answers(encoder: Encoder, demo_data: Path) -> None:
    """Where this fails because answers have changed, `make docs` makes the README true again."""
    engine = Engine.open(
        demo_data, encoder=encoder, settings=Settings(precision="float32")
    )  # as `make docs` does
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
