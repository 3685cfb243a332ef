"""A line -> what kind of line it is, judged by the line alone."""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum, auto
from functools import lru_cache

from qa.ingest import dates, phrases
from qa.ingest.scripts import script_of

# "Accept all cookies." is five words with a full stop; sentences of news text are seldom shorter.
PROSE_WORDS = 6
LONG_WORDS = 25  # no headline or link text is this long, so such a line is prose without its full stop
NAV_SHARE = 0.6  # of a line's words; headlines share a few words with menus, menus nearly all
ICON_TOKENS = 10  # a list of icon names shows by its repeated ending only when it is a list
ICON_LETTERS = 4  # of a name's beginning or ending
ICON_SHARE = 0.3  # of the words of one line begin or end in the same four letters; prose stays under 0.15
SCRIPTS = 3  # writing systems in one short line: a language bar
SHORT_CHARS = 80
# Longer "words" are no words, and the patterns need not be tried on megabytes of them.
SHORT_CHARS_A_WORD = 12
REMEMBERED_CHARS = 1_000  # a longer line is judged quickly beside reading it, and would fill memory
TAIL_CHARS = 40  # a sentence's end and the quotation marks and brackets after it
LETTERS_IN_ONE = 2.5  # character of Chinese or Japanese
CREDIT_WORDS = 90  # captions are a few sentences; a credit is looked for only in them

