"""The kernel's copy of a session's texts, against another Yjs document in the place of the server's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Text, read_message, write_message

from algorave_kernel.replica import Replica

EDIT_KINDS = (b"\x00\x01", b"\x00\x02")
TEXTS = st.lists(st.text(alphabet="ab é鼓🎵👩‍🚀\n", max_size=30), min_size=1, max_size=8)


class Peer:
    """What the server is to a replica: it takes edits in, and counts them."""

    def __init__(self) -> None:
        self.doc: Doc = Doc()
        self.frames: list[bytes] = []
        self.replica = Replica(self._take)
        self.is_open = True

    def _take(self, frame: bytes) -> bool:
        if self.is_open:
            self.frames.append(frame)
        return self.is_open

    @property
    def edits(self) -> list[bytes]:
        return [frame for frame in self.frames if frame[:2] in EDIT_KINDS]

    def connect(self) -> None:
        """A new connection, with the frames both sides begin with."""
        self.frames = []
        self.is_open = True
        asked = self.replica.opened()
        self.replica.receive(b"\x00\x00" + write_message(self.doc.get_state()))
        self.replica.receive(b"\x00\x01" + write_message(self.doc.get_update(read_message(asked[2:]))))

    def commit(self) -> None:
        """Keep all edits that came, and say so."""
        for frame in self.edits:
            self.doc.apply_update(read_message(frame[2:]))
        self.replica.saved(len(self.edits))

    def text(self, layer: str = "l1") -> str:
        return str(self.doc.get(f"layer:{layer}", type=Text))

    def types(self, text: str) -> None:
        """Somebody else writes at the end."""
        state = self.doc.get_state()
        mine = self.doc.get("layer:l1", type=Text)
        mine += text
        self.replica.receive(b"\x00\x02" + write_message(self.doc.get_update(state)))


@given(TEXTS)
def test_every_character_arrives(texts: list[str]) -> None:
    """KSES-1: whatever is written, with emoji and ideographs, is the same text on both sides."""
    peer = Peer()
    peer.connect()
    for text in texts:
        peer.replica.write("l1", text)
    peer.commit()
    assert peer.text() == peer.replica.text("l1") == texts[-1]
    assert peer.replica.unsaved == 0


def test_an_edit_is_small() -> None:
    """KSES-2: what did not change is not touched, so that others' cursors stay where they are."""
    peer = Peer()
    peer.connect()
    peer.replica.write("l1", "🎵 é " * 1_000 + "bd sd")
    before = len(peer.edits)
    peer.replica.write("l1", "🎵 é " * 1_000 + "bd cp sd")
    assert len(peer.edits) == before + 1
    assert len(peer.edits[-1]) < 60
    assert not peer.replica.write("l1", "🎵 é " * 1_000 + "bd cp sd")
    assert len(peer.edits) == before + 1


def test_what_was_on_its_way_is_sent_again() -> None:
    """KSES-3: edits made offline, and those on their way when the connection broke, go out with the next one."""
    peer = Peer()
    peer.connect()
    peer.replica.saved(1)
    peer.replica.write("l1", "on its way ")
    assert peer.replica.unsaved == 1
    peer.is_open = False
    peer.replica.closed()
    peer.replica.write("l1", "on its way 🎵 offline")
    assert peer.replica.unsaved == 2
    peer.connect()
    assert len(peer.edits) == 1
    peer.replica.write("l1", "on its way 🎵 offline, later")
    peer.replica.saved(1)
    assert peer.replica.unsaved == 1, "what was sent after the acknowledged frame is not saved"
    peer.commit()
    assert (peer.text(), peer.replica.unsaved) == ("on its way 🎵 offline, later", 0)


def test_an_acknowledgement_of_an_old_connection_counts_for_nothing() -> None:
    """KSES-3: while there is no connection nothing that is not saved becomes saved."""
    peer = Peer()
    peer.connect()
    peer.replica.saved(1)
    peer.replica.write("l1", "x")
    peer.replica.closed()
    peer.replica.saved(2)
    assert peer.replica.unsaved == 1


def test_undo_is_ones_own() -> None:
    """KSES-4: undo takes back what this kernel did, step by step, and nothing of others."""
    peer = Peer()
    peer.connect()
    peer.types("theirs ")
    peer.replica.write("l1", "theirs mine🎵 ")
    peer.commit()
    peer.types("again")
    assert peer.replica.undo()
    assert peer.replica.text("l1") == "theirs again"
    assert not peer.replica.undo()
    peer.commit()
    assert peer.text() == "theirs again"


def test_what_comes_is_not_sent_back() -> None:
    """KSES-1: what others write is taken in, and counts neither as an edit nor as unsaved."""
    peer = Peer()
    peer.connect()
    sent = len(peer.edits)
    peer.types("🎵")
    assert peer.replica.text("l1") == "🎵"
    assert (len(peer.edits), peer.replica.unsaved) == (sent, 0)
