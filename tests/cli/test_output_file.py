"""The files that commands make."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from algorave_kernel import cli
from algorave_kernel.code_file import Failure
from algorave_kernel.display import Showing
from algorave_kernel.output_file import write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder one is in, with code that has a second name, and a notebook that could be published."""
    (tmp_path / "tune.wav").write_text('s("bd")')
    (tmp_path / "link").symlink_to("tune.wav")
    output = new_output("display_data", Showing("drums", 's("bd")').to_bundle())
    nbformat.write(new_notebook(cells=[new_code_cell("1", outputs=[output])]), tmp_path / "set.ipynb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "render tune.wav -o tune.wav",
        "render tune.wav",
        "render tune.wav -o ./link",
        "publish set.ipynb -o set.ipynb",
    ],
)
def test_a_source_is_not_written_over(folder: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    """CLI-12: a result in the place of its source is refused in one sentence with 2, under any name."""
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert cli.main(line.split()) == 2
    said = capsys.readouterr().err
    assert "is what the result is made from; name another file with -o" in said
    assert said.count("\n") == 1
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_standard_input_is_not_written_over(folder: Path) -> None:
    """CLI-12: also code that comes by `< FILE` stays; a result elsewhere is made."""
    command = [sys.executable, "-m", "algorave_kernel.cli", "render", "-", "--cycles", "1", "-o"]
    for name, code in (("tune.wav", 2), ("other.wav", 0)):
        with (folder / "tune.wav").open("rb") as source:
            assert subprocess.run([*command, name], check=False, stdin=source, timeout=60).returncode == code
    assert (folder / "tune.wav").read_text() == 's("bd")'
    assert (folder / "other.wav").stat().st_size > 44


@pytest.mark.parametrize(
    ("writing", "left"), [("write(path, data)", b"old"), ("path.write_bytes(data)", b"x" * 1000)]
)
def test_a_failure_leaves_no_half_file(folder: Path, writing: str, left: bytes) -> None:
    """CLI-12: when the disk ends in the middle, the old file is there whole; writing in place leaves a half."""
    (folder / "page.html").write_bytes(b"old")
    names = sorted(folder.iterdir())
    code = (
        "import resource; from pathlib import Path; from algorave_kernel.output_file import write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"path, data = Path('page.html'), b'x' * 5000; {writing}"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert (folder / "page.html").read_bytes() == left
    assert sorted(folder.iterdir()) == names


def test_links_modes_and_devices_stay(folder: Path) -> None:
    """CLI-12: a link still leads to the file, which keeps its mode; a device is written to, not replaced."""
    (folder / "tune.wav").chmod(0o640)
    write(folder / "link", b"new")
    assert (folder / "link").is_symlink()
    assert (folder / "tune.wav").read_bytes() == b"new"
    assert (folder / "tune.wav").stat().st_mode & 0o777 == 0o640
    os.mkfifo(folder / "pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write(folder / "pipe", b"new")
    assert os.read(reader, 9) == b"new"
    os.close(reader)
    assert (folder / "pipe").is_fifo()


def test_what_cannot_be_written_is_said(folder: Path) -> None:
    """CLI-12: a name no disk can keep is one sentence."""
    with pytest.raises(Failure, match="cannot be written: File name too long"):
        write(folder / ("x" * 300), b"new")
