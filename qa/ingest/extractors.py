"""What each of three extractors says that the main text of a page is, a line for a paragraph, an item or a row.

The precise one is trafilatura's own, without what its extract() does beside it: it parses and copies the page more
often, tries other extractors, measures the whole page, and begins again where little of it was kept. The thorough
one is all of that. The complete one, Resiliparse, shares no rules with either.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from resiliparse.extract.html2text import extract_plain_text
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import MANUALLY_CLEANED, Extractor
from trafilatura.xml import xmltotxt

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its warnings name no file; our reasons do

# What trafilatura takes out element by element, and lxml in one pass; of these it looks at what they hold first.
_NEVER_TEXT = frozenset(MANUALLY_CLEANED) - {"form", "figure", "math"}


def precise(tree: HtmlElement) -> str:
    """Takes the tree apart."""
    etree.strip_elements(tree, *_NEVER_TEXT, with_tail=False)
    try:
        body, *_ = extract_content(convert_tags(tree_cleaning(tree, _options()), _options()), _options())
    except (TypeError, ValueError):  # as extract() does
        return ""
    return xmltotxt(body, include_formatting=False)


def thorough(tree: HtmlElement) -> str:
    found: Any = trafilatura.bare_extraction(tree, options=_options(fast=False))
    return (found.text or "") if found else ""


def complete(source: str) -> str:
    return str(extract_plain_text(source, main_content=True, comments=False, alt_texts=False))


@cache
def _options(*, fast: bool = True) -> Extractor:
    return Extractor(output_format="python", fast=fast, comments=False, tables=True)