URL = re.compile(r"(?:(?:url|source|link|original|via|from)\s*:?\s*)?<?((?:https?://|www\.)[^\s<>]+)>?", re.I)
# Also as they are in Indian scripts, Urdu and Arabic, Armenian, Ethiopic, Burmese, Khmer and Tibetan.
_END = re.compile(r"[.!?…。｡！？।॥۔؟։።፧။។།][\"'”’»)\]」』）】]*$|[.!?…][”\"][^\w\s]*$")
# Headlines hold questions, seldom full stops.
_INNER_END = re.compile(r"[a-z0-9)”\"]\.[\"”’)]* +[\"“‘(]?[A-Z]")
# Chinese and Japanese set no spaces between words, which are two characters long on average.
UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_WORD = re.compile(r"\w+(?:[’'.-]\w+)*")
_WORD_OR_PAIR = re.compile(rf"[{UNSPACED}]{{1,2}}|(?:(?![{UNSPACED}])\w)+(?:[’'.-](?:(?![{UNSPACED}])\w)+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
BYLINE = re.compile(
    r"(?:(?:written|edited|reported|posted|reporting|words|story|text)\s+by|by)\s+(?-i:[A-Z])", re.I
)
_CRUMBS = re.compile(
    r"(?:you are here:?\s*)?(?:home|front page|main|news)\s*(?:[>»›/|→·]|(?-i:(?=[A-Z])))", re.I
)
_CRUMB_MARKS = re.compile(r"\s([>»›→|/·•])\s")
_PART_MARK = re.compile("[|·•]")
_PARTS = re.compile(rf"\s*{_PART_MARK.pattern}\s*")
CREDIT = re.compile(
    r"(?:\s*[\[(]?©(?!\s*\d{4})[^.!?©]{2,80}"
    r"|\s*[\[(]?\b(?:(?:Photo|Image|Picture|Photograph)s?(?:\s+(?:credit|courtesy|by|copyright))*|Credit|PHOTO|IMAGE)"
    r"\s*(?:[:/|]|(?<=\bby)|(?<=courtesy))\s*[^.!?:]{2,70}"
    r"|\s*\((?:[^()]{0,50}\b(?:AP|AFP|EPA|Photo|Images|Getty|Reuters|REUTERS|TASS)\b[^()]{0,50})\)"
    r"|\s*(?<=[.”])\s*(?:[A-Z][\w.'-]+ ){0,3}[A-Z][\w.'-]*/"
    r"(?:AP|AFP|EPA|Reuters|REUTERS|Getty Images|TASS|Bloomberg)[\w /]{0,30}"
    r")[\])]?\.?$"
)
# One of them is in every credit.
CREDIT_HINTS = (
    "©", "Photo", "Image", "Picture", "Credit", "PHOTO", "IMAGE", "AP", "AFP", "EPA", "Getty", "Reuters", "REUTERS",
    "TASS", "Bloomberg",
)  # fmt: skip


class LineKind(Enum):
    PROSE = auto()
    LABEL = auto()  # a heading, list item, table row: kept or not by what stands around it
    NAV = auto()  # a label made of words that menus are made of
    FURNITURE = auto()
    OPENER = auto()  # a heading over links to other articles
    WEAK_OPENER = auto()  # perhaps one
    FOOTER = auto()  # a copyright line
    CLOSER = auto()  # the article ends here: readers' comments follow
    WEAK_CLOSER = auto()
    DATE = auto()
    URL = auto()


def words(text: str) -> list[str]:
    """The words of a text; of scripts without spaces, pairs of characters."""
    spaced = text.isascii() or _IS_UNSPACED.search(text) is None
    return (_WORD if spaced else _WORD_OR_PAIR).findall(text)


def letters_in_one(text: str) -> float:
    """To how many letters of other scripts one of the text's comes: a word is five there, and two characters here."""
    return LETTERS_IN_ONE if not text.isascii() and _IS_UNSPACED.search(text[:TAIL_CHARS]) else 1.0


def folded(text: str) -> str:
    """For comparing lines: letters and digits only, case aside; each character of scripts without spaces alone."""
    text = text.casefold()
    return " ".join(_WORD.findall(text if text.isascii() else _IS_UNSPACED.sub(r" \g<0> ", text)))


def _ends_sentence(text: str) -> bool:
    return bool(_END.search(text[-TAIL_CHARS:]))


def kind_of(text: str) -> LineKind:
    """The kind of a normalized, non-empty line."""
    return _kind_of_short(text) if len(text) <= REMEMBERED_CHARS else _kind_of(text)


# A page's blocks are asked for several times, by whoever weighs them and by the cleaner.
@lru_cache(maxsize=4096)
def _kind_of_short(text: str) -> LineKind:
    return _kind_of(text)


def _kind_of(text: str) -> LineKind:
    if URL.fullmatch(text):
        return LineKind.URL
    if dates.of_line(text):
        return LineKind.DATE
    count = len(words(text))
    if not count:
        return LineKind.FURNITURE  # rules, bullets and dividers
    if count <= phrases.FURNITURE_WORDS and len(text) <= SHORT_CHARS_A_WORD * phrases.FURNITURE_WORDS:
        short = _short_kind(text, count)
        if short:
            return short
    if _icon_names(text) or _consent(text, count):
        return LineKind.FURNITURE
    if count >= LONG_WORDS or (count >= PROSE_WORDS and _holds_sentence(text)):
        return LineKind.PROSE
    return LineKind.LABEL


def is_prose(text: str) -> bool:
    """Whether a line's kind is prose: of most lines told at once, without the patterns of the other kinds."""
    if not _holds_sentence(text) and (len(text) < 2 * LONG_WORDS - 1 or len(words(text)) < LONG_WORDS):
        return False
    return kind_of(text) is LineKind.PROSE


def _holds_sentence(text: str) -> bool:
    return _ends_sentence(text) or _INNER_END.search(text) is not None


def _short_kind(text: str, count: int) -> LineKind | None:
    if phrases.may_hold(text, phrases.COPYRIGHT_HINTS) and phrases.COPYRIGHT.fullmatch(text):
        return LineKind.FOOTER
    if phrases.CLOSER.fullmatch(text):
        return LineKind.CLOSER
    if phrases.STRONG_OPENER.fullmatch(text):
        return LineKind.OPENER
    if phrases.FURNITURE.fullmatch(text) or CREDIT.fullmatch(text):
        return LineKind.FURNITURE
    if phrases.may_hold(text, phrases.COOKIES_HINTS) and phrases.COOKIES.search(text):
        return LineKind.FURNITURE
    if phrases.may_hold(text, phrases.PROMOTION_HINTS) and phrases.PROMOTION.search(text):
        return LineKind.FURNITURE
    if phrases.INLINE_LINK.fullmatch(text) and not _ends_sentence(text):
        return LineKind.FURNITURE
    if _language_bar(text) or _about_the_page(text):
        return LineKind.FURNITURE
    if _ends_sentence(text):
        return None
    if phrases.WEAK_CLOSER.fullmatch(text):
        return LineKind.WEAK_CLOSER
    if phrases.WEAK_OPENER.fullmatch(text):
        return LineKind.WEAK_OPENER
    if _menu(text, count):
        return LineKind.NAV
    return None


def _menu(text: str, count: int) -> bool:
    if _CRUMBS.match(text) and count <= 8:
        return True
    marks = _CRUMB_MARKS.findall(text) if count <= 25 else ()
    if len(marks) >= 3 or sum(mark in ">»›→" for mark in marks) >= 2:
        return True
    known = sum(word in phrases.NAV_WORDS for word in _LETTERS.findall(text.casefold()))
    return known >= NAV_SHARE * count


def _about_the_page(text: str) -> bool:
    """Such as "Section: Regional | 3 hours ago | 2 min read": nothing but what pages say of themselves."""
    return _PART_MARK.search(text) is not None and all(
        phrases.FURNITURE.fullmatch(part)
        or phrases.PAGE_FACT.fullmatch(part)
        or phrases.COPYRIGHT.fullmatch(part)
        or dates.of_line(part)
        or _menu(part, len(words(part)))
        for part in _PARTS.split(text)
        if part
    )


def _language_bar(text: str) -> bool:
    if len(text) > SHORT_CHARS:
        return False
    names = [word in phrases.LANGUAGES for word in _LETTERS.findall(text.casefold())]
    if len(names) >= 2 and sum(names) >= max(NAV_SHARE * len(names), 2):
        return True
    return not text.isascii() and len({script_of(char) for char in set(text) if char.isalpha()}) >= SCRIPTS


def _icon_names(text: str) -> bool:
    """Many words with one beginning or one ending, as "bookmarkicon cameraicon" or "icon-bookmark icon-camera"."""
    if len(text) < ICON_TOKENS * ICON_LETTERS or _ends_sentence(text):
        return False
    tokens = [token for token in text.casefold().split()[:500] if len(token) >= ICON_LETTERS]
    if len(tokens) < ICON_TOKENS:
        return False
    parts = (
        Counter(token[-ICON_LETTERS:] for token in tokens),
        Counter(token[:ICON_LETTERS] for token in tokens),
    )
    return any(
        part.isalpha() and times >= ICON_SHARE * len(tokens)
        for counted in parts
        for part, times in counted.most_common(1)
    )


def _consent(text: str, count: int) -> bool:
    if not phrases.CONSENT_TERMS <= count <= phrases.CONSENT_WORDS or not phrases.may_hold(
        text, phrases.CONSENT_HINTS
    ):
        return False
    return len({found.lower() for found in phrases.CONSENT.findall(text)}) >= phrases.CONSENT_TERMS


def credit_start(text: str) -> int | None:
    """Where a photo credit at the end of a caption begins; None where there is none."""
    if len(text) > 12 * CREDIT_WORDS or not any(hint in text for hint in CREDIT_HINTS):
        return None
    found = CREDIT.search(text) if len(words(text)) <= CREDIT_WORDS else None
    return found.start() if found else None
