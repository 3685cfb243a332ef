"""Which elements of a page stand beside its story: captions, credits and bylines, by their tags and by the names that
their author gave them (HTML Living Standard: figcaption, address, rel=author; schema.org: author).

Names are hints, as for `standing`. What holds more text than a caption or a byline does is none, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from qa.ingest.phrases import may_hold
from qa.records import Part, Role

# Characters: captions are a few sentences, bylines a few names. A whole page may be called "caption-left".
LIMITS: dict[Role, int] = {"caption": 1_000, "credit": 200, "byline": 200}
AUTHOR_WORDS = (
    12  # of a line with the author's name and no sentence, such as "Ann Lee, Science Correspondent"
)

_LAYOUT = frozenset("html body main article header section".split())  # their classes speak of what is in them
_CAPTIONS = frozenset("caption figcaption".split())
_NO_CAPTION = frozenset("has with no is closed toggle button track table video off".split())
_CREDITS = frozenset("credit credits copyright photographer".split())
_PICTURES = frozenset("photo image img picture pic media figure fig caption wp".split())
_BYLINES = frozenset("byline bylines".split())
_AUTHORS = frozenset("author authors".split())
# What names of bylines are joined with: "article-author-name", not "author-bio" or "author-posts".
_JOINED = frozenset(
    "post article entry story by line name names meta link url vcard fn news content p c m".split()
)
# What may have a role without a name.
_MARKED = etree.XPath(
    "/descendant::figcaption | /descendant::address | /descendant::a/@rel[contains(., 'author')]/.."
    " | /descendant::*/@itemprop[. = 'author']/.."
)
_HINTS = ("caption", "credit", "copyright", "photographer", "byline", "author")  # in each of these names
# What browsers collapse: all white space but a space alone.
_SPACE = re.compile(r"(?: (?=[ \t\r\n\f])|[\t\r\n\f])[ \t\r\n\f]*")
_MAY_COLLAPSE = ("\n", "  ", "\t", "\r", "\f")  # one of them is in what collapses, and in few blocks
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(slots=True)
class _Holder:
    """An element with a role. around: the number of the one that it stands in, -1 for none."""

    role: Role
    tag: str
    around: int
    length: int = 0  # of its text, in characters
    digits: bool = False

    @property
    def fits(self) -> bool:
        """An address with a number in it is one of a house and not of a writer."""
        return self.length <= LIMITS[self.role] and not (self.tag == "address" and self.digits)


class Marks:
    """Walks with the tree, as the collector of blocks does, and notes where in the blocks' texts their parts are."""

    def __init__(self) -> None:
        self._holders: list[_Holder] = []
        # The holder, by number, and its element.
        self._within: list[tuple[int, HtmlElement | None]] = [(-1, None)]
        self.innermost: HtmlElement | None = None  # of the elements with a role that are open
        self._held: list[tuple[int, int]] = []  # numbers of pieces of the block's text, and of their holders
        self._found: list[tuple[int, Part, int]] = []  # number of the block, what of it, number of the holder

    def enter(self, element: HtmlElement, tag: str, names: str) -> None:
        """names: the element's class."""
        around = self._within[-1][0]
        within = self._holders[around].role if around >= 0 else None
        own = role_of(element, tag, names, within)
        if own is not None and own != within:
            self._within.append((len(self._holders), element))
            self._holders.append(_Holder(own, tag, around))
            self.innermost = element

    def leave(self) -> None:
        """The innermost element."""
        self._within.pop()
        self.innermost = self._within[-1][1]

    def add(self, piece: int) -> None:
        """The next piece of the block's text, by its number in it, where an element with a role holds it."""
        self._held.append((piece, self._within[-1][0]))

    def clear(self) -> None:
        """Before the next block."""
        self._held.clear()

    def close(self, block: int, pieces: Sequence[str], text: str) -> None:
        """The block is whole. text: its pieces, their white space collapsed."""
        if not self._held:
            return
        ends = ends_of(pieces, text)
        places: dict[int, tuple[int, int]] = {}
        for at, number in self._held:
            piece = text[ends[at] : ends[at + 1]]
            start, end = ends[at + 1] - len(piece.lstrip()), ends[at] + len(piece.rstrip())
            while number >= 0 and start < end:
                holder = self._holders[number]
                holder.length += end - start
                holder.digits |= any(map(str.isdigit, piece))
                first, last = places.get(number, (start, end))
                places[number] = min(first, start), max(last, end)
                number = holder.around
        for number, place in places.items():
            self._found.append((block, Part(*place, self._holders[number].role), number))

    def by_block(self) -> dict[int, list[Part]]:
        """Of each block that has any, by its number."""
        parts: dict[int, list[Part]] = {}
        for block, part, number in self._found:
            if self._holders[number].fits:
                parts.setdefault(block, []).append(part)
        return parts


def ends_of(pieces: Sequence[str], text: str) -> list[int]:
    """Where in the text each piece ends, after a first 0."""
    ends, shown = [0], ""
    for piece in pieces:
        piece = collapsed(piece)
        shown += piece[1:] if piece[:1] == " " and shown[-1:] in ("", " ") else piece
        ends.append(len(shown))
    lead = len(shown) - len(shown.lstrip())
    return [min(max(end - lead, 0), len(text)) for end in ends]


def collapsed(text: str) -> str:
    """With white space as browsers show it: a space for each run."""
    return _SPACE.sub(" ", text) if any(map(text.__contains__, _MAY_COLLAPSE)) else text


def marked_elements(tree: HtmlElement) -> frozenset[HtmlElement]:
    """Those that may have a role whatever they are called."""
    return frozenset(_MARKED(tree))


def role_of(element: HtmlElement, tag: str, names: str, within: Role | None) -> Role | None:
    """What an element is by itself. names: its class; within: what it stands in."""
    if tag in _LAYOUT:
        return None
    if tag == "figcaption":
        return "caption"
    if tag == "address" or (tag == "a" and "author" in (element.get("rel") or "").split()):
        return "byline"
    if names and (role := _of_names(names, within == "caption")):
        return role
    return "byline" if element.get("itemprop") == "author" else None


@lru_cache(maxsize=4096)
def names_role(names: str) -> bool:
    """Whether an element with these names, its class, may have a role by them."""
    return may_hold(names, _HINTS)


@lru_cache(maxsize=4096)
def _of_names(names: str, in_caption: bool) -> Role | None:
    roles = [role for name in names.split() if (role := _of_name(name, in_caption))]
    return next((role for role in ("credit", "caption", "byline") if role in roles), None)


@lru_cache(maxsize=16384)
def _of_name(name: str, in_caption: bool) -> Role | None:
    parts = {part.lower() for part in _PART.findall(name)}
    if parts & _CREDITS and (in_caption or parts & _PICTURES):
        return "credit"
    if parts & _CAPTIONS and not parts & _NO_CAPTION:
        return "caption"
    if parts & _BYLINES or (parts & _AUTHORS and parts <= _AUTHORS | _JOINED):
        return "byline"
    return None


def names_author(line: str, authors: Sequence[str]) -> bool:
    """Whether a line tells who wrote the article and nothing else; authors: their names, as the page's data has it."""
    told = line.casefold()
    return any(name.casefold() in told for name in authors) and len(told.split()) <= AUTHOR_WORDS
