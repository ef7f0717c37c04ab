"""A folder of local samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from algorave_server.samples import SampleFolder, is_audio

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
HEADS = {
    ".wav": WAV,
    ".aif": b"FORM\x00\x00\x00\x10AIFF",
    ".ogg": b"OggS" + bytes(8),
    ".flac": b"fLaC" + bytes(8),
    ".mp3": b"\xff\xfb\x90\x00" + bytes(8),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two sounds in folders, one file in the root, and everything that must stay out."""
    samples = tmp_path / "samples"
    (samples / "bd").mkdir(parents=True)
    (samples / "My Snare").mkdir()
    for name in ("bd/b.wav", "bd/a.wav", "My Snare/one #1.wav", "Clap.wav", ".hidden.wav"):
        (samples / name).write_bytes(WAV)
    (samples / "notes.txt").write_text("no", encoding="utf-8")
    (samples / "page.wav").write_text("<script>alert(1)</script>", encoding="utf-8")
    (samples / "big.wav").write_bytes(WAV + bytes(2_000))
    (tmp_path / "secret.wav").write_bytes(WAV)
    (tmp_path / "samples-other").mkdir()
    (tmp_path / "samples-other" / "x.wav").write_bytes(WAV)
    (samples / "link.wav").symlink_to(tmp_path / "secret.wav")
    (samples / "linked").symlink_to(tmp_path / "samples-other")
    return samples


def folder(root: Path, max_samples: int = 100) -> SampleFolder:
    """The folder with a limit of 1,000 bytes a file."""
    return SampleFolder(root, max_sample_bytes=1_000, max_samples=max_samples)


def test_folders_are_sounds(root: Path) -> None:
    """SRV-6: a folder is a sound with its files in order of name, a file in the root is a sound of its own."""
    listing = folder(root).listing()
    assert listing["bd"] == ["bd/a.wav", "bd/b.wav"]
    assert listing["clap"] == ["Clap.wav"]
    assert listing["my_snare"] == ["My%20Snare/one%20%231.wav"]
    assert {"link", "linked", "big", "notes", "_hidden"}.isdisjoint(listing)


def test_a_listing_is_bounded(root: Path) -> None:
    """SRV-6: a listing never holds more files than the limit says."""
    assert sum(len(files) for files in folder(root, max_samples=2).listing().values()) == 2


def test_a_sample_is_read(root: Path) -> None:
    """SRV-7: a listed sample is read whole, with the type of its suffix."""
    sample = folder(root).read("My Snare/one #1.wav")
    assert sample is not None
    assert (sample.body, sample.content_type) == (WAV, "audio/wav")


@pytest.mark.parametrize(
    "name",
    [
        "../secret.wav", "bd/../../secret.wav", "../samples-other/x.wav", "/etc/passwd", "link.wav", "linked/x.wav",
        ".hidden.wav", "notes.txt", "page.wav", "big.wav", "bd", "bd/", "", "missing.wav", "bd\\a.wav", "bd/a.wav\0.txt",
        "a/b/c/d/e.wav", "./bd/a.wav", "bd//a.wav",
    ],
)  # fmt: skip
def test_nothing_else_is_read(root: Path, name: str) -> None:
    """SRV-7: what lies outside, is a link, hidden, too big, of another type or no audio inside is not read."""
    assert folder(root).read(name) is None


def test_the_links_do_lead_outside(root: Path) -> None:
    """SRV-7: negative control: the names that are refused do lead to readable samples."""
    for name in ("../secret.wav", "../samples-other/x.wav", "link.wav", "linked/x.wav"):
        assert (root / name).read_bytes() == WAV


@pytest.mark.parametrize("suffix", HEADS)
def test_magic_numbers(suffix: str) -> None:
    """SRV-7: the first bytes must be those of the format that the suffix promises."""
    assert is_audio(suffix, HEADS[suffix])
    for other, head in HEADS.items():
        assert is_audio(suffix, head) is (other == suffix)
