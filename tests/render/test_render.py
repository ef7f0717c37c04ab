"""Rendering code to sound with no browser."""

from __future__ import annotations

import threading
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from algorave_kernel.problem import Unplayable
from algorave_kernel.render import render

from .sound import channels_of, onsets_s, rms_of, strongest_hz

if TYPE_CHECKING:
    from pathlib import Path

RATE = 44100


@pytest.mark.parametrize(
    ("code", "cycles", "options", "duration_s"),
    [
        ('s("bd")', 1, {}, 2.0),
        ('s("bd")', 3, {"cps": 1.0}, 3.0),
        ('setcps(0.8)\ns("bd")', 2, {}, 2.5),
        ('setcpm(90/4)\ns("bd")', 1, {}, 60 / 22.5),
        ('s("bd")', 0.5, {"sample_rate": 48000}, 1.0),
        ('s("bd").room(1)', 1, {"tail_s": 1.5}, 3.5),
    ],
)
def test_length_is_exact(code: str, cycles: float, options: dict[str, float], duration_s: float) -> None:
    """REN-1: sound is cycles / cps (as the code or the caller says) plus the tail long, to the frame."""
    audio = render(code, cycles, **options)  # pyright: ignore[reportArgumentType] -- options of any kind are passed on
    assert len(audio) == round(duration_s * audio.sample_rate)


def test_pitch_and_grid() -> None:
    """REN-2: an a4 sine is 440 Hz; eight kicks a cycle lie on the grid."""
    tone = render('note("a4").s("sine").sustain(1)', 2)
    assert strongest_hz(channels_of(tone)[0], RATE) == pytest.approx(440, abs=0.5)
    kicks = render('s("bd*8").decay(.05).sustain(0)', 1)
    found = onsets_s(channels_of(kicks)[0], RATE)
    assert found == pytest.approx([index * 0.25 for index in range(8)], abs=0.003)


