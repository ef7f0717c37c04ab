"""The lesson about the agent: offline, through the real client, from top to bottom."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from algorave_kernel.display import SESSION_MIME
from kernel_client import Ran, running_kernel
from live_server import running_server

LESSON = Path(__file__).parents[2] / "notebooks" / "03_with_the_agent.ipynb"


#: What only a server has: without one they say so.
NEEDS_SERVER = {"session", "credit", "leave"}


def run_all(monkeypatch: pytest.MonkeyPatch, data: Path) -> dict[str, Ran]:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(data))
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    page = nbformat.read(LESSON, as_version=4)
    cells = [cell for cell in page.cells if cell.cell_type == "code"]
    with running_kernel("python3") as kernel:
        return {cell.id: kernel.run(cell.source, cell.id) for cell in cells}


def refused(ran: dict[str, Ran]) -> set[str]:
    assert [name for name, each in ran.items() if each.errors] == []
    return {name for name, each in ran.items() if "UsageError" in each.streams}


def test_in_a_session_it_is_credited_and_taken_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NB-5: with a server the lesson asks in a session of its own, sees whose work it is, and leaves all as it was."""
    with running_server(tmp_path / "server") as server:
        monkeypatch.setenv("ALGORAVE_URL", server.url)
        monkeypatch.setenv("ALGORAVE_TOKEN", server.token)
        ran = run_all(monkeypatch, tmp_path / "data")
    assert refused(ran) == set()
    assert "AI is on in 'asking'" in ran["session"].streams
    assert "Everybody in 'asking' sees it" in ran["shared-ask"].updates[-1]["text/plain"]
    assert "Its work: 'bass' (house band, asked by" in ran["credit"].streams
    assert "for everybody: bass" in ran["shared-undo"].streams


def test_it_runs_offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NB-5: the lesson of the agent needs no key and no network, and each cell does what its words say."""
    monkeypatch.delenv("ALGORAVE_URL", raising=False)
    ran = run_all(monkeypatch, tmp_path)
    assert refused(ran) == NEEDS_SERVER
    assert "algorave lab" in ran["session"].streams
    assert "lpf(400)" in ran["darker"].displays[1][SESSION_MIME]["code"]
    assert "lpf(800)" in ran["undo"].displays[0][SESSION_MIME]["code"]
    assert len(ran["dry"].displays) == 1
    assert ran["promise"].displays[1][SESSION_MIME]["layer"] == "drums"
    assert len(ran["stream"].updates) > 4
    assert "1 request" in ran["stream"].updates[-1]["text/plain"]
    known = ran["known"].updates[-1] if ran["known"].updates else ran["known"].displays[0]
    assert "known from before" in known["text/html"]
    assert "1 request" in ran["usage"].streams


def test_it_is_stored_clean() -> None:
    """NB-2: the notebook is stored without outputs."""
    page = nbformat.read(LESSON, as_version=4)
    nbformat.validate(page)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in page.cells)
