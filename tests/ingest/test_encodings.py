"""Bytes are read in the encoding that they are in, whatever their label says."""

from __future__ import annotations

import pytest

from qa.ingest.decode import codec_of, decode

CHINESE = "临海县新图书馆星期一正式开馆，馆长朱镕介绍，馆内藏书四万二千册。读者可以免费借阅。\n"
TAIWAN = "臺北市圖書館星期一正式開館，館長朱容介紹，館內藏書四萬二千冊。\n"
JAPANESE = (
    "北浜市の新しい図書館が、月曜日に開館した。館長の髙橋美代子さんは、①一般書が四万二千冊だと述べた。\n"
)
KATAKANA = "ＪＲのホームにスーパーのポスターが並び、OSSのイベントが開かれる、と駅のスタッフは言った。\n"
KOREAN = "서울의 새 도서관이 월요일에 문을 열었다. 관장은 장서가 사만 이천 권이라고 말했다.\n"
RUSSIAN = "Новая библиотека открылась в понедельник. Директор Вера Калугина сказала, что фонд велик.\n"
GREEK = "Η νέα βιβλιοθήκη άνοιξε τη Δευτέρα. Η διευθύντρια είπε ότι έχει σαράντα δύο χιλιάδες βιβλία.\n"
ENGLISH = (
    "The council’s own report didn’t mention the leak. “We weren’t told,” she said – José Peña agreed.\n"
)
HINDI = "नया पुस्तकालय सोमवार को खुला। निदेशक ने कहा कि इसमें बयालीस हज़ार किताबें हैं।\n"
ARABIC = "افتتحت المكتبة الجديدة يوم الاثنين، وقالت المديرة إن فيها اثنين وأربعين ألف كتاب.\n"
TEXTS = (CHINESE, TAIWAN, JAPANESE, KATAKANA, KOREAN, RUSSIAN, GREEK, ENGLISH, HINDI, ARABIC)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_unicode_without_a_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_breaks_off_within_a_character(text: str, encoding: str) -> None:
    assert decode((text * 30).encode(encoding)[:-1]).startswith(text * 29)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (TAIWAN, "big5"),
        (JAPANESE, "cp932"),
        (JAPANESE.replace("髙", "高").replace("①", ""), "euc_jp"),
        (JAPANESE.replace("髙", "高").replace("①", ""), "iso2022_jp"),
        (KOREAN, "cp949"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (ENGLISH, "cp1252"),
    ],
)
def test_older_encodings_without_a_label(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("gb2312", "gb18030", CHINESE),
        ("GBK", "gb18030", CHINESE),
        ("shift_jis", "cp932", JAPANESE),
        ("x-sjis", "cp932", JAPANESE),
        ("iso-8859-1", "cp1252", ENGLISH),
        ("latin1", "cp1252", ENGLISH),
        ("us-ascii", "cp1252", ENGLISH),
        ("euc-kr", "cp949", KOREAN),
        ("big5", "big5hkscs", TAIWAN),
        ("tis-620", "cp874", "ห้องสมุดใหม่เปิดเมื่อวันจันทร์\n"),
        ("iso-8859-9", "cp1254", "Yeni kütüphane pazartesi günü açıldı, müdür Şule Çağ söyledi.\n"),
        ("windows-1256", "cp1256", ARABIC),
    ],
)
def test_labels_are_read_as_browsers_read_them(label: str, encoding: str, text: str) -> None:
    page = f'<meta charset="{label}"><p>{text}</p>'
    assert decode(page.encode(encoding), declared_in_markup=True) == page


@pytest.mark.parametrize("label", "utf-8 ascii iso-8859-2 no-such-thing utf-7 utf-16 x-user-defined".split())
@pytest.mark.parametrize(
    ("text", "encoding"),
    [(RUSSIAN, "cp1251"), (ENGLISH, "cp1252"), (CHINESE, "gb18030"), (JAPANESE, "utf-8")],
)
def test_a_label_that_the_bytes_contradict(label: str, text: str, encoding: str) -> None:
    page = f'<meta charset="{label}"><p>{text}</p>'
    assert decode(page.encode(encoding), declared_in_markup=True) == page


def test_what_python_alone_knows_is_no_label() -> None:
    assert [codec_of(label) for label in ("punycode", "idna", "unicode_escape", "utf-7", "", None)] == [
        None
    ] * 6


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-8"])
def test_megabytes_are_read_as_their_first_pages(encoding: str) -> None:
    text = CHINESE.replace("。", "") * 4_000
    assert decode(text.encode(encoding)) == text
