"""Under which names a server answers, by default: those of this computer, and the address that it listens on."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# A number cannot be pointed anywhere else, so where the server listens on all of its addresses each will do.
ANY_ADDRESS = "any address"
_EVERYWHERE = ("0.0.0.0", "::", "")


def is_local(host: str) -> bool:
    """Whether only this computer reaches what listens there."""
    address = address_of(host)
    return host == "localhost" if address is None else address.is_loopback


def trusted(host: str, named: Sequence[str] = ()) -> list[str]:
    """The names under which a server that listens on `host` answers; named: more of them, as that of a proxy."""
    own = [socket.gethostname(), ANY_ADDRESS] if host in _EVERYWHERE else [host]
    return list(dict.fromkeys([*LOOPBACK, *own, *named]))


def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """None where it is a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
