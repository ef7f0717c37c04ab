"""The built front end as files: found by name, read once, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".woff2": "font/woff2",
}
COMPRESSIBLE = {".css", ".html", ".js", ".json", ".map", ".mjs", ".svg", ".txt", ".wasm", ".wav"}
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
# `app-5XKQ2B7A.js` (esbuild) or `app-0f3c9a7e1b.js`: the name changes when the content does.
HASHED = re.compile(r"-(?:[A-Z0-9]{8}|[0-9a-f]{8,64})\.[a-z0-9.]+$")
MIN_COMPRESSED_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file of the front end, ready to be sent."""

    body: bytes
    compressed: bytes | None
    """The body as gzip; None when that would not be smaller."""
    content_type: str
    etag: str
    immutable: bool
    """Whether the name carries a hash of the content, so that it may be kept for ever."""


class FrontEnd:
    """The files below one folder. Safe to use from several threads: work may be done twice, never wrongly."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._kept: dict[str, tuple[tuple[int, int], BuiltFile]] = {}

    def read(self, name: str) -> BuiltFile | None:
        """Give the file of that name, or None when there is none that may be served."""
        path = self._locate(name)
        if path is None:
            return None
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._kept.get(name)
        # A rebuilt file has another stamp, so a developer never sees yesterday's build.
        if kept is not None and kept[0] == stamp:
            return kept[1]
        built = _prepare(path)
        self._kept[name] = (stamp, built)
        return built

    def warm(self) -> None:
        """Read and compress what every page loads, so that the first visitor does not wait for it."""
        for path in sorted(self.root.rglob("*")):
            if path.name == "stage.html" or HASHED.search(path.name):
                self.read(path.relative_to(self.root).as_posix())

    def _locate(self, name: str) -> Path | None:
        if NAME.fullmatch(name) is None:
            return None
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root) or not path.is_file():
            return None
        return path if path.suffix in CONTENT_TYPES else None


def _prepare(path: Path) -> BuiltFile:
    body = path.read_bytes()
    compressed: bytes | None = None
    if path.suffix in COMPRESSIBLE and len(body) >= MIN_COMPRESSED_BYTES:
        # mtime=0: the same content gives the same bytes on every server.
        compressed = gzip.compress(body, compresslevel=9, mtime=0)
        if len(compressed) >= len(body):
            compressed = None
    return BuiltFile(
        body=body,
        compressed=compressed,
        content_type=CONTENT_TYPES[path.suffix],
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        immutable=HASHED.search(path.name) is not None,
    )
