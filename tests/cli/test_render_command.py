"""`algorave render`: from a file of code to a file of sound."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from algorave_kernel import cli


def test_a_file_of_sound_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CLI-10: the file is beside the code, as long as its cycles and tail, and the same when made again."""
    code = tmp_path / "tune.strudel"
    code.write_text('setcps(1)\nnote("a4").s("sine")')
    assert cli.main(["render", str(code), "--cycles", "1", "--tail", "1/2"]) == 0
    said = capsys.readouterr().out
    made = tmp_path / "tune.wav"
    with wave.open(str(made)) as sound:
        assert (sound.getnchannels(), sound.getnframes() / sound.getframerate()) == (2, 1.5)
    assert said.startswith(f"{made}: 1.50 s, peak 0.")
    again = tmp_path / "again.wav"
    assert cli.main(["render", str(code), "-o", str(again), "--cycles", "1", "--tail", "0.5"]) == 0
    assert again.read_bytes() == made.read_bytes()


def test_floats_are_written_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CLI-10: `--bits 32` is a file of 32-bit floats."""
    code = tmp_path / "tune.strudel"
    code.write_text('s("bd")')
    assert cli.main(["render", str(code), "--cycles", "1", "--bits", "32"]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'tune.wav'}: 2.00 s")
    # The format's code is 3 for floats, and a sample has 32 bits.
    header = (tmp_path / "tune.wav").read_bytes()[:36]
    assert (header[20], header[34]) == (3, 32)


def test_wrong_code_makes_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CLI-10: what the gate refuses is reported by place, ends with 1 and leaves no file."""
    code = tmp_path / "wrong.strudel"
    code.write_text('s("bd").lpff(2)')
    assert cli.main(["render", str(code)]) == 1
    assert capsys.readouterr().err.startswith(f"{code}:1:9: lpff is not a function")
    assert not (tmp_path / "wrong.wav").exists()


def test_a_missing_folder_of_samples_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CLI-3: a folder that is not there is a sentence."""
    code = tmp_path / "tune.strudel"
    code.write_text('s("bd")')
    assert cli.main(["render", str(code), "--samples", str(tmp_path / "nowhere")]) == 1
    assert "there is no folder" in capsys.readouterr().err
