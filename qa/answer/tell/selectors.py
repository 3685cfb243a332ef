"""Where a quote stands in its file, as selectors of the W3C's Web Annotation Data Model.

https://www.w3.org/TR/annotation-model/#selectors
"""

from __future__ import annotations

from bisect import bisect_right

from qa.records import Article, Selector

AROUND = 32  # characters before and after a quote that tell it from others with the same words
_PARAGRAPHS = (".docx", ".docm", ".dotx", ".dotm", ".odt", ".rtf")


def selectors(article: Article, start: int, end: int) -> tuple[Selector, ...]:
    """Of raw[start:end] of the article.

    TextQuoteSelector: always. TextPositionSelector: characters of the decoded file, where the file is text. Else a
    FragmentSelector: "page=3" of a PDF (RFC 3778), "paragraph=5&char=10,24" of a Word document, paragraphs from 1 and
    characters of the paragraph from 0.
    """
    raw = article.raw
    quote = Selector(
        "TextQuoteSelector",
        exact=raw[start:end],
        prefix=raw[max(0, start - AROUND) : start],
        suffix=raw[end : end + AROUND],
    )
    if article.in_file is not None:
        first, last = article.in_file.to_raw(start, end)
        return (quote, Selector("TextPositionSelector", start=first, end=last)) if first < last else (quote,)
    if article.page_starts:
        return quote, Selector(
            "FragmentSelector", value=f"page={bisect_right(article.page_starts, start) or 1}"
        )
    if article.path.lower().endswith(_PARAGRAPHS):
        opens = raw.rfind("\n\n", 0, start) + 2 if "\n\n" in raw[:start] else 0
        number = raw.count("\n\n", 0, opens) + 1
        value = f"paragraph={number}&char={start - opens},{end - opens}"
        return quote, Selector("FragmentSelector", value=value)
    return (quote,)
