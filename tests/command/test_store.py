"""Every command that opens an index opens one in a database too: by --store, or by $QA_STORE."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.command.main import main
from qa.ports import Encoder

SECRET = "hunter2"


def test_the_commands_keep_an_index_in_a_database(
    address: str, seeds: Path, encoder: Encoder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["--store", address]
    assert main(["index", str(seeds), *store]) == 0
    assert "in service now" in capsys.readouterr().out
    assert main(["index", "--check", *store]) == 0
    assert main(["ask", "Who is Vladimir Yermakov?", "--json", *store]) == 0
    answer = json.loads(capsys.readouterr().out.partition("\n")[2] or "{}")
    assert answer["outcome"] == "answer"
    assert main(["articles", *store]) == 0
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bread.txt").write_text("Bread\n\nBread is made of flour. Some add salt.")
    assert main(["index", str(tmp_path / "in"), *store]) == 1
    assert "--replace" in capsys.readouterr().err
    assert main(["index", str(tmp_path / "in"), "--replace", *store]) == 0
    assert main(["index", "--rollback", *store]) == 0
    assert "Back again with" in capsys.readouterr().out
    assert not (tmp_path / "default-data").exists()  # nothing is written beside it


def test_the_environment_names_a_store_and_no_command_shows_its_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_STORE", f"postgresql://u:{SECRET}@127.0.0.1:1/d")
    for command in (["ask", "Who?"], ["articles"], ["index", "--check"], ["index", "--rollback"]):
        assert main(command) == 1
        said = capsys.readouterr().err
        assert "127.0.0.1:1/d" in said
        assert "does not answer" in said
        assert SECRET not in said
    assert main(["config"]) == 0
    told = capsys.readouterr().out
    assert "store = (set, not shown)  ($QA_STORE)" in told
    assert SECRET not in told
