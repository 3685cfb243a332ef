"""Bytes -> characters: the encoding detected, nothing translated, a byte order mark kept as U+FEFF.

Labels are read as browsers read them (WHATWG Encoding Standard): "gb2312" means GB 18030, "shift_jis" Windows-31J,
"latin-1" Windows-1252. A label that the bytes contradict counts for nothing.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter

import webencodings
from charset_normalizer import from_bytes

from qa.ingest.document import Unreadable
from qa.ingest.scripts import script_of

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
# Python's codecs of these names are the bare standards; what pages hold, and the Standard's decoders read, is more.
_AS_IN_BROWSERS = {
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
}
# Languages, as the detector calls them, that Windows-1252 lacks letters of and Windows-1250 has.
_CENTRAL_EUROPEAN = frozenset({"Croatian", "Czech", "Hungarian", "Polish", "Romanian", "Slovak", "Slovene"})
_WIDE = ("utf-16-le", "utf-16-be")

SNIFFED_BYTES = 4_096  # where a page declares its encoding; HTML asks for it within the first 1,024 bytes
SAMPLE_BYTES = 65_536  # detection costs seconds on megabytes and does not get better after the first pages
# UTF-8 with a few broken bytes is still UTF-8; another encoding breaks at every accent.
BAD_BYTES_SHARE = 0.01
DAMAGED_SHARE = 0.05  # of the characters lost: still readable where no other encoding fits either
CONTROL_SHARE = 0.02  # text has hardly any control characters; compiled and compressed files a tenth and more
SEPARATOR_SHARE = 0.01  # of a text's characters separate words or sentences; of read-amiss bytes hardly any
SCRIPTS = 3  # writing systems that make up a text; bytes paired at random meet dozens

_CONTROLS = bytes([*range(9), *range(14, 32), 127])
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")  # written in ASCII alone, with escapes to and fro
_SEPARATORS = re.compile(r"[ \n\r\t.,;:、。，]")
_C1 = re.compile(r"[\x80-\x84\x86-\x9f]")


def decode(data: bytes, *, declared_in_markup: bool = False, label: str | None = None) -> str:
    """The characters of `data`. label: the encoding that something outside the text tells.

    Raises Unreadable where it is no text.
    """
    text = _decode(data, label or (_declared(data) if declared_in_markup else None))
    sample = text[:SAMPLE_BYTES]
    if _controls(sample.encode("utf-8", "replace")) > max(CONTROL_SHARE * len(sample), 1):
        raise Unreadable("not text: it looks like a binary file")
    return text


def wide_encoding(start: bytes) -> str | None:
    """The UTF-16 or UTF-32 that bytes are in, by their mark or by how they read; None where in neither."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return None if encoding == "utf-8" else encoding
    return _utf16_without_mark(start)


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))


def _decode(data: bytes, label: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if wide := _utf16_without_mark(data[:SAMPLE_BYTES]):
        return data.decode(wide, errors="replace")
    if b"\x1b" in data[:SAMPLE_BYTES] and _ISO_2022_JP.search(data[:SAMPLE_BYTES]):
        return data.decode("iso2022_jp_2004", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if (named := codec_of(label)) and named != "utf-8":
        text = data.decode(named, errors="replace")
        damaged = text.count("\ufffd") > max(BAD_BYTES_SHARE * len(text), 1)
        if not damaged and not _C1.search(text) and _fits(_sample(data), named):
            return text
    lenient = data.decode("utf-8", errors="replace")
    if _mostly_utf8(data, lenient):
        return lenient
    guess = _guess(_sample(data))
    if guess is None and lenient.count("\ufffd") > DAMAGED_SHARE * len(lenient):
        raise Unreadable("not text: no known encoding fits its bytes")
    return data.decode(guess or "utf-8", errors="replace")


def codec_of(label: str | None) -> str | None:
    """Python's name of what browsers read under an encoding's label; None for labels that they do not know."""
    known = webencodings.lookup(label) if label else None
    if known is None or known.name in ("x-user-defined", "replacement", "utf-16le", "utf-16be"):
        return None  # UTF-16 cannot be declared in ASCII, in which the label was read
    return _AS_IN_BROWSERS.get(known.name) or known.codec_info.name


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:SNIFFED_BYTES])
    return found.group(1).decode("ascii", "replace") if found else None


def _sample(data: bytes) -> bytes:
    """The first bytes, up to one that is no part of a longer character in any encoding."""
    if len(data) <= SAMPLE_BYTES:
        return data
    last = max((data.rfind(end, 0, SAMPLE_BYTES) for end in (b"\n", b" ", b"<", b",")), default=-1)
    return data[: last if last > SAMPLE_BYTES // 2 else SAMPLE_BYTES]


def _fits(sample: bytes, codec: str) -> bool:
    """Whether bytes read in an encoding look like a text: Russian or Chinese under a Western label does not."""
    try:
        return bool(
            from_bytes(sample, cp_isolation=[codec], preemptive_behaviour=False, enable_fallback=False)
        )
    except ValueError:  # an encoding that the detector does not know: nothing speaks against it
        return True


def _guess(sample: bytes) -> str | None:
    matches = list(from_bytes(sample))
    if not matches:
        return None
    # Short texts fit many code pages equally well; the web's own fallback is Windows-1252, but for languages that it
    # cannot write.
    least = min(match.chaos for match in matches)
    even = {match.encoding: match.language for match in matches if match.chaos <= least}
    if even.get("cp1250") in _CENTRAL_EUROPEAN:
        return "cp1250"
    return "cp1252" if "cp1252" in even else codec_of(matches[0].encoding) or matches[0].encoding


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 shows as control characters where one byte is taken for one: the zeros of Latin, the 4s of Cyrillic.

    It is the order of bytes in which the text reads as text: assigned characters of few scripts, and separators.
    """
    if _controls(sample) <= max(CONTROL_SHARE * len(sample), 1):
        return None
    read = {encoding: sample[: len(sample) // 2 * 2].decode(encoding, errors="replace") for encoding in _WIDE}
    fit = {
        encoding: len(_SEPARATORS.findall(text)) for encoding, text in read.items() if _reads_as_text(text)
    }
    return max(fit, key=lambda encoding: fit[encoding]) if fit else None


def _reads_as_text(text: str) -> bool:
    if not text or len(_SEPARATORS.findall(text)) < SEPARATOR_SHARE * len(text):
        return False
    strange = sum(
        unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs") and char not in "\t\n\r" for char in text
    )
    if strange + text.count("\ufffd") > CONTROL_SHARE * len(text):
        return False
    scripts = Counter(script_of(char) for char in text if char.isalpha())
    return sum(times for _, times in scripts.most_common(SCRIPTS)) >= (1 - CONTROL_SHARE) * scripts.total()


def _mostly_utf8(data: bytes, lenient: str) -> bool:
    """True where well-formed multi-byte sequences far outnumber broken bytes."""
    broken = lenient.count("\ufffd")
    beyond_ascii = sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", lenient))
    return beyond_ascii > 4 * broken and broken <= max(BAD_BYTES_SHARE * len(data), 1)
