"""How a server is run: a flag before the environment, before the file, before the default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qa.errors import BadRequest
from qa.serving.options import OPTIONS, Set, resolve
from qa.settings import Settings
from web.serve import Served, check


def _values(found: dict[str, Set]) -> dict[str, Any]:
    return {name: one.value for name, one in found.items()}


def test_each_source_gives_way_to_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "verbatim.toml").write_text(
        'port = 1\nprocesses = 2\ntrusted_hosts = ["a.example", "b.example"]\n'
    )
    found = resolve({"port": "3", "host": None}, tmp_path, {"QA_PORT": "2", "QA_PROCESSES": "3"})
    told = {name: (one.value, one.source) for name, one in found.items()}
    assert told["port"] == (3, "--port")
    assert told["processes"] == (3, "$QA_PROCESSES")
    assert told["trusted_hosts"] == (("a.example", "b.example"), str(tmp_path / "verbatim.toml"))
    assert told["host"] == ("127.0.0.1", "default")


@pytest.mark.parametrize(
    ("environment", "file", "said"),
    [
        ({"QA_PORT": "70000"}, "", r"port is '70000' in \$QA_PORT: it must be from 0 to 65535"),
        ({"QA_PORT": "x"}, "", "whole number"),
        ({"QA_WATCH": "perhaps"}, "", "true or false"),
        ({"QA_READING": "some"}, "", "one of open, token"),
        ({"QA_UNANSWERABLE": "half"}, "", "it must be a number"),
        ({}, "unanswerable = 1", "unanswerable is '1' in .*: it must be between 0 and 1"),
        ({}, "unanswerable = nan", "unanswerable is 'nan' in .*: it must be between 0 and 1"),
        ({}, "prot = 1", "'prot', which is no option"),
        ({}, "port =", "cannot be read"),
        ({"QA_CONFIG": "nowhere.toml"}, "", "no file nowhere.toml"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_place(
    tmp_path: Path, environment: dict[str, str], file: str, said: str
) -> None:
    (tmp_path / "verbatim.toml").write_text(file)
    with pytest.raises(BadRequest, match=said):
        resolve({}, tmp_path, environment)


def test_every_option_has_a_default_that_holds(tmp_path: Path) -> None:
    by_reach = {"reading": "open", "requests_per_minute": 0}
    defaults = {option.name: option.default for option in OPTIONS}
    assert _values(resolve({}, tmp_path, {})) == defaults | by_reach


def test_what_depends_on_who_reaches_the_service_is_told_with_the_reason(tmp_path: Path) -> None:
    for flags in ({"host": "0.0.0.0"}, {"proxies": "1"}):
        told = resolve(flags, tmp_path, {})
        assert (told["reading"].value, told["requests_per_minute"].value) == (None, 600)
        assert told["requests_per_minute"].source == "default, as others reach it"
    told = resolve({"proxies": "1", "reading": "token"}, tmp_path, {"QA_REQUESTS_PER_MINUTE": "9"})
    assert (told["reading"].value, told["reading"].source) == ("token", "--reading")
    assert (told["requests_per_minute"].value, told["requests_per_minute"].source) == (
        9,
        "$QA_REQUESTS_PER_MINUTE",
    )


def test_binding_beyond_this_computer_asks_who_may_read(tmp_path: Path) -> None:
    def served(**more: str) -> Served:
        return check(tmp_path, _values(resolve(more, tmp_path, {})))

    for host in ("0.0.0.0", "::", "192.168.1.5", "news.example"):
        with pytest.raises(BadRequest, match="--reading"):
            served(host=host)
        assert not served(host=host, reading="token").reading_open
        assert served(host=host, reading="open").requests_per_minute == 600
    with pytest.raises(BadRequest, match=r"behind a proxy.*--reading"):
        served(proxies="1")
    assert served(proxies="1", reading="open").requests_per_minute == 600
    for host in ("127.0.0.1", "::1", "localhost", "127.8.0.1"):
        assert served(host=host).reading_open
        assert served(host=host).requests_per_minute == 0
    assert not served(reading="token").reading_open
    with pytest.raises(BadRequest, match="22"):
        served(token="secret")


def test_the_share_without_an_answer_reaches_what_answers(tmp_path: Path) -> None:
    assert (
        check(tmp_path, _values(resolve({}, tmp_path, {}))).settings.unanswerable == Settings().unanswerable
    )
    file = tmp_path / "verbatim.toml"
    file.write_text("unanswerable = 0.6")
    assert check(tmp_path, _values(resolve({}, tmp_path, {}))).settings.unanswerable == 0.6
