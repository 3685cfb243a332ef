"""An answer as JSON: one contract for the service and the command line."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from .records import Alternative, Answer, Citation, Derived, ListItem, Quoted, Selector


def to_dict(answer: Answer) -> dict[str, Any]:
    """Only JSON's own types; unknown values are None, dates ISO 8601."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "answer": answer.text,
        "outcome": answer.outcome,
        "confidence": round(answer.confidence, 4),
        "reason": answer.reason,
        "guess": None if answer.guess is None else _alternative(answer.guess),
        "answerable": round(answer.answerable, 4),
        "established": answer.established,
        "did_you_mean": [asdict(respelled) for respelled in answer.did_you_mean],
        "other_reading": answer.other_reading,
        "notice": answer.notice,
        "citations": [_citation(cited) for cited in answer.citations],
        "answer_type": answer.answer_type,
        "agreement": None if answer.agreement is None else asdict(answer.agreement),
        "alternatives": [_alternative(other) for other in answer.alternatives],
        "quotes": [quote(one) for one in answer.quotes],
        "passages": [asdict(passage) for passage in answer.passages],
        "reader": answer.reader,
        "index_version": answer.index_version,
        "timings_ms": answer.timings_ms,
        **({} if answer.explain is None else {"explain": answer.explain}),
    }


def quote(one: Quoted) -> dict[str, Any]:
    """As `to_dict` gives them."""
    return {**_citation(one.citation), "items": [_item(item) for item in one.items]}


def _item(item: ListItem) -> dict[str, Any]:
    return {"marker": item.marker, "level": item.level, "start": item.start, "end": item.end}


def _alternative(other: Alternative) -> dict[str, Any]:
    return {
        "answer": other.text,
        "confidence": round(other.confidence, 4),
        "citations": [_citation(cited) for cited in other.citations],
        "superseded": other.superseded,
    }


def _citation(cited: Citation) -> dict[str, Any]:
    return {**_place(cited), "header": _place(cited.header) if cited.header else None}


def _place(cited: Citation) -> dict[str, Any]:
    told = {
        **asdict(replace(cited, header=None)),
        "published": _iso(cited.published),
        "selectors": [selector(one) for one in cited.selectors],
        "derived": [_derived(derived) for derived in cited.derived],
        "cells": [asdict(cell) for cell in cited.cells],
    }
    del told["header"]
    return told


def selector(one: Selector) -> dict[str, Any]:
    """What its type uses."""
    return {name: value for name, value in asdict(one).items() if value is not None}


def _derived(derived: Derived) -> dict[str, Any]:
    return {
        "text": derived.text,
        "date": _iso(derived.day),
        "until": _iso(derived.until),
        "counted_from": derived.counted_from,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
