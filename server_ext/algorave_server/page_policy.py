"""The content security policy of pages for people, guests' and hosts', as a header. Pure.

The page holds a person's credential and shows what strangers wrote. Its scripts come from our static folder
alone, and even if one of them were turned against its owner, it could talk to nothing of Jupyter's: the
browser lets it reach the listed paths only. What Strudel needs beyond that belongs to the stage's policy.
"""

from __future__ import annotations

from collections.abc import Iterable

SAMPLE_HOSTS = (
    "strudel.b-cdn.net",
    "raw.githubusercontent.com",
    "strudel-samples.alternet.site",
    "shabda.ndre.gr",
    "cdn.freesound.org",
)
"""Whom the page's bridge fetches samples from, for the stage; the same as in the front end."""


def page_policy(origin: str, base_url: str, reachable: Iterable[str]) -> str:
    """The header for a page at `origin` (`https://jam.example`) that may reach some paths of ours."""
    ours = f"{origin}{base_url}algorave/"
    socket = f"ws{origin.removeprefix('http')}{base_url}algorave/"
    paths = list(reachable)
    connect = [
        *(f"{ours}{path}" for path in ("static/", *paths)),
        *(f"{socket}{path}" for path in paths),
        *(f"https://{host}" for host in SAMPLE_HOSTS),
    ]
    directives = {
        "default-src": "'none'",
        "script-src": f"{ours}static/",
        # The editor makes its style sheets as it goes.
        "style-src": f"{ours}static/ 'unsafe-inline'",
        "img-src": "data: blob:",
        "font-src": f"{ours}static/",
        "connect-src": " ".join(connect),
        "frame-src": f"{ours}stage",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())
