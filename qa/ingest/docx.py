"""A Word document -> its extracted text: paragraphs and table rows, one a line, as a reader sees them.

mammoth reads the whole body: tracked changes as accepted, content controls, notes, nested tables, deleted rows. It
is handed a package of nothing but text, prepared here: Strict Office Open XML in the names of the usual kind, text
boxes after the paragraph that they hang on, hidden text left out, and what mammoth passes over (fields, formulas,
directions, links that lead nowhere) as plain runs. Without the styles and pictures it takes a twentieth of the time.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

import mammoth
from lxml import etree, html

from qa.ingest import dates
from qa.ingest.decode import decode
from qa.ingest.document import Document, DocumentLine, Metadata, RowLine, Unreadable, marked
from qa.ingest.docx_lists import WORD, Lists, Marks, value
from qa.ingest.markup import seen
from qa.ingest.package import Package, target_of, xml_root
from qa.ingest.tables import Grid
from qa.ingest.titles import unless_left_behind

MAX_CHUNK_BYTES = 8 * 2**20  # of a page in it: as much as of a page alone
MAX_CELLS = 20_000  # merged tables repeat their cells

_NAMES = {
    "w": WORD,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
}
# ISO/IEC 29500 Strict names the same elements differently.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", WORD.encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", _NAMES["m"].encode()),
)
OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CORE = "docProps/core.xml"
_NO = frozenset({"0", "false", "off", "none"})
_HEADINGS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})

_CAPTION = (
    "Caption"  # the style that Word itself gives to captions, under which all like it are handed to mammoth
)
_STYLES = f"p.{_CAPTION} => p.caption:fresh"


def read_docx(path: str, data: bytes) -> Document:
    """Raises Unreadable where it is no Word document, or one that unpacks to too much."""
    package = Package(data, "a Word document")
    try:
        marks: Marks = {}
        # A paragraph of a list that was moved away is kept for its mark alone.
        blocks = [one for one in _blocks(_html(package, marks)) if one[0] or _mark(one[1]) not in marks]
    except RecursionError as error:
        raise Unreadable("its tables or boxes stand in one another too deeply to be read") from error
    except (KeyError, ValueError, IndexError, AttributeError, OSError) as error:
        raise Unreadable(f"broken as a Word document: {error}") from error
    raw = "\n\n".join(text for text, _ in blocks)
    if not raw.strip():
        raise Unreadable("no text in it")
    told = marked(
        blocks,
        caption=lambda paragraph: paragraph.get("class") == "caption",
        item=lambda paragraph: marks.get(_mark(paragraph) or ""),
    )
    return Document(path, raw, _metadata(package), **told._asdict())


def _metadata(package: Package) -> Metadata:
    core = package.optional_xml(_CORE)
    if core is None:
        return Metadata()
    title = " ".join((core.findtext("dc:title", "", _NAMES) or "").split())
    told = core.findtext("dcterms:created", "", _NAMES) or core.findtext("dcterms:modified", "", _NAMES)
    return Metadata(title=unless_left_behind(title) or None, created=dates.parsed(told) if told else None)


def _html(package: Package, marks: Marks) -> Any:
    """The root element of the page that mammoth makes of the document; `marks` of its lists are added."""
    main = _related(package, "_rels/.rels", "/officeDocument") or "word/document.xml"
    folder, _, name = main.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    own_styles = _related(package, relations, "/styles")
    numbering = _related(package, relations, "/numbering")
    styles = _styles(package, own_styles)
    lists = Lists(_optional_tree(package, numbering), _optional_tree(package, own_styles), marks)
    chunks = _chunks(package, relations)
    prepared = io.BytesIO()
    with zipfile.ZipFile(prepared, "w") as plain:
        plain.writestr("word/document.xml", _prepared(package, main, styles, lists, chunks))
        for notes in ("footnotes", "endnotes"):
            part = _related(package, relations, f"/{notes}")
            if part:
                plain.writestr(f"word/{notes}.xml", _prepared(package, part, styles, lists))
    prepared.seek(0)
    return html.fragment_fromstring(
        mammoth.convert_to_html(prepared, style_map=_STYLES).value, create_parent="div"
    )


def _related(package: Package, relations: str, kind: str) -> str | None:
    """The part of that kind which a part's relations name; None where none does, or it is not there."""
    root = package.optional_xml(relations)
    part = relations.replace("_rels/", "").removesuffix(".rels")
    for relation in root if root is not None else ():
        if (relation.get("Type") or "").endswith(kind) and relation.get("TargetMode") != "External":
            target = target_of(part, relation.get("Target") or "")
            if target in package:
                return target
    return None


