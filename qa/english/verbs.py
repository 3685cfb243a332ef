"""Verbs that ask and that tell of time: auxiliaries, and the words beside a date that say whether it is to come."""

from __future__ import annotations

import re

BE = r"(?:is|are|was|were)"
_DO = "do|does|did|has|have|had|can|could|will|would|should|may|might|must"
DO = rf"(?:{_DO})"  # and the other auxiliaries behind which the verb keeps its plain form or a participle
AUXILIARY = rf"(?:is|are|was|were|{_DO})"

COMING = r"will|won['’]t|due|plan(?:s|ned)?|schedul\w+|upcoming|ahead|deadline"
AHEAD = (
    r"(?:will|would|shall|must|may|can|could|to) (?:not )?(?:be|have) \w+"  # "will be closed" is not "closed"
    rf"|{COMING}|would|shall|expect(?:s|ed|ing)?|hope[sd]?|intend(?:s|ed)?"
    r"|set to|aim(?:s|ed)? to|to be|going to|must|tomorrow"
    # "talks to resume on Tuesday", but not "spoke to reporters (him, Anna) on Tuesday"
    r"|to (?!him |her |them )(?-i:[a-z]\w*(?:[a-rt-z]|ss)) on"
)
BEHIND = (
    r"said|says|told|held|was|were|had|met|made|took|spoke|began|went|came|saw|wrote|gave|left|won|lost|sent"
    r"|\w+ed"
)

_IRREGULAR = (("won", "will"), ("can", "can"), ("shan", "shall"))
_SHORT = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (r"\bcannot\b", "can not"),
        *((rf"\b{short}['’]t\b", f"{verb} not") for short, verb in _IRREGULAR),
        (r"n['’]t\b", " not"),
    )
)


def in_full(text: str) -> str:
    """Lower-case text with its denials written out: "won't" as "will not", "cannot" as "can not"."""
    for short, full in _SHORT:
        text = short.sub(full, text)
    return text
