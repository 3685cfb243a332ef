"""Markup of strangers -> markup that is safe to show, with the quotes in it marked.

Everything that is shown has gone through nh3 (ammonia): only elements that structure text are left, with no style, no
script, no picture, no form, and links to the web alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import nh3
from lxml import etree, html

from web.marks import pieces
from web.view.finding import Folded, Quote
from web.words import web_url

_TEXT = frozenset(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1"
    " h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table"
    " tbody td tfoot th thead time tr tt u ul var wbr".split()
)
_GONE = frozenset(
    "script style title head noscript template svg math iframe object embed canvas video audio button select option"
    " textarea datalist dialog map".split()
)
_AROUND = (
    "nav",
    "aside",
    "footer",
    "form",
    "menu",
)  # what stands around an article, where nothing quoted is in it
_ATTRIBUTES = {
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "type"},
    "time": {"datetime"},
    "mark": {"id", "tabindex", "data-at"},
    "*": {"dir", "lang"},
}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# lxml hands them out and takes none back.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLACE = re.compile(r"at-\d{1,9}")
KEPT_SHARE = 0.6  # of the article's letters; with fewer left, what stood around it was the article


def shown(markup: str, quotes: Sequence[Quote], text: str) -> str | None:
    """The safe part of `markup`, quotes marked as `at-START`; None where one of them is not found in it.

    text: the article's. Menus and the like are left out, unless a quote or much of the article stands in them.
    """
    least = KEPT_SHARE * len(Folded([text]).text)
    for without in (_AROUND, ()):
        tree = _tree(_pruned(markup, without))
        slots = _slots(tree)
        folded = Folded([value for _, _, value in slots])
        found = [folded.find(quote) for quote in quotes]
        if None not in found and (len(folded.text) >= least or not without):
            _mark(slots, quotes, [place for place in found if place])
            return _clean(html.tostring(tree, encoding="unicode"))
    return None


def _pruned(markup: str, without: Sequence[str]) -> str:
    """Without what a browser would not show, as its style is not kept to tell."""
    root = html.document_fromstring(markup.replace("\0", "") or "<p></p>")
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        unseen = element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "")
        if (unseen or element.tag in without) and element.getparent() is not None:
            element.drop_tree()
    return _clean(html.tostring(root, encoding="unicode"))


def _clean(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=set(_TEXT),
        clean_content_tags=set(_GONE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_kept,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    if tag == "a" and name == "href":
        return web_url(value)
    if name in ("id", "data-at"):
        return value if _PLACE.fullmatch(value) else None
    return value


def _tree(markup: str) -> html.HtmlElement:
    return html.fragment_fromstring(markup or "<p></p>", create_parent="div")


Slot = tuple[html.HtmlElement, str, str]  # an element, "text" or "tail", and what stands there


def _slots(tree: html.HtmlElement) -> list[Slot]:
    """Every stretch of text, in the order of the page."""
    slots: list[Slot] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        name = "text" if event == "start" else "tail"
        value = getattr(element, name)
        if value and not (name == "tail" and element is tree):
            slots.append((element, name, value))
    return slots


def _mark(
    slots: Sequence[Slot], quotes: Sequence[Quote], found: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    spans: dict[int, list[tuple[int, int]]] = {}
    names: dict[tuple[int, int], int] = {}
    parts: dict[int, int] = {}  # number of a stretch of text -> the quote that it goes on with
    for quote, ((first, start), (last, end)) in zip(quotes, found, strict=True):
        names.setdefault((first, start), quote.start)
        for number in range(first, last + 1):
            parts.setdefault(number, quote.start)
            whole = len(slots[number][2])
            begin, stop = start if number == first else 0, end + 1 if number == last else whole
            if slots[number][2][begin:stop].strip():
                spans.setdefault(number, []).append((begin, stop))
    for number, places in spans.items():
        element, name, value = slots[number]
        cut = pieces(_NO_XML.sub("\ufffd", value), places)
        setattr(element, name, None)
        parent, at = (
            (element, 0) if name == "text" else (element.getparent(), element.getparent().index(element) + 1)
        )
        before: html.HtmlElement | None = None if name == "text" else element
        for piece in cut:
            if not piece.marked:
                if before is None:
                    parent.text = piece.text
                else:
                    before.tail = piece.text
                continue
            mark = html.Element("mark")
            mark.text = piece.text
            if (number, piece.start) in names:
                mark.set("id", f"at-{names[(number, piece.start)]}")
                mark.set("tabindex", "-1")
            else:
                mark.set("data-at", f"at-{parts[number]}")
            parent.insert(at, mark)
            before, at = mark, at + 1
