"""Asking the agent while a session is open, on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from algorave_kernel.display import SESSION_MIME
from kernel_client import running_kernel
from live_server import running_server


def test_the_sessions_layers_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AGENT-23: layers of an open session are neither asked about nor shown to who answers; private ones work."""
    with running_server(tmp_path / "server") as server:
        monkeypatch.setenv("ALGORAVE_URL", server.url)
        monkeypatch.setenv("ALGORAVE_TOKEN", server.token)
        monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
        with running_kernel("python3") as kernel:
            kernel.run("%load_ext algorave_kernel\n%algorave open jam")
            kernel.run('%%strudel bass\nnote("c2").s("sawtooth").lpf(800)')
            for ask in (
                "ask make it darker",
                "ask make the bass darker",
                "ask --only bass x",
                "explain bass",
            ):
                refused = kernel.run(f"%algorave {ask}")
                assert "AI is off in 'jam'" in refused.streams, ask
                assert refused.displays == []
            kernel.run('%%strudel\nnote("c3").s("sawtooth").lpf(800)', "mine")
            changed = kernel.run("%algorave ask make everything darker")
            shown = [each[SESSION_MIME] for each in changed.displays if SESSION_MIME in each]
            assert [each["code"] for each in shown] == ['note("c3").s("sawtooth").lpf(400)']
            assert shown[0]["session"] is None
            assert "lpf(800)" in kernel.run("%algorave export").streams
            kernel.run("%algorave leave")
            alone = kernel.run("%algorave ask make the bass darker")
            assert "changed 'bass'" in alone.updates[-1]["text/plain"]
