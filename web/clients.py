"""Who counts as one client: an address, or the network of one where a computer has as many as it likes."""

from __future__ import annotations

import ipaddress

from flask import request

# Bits of an IPv6 address that name a network; the others are its computers' to choose (RFC 4291, RFC 8981).
_OF_ONE = 64


def client_of(address: str) -> str:
    """An IPv4 address as it is, of an IPv6 address its network; what is neither is itself."""
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(given, ipaddress.IPv4Address):
        return str(given)
    if given.ipv4_mapped is not None:
        return str(given.ipv4_mapped)
    return str(ipaddress.ip_network((int(given), _OF_ONE), strict=False))


def client() -> str:
    """Of this request."""
    return client_of(request.remote_addr or "")
