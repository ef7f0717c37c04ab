"""The lesson about playing together: it runs on a real server from top to bottom, and alone it says what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from algorave_kernel.display import SESSION_MIME
from algorave_kernel.gate import check
from algorave_kernel.pattern import Pattern
from algorave_kernel.sounds import known_sounds
from kernel_client import Kernel, Ran, running_kernel
from live_server import LiveServer, running_server

LESSON = Path(__file__).parents[2] / "notebooks" / "02_play_together.ipynb"


def cells() -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(LESSON, as_version=4).cells if cell.cell_type == "code"]


def code_cells() -> list[str]:
    return [cell.source.split("\n", 1)[1] for cell in cells() if cell.source.startswith("%%strudel")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with running_server(tmp_path_factory.mktemp("lesson")) as live:
        yield live


def run_all(kernel: Kernel) -> dict[str, Ran]:
    return {cell.id: kernel.run(cell.source, cell.id) for cell in cells()}


def test_it_runs_on_a_server(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """NB-3: on a server each cell of the lesson does what its words say, and again when all cells are run again."""
    monkeypatch.setenv("ALGORAVE_URL", server.url)
    monkeypatch.setenv("ALGORAVE_TOKEN", server.token)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(server.root.parent / "data"))
    with running_kernel("python3") as kernel:
        for _ in range(2):
            ran = run_all(kernel)
            assert all("UsageError" not in each.streams and not each.errors for each in ran.values())
            for name in ("drums", "bass"):
                shown = ran[name].displays[0][SESSION_MIME]
                assert (shown["session"]["title"], shown["play"], shown["conflict"]) == ("jam", True, None)
            assert ran["alone"].displays[0][SESSION_MIME]["session"] is None
            assert "#i=" in ran["invite"].displays[0]["text/plain"]
            assert "0.6 cycles per second" in ran["tempo"].streams
            assert check(ran["export"].streams).playable


def test_alone_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """NB-4: with no server nothing fails: opening says what to do, and the cells play alone."""
    monkeypatch.delenv("ALGORAVE_URL", raising=False)
    with running_kernel("python3") as kernel:
        ran = run_all(kernel)
    assert "algorave lab" in ran["open"].streams
    assert all(not each.errors for each in ran.values())
    assert ran["drums"].displays[0][SESSION_MIME]["play"] is True
    assert "%algorave open NAME" in ran["invite"].streams


def test_it_needs_no_network_and_is_stored_clean() -> None:
    """NB-2: every cell plays with sounds that the player makes itself, and the notebook is stored without outputs."""
    for code in code_cells():
        verdict = check(code, cycles=16)
        assert (verdict.playable, verdict.warnings) == (True, ())
        sounds = {hap.sound for hap in Pattern(code).haps(0, 16) if hap.sound}
        assert sounds <= set(known_sounds().offline)
    page = nbformat.read(LESSON, as_version=4)
    nbformat.validate(page)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in page.cells)
    text = "\n".join(cell.source for cell in page.cells)
    for before, after in (("c2 ~ eb2 c2", "c2 ~ eb2 f2"), ("500", "900")):
        assert text.count(before) >= 2
        assert check(code_cells()[1].replace(before, after)).playable
