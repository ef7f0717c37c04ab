"""The command `algorave`, run as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from algorave_kernel import cli

GROOVE = 'setcps(0.6)\ndrums: s("bd*2, ~ cp")\nbass: note("c2 e2").s("sawtooth")\n'
WRONG = 's("bd sd")\n  .lpff(3)\n'


def algorave(
    *words: str, given: str | bytes = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "algorave_kernel.cli", *words],
        check=False,
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        cwd=folder,
        timeout=60,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "groove.strudel").write_text(GROOVE)
    (tmp_path / "wrong.strudel").write_text(WRONG)
    (tmp_path / "notes.txt").write_bytes(b"s('bd')\n\xff\xfe")
    return tmp_path


def test_good_code_passes(folder: Path) -> None:
    """CLI-1: playable code ends with 0, prints nothing on standard output and a word on standard error."""
    done = algorave("check", "groove.strudel", folder=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "groove.strudel is playable: 0.6 cycles per second, layers drums, bass\n"


def test_wrong_code_is_reported_by_place(folder: Path) -> None:
    """CLI-1: a problem is one `file:line:col: message` line on standard output, and the exit code is 1."""
    done = algorave("check", "groove.strudel", "wrong.strudel", folder=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("wrong.strudel:2:4: lpff is not a function (did you mean lpf")
    assert done.stdout.count("\n") == 1


def test_the_files_after_an_unreadable_one_are_checked(folder: Path) -> None:
    """CLI-13: what cannot be read is said, the other files are checked, and the exit code is 2."""
    done = algorave("check", "nowhere", "wrong.strudel", "notes.txt", "groove.strudel", folder=folder)
    assert done.returncode == 2
    assert done.stdout.startswith("wrong.strudel:2:4: lpff is not a function")
    said = done.stderr.splitlines()
    assert said[0] == "algorave: there is no file nowhere"
    assert said[1].startswith("algorave: notes.txt:2:1: this is not UTF-8 text")
    assert said[2].startswith("groove.strudel is playable")


def test_the_place_of_bad_text_counts_characters(folder: Path) -> None:
    """CLI-13: the column of bytes that are no text counts characters, and a byte order mark is none."""
    (folder / "odd.strudel").write_bytes(b'\xef\xbb\xbfs("bd")\n' + "/* 🥁é".encode() + b"\xff */")
    assert algorave("check", "odd.strudel", folder=folder).stderr.startswith("algorave: odd.strudel:2:6: ")


def test_a_terminal_is_not_given_orders(folder: Path) -> None:
    """CLI-14: control characters of code and of file names are shown as escapes, in one line."""
    (folder / "evil.strudel").write_text("(() => { throw new Error('\\u001b[2Jgone\\nsecond\\u202e') })()")
    done = algorave("check", "evil.strudel", "no\x1b[2Jwhere", folder=folder)
    assert done.returncode == 2
    assert r"\x1b[2Jgone\nsecond\u202e" in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == "algorave: there is no file no\\x1b[2Jwhere\n"


def test_code_comes_from_standard_input() -> None:
    """CLI-2: `-` reads standard input; Windows line ends and a byte order mark are no problem."""
    assert algorave("check", "-", given='\ufeffs("bd")\r\n  .fast(2)\r\n').returncode == 0
    done = algorave("check", "-", given='s("bd"\r\n  .lpff(2))')
    assert done.returncode == 1
    assert done.stdout.startswith("<stdin>:2:4: ")


def test_an_unknown_place_is_the_files_beginning(folder: Path) -> None:
    """CLI-1: a problem without a place stands at 1:1, so that editors can read every line."""
    (folder / "none.strudel").write_text("let a = 5")
    assert algorave("check", "none.strudel", folder=folder).stdout.startswith("none.strudel:1:1: ")


WRONG_USE = [
    ([], ""),
    (["chekc", "x"], "algorave: there is no `algorave chekc`: did you mean 'check'?"),
    (["check"], "algorave: the following arguments are required: FILE"),
    (["check", "nowhere"], "algorave: there is no file nowhere\n"),
    (["check", "."], "algorave: . is a folder, not a file of Strudel code\n"),
    (["check", "notes.txt"], "algorave: notes.txt:2:1: this is not UTF-8 text"),
    (["check", "groove.strudel", "--cycles", "x"], "algorave: --cycles: a whole number is wanted, not 'x'"),
    (
        ["check", "groove.strudel", "--cycles", "0"],
        "algorave: --cycles of `algorave check` is a number from 1 to 256",
    ),
    (["haps", "groove.strudel", "--jsn"], "algorave: unknown option '--jsn': did you mean '--json'?"),
    (["haps", "groove.strudel", "--cycles", "2", "1"], "algorave: --cycles takes a number of cycles"),
    (["haps", "groove.strudel", "--cycles", "1", "2", "3"], "algorave: --cycles takes a number of cycles"),
    (["haps", "groove.strudel", "--cycles", "a"], "algorave: --cycles: a cycle is a number such as"),
    (
        ["haps", "--cycles", "0", "1", "groove.strudel"],
        "algorave: --cycles: a cycle is a number such as 2, 0.5 or 1/3, not 'groove.strudel'; write FILE before",
    ),
    (["haps", "--cycles", "0", "1", "-"], "algorave: --cycles: a cycle is a number such as"),
    (["haps", "groove.strudel", "--cycles", "-1/0", "1"], "algorave: --cycles: a cycle is a number such as"),
    (
        ["haps", "groove.strudel", "--cycles", "0", "9999"],
        "algorave: --cycles takes at most 4096 cycles at once",
    ),
    (
        ["render", "groove.strudel", "--cycles", "-1"],
        "algorave: --cycles: the number of cycles must be above 0",
    ),
    (["render", "groove.strudel", "--cps", "0"], "algorave: --cps: cps is a number above 0"),
    (["render", "groove.strudel", "-o", "no/where.wav"], "algorave: there is no folder no\n"),
    (["render", "groove.strudel", "-o", "."], "algorave: . is a folder; name a file\n"),
    (["render", "."], "algorave: '.' is no file; name one.\n"),
    (["publish", ""], "algorave: '.' is no file; name one.\n"),
    (["render", "-"], "algorave: code from standard input needs -o"),
    (["publish", "nowhere.ipynb"], "algorave: there is no notebook nowhere.ipynb\n"),
    (["publish", "groove.strudel"], "algorave: groove.strudel is not a Jupyter notebook\n"),
    (["lab", "nowhere.ipynb"], "algorave: there is no notebook nowhere.ipynb\n"),
    (["lab", "--port", "0"], "algorave: --port is a number from 1 to 65535"),
]


@pytest.mark.parametrize(("words", "said"), WRONG_USE)
def test_wrong_use_is_one_sentence(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    """CLI-3: what was written wrongly ends with 2 and one sentence that says what to do."""
    monkeypatch.chdir(folder)
    assert cli.main(words) == 2
    written = capsys.readouterr().err
    assert written.startswith(said)
    assert written.count("\n") == (1 if said else 0)


def test_help_is_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    """CLI-4: `--help` lists the commands, and every command has a `--help` of its own."""
    assert cli.main(["--help"]) == 0
    overview = capsys.readouterr().out
    for command in ("lab", "check", "haps", "render", "publish", "doctor", "version"):
        assert f"algorave {command}" in overview
        assert cli.main([command, "--help"]) == 0
        assert f"usage: algorave {command}" in capsys.readouterr().out


def test_help_is_quick_to_load() -> None:
    """CLI-4: the overview loads no engine, no notebook and no server."""
    heavy = "('IPython', 'nbformat', 'jupyter_server', 'algorave_kernel.engine', 'anywidget')"
    code = f"import sys; from algorave_kernel import cli; cli.main(['--help']); print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_versions_are_told() -> None:
    """CLI-5: `version` names what makes sound here."""
    done = algorave("version")
    assert done.returncode == 0
    assert done.stdout.startswith("algorave ")
    assert "mini-racer 0.14" in done.stdout


def haps(folder: Path, code: str, *cycles: str) -> list[dict[str, object]]:
    (folder / "x.strudel").write_text(code)
    done = algorave("haps", "x.strudel", *(["--cycles", *cycles] if cycles else []), "--json", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_haps_are_json_of_a_stable_form(folder: Path) -> None:
    """CLI-6: whole and part as exact fractions, value, places in the text, layer; in order of time."""
    assert haps(folder, 'a: note("c3 e3").s("sine")') == [
        {"whole": ["0/1", "1/2"], "part": ["0/1", "1/2"], "value": {"note": "c3", "s": "sine"},
         "locations": [[20, 24], [9, 11]], "layer": "a"},
        {"whole": ["1/2", "1/1"], "part": ["1/2", "1/1"], "value": {"note": "e3", "s": "sine"},
         "locations": [[20, 24], [12, 14]], "layer": "a"},
    ]  # fmt: skip


def test_haps_without_label_or_whole_have_null(folder: Path) -> None:
    """CLI-6: code without labels has no layer, a continuous signal no whole."""
    assert haps(folder, 's("bd")')[0]["layer"] is None
    signal = haps(folder, "sine", "0", "1/3")
    assert (signal[0]["whole"], signal[0]["part"]) == (None, ["0/1", "1/3"])


def test_places_count_code_points(folder: Path) -> None:
    """CLI-6: an emoji before a word moves its place by one."""
    assert haps(folder, '/* 🥁 */ s("bd")')[0]["locations"] == [[11, 13]]


@pytest.mark.parametrize(
    ("cycles", "span"),
    [
        ((), (0, 1)),
        (("2",), (0, 2)),
        (("1/3", "1"), (Fraction(1, 3), 1)),
        (("-1", "0.5"), (-1, 0.5)),
        (("-1/2", "1/2"), (Fraction(-1, 2), 0.5)),
        (("-.5", "-1/4"), (-0.5, -0.25)),
    ],
)
def test_cycles_are_numbers_or_fractions(
    folder: Path, cycles: tuple[str, ...], span: tuple[float, float]
) -> None:
    """CLI-7: one number is a length from 0, two are begin and end; negative cycles exist."""
    parts = [hap["part"] for hap in haps(folder, 's("bd")', *cycles)]
    assert Fraction(parts[0][0]) == span[0]
    assert Fraction(parts[-1][1]) == span[1]


def test_no_haps_are_an_empty_list(folder: Path) -> None:
    """CLI-6: silence is `[]`."""
    assert haps(folder, "silence") == []


def test_haps_of_wrong_code_go_to_standard_error(folder: Path) -> None:
    """CLI-6: problems never stand where a program expects JSON."""
    done = algorave("haps", "wrong.strudel", "--json", folder=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("wrong.strudel:2:4: lpff is not a function")


def test_haps_are_a_table_for_people(folder: Path) -> None:
    """CLI-8: without --json, columns; the layer only where there are layers."""
    table = algorave("haps", "groove.strudel", folder=folder).stdout
    assert table.splitlines()[:2] == ["begin  end  layer  value", "0      1/2  drums  s:bd"]
    assert algorave("haps", "-", given='s("bd")').stdout == "begin  end  value\n0      1    s:bd\n"


def test_a_closed_pipe_is_no_mistake(folder: Path) -> None:
    """CLI-9: `algorave haps … | head -1` ends quietly."""
    line = f"{sys.executable} -m algorave_kernel.cli haps groove.strudel --cycles 0 400 | head -1"
    done = subprocess.run(
        ["bash", "-c", line], check=False, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.split(), done.stderr) == (["begin", "end", "layer", "value"], "")
