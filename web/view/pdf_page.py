"""Run by itself: a page of a PDF as a picture, and where each of its characters stands. PDFium is fast, and made of
code that reads strangers' files: here it has a process, a time and a memory of its own.

python pdf_page.py FILE NUMBER WIDTH -> one line of JSON {"pages", "width", "height", "scale", "chars"}, and the PNG
after it; scale: pixels to a point, 1/72 inch; chars: [[character, left, top, right, bottom], ...], in pixels. Exits 1
where there is no such page.
"""

from __future__ import annotations

import ctypes
import io
import json
import sys
from contextlib import suppress

CPU_SECONDS, MEMORY_BYTES = 20, 2 * 2**30
MAX_HEIGHT = 6000  # pixels; a page as long as a roll of paper is shown smaller
MAX_CHARS = 50_000


def main(file: str, number: int, width: int) -> int:
    import pypdfium2
    from pypdfium2 import raw

    document = pypdfium2.PdfDocument(file)
    if not 1 <= number <= len(document):
        return 1
    page = document[number - 1]
    across, down = page.get_size()
    scale = min(width / across, MAX_HEIGHT / down)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    text = page.get_textpage()
    x, y = ctypes.c_int(), ctypes.c_int()

    def device(left: float, top: float) -> tuple[int, int]:
        size = (0, 0, picture.width, picture.height, 0)
        raw.FPDF_PageToDevice(page, *size, left, top, ctypes.byref(x), ctypes.byref(y))
        return x.value, y.value

    chars = []
    for at in range(min(text.count_chars(), MAX_CHARS)):
        left, bottom, right, top = text.get_charbox(at)
        (x1, y1), (x2, y2) = device(left, top), device(right, bottom)
        code = raw.FPDFText_GetUnicode(text, at)
        chars.append(
            [chr(code) if 0 < code < 0x110000 else " ", min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)]
        )
    told = {
        "pages": len(document),
        "width": picture.width,
        "height": picture.height,
        "scale": scale,
        "chars": chars,
    }
    png = io.BytesIO()
    picture.save(png, "PNG")
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + png.getvalue())
    return 0


if __name__ == "__main__":
    with suppress(ImportError, ValueError, OSError):  # no such limits on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
