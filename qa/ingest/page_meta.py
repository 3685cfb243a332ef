"""What a page says about its article outside its text: title, date, source, address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from lxml.html import HtmlElement
from trafilatura.metadata import (
    META_URL,
    Document,
    examine_meta,
    extract_meta_json,
    extract_sitename,
    extract_title,
    extract_url,
)

from qa.ingest.document import Metadata, web_address
from qa.ingest.kinds import folded, words
from qa.ingest.page_data import PageData
from qa.ingest.page_date import page_date
from qa.ingest.visible import Block
from qa.ingest.votes import letters

SURE_WORDS = 3  # in the browser's bar, against a heading of one word that is not there: a section's name
HEADLINE_LETTERS = 12  # of a heading that the title in the browser's bar opens with; "News" opens many
# What programs and templates leave as a title.
_JUNK = frozenset(
    {
        "untitled", "untitled document", "untitled page", "new page", "new page 1", "home", "homepage", "index",
        "document", "page", "article", "title", "template", "powerpoint presentation", "microsoft word", "website",
        "no title",
    }
)  # fmt: skip
_UNTITLED = ("untitled", "new page", "no title")
# A title and the name of its site, as pages join them.
_JOINT = re.compile(r"\s+[|·•–—»:/-]+\s+|\s*[|»]\s*|\s*::\s*")


def page_meta(
    tree: HtmlElement, source: str, data: PageData, blocks: Sequence[Block], today: date
) -> Metadata:
    """blocks: what the page shows."""
    found = _declared(tree)
    site = _one_line(found.sitename) or data.source
    title = page_title(_one_line(found.title) or data.title, site, tree)
    address = _one_line(found.url)
    day, guessed = page_date(tree, address, data, source, blocks, title, today)
    return Metadata(
        title=title,
        published=day,
        published_inferred=guessed,
        source=site,
        url=web_address(address) or data.url,
    )


def _declared(tree: HtmlElement) -> Document:
    """Title, site and address as trafilatura finds them, in its order; its extract_metadata looks for authors, tags
    and licences as well, which takes four times as long."""
    found = examine_meta(tree)
    with suppress(Exception):  # JSON of any shape
        found = extract_meta_json(tree, found)
    found.title = found.title or extract_title(tree)
    found.url = found.url or extract_url(tree)
    found.sitename = (found.sitename or extract_sitename(tree) or "").lstrip("@")
    if found.sitename and "." not in found.sitename and not found.sitename[0].isupper():
        found.sitename = found.sitename.title()
    elif found.url and not found.sitename and (host := META_URL.match(found.url)):
        found.sitename = host[1]
    found.clean_and_trim()
    return found


def page_title(told: str | None, site: str | None, tree: HtmlElement) -> str | None:
    """The title without the site's name: a headline of the page that begins or ends it, or what a joint leaves."""
    heads = [head for one in tree.iter("h1", "h2") if (head := _one_line(one.text_content()))]
    if not told or folded(told) in _JUNK or (site and folded(told) == folded(site)):
        return next(iter(heads), None if folded(told or "").startswith(_UNTITLED) else told)
    shown = _one_line(tree.xpath("string(//head/title)")) or ""
    bar = letters(shown)
    if letters(told) not in bar:  # the first heading of the page's design, not of the article
        lower = [head for one in tree.iter("h3") if (head := _one_line(one.text_content()))]
        fit = (
            one
            for one in [*heads, *lower]
            if len(letters(one)) >= HEADLINE_LETTERS and bar.startswith(letters(one))
        )
        short = len(words(told)) == 1 and len(words(shown)) >= SURE_WORDS
        told = next(fit, shown if short and not (site and folded(shown) == folded(site)) else told)
    told = _not_the_logo(told, shown, tree)
    joints = list(_JOINT.finditer(told))
    for head in sorted(heads, key=len, reverse=True):  # the site's name may be one as well
        if head and head != told and len(folded(head)) > 3 and joints:
            if told.startswith(head) and any(joint.start() == len(head) for joint in joints):
                return head
            if told.endswith(head) and any(joint.end() == len(told) - len(head) for joint in joints):
                return head
    for joint in reversed(joints):
        if site and folded(told[joint.end() :]) == folded(site):
            return told[: joint.start()]
    return told


def _not_the_logo(told: str, shown: str, tree: HtmlElement) -> str:
    """The other heading in the browser's bar, where `told` is one that is a link as a whole: the site's name."""
    parts = {letters(part) for part in _JOINT.split(shown)}
    if letters(told) not in parts or not any(
        _one_line(one.text_content())
        == told
        == _one_line("".join(link.text_content() for link in one.iter("a")))
        for one in tree.iter("h1")
    ):
        return told
    others = (_one_line(one.text_content()) for one in tree.iter("h1", "h2", "h3"))
    fit = (head for head in others if head and head != told and letters(head) in parts)
    return next((head for head in fit if len(letters(head)) >= HEADLINE_LETTERS), told)


def _one_line(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None
