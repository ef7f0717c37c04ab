"""The kernel "Algorave", started by its own kernelspec."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from algorave_kernel.display import SESSION_MIME
from kernel_client import KERNELSPEC, Kernel, running_kernel


@pytest.fixture(scope="module")
def algorave(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    specs = tmp_path_factory.mktemp("kernels")
    shutil.copytree(KERNELSPEC, specs / "algorave")
    with running_kernel("algorave", specs) as kernel:
        yield kernel


def payload_of(kernel: Kernel, cell: str, cell_id: str | None = None) -> dict[str, object]:
    ran = kernel.run(cell, cell_id)
    assert (ran.streams, ran.results, ran.errors, len(ran.displays)) == ("", [], [], 1)
    return ran.displays[0][SESSION_MIME]


def test_strudel_cells_play(algorave: Kernel) -> None:
    """KERN-6: with no `%load_ext`, `$:`, a label or the directive make a cell play."""
    assert payload_of(algorave, '$: s("bd*4")')["play"] is True
    assert payload_of(algorave, 'bass: note("c2")\n  .s("sine")')["code"] == 'bass: note("c2")\n  .s("sine")'
    named = payload_of(algorave, '// strudel drums --no-play\ns("bd")')
    assert (named["layer"], named["play"]) == ("drums", False)


def test_a_strudel_cell_keeps_its_layer(algorave: Kernel) -> None:
    """MAG-3: also here the cell's id names the layer."""
    first = payload_of(algorave, '$: s("bd")', "one")["layer"]
    assert first == payload_of(algorave, '$: s("sd")', "one")["layer"]
    assert first != payload_of(algorave, '$: s("sd")', "two")["layer"]


def test_problems_have_the_cells_own_lines(algorave: Kernel) -> None:
    """KERN-5: a problem in line 3 of the cell is in line 3."""
    problem = payload_of(algorave, '// strudel\n$: s("bd")\n  .lpff(3)')["problems"][0]
    assert (problem["line"], problem["column"]) == (3, 4)


def test_python_runs_as_always(algorave: Kernel) -> None:
    """KERN-4, KERN-6: Python, annotations and magics do what they do in any kernel."""
    assert algorave.run("x: int = 3\nx + 1").results[0]["text/plain"] == "4"
    algorave.run("note = str")
    assert algorave.run('y: note("c") = 1\ny').results[0]["text/plain"] == "1"
    algorave.run("del note")
    assert algorave.run("%algorave version").streams.startswith("algorave ")


def test_strudel_is_completed_without_a_magic(algorave: Kernel) -> None:
    """COMP-4: Tab works in cells that are Strudel by their first line."""
    assert "lpf" in algorave.complete('$: note("c").lp')[0]
    assert "hh" in algorave.complete('drums: s("h')[0]


def test_the_kernelspec_is_whole() -> None:
    """KERN-7: name, logos in the sizes that launchers ask for, and a command that any Python environment can run."""
    spec = json.loads((KERNELSPEC / "kernel.json").read_text())
    assert (spec["display_name"], spec["language"], spec["argv"][0]) == ("Algorave", "python", "python")
    for size in (32, 64):
        png = Path(KERNELSPEC / f"logo-{size}x{size}.png").read_bytes()
        assert int.from_bytes(png[16:20], "big") == int.from_bytes(png[20:24], "big") == size
    assert (KERNELSPEC / "logo-svg.svg").is_file()
