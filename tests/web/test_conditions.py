"""Requests with conditions that no server can hold: they are answered as if they had none."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

FILE = "/static/base.css"
NO_DAY = ["Mon, 01 Jan 99999999999 00:00:00 GMT", "yesterday", "Mon, 32 Jan 2020 99:99:99 GMT", "9" * 9000]


def got(client: FlaskClient, headers: dict[str, str]) -> tuple[int, bytes]:
    with client.get(FILE, headers=headers) as response:
        return response.status_code, response.data


@pytest.mark.parametrize("day", NO_DAY)
@pytest.mark.parametrize("header", ["If-Modified-Since", "If-Unmodified-Since"])
def test_a_condition_that_names_no_day_is_ignored(client: FlaskClient, header: str, day: str) -> None:
    assert got(client, {header: day}) == got(client, {})


@pytest.mark.parametrize("day", NO_DAY)
def test_a_part_on_a_condition_that_names_no_day_is_the_whole(client: FlaskClient, day: str) -> None:
    assert got(client, {"Range": "bytes=0-4"})[0] == 206
    assert got(client, {"Range": "bytes=0-4", "If-Range": day}) == got(client, {})


def test_a_file_that_has_not_changed_since_is_not_sent_again(client: FlaskClient) -> None:
    with client.get(FILE) as first:
        told = first.headers["Last-Modified"]
    assert got(client, {"If-Modified-Since": told}) == (304, b"")
