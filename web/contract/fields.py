"""What fields of several records are made of: types with the limits and descriptions of JSON Schema (2020-12)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=0)]
# Up to the last whole number that JSON readers keep exactly (RFC 8259, 6).
Place = Annotated[int, Meta(ge=0, le=2**53 - 1, description="counts characters of the raw file")]
Rank = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0)]
Day = date
Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class Record(msgspec.Struct, forbid_unknown_fields=True):
    """Exactly its fields, under their names."""

    def plain(self) -> dict[str, Any]:
        """In JSON's own types."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told
