"""Which HTTPS certificates this kernel trusts: those that everybody does, and its own server's."""

from __future__ import annotations

import os
import re
import ssl
from pathlib import Path

import httpx

from .trouble import Trouble

#: The certificate file of the server that started this kernel, where it has one.
CERTIFICATE_VARIABLE = "ALGORAVE_CERTIFICATE"
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def own_certificate() -> str:
    """The own server's certificate as PEM; empty when it has none, or none that can be read here."""
    place = os.environ.get(CERTIFICATE_VARIABLE)
    try:
        found = CERTIFICATE.search(Path(place).read_text(encoding="utf-8")) if place else None
    except (OSError, ValueError):
        return ""
    return found[0] if found else ""


def trust_in(certificate: str) -> ssl.SSLContext:
    """What to trust: exactly this certificate under whatever name, or without one what everybody trusts."""
    if certificate:
        # The server is reached as localhost, which is seldom the name in its certificate.
        only = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        only.check_hostname = False
        only.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        only.load_verify_locations(cadata=certificate)
        return only
    try:
        return httpx.create_ssl_context()
    except (OSError, ssl.SSLError):
        raise Trouble("SSL_CERT_FILE is no file with certificates that this kernel can read") from None
