"""Questions that leave out what the question before said: "Why?", "And when did NATO?", "What about Biden?".

In: such a question, the question before as it was understood, and its answer. Out: the whole question, in the words
of the one before; None where it is not of this kind or the one before gives no frame for it.
"""

from __future__ import annotations

import re

from qa.english.verbs import BE, DO

from .mentions import names_in, subject_of

_MEASURED = (
    r"(?:(?:much|many)(?: \w+)?|long|often|far|old|young|big|large|small|tall|high|deep|wide|heavy|fast|soon|late"
    r"|well|good|bad|strong|rich|hot|cold)"
)
_ASPECT = r"(?:year|month|day|date|time|place|city|country|reason|purpose)"
_ASKING = (
    r"(?:(?:for|since|until|till|in|at|on|by|to|from|with) )?"
    rf"(?:why|when|where|who|whom|how(?: {_MEASURED})?|(?:what|which) {_ASPECT})"
)
_LEAD = re.compile(r"^(?:(?:and|but|so|or|ok|okay|well)\b,?\s*)+", re.IGNORECASE)
_BARE = re.compile(rf"^(?P<asking>{_ASKING})(?: (?:exactly|then|so))?$", re.IGNORECASE)
_NEW_SUBJECT = re.compile(
    rf"^(?P<asking>{_ASKING}) (?P<auxiliary>{DO}|{BE}) "
    r"(?P<subject>(?:the )?[\w.’'-]+(?: (?-i:[A-Z])[\w.’'-]*){0,3})$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:what|how) about (?P<what>\S+(?: \S+){0,4})$", re.IGNORECASE)
_PREPOSITION = r"(?:in|on|at|for|with|from|to|by|during|after|before|under|since|until|of)"
_PLACED = re.compile(rf"^(?P<preposition>{_PREPOSITION}) .+$", re.IGNORECASE)
_YEAR = re.compile(r"\b\d{4}\b")
_FRAME = re.compile(
    rf"^(?:(?P<asking>{_ASKING}|(?:{_PREPOSITION} )?(?:what|which)(?: \w+)?|whose \w+) )?"
    rf"(?P<auxiliary>{DO}|{BE}) (?P<rest>.+)$",
    re.IGNORECASE,
)
_WHO_DID = re.compile(r"^who (?P<rest>\w+ .+)$", re.IGNORECASE)
_STARTS_A_QUESTION = re.compile(
    rf"^(?:{_ASKING}|what|which|whose|{DO}|{BE}|any\w*|tell|name|list|the|a|an|it|he|she|they|this|that|then)\b",
    re.IGNORECASE,
)


def complete(question: str, before: str, answer: str | None) -> str | None:
    """The whole question, or None."""
    bare, before = question.strip().rstrip(" ?.!"), before.strip().rstrip(" ?.!")
    lead = _LEAD.match(bare)
    bare = bare[lead.end() :] if lead else bare
    whole = (
        _asked_again(bare, before, answer)
        or _with_new_subject(bare, before)
        or _with_other(bare, before, led=lead is not None)
    )
    return f"{whole[:1].upper()}{whole[1:]}?" if whole else None


def _asked_again(bare: str, before: str, answer: str | None) -> str | None:
    """ "Why?": the same, asked for something else."""
    match = _BARE.match(bare)
    if match is None:
        return None
    asking = match.group("asking")
    subject_wanted = _WHO_DID.match(before)
    if asking.casefold() == "who":  # who did it is not told by the question before
        return None
    frame = _FRAME.match(before)
    if frame is not None:
        said = (
            answer
            if (frame.group("asking") or "").split(" ")[0].casefold() in ("what", "which", "who")
            else None
        )
        shown = f" ({_short(said)})" if said and _short(said) else ""
        return f"{asking} {frame.group('auxiliary')} {frame.group('rest')}{shown}"
    if subject_wanted is not None and answer:
        return f"{asking} was it that {_short(answer)} {subject_wanted.group('rest')}"
    return None


def _with_new_subject(bare: str, before: str) -> str | None:
    """ "When did NATO?": the same of another; with "be" only where more than "be" was said before."""
    match, frame, subject = _NEW_SUBJECT.match(bare), _FRAME.match(before), subject_of(before)
    if match is None or frame is None or subject is None:
        return None
    rest = before[subject[1] :].strip()
    be = re.fullmatch(BE, match.group("auxiliary"), re.IGNORECASE) is not None
    if not rest or be != (re.fullmatch(BE, frame.group("auxiliary"), re.IGNORECASE) is not None):
        return None
    return f"{match.group('asking')} {match.group('auxiliary')} {match.group('subject')} {rest}"


def _with_other(bare: str, before: str, *, led: bool) -> str | None:
    """ "What about Biden?", "And in 2014?": the same with one thing exchanged."""
    match = _ABOUT.match(bare)
    if match is None and (not led or len(bare.split()) > 5 or _STARTS_A_QUESTION.match(bare)):
        return None
    what = match.group("what") if match else bare
    year = _YEAR.search(what)
    if year is not None and _YEAR.search(before):
        return _YEAR.sub(year.group(), before, count=1)
    placed = _PLACED.match(what)
    if placed is not None:
        preposition = placed.group("preposition")
        old = re.search(rf"\b{preposition} (?:(?!{_PREPOSITION}\b)\S+ ?)+", before, re.IGNORECASE)
        return f"{before[: old.start()]}{what} {before[old.end() :]}".strip() if old else f"{before} {what}"
    if _YEAR.fullmatch(what):
        return f"{before} in {what}"
    span = subject_of(before) or next(iter(names_in(before)), None)
    return f"{before[: span[0]]}{what}{before[span[1] :]}" if span else None


def _short(answer: str) -> str:
    words = answer.strip(' .,;:()"').split()
    return " ".join(words) if len(words) <= 14 else ""
