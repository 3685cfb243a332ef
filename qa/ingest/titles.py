"""The title that a file tells of itself -> whether it is the document's own, or was left there by a program."""

from __future__ import annotations

import re

from qa.ingest.kinds import folded

SURE_TITLE_WORDS = 4  # a shorter one that the document does not show was left by a program: "Layout 1"

_LEFT_BEHIND = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|tex|odt|rtf|pptx?|xlsx?)\b"
    r"|^(?:untitled|microsoft (?:word|powerpoint|office)|powerpoint|word document)"
    r"|^(?:new )?(?:document|slide|layout|presentation|template|title|no title|unknown|unbekannt|dokument|documento"
    r"|présentation|präsentation|presentación|untitled|unbenannt|sans titre|sin título) ?\d*$",
    re.I,
)


def unless_left_behind(told: str | None) -> str | None:
    """`told`, but for what a program left there."""
    return None if told is None or _LEFT_BEHIND.search(told) else told


def own_title(told: str | None, head: str) -> str | None:
    """`told` where it may be the document's own. head: the text at its beginning, which a short title must be in."""
    if not told or len(told.split()) < 2 or _LEFT_BEHIND.search(told):
        return None
    if len(told.split()) >= SURE_TITLE_WORDS:
        return told
    return told if folded(told) in folded(head) else None
