"""Finds postal addresses: a street with its number, a flat, a postcode, in the order each language says them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from transcription.redaction.types import Place
from transcription.transcript import Turn

_NUMBERS_EN: Final = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    "|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|oh|zero"
)
_STREETS_EN: Final = (
    "street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|court|ct|terrace|crescent|parkway|alley|mews|gardens"
)
_UNIT_EN: Final = rf"(?:[\s,]+(?:apartment|apt|flat|suite|unit|floor|room)\.?\s+(?:\d+\w?|(?:{_NUMBERS_EN})|[a-z]\b))"
_RU_STREET: Final = (
    r"(?:улиц[аеыу]|ул\.?|проспект[аеу]?|пр-т|пр\.|переул(?:ок|ке|ка)|пер\.|шоссе|бульвар[ае]?|набережн(?:ая|ой|ую)"
    r"|проезд[ае]?|тупик[ае]?|микрорайон[ае]?|мкр\.?)"
)
_RU_HOUSE: Final = (
    r"(?:[\s,]+(?:дом[ае]?|д\.|корпус[ае]?|корп\.|строени[ея]|стр\.|квартир[аеу]|кв\.|офис[ае]?|подъезд[ае]?|этаж[ае]?)"
    r"\s*(?:номер\s*)?[\w/-]+)"
)

_PATTERNS: Final = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        # 12 Oak Drive: words as common as these only written as names are
        r"\b\d+\w?,?\s+(?-i:(?:[A-Z][a-z'’-]+\s+){1,2}(?:Drive|Dr|Way|Square|Place|Close|Highway))\b",
        # 12 Oak Street, apartment 4; twelve oak street; 221b baker street
        rf"\b(?:\d+\w?|(?:(?:{_NUMBERS_EN})[\s-]+){{0,3}}(?:{_NUMBERS_EN}))[\s,]+(?:[a-z][a-z'’-]*\s+){{1,3}}"
        rf"(?:{_STREETS_EN})\b{_UNIT_EN}?",
        # Oak Street 12
        rf"\b(?:[A-Z][a-z'’-]+\s+){{1,2}}(?:street|road|avenue|lane|boulevard)\s+(?:number\s+)?\d+\w?\b{_UNIT_EN}?",
        # a postcode of the United Kingdom; a zip code after its name
        r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b",
        r"\b(?:zip|postal|post)\s?code(?:\s+is|:)?\s+[\w-]*\d[\w\s-]{2,8}\b",
        # улица Ленина, дом 5, квартира 12; Ленинский проспект, дом 3
        rf"\b{_RU_STREET}\s+[\w.-]+(?:\s+[\w-]+(?={_RU_HOUSE}))?(?:[\s,]+\d+\w?\b)?{_RU_HOUSE}*",
        rf"\b[а-яё-]+(?:ская|ский|ской|ском|ого|ая|ой|ый|ом)\s+{_RU_STREET}(?:[\s,]+\d+\w?\b)?{_RU_HOUSE}*",
        r"\b(?:дом|корпус|квартира|квартиру|квартире)\s+(?:номер\s+)?\d+\w?" + _RU_HOUSE + "*",
        r"\bиндекс[\s:,]+\d{6}\b",
        # 서울시 강남구 테헤란로 152, 101동 1203호
        r"(?:[가-힣]{1,6}(?:특별시|광역시|특별자치시|도|시)\s?)?(?:[가-힣]{1,5}[시군구]\s?){1,2}(?:[가-힣]{1,6}[읍면동리가]\s?)?"
        r"[가-힣\d]{1,9}(?:대로|로|길)\s?\d+(?:-\d+)?(?:번길\s?\d+)?(?:[\s,]+\d+[동층호])*",
        r"[가-힣\d]{2,9}(?:대로|로|길)\s?\d+(?:-\d+)?(?:번길\s?\d+|번지)?(?:[\s,]+\d+[동층호])+",
        r"\d{2,4}동\s?\d{2,5}호",
        # 北京市朝阳区建国路88号3号楼1203室
        r"(?:[\u4e00-\u9fff]{2,4}[省市])?(?:[\u4e00-\u9fff]{1,4}[区县市])?[\u4e00-\u9fff]{1,5}(?:路|街|大道|巷|弄|胡同)"
        r"[\d一二三四五六七八九十百零〇两]+(?:号|弄)(?:[\d一二三四五六七八九十百零〇两\w]+(?:号楼|栋|幢|楼|层|单元|室|号))*",
        r"[\u4e00-\u9fff]{2,6}(?:小区|花园|大厦|家园|公寓)[\d一二三四五六七八九十百零〇两]+(?:号楼|栋|幢|楼|单元|室)"
        r"(?:[\d一二三四五六七八九十百零〇两]+(?:单元|层|楼|室|号))*",
    )
)


def find_addresses(turns: Sequence[Turn]) -> list[Place]:
    """Places of addresses in the turns; what several patterns find overlaps."""
    return [
        Place(number, *match.span(), "address")
        for number, turn in enumerate(turns)
        for pattern in _PATTERNS
        for match in pattern.finditer(turn.text)
        if match.end() > match.start()
    ]
