"""Where a request comes from, and whether a page may send it. Pure: headers in, answers out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network

_HOST = re.compile(r"(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.IGNORECASE)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def networks(words: Iterable[str]) -> tuple[Network, ...]:
    """Blocks of addresses by name (`10.0.0.0/8`, `::1`); raises ValueError that names the wrong one."""
    return tuple(ip_network(word.strip(), strict=False) for word in words)


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The address of who asks. `X-Forwarded-For` counts only as far as trusted proxies have written it.

    Everybody may send that header: reading it from the right, the first address that is no proxy of ours is
    the last one that we know somebody trustworthy has seen.
    """
    address = peer
    for hop in reversed(forwarded_for.split(",") if forwarded_for else []):
        if not _is_among(address, trusted):
            break
        try:
            address = str(ip_address(hop.strip()))
        except ValueError:
            break
    return address


def block_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 of an IPv6 address, which one line owns whole."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ip_network((ip, 64), strict=False))
    return str(ip)


def is_host(host: str) -> bool:
    """Whether a `Host` header can be quoted in an answer."""
    return _HOST.fullmatch(host) is not None


def is_own_origin(origin: str | None, host: str, allowed: Iterable[str] = ()) -> bool:
    """Whether a page of this server sends a request, or one of an origin that the operator has listed."""
    if not origin:
        return False
    if origin in allowed:
        return True
    parts = urlsplit(origin.lower())
    if parts.scheme not in _DEFAULT_PORTS or parts.path or parts.query or parts.fragment:
        return False
    port = _DEFAULT_PORTS[parts.scheme]
    return parts.netloc.removesuffix(port) == host.lower().removesuffix(port)


def is_served_host(host: str, local_names: Iterable[str]) -> bool:
    """Whether a server for this machine alone should answer to a name: others are a trick with DNS."""
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name in local_names


def _is_among(address: str, blocks: Sequence[Network]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return any((mapped or ip) in block for block in blocks)
