"""Bytes -> characters: the encoding detected, nothing translated, a byte order mark kept as U+FEFF."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from qa.ingest.document import Unreadable

# Longest first: the UTF-32 mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I
)

SNIFFED_BYTES = 4_096  # where a page declares its encoding; HTML asks for it within the first 1,024 bytes
SAMPLE_BYTES = 65_536  # detection costs seconds on megabytes and does not get better after the first pages
BAD_BYTES_SHARE = (
    0.01  # UTF-8 with a few broken bytes is still UTF-8; another encoding breaks at every accent
)
DAMAGED_SHARE = 0.05  # of the characters lost: still readable where no other encoding fits either
CONTROL_SHARE = 0.02  # text has hardly any control characters; compiled and compressed files a tenth and more

# Python codecs that are no page encodings; punycode decodes in quadratic time.
_NOT_FOR_PAGES = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"})

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes, *, declared_in_markup: bool = False) -> str:
    """The characters of `data`. Raises Unreadable where it is no text."""
    text = _decode(data, declared_in_markup)
    sample = text[:SAMPLE_BYTES]
    if len(_CONTROLS.findall(sample)) > max(CONTROL_SHARE * len(sample), 1):
        raise Unreadable("not text: it looks like a binary file")
    return text


def _decode(data: bytes, declared_in_markup: bool) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if wide := _utf16_by_zeros(data):
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared_in_markup and (declared := _DECLARED.search(data[:SNIFFED_BYTES])):
        name = declared.group(1).decode("ascii").lower()
        try:
            if name not in _NOT_FOR_PAGES:
                return data.decode(name, errors="replace")
        except (LookupError, UnicodeError):
            pass  # an encoding nobody knows: look at the bytes instead
    lenient = data.decode("utf-8", errors="replace")
    if _mostly_utf8(data, lenient):
        return lenient
    guess = _guess(data[:SAMPLE_BYTES])
    if guess is None and lenient.count("\ufffd") > DAMAGED_SHARE * len(lenient):
        raise Unreadable("not text: no known encoding fits its bytes")
    return data.decode(guess or "utf-8", errors="replace")


def _guess(sample: bytes) -> str | None:
    matches = list(from_bytes(sample))
    if not matches:
        return None
    # Short texts fit many code pages equally well; the web's own fallback is Windows-1252.
    least = min(match.chaos for match in matches)
    western = any(match.encoding == "cp1252" and match.chaos <= least for match in matches)
    return "cp1252" if western else matches[0].encoding


def _utf16_by_zeros(data: bytes) -> str | None:
    """UTF-16 without a byte order mark shows as a zero in every other byte of Latin text."""
    sample = data[:SAMPLE_BYTES]
    pairs = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if pairs and max(even, odd) > 0.4 * pairs and min(even, odd) < 0.05 * pairs:
        return "utf-16-be" if even > odd else "utf-16-le"
    return None


def _mostly_utf8(data: bytes, lenient: str) -> bool:
    """True where well-formed multi-byte sequences far outnumber broken bytes."""
    broken = lenient.count("\ufffd")
    beyond_ascii = sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", lenient))
    return beyond_ascii > 4 * broken and broken <= max(BAD_BYTES_SHARE * len(data), 1)
