"""What is in the wheel and the source archive, and what they need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import house

pytestmark = pytest.mark.package
PACKAGES = {"algorave_kernel", "algorave_server", "algorave_widgets"}
DATA = "algorave-0.1.0.data/data/"
LAB_EXTENSION = f"{DATA}share/jupyter/labextensions/algorave/"


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program and give what it said, both streams together."""
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=os.environ | environment, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@pytest.fixture(scope="module")
def no_node(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which there is neither Node nor npm."""
    folder = tmp_path_factory.mktemp("bin")
    assert shutil.which("node", path=str(folder)) is None
    return str(folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, no_node: str) -> Path:
    """A folder with the source archive, and the wheel that was built from it without Node."""
    fresh = run(sys.executable, house.ROOT / "widgets" / "front_end.py", cwd=house.ROOT)
    assert fresh.returncode == 0, fresh.stdout
    folder = tmp_path_factory.mktemp("dist")
    said = run(
        sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=house.ROOT, PATH=no_node
    )
    assert said.returncode == 0, said.stdout[-3000:]
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Iterator[zipfile.ZipFile]:
    """The wheel, opened."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel in it; what it depends on is borrowed from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    said = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index",
        next(built.glob("*.whl")), cwd=folder,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip()
    )
    # A plain path: the editable installation of this checkout is not taken over with it.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder


def without_front_end(folder: Path) -> Path:
    """A copy of the checkout as it is after `git clone`."""
    for name in house.listed():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(house.ROOT / name, target)
    return folder


def test_exactly_three_packages(wheel: zipfile.ZipFile) -> None:
    """PKG-1: the wheel has three import packages and nothing else beside its own records."""
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith((".data", ".dist-info"))} == PACKAGES
    assert all(f"{name}/py.typed" in wheel.namelist() for name in PACKAGES)
    assert [name for name in wheel.namelist() if "node_modules" in name or name.endswith(".map")] == []


def test_one_wheel_is_for_all(built: Path) -> None:
    """PKG-12 A wheel that is built without saying more is for every platform and Python."""
    assert [path.name.split("-", 2)[2] for path in built.glob("*.whl")] == ["py3-none-any.whl"]


def test_the_front_end_is_inside(wheel: zipfile.ZipFile) -> None:
    """PKG-2: every built file is in the wheel, and the files the manifest names are among them."""
    static = house.ROOT / "widgets" / "algorave_widgets" / "static"
    expected = {
        f"algorave_widgets/static/{path.relative_to(static).as_posix()}"
        for path in static.rglob("*")
        if path.is_file()
    }
    assert expected <= set(wheel.namelist())
    assert {"algorave_widgets/static/stage.html", "algorave_widgets/static/engine.js"} <= expected
    named = [
        each
        for each in strings(json.loads(wheel.read("algorave_widgets/static/manifest.json")))
        if each.endswith(".js")
    ]
    assert named != []
    assert [
        name for name in named if f"algorave_widgets/static/{Path(name).name}" not in wheel.namelist()
    ] == []


def strings(value: object) -> Iterator[str]:
    """Every string in a JSON value."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from strings(each)
        case dict():
            for each in value.values():
                yield from strings(each)


def test_jupyter_finds_its_parts(wheel: zipfile.ZipFile) -> None:
    """PKG-3: server extension, lab extension and kernel lie where Jupyter looks, the lessons beside the command."""
    enabled = json.loads(wheel.read(f"{DATA}etc/jupyter/jupyter_server_config.d/algorave.json"))
    assert enabled["ServerApp"]["jpserver_extensions"] == {"algorave_server": True}
    lab = json.loads(wheel.read(f"{LAB_EXTENSION}package.json"))
    assert f"{LAB_EXTENSION}{lab['jupyterlab']['_build']['load']}" in wheel.namelist()
    assert json.loads(wheel.read(f"{LAB_EXTENSION}install.json"))["packageName"] == "algorave"
    assert "algorave_kernel/notebooks/01_first_pattern.ipynb" in wheel.namelist()
    kernel = json.loads(wheel.read(f"{DATA}share/jupyter/kernels/algorave/kernel.json"))
    assert kernel["display_name"] == "Algorave"


def test_the_source_archive_has_the_sources(built: Path) -> None:
    """PKG-4: the source archive has everything that is needed to change and rebuild it, and the built front end."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    wanted = {"LICENSE", "Makefile", "widgets/package-lock.json", "widgets/build.mjs", "widgets/front_end.py"}
    assert wanted <= names
    assert {
        "widgets/algorave_widgets/static/engine.js",
        "widgets/algorave_widgets/static/sources.sha256",
    } <= names
    assert [name for name in names if "node_modules/" in name or name.startswith(".venv")] == []


