"""What goes wrong between a kernel and its server, and what the person in front of it is told."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.server import ServerConnection, serve

import algorave_kernel
from algorave_kernel import environment, session
from algorave_kernel.access import Access
from algorave_kernel.client import LONGEST_WAIT_S, SessionClient, wait_s
from algorave_kernel.closing import closing_of
from algorave_kernel.trouble import Gone, NotDone
from algorave_server.close import Close
from algorave_server.protocol import Admit, SetDoor

from .jupyter_process import JupyterProcess


@pytest.fixture
def pointed(elsewhere: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Such a kernel, with a folder of its own for what it keeps."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))


@contextmanager
def answering(word: str) -> Iterator[Access]:
    """A server that answers the first frame with this word, and listens on."""

    def answer(socket: ServerConnection) -> None:
        socket.recv()
        socket.send(word)
        for _ in socket:
            pass

    with serve(answer, "127.0.0.1", 0) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{other.socket.getsockname()[1]}/"
        yield Access(address, address)
        other.shutdown()


def test_it_never_stops_trying() -> None:
    """KSES-11: after any number of tries the next comes within ten seconds, and never at once."""
    for attempts in (0, 1, 5, 2_000, 10**9):
        assert 0.1 < wait_s(attempts) <= LONGEST_WAIT_S
    assert not closing_of(Close.FULL).is_quick
    assert not closing_of(Close.TOO_FAST).is_quick
    assert closing_of(1006).is_quick


def test_a_word_of_tomorrow_is_an_old_kernel() -> None:
    """KSES-13: a server that says what this kernel does not know ends the waiting, in words."""
    with answering('{"kind": "word_of_tomorrow"}') as access:
        client = SessionClient(access, "s")
        with pytest.raises(Gone, match="older or newer than the server"):
            client.until_joined()
        assert client.is_over


def test_a_breakdown_is_told() -> None:
    """KSES-13: what nobody foresaw in the connection's thread ends the waiting, in words."""
    with answering(b"\x00\x02\x05\xff\xff\xff\xff\xff") as access:  # type: ignore[arg-type]  # a frame of bytes
        client = SessionClient(access, "s")
        with pytest.raises(Gone, match="open the session again"):
            client.until_joined()
        with pytest.raises(Gone):
            client.until_saved()


def test_a_forked_process_is_not_in_the_session(pointed: None) -> None:
    """KSES-13: a process that was forked off is told so, and the kernel plays on."""
    jam = algorave_kernel.open("forked")
    jam.add("bass")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = jam.text("bass")
        except BaseException as error:  # noqa: BLE001 - whatever it is has to get to the parent
            said = type(error).__name__
        os.write(write, said.encode() or b"nothing")
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        assert pipe.read() == "Gone"
    os.waitpid(child, 0)
    jam.edit("bass", 's("bd")')
    assert jam.text("bass") == 's("bd")'


def test_waiting_at_the_door(pointed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """KSES-14: a kernel at the door of a session says that it waits, and plays once a host has let it in."""
    jam = algorave_kernel.open("asks")
    jam.add("bass")
    jam._client.ask(SetDoor, door="ask")
    link = jam.invite("co_author")
    monkeypatch.delenv("ALGORAVE_URL")
    guest = algorave_kernel.join(link, "Bo")
    assert "waiting until a host lets you in" in repr(guest)
    for attempt in (lambda: guest.add("drums"), lambda: guest.text("bass"), lambda: guest.edit("bass", "x")):
        with pytest.raises(NotDone, match="has to let you in first"):
            attempt()

    def who_waits() -> list[str]:
        return [person.id for person in jam.state.participants if person.waiting]

    jam._client.until(lambda: bool(who_waits()), 10, "nobody waits")
    jam._client.ask(Admit, participant=who_waits()[0])
    guest._client.until(lambda: not guest.state.is_waiting and bool(guest.layers), 10, "was not let in")
    guest.edit("bass", 's("bd")')
    assert guest.text("bass") == 's("bd")'


def test_a_wrong_token_beside_a_good_cookie(pointed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """KSES-10: a wrong token is said to be wrong, also where a cookie from before still opens the door."""
    algorave_kernel.open("before").leave()
    monkeypatch.setenv("ALGORAVE_TOKEN", "no-such-token")
    monkeypatch.setattr(environment, "_secrets", {})
    with pytest.raises(NotDone, match="ALGORAVE_TOKEN is not its token") as refused:
        algorave_kernel.open("something new")
    assert "no-such-token" not in str(refused.value)


def test_leaving_always_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """KSES-15: from a server that does not answer one can leave, and is told what it does not have."""
    process = JupyterProcess(tmp_path)
    process.start()
    try:
        monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("ALGORAVE_URL", process.url)
        monkeypatch.setenv("ALGORAVE_TOKEN", process.token)
        monkeypatch.setattr(environment, "_secrets", {})
        jam = algorave_kernel.open("stuck")
        jam.add("bass")
        assert process._process is not None
        process._process.send_signal(signal.SIGSTOP)
        jam.change("bass", lambda text: f"{text}x")
        assert jam.leave() == 1
        assert jam.is_over
        process._process.send_signal(signal.SIGCONT)
        assert algorave_kernel.open("stuck") is not jam
    finally:
        for opened in list(session._opened.values()):
            opened.leave()
        process.stop()
