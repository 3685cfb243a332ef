"""Feeds: each entry is an article."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ingest.reading import RSS, read, refused

from qa.ingest.document import Document
from qa.records import Rejected

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Tolle Post</title><entry><title>Storm</title>'
    '<link href="https://x.example/storm"/><updated>2024-03-01T09:00:00Z</updated>'
    '<content type="html">&lt;p>The storm took two roofs.&lt;/p></content></entry></feed>'
)


def test_an_entry_of_a_feed_is_an_article(tmp_path: Path) -> None:
    entry, empty = read(tmp_path, "a.xml", RSS.encode())
    assert isinstance(entry, Document) and isinstance(empty, Rejected)
    assert (entry.path, entry.raw) == ("a.xml#1", "The storm took two roofs.\nNobody was hurt.")
    assert (entry.meta.title, entry.meta.source, entry.meta.published, entry.meta.url) == (
        "Storm & flood", "The Tolle Post", date(2024, 3, 1), "https://x.example/storm",
    )  # fmt: skip
    assert "no text" in empty.reason


@pytest.mark.parametrize("name", ["a.atom", "a.rss", "a.xml"])
def test_atom(tmp_path: Path, name: str) -> None:
    (entry,) = read(tmp_path, name, ATOM.encode())
    assert isinstance(entry, Document)
    assert (entry.raw, entry.meta.published) == ("The storm took two roofs.", date(2024, 3, 1))


def test_entities_that_multiply_in_a_feed(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    item = "<item><title>&l9;</title></item>"
    feed = f"<?xml version='1.0'?><!DOCTYPE rss [{laughs}]><rss><channel>{item}</channel></rss>"
    assert "entities" in refused(tmp_path, "a.xml", feed.encode())
