"""The title that a file tells of itself -> whether it is the document's own, or was left there by a program."""

from __future__ import annotations

import re

from qa.ingest.kinds import folded

SURE_TITLE_WORDS = 4  # a shorter one that the document does not show was left by a program: "Layout 1"

_LEFT_BEHIND = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|tex|odt|rtf|pptx?|xlsx?)\b"
    r"|^(?:untitled|microsoft (?:word|powerpoint|office)|powerpoint|word document)"
    r"|^(?:document|slide|layout) ?\d*$",
    re.I,
)


def own_title(told: str | None, head: str) -> str | None:
    """`told` where it may be the document's own. head: the text at its beginning, which a short title must be in."""
    if not told or len(told.split()) < 2 or _LEFT_BEHIND.search(told):
        return None
    if len(told.split()) >= SURE_TITLE_WORDS:
        return told
    return told if folded(told) in folded(head) else None
