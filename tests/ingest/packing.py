"""Books, texts, slides and mail, made for tests by hand: enough for a reader, no library needed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()


def epub(chapters: list[str], meta: str = "", extra: Mapping[str, str] | None = None) -> bytes:
    """chapters: what stands in the body of each, in the order of reading."""
    items = "".join(
        f'<item id="c{n}" href="text/c%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    nav = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    spine = '<itemref idref="nav"/>' + "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{meta}</metadata>'
        f"<manifest>{nav}{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    page = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/book.opf": package,
            "OEBPS/nav.xhtml": page.format("<nav><ol><li>Contents list</li></ol></nav>"),
            **{f"OEBPS/text/c {n}.xhtml": page.format(chapter) for n, chapter in enumerate(chapters)},
            **(extra or {}),
        }
    )


def odt(body: str, meta: str = "", manifest: str = "") -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
        for name, uri in {
            "office": "office", "text": "text", "table": "table", "draw": "drawing", "meta": "meta",
            "manifest": "manifest",
        }.items()
    )  # fmt: skip
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {spaces}><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
            "meta.xml": f'<office:document-meta {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<office:meta>{meta}</office:meta></office:document-meta>",
            "META-INF/manifest.xml": f"<manifest:manifest {spaces}>{manifest}</manifest:manifest>",
        }
    )


def pptx(slides: list[str], notes: Mapping[int, str] | None = None, title: str = "") -> bytes:
    """slides: the shapes of each, in the order in which they are shown, which is not that of their names."""
    spaces = (
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{OFFICE}"'
    )
    count = len(slides)

    def relations(*told: tuple[str, str, str]) -> str:
        inner = "".join(
            f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{to}"/>' for i, kind, to in told
        )
        return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'

    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(("r1", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{256 + n}" r:id="s{n}"/>' for n in range(count))
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"s{n}", "slide", f"slides/slide{count - n}.xml") for n in range(count))
        ),
        "docProps/core.xml": f'<c:core xmlns:c="x" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></c:core>',
    }
    for n, shapes in enumerate(slides):
        name = f"slide{count - n}.xml"
        parts[f"ppt/slides/{name}"] = (
            f"<p:sld {spaces}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
        if notes and n in notes:
            parts[f"ppt/slides/_rels/{name}.rels"] = relations(
                ("n", "notesSlide", f"../notesSlides/notes{n}.xml")
            )
            parts[f"ppt/notesSlides/notes{n}.xml"] = (
                f"<p:notes {spaces}><p:cSld><p:spTree>{notes[n]}</p:spTree></p:cSld></p:notes>"
            )
    return zipped(parts)


def shape(*paragraphs: str, holder: str = "") -> str:
    inner = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    place = f'<p:nvSpPr><p:nvPr><p:ph type="{holder}"/></p:nvPr></p:nvSpPr>' if holder else ""
    return f"<p:sp>{place}<p:txBody>{inner}</p:txBody></p:sp>"
