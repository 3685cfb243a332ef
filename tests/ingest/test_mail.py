"""Messages, mailboxes and pages saved as messages."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from ingest.reading import message, read

from qa.ingest.document import Document
from qa.ingest.mail import read_mail


def test_a_message() -> None:
    mail = message()
    mail.set_content("The ring is 4 km wide.\n\nThe team found it.\n")
    mail.add_alternative("<p>The ring is 4 km wide.</p><p>The team found it.</p>", subtype="html")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="ring.pdf")
    document = read_mail("a.eml", mail.as_bytes())
    assert document.raw == "The ring is 4 km wide.\n\nThe team found it."
    assert (document.meta.title, document.meta.published, document.meta.source) == (
        "A second ring", date(2022, 10, 3), "Ilse Nørgård",
    )  # fmt: skip
    assert document.warnings == ("attached, not read: ring.pdf. Save what is to be indexed beside it",)


def test_a_message_in_html_and_one_that_is_forwarded() -> None:
    inner, outer = message(Subject="Inner"), message()
    inner.set_content(
        "<p>The ring is <b>wide</b>.</p><script>x</script>", subtype="html", charset="iso-8859-1"
    )
    outer.set_content("See below.")
    outer.add_attachment(inner)
    assert read_mail("a.eml", outer.as_bytes()).raw == "See below.\n\nThe ring is wide."


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_mailbox(tmp_path: Path, end: bytes) -> None:
    first, second = message(Subject="One"), message(Subject="Two")
    first.set_content("The first.\n\n>From the harbour it came.\nFrom here on no new message.\n")
    second.set_content("The second.\n")
    box = b"\n".join(b"From a@b Mon Oct  3 09:15:00 2022\n" + mail.as_bytes() for mail in (first, second))
    documents = read(tmp_path, "a.mbox", box.replace(b"\n", end))
    assert [found.path for found in documents] == ["a.mbox#1", "a.mbox#2"]
    assert isinstance(documents[0], Document)
    assert "From the harbour it came." in documents[0].raw and "no new message" in documents[0].raw


def test_a_page_saved_with_its_pictures_in_one_file(tmp_path: Path) -> None:
    said = "Der Stausee fasst dreißig Millionen Liter Wasser, sagt die Stadt."
    text = f"<html><body><h1>Reservoir</h1><p>{said}</p></body></html>"
    mail = EmailMessage()
    mail["Snapshot-Content-Location"] = "https://x.example/see"
    mail["Subject"] = "Reservoir"
    mail.set_content(text, subtype="html", charset="iso-8859-1")
    mail.make_related()
    mail.add_related(b"\x89PNG", "image", "png")
    for name in ("a.mhtml", "a.html"):
        (document,) = read(tmp_path, name, mail.as_bytes())
        assert isinstance(document, Document)
        assert "dreißig Millionen" in document.raw and document.meta.url == "https://x.example/see"


def test_a_message_whose_plain_text_only_points_to_its_page() -> None:
    told = "The council voted on Monday to close the upper bridge for eleven weeks while its cables are replaced."
    stub, whole = message(), message()
    stub.set_content("Your program does not show HTML.")
    stub.add_alternative(
        f"<p>{told}</p><p>Buses take the road over Fell, which adds nine minutes.</p>", subtype="html"
    )
    whole.set_content(f"{told} Said plainly.")
    whole.add_alternative(f"<p>{told}</p><p>Said on a page.</p>", subtype="html")
    assert read_mail("a.eml", stub.as_bytes()).raw.startswith(told)
    assert read_mail("a.eml", whole.as_bytes()).raw == f"{told} Said plainly."


def test_no_part_of_a_message_goes_without_a_word() -> None:
    mail = message()
    mail.set_content("See below.")
    mail.add_attachment("# Minutes", subtype="markdown", disposition="inline")
    mail.add_attachment("BEGIN:VCALENDAR", subtype="calendar", disposition="inline")
    document = read_mail("a.eml", mail.as_bytes())
    assert document.raw == "See below.\n\n# Minutes" and "text/calendar" in document.warnings[0]


def test_a_saved_page_of_frames_is_the_frame_with_the_text(tmp_path: Path) -> None:
    told = "The council voted on Monday to close the upper bridge for eleven weeks while its cables are replaced."
    pages = (
        "<html><frameset><frame src=a><frame src=b></frameset></html>",
        "<html><body><a href=x>Menu</a></body></html>",
        f"<html><body><h1>Bridge</h1><p>{told}</p></body></html>",
    )
    parts = "".join(f"--x\r\nContent-Type: text/html\r\n\r\n{one}\r\n" for one in pages)
    head = "From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    (document,) = read(tmp_path, "a.mht", f"{head}{parts}--x--\r\n".encode())
    assert isinstance(document, Document) and told in document.raw
