"""The address of a store: what the driver is given, in which schema the collection is, and what may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import parse_qsl, quote, urlencode

import psycopg
from psycopg import conninfo

from ...errors import BadRequest

SCHEMA = "verbatim"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,47}")
_PORTS = re.compile(r"[0-9,]*")
_HOW = (
    "Write it as postgresql://USER@HOST:PORT/DATABASE?schema=NAME, with the password in a file ($PGPASSFILE)."
)


@dataclass(frozen=True, slots=True)
class Address:
    """given: to the driver, secrets and all. name: for messages and logs, without any."""

    given: str
    schema: str
    name: str

    def __repr__(self) -> str:
        return f"Address({self.name!r})"

    @classmethod
    def parsed(cls, url: str) -> Address:
        """url: postgresql://…, as libpq has it, with `schema` among its options; by default "verbatim".

        Raises BadRequest, which shows nothing of what was given: a part of it may be a password.
        """
        place, _, query = url.partition("?")
        options = dict(parse_qsl(query, keep_blank_values=True))
        schema = options.pop("schema", SCHEMA)
        if not _NAME.fullmatch(schema):
            raise BadRequest(
                "The schema of the store's address must be of small letters, digits and _, at most 48, as in news_2."
            )
        given = place + (f"?{urlencode(options, quote_via=quote)}" if options else "")
        try:
            told = conninfo.conninfo_to_dict(given)
        except psycopg.Error:
            raise BadRequest(f"The address of the store cannot be read. {_HOW}") from None
        if "@" in str(told.get("host") or "") or not _PORTS.fullmatch(str(told.get("port") or "")):
            # A part of a password, perhaps.
            raise BadRequest(f"The address of the store cannot be read. {_HOW}")
        hosts, ports = (str(told.get(part) or "").split(",") for part in ("host", "port"))
        where = ",".join(
            f"{host}:{port}" if port else host for host, port in zip_longest(hosts, ports, fillvalue="")
        )
        return cls(given, schema, f"postgresql://{where}/{told.get('dbname', '')} (schema {schema})")
