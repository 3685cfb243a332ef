"""Tokens: made, kept as hashes, revoked; a file that cannot be read lets nobody in."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from qa.errors import BadRequest, NotFound, QAError
from qa.serving.tokens import SCOPES, Tokens


def test_a_token_is_known_by_its_hash_alone(tmp_path: Path) -> None:
    given = Tokens(tmp_path).make("desk", ["read", "index"])
    file = tmp_path / "tokens.json"
    assert given not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    holder = Tokens(tmp_path).holder(given)
    assert holder is not None and (holder.name, holder.scopes) == ("desk", ("read", "index"))
    assert len(given) >= 43  # 256 bits in base 64
    for other in ("", given[:-1], given + "x", given.upper(), holder.sha256):
        assert Tokens(tmp_path).holder(other) is None


def test_what_is_revoked_counts_at_once_for_who_has_the_file_open(tmp_path: Path) -> None:
    serving, command = Tokens(tmp_path), Tokens(tmp_path)
    first, second = command.make("a", SCOPES), command.make("b", SCOPES)
    assert serving.holder(first) and serving.holder(second)
    command.revoke("a")
    assert serving.holder(first) is None and serving.holder(second)
    with pytest.raises(NotFound):
        command.revoke("a")
    assert [one.name for one in command.list()] == ["b"]


@pytest.mark.parametrize(("name", "scopes"), [("", ["read"]), ("a b", ["read"]), ("a", []), ("a", ["all"])])
def test_what_makes_no_token_is_refused(tmp_path: Path, name: str, scopes: list[str]) -> None:
    with pytest.raises(BadRequest):
        Tokens(tmp_path).make(name, scopes)
    assert Tokens(tmp_path).list() == ()


def test_a_name_is_given_once(tmp_path: Path) -> None:
    Tokens(tmp_path).make("desk", ["read"])
    with pytest.raises(BadRequest, match="already"):
        Tokens(tmp_path).make("desk", ["read"])


@pytest.mark.parametrize("written", ["{", "[1]", json.dumps([{"name": "a"}]), b"\xff"])
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, written: str | bytes) -> None:
    file = tmp_path / "tokens.json"
    file.write_bytes(written if isinstance(written, bytes) else written.encode())
    with pytest.raises(QAError, match=r"tokens\.json") as damaged:
        Tokens(tmp_path).holder("anything")
    assert str(tmp_path) not in damaged.value.afar
