"""A file's first bytes and its name -> its format; or what it is instead, and what to do."""

from __future__ import annotations

import re

from qa.ingest.document import Unreadable
from qa.ingest.formats import FORMATS

SNIFFED_BYTES = 1_024  # as far as browsers look

_SAME_AS = {
    ".htm": ".html",
    ".xhtml": ".html",
    ".markdown": ".md",
    ".mdx": ".md",
    ".text": ".txt",
    ".ndjson": ".jsonl",
    ".tsv": ".csv",
    ".docm": ".docx",
    ".dotx": ".docx",
    ".dotm": ".docx",
    ".pptm": ".pptx",
    ".ppsx": ".pptx",
    ".ott": ".odt",
    ".mhtml": ".mht",
    ".atom": ".xml",
    ".rss": ".xml",
    ".rdf": ".xml",
}
BLANK = b" \t\r\n\0"  # of which an empty file may be full
SAVE_AGAIN = "Save it again with the program that made it"
EMPTY = f"empty: there is nothing in it to read. {SAVE_AGAIN}, or leave it out"
_SIGNATURES = (
    (b"%PDF-", ".pdf"),
    (b"PK\x03\x04", ".zip"),
    (b"\xd0\xcf\x11\xe0", ".ole"),
    (b"{\\rtf", ".rtf"),
    (b"\x7fELF", "a program; there is no article in it"),
    (b"MZ", "a program; there is no article in it"),
    (b"\x89PNG", "a picture; save the text that it shows as .txt or .docx"),
    (b"\xff\xd8\xff", "a picture; save the text that it shows as .txt or .docx"),
    (b"GIF8", "a picture; save the text that it shows as .txt or .docx"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"BZh", "a compressed file; unpack it first"),
    (b"\xfd7zXZ", "a compressed file; unpack it first"),
    (b"7z\xbc\xaf", "a compressed file; unpack it first"),
    (b"Rar!", "a compressed file; unpack it first"),
    (b"SQLite format 3", "a database; save its articles as .csv or .jsonl"),
)
# Streams of the old Office's compound files, by which they are told apart.
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted: it asks for a password. Save it without one and index it again"),
    ("WordDocument", "an old Word document; save it as .docx"),
    ("PowerPoint Document", "an old PowerPoint presentation; save it as .pptx"),
    ("Workbook", "an old Excel workbook; save its sheets as .csv"),
    ("__substg1.0_", "a message of Outlook; save it as .eml"),
)
# These are known by their first bytes or by nothing.
_BY_CONTENT = frozenset({".pdf", ".docx", ".pptx", ".odt", ".epub", ".rtf"})
_BY_NAME = frozenset({".txt", ".md", ".html", ".jsonl", ".json", ".csv", ".eml", ".mbox", ".mht"})
_PAGE_AT_ONCE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)", re.I)
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body)\b", re.I)
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.I)
_SOURCE_CODE = re.compile(rb"\s*(?:<\?php|<\?=|<%|#!)", re.I)
_MHTML = re.compile(rb"^content-type:\s*multipart/related", re.I | re.M)
# A message with pictures in its text is of the same type as a saved page; that one was sent to nobody.
_SENT = re.compile(rb"^(?:to|cc|received|return-path|delivered-to|message-id|x-mailer):", re.I | re.M)
_SAVED = re.compile(rb"^(?:snapshot-content-location:|from:\s*[\"<]*saved by)", re.I | re.M)
_MESSAGE = re.compile(rb"(?:[\w-]{2,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3,}")


def format_of(start: bytes, suffix: str) -> str:
    """The format (".pdf"; ".zip" and ".ole" for archives and compound files, which only the whole file tells).

    start: the file's first SNIFFED_BYTES. suffix: of its name, in small letters. Raises Unreadable for what is not
    read.
    """
    for signature, what in _SIGNATURES:
        if start.startswith(signature) and (what.startswith(".") or len(signature) > 2 or b"\0" in start):
            if what.startswith("."):
                return what
            raise Unreadable(f"not text: {what}")
    suffix = _SAME_AS.get(suffix, suffix)
    if suffix in _BY_CONTENT:
        raise Unreadable(f"called {suffix}, but it is not one. {SAVE_AGAIN}" if start.strip(BLANK) else EMPTY)
    if suffix in ("", ".txt") and _PAGE_AT_ONCE.match(start):
        return ".html"
    if suffix in ("", ".txt", ".html", ".eml") and _MESSAGE.match(start) and _MHTML.search(start):
        return ".eml" if _SENT.search(start) and not _SAVED.search(start) else ".mht"
    if suffix in _BY_NAME:
        return suffix
    if suffix == "":
        return ".mbox" if start.startswith(b"From ") and _MESSAGE.match(start.partition(b"\n")[2]) else ".txt"
    return _of_another_name(start, suffix)


def _of_another_name(start: bytes, suffix: str) -> str:
    """Pages that were saved under the name of the program that made them, and XML, by what they are."""
    if _PAGE.search(start):
        return ".html"
    if _FEED.search(start):
        return ".xml"
    if suffix == ".xml":
        raise Unreadable("XML of a kind that is not read; of XML, feeds (RSS, Atom) and XHTML pages are")
    if _SOURCE_CODE.match(start):
        raise Unreadable(f"the source of a program ({suffix}), not a saved page")
    raise Unreadable(f"a kind of file that is not read ({suffix}); these are: {FORMATS}")


def compound_file(data: bytes) -> str:
    """Why a compound file of the old Office is not read, and what to do."""
    for stream, why in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return why
    return "a file of an old Office program; save it as .docx or .pdf"
