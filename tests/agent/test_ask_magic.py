"""`%algorave ask` and its kin in a real kernel, with a Messages server in the test's own process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.conftest import CANARY
from algorave_kernel.display import SESSION_MIME
from algorave_kernel.testing import MessagesServer, Reply
from kernel_client import Kernel, Ran, running_kernel

BASS = '%%strudel bass\nnote("c2 e2").s("sawtooth").lpf(800)'
DARKER = 'Darker.\n<edit layer="bass"><find>lpf(800)</find><put>lpf(300)</put></edit>'
LIMIT_S = 60


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def kernel(data: Path) -> Iterator[Kernel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(data))
        patch.delenv("ANTHROPIC_API_KEY", raising=False)
        with running_kernel("python3") as kernel:
            kernel.run("import os\n%load_ext algorave_kernel")
            yield kernel


@pytest.fixture
def asked_at(kernel: Kernel, server: MessagesServer) -> Iterator[MessagesServer]:
    """The kernel asks the test's server, and no key is known in the end."""
    kernel.run(f"os.environ['ALGORAVE_MODEL_URL'] = {server.url!r}")
    yield server
    kernel.run("%algorave key --forget")
    kernel.run("del os.environ['ALGORAVE_MODEL_URL']")


def played(ran: Ran) -> dict[str, str]:
    shown = [each[SESSION_MIME] for each in ran.displays if SESSION_MIME in each]
    return {each["layer"]: each["code"] for each in shown if each["play"]}


def last(ran: Ran) -> dict[str, Any]:
    """What the ask's output has become."""
    return ran.updates[-1] if ran.updates else ran.displays[0]


def type_hidden(kernel: Kernel, code: str, typed: str) -> Ran:
    """Run a cell and answer the hidden prompt that it shows."""
    client, ran = kernel._client, Ran()
    sent = client.execute(code, allow_stdin=True)
    asked = client.get_stdin_msg(timeout=LIMIT_S)
    assert asked["content"]["password"] is True
    client.input(typed)
    while True:
        reply = client.get_iopub_msg(timeout=LIMIT_S)
        if reply["parent_header"].get("msg_id") != sent:
            continue
        if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
            break
        ran.take(reply["msg_type"], reply["content"])
    kernel._reply(sent)
    return ran


def test_the_house_band_answers_where_there_is_no_key(kernel: Kernel) -> None:
    """AGENT-16, AGENT-17: the change plays at once; who answered and how to add a key stand there in one line."""
    kernel.run(BASS)
    ran = kernel.run("%algorave ask make the bass darker")
    assert played(ran) == {"bass": 'note("c2 e2").s("sawtooth").lpf(400)'}
    said = last(ran)["text/plain"]
    assert "house band: changed 'bass'" in said
    assert "`%algorave key`" in said
    assert "cutoff 800 → 400" in said
    assert (ran.errors, ran.results) == ([], [])


def test_undo_brings_it_back_and_keeps_what_came_since(kernel: Kernel) -> None:
    """AGENT-18: an undo plays what was before, keeps what a person did since, and refuses what meets it."""
    kernel.run(BASS)
    kernel.run("%algorave ask -m band make the bass darker")
    kernel.run('%%strudel bass\n// mine\n\n\nnote("c2 e2").s("sawtooth").lpf(400)')
    assert played(kernel.run("%algorave undo bass"))["bass"].endswith("lpf(800)")
    kernel.run("%algorave ask -m band make the bass darker")
    kernel.run('%%strudel bass\nnote("c2 e2").s("sawtooth").lpf(5000)')
    assert "changed in the same place" in kernel.run("%algorave undo bass").streams
    assert "lpf(5000)" in kernel.run("%algorave export").streams


def test_a_layer_that_the_agent_removed_comes_back_by_its_name(kernel: Kernel) -> None:
    """AGENT-18: undo finds a layer that the agent has taken away; `take` means one that is there."""
    kernel.run(BASS)
    kernel.run('%%strudel pad\nnote("c3").s("triangle")')
    removed = kernel.run("%algorave ask -m band remove the pad")
    assert "Without pad." in last(removed)["text/plain"]
    assert "pad is no more." in [each["text/plain"] for each in removed.displays]
    taken = kernel.run("%algorave take")
    assert (taken.errors, taken.streams) == ([], "")
    assert played(kernel.run("%algorave undo pad"))["pad"] == 'note("c3").s("triangle")'
    kernel.run("%algorave ask -m band remove the pad")


def test_it_streams_in_place_and_is_the_cells_value(kernel: Kernel, asked_at: MessagesServer) -> None:
    """AGENT-16: an answer is seen while it comes, the output becomes the result, and the value is the result."""
    kernel.run(BASS)
    asked_at.say(Reply(DARKER, chunk=4, between_s=0.05))
    ran = kernel.run("r = %algorave ask -m fast --only bass make it darker please")
    writing = [each["text/html"] for each in ran.updates if "writes" in each["text/html"]]
    assert any("lpf(3" in each for each in writing)
    assert "Claude: changed" in last(ran)["text/plain"]
    assert played(ran)["bass"].endswith("lpf(300)")
    assert kernel.run("r.status, r.usage.requests").results[0]["text/plain"] == "('applied', 1)"


