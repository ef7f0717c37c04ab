"""Asking the agent while a session is open, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from algorave_kernel.agent.key import BASE_URL_VARIABLE
from algorave_kernel.display import SESSION_MIME
from algorave_kernel.testing import MessagesServer, Reply
from kernel_client import Kernel, running_kernel
from live_server import running_server


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    """A kernel of somebody at a server of their own, who has no key."""
    with running_server(tmp_path / "server") as server:
        monkeypatch.setenv("ALGORAVE_URL", server.url)
        monkeypatch.setenv("ALGORAVE_TOKEN", server.token)
        monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
        with running_kernel("python3") as running:
            yield running


def test_the_sessions_layers_are_left_alone(kernel: Kernel) -> None:
    """AGENT-23: while AI is off, layers of an open session are neither asked about nor shown to who answers; private ones work."""
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
        assert "`%algorave ai on`" in refused.streams, ask
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


def test_with_ai_on_everybody_has_the_change(kernel: Kernel) -> None:
    """AGENT-28, AGENT-31: an ask changes the session's layers, undo takes it back, a layer kept from it stays."""
    kernel.run("%load_ext algorave_kernel\n%algorave open jam 2")
    kernel.run('%%strudel bass\nnote("c2").s("sawtooth").lpf(800)')
    assert "AI is off in 'jam 2'" in kernel.run("%algorave ai").streams
    assert "AI is on in 'jam 2'" in kernel.run("%algorave ai on").streams
    changed = kernel.run("%algorave ask make the bass darker")
    said = changed.updates[-1]["text/plain"]
    assert "house band: changed 'bass'" in said
    assert "Everybody in 'jam 2' sees it" in said
    assert "lpf(400)" in kernel.run("%algorave export").streams
    assert "Back as before, for everybody: bass." in kernel.run("%algorave undo").streams
    assert "lpf(800)" in kernel.run("%algorave export").streams
    assert "neither sees nor changes 'bass'" in kernel.run("%algorave ai bass no").streams
    assert "is kept from the agent" in kernel.run("%algorave ask --only bass darker").streams
    kernel.run("%algorave ai bass credit")
    shown = kernel.run("%algorave ask --dry-run make the bass darker").updates[-1]["text/plain"]
    assert "proposes a change of 'bass'" in shown
    assert "lpf(800)" in kernel.run("%algorave export").streams
    assert "AI is off in 'jam 2'." in kernel.run("%algorave ai off").streams
    for wrong in ("ai perhaps", "ai bass maybe", "ai off --review"):
        assert "it is `%algorave ai on`" in kernel.run(f"%algorave {wrong}").streams


def test_another_model_is_for_what_comes(kernel: Kernel) -> None:
    """AGENT-36: who answers may change between asks and is named as it is; undo takes back what was done before and after."""
    with MessagesServer() as model:
        model.say(Reply('<edit layer="bass"><find>lpf(400)</find><put>lpf(300)</put></edit>'))
        kernel.run("%load_ext algorave_kernel\n%algorave open jam 3\n%algorave ai on")
        kernel.run('%%strudel bass\nnote("c2").s("sawtooth").lpf(800)')
        kernel.run("%algorave ask make the bass darker")
        kernel.run(f"%env {BASE_URL_VARIABLE}={model.url}")
        changed = kernel.run("%algorave ask make the bass darker again")
        assert "Claude: changed 'bass'" in changed.updates[-1]["text/plain"]
        assert "Its work: 'bass' (Claude, asked by" in kernel.run("%algorave ai").streams
        kernel.run("%algorave undo")
        kernel.run("%algorave ask -m band make the bass much darker")
        assert "Its work: 'bass' (house band, asked by" in kernel.run("%algorave ai").streams
        for back in ("lpf(400)", "lpf(800)"):
            assert "Back as before" in kernel.run("%algorave undo").streams
            assert back in kernel.run("%algorave export").streams


def test_one_of_several_answers_goes_the_way_of_every_ask(kernel: Kernel) -> None:
    """AGENT-33: in a session nobody else sees the answers; the chosen one keeps what was typed since, and undo takes it back."""
    seen = "print([each.words for each in jam.state.proposals.values()])"
    with MessagesServer() as model:
        kernel.run("%load_ext algorave_kernel\njam = %algorave open jam 4\n%algorave ai on")
        kernel.run('%%strudel bass\nnote("c2").s("sawtooth").lpf(800)')
        kernel.run(f"%env {BASE_URL_VARIABLE}={model.url}")
        edit = '<edit layer="bass"><find>lpf(800)</find><put>lpf({})</put></edit>'
        model.say(*[Reply(edit.format(cutoff)) for cutoff in (300, 200)])
        shown = kernel.run("_ = %algorave ask -n 2 make the bass darker")
        said = "".join(each["text/plain"] for each in [*shown.displays, *shown.updates])
        assert "`%algorave choose 2` takes this one" in said
        assert kernel.run(seen).streams.strip() == "[]"
        assert "lpf(800)" in kernel.run("%algorave export").streams
        kernel.run('%%strudel bass\nnote("c2 e2").s("sawtooth").lpf(800)')
        chosen = kernel.run("%algorave choose 1").displays[-1]["text/plain"]
        assert "Everybody in 'jam 4' sees it" in chosen
        assert kernel.run(seen).streams.strip() == "['make the bass darker']"
        music = kernel.run("%algorave export").streams
        assert "c2 e2" in music and ("lpf(300)" in music or "lpf(200)" in music)
        assert "changed in the same place" in kernel.run("%algorave choose 2").displays[-1]["text/plain"]
        assert "Back as before, for everybody: bass." in kernel.run("%algorave undo").streams
        assert "lpf(800)" in kernel.run("%algorave export").streams
        kernel.run("%algorave ai off")
        assert "AI is off" in kernel.run("%algorave choose 1").streams
        kernel.run("%algorave leave")
        assert "not open here any more" in kernel.run("%algorave choose 1").streams
    assert "`--bg` is not for it" in kernel.run("%algorave ask -n 2 --bg darker").streams
