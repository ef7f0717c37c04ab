"""What the agent may not put into the music, whatever it is told. Pure.

It can only propose text, and pattern code runs where it can reach nothing: that is the wall. This list is a
second look, taken before anybody is offered the code.
"""

from __future__ import annotations

import re

NAMES = re.compile(
    r"""(?<![\w$])(?:
        fetch|XMLHttpRequest|WebSocket|EventSource|WebTransport|RTCPeerConnection|RTCDataChannel|Worker|SharedWorker
        |importScripts|import|eval|Function|AsyncFunction|globalThis|window|document|navigator|self|parent|top|location
        |localStorage|sessionStorage|indexedDB|caches|postMessage|require|process|Deno|Bun
        |setTimeout|setInterval|requestAnimationFrame|queueMicrotask|Proxy|Reflect|WebAssembly
    )(?=\s*(?:[.(\[]|$))|(?<![\w$])new\s+(?:Function|Worker|WebSocket)|(?:constructor|prototype|__proto__)(?!\w)""",
    re.VERBOSE | re.MULTILINE,
)
LOADING = re.compile(
    r"(?<![\w$])(?P<call>samples|aliasBank|loadOrc|loadSoundfont|initHydra|loadCsound|csoundm?|osc|midi|midin|serial|mqtt)"
    r"\s*\("
)
ADDRESS = re.compile(
    r"(?:https?:|wss?:|data:|blob:|//)[^\s\"'`]+|(?:github|bubo|shabda)(?:/speech)?:", re.IGNORECASE
)
KEYS = re.compile(r"sk-[A-Za-z]{2,}-?[\w-]{16,}|(?:ghp|xox[bp])_[\w-]{16,}")
STRINGS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{))*`""", re.DOTALL
)


def forbidden(before: str, after: str) -> str | None:
    """What is new in the code and may not be, in words; None when nothing is."""
    if KEYS.search(after):
        return "the code contains something like a key"
    old, new = STRINGS.sub(_emptied, before), STRINGS.sub(_emptied, after)
    for shape, words in (
        (NAMES, "the code reaches for '{}', which is no part of the music"),
        (LOADING, "the code wants to load or connect something with '{}': only a person may add that"),
    ):
        added = sorted(
            {_word(each) for each in shape.finditer(new)} - {_word(each) for each in shape.finditer(old)}
        )
        if added:
            return words.format(added[0])
    addresses = set(ADDRESS.findall(_without_comments(after))) - set(
        ADDRESS.findall(_without_comments(before))
    )
    if addresses:
        return f"the code brings in the address '{min(addresses)[:60]}': only a person may add that"
    return None


def _word(found: re.Match[str]) -> str:
    return re.sub(r"\W+$", "", found[0].strip())


def _emptied(found: re.Match[str]) -> str:
    return " " if found[0].startswith("/") else '""'


def _without_comments(code: str) -> str:
    return STRINGS.sub(lambda found: " " if found[0].startswith("/") else found[0], code)
