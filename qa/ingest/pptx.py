"""A PowerPoint presentation -> its extracted text, a page a slide: paragraphs and table rows, then its diagrams and
the speaker's notes.

Numbers of slides, dates and footers that the program fills in are left out. (ISO/IEC 29500-1, PresentationML.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa.ingest import dates
from qa.ingest.document import Document, DocumentLine, Metadata, RowLine, Unreadable, marked
from qa.ingest.package import Package, target_of
from qa.ingest.titles import own_title

MAX_SLIDES = 2_000

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_STRICT_DRAWING = "{http://purl.oclc.org/ooxml/drawingml/main}"
_FILLED_IN = frozenset({"sldNum", "dt", "ftr", "hdr"})
_CORE = "docProps/core.xml"


def read_pptx(path: str, data: bytes) -> Document:
    """Raises Unreadable where it is no presentation, or one that unpacks to too much."""
    package = Package(data, "a PowerPoint presentation")
    main = _targets(package, "_rels/.rels", "/officeDocument")
    if not main:
        raise Unreadable("broken as a PowerPoint presentation: it names no main part")
    slides = list(_slides(package, main[0]))
    if len(slides) > MAX_SLIDES:
        raise Unreadable(f"{len(slides):,} slides, more than the {MAX_SLIDES:,} that are read. Split it")
    pieces, starts, lines, at = [], [], list[DocumentLine](), 0
    for slide in slides:
        of_slide = list(_slide(package, slide))
        piece = "".join(f"{text}\n\n" for text, _ in of_slide)
        starts.append(at)
        pieces.append(piece)
        lines += of_slide
        at += len(piece)
    raw = "".join(pieces)
    if not raw.strip():
        raise Unreadable("no text in it: perhaps slides of pictures")
    meta = _metadata(package, pieces[0])
    return Document(path, raw, meta, page_starts=tuple(starts), tables=marked(lines).tables)


def _slides(package: Package, main: str) -> Iterator[str]:
    """The parts of the slides, in the order in which they are shown."""
    of = dict(_relations(package, main))
    for slide in package.xml(main).iter("{*}sldId"):
        told = next((value for name, value in slide.attrib.items() if name.endswith("}id")), "")
        if (kind_and_part := of.get(told)) and kind_and_part[1] in package:
            yield kind_and_part[1]


def _relations(package: Package, part: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """(id, (kind, part)) of what a part refers to."""
    folder, _, name = part.rpartition("/")
    root = package.optional_xml(f"{folder}/_rels/{name}.rels".lstrip("/"))
    for relation in root if root is not None else ():
        if relation.get("TargetMode") != "External":
            target = target_of(part, relation.get("Target") or "")
            yield relation.get("Id") or "", (relation.get("Type") or "", target)


def _targets(package: Package, relations: str, kind: str) -> list[str]:
    root = package.optional_xml(relations)
    return [
        target_of("", relation.get("Target") or "")
        for relation in (root if root is not None else ())
        if (relation.get("Type") or "").endswith(kind)
    ]


def _slide(package: Package, slide: str) -> Iterator[DocumentLine]:
    yield from _lines(package.xml(slide))
    beside = [kind_and_part for _, kind_and_part in _relations(package, slide)]
    for kept in ("/diagramData", "/notesSlide"):
        for kind, part in beside:
            if kind.endswith(kept) and part in package:
                yield from _lines(package.xml(part))


def _lines(element: Any) -> Iterator[DocumentLine]:
    """A slide's paragraphs and rows; libxml2 lets no document be deep enough to be too deep for this."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        space, _, name = child.tag.rpartition("}")
        drawn = f"{space}}}" in (_DRAWING, _STRICT_DRAWING)
        if name == "Fallback" or (name == "sp" and _is_filled_in(child)):
            continue
        if name == "p" and drawn:
            text = _paragraph(child)
            if text.strip():
                yield text, None
        elif name == "tr" and drawn:
            texts = (" ".join(" ".join(text for text, _ in _lines(cell)).split()) for cell in child)
            line = RowLine(child.getparent(), tuple((text, column) for column, text in enumerate(texts)))
            yield line.text, line
        else:
            yield from _lines(child)


def _is_filled_in(shape: Any) -> bool:
    holder = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return holder is not None and holder.get("type") in _FILLED_IN


def _paragraph(paragraph: Any) -> str:
    parts: list[str] = []
    for part in paragraph.iter("{*}t", "{*}br"):
        parts.append("\n" if part.tag.endswith("}br") else part.text or "")
    return "".join(parts)


def _metadata(package: Package, first: str) -> Metadata:
    core = package.optional_xml(_CORE)
    if core is None:
        return Metadata()
    made = core.findtext("{http://purl.org/dc/terms/}created")
    title = " ".join((core.findtext("{http://purl.org/dc/elements/1.1/}title") or "").split())
    return Metadata(title=own_title(title, first), created=dates.parsed(made) if made else None)
