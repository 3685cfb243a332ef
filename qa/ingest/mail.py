"""Mail and saved pages in its form (.eml, .mbox, .mht) -> articles.

A message is one article: its subject is the title, its date the article's, its raw text what the message shows.
Messages of a mailbox are called by the file's name with "#" and their number. Attached files are not read; they are
named in a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from email import errors, policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

from qa.ingest import dates
from qa.ingest.decode import decode
from qa.ingest.document import Document, Metadata, Unreadable, web_address
from qa.ingest.html import read_html
from qa.ingest.markup import Seen, moved, seen_whole
from qa.ingest.tables import further
from qa.ingest.votes import letters
from qa.records import ListItem, Rejected, Table

MAX_MESSAGES = 100_000
MAX_FRAMES = 20  # pages in a saved page that are looked into; advertisements are pages too
NAMES_SHOWN = 5  # of attached files
# Of the letters that the page of a message shows: plain text with less beside it says "see the page" and little else.
STUB_SHARE = 0.25

_READ = frozenset({"text/plain", "text/html", "text/markdown"})
_POSTMARK = re.compile(rb"^From [^\r\n]*\r?\n", re.M)
_QUOTED_POSTMARK = re.compile(rb"^>(>*From )", re.M)


def read_mail(path: str, data: bytes) -> Document:
    """Raises Unreadable where the message shows no text."""
    message = _parsed(data)
    shown, warnings = _shown(message)
    if not shown.text.strip():
        raise Unreadable("; ".join(("no text in the message", *warnings)))
    return replace(shown.document(path, _metadata(message)), warnings=warnings)


def read_mailbox(path: str, data: bytes) -> Iterator[Document | Rejected]:
    """A message for every line "From ..." that stands after an empty one (mboxrd)."""
    marks = [
        found for found in _POSTMARK.finditer(data) if found.start() == 0 or _after_blank(data, found.start())
    ]
    if len(marks) > MAX_MESSAGES:
        raise Unreadable(f"more than {MAX_MESSAGES:,} messages. Split it")
    ends = [mark.start() for mark in marks[1:]] + [len(data)]
    if not marks:
        raise Unreadable("no message in it")
    for number, (mark, end) in enumerate(zip(marks, ends, strict=True), start=1):
        message = _QUOTED_POSTMARK.sub(rb"\1", data[mark.end() : end])
        try:
            yield read_mail(f"{path}#{number}", message)
        except Unreadable as error:
            yield Rejected(f"{path}#{number}", str(error))


def read_mhtml(path: str, data: bytes, *, today: date) -> Document:
    """A page saved as one file. Raises Unreadable where it holds no page, or one that shows no text."""
    message = _parsed(data)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        raise Unreadable("no page in it")
    page, document = _shown_page(path, pages, today)
    address = web_address(str(message.get("Snapshot-Content-Location") or page.get("Content-Location") or ""))
    meta = document.meta
    return replace(
        document,
        in_file=None,
        meta=replace(meta, url=meta.url or address, created=meta.created or _date(message)),
    )


def _shown_page(path: str, pages: Sequence[EmailMessage], today: date) -> tuple[EmailMessage, Document]:
    """The page that was saved, or where that shows no text, as one of frames, the page in it that shows the most."""
    read: list[tuple[EmailMessage, Document]] = []
    failed: Unreadable | None = None
    for page in pages[:MAX_FRAMES]:
        try:
            source = decode(_bytes(page), declared_in_markup=True, label=page.get_content_charset())
            read.append((page, read_html(path, f"\ufeff{source}".encode("utf-8", "replace"), today=today)))
        except Unreadable as error:
            failed = failed or error
        if read and not failed:
            break
    if failed and not read:
        raise failed
    return max(read, key=lambda one: len(one[1].raw) - sum(end - start for start, end in one[1].removed))


def _parsed(data: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(data)


def _after_blank(data: bytes, at: int) -> bool:
    return data.endswith((b"\n\n", b"\n\r\n"), max(at - 3, 0), at)


def _shown(message: EmailMessage) -> tuple[Seen, tuple[str, ...]]:
    """The text of a message, forwarded ones included, and a warning that names what is attached."""
    texts: list[str] = []
    items: list[ListItem] = []
    tables: list[Table] = []
    attached: list[str] = []
    alternatives: set[int] = set()
    for part in message.walk():
        if id(part) in alternatives:
            continue
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            alternatives |= _passed_over(part)
        elif part.is_multipart():
            continue
        elif part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            attached.append(part.get_filename() or kind)
        elif kind in _READ:
            told = _text(part)
            if told.text:
                at = sum(len(text) + 2 for text in texts)
                items += moved(told.items, at)
                tables += further(told.tables, at)
                texts.append(told.text)
        else:
            attached.append(kind)
    shown = ", ".join(attached[:NAMES_SHOWN]) + (", …" if len(attached) > NAMES_SHOWN else "")
    warnings = (f"attached, not read: {shown}. Save what is to be indexed beside it",) if attached else ()
    return Seen("\n\n".join(texts), items=tuple(items), tables=tuple(tables)), warnings


def _passed_over(alternative: EmailMessage) -> set[int]:
    """All that says the same again: plain text is read where it says as much, else the page."""
    parts = list(alternative.iter_parts())
    plain = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    page = next((part for part in alternative.walk() if part.get_content_type() == "text/html"), None)
    chosen = plain or (parts[-1] if parts else None)
    if plain and page and len(letters(_text(plain).text)) < STUB_SHARE * len(letters(_text(page).text)):
        chosen = next(part for part in parts if any(inner is page for inner in part.walk()))
    return {id(inner) for part in parts if part is not chosen for inner in part.walk()}


def _text(part: MIMEPart) -> Seen:
    data = _bytes(part)
    text = decode(data, label=part.get_content_charset()) if data else ""
    if part.get_content_type() != "text/html":
        return Seen(text.strip())
    shown = seen_whole(text)
    return shown if shown.items or shown.tables else Seen(shown.text.strip())


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _metadata(message: EmailMessage) -> Metadata:
    return Metadata(title=_header(message, "Subject"), published=_date(message), source=_sender(message))


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        return " ".join(str(message.get(name) or "").split()) or None
    except (errors.MessageError, ValueError, IndexError, AttributeError):  # headers that are none
        return None


def _date(message: EmailMessage) -> date | None:
    told = _header(message, "Date")
    return dates.parsed(told) if told else None


def _sender(message: EmailMessage) -> str | None:
    told = _header(message, "From")
    return re.sub(r"\s*<[^<>]*>\s*$", "", told).strip("\"' ") or told if told else None
