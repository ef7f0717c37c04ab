"""The server with what an edit passes through compiled: the same rules, asked of the extension modules."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import house

# Compiling takes two minutes where nothing else is running.
pytestmark = [pytest.mark.package, pytest.mark.timeout(1_200)]


def run(*command: str | Path, **environment: str) -> str:
    """Run a program that has to succeed, and give what it said."""
    said = subprocess.run(
        [sys.executable, *map(str, command)], cwd=house.ROOT, env=os.environ | environment, check=False,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if said.stdout.startswith("Compiling needs"):
        pytest.skip(said.stdout.strip())
    assert said.returncode == 0, said.stdout[-5_000:]
    return said.stdout


@pytest.fixture(scope="module")
def compiled() -> str:
    """A path on which the compiled package is found first."""
    return run("server_ext/compiled.py").splitlines()[-1]


def test_the_same_rules(compiled: str) -> None:
    """PKG-11 Rooms, the gate and the hub pass their tests, and people play together over `algorave serve`."""
    where = "import algorave_server.room as room, algorave_server.update_gate as gate; print(room.__file__, gate.__file__)"
    assert all(file.endswith(".so") for file in run("-c", where, PYTHONPATH=compiled).split())
    rules = (
        "tests/server",
        "tests/flows/test_together.py",
        "tests/flows/test_limits.py",
        "-m",
        "not interpreted",
    )
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *rules)
    said = run(*command, PYTHONPATH=compiled, ALGORAVE_FLOWS_APP="algorave_server.serve")
    assert " passed" in said


def test_what_is_compiled_is_never_old(compiled: str) -> None:
    """PKG-11 After a change of any source it is compiled anew; without one it is taken as it is."""
    sys.path.insert(0, str(house.ROOT / "server_ext"))
    try:
        import compiled as builder
    finally:
        sys.path.pop(0)
    assert builder.is_fresh()
    source = Path(compiled) / "algorave_server" / "room.py"
    assert source.read_bytes() == (builder.PACKAGE / "room.py").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "HOT", builder.HOT[1:])
        assert not builder.is_fresh()


def test_the_wheel_of_one_platform(compiled: str, tmp_path: Path) -> None:
    """PKG-12 With `ALGORAVE_COMPILE=1` the wheel has the extension modules, and says for which Python it is."""
    options = ("--wheel", "--no-isolation", "--outdir", tmp_path)
    run("-m", "build", *options, ALGORAVE_COMPILE="1", ALGORAVE_SKIP_FRONT_END="1")
    wheel = next(tmp_path.glob("*.whl"))
    assert f"-cp{sys.version_info.major}{sys.version_info.minor}-" in wheel.name and "-any" not in wheel.name
    names = zipfile.ZipFile(wheel).namelist()
    assert [
        name for name in names if name.startswith("algorave_server/update_gate.") and name.endswith(".so")
    ]
    assert [name for name in names if name.startswith("algorave_server__mypyc.")]
    assert "algorave_server/update_gate.py" in names