def test_what_is_known_is_not_asked_again(kernel: Kernel, asked_at: MessagesServer, data: Path) -> None:
    """AGENT-19: the same ask of the same music is answered from memory, checked again; `--fresh` asks anew."""
    kernel.run(BASS)
    ask = "%algorave ask -m fast --only bass a dark one"
    asked_at.say(Reply(DARKER))
    kernel.run(ask)
    kernel.run("%algorave undo bass")
    again = kernel.run(ask)
    assert "known from before" in last(again)["text/html"]
    assert played(again)["bass"].endswith("lpf(300)")
    assert len(asked_at.bodies) == 1
    kernel.run("%algorave undo bass")
    asked_at.say(Reply(DARKER.replace("lpf(300)", "lpf(200)")))
    assert played(kernel.run(f"{ask} --fresh"))["bass"].endswith("lpf(200)")
    place = data / "algorave" / "answers.sqlite"
    assert place.stat().st_mode & 0o077 == 0


def test_interrupting_leaves_the_music(kernel: Kernel) -> None:
    """AGENT-20: Ctrl+C while it streams stops it: no error, nothing plays, the layer is as it was."""
    kernel.run(BASS)
    pid = int(kernel.run("os.getpid()").results[0]["text/plain"])

    def interrupting(_: object) -> Reply:
        os.kill(pid, signal.SIGINT)
        return Reply(DARKER, dies="hang", dies_after=2)

    with MessagesServer(responder=interrupting) as server:
        kernel.run(f"os.environ['ALGORAVE_MODEL_URL'] = {server.url!r}")
        ran = kernel.run("%algorave ask -m fast --only bass stop me")
        kernel.run("del os.environ['ALGORAVE_MODEL_URL']")
    assert "stopped; the music is as it was" in last(ran)["text/plain"]
    assert (ran.errors, played(ran)) == ([], {})
    assert "lpf(800)" in kernel.run("%algorave export").streams


def test_behind_it_goes_on_and_can_be_cancelled(kernel: Kernel, asked_at: MessagesServer) -> None:
    """AGENT-20: with `--bg` the cell is over at once, and `%algorave cancel` stops it."""
    kernel.run(BASS)
    asked_at.say(Reply(DARKER, dies="hang", dies_after=1))
    assert played(kernel.run("%algorave ask --bg -m fast --only bass behind")) == {}
    assert "Stopped" in kernel.run("%algorave cancel").streams
    assert "lpf(800)" in kernel.run("%algorave export").streams


def test_a_key_is_typed_unseen_and_goes_to_one_address(kernel: Kernel, asked_at: MessagesServer) -> None:
    """AGENT-21: a key is in no output, variable or environment, and another address never gets it."""
    kernel.run(BASS)
    refused = kernel.run(f"%algorave key {CANARY}")
    assert CANARY not in repr(refused)
    assert "never written in a cell" in refused.streams
    seen = [type_hidden(kernel, "%algorave key", CANARY)]
    asked_at.say(Reply(f"The key is {CANARY}. {DARKER}"))
    seen.append(kernel.run("%algorave ask -m fast --only bass use the key"))
    assert asked_at.requests[-1].headers["authorization"] == f"Bearer {CANARY}"
    seen.append(kernel.run("hidden = '%s-%s' % ('sk-ant-api03-canary', '7f3a9b1c5d')"))
    seen.append(kernel.run("%algorave ask -m fast --with hidden again"))
    assert "a key stands in 'hidden'" in seen[-1].streams
    kernel.run("del hidden")
    seen += [kernel.run(f"%algorave {each}") for each in ("usage", "model", "undo bass")]
    seen.append(kernel.run("dict(os.environ)"))
    assert CANARY not in repr(seen)
    with MessagesServer([Reply(DARKER)]) as other:
        kernel.run(f"os.environ['ALGORAVE_MODEL_URL'] = {other.url!r}")
        kernel.run("%algorave ask -m fast --only bass elsewhere")
        assert [each.headers["authorization"] for each in other.requests] == ["Bearer local"]


WRONG = [
    ("%algorave ask --only bas darker", "no layer 'bas' in this notebook: did you mean 'bass'?"),
    ("%algorave ask --onyl bass darker", "did you mean '--only'?"),
    ("%algorave ask --budget lots darker", "--budget is an amount in USD"),
    ('%algorave ask --assert "import os" darker', "is no promise"),
    ("%algorave ask --with nothing_there darker", "there is no variable 'nothing_there'"),
    ("%algorave ask -m best darker", "no key for Claude"),
    ("%algorave model bset", "did you mean 'best'?"),
    ("%algorave fix bass", "there is nothing to fix"),
    ("%%algorave ask\n ", "needs WORDS"),
]


