"""Whether a stream of a PDF unpacks to more than any text: PDFium would unpack it whole, and take its size in memory.

Streams of pictures are passed over, as no text is read of them; so are encrypted ones, which cannot be told.
"""

from __future__ import annotations

import re
import zlib

from qa.ingest.document import Unreadable

MAX_STREAM_BYTES = 128 * 2**20  # a page of dense text draws itself in some hundred kilobytes
DICTIONARY_BYTES = 1_000  # in which a stream's dictionary stands before it
STEP_BYTES = 2**20

_STREAM = re.compile(rb"\bstream\r?\n")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_TWICE = re.compile(rb"/(?:FlateDecode|Fl|LZWDecode|LZW)\s*/(?:FlateDecode|Fl|LZWDecode|LZW)\b")


def check_streams(data: bytes) -> None:
    """Raises Unreadable for a file with such a stream."""
    view = memoryview(data)
    for found in _STREAM.finditer(data):
        told = data[max(found.start() - DICTIONARY_BYTES, 0) : found.start()].rpartition(b" obj")[2]
        if _TWICE.search(told):
            raise Unreadable("a stream of it is compressed twice, as no program does it")
        if not _PICTURE.search(told) and _unpacks_to_too_much(view[found.end() :]):
            raise Unreadable(f"a stream of it unpacks to more than {MAX_STREAM_BYTES // 2**20} MiB")


def _unpacks_to_too_much(stream: memoryview) -> bool:
    unpacker, size, at = zlib.decompressobj(), 0, 0
    pending = b""
    try:
        while not unpacker.eof and size <= MAX_STREAM_BYTES:
            if not pending:
                pending = bytes(stream[at : at + STEP_BYTES // 16])
                at += len(pending)
                if not pending:
                    break
            size += len(unpacker.decompress(pending, STEP_BYTES))
            pending = unpacker.unconsumed_tail
    except zlib.error:  # no deflated stream, or one that breaks off
        pass
    return size > MAX_STREAM_BYTES