def test_a_clone_without_node_gives_no_wheel(tmp_path: Path, no_node: str) -> None:
    """PKG-5: a wheel is never built without its front end: the build stops with one sentence that says what to do."""
    clone = without_front_end(tmp_path / "clone")
    said = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", cwd=clone, PATH=no_node)
    assert said.returncode != 0
    assert "Building the front end needs Node 20 or newer with npm" in said.stdout
    assert "Traceback" not in said.stdout
    assert not list(clone.glob("dist/*.whl"))


def test_a_clone_without_node_can_be_worked_on(tmp_path: Path, no_node: str) -> None:
    """PKG-6: an editable installation without Node warns and goes on."""
    clone = without_front_end(tmp_path / "clone")
    program = "import hatchling.build as backend; print(backend.build_editable('dist'))"
    said = run(sys.executable, "-c", program, cwd=clone, PATH=no_node)
    assert said.returncode == 0, said.stdout
    assert "installed without its front end" in said.stdout


@pytest.mark.parametrize("ignored", [True, False])
def test_a_stale_front_end_is_noticed(tmp_path: Path, no_node: str, ignored: bool) -> None:
    """PKG-7: a bundle older than its sources is built again, unless ALGORAVE_SKIP_FRONT_END says to take it as it is."""
    clone = without_front_end(tmp_path / "clone")
    for name in ("static", "labextension"):
        shutil.copytree(
            house.ROOT / "widgets/algorave_widgets" / name, clone / "widgets/algorave_widgets" / name
        )
    (clone / "widgets" / "src" / "kit" / "names.ts").write_text("export {};", encoding="utf-8")
    environment = {"PATH": no_node, "ALGORAVE_SKIP_FRONT_END": "1" if ignored else ""}
    said = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", cwd=clone, **environment)
    assert (said.returncode == 0) is ignored, said.stdout[-2000:]


def test_the_wheel_works_where_nothing_else_is(installed: Path) -> None:
    """PKG-8: from an installed wheel the three packages import, and no folder of the checkout does."""
    python = installed / "bin" / "python"
    for name in PACKAGES:
        said = run(python, "-c", f"import {name}; print({name}.__file__)", cwd=installed)
        assert str(installed) in said.stdout
    for name in ("widgets", "server_ext", "tests", "notebooks"):
        assert run(python, "-c", f"import {name}", cwd=installed).returncode != 0


def test_the_wheel_plays(installed: Path) -> None:
    """PKG-9: the installed command checks a pattern with the engine that the wheel carries."""
    command = [str(installed / "bin" / "algorave"), "check", "-"]
    checked = subprocess.run(
        command, input='s("bd sd")', capture_output=True, text=True, check=False, cwd=installed
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["-m", "jupyter_server.extension.serverextension", "list"], "algorave_server"),
        (["-m", "jupyterlab.labextensions", "list"], "algorave"),
    ],
)
def test_jupyter_lists_its_parts(installed: Path, command: list[str], line: str) -> None:
    """PKG-10: Jupyter lists the server extension and the lab extension of the installed wheel as enabled and well."""
    said = run(installed / "bin" / "python", *command, cwd=installed, JUPYTER_NO_CONFIG="1")
    found = [each for each in said.stdout.splitlines() if line in each and "OK" in each]
    assert found != [], said.stdout
