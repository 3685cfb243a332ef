"""What a folder's expected.json says of its files, against what is read of them.

    python tests/ingest/expecting.py FOLDER [START ...]

tells each file that comes out wrong (of those whose names begin with one of START) and why, and how many are right.

expected.json: file name -> {"articles": how many, "must" and "mustnot": what the text holds and does not hold,
"title", "date": of the first article, "reject": a pattern; a refusal whose reason it matches is right as well}.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from qa.ingest.collect import Collection, collect
from qa.records import Article

TODAY = date(2026, 11, 28)


def wrongs(file: Path, wanted: dict[str, Any]) -> list[str]:
    """What is wrong with what is read of `file`; empty where it is right or rightly refused."""
    with tempfile.TemporaryDirectory() as folder:  # alone, as no other article may speak for it
        shutil.copy(file, folder)
        found = collect([Path(folder)], today=TODAY)
    reasons = [rejected.reason for rejected in found.rejected]
    if "reject" in wanted and not found.articles and any(re.search(wanted["reject"], why) for why in reasons):
        return []
    return [*_wrong_counts(found, wanted, reasons), *_wrong_texts(found.articles, wanted)]


def _wrong_counts(found: Collection, wanted: dict[str, Any], reasons: list[str]) -> list[str]:
    count = len(found.articles)
    return [] if count == wanted["articles"] else [f"{count} articles of {wanted['articles']}: {reasons}"]


def _wrong_texts(articles: tuple[Article, ...], wanted: dict[str, Any]) -> list[str]:
    text = "\n".join(article.text for article in articles)
    flat = " ".join(text.split())
    wrong = [f"missing: {part!r}" for part in wanted.get("must", ()) if part not in flat]
    wrong += [f"has: {part!r}" for part in wanted.get("mustnot", ()) if part in flat]
    if not articles:
        return wrong
    title, published = articles[0].title, articles[0].published
    if "title" in wanted and title != wanted["title"]:
        wrong.append(f"title {title!r}, not {wanted['title']!r}")
    if "date" in wanted and str(published) != wanted["date"]:
        wrong.append(f"date {published}, not {wanted['date']}")
    return wrong


def expected(folder: Path) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return told


if __name__ == "__main__":
    folder, starts = Path(sys.argv[1]), tuple(sys.argv[2:]) or ("",)
    asked = {name: one for name, one in expected(folder).items() if name.startswith(starts)}
    right = 0
    for name, one in asked.items():
        wrong = wrongs(folder / name, one)
        right += not wrong
        if wrong:
            print(f"{name}: {'; '.join(wrong)}")
    print(f"{right} of {len(asked)} right or rightly refused")
