"""How an element of a page stands to its article, by its tag, its role and the names its author gave it.

Names are hints: themes and programs give an article the class "has-paywall" and its menu none. So a name counts
only as a whole word of a class or an id, all of it made of words for what stands around articles, and what it
says is weighed against the extractors' judgement (see html).
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from lxml.html import HtmlElement


class Standing(IntEnum):
    OPEN = 0  # nothing speaks against it
    NAMED = 1  # its name says that it stands beside the article
    ASIDE = 2  # it is a menu, a footer, a form
    COMMENTS = 3  # readers' comments


_ASIDE = frozenset("nav footer aside form menu".split())
_ASIDE_ROLES = frozenset("navigation banner contentinfo complementary dialog search".split())
LAYOUT = frozenset("html body main article".split())  # their classes speak of the whole page
_COMMENTS = frozenset(
    "comment comments commentlist commentarea commentsection coral discussion discussions disqus hyvor livefyre openweb"
    " spotim utterances viafoura respond responses reply replies pinglun"
    " kommentar kommentare leserkommentare commentaire commentaires comentario comentarios commenti reacties"
    " komentarze".split()
)
_PROPERTIES = frozenset({"comment", "comments"})  # of schema.org's works
_BESIDE = frozenset(
    "nav navbar navigation menu submenu breadcrumb breadcrumbs crumb crumbs sidebar footer share sharing social"
    " newsletter promo promotion related recommended recommendations trending advert adverts advertisement ads ad"
    " sponsor sponsored sponsors affiliate cookie cookies consent gdpr popup modal subscribe pager pagination tags"
    " ticker feedback hatnote teaser teasers outbrain taboola".split()
)
# What such names are joined with: "site-footer", "share-buttons", "related-posts-2".
_JOINED = frozenset(
    "site page post posts area list item items box block container wrapper wrap inner outer section left right top"
    " bottom button buttons link links icon icons bar primary secondary mobile desktop global form signup banner"
    " entry module component region thread body title header article story news stories count template reader user"
    " bottom left the js single text reply".split()
)
_TELLING = _COMMENTS | _BESIDE
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def standing(element: HtmlElement, tag: str, names: str) -> Standing:
    """names: the element's class."""
    if tag in _ASIDE:
        return Standing.ASIDE
    if tag in LAYOUT:
        return Standing.OPEN
    if element.get("role") in _ASIDE_ROLES:
        return Standing.ASIDE
    if element.get("itemprop") in _PROPERTIES:
        return Standing.COMMENTS
    own = of_names(names) if names else Standing.OPEN
    number = element.get("id")
    return max(own, of_names(number)) if number else own


@lru_cache(maxsize=4096)
def of_names(names: str) -> Standing:
    """names: a class, or an id."""
    return max(map(_of_name, names.split()), default=Standing.OPEN)


@lru_cache(maxsize=16384)  # a theme's names come in ever other combinations
def _of_name(name: str) -> Standing:
    found = _PART.findall(name)
    if _TELLING.isdisjoint(map(str.lower, found)):
        return Standing.OPEN
    parts = {part.lower() for part in found if not part.isdigit()}
    if parts & _COMMENTS and parts <= _COMMENTS | _JOINED:
        return Standing.COMMENTS
    if parts & _BESIDE and parts <= _BESIDE | _JOINED:
        return Standing.NAMED
    return Standing.OPEN
