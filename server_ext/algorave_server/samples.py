"""A folder of local samples: which sounds it offers, and the bytes of one file.

A folder below the root is a sound, its files are `sound:0`, `sound:1`, … in order of name; a file directly in
the root is a sound of its own. Everything here assumes that somebody tries to read other files through it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

CONTENT_TYPES = {
    ".aif": "audio/aiff",
    ".aiff": "audio/aiff",
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
}
HEAD_BYTES = 12
MAX_DEPTH = 4
# The last two names do not exist on every system.
OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample file, read whole."""

    body: bytes
    content_type: str


class SampleFolder:
    """Read-only view of one folder of samples.

    `max_sample_bytes`: largest file that is listed or read; `max_samples`: most files in one listing.
    """

    def __init__(self, root: Path, *, max_sample_bytes: int, max_samples: int) -> None:
        self.root = root.resolve()
        self.max_sample_bytes = max_sample_bytes
        self.max_samples = max_samples

    def listing(self) -> dict[str, list[str]]:
        """Give sound names with the paths of their files, percent-encoded and relative to the root."""
        sounds: dict[str, list[str]] = {}
        for count, path in enumerate(self._files(self.root, 1)):
            if count >= self.max_samples:
                break
            inside = path.relative_to(self.root)
            sound = inside.parts[0] if len(inside.parts) > 1 else inside.stem
            sounds.setdefault(_sound_name(sound), []).append(quote(inside.as_posix()))
        return sounds

    def read(self, name: str) -> Sample | None:
        """Give one file by its decoded path, or None when there is none that may be served."""
        path = self._locate(name)
        if path is None:
            return None
        try:
            # O_NOFOLLOW: a link put there after the check above is not followed either.
            descriptor = os.open(path, OPEN_FLAGS)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > self.max_sample_bytes:
                return None
            body = file.read(self.max_sample_bytes + 1)
        suffix = path.suffix.lower()
        if len(body) > self.max_sample_bytes or not is_audio(suffix, body[:HEAD_BYTES]):
            return None
        return Sample(body=body, content_type=CONTENT_TYPES[suffix])

    def _locate(self, name: str) -> Path | None:
        parts = name.split("/")
        if len(parts) > MAX_DEPTH or "\\" in name or "\0" in name:
            return None
        if any(part == "" or part.startswith(".") for part in parts):
            return None
        path = self.root.joinpath(*parts)
        if path.suffix.lower() not in CONTENT_TYPES:
            return None
        # No link anywhere on the way: the resolved path is the asked path, and inside the root.
        if os.path.realpath(path) != str(path) or not str(path).startswith(str(self.root) + os.sep):
            return None
        return path

    def _files(self, folder: Path, depth: int) -> Iterator[Path]:
        """Walk in order of name, files before folders; links and hidden names are left out."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: (entry.is_dir(), entry.name.casefold()))
        except OSError:
            return
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH:
                    yield from self._files(Path(entry.path), depth + 1)
            elif self._is_listed(entry):
                yield Path(entry.path)

    def _is_listed(self, entry: os.DirEntry[str]) -> bool:
        return (
            Path(entry.name).suffix.lower() in CONTENT_TYPES
            and entry.is_file(follow_symlinks=False)
            and entry.stat(follow_symlinks=False).st_size <= self.max_sample_bytes
        )


def is_audio(suffix: str, head: bytes) -> bool:
    """Tell whether the first bytes of a file are those its suffix (lower case, with dot) promises."""
    match suffix:
        case ".wav":
            return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"
        case ".aif" | ".aiff":
            return head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")
        case ".ogg":
            return head[:4] == b"OggS"
        case ".flac":
            return head[:4] == b"fLaC"
        case ".mp3":
            # An ID3 tag, or an MPEG frame: eleven sync bits, then layer III.
            frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 == 0x02
            return head[:3] == b"ID3" or frame
        case _:
            return False


def _sound_name(name: str) -> str:
    """A name that mini-notation can say: no blanks, no `:` or `*`; lower case as Strudel looks sounds up."""
    return "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in name).lower()