def _tree(package: Package, part: str) -> Any:
    data = package.read(part)
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    return xml_root(data, f"broken as a Word document: {part}")


@dataclass(frozen=True, slots=True)
class Styles:
    """Ids of styles: of those whose text is not shown, and of captions."""

    hidden: frozenset[str] = frozenset()
    captions: frozenset[str] = frozenset()


def _optional_tree(package: Package, part: str | None) -> Any | None:
    try:
        return None if part is None else _tree(package, part)
    except Unreadable:
        return None


def _styles(package: Package, part: str | None) -> Styles:
    root = _optional_tree(package, part)
    if root is None:
        return Styles()
    hidden, captions = set[str](), {_CAPTION}
    for style in root.iterfind("w:style", _NAMES):
        number = style.get(f"{{{WORD}}}styleId") or ""
        if _is_on(style.find("w:rPr/w:vanish", _NAMES)):
            hidden.add(number)
        if "caption" in value(style, "w:name").casefold().split() or value(style, "w:basedOn") in captions:
            captions.add(number)
    return Styles(frozenset(hidden), frozenset(captions))


def _chunks(package: Package, relations: str) -> dict[str, list[str]]:
    """The lines of what stands in the document as a file of another kind, mostly a web page, by relation."""
    root = package.optional_xml(relations)
    part = relations.replace("_rels/", "").removesuffix(".rels")
    found: dict[str, list[str]] = {}
    for relation in root if root is not None else ():
        target = target_of(part, relation.get("Target") or "")
        if (relation.get("Type") or "").endswith("/aFChunk") and target in package:
            found[relation.get("Id") or ""] = _lines_of_chunk(package.read(target))
    return found


def _lines_of_chunk(data: bytes) -> list[str]:
    """None of what is neither text nor a page, or too large."""
    if data.startswith((b"PK", b"{\\rtf")) or len(data) > MAX_CHUNK_BYTES:
        return []
    label = None
    if data.lstrip()[:12].lower() == b"mime-version":
        body = message_from_bytes(data, policy=policy.default).get_body(("html", "plain"))
        payload = body.get_payload(decode=True) if body is not None else None
        label = body.get_content_charset() if body is not None else None
        data = payload if isinstance(payload, bytes) else b""
    try:
        return seen(decode(data, declared_in_markup=True, label=label)).split("\n")
    except Unreadable:
        return []


def _paragraph(text: str) -> Any:
    paragraph = etree.Element(f"{{{WORD}}}p")
    run = etree.SubElement(paragraph, f"{{{WORD}}}r")
    etree.SubElement(run, f"{{{WORD}}}t").text = _NO_XML.sub("", text)
    return paragraph


