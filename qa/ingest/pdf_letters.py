"""Characters of a PDF that do not say which letters they are.

Some fonts are embedded without a map to Unicode: then the number that PDFium gives is the glyph's, and the font
itself may say for which letter it stands. Others map their ligatures to private characters: those are told by the
words of the document that they make.
"""

from __future__ import annotations

import ctypes
import io
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pypdfium2.raw as pdfium_c
from fontTools.ttLib import TTFont, TTLibError

MAX_FONT_BYTES = 8 * 2**20  # Chinese fonts whole; embedded ones hold only what a document uses

_PRIVATE = re.compile("[\ue000-\uf8ff]")
# Bullets of Symbol and Wingdings, which Word maps into the private range from U+F020 on.
_BULLETS = re.compile("[\uf06c\uf06e\uf071\uf076\uf0a7\uf0a8\uf0b7\uf0d8\uf0e0\uf0fc]")
_LIGATURES = ("ffi", "ffl", "ff", "fi", "fl", "ft", "tt", "ti", "Th", "st", "ct")
# Frequent English words with ligatures, as the beginnings that they share with their other forms.
_BEGINNINGS = tuple(
    """offi effi effec effor diffi differ suffi suffer affir affai afford affec offer coff staff stuff off traff
    buff cliff scaffold baffl shuffl raffl waffl afflict afflu efflu confli influ refle fle fli flo flu fly flag flame
    flat flav flee flow floor flood flight fiction field fierce fif fig file fill film filter fin fir fis fit fiv fix
    first fire find final finan fish fight figure finish benefi speci defi confi profi signifi scienti identifi offici
    magnifi artifi pacifi certifi justifi modifi notifi satisfi classifi qualifi sacrifi defici insuffici
    father after left soft gift craft draft shift often little letter better matter pretty bottle battle nation ration
    section the them then there these they this that thing think three through state street story strong study
    act fact actor doctor factor product""".split()
)


class Letters:
    """What the characters of one document stand for; `unknown` counts those of the page at hand that nothing tells."""

    def __init__(self) -> None:
        self.unknown = 0
        self._fonts: dict[int, dict[int, str]] = {}

    def next_page(self) -> None:
        self.unknown = 0
        self._fonts.clear()  # the next page's fonts may be others at the same addresses

    def __call__(self, text_page: Any, index: int, code: int) -> str:
        if pdfium_c.FPDFText_HasUnicodeMapError(text_page, index) == 1 and not pdfium_c.FPDFText_IsGenerated(
            text_page, index
        ):
            letter = self._by_font(text_page, index).get(code, "")
            self.unknown += not letter
            return letter
        return chr(code) if code >= 32 or code in (9, 10, 13) else ""

    def _by_font(self, text_page: Any, index: int) -> dict[int, str]:
        """Glyph number -> letter, of the font of a character."""
        drawn = pdfium_c.FPDFText_GetTextObject(text_page, index)
        font = pdfium_c.FPDFTextObj_GetFont(drawn) if drawn else None
        if not font:
            return {}
        key = ctypes.addressof(font.contents)
        if key not in self._fonts:
            self._fonts[key] = _letters_of(_font_data(font))
        return self._fonts[key]


def _font_data(font: Any) -> bytes:
    size = ctypes.c_size_t()
    if not pdfium_c.FPDFFont_GetFontData(font, None, 0, ctypes.byref(size)) or size.value > MAX_FONT_BYTES:
        return b""
    buffer = (ctypes.c_uint8 * size.value)()
    pdfium_c.FPDFFont_GetFontData(font, buffer, size.value, ctypes.byref(size))
    return bytes(buffer)


def _letters_of(data: bytes) -> dict[int, str]:
    """Glyph number -> letter, by the font's own map from letters to glyphs."""
    try:
        with TTFont(io.BytesIO(data), lazy=True) as font:
            best = font.getBestCmap() or {}
            return {font.getGlyphID(name): chr(code) for code, name in best.items()}
    except (TTLibError, KeyError, ValueError, AttributeError, AssertionError, OSError):
        return {}  # no TrueType or OpenType font, or one without a map


def private_letters(texts: Iterable[str]) -> dict[str, str]:
    """What each private character of a document stands for: the ligature that makes the most known words of it.

    Known are frequent words with ligatures and the words that the document writes out. Characters for which no
    ligature makes any are not in the result.
    """
    words = Counter(word for text in texts for word in re.findall(r"[\w\ue000-\uf8ff]+", text))
    written = {word.lower() for word in words if not _PRIVATE.search(word)}
    votes: dict[str, Counter[str]] = {}
    for word, times in words.items():
        private = set(_PRIVATE.findall(word))
        if len(private) != 1:
            continue
        (char,) = private
        for ligature in _LIGATURES:
            made = word.replace(char, ligature).lower()
            known = made in written or made.startswith(_BEGINNINGS)
            votes.setdefault(char, Counter())[ligature] += times * known
    best = {char: counted.most_common(1)[0] for char, counted in votes.items()}
    return {char: ligature for char, (ligature, times) in best.items() if times}


def without_private(text: str, letters: dict[str, str]) -> tuple[str, int]:
    """The text with private characters read, and how many of them nothing tells; those are left out."""
    text = _BULLETS.sub("•", text)
    text = _PRIVATE.sub(lambda found: letters.get(found.group(), found.group()), text)
    return _PRIVATE.subn("", text)
