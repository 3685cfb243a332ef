"""Which names this service answers under.

A page of another site may point its own name to this computer's address ("DNS rebinding"), and would then be taken for
a page of this service. So a request must name a host that is known (`qa.serving.names`).
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.utils import host_is_trusted

from qa.serving.names import ANY_ADDRESS, address_of


def register(app: Flask) -> None:
    """Holds requests against TRUSTED_HOSTS; None: any host. It is not Flask's own check, which has no page to show."""
    hosts: Sequence[str] | None = app.config.pop("TRUSTED_HOSTS", None)
    app.config["TRUSTED_HOSTS"] = None

    @app.before_request
    def check() -> None:
        named = request.environ.get("HTTP_HOST")
        if not named:
            raise BadRequest("The request does not say which host it is for. Send the header Host.")
        if hosts is not None and not is_trusted(named, hosts):
            raise BadRequest(
                "This service does not answer under that name. Use its address, or name it with --trusted-hosts."
            )


def is_trusted(named: str, hosts: Sequence[str]) -> bool:
    """named: as the header Host has it. hosts: names, .names with all below them, addresses, ANY_ADDRESS."""
    address = address_of(named[1:].partition("]")[0] if named.startswith("[") else named.partition(":")[0])
    if address is not None:
        return ANY_ADDRESS in hosts or address in [address_of(one) for one in hosts]
    names = [one for one in hosts if one != ANY_ADDRESS and address_of(one) is None]
    return bool(names) and host_is_trusted(named, names)