def _prepared(
    package: Package,
    part: str,
    styles: Styles,
    lists: Lists,
    chunks: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    root = _tree(package, part)
    for chunk in _all(root, "w:altChunk"):
        lines = (chunks or {}).get(chunk.get(f"{{{OFFICE_RELATIONS}}}id") or "", ())
        _replace(chunk, [_paragraph(line) for line in lines])
    for choice in _all(root, "mc:AlternateContent"):
        _replace(choice, _chosen(choice))
    # Boxes of one paragraph keep their order, inner ones come first.
    for box in reversed(_all(root, "w:txbxContent")):
        _after_its_paragraph(box)
    for formula in _all(root, "m:oMath"):
        text = "".join(formula.itertext(f"{{{_NAMES['m']}}}t"))
        run = etree.Element(f"{{{WORD}}}r")
        etree.SubElement(run, f"{{{WORD}}}t").text = text
        _replace(formula, [run])
    for ruby in _all(root, "w:ruby"):  # the reading stands over the word, not in it
        _replace(ruby, [node for run in ruby.iterfind("w:rubyBase/w:r", _NAMES) for node in run])
    for run in _all(root, "w:r"):
        if _is_hidden(run, styles.hidden):
            _replace(run, [])
    for style in _all(root, "w:pPr/w:pStyle"):
        if style.get(f"{{{WORD}}}val") in styles.captions:
            style.set(f"{{{WORD}}}val", _CAPTION)
    for wrapper in ("w:fldSimple", "w:bdo", "w:dir", "w:hyperlink", "m:oMathPara"):
        for element in _all(root, wrapper):
            _replace(element, list(element))
    for picture in (*_all(root, "w:drawing"), *_all(root, "w:pict"), *_all(root, "w:object")):
        _replace(picture, [])
    lists.mark(root)
    prepared: bytes = etree.tostring(root)
    return prepared


def _all(root: Any, name: str) -> list[Any]:
    return list(root.iterfind(f".//{name}", _NAMES))


def _replace(element: Any, content: list[Any]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    parent[at : at + 1] = content


def _chosen(alternatives: Any) -> list[Any]:
    """The same content for newer and older programs: the first of them that holds text."""
    options = [*alternatives.iterfind("mc:Choice", _NAMES), *alternatives.iterfind("mc:Fallback", _NAMES)]
    return next((list(one) for one in options if one.find(".//w:t", _NAMES) is not None), [])


def _after_its_paragraph(box: Any) -> None:
    paragraph = next(box.iterancestors(f"{{{WORD}}}p"), None)
    if paragraph is not None:
        for block in reversed(list(box)):
            paragraph.addnext(block)


def _is_hidden(run: Any, hidden: frozenset[str]) -> bool:
    told = run.find("w:rPr/w:vanish", _NAMES)
    if told is not None:
        return _is_on(told)
    style = run.find("w:rPr/w:rStyle", _NAMES)
    paragraph = run.find("../w:pPr/w:pStyle", _NAMES)
    return any(one is not None and one.get(f"{{{WORD}}}val") in hidden for one in (style, paragraph))


def _is_on(toggle: Any | None) -> bool:
    return toggle is not None and toggle.get(f"{{{WORD}}}val") not in _NO


def _blocks(page: Any) -> Iterator[DocumentLine]:
    cells = 0
    for row_of_page in page.iter("tr"):
        cells += len(row_of_page)
        if cells > MAX_CELLS:
            raise Unreadable(f"tables of more than {MAX_CELLS:,} cells: not an article")
    yield from _inside(page)


def _inside(element: Any, grid: Grid | None = None) -> Iterator[DocumentLine]:
    """grid: of the table that it is a part of."""
    for child in element:
        if child.tag in _HEADINGS:
            yield _text(child), child
        elif child.tag == "tr" and grid is not None:
            yield from _row(child, grid)
        else:
            yield from _inside(child, Grid() if child.tag == "table" else grid)


def _row(row: Any, grid: Grid) -> Iterator[DocumentLine]:
    """A row's cells in one line; the rows of tables in it follow in lines of their own."""
    grid.next_row()
    cells = [
        (
            " ".join(" ".join(_text(part) for part in _own_paragraphs(cell)).split()),
            grid.place(int(cell.get("colspan", 1)), int(cell.get("rowspan", 1))),
        )
        for cell in row
    ]
    line = RowLine(grid, tuple(cells), row.getparent().tag == "thead")
    yield line.text, line
    for table in row.iterfind(".//table"):
        if next(table.iterancestors("tr")) is row:
            yield from _inside(table, Grid())


def _own_paragraphs(cell: Any) -> Iterator[Any]:
    for part in cell.iter(*_HEADINGS):
        if next(part.iterancestors("td", "th")) is cell:
            yield part


def _mark(paragraph: Any) -> str | None:
    """The name by which it is known in a list."""
    anchors = [] if isinstance(paragraph, RowLine) else paragraph.findall("a")
    return next((anchor.get("id") for anchor in anchors if anchor.get("id")), None)


def _text(paragraph: Any) -> str:
    """A paragraph's text, without the arrows with which mammoth leads back from notes."""
    parts: list[str] = []
    for event, element in etree.iterwalk(paragraph, events=("start", "end")):
        back = element.tag == "a" and (element.get("href") or "").startswith(
            ("#footnote-ref", "#endnote-ref")
        )
        if event == "start":
            parts.append("\n" if element.tag == "br" else "" if back else element.text or "")
        elif element is not paragraph:
            parts.append(element.tail or "")
    return "".join(parts)
