"""The page of the programming interface: everything described stands there, and what is tried there is answered."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from web_browsing import sound
from web_stage import MARKET

from web import described
from web.contract.requests import EXAMPLE
from web.openapi import DESCRIPTION


def test_every_operation_and_every_shape_stands_on_the_page(client: FlaskClient) -> None:
    page = client.get("/docs").text
    for path, methods in DESCRIPTION["paths"].items():
        for of in methods.values():
            assert f'id="{of["operationId"]}"' in page
        assert f"<code>{path}</code>" in page
    for name, schema in DESCRIPTION["components"]["schemas"].items():
        assert ("properties" not in schema) or f"<code>{name}</code>" in page


def test_every_example_is_taken(client: FlaskClient) -> None:
    """Each body and each parameter as the page gives it: nothing is malformed."""
    for listed in described.operations().values():
        for one in listed:
            if one.token or one.files or "{" in one.path:
                continue
            query = {
                field.name: field.example for field in one.fields if field.place == "query" and field.example
            }
            body = json.loads(one.body) if one.body else None
            told = client.open(one.path, method=one.method, query_string=query, json=body)
            assert told.status_code in (200, 201, 403), (one.path, told.text)  # 403: keeps no feedback
            told.close()


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer from 1 to 9"),
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}, "date or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Citation"}}, "list of Citation"),
        ({"enum": ["a", "b"]}, '"a" or "b"'),
        ({}, "anything"),
    ],
)
def test_a_schema_in_few_words(schema: dict[str, Any], told: str) -> None:
    assert described.kind(schema) == told


def test_the_line_for_a_terminal_is_one_command(client: FlaskClient) -> None:
    ask = next(one for one in described.operations()["Asking"] if one.name == "ask")
    words = shlex.split(ask.curl("http://127.0.0.1:8000"))
    assert (words[0], words[-1]) == ("curl", "http://127.0.0.1:8000/ask")
    assert json.loads(words[words.index("-d") + 1])["question"] == EXAMPLE


def test_what_is_tried_is_answered(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/docs#ask")
    form = page.locator("#ask .try")  # the address opens it
    form.get_by_label("Body").fill(json.dumps({"question": MARKET}))
    form.get_by_role("button", name="Try it").click()
    expect(form.locator(".told")).to_have_text(re.compile(r"200 application/json, \d+ ms"))
    assert json.loads(form.locator(".given").inner_text())["answer"] == "at eight"
    form.get_by_label("Body").fill("{")
    form.get_by_role("button", name="Try it").click()
    expect(form.locator(".given")).to_contain_text("The body is not JSON")
    page.locator("#readArticle summary").click()
    form = page.locator("#readArticle .try")
    form.get_by_label("article_id").fill("../health")  # stays a name: never another address
    form.get_by_role("button", name="Try it").click()
    expect(form.locator(".told")).to_contain_text("404")
    page.locator("#readJob summary").click()
    form = page.locator("#readJob .try")
    form.get_by_role("button", name="Try it").click()
    expect(form.locator(".told")).to_contain_text("401")


def test_the_page_is_sound_folded_and_unfolded(sized: Page, stage_site: str) -> None:
    sized.goto(f"{stage_site}/docs")
    sound(sized, "docs")
    sized.evaluate("for (const part of document.querySelectorAll('.operation')) part.open = true")
    form = sized.locator("#askByAddress .try")
    form.get_by_role("button", name="Try it").click()
    expect(form.locator(".given")).to_be_visible()
    sound(sized, "docs, all unfolded, tried")
