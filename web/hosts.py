"""Which names this service answers under.

A page of another site may point its own name to this computer's address ("DNS rebinding"), and would then be taken for
a page of this service. So a request must name a host that is known: by default this computer, and the address that the
server listens on.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.utils import host_is_trusted

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# A number cannot be pointed anywhere else, so where the server listens on all of its addresses each will do.
ANY_ADDRESS = "any address"
_EVERYWHERE = ("0.0.0.0", "::", "")


def trusted(host: str, named: Sequence[str] = ()) -> list[str]:
    """The names under which a server that listens on `host` answers; named: more of them, as that of a proxy."""
    own = [socket.gethostname(), ANY_ADDRESS] if host in _EVERYWHERE else [host]
    return list(dict.fromkeys([*LOOPBACK, *own, *named]))


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
    address = _address(named[1:].partition("]")[0] if named.startswith("[") else named.partition(":")[0])
    if address is not None:
        return ANY_ADDRESS in hosts or address in [_address(one) for one in hosts]
    names = [one for one in hosts if one != ANY_ADDRESS and _address(one) is None]
    return bool(names) and host_is_trusted(named, names)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
