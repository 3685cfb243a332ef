"""What the repository holds beside its code: its size, and its documents."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

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
    rows = licences.rows()
    assert dict(rows.keys()) == licences.locked()
    others = {name: said for (name, _), said in rows.items() if not licences.permissive(said)}
    assert others.keys() <= {"certifi", "hanta", "pypdfium2", "tld", "tqdm", "waitress"}, (
        "read their licences first"
    )
    assert "; ".join(f"{name} ({said})" for name, said in others.items()) in text
    assert licences.page() == text


def test_no_other_version_than_the_locked_one_tells_a_licence(tmp_path: Path) -> None:
    licences = _maker("licences")
    with pytest.raises(LookupError, match="pip download --require-hashes"):
        licences.licence("flask", "0.0.1", {})

    with ZipFile(tmp_path / "flask-3.1.3-py3-none-any.whl", "w") as forged:
        forged.writestr("flask-3.1.3.dist-info/METADATA", "Name: flask\nVersion: 3.1.3\nLicense: Any\n")
    with pytest.raises(LookupError, match="none of the files"):
        licences.read(tmp_path)


def test_a_locked_file_tells_its_licence_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    licences = _maker("licences")
    wheel = tmp_path / "some_thing-1.0-py3-none-any.whl"
    with ZipFile(wheel, "w") as made:
        made.writestr("some_thing-1.0.dist-info/METADATA", "Name: Some.Thing\nVersion: 1.0\nLicense: MIT\n")
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"some-thing==1.0 \\\n    --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}\n")
    monkeypatch.setattr(licences, "_LOCK", lock)
    assert licences.licence("some-thing", "1.0", licences.read(tmp_path)) == "MIT"


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
