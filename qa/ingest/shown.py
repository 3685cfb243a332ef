"""A page's source -> the tree of what its reader comes to see: also what opens at a click, or when scripts have run.

Read once as a browser with scripts reads it: <noscript> holds nothing, declarative shadow roots are part of the
page (WHATWG HTML, "the template element"), what a button or a summary opens counts as shown, and so do what is
"hidden until found" and the parts of an article that are shown one at a time. Where hardly any prose is left then, the
page waits for a script to show it: what is hidden counts as shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fragment_fromstring, fromstring
from trafilatura.utils import repair_faulty_html

from qa.ingest.standing import Standing, standing
from qa.ingest.visible import hidden_elements

# Every element is of one class: lxml.html asks a function in Python for the class of each, whenever it is touched.
_PARSER = HTMLParser(
    collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
)
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
TOLD_IN = 2  # paragraphs of an overlay that may be the article; a prompt has one
SLIDES = 2  # hidden beside the one that is shown; a single one is often the same for small screens
SECTIONS = 3  # beside one another: fewer may be the article and what stands beside it
_START = 50  # characters in which a document says that it is one
_HEAD = 4096  # and in which trafilatura mends it: a pattern over all of a page takes a fifth of parsing it
_NO_CHARACTERS = bytes({*range(32)} - {*b"\t\n\r"})  # of XML

# ASCII alone has case in HTML's names, and a text's lower case may be longer than the text: no lower() for offsets.
_RAW = re.compile(r"<(?:!--|(script|style|textarea|title|noscript)(?=[\s/>]))", re.I | re.A)
_ENDS = {
    name: re.compile(f"</{name}", re.I | re.A)
    for name in ("script", "style", "textarea", "title", "noscript")
} | {"--": re.compile("-->")}
_NOSCRIPT_TAG = re.compile(r"</?noscript\b[^>]*>", re.I | re.A)
_TEMPLATE_TYPES = frozenset({"text/template", "text/html", "text/x-template"})
_FILLED_IN = re.compile(r"\{\{|\{%|<%|\$\{")  # a form that data is put into, not a text
_STATES = frozenset("hidden hide active inactive show shown visible current open closed collapsed".split())
_QUESTION_PARTS = frozenset("h1 h2 h3 h4 h5 h6 dt summary".split())
_SECTIONS = etree.XPath("/descendant::section/@id/..")
_OF_BOXES = frozenset("form input button article time textarea aside nav div".split())
_CONTROLS = etree.XPath("/descendant::*/@aria-controls/..")
_OVERLAYS = re.compile(
    r"\b(?:cookies?|consent|gdpr|modal|popup|dialog|overlay|menu|nav|search|login)\b", re.I
)
# The overlays that no page has an article in; some open one in a dialog, with an address of its own.
_NEVER_ARTICLE = re.compile(r"\b(?:cookies?|consent|gdpr|menu|nav|search|login|newsletter)\b", re.I)


def parse(source: str) -> HtmlElement | None:
    """The tree, or None where there is no markup."""
    start = source[:_START].lower()
    head = source.find("\n", _HEAD) + 1 or len(source)
    mended = repair_faulty_html(source[:head], start) + source[head:].replace("\ufffe", "").replace(
        "\uffff", ""
    )
    try:
        data = mended.encode("utf-8", "surrogatepass").translate(None, _NO_CHARACTERS)
        tree = fromstring(data, parser=_PARSER)
    except (etree.ParserError, ValueError):
        return None
    return tree if "html" in start or len(tree) > 1 else None


def without_noscript(source: str) -> str:
    """The source as a browser with scripts reads it: each closed <noscript> goes with all it holds, and of one that was
    never closed only its tag, as the page goes on behind it. What is raw text itself (scripts, comments) stays."""
    if _NOSCRIPT_TAG.search(source) is None:
        return source
    parts: list[str] = []
    at, unclosed = 0, set[str]()
    for opening in _RAW.finditer(source):
        name = (opening.group(1) or "--").lower()
        if opening.start() < at or name in unclosed:
            continue
        end = _ENDS[name].search(source, opening.end())
        if end is None:
            unclosed.add(name)
            continue
        if name == "noscript":
            parts.append(source[at : opening.start()])
            at = source.find(">", end.start()) + 1 or len(source)
        else:
            parts.append(source[at : end.start()])
            at = end.start()
    return _NOSCRIPT_TAG.sub("", "".join(parts) + source[at:])


def reveal(tree: HtmlElement) -> tuple[bool, list[HtmlElement]]:
    """Show, in the tree itself, what a click shows, and words without their ruby.

    (whether anything was changed, what is hidden still)
    """
    changed = False
    for root in list(tree.iter("template")):
        if root.get("shadowrootmode") or root.get("shadowroot"):
            root.tag, changed = "div", True
    # Small print over a word, within it for whoever compares words.
    for reading in list(tree.iter("rt", "rp")):
        reading.drop_tree()
        changed = True
    opened = _opened_ids(tree)
    asked = set[HtmlElement]()
    for button in list(tree.iter("button")):
        around = button.getparent()
        if asks := _asks(button):
            asked.add(button)
        if asks or (around is not None and around.tag in _QUESTION_PARTS):
            button.tag, changed = "p" if asks else "span", True
    changed |= _unname_sections(tree)
    hidden = hidden_elements(tree)
    slides = _slides(hidden)
    left: list[HtmlElement] = []
    for element in hidden:
        if _opens(element, opened) or element in slides or element.getprevious() in asked:
            show(element)
            changed = True
        else:
            left.append(element)
    return changed, left


def _unname_sections(tree: HtmlElement) -> bool:
    """Take the ids from sections that are called by their headings, as documents' are ("related", "share", "comments"):
    extractors take such a name for what it is elsewhere. Whether there were any."""
    rows: defaultdict[HtmlElement | None, list[HtmlElement]] = defaultdict(list)
    for section in _SECTIONS(tree):
        rows[section.getparent()].append(section)
    found = [
        section for row in rows.values() if len(row) >= SECTIONS for section in row if _is_of_text(section)
    ]
    for section in found:
        for name in ("id", "class"):
            section.attrib.pop(name, None)
    return bool(found)


def _is_of_text(section: HtmlElement) -> bool:
    """Whether it is a heading and paragraphs right under it, and none of the boxes that stand beside articles."""
    heading = next(iter(section), None)
    if heading is None or heading.tag not in _QUESTION_PARTS or section.find("p") is None:
        return False
    if standing(section, "section", section.get("class") or "") is Standing.OPEN:
        return False
    return not any(one.tag in _OF_BOXES for one in section.iterdescendants()) and not any(
        link.getparent() is paragraph and not (paragraph.text or "").strip()
        for paragraph in section.iterchildren("p")
        for link in paragraph.iterchildren("a")
    )


def reveal_all(tree: HtmlElement, *, dialogs: bool = False) -> bool:
    """Show what is hidden or waits in a template, menus and the like aside; whether anything was.

    dialogs: also overlays with paragraphs, as long as nothing around them asks for consent or the like.
    """
    waiting = _show_templates(tree)
    hidden = [
        element
        for element in hidden_elements(tree)
        if not _OVERLAYS.search(_names(element)) or (dialogs and _tells(element))
    ]
    for element in hidden:
        show(element)
    return bool(hidden) or waiting


def _tells(overlay: HtmlElement) -> bool:
    asks = any(_NEVER_ARTICLE.search(_names(one)) for one in (overlay, *overlay.iterancestors()))
    return not asks and len(overlay.findall(".//p")) >= TOLD_IN


def _show_templates(tree: HtmlElement) -> bool:
    """Texts that scripts take from <script type="text/template"> and put in its place."""
    shown = False
    for script in list(tree.iter("script")):
        text = script.text or ""
        if script.get("type", "").lower() not in _TEMPLATE_TYPES or _FILLED_IN.search(text):
            continue
        if "<p" not in text.lower():
            continue
        held = fragment_fromstring(text.replace("\0", ""), create_parent="div")
        held.tail = script.tail
        script.getparent().replace(script, held)
        shown = True
    return shown


def show(element: HtmlElement) -> None:
    for name in ("hidden", "aria-hidden", "style"):
        element.attrib.pop(name, None)


def _opens(element: HtmlElement, opened: frozenset[str]) -> bool:
    if element.get("hidden") == "until-found" or element.get("role") == "tabpanel":
        return True
    if element.get("id") in opened and not _OVERLAYS.search(_names(element)):
        return True
    before = element.getprevious()
    if before is None or before.tag not in _QUESTION_PARTS or _OVERLAYS.search(_names(element)):
        return False
    return before.get("aria-expanded") is not None or before.find(".//*[@aria-expanded]") is not None


def _slides(hidden: Sequence[HtmlElement]) -> set[HtmlElement]:
    """The hidden parts of galleries and of articles cut into pages: several with paragraphs, beside a shown one that
    is called the same."""
    rows: defaultdict[tuple[HtmlElement | None, str, frozenset[str]], list[HtmlElement]] = defaultdict(list)
    for element in hidden:
        rows[element.getparent(), element.tag, _lasting(element)].append(element)
    found: set[HtmlElement] = set()
    for (around, tag, names), called_so in rows.items():
        if around is None or not names or len(called_so) < SLIDES:
            continue
        row = [
            element
            for element in called_so
            if element.find(".//p") is not None and not _OVERLAYS.search(_names(element))
        ]
        if len(row) < SLIDES:
            continue
        if any(
            _lasting(one) == names and one not in row and one.find(".//p") is not None
            for one in around.iterchildren(tag)
        ):
            found.update(row)
    return found


def _asks(button: HtmlElement) -> bool:
    """Whether it is a question with its answer beside it."""
    answer = button.getnext()
    if answer is None or answer.tag in ("button", "a", "input"):
        return False
    return (
        button.text_content().rstrip().endswith(("?", "？", "؟")) and len(answer.text_content().split()) > 1
    )


def _lasting(element: HtmlElement) -> frozenset[str]:
    """The names of an element's class that stay when a script shows or hides it."""
    return frozenset((element.get("class") or "").split()) - _STATES


def _opened_ids(tree: HtmlElement) -> frozenset[str]:
    """The elements that something with a question's place, such as a heading, opens and closes."""
    return frozenset(
        name
        for control in _CONTROLS(tree)
        if control.tag in _QUESTION_PARTS
        or any(around.tag in _QUESTION_PARTS for around in control.iterancestors())
        for name in control.get("aria-controls", "").split()
    )


def _names(element: HtmlElement) -> str:
    names = (
        f"{element.tag} {element.get('id') or ''} {element.get('class') or ''} {element.get('role') or ''}"
    )
    return names.replace("_", " ").replace("-", " ")
