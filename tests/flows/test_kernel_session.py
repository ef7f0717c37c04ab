"""A notebook's kernel in a session: a real Jupyter server, the kernel it started, and people beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Text, create_sync_message, create_update_message, read_message

from algorave_kernel.display import SESSION_MIME
from kernel_client import Kernel, Ran
from live_server import LiveServer

from .people import Member, Socket, Visitor
from .server_kernel import kernel_of


@pytest.fixture(scope="module")
def author(server: LiveServer) -> Iterator[Member]:
    """Whose notebook it is."""
    member = Member(server)
    yield member
    member.http.close()


@pytest.fixture(scope="module")
def kernel(author: Member, server: LiveServer) -> Iterator[Kernel]:
    """A kernel of the author's with the magics loaded."""
    with kernel_of(author, server) as running:
        assert running.run("%load_ext algorave_kernel") == Ran()
        yield running


@pytest.fixture
def jam(kernel: Kernel, request: pytest.FixtureRequest) -> str:
    """A session of its own for each test, opened in the kernel; gives its id."""
    shown = kernel.run(f"%algorave open {request.node.name[:80]}").results[0]
    return str(shown[SESSION_MIME]["session"]["id"])


class Peer:
    """Somebody else in the session, with a document of their own."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.doc: Doc = Doc()

    async def join(self) -> dict[str, Any]:
        """Say hello and take in the text; gives the welcome."""
        welcome = await self.socket.hello()
        await self.socket.send(create_sync_message(self.doc))
        self._take(await self.socket.until(lambda frame: isinstance(frame, bytes) and frame[:2] == b"\0\1"))
        return welcome

    def _take(self, frame: bytes) -> None:
        update = read_message(frame[2:])
        if update != b"\0\0":
            self.doc.apply_update(update)

    def text(self, layer: str = "l1") -> str:
        return str(self.doc.get(f"layer:{layer}", type=Text))

    async def types(self, text: str, layer: str = "l1") -> None:
        """Write at the end of a layer, and wait until that is kept."""
        state = self.doc.get_state()
        live = self.doc.get(f"layer:{layer}", type=Text)
        live += text
        await self.socket.send(create_update_message(self.doc.get_update(state)))
        await self.socket.until_kind("saved")


async def in_thread(kernel: Kernel, code: str, cell: str | None = None) -> Ran:
    """Run a cell without keeping the other people's sockets from being read."""
    return await asyncio.to_thread(kernel.run, code, cell)


def payload_of(ran: Ran) -> dict[str, Any]:
    """The session data of a cell's only output."""
    assert (ran.streams, ran.errors, len(ran.displays)) == ("", [], 1), ran
    return ran.displays[0][SESSION_MIME]


