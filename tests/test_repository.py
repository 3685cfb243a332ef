"""What the repository holds beside its code: its size, and its documents."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

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


def _maker(name: str) -> Any:
    """The module that makes a page of docs/."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_every_locked_package_has_its_licence_told_and_those_that_ask_for_more_are_known() -> None:
    """Mend it with `make docs`, or at once with: python docs/licences.py"""
    licences = _maker("licences")
    text = licences.PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (\S+) \| (.+) \|$", text, re.MULTILINE)[1:]  # but the header
    assert {name: version for name, version, _ in rows} == licences.locked()
    others = {name: said for name, _, said in rows if not licences.permissive(said)}
    assert others.keys() <= {"certifi", "hanta", "pypdfium2", "tld", "tqdm", "waitress"}, (
        "read their licences first"
    )
    assert "; ".join(f"{name} ({said})" for name, said in others.items()) in text
    same = [(name, said) for name, version, said in rows if _installed(name) == version]
    assert [(name, licences.licence(name)) for name, _ in same] == same


def _installed(name: str) -> str | None:
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return None


def test_every_command_option_and_setting_is_documented_as_it_is() -> None:
    """Mend it with `make docs`, or at once with: python docs/reference.py"""
    reference = _maker("reference")
    page = reference.page()

    assert reference.PAGE.read_text(encoding="utf-8") == page
    assert all(f"| `{field.name}` |" in page for field in fields(Settings))
    assert not re.search(r"` \| +\|$", page, re.M), "an option or a setting is not explained"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.startswith(f"verbatim-qa {qa.__version__} (Python 3.")
    assert qa.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
