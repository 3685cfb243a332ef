"""Word documents: every place in which Word keeps text, and what it does not show."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from ingest.making import docx_of

from qa.ingest.document import Unreadable
from qa.ingest.docx import read_docx

NS = {
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
}


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*content: str) -> str:
    return f"<w:p>{''.join(content)}</w:p>"


def lines(body: str) -> list[str]:
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in NS.items())
    raw = read_docx("a.docx", docx_of(f"<w:customXml {spaces}>{body}</w:customXml>")).raw
    return [line for line in raw.split("\n") if line]


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The package with each part's bytes put through `change(name, bytes)`; None leaves a part out."""
    source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in source.namelist():
            part = change(name, source.read(name))
            if part is not None:
                package.writestr(name, part)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (
            run("costs ")
            + "<w:del><w:r><w:delText>3</w:delText></w:r></w:del><w:ins>"
            + run("4")
            + "</w:ins>",
            "costs 4",
        ),
        ("<w:moveFrom>" + run("gone") + "</w:moveFrom><w:moveTo>" + run("here") + "</w:moveTo>", "here"),
        ("<w:sdt><w:sdtContent>" + run("control") + "</w:sdtContent></w:sdt>", "control"),
        ("<w:smartTag>" + run("Nordmark") + "</w:smartTag>" + run(" law"), "Nordmark law"),
        ('<w:fldSimple w:instr=" DATE ">' + run("14 May 2021") + "</w:fldSimple>", "14 May 2021"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            + run("7")
            + '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            "7",
        ),
        ('<w:hyperlink r:id="rId99">' + run("a link to nowhere") + "</w:hyperlink>", "a link to nowhere"),
        ("<w:bdo>" + run("right") + "</w:bdo><w:dir>" + run(" left") + "</w:dir>", "right left"),
        ("<m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath>", "a=b"),
        (
            "<w:r><w:ruby><w:rt>"
            + run("しま")
            + "</w:rt><w:rubyBase>"
            + run("島")
            + "</w:rubyBase></w:ruby></w:r>",
            "島",
        ),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t></w:r>", "a\tb\u2011c"),
        (run("shown") + run("secret", "<w:vanish/>"), "shown"),
        (run("shown ") + run("as well", '<w:vanish w:val="0"/>'), "shown as well"),
    ],
)
def test_what_a_paragraph_shows(content: str, read: str) -> None:
    assert lines(para(content)) == [read]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    joined = para("<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>", run("One ")) + para(run("two."))
    assert lines(joined) == ["One two."]


def text_box(text: str) -> str:
    content = f"<w:txbxContent>{para(run(text))}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{content}</wps:txbx>'
        "</wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>"
        f"{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def test_a_text_box_comes_once_after_its_paragraph() -> None:
    body = para(
        text_box("The fee is six crowns."), text_box("Dogs stay out."), run("The gate opens at nine.")
    )
    assert lines(body) == ["The gate opens at nine.", "The fee is six crowns.", "Dogs stay out."]


