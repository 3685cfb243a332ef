"""A zip archive of parts (Word, EPUB, OpenDocument and their like), opened so that no bomb in it goes off.

An archive declares what each part unpacks to, and zipfile never unpacks more than is declared; XML is parsed
without its entities and without a network.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from lxml import etree

from qa.ingest.document import Unreadable
from qa.ingest.sniff import SAVE_AGAIN

MAX_UNPACKED_BYTES = 64 * 2**20  # pictures and all; text beyond this is no article
MAX_XML_BYTES = 16 * 2**20  # an XML tree takes about ten times its text in memory
MAX_PARTS = 5_000

_MIMETYPES = {
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.text-template": ".odt",
}
_PARTS = (
    ("word/", ".docx"),
    ("ppt/", ".pptx"),
    ("xl/", "an Excel workbook; save its sheets as .csv"),
    ("META-INF/container.xml", ".epub"),
    ("Index/Document.iwa", "a document of Apple's Pages, Numbers or Keynote; export it as .docx or .pdf"),
    ("AndroidManifest.xml", "an Android program"),
    ("META-INF/MANIFEST.MF", "a Java program"),
    ("visio/", "a Visio drawing; export it as .pdf"),
)


class Package:
    """names: the parts, directories aside."""

    def __init__(self, data: bytes, what: str) -> None:
        """what: what its owner calls it ("a Word document"). Raises Unreadable where it is broken or too large."""
        self.what = what
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            self._parts = {part.filename: part for part in self._archive.infolist() if not part.is_dir()}
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise Unreadable(f"broken as {what}: {error}. {SAVE_AGAIN}") from error
        parts = self._parts.values()
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("encrypted: it asks for a password. Save it without one and index it again")
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise Unreadable(
                f"it unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB or {MAX_PARTS:,} parts"
            )

    @property
    def names(self) -> list[str]:
        return list(self._parts)

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def read(self, name: str) -> bytes:
        """A part. Raises Unreadable where it is missing, damaged or unpacks to too much."""
        part = self._parts.get(name)
        if part is None:
            raise Unreadable(f"broken as {self.what}: it has no part {name!r}")
        if part.file_size > MAX_XML_BYTES:
            raise Unreadable(f"a part of it unpacks to more than {MAX_XML_BYTES // 2**20} MiB")
        try:
            return self._archive.read(part)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, zlib.error, EOFError, OSError) as error:
            raise Unreadable(f"broken as {self.what}: {name}: {error}") from error

    def xml(self, name: str) -> Any:
        """The root element of an XML part. Raises Unreadable as `read` does, and where it is no XML."""
        return xml_root(self.read(name), f"broken as {self.what}: {name}")

    def optional_xml(self, name: str | None) -> Any | None:
        """The root element of a part; None where there is none, or none that can be read."""
        try:
            return self.xml(name) if name is not None and name in self else None
        except Unreadable:
            return None


def xml_root(data: bytes, where: str) -> Any:
    """The root of an XML document, its entities left unresolved. Raises Unreadable, which names `where`."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"{where}: {error}") from error
    if next(root.iter(etree.Entity), None) is not None:
        raise Unreadable(f"{where}: it defines entities of its own, which are not read")
    return root


def target_of(part: str, reference: str) -> str:
    """The name of the part that `part` refers to."""
    path = unquote(reference.partition("#")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), path)).lstrip("/")


def format_of_package(data: bytes) -> str:
    """The format of a zip archive (".docx"). Raises Unreadable, naming what it is, where none that is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            declared = archive.read("mimetype")[:100].strip() if "mimetype" in names[:MAX_PARTS] else b""
    except (zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError, zlib.error, OSError) as error:
        why = f"a broken archive (Word, EPUB or another kind of zip file): {error}"
        raise Unreadable(f"{why}. {SAVE_AGAIN}") from error
    if declared in _MIMETYPES:
        return _MIMETYPES[declared]
    if declared.startswith(b"application/vnd.oasis.opendocument"):
        kind = declared.decode("ascii", "replace").rpartition(".")[2]
        raise Unreadable(f"an OpenDocument {kind}, not a text; save it as .odt, .pdf or .csv")
    for start, what in _PARTS:
        if any(name.startswith(start) for name in names):
            if what.startswith("."):
                return what
            raise Unreadable(what)
    raise Unreadable("a zip archive; unpack it and index the files in it")