async def test_a_named_cell_is_a_layer_that_everybody_hears(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-1: `%%strudel bass` makes the layer, puts the cell's code there, and plays it for everybody."""
    shown = payload_of(await in_thread(kernel, '%%strudel bass\ns("bd*4")', "c1"))
    assert shown["session"] == {"id": jam, "layer": "l1", "title": shown["session"]["title"]}
    assert (shown["layer"], shown["code"], shown["conflict"]) == ("bass", 's("bd*4")', None)
    peer = Peer(await Member(author.server).connect(jam))
    welcome = await peer.join()
    assert [layer["name"] for layer in welcome["layers"]] == ["bass"]
    assert [(each["layer"], each["code"]) for each in welcome["playing"]] == [("l1", 's("bd*4")')]
    assert peer.text() == 's("bd*4")'


async def test_the_kernel_is_its_author(kernel: Kernel, author: Member, jam: str) -> None:
    """PASS-1: the kernel is in the session as the person who started it: one participant, however many windows."""
    page = Peer(await author.connect(jam))
    welcome = await page.join()
    mine = next(person for person in welcome["roster"] if person["id"] == welcome["you"])
    assert (mine["role"], mine["connections"], len(welcome["roster"])) == ("host", 2, 1)


async def test_an_unchanged_cell_never_overwrites(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-2: running an unchanged cell again leaves what others wrote, and plays that."""
    await in_thread(kernel, '%%strudel bass\ns("bd*4")', "c2")
    peer = Peer(await Member(author.server).connect(jam))
    await peer.join()
    await peer.types(".gain(.5) // 🎵")
    shown = payload_of(await in_thread(kernel, '%%strudel bass\ns("bd*4")', "c2"))
    assert (shown["code"], shown["conflict"]) == ('s("bd*4").gain(.5) // 🎵', None)
    assert (await Peer(await author.connect(jam)).join())["playing"][0]["code"] == 's("bd*4").gain(.5) // 🎵'


async def test_a_changed_cell_is_merged(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-3: a changed cell and the others' changes are both in the live text, also after a kernel restart."""
    await in_thread(kernel, '%%strudel bass\ns("bd*4")', "c3")
    peer = Peer(await Member(author.server).connect(jam))
    await peer.join()
    await peer.types(".gain(.5)")
    title = kernel.run("%algorave leave").streams.split("'")[1]
    await in_thread(kernel, f"%unload_ext algorave_kernel\n%load_ext algorave_kernel\n%algorave open {title}")
    shown = payload_of(await in_thread(kernel, '%%strudel bass\ns("bd*8")', "c3"))
    assert (shown["code"], shown["conflict"]) == ('s("bd*8").gain(.5)', None)


async def test_a_conflict_keeps_the_live_text(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-4: where both changed the same place the live text stays and plays, and the output offers both."""
    await in_thread(kernel, '%%strudel bass\ns("bd")', "c4")
    peer = Peer(await Member(author.server).connect(jam))
    await peer.join()
    await peer.types(".gain(.5)")
    ran = await in_thread(kernel, '%%strudel bass\ns("bd").lpf(300)', "c4")
    shown = payload_of(ran)
    assert (shown["code"], shown["conflict"]) == ('s("bd").gain(.5)', {"cell": 's("bd").lpf(300)'})
    assert "the live text was left as it is" in ran.displays[0]["text/html"]
    again = payload_of(await in_thread(kernel, '%%strudel bass\ns("bd").gain(.5)', "c4"))
    assert again["conflict"] is None, "taking the live text into the cell settles it"


async def test_another_notebook_s_cell_does_not_overwrite(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-4: a cell that never ran here meets live work of others as a conflict, an empty cell just shows it."""
    peer = Peer(await author.connect(jam))
    await peer.join()
    assert (await peer.socket.ask({"kind": "add_layer", "name": "bass"}))["kind"] == "done"
    await peer.types('s("hh*8")')
    shown = payload_of(await in_thread(kernel, '%%strudel bass\ns("bd")', "stranger"))
    assert (shown["code"], shown["conflict"]) == ('s("hh*8")', {"cell": 's("bd")'})
    assert payload_of(await in_thread(kernel, "%%strudel bass\n\n", "empty"))["code"] == 's("hh*8")'


async def test_a_second_cell_takes_over_from_the_first(kernel: Kernel, jam: str) -> None:
    """LIVE-5: two cells of one notebook with one name are versions of one layer, run in turn without a conflict."""
    for cell, code in (("c5", 's("bd")'), ("c6", 's("bd*2, hh*4")'), ("c7", 'note("c2").s("saw")')):
        shown = payload_of(await in_thread(kernel, f"%%strudel bass\n{code}", cell))
        assert (shown["code"], shown["conflict"]) == (code, None)


async def test_what_is_broken_is_not_heard(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-6: a merged text that is not playable is shown with its place, and what played plays on."""
    await in_thread(kernel, '%%strudel bass\ns("bd*4")', "c8")
    ran = await in_thread(kernel, '%%strudel bass\ns("bd*4").lpff(3)', "c8")
    shown = payload_of(ran)
    assert [(each["line"], each["column"]) for each in shown["problems"]] == [(1, 11)]
    assert "The last good version of bass keeps playing." in ran.displays[0]["text/html"]
    welcome = await Peer(await author.connect(jam)).join()
    assert [each["code"] for each in welcome["playing"]] == ['s("bd*4")']


async def test_no_play_only_merges(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-7: `--no-play` puts the text there and lets it wait; `--cps` sets the session's tempo, code when it is new."""
    await in_thread(kernel, '%%strudel bass --no-play\ns("bd*4")', "c9")
    welcome = await Peer(await author.connect(jam)).join()
    assert (welcome["playing"], welcome["tempo"][-1]["cps"]) == ([], 0.5)
    await in_thread(kernel, '%%strudel bass --cps 0.75\ns("bd*4")', "c9")
    await in_thread(kernel, '%%strudel hats\nsetcps(0.8) // setcps(0.1)\ns("hh*4")', "c10")
    assert (await Peer(await author.connect(jam)).join())["tempo"][-1]["cps"] == 0.8
    kernel.run("%algorave tempo 144")
    await in_thread(kernel, '%%strudel hats\nsetcps(0.8) // setcps(0.1)\ns("hh*4")', "c10")
    assert (await Peer(await author.connect(jam)).join())["tempo"][-1]["cps"] == 0.6


async def test_unnamed_cells_stay_ones_own(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-8: a cell without a name plays for its author alone, and says so."""
    ran = await in_thread(kernel, '%%strudel\ns("cp")', "alone")
    assert payload_of(ran)["session"] is None
    assert "Only you hear this." in ran.displays[0]["text/html"]
    assert (await Peer(await author.connect(jam)).join())["layers"] == []


async def test_an_invite_is_shown_and_goes(
    kernel: Kernel, author: Member, server: LiveServer, jam: str
) -> None:
    """LIVE-9: the link lets a guest in under its terms, and is in no output once the author has gone on."""
    kernel.run("import algorave_kernel.shown_once as once\nonce.SHOWN_S = 0")
    shown = kernel.run("%algorave invite --role co_author --uses 1 --expires 2h")
    link = next(line for line in shown.displays[0]["text/plain"].splitlines() if "#i=" in line)
    assert link.startswith(server.url), "the address is the one that the author's browser uses"
    guest = Visitor(server)
    assert guest.redeem(link).json()["you"]["role"] == "co_author"
    assert Visitor(server).redeem(link).status_code == 404, "one use was all there was"
    gone = kernel.run("1 + 1")
    assert gone.updates, "the output is replaced"
    assert "#i=" not in json.dumps(gone.updates)
    assert kernel.run("2 + 2").updates == []


async def test_a_viewer_only_reads(kernel: Kernel, author: Member, server: LiveServer, jam: str) -> None:
    """LIVE-10: who may not change a layer is shown the live text, and told that the cell's was not sent."""
    owner = Member(server)
    theirs = owner.create("Somebody else's")
    link = owner.invite(theirs, role="viewer")["link"]
    peer = Peer(await owner.connect(theirs))
    await peer.join()
    await peer.types('s("hh")')
    ran = kernel.run(f"%algorave join {link}")
    assert ran.results[0][SESSION_MIME]["session"]["id"] == theirs
    assert "you are a viewer" in ran.results[0]["text/plain"]
    shown = await in_thread(kernel, '%%strudel main\ns("bd")', "viewer")
    assert payload_of(shown)["code"] == 's("hh")'
    assert "was not sent: you are a viewer" in shown.displays[0]["text/html"]
    assert "UsageError" in kernel.run("%algorave invite").streams


async def test_files_go_out_and_in(kernel: Kernel, jam: str, tmp_path: Path) -> None:
    """FILE-4: a session goes into a file and comes into another, beside what is there and over nothing."""
    file = tmp_path / "jam.strudel"
    await in_thread(kernel, '%%strudel bass\ns("bd*4") // 🎵', "out")
    assert kernel.run(f"%algorave export {file}").streams == f"{file}: bass\n"
    kernel.run("%algorave open another")
    kernel.run('%%strudel bass\ns("cp")', "other")
    assert "bass as bass-2" in kernel.run(f"%algorave import {file}").streams
    assert kernel.run('%%strudel bass-2\ns("bd*4") // 🎵', "in").displays[0][SESSION_MIME]["conflict"] is None
    exported = kernel.run("%algorave export").streams
    assert 's("cp")' in exported
    assert 's("bd*4") // 🎵' in exported


def test_the_session_as_a_value(kernel: Kernel, jam: str) -> None:
    """KSES-5: in Python a session is a value: the same one, with layers, text, people and undo."""
    title = kernel.run("%algorave sessions").results[0]["text/plain"].splitlines()[2].split()[0]
    code = f"""
import algorave_kernel
s = algorave_kernel.open({title!r})
s.add("pad"); s.edit("pad", 'note("c4 🎵")'); s.edit("pad", 'note("c4 e4 🎵")')
print(s.text("pad"), s.undo(), s.text("pad"), s.layers)
s.evaluate("pad"); print(s.cycle is not None, [s.state.name_of(each.by) != "somebody" for each in s.state.playing.values()])
print(algorave_kernel.open({title!r}) is s)
try:
    s.text("nothing")
except algorave_kernel.trouble.Trouble as trouble:
    print(trouble)
"""
    said = kernel.run(code)
    assert said.errors == []
    assert said.streams.splitlines() == [
        'note("c4 e4 🎵") True note("c4 🎵") [\'pad\']',
        "True [True]",
        "True",
        f"there is no layer 'nothing' in '{title}'; there are: pad",
    ]


WRONG = [
    ("%algorave open", "needs NAME"),
    ("%algorave join", "needs LINK"),
    ("%algorave join http://x/y", "that is no invite link"),
    ("%algorave invite --role king", "a link makes a viewer or a co_author, not 'king'"),
    ("%algorave invite --uses 0", "1 to 100,000 people"),
    ("%algorave invite --expires soon", "such as 30m, 2h or 7d"),
    ("%algorave invite --rolle viewer", "did you mean '--role'?"),
    ("%algorave tempo fast", "written such as `140`"),
    ("%algorave quantum 0", "1 to 64 cycles"),
    ("%%strudel bäss\ns('bd')", "is no name for a shared layer"),
    ("%algorave import nowhere.strudel", "cannot be read"),
]


@pytest.mark.parametrize(("cell", "words"), WRONG)
def test_wrong_use_of_sessions_is_one_sentence(kernel: Kernel, cell: str, words: str) -> None:
    """LIVE-11: what is written wrongly about sessions is one sentence, and never a traceback."""
    kernel.run("%algorave open wrong")
    ran = kernel.run(cell)
    said = ran.streams + "".join(ran.errors)
    assert words in said
    assert "Traceback" not in said


def test_completion_knows_sessions(kernel: Kernel) -> None:
    """COMP-3: Tab gives the session's layers, the titles that can be opened, and roles."""
    kernel.run("%algorave open completed")
    kernel.run('%%strudel shared --no-play\ns("bd")')
    kernel.run("%algorave sessions")
    assert "shared" in kernel.complete("%%strudel sha")[0]
    assert "completed" in kernel.complete("%algorave open compl")[0]
    assert kernel.complete("%algorave invite --role ")[0] == ["viewer", "co_author"]
    assert "--expires" in kernel.complete("%algorave invite --ex")[0]


async def test_a_renamed_layer_is_not_made_again(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-13: a cell whose layer got another name says so, and makes no second layer; one of a removed layer does."""
    await in_thread(kernel, '%%strudel bass\ns("bd*4")', "c30")
    title = kernel.run("%algorave who").results[0]["text/plain"].split("'")[1]
    kernel.run(f"import algorave_kernel; s = algorave_kernel.open({title!r}); s.rename_layer('bass', 'deep')")
    kernel.run("s._client.until(lambda: s.layers == ['deep'], 10, 'no new name')")
    assert (
        "is called 'deep' now: write `%%strudel deep`" in kernel.run('%%strudel bass\ns("bd")', "c30").streams
    )
    assert payload_of(await in_thread(kernel, '%%strudel deep\ns("bd*8")', "c30"))["code"] == 's("bd*8")'
    kernel.run("s.remove('deep'); s._client.until(lambda: s.layers == [], 10, 'still there')")
    assert payload_of(await in_thread(kernel, '%%strudel bass\ns("bd")', "c30"))["code"] == 's("bd")'


async def test_only_one_kind_of_line_break_is_shared(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-14: what comes with the line breaks of Windows is shared with those that browsers count."""
    peer = Peer(await author.connect(jam))
    title = kernel.run("%algorave who").results[0]["text/plain"].split("'")[1]
    kernel.run(f"import algorave_kernel; s = algorave_kernel.open({title!r}); s.add('bass')")
    assert kernel.run("s.edit('bass', '// one\\r\\n// two\\r')").errors == []
    await peer.join()
    assert peer.text() == "// one\n// two\n"


async def test_an_emptied_cell_empties_its_layer(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-3: a cell that was emptied empties its layer, unless others wrote there."""
    await in_thread(kernel, '%%strudel bass\ns("bd*4")', "c31")
    assert payload_of(await in_thread(kernel, "%%strudel bass\n\n", "c31"))["code"] == ""
    peer = Peer(await author.connect(jam))
    await peer.join()
    await peer.types('s("hh")')
    await in_thread(kernel, "%%strudel bass\n\n", "c31")
    assert peer.text() == 's("hh")'


async def test_a_session_that_is_over_says_what_to_do(kernel: Kernel, author: Member, jam: str) -> None:
    """LIVE-15: in a session that has ended a cell says so and how to go on, and one can leave it."""
    assert author.http.patch(f"algorave/api/sessions/{jam}", json={"state": "ended"}).is_success
    for _ in range(2):
        said = (await in_thread(kernel, '%%strudel bass\ns("bd")', "c32")).streams
        assert "the session has ended: `%algorave leave`" in said
    assert "You have left" in kernel.run("%algorave leave").streams
    assert payload_of(await in_thread(kernel, '%%strudel bass\ns("bd")', "c32"))["session"] is None


def test_leaving(kernel: Kernel) -> None:
    """LIVE-12: after leaving, cells play for their author alone, and what needs a session says how to open one."""
    kernel.run("%algorave open left")
    assert "You have left 'left'" in kernel.run("%algorave leave").streams
    assert payload_of(kernel.run('%%strudel bass\ns("bd")', "c20"))["session"] is None
    for command in ("who", "invite", "tempo", "leave", "import x.strudel"):
        assert "`%algorave open NAME`" in kernel.run(f"%algorave {command}").streams