def test_a_text_box_that_only_the_fallback_holds() -> None:
    choice = '<mc:Choice Requires="wpg"><w:drawing/></mc:Choice>'
    box = f"<v:textbox><w:txbxContent>{para(run('In the box.'))}</w:txbxContent></v:textbox>"
    fallback = f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    body = para(f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>", run("Outside."))
    assert lines(body) == ["Outside.", "In the box."]


def cell(*content: str) -> str:
    return f"<w:tc>{''.join(content)}</w:tc>"


def test_tables_in_tables_and_deleted_rows() -> None:
    inner = "<w:tbl>" + "".join(
        f"<w:tr>{cell(para(run(stop)))}{cell(para(run(time)))}</w:tr>"
        for stop, time in (("Old dairy", "07:12"), ("Church hill", "07:25"))
    ) + "</w:tbl>"  # fmt: skip
    deleted = f"<w:tr><w:trPr><w:del/></w:trPr>{cell(para(run('gone')))}</w:tr>"
    outer = f"<w:tbl>{deleted}<w:tr>{cell(para(run('Stops')), inner, para())}{cell(para(run('Line 4')))}</w:tr></w:tbl>"
    assert lines(outer) == ["Stops \tLine 4", "Old dairy \t07:12", "Church hill \t07:25"]


def test_text_of_a_hidden_style_is_left_out() -> None:
    def with_style(name: str, part: bytes) -> bytes:
        style = (
            b'<w:style w:type="character" w:styleId="Unseen"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
        )
        return part.replace(b"</w:styles>", style) if name == "word/styles.xml" else part

    body = para(run("Seen."), run("Not seen.", '<w:rStyle w:val="Unseen"/>'))
    assert read_docx("a.docx", repacked(docx_of(body), with_style)).raw == "Seen."


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_notes_follow_the_text(kind: str) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = para(run("The mill was built in 1712."), f'<w:r><w:{kind}Reference w:id="2"/></w:r>')
    notes = f'<w:{kind}s xmlns:w="{word}"><w:{kind} w:id="2">{para(run("By Cornelis Bakker."))}</w:{kind}></w:{kind}s>'

    def with_notes(name: str, part: bytes) -> bytes:
        relation = (
            f'<Relationship Id="rId77" Type="http://x/relationships/{kind}s" Target="/word/{kind}s.xml"/>'
        )
        return (
            part.replace(b"</Relationships>", relation.encode() + b"</Relationships>")
            if "document.xml.rels" in name
            else part
        )

    data = io.BytesIO(repacked(docx_of(body), with_notes))
    with zipfile.ZipFile(data, "a") as package:
        package.writestr(f"word/{kind}s.xml", notes)
    raw = read_docx("a.docx", data.getvalue()).raw
    text, note = raw.split("\n\n")
    assert (text, note.strip()) == ("The mill was built in 1712.[1]", "By Cornelis Bakker.")


def test_strict_office_open_xml() -> None:
    def strict(name: str, part: bytes) -> bytes:
        for usual, strict_name in (
            (b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", b"http://purl.oclc.org/ooxml/wordprocessingml/main"),
            (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
        ):  # fmt: skip
            part = part.replace(usual, strict_name)
        return part

    assert read_docx("a.docx", repacked(docx_of(para(run("A letter."))), strict)).raw == "A letter."


def test_relations_that_lead_to_nothing() -> None:
    def dangling(name: str, part: bytes) -> bytes | None:
        if name == "word/_rels/document.xml.rels":
            image = (
                b'<Relationship Id="rId9" Type="http://x/relationships/image" Target="NULL"/></Relationships>'
            )
            return part.replace(b"</Relationships>", image)
        return None if name == "word/styles.xml" else part

    assert read_docx("a.docx", repacked(docx_of(para(run("A letter."))), dangling)).raw == "A letter."


def test_the_main_part_may_have_another_name() -> None:
    def renamed(name: str, part: bytes) -> bytes:
        return part.replace(b"word/document.xml", b"word/document2.xml") if name == "_rels/.rels" else part

    source, buffer = (
        zipfile.ZipFile(io.BytesIO(repacked(docx_of(para(run("A letter."))), renamed))),
        io.BytesIO(),
    )
    with zipfile.ZipFile(buffer, "w") as package:
        for name in source.namelist():
            package.writestr(name.replace("word/document.xml", "word/document2.xml"), source.read(name))
    assert read_docx("a.docx", buffer.getvalue()).raw == "A letter."


def test_what_the_document_says_of_itself() -> None:
    def told(name: str, part: bytes) -> bytes:
        return re.sub(rb"<dc:title\s*/>|<dc:title></dc:title>", b"<dc:title>The   letter</dc:title>", part)

    meta = read_docx("a.docx", repacked(docx_of(para(run("A letter."))), told)).meta
    assert (meta.title, meta.created) == ("The letter", date(2013, 12, 23))


def test_a_document_without_its_main_part() -> None:
    def gone(name: str, part: bytes) -> bytes | None:
        return None if name == "word/document.xml" else part

    with pytest.raises(Unreadable, match=r"word/document\.xml"):
        read_docx("a.docx", repacked(docx_of(""), gone))


def test_tables_nested_past_all_reason() -> None:
    for times in (80, 400):  # under and over what the parser of XML allows
        deep = "<w:tbl><w:tr><w:tc>" * times + para(run("x")) + "</w:tc></w:tr></w:tbl>" * times
        with pytest.raises(Unreadable, match=r"deep|depth"):
            read_docx("a.docx", docx_of(deep))


@pytest.mark.parametrize(
    ("chunk", "told"),
    [
        (
            b"<html><body><p>Berths &amp; quays.</p><p>Nets dry.</p></body></html>",
            ["Berths & quays.", "Nets dry."],
        ),
        (
            b"MIME-Version: 1.0\nContent-Type: text/html; charset=x-unknown\n"
            b"Content-Transfer-Encoding: quoted-printable\n\n<p>Berths =C3=A9t=C3=A9.</p>",
            ["Berths été."],
        ),
        (b"PK\x03\x04", []),
        (bytes(range(256)), []),
        (b"MIME-Version: 1.0\n\n", []),
    ],
)
def test_pages_put_into_the_package_are_text(chunk: bytes, told: list[str]) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    body = f'<w:altChunk xmlns:r="{office}" r:id="chunk"/>{para(run("It ends."))}'
    relation = f'<Relationship Id="chunk" Type="{office}/aFChunk" Target="/word/a.mht"/></Relationships>'

    def add(name: str, part: bytes) -> bytes:
        return part.replace(b"</Relationships>", relation.encode()) if "document.xml.rels" in name else part

    buffer = io.BytesIO(repacked(docx_of(body), add))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("word/a.mht", chunk)
    raw = read_docx("a.docx", buffer.getvalue()).raw
    assert [line for line in raw.split("\n") if line] == [*told, "It ends."]
