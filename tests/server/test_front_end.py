"""The built front end as files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from algorave_server.front_end import FrontEnd


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder as the build leaves it, with a secret beside it."""
    static = tmp_path / "static"
    (static / "kit").mkdir(parents=True)
    (static / "app-5XKQ2B7A.js").write_text("export const a = 1;\n" * 200, encoding="utf-8")
    (static / "widget.js").write_text("export default {};", encoding="utf-8")
    (static / "kit" / "bd.wav").write_bytes(b"RIFF....WAVE")
    (static / ".hidden.js").write_text("no", encoding="utf-8")
    (static / "notes.py").write_text("no", encoding="utf-8")
    (tmp_path / "secret.js").write_text("secret", encoding="utf-8")
    (static / "link.js").symlink_to(tmp_path / "secret.js")
    return static


def test_a_file_is_read_with_its_type(root: Path) -> None:
    """SRV-1: a file of the front end is found by its name, also below a folder."""
    front_end = FrontEnd(root)
    script, drum = front_end.read("widget.js"), front_end.read("kit/bd.wav")
    assert script is not None and drum is not None
    assert (script.body, script.content_type) == (b"export default {};", "text/javascript; charset=utf-8")
    assert drum.content_type == "audio/wav"


@pytest.mark.parametrize(
    "name",
    [
        "../secret.js", "kit/../../secret.js", "/etc/passwd", "link.js", ".hidden.js", "notes.py", "kit", "", "kit/",
        "..", "a//b.js", "widget.js\0", "kit\\bd.wav", "missing.js", "%2e%2e/secret.js",
    ],
)  # fmt: skip
def test_nothing_else_is_read(root: Path, name: str) -> None:
    """SRV-2: a name that leaves the folder, is hidden, a link, a folder or of another type finds nothing."""
    assert FrontEnd(root).read(name) is None


def test_the_secret_is_really_there(root: Path) -> None:
    """SRV-2: negative control: the names that find nothing do lead to files on this machine."""
    assert (root / "../secret.js").read_text(encoding="utf-8") == "secret"
    assert (root / "link.js").read_text(encoding="utf-8") == "secret"


def test_only_a_hash_in_the_name_makes_it_immutable(root: Path) -> None:
    """SRV-3: only a file whose name carries a hash of its content may be kept for ever."""
    front_end = FrontEnd(root)
    hashed, plain = front_end.read("app-5XKQ2B7A.js"), front_end.read("widget.js")
    assert hashed is not None and plain is not None
    assert (hashed.immutable, plain.immutable) == (True, False)


def test_a_name_that_only_looks_long_is_not_immutable(root: Path) -> None:
    """SRV-3: an ordinary word after a hyphen is no hash."""
    (root / "algorave-standalone.js").write_text("1", encoding="utf-8")
    built = FrontEnd(root).read("algorave-standalone.js")
    assert built is not None and built.immutable is False


def test_compressed_is_the_same_content(root: Path) -> None:
    """SRV-3: the compressed form unpacks to the file, and is left out where it would not be smaller."""
    front_end = FrontEnd(root)
    script, small = front_end.read("app-5XKQ2B7A.js"), front_end.read("widget.js")
    assert script is not None and small is not None
    assert script.compressed is not None and len(script.compressed) < len(script.body)
    assert gzip.decompress(script.compressed) == script.body
    assert small.compressed is None


def test_a_rebuilt_file_is_read_again(root: Path) -> None:
    """SRV-3: a new build is served at once, with another ETag."""
    front_end = FrontEnd(root)
    before = front_end.read("widget.js")
    (root / "widget.js").write_text("export default {a: 1};", encoding="utf-8")
    after = front_end.read("widget.js")
    assert before is not None and after is not None
    assert after.body == b"export default {a: 1};"
    assert before.etag != after.etag


def test_warming_a_missing_folder_is_harmless(tmp_path: Path) -> None:
    """SRV-1: a server whose front end is not built starts, and finds nothing."""
    front_end = FrontEnd(tmp_path / "none")
    front_end.warm()
    assert front_end.read("widget.js") is None
