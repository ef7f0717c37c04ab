"""People whose network is gone for long: the server gives them up, everybody types on, and then they are back."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .frayed_link import Cut, FrayedLink, frayed_link
from .jupyter_process import JupyterProcess
from .typists import Jam, Typist, all_words, bundle, typed_by, words_of

PING_INTERVAL_S = 1.0
"""Of the server, so that nobody has to wait for a minute until it takes somebody for gone."""
AWAY_S = float(os.environ.get("ALGORAVE_AWAY_S", "0"))
"""How long the cut lasts at least; by hand it may be five minutes."""
WORDS_MEANWHILE = 30
pytestmark = pytest.mark.timeout(240 + AWAY_S)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    """A server that soon takes the silent for gone, with one session in which a layer never fills."""
    options = ("max_layer_bytes=100000000", f"ping_interval_s={PING_INTERVAL_S}")
    process = JupyterProcess(tmp_path, *(f"--AlgoraveApp.{option}" for option in options))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def link(server: JupyterProcess) -> Iterator[FrayedLink]:
    """The network of those who are cut off."""
    with frayed_link(server.port) as link:
        yield link


@pytest.fixture
def jam(server: JupyterProcess, tmp_path: Path) -> Jam:
    """A fresh session with one empty layer."""
    return Jam.begin(server, bundle(tmp_path))


def wait_until_here(jam: Jam, count: int) -> None:
    """Until the server sees so many people."""
    while jam.people_here() != count:
        time.sleep(0.05)


def type_on(typist: Typist, since_s: float) -> None:
    """Wait until somebody has typed many words more than at some time."""
    first = None
    while True:
        said = typist.wait_for("typed")
        if said["at_ms"] < 1000 * since_s:
            continue
        first = said["typed"] if first is None else first
        if said["typed"] >= first + WORDS_MEANWHILE:
            return


@pytest.mark.parametrize("how", ["silent", "refused"])
def test_who_was_cut_off_for_long_comes_back_whole(jam: Jam, link: FrayedLink, how: Cut) -> None:
    """SAFE-4: who was gone for longer than the server waits is merged: each word of everybody is there once."""
    far = [
        jam.join("a", port=link.port, tell_every=10),
        jam.join("s", port=link.port, tell_every=10, stock=True),
    ]
    typists = [*far, jam.join("b", tell_every=10)]
    try:
        for typist in typists:
            typist.wait_for("joined")
        wait_until_here(jam, 3)
        link.cut(how)
        cut_s = time.time()
        wait_until_here(jam, 1)
        given_up_s = time.time()
        for typist in typists:
            type_on(typist, given_up_s)
        time.sleep(max(0.0, cut_s + AWAY_S - time.time()))
        link.mend()
        typed_by(typists)
    finally:
        for typist in typists:
            typist.kill()


@pytest.mark.parametrize("has_shelf", [True, False], ids=["kept in the browser", "the control: kept nowhere"])
def test_a_page_that_is_reloaded_while_cut_off_brings_everything(
    jam: Jam, link: FrayedLink, tmp_path: Path, has_shelf: bool
) -> None:
    """SAFE-5: what was typed without a network is there once, also when the page was reloaded before it was back."""
    person = jam.server.log_in()
    first = jam.join("x", person=person)
    page: dict[str, Any] = {"tell_every": 10, "who": first.wait_for("joined")["joined"]}
    if has_shelf:
        page["shelf"] = str(tmp_path / "shelf")
    typed = {"x": first.stop_typing()}
    first.kill()
    before = jam.join("a", person=person, port=link.port, **page)
    before.wait_for("joined")
    link.cut("refused")
    type_on(before, time.time())
    typed["a"] = before.leave()
    after = jam.join("b", person=person, port=link.port, **page)
    type_on(after, time.time())
    link.mend()
    typed["b"] = after.stop_typing()
    reader = jam.join("r")
    try:
        reader.wait_for("joined")
        typed["r"] = reader.stop_typing()
        there = sum(typed.values()) - (0 if has_shelf else typed["a"])
        words = {tuple(words_of(typist.text(there))) for typist in (after, reader)}
    finally:
        for typist in (before, after, reader):
            typist.kill()
    if has_shelf:
        assert words == {tuple(all_words(typed))}
    else:
        assert not any(f"a{typed['a'] - 1}🎵" in each for each in words)
