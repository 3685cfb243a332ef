"""The address of a store: what goes to the driver, and that no message shows a secret."""

from __future__ import annotations

import pytest

from qa.errors import BadRequest, StoreUnavailable
from qa.index.catalog import open_catalog
from qa.index.postgres.address import Address

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("url", "given", "schema", "name"),
    [
        (
            f"postgresql://u:{SECRET}@db.example:5433/news?schema=daily_2&sslmode=require",
            f"postgresql://u:{SECRET}@db.example:5433/news?sslmode=require",
            "daily_2",
            "postgresql://db.example:5433/news (schema daily_2)",
        ),
        (
            "postgres:///news?host=/run/pg",
            "postgres:///news?host=%2Frun%2Fpg",
            "verbatim",
            "postgresql:///run/pg/news (schema verbatim)",
        ),
        (
            f"postgresql://a,b/news?password={SECRET}",
            f"postgresql://a,b/news?password={SECRET}",
            "verbatim",
            "postgresql://a,b/news (schema verbatim)",
        ),
    ],
)
def test_an_address_is_read_and_its_name_has_no_secret(url: str, given: str, schema: str, name: str) -> None:
    address = Address.parsed(url)
    assert (address.given, address.schema, address.name) == (given, schema, name)
    assert SECRET not in f"{address!r}{address.name}"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@h:port/d",
        f"postgresql://u:{SECRET}@[::1/d",
        f"postgresql://h/d?passwort={SECRET}",
        f"postgresql://u:{SECRET}@h/d?schema=a;drop",
        f"postgresql://u:{SECRET}@h/d?schema=",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(BadRequest) as refused:
        Address.parsed(url)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_database_that_is_not_there_is_said_without_the_password() -> None:
    catalog = open_catalog(f"postgresql://u:{SECRET}@127.0.0.1:1/d")
    assert catalog.pointer() is None
    assert catalog.who_builds() is None
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/d") as unavailable:
        catalog.open()
    assert SECRET not in str(unavailable.value)
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/d") as unavailable, catalog.building():
        pass
    assert SECRET not in str(unavailable.value)
