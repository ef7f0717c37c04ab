"""A link for an agent, and the seat behind it: an invite is redeemed, a seat's own link is a seat already."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from .access import Access
from .trouble import Trouble

INVITE, SEAT = "algorave/guest/#i=", "algorave/guest/#a="
COOKIE = "algorave_guest"
NO_LINK = "that is no link for an agent; a host makes one, and it looks like https://…/algorave/guest/#i=…"
SEAT_SECRET = re.compile(r"(?P<session>[A-Za-z0-9_-]{1,64})\.(?P<secret>[\x21-\x7e]{8,200})")


def seat_behind(link: str, name: str = "", certificate: str = "") -> tuple[Access, str]:
    """By which right an agent comes in, and into which session; raise `Trouble` in words without the link."""
    for mark, enter in ((INVITE, _redeemed), (SEAT, _seated)):
        before, found, secret = link.strip().partition(mark)
        if found and secret and urlsplit(before).scheme in ("http", "https"):
            return enter(before, secret, name, certificate)
    raise Trouble(NO_LINK)


def _redeemed(url: str, secret: str, name: str, certificate: str) -> tuple[Access, str]:
    access = Access(url, url, is_guest=True, certificate=certificate)
    body = {"invite": secret, "kind": "agent", **({"name": name} if name else {})}
    came: Any = access.ask("POST", "guest/api/redeem", body)
    return access, str(came["session"]["id"])


def _seated(url: str, secret: str, _: str, certificate: str) -> tuple[Access, str]:
    access = Access(url, url, is_guest=True, certificate=certificate)
    return _with_secret(access, secret)


def seat_at(access: Access, link: str) -> Access:
    """The access of the agent that a seat's link is for, at the address that the server has here."""
    return _with_secret(replace(access, is_guest=True), link.partition(SEAT)[2])[0]


def _with_secret(access: Access, secret: str) -> tuple[Access, str]:
    found = SEAT_SECRET.fullmatch(secret)
    if found is None:
        raise Trouble(NO_LINK)
    cookies = httpx.Cookies()
    cookies.set(COOKIE, found["secret"], domain=urlsplit(access.url).hostname or "")
    return replace(access, cookies=cookies), found["session"]
