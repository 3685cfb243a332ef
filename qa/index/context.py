"""What the encoder and the lexical index see of a passage; what is stored and quoted is the passage alone."""

from __future__ import annotations

from ..records import Passage

# A first line that runs on for paragraphs must not crowd the passage out of the encoder's window.
_TITLE_CHARS = 200


def encoder_text(title: str, passage: Passage, *, with_title: bool) -> str:
    """ "Title. Passage", or the passage where it holds the title itself."""
    return _with_title(title, passage, ". ") if with_title else passage.text


def lexical_text(title: str, passage: Passage, *, with_title: bool) -> str:
    """The passage's words, and the title's once."""
    return _with_title(title, passage, "\n") if with_title else passage.text


def _with_title(title: str, passage: Passage, separator: str) -> str:
    title = title[:_TITLE_CHARS].strip()
    return f"{title}{separator}{passage.text}" if title and title not in passage.text else passage.text