def test_first_onset_is_whole() -> None:
    """REN-2: the first cycle begins with its first onset, early sounds included."""
    for code in ('s("bd")', 's("bd").stretch(1)', 's("bd").nudge("-0.05")'):
        audio = channels_of(render(code, 1))
        assert np.abs(audio[0, : RATE // 10]).max() > 0.3, code


def test_same_samples_each_time() -> None:
    """REN-5: the same code and seed give the same file; another seed gives other noise."""
    code = '$: s("white*4").decay(.1).sustain(0).room(.5)\n$: note("c e g").s("supersaw").lpf(900)'
    first = render(code, 1)
    assert render(code, 1).wav() == first.wav()
    assert render(code, 1, seed=1).wav() != first.wav()


@pytest.mark.parametrize(
    ("code", "kind", "line", "column"),
    [
        ('s("zzz")', "sound", 1, 4),
        ('s("bd"', "syntax", 1, None),
        ('s("bd [sd")', "mini", 1, None),
        ('s("bd").lpff(3)', "reference", 1, 9),
        ("let a = 5", "not_pattern", 1, None),
        ('setcps(0)\ns("bd")', "value", 1, None),
        ('setcps(0.000001)\ns("bd")', "time", None, None),
    ],
)
def test_gate_comes_first(code: str, kind: str, line: int | None, column: int | None) -> None:
    """REN-3: what the gate refuses is not rendered: Unplayable says what, where, and what to do."""
    with pytest.raises(Unplayable) as caught:
        render(code, 1)
    problem = caught.value.problem
    assert problem.line == line
    if column is not None:
        assert problem.column == column
    if kind not in {"syntax", "not_pattern", "value"}:
        assert problem.kind == kind


def test_endless_code_ends() -> None:
    """REN-4: endless loops in functions of haps end by the renderer's limits, and the next render works."""
    with pytest.raises(Unplayable) as caught:
        render('s("bd").fmap(x => { for (;;); })', 1, limit_s=3)
    assert caught.value.problem.kind == "time"
    assert render('s("bd")', 0.5).peak > 0.3


@pytest.mark.parametrize(
    "code",
    [
        "let a = [];\ns('bd').fmap(x => { for (;;) a.push(new ArrayBuffer(1e8).slice(0)); })",
        "let a = [];\ns('bd').fmap(x => { for (;;) a.push('x'.repeat(1e6) + a.length); })",
    ],
)
def test_memory_bombs_end(code: str) -> None:
    """REN-4: memory bombs end by the renderer's limits in words, and the next render works."""
    with pytest.raises(Unplayable):
        render(code, 1, limit_s=20)
    assert render('s("bd")', 0.5).peak > 0.3


@pytest.mark.parametrize(
    "options",
    [
        {"cycles": 0},
        {"cycles": -1},
        {"cps": 0.0},
        {"sample_rate": 10},
        {"tail_s": -1},
        {"samples_dir": "/no"},
    ],
)
def test_arguments_out_of_range(options: dict[str, float]) -> None:
    """REN-6: arguments out of range are refused before anything runs."""
    with pytest.raises(ValueError, match="is"):
        render('s("bd")', **{"cycles": 1, **options})  # pyright: ignore[reportArgumentType] -- wrong kinds are the point


def test_never_clips() -> None:
    """REN-7: however loud the pattern, no sample leaves above the ceiling; a quiet one is left alone."""
    loud = render('s("bd*4, sd*4, cp*4, oh*8").gain(4).distort("4:1")', 1)
    assert 0.9 < loud.peak <= 0.981
    quiet = render('note("c3").s("sine").gain(.2)', 1)
    assert quiet.peak < 0.2


def test_kit_plays_with_no_network() -> None:
    """REN-8: the usual drums, banks and the piano sound, without a warning."""
    audio = render('$: s("bd sd hh oh cp rim lt cr").bank("tr909")\n$: note("c3 e3 g3").s("piano")', 1)
    assert audio.warnings == ()
    assert audio.rms > 0.05


@pytest.mark.parametrize(
    ("code", "words", "is_silent"),
    [
        ("samples('github:someone/else')\ns(\"strange*4\")", "strange", True),
        ("samples({bd: 'kick.wav'}, 'https://example.com/')\ns(\"bd*4\")", "built-in kit", False),
        ('note("c3 e3").s("gm_flute")', "gm_flute", False),
    ],
)
def test_missing_samples_are_told(code: str, words: str, is_silent: bool) -> None:
    """REN-8: samples that are not here are told in words; the kit, a stand-in or silence plays instead."""
    audio = render(code, 1)
    assert any(words in sentence for sentence in audio.warnings), audio.warnings
    assert (audio.peak == 0) == is_silent


def write_tone(path: Path, hz: float, rate: int = 22050) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = np.sin(2 * np.pi * hz * np.arange(rate) / rate) * 0.8
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((tone * 32767).astype("<i2").tobytes())


def test_local_samples(tmp_path: Path) -> None:
    """REN-9: files of a folder play by name and number, at the right pitch, before the kit's."""
    write_tone(tmp_path / "mine" / "a.wav", 500)
    write_tone(tmp_path / "mine" / "b.wav", 900)
    write_tone(tmp_path / "bd.wav", 300)
    (tmp_path / "mine" / "notes.txt").write_text("no sound")
    for code, hz in (('s("mine:0")', 500), ('s("mine:1")', 900), ('s("mine:2")', 500), ('s("bd")', 300)):
        audio = render(code, 1, samples_dir=tmp_path)
        assert audio.warnings == ()
        assert strongest_hz(channels_of(audio)[0], RATE) == pytest.approx(hz, abs=2), code


def test_broken_local_sample(tmp_path: Path) -> None:
    """REN-9: a file that is no WAV file is told in words and is silent; the rest plays."""
    (tmp_path / "odd.wav").write_bytes(b"this is not a sound at all")
    audio = render('s("odd, bd")', 1, samples_dir=tmp_path)
    assert any("no WAV file" in sentence for sentence in audio.warnings), audio.warnings
    assert audio.peak > 0.3


def test_progress_rises_to_one() -> None:
    """REN-13: progress is told as a share that rises to one."""
    told: list[float] = []
    render('s("bd*4")', 4, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 4


def test_several_at_once() -> None:
    """REN-14: renders in threads do not disturb one another."""
    codes = ['note("c3").s("sawtooth")', 's("bd*4")', 'register("fast", (x, p) => p)\ns("hh*2").fast(2)']
    alone = [render(code, 0.5).wav() for code in codes]
    together: dict[int, bytes] = {}

    def work(index: int) -> None:
        together[index] = render(codes[index], 0.5).wav()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(codes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[index] for index in range(len(codes))] == alone


def test_rooms_ring_on() -> None:
    """REN-1: a tail holds what effects ring on after the last cycle; without effects it is silent."""
    rings = channels_of(render('s("sd").room(1).roomsize(4)', 0.5, tail_s=1))
    dry = channels_of(render('note("c3*4").s("sine")', 0.5, tail_s=1))
    tail = slice(-RATE // 2, None)
    assert rms_of(rings[:, tail]) > 1e-4
    assert rms_of(dry[:, tail]) < 1e-6
