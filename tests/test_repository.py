"""What the repository holds beside its code: its size, and its documents."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

import qa
from qa.command.main import main
from qa.settings import Settings

ROOT = Path(__file__).parent.parent
LARGEST = 1_000_000  # bytes; every version of a file stays in every clone
WEIGHTS = {"qa/models/reader/model.safetensors"}  # once a release


def test_only_the_weights_are_large() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    assert len(files) > 100
    large = {name for name in files if (ROOT / name).stat().st_size > LARGEST}
    assert large <= WEIGHTS


def test_every_command_option_and_setting_is_documented_as_it_is() -> None:
    """Mend it with `make docs`, or at once with: python docs/reference.py"""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec is not None and spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)

    page = reference.page()

    assert reference.PAGE.read_text(encoding="utf-8") == page
    assert all(f"| `{field.name}` |" in page for field in fields(Settings))
    assert not re.search(r"` \| +\|$", page, re.M), "an option or a setting is not explained"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.startswith(f"verbatim-qa {qa.__version__} (Python 3.")
    assert qa.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
