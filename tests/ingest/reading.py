"""What the tests of formats share: reading a file, and a small one of each of several formats."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from pathlib import Path

from ingest.packing import epub

from qa.ingest.document import Document
from qa.ingest.load import load
from qa.records import Rejected

TODAY = date(2026, 6, 1)
BOOK = epub(
    ["<h1>One</h1><p>The ferry left at <i>nine</i>.</p>", "<h1>Two</h1><p>It came back &amp; sank.</p>"],
    "<dc:title>The ferry</dc:title><dc:date>2019-04-05</dc:date><dc:publisher>Tolle Press</dc:publisher>",
)
RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title The d\'e9pot}{\creatim\yr2020\mo2\dy3\hr9}}"
    rb"\f0 The d\'e9pot opens at nine, said \u321?ukasz.\par {\v SECRET}It closes at six.\par "
    rb"\trowd Depth\cell 9.5 m\cell\row}"
)
ENTRY = (
    "<item><title>Storm &amp;amp; flood</title><link>https://x.example/storm</link>"
    "<pubDate>Fri, 01 Mar 2024 09:00:00 +0100</pubDate><description>&lt;p&gt;Short.&lt;/p&gt;</description>"
    "<content:encoded><![CDATA[<p>The storm took <b>two</b> roofs.</p><p>Nobody was hurt.</p>]]></content:encoded>"
    "</item>"
)
RSS = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    f"<title>The Tolle Post</title>{ENTRY}<item><title>Empty</title></item></channel></rss>"
)


def message(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {
        "From": '"Ilse Nørgård" <i@x.example>',
        "Subject": "A second ring",
        **headers,
    }.items():
        mail[name] = value
    mail["Date"] = "Mon, 3 Oct 2022 09:15:00 +0100"
    return mail


def read(folder: Path, name: str, data: bytes) -> list[Document | Rejected]:
    (folder / name).write_bytes(data)
    return list(load(folder / name, name, today=TODAY))


def refused(folder: Path, name: str, data: bytes) -> str:
    (found,) = read(folder, name, data)
    assert isinstance(found, Rejected)
    return found.reason


def lines(document: Document) -> list[str]:
    return [line for line in document.raw.split("\n") if line]
