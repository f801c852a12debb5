"""From where somebody asks, as a name that tells nothing: limits need to know the same address again, never to read it.

Behind a proxy it is the address that uvicorn takes from the proxy's headers: it believes those in `TRUSTED_PROXIES`
alone, and no header is read here.
"""

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def address_of_request(request: HttpRequest) -> str:
    """The hashed address behind a request; empty where there is none (a Unix socket)."""
    return hashed(request.META.get("REMOTE_ADDR", ""))


def address_of_scope(scope: Mapping[str, Any]) -> str:
    """The hashed address behind a socket's handshake; empty where there is none."""
    host, *_port = scope.get("client") or [""]
    return hashed(host)


def hashed(host: str) -> str:
    """A name for this address that only this site can make; empty for what is no address.

    Of an IPv6 address only the first half counts: a household has the other half to itself, all 2^64 of it. This
    machine itself is nobody's address: behind a proxy that says nothing it would be everybody's.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return ""
    if isinstance(address, IPv6Address):
        address = IPv6Network((address, 64), strict=False).network_address
    return salted_hmac("config.addresses", str(address), algorithm="sha256").hexdigest()[:32]
