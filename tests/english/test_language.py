"""The language that an article looks written in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa.english.language import NO_LANGUAGE, _identifier, language_of
from qa.english.languages import NAMES, language_name
from qa.ingest.collect import collect
from qa.ingest.memory import Memory
from qa.records import Warned

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The council has agreed to dredge the harbour in May, its chair said on Monday.", "en"),
        ("Das Rathaus wird größer. Die Bürger müssen dafür drei Jahre höhere Gebühren zahlen.", "de"),
        ("La nouvelle bibliothèque a ouvert ses portes lundi, a déclaré la directrice.", "fr"),
        ("El ayuntamiento ha decidido reparar el puente viejo en mayo, dijo la alcaldesa.", "es"),
        ("Новая библиотека открылась в понедельник, сообщила директор.", "ru"),
        ("北浜市の新しい図書館が、月曜日に、開館した。館長は蔵書を紹介した。", "ja"),
        ("临海县新图书馆星期一正式开馆，馆长朱容介绍，馆内藏书四万二千册。读者可以免费借阅。", "zh"),
        ("مدیر کتابخانه گفت که این کتابخانه چهل و دو هزار کتاب دارد و از دوشنبه باز است.", "fa"),
        ("Depth 9.5 m", None),
        ("7 × 9 = 63\n" * 100, None),
        ("Ilse Norgaard, Petra Lindqvist, Quillam, Sandholm, Orre", None),
        ("", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_every_language_that_is_recognized_has_a_name() -> None:
    assert set(_identifier().labels) - NAMES.keys() == {NO_LANGUAGE}
    assert language_name("de") == "German"
    assert language_name("xx") == "xx"


def test_articles_keep_their_language(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Das Rathaus wird größer. Die Bürger müssen dafür höhere Gebühren zahlen."
    )
    (article,) = collect([tmp_path], today=TODAY).articles
    assert article.language == "de"


def test_what_could_not_be_read_is_warned_of_in_every_build(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Die Bürger zahlen. ".encode() * 40 + b"Gr\xfcn ist es.")
    (tmp_path / "b.txt").write_text("It didn\x92t mention the leak.\n")
    (tmp_path / "c.txt").write_text("Nothing is wrong with this one.\n")
    first = collect([tmp_path], today=TODAY)
    assert [warned.path for warned in first.warnings] == ["a.txt", "b.txt"]
    assert "could not be read in its encoding" in first.warnings[0].warning
    assert "1 control characters" in first.warnings[1].warning
    first.memory.save(tmp_path / "memory.sqlite")
    (tmp_path / "memory.sqlite").rename(tmp_path.parent / "memory.sqlite")
    again = collect([tmp_path], today=TODAY, before=Memory.load(tmp_path.parent / "memory.sqlite"))
    assert again.warnings == first.warnings
    assert again.kept and isinstance(again.warnings[0], Warned)
