"""The kernel's client against a server that comes and goes, and from a kernel that no server of ours started."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import algorave_kernel
from algorave_kernel import environment, session
from algorave_kernel.closing import closing_of, closing_of_status
from algorave_kernel.session import Session
from algorave_kernel.trouble import Gone, NotDone, Trouble
from algorave_server.close import Close

from .jupyter_process import JupyterProcess

KILLS = int(os.environ.get("ALGORAVE_KILLS", "2"))


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernel-client")


@pytest.fixture(scope="module")
def server(own_folder: Path) -> Iterator[JupyterProcess]:
    """A server of one's own, because it will be killed; it knows people again by the same folder."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("JUPYTER_DATA_DIR", str(own_folder))
        process = JupyterProcess(own_folder)
        process.start()
        yield process
        process.stop()


def words(text: str) -> list[str]:
    return re.findall(r"w\d+🎵", text)


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost(server: JupyterProcess, elsewhere: None) -> None:
    """KSES-6: while the server is killed again and again, each edit is there exactly once, and first those acknowledged."""
    jam = algorave_kernel.open("killed")
    jam.add("bass")
    acknowledged: list[int] = []
    stop = threading.Event()

    def type_on() -> None:
        number = 0
        while not stop.is_set():
            jam.change("bass", lambda text, number=number: f"{text}w{number}🎵 ")
            jam.until_saved(60)
            acknowledged.append(number)
            number += 1

    typing = threading.Thread(target=type_on)
    typing.start()
    rng = random.Random(2)
    for _ in range(KILLS):
        seen = len(acknowledged)
        while len(acknowledged) < seen + 5:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.2))
        server.kill()
        kept = list(acknowledged)
        server.start()
        assert set(kept) <= {int(word[1:-1]) for word in words(_fresh(server, jam).text("bass"))}
    stop.set()
    typing.join(60)
    assert not typing.is_alive()
    assert words(_fresh(server, jam).text("bass")) == [f"w{number}🎵" for number in acknowledged]


def _fresh(server: JupyterProcess, jam: Session) -> Session:
    """The same session through a new client, which has only what the server has."""
    fresh = Session(jam._access, jam.id)
    session._opened[server.url, f"{jam.id} again {id(fresh)}", False] = fresh
    return fresh


def test_it_stays_the_same_person(
    server: JupyterProcess, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KSES-7: a kernel elsewhere is the same person after a restart, and finds its sessions by their names."""
    first = algorave_kernel.open("Mine")
    you = first.state.you
    first.leave()
    monkeypatch.setenv("ALGORAVE_TOKEN", server.token)
    monkeypatch.setattr(environment, "_secrets", {})
    again = algorave_kernel.open("mine")
    assert (again.id, again.state.you, again.state.role) == (first.id, you, "host")
    assert "ALGORAVE_TOKEN" not in os.environ


def test_a_guest_from_elsewhere(
    server: JupyterProcess, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KSES-8: a link to another server lets the kernel in as a guest, with the rights of the link and no more."""
    jam = algorave_kernel.open("guests")
    jam.add("bass")
    link = jam.invite("co_author", uses=2, expires_s=600)
    viewers = jam.invite()
    monkeypatch.delenv("ALGORAVE_URL")
    guest = algorave_kernel.join(link, "Bo 🎵")
    assert (guest.state.role, guest.is_own, guest.page) == ("co_author", False, "")
    guest.edit("bass", 's("bd") // 🎵')
    guest.evaluate("bass", 's("bd") // 🎵')
    with pytest.raises(NotDone, match="only a host"):
        guest.invite()

    def is_heard() -> bool:
        return [jam.state.name_of(each.by) for each in jam.state.playing.values()] == ["Bo 🎵"]

    jam._client.until(is_heard, 20, "the host does not hear who plays")
    assert jam.text("bass") == 's("bd") // 🎵'
    viewer = algorave_kernel.join(viewers, "Cy")
    with pytest.raises(NotDone, match="viewer"):
        viewer.edit("bass", "x")
    with pytest.raises(NotDone):
        viewer.evaluate("bass")
    with pytest.raises(Trouble, match="no invite link"):
        algorave_kernel.join(server.url)


def test_being_removed_is_for_good(
    server: JupyterProcess, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KSES-9: after a close for good the kernel stays away, and whatever is asked says why."""
    jam = algorave_kernel.open("removed")
    link = jam.invite("co_author")
    monkeypatch.delenv("ALGORAVE_URL")
    guest = algorave_kernel.join(link, "Bo")
    jam.end()
    with pytest.raises(Gone, match="the session has ended"):
        guest._client.until(lambda: False, 20, "")
    with pytest.raises(Gone, match="the session has ended"):
        guest.hush()
    assert guest.is_over


@pytest.mark.parametrize(
    ("url", "token", "words"),
    [
        (None, "", "`algorave lab`"),
        ("localhost:8888", "", "is an address such as"),
        ("http://localhost:8888/lab?token=abc", "", "is an address such as"),
        ("http://127.0.0.1:9/", "", "cannot be reached"),
        ("OURS", "wrong", "does not know this kernel"),
    ],
)
def test_no_server_is_a_sentence(
    *,
    url: str | None,
    token: str,
    words: str,
    server: JupyterProcess,
    elsewhere: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """KSES-10: without a server, or with a wrong address or token, opening says what to do and repeats no secret."""
    monkeypatch.setenv("ALGORAVE_TOKEN", token)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))  # nobody who is known there by a cookie
    if url is None:
        monkeypatch.delenv("ALGORAVE_URL")
    elif url != "OURS":
        monkeypatch.setenv("ALGORAVE_URL", url)
    with pytest.raises(Trouble, match=re.escape(words)) as trouble:
        algorave_kernel.open("jam")
    assert not re.search("abc|wrong$", str(trouble.value))


def test_every_close_has_words() -> None:
    """KSES-9: each close code of the server has words of its own, and says whether to come back."""
    texts = {code: closing_of(code) for code in Close}
    assert len({closing.text for closing in texts.values()}) == len(Close)
    away = {Close.UNAUTHENTICATED, Close.REMOVED, Close.NOT_FOUND, Close.ENDED, Close.REPLACED}
    assert {code for code, closing in texts.items() if not closing.comes_back} == away
    assert closing_of(1006).comes_back
    assert closing_of(Close.RESET, "your role has changed").text == "your role has changed"
    assert [closing_of_status(status).comes_back for status in (403, 404, 429, 502)] == [
        False,
        False,
        True,
        True,
    ]