@pytest.mark.parametrize(("cell", "words"), WRONG)
def test_what_is_wrong_is_one_sentence(kernel: Kernel, cell: str, words: str) -> None:
    """AGENT-22: wrong options, layers, promises, models and missing keys are told in a sentence."""
    kernel.run(BASS)
    ran = kernel.run(cell)
    assert words in ran.streams
    assert "Traceback" not in ran.streams
    assert (ran.errors, ran.displays) == ([], [])


def test_a_promise_is_kept_or_nothing_changes(kernel: Kernel) -> None:
    """AGENT-10: a promise in the magic's line is checked on haps."""
    kernel.run(BASS)
    ran = kernel.run("""%algorave ask -m band --assert "layer('bass').unchanged" make the bass darker""")
    assert "gave up" in last(ran)["text/plain"]
    assert played(ran) == {}


def test_what_is_broken_is_repaired(kernel: Kernel, asked_at: MessagesServer) -> None:
    """AGENT-16: `fix` finds the layer that cannot be played, sends what is wrong, and plays the repair."""
    kernel.run('%%strudel torn\nnote("c4").lpff(300)')
    repaired = '<edit layer="torn"><find>lpff</find><put>lpf</put></edit>'
    asked_at.say(Reply(repaired))
    assert played(kernel.run("%algorave fix"))["torn"] == 'note("c4").lpf(300)'
    assert "lpff" in repr(asked_at.bodies[-1]["messages"])
    kernel.run("%algorave undo torn")


def test_the_house_band_reads_code(kernel: Kernel) -> None:
    """AGENT-11: it puts a name right that is nearly right, says so when it cannot, and explains by the reference."""
    kernel.run('%%strudel torn\nsnote("c4").lpff(300) // lpff')
    ran = kernel.run("%algorave fix torn")
    assert "house band" in last(ran)["text/plain"]
    kernel.run('%%strudel torn\nnote("c4").lpff(300) // lpff')
    assert played(kernel.run("%algorave fix torn")) == {"torn": 'note("c4").lpf(300) // lpff'}
    kernel.run('%%strudel torn\nnote("c4')
    assert "nearly right" in last(kernel.run("%algorave fix torn"))["text/plain"]
    kernel.run('%%strudel torn\nnote("c4").lpf(300)')
    said = last(kernel.run("%algorave explain torn"))["text/plain"]
    assert "lpf: Applies the cutoff frequency of the low-pass filter." in said


def test_take_makes_the_cell(kernel: Kernel) -> None:
    """AGENT-18: `take` turns its own cell into one with the layer's text."""
    kernel.run(BASS)
    client = kernel._client
    sent = client.execute("%algorave take bass")
    payload = kernel._reply(sent)["payload"]
    assert [(each["text"], each["replace"]) for each in payload] == [(BASS, True)]


def test_several_answers_to_choose_from(kernel: Kernel, asked_at: MessagesServer) -> None:
    """AGENT-33: answers stand beside each other and change nothing; the chosen one keeps what was typed since, and plays."""
    kernel.run(BASS)
    asked_at.say(*[Reply(DARKER.replace("lpf(300)", f"lpf({cutoff})")) for cutoff in (100, 200)])
    ran = kernel.run("r = %algorave ask -m fast --only bass -n 2 two dark ones")
    assert played(ran) == {}
    again = kernel.run("r").displays
    assert [each["text/plain"].count("takes this one") for each in again] == [1, 1]
    assert "lpf(800)" in kernel.run("%algorave export").streams
    assert len(asked_at.bodies) == 2
    kernel.run('%%strudel bass\nnote("c2 e2 g2").s("sawtooth").lpf(800)')
    chosen = played(kernel.run("%algorave choose 2"))["bass"]
    assert "g2" in chosen
    assert "lpf(100)" in chosen or "lpf(200)" in chosen
    assert "say which answer" in kernel.run("%algorave choose 3").streams
    kernel.run('%%strudel bass\nnote("c2").s("sawtooth").lpf(5000)')
    assert "changed in the same place" in kernel.run("%algorave choose 1").displays[-1]["text/plain"]
    assert "2 to 5" in kernel.run("%algorave ask -n 9 x").streams
    asked_at.say(*[Reply(DARKER.replace("800", "5000"))] * 2)
    once = kernel.run("%algorave ask -m fast --only bass -n 2 --fresh two more")
    assert (len(once.displays), once.results) == (2, [])


def test_the_notebook_has_a_budget(kernel: Kernel, asked_at: MessagesServer) -> None:
    """AGENT-12: what all asks may cost together holds over asks, is told when most is used, and can be lifted."""
    kernel.run(BASS)
    assert "at most $0.00" in kernel.run("%algorave budget 0.000001").streams
    ran = kernel.run("%algorave ask -m best --only bass as dark as it gets, at once")
    assert "the budget of this notebook" in last(ran)["text/plain"]
    assert asked_at.bodies == []
    assert "no limit" in kernel.run("%algorave budget off").streams
    assert "an amount is USD" in kernel.run("%algorave budget much").streams
