"""Text that tokenizers, databases and search indexes take."""

from __future__ import annotations


def without_surrogates(text: str) -> str:
    """With "?" for each half of a surrogate pair, which UTF-8 has no bytes for: offsets stay what they were."""
    return text.encode("utf-8", "replace").decode()
