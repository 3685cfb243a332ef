"""A sentence -> its words with their parts of speech.

The tags are those of the British National Corpus (C5), as the Hanover Tagger gives them (Wartena, "A Probabilistic
Morphology Model for German Lemmatization", KONVENS 2019); its English model comes with the package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[$€£]?\d+(?:[.,:]\d+)*%?|\w+(?:[-’'./]\w+)*|[^\w\s]")

# Each part of speech as one letter, so that a shape of sentence is a regular expression over letters.
_LETTERS = {
    **dict.fromkeys(("NN0", "NN1", "NN2", "ZZ0"), "n"),
    "NP0": "N",
    **dict.fromkeys(("AJ0", "AJC", "AJS"), "a"),
    **{"ORD": "o", "CRD": "c", "AT0": "d", "DPS": "h", "DT0": "t", "POS": "s"},
    **dict.fromkeys(("PNP", "PNI", "PNX", "EX0"), "p"),
    **{"PRP": "i", "PRF": "f", "TO0": "T", "AV0": "v", "AVP": "q", "XX0": "x"},
    **{"VVD": "D", "VVZ": "Z", "VVB": "B", "VVN": "E", "VVG": "G", "VVI": "I", "VM0": "M"},
    **dict.fromkeys(("VBD", "VBZ", "VBB"), "b"),
    **dict.fromkeys(("VBI", "VBN", "VBG"), "y"),
    **dict.fromkeys(("VHD", "VHZ", "VHB"), "H"),
    **dict.fromkeys(("VDD", "VDZ", "VDB", "VDN", "VHI", "VHG", "VHN", "VDI", "VDG"), "X"),
    **{"CJC": "C", "CJS": "S", "CJT": "S"},
    **dict.fromkeys(("DTQ", "PNQ", "AVQ"), "W"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """[start, end) in the sentence's characters. letter: its part of speech, "?" where that tells nothing."""

    text: str
    lemma: str
    tag: str
    letter: str
    start: int
    end: int


def words(sentence: str) -> list[Word]:
    """The sentence's words and marks, in order; what stands between them is white space."""
    found = list(_TOKEN.finditer(sentence))
    tagged = _tagger().tag_sent([match.group() for match in found])
    return [
        Word(match.group(), lemma, tag, _letter(match.group(), tag), *match.span())
        for match, (_, lemma, tag) in zip(found, tagged, strict=True)
    ]


def _letter(word: str, tag: str) -> str:
    if not word[0].isalnum() and not word[-1].isalnum():
        return "," if word == "," else "!"
    if word[0].isdigit() or word[0] in "$€£":
        return "c"
    return _LETTERS.get(tag, "?")


@lru_cache(maxsize=1)
def _tagger() -> Any:
    from HanTa.HanoverTagger import HanoverTagger  # reads its model: two seconds

    return HanoverTagger("morphmodel_en.pgz")
