"""Common nouns for people: words that may answer "who", and that a question's "who" may stand for.

A list, for no ending tells: "teacher" is a person, "paper" and "tanker" are not.
"""

from __future__ import annotations

_KIN = "father mother parent wife husband brother sister son daughter child cousin aunt uncle widow friend"
_ROLES = (
    "king queen emperor empress prince princess pope bishop priest rabbi imam captain chief head chair chairman "
    "chairwoman chairperson president premier minister secretary mayor governor senator general colonel major admiral "
    "director manager executive spokesman spokeswoman spokesperson official ambassador envoy diplomat leader "
    "founder owner editor author writer poet painter singer actor actress composer artist musician player coach "
    "engineer scientist researcher physicist chemist economist historian architect inventor explorer doctor nurse "
    "surgeon teacher professor student pupil lawyer judge prosecutor officer inspector detective soldier sailor "
    "pilot driver farmer worker candidate victim suspect witness survivor customer neighbour neighbor resident citizen "
    "member visitor tourist passenger champion winner treasurer master"
)
_ANYBODY = "person man woman boy girl baby adult"
PERSON = rf"(?:{'|'.join(f'{_ANYBODY} {_KIN} {_ROLES}'.split())})"
